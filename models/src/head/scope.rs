//! Learns what an unknown intent looks like without having seen one: each known intent plays the unknown in turn.

use rayon::prelude::*;

use super::calibrate::{Curve, temperature};
use super::folds::{Shuffler, assign};
use super::intent::{Examples, Model};
use super::logistic::softmax;
use super::neighbours::Nearest;

/// Rounds; in each, a share of the intents and a share of the other examples are unseen.
const ROUNDS: usize = 5;
/// Examples of an intent that take part. More sharpen nothing and cost training time.
const MOST_PER_CLASS: usize = 30;
/// Scores that tell known from unknown.
const N_SCORES: usize = 5;
/// The share of incoming texts taken to have an unknown intent; it moves the probability, not the order of texts.
const UNKNOWN_SHARE: f32 = 0.3;
const SOFTNESS: f64 = 1.0;
/// With too few intents to leave any out: a text less similar than this to every example is more likely unknown.
const PLAIN_COSINE: f32 = 0.5;
const PLAIN_SLOPE: f32 = -12.0;

/// How unlike the known intents a text is, and how far to trust the classifier's logits.
#[derive(Debug, Clone)]
pub(super) struct Scope {
    temperature: f32,
    rule: Rule,
}

#[derive(Debug, Clone)]
enum Rule {
    /// Learned by leaving intents out.
    Learned(Curve),
    /// From the cosine of the nearest example alone.
    Plain(Curve),
}

/// What the rounds saw.
#[derive(Default)]
struct Seen {
    /// Logits of unseen examples of known intents, with the right class.
    logits: Vec<(Vec<f32>, usize)>,
    scores: Vec<f32>,
    is_unknown: Vec<bool>,
}

impl Scope {
    pub(super) fn temperature(&self) -> f32 {
        self.temperature
    }

    /// Probability that the text with these features and logits has none of the known intents.
    pub(super) fn probability(&self, model: &Model, features: &[f32], logits: &[f32]) -> f32 {
        let nearest = model.neighbours.nearest(features)[0];
        match &self.rule {
            Rule::Learned(curve) => curve.probability(&scores(logits, nearest)),
            Rule::Plain(curve) => curve.probability(&[nearest.cosine]),
        }
    }
}

/// Trains on parts of the examples and watches how the rest is scored.
pub(super) fn learn(examples: &Examples, seed: u64) -> Scope {
    let mut shuffler = Shuffler::new(seed);
    let mut by_class = examples.by_class();
    for members in &mut by_class {
        shuffler.shuffle(members);
        members.truncate(MOST_PER_CLASS);
    }
    let chosen: Vec<usize> = by_class.concat();
    let examples = examples.select(&chosen, examples.n_classes, |class| class);
    let by_class = examples.by_class();
    let folds = assign(&by_class, ROUNDS, &mut shuffler);
    let mut order: Vec<usize> = (0..examples.n_classes).collect();
    shuffler.shuffle(&mut order);

    let rounds: Vec<Seen> = (0..ROUNDS)
        .into_par_iter()
        .map(|round| watch(&examples, &folds, round, |class| order[class] % ROUNDS == round))
        .collect();
    let mut watched = Seen::default();
    for seen in rounds {
        watched.logits.extend(seen.logits);
        watched.scores.extend(seen.scores);
        watched.is_unknown.extend(seen.is_unknown);
    }
    let n_unknown = watched.is_unknown.iter().filter(|is_unknown| **is_unknown).count();
    let n_known = watched.is_unknown.len() - n_unknown;
    let rule = if n_known == 0 || n_unknown == 0 {
        Rule::Plain(Curve::fixed(PLAIN_COSINE, PLAIN_SLOPE))
    } else {
        // The share of either kind is an assumption, however many intents there are.
        let (known, unknown) = ((1.0 - UNKNOWN_SHARE) / n_known as f32, UNKNOWN_SHARE / n_unknown as f32);
        let scale = watched.is_unknown.len() as f32;
        let label = |is_unknown: &bool| {
            if *is_unknown { unknown * scale } else { -known * scale }
        };
        let labels: Vec<f32> = watched.is_unknown.iter().map(label).collect();
        Rule::Learned(Curve::fit(&watched.scores, N_SCORES, &labels, SOFTNESS))
    };
    Scope { temperature: temperature(&watched.logits), rule }
}

/// One round: trains without the left-out intents and without one fold of the others, then scores both.
fn watch(examples: &Examples, folds: &[usize], round: usize, is_left_out: impl Fn(usize) -> bool) -> Seen {
    let mut seen = Seen::default();
    let numbers = || 0..examples.classes.len();
    let unknown: Vec<usize> = numbers().filter(|&at| is_left_out(examples.classes[at])).collect();
    let training: Vec<usize> =
        numbers().filter(|&at| folds[at] != round && !is_left_out(examples.classes[at])).collect();
    let mut has_examples = vec![false; examples.n_classes];
    for &at in &training {
        has_examples[examples.classes[at]] = true;
    }
    let kept: Vec<usize> = (0..examples.n_classes).filter(|&class| has_examples[class]).collect();
    if kept.len() < 2 {
        return seen;
    }
    let known: Vec<usize> = numbers().filter(|&at| folds[at] == round && has_examples[examples.classes[at]]).collect();
    let renumber = |class: usize| kept.partition_point(|&other| other < class);
    let model = Model::train(&examples.select(&training, kept.len(), renumber));

    for (numbers, is_unknown) in [(known, false), (unknown, true)] {
        let unseen = examples.select(&numbers, kept.len(), renumber);
        let logits = model.linear.logits(&unseen.features);
        let nearest = model.neighbours.nearest(&unseen.features);
        for ((row, nearest), class) in logits.chunks_exact(kept.len()).zip(nearest).zip(unseen.classes) {
            seen.scores.extend(scores(row, nearest));
            seen.is_unknown.push(is_unknown);
            if !is_unknown {
                seen.logits.push((row.to_vec(), class));
            }
        }
    }
    seen
}

/// The scores the curve is learned over.
fn scores(logits: &[f32], nearest: Nearest) -> [f32; N_SCORES] {
    let mut probabilities = logits.to_vec();
    softmax(&mut probabilities);
    let (mut best, mut second) = ((f32::NEG_INFINITY, 0), f32::NEG_INFINITY);
    for (class, &logit) in logits.iter().enumerate() {
        if logit > best.0 {
            second = best.0;
            best = (logit, class);
        } else if logit > second {
            second = logit;
        }
    }
    let margin = if second.is_finite() { best.0 - second } else { 0.0 };
    let agrees = if nearest.class == best.1 { 1.0 } else { 0.0 };
    [probabilities[best.1].ln(), margin, nearest.cosine, nearest.mean_of_three, agrees]
}
