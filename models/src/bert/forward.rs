//! One step through the network, as an in-place operation on a tensor that holds all that flows through it.

use std::cell::RefCell;
use std::ops::Range;

use candle_core::{CpuStorage, InplaceOp1, Layout, Result};

use super::pooling::mean_into;
use super::values::values_mut;
use super::weights::{Layer, Weights};
use crate::Wanted;
use crate::branch::{Branch, first_layer};
use crate::kernels::attention::{self, Attention};
use crate::kernels::int8::QuantizedRows;
use crate::kernels::{Finish, shared_evenly};
use crate::tokenize::Tokens;

/// Tokens that go through a linear layer together, whichever sequences they belong to: few enough that what one layer
/// writes is still in the processor's cache when the next reads it.
const BLOCK_TOKENS: usize = 64;

/// Memory of operations, kept between steps.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    attention: attention::Scratch,
    /// The input of a linear layer.
    quantized: QuantizedRows,
}

/// One step.
pub(super) struct Forward<'a> {
    weights: &'a Weights,
    sequences: &'a [Tokens],
    /// Layers to go through after those up to the middle.
    upper: &'a [Layer],
    /// Layers to go through in place of those, besides.
    branches: &'a [(Branch, Vec<Layer>)],
    n_tokens: usize,
    scratch: &'a RefCell<Scratch>,
}

/// What flows through the network, a row for each token.
struct Activations<'a> {
    /// `[tokens, width]`: each token's vector, from layer to layer.
    hidden: &'a mut [f32],
    /// `[sequences, width]`: the mean of each sequence's vectors after the layer in the middle.
    wording: &'a mut [f32],
    /// `[branches, sequences, width]`: the mean of each sequence's vectors after each branch.
    heard: &'a mut [f32],
    /// `[tokens, width]`: as `hidden`, through a branch.
    aside: &'a mut [f32],
    between: Between<'a>,
}

/// What flows within a layer.
struct Between<'a> {
    /// `[tokens, 3 · width]`: queries, keys and values side by side.
    fused: &'a mut [f32],
    /// `[tokens, width]`: what attention gathered.
    context: &'a mut [f32],
    /// `[BLOCK_TOKENS, inner]`: between the two halves of the feed-forward block.
    inner: &'a mut [f32],
}

impl<'a> Forward<'a> {
    pub(super) fn new(
        weights: &'a Weights,
        sequences: &'a [Tokens],
        wanted: Wanted,
        scratch: &'a RefCell<Scratch>,
    ) -> Self {
        let upper = &weights.layers[first_layer(weights.layers.len())..];
        Self { upper, branches: weights.branches_for(wanted), ..Self::to_the_middle(weights, sequences, scratch) }
    }

    /// A step that ends where branches would begin.
    pub(super) fn to_the_middle(weights: &'a Weights, sequences: &'a [Tokens], scratch: &'a RefCell<Scratch>) -> Self {
        let n_tokens = sequences.iter().map(|tokens| tokens.ids().len()).sum();
        Self { weights, sequences, upper: &[], branches: &[], n_tokens, scratch }
    }

    /// Values of the tensor that it can be applied to.
    pub(super) fn n_values(&self) -> usize {
        self.sizes().iter().sum()
    }

    /// Values of each of the activations, in their order.
    fn sizes(&self) -> [usize; 7] {
        let (width, inner) = (self.weights.config.hidden_size, self.weights.config.intermediate_size);
        let of_tokens = |columns: usize| self.n_tokens * columns;
        let means = self.sequences.len() * width;
        let aside = if self.branches.is_empty() { 0 } else { of_tokens(width) };
        let (fused, context, inner) = (of_tokens(3 * width), of_tokens(width), BLOCK_TOKENS * inner);
        [of_tokens(width), means, self.branches.len() * means, aside, fused, context, inner]
    }
}

impl InplaceOp1 for Forward<'_> {
    fn name(&self) -> &'static str {
        "bert"
    }

    /// Leaves the vectors of all tokens in the beginning of the tensor, after them the wordings of all sequences, and
    /// then what each branch heard of them.
    fn cpu_fwd(&self, storage: &mut CpuStorage, layout: &Layout) -> Result<()> {
        let mut values = values_mut(storage, layout)?;
        let [hidden, wording, heard, aside, fused, context, inner] = self.sizes().map(|size| {
            let (part, rest) = std::mem::take(&mut values).split_at_mut(size);
            values = rest;
            part
        });
        let between = Between { fused, context, inner };
        let mut activations = Activations { hidden, wording, heard, aside, between };
        self.weights.embeddings.apply(self.sequences, activations.hidden)?;
        self.weights.norm.apply(activations.hidden);
        self.through_layers(&mut activations, &mut self.scratch.borrow_mut())
    }
}

impl Forward<'_> {
    fn through_layers(&self, activations: &mut Activations<'_>, scratch: &mut Scratch) -> Result<()> {
        let Activations { hidden, wording, heard, aside, between } = activations;
        let layers = &self.weights.layers;
        for layer in &layers[..first_layer(layers.len())] {
            self.layer(layer, hidden, between, scratch)?;
        }
        self.note_means(hidden, wording);
        for ((_, layers), means) in self.branches.iter().zip(heard.chunks_exact_mut(wording.len())) {
            aside.copy_from_slice(hidden);
            for layer in layers {
                self.layer(layer, aside, between, scratch)?;
            }
            self.note_means(aside, means);
        }
        for layer in self.upper {
            self.layer(layer, hidden, between, scratch)?;
        }
        Ok(())
    }

    fn layer(&self, layer: &Layer, hidden: &mut [f32], between: &mut Between<'_>, scratch: &mut Scratch) -> Result<()> {
        let Between { fused, context, inner } = between;
        let (width, inner_width) = (self.weights.config.hidden_size, self.weights.config.intermediate_size);
        let quantized = &mut scratch.quantized;
        for block in blocks(self.n_tokens) {
            let fused = &mut fused[values(&block, 3 * width)];
            layer.query_key_value.apply(&hidden[values(&block, width)], fused, Finish::Replace, quantized)?;
        }
        self.attend(fused, context, &mut scratch.attention);
        for block in blocks(self.n_tokens) {
            let (hidden, context) = (&mut hidden[values(&block, width)], &context[values(&block, width)]);
            let inner = &mut inner[..block.len() * inner_width];
            layer.attention_out.apply(context, hidden, Finish::Add, quantized)?;
            layer.attention_norm.apply(hidden);
            layer.inner.apply(hidden, inner, Finish::Gelu, quantized)?;
            layer.inner_out.apply(inner, hidden, Finish::Add, quantized)?;
            layer.inner_norm.apply(hidden);
        }
        Ok(())
    }

    /// Writes the mean of each sequence's vectors.
    fn note_means(&self, hidden: &[f32], means: &mut [f32]) {
        let width = self.weights.config.hidden_size;
        let mut rest = hidden;
        for (sequence, mean) in self.sequences.iter().zip(means.chunks_exact_mut(width)) {
            let (rows, others) = rest.split_at(sequence.ids().len() * width);
            mean_into(rows, mean);
            rest = others;
        }
    }

    /// Lets every sequence attend to itself alone.
    fn attend(&self, fused: &[f32], context: &mut [f32], scratch: &mut attention::Scratch) {
        let (width, heads) = (self.weights.config.hidden_size, self.weights.config.num_attention_heads);
        let mut first = 0;
        for sequence in self.sequences {
            let tokens = first..first + sequence.ids().len();
            let (fused, context) = (&fused[values(&tokens, 3 * width)], &mut context[values(&tokens, width)]);
            Attention { heads, fused, context, scratch, length: tokens.len() }.apply();
            first = tokens.end;
        }
    }
}

/// Cuts tokens into blocks of much the same size, at most [`BLOCK_TOKENS`].
fn blocks(n_tokens: usize) -> impl Iterator<Item = Range<usize>> {
    let size = shared_evenly(n_tokens, BLOCK_TOKENS);
    (0..n_tokens).step_by(size).map(move |first| first..(first + size).min(n_tokens))
}

/// Where the values of rows lie, which have so many columns.
fn values(rows: &Range<usize>, columns: usize) -> Range<usize> {
    rows.start * columns..rows.end * columns
}
