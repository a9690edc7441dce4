//! BERT as candle comes with it, used as candle's own example does: padded batches in 32-bit floating point.

use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;
use candle_transformers::models::bert::{BertModel, Config};
use models::artifact::EncoderFiles;

use super::Embedder;

struct Stock(BertModel);

pub(super) fn load(files: &EncoderFiles, workers: usize) -> anyhow::Result<Vec<Box<dyn Embedder>>> {
    let config: Config = serde_json::from_slice(&std::fs::read(&files.config)?)?;
    let worker = || -> anyhow::Result<Box<dyn Embedder>> {
        let weights = VarBuilder::from_buffered_safetensors(std::fs::read(&files.weights)?, DType::F32, &Device::Cpu)?;
        Ok(Box::new(Stock(BertModel::load(weights, &config)?)))
    };
    std::iter::repeat_with(worker).take(workers).collect()
}

impl Embedder for Stock {
    fn embed(&mut self, batch: &[Vec<u32>]) -> anyhow::Result<Vec<Vec<f32>>> {
        let (ids, mask, shape) = padded(batch);
        let ids = Tensor::from_vec(ids, shape, &Device::Cpu)?;
        let mask = Tensor::from_vec(mask, shape, &Device::Cpu)?;
        let hidden = self.0.forward(&ids, &ids.zeros_like()?, Some(&mask))?;
        let mask = mask.to_dtype(DType::F32)?.unsqueeze(2)?;
        let means = hidden.broadcast_mul(&mask)?.sum(1)?.broadcast_div(&mask.sum(1)?)?;
        let units = means.broadcast_div(&means.sqr()?.sum_keepdim(1)?.sqrt()?)?;
        Ok(units.to_vec2()?)
    }
}

/// Sequences as rows of equal length, a mask of what is real, and the shape of both.
fn padded(batch: &[Vec<u32>]) -> (Vec<u32>, Vec<u32>, (usize, usize)) {
    let longest = batch.iter().map(Vec::len).max().unwrap_or(0);
    let (mut ids, mut mask) = (vec![0; batch.len() * longest], vec![0; batch.len() * longest]);
    for (row, sequence) in batch.iter().enumerate() {
        let range = row * longest..row * longest + sequence.len();
        ids[range.clone()].copy_from_slice(sequence);
        mask[range].fill(1);
    }
    (ids, mask, (batch.len(), longest))
}
