//! Self-attention over sequences that lie end to end: each attends to itself alone.

use std::cell::RefCell;

use candle_core::{CpuStorage, InplaceOp2, Layout, Result};

use super::elementwise::softmax;
use super::values::{values, values_mut};
use crate::matmul::{Output, View, ViewMut, multiply};

/// Attends within each sequence: an operation on `context`, `[tokens, width]`, and `fused`, `[tokens, 3 · width]`,
/// which holds queries, keys and values side by side.
#[derive(Debug)]
pub(super) struct Attend<'a> {
    /// Components of a token's vector.
    pub(super) width: usize,
    /// Heads it is split into.
    pub(super) heads: usize,
    /// Tokens of each sequence.
    pub(super) lengths: &'a [usize],
    /// Memory for one head's scores in one sequence.
    pub(super) scores: &'a RefCell<Vec<f32>>,
}

impl InplaceOp2 for Attend<'_> {
    fn name(&self) -> &'static str {
        "attend"
    }

    fn cpu_fwd(
        &self,
        context: &mut CpuStorage,
        context_layout: &Layout,
        fused: &CpuStorage,
        fused_layout: &Layout,
    ) -> Result<()> {
        let fused = values(fused, fused_layout)?;
        let context = values_mut(context, context_layout)?;
        let scores = &mut *self.scores.borrow_mut();
        let mut first = 0;
        for &length in self.lengths {
            let tokens = &fused[first * 3 * self.width..];
            self.attend(length, tokens, scores, &mut context[first * self.width..]);
            first += length;
        }
        Ok(())
    }
}

impl Attend<'_> {
    /// Attends within the sequence of `length` tokens that both slices begin with.
    fn attend(&self, length: usize, tokens: &[f32], scores: &mut Vec<f32>, context: &mut [f32]) {
        let Self { width, heads, .. } = *self;
        let head_width = width / heads;
        let scale = 1.0 / (head_width as f32).sqrt();
        scores.clear();
        scores.resize(length * length, 0.0);
        for head in 0..heads {
            let at = head * head_width;
            let part = |index: usize| View::new(&tokens[index * width + at..], length, head_width, 3 * width);
            let grid = &mut ViewMut::new(scores, length, length, length);
            multiply(scale, part(0), part(1).transposed(), Output::Replace, grid);
            softmax(scores, length);
            let target = &mut ViewMut::new(&mut context[at..], length, head_width, width);
            multiply(1.0, View::new(scores, length, length, length), part(2), Output::Replace, target);
        }
    }
}
