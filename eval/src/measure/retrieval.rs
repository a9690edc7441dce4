//! Articles found for questions, by words alone, by meaning alone, and by both.

use std::collections::HashMap;

use knowledge_base::fusion::Weights;
use knowledge_base::second_look::look_again_in_bulk;
use knowledge_base::{Article, ArticleId, Audience, Hit, KnowledgeBase, Query, Snapshot, Validity};
use models::{Embed, Embedding, EncodeError, EncoderHandle, Role};
use serde::Deserialize;

use super::failures::{Failure, Found, Kind};
use super::tools::Tools;
use super::{Outcome, answerable};
use crate::metrics::estimate::estimate;
use crate::metrics::mean;
use crate::metrics::search::{DAY, DEPTH, ndcg, recall, reciprocal_rank};
use crate::task::Task;

/// As many hits of a question that went wrong are listed.
const LISTED_HITS: usize = 3;
/// Longer titles are not taken.
const MOST_TITLE_CHARS: usize = 250;

#[derive(Deserialize)]
pub(super) struct Document {
    pub(super) id: String,
    #[serde(default)]
    pub(super) title: String,
    pub(super) text: String,
}

#[derive(Deserialize)]
struct Question {
    id: String,
    text: String,
}

#[derive(Deserialize)]
struct Judgement {
    query_id: String,
    doc_id: String,
    score: f64,
}

/// A question with its embedding and the worth of each document for it.
pub(super) struct Judged {
    pub(super) text: String,
    pub(super) embedding: Embedding,
    pub(super) worth: HashMap<String, f64>,
}

pub(super) fn measure(task: &Task, tools: &Tools) -> Outcome {
    let knowledge = knowledge(task, &tools.encoder)?;
    let questions = questions(task, &tools.encoder)?;
    let ways = [
        ("lexical", Weights { lexical_share: 1.0, ..Weights::default() }),
        ("semantic", Weights { lexical_share: 0.0, ..Weights::default() }),
        ("hybrid", Weights::default()),
    ];
    let mut found = Vec::new();
    let by_scores = ways.map(|(way, weights)| {
        let worths = questions.iter().map(|question| question.search(&knowledge, weights));
        (way, worths.collect::<Vec<_>>())
    });
    let looked_at = questions.iter().map(|question| question.search_twice(&knowledge, &tools.encoder));
    let looked_at = ("second_look", looked_at.collect::<Result<Vec<_>, _>>()?);
    for (way, worths) in by_scores.into_iter().chain([looked_at]) {
        let mut add = |metric: &str, of: &dyn Fn(&[f64], &[f64]) -> f64| {
            let values: Vec<f64> = worths.iter().map(|(found, relevant)| of(found, relevant)).collect();
            found.push((format!("{way}.{metric}"), estimate(values.len(), tools.seed, |counts| mean(&values, counts))));
        };
        add("ndcg10", &|found, relevant| ndcg(found, relevant));
        add("recall10", &|found, relevant| recall(found, relevant));
        add("mrr", &|found, _| reciprocal_rank(found));
        add("hit1", &|found, _| f64::from(u8::from(found.first().is_some_and(|worth| *worth > 0.0))));
    }
    for question in &questions {
        let hits = answerable::search(&question.query(), &knowledge, &tools.encoder)?;
        if !hits.first().is_some_and(|hit| question.is_answered_by(&hit.article)) {
            tools.failures.add(question.failure(task, Kind::OtherArticleFirst, &hits));
        }
    }
    found.extend(answerable::measure(task, &questions, &knowledge, tools)?);
    Ok(found)
}

/// The documents as a knowledge base.
fn knowledge(task: &Task, embed: &dyn Embed) -> anyhow::Result<std::sync::Arc<Snapshot>> {
    let articles = task.rows::<Document>("corpus.jsonl")?.into_iter().filter_map(Document::article).collect();
    Ok(KnowledgeBase::build(articles, embed)?.snapshot())
}

/// The nDCG of each question, by meaning alone and by both.
pub(crate) fn gains(task: &Task, encoder: &EncoderHandle) -> anyhow::Result<Vec<(&'static str, Vec<f64>)>> {
    let (knowledge, questions) = (knowledge(task, encoder)?, questions(task, encoder)?);
    let of = |weights: Weights| -> Vec<f64> {
        let found = questions.iter().map(|question| question.search(&knowledge, weights));
        found.map(|(found, relevant)| ndcg(&found, &relevant)).collect()
    };
    let semantic = Weights { lexical_share: 0.0, ..Weights::default() };
    Ok(vec![("semantic.ndcg10", of(semantic)), ("hybrid.ndcg10", of(Weights::default()))])
}

fn questions(task: &Task, encoder: &EncoderHandle) -> anyhow::Result<Vec<Judged>> {
    let mut judged: HashMap<String, HashMap<String, f64>> = HashMap::new();
    for Judgement { query_id, doc_id, score } in task.rows("qrels.jsonl")? {
        judged.entry(query_id).or_default().insert(doc_id, score);
    }
    let mut questions: Vec<Question> = task.rows("queries.jsonl")?;
    questions.retain(|question| judged.contains_key(&question.id));
    let texts: Vec<String> = questions.iter().map(|question| question.text.clone()).collect();
    let embeddings = encoder.embed(&texts, Role::Query)?;
    let judged = questions.into_iter().zip(embeddings).map(|(question, embedding)| Judged {
        worth: judged.remove(&question.id).unwrap_or_default(),
        text: question.text,
        embedding,
    });
    Ok(judged.collect())
}

impl Judged {
    /// The worth of each hit, best first, and of everything worth finding.
    pub(super) fn search(&self, knowledge: &Snapshot, weights: Weights) -> (Vec<f64>, Vec<f64>) {
        self.worths(&knowledge.search_weighted(&self.query(), DEPTH, weights))
    }

    /// The same of the hits that production shows, which are looked at again where it is worth it.
    pub(super) fn search_twice(
        &self,
        knowledge: &Snapshot,
        encoder: &EncoderHandle,
    ) -> Result<(Vec<f64>, Vec<f64>), EncodeError> {
        let hits = knowledge.search(&self.query(), DEPTH);
        Ok(self.worths(&look_again_in_bulk(encoder, &self.query(), hits)?))
    }

    fn worths(&self, hits: &[Hit]) -> (Vec<f64>, Vec<f64>) {
        (hits.iter().map(|hit| self.worth(&hit.article)).collect(), self.worth.values().copied().collect())
    }

    /// Whether an article is worth anything.
    pub(super) fn is_answered_by(&self, article: &ArticleId) -> bool {
        self.worth(article) > 0.0
    }

    /// What went wrong with the question.
    pub(super) fn failure(&self, task: &Task, kind: Kind, hits: &[Hit]) -> Failure {
        let worth = self.worth.iter().filter(|(_, worth)| **worth > 0.0);
        Failure {
            task: task.card.name.clone(),
            question: self.text.clone(),
            kind,
            wanted: worth.map(|(id, _)| id.clone()).collect(),
            found: hits.iter().take(LISTED_HITS).map(Found::from).collect(),
        }
    }

    pub(super) fn query(&self) -> Query<'_> {
        Query { text: &self.text, embedding: &self.embedding, locale: None, audience: Audience::Public, on: DAY }
    }

    fn worth(&self, article: &ArticleId) -> f64 {
        self.worth.get(article.as_str()).copied().unwrap_or_default()
    }
}

impl Document {
    pub(super) fn article(self) -> Option<Article> {
        Some(Article {
            id: ArticleId::new(&self.id).ok()?,
            title: self.title.chars().take(MOST_TITLE_CHARS).collect(),
            locale: "en".into(),
            tags: Vec::new(),
            audience: Audience::Public,
            questions: Vec::new(),
            source: None,
            validity: Validity::default(),
            body: self.text,
            version: 1,
        })
        .filter(|article| article.flaws().is_empty())
    }
}
