//! Layer norm as an operation on tensors.

use std::ops::Range;

use candle_core::{CpuStorage, InplaceOp1, Layout, Result};

use super::values::rows_mut;
use crate::kernels::norm::LayerNorm;

/// Normalises some rows of a matrix.
pub(super) struct Normalise<'a> {
    pub(super) norm: &'a LayerNorm,
    pub(super) rows: Range<usize>,
}

impl InplaceOp1 for Normalise<'_> {
    fn name(&self) -> &'static str {
        "layer-norm"
    }

    fn cpu_fwd(&self, storage: &mut CpuStorage, layout: &Layout) -> Result<()> {
        self.norm.apply(rows_mut(storage, layout, &self.rows)?);
        Ok(())
    }
}
