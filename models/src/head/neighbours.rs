//! How close a text is to the training examples and to the middle of its class: the plainest sign of something new.

use super::features::Features;
use super::lexical::BUCKETS;
use crate::kernels::float::{Output, View, ViewMut, multiply};

/// Examples kept in all. More make no better guess and slow every question down.
const MOST: usize = 1500;
/// Examples kept of each class at least, and at most.
const OF_A_CLASS: std::ops::RangeInclusive<usize> = 4..=40;

/// Training examples to compare with, each of length one.
#[derive(Debug, Clone)]
pub(super) struct Neighbours {
    examples: Features,
    /// How much words count.
    scale: f32,
    /// `[classes, width]`: the middle of each class, of length one.
    middles: Vec<f32>,
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
        Self { examples: features.select(&kept), scale, middles }
    }

    /// How close each row of `features` comes.
    pub(super) fn nearest(&self, features: &Features) -> Vec<Nearest> {
        let width = features.width;
        let (n_rows, n_kept, n_classes) = (features.len(), self.examples.len(), self.middles.len() / width);
        let product = |others: &[f32], n_others: usize| {
            let mut cosines = vec![0.0; n_rows * n_others];
            multiply(
                1.0,
                View::new(&features.dense, n_rows, width, width),
                View::new(others, n_others, width, width).transposed(),
                Output::Replace,
                &mut ViewMut::new(&mut cosines, n_rows, n_others, n_others),
            );
            cosines
        };
        let (examples, middles) = (product(&self.examples.dense, n_kept), product(&self.middles, n_classes));
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
        (0..n_rows).map(of_row).collect()
    }

    /// The product of one row's words with those of each example kept.
    fn common_words(&self, features: &Features, at: usize) -> Vec<f32> {
        let mut own = [0.0; BUCKETS];
        features.lexical.row(at).for_each(|(bucket, value)| own[bucket] = value);
        let examples = &self.examples.lexical;
        (0..examples.len()).map(|other| examples.row(other).map(|(bucket, value)| own[bucket] * value).sum()).collect()
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
