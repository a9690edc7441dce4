//! Is one thing present in a text (a threat, a plea for a human) or not, learned from a few dozen examples.

use super::calibrate::Curve;
use super::folds::{Shuffler, assign};
use super::logistic::{Linear, Problem, Targets, fit};
use super::{TrainError, common_dimension, stack};
use crate::Embedding;

const SOFTNESS: f64 = 10.0;
/// Softness of the curve from logit to probability.
const CURVE_SOFTNESS: f64 = 2.0;
const STEPS: usize = 100;
const N_FOLDS: usize = 8;
/// Examples come in the order somebody wrote them; one fixed shuffle is as good as another.
const SEED: u64 = 1;

/// A calibrated yes-or-no question about an embedding.
#[derive(Debug, Clone)]
pub struct SignalHead {
    linear: Linear,
    curve: Curve,
}

impl SignalHead {
    /// Learns from examples that have the signal and examples that do not, taking both for equally likely.
    pub fn train(positives: &[Embedding], negatives: &[Embedding]) -> Result<Self, TrainError> {
        if positives.is_empty() {
            return Err(TrainError::NoExamples("positive examples"));
        }
        if negatives.is_empty() {
            return Err(TrainError::NoExamples("negative examples"));
        }
        let inputs = common_dimension(positives.iter().chain(negatives))?;
        let features = stack(positives.iter().chain(negatives));
        let n_examples = positives.len() + negatives.len();
        let yes = 0.5 * n_examples as f32 / positives.len() as f32;
        let no = -0.5 * n_examples as f32 / negatives.len() as f32;
        let labels: Vec<f32> = (0..n_examples).map(|at| if at < positives.len() { yes } else { no }).collect();

        let by_class = [(0..positives.len()).collect(), (positives.len()..n_examples).collect()];
        let folds = assign(&by_class, N_FOLDS, &mut Shuffler::new(SEED));
        let logits = unseen_logits(inputs, &features, &labels, &folds);
        let curve = Curve::fit(&logits, 1, &labels, CURVE_SOFTNESS);
        Ok(Self { linear: learn(inputs, &features, &labels), curve })
    }

    /// Probability in `0.0..=1.0` that the signal is present.
    pub fn score(&self, embedding: &Embedding) -> f32 {
        self.curve.probability(&self.linear.logits(embedding.as_slice()))
    }
}

fn learn(inputs: usize, features: &[f32], labels: &[f32]) -> Linear {
    let targets = Targets::Labels(labels);
    fit(&Problem { inputs, outputs: 1, features, targets, softness: SOFTNESS, steps: STEPS })
}

/// The logit of each example by a model that has not seen it.
fn unseen_logits(inputs: usize, features: &[f32], labels: &[f32], folds: &[usize]) -> Vec<f32> {
    let mut logits = vec![0.0; labels.len()];
    for fold in 0..N_FOLDS {
        let seen = || folds.iter().enumerate().filter(|(_, own)| **own != fold).map(|(at, _)| at);
        let row = |at: usize| &features[at * inputs..(at + 1) * inputs];
        let seen_labels: Vec<f32> = seen().map(|at| labels[at]).collect();
        if seen_labels.is_empty() {
            continue;
        }
        let seen_features: Vec<f32> = seen().flat_map(row).copied().collect();
        let model = learn(inputs, &seen_features, &seen_labels);
        for at in (0..labels.len()).filter(|&at| folds[at] == fold) {
            logits[at] = model.logits(row(at))[0];
        }
    }
    logits
}
