//! Which of the known intents a text has, how sure that is, and whether it has none of them.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::features::{Aspect, Features, common_width};
use super::lexical::Lexicon;
use super::logistic::{Linear, Problem, Targets, Words, fit, softmax};
use super::neighbours::Neighbours;
use super::scope::{self, Scope};
use super::{Sample, TrainError, word_scale};
use crate::Reading;

/// Embeddings have length one, so weights must be large to tell neighbours apart: a weak penalty suits them.
const SOFTNESS: f64 = 20.0;
const STEPS: usize = 60;

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

/// The uncalibrated classifier.
#[derive(Debug, Clone)]
pub(super) struct Model {
    linear: Linear,
    scale: f32,
    neighbours: Neighbours,
}

impl IntentClassifier {
    /// Learns from `examples`; the same in the same order and the same `seed` give the same classifier.
    ///
    /// No example without an intent is needed: what is out of scope is learned by leaving known intents out in turn.
    pub fn train(examples: &[Example<'_>], seed: u64) -> Result<Self, TrainError> {
        let Numbered { names, lexicon, examples } = Numbered::of(examples)?;
        let scale = word_scale::choose(&examples, seed);
        let (model, scope) = rayon::join(|| Model::train(&examples, scale), || scope::learn(&examples, scale, seed));
        Ok(Self { names, lexicon, model, scope })
    }

    /// Scores one text, whose reading must be of the encoder that read the examples.
    pub fn classify(&self, sample: &Sample<'_>) -> IntentScores {
        let features = Features::of([sample], Aspect::Purpose, &self.lexicon);
        let mut probabilities = self.model.logits(&features);
        let nearest = self.model.neighbours.nearest(&features)[0];
        let out_of_scope = self.scope.probability(&probabilities, nearest);
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

    /// How much words count beside what the encoder reads.
    pub(super) fn word_scale(&self) -> f32 {
        self.model.scale
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
        let lexicon = Lexicon::learn(examples.iter().map(|example| &*example.sample.grams));
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
    /// Learns from `examples`, where words count by `scale`.
    pub(super) fn train(examples: &Examples, scale: f32) -> Self {
        let Examples { features, classes, n_classes, .. } = examples;
        let linear = fit(&Problem {
            inputs: features.width,
            outputs: *n_classes,
            features: &features.dense,
            words: Some(Words { rows: &features.lexical, scale }),
            offsets: None,
            targets: Targets::Class(classes),
            softness: SOFTNESS,
            steps: STEPS,
        });
        Self { linear, scale, neighbours: Neighbours::new(features, classes, *n_classes, scale) }
    }

    /// One row of logits for each row of `features`.
    pub(super) fn logits(&self, features: &Features) -> Vec<f32> {
        self.linear.logits_with(&features.dense, Words { rows: &features.lexical, scale: self.scale })
    }

    pub(super) fn neighbours(&self) -> &Neighbours {
        &self.neighbours
    }
}
