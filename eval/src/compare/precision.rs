//! What 8-bit integers cost in quality: the tasks of a folder, done by the encoder in either precision.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use indicatif::ProgressBar;
use knowledge_base::fusion::Weights;
use knowledge_base::{Article, ArticleId, Audience, KnowledgeBase, Query, Snapshot};
use models::batcher::Options as EncoderOptions;
use models::bert::Precision;
use models::head::intent::IntentClassifier;
use models::{Embed, Embedding, EncoderHandle, Role};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::cases::sorted_entries;
use super::{ratio, serve};

/// The order of examples is shuffled from here; any value serves.
const SEED: u64 = 1;
/// Hits that count.
const DEPTH: usize = 10;

#[derive(Args)]
pub(crate) struct Options {
    /// A folder of evaluation tasks
    #[arg(long, env = "FRONTDESK_EVAL_DATA", value_name = "DIR")]
    data: PathBuf,
    /// Only tasks whose name holds this
    #[arg(long, default_value = "")]
    task: String,
}

#[derive(Deserialize)]
struct Task {
    name: String,
    kind: String,
}

#[derive(Deserialize)]
struct Example {
    text: String,
    intent: String,
}

#[derive(Deserialize)]
struct Document {
    id: String,
    #[serde(default)]
    title: String,
    text: String,
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

/// What a task measures, and the score of each of its rows.
type Scores = Vec<(&'static str, Vec<f64>)>;

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let files = serve::encoder_files()?;
    let [float, integer] = [Precision::F32, Precision::Int8]
        .map(|precision| EncoderHandle::start(&files, precision, EncoderOptions::default()));
    let (float, integer) = (float?, integer?);
    println!("{:<34}{:<18}{:>9}{:>9}  int8 better by, in points (95 %)", "task", "metric", "f32", "int8");
    let folders = sorted_entries(&options.data)?;
    let progress = ProgressBar::new(folders.len() as u64);
    for folder in folders {
        progress.inc(1);
        let Ok(task) = fs::read_to_string(folder.join("task.json")) else { continue };
        let task: Task = serde_json::from_str(&task).with_context(|| format!("{}/task.json", folder.display()))?;
        if !task.name.contains(&options.task) {
            continue;
        }
        let measure: fn(&Path, &EncoderHandle) -> anyhow::Result<Scores> = match task.kind.as_str() {
            "intent" => intents,
            "retrieval" => retrieval,
            _ => continue,
        };
        let (in_float, in_integer) = (measure(&folder, &float)?, measure(&folder, &integer)?);
        progress.suspend(|| report(&task.name, &in_float, &in_integer));
    }
    progress.finish_and_clear();
    Ok(())
}

fn report(task: &str, in_float: &Scores, in_integer: &Scores) {
    for ((metric, float), (_, integer)) in in_float.iter().zip(in_integer) {
        let gains: Vec<f64> = integer.iter().zip(float).map(|(integer, float)| (integer - float) * 100.0).collect();
        let (low, high) = ratio::interval_of_mean(&gains);
        let gain = mean(&gains);
        println!(
            "{task:<34}{metric:<18}{:>9.4}{:>9.4}  {gain:+.2} ({low:+.2} to {high:+.2})",
            mean(float),
            mean(integer)
        );
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Whether each held-out text is given its intent.
fn intents(folder: &Path, encoder: &EncoderHandle) -> anyhow::Result<Scores> {
    let (train, heldout) = (rows::<Example>(folder, "train.jsonl")?, rows::<Example>(folder, "heldout.jsonl")?);
    let examples: Vec<(String, Embedding)> =
        train.iter().map(|row| row.intent.clone()).zip(embed(encoder, train.iter().map(|row| &row.text))?).collect();
    let classifier = IntentClassifier::train(&examples, SEED)?;
    let is_right = |(row, embedding): (&Example, Embedding)| {
        let ranked = classifier.classify(&embedding).ranked;
        f64::from(ranked.first().is_some_and(|best| *best.name == *row.intent))
    };
    let embeddings = embed(encoder, heldout.iter().map(|row| &row.text))?;
    Ok(vec![("accuracy", heldout.iter().zip(embeddings).map(is_right).collect())])
}

/// The nDCG of each question.
fn retrieval(folder: &Path, encoder: &EncoderHandle) -> anyhow::Result<Scores> {
    let articles = rows::<Document>(folder, "corpus.jsonl")?.into_iter().filter_map(article).collect();
    let knowledge = KnowledgeBase::build(articles, encoder)?.snapshot();
    let mut judged: HashMap<String, HashMap<String, f64>> = HashMap::new();
    for Judgement { query_id, doc_id, score } in rows(folder, "qrels.jsonl")? {
        judged.entry(query_id).or_default().insert(doc_id, score);
    }
    let mut questions = rows::<Question>(folder, "queries.jsonl")?;
    questions.retain(|question| judged.contains_key(&question.id));
    let embeddings = embed(encoder, questions.iter().map(|question| &question.text))?;
    let ndcg = |weights: Weights| -> Vec<f64> {
        let of = |(question, embedding): (&Question, &Embedding)| {
            gain(&knowledge, &question.text, embedding, &judged[&question.id], weights)
        };
        questions.iter().zip(&embeddings).map(of).collect()
    };
    let semantic = Weights { lexical_share: 0.0, ..Weights::default() };
    Ok(vec![("semantic.ndcg10", ndcg(semantic)), ("hybrid.ndcg10", ndcg(Weights::default()))])
}

/// The normalised discounted cumulative gain of one question (Järvelin and Kekäläinen 2002).
fn gain(
    knowledge: &Snapshot,
    text: &str,
    embedding: &Embedding,
    relevant: &HashMap<String, f64>,
    weights: Weights,
) -> f64 {
    let query = Query { text, embedding, locale: None, audience: Audience::Public };
    let hits = knowledge.search_weighted(&query, DEPTH, weights);
    let found = hits.iter().map(|hit| relevant.get(hit.article.as_str()).copied().unwrap_or_default()).collect();
    let mut ideal: Vec<f64> = relevant.values().copied().collect();
    ideal.sort_by(|a, b| b.total_cmp(a));
    let discounted = |scores: Vec<f64>| -> f64 {
        scores.iter().take(DEPTH).enumerate().map(|(rank, score)| score / (rank as f64 + 2.0).log2()).sum()
    };
    discounted(found) / discounted(ideal).max(f64::MIN_POSITIVE)
}

fn article(row: Document) -> Option<Article> {
    /// Longer titles are not taken.
    const MOST_TITLE_CHARS: usize = 250;
    Some(Article {
        id: ArticleId::new(&row.id).ok()?,
        title: row.title.chars().take(MOST_TITLE_CHARS).collect(),
        locale: "en".into(),
        tags: Vec::new(),
        audience: Audience::Public,
        questions: Vec::new(),
        body: row.text,
        version: 1,
    })
    .filter(|article| article.flaws().is_empty())
}

fn embed<'a>(encoder: &EncoderHandle, texts: impl Iterator<Item = &'a String>) -> anyhow::Result<Vec<Embedding>> {
    Ok(encoder.embed(&texts.cloned().collect::<Vec<_>>(), Role::Query)?)
}

fn rows<T: DeserializeOwned>(folder: &Path, name: &str) -> anyhow::Result<Vec<T>> {
    let path = folder.join(name);
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let row = |(n, line)| serde_json::from_str(line).with_context(|| format!("{}:{}", path.display(), n + 1));
    lines.map(row).collect()
}
