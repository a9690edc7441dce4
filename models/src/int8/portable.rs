//! The product in plain Rust: what every other kernel is held against, and what runs where none of them can.

use super::{GROUP, PANEL, Packed, QuantizedRows};
use crate::matmul::Output;

/// Writes `rows · weights + bias` to `out`.
pub(super) fn multiply(rows: &QuantizedRows, weights: &Packed, panels: &[u8], output: Output, out: &mut [f32]) {
    let (width, outputs) = (rows.width(), weights.outputs());
    let quantized = rows.bytes.chunks_exact(width).zip(&rows.scales).zip(&rows.zeros);
    for (((row, scale), zero), out) in quantized.zip(out.chunks_exact_mut(outputs)) {
        for (at, panel) in panels.chunks_exact(width * PANEL).enumerate() {
            let mut sums = [0_i32; PANEL];
            for (inputs, group) in row.chunks_exact(GROUP).zip(panel.chunks_exact(PANEL * GROUP)) {
                for (sum, steps) in sums.iter_mut().zip(group.chunks_exact(GROUP)) {
                    for (input, step) in inputs.iter().zip(steps) {
                        *sum += i32::from(*input) * i32::from(step.cast_signed());
                    }
                }
            }
            let first = at * PANEL;
            for (output_idx, sum) in (first..outputs).zip(sums) {
                let exact = sum - zero * weights.sums[output_idx];
                let value = exact as f32 * (scale * weights.scales[output_idx]) + weights.bias[output_idx];
                match output {
                    Output::Replace => out[output_idx] = value,
                    Output::Accumulate => out[output_idx] += value,
                }
            }
        }
    }
}
