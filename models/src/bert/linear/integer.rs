//! A linear layer in 8-bit integers: weights are quantised when it is made, inputs when they come.

use std::cell::RefCell;

use candle_core::{CpuStorage, Device, InplaceOp3, Layout, Result, Tensor, bail};

use super::super::values::{values, values_mut};
use crate::int8::{Kernel, Packed, QuantizedRows};
use crate::matmul::Output;

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
        let n_bytes = panels.len();
        let panels = Tensor::from_vec(panels, n_bytes, &Device::Cpu)?;
        Ok(Self { inputs: rows.len() / bias.len(), weights, panels, kernel: Kernel::best() })
    }

    /// Replaces `output`, `[rows, outputs]`, with `input · W + b`, where `input` is `[rows, inputs]`.
    pub(super) fn apply(&self, input: &Tensor, output: &Tensor, quantized: &RefCell<QuantizedRows>) -> Result<()> {
        output.inplace_op3(input, &self.panels, &Product { linear: self, quantized, output: Output::Replace })
    }

    /// Adds `input · W + b` to `output`.
    pub(super) fn add_to(&self, input: &Tensor, output: &Tensor, quantized: &RefCell<QuantizedRows>) -> Result<()> {
        output.inplace_op3(input, &self.panels, &Product { linear: self, quantized, output: Output::Accumulate })
    }
}

/// The product as an operation on an output, an input and the panels.
struct Product<'a> {
    linear: &'a IntegerLinear,
    quantized: &'a RefCell<QuantizedRows>,
    output: Output,
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
        _: &Layout,
    ) -> Result<()> {
        let CpuStorage::U8(panels) = panels else { bail!("quantised weights are bytes") };
        let IntegerLinear { inputs, weights, kernel, .. } = self.linear;
        let mut quantized = self.quantized.borrow_mut();
        quantized.quantize(values(input, input_layout)?, *inputs);
        kernel.multiply(&quantized, weights, panels, self.output, values_mut(output, output_layout)?);
        Ok(())
    }
}
