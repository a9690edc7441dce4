//! In how many bits vectors differ. Eight vectors lie side by side, word by word, so that one instruction works on the
//! same word of all of them.
#![expect(
    clippy::inline_always,
    reason = "the widest instructions are used only where the function with them is inlined"
)]

#[cfg(target_arch = "x86_64")]
mod avx512;

use pulp::{Arch, Simd, WithSimd};

/// Vectors side by side.
pub(crate) const LANES: usize = 8;

/// A way of counting that this machine has.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kernel {
    /// AVX-512 with its instruction that counts bits.
    #[cfg(target_arch = "x86_64")]
    Avx512(avx512::Popcount),
    /// Plain Rust, compiled for several generations of processors.
    Portable(Arch),
}

impl Kernel {
    /// The fastest kernel of this machine.
    pub(crate) fn best() -> Self {
        #[cfg(target_arch = "x86_64")]
        if let Some(kernel) = avx512::Popcount::detect() {
            return Self::Avx512(kernel);
        }
        Self::Portable(Arch::new())
    }

    /// Puts the places of all vectors that differ from `question` in at most `most` bits after those in `near`.
    pub(crate) fn near(self, question: &[u64], blocks: &[u64], most: u64, near: &mut Vec<u32>) {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(kernel) => kernel.near(question, blocks, most, near),
            Self::Portable(arch) => arch.dispatch(Near { question, blocks, most, found: near }),
        }
    }
}

/// In how many bits each of the vectors in every `step`th block differs from `question`.
pub(crate) fn sample(question: &[u64], blocks: &[u64], step: usize) -> Vec<u64> {
    Arch::new().dispatch(Sample { question, blocks, step })
}

struct Sample<'a> {
    question: &'a [u64],
    blocks: &'a [u64],
    step: usize,
}

impl WithSimd for Sample<'_> {
    type Output = Vec<u64>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _simd: S) -> Vec<u64> {
        let block_size = self.question.len().max(1) * LANES;
        let mut sample = Vec::with_capacity((self.blocks.len() / block_size / self.step + 1) * LANES);
        for block in self.blocks.chunks_exact(block_size).step_by(self.step) {
            sample.extend_from_slice(&differences(self.question, block));
        }
        sample
    }
}

struct Near<'a> {
    question: &'a [u64],
    blocks: &'a [u64],
    most: u64,
    found: &'a mut Vec<u32>,
}

impl WithSimd for Near<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _simd: S) {
        for (block_idx, block) in self.blocks.chunks_exact(self.question.len().max(1) * LANES).enumerate() {
            let lanes = differences(self.question, block).into_iter().enumerate();
            let close = lanes.filter(|(_, differences)| *differences <= self.most);
            self.found.extend(close.map(|(lane, _)| (block_idx * LANES + lane) as u32));
        }
    }
}

/// In how many bits each of the eight vectors of a block, `[word][lane]`, differs from `question`.
#[inline(always)]
fn differences(question: &[u64], block: &[u64]) -> [u64; LANES] {
    let mut differences = [0; LANES];
    for (word, lanes) in question.iter().zip(block.as_chunks::<LANES>().0) {
        for (differences, lane) in differences.iter_mut().zip(lanes) {
            *differences += u64::from((word ^ lane).count_ones());
        }
    }
    differences
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn all_kernels_find_the_same(
            question in proptest::collection::vec(any::<u64>(), 0..8),
            n_blocks in 0_usize..20,
            seed in any::<u64>(),
            most in 0_u64..520,
        ) {
            let mut state = seed;
            let mut next = || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                state ^ (state >> 29)
            };
            let blocks: Vec<u64> = (0..n_blocks * question.len() * LANES).map(|_| next()).collect();
            let (mut expected, mut found) = (Vec::new(), Vec::new());
            Kernel::Portable(Arch::new()).near(&question, &blocks, most, &mut expected);
            Kernel::best().near(&question, &blocks, most, &mut found);
            prop_assert_eq!(found, expected);
        }
    }
}
