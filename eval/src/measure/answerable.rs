//! Whether it is known when there is no answer: every question is asked twice, the second time without the articles that
//! answer it.

use knowledge_base::{Hit, Query, Snapshot, Thresholds, answer};

use super::retrieval::Judged;
use crate::metrics::estimate::{Estimate, estimate};
use crate::metrics::mean;
use crate::metrics::ranking::Ranking;

/// How many hits are looked at, so that enough are left when those that answer are gone.
const DEPTH: usize = 50;

pub(super) fn measure(questions: &[Judged], knowledge: &Snapshot, seed: u64) -> Vec<(String, Estimate)> {
    let (mut scored, mut answered, mut unsupported) = (Vec::new(), Vec::new(), Vec::new());
    for question in questions {
        let query = question.query();
        let with = knowledge.search(&query, DEPTH);
        let without: Vec<Hit> = with.iter().filter(|hit| !question.answers(hit)).cloned().collect();
        for (hits, is_there, given) in [(&with, true, &mut answered), (&without, false, &mut unsupported)] {
            let (score, is_given) = outcome(&query, hits);
            scored.push((f64::from(score), is_there));
            given.push(f64::from(u8::from(is_given)));
        }
    }
    let ranking = Ranking::new(&scored);
    let share = |rows: &[f64]| estimate(rows.len(), seed, |counts| mean(rows, counts));
    vec![
        ("answerable.auroc".to_owned(), estimate(scored.len(), seed, |counts| ranking.auroc(counts))),
        ("answerable.answered".to_owned(), share(&answered)),
        ("answerable.unsupported".to_owned(), share(&unsupported)),
    ]
}

/// How surely the hits answer, and whether an answer is given.
fn outcome(query: &Query<'_>, hits: &[Hit]) -> (f32, bool) {
    match answer(query, hits, &Thresholds::default()) {
        Ok(answer) => (answer.score, true),
        Err(abstained) => (abstained.score, false),
    }
}
