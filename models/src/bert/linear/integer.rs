//! A linear layer in 8-bit integers: weights are quantised when it is made, inputs when they come.

use candle_core::{Device, Result, Tensor};

use super::super::values::read;
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
        input: &[f32],
        output: &mut [f32],
        finish: Finish,
        scratch: &mut QuantizedRows,
    ) -> Result<()> {
        scratch.quantize(input, self.inputs);
        read(&self.panels, |panels| self.kernel.multiply(scratch, &self.weights, panels, finish, output))
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
