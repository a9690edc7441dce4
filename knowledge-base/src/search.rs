//! From a question to ranked hits: lexical and semantic candidates, fused into one score for each article.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use models::Embedding;

use crate::article::{ArticleId, Audience, language};
use crate::centre::{Cosines, View};
use crate::chunk::Passage;
use crate::fusion::{Closeness, Weights};
use crate::indexed::{IndexedArticle, IndexedPassage};
use crate::lexical::LexicalQuery;
use crate::snapshot::Snapshot;

/// Passages taken from the lexical index and embeddings taken from each vector index.
const CANDIDATES: usize = 100;
/// What the first passage of an article is ahead of the others: authors answer the title first.
const LEAD: f32 = 0.03;

/// A question put to the knowledge base.
#[derive(Debug, Clone, Copy)]
pub struct Query<'a> {
    /// The question as it was typed; of any length.
    pub text: &'a str,
    /// Its embedding, from the encoder that built the knowledge base.
    pub embedding: &'a Embedding,
    /// Only articles in this language (`de` and `de-AT` are one); any language when absent.
    pub locale: Option<&'a str>,
    /// On whose behalf; decides what may be shown.
    pub audience: Audience,
}

/// An article that may answer, with its best passage.
#[derive(Clone)]
pub struct Hit {
    /// The article.
    pub article: ArticleId,
    /// Its title.
    pub title: String,
    /// Plain text of the passage.
    pub text: String,
    /// Where the passage starts in the article's body, in bytes.
    pub start: usize,
    /// Where the passage ends in the article's body, in bytes.
    pub end: usize,
    /// Version of the article.
    pub version: u32,
    /// Fused score in `0.0..=1.0`, comparable across questions.
    pub score: f32,
    /// BM25 score of the article's best passage, above 0; none when no word matched.
    pub lexical: Option<f32>,
    /// Closeness of the article's closest question, passage and sentence as one score, in `-1.0..=1.0`, without what all
    /// articles have in common.
    pub semantic: Option<f32>,
    /// Plain cosines.
    pub(crate) closeness: Closeness,
    pub(crate) source: Arc<IndexedArticle>,
    pub(crate) passage_idx: usize,
}

impl Hit {
    /// The headings above the passage, outermost first.
    pub fn headings(&self) -> &[String] {
        &self.passage().headings
    }

    pub(crate) fn indexed_passage(&self) -> &IndexedPassage {
        &self.source.passages[self.passage_idx]
    }

    pub(crate) fn passage(&self) -> &Passage {
        &self.indexed_passage().passage
    }
}

impl fmt::Debug for Hit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hit")
            .field("article", &self.article)
            .field("score", &self.score)
            .field("lexical", &self.lexical)
            .field("semantic", &self.semantic)
            .field("text", &self.text)
            .finish_non_exhaustive()
    }
}

/// The `limit` best articles for `query`, best first, ties by id.
pub(crate) fn search(snapshot: &Snapshot, query: &Query<'_>, limit: usize, weights: Weights) -> Vec<Hit> {
    let wanted = query.locale.map(language);
    let lexical = lexical_scores(snapshot, query, wanted.as_deref());
    let mut candidates: HashSet<usize> = lexical.keys().map(|&(article, _)| article).collect();
    candidates.extend(semantic_candidates(snapshot, query, wanted.as_deref()));
    let view = snapshot.centre.view(query.embedding);
    let mut hits: Vec<Hit> = candidates
        .into_iter()
        .filter_map(|article_idx| {
            let source = &snapshot.articles[article_idx];
            let may_show = query.audience.may_see(source.article.audience)
                && wanted.as_ref().is_none_or(|wanted| *wanted == source.language);
            let lexical = |passage_idx| lexical.get(&(article_idx, passage_idx)).copied();
            may_show.then(|| hit(source, &view, &lexical, weights)).flatten()
        })
        .collect();
    hits.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.article.cmp(&b.article)));
    hits.truncate(limit);
    hits
}

/// BM25 scores by article and passage.
fn lexical_scores(snapshot: &Snapshot, query: &Query<'_>, language: Option<&str>) -> HashMap<(usize, usize), f32> {
    let query = LexicalQuery { text: query.text, audience: query.audience, language };
    let found = snapshot.lexical.search(&query, CANDIDATES).unwrap_or_else(|error| {
        // The index is in memory and was just built, so this is a defect; answers by meaning are better than none.
        tracing::error!(%error, "the lexical index failed; searching by meaning alone");
        Vec::new()
    });
    found.into_iter().filter_map(|(place, score)| Some((*snapshot.passages.get(place)?, score))).collect()
}

fn semantic_candidates<'s>(
    snapshot: &'s Snapshot,
    query: &'s Query<'_>,
    wanted: Option<&'s str>,
) -> impl Iterator<Item = usize> + 's {
    let shelves = snapshot.shelves.iter().filter(move |shelf| {
        query.audience.may_see(shelf.audience) && wanted.is_none_or(|wanted| wanted == shelf.language)
    });
    shelves.flat_map(|shelf| {
        let near = shelf.vectors.search(query.embedding, CANDIDATES);
        near.into_iter().map(|neighbour| shelf.article_idxs[neighbour.place])
    })
}

/// Scores one article, and chooses the passage of it to show.
fn hit(
    source: &Arc<IndexedArticle>,
    view: &View<'_>,
    lexical: &dyn Fn(usize) -> Option<f32>,
    weights: Weights,
) -> Option<Hit> {
    let closest = |embeddings: &mut dyn Iterator<Item = &Embedding>| {
        embeddings.map(|embedding| view.cosines(embedding)).fold(Cosines::LEAST, Cosines::max)
    };
    let question = closest(&mut std::iter::once(&source.title).chain(&source.questions));
    let (mut passage, mut unit) = (Cosines::LEAST, Cosines::LEAST);
    let mut best: Option<(usize, f32)> = None;
    let mut best_lexical: Option<f32> = None;
    for (passage_idx, indexed) in source.passages.iter().enumerate() {
        let whole = view.cosines(&indexed.whole);
        let closest_unit = closest(&mut indexed.units.iter());
        let words = lexical(passage_idx);
        let lead = if passage_idx == 0 { LEAD } else { 0.0 };
        let score = weights.fuse(words, Some(f32::midpoint(whole.centred, closest_unit.centred))) + lead;
        if best.is_none_or(|(_, highest)| score > highest) {
            best = Some((passage_idx, score));
        }
        passage = passage.max(whole);
        unit = unit.max(closest_unit);
        best_lexical = [best_lexical, words].into_iter().flatten().reduce(f32::max);
    }
    let (passage_idx, _) = best?;
    let shown = &source.passages[passage_idx].passage;
    let closeness = Closeness { question: question.plain, passage: passage.plain, unit: unit.plain };
    let centred = Closeness { question: question.centred, passage: passage.centred, unit: unit.centred };
    let semantic = if closeness.is_listed() { centred.mean().max(closeness.question) } else { centred.mean() };
    Some(Hit {
        article: source.article.id.clone(),
        title: source.article.title.clone(),
        text: shown.text.clone(),
        start: shown.start,
        end: shown.end,
        version: source.article.version,
        score: weights.fuse(best_lexical, Some(semantic)),
        lexical: best_lexical,
        semantic: Some(semantic),
        closeness,
        source: Arc::clone(source),
        passage_idx,
    })
}
