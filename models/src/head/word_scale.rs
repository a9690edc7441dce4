//! How much words should count beside what the encoder reads: little where everybody speaks plainly, much where products
//! and jargon decide. Chosen on the training examples alone, by how likely unseen ones are made.

use rayon::prelude::*;

use super::calibrate::{cross_entropy, temperature};
use super::folds::{Shuffler, assign};
use super::intent::{Examples, Model};

/// The choices; the square of each is the share of words against that of the meaning.
const CHOICES: [f32; 3] = [0.39, 0.63, 0.95];
/// The choice where the examples cannot tell.
const USUAL: f32 = 0.63;
const FOLDS: usize = 3;
/// Examples of an intent that take part.
const MOST_PER_CLASS: usize = 10;
/// Intents that take part. More choose no better, and the time grows with their square.
const MOST_CLASSES: usize = 200;
/// With fewer examples there is too little to choose by.
const LEAST_EXAMPLES: usize = 40;

/// The best choice for `examples`.
pub(super) fn choose(examples: &Examples, seed: u64) -> f32 {
    let mut shuffler = Shuffler::new(seed);
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
        return USUAL;
    }
    // Numbers of messages first, then of names.
    let part = examples
        .select(&[chosen, names].concat(), classes.len(), |class| classes.partition_point(|&other| other < class));
    let folds = assign(&part.messages(), FOLDS, &mut shuffler);
    let losses = CHOICES.map(|scale| {
        let unseen: Vec<_> =
            (0..FOLDS).into_par_iter().flat_map_iter(|fold| unseen(&part, &folds, fold, scale)).collect();
        let cooled = 1.0 / temperature(&unseen);
        (scale, unseen.iter().map(|(logits, class)| cross_entropy(logits, *class, cooled)).sum::<f64>())
    });
    losses.into_iter().min_by(|a, b| a.1.total_cmp(&b.1)).map_or(USUAL, |(scale, _)| scale)
}

/// The logits of the messages of one fold by a model that has not seen them, with their classes.
fn unseen(examples: &Examples, folds: &[usize], fold: usize, scale: f32) -> Vec<(Vec<f32>, usize)> {
    let n_classes = examples.n_classes;
    let (held, seen): (Vec<usize>, Vec<usize>) =
        (0..examples.classes.len()).partition(|&at| folds.get(at).is_some_and(|own| *own == fold));
    let model = Model::train(&examples.select(&seen, n_classes, |class| class), scale);
    let held = examples.select(&held, n_classes, |class| class);
    let logits = model.logits(&held.features);
    logits.chunks_exact(n_classes).map(<[f32]>::to_vec).zip(held.classes).collect()
}
