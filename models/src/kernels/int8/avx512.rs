//! The product by AVX-512's instructions for neural networks: one of them multiplies 64 pairs of bytes and adds them up.
//!
//! A tile of up to twelve rows and one panel keeps all its sums in registers: each load of weights then serves every row,
//! and each load of inputs two vectors of weights.
#![expect(unsafe_code, reason = "vector instructions; every pointer is derived from a slice whose length is checked")]
#![expect(clippy::inline_always, reason = "instructions are used only where the function with them is inlined")]

use std::arch::x86_64::{
    __m512i, _MM_HINT_T0, _mm_prefetch, _mm512_cvtepi32_ps, _mm512_dpbusd_epi32, _mm512_loadu_si512, _mm512_set1_epi32,
    _mm512_setzero_si512, _mm512_storeu_ps,
};

use pulp::x86::V4;

use super::product::{Microkernel, Product, Tile};
use super::{GROUP, PANEL};

/// Outputs in one vector.
const LANES: usize = 16;
/// Vectors in a panel.
const VECTORS: usize = PANEL / LANES;

/// Proof that this machine has the instructions.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Vnni(V4);

impl Vnni {
    /// The proof, on a machine that has them.
    pub(super) fn detect() -> Option<Self> {
        V4::try_new().filter(|_| is_x86_feature_detected!("avx512vnni")).map(Self)
    }

    /// Finishes the product into `out`.
    pub(super) fn multiply(self, product: &Product<'_>, out: &mut [f32]) {
        // SAFETY: a `Vnni` exists only where the machine has the instructions that the function is compiled for.
        unsafe { self.multiply_by_vectors(product, out) }
    }

    /// # Safety
    ///
    /// The machine has the instructions named here, of which [`V4`] proves all but the last.
    #[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512dq,avx512vl,avx2,fma,bmi1,bmi2,lzcnt,popcnt,avx512vnni")]
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
#[target_feature(enable = "avx512f,avx512vnni")]
fn saturate_by_vectors() -> u64 {
    /// Sums that do not wait for each other: more than an instruction takes cycles, times how many begin in each.
    const CHAINS: usize = 16;
    const ROUNDS: u64 = 1_000_000;
    let factor = _mm512_set1_epi32(std::hint::black_box(0x0101_0101));
    let mut sums = [factor; CHAINS];
    for _ in 0..ROUNDS {
        for sum in &mut sums {
            *sum = _mm512_dpbusd_epi32(*sum, factor, factor);
        }
    }
    std::hint::black_box(sums);
    ROUNDS * (CHAINS * LANES * GROUP * 2) as u64
}

impl Microkernel for Vnni {
    const ROWS: usize = 12;

    #[inline(always)]
    fn sums<const ROWS: usize>(self, tile: Tile<'_>) -> [[f32; PANEL]; ROWS] {
        let n_groups = tile.width / GROUP;
        assert_eq!(tile.inputs.len(), ROWS * tile.width);
        assert_eq!(tile.panel.len(), n_groups * PANEL * GROUP);
        let mut values = [[0.0; PANEL]; ROWS];
        // SAFETY: `self` proves that the machine has the instructions. Group `group` of the panel and of each row lies
        // inside its slice, as asserted, and vector `vector` inside its row of `values`; nothing needs alignment.
        unsafe {
            let mut sums = [[_mm512_setzero_si512(); VECTORS]; ROWS];
            for group in 0..n_groups {
                let panel = tile.panel.as_ptr().add(group * PANEL * GROUP);
                let next = panel.wrapping_add(tile.panel.len()).cast();
                _mm_prefetch::<_MM_HINT_T0>(next);
                _mm_prefetch::<_MM_HINT_T0>(next.wrapping_add(64));
                let weights: [__m512i; VECTORS] =
                    std::array::from_fn(|vector| _mm512_loadu_si512(panel.add(vector * LANES * GROUP).cast()));
                for (row, sums) in sums.iter_mut().enumerate() {
                    let inputs = tile.inputs.as_ptr().add(row * tile.width + group * GROUP).cast::<[u8; GROUP]>();
                    let inputs = _mm512_set1_epi32(i32::from_le_bytes(inputs.read()));
                    for (sum, weights) in sums.iter_mut().zip(weights) {
                        *sum = _mm512_dpbusd_epi32(*sum, inputs, weights);
                    }
                }
            }
            for (values, sums) in values.iter_mut().zip(sums) {
                for (vector, sum) in sums.into_iter().enumerate() {
                    _mm512_storeu_ps(values.as_mut_ptr().add(vector * LANES), _mm512_cvtepi32_ps(sum));
                }
            }
        }
        values
    }
}
