//! How long a corpus takes to index and to search. Its titles serve as questions.

use std::time::Instant;

use knowledge_base::{Article, Audience, KnowledgeBase, Query};

use super::Outcome;
use super::retrieval::Document;
use super::tools::Tools;
use crate::metrics::estimate::single;
use crate::metrics::search::{DAY, DEPTH};
use crate::stats::quantile;
use crate::task::Task;

pub(super) fn measure(task: &Task, tools: &Tools) -> Outcome {
    let articles: Vec<Article> =
        task.rows::<Document>("corpus.jsonl")?.into_iter().filter_map(Document::article).collect();
    let titles: Vec<String> = articles.iter().map(|article| article.title.clone()).collect();
    let n_articles = articles.len();
    let started = Instant::now();
    let knowledge = KnowledgeBase::build(articles, &tools.encoder)?.snapshot();
    let index_seconds = started.elapsed().as_secs_f64();
    let embeddings = tools.embed(titles.iter())?;
    let times: Vec<f64> = titles
        .iter()
        .zip(&embeddings)
        .map(|(text, embedding)| {
            let started = Instant::now();
            knowledge.search(&Query { text, embedding, locale: None, audience: Audience::Public, on: DAY }, DEPTH);
            started.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    Ok(vec![
        ("index_seconds".to_owned(), single(index_seconds, n_articles)),
        ("search_p50_ms".to_owned(), single(quantile(times.clone(), 0.5), times.len())),
        ("search_p99_ms".to_owned(), single(quantile(times.clone(), 0.99), times.len())),
    ])
}
