//! Several labels in one message, learned from the task's own examples. The assistant itself does not tell several
//! intents yet, so this measures a head that waits for its use.

use std::sync::Arc;

use models::Embed;
use models::head::{LabelHead, Labelled, Sample};
use serde::Deserialize;

use super::Outcome;
use super::tools::Tools;
use crate::metrics::estimate::estimate;
use crate::metrics::labels::MultiLabel;
use crate::task::Task;

#[derive(Deserialize)]
struct Row {
    text: String,
    intents: Vec<String>,
}

pub(super) fn measure(task: &Task, tools: &Tools) -> Outcome {
    let (train, heldout): (Vec<Row>, Vec<Row>) = (task.rows("train.jsonl")?, task.rows("heldout.jsonl")?);
    let read = |rows: &[Row]| tools.encoder.read(&rows.iter().map(|row| row.text.clone()).collect::<Vec<_>>());
    let readings = read(&train)?;
    let examples = train.iter().zip(&readings).map(|(row, reading)| Labelled {
        sample: Sample::new(&row.text, reading),
        labels: row.intents.iter().map(String::as_str).collect(),
    });
    let head = LabelHead::train(&examples.collect::<Vec<_>>(), tools.seed)?;
    let names: Vec<Arc<str>> = head.names().to_vec();
    let number = |name: &str| names.iter().position(|known| &**known == name).unwrap_or(names.len());
    let labels = MultiLabel {
        n_labels: names.len() + 1,
        truth: heldout.iter().map(|row| row.intents.iter().map(|name| number(name)).collect()).collect(),
        guess: heldout
            .iter()
            .zip(&read(&heldout)?)
            .map(|(row, reading)| {
                let found = head.labels(&Sample::new(&row.text, reading));
                found.iter().map(|(name, _)| number(name)).collect()
            })
            .collect(),
    };
    let over = |statistic: &dyn Fn(&[f64]) -> f64| estimate(heldout.len(), tools.seed, statistic);
    Ok(vec![
        ("micro_f1".to_owned(), over(&|counts| labels.micro_f1(counts))),
        ("macro_f1".to_owned(), over(&|counts| labels.macro_f1(counts))),
    ])
}
