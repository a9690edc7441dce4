//! What it takes to make the shipped emotion head again from labelled texts.

use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensorError};

use super::emotion::{Emotion, EmotionHead, HeadError, LABELS, N_OUTPUTS};
use super::labels::best_threshold;
use super::logistic::Linear;
use super::{TrainError, tone_metadata};

impl EmotionHead {
    /// A head of `weights`, `[outputs, inputs]`, over tones of length one by the layers of this revision.
    pub fn new(tone: &str, weights: Vec<f32>, bias: Vec<f32>, thresholds: Vec<f32>) -> Result<Self, HeadError> {
        let is_whole = bias.len() == N_OUTPUTS && thresholds.len() == N_OUTPUTS;
        if !is_whole || weights.is_empty() || !weights.len().is_multiple_of(N_OUTPUTS) {
            return Err(HeadError("its tensors have the wrong sizes".to_owned()));
        }
        let inputs = weights.len() / N_OUTPUTS;
        Ok(Self { tone: tone.to_owned(), linear: Linear { inputs, weights, lexical: Vec::new(), bias }, thresholds })
    }

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
        safetensors::serialize(tensors, Some(tone_metadata(&self.tone)))
    }
}

/// 1 for every output that `labels`, names from [`LABELS`], ask for, and 0 for the others.
pub fn outputs_of(labels: &[String]) -> Result<[f32; N_OUTPUTS], TrainError> {
    let mut outputs = [0.0; N_OUTPUTS];
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

/// For each output the threshold with the best F1, given its probability and its truth for each of some texts.
pub fn best_thresholds(probabilities: &[[f32; N_OUTPUTS]], truths: &[[f32; N_OUTPUTS]]) -> Vec<f32> {
    let of = |output: usize| {
        let scored = probabilities.iter().zip(truths).map(|(p, truth)| (p[output], truth[output] > 0.0));
        best_threshold(scored.collect())
    };
    (0..N_OUTPUTS).map(of).collect()
}
