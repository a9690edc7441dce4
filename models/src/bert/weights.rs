//! The weights of one network, laid out for the forward pass and shared by all threads.

use std::path::Path;

use candle_core::{Device, Tensor};

use super::Precision;
use super::config::Config;
use super::embeddings::Embeddings;
use super::linear::Linear;
use super::tensor_file::{LoadError, TensorFile};
use crate::Wanted;
use crate::branch::{Adapters, Branch, first_layer};
use crate::kernels::norm::LayerNorm;

/// Everything the forward pass multiplies with.
#[derive(Debug)]
pub struct Weights {
    pub(super) config: Config,
    pub(super) embeddings: Embeddings,
    pub(super) norm: LayerNorm,
    pub(super) layers: Vec<Layer>,
    /// Layers in place of the last of `layers`, by what is heard through them.
    pub(super) branches: Vec<(Branch, Vec<Layer>)>,
}

/// One block of attention and feed-forward.
#[derive(Debug)]
pub(super) struct Layer {
    /// Queries, keys and values side by side.
    pub(super) query_key_value: Linear,
    pub(super) attention_out: Linear,
    pub(super) attention_norm: LayerNorm,
    pub(super) inner: Linear,
    pub(super) inner_out: Linear,
    pub(super) inner_norm: LayerNorm,
}

impl Weights {
    pub(super) fn read(
        config: Config,
        path: &Path,
        precision: Precision,
        branches: &[(Branch, Adapters)],
    ) -> Result<Self, LoadError> {
        let mut file = TensorFile::open(path)?;
        let (width, layers) = (config.hidden_size, config.num_hidden_layers);
        if file.has(&format!("encoder.layer.{layers}.attention.self.query.weight")) {
            return Err(LoadError::MoreLayers { path: path.to_owned(), layers });
        }
        let mut positions =
            file.read("embeddings.position_embeddings.weight", &[config.max_position_embeddings, width])?;
        let segments = file.read("embeddings.token_type_embeddings.weight", &[config.type_vocab_size, width])?;
        for row in positions.chunks_exact_mut(width) {
            row.iter_mut().zip(&segments).for_each(|(position, segment)| *position += segment);
        }
        positions.drain(..config.first_position() * width);
        let shape = (config.longest_sequence(), width);
        let positions = Tensor::from_vec(positions, shape, &Device::Cpu)?;
        let words = "embeddings.word_embeddings.weight";
        let embeddings = Embeddings::read(&mut file, words, (config.vocab_size, width), positions, precision)?;
        let norm = read_norm(&mut file, "embeddings.LayerNorm", &config)?;
        let mut read = |at, adapters| Layer::read(&mut file, at, &config, precision, adapters);
        let mut tuned = |adapters| -> Result<Vec<Layer>, LoadError> {
            (first_layer(layers)..layers).map(|at| read(at, Some(adapters))).collect()
        };
        let branches = branches.iter().map(|(branch, adapters)| Ok((*branch, tuned(adapters)?)));
        let branches = branches.collect::<Result<_, LoadError>>()?;
        let layers = (0..layers).map(|at| read(at, None)).collect::<Result<_, _>>()?;
        Ok(Self { config, embeddings, norm, layers, branches })
    }

    /// The branches to go through.
    pub(super) fn branches_for(&self, wanted: Wanted) -> &[(Branch, Vec<Layer>)] {
        match wanted {
            Wanted::Meaning => &[],
            Wanted::Everything => &self.branches,
        }
    }
}

impl Layer {
    fn read(
        file: &mut TensorFile,
        at: usize,
        config: &Config,
        precision: Precision,
        adapters: Option<&Adapters>,
    ) -> Result<Self, LoadError> {
        let (width, inner) = (config.hidden_size, config.intermediate_size);
        let name = |part: &str| format!("encoder.layer.{at}.{part}");
        let fused = ["query", "key", "value"].map(|part| name(&format!("attention.self.{part}")));
        let mut linear = |names: &[String], inputs: usize, outputs: usize| -> Result<Linear, LoadError> {
            let (rows, bias) = read_linear(file, names, inputs, outputs, adapters)?;
            Ok(Linear::new(&rows, bias, precision)?)
        };
        Ok(Self {
            query_key_value: linear(&fused, width, width)?,
            attention_out: linear(&[name("attention.output.dense")], width, width)?,
            inner: linear(&[name("intermediate.dense")], width, inner)?,
            inner_out: linear(&[name("output.dense")], inner, width)?,
            attention_norm: read_norm(file, &name("attention.output.LayerNorm"), config)?,
            inner_norm: read_norm(file, &name("output.LayerNorm"), config)?,
        })
    }
}

/// Reads linear layers of `inputs` by `outputs` each, with `adapters` added, and lays their outputs side by
/// side.
fn read_linear(
    file: &mut TensorFile,
    names: &[String],
    inputs: usize,
    outputs: usize,
    adapters: Option<&Adapters>,
) -> Result<(Vec<f32>, Vec<f32>), LoadError> {
    let (mut rows, mut bias) = (Vec::new(), Vec::new());
    for name in names {
        let mut weights = file.read(&format!("{name}.weight"), &[outputs, inputs])?;
        if let Some(adapters) = adapters {
            adapters.add_to(name, inputs, &mut weights)?;
        }
        rows.extend(weights);
        bias.extend(file.read(&format!("{name}.bias"), &[outputs])?);
    }
    Ok((rows, bias))
}

fn read_norm(file: &mut TensorFile, name: &str, config: &Config) -> Result<LayerNorm, LoadError> {
    Ok(LayerNorm {
        scale: file.read(&format!("{name}.weight"), &[config.hidden_size])?,
        shift: file.read(&format!("{name}.bias"), &[config.hidden_size])?,
        epsilon: config.layer_norm_eps,
    })
}
