//! Counting by AVX-512's instruction for it: 64 bytes at once.
#![expect(unsafe_code, reason = "vector instructions; every pointer is derived from a slice whose length is checked")]

use std::arch::x86_64::{
    _mm512_add_epi64, _mm512_cmple_epu64_mask, _mm512_loadu_si512, _mm512_popcnt_epi64, _mm512_set1_epi64,
    _mm512_setzero_si512, _mm512_xor_si512,
};

use super::LANES;

/// Proof that this machine has the instructions.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Popcount(());

impl Popcount {
    /// The proof, on a machine that has them.
    pub(super) fn detect() -> Option<Self> {
        (is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512vpopcntdq")).then_some(Self(()))
    }

    /// As [`near`](super::Kernel::near).
    #[expect(clippy::unused_self, reason = "it is the proof that the machine has the instructions")]
    pub(super) fn near(self, question: &[u64], blocks: &[u64], most: u64, near: &mut Vec<u32>) {
        // SAFETY: a `Popcount` exists only where the machine has the instructions that the function is compiled for.
        unsafe { near_by_vectors(question, blocks, most, near) }
    }
}

/// # Safety
///
/// The machine has the instructions named here.
#[target_feature(enable = "avx512f,avx512vpopcntdq")]
fn near_by_vectors(question: &[u64], blocks: &[u64], most: u64, near: &mut Vec<u32>) {
    let limit = _mm512_set1_epi64(most.cast_signed());
    for (block_idx, block) in blocks.chunks_exact(question.len().max(1) * LANES).enumerate() {
        let mut differences = _mm512_setzero_si512();
        for (word, lanes) in question.iter().zip(block.as_chunks::<LANES>().0) {
            // SAFETY: the eight words of `lanes` are what is loaded.
            let lanes = unsafe { _mm512_loadu_si512(lanes.as_ptr().cast()) };
            let differing = _mm512_xor_si512(lanes, _mm512_set1_epi64(word.cast_signed()));
            differences = _mm512_add_epi64(differences, _mm512_popcnt_epi64(differing));
        }
        let mut lanes = _mm512_cmple_epu64_mask(differences, limit);
        while lanes != 0 {
            near.push((block_idx * LANES) as u32 + lanes.trailing_zeros());
            lanes &= lanes - 1;
        }
    }
}
