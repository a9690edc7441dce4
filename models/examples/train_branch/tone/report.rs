//! Prints how well outputs find what people saw in texts.
#![expect(clippy::print_stdout, reason = "the printed numbers are its purpose")]

use models::head::emotion::{Emotion, LABELS, N_OUTPUTS};

/// Prints F1 of every output, its mean over the labels and over the groups, and how often the sentiment has the right
/// sign.
pub(crate) fn print(probabilities: &[[f32; N_OUTPUTS]], truths: &[[f32; N_OUTPUTS]], thresholds: &[f32]) {
    let f1 = |output: usize| {
        let pairs = probabilities.iter().zip(truths);
        f1(pairs.map(|(p, truth)| (p[output] >= thresholds[output], truth[output] > 0.0)))
    };
    let names = LABELS.iter().map(|(name, ..)| *name).chain(Emotion::ALL.map(Emotion::name));
    for (output, name) in names.enumerate() {
        println!("  {name:16} F1 {:.3}", f1(output));
    }
    println!("  {}", summary(probabilities, truths, thresholds));
    let (positive, negative) = (N_OUTPUTS - 2, N_OUTPUTS - 1);
    let is_pleasant = |outputs: &[f32; N_OUTPUTS]| outputs[positive] > outputs[negative];
    let polar = || {
        probabilities.iter().zip(truths).filter(|(_, truth)| is_pleasant(truth) || truth[negative] > truth[positive])
    };
    let n_right = polar().filter(|(found, truth)| is_pleasant(found) == is_pleasant(truth)).count();
    println!(
        "  sentiment has the right sign on {:.3} of {} polar rows",
        n_right as f32 / polar().count() as f32,
        polar().count()
    );
}

/// The mean F1 of groups and of labels, in words.
pub(crate) fn summary(probabilities: &[[f32; N_OUTPUTS]], truths: &[[f32; N_OUTPUTS]], thresholds: &[f32]) -> String {
    let mean = |outputs: std::ops::Range<usize>| {
        let n_outputs = outputs.len() as f32;
        let scores = outputs.map(|output| {
            let pairs = probabilities.iter().zip(truths);
            f1(pairs.map(|(p, truth)| (p[output] >= thresholds[output], truth[output] > 0.0)))
        });
        scores.sum::<f32>() / n_outputs
    };
    let (labels, groups) = (mean(0..LABELS.len()), mean(LABELS.len()..LABELS.len() + Emotion::ALL.len()));
    format!("macro-F1: 7 groups {groups:.4}, 28 labels {labels:.4}")
}

fn f1(pairs: impl Iterator<Item = (bool, bool)>) -> f32 {
    let (mut hits, mut marks) = (0, 0);
    for (found, truth) in pairs {
        hits += usize::from(found && truth);
        marks += usize::from(found) + usize::from(truth);
    }
    2.0 * hits as f32 / marks.max(1) as f32
}
