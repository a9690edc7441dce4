//! The product in plain Rust: what every other kernel is held against, and what runs where none of them can.

use pulp::{Arch, Simd, WithSimd};

use super::product::{Microkernel, Product, Tile};
use super::{GROUP, PANEL};

/// Finishes the product into `out`.
pub(super) fn multiply(product: &Product<'_>, out: &mut [f32]) {
    Arch::new().dispatch(Multiply { product, out });
}

struct Multiply<'a> {
    product: &'a Product<'a>,
    out: &'a mut [f32],
}

impl WithSimd for Multiply<'_> {
    type Output = ();

    fn with_simd<S: Simd>(self, simd: S) {
        self.product.compute(simd, Plain, self.out);
    }
}

#[derive(Clone, Copy)]
struct Plain;

impl Microkernel for Plain {
    const ROWS: usize = 1;

    fn sums<const ROWS: usize>(self, tile: Tile<'_>) -> [[f32; PANEL]; ROWS] {
        let mut all_sums = [[0_i32; PANEL]; ROWS];
        for (sums, row) in all_sums.iter_mut().zip(tile.inputs.chunks_exact(tile.width)) {
            for (inputs, group) in row.chunks_exact(GROUP).zip(tile.panel.chunks_exact(PANEL * GROUP)) {
                for (sum, steps) in sums.iter_mut().zip(group.chunks_exact(GROUP)) {
                    for (input, step) in inputs.iter().zip(steps) {
                        *sum += i32::from(*input) * i32::from(step.cast_signed());
                    }
                }
            }
        }
        all_sums.map(|sums| sums.map(|sum| sum as f32))
    }
}
