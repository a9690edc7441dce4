//! How close a text is to the training examples and to the middle of its class: the plainest sign of something new.

use std::sync::Arc;

use super::features::Features;
use super::lexical::Transposed;
use crate::kernels::Finish;
use crate::kernels::int8::{Kernel, Packed, QuantizedRows};

/// Examples kept in all. More make no better guess and slow every question down.
const MOST: usize = 1500;
/// Examples kept of each class at least, and at most.
const OF_A_CLASS: std::ops::RangeInclusive<usize> = 4..=40;

/// Training examples to compare with, each of length one.
#[derive(Debug, Clone)]
pub(super) struct Neighbours {
    examples: Arc<Compared>,
    words: Arc<Transposed>,
    /// How much words count.
    scale: f32,
    /// The middle of each class, of length one.
    middles: Arc<Compared>,
}

/// Vectors to compare with, in 8-bit integers: a message is compared with all of them, and reading them takes longest.
#[derive(Debug)]
struct Compared {
    len: usize,
    width: usize,
    packed: Packed,
    panels: Vec<u8>,
    kernel: Kernel,
}

impl Compared {
    /// From `[rows, width]`.
    fn new(rows: &[f32], width: usize) -> Arc<Self> {
        let len = rows.len() / width;
        let (packed, panels) = Packed::new(rows, &vec![0.0; len]);
        Arc::new(Self { len, width, packed, panels, kernel: Kernel::best() })
    }

    /// `[others, rows]`: the products of each of `others`, `[others, width]`, with each row.
    fn products(&self, others: &[f32]) -> Vec<f32> {
        let mut quantized = QuantizedRows::default();
        quantized.quantize(others, self.width);
        let mut products = vec![0.0; others.len() / self.width * self.len];
        self.kernel.multiply(&quantized, &self.packed, &self.panels, Finish::Replace, &mut products);
        products
    }
}

/// How close a text comes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Nearest {
    /// Cosine of the nearest example, words included.
    pub(super) example: f32,
    /// Cosine of the nearest middle of a class.
    pub(super) middle: f32,
}

impl Neighbours {
    /// Keeps evenly spaced examples of each class.
    pub(super) fn new(features: &Features, classes: &[usize], n_classes: usize, scale: f32) -> Self {
        let mut members = vec![Vec::new(); n_classes];
        classes.iter().enumerate().for_each(|(at, &class)| members[class].push(at));
        let most = (MOST / n_classes.max(1)).clamp(*OF_A_CLASS.start(), *OF_A_CLASS.end());
        let mut kept = Vec::new();
        let mut middles = Vec::with_capacity(n_classes * features.width);
        for members in &members {
            let n_kept = members.len().min(most);
            kept.extend((0..n_kept).map(|number| members[number * members.len() / n_kept]));
            middles.extend(middle(features, members));
        }
        let examples = features.select(&kept);
        Self {
            examples: Compared::new(&examples.dense, features.width),
            words: Arc::new(examples.lexical.transposed()),
            scale,
            middles: Compared::new(&middles, features.width),
        }
    }

    /// How close each row of `features` comes.
    pub(super) fn nearest(&self, features: &Features) -> Vec<Nearest> {
        let (n_kept, n_classes) = (self.examples.len, self.middles.len);
        let (examples, middles) = (self.examples.products(&features.dense), self.middles.products(&features.dense));
        let of_row = |at: usize| {
            let words = self.common_words(features, at);
            let row = examples[at * n_kept..(at + 1) * n_kept].iter().zip(words);
            Nearest {
                example: row
                    .map(|(dense, words)| dense + self.scale * self.scale * words)
                    .fold(f32::NEG_INFINITY, f32::max),
                middle: middles[at * n_classes..(at + 1) * n_classes].iter().copied().fold(f32::NEG_INFINITY, f32::max),
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

/// The mean of some dense rows, brought to length one.
fn middle(features: &Features, members: &[usize]) -> Vec<f32> {
    let mut sum = vec![0.0; features.width];
    for &member in members {
        sum.iter_mut().zip(features.dense_row(member)).for_each(|(sum, x)| *sum += x);
    }
    let length = sum.iter().map(|x| x * x).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
    for x in &mut sum {
        *x /= length;
    }
    sum
}
