//! How fast and how large a knowledge base is that holds many passages: built, searched and edited in this process, with
//! embeddings that cost next to nothing, so that the encoder is not measured.

mod corpus;
mod embed;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::ensure;
use clap::Args;
use knowledge_base::answer::JUDGED_HITS;
use knowledge_base::{Audience, KnowledgeBase, Query};
use models::{Embed, Embedding, Role};
use serde_json::json;

use self::corpus::Corpus;
use self::embed::WordsEmbed;
use crate::memory::resident_mb;
use crate::metrics::search::DAY;
use crate::stats::quantile;

#[derive(Args)]
pub(crate) struct Options {
    /// How many passages the articles have together
    #[arg(long, default_value_t = 100_000)]
    passages: usize,
    /// How many questions are asked
    #[arg(long, default_value_t = 2_000)]
    questions: usize,
    /// How many articles are edited
    #[arg(long, default_value_t = 40)]
    edits: usize,
    /// Write the figures as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let corpus = Corpus::new(options.passages);
    let embed = WordsEmbed::default();
    let before_mb = resident_mb("self")?;
    let articles = corpus.articles();
    let n_articles = articles.len();
    let started = Instant::now();
    let knowledge = KnowledgeBase::build(articles, &embed)?;
    let build = started.elapsed().saturating_sub(embed.spent());
    let memory_mb = resident_mb("self")? - before_mb;
    let (passages, embeddings) = (knowledge.snapshot().views().count(), knowledge.snapshot().size());
    println!("{n_articles} articles, {passages} passages, {embeddings} embeddings searched");
    println!("built in {:.1} s without encoding; {memory_mb:.0} MB", build.as_secs_f64());

    let (searches, found) = search(&knowledge, &corpus, &embed, options.questions)?;
    let (p50, p99) = (quantile(searches.clone(), 0.5), quantile(searches, 0.99));
    println!(
        "searched in {p50:.2} ms (p50), {p99:.2} ms (p99); the article asked about came first for {:.1} %",
        found * 100.0
    );

    let edits = edit(&knowledge, &corpus, &embed, options.edits)?;
    let (edit_p50, edit_worst) = (quantile(edits.clone(), 0.5), quantile(edits, 1.0));
    println!("an edit was found after {edit_p50:.0} ms (p50), {edit_worst:.0} ms (worst)");
    if let Some(file) = &options.json {
        let figures = json!({
            "passages": passages, "embeddings": embeddings, "build_s": build.as_secs_f64(), "memory_mb": memory_mb,
            "search_p50_ms": p50, "search_p99_ms": p99, "first_hit": found,
            "edit_p50_ms": edit_p50, "edit_worst_ms": edit_worst,
        });
        std::fs::write(file, format!("{figures}\n"))?;
    }
    Ok(())
}

/// The milliseconds of each search, and for what share of questions the article they are about came first.
fn search(
    knowledge: &KnowledgeBase,
    corpus: &Corpus,
    embed: &WordsEmbed,
    count: usize,
) -> anyhow::Result<(Vec<f64>, f64)> {
    let mut times = Vec::with_capacity(count);
    let mut n_first = 0;
    for nth in 0..count {
        let (text, about) = corpus.question(nth);
        let embedding = encoded(embed, &text)?;
        let started = Instant::now();
        let hits = knowledge.search(&query(&text, &embedding), JUDGED_HITS);
        times.push(milliseconds(started.elapsed()));
        n_first += usize::from(hits.first().is_some_and(|hit| hit.article == about));
    }
    Ok((times, n_first as f64 / count.max(1) as f64))
}

/// The milliseconds from the call that edits an article until a search finds what is new in it.
fn edit(knowledge: &KnowledgeBase, corpus: &Corpus, embed: &WordsEmbed, count: usize) -> anyhow::Result<Vec<f64>> {
    let mut times = Vec::with_capacity(count);
    for nth in 0..count {
        let (article, text) = corpus.edited(nth);
        let id = article.id.clone();
        let embedding = encoded(embed, &text)?;
        let spent = embed.spent();
        let started = Instant::now();
        knowledge.upsert(article, embed)?;
        let hits = knowledge.search(&query(&text, &embedding), 1);
        times.push(milliseconds(started.elapsed().saturating_sub(embed.spent().saturating_sub(spent))));
        ensure!(hits.first().is_some_and(|hit| hit.article == id), "the edited article {id} was not found");
    }
    Ok(times)
}

fn query<'a>(text: &'a str, embedding: &'a Embedding) -> Query<'a> {
    Query { text, embedding, locale: None, audience: Audience::Public, on: DAY }
}

fn encoded(embed: &WordsEmbed, text: &str) -> anyhow::Result<Embedding> {
    let mut found = embed.embed(&[text.to_owned()], Role::Query)?;
    found.pop().ok_or_else(|| anyhow::anyhow!("no embedding came back"))
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
