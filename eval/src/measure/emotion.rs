//! The shipped emotion head against people's labels: the 28 of `GoEmotions`, and Ekman's groups.

use anyhow::Context;
use models::Embed;
use models::head::emotion::{Emotion, EmotionHead, LABELS};
use serde::Deserialize;

use super::Outcome;
use super::tools::Tools;
use crate::metrics::estimate::estimate;
use crate::metrics::labels::MultiLabel;
use crate::task::Task;

#[derive(Deserialize)]
struct Row {
    text: String,
    labels: Vec<String>,
    ekman: Vec<String>,
}

pub(super) fn measure(task: &Task, tools: &Tools) -> Outcome {
    let rows: Vec<Row> = task.rows("heldout.jsonl")?;
    let head = EmotionHead::shipped()?;
    let readings = tools.encoder.read(&rows.iter().map(|row| row.text.clone()).collect::<Vec<_>>())?;
    let tones = readings.iter().map(|reading| reading.tone.as_ref().context("the encoder hears no tone"));
    let scores: Vec<_> = tones.map(|tone| Ok(head.scores(tone?))).collect::<anyhow::Result<_>>()?;
    let present = |scores: &[f32], thresholds: &[f32]| -> Vec<usize> {
        (0..scores.len()).filter(|&at| scores[at] >= thresholds[at]).collect()
    };
    let number = |names: &[&str], of: &[String]| -> Vec<usize> {
        of.iter().filter_map(|name| names.iter().position(|known| known == name)).collect()
    };
    let names = LABELS.map(|(name, _, _)| name);
    let labels = MultiLabel {
        n_labels: names.len(),
        truth: rows.iter().map(|row| number(&names, &row.labels)).collect(),
        guess: scores.iter().map(|scores| present(&scores.labels, head.label_thresholds())).collect(),
    };
    let groups = Emotion::ALL.map(Emotion::name);
    let ekman = MultiLabel {
        n_labels: groups.len(),
        truth: rows.iter().map(|row| number(&groups, &row.ekman)).collect(),
        guess: scores.iter().map(|scores| present(&scores.groups, head.group_thresholds())).collect(),
    };
    Ok(vec![
        ("ekman_macro_f1".to_owned(), estimate(rows.len(), tools.seed, |counts| ekman.macro_f1(counts))),
        ("labels_macro_f1".to_owned(), estimate(rows.len(), tools.seed, |counts| labels.macro_f1(counts))),
    ])
}
