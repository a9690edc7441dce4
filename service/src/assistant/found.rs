//! What the knowledge base holds about a turn, and whether the classifier points at the same article as the search.

use knowledge_base::{Abstained, Answer, ArticleId, Hit, IntentAction, Query, answer};

use crate::domain::turn::Turn;
use crate::domain::understanding::Understanding;

use super::{Assistant, situation};

/// What the knowledge base found for a turn.
#[derive(Clone, Debug)]
pub struct Found {
    /// The articles nearest to it, best first.
    pub hits: Vec<Hit>,
    /// The answer, or that there is none. Whether it is given is the policy's to decide.
    pub answer: Result<Answer, Abstained>,
    /// What speaks for the answer.
    pub support: Support,
    /// What was found for each of several purposes, in their order.
    pub by_purpose: Vec<Found>,
}

/// What speaks for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Support {
    /// The search alone.
    Search,
    /// The intent too: it is sure, or was picked, and its author named the article.
    Intent,
}

impl Found {
    /// Nothing: nobody searched.
    pub fn nothing() -> Self {
        let answer = Err(Abstained { score: 0.0, closest: Vec::new() });
        Self { hits: Vec::new(), answer, support: Support::Search, by_purpose: Vec::new() }
    }
}

impl Assistant {
    /// What `hits`, the result of searching for `query`, hold: the best of the articles `named` by a sure intent, or the
    /// best of all where that answers more surely and needs no intent to speak for it.
    pub(super) fn found_among(&self, named: &[ArticleId], query: &Query<'_>, hits: Vec<Hit>) -> Found {
        let thresholds = &self.settings.thresholds;
        let answerable = thresholds.answer_supported.min(thresholds.answer);
        let answer = |hits: &[Hit]| answer(query, hits, &knowledge_base::Thresholds { answerable });
        let by_search = answer(&hits);
        let (fitting, others): (Vec<Hit>, Vec<Hit>) =
            hits.iter().cloned().partition(|hit| named.contains(&hit.article));
        if !fitting.is_empty() {
            // The articles that fit are no rivals of each other: how sure an answer is depends on its lead over the
            // others.
            let ordered: Vec<Hit> = fitting.into_iter().take(1).chain(others).collect();
            let by_intent = answer(&ordered);
            let stands_alone = score(&by_search) >= thresholds.answer && score(&by_search) > score(&by_intent);
            if !stands_alone {
                return Found { hits, answer: by_intent, support: Support::Intent, by_purpose: Vec::new() };
            }
        }
        Found { hits, answer: by_search, support: Support::Search, by_purpose: Vec::new() }
    }

    /// The articles that answer the intent of a turn, where that is sure and its author named any.
    pub(super) fn named_articles(&self, turn: &Turn, understanding: &Understanding) -> &[ArticleId] {
        let thresholds = &self.settings.thresholds;
        let picked = situation::picked_intent(self, &turn.memory, &turn.text());
        let in_scope = understanding.out_of_scope < thresholds.out_of_scope;
        let top = understanding.intents.first().filter(|top| in_scope && top.confidence >= thresholds.intent);
        let name = picked.or_else(|| top.map(|top| top.name.clone()));
        name.map_or(&[], |name| self.articles_of(&name))
    }

    /// The articles that answer an intent, where its author named any.
    pub(super) fn articles_of(&self, intent: &str) -> &[ArticleId] {
        match self.intent(intent).map(|spec| &spec.action) {
            Some(IntentAction::Answer(articles)) => articles,
            _ => &[],
        }
    }
}

fn score(answer: &Result<Answer, Abstained>) -> f32 {
    answer.as_ref().map_or_else(|abstained| abstained.score, |answer| answer.score)
}
