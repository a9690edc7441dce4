//! Activations as unsigned bytes, each row by its own range: what comes out of a GELU is hardly ever negative, and a range
//! around zero would waste half of the bytes on it.

use pulp::Arch;

use super::GROUP;

/// Partial results kept side by side, so that the compiler can keep them in one vector.
const LANES: usize = 16;
/// Steps from the least to the greatest value of a row.
const STEPS: f32 = 255.0;

/// Quantised rows, kept between uses so that quantising allocates nothing once warm.
#[derive(Debug, Default)]
pub(crate) struct QuantizedRows {
    width: usize,
    /// `[rows, width]`; the width is padded to whole groups.
    pub(super) bytes: Vec<u8>,
    /// What one step is worth in each row.
    pub(super) scales: Vec<f32>,
    /// The byte that means zero in each row.
    pub(super) zeros: Vec<i32>,
}

impl QuantizedRows {
    /// Takes in `values`, `[rows, inputs]`, in place of what was here.
    pub(crate) fn quantize(&mut self, values: &[f32], inputs: usize) {
        self.width = inputs.next_multiple_of(GROUP);
        let n_rows = values.len() / inputs;
        self.scales.clear();
        self.zeros.clear();
        // Weights beyond the last input are zero, so what these bytes hold there does not matter.
        self.bytes.resize(n_rows * self.width, 0);
        let Self { width, bytes, scales, zeros } = self;
        Arch::new().dispatch(
            #[inline(always)]
            || {
                for (row, bytes) in values.chunks_exact(inputs).zip(bytes.chunks_exact_mut(*width)) {
                    let (scale, zero) = quantize_row(row, bytes);
                    scales.push(scale);
                    zeros.push(zero);
                }
            },
        );
    }

    /// How many rows.
    pub(crate) fn len(&self) -> usize {
        self.scales.len()
    }

    /// Bytes from one row to the next.
    pub(crate) fn width(&self) -> usize {
        self.width
    }
}

/// Quantises one row; what one step is worth, and which byte means zero.
#[inline(always)]
fn quantize_row(row: &[f32], bytes: &mut [u8]) -> (f32, i32) {
    // Adding this number leaves the nearest whole number in the lowest bits of the sum.
    const ROUND: f32 = 12_582_912.0;
    // Zero is in every range, so that it is exact.
    let (mut least, mut greatest) = ([0.0_f32; LANES], [0.0_f32; LANES]);
    let (chunks, rest) = row.as_chunks::<LANES>();
    for chunk in chunks {
        for ((least, greatest), &x) in least.iter_mut().zip(&mut greatest).zip(chunk) {
            *least = if x < *least { x } else { *least };
            *greatest = if x > *greatest { x } else { *greatest };
        }
    }
    let least = least.iter().chain(rest).fold(0.0_f32, |least, &x| least.min(x));
    let greatest = greatest.iter().chain(rest).fold(0.0_f32, |greatest, &x| greatest.max(x));
    let range = greatest - least;
    if range == 0.0 {
        bytes.fill(0);
        return (1.0, 0);
    }
    let factor = STEPS / range;
    let zero = (-least * factor).round_ties_even();
    for (byte, x) in bytes.iter_mut().zip(row) {
        let step = (x * factor + zero).clamp(0.0, STEPS);
        *byte = ((step + ROUND).to_bits() & 0xff) as u8;
    }
    (range / STEPS, zero as i32)
}
