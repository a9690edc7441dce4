//! The BERT family's forward pass in `f32`, over ragged batches: sequences lie end to end and nothing is padded.

mod attention;
mod config;
mod elementwise;
mod linear;
mod tensor_file;
mod weights;

use std::path::Path;
use std::sync::Arc;

pub use config::Config;
pub use tensor_file::LoadError;
pub use weights::Weights;

use crate::tokenize::Tokens;
use crate::{Embedding, EncodeError, Encoder};

/// Tokens computed together. More gains no speed, since weights are then reused from cache anyway, and costs memory.
const STEP_TOKENS: usize = 256;

/// An [`Encoder`] of one thread: shared weights and scratch memory of its own.
#[derive(Debug)]
pub struct Bert {
    weights: Arc<Weights>,
    scratch: Scratch,
}

/// Buffers kept between calls, so that a warm encoder allocates only its results.
#[derive(Debug, Default)]
struct Scratch {
    hidden: Vec<f32>,
    fused: Vec<f32>,
    context: Vec<f32>,
    scores: Vec<f32>,
    inner: Vec<f32>,
}

impl Weights {
    /// Reads configuration and weights, checking every shape and value.
    pub fn load(config: &Path, weights: &Path) -> Result<Self, LoadError> {
        Self::read(Config::read(config)?, weights)
    }
}

impl Bert {
    /// An encoder over `weights`.
    pub fn new(weights: Arc<Weights>) -> Self {
        Self { weights, scratch: Scratch::default() }
    }

    /// Encodes sequences of together at most [`STEP_TOKENS`] tokens, or one longer one.
    fn step(&mut self, sequences: &[Tokens], embeddings: &mut Vec<Embedding>) -> Result<(), EncodeError> {
        let Self { weights, scratch } = self;
        let lengths: Vec<usize> = sequences.iter().map(|tokens| tokens.ids().len()).collect();
        embed_tokens(weights, sequences, &mut scratch.hidden)?;
        for layer in &weights.layers {
            layer.forward(&weights.config, &lengths, scratch);
        }
        let width = weights.config.hidden_size;
        let mut rows = scratch.hidden.chunks_exact(width);
        for length in lengths {
            let mut mean = vec![0.0; width];
            for row in rows.by_ref().take(length) {
                mean.iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
            }
            for sum in &mut mean {
                *sum /= length as f32;
            }
            embeddings.push(Embedding::new(mean).map_err(|error| EncodeError::Failed(error.to_string()))?);
        }
        Ok(())
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

/// Word plus position embeddings, normalised, one row a token.
fn embed_tokens(weights: &Weights, sequences: &[Tokens], hidden: &mut Vec<f32>) -> Result<(), EncodeError> {
    let width = weights.config.hidden_size;
    hidden.clear();
    for tokens in sequences {
        let ids = tokens.ids();
        if ids.is_empty() || ids.len() > weights.config.max_position_embeddings {
            let allowed = weights.config.max_position_embeddings;
            return Err(EncodeError::Failed(format!("a sequence of {} tokens; 1 to {allowed} are allowed", ids.len())));
        }
        for (&id, position) in ids.iter().zip(weights.positions.chunks_exact(width)) {
            let at = id as usize * width;
            let word = weights.words.get(at..at + width).ok_or_else(|| {
                EncodeError::Failed(format!("token {id} is not in the vocabulary; tokenizer and weights differ"))
            })?;
            hidden.extend(word.iter().zip(position).map(|(word, position)| word + position));
        }
    }
    elementwise::layer_norm(hidden, &weights.norm);
    Ok(())
}

impl weights::Layer {
    fn forward(&self, config: &Config, lengths: &[usize], scratch: &mut Scratch) {
        let Scratch { hidden, fused, context, scores, inner } = scratch;
        self.query_key_value.apply(hidden, fused);
        let shape = attention::Shape { width: config.hidden_size, heads: config.num_attention_heads };
        attention::attend(shape, lengths, fused, scores, context);
        self.attention_out.add_to(context, hidden);
        elementwise::layer_norm(hidden, &self.attention_norm);
        self.inner.apply(hidden, inner);
        elementwise::gelu(inner);
        self.inner_out.add_to(inner, hidden);
        elementwise::layer_norm(hidden, &self.inner_norm);
    }
}
