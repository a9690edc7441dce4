//! Measures retrieval on a folder with `corpus.jsonl`, `queries.jsonl` and `qrels.jsonl`, to tune fusion by hand:
//! `cargo run -p knowledge-base --example retrieval -- FOLDER…`

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use knowledge_base::fusion::Weights;
use knowledge_base::{Article, ArticleId, Audience, KnowledgeBase, Query, Snapshot};
use models::artifact::{Settings, Silent, default_cache_dir, locate};
use models::bert::Precision;
use models::{Embed, Embedding, EncoderHandle, Role, batcher};
use serde_json::Value;

type Anything<T> = Result<T, Box<dyn std::error::Error>>;

/// Judged relevance by document, for each query.
type Judgements = HashMap<String, HashMap<String, f64>>;

fn main() -> Anything<()> {
    let encoder = encoder()?;
    for folder in std::env::args().skip(1) {
        measure(Path::new(&folder), &encoder)?;
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "the user's cache is found by the environment")]
fn encoder() -> Anything<EncoderHandle> {
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let cache =
        default_cache_dir(home.as_deref(), None).ok_or("HOME is not set, so there is no place for the encoder")?;
    let files = locate(&Settings::new(cache)?, &Silent)?;
    Ok(EncoderHandle::start(&files, Precision::default(), batcher::Options::default())?)
}

fn measure(folder: &Path, encoder: &dyn Embed) -> Anything<()> {
    let started = Instant::now();
    let articles = lines(&folder.join("corpus.jsonl"))?.iter().filter_map(article).collect::<Vec<_>>();
    let knowledge = KnowledgeBase::build(articles, encoder)?.snapshot();
    println!("{}: {} articles in {:.1?}", folder.display(), knowledge.articles().len(), started.elapsed());
    let judged = judgements(&lines(&folder.join("qrels.jsonl"))?);
    let queries: Vec<(String, String)> =
        lines(&folder.join("queries.jsonl"))?.iter().map(|row| (text(row, "id"), text(row, "text"))).collect();
    let texts: Vec<String> = queries.iter().map(|(_, text)| text.clone()).collect();
    let embeddings = encoder.embed(&texts, Role::Query)?;
    for share in [1.0, 0.0, 0.05, Weights::default().lexical_share, 0.15, 0.2, 0.3, 0.5] {
        let weights = Weights { lexical_share: share, ..Weights::default() };
        report(&knowledge, &queries, &embeddings, &judged, weights);
    }
    Ok(())
}

fn report(
    knowledge: &Snapshot,
    queries: &[(String, String)],
    embeddings: &[Embedding],
    judged: &Judgements,
    weights: Weights,
) {
    let started = Instant::now();
    let (mut gain, mut first, mut count) = (0.0, 0.0, 0.0);
    for ((id, text), embedding) in queries.iter().zip(embeddings) {
        let Some(relevant) = judged.get(id) else {
            continue;
        };
        let query = Query { text, embedding, locale: None, audience: Audience::Public };
        let hits = knowledge.search_weighted(&query, 10, weights);
        let found: Vec<f64> =
            hits.iter().map(|hit| relevant.get(hit.article.as_str()).copied().unwrap_or_default()).collect();
        gain += ndcg(&found, relevant);
        first += f64::from(found.first().is_some_and(|&score| score > 0.0));
        count += 1.0;
    }
    let each = started.elapsed().div_f64(f64::max(count, 1.0));
    println!(
        "  lexical share {:.2}: nDCG@10 {:.4}  hit@1 {:.4}  ({each:.0?} each)",
        weights.lexical_share,
        gain / count,
        first / count
    );
}

fn ndcg(found: &[f64], relevant: &HashMap<String, f64>) -> f64 {
    let discounted = |scores: &[f64]| -> f64 {
        scores.iter().take(10).enumerate().map(|(rank, score)| score / (rank as f64 + 2.0).log2()).sum()
    };
    let mut ideal: Vec<f64> = relevant.values().copied().collect();
    ideal.sort_by(|a, b| b.total_cmp(a));
    discounted(found) / discounted(&ideal).max(f64::MIN_POSITIVE)
}

fn article(row: &Value) -> Option<Article> {
    Some(Article {
        id: ArticleId::new(&text(row, "id")).ok()?,
        title: text(row, "title").chars().take(250).collect(),
        locale: "en".into(),
        tags: Vec::new(),
        audience: Audience::Public,
        questions: Vec::new(),
        body: text(row, "text"),
        version: 1,
    })
    .filter(|article| article.flaws().is_empty())
}

fn judgements(rows: &[Value]) -> Judgements {
    let mut judged = Judgements::new();
    for row in rows {
        let score = row["score"].as_f64().unwrap_or(1.0);
        judged.entry(text(row, "query_id")).or_default().insert(text(row, "doc_id"), score);
    }
    judged
}

fn lines(path: &Path) -> Anything<Vec<Value>> {
    let source = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    source.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
}

fn text(row: &Value, key: &str) -> String {
    row[key].as_str().unwrap_or_default().to_owned()
}
