//! Learns what an unknown intent looks like without having seen one: each known intent plays the unknown in turn.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::calibrate::{Curve, temperature};
use super::folds::{Shuffler, assign};
use super::intent::{Examples, Model};
use super::logistic::softmax;
use super::neighbours::Nearest;
use super::shares::Shares;

/// Rounds; in each, a share of the intents and a share of the other examples are unseen.
const ROUNDS: usize = 5;
/// Examples of an intent that take part. More sharpen nothing and cost training time.
const MOST_PER_CLASS: usize = 30;
/// Scores that tell known from unknown; each is higher for the unknown.
const N_SCORES: usize = 8;
/// The share of incoming texts taken to have an unknown intent; it moves the probability, not the order of texts.
const UNKNOWN_SHARE: f32 = 0.3;
/// The scores say much the same, and which of them is best for the intents at hand is not which is best for those to
/// come: a strong penalty keeps their weights alike. Scores and penalty were settled on five development sets.
const SOFTNESS: f64 = 0.01;
/// Softness of the curve that makes a probability of the weighted scores.
const CURVE_SOFTNESS: f64 = 1.0;
/// With too few intents to leave any out: a text less similar than this to every example is more likely unknown.
const PLAIN_COSINE: f32 = 0.5;
const PLAIN_SLOPE: f32 = 23.0;

/// How unlike the known intents a text is, and how far to trust the classifier's logits.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Scope {
    temperature: f32,
    rule: Rule,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
enum Rule {
    /// Learned by leaving intents out: the scores' weighted sum, and the probability it stands for.
    Learned { sum: Curve, curve: Curve },
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

    /// Probability that the text with these logits, and so near to what is known, has none of the known intents.
    pub(super) fn probability(&self, logits: &[f32], nearest: Nearest) -> f32 {
        match &self.rule {
            Rule::Learned { sum, curve } => curve.probability(&[sum.logit(&scores(logits, nearest))]),
            Rule::Plain(curve) => curve.probability(&[-nearest.example]),
        }
    }
}

/// Trains on parts of the examples, whose parts have these `shares`, and watches how the rest is scored.
pub(super) fn learn(examples: &Examples, shares: Shares, seed: u64) -> Scope {
    let mut shuffler = Shuffler::new(seed);
    let mut messages = examples.messages();
    for members in &mut messages {
        shuffler.shuffle(members);
        members.truncate(MOST_PER_CLASS);
    }
    // Messages first, then names, which are seen in every round that their intent is.
    let chosen: Vec<usize> = messages.concat().into_iter().chain(examples.names().concat()).collect();
    let examples = examples.select(&chosen, examples.n_classes, |class| class);
    let folds = assign(&examples.messages(), ROUNDS, &mut shuffler);
    let mut order: Vec<usize> = (0..examples.n_classes).collect();
    shuffler.shuffle(&mut order);

    let rounds: Vec<Seen> = (0..ROUNDS)
        .into_par_iter()
        .map(|round| watch(&examples, shares, &folds, round, |class| order[class] % ROUNDS == round))
        .collect();
    let mut watched = Seen::default();
    for seen in rounds {
        watched.logits.extend(seen.logits);
        watched.scores.extend(seen.scores);
        watched.is_unknown.extend(seen.is_unknown);
    }
    Scope { temperature: temperature(&watched.logits), rule: rule(&watched.scores, &watched.is_unknown) }
}

fn rule(scores: &[f32], is_unknown: &[bool]) -> Rule {
    let n_unknown = is_unknown.iter().filter(|is_unknown| **is_unknown).count();
    let n_known = is_unknown.len() - n_unknown;
    if n_known == 0 || n_unknown == 0 {
        return Rule::Plain(Curve::fixed(-PLAIN_COSINE, PLAIN_SLOPE));
    }
    // The share of either kind is an assumption, however many intents there are.
    let labels = |unknown_share: f32| -> Vec<f32> {
        let scale = is_unknown.len() as f32;
        let (known, unknown) = ((1.0 - unknown_share) / n_known as f32, unknown_share / n_unknown as f32);
        is_unknown.iter().map(|is_unknown| if *is_unknown { unknown * scale } else { -known * scale }).collect()
    };
    let sum = Curve::fit_growing(scores, N_SCORES, &labels(0.5), SOFTNESS);
    let sums: Vec<f32> = scores.chunks_exact(N_SCORES).map(|scores| sum.logit(scores)).collect();
    let curve = Curve::fit(&sums, 1, &labels(UNKNOWN_SHARE), CURVE_SOFTNESS);
    Rule::Learned { sum, curve }
}

/// One round: trains without the left-out intents and without one fold of the others, then scores both.
fn watch(
    examples: &Examples,
    shares: Shares,
    folds: &[usize],
    round: usize,
    is_left_out: impl Fn(usize) -> bool,
) -> Seen {
    let mut seen = Seen::default();
    let in_fold = |at: usize| folds.get(at).is_some_and(|fold| *fold == round);
    let messages = || 0..folds.len();
    let unknown: Vec<usize> = messages().filter(|&at| is_left_out(examples.classes[at])).collect();
    let training: Vec<usize> =
        (0..examples.classes.len()).filter(|&at| !in_fold(at) && !is_left_out(examples.classes[at])).collect();
    let mut has_examples = vec![false; examples.n_classes];
    for &at in &training {
        has_examples[examples.classes[at]] = true;
    }
    let kept: Vec<usize> = (0..examples.n_classes).filter(|&class| has_examples[class]).collect();
    if kept.len() < 2 {
        return seen;
    }
    let known: Vec<usize> = messages().filter(|&at| in_fold(at) && has_examples[examples.classes[at]]).collect();
    let renumber = |class: usize| kept.partition_point(|&other| other < class);
    let model = Model::train(&examples.select(&training, kept.len(), renumber), shares);

    for (numbers, is_unknown) in [(known, false), (unknown, true)] {
        let unseen = examples.select(&numbers, kept.len(), renumber);
        let (logits, nearest) = model.judge(&unseen.features);
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

/// The scores the rule is learned over.
fn scores(logits: &[f32], nearest: Nearest) -> [f32; N_SCORES] {
    let (mut best, mut second) = (f32::NEG_INFINITY, f32::NEG_INFINITY);
    for &logit in logits {
        if logit > best {
            second = best;
            best = logit;
        } else if logit > second {
            second = logit;
        }
    }
    let margin = if second.is_finite() { best - second } else { 0.0 };
    let energy = softmax(&mut logits.to_vec());
    let Nearest { example, middle, purpose, purpose_middle } = nearest;
    [energy - best, -energy, -best, -margin, -example, -middle, -purpose, -purpose_middle]
}
