//! How much the parts of a text should count: its wording beside its meaning, its words beside what the encoder reads.
//! Little where everybody speaks plainly, much where products and jargon decide. Chosen on the training examples alone, by
//! how likely unseen ones are made.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::calibrate::{cross_entropy, temperature};
use super::folds::{Shuffler, assign};
use super::intent::{Examples, Model};

/// How much parts of a text count beside its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Shares {
    /// A factor of the components of the wording.
    pub(super) wording: f32,
    /// A factor of the values of words; its square is their share.
    pub(super) words: f32,
}

/// Where the examples cannot tell.
const USUAL: Shares = Shares { wording: 0.707, words: 0.63 };
const WORDINGS: [f32; 3] = [0.0, 0.707, 1.0];
const WORDS: [f32; 3] = [0.39, 0.63, 0.95];
const FOLDS: usize = 3;
/// Examples of an intent that take part.
const MOST_PER_CLASS: usize = 10;
/// Intents that take part. More choose no better, and the time grows with their square.
const MOST_CLASSES: usize = 200;
/// With fewer examples there is too little to choose by.
const LEAST_EXAMPLES: usize = 40;

impl Shares {
    /// The best for `examples`: of the wording first, then of words.
    pub(super) fn choose(examples: &Examples, seed: u64) -> Self {
        let mut shuffler = Shuffler::new(seed);
        let Some(part) = part(examples, &mut shuffler) else { return USUAL };
        let folds = assign(&part.messages(), FOLDS, &mut shuffler);
        let best = |choices: [Self; 3]| {
            let losses = choices.into_par_iter().map(|shares| (shares, loss(&part, &folds, shares)));
            losses.min_by(|a, b| a.1.total_cmp(&b.1)).map_or(USUAL, |(shares, _)| shares)
        };
        let shares = best(WORDINGS.map(|wording| Self { wording, ..USUAL }));
        best(WORDS.map(|words| Self { words, ..shares }))
    }
}

/// The examples to choose by, messages first; none where they are too few.
fn part(examples: &Examples, shuffler: &mut Shuffler) -> Option<Examples> {
    let mut messages = examples.messages();
    for members in &mut messages {
        shuffler.shuffle(members);
        members.truncate(MOST_PER_CLASS);
    }
    let mut names = examples.names();
    let mut classes: Vec<usize> = (0..examples.n_classes).collect();
    if examples.n_classes > MOST_CLASSES {
        shuffler.shuffle(&mut classes);
        classes.truncate(MOST_CLASSES);
        classes.sort_unstable();
        messages = classes.iter().map(|&class| std::mem::take(&mut messages[class])).collect();
        names = classes.iter().map(|&class| std::mem::take(&mut names[class])).collect();
    }
    let (chosen, names): (Vec<usize>, Vec<usize>) = (messages.concat(), names.concat());
    if chosen.len() < LEAST_EXAMPLES {
        return None;
    }
    let renumber = |class| classes.partition_point(|&other| other < class);
    Some(examples.select(&[chosen, names].concat(), classes.len(), renumber))
}

/// How unlikely unseen messages are made.
fn loss(part: &Examples, folds: &[usize], shares: Shares) -> f64 {
    let unseen: Vec<_> = (0..FOLDS).into_par_iter().flat_map_iter(|fold| unseen(part, folds, fold, shares)).collect();
    let cooled = 1.0 / temperature(&unseen);
    unseen.iter().map(|(logits, class)| cross_entropy(logits, *class, cooled)).sum()
}

/// The logits of the messages of one fold by a model that has not seen them, with their classes.
fn unseen(examples: &Examples, folds: &[usize], fold: usize, shares: Shares) -> Vec<(Vec<f32>, usize)> {
    let n_classes = examples.n_classes;
    let (held, seen): (Vec<usize>, Vec<usize>) =
        (0..examples.classes.len()).partition(|&at| folds.get(at).is_some_and(|own| *own == fold));
    let model = Model::train(&examples.select(&seen, n_classes, |class| class), shares);
    let held = examples.select(&held, n_classes, |class| class);
    let logits = model.logits(&held.features);
    logits.chunks_exact(n_classes).map(<[f32]>::to_vec).zip(held.classes).collect()
}
