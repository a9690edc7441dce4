//! How well intents are told in texts that were not learned from: each example is judged by a classifier that has not
//! seen it.

use std::sync::Arc;

use rayon::prelude::*;

use super::calibrate::temperature;
use super::folds::{Shuffler, assign};
use super::intent::{Example, Examples, IntentClassifier, Model, Numbered};
use super::logistic::softmax;
use super::shares::Shares;
use super::{IntentScore, TrainError};

const FOLDS: usize = 5;

impl IntentClassifier {
    /// The likeliest intent of each of `judged`, in order, by classifiers like this one that have learned from four
    /// fifths of `judged` and all of `learned`. Wording and words count as much as they do here.
    ///
    /// The same in the same order and the same `seed` are judged alike; which of `judged` are unseen together does not
    /// depend on `learned`.
    pub fn judge_unseen(
        &self,
        judged: &[Example<'_>],
        learned: &[Example<'_>],
        seed: u64,
    ) -> Result<Vec<IntentScore>, TrainError> {
        let Numbered { names, examples, .. } = Numbered::of(&[judged, learned].concat())?;
        let mut by_class = vec![Vec::new(); names.len()];
        for (at, &class) in examples.classes[..judged.len()].iter().enumerate() {
            by_class[class].push(at);
        }
        let folds = assign(&by_class, FOLDS, &mut Shuffler::new(seed));
        let unseen: Vec<_> =
            (0..FOLDS).into_par_iter().flat_map_iter(|fold| unseen(&examples, &folds, fold, self.shares())).collect();

        let logits: Vec<(Vec<f32>, usize)> =
            unseen.iter().map(|(at, logits)| (logits.clone(), examples.classes[*at])).collect();
        let temperature = temperature(&logits);
        let mut scores: Vec<_> =
            unseen.into_iter().map(|(at, logits)| (at, likeliest(&names, logits, temperature))).collect();
        scores.sort_by_key(|(at, _)| *at);
        Ok(scores.into_iter().map(|(_, score)| score).collect())
    }
}

/// The numbers and logits of the examples in one fold, by a model that has not seen them.
fn unseen(examples: &Examples, folds: &[usize], fold: usize, shares: Shares) -> Vec<(usize, Vec<f32>)> {
    let (held, seen): (Vec<usize>, Vec<usize>) =
        (0..examples.classes.len()).partition(|&at| folds.get(at).is_some_and(|own| *own == fold));
    if held.is_empty() || seen.is_empty() {
        return held.into_iter().map(|at| (at, vec![0.0; examples.n_classes])).collect();
    }
    let model = Model::train(&examples.select(&seen, examples.n_classes, |class| class), shares);
    let logits = model.logits(&examples.select(&held, examples.n_classes, |class| class).features);
    held.into_iter().zip(logits.chunks_exact(examples.n_classes).map(<[f32]>::to_vec)).collect()
}

fn likeliest(names: &[Arc<str>], mut logits: Vec<f32>, temperature: f32) -> IntentScore {
    for logit in &mut logits {
        *logit /= temperature;
    }
    softmax(&mut logits);
    let best = (0..logits.len()).max_by(|&a, &b| logits[a].total_cmp(&logits[b])).unwrap_or_default();
    IntentScore { name: Arc::clone(&names[best]), confidence: logits[best] }
}
