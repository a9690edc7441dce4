//! Attention within one sequence: every token gathers the values of all tokens, weighted by how well its query fits their
//! keys.
#![expect(
    clippy::inline_always,
    reason = "a function is compiled for wide vectors only where it is inlined into a dispatch"
)]

use pulp::{Arch, Simd, WithSimd};

use super::elementwise::exp;
use super::shared_evenly;

/// Queries computed together: each load of a key or a value serves all of them.
const QUERIES: usize = 8;
/// Most values that any vector holds.
const MOST_LANES: usize = 16;

/// Memory kept between uses, so that attention allocates nothing once warm.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    /// One head's keys: a block for each vector of tokens, `[head width, lanes]`.
    keys: Vec<f32>,
    /// `[QUERIES, tokens padded to whole vectors]`.
    scores: Vec<f32>,
}

/// One sequence.
#[derive(Debug)]
pub(crate) struct Attention<'a> {
    /// Heads that a token's vector is split into.
    pub(crate) heads: usize,
    /// `[tokens, 3 · width]`: queries, keys and values side by side.
    pub(crate) fused: &'a [f32],
    /// `[tokens, width]`: what is gathered.
    pub(crate) context: &'a mut [f32],
    /// Memory to compute in.
    pub(crate) scratch: &'a mut Scratch,
    /// Tokens.
    pub(crate) length: usize,
}

impl Attention<'_> {
    /// Fills `context`.
    pub(crate) fn apply(self) {
        assert_eq!(
            self.fused.len(),
            3 * self.context.len(),
            "queries, keys and values are as wide as what is gathered"
        );
        Arch::new().dispatch(self);
    }
}

impl WithSimd for Attention<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { heads, fused, context, scratch, length } = self;
        let width = context.len() / length;
        let head_width = width / heads;
        let padded = length.next_multiple_of(S::F32_LANES);
        scratch.keys.clear();
        scratch.keys.resize(padded * head_width, 0.0);
        scratch.scores.resize(QUERIES * padded, 0.0);
        for head in 0..heads {
            let mut head = Head { width, size: head_width, at: head * head_width, fused, padded, length, scratch };
            head.gather_keys::<S>();
            let mut first = 0;
            while first < length {
                let context = &mut context[first * width..];
                let n = shared_evenly(length - first, QUERIES);
                match n {
                    1 => head.attend::<S, 1>(simd, first, context),
                    2 => head.attend::<S, 2>(simd, first, context),
                    3 => head.attend::<S, 3>(simd, first, context),
                    4 => head.attend::<S, 4>(simd, first, context),
                    5 => head.attend::<S, 5>(simd, first, context),
                    6 => head.attend::<S, 6>(simd, first, context),
                    7 => head.attend::<S, 7>(simd, first, context),
                    _ => head.attend::<S, QUERIES>(simd, first, context),
                }
                first += n;
            }
        }
    }
}

struct Head<'a> {
    /// Components of a token's vector.
    width: usize,
    /// Components of the head.
    size: usize,
    /// Where the head begins in a token's vector.
    at: usize,
    fused: &'a [f32],
    padded: usize,
    length: usize,
    scratch: &'a mut Scratch,
}

impl Head<'_> {
    /// Lays the keys of a vector of tokens side by side.
    #[inline(always)]
    fn gather_keys<S: Simd>(&mut self) {
        let start = self.width + self.at;
        let block_len = self.size * S::F32_LANES;
        let blocks = self.scratch.keys.chunks_exact_mut(block_len);
        for (tokens, block) in self.fused.chunks(S::F32_LANES * 3 * self.width).zip(blocks) {
            for (lane, token) in tokens.chunks_exact(3 * self.width).enumerate() {
                for (lanes, key) in block.chunks_exact_mut(S::F32_LANES).zip(&token[start..start + self.size]) {
                    lanes[lane] = *key;
                }
            }
        }
    }

    /// Fills the head's part of the first `N` rows of `context`, which are those of the tokens from `first` on.
    #[inline(always)]
    fn attend<S: Simd, const N: usize>(&mut self, simd: S, first: usize, context: &mut [f32]) {
        let largest = self.score::<S, N>(simd, first);
        let sums = self.exponents::<S, N>(simd, largest);
        self.gather::<S, N>(simd, sums, context);
    }

    /// Scores `N` queries against all keys; the largest score of each.
    #[inline(always)]
    fn score<S: Simd, const N: usize>(&mut self, simd: S, first: usize) -> [f32; N] {
        let scale = simd.splat_f32s(1.0 / (self.size as f32).sqrt());
        let queries: [&[f32]; N] =
            std::array::from_fn(|n| &self.fused[(first + n) * 3 * self.width + self.at..][..self.size]);
        let mut largest = [simd.splat_f32s(f32::NEG_INFINITY); N];
        let n_blocks = self.padded / S::F32_LANES;
        for (at, block) in self.scratch.keys.chunks_exact(self.size * S::F32_LANES).enumerate() {
            let mut sums = [simd.splat_f32s(0.0); N];
            for (component, keys) in S::as_simd_f32s(block).0.iter().enumerate() {
                for (sum, query) in sums.iter_mut().zip(queries) {
                    *sum = simd.mul_add_f32s(simd.splat_f32s(query[component]), *keys, *sum);
                }
            }
            // Beyond the last token there is nothing to attend to.
            let shift = if at + 1 == n_blocks { self.beyond::<S>() } else { simd.splat_f32s(0.0) };
            let rows = self.scratch.scores.chunks_exact_mut(self.padded);
            for ((sum, largest), scores) in sums.into_iter().zip(&mut largest).zip(rows) {
                let score = simd.mul_add_f32s(sum, scale, shift);
                *largest = simd.max_f32s(*largest, score);
                S::as_mut_simd_f32s(scores).0[at] = score;
            }
        }
        let mut of_rows = [0.0; N];
        for (of_row, largest) in of_rows.iter_mut().zip(largest) {
            *of_row = simd.reduce_max_f32s(largest);
        }
        of_rows
    }

    /// For the last vector of tokens: nothing for those that are there, minus infinity for the others.
    #[inline(always)]
    fn beyond<S: Simd>(&self) -> S::f32s {
        const BOTH: [[f32; MOST_LANES]; 2] = [[0.0; MOST_LANES], [f32::NEG_INFINITY; MOST_LANES]];
        let there = self.length + S::F32_LANES - self.padded;
        S::as_simd_f32s(&BOTH.as_flattened()[MOST_LANES - there..]).0[0]
    }

    /// Replaces the scores by their exponents against the largest; their sums.
    #[inline(always)]
    fn exponents<S: Simd, const N: usize>(&mut self, simd: S, largest: [f32; N]) -> [f32; N] {
        let (scores, _) = S::as_mut_simd_f32s(&mut self.scratch.scores);
        let n_blocks = self.padded / S::F32_LANES;
        let mut sums = [simd.splat_f32s(0.0); N];
        for at in 0..n_blocks {
            let scores = scores[at..].iter_mut().step_by(n_blocks);
            for ((sum, largest), score) in sums.iter_mut().zip(largest).zip(scores) {
                *score = exp(simd, simd.sub_f32s(*score, simd.splat_f32s(largest)));
                *sum = simd.add_f32s(*sum, *score);
            }
        }
        let mut of_rows = [0.0; N];
        for (of_row, sum) in of_rows.iter_mut().zip(sums) {
            *of_row = simd.reduce_sum_f32s(sum);
        }
        of_rows
    }

    /// Adds up the values of all tokens by the weights of `N` queries, which sum up to `totals`.
    #[inline(always)]
    fn gather<S: Simd, const N: usize>(&self, simd: S, totals: [f32; N], context: &mut [f32]) {
        for from in (0..self.size).step_by(S::F32_LANES) {
            let columns = from + self.at..(from + S::F32_LANES).min(self.size) + self.at;
            let weights: [&[f32]; N] = std::array::from_fn(|n| &self.scratch.scores[n * self.padded..][..self.length]);
            let mut sums = [simd.splat_f32s(0.0); N];
            for (at, token) in self.fused.chunks_exact(3 * self.width).enumerate() {
                let values = load(simd, &token[2 * self.width..][columns.clone()]);
                for (sum, weights) in sums.iter_mut().zip(weights) {
                    *sum = simd.mul_add_f32s(simd.splat_f32s(weights[at]), values, *sum);
                }
            }
            for ((row, sum), total) in context.chunks_exact_mut(self.width).zip(sums).zip(totals) {
                store(simd, &mut row[columns.clone()], simd.mul_f32s(sum, simd.splat_f32s(1.0 / total)));
            }
        }
    }
}

#[inline(always)]
fn load<S: Simd>(simd: S, values: &[f32]) -> S::f32s {
    match S::as_simd_f32s(values).0 {
        [whole, ..] => *whole,
        [] => simd.partial_load_f32s(values),
    }
}

#[inline(always)]
fn store<S: Simd>(simd: S, target: &mut [f32], values: S::f32s) {
    match S::as_mut_simd_f32s(target).0 {
        [whole, ..] => *whole = values,
        [] => simd.partial_store_f32s(target, values),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Attention as it is defined, in 64 bits.
    fn by_definition(fused: &[f32], length: usize, heads: usize, head_width: usize) -> Vec<f64> {
        let width = heads * head_width;
        let part = |token: usize, index: usize, head: usize| {
            let values = &fused[token * 3 * width + index * width + head * head_width..][..head_width];
            values.iter().map(|x| f64::from(*x)).collect::<Vec<_>>()
        };
        let mut context = vec![0.0; length * width];
        for head in 0..heads {
            for token in 0..length {
                let query = part(token, 0, head);
                let score = |other: usize| {
                    let dot: f64 = query.iter().zip(part(other, 1, head)).map(|(q, k)| q * k).sum();
                    (dot / (head_width as f64).sqrt()).exp()
                };
                let scores: Vec<f64> = (0..length).map(score).collect();
                let total: f64 = scores.iter().sum();
                for (other, score) in scores.iter().enumerate() {
                    for (at, value) in part(other, 2, head).iter().enumerate() {
                        context[token * width + head * head_width + at] += score / total * value;
                    }
                }
            }
        }
        context
    }

    proptest! {
        #[test]
        fn attention_is_what_its_definition_says(length in 1_usize..40, heads in 1_usize..4, head_width in 1_usize..40, seed in 0_u32..1000) {
            let width = heads * head_width;
            let value = |at: usize| ((at as u32).wrapping_mul(2_654_435_761).wrapping_add(seed) >> 16) as f32 / 32768.0 - 1.0;
            let fused: Vec<f32> = (0..length * 3 * width).map(value).collect();
            // Memory left over from another sequence must not matter.
            let mut scratch = Scratch { keys: vec![f32::NAN; 7], scores: vec![f32::NAN; 5000] };
            let mut context = vec![f32::NAN; length * width];
            Attention { heads, fused: &fused, context: &mut context, scratch: &mut scratch, length }.apply();
            for (found, expected) in context.iter().zip(by_definition(&fused, length, heads, head_width)) {
                prop_assert!((f64::from(*found) - expected).abs() < 1e-5, "{found} and not {expected}");
            }
        }
    }

    #[test]
    fn huge_scores_overflow_nothing() {
        let fused = [100.0, 100.0, 1.0, -100.0, 100.0, 2.0];
        let mut context = [0.0; 2];
        let scratch = &mut Scratch::default();
        Attention { heads: 1, fused: &fused, context: &mut context, scratch, length: 2 }.apply();
        assert!(context.iter().all(|x| (x - 1.5).abs() < 1e-6), "{context:?}");
    }
}
