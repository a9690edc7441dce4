//! Which components of an embedding are above those of a typical one, a bit each: an eighth of the memory of 8-bit
//! integers, and enough to tell which few of many embeddings can be among the nearest.
//!
//! First the signs of the question are held against those of all. What differs in few of them is then ordered by the
//! question's components where the signs are set: a sign that the question hardly has tells little, and counts as little.

use std::ops::Range;

use models::bits::BitVectors;

/// To guess how near the nearest are, as many embeddings are looked at first.
const SAMPLE: usize = 4096;
/// As many are looked through at a time, so that those in question are still in the processor's cache.
const AT_A_TIME: usize = 4096;
/// So many times more than are wanted are let through by their signs alone.
const SPARE: usize = 4;

/// What is looked for among signs.
pub(super) struct Wanted {
    signs: Vec<u64>,
    /// In how many of them others may differ.
    most: u64,
    /// `[byte][its 256 values]`: what the signs in a byte add up to.
    sums: Vec<[f32; 256]>,
}

/// The signs of embeddings of one encoder, one after the other.
#[derive(Clone)]
pub(super) struct Signs {
    /// What a component is held against.
    pivot: Vec<f32>,
    bits: BitVectors,
}

impl Signs {
    /// None yet. Embeddings that lie around `pivot` are told apart best.
    pub(super) fn new(pivot: Vec<f32>) -> Self {
        let bits = BitVectors::new(pivot.len().div_ceil(64));
        Self { pivot, bits }
    }

    pub(super) fn len(&self) -> usize {
        self.bits.len()
    }

    pub(super) fn memory(&self) -> usize {
        self.bits.memory()
    }

    /// Puts an embedding at the end.
    pub(super) fn push(&mut self, components: impl Iterator<Item = f32>) {
        self.bits.push(&self.of(components));
    }

    /// What to look for to find the `count` embeddings nearest to a vector.
    pub(super) fn wanted(&self, components: impl Iterator<Item = f32> + Clone, count: usize) -> Wanted {
        let signs = self.of(components.clone());
        let mut sample = self.bits.sample(&signs, SAMPLE);
        let let_through = SPARE * count * sample.len() / self.len().max(1);
        let most = if let_through < sample.len() { *sample.select_nth_unstable(let_through).1 } else { u64::MAX };
        let components: Vec<f32> = components.take(self.pivot.len()).collect();
        Wanted { signs, most, sums: components.chunks(8).map(sums).collect() }
    }

    /// The `count` of `places` that come nearest to what is wanted.
    pub(super) fn nearest(&self, wanted: &Wanted, places: Range<usize>, count: usize) -> Vec<usize> {
        let mut near = Vec::new();
        for first in places.clone().step_by(AT_A_TIME) {
            let some = first..(first + AT_A_TIME).min(places.end);
            let let_through = self.bits.within(&wanted.signs, wanted.most, some).into_iter();
            near.extend(let_through.map(|place| (wanted.closeness(self.bits.get(place as usize)), place as usize)));
        }
        if count < near.len() {
            near.select_nth_unstable_by(count, |a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            near.truncate(count);
        }
        // In order, memory is read faster.
        let mut near: Vec<usize> = near.into_iter().map(|(_, place)| place).collect();
        near.sort_unstable();
        near
    }

    fn of(&self, components: impl Iterator<Item = f32>) -> Vec<u64> {
        let mut words = vec![0_u64; self.pivot.len().div_ceil(64)];
        for (place, (component, pivot)) in components.zip(&self.pivot).enumerate() {
            words[place / 64] |= u64::from(component > *pivot) << (place % 64);
        }
        words
    }
}

impl Wanted {
    /// The sum of the question's components where the signs of an embedding are set.
    fn closeness(&self, signs: impl Iterator<Item = u64>) -> f32 {
        let mut lanes = [0.0_f32; 8];
        for (sums, word) in self.sums.chunks(8).zip(signs) {
            for ((lane, sums), byte) in lanes.iter_mut().zip(sums).zip(word.to_le_bytes()) {
                *lane += sums[usize::from(byte)];
            }
        }
        lanes.iter().sum()
    }
}

/// What at most eight components add up to, for each choice of them: a bit each.
fn sums(components: &[f32]) -> [f32; 256] {
    let mut sums = [0.0; 256];
    for choice in 1..256_usize {
        let first = components.get(choice.trailing_zeros() as usize).copied().unwrap_or_default();
        sums[choice] = sums[choice & (choice - 1)] + first;
    }
    sums
}
