//! Self-attention over sequences that lie end to end: each attends to itself alone.

use super::elementwise::softmax;
use crate::matmul::{Output, View, ViewMut, multiply};

/// How a token's vector is shared between heads.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    /// Components of a token's vector.
    pub(super) width: usize,
    /// Heads it is split into.
    pub(super) heads: usize,
}

/// Attends within each sequence.
///
/// `fused` is `[tokens, 3 · width]`, queries, keys and values side by side; `context` becomes `[tokens, width]`.
pub(super) fn attend(shape: Shape, lengths: &[usize], fused: &[f32], scores: &mut Vec<f32>, context: &mut Vec<f32>) {
    let Shape { width, heads } = shape;
    context.clear();
    context.resize(fused.len() / 3, 0.0);
    let head_width = width / heads;
    let scale = 1.0 / (head_width as f32).sqrt();
    let mut first = 0;
    for &length in lengths {
        scores.clear();
        scores.resize(length * length, 0.0);
        let tokens = &fused[first * 3 * width..];
        for head in 0..heads {
            let at = head * head_width;
            let part = |index: usize| View::new(&tokens[index * width + at..], length, head_width, 3 * width);
            let grid = &mut ViewMut::new(scores, length, length, length);
            multiply(scale, part(0), part(1).transposed(), Output::Replace, grid);
            softmax(scores, length);
            let target = &mut ViewMut::new(&mut context[first * width + at..], length, head_width, width);
            multiply(1.0, View::new(scores, length, length, length), part(2), Output::Replace, target);
        }
        first += length;
    }
}
