//! Is one thing present in a text (a threat, a plea for a human) or not, learned from a few dozen examples.

use super::calibrate::Curve;
use super::features::{Aspect, Features, common_width};
use super::folds::{Shuffler, assign};
use super::lexical::Lexicon;
use super::logistic::{Linear, Problem, Targets, Words, fit};
use super::{Sample, TrainError};
use crate::HeadCache;
use crate::head_cache::Fingerprint;

const SOFTNESS: f64 = 10.0;
/// Softness of what is learned on top of a head that is there already: examples of one organisation correct it where
/// they speak against it, and leave it alone elsewhere.
const CORRECTION_SOFTNESS: f64 = 1.0;
/// Softness of the curve from logit to probability.
const CURVE_SOFTNESS: f64 = 2.0;
const STEPS: usize = 60;
const N_FOLDS: usize = 8;
/// How much words count beside what the encoder reads. On cross-validated lines, more is better than for intents.
pub(super) const WORD_SCALE: f32 = 0.95;
/// Buckets of words. Thousands of lines have more words than fit into as many buckets as do for intents.
pub(super) const N_BUCKETS: usize = 1 << 14;
/// Examples come in the order somebody wrote them; one fixed shuffle is as good as another.
const SEED: u64 = 1;

/// A calibrated yes-or-no question about a text.
#[derive(Debug, Clone, PartialEq)]
pub struct SignalHead {
    pub(super) lexicon: Lexicon,
    pub(super) linear: Linear,
    pub(super) curve: Curve,
}

/// Examples with the weight of each: positive for a yes, negative for a no.
struct Lines {
    features: Features,
    labels: Vec<f32>,
    /// The logits of the head that is there already; zeros without one.
    offsets: Vec<f32>,
    softness: f64,
}

impl SignalHead {
    /// Learns from examples that have the signal and examples that do not, taking both for equally likely.
    pub fn train(positives: &[Sample<'_>], negatives: &[Sample<'_>]) -> Result<Self, TrainError> {
        Self::train_once(positives, negatives, &HeadCache::nowhere())
    }

    /// The same, unless `cache` has what was learned from these examples before.
    pub fn train_once(
        positives: &[Sample<'_>],
        negatives: &[Sample<'_>],
        cache: &HeadCache,
    ) -> Result<Self, TrainError> {
        let samples = || positives.iter().chain(negatives);
        width(positives, negatives)?;
        let lexicon = Lexicon::learn(samples().map(|sample| &*sample.grams), N_BUCKETS);
        let lines = Lines::new(positives, negatives, &lexicon, SOFTNESS);
        let (linear, curve) = cache.get_or_learn(lines.marked_in(Fingerprint::of("signal")), || lines.learn());
        Ok(Self { lexicon, linear, curve })
    }

    /// This head, corrected by the examples of one organisation, unless `cache` has what was learned from them before.
    pub fn corrected(
        &self,
        positives: &[Sample<'_>],
        negatives: &[Sample<'_>],
        cache: &HeadCache,
    ) -> Result<Self, TrainError> {
        let (expected, found) = (self.linear.inputs, width(positives, negatives)?);
        if found != expected {
            return Err(TrainError::MixedDimensions { expected, found });
        }
        let mut lines = Lines::new(positives, negatives, &self.lexicon, CORRECTION_SOFTNESS);
        lines.offsets = logits(&self.linear, &lines.features);
        let fingerprint = lines.marked_in(Fingerprint::of("correction"));
        let linear = self.linear.plus(&cache.get_or_learn(fingerprint, || lines.fit()));
        Ok(Self { linear, ..self.clone() })
    }

    /// Probability in `0.0..=1.0` that the signal is present.
    pub fn score(&self, sample: &Sample<'_>) -> f32 {
        let features = Features::of([sample], Aspect::Manner, &self.lexicon);
        self.curve.probability(&logits(&self.linear, &features))
    }
}

fn width(positives: &[Sample<'_>], negatives: &[Sample<'_>]) -> Result<usize, TrainError> {
    if positives.is_empty() {
        return Err(TrainError::NoExamples("positive examples"));
    }
    if negatives.is_empty() {
        return Err(TrainError::NoExamples("negative examples"));
    }
    common_width(positives.iter().chain(negatives).map(|sample| sample.reading), Aspect::Manner)
}

impl Lines {
    fn new(positives: &[Sample<'_>], negatives: &[Sample<'_>], lexicon: &Lexicon, softness: f64) -> Self {
        let features = Features::of(positives.iter().chain(negatives), Aspect::Manner, lexicon);
        let n_lines = features.len();
        let yes = 0.5 * n_lines as f32 / positives.len() as f32;
        let no = -0.5 * n_lines as f32 / negatives.len() as f32;
        let labels = (0..n_lines).map(|at| if at < positives.len() { yes } else { no }).collect();
        Self { features, labels, offsets: vec![0.0; n_lines], softness }
    }

    fn marked_in(&self, fingerprint: Fingerprint) -> Fingerprint {
        self.features.marked_in(fingerprint).floats(&self.labels).floats(&self.offsets).floats(&[self.softness as f32])
    }

    /// What the lines teach, and what its logits mean.
    fn learn(&self) -> (Linear, Curve) {
        let logits = self.unseen_logits();
        (self.fit(), Curve::fit(&logits, 1, &self.labels, CURVE_SOFTNESS))
    }

    fn fit(&self) -> Linear {
        fit(&Problem {
            inputs: self.features.width,
            outputs: 1,
            features: &self.features.dense,
            words: Some(Words { rows: &self.features.lexical, scale: WORD_SCALE }),
            offsets: Some(&self.offsets),
            targets: Targets::Labels(&self.labels),
            softness: self.softness,
            steps: STEPS,
        })
    }

    /// The logit of each line by a model that has not seen it.
    fn unseen_logits(&self) -> Vec<f32> {
        let n_yes = self.labels.iter().filter(|label| **label > 0.0).count();
        let by_class = [(0..n_yes).collect(), (n_yes..self.labels.len()).collect()];
        let folds = assign(&by_class, N_FOLDS, &mut Shuffler::new(SEED));
        let mut unseen = vec![0.0; self.labels.len()];
        for fold in 0..N_FOLDS {
            let (held, seen): (Vec<usize>, Vec<usize>) = (0..self.labels.len()).partition(|&at| folds[at] == fold);
            if seen.is_empty() {
                continue;
            }
            let found = logits(&self.select(&seen).fit(), &self.features.select(&held));
            held.into_iter().zip(found).for_each(|(at, logit)| unseen[at] = logit);
        }
        unseen
    }

    fn select(&self, chosen: &[usize]) -> Self {
        Self {
            features: self.features.select(chosen),
            labels: chosen.iter().map(|&at| self.labels[at]).collect(),
            offsets: chosen.iter().map(|&at| self.offsets[at]).collect(),
            softness: self.softness,
        }
    }
}

fn logits(linear: &Linear, features: &Features) -> Vec<f32> {
    linear.logits_with(&features.dense, Words { rows: &features.lexical, scale: WORD_SCALE })
}
