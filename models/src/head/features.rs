//! What heads judge a text by, as rows of numbers: its reading by the encoder, and its words.

use super::lexical::{Lexicon, SparseRows};
use super::{Sample, TrainError};
use crate::head_cache::Fingerprint;
use crate::{Embedding, Reading};

/// The wording's share beside the meaning, as a factor of its components: half of the squares. Of the signals,
/// `human_request`, `urgent` and `safety` were tried on cross-validated lines and gain 0.015 to 0.03 of AUROC by it.
const WORDING: f32 = 0.707;
/// The purpose's share beside the meaning, as a factor of its components: half of the squares. Shares from a quarter to all
/// of the squares tell requests to companies that the branch was not trained on about equally well.
const PURPOSE: f32 = 0.707;
/// The tone's share beside the meaning, as a factor of its components.
const TONE: f32 = 1.0;

/// What a head judges: what a text is for, or also how it is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aspect {
    /// Its meaning; its wording, the components as they are, since what they count is for the examples to say; and, where
    /// the encoder hears it, a share of its purpose.
    Purpose,
    /// Its meaning, a share of its wording and, where the encoder hears it, its tone.
    Manner,
}

/// Rows of features: numbers of every component, and sparse ones of words.
#[derive(Debug, Clone)]
pub(super) struct Features {
    /// Components of a dense row: the meaning's, then the wording's, then the purpose's or the tone's if that is heard.
    pub(super) width: usize,
    /// Components of the meaning.
    meaning: usize,
    /// Components of what a branch heard; 0 where none did.
    pub(super) heard: usize,
    /// `[rows, width]`.
    pub(super) dense: Vec<f32>,
    pub(super) lexical: SparseRows,
}

impl Features {
    /// The features of `samples`, whose readings must be alike.
    pub(super) fn of<'a>(samples: impl IntoIterator<Item = &'a Sample<'a>>, aspect: Aspect, lexicon: &Lexicon) -> Self {
        let mut features = Self { width: 0, meaning: 0, heard: 0, dense: Vec::new(), lexical: lexicon.rows() };
        for sample in samples {
            features.width = aspect.width(sample.reading);
            let Reading { meaning, wording, .. } = sample.reading;
            features.meaning = meaning.as_slice().len();
            features.dense.extend_from_slice(meaning.as_slice());
            features.dense.extend(wording.as_slice().iter().map(|x| aspect.wording() * x));
            if let Some((heard, share)) = aspect.heard(sample.reading) {
                features.heard = heard.as_slice().len();
                features.dense.extend(heard.as_slice().iter().map(|x| share * x));
            }
            lexicon.push(&sample.grams, &mut features.lexical);
        }
        features
    }

    pub(super) fn len(&self) -> usize {
        self.lexical.len()
    }

    pub(super) fn dense_row(&self, at: usize) -> &[f32] {
        &self.dense[at * self.width..(at + 1) * self.width]
    }

    /// `[rows, components]`: what a branch heard, by itself; empty where none did.
    pub(super) fn heard(&self) -> Vec<f32> {
        self.dense.chunks_exact(self.width.max(1)).flat_map(|row| &row[self.width - self.heard..]).copied().collect()
    }

    /// `fingerprint` with these rows.
    pub(super) fn marked_in(&self, fingerprint: Fingerprint) -> Fingerprint {
        let SparseRows { width, starts, buckets, values } = &self.lexical;
        fingerprint
            .integers([self.width as u64, *width as u64])
            .floats(&self.dense)
            .integers(starts.iter().map(|&start| u64::from(start)))
            .integers(buckets.iter().map(|&bucket| u64::from(bucket)))
            .floats(values)
    }

    /// The same with `factor` times the wording, which is left out where that is 0.
    pub(super) fn with_wording(&self, factor: f32) -> Self {
        let width = self.width - if factor == 0.0 { self.meaning } else { 0 };
        let mut dense = Vec::with_capacity(self.len() * width);
        for row in self.dense.chunks_exact(self.width) {
            let (meaning, others) = row.split_at(self.meaning);
            let (wording, heard) = others.split_at(self.meaning);
            dense.extend_from_slice(meaning);
            if factor != 0.0 {
                dense.extend(wording.iter().map(|x| factor * x));
            }
            dense.extend_from_slice(heard);
        }
        Self { width, meaning: self.meaning, heard: self.heard, dense, lexical: self.lexical.clone() }
    }

    /// The rows numbered `chosen`.
    pub(super) fn select(&self, chosen: &[usize]) -> Self {
        Self {
            width: self.width,
            meaning: self.meaning,
            heard: self.heard,
            dense: chosen.iter().flat_map(|&at| self.dense_row(at)).copied().collect(),
            lexical: self.lexical.select(chosen),
        }
    }
}

impl Aspect {
    /// A factor of the wording's components.
    fn wording(self) -> f32 {
        match self {
            Self::Purpose => 1.0,
            Self::Manner => WORDING,
        }
    }

    /// What a branch of the encoder says to it, and the share of that.
    fn heard(self, reading: &Reading) -> Option<(&Embedding, f32)> {
        match self {
            Self::Purpose => reading.purpose.as_ref().map(|purpose| (purpose, PURPOSE)),
            Self::Manner => reading.tone.as_ref().map(|tone| (tone, TONE)),
        }
    }

    /// Components of the dense row of a reading.
    pub(super) fn width(self, reading: &Reading) -> usize {
        let heard = self.heard(reading).map(|(heard, _)| heard);
        let parts = [Some(&reading.meaning), Some(&reading.wording), heard];
        parts.into_iter().flatten().map(|embedding| embedding.as_slice().len()).sum()
    }
}

/// The common number of components of the dense rows of `readings`.
pub(super) fn common_width<'a>(
    readings: impl IntoIterator<Item = &'a Reading>,
    aspect: Aspect,
) -> Result<usize, TrainError> {
    let mut sizes = readings.into_iter().map(|reading| (aspect.width(reading), reading.meaning.as_slice().len()));
    let (width, expected) = sizes.next().ok_or(TrainError::NoExamples("examples"))?;
    match sizes.find(|size| size.0 != width) {
        Some((_, found)) => Err(TrainError::MixedDimensions { expected, found }),
        None => Ok(width),
    }
}
