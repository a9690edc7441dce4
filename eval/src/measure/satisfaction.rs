//! Whether frustration rises where people, asked turn by turn, call the customer dissatisfied. Nothing is learned from
//! the task.

use jiff::Timestamp;
use serde::Deserialize;
use service::domain::channel::Channel;
use service::domain::message::Author;
use service::domain::text::Utterance;
use service::triage::{Line, turn};

use super::Outcome;
use super::tools::Tools;
use crate::metrics::estimate::estimate;
use crate::metrics::ranking::Ranking;
use crate::task::Task;

/// A mean rating under this is dissatisfaction.
const DISSATISFIED: f64 = 3.0;

#[derive(Deserialize)]
struct Row {
    turns: Vec<Said>,
}

#[derive(Deserialize)]
struct Said {
    role: String,
    text: String,
    #[serde(default)]
    sat: Vec<f64>,
}

pub(super) fn measure(task: &Task, tools: &Tools) -> Outcome {
    let mut scored = Vec::new();
    for Row { turns } in task.rows::<Row>("heldout.jsonl")? {
        let mut lines: Vec<Line> = Vec::new();
        let mut moods = Vec::new();
        for said in turns {
            let Ok(text) = Utterance::parse(&said.text) else { continue };
            let is_contact = said.role == "user";
            let author = if is_contact { Author::Contact } else { Author::Assistant };
            lines.push(Line { author, text, channel: Channel::Web, sent_at: None });
            if !is_contact {
                continue;
            }
            let mut turn = turn(lines.clone(), None, Timestamp::UNIX_EPOCH);
            turn.memory.mood.clone_from(&moods);
            let frustration = tools.understand_turn(&turn)?.0.frustration;
            moods.push(frustration);
            if !said.sat.is_empty() {
                let mean = said.sat.iter().sum::<f64>() / said.sat.len() as f64;
                scored.push((f64::from(frustration), mean < DISSATISFIED));
            }
        }
    }
    let ranking = Ranking::new(&scored);
    let over = |statistic: &dyn Fn(&[f64]) -> f64| estimate(scored.len(), tools.seed, statistic);
    Ok(vec![
        ("auroc".to_owned(), over(&|counts| ranking.auroc(counts))),
        ("average_precision".to_owned(), over(&|counts| ranking.average_precision(counts))),
    ])
}
