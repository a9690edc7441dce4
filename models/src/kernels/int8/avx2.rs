//! The product by 256-bit vectors: with instructions for neural networks where the machine has them, otherwise by way of
//! 16-bit sums of two products, which cannot saturate while both factors are below 129 in size.
#![expect(unsafe_code, reason = "vector instructions; every pointer is derived from a slice whose length is checked")]
#![expect(clippy::inline_always, reason = "instructions are used only where the function with them is inlined")]

use std::arch::x86_64::{
    __m256i, _mm256_abs_epi8, _mm256_add_epi32, _mm256_cvtepi32_ps, _mm256_dpbusd_avx_epi32, _mm256_loadu_si256,
    _mm256_madd_epi16, _mm256_maddubs_epi16, _mm256_set1_epi8, _mm256_set1_epi16, _mm256_set1_epi32,
    _mm256_setzero_si256, _mm256_sign_epi8, _mm256_storeu_ps, _mm256_xor_si256,
};

use pulp::x86::V3;

use super::product::{Microkernel, Product, Tile};
use super::{GROUP, PANEL};

/// Outputs in one vector of 32-bit sums.
const LANES: usize = 8;

/// Proof that this machine has AVX2 and its instructions for neural networks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Vnni(V3);

/// Proof that this machine has AVX2.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plain(V3);

impl Vnni {
    /// The proof, on a machine that has them.
    pub(super) fn detect() -> Option<Self> {
        V3::try_new().filter(|_| is_x86_feature_detected!("avxvnni")).map(Self)
    }

    /// Finishes the product into `out`.
    pub(super) fn multiply(self, product: &Product<'_>, out: &mut [f32]) {
        // SAFETY: a `Vnni` exists only where the machine has the instructions that the function is compiled for.
        unsafe { self.multiply_by_vectors(product, out) }
    }

    /// # Safety
    ///
    /// The machine has the instructions named here, of which [`V3`] proves all but the last.
    #[target_feature(enable = "avx2,fma,bmi1,bmi2,lzcnt,popcnt,avxvnni")]
    fn multiply_by_vectors(self, product: &Product<'_>, out: &mut [f32]) {
        product.compute(self.0, self, out);
    }

    /// Multiplies in registers and nothing else; how many multiplications and additions that were.
    #[expect(clippy::unused_self, reason = "it is the proof that the machine has the instructions")]
    pub(super) fn saturate(self) -> u64 {
        // SAFETY: a `Vnni` exists only where the machine has the instructions that the function is compiled for.
        unsafe { saturate_by_vectors() }
    }
}

/// # Safety
///
/// The machine has the instructions named here.
#[target_feature(enable = "avx2,avxvnni")]
fn saturate_by_vectors() -> u64 {
    /// Sums that do not wait for each other: more than an instruction takes cycles, times how many begin in each.
    const CHAINS: usize = 12;
    const ROUNDS: u64 = 1_000_000;
    let factor = _mm256_set1_epi32(std::hint::black_box(0x0101_0101));
    let mut sums = [factor; CHAINS];
    for _ in 0..ROUNDS {
        for sum in &mut sums {
            *sum = _mm256_dpbusd_avx_epi32(*sum, factor, factor);
        }
    }
    std::hint::black_box(sums);
    ROUNDS * (CHAINS * LANES * GROUP * 2) as u64
}

impl Plain {
    /// The proof, on a machine that has it.
    pub(super) fn detect() -> Option<Self> {
        V3::try_new().map(Self)
    }

    /// Finishes the product into `out`.
    pub(super) fn multiply(self, product: &Product<'_>, out: &mut [f32]) {
        // SAFETY: a `Plain` exists only where the machine has the instructions that the function is compiled for.
        unsafe { self.multiply_by_vectors(product, out) }
    }

    /// # Safety
    ///
    /// The machine has the instructions named here; [`V3`] proves all of them.
    #[target_feature(enable = "avx2,fma,bmi1,bmi2,lzcnt,popcnt")]
    fn multiply_by_vectors(self, product: &Product<'_>, out: &mut [f32]) {
        product.compute(self.0, self, out);
    }
}

impl Microkernel for Vnni {
    /// Six rows of half a panel take twelve of the sixteen registers.
    const ROWS: usize = 6;

    #[inline(always)]
    fn sums<const ROWS: usize>(self, tile: Tile<'_>) -> [[f32; PANEL]; ROWS] {
        /// Vectors computed together.
        const VECTORS: usize = 2;
        let n_groups = tile.width / GROUP;
        assert_eq!(tile.inputs.len(), ROWS * tile.width);
        assert_eq!(tile.panel.len(), n_groups * PANEL * GROUP);
        let mut values = [[0.0; PANEL]; ROWS];
        for first in (0..PANEL).step_by(VECTORS * LANES) {
            // SAFETY: `self` proves that the machine has the instructions. Group `group` of the panel and of each row
            // lies inside its slice, as asserted, and the vectors from `first` on inside their group of the panel and
            // their row of `values`; nothing needs alignment.
            unsafe {
                let mut sums = [[_mm256_setzero_si256(); VECTORS]; ROWS];
                for group in 0..n_groups {
                    let panel = tile.panel.as_ptr().add((group * PANEL + first) * GROUP);
                    let weights: [__m256i; VECTORS] =
                        std::array::from_fn(|vector| _mm256_loadu_si256(panel.add(vector * LANES * GROUP).cast()));
                    for (row, sums) in sums.iter_mut().enumerate() {
                        let inputs = _mm256_set1_epi32(input_group(tile, row, group));
                        for (sum, weights) in sums.iter_mut().zip(weights) {
                            *sum = _mm256_dpbusd_avx_epi32(*sum, inputs, weights);
                        }
                    }
                }
                for (values, sums) in values.iter_mut().zip(sums) {
                    for (vector, sum) in sums.into_iter().enumerate() {
                        let target = values.as_mut_ptr().add(first + vector * LANES);
                        _mm256_storeu_ps(target, _mm256_cvtepi32_ps(sum));
                    }
                }
            }
        }
        values
    }
}

impl Microkernel for Plain {
    /// Four rows of half a panel take eight of the sixteen registers.
    const ROWS: usize = 4;
    /// Inputs become signed.
    const LESS: f32 = 128.0;

    #[inline(always)]
    fn sums<const ROWS: usize>(self, tile: Tile<'_>) -> [[f32; PANEL]; ROWS] {
        /// Vectors computed together.
        const VECTORS: usize = 2;
        let n_groups = tile.width / GROUP;
        assert_eq!(tile.inputs.len(), ROWS * tile.width);
        assert_eq!(tile.panel.len(), n_groups * PANEL * GROUP);
        let mut values = [[0.0; PANEL]; ROWS];
        for first in (0..PANEL).step_by(VECTORS * LANES) {
            // SAFETY: `self` proves that the machine has the instructions. Group `group` of the panel and of each row
            // lies inside its slice, as asserted, and the vectors from `first` on inside their group of the panel and
            // their row of `values`; nothing needs alignment.
            unsafe {
                let (half, ones) = (_mm256_set1_epi8(i8::MIN), _mm256_set1_epi16(1));
                let mut sums = [[_mm256_setzero_si256(); VECTORS]; ROWS];
                for group in 0..n_groups {
                    let panel = tile.panel.as_ptr().add((group * PANEL + first) * GROUP);
                    let weights: [__m256i; VECTORS] =
                        std::array::from_fn(|vector| _mm256_loadu_si256(panel.add(vector * LANES * GROUP).cast()));
                    for (row, sums) in sums.iter_mut().enumerate() {
                        let inputs = _mm256_xor_si256(_mm256_set1_epi32(input_group(tile, row, group)), half);
                        let sizes = _mm256_abs_epi8(inputs);
                        for (sum, weights) in sums.iter_mut().zip(weights) {
                            // The instruction takes one factor without a sign, so the other has both signs.
                            let pairs = _mm256_maddubs_epi16(sizes, _mm256_sign_epi8(weights, inputs));
                            *sum = _mm256_add_epi32(*sum, _mm256_madd_epi16(pairs, ones));
                        }
                    }
                }
                for (values, sums) in values.iter_mut().zip(sums) {
                    for (vector, sum) in sums.into_iter().enumerate() {
                        let target = values.as_mut_ptr().add(first + vector * LANES);
                        _mm256_storeu_ps(target, _mm256_cvtepi32_ps(sum));
                    }
                }
            }
        }
        values
    }
}

/// Group `group` of row `row`.
///
/// # Safety
///
/// The tile has the row, and the row the group.
#[inline(always)]
unsafe fn input_group(tile: Tile<'_>, row: usize, group: usize) -> i32 {
    // SAFETY: the group lies inside the inputs, as the caller guarantees.
    let bytes = unsafe { tile.inputs.as_ptr().add(row * tile.width + group * GROUP).cast::<[u8; GROUP]>().read() };
    i32::from_le_bytes(bytes)
}
