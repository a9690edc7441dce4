//! Layer norm: every row to mean 0 and variance 1, then scaled and shifted.
#![expect(
    clippy::inline_always,
    reason = "a function is compiled for wide vectors only where it is inlined into a dispatch"
)]

use pulp::{Arch, Simd, WithSimd};

/// Sums kept side by side, so that an addition need not wait for the one before it.
const CHAINS: usize = 4;

/// One layer norm.
#[derive(Debug)]
pub(crate) struct LayerNorm {
    /// `[width]`.
    pub(crate) scale: Vec<f32>,
    /// `[width]`.
    pub(crate) shift: Vec<f32>,
    /// Added to the variance.
    pub(crate) epsilon: f32,
}

impl LayerNorm {
    /// Normalises `rows`, `[rows, width]`, in place.
    pub(crate) fn apply(&self, rows: &mut [f32]) {
        Arch::new().dispatch(Rows { norm: self, rows });
    }
}

struct Rows<'a> {
    norm: &'a LayerNorm,
    rows: &'a mut [f32],
}

impl WithSimd for Rows<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let LayerNorm { scale, shift, epsilon } = self.norm;
        let width = scale.len();
        for row in self.rows.chunks_exact_mut(width) {
            let mean = sum(
                simd,
                row,
                #[inline(always)]
                |x| x,
            ) / width as f32;
            subtract(simd, row, mean);
            let variance = sum(
                simd,
                row,
                #[inline(always)]
                |x| simd.mul_f32s(x, x),
            ) / width as f32;
            rescale(simd, row, 1.0 / (variance + epsilon).sqrt(), scale, shift);
        }
    }
}

/// The sum of `term` of each value; `term` of zero must be zero.
#[inline(always)]
fn sum<S: Simd>(simd: S, values: &[f32], term: impl Fn(S::f32s) -> S::f32s) -> f32 {
    let (vectors, rest) = S::as_simd_f32s(values);
    let mut sums = [simd.splat_f32s(0.0); CHAINS];
    sums[0] = term(simd.partial_load_f32s(rest));
    let (groups, singles) = vectors.as_chunks::<CHAINS>();
    for group in groups {
        for (sum, vector) in sums.iter_mut().zip(group) {
            *sum = simd.add_f32s(*sum, term(*vector));
        }
    }
    for (sum, vector) in sums.iter_mut().zip(singles) {
        *sum = simd.add_f32s(*sum, term(*vector));
    }
    let [a, b, c, d] = sums;
    simd.reduce_sum_f32s(simd.add_f32s(simd.add_f32s(a, b), simd.add_f32s(c, d)))
}

#[inline(always)]
fn subtract<S: Simd>(simd: S, row: &mut [f32], mean: f32) {
    let mean = simd.splat_f32s(mean);
    super::elementwise::map(
        simd,
        row,
        #[inline(always)]
        |x| simd.sub_f32s(x, mean),
    );
}

/// `x · factor · scale + shift`.
#[inline(always)]
fn rescale<S: Simd>(simd: S, row: &mut [f32], factor: f32, scale: &[f32], shift: &[f32]) {
    let factor = simd.splat_f32s(factor);
    let (row, row_rest) = S::as_mut_simd_f32s(row);
    let (scale, scale_rest) = S::as_simd_f32s(scale);
    let (shift, shift_rest) = S::as_simd_f32s(shift);
    for ((x, scale), shift) in row.iter_mut().zip(scale).zip(shift) {
        *x = simd.mul_add_f32s(simd.mul_f32s(*x, factor), *scale, *shift);
    }
    let (scale, shift) = (simd.partial_load_f32s(scale_rest), simd.partial_load_f32s(shift_rest));
    let last = simd.mul_add_f32s(simd.mul_f32s(simd.partial_load_f32s(row_rest), factor), scale, shift);
    simd.partial_store_f32s(row_rest, last);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_centred_whatever_its_width() {
        for width in [1, 5, 16, 20, 64, 100] {
            let norm = LayerNorm { scale: vec![2.0; width], shift: vec![0.5; width], epsilon: 1e-12 };
            let mut rows: Vec<f32> = (0..2 * width).map(|x| (x * x) as f32).collect();
            norm.apply(&mut rows);
            for row in rows.chunks(width).filter(|row| row.len() > 1) {
                let mean = row.iter().sum::<f32>() / width as f32;
                let variance = row.iter().map(|x| (x - mean) * (x - mean)).sum::<f32>() / width as f32;
                assert!((mean - 0.5).abs() < 1e-4, "width {width}: mean {mean}");
                assert!((variance - 4.0).abs() < 1e-3, "width {width}: variance {variance}");
            }
        }
    }
}
