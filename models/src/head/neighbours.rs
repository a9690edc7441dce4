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
    purposes: Option<Arc<Compared>>,
}

/// Vectors to compare with, in 8-bit integers: a message is compared with all of them, and reading them takes longest.
#[derive(Debug)]
struct Compared {
    len: usize,
    width: usize,
    /// The square of the length of the first.
    squared_length: f32,
    packed: Packed,
    panels: Vec<u8>,
    kernel: Kernel,
}

impl Compared {
    /// From `[rows, width]`.
    fn new(rows: &[f32], width: usize) -> Arc<Self> {
        let len = rows.len() / width;
        let squared_length = rows.iter().take(width).map(|x| x * x).sum::<f32>().max(f32::MIN_POSITIVE);
        let (packed, panels) = Packed::new(rows, &vec![0.0; len]);
        Arc::new(Self { len, width, squared_length, packed, panels, kernel: Kernel::best() })
    }

    /// `[others, rows]`: the products of each of `others`, `[others, width]`, with each row.
    fn products(&self, others: &[f32]) -> Vec<f32> {
        let mut quantized = QuantizedRows::default();
        quantized.quantize(others, self.width);
        let mut products = vec![0.0; others.len() / self.width * self.len];
        self.kernel.multiply(&quantized, &self.packed, &self.panels, Finish::Replace, &mut products);
        products
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
            purposes: (features.heard > 0).then(|| Compared::new(&examples.heard(), features.heard)),
        }
    }

    /// How close each row of `features` comes.
    pub(super) fn nearest(&self, features: &Features) -> Vec<Nearest> {
        let (examples, middles) = (self.examples.products(&features.dense), self.middles.products(&features.dense));
        let purposes = self.purposes.as_ref().map(|kept| (kept, kept.products(&features.heard())));
        let words_share = self.scale * self.scale;
        let (dense, whole) = (self.examples.squared_length, self.examples.squared_length + words_share);
        let of_row = |at: usize| {
            let words = self.common_words(features, at).into_iter().map(|words| words_share * words);
            Nearest {
                example: largest(self.examples.of_row(&examples, at).zip(words).map(|(dense, words)| dense + words))
                    / whole,
                middle: largest(self.middles.of_row(&middles, at)) / dense.sqrt(),
                purpose: purposes
                    .as_ref()
                    .map_or(0.0, |(kept, products)| largest(kept.of_row(products, at)) / kept.squared_length),
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

fn largest(values: impl Iterator<Item = f32>) -> f32 {
    values.fold(f32::NEG_INFINITY, f32::max)
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
