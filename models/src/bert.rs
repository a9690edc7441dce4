//! The BERT family's forward pass over ragged batches: sequences lie end to end and nothing is padded. Linear layers
//! compute in 32-bit floating point or in 8-bit integers, everything else in floating point.
//!
//! Weights and activations are candle tensors; what is done to them are in-place operations of ours, so that a step
//! copies nothing and a warm encoder allocates next to nothing.

mod attention;
mod config;
mod elementwise;
mod embeddings;
mod linear;
mod tensor_file;
mod values;
mod weights;

use std::cell::RefCell;
use std::path::Path;
use std::sync::Arc;

use candle_core::{DType, Device, Result as CandleResult, Tensor};

pub use config::Config;
pub use tensor_file::LoadError;
pub use weights::Weights;

use self::attention::Attend;
use self::elementwise::Gelu;
use crate::int8::QuantizedRows;
use crate::tokenize::Tokens;
use crate::{Embedding, EncodeError, Encoder};

/// Tokens computed together. More gains no speed, since weights are then reused from cache anyway, and costs memory.
const STEP_TOKENS: usize = 256;

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
    /// One head's scores in one sequence.
    scores: RefCell<Vec<f32>>,
    /// The input of a linear layer.
    quantized: RefCell<QuantizedRows>,
}

/// What flows through the network, a row for each token.
#[derive(Debug, Clone)]
struct Activations {
    /// `[tokens, width]`: each token's vector, from layer to layer.
    hidden: Tensor,
    /// `[tokens, 3 · width]`: queries, keys and values side by side.
    fused: Tensor,
    /// `[tokens, width]`: what attention gathered.
    context: Tensor,
    /// `[tokens, inner]`: between the two halves of the feed-forward block.
    inner: Tensor,
}

impl Activations {
    fn new(config: &Config, tokens: usize) -> CandleResult<Self> {
        let zeros = |columns: usize| Tensor::zeros((tokens, columns), DType::F32, &Device::Cpu);
        Ok(Self {
            hidden: zeros(config.hidden_size)?,
            fused: zeros(3 * config.hidden_size)?,
            context: zeros(config.hidden_size)?,
            inner: zeros(config.intermediate_size)?,
        })
    }

    /// The first `tokens` rows, if there are so many.
    fn first(&self, tokens: usize) -> Option<CandleResult<Self>> {
        if tokens > self.hidden.dims()[0] {
            return None;
        }
        let rows = |tensor: &Tensor| tensor.narrow(0, 0, tokens);
        let narrow = || {
            Ok(Self {
                hidden: rows(&self.hidden)?,
                fused: rows(&self.fused)?,
                context: rows(&self.context)?,
                inner: rows(&self.inner)?,
            })
        };
        Some(narrow())
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
        let lengths: Vec<usize> = sequences.iter().map(|tokens| tokens.ids().len()).collect();
        self.check(&lengths)?;
        let means = self.forward(sequences, &lengths).map_err(|error| EncodeError::Failed(error.to_string()))?;
        for mean in means {
            embeddings.push(Embedding::new(mean).map_err(|error| EncodeError::Failed(error.to_string()))?);
        }
        Ok(())
    }

    fn check(&self, lengths: &[usize]) -> Result<(), EncodeError> {
        let allowed = self.weights.config.max_position_embeddings;
        match lengths.iter().find(|length| !(1..=allowed).contains(*length)) {
            None => Ok(()),
            Some(length) => {
                Err(EncodeError::Failed(format!("a sequence of {length} tokens; 1 to {allowed} are allowed")))
            }
        }
    }

    /// The mean of each sequence's vectors after the last layer.
    fn forward(&mut self, sequences: &[Tokens], lengths: &[usize]) -> CandleResult<Vec<Vec<f32>>> {
        let activations = self.activations(lengths.iter().sum())?;
        let weights = &*self.weights;
        let width = weights.config.hidden_size;
        let embed = embeddings::Embed { width, sequences };
        activations.hidden.inplace_op3(&weights.words, &weights.positions, &embed)?;
        activations.hidden.inplace_op1(&weights.norm)?;
        let heads = weights.config.num_attention_heads;
        let attend = Attend { width, heads, lengths, scores: &self.scratch.scores };
        for layer in &weights.layers {
            layer.forward(&attend, &activations, &self.scratch.quantized)?;
        }
        means(&activations.hidden, lengths)
    }

    /// Memory for so many tokens; it grows with the longest step seen.
    fn activations(&mut self, tokens: usize) -> CandleResult<Activations> {
        if let Some(view) = self.activations.as_ref().and_then(|all| all.first(tokens)) {
            return view;
        }
        let all = Activations::new(&self.weights.config, tokens.max(STEP_TOKENS))?;
        let view = all.first(tokens).unwrap_or_else(|| Ok(all.clone()));
        self.activations = Some(all);
        view
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
fn means(rows: &Tensor, lengths: &[usize]) -> CandleResult<Vec<Vec<f32>>> {
    let width = rows.dims()[1];
    let (storage, layout) = rows.storage_and_layout();
    let candle_core::Storage::Cpu(storage) = &*storage else { candle_core::bail!("the tensor is not on the CPU") };
    let mut rows = values::values(storage, layout)?.chunks_exact(width);
    let mean = |&length: &usize| {
        let mut mean = vec![0.0; width];
        for row in rows.by_ref().take(length) {
            mean.iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
        }
        for sum in &mut mean {
            *sum /= length as f32;
        }
        mean
    };
    Ok(lengths.iter().map(mean).collect())
}

impl weights::Layer {
    fn forward(
        &self,
        attend: &Attend<'_>,
        activations: &Activations,
        quantized: &RefCell<QuantizedRows>,
    ) -> CandleResult<()> {
        let Activations { hidden, fused, context, inner } = activations;
        self.query_key_value.apply(hidden, fused, quantized)?;
        context.inplace_op2(fused, attend)?;
        self.attention_out.add_to(context, hidden, quantized)?;
        hidden.inplace_op1(&self.attention_norm)?;
        self.inner.apply(hidden, inner, quantized)?;
        inner.inplace_op1(&Gelu)?;
        self.inner_out.add_to(inner, hidden, quantized)?;
        hidden.inplace_op1(&self.inner_norm)
    }
}
