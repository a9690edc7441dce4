//! Which of many labels a text has, any number of them at once: one yes-or-no question a label.

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;

use super::features::{Aspect, Features, common_width};
use super::folds::{Shuffler, assign};
use super::lexical::Lexicon;
use super::logistic::{Linear, Problem, Targets, Words, fit, sigmoid};
use super::{Sample, TrainError};

const SOFTNESS: f64 = 20.0;
const STEPS: usize = 60;
const FOLDS: usize = 5;
/// Buckets of words.
const N_BUCKETS: usize = 1 << 11;
/// How much the wording counts beside the meaning, as a factor of its components.
const WORDING: f32 = 0.707;
/// How much words count beside what the encoder reads.
const WORD_SCALE: f32 = 0.63;
/// Yeses that a label's own threshold needs before it counts as much as the one common to all labels.
const FEW: f32 = 10.0;

/// A classifier of texts into any number of labels.
#[derive(Debug, Clone)]
pub struct LabelHead {
    names: Vec<Arc<str>>,
    lexicon: Lexicon,
    linear: Linear,
    /// From this probability on, a label counts as present.
    thresholds: Vec<f32>,
}

/// A text and the labels people gave it.
#[derive(Debug, Clone)]
pub struct Labelled<'a> {
    /// The text and its reading.
    pub sample: Sample<'a>,
    /// Its labels; may be none.
    pub labels: Vec<&'a str>,
}

impl LabelHead {
    /// Learns from `examples`; the same in the same order and the same `seed` give the same head.
    pub fn train(examples: &[Labelled<'_>], seed: u64) -> Result<Self, TrainError> {
        common_width(examples.iter().map(|example| example.sample.reading), Aspect::Purpose)?;
        let sorted: BTreeSet<&str> = examples.iter().flat_map(|example| &example.labels).copied().collect();
        if sorted.is_empty() {
            return Err(TrainError::NoExamples("labels"));
        }
        let names: Vec<Arc<str>> = sorted.into_iter().map(Arc::from).collect();
        let lexicon = Lexicon::learn(examples.iter().map(|example| &*example.sample.grams), N_BUCKETS);
        let samples = examples.iter().map(|example| &example.sample);
        let features = Features::of(samples, Aspect::Purpose, &lexicon).with_wording(WORDING);
        let has = |example: &Labelled<'_>, name: &str| example.labels.contains(&name);
        let targets: Vec<f32> = examples
            .iter()
            .flat_map(|example| names.iter().map(move |name| if has(example, name) { 1.0 } else { -1.0 }))
            .collect();
        let thresholds = thresholds(&features, &targets, names.len(), seed);
        let linear = learn(&features, &targets, names.len());
        Ok(Self { names, lexicon, linear, thresholds })
    }

    /// The labels of one text with their probabilities, most probable first.
    pub fn labels(&self, sample: &Sample<'_>) -> Vec<(Arc<str>, f32)> {
        let features = Features::of([sample], Aspect::Purpose, &self.lexicon).with_wording(WORDING);
        let scored = logits(&self.linear, &features).into_iter().map(sigmoid).zip(&self.thresholds).zip(&self.names);
        let mut present: Vec<_> = scored
            .filter(|((probability, threshold), _)| probability >= threshold)
            .map(|((probability, _), name)| (Arc::clone(name), probability))
            .collect();
        present.sort_by(|a, b| b.1.total_cmp(&a.1));
        present
    }

    /// The labels it knows, sorted.
    pub fn names(&self) -> &[Arc<str>] {
        &self.names
    }
}

fn learn(features: &Features, targets: &[f32], outputs: usize) -> Linear {
    fit(&Problem {
        inputs: features.width,
        outputs,
        features: &features.dense,
        words: Some(Words { rows: &features.lexical, scale: WORD_SCALE }),
        offsets: None,
        targets: Targets::Labels(targets),
        softness: SOFTNESS,
        steps: STEPS,
    })
}

fn logits(linear: &Linear, features: &Features) -> Vec<f32> {
    linear.logits_with(&features.dense, Words { rows: &features.lexical, scale: WORD_SCALE })
}

/// The threshold of each label, chosen on examples by models that have not seen them; that of a rare label is drawn
/// towards the one that is best for all labels together.
fn thresholds(features: &Features, targets: &[f32], outputs: usize, seed: u64) -> Vec<f32> {
    let all = vec![(0..features.len()).collect()];
    let folds = assign(&all, FOLDS, &mut Shuffler::new(seed));
    let parts: Vec<(Vec<usize>, Vec<f32>)> =
        (0..FOLDS).into_par_iter().map(|fold| unseen(features, targets, outputs, &folds, fold)).collect();
    let mut rows: Vec<(f32, bool, usize)> = Vec::with_capacity(targets.len());
    for (held, probabilities) in parts {
        for (at, row) in held.into_iter().zip(probabilities.chunks_exact(outputs)) {
            rows.extend(row.iter().enumerate().map(|(label, p)| (*p, targets[at * outputs + label] > 0.0, label)));
        }
    }
    let common = best_threshold(rows.iter().map(|(p, is_true, _)| (*p, *is_true)).collect());
    let of_label = |label: usize| {
        let own: Vec<(f32, bool)> = rows.iter().filter(|row| row.2 == label).map(|row| (row.0, row.1)).collect();
        let n_true = own.iter().filter(|(_, is_true)| *is_true).count() as f32;
        let share = n_true / (n_true + FEW);
        share * best_threshold(own) + (1.0 - share) * common
    };
    (0..outputs).map(of_label).collect()
}

/// The examples of one fold, and their probabilities by a model that has not seen them.
fn unseen(
    features: &Features,
    targets: &[f32],
    outputs: usize,
    folds: &[usize],
    fold: usize,
) -> (Vec<usize>, Vec<f32>) {
    let (held, seen): (Vec<usize>, Vec<usize>) = (0..features.len()).partition(|&at| folds[at] == fold);
    if held.is_empty() || seen.is_empty() {
        return (Vec::new(), Vec::new());
    }
    let of_seen: Vec<f32> = seen.iter().flat_map(|&at| &targets[at * outputs..(at + 1) * outputs]).copied().collect();
    let model = learn(&features.select(&seen), &of_seen, outputs);
    let found = logits(&model, &features.select(&held)).into_iter().map(sigmoid).collect();
    (held, found)
}

/// The threshold with the best F1, between the last probability that counts and the first that does not.
pub(super) fn best_threshold(mut scored: Vec<(f32, bool)>) -> f32 {
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    let n_true = scored.iter().filter(|(_, is_true)| *is_true).count();
    let (mut best, mut n_hits) = ((0.0, 0.5), 0);
    for (place, (probability, is_true)) in scored.iter().enumerate() {
        n_hits += usize::from(*is_true);
        let f1 = 2.0 * n_hits as f32 / (place + 1 + n_true) as f32;
        if f1 > best.0 {
            let next = scored.get(place + 1).map_or(0.0, |next| next.0);
            best = (f1, f32::midpoint(*probability, next));
        }
    }
    best.1
}
