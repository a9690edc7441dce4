//! What a reranker is of use for on centres that it has not learned from.

use std::cmp::Ordering;
use std::fmt;

use knowledge_base::second_look::{LOOKED_AT, PER_FUSED};
use models::Reranker;
use models::reranker::SeenTokens;

use crate::asked::{Asked, Candidate, Question};

/// What came of all questions.
#[derive(Default)]
pub(crate) struct Told {
    n_right: usize,
    n_answerable: usize,
    /// Logits of the answers given with the article that answers, without it, and of near misses.
    with: Vec<f32>,
    without: Vec<f32>,
    near: Vec<f32>,
}

/// Asks the centres; the reranker's word counts `share`.
pub(crate) fn ask(centres: &[&Asked], reranker: &Reranker, share: f32) -> Told {
    let mut told = Told::default();
    for asked in centres {
        let seen: Vec<SeenTokens> = asked.texts.iter().map(|vectors| reranker.see(vectors)).collect();
        for question in &asked.questions {
            let look = |candidate: &Candidate| share * reranker.compare(&seen[question.text], &seen[candidate.text]);
            told.note(question, &look);
        }
    }
    told
}

impl Told {
    fn note(&mut self, question: &Question, look: &dyn Fn(&Candidate) -> f32) {
        let all: Vec<usize> = (0..question.candidates.len()).collect();
        let wrong: Vec<usize> = all.iter().copied().filter(|at| Some(*at) != question.right).collect();
        let first = |places: &[usize]| {
            let looked_at = places.iter().take(LOOKED_AT).map(|at| {
                let candidate = &question.candidates[*at];
                (*at, candidate, look(candidate))
            });
            looked_at.max_by(|a, b| (PER_FUSED * a.1.fused + a.2).total_cmp(&(PER_FUSED * b.1.fused + b.2)))
        };
        let Some((best, candidate, looked)) = first(&all) else { return };
        if question.right.is_none() {
            self.near.push(candidate.logit + looked);
            return;
        }
        self.n_answerable += 1;
        self.n_right += usize::from(Some(best) == question.right);
        self.with.push(candidate.logit + looked);
        self.without.extend(first(&wrong).map(|(_, candidate, looked)| candidate.logit_without + looked));
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let above = |logits: &[f32], least: f32| {
            logits.iter().filter(|logit| **logit >= least).count() as f32 / logits.len().max(1) as f32
        };
        let hit1 = self.n_right as f32 / self.n_answerable.max(1) as f32;
        let (without, near) = (auroc(&self.with, &self.without), auroc(&self.with, &self.near));
        write!(f, "hit@1 {hit1:.3}, AUROC without the article {without:.3}, of near misses {near:.3};")?;
        for probability in [0.4_f32, 0.55, 0.7] {
            let least = (probability / (1.0 - probability)).ln();
            let [with, without, near] = [&self.with, &self.without, &self.near].map(|logits| above(logits, least));
            write!(f, " at {probability:.2} answered {with:.3}, {without:.3} without, {near:.3} near;")?;
        }
        Ok(())
    }
}

/// How probable it is that one of `higher` is above one of `lower`.
fn auroc(higher: &[f32], lower: &[f32]) -> f32 {
    let worth = |a: f32, b: f32| match a.total_cmp(&b) {
        Ordering::Greater => 1.0,
        Ordering::Equal => 0.5,
        Ordering::Less => 0.0,
    };
    let wins: f64 = higher.iter().flat_map(|a| lower.iter().map(move |b| worth(*a, *b))).sum();
    (wins / (higher.len() * lower.len()).max(1) as f64) as f32
}
