//! Intents learned from examples: how often they are told, how well what is none of them is noticed.

use models::EncoderHandle;
use models::head::intent::{IntentClassifier, IntentScores};
use serde::Deserialize;
use service::assistant::entities::{EntityReader, Expected, OrderShape, Written};
use service::assistant::policy::Thresholds;
use service::domain::understanding::EntityKind;

use super::Outcome;
use super::learn::{Learned, classify, learn};
use super::tools::Tools;
use crate::metrics::calibration::calibration_error;
use crate::metrics::estimate::{Estimate, estimate, single};
use crate::metrics::labels::macro_f1;
use crate::metrics::mean;
use crate::metrics::ranking::Ranking;
use crate::task::Task;

/// In-scope accuracy at which rejection is compared.
const IN_SCOPE: f64 = 0.93;
/// The tags of texts that are mistyped, rude, colloquial, or bare keywords.
const HARD_TAGS: [char; 4] = ['Z', 'W', 'Q', 'K'];
/// What entity of a row counts as an order number.
const ORDER: &str = "order_id";

#[derive(Deserialize)]
struct Row {
    text: String,
    intent: String,
    #[serde(default)]
    tags: String,
    #[serde(default)]
    entity: Option<Span>,
}

#[derive(Deserialize)]
struct Span {
    #[serde(rename = "type")]
    kind: String,
    value: String,
    start: usize,
    end: usize,
}

#[derive(Deserialize)]
struct Stranger {
    text: String,
}

pub(super) fn measure(task: &Task, tools: &Tools) -> Outcome {
    let (train, heldout): (Vec<Row>, Vec<Row>) = (task.rows("train.jsonl")?, task.rows("heldout.jsonl")?);
    let encoder = &tools.encoder;
    let Learned { classifier, seconds } = learn(&examples(&train), encoder, tools.seed)?;
    let scored = classify(&classifier, &texts(&heldout), encoder)?;
    let known = Known::new(&classifier, &heldout, &scored);
    let estimated = |statistic: &dyn Fn(&[f64]) -> f64| estimate(heldout.len(), tools.seed, statistic);
    let mut found = vec![
        ("accuracy".to_owned(), estimated(&|counts| mean(&known.is_right, counts))),
        ("macro_f1".to_owned(), estimated(&|counts| macro_f1(&known.truth, &known.guess, known.n_labels, counts))),
        ("ece".to_owned(), estimated(&|counts| calibration_error(&known.confidence, &known.is_right, counts))),
        ("train_seconds".to_owned(), single(seconds, train.len())),
    ];
    for (file, prefix) in [("oos_heldout.jsonl", "oos"), ("ood_heldout.jsonl", "ood")] {
        let strangers: Vec<Stranger> = task.rows_if_any(file)?;
        if !strangers.is_empty() {
            let scored =
                classify(&classifier, &strangers.iter().map(|row| row.text.as_str()).collect::<Vec<_>>(), encoder)?;
            let outside: Vec<f64> = scored.iter().map(|scores| f64::from(scores.out_of_scope)).collect();
            found.extend(rejection(prefix, &known, &outside, tools.seed));
        }
    }
    if found.iter().any(|(metric, _)| metric.ends_with("_auroc")) {
        let accepted = known.accepted();
        found.push(("in_scope_accuracy".to_owned(), estimated(&|counts| mean(&accepted, counts))));
    }
    found.extend(slices(&known, &heldout, tools.seed));
    found.extend(order_numbers(&train, &heldout, tools.seed)?);
    Ok(found)
}

/// Whether each held-out text is given its intent: one or nought.
pub(crate) fn hits(task: &Task, encoder: &EncoderHandle, seed: u64) -> anyhow::Result<Vec<f64>> {
    let heldout: Vec<Row> = task.rows("heldout.jsonl")?;
    let train: Vec<Row> = task.rows("train.jsonl")?;
    let Learned { classifier, .. } = learn(&examples(&train), encoder, seed)?;
    let scored = classify(&classifier, &texts(&heldout), encoder)?;
    Ok(Known::new(&classifier, &heldout, &scored).is_right)
}

fn examples(rows: &[Row]) -> Vec<(&str, &str)> {
    rows.iter().map(|row| (row.intent.as_str(), row.text.as_str())).collect()
}

fn texts(rows: &[Row]) -> Vec<&str> {
    rows.iter().map(|row| row.text.as_str()).collect()
}

/// What was made of the held-out rows.
struct Known {
    truth: Vec<usize>,
    guess: Vec<usize>,
    n_labels: usize,
    is_right: Vec<f64>,
    confidence: Vec<f64>,
    out_of_scope: Vec<f64>,
}

impl Known {
    fn new(classifier: &IntentClassifier, rows: &[Row], scored: &[IntentScores]) -> Self {
        let names = classifier.intents();
        // An intent without an example is a label of its own, which is never guessed.
        let number = |name: &str| names.iter().position(|known| &**known == name).unwrap_or(names.len());
        let truth: Vec<usize> = rows.iter().map(|row| number(&row.intent)).collect();
        let guess: Vec<usize> = scored.iter().map(|scores| number(&scores.ranked[0].name)).collect();
        Self {
            is_right: truth.iter().zip(&guess).map(|(truth, guess)| f64::from(u8::from(truth == guess))).collect(),
            confidence: scored.iter().map(|scores| f64::from(scores.ranked[0].confidence)).collect(),
            out_of_scope: scored.iter().map(|scores| f64::from(scores.out_of_scope)).collect(),
            n_labels: names.len() + 1,
            truth,
            guess,
        }
    }

    /// Whether each text is told rightly and not rejected at the shipped threshold.
    fn accepted(&self) -> Vec<f64> {
        let scored = self.out_of_scope.iter().zip(&self.is_right);
        scored.map(|(score, right)| if *score < shipped_threshold() { *right } else { 0.0 }).collect()
    }

    /// The score from which on a text is rejected, where as many as possible are and `share` of all in-scope texts are
    /// still told rightly; none where fewer are told rightly without rejecting any.
    fn cut(&self, share: f64) -> Option<f64> {
        let mut kept: Vec<f64> = self
            .out_of_scope
            .iter()
            .zip(&self.is_right)
            .filter(|(_, right)| **right > 0.0)
            .map(|(score, _)| *score)
            .collect();
        kept.sort_by(f64::total_cmp);
        let needed = (share * self.truth.len() as f64).ceil() as usize;
        kept.get(needed.checked_sub(1)?).copied()
    }
}

/// From this score on, production takes a text for none of ours.
fn shipped_threshold() -> f64 {
    f64::from(Thresholds::default().out_of_scope)
}

/// How well texts that have none of the intents are rejected.
fn rejection(prefix: &str, known: &Known, outside: &[f64], seed: u64) -> Vec<(String, Estimate)> {
    let inside = known.out_of_scope.iter().map(|score| (*score, false));
    let scored: Vec<(f64, bool)> = outside.iter().map(|score| (*score, true)).chain(inside).collect();
    let ranking = Ranking::new(&scored);
    let share_above = |cut: f64| {
        let above: Vec<f64> = outside.iter().map(|score| f64::from(u8::from(*score > cut))).collect();
        estimate(above.len(), seed, |counts| mean(&above, counts))
    };
    let mut found = vec![
        (format!("{prefix}_auroc"), estimate(scored.len(), seed, |counts| ranking.auroc(counts))),
        (format!("{prefix}_recall"), share_above(shipped_threshold())),
    ];
    found.extend(known.cut(IN_SCOPE).map(|cut| (format!("{prefix}_recall_at_93"), share_above(cut))));
    found
}

/// Accuracy on texts that are hard to read, where rows say which are.
fn slices(known: &Known, rows: &[Row], seed: u64) -> Vec<(String, Estimate)> {
    let of = |name: String, belongs: &dyn Fn(&Row) -> bool| {
        let right: Vec<f64> =
            rows.iter().zip(&known.is_right).filter(|(row, _)| belongs(row)).map(|(_, right)| *right).collect();
        (!right.is_empty()).then(|| (name, estimate(right.len(), seed, |counts| mean(&right, counts))))
    };
    let single = HARD_TAGS.into_iter().filter_map(|tag| of(format!("accuracy.{tag}"), &|row| row.tags.contains(tag)));
    let any = of("accuracy.ZWQK".to_owned(), &|row| row.tags.contains(HARD_TAGS));
    single.chain(any).collect()
}

/// F1 of the spans read as order numbers, where rows tell them.
fn order_numbers(train: &[Row], heldout: &[Row], seed: u64) -> anyhow::Result<Vec<(String, Estimate)>> {
    let Some(shape) = shape(train) else { return Ok(Vec::new()) };
    let reader = EntityReader::new(shape, None)?;
    let rows: Vec<[f64; 3]> = heldout
        .iter()
        .map(|row| {
            let told: Vec<(usize, usize)> =
                row.entity.iter().filter(|span| span.kind == ORDER).map(|span| (span.start, span.end)).collect();
            let read: Vec<(usize, usize)> = reader
                .read(&row.text, Expected::default(), &Written::sometime())
                .into_iter()
                .filter(|entity| entity.kind == EntityKind::OrderNumber)
                .map(|entity| (in_chars(&row.text, entity.start), in_chars(&row.text, entity.end)))
                .collect();
            let hits = read.iter().filter(|span| told.contains(span)).count();
            [hits as f64, read.len() as f64, told.len() as f64]
        })
        .collect();
    let f1 = |counts: &[f64]| {
        let sum = |at: usize| -> f64 { rows.iter().zip(counts).map(|(row, count)| row[at] * count).sum() };
        2.0 * sum(0) / (sum(1) + sum(2))
    };
    Ok(vec![("order_number_f1".to_owned(), estimate(rows.len(), seed, f1))])
}

/// The shape of order numbers that an operator would set after a look at the examples.
fn shape(train: &[Row]) -> Option<OrderShape> {
    let values = train
        .iter()
        .filter_map(|row| row.entity.as_ref())
        .filter(|span| span.kind == ORDER)
        .map(|span| span.value.len());
    let (shortest, longest) = values.fold((usize::MAX, 0), |(low, high), len| (low.min(len), high.max(len)));
    (longest > 0).then(|| OrderShape { prefix: String::new(), digits: shortest..=longest })
}

fn in_chars(text: &str, byte: usize) -> usize {
    text[..byte].chars().count()
}
