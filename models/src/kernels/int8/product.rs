//! What all kernels have in common: the order in which a product is computed, and what is made of its integer sums.
#![expect(
    clippy::inline_always,
    reason = "a function is compiled for wide vectors only where it is inlined into a function that has them"
)]

use pulp::Simd;

use super::super::elementwise::gelu_for_bytes;
use super::super::{Finish, shared_evenly};
use super::{PANEL, Packed, QuantizedRows};

/// Most rows that any kernel takes at once.
const MOST_ROWS: usize = 12;

/// What differs from machine to machine.
pub(super) trait Microkernel: Copy {
    /// Rows whose sums fit the registers: at most [`MOST_ROWS`].
    const ROWS: usize;
    /// What it takes away from every input.
    const LESS: f32 = 0.0;

    /// The sums over all inputs of (input - [`LESS`](Self::LESS)) · weight, for each row and output of the tile.
    fn sums<const ROWS: usize>(self, tile: Tile<'_>) -> [[f32; PANEL]; ROWS];
}

/// Some rows and one panel.
#[derive(Clone, Copy)]
pub(super) struct Tile<'a> {
    /// `[rows, width]`.
    pub(super) inputs: &'a [u8],
    /// Bytes of a row: whole groups.
    pub(super) width: usize,
    /// `[width / GROUP, PANEL, GROUP]`, signed.
    pub(super) panel: &'a [u8],
    /// The first of the rows.
    first_row: usize,
    /// The first output of the panel.
    first_output: usize,
}

/// A product that is wanted.
pub(super) struct Product<'a> {
    rows: &'a QuantizedRows,
    weights: &'a Packed,
    panels: &'a [u8],
    finish: Finish,
}

impl<'a> Product<'a> {
    /// `panels` are those that `weights` was packed into.
    pub(super) fn new(rows: &'a QuantizedRows, weights: &'a Packed, panels: &'a [u8], finish: Finish) -> Self {
        assert_eq!(rows.width(), weights.inputs_padded(), "inner dimensions differ");
        assert_eq!(panels.len(), weights.panel_bytes(), "these are the panels of other weights");
        Self { rows, weights, panels, finish }
    }

    /// Computes the product into `out`, `[rows, outputs]`. A panel stays in the nearest cache while all rows pass by.
    #[inline(always)]
    pub(super) fn compute<S: Simd, K: Microkernel>(&self, simd: S, kernel: K, out: &mut [f32]) {
        let (n_rows, width) = (self.rows.len(), self.rows.width());
        assert_eq!(out.len(), n_rows * self.weights.outputs(), "output has another shape");
        for (panel_idx, panel) in self.panels.chunks_exact(width * PANEL).enumerate() {
            let mut first = 0;
            while first < n_rows {
                let n = shared_evenly(n_rows - first, K::ROWS);
                let inputs = &self.rows.bytes[first * width..(first + n) * width];
                let tile = Tile { inputs, width, panel, first_row: first, first_output: panel_idx * PANEL };
                self.tile(simd, kernel, tile, n, out);
                first += n;
            }
        }
    }

    #[inline(always)]
    fn tile<S: Simd, K: Microkernel>(&self, simd: S, kernel: K, tile: Tile<'_>, n_rows: usize, out: &mut [f32]) {
        match n_rows {
            1 => self.rows::<S, K, 1>(simd, kernel, tile, out),
            2 => self.rows::<S, K, 2>(simd, kernel, tile, out),
            3 => self.rows::<S, K, 3>(simd, kernel, tile, out),
            4 => self.rows::<S, K, 4>(simd, kernel, tile, out),
            5 => self.rows::<S, K, 5>(simd, kernel, tile, out),
            6 => self.rows::<S, K, 6>(simd, kernel, tile, out),
            7 => self.rows::<S, K, 7>(simd, kernel, tile, out),
            8 => self.rows::<S, K, 8>(simd, kernel, tile, out),
            9 => self.rows::<S, K, 9>(simd, kernel, tile, out),
            10 => self.rows::<S, K, 10>(simd, kernel, tile, out),
            11 => self.rows::<S, K, 11>(simd, kernel, tile, out),
            MOST_ROWS => self.rows::<S, K, MOST_ROWS>(simd, kernel, tile, out),
            _ => unreachable!("a tile has 1 to {MOST_ROWS} rows"),
        }
    }

    #[inline(always)]
    fn rows<S: Simd, K: Microkernel, const ROWS: usize>(&self, simd: S, kernel: K, tile: Tile<'_>, out: &mut [f32]) {
        if ROWS > K::ROWS {
            return;
        }
        let outputs = self.weights.outputs();
        let from = tile.first_output;
        for (row, sums) in (tile.first_row..).zip(&kernel.sums::<ROWS>(tile)) {
            let out = &mut out[row * outputs..][..outputs];
            match out[from..].first_chunk_mut::<PANEL>() {
                Some(out) => self.finish::<S, K>(simd, row, from, sums, out),
                None => self.finish_part::<S, K>(simd, row, from, sums, &mut out[from..]),
            }
        }
    }

    /// The last panel, where it has fewer outputs.
    #[inline(always)]
    fn finish_part<S: Simd, K: Microkernel>(
        &self,
        simd: S,
        row: usize,
        from: usize,
        sums: &[f32; PANEL],
        out: &mut [f32],
    ) {
        let mut whole = [0.0; PANEL];
        whole[..out.len()].copy_from_slice(out);
        self.finish::<S, K>(simd, row, from, sums, &mut whole);
        out.copy_from_slice(&whole[..out.len()]);
    }

    /// Turns the sums of one row and the panel from output `from` on into values.
    #[inline(always)]
    fn finish<S: Simd, K: Microkernel>(
        &self,
        simd: S,
        row: usize,
        from: usize,
        sums: &[f32; PANEL],
        out: &mut [f32; PANEL],
    ) {
        let step = simd.splat_f32s(self.rows.steps[row]);
        let less = simd.splat_f32s(self.rows.leasts[row] + K::LESS * self.rows.steps[row]);
        let (sums, _) = S::as_simd_f32s(sums);
        let (out, _) = S::as_mut_simd_f32s(out);
        let of_panel = |values: &'a [f32]| S::as_simd_f32s(&values[from..from + PANEL]).0;
        let Packed { steps, totals, bias, .. } = self.weights;
        let of_outputs = of_panel(steps).iter().zip(of_panel(totals)).zip(of_panel(bias));
        for (((weight_step, total), bias), (sum, out)) in of_outputs.zip(sums.iter().zip(out)) {
            let base = simd.mul_add_f32s(less, *total, *bias);
            let value = simd.mul_add_f32s(simd.mul_f32s(*sum, step), *weight_step, base);
            *out = match self.finish {
                Finish::Replace => value,
                Finish::Gelu => gelu_for_bytes(simd, value),
                Finish::Add => simd.add_f32s(*out, value),
            };
        }
    }
}
