//! One label a text, learned from the task's own examples by the classifier that learns intents.

use anyhow::bail;
use serde::Deserialize;

use super::Outcome;
use super::learn::{Learned, classify, learn};
use super::tools::Tools;
use crate::metrics::estimate::estimate;
use crate::metrics::labels::macro_f1;
use crate::metrics::mean;
use crate::task::Task;

#[derive(Deserialize)]
struct Row {
    text: String,
    label: String,
}

pub(super) fn measure(task: &Task, tools: &Tools) -> Outcome {
    let (train, heldout): (Vec<Row>, Vec<Row>) = (task.rows_if_any("train.jsonl")?, task.rows("heldout.jsonl")?);
    if train.is_empty() {
        bail!("it has no train.jsonl to learn its labels from");
    }
    let examples: Vec<(&str, &str)> = train.iter().map(|row| (row.label.as_str(), row.text.as_str())).collect();
    let Learned { classifier, .. } = learn(&examples, &tools.encoder, tools.seed)?;
    let names = classifier.intents();
    let number = |name: &str| names.iter().position(|known| &**known == name).unwrap_or(names.len());
    let truth: Vec<usize> = heldout.iter().map(|row| number(&row.label)).collect();
    let texts: Vec<&str> = heldout.iter().map(|row| row.text.as_str()).collect();
    let scored = classify(&classifier, &texts, &tools.encoder)?;
    let guess: Vec<usize> = scored.iter().map(|scores| number(&scores.ranked[0].name)).collect();
    let is_right: Vec<f64> =
        truth.iter().zip(&guess).map(|(truth, guess)| f64::from(u8::from(truth == guess))).collect();
    Ok(vec![
        (
            "macro_f1".to_owned(),
            estimate(truth.len(), tools.seed, |counts| macro_f1(&truth, &guess, names.len() + 1, counts)),
        ),
        ("accuracy".to_owned(), estimate(truth.len(), tools.seed, |counts| mean(&is_right, counts))),
    ])
}
