//! Self-attention over sequences that lie end to end, as an operation on tensors: each attends to itself alone.

use std::cell::RefCell;

use candle_core::{CpuStorage, InplaceOp2, Layout, Result};

use super::values::{rows, rows_mut};
use crate::kernels::attention::{Attention, Scratch};
use crate::tokenize::Tokens;

/// Attends within each sequence: an operation on `context`, `[tokens, width]`, and `fused`, `[tokens, 3 · width]`,
/// which holds queries, keys and values side by side.
#[derive(Debug)]
pub(super) struct Attend<'a> {
    /// Heads that a token's vector is split into.
    pub(super) heads: usize,
    /// The sequences.
    pub(super) sequences: &'a [Tokens],
    /// Memory to compute in.
    pub(super) scratch: &'a RefCell<Scratch>,
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
        let scratch = &mut *self.scratch.borrow_mut();
        let mut first = 0;
        for sequence in self.sequences {
            let length = sequence.ids().len();
            let tokens = first..first + length;
            let fused = rows(fused, fused_layout, &tokens)?;
            let context = rows_mut(context, context_layout, &tokens)?;
            Attention { heads: self.heads, fused, context, scratch, length }.apply();
            first += length;
        }
        Ok(())
    }
}
