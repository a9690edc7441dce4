//! From a question to ranked hits: lexical and semantic candidates, fused into one score for each article.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use jiff::civil::Date;
use models::Embedding;

use crate::article::{Article, ArticleId, Audience, language};
use crate::both::both;
use crate::centre::{Cosines, View};
use crate::chunk::Passage;
use crate::fusion::{Closeness, Weights};
use crate::indexed::{IndexedArticle, in_context};
use crate::shelf::{Shelf, unexpected};
use crate::snapshot::Snapshot;

/// Embeddings near a question, of each audience and language: what they are of is scored, and words are weighed among it.
const NEAR: usize = 100;
/// Passages that are scored for their words. On three sets, of help texts and of abstracts, nDCG with 30 is that with 100.
const BY_WORDS: usize = 40;
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
    /// The day of the question; only articles that are valid on it are found.
    pub on: Date,
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
    /// How many telling words the article's best passage shares with the question: 0 if none, about 8 if all of a long
    /// question.
    pub lexical: f32,
    /// Closeness of the article's closest question, passage and sentence as one score, in `-1.0..=1.0`, without what all
    /// articles have in common.
    pub semantic: f32,
    /// How much more than that a second look says the passage answers, as a difference of logits; 0 without one.
    pub look: f32,
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

    /// The passage after the article's title and the headings above it, as its embedding is made.
    pub(crate) fn in_context(&self) -> String {
        in_context(&self.source.article, self.passage())
    }

    pub(crate) fn passage(&self) -> &Passage {
        &self.source.passages[self.passage_idx]
    }

    /// The places of the units of the passage among the codes of the article.
    pub(crate) fn units(&self) -> Range<usize> {
        self.source.units().nth(self.passage_idx).unwrap_or_default()
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

/// The `limit` best articles for `query`, best first, ties by id. Of copies only the best is there.
pub(crate) fn search(snapshot: &Snapshot, query: &Query<'_>, limit: usize, weights: Weights) -> Vec<Hit> {
    let wanted = query.locale.map(language);
    let shelves = snapshot.shelves.iter().filter(|shelf| {
        query.audience.may_see(shelf.audience) && wanted.as_ref().is_none_or(|wanted| *wanted == shelf.language)
    });
    let view = snapshot.centre.view(query.embedding.as_slice());
    let mut scored: Vec<Scored<'_>> = shelves.flat_map(|shelf| score(shelf, query, &view, weights)).collect();
    let best_first = |a: &Scored<'_>, b: &Scored<'_>| {
        b.score.total_cmp(&a.score).then_with(|| a.source.article.id.cmp(&b.source.article.id))
    };
    scored.sort_by(best_first);
    let mut found: Vec<Scored<'_>> = Vec::with_capacity(limit.min(scored.len()));
    for one in scored {
        if found.len() == limit {
            break;
        }
        if !found.iter().any(|better| better.source.article.is_copy_of(&one.source.article)) {
            found.push(one);
        }
    }
    found.into_iter().map(Scored::hit).collect()
}

/// An article with its scores; as in [`Hit`].
struct Scored<'s> {
    source: &'s Arc<IndexedArticle>,
    passage_idx: usize,
    score: f32,
    lexical: f32,
    semantic: f32,
    closeness: Closeness,
}

/// Scores the articles of a shelf that share words with a question or are near to it, and are valid on its day.
fn score<'s>(shelf: &'s Shelf, query: &Query<'_>, view: &View<'_>, weights: Weights) -> Vec<Scored<'s>> {
    let is_valid = |article: &Article| article.validity.includes(query.on);
    let by_words = || {
        let words = shelf.question(query.text)?;
        let candidates = words.candidates(BY_WORDS).map_err(unexpected).ok()?;
        Some((words, candidates))
    };
    let (found, near) = both(shelf.size(), by_words, || shelf.search_meaning(view.question(), NEAR, is_valid));
    let mut candidates = near.clone();
    let words = found.map(|(words, by_words)| {
        candidates.extend(by_words);
        words.among(&near)
    });
    candidates.sort_unstable();
    candidates.dedup();
    let score = |number: &u32| {
        let words: Vec<f32> = words.as_ref().map(|words| words.scores(*number).collect()).unwrap_or_default();
        Scored::new(shelf.get(*number).filter(|source| is_valid(&source.article))?, view, &words, weights)
    };
    let (some, others) = candidates.split_at(candidates.len() / 2);
    let score_all = |numbers: &[u32]| numbers.iter().filter_map(score).collect::<Vec<_>>();
    let (mut scored, rest) = both(shelf.size(), || score_all(some), || score_all(others));
    scored.extend(rest);
    scored
}

impl<'s> Scored<'s> {
    /// Scores one article, and chooses the passage of it to show.
    fn new(source: &'s Arc<IndexedArticle>, view: &View<'_>, words: &[f32], weights: Weights) -> Option<Self> {
        let cosines = view.cosines(&source.codes);
        let closest = |places: Range<usize>| cosines[places].iter().copied().fold(Cosines::LEAST, Cosines::max);
        let question = closest(source.questions());
        let (mut passage, mut unit) = (Cosines::LEAST, Cosines::LEAST);
        let mut best: Option<(usize, f32)> = None;
        let mut lexical: f32 = 0.0;
        for (passage_idx, (whole, units)) in source.wholes().zip(source.units()).enumerate() {
            let (whole, closest_unit) = (cosines[whole], closest(units));
            let own_words = words.get(passage_idx).copied().unwrap_or_default();
            let lead = if passage_idx == 0 { LEAD } else { 0.0 };
            let score = weights.fuse(own_words, f32::midpoint(whole.centred, closest_unit.centred)) + lead;
            if best.is_none_or(|(_, highest)| score > highest) {
                best = Some((passage_idx, score));
            }
            passage = passage.max(whole);
            unit = unit.max(closest_unit);
            lexical = lexical.max(own_words);
        }
        let (passage_idx, _) = best?;
        let closeness = Closeness { question: question.plain, passage: passage.plain, unit: unit.plain };
        let centred = Closeness { question: question.centred, passage: passage.centred, unit: unit.centred };
        let semantic = if closeness.is_listed() { centred.mean().max(closeness.question) } else { centred.mean() };
        let score = weights.fuse(lexical, semantic);
        Some(Self { source, passage_idx, score, lexical, semantic, closeness })
    }

    fn hit(self) -> Hit {
        let Self { source, passage_idx, score, lexical, semantic, closeness } = self;
        let shown = &source.passages[passage_idx];
        Hit {
            article: source.article.id.clone(),
            title: source.article.title.clone(),
            text: shown.text.clone(),
            start: shown.start,
            end: shown.end,
            version: source.article.version,
            score,
            lexical,
            semantic,
            look: 0.0,
            closeness,
            source: Arc::clone(source),
            passage_idx,
        }
    }
}
