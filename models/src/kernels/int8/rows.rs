//! Activations as unsigned bytes, each row by its own range: what comes out of a GELU is hardly ever negative, and a range
//! around zero would waste half of the bytes on it.
#![expect(
    clippy::inline_always,
    reason = "a function is compiled for wide vectors only where it is inlined into a dispatch"
)]

use pulp::{Arch, Simd, WithSimd};

use super::GROUP;
use super::rotation::rotate;

/// Steps from the least to the greatest value of a row: two less than bytes have, so that no rounding leads outside.
const STEPS: f32 = 253.0;

/// Quantised rows, kept between uses so that quantising allocates nothing once warm.
#[derive(Debug, Default)]
pub(crate) struct QuantizedRows {
    width: usize,
    /// `[rows, width]`; the width is padded to whole groups.
    pub(super) bytes: Vec<u8>,
    /// What one step is worth in each row.
    pub(super) steps: Vec<f32>,
    /// What byte 0 stands for in each row.
    pub(super) leasts: Vec<f32>,
    /// The row at work, rotated.
    rotated: Vec<f32>,
}

impl QuantizedRows {
    /// Takes in `values`, `[rows, inputs]`, in place of what was here.
    pub(crate) fn quantize(&mut self, values: &[f32], inputs: usize) {
        self.width = inputs.next_multiple_of(GROUP);
        let n_rows = values.len() / inputs;
        self.steps.resize(n_rows, 0.0);
        self.leasts.resize(n_rows, 0.0);
        self.rotated.resize(inputs, 0.0);
        // Weights beyond the last input are zero, so what these bytes hold there does not matter.
        self.bytes.resize(n_rows * self.width, 0);
        Arch::new().dispatch(Quantize { values, inputs, rows: self });
    }

    /// How many rows.
    pub(crate) fn len(&self) -> usize {
        self.steps.len()
    }

    /// Bytes from one row to the next.
    pub(crate) fn width(&self) -> usize {
        self.width
    }
}

struct Quantize<'a> {
    values: &'a [f32],
    inputs: usize,
    rows: &'a mut QuantizedRows,
}

impl WithSimd for Quantize<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let QuantizedRows { width, bytes, steps, leasts, rotated } = self.rows;
        let rows = self.values.chunks_exact(self.inputs).zip(bytes.chunks_exact_mut(*width));
        for ((row, bytes), (step, least)) in rows.zip(steps.iter_mut().zip(leasts)) {
            rotate(simd, row, rotated);
            (*step, *least) = quantize_row(rotated, range(simd, rotated), bytes);
        }
    }
}

/// Quantises one row, whose values lie between two others; what one step is worth, and what byte 0 stands for.
#[inline(always)]
fn quantize_row(row: &[f32], (least, greatest): (f32, f32), bytes: &mut [u8]) -> (f32, f32) {
    /// Adding this number leaves the nearest whole number in the lowest bits of the sum.
    const ROUND: f32 = 12_582_912.0;
    let range = greatest - least;
    if range == 0.0 {
        bytes.fill(0);
        return (0.0, 0.0);
    }
    let factor = STEPS / range;
    // The byte that means zero is a whole number, so that zero is exact.
    let zero = 1.0 + (-least * factor).round_ties_even();
    let shift = ROUND + zero;
    for (byte, x) in bytes.iter_mut().zip(row) {
        *byte = (x * factor + shift).to_bits() as u8;
    }
    let step = range / STEPS;
    (step, -zero * step)
}

/// The least and the greatest value of a row, zero among them.
#[inline(always)]
fn range<S: Simd>(simd: S, row: &[f32]) -> (f32, f32) {
    let (vectors, rest) = S::as_simd_f32s(row);
    let rest = simd.partial_load_f32s(rest);
    let zero = simd.splat_f32s(0.0);
    let (mut least, mut greatest) = ([simd.min_f32s(rest, zero), zero], [simd.max_f32s(rest, zero), zero]);
    let (pairs, single) = vectors.as_chunks::<2>();
    for pair in pairs {
        for ((least, greatest), x) in least.iter_mut().zip(&mut greatest).zip(pair) {
            *least = simd.min_f32s(*least, *x);
            *greatest = simd.max_f32s(*greatest, *x);
        }
    }
    for x in single {
        least[0] = simd.min_f32s(least[0], *x);
        greatest[0] = simd.max_f32s(greatest[0], *x);
    }
    let (least, greatest) = (simd.min_f32s(least[0], least[1]), simd.max_f32s(greatest[0], greatest[1]));
    (simd.reduce_min_f32s(least), simd.reduce_max_f32s(greatest))
}
