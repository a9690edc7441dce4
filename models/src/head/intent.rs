//! Which of the known intents a text has, how sure that is, and whether it has none of them.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::features::{Aspect, Features, common_width};
use super::lexical::Lexicon;
use super::logistic::{Linear, Problem, Targets, Words, fit, softmax};
use super::neighbours::{Nearest, Neighbours};
use super::scope::{self, Scope};
use super::shares::Shares;
use super::{Sample, TrainError};
use crate::head_cache::Fingerprint;
use crate::{HeadCache, Reading};

/// Embeddings have length one, so weights must be large to tell neighbours apart: a weak penalty suits them.
const SOFTNESS: f64 = 20.0;
const STEPS: usize = 60;
/// Buckets of words. Each costs a weight an intent.
const N_BUCKETS: usize = 1 << 11;

/// A classifier of texts into named intents.
#[derive(Debug, Clone)]
pub struct IntentClassifier {
    names: Vec<Arc<str>>,
    lexicon: Lexicon,
    model: Model,
    scope: Scope,
}

/// A text that has an intent.
#[derive(Debug, Clone)]
pub struct Example<'a> {
    /// The intent's name.
    pub intent: &'a str,
    /// The text and its reading.
    pub sample: Sample<'a>,
    /// Where it comes from.
    pub origin: Origin,
}

/// Where an example comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Somebody might write it.
    Message,
    /// It is the intent's name or title. It helps as an example does, and says nothing of how well messages are told.
    Name,
}

/// One intent with its calibrated probability.
#[derive(Debug, Clone, PartialEq)]
pub struct IntentScore {
    /// The intent's name.
    pub name: Arc<str>,
    /// Probability in `0.0..=1.0`, given that the text has one of the known intents.
    pub confidence: f32,
}

/// What the classifier thinks of one text.
#[derive(Debug, Clone, PartialEq)]
pub struct IntentScores {
    /// Every intent, most probable first; confidences add up to one.
    pub ranked: Vec<IntentScore>,
    /// Probability in `0.0..=1.0` that the text has none of the known intents.
    pub out_of_scope: f32,
}

/// Examples of numbered classes.
#[derive(Debug, Clone)]
pub(super) struct Examples {
    pub(super) features: Features,
    pub(super) classes: Vec<usize>,
    pub(super) origins: Vec<Origin>,
    pub(super) n_classes: usize,
}

/// Examples with numbers in place of what they are made of, and what the numbers stand for.
pub(super) struct Numbered {
    pub(super) names: Vec<Arc<str>>,
    pub(super) lexicon: Lexicon,
    pub(super) examples: Examples,
}

/// All of a classifier that takes long to come to.
#[derive(Debug, Serialize, Deserialize)]
struct Learned {
    shares: Shares,
    linear: Linear,
    scope: Scope,
}

/// The uncalibrated classifier.
#[derive(Debug, Clone)]
pub(super) struct Model {
    shares: Shares,
    linear: Linear,
    neighbours: Neighbours,
}

impl IntentClassifier {
    /// Learns from `examples`; the same in the same order and the same `seed` give the same classifier.
    ///
    /// No example without an intent is needed: what is out of scope is learned by leaving known intents out in turn.
    pub fn train(examples: &[Example<'_>], seed: u64) -> Result<Self, TrainError> {
        Self::train_once(examples, seed, &HeadCache::nowhere())
    }

    /// The same, unless `cache` has what was learned from these examples before.
    pub fn train_once(examples: &[Example<'_>], seed: u64, cache: &HeadCache) -> Result<Self, TrainError> {
        let Numbered { names, lexicon, examples } = Numbered::of(examples)?;
        let fingerprint = examples.marked_in(Fingerprint::of("intents").integers([seed]));
        let Learned { shares, linear, scope } = cache.get_or_learn(fingerprint, || {
            let shares = Shares::choose(&examples, seed);
            let weighed = examples.features.with_wording(shares.wording);
            let (linear, scope) =
                rayon::join(|| learn(&weighed, &examples, shares), || scope::learn(&examples, shares, seed));
            Learned { shares, linear, scope }
        });
        let neighbours = neighbours(&examples.features.with_wording(shares.wording), &examples, shares);
        Ok(Self { names, lexicon, model: Model { shares, linear, neighbours }, scope })
    }

    /// Scores one text, whose reading must be of the encoder that read the examples.
    pub fn classify(&self, sample: &Sample<'_>) -> IntentScores {
        let features = Features::of([sample], Aspect::Purpose, &self.lexicon);
        let (mut probabilities, nearest) = self.model.judge(&features);
        let out_of_scope = self.scope.probability(&probabilities, nearest[0]);
        for logit in &mut probabilities {
            *logit /= self.scope.temperature();
        }
        softmax(&mut probabilities);
        let scores = self.names.iter().zip(probabilities);
        let mut ranked: Vec<_> =
            scores.map(|(name, confidence)| IntentScore { name: Arc::clone(name), confidence }).collect();
        ranked.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
        IntentScores { ranked, out_of_scope }
    }

    /// How much wording and words count.
    pub(super) fn shares(&self) -> Shares {
        self.model.shares
    }

    /// The intents it knows, sorted.
    pub fn intents(&self) -> &[Arc<str>] {
        &self.names
    }
}

impl<'a> Example<'a> {
    /// A message that has `intent`.
    pub fn message(intent: &'a str, text: &str, reading: &'a Reading) -> Self {
        Self { intent, sample: Sample::new(text, reading), origin: Origin::Message }
    }

    /// What people call `intent`.
    pub fn name(intent: &'a str, text: &str, reading: &'a Reading) -> Self {
        Self { intent, sample: Sample::new(text, reading), origin: Origin::Name }
    }
}

/// The name of an intent as words: `card_arrival` and `cardArrival` are "card arrival".
pub fn in_words(name: &str) -> String {
    let mut words = String::with_capacity(name.len() + 4);
    let mut was_small = false;
    for c in name.chars() {
        if c.is_uppercase() && was_small {
            words.push(' ');
        }
        was_small = c.is_lowercase();
        if c.is_alphanumeric() { words.extend(c.to_lowercase()) } else { words.push(' ') }
    }
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Numbered {
    /// `examples` in numbers, in the same order.
    pub(super) fn of(examples: &[Example<'_>]) -> Result<Self, TrainError> {
        common_width(examples.iter().map(|example| example.sample.reading), Aspect::Purpose)?;
        let sorted: BTreeSet<&str> = examples.iter().map(|example| example.intent).collect();
        let names: Vec<Arc<str>> = sorted.into_iter().map(Arc::from).collect();
        let lexicon = Lexicon::learn(examples.iter().map(|example| &*example.sample.grams), N_BUCKETS);
        let number = |name: &str| names.partition_point(|known| &**known < name);
        let examples = Examples {
            features: Features::of(examples.iter().map(|example| &example.sample), Aspect::Purpose, &lexicon),
            classes: examples.iter().map(|example| number(example.intent)).collect(),
            origins: examples.iter().map(|example| example.origin).collect(),
            n_classes: names.len(),
        };
        Ok(Self { names, lexicon, examples })
    }
}

impl Examples {
    fn marked_in(&self, fingerprint: Fingerprint) -> Fingerprint {
        let origins = self.origins.iter().map(|origin| u64::from(*origin == Origin::Name));
        self.features
            .marked_in(fingerprint)
            .integers(self.classes.iter().map(|&class| class as u64))
            .integers(origins)
            .integers([self.n_classes as u64])
    }

    /// The examples numbered `chosen`, their classes renumbered by `renumber`.
    pub(super) fn select(&self, chosen: &[usize], n_classes: usize, renumber: impl Fn(usize) -> usize) -> Self {
        Self {
            features: self.features.select(chosen),
            classes: chosen.iter().map(|&at| renumber(self.classes[at])).collect(),
            origins: chosen.iter().map(|&at| self.origins[at]).collect(),
            n_classes,
        }
    }

    /// The numbers of each class's messages.
    pub(super) fn messages(&self) -> Vec<Vec<usize>> {
        self.numbers_of(Origin::Message)
    }

    /// The numbers of each class's names.
    pub(super) fn names(&self) -> Vec<Vec<usize>> {
        self.numbers_of(Origin::Name)
    }

    fn numbers_of(&self, origin: Origin) -> Vec<Vec<usize>> {
        let mut members = vec![Vec::new(); self.n_classes];
        let numbered = self.classes.iter().zip(&self.origins).enumerate();
        for (at, (&class, _)) in numbered.filter(|(_, (_, of))| **of == origin) {
            members[class].push(at);
        }
        members
    }
}

impl Model {
    /// Learns from `examples`, whose parts have these `shares`.
    pub(super) fn train(examples: &Examples, shares: Shares) -> Self {
        let weighed = examples.features.with_wording(shares.wording);
        let linear = learn(&weighed, examples, shares);
        Self { shares, linear, neighbours: neighbours(&weighed, examples, shares) }
    }

    /// One row of logits for each row of `features`.
    pub(super) fn logits(&self, features: &Features) -> Vec<f32> {
        self.logits_of(&features.with_wording(self.shares.wording))
    }

    /// The same, and how close each row comes to what is known.
    pub(super) fn judge(&self, features: &Features) -> (Vec<f32>, Vec<Nearest>) {
        let weighed = features.with_wording(self.shares.wording);
        (self.logits_of(&weighed), self.neighbours.nearest(&weighed))
    }

    fn logits_of(&self, weighed: &Features) -> Vec<f32> {
        self.linear.logits_with(&weighed.dense, Words { rows: &weighed.lexical, scale: self.shares.words })
    }
}

/// The linear model that tells `examples` apart by their `weighed` features.
fn learn(weighed: &Features, examples: &Examples, shares: Shares) -> Linear {
    fit(&Problem {
        inputs: weighed.width,
        outputs: examples.n_classes,
        features: &weighed.dense,
        words: Some(Words { rows: &weighed.lexical, scale: shares.words }),
        offsets: None,
        targets: Targets::Class(&examples.classes),
        softness: SOFTNESS,
        steps: STEPS,
    })
}

fn neighbours(weighed: &Features, examples: &Examples, shares: Shares) -> Neighbours {
    Neighbours::new(weighed, &examples.classes, examples.n_classes, shares.words)
}
