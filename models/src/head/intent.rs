//! Which of the known intents a text has, how sure that is, and whether it has none of them.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::logistic::{Linear, Problem, Targets, fit, softmax};
use super::neighbours::Neighbours;
use super::scope::{self, Scope};
use super::{TrainError, common_dimension, stack};
use crate::Embedding;

/// Embeddings have length one, so weights must be large to tell neighbours apart: a weak penalty suits them.
const SOFTNESS: f64 = 20.0;
const STEPS: usize = 120;

/// A classifier of embeddings into named intents.
#[derive(Debug, Clone)]
pub struct IntentClassifier {
    names: Vec<Arc<str>>,
    model: Model,
    scope: Scope,
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
#[derive(Debug, Clone, Default)]
pub(super) struct Examples {
    pub(super) inputs: usize,
    /// `[examples, inputs]`.
    pub(super) features: Vec<f32>,
    pub(super) classes: Vec<usize>,
    pub(super) n_classes: usize,
}

/// The uncalibrated classifier.
#[derive(Debug, Clone)]
pub(super) struct Model {
    pub(super) linear: Linear,
    pub(super) neighbours: Neighbours,
}

impl IntentClassifier {
    /// Learns from `(intent, embedding)` pairs; the same examples in the same order and `seed` give the same classifier.
    ///
    /// No example without an intent is needed: what is out of scope is learned by leaving known intents out in turn.
    pub fn train(examples: &[(String, Embedding)], seed: u64) -> Result<Self, TrainError> {
        let inputs = common_dimension(examples.iter().map(|(_, embedding)| embedding))?;
        let sorted: BTreeSet<&str> = examples.iter().map(|(name, _)| name.as_str()).collect();
        let names: Vec<Arc<str>> = sorted.into_iter().map(Arc::from).collect();
        let number = |name: &str| names.partition_point(|known| &**known < name);
        let examples = Examples {
            inputs,
            features: stack(examples.iter().map(|(_, embedding)| embedding)),
            classes: examples.iter().map(|(name, _)| number(name)).collect(),
            n_classes: names.len(),
        };
        let (model, scope) = rayon::join(|| Model::train(&examples), || scope::learn(&examples, seed));
        Ok(Self { names, model, scope })
    }

    /// Scores one text.
    pub fn classify(&self, embedding: &Embedding) -> IntentScores {
        let features = embedding.as_slice();
        let mut probabilities = self.model.linear.logits(features);
        let out_of_scope = self.scope.probability(&self.model, features, &probabilities);
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

    /// The intents it knows, sorted.
    pub fn intents(&self) -> &[Arc<str>] {
        &self.names
    }
}

impl Examples {
    /// The examples numbered `chosen`, their classes renumbered by `renumber`.
    pub(super) fn select(&self, chosen: &[usize], n_classes: usize, renumber: impl Fn(usize) -> usize) -> Self {
        Self {
            inputs: self.inputs,
            features: chosen.iter().flat_map(|&at| self.row(at)).copied().collect(),
            classes: chosen.iter().map(|&at| renumber(self.classes[at])).collect(),
            n_classes,
        }
    }

    /// The example numbers of each class.
    pub(super) fn by_class(&self) -> Vec<Vec<usize>> {
        let mut members = vec![Vec::new(); self.n_classes];
        self.classes.iter().enumerate().for_each(|(at, &class)| members[class].push(at));
        members
    }

    fn row(&self, at: usize) -> &[f32] {
        &self.features[at * self.inputs..(at + 1) * self.inputs]
    }
}

impl Model {
    pub(super) fn train(examples: &Examples) -> Self {
        let Examples { inputs, features, classes, n_classes } = examples;
        let linear = fit(&Problem {
            inputs: *inputs,
            outputs: *n_classes,
            features,
            targets: Targets::Class(classes),
            softness: SOFTNESS,
            steps: STEPS,
        });
        Self { linear, neighbours: Neighbours::new(*inputs, features, classes, *n_classes) }
    }
}
