//! Which components of an embedding are above those of a typical one, a bit each: an eighth of the memory of 8-bit
//! integers, and enough to tell which few of many embeddings can be among the nearest.

use std::ops::Range;

use models::bits::BitVectors;

/// To guess how near the nearest are, as many embeddings are looked at first.
const SAMPLE: usize = 4096;

/// The signs of a question, and in how many of them others may differ.
pub(super) struct Nearest {
    question: Vec<u64>,
    most: u64,
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

    /// What about `count` embeddings have in common that share the most signs with a vector.
    pub(super) fn nearest(&self, components: impl Iterator<Item = f32>, count: usize) -> Nearest {
        let question = self.of(components);
        let mut sample = self.bits.sample(&question, SAMPLE);
        let wanted = count * sample.len() / self.len().max(1);
        let most = if wanted < sample.len() { *sample.select_nth_unstable(wanted).1 } else { u64::MAX };
        Nearest { question, most }
    }

    /// Which of `places` have that in common, in order.
    pub(super) fn among(&self, nearest: &Nearest, places: Range<usize>) -> Vec<u32> {
        self.bits.within(&nearest.question, nearest.most, places)
    }

    fn of(&self, components: impl Iterator<Item = f32>) -> Vec<u64> {
        let mut words = vec![0_u64; self.pivot.len().div_ceil(64)];
        for (place, (component, pivot)) in components.zip(&self.pivot).enumerate() {
            words[place / 64] |= u64::from(component > *pivot) << (place % 64);
        }
        words
    }
}
