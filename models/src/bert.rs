//! The BERT family's forward pass over ragged batches: sequences lie end to end and nothing is padded. Linear layers
//! compute in 32-bit floating point or in 8-bit integers, everything else in floating point.
//!
//! Weights and activations are candle tensors; what is done to them are in-place operations of ours, so that a step
//! copies nothing and a warm encoder allocates next to nothing.

mod attend;
mod config;
mod embeddings;
mod linear;
mod normalise;
mod tensor_file;
mod values;
mod weights;

use std::cell::RefCell;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use candle_core::{DType, Device, Result as CandleResult, Tensor};

pub use config::Config;
pub use tensor_file::LoadError;
pub use weights::Weights;

use self::attend::Attend;
use self::linear::Rows;
use self::normalise::Normalise;
use crate::kernels::Finish;
use crate::kernels::attention;
use crate::kernels::int8::QuantizedRows;
use crate::tokenize::Tokens;
use crate::{Embedding, EncodeError, Encoder};

/// Tokens of sequences that go through the layers together. More gains no speed, since a layer's weights are then reused
/// from cache anyway, and the tokens themselves would no longer stay in it.
const STEP_TOKENS: usize = 64;
/// Tokens that go through the feed-forward half of a layer together, where it matters not to which sequence they belong.
const BLOCK_TOKENS: usize = 64;

/// What linear layers compute in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Precision {
    /// 32-bit floating point: the reference.
    #[default]
    F32,
    /// 8-bit integers: several times faster, and a quarter of the memory; embeddings differ a little.
    Int8,
}

impl Precision {
    /// Its name in settings and in the record of what made an embedding.
    pub fn name(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::Int8 => "int8",
        }
    }

    /// The precision with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::F32, Self::Int8].into_iter().find(|precision| precision.name() == name)
    }
}

/// An [`Encoder`] of one thread: shared weights and memory of its own.
#[derive(Debug)]
pub struct Bert {
    weights: Arc<Weights>,
    activations: Option<Activations>,
    scratch: Scratch,
}

/// Memory of operations, kept between steps.
#[derive(Debug, Default)]
struct Scratch {
    attention: RefCell<attention::Scratch>,
    /// The input of a linear layer.
    quantized: RefCell<QuantizedRows>,
}

/// What flows through the network, a row for each token.
#[derive(Debug)]
struct Activations {
    /// `[tokens, width]`: each token's vector, from layer to layer.
    hidden: Tensor,
    /// `[tokens, 3 · width]`: queries, keys and values side by side.
    fused: Tensor,
    /// `[tokens, width]`: what attention gathered.
    context: Tensor,
    /// `[BLOCK_TOKENS, inner]`: between the two halves of the feed-forward block.
    inner: Tensor,
}

impl Activations {
    fn new(config: &Config, tokens: usize) -> CandleResult<Self> {
        let zeros = |rows: usize, columns: usize| Tensor::zeros((rows, columns), DType::F32, &Device::Cpu);
        Ok(Self {
            hidden: zeros(tokens, config.hidden_size)?,
            fused: zeros(tokens, 3 * config.hidden_size)?,
            context: zeros(tokens, config.hidden_size)?,
            inner: zeros(BLOCK_TOKENS, config.intermediate_size)?,
        })
    }
}

impl Weights {
    /// Reads configuration and weights, checking every shape and value.
    pub fn load(config: &Path, weights: &Path, precision: Precision) -> Result<Self, LoadError> {
        Self::read(Config::read(config)?, weights, precision)
    }
}

impl Bert {
    /// An encoder over `weights`.
    pub fn new(weights: Arc<Weights>) -> Self {
        Self { weights, activations: None, scratch: Scratch::default() }
    }

    /// Encodes sequences of together at most [`STEP_TOKENS`] tokens, or one longer one.
    fn step(&mut self, sequences: &[Tokens], embeddings: &mut Vec<Embedding>) -> Result<(), EncodeError> {
        self.check(sequences)?;
        let failed = |error: &dyn std::fmt::Display| EncodeError::Failed(error.to_string());
        let means = self.forward(sequences).map_err(|error| failed(&error))?;
        for mean in means {
            embeddings.push(Embedding::new(mean).map_err(|error| failed(&error))?);
        }
        Ok(())
    }

    fn check(&self, sequences: &[Tokens]) -> Result<(), EncodeError> {
        let allowed = self.weights.config.max_position_embeddings;
        match sequences.iter().map(|tokens| tokens.ids().len()).find(|length| !(1..=allowed).contains(length)) {
            None => Ok(()),
            Some(length) => {
                Err(EncodeError::Failed(format!("a sequence of {length} tokens; 1 to {allowed} are allowed")))
            }
        }
    }

    /// The mean of each sequence's vectors after the last layer.
    fn forward(&mut self, sequences: &[Tokens]) -> CandleResult<Vec<Vec<f32>>> {
        let n_tokens = sequences.iter().map(|tokens| tokens.ids().len()).sum();
        let weights = Arc::clone(&self.weights);
        let activations = match self.activations.take() {
            Some(warm) if warm.hidden.dims()[0] >= n_tokens => warm,
            _ => Activations::new(&weights.config, n_tokens.max(STEP_TOKENS))?,
        };
        let hidden = &activations.hidden;
        weights.embeddings.apply(sequences, hidden)?;
        hidden.inplace_op1(&Normalise { norm: &weights.norm, rows: 0..n_tokens })?;
        let attend = Attend { heads: weights.config.num_attention_heads, sequences, scratch: &self.scratch.attention };
        for layer in &weights.layers {
            layer.forward(&attend, n_tokens, &activations, &self.scratch.quantized)?;
        }
        let means = means(hidden, sequences);
        self.activations = Some(activations);
        means
    }
}

impl Encoder for Bert {
    fn dimension(&self) -> usize {
        self.weights.config.hidden_size
    }

    fn encode(&mut self, batch: &[Tokens]) -> Result<Vec<Embedding>, EncodeError> {
        let mut embeddings = Vec::with_capacity(batch.len());
        let mut rest = batch;
        while !rest.is_empty() {
            let (now, later) = rest.split_at(sequences_in_step(rest));
            self.step(now, &mut embeddings)?;
            rest = later;
        }
        Ok(embeddings)
    }
}

/// How many sequences from the front fit a step; at least one.
fn sequences_in_step(sequences: &[Tokens]) -> usize {
    let mut n_tokens = 0;
    let fitting = sequences.iter().take_while(|tokens| {
        n_tokens += tokens.ids().len();
        n_tokens <= STEP_TOKENS
    });
    fitting.count().max(1)
}

/// The mean of the rows of each sequence.
fn means(rows: &Tensor, sequences: &[Tokens]) -> CandleResult<Vec<Vec<f32>>> {
    let width = rows.dims()[1];
    let (storage, layout) = rows.storage_and_layout();
    let candle_core::Storage::Cpu(storage) = &*storage else { candle_core::bail!("the tensor is not on the CPU") };
    let mut rows = values::values(storage, layout)?.chunks_exact(width);
    let mean = |tokens: &Tokens| {
        let length = tokens.ids().len();
        let mut mean = vec![0.0; width];
        for row in rows.by_ref().take(length) {
            mean.iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
        }
        for sum in &mut mean {
            *sum /= length as f32;
        }
        mean
    };
    Ok(sequences.iter().map(mean).collect())
}

impl weights::Layer {
    fn forward(
        &self,
        attend: &Attend<'_>,
        n_tokens: usize,
        activations: &Activations,
        quantized: &RefCell<QuantizedRows>,
    ) -> CandleResult<()> {
        let Activations { hidden, fused, context, inner } = activations;
        for block in blocks(n_tokens) {
            let rows = |of| Rows { of, range: block.clone() };
            self.query_key_value.apply(rows(hidden), rows(fused), Finish::Replace, quantized)?;
        }
        context.inplace_op2(fused, attend)?;
        for block in blocks(n_tokens) {
            let rows = |of| Rows { of, range: block.clone() };
            let inner = || Rows { of: inner, range: 0..block.len() };
            self.attention_out.apply(rows(context), rows(hidden), Finish::Add, quantized)?;
            hidden.inplace_op1(&Normalise { norm: &self.attention_norm, rows: block.clone() })?;
            self.inner.apply(rows(hidden), inner(), Finish::Gelu, quantized)?;
            self.inner_out.apply(inner(), rows(hidden), Finish::Add, quantized)?;
            hidden.inplace_op1(&Normalise { norm: &self.inner_norm, rows: block.clone() })?;
        }
        Ok(())
    }
}

/// Cuts tokens into blocks of much the same size, at most [`BLOCK_TOKENS`].
fn blocks(n_tokens: usize) -> impl Iterator<Item = Range<usize>> {
    let size = n_tokens.div_ceil(n_tokens.div_ceil(BLOCK_TOKENS));
    (0..n_tokens).step_by(size).map(move |first| first..(first + size).min(n_tokens))
}
