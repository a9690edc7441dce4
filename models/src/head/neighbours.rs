//! How close an embedding is to the nearest training examples: the plainest sign that it is something new.

use crate::kernels::float::{Output, View, ViewMut, multiply};

/// Examples kept of each class. More make no better guess and slow every question down.
const MOST_PER_CLASS: usize = 40;

/// Training examples to compare with.
#[derive(Debug, Clone)]
pub(super) struct Neighbours {
    inputs: usize,
    rows: Vec<f32>,
    classes: Vec<usize>,
}

/// What the nearest examples say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Nearest {
    /// Cosine of the nearest example.
    pub(super) cosine: f32,
    /// Its class.
    pub(super) class: usize,
    /// Mean cosine of the three nearest.
    pub(super) mean_of_three: f32,
}

impl Neighbours {
    /// Keeps evenly spaced examples of each class.
    pub(super) fn new(inputs: usize, features: &[f32], classes: &[usize], n_classes: usize) -> Self {
        let mut members = vec![Vec::new(); n_classes];
        classes.iter().enumerate().for_each(|(at, &class)| members[class].push(at));
        let mut kept = Self { inputs, rows: Vec::new(), classes: Vec::new() };
        for (class, members) in members.iter().enumerate() {
            let n_kept = members.len().min(MOST_PER_CLASS);
            for number in 0..n_kept {
                let at = members[number * members.len() / n_kept];
                kept.rows.extend_from_slice(&features[at * inputs..(at + 1) * inputs]);
                kept.classes.push(class);
            }
        }
        kept
    }

    /// The nearest examples of each row of `features`.
    pub(super) fn nearest(&self, features: &[f32]) -> Vec<Nearest> {
        let (n_rows, n_kept) = (features.len() / self.inputs, self.classes.len());
        let mut cosines = vec![0.0; n_rows * n_kept];
        multiply(
            1.0,
            View::new(features, n_rows, self.inputs, self.inputs),
            View::new(&self.rows, n_kept, self.inputs, self.inputs).transposed(),
            Output::Replace,
            &mut ViewMut::new(&mut cosines, n_rows, n_kept, n_kept),
        );
        cosines.chunks_exact(n_kept).map(|row| self.summarise(row)).collect()
    }

    fn summarise(&self, cosines: &[f32]) -> Nearest {
        let mut top = [(f32::NEG_INFINITY, 0); 3];
        for (at, &cosine) in cosines.iter().enumerate() {
            if cosine > top[2].0 {
                top[2] = (cosine, at);
                top.sort_by(|a, b| b.0.total_cmp(&a.0));
            }
        }
        let found = &top[..cosines.len().min(3)];
        let sum: f32 = found.iter().map(|(cosine, _)| cosine).sum();
        Nearest { cosine: found[0].0, class: self.classes[found[0].1], mean_of_three: sum / found.len() as f32 }
    }
}
