//! In how many bits vectors differ, counted as fast as this machine can: the first look of a search among many.

use std::ops::Range;

use crate::kernels::bits::{self, Kernel, LANES};

/// Bit vectors of one length, one after the other.
#[derive(Debug, Clone)]
pub struct BitVectors {
    kernel: Kernel,
    /// Words of a vector.
    width: usize,
    /// `[block][word][lane]`.
    words: Vec<u64>,
    len: usize,
}

impl BitVectors {
    /// None yet, of `width` words of 64 bits each.
    pub fn new(width: usize) -> Self {
        Self { kernel: Kernel::best(), width, words: Vec::new(), len: 0 }
    }

    /// Puts a vector at the end. One of another width is cut or filled up with zeros.
    pub fn push(&mut self, vector: &[u64]) {
        let lane = self.len % LANES;
        if lane == 0 {
            self.words.resize(self.words.len() + self.width * LANES, 0);
        }
        let start = self.words.len() - self.width * LANES;
        for (word, bits) in vector.iter().take(self.width).enumerate() {
            self.words[start + word * LANES + lane] = *bits;
        }
        self.len += 1;
    }

    /// The words of the vector at a place; panics where there is none.
    pub fn get(&self, place: usize) -> impl Iterator<Item = u64> {
        let block_size = self.width * LANES;
        let block = &self.words[place / LANES * block_size..][..block_size];
        block.iter().skip(place % LANES).step_by(LANES).copied()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many bytes they take.
    pub fn memory(&self) -> usize {
        self.words.capacity() * size_of::<u64>()
    }

    /// The places, in order, of the vectors among `places` that differ from `question`, which has their width, in at most
    /// `most` bits.
    pub fn within(&self, question: &[u64], most: u64, places: Range<usize>) -> Vec<u32> {
        let (first, last) = (places.start / LANES, places.end.min(self.len).div_ceil(LANES));
        let block_size = self.width * LANES;
        if question.len() != self.width || self.width == 0 || first >= last {
            return Vec::new();
        }
        let mut near = Vec::new();
        self.kernel.near(question, &self.words[first * block_size..last * block_size], most, &mut near);
        for place in &mut near {
            *place += (first * LANES) as u32;
        }
        near.retain(|place| places.contains(&(*place as usize)) && (*place as usize) < self.len);
        near
    }

    /// In how many bits about `count` of the vectors, taken from all over, differ from `question`.
    pub fn sample(&self, question: &[u64], count: usize) -> Vec<u64> {
        let block_size = self.width * LANES;
        if block_size == 0 || question.len() != self.width {
            return Vec::new();
        }
        let n_blocks = self.len / LANES;
        let step = (n_blocks * LANES / count.max(1)).max(1);
        bits::sample(question, &self.words[..n_blocks * block_size], step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_within_a_distance_are_found_and_no_others() {
        let mut vectors = BitVectors::new(2);
        for nth in 0..21_u64 {
            vectors.push(&[(1 << nth) - 1, 0]);
        }
        assert_eq!(vectors.within(&[0, 0], 3, 0..21), [0, 1, 2, 3]);
        assert_eq!(vectors.within(&[(1 << 20) - 1, 0], 1, 0..21), [19, 20]);
        assert_eq!(vectors.within(&[0, 0], 1000, 0..99).len(), 21, "what fills up the last block is no vector");
        assert!(vectors.within(&[0], 1000, 0..21).is_empty());
        assert_eq!(vectors.within(&[0, 0], 1000, 9..11), [9, 10]);
        assert_eq!(vectors.get(20).collect::<Vec<_>>(), [(1 << 20) - 1, 0]);
        assert_eq!(vectors.sample(&[0, 0], 100), (0..16).collect::<Vec<u64>>());
    }
}
