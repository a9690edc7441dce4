//! Is one thing present in a text (a threat, a plea for a human) or not, learned from a few dozen examples.

use super::calibrate::Curve;
use super::features::{Features, common_dimension};
use super::folds::{Shuffler, assign};
use super::lexical::Lexicon;
use super::logistic::{Linear, Problem, Targets, Words, fit};
use super::{Sample, TrainError};

const SOFTNESS: f64 = 10.0;
/// Softness of the curve from logit to probability.
const CURVE_SOFTNESS: f64 = 2.0;
const STEPS: usize = 100;
/// How much words count beside what the encoder reads.
const WORD_SCALE: f32 = 0.63;
const N_FOLDS: usize = 8;
/// Examples come in the order somebody wrote them; one fixed shuffle is as good as another.
const SEED: u64 = 1;

/// A calibrated yes-or-no question about a text.
#[derive(Debug, Clone)]
pub struct SignalHead {
    dimension: usize,
    linear: Linear,
    lexicon: Lexicon,
    curve: Curve,
}

impl SignalHead {
    /// Learns from examples that have the signal and examples that do not, taking both for equally likely.
    pub fn train(positives: &[Sample<'_>], negatives: &[Sample<'_>]) -> Result<Self, TrainError> {
        if positives.is_empty() {
            return Err(TrainError::NoExamples("positive examples"));
        }
        if negatives.is_empty() {
            return Err(TrainError::NoExamples("negative examples"));
        }
        let dimension = common_dimension(positives.iter().chain(negatives).map(|sample| sample.reading))?;
        let samples = || positives.iter().chain(negatives).copied();
        let lexicon = Lexicon::learn(samples().map(|sample| sample.text));
        let features = Features::of(samples(), dimension, &lexicon);
        let n_examples = positives.len() + negatives.len();
        let yes = 0.5 * n_examples as f32 / positives.len() as f32;
        let no = -0.5 * n_examples as f32 / negatives.len() as f32;
        let labels: Vec<f32> = (0..n_examples).map(|at| if at < positives.len() { yes } else { no }).collect();

        let by_class = [(0..positives.len()).collect(), (positives.len()..n_examples).collect()];
        let folds = assign(&by_class, N_FOLDS, &mut Shuffler::new(SEED));
        let logits = unseen_logits(&features, &labels, &folds);
        let curve = Curve::fit(&logits, 1, &labels, CURVE_SOFTNESS);
        Ok(Self { dimension, linear: learn(&features, &labels), lexicon, curve })
    }

    /// Probability in `0.0..=1.0` that the signal is present.
    pub fn score(&self, sample: Sample<'_>) -> f32 {
        let features = Features::of([sample], self.dimension, &self.lexicon);
        self.curve.probability(&logits(&self.linear, &features))
    }
}

fn learn(features: &Features, labels: &[f32]) -> Linear {
    fit(&Problem {
        inputs: features.width,
        outputs: 1,
        features: &features.dense,
        words: Some(Words { rows: &features.lexical, scale: WORD_SCALE }),
        targets: Targets::Labels(labels),
        softness: SOFTNESS,
        steps: STEPS,
    })
}

fn logits(linear: &Linear, features: &Features) -> Vec<f32> {
    linear.logits_with(&features.dense, Words { rows: &features.lexical, scale: WORD_SCALE })
}

/// The logit of each example by a model that has not seen it.
fn unseen_logits(features: &Features, labels: &[f32], folds: &[usize]) -> Vec<f32> {
    let mut unseen = vec![0.0; labels.len()];
    for fold in 0..N_FOLDS {
        let (held, seen): (Vec<usize>, Vec<usize>) = (0..labels.len()).partition(|&at| folds[at] == fold);
        if seen.is_empty() {
            continue;
        }
        let seen_labels: Vec<f32> = seen.iter().map(|&at| labels[at]).collect();
        let model = learn(&features.select(&seen), &seen_labels);
        let found = logits(&model, &features.select(&held));
        held.into_iter().zip(found).for_each(|(at, logit)| unseen[at] = logit);
    }
    unseen
}
