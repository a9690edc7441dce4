//! The summary of a brief against those that people wrote of the same dialogue.

use std::collections::HashSet;

use jiff::Timestamp;
use serde::Deserialize;
use service::assistant::Found;
use service::domain::channel::Channel;
use service::domain::message::Author;
use service::domain::text::Utterance;
use service::triage::{Line, turn};

use super::Outcome;
use super::tools::Tools;
use crate::metrics::estimate::estimate;
use crate::metrics::mean;
use crate::metrics::overlap::{rouge_l, rouge_n, words};
use crate::task::Task;

/// Shorter words are no facts.
const LEAST_CHARS: usize = 4;
/// A word of the dialogue that so many people took up is a fact of it.
const LEAST_SUMMARIES: usize = 2;

#[derive(Deserialize)]
struct Row {
    turns: Vec<Said>,
    summaries: Vec<String>,
}

#[derive(Deserialize)]
struct Said {
    role: String,
    text: String,
}

/// What one summary is worth.
struct Worth {
    rouge: [f64; 3],
    /// None where people agree on no fact.
    fact_recall: Option<f64>,
    invented: f64,
    words: f64,
}

pub(super) fn measure(task: &Task, tools: &Tools) -> Outcome {
    let mut all = Vec::new();
    for row in task.rows::<Row>("heldout.jsonl")? {
        let lines: Vec<Line> = row.turns.iter().filter_map(Said::line).collect();
        let turn = turn(lines, None, Timestamp::UNIX_EPOCH);
        let (understanding, _) = tools.understand_turn(&turn)?;
        let brief = tools.assistant()?.brief(&turn, &understanding, &Found::nothing(), Timestamp::UNIX_EPOCH);
        all.push(row.judge(&brief.summary.text));
    }
    let over = |values: Vec<f64>| estimate(values.len(), tools.seed, |counts| mean(&values, counts));
    let of = |value: &dyn Fn(&Worth) -> f64| over(all.iter().map(value).collect());
    Ok(vec![
        ("rouge1".to_owned(), of(&|worth| worth.rouge[0])),
        ("rouge2".to_owned(), of(&|worth| worth.rouge[1])),
        ("rougeL".to_owned(), of(&|worth| worth.rouge[2])),
        ("fact_recall".to_owned(), over(all.iter().filter_map(|worth| worth.fact_recall).collect())),
        ("invented_facts".to_owned(), of(&|worth| worth.invented)),
        ("words".to_owned(), of(&|worth| worth.words)),
    ])
}

impl Said {
    fn line(&self) -> Option<Line> {
        let author = if self.role == "customer" { Author::Contact } else { Author::Assistant };
        Some(Line { author, text: Utterance::parse(&self.text).ok()?, channel: Channel::Web, sent_at: None })
    }
}

impl Row {
    fn judge(&self, summary: &str) -> Worth {
        let ours = words(summary);
        let references: Vec<Vec<String>> = self.summaries.iter().map(|text| words(text)).collect();
        let best =
            |score: &dyn Fn(&[String]) -> f64| references.iter().map(|reference| score(reference)).fold(0.0, f64::max);
        let said: HashSet<String> = self.turns.iter().flat_map(|turn| words(&turn.text)).collect();
        let taken_up = |word: &String| references.iter().filter(|reference| reference.contains(word)).count();
        let facts: Vec<&String> = said
            .iter()
            .filter(|word| word.chars().count() >= LEAST_CHARS && taken_up(word) >= LEAST_SUMMARIES)
            .collect();
        let kept = facts.iter().filter(|word| ours.contains(word)).count();
        let is_number = |word: &&String| word.chars().any(|c| c.is_ascii_digit());
        Worth {
            rouge: [
                best(&|reference| rouge_n(&ours, reference, 1)),
                best(&|reference| rouge_n(&ours, reference, 2)),
                best(&|reference| rouge_l(&ours, reference)),
            ],
            fact_recall: (!facts.is_empty()).then(|| kept as f64 / facts.len() as f64),
            invented: ours.iter().filter(is_number).filter(|word| !said.contains(*word)).count() as f64,
            words: ours.len() as f64,
        }
    }
}
