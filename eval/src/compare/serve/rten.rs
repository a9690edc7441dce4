//! rten, an ONNX runtime in Rust, on the network quantised by ONNX Runtime's tools.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use rten::{Model, NodeId};
use rten_tensor::NdTensor;
use rten_tensor::prelude::*;

use super::Embedder;

struct Rten {
    model: Arc<Model>,
    ids: NodeId,
    mask: NodeId,
    output: NodeId,
}

pub(super) fn load(model: Option<&Path>, workers: usize) -> anyhow::Result<Vec<Box<dyn Embedder>>> {
    let path = model.context("rten needs --model FILE")?;
    let model = Arc::new(Model::load_file(path).with_context(|| format!("cannot load {}", path.display()))?);
    let node = |name: &str| model.node_id(name).with_context(|| format!("{} has no `{name}`", path.display()));
    let (ids, mask, output) = (node("input_ids")?, node("attention_mask")?, node("embedding")?);
    let worker = || -> Box<dyn Embedder> { Box::new(Rten { model: Arc::clone(&model), ids, mask, output }) };
    Ok(std::iter::repeat_with(worker).take(workers).collect())
}

impl Embedder for Rten {
    fn embed(&mut self, batch: &[Vec<u32>]) -> anyhow::Result<Vec<Vec<f32>>> {
        let longest = batch.iter().map(Vec::len).max().unwrap_or(0);
        let (mut ids, mut mask) = (NdTensor::zeros([batch.len(), longest]), NdTensor::zeros([batch.len(), longest]));
        for (row, sequence) in batch.iter().enumerate() {
            for (column, &id) in sequence.iter().enumerate() {
                ids[[row, column]] = id.cast_signed();
                mask[[row, column]] = 1;
            }
        }
        let inputs = vec![(self.ids, ids.into()), (self.mask, mask.into())];
        let [output] = self.model.run_n(inputs, [self.output], None)?;
        let output: NdTensor<f32, 2> = output.try_into()?;
        Ok((0..batch.len()).map(|row| output.slice(row).to_vec()).collect())
    }
}
