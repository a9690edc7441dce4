//! Linear models over embeddings, trained by logistic regression with an L2 penalty.

use super::lbfgs::{Limits, minimise};
use crate::kernels::float::{Output, View, ViewMut, multiply};

/// `logits = W · x + b`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Linear {
    pub(super) inputs: usize,
    /// `[outputs, inputs]`.
    pub(super) weights: Vec<f32>,
    /// `[outputs]`.
    pub(super) bias: Vec<f32>,
}

/// What to learn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Problem<'a> {
    /// Components of an example.
    pub(super) inputs: usize,
    /// Logits of an example.
    pub(super) outputs: usize,
    /// `[examples, inputs]`.
    pub(super) features: &'a [f32],
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
    /// One row of logits for each row of `features`.
    pub(super) fn logits(&self, features: &[f32]) -> Vec<f32> {
        let mut logits = Vec::new();
        self.logits_into(features, &mut logits);
        logits
    }

    fn logits_into(&self, features: &[f32], logits: &mut Vec<f32>) {
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
    }
}

/// The linear model that explains the examples best.
pub(super) fn fit(problem: &Problem<'_>) -> Linear {
    let Problem { inputs, outputs, features, .. } = *problem;
    let rows = features.len() / inputs;
    let mut model = Linear { inputs, weights: vec![0.0; inputs * outputs], bias: vec![0.0; outputs] };
    let mut logits = Vec::new();
    let mut weight_gradient = vec![0.0; inputs * outputs];
    let mut point = vec![0.0; (inputs + 1) * outputs];
    // The mean loss, so that one tolerance and one step size suit any number of examples.
    let share = 1.0 / rows as f64;
    let penalty = share / problem.softness;
    minimise(&mut point, Limits { steps: problem.steps, gradient: 1e-5 }, |point, gradient| {
        model.set(point);
        model.logits_into(features, &mut logits);
        let loss = share * turn_into_errors(problem, &mut logits);
        multiply(
            share as f32,
            View::new(&logits, rows, outputs, outputs).transposed(),
            View::new(features, rows, inputs, inputs),
            Output::Replace,
            &mut ViewMut::new(&mut weight_gradient, outputs, inputs, inputs),
        );
        let (weights, biases) = gradient.split_at_mut(inputs * outputs);
        for ((g, from), w) in weights.iter_mut().zip(&weight_gradient).zip(point) {
            *g = f64::from(*from) + penalty * w;
        }
        biases.fill(0.0);
        for errors in logits.chunks_exact(outputs) {
            biases.iter_mut().zip(errors).for_each(|(g, e)| *g += share * f64::from(*e));
        }
        let squares: f64 = point[..inputs * outputs].iter().map(|w| w * w).sum();
        loss + 0.5 * penalty * squares
    });
    model.set(&point);
    model
}

impl Linear {
    fn set(&mut self, point: &[f64]) {
        let (weights, bias) = point.split_at(self.weights.len());
        self.weights.iter_mut().zip(weights).for_each(|(w, x)| *w = *x as f32);
        self.bias.iter_mut().zip(bias).for_each(|(b, x)| *b = *x as f32);
    }
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
    use super::*;

    #[test]
    fn three_corners_are_told_apart() {
        let features = [1.0, 0.0, 0.9, 0.1, 0.0, 1.0, 0.1, 0.9, -1.0, -1.0, -0.9, -1.1];
        let classes = [0, 0, 1, 1, 2, 2];
        let problem = Problem {
            inputs: 2,
            outputs: 3,
            features: &features,
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
}
