//! A linear layer in 8-bit integers: weights are quantised when it is made, inputs when they come.

use std::cell::RefCell;
use std::ops::Range;

use candle_core::{CpuStorage, Device, InplaceOp3, Layout, Result, Tensor, bail};

use super::super::values::{rows, rows_mut};
use super::Rows;
use crate::kernels::Finish;
use crate::kernels::int8::{Kernel, Packed, QuantizedRows};

/// `y = x · W + b`.
#[derive(Debug)]
pub(in super::super) struct IntegerLinear {
    inputs: usize,
    weights: Packed,
    /// The weights' bytes, as [`Packed`] lays them out.
    panels: Tensor,
    kernel: Kernel,
}

impl IntegerLinear {
    /// From `rows`, `[outputs, inputs]`, and `bias`, `[outputs]`.
    pub(super) fn new(rows: &[f32], bias: &[f32]) -> Result<Self> {
        let (weights, panels) = Packed::new(rows, bias);
        let panels = aligned(&panels)?;
        Ok(Self { inputs: rows.len() / bias.len(), weights, panels, kernel: Kernel::best() })
    }

    /// Finishes `input · W + b` into `output`.
    pub(super) fn apply(
        &self,
        input: Rows<'_>,
        output: Rows<'_>,
        finish: Finish,
        scratch: &RefCell<QuantizedRows>,
    ) -> Result<()> {
        let product = Product { linear: self, scratch, finish, input: input.range, output: output.range };
        output.of.inplace_op3(input.of, &self.panels, &product)
    }
}

/// A tensor of `bytes` that begins where a cache line does, so that no vector of weights lies across two of them.
fn aligned(bytes: &[u8]) -> Result<Tensor> {
    const CACHE_LINE: usize = 64;
    let mut padded: Vec<u8> = Vec::with_capacity(bytes.len() + CACHE_LINE);
    let n_before = padded.as_ptr().align_offset(CACHE_LINE);
    padded.resize(n_before, 0);
    padded.extend(bytes);
    let n_padded = padded.len();
    Tensor::from_vec(padded, n_padded, &Device::Cpu)?.narrow(0, n_before, bytes.len())
}

/// The product as an operation on an output, an input and the panels.
struct Product<'a> {
    linear: &'a IntegerLinear,
    scratch: &'a RefCell<QuantizedRows>,
    finish: Finish,
    input: Range<usize>,
    output: Range<usize>,
}

impl InplaceOp3 for Product<'_> {
    fn name(&self) -> &'static str {
        "linear-int8"
    }

    fn cpu_fwd(
        &self,
        output: &mut CpuStorage,
        output_layout: &Layout,
        input: &CpuStorage,
        input_layout: &Layout,
        panels: &CpuStorage,
        panels_layout: &Layout,
    ) -> Result<()> {
        let CpuStorage::U8(panels) = panels else { bail!("quantised weights are bytes") };
        let panels = &panels[panels_layout.start_offset()..][..panels_layout.shape().elem_count()];
        let IntegerLinear { inputs, weights, kernel, .. } = self.linear;
        let mut quantized = self.scratch.borrow_mut();
        quantized.quantize(rows(input, input_layout, &self.input)?, *inputs);
        kernel.multiply(&quantized, weights, panels, self.finish, rows_mut(output, output_layout, &self.output)?);
        Ok(())
    }
}
