//! Which components of an embedding are above those of a typical one, a bit each: an eighth of the memory of 8-bit
//! integers, and enough to tell which few of many embeddings can be among the nearest.
//!
//! Eight vectors lie side by side, word by word, so that one instruction works on all of them.

use pulp::{Arch, Simd, WithSimd};

/// Vectors side by side.
const LANES: usize = 8;
/// To guess how near the nearest are, as many blocks are looked at first.
const SAMPLE_BLOCKS: usize = 512;

/// The signs of embeddings of one encoder, one after the other.
#[derive(Clone)]
pub(super) struct Signs {
    arch: Arch,
    /// What a component is held against.
    pivot: Vec<f32>,
    /// `[block][word][lane]`.
    words: Vec<u64>,
    len: usize,
}

impl Signs {
    /// None yet. Embeddings that lie around `pivot` are told apart best.
    pub(super) fn new(pivot: Vec<f32>) -> Self {
        Self { arch: Arch::new(), pivot, words: Vec::new(), len: 0 }
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Puts an embedding at the end.
    pub(super) fn push(&mut self, components: impl Iterator<Item = f32>) {
        let lane = self.len % LANES;
        if lane == 0 {
            self.words.resize(self.words.len() + self.block_size(), 0);
        }
        let start = self.words.len() - self.block_size();
        for (word, bits) in self.signs(components).into_iter().enumerate() {
            self.words[start + word * LANES + lane] = bits;
        }
        self.len += 1;
    }

    /// The places of about `count` embeddings that share the most signs with a vector, in order: those that share as
    /// many as the last of them are all there.
    pub(super) fn nearest(&self, components: impl Iterator<Item = f32>, count: usize) -> Vec<u32> {
        let question = self.signs(components);
        let places = self.arch.dispatch(Scan { signs: self, question: &question, count });
        places.into_iter().filter(|place| (*place as usize) < self.len).collect()
    }

    fn block_size(&self) -> usize {
        self.pivot.len().div_ceil(64) * LANES
    }

    fn signs(&self, components: impl Iterator<Item = f32>) -> Vec<u64> {
        let mut words = vec![0_u64; self.pivot.len().div_ceil(64)];
        for (place, (component, pivot)) in components.zip(&self.pivot).enumerate() {
            words[place / 64] |= u64::from(component > *pivot) << (place % 64);
        }
        words
    }
}

struct Scan<'a> {
    signs: &'a Signs,
    question: &'a [u64],
    count: usize,
}

impl WithSimd for Scan<'_> {
    type Output = Vec<u32>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _simd: S) -> Vec<u32> {
        let block_size = self.signs.block_size();
        if block_size == 0 || self.count == 0 {
            return Vec::new();
        }
        let most = self.most_differences(block_size);
        let mut near = Vec::with_capacity(self.count * 2);
        for (block_idx, block) in self.signs.words.chunks_exact(block_size).enumerate() {
            let differences = differences(self.question, block);
            if differences.iter().any(|differences| *differences <= most) {
                let lanes = differences.iter().enumerate().filter(|(_, differences)| **differences <= most);
                near.extend(lanes.map(|(lane, _)| (block_idx * LANES + lane) as u32));
            }
        }
        near
    }
}

impl Scan<'_> {
    /// How many signs the nearest differ in at most, judged from a sample of all.
    #[inline(always)]
    fn most_differences(&self, block_size: usize) -> u64 {
        let n_blocks = self.signs.words.len() / block_size;
        let step = (n_blocks / SAMPLE_BLOCKS).max(1);
        let mut sample = Vec::with_capacity((n_blocks / step + 1) * LANES);
        for block in self.signs.words.chunks_exact(block_size).step_by(step) {
            sample.extend(differences(self.question, block));
        }
        let wanted = self.count * sample.len() / self.signs.len.max(1);
        if wanted >= sample.len() {
            return u64::MAX;
        }
        *sample.select_nth_unstable(wanted).1
    }
}

/// In how many signs each vector of a block differs from `question`.
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
        fn those_that_share_the_most_signs_are_all_found(
            vectors in proptest::collection::vec(proptest::collection::vec(-1.0_f32..1.0, 70), 1..60),
            count in 1_usize..20,
        ) {
            let mut signs = Signs::new(vec![0.1; 70]);
            vectors.iter().for_each(|vector| signs.push(vector.iter().copied()));
            let found = signs.nearest(vectors[0].iter().copied(), count);
            let differing = |vector: &Vec<f32>| vector.iter().zip(&vectors[0]).filter(|(a, b)| (**a > 0.1) != (**b > 0.1)).count();
            let furthest = found.iter().map(|place| differing(&vectors[*place as usize])).max();
            prop_assert!(found.len() >= count.min(vectors.len()));
            for (place, vector) in vectors.iter().enumerate() {
                prop_assert_eq!(found.contains(&(place as u32)), Some(differing(vector)) <= furthest);
            }
        }
    }
}
