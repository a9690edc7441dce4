//! The product by AVX-512's instructions for neural networks: one of them multiplies 64 pairs of bytes and adds them up.
//!
//! A tile of up to twelve rows and one panel keeps all its sums in registers: each load of weights then serves every row,
//! and each load of inputs two vectors of weights.
#![expect(unsafe_code, reason = "vector instructions; every pointer is derived from a slice whose length is checked")]

use std::arch::x86_64::{
    __m512, __m512i, __mmask16, _mm512_add_ps, _mm512_cvtepi32_ps, _mm512_dpbusd_epi32, _mm512_fmadd_ps,
    _mm512_loadu_ps, _mm512_loadu_si512, _mm512_mask_storeu_ps, _mm512_maskz_loadu_ps, _mm512_mul_ps,
    _mm512_mullo_epi32, _mm512_set1_epi32, _mm512_set1_ps, _mm512_setzero_si512, _mm512_sub_epi32,
};

use super::{GROUP, PANEL, Packed, QuantizedRows};
use crate::matmul::Output;

/// Outputs in one vector.
const LANES: usize = 16;
/// Vectors in a panel.
const VECTORS: usize = PANEL / LANES;

/// Proof that this machine has the instructions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Supported(());

impl Supported {
    /// The proof, on a machine that has them.
    pub(super) fn detect() -> Option<Self> {
        let has_all = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512vnni");
        has_all.then_some(Self(()))
    }
}

/// Writes `rows · weights + bias` to `out`.
pub(super) fn multiply(
    _: Supported,
    rows: &QuantizedRows,
    weights: &Packed,
    panels: &[u8],
    output: Output,
    out: &mut [f32],
) {
    let (width, outputs, n_rows) = (rows.width(), weights.outputs(), rows.len());
    for (at, panel) in panels.chunks_exact(width * PANEL).enumerate() {
        let first = at * PANEL;
        let mut row = 0;
        while row < n_rows {
            let n = tile_rows(n_rows - row);
            let tile = Tile {
                inputs: &rows.bytes[row * width..(row + n) * width],
                scales: &rows.scales[row..row + n],
                zeros: &rows.zeros[row..row + n],
                width,
                panel,
                first,
                weights,
                output,
            };
            let out = &mut out[row * outputs..(row + n) * outputs];
            // SAFETY: `Supported` exists only where the machine has the instructions that the function is compiled for.
            unsafe { tile.compute_rows(n, out) };
            row += n;
        }
    }
}

/// How many of the rows left to take into a tile: as many as registers allow, but no small remainder at the end.
fn tile_rows(left: usize) -> usize {
    match left {
        0..=12 => left,
        13..=22 => left.div_ceil(2),
        _ => 12,
    }
}

/// Some rows and one panel.
struct Tile<'a> {
    /// `[rows, width]`.
    inputs: &'a [u8],
    /// One a row, like `zeros`.
    scales: &'a [f32],
    zeros: &'a [i32],
    width: usize,
    /// `[width / GROUP, PANEL, GROUP]`.
    panel: &'a [u8],
    /// The panel's first output.
    first: usize,
    weights: &'a Packed,
    output: Output,
}

impl Tile<'_> {
    #[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
    fn compute_rows(&self, n_rows: usize, out: &mut [f32]) {
        match n_rows {
            1 => self.compute::<1>(out),
            2 => self.compute::<2>(out),
            3 => self.compute::<3>(out),
            4 => self.compute::<4>(out),
            5 => self.compute::<5>(out),
            6 => self.compute::<6>(out),
            7 => self.compute::<7>(out),
            8 => self.compute::<8>(out),
            9 => self.compute::<9>(out),
            10 => self.compute::<10>(out),
            11 => self.compute::<11>(out),
            12 => self.compute::<12>(out),
            _ => unreachable!("a tile has 1 to 12 rows"),
        }
    }

    /// `out` is `[ROWS, outputs]`.
    #[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
    fn compute<const ROWS: usize>(&self, out: &mut [f32]) {
        let outputs = self.weights.outputs();
        assert_eq!(out.len(), ROWS * outputs);
        let of_outputs: [_; VECTORS] = std::array::from_fn(|vector| self.outputs_from(self.first + vector * LANES));
        for (row, sums) in self.sums::<ROWS>().into_iter().enumerate() {
            for (vector, sum) in sums.into_iter().enumerate() {
                let (step, weight_sums, bias) = of_outputs[vector];
                let from = self.first + vector * LANES;
                // Outputs beyond the last are padding and have no place in `out`.
                let n_lanes = outputs.saturating_sub(from).min(LANES);
                let mask = ((1_u32 << n_lanes) - 1) as __mmask16;
                let from_zero = _mm512_mullo_epi32(weight_sums, _mm512_set1_epi32(self.zeros[row]));
                let exact = _mm512_cvtepi32_ps(_mm512_sub_epi32(sum, from_zero));
                let scale = _mm512_mul_ps(step, _mm512_set1_ps(self.scales[row]));
                // SAFETY: the mask leaves out what lies beyond the row's last output, and `out` has `ROWS` rows of
                // `outputs`, as asserted.
                unsafe {
                    let target = out.as_mut_ptr().add(row * outputs + from.min(outputs));
                    let base = match self.output {
                        Output::Replace => bias,
                        Output::Accumulate => _mm512_add_ps(bias, _mm512_maskz_loadu_ps(mask, target)),
                    };
                    _mm512_mask_storeu_ps(target, mask, _mm512_fmadd_ps(exact, scale, base));
                }
            }
        }
    }

    /// The integer sums of each row and output of the panel.
    #[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
    fn sums<const ROWS: usize>(&self) -> [[__m512i; VECTORS]; ROWS] {
        let n_groups = self.width / GROUP;
        assert_eq!(self.inputs.len(), ROWS * self.width);
        assert_eq!(self.panel.len(), n_groups * PANEL * GROUP);
        let mut sums = [[_mm512_setzero_si512(); VECTORS]; ROWS];
        for group in 0..n_groups {
            // SAFETY: group `group` of the panel and of each row lies inside its slice, as asserted; loads need no
            // alignment.
            unsafe {
                let panel = self.panel.as_ptr().add(group * PANEL * GROUP);
                let steps: [__m512i; VECTORS] =
                    std::array::from_fn(|vector| _mm512_loadu_si512(panel.add(vector * LANES * GROUP).cast()));
                for (row, sums) in sums.iter_mut().enumerate() {
                    let inputs = self.inputs.as_ptr().add(row * self.width + group * GROUP).cast::<[u8; GROUP]>();
                    let inputs = _mm512_set1_epi32(i32::from_le_bytes(inputs.read()));
                    for (sum, steps) in sums.iter_mut().zip(steps) {
                        *sum = _mm512_dpbusd_epi32(*sum, inputs, steps);
                    }
                }
            }
        }
        sums
    }

    /// What a step is worth, the sum of the weights, and the bias, of the vector of outputs from `from` on.
    #[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
    fn outputs_from(&self, from: usize) -> (__m512, __m512i, __m512) {
        let Packed { scales, sums, bias, .. } = self.weights;
        let range = from..from + LANES;
        let (scales, sums, bias) = (&scales[range.clone()], &sums[range.clone()], &bias[range]);
        // SAFETY: each slice holds a whole vector.
        unsafe {
            let sums = _mm512_loadu_si512(sums.as_ptr().cast());
            (_mm512_loadu_ps(scales.as_ptr()), sums, _mm512_loadu_ps(bias.as_ptr()))
        }
    }
}
