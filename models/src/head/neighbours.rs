//! How close a text is to the training examples and to the middle of its class: the plainest sign of something new. What
//! it is for is compared by itself too: where something near is new, all else is much the same.

use std::sync::Arc;

use super::features::Features;
use super::lexical::Transposed;
use crate::kernels::Finish;
use crate::kernels::int8::{Kernel, Packed, QuantizedRows};

/// Examples kept in all. More make no better guess and slow every question down.
const MOST: usize = 1500;
/// Examples kept of each class at least, and at most.
const OF_A_CLASS: std::ops::RangeInclusive<usize> = 4..=40;

/// Training examples to compare with. Features consist of parts of fixed lengths, so that all of them are as long.
#[derive(Debug, Clone)]
pub(super) struct Neighbours {
    examples: Arc<Compared>,
    words: Arc<Transposed>,
    /// How much words count.
    scale: f32,
    /// The middle of each class, of length one.
    middles: Arc<Compared>,
    /// What the examples are for, by itself; none where the encoder does not hear it.
    purposes: Option<Purposes>,
}

/// What examples are for, and the middles of that.
#[derive(Debug, Clone)]
struct Purposes {
    examples: Arc<Compared>,
    middles: Arc<Compared>,
}

/// Vectors to compare with, in 8-bit integers: a message is compared with all of them, and reading them takes longest.
#[derive(Debug)]
struct Compared {
    len: usize,
    width: usize,
    /// The length of each.
    length: f32,
    packed: Packed,
    panels: Vec<u8>,
    kernel: Kernel,
}

impl Compared {
    /// From `[rows, width]`.
    fn new(rows: &[f32], width: usize) -> Arc<Self> {
        let len = rows.len() / width;
        let length = squared_length(&rows[..width.min(rows.len())]).sqrt();
        let (packed, panels) = Packed::new(rows, &vec![0.0; len]);
        Arc::new(Self { len, width, length, packed, panels, kernel: Kernel::best() })
    }

    /// `[others, rows]`: the products of each of `others`, `[others, width]`, with each row.
    fn products(&self, others: &[f32]) -> Vec<f32> {
        let mut quantized = QuantizedRows::default();
        quantized.quantize(others, self.width);
        let mut products = vec![0.0; others.len() / self.width * self.len];
        self.kernel.multiply(&quantized, &self.packed, &self.panels, Finish::Replace, &mut products);
        products
    }

    /// For each of `others`, `[others, width]` and all of one length, the cosine of the row nearest to it.
    fn cosines(&self, others: &[f32]) -> Vec<f32> {
        let lengths = self.length * squared_length(&others[..self.width.min(others.len())]).sqrt();
        let products = self.products(others);
        let nearest = |products: &[f32]| products.iter().copied().fold(f32::NEG_INFINITY, f32::max) / lengths;
        products.chunks_exact(self.len.max(1)).map(nearest).collect()
    }

    /// Of such products, those of the other numbered `at`.
    fn of_row<'a>(&self, products: &'a [f32], at: usize) -> impl Iterator<Item = f32> + use<'a> {
        products[at * self.len..(at + 1) * self.len].iter().copied()
    }
}

/// How close a text comes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Nearest {
    /// Cosine of the nearest example, words included.
    pub(super) example: f32,
    /// Cosine of the nearest middle of a class.
    pub(super) middle: f32,
    /// Cosine of the example that is for the most alike; 0 where the encoder does not hear what texts are for.
    pub(super) purpose: f32,
    /// Cosine of the middle that is; likewise.
    pub(super) purpose_middle: f32,
}

impl Neighbours {
    /// Keeps evenly spaced examples of each class.
    pub(super) fn new(features: &Features, classes: &[usize], n_classes: usize, scale: f32) -> Self {
        let mut members = vec![Vec::new(); n_classes];
        classes.iter().enumerate().for_each(|(at, &class)| members[class].push(at));
        let most = (MOST / n_classes.max(1)).clamp(*OF_A_CLASS.start(), *OF_A_CLASS.end());
        let mut kept = Vec::new();
        for members in &members {
            let n_kept = members.len().min(most);
            kept.extend((0..n_kept).map(|number| members[number * members.len() / n_kept]));
        }
        let examples = features.select(&kept);
        Self {
            examples: Compared::new(&examples.dense, features.width),
            words: Arc::new(examples.lexical.transposed()),
            scale,
            middles: Compared::new(&middles(&features.dense, features.width, &members), features.width),
            purposes: (features.heard > 0).then(|| Purposes {
                examples: Compared::new(&examples.heard(), features.heard),
                middles: Compared::new(&middles(&features.heard(), features.heard, &members), features.heard),
            }),
        }
    }

    /// How close each row of `features` comes.
    pub(super) fn nearest(&self, features: &Features) -> Vec<Nearest> {
        let products = self.examples.products(&features.dense);
        let (middles, purposes) = (self.middles.cosines(&features.dense), features.heard());
        let purposes =
            self.purposes.as_ref().map(|kept| (kept.examples.cosines(&purposes), kept.middles.cosines(&purposes)));
        let words_share = self.scale * self.scale;
        let whole = squared_length(&features.dense[..features.width.min(features.dense.len())]) + words_share;
        let of_row = |at: usize| {
            let words = self.common_words(features, at).into_iter().map(|words| words_share * words);
            let all = self.examples.of_row(&products, at).zip(words).map(|(dense, words)| dense + words);
            Nearest {
                example: all.fold(f32::NEG_INFINITY, f32::max) / whole,
                middle: middles[at],
                purpose: purposes.as_ref().map_or(0.0, |(examples, _)| examples[at]),
                purpose_middle: purposes.as_ref().map_or(0.0, |(_, middles)| middles[at]),
            }
        };
        (0..features.len()).map(of_row).collect()
    }

    /// The product of one row's words with those of each example kept.
    fn common_words(&self, features: &Features, at: usize) -> Vec<f32> {
        let mut common = vec![0.0; self.examples.len];
        for (bucket, value) in features.lexical.row(at) {
            for &(example, of_example) in &self.words.columns[bucket] {
                common[example as usize] += value * of_example;
            }
        }
        common
    }
}

/// The mean of the `rows`, `[rows, width]`, of each class, brought to length one.
fn middles(rows: &[f32], width: usize, members: &[Vec<usize>]) -> Vec<f32> {
    let middle = |members: &Vec<usize>| {
        let mut sum = vec![0.0; width];
        for &member in members {
            sum.iter_mut().zip(&rows[member * width..(member + 1) * width]).for_each(|(sum, x)| *sum += x);
        }
        let length = squared_length(&sum).sqrt();
        sum.into_iter().map(move |x| x / length)
    };
    members.iter().flat_map(middle).collect()
}

fn squared_length(vector: &[f32]) -> f32 {
    vector.iter().map(|x| x * x).sum::<f32>().max(f32::MIN_POSITIVE)
}
