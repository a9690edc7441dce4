//! Linear models over features of texts, trained by logistic regression with an L2 penalty.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::lbfgs::{Limits, minimise};
use super::lexical::{SparseRows, Transposed};
use crate::kernels::float::{Output, View, ViewMut, multiply};

/// Rows of sparse features that one thread takes at a time.
const CHUNK: usize = 64;

/// `logits = W · x + L · words + b`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Linear {
    /// Components of a dense row.
    pub(super) inputs: usize,
    /// `[outputs, inputs]`.
    pub(super) weights: Vec<f32>,
    /// `[buckets, outputs]`, or empty where words do not count.
    pub(super) lexical: Vec<f32>,
    /// `[outputs]`.
    pub(super) bias: Vec<f32>,
}

/// Sparse features of words, and how much they count against the dense ones.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words<'a> {
    pub(super) rows: &'a SparseRows,
    /// A factor of their values.
    pub(super) scale: f32,
}

/// What to learn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Problem<'a> {
    /// Components of a dense row.
    pub(super) inputs: usize,
    /// Logits of an example.
    pub(super) outputs: usize,
    /// `[examples, inputs]`.
    pub(super) features: &'a [f32],
    /// A row for each example, where words count.
    pub(super) words: Option<Words<'a>>,
    /// What is added to the logits before they are judged, `[examples, outputs]`.
    pub(super) offsets: Option<&'a [f32]>,
    pub(super) targets: Targets<'a>,
    /// Divides the squared weights in what is minimised: larger follows the examples more closely.
    pub(super) softness: f64,
    /// Most steps of the optimiser.
    pub(super) steps: usize,
}

/// What the examples are.
#[derive(Debug, Clone, Copy)]
pub(super) enum Targets<'a> {
    /// One of the outputs each.
    Class(&'a [usize]),
    /// Any of the outputs each: `[examples, outputs]` with the weight of a yes positive and that of a no negative.
    Labels(&'a [f32]),
}

impl Linear {
    /// One that makes nothing of anything.
    pub(super) fn zero(inputs: usize, outputs: usize) -> Self {
        Self { inputs, weights: vec![0.0; inputs * outputs], lexical: Vec::new(), bias: vec![0.0; outputs] }
    }

    /// The sum of this and another, whose logits are the sums of theirs.
    pub(super) fn plus(&self, other: &Self) -> Self {
        let sum = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a + b).collect();
        Self {
            inputs: self.inputs,
            weights: sum(&self.weights, &other.weights),
            lexical: sum(&self.lexical, &other.lexical),
            bias: sum(&self.bias, &other.bias),
        }
    }

    /// One row of logits for each dense row of `features`; words do not count.
    pub(super) fn logits(&self, features: &[f32]) -> Vec<f32> {
        let mut logits = Vec::new();
        self.logits_into(features, None, &mut logits);
        logits
    }

    /// One row of logits for each row of `features` and `words`.
    pub(super) fn logits_with(&self, features: &[f32], words: Words<'_>) -> Vec<f32> {
        let mut logits = Vec::new();
        self.logits_into(features, Some(words), &mut logits);
        logits
    }

    fn logits_into(&self, features: &[f32], words: Option<Words<'_>>, logits: &mut Vec<f32>) {
        let (rows, outputs) = (features.len() / self.inputs, self.bias.len());
        logits.clear();
        for _ in 0..rows {
            logits.extend_from_slice(&self.bias);
        }
        multiply(
            1.0,
            View::new(features, rows, self.inputs, self.inputs),
            View::new(&self.weights, outputs, self.inputs, self.inputs).transposed(),
            Output::Accumulate,
            &mut ViewMut::new(logits, rows, outputs, outputs),
        );
        if let Some(words) = words {
            logits.par_chunks_mut(CHUNK * outputs).enumerate().for_each(|(chunk, logits)| {
                for (number, logits) in logits.chunks_exact_mut(outputs).enumerate() {
                    for (bucket, value) in words.rows.row(chunk * CHUNK + number) {
                        add_scaled(
                            logits,
                            words.scale * value,
                            &self.lexical[bucket * outputs..(bucket + 1) * outputs],
                        );
                    }
                }
            });
        }
    }
}

/// The linear model that explains the examples best.
pub(super) fn fit(problem: &Problem<'_>) -> Linear {
    let Problem { inputs, outputs, features, .. } = *problem;
    let rows = features.len() / inputs;
    let mut model = Linear::zero(inputs, outputs);
    let by_bucket = problem.words.map(|words| words.rows.transposed());
    if let Some(words) = problem.words {
        model.lexical = vec![0.0; words.rows.width * outputs];
    }
    let mut logits = Vec::new();
    let mut gradients = model.clone();
    let n_weights = model.weights.len() + model.lexical.len();
    let mut point = vec![0.0; n_weights + outputs];
    // The mean loss, so that one tolerance and one step size suit any number of examples.
    let share = 1.0 / rows as f64;
    let penalty = share / problem.softness;
    let limits = Limits { steps: problem.steps, gradient: 1e-5, decrease: 1e-6 };
    minimise(&mut point, limits, |point, gradient| {
        model.set(point);
        model.logits_into(features, problem.words, &mut logits);
        if let Some(offsets) = problem.offsets {
            add_scaled(&mut logits, 1.0, offsets);
        }
        let loss = share * turn_into_errors(problem, &mut logits);
        let errors = &logits;
        multiply(
            share as f32,
            View::new(errors, rows, outputs, outputs).transposed(),
            View::new(features, rows, inputs, inputs),
            Output::Replace,
            &mut ViewMut::new(&mut gradients.weights, outputs, inputs, inputs),
        );
        if let (Some(words), Some(by_bucket)) = (problem.words, &by_bucket) {
            by_bucket.sums(errors, share as f32 * words.scale, &mut gradients.lexical);
        }
        gradients.bias.fill(0.0);
        errors.chunks_exact(outputs).for_each(|errors| add_scaled(&mut gradients.bias, share as f32, errors));
        let found = gradients.weights.iter().chain(&gradients.lexical).chain(&gradients.bias);
        gradient.iter_mut().zip(found).for_each(|(g, found)| *g = f64::from(*found));
        let weights = &point[..n_weights];
        gradient.iter_mut().zip(weights).for_each(|(g, w)| *g += penalty * w);
        loss + 0.5 * penalty * weights.iter().map(|w| w * w).sum::<f64>()
    });
    model.set(&point);
    model
}

impl Linear {
    /// Takes its values from a point: weights, words, bias.
    fn set(&mut self, point: &[f64]) {
        let values = self.weights.iter_mut().chain(&mut self.lexical).chain(&mut self.bias);
        values.zip(point).for_each(|(value, x)| *value = *x as f32);
    }
}

impl Transposed {
    /// Writes to each bucket's row of `sums` the scaled sum of its rows of `errors`, each times its value.
    fn sums(&self, errors: &[f32], scale: f32, sums: &mut [f32]) {
        let outputs = sums.len() / self.columns.len();
        sums.par_chunks_exact_mut(outputs).zip(&self.columns).for_each(|(sum, column)| {
            sum.fill(0.0);
            for (row, value) in column {
                let row = *row as usize;
                add_scaled(sum, scale * value, &errors[row * outputs..(row + 1) * outputs]);
            }
        });
    }
}

fn add_scaled(sum: &mut [f32], factor: f32, values: &[f32]) {
    sum.iter_mut().zip(values).for_each(|(sum, value)| *sum += factor * value);
}

/// Replaces logits by the loss's derivative with respect to them and returns the summed loss.
fn turn_into_errors(problem: &Problem<'_>, logits: &mut [f32]) -> f64 {
    match problem.targets {
        Targets::Class(classes) => {
            let rows = logits.chunks_exact_mut(problem.outputs).zip(classes);
            rows.map(|(row, &class)| class_errors(row, class)).sum()
        }
        Targets::Labels(labels) => logits.iter_mut().zip(labels).map(|(logit, label)| label_error(logit, *label)).sum(),
    }
}

fn class_errors(row: &mut [f32], class: usize) -> f64 {
    let own = f64::from(row[class]);
    let log_sum = f64::from(softmax(row));
    row[class] -= 1.0;
    log_sum - own
}

fn label_error(logit: &mut f32, label: f32) -> f64 {
    let weight = label.abs();
    let signed = if label > 0.0 { *logit } else { -*logit };
    let miss = sigmoid(-signed);
    *logit = if label > 0.0 { -weight * miss } else { weight * miss };
    // ln(1 + e^-s) without overflow.
    f64::from(weight) * (f64::from((-signed).max(0.0)) + f64::from((-signed.abs()).exp()).ln_1p())
}

/// Turns logits into probabilities that add up to one; returns the logarithm of the sum of their exponentials.
pub(super) fn softmax(row: &mut [f32]) -> f32 {
    let largest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut sum = 0.0;
    for x in row.iter_mut() {
        *x = (*x - largest).exp();
        sum += *x;
    }
    for x in row.iter_mut() {
        *x /= sum;
    }
    largest + sum.ln()
}

/// `1 / (1 + e^-x)`.
pub(super) fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

#[cfg(test)]
mod tests {
    use super::super::lexical::{Grams, Lexicon};
    use super::*;

    #[test]
    fn three_corners_are_told_apart() {
        let features = [1.0, 0.0, 0.9, 0.1, 0.0, 1.0, 0.1, 0.9, -1.0, -1.0, -0.9, -1.1];
        let classes = [0, 0, 1, 1, 2, 2];
        let problem = Problem {
            inputs: 2,
            outputs: 3,
            features: &features,
            words: None,
            offsets: None,
            targets: Targets::Class(&classes),
            softness: 10.0,
            steps: 100,
        };
        let model = fit(&problem);
        for (row, class) in model.logits(&features).chunks_exact_mut(3).zip(classes) {
            softmax(row);
            assert!(row[class] > 0.7, "{row:?} for class {class}");
        }
    }

    #[test]
    fn a_balanced_penalised_fit_has_zero_gradient() {
        // One feature, symmetric labels: the optimum solves w / softness = Σ x·σ(-w·x), found here by bisection.
        let features = [1.0, -1.0, 2.0, -2.0];
        let problem = Problem {
            inputs: 1,
            outputs: 1,
            features: &features,
            words: None,
            offsets: None,
            targets: Targets::Labels(&[1.0, -1.0, 1.0, -1.0]),
            softness: 1.0,
            steps: 100,
        };
        let (mut low, mut high) = (0.0_f32, 10.0_f32);
        for _ in 0..60 {
            let w = f32::midpoint(low, high);
            let pull = 2.0 * sigmoid(-w) + 4.0 * sigmoid(-2.0 * w);
            if pull > w { low = w } else { high = w }
        }
        let fitted = fit(&problem);
        assert!((fitted.weights[0] - low).abs() < 1e-3, "{} and not {low}", fitted.weights[0]);
        assert!(fitted.bias[0].abs() < 1e-3);
    }

    #[test]
    fn words_tell_apart_what_dense_features_do_not() {
        let texts = ["lamp", "chair", "lamp", "chair"].map(Grams::of);
        let lexicon = Lexicon::learn(&texts, 1024);
        let mut rows = lexicon.rows();
        for grams in &texts {
            lexicon.push(grams, &mut rows);
        }
        let words = Words { rows: &rows, scale: 1.0 };
        let features = [1.0; 4];
        let targets = Targets::Class(&[0, 1, 0, 1]);
        let problem = Problem {
            inputs: 1,
            outputs: 2,
            features: &features,
            words: Some(words),
            offsets: None,
            targets,
            softness: 100.0,
            steps: 100,
        };
        let logits = fit(&problem).logits_with(&features, words);
        for (row, class) in logits.chunks_exact(2).zip([0, 1, 0, 1]) {
            assert!(row[class] > row[1 - class] + 2.0, "{row:?} for class {class}");
        }
    }
}
