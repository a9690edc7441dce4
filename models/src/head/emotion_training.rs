//! Trains the shipped emotion head from labelled texts, so that it can be made again from its data.

use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensorError};

use super::TrainError;
use super::emotion::{Emotion, EmotionHead, LABELS, N_OUTPUTS};
use super::folds::{Shuffler, assign};
use super::labels::best_threshold;
use super::logistic::{Linear, Problem, Targets, fit, sigmoid};
use crate::Embedding;

const SOFTNESS: f64 = 10.0;
const STEPS: usize = 300;
/// The share of examples the thresholds are chosen on is one in this many.
const N_FOLDS: usize = 5;

/// One text's embedding and the `GoEmotions` labels people gave it.
#[derive(Debug, Clone)]
pub struct EmotionExample {
    /// The text's embedding.
    pub embedding: Embedding,
    /// Names from [`LABELS`].
    pub labels: Vec<String>,
}

/// Learns labels, groups and polarity together; the same examples and seed give the same head.
pub fn train_emotion(examples: &[EmotionExample], seed: u64) -> Result<EmotionHead, TrainError> {
    let first = examples.first().ok_or(TrainError::NoExamples("examples"))?;
    let inputs = first.embedding.as_slice().len();
    let features: Vec<f32> = examples.iter().flat_map(|example| example.embedding.as_slice()).copied().collect();
    let mut targets = Vec::with_capacity(examples.len() * N_OUTPUTS);
    for example in examples {
        targets.extend(outputs_of(&example.labels)?);
    }
    let all = vec![(0..examples.len()).collect()];
    let folds = assign(&all, N_FOLDS, &mut Shuffler::new(seed));
    let unseen = unseen_probabilities(inputs, &features, &targets, &folds);
    let thresholds = (0..N_OUTPUTS).map(|output| best_threshold(column(&unseen, &targets, output))).collect();
    Ok(EmotionHead { linear: learn(inputs, &features, &targets), thresholds })
}

impl EmotionHead {
    /// The head as a safetensors file.
    pub fn to_bytes(&self) -> Result<Vec<u8>, SafeTensorError> {
        let bytes = |values: &[f32]| values.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>();
        let (weights, bias) = (bytes(&self.linear.weights), bytes(&self.linear.bias));
        let thresholds = bytes(&self.thresholds);
        let tensors = [
            ("weights", TensorView::new(Dtype::F32, vec![N_OUTPUTS, self.linear.inputs], &weights)?),
            ("bias", TensorView::new(Dtype::F32, vec![N_OUTPUTS], &bias)?),
            ("thresholds", TensorView::new(Dtype::F32, vec![N_OUTPUTS], &thresholds)?),
        ];
        safetensors::serialize(tensors, None)
    }
}

/// 1 for every output the labels ask for, -1 for the others.
fn outputs_of(labels: &[String]) -> Result<[f32; N_OUTPUTS], TrainError> {
    let mut outputs = [-1.0; N_OUTPUTS];
    for label in labels {
        let number = LABELS.iter().position(|(name, _, _)| name == label);
        let number = number.ok_or_else(|| TrainError::UnknownLabel(label.clone()))?;
        let (_, group, polarity) = LABELS[number];
        outputs[number] = 1.0;
        outputs[LABELS.len() + group as usize] = 1.0;
        let polarities = LABELS.len() + Emotion::ALL.len();
        match polarity {
            1 => outputs[polarities] = 1.0,
            -1 => outputs[polarities + 1] = 1.0,
            _ => {}
        }
    }
    Ok(outputs)
}

fn learn(inputs: usize, features: &[f32], targets: &[f32]) -> Linear {
    let targets = Targets::Labels(targets);
    fit(&Problem {
        inputs,
        outputs: N_OUTPUTS,
        features,
        words: None,
        offsets: None,
        targets,
        softness: SOFTNESS,
        steps: STEPS,
    })
}

/// The probabilities of each example by a model that has not seen it.
fn unseen_probabilities(inputs: usize, features: &[f32], targets: &[f32], folds: &[usize]) -> Vec<f32> {
    let mut probabilities = vec![0.0; targets.len()];
    for fold in 0..N_FOLDS {
        let others = || folds.iter().enumerate().filter(|(_, own)| **own != fold).map(|(at, _)| at);
        let part = |values: &[f32], width: usize| -> Vec<f32> {
            others().flat_map(|at| &values[at * width..(at + 1) * width]).copied().collect()
        };
        let seen_targets = part(targets, N_OUTPUTS);
        if seen_targets.is_empty() {
            continue;
        }
        let model = learn(inputs, &part(features, inputs), &seen_targets);
        for at in (0..folds.len()).filter(|&at| folds[at] == fold) {
            let logits = model.logits(&features[at * inputs..(at + 1) * inputs]);
            let row = &mut probabilities[at * N_OUTPUTS..(at + 1) * N_OUTPUTS];
            row.iter_mut().zip(logits).for_each(|(p, logit)| *p = sigmoid(logit));
        }
    }
    probabilities
}

/// The probabilities of one output, and whether it is present.
fn column(probabilities: &[f32], targets: &[f32], output: usize) -> Vec<(f32, bool)> {
    let column = probabilities.iter().zip(targets).skip(output).step_by(N_OUTPUTS);
    column.map(|(p, target)| (*p, *target > 0.0)).collect()
}
