//! Makes probabilities mean what they say: of everything scored 0.8, four in five are right.

use serde::{Deserialize, Serialize};

use super::logistic::{Linear, Problem, Targets, fit, sigmoid};

/// Temperatures outside this range mean too few examples to tell, not a better fit.
const TEMPERATURES: std::ops::RangeInclusive<f32> = 0.02..=20.0;
const GOLDEN: f32 = 0.618_034;

/// The temperature by which logits of unseen examples are divided to make their softmax most likely.
///
/// Each row has its own number of logits; `rows` pairs them with the position of the right one.
pub(super) fn temperature(rows: &[(Vec<f32>, usize)]) -> f32 {
    if rows.is_empty() {
        return 1.0;
    }
    // The loss has one minimum along ln(temperature): golden-section search. Where every row is right, colder would
    // always be better; what holds it back is worth about one row.
    let loss = |log: f32| -> f64 {
        let scale = (-log).exp();
        let loss: f64 = rows.iter().map(|(logits, class)| cross_entropy(logits, *class, scale)).sum();
        loss + f64::from(log * log)
    };
    let (mut low, mut high) = (TEMPERATURES.start().ln(), TEMPERATURES.end().ln());
    for _ in 0..40 {
        let (left, right) = (high - GOLDEN * (high - low), low + GOLDEN * (high - low));
        if loss(left) < loss(right) {
            high = right;
        } else {
            low = left;
        }
    }
    f32::midpoint(low, high).exp()
}

/// How unlikely the right one of `logits`, times `scale`, is made: the negative logarithm of its softmax.
pub(super) fn cross_entropy(logits: &[f32], class: usize, scale: f32) -> f64 {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f32 = logits.iter().map(|x| ((x - largest) * scale).exp()).sum();
    f64::from(sum.ln() - (logits[class] - largest) * scale)
}

/// A logistic curve over a few scores, each first brought to mean 0 and deviation 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Curve {
    means: Vec<f32>,
    deviations: Vec<f32>,
    linear: Linear,
}

impl Curve {
    /// Learns from rows of `n_scores` scores; `labels` hold the weight of a yes positive, that of a no negative.
    pub(super) fn fit(scores: &[f32], n_scores: usize, labels: &[f32], softness: f64) -> Self {
        let n_rows = labels.len() as f32;
        let mut means = vec![0.0; n_scores];
        let mut deviations = vec![0.0; n_scores];
        for row in scores.chunks_exact(n_scores) {
            means.iter_mut().zip(row).for_each(|(mean, x)| *mean += x / n_rows);
        }
        for row in scores.chunks_exact(n_scores) {
            for ((deviation, x), mean) in deviations.iter_mut().zip(row).zip(&means) {
                *deviation += (x - mean) * (x - mean) / n_rows;
            }
        }
        for variance in &mut deviations {
            *variance = variance.sqrt().max(1e-6);
        }
        let mut curve = Self { means, deviations, linear: Linear::zero(n_scores, 1) };
        let features: Vec<f32> = scores.chunks_exact(n_scores).flat_map(|row| curve.standardise(row)).collect();
        let targets = Targets::Labels(labels);
        let problem = Problem {
            inputs: n_scores,
            outputs: 1,
            features: &features,
            words: None,
            offsets: None,
            targets,
            softness,
            steps: 100,
        };
        curve.linear = fit(&problem);
        curve
    }

    /// Like [`fit`](Self::fit), for scores of which each can only speak for a yes when it grows: one that seems to speak
    /// against it is left out.
    pub(super) fn fit_growing(scores: &[f32], n_scores: usize, labels: &[f32], softness: f64) -> Self {
        let mut is_used = vec![true; n_scores];
        loop {
            let used =
                scores.iter().zip(is_used.iter().cycle()).map(|(score, is_used)| if *is_used { *score } else { 0.0 });
            let mut curve = Self::fit(&used.collect::<Vec<_>>(), n_scores, labels, softness);
            let falling = (0..n_scores).filter(|&at| is_used[at] && curve.linear.weights[at] < 0.0);
            let worst = falling.min_by(|&a, &b| curve.linear.weights[a].total_cmp(&curve.linear.weights[b]));
            let Some(worst) = worst else {
                curve
                    .linear
                    .weights
                    .iter_mut()
                    .zip(&is_used)
                    .filter(|(_, is_used)| !**is_used)
                    .for_each(|(w, _)| *w = 0.0);
                return curve;
            };
            is_used[worst] = false;
        }
    }

    /// The curve that is given rather than learned: `sigmoid(slope · (score − middle))` of the only score.
    pub(super) fn fixed(middle: f32, slope: f32) -> Self {
        let linear = Linear { weights: vec![slope], ..Linear::zero(1, 1) };
        Self { means: vec![middle], deviations: vec![1.0], linear }
    }

    /// A curve of one score from its mean, deviation, weight and bias.
    pub(super) fn from_values([mean, deviation, weight, bias]: [f32; 4]) -> Self {
        let linear = Linear { weights: vec![weight], bias: vec![bias], ..Linear::zero(1, 1) };
        Self { means: vec![mean], deviations: vec![deviation], linear }
    }

    /// The mean, deviation, weight and bias of a curve of one score.
    pub(super) fn values(&self) -> [f32; 4] {
        [self.means[0], self.deviations[0], self.linear.weights[0], self.linear.bias[0]]
    }

    /// Probability in `0.0..=1.0`.
    pub(super) fn probability(&self, scores: &[f32]) -> f32 {
        sigmoid(self.logit(scores))
    }

    /// The logit of the probability.
    pub(super) fn logit(&self, scores: &[f32]) -> f32 {
        let weighted = self.standardise(scores).zip(&self.linear.weights).map(|(x, w)| x * w);
        weighted.sum::<f32>() + self.linear.bias[0]
    }

    fn standardise<'a>(&'a self, scores: &'a [f32]) -> impl Iterator<Item = f32> + 'a {
        scores.iter().zip(&self.means).zip(&self.deviations).map(|((x, mean), deviation)| (x - mean) / deviation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overconfident_logits_are_cooled_to_their_hit_rate() {
        // Logits that claim 99.99 % but are right in eight cases of ten.
        let rows: Vec<_> = (0..1000).map(|i| (vec![9.2, 0.0], usize::from(i % 10 >= 8))).collect();
        let temperature = temperature(&rows);
        let claimed = sigmoid(9.2 / temperature);
        assert!((claimed - 0.8).abs() < 0.01, "claims {claimed} at temperature {temperature}");
    }

    #[test]
    fn a_curve_finds_the_score_that_matters() {
        let scores: Vec<f32> = (0..100).flat_map(|i| [i as f32, (i * 37 % 100) as f32]).collect();
        let labels: Vec<f32> = (0..100).map(|i| if i >= 50 { 1.0 } else { -1.0 }).collect();
        let curve = Curve::fit(&scores, 2, &labels, 1.0);
        assert!(curve.probability(&[90.0, 10.0]) > 0.9);
        assert!(curve.probability(&[10.0, 90.0]) < 0.1);
    }
}
