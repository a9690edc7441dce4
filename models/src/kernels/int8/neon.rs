//! The product by NEON's dot products, on 64-bit ARM.
#![expect(unsafe_code, reason = "vector instructions; every pointer is derived from a slice whose length is checked")]
#![expect(clippy::inline_always, reason = "instructions are used only where the function with them is inlined")]

use std::arch::aarch64::{int8x16_t, int32x4_t, vcvtq_f32_s32, vdupq_n_s32, vld1q_s8, vreinterpretq_s8_s32, vst1q_f32};
use std::arch::asm;

use pulp::aarch64::Neon;

use super::product::{Microkernel, Product, Tile};
use super::{GROUP, PANEL};

/// Outputs in one vector.
const LANES: usize = 4;

/// Proof that this machine has the instructions.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DotProduct(Neon);

impl DotProduct {
    /// The proof, on a machine that has them.
    pub(super) fn detect() -> Option<Self> {
        Neon::try_new().filter(|_| std::arch::is_aarch64_feature_detected!("dotprod")).map(Self)
    }

    /// Finishes the product into `out`.
    pub(super) fn multiply(self, product: &Product<'_>, out: &mut [f32]) {
        // SAFETY: a `DotProduct` exists only where the machine has the instructions that the function is compiled for.
        unsafe { self.multiply_by_vectors(product, out) }
    }

    /// # Safety
    ///
    /// The machine has the instructions named here.
    #[target_feature(enable = "neon,dotprod")]
    fn multiply_by_vectors(self, product: &Product<'_>, out: &mut [f32]) {
        product.compute(self.0, self, out);
    }

    /// Multiplies in registers and nothing else; how many multiplications and additions that were.
    pub(super) fn saturate(self) -> u64 {
        /// Sums that do not wait for each other: more than an instruction takes cycles, times how many begin in each.
        const CHAINS: usize = 16;
        const ROUNDS: u64 = 1_000_000;
        // SAFETY: `self` proves that the machine has the instructions.
        unsafe {
            let sum = vdupq_n_s32(std::hint::black_box(0x0101_0101));
            let factor = vreinterpretq_s8_s32(sum);
            let mut sums = [sum; CHAINS];
            for _ in 0..ROUNDS {
                for sum in &mut sums {
                    *sum = dot(*sum, factor, factor);
                }
            }
            std::hint::black_box(sums);
        }
        ROUNDS * (CHAINS * LANES * GROUP * 2) as u64
    }
}

impl Microkernel for DotProduct {
    /// Six rows of half a panel take 24 of the 32 registers.
    const ROWS: usize = 6;
    /// The dot product takes signed bytes on both sides, and flipping the highest bit of an input makes it one.
    const LESS: f32 = 128.0;

    #[inline(always)]
    fn sums<const ROWS: usize>(self, tile: Tile<'_>) -> [[f32; PANEL]; ROWS] {
        /// Vectors computed together.
        const VECTORS: usize = 4;
        let n_groups = tile.width / GROUP;
        assert_eq!(tile.inputs.len(), ROWS * tile.width);
        assert_eq!(tile.panel.len(), n_groups * PANEL * GROUP);
        let mut values = [[0.0; PANEL]; ROWS];
        for first in (0..PANEL).step_by(VECTORS * LANES) {
            // SAFETY: `self` proves that the machine has the instructions. Group `group` of the panel and of each row
            // lies inside its slice, as asserted, and the vectors from `first` on inside their group of the panel and
            // their row of `values`; nothing needs alignment.
            unsafe {
                let mut sums = [[vdupq_n_s32(0); VECTORS]; ROWS];
                for group in 0..n_groups {
                    let panel = tile.panel.as_ptr().add((group * PANEL + first) * GROUP).cast::<i8>();
                    let weights: [int8x16_t; VECTORS] =
                        std::array::from_fn(|vector| vld1q_s8(panel.add(vector * LANES * GROUP)));
                    for (row, sums) in sums.iter_mut().enumerate() {
                        let inputs = tile.inputs.as_ptr().add(row * tile.width + group * GROUP).cast::<[u8; GROUP]>();
                        let flipped = i32::from_le_bytes(inputs.read().map(|byte| byte ^ 0x80));
                        let inputs = vreinterpretq_s8_s32(vdupq_n_s32(flipped));
                        for (sum, weights) in sums.iter_mut().zip(weights) {
                            *sum = dot(*sum, weights, inputs);
                        }
                    }
                }
                for (values, sums) in values.iter_mut().zip(sums) {
                    for (vector, sum) in sums.into_iter().enumerate() {
                        vst1q_f32(values.as_mut_ptr().add(first + vector * LANES), vcvtq_f32_s32(sum));
                    }
                }
            }
        }
        values
    }
}

/// Adds the products of each four neighbouring bytes to a sum. The intrinsic for it is not stable yet.
///
/// # Safety
///
/// The machine has the dot product.
#[inline(always)]
unsafe fn dot(sum: int32x4_t, left: int8x16_t, right: int8x16_t) -> int32x4_t {
    let mut sum = sum;
    // SAFETY: the instruction reads and writes registers alone, and the machine has it, as the caller guarantees.
    unsafe {
        asm!(
            ".arch_extension dotprod",
            "sdot {sum:v}.4s, {left:v}.16b, {right:v}.16b",
            sum = inout(vreg) sum, left = in(vreg) left, right = in(vreg) right,
            options(pure, nomem, nostack, preserves_flags),
        );
    }
    sum
}
