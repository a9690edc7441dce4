//! The BERT family's forward pass over ragged batches: sequences lie end to end and nothing is padded. Linear layers
//! compute in 32-bit floating point or in 8-bit integers, everything else in floating point.
//!
//! Weights and activations are candle tensors, and a step through the network is one in-place operation on them, so that
//! it copies nothing and allocates nothing once warm.

mod config;
mod embeddings;
mod forward;
mod linear;
mod pooling;
mod tensor_file;
mod values;
mod weights;

use std::cell::RefCell;
use std::path::Path;
use std::sync::Arc;

use candle_core::{DType, Device, Result as CandleResult, Tensor};

pub use config::Config;
pub use pooling::Pooling;
pub use tensor_file::LoadError;
pub use weights::Weights;

use self::forward::{Forward, Scratch};
use crate::branch::{Adapters, Branch};
use crate::embedding::EmbeddingError;
use crate::tokenize::Tokens;
use crate::{Embedding, EncodeError, Encoder, Reading, Wanted};

/// Tokens of sequences that go through the layers together. More gains no speed, since a layer's weights are then reused
/// from cache anyway, and the tokens themselves would no longer stay in it.
const STEP_TOKENS: usize = 64;

/// What linear layers compute in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Precision {
    /// 32-bit floating point: the reference.
    F32,
    /// 8-bit integers: three to four times as fast where the processor has instructions for neural networks, up to twice
    /// with AVX2 alone, and a third of the memory; embeddings differ a little.
    #[default]
    Int8,
}

impl Precision {
    /// Its name in settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::Int8 => "int8",
        }
    }

    /// The arithmetic's name in the record of what made an embedding: another one wherever embeddings come out otherwise,
    /// so that those kept from before are not compared with new ones.
    pub(crate) fn arithmetic(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::Int8 => "int8-rotated",
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
    pooling: Pooling,
    /// What flows through the network, for as many tokens as the longest step had.
    workspace: Option<Tensor>,
    scratch: RefCell<Scratch>,
}

impl Weights {
    /// Reads configuration and weights, checking every shape and value.
    pub fn load(config: &Path, weights: &Path, precision: Precision) -> Result<Self, LoadError> {
        Self::load_with(config, weights, precision, &[])
    }

    /// Like [`load`](Self::load), with branches of the last layers.
    pub fn load_with(
        config: &Path,
        weights: &Path,
        precision: Precision,
        branches: &[(Branch, Adapters)],
    ) -> Result<Self, LoadError> {
        Self::read(Config::read(config)?, weights, precision, branches)
    }

    /// The shape of the network.
    pub fn config(&self) -> &Config {
        &self.config
    }
}

impl Bert {
    /// An encoder over `weights`.
    pub fn new(weights: Arc<Weights>, pooling: Pooling) -> Self {
        Self { weights, pooling, workspace: None, scratch: RefCell::default() }
    }

    /// Encodes sequences of together at most [`STEP_TOKENS`] tokens, or one longer one.
    fn step(&mut self, sequences: &[Tokens], wanted: Wanted, readings: &mut Vec<Reading>) -> Result<(), EncodeError> {
        self.check(sequences)?;
        let hidden =
            self.apply(|weights, scratch| Forward::new(weights, sequences, wanted, scratch)).map_err(failed)?;
        let width = self.dimension();
        let n_tokens: usize = sequences.iter().map(|tokens| tokens.ids().len()).sum();
        let branches = self.weights.branches_for(wanted);
        let pooled = values::read(&hidden, |values: &[f32]| {
            let (mut hidden, means) = values.split_at(n_tokens * width);
            let mean = |part: usize, at: usize| {
                let first = (part * sequences.len() + at) * width;
                Embedding::new(means[first..first + width].to_vec())
            };
            let heard = |branch: Branch, at: usize| {
                let part = branches.iter().position(|(other, _)| *other == branch);
                part.map(|part| mean(1 + part, at)).transpose()
            };
            for (at, sequence) in sequences.iter().enumerate() {
                let (rows, others) = hidden.split_at(sequence.ids().len() * width);
                readings.push(Reading {
                    meaning: Embedding::new(self.pooling.apply(rows, width))?,
                    wording: mean(0, at)?,
                    tone: heard(Branch::Tone, at)?,
                    purpose: heard(Branch::Purpose, at)?,
                });
                hidden = others;
            }
            Ok(())
        });
        pooled.map_err(failed)?.map_err(|error: EmbeddingError| failed(error))
    }

    /// Like [`step`](Self::step), to the layer in the middle alone.
    fn step_to_the_middle(&mut self, sequences: &[Tokens], all: &mut Vec<Vec<f32>>) -> Result<(), EncodeError> {
        self.check(sequences)?;
        let forward = |weights, scratch| Forward::to_the_middle(weights, sequences, scratch);
        let hidden = self.apply(forward).map_err(failed)?;
        let width = self.dimension();
        let read = values::read(&hidden, |mut values: &[f32]| {
            for sequence in sequences {
                let (rows, others) = values.split_at(sequence.ids().len() * width);
                all.push(rows.to_vec());
                values = others;
            }
        });
        read.map_err(failed)
    }

    fn check(&self, sequences: &[Tokens]) -> Result<(), EncodeError> {
        let allowed = self.weights.config.longest_sequence();
        match sequences.iter().map(|tokens| tokens.ids().len()).find(|length| !(1..=allowed).contains(length)) {
            None => Ok(()),
            Some(length) => {
                Err(EncodeError::Failed(format!("a sequence of {length} tokens; 1 to {allowed} are allowed")))
            }
        }
    }

    /// The tensor that a step was applied to: it begins with the vectors of all tokens, end to end, then the wordings, and
    /// then what each branch heard.
    fn apply<'a>(
        &'a mut self,
        step: impl FnOnce(&'a Weights, &'a RefCell<Scratch>) -> Forward<'a>,
    ) -> CandleResult<Tensor> {
        let forward = step(&self.weights, &self.scratch);
        let n_values = forward.n_values();
        let workspace = match &self.workspace {
            Some(warm) if warm.elem_count() >= n_values => warm,
            _ => self.workspace.insert(Tensor::zeros(n_values, DType::F32, &Device::Cpu)?),
        };
        workspace.inplace_op1(&forward)?;
        Ok(workspace.clone())
    }
}

impl Encoder for Bert {
    fn dimension(&self) -> usize {
        self.weights.config.hidden_size
    }

    fn encode(&mut self, batch: &[Tokens], wanted: Wanted) -> Result<Vec<Reading>, EncodeError> {
        let mut readings = Vec::with_capacity(batch.len());
        for now in steps(batch) {
            self.step(now, wanted, &mut readings)?;
        }
        Ok(readings)
    }

    fn token_vectors(&mut self, batch: &[Tokens]) -> Result<Vec<Vec<f32>>, EncodeError> {
        let mut all = Vec::with_capacity(batch.len());
        for now in steps(batch) {
            self.step_to_the_middle(now, &mut all)?;
        }
        Ok(all)
    }
}

fn failed(error: impl std::fmt::Display) -> EncodeError {
    EncodeError::Failed(error.to_string())
}

/// Cuts a batch into steps.
fn steps(mut rest: &[Tokens]) -> impl Iterator<Item = &[Tokens]> {
    std::iter::from_fn(move || {
        let (now, later) = rest.split_at_checked(sequences_in_step(rest))?;
        rest = later;
        (!now.is_empty()).then_some(now)
    })
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
