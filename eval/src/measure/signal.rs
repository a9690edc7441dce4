//! A signal of the assistant, as it is shipped, on lines that say whether they show it.

use anyhow::{Context, bail};
use serde::Deserialize;
use service::assistant::policy::Thresholds;
use service::domain::understanding::Understanding;

use super::Outcome;
use super::tools::Tools;
use crate::metrics::estimate::{estimate, single};
use crate::metrics::labels::macro_f1;
use crate::metrics::mean;
use crate::metrics::ranking::Ranking;
use crate::stats::quantile;
use crate::task::Task;

/// The precision at which recall is stated.
const PRECISION: f64 = 0.95;

#[derive(Deserialize)]
struct Row {
    text: String,
    label: String,
}

pub(super) fn measure(task: &Task, tools: &Tools) -> Outcome {
    let signal = task.card.signal.as_deref().context("it names no signal")?;
    let (score, threshold) = reader(signal)?;
    let rows: Vec<Row> = task.rows("heldout.jsonl")?;
    let (mut scored, mut times) = (Vec::with_capacity(rows.len()), Vec::with_capacity(rows.len()));
    for row in &rows {
        let is_shown = match row.label.as_str() {
            "yes" => true,
            "no" => false,
            other => bail!("the label {other:?} is neither yes nor no"),
        };
        let (understanding, seconds) = tools.understand(&row.text)?;
        scored.push((f64::from(score(&understanding)), is_shown));
        times.push(seconds * 1e3);
    }
    let ranking = Ranking::new(&scored);
    let noticed = |(score, _): &(f64, bool)| *score >= f64::from(threshold);
    let share = |rows: Vec<f64>| estimate(rows.len(), tools.seed, |counts| mean(&rows, counts));
    let as_one = |is: bool| f64::from(u8::from(is));
    let recall = share(scored.iter().filter(|row| row.1).map(|row| as_one(noticed(row))).collect());
    let precision = share(scored.iter().filter(|row| noticed(row)).map(|row| as_one(row.1)).collect());
    let truth: Vec<usize> = scored.iter().map(|row| usize::from(row.1)).collect();
    let guess: Vec<usize> = scored.iter().map(|row| usize::from(noticed(row))).collect();
    let over = |statistic: &dyn Fn(&[f64]) -> f64| estimate(scored.len(), tools.seed, statistic);
    Ok(vec![
        ("recall_at_p95".to_owned(), over(&|counts| ranking.recall_at_precision(PRECISION, counts))),
        ("auroc".to_owned(), over(&|counts| ranking.auroc(counts))),
        ("recall".to_owned(), recall),
        ("precision".to_owned(), precision),
        ("macro_f1".to_owned(), over(&|counts| macro_f1(&truth, &guess, 2, counts))),
        ("understand_p50_ms".to_owned(), single(quantile(times.clone(), 0.5), times.len())),
        ("understand_p99_ms".to_owned(), single(quantile(times.clone(), 0.99), times.len())),
    ])
}

/// How a signal is read off an understanding.
type Reader = fn(&Understanding) -> f32;

/// The reader of a signal, and from which score on the policy acts on it.
fn reader(signal: &str) -> anyhow::Result<(Reader, f32)> {
    let thresholds = Thresholds::default();
    Ok(match signal {
        "human_request" => (|it| it.signals.human_requested, thresholds.human_request),
        "urgent" => (|it| it.urgency, thresholds.urgent),
        "safety" => (|it| it.signals.safety, thresholds.safety),
        "legal" => (|it| it.signals.legal, thresholds.legal),
        "frustrated" => (|it| it.frustration, thresholds.frustration),
        "abusive" => (|it| it.signals.abusive, thresholds.abusive),
        other => bail!("the assistant has no signal {other:?}"),
    })
}
