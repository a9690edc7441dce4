//! Decides whether the best hit answers the question, and quotes the part of it that does.

use models::Embedding;

use crate::article::ArticleId;
use crate::chunk::{Unit, UnitKind, render};
use crate::search::{Hit, Query};
use crate::semantic::cosine;

/// An answer stops growing at this many words; one list or code block alone may have more.
const MAX_ANSWER_WORDS: usize = 80;
/// Sentences next to the best one are added while they are at least this close to the question, relative to the best.
const NEIGHBOUR_SHARE: f32 = 0.5;
/// How many titles an abstention offers.
const CLOSEST: usize = 3;

/// When to answer. This is the one place that says so.
///
/// The score of an answer is a logistic function of three features of the search: the best cosine, the fused score, and
/// the margin of the fused score over the next article. It was
/// fitted to questions whose article was in the knowledge base, and to the same questions with the article taken out, so
/// it estimates the probability that the hit answers the question. It was fitted before closeness was measured from the
/// centre and words weighed more, and by that is a little too careful.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thresholds {
    /// Least score, in `0.0..=1.0`, of an answer that is given.
    pub answerable: f32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { answerable: 0.5 }
    }
}

const BIAS: f32 = -6.5;
const PER_COSINE: f32 = 4.2;
const PER_FUSED: f32 = 4.2;
const PER_MARGIN: f32 = 10.8;
/// A larger margin says no more.
const MAX_MARGIN: f32 = 0.2;

/// Text quoted from the knowledge base, with where it is from.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Plain text: whole sentences, whole lists, whole table rows.
    pub text: String,
    /// Its sources; at least one.
    pub citations: Vec<Citation>,
    /// How surely it answers the question, in `0.0..=1.0`.
    pub score: f32,
}

/// A stretch of an article that an answer quotes.
#[derive(Debug, Clone, PartialEq)]
pub struct Citation {
    /// The article.
    pub article: ArticleId,
    /// Its title.
    pub title: String,
    /// Where the quoted stretch starts in the article's body, in bytes.
    pub start: usize,
    /// Where the quoted stretch ends in the article's body, in bytes.
    pub end: usize,
    /// Version of the article.
    pub version: u32,
    /// How surely it answers the question, in `0.0..=1.0`.
    pub score: f32,
}

/// The knowledge base has no answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Abstained {
    /// How surely the best hit would have answered, in `0.0..=1.0`; 0 without hits.
    pub score: f32,
    /// The closest articles, best first; at most three.
    pub closest: Vec<Closest>,
}

/// An article that is near the question without answering it.
#[derive(Debug, Clone, PartialEq)]
pub struct Closest {
    /// The article.
    pub article: ArticleId,
    /// Its title.
    pub title: String,
    /// Its fused score, in `0.0..=1.0`.
    pub score: f32,
}

/// Answers `query` from `hits`, which must be its own search result, best first.
pub fn answer(query: &Query<'_>, hits: &[Hit], thresholds: &Thresholds) -> Result<Answer, Abstained> {
    let score = answerability(hits);
    let Some(best) = hits.first().filter(|_| score >= thresholds.answerable) else {
        let closest = hits.iter().take(CLOSEST).map(|hit| Closest {
            article: hit.article.clone(),
            title: hit.title.clone(),
            score: hit.score,
        });
        return Err(Abstained { score, closest: closest.collect() });
    };
    let indexed = best.indexed_passage();
    let units = &indexed.passage.units;
    let span = best_span(units, &indexed.units, query.embedding);
    let quoted = &units[span];
    let (start, end) = match (quoted.first(), quoted.last()) {
        (Some(first), Some(last)) => (first.start, last.end),
        _ => (best.start, best.end),
    };
    let citation =
        Citation { article: best.article.clone(), title: best.title.clone(), start, end, version: best.version, score };
    Ok(Answer { text: render(&best.source.article.body, quoted), citations: vec![citation], score })
}

/// The probability that the first of `hits` answers.
fn answerability(hits: &[Hit]) -> f32 {
    let Some(best) = hits.first() else { return 0.0 };
    let margin = best.score - hits.get(1).map_or(0.0, |next| next.score);
    let sum =
        BIAS + PER_COSINE * best.closeness.best() + PER_FUSED * best.score + PER_MARGIN * margin.clamp(0.0, MAX_MARGIN);
    1.0 / (1.0 + (-sum).exp())
}

/// The units to quote: the closest to the question, grown to both sides while it stays short and on the subject.
fn best_span(units: &[Unit], embeddings: &[Embedding], query: &Embedding) -> std::ops::Range<usize> {
    if units.iter().map(Unit::words).sum::<usize>() <= MAX_ANSWER_WORDS {
        return 0..units.len();
    }
    let scores: Vec<f32> = embeddings.iter().map(|embedding| cosine(embedding, query)).collect();
    let best = (0..scores.len()).max_by(|&a, &b| scores[a].total_cmp(&scores[b]).then(b.cmp(&a))).unwrap_or_default();
    let mut span = closed(units, best..(best + 1).min(units.len()));
    let floor = scores.get(best).copied().unwrap_or_default() * NEIGHBOUR_SHARE;
    loop {
        let before = span.start.checked_sub(1);
        let after = (span.end < units.len()).then_some(span.end);
        let fits = |idx: &usize| {
            let grown = closed(units, span.start.min(*idx)..span.end.max(*idx + 1));
            scores[*idx] >= floor && units[grown].iter().map(Unit::words).sum::<usize>() <= MAX_ANSWER_WORDS
        };
        let next = [after, before].into_iter().flatten().filter(fits).max_by(|&a, &b| scores[a].total_cmp(&scores[b]));
        match next {
            Some(idx) => span = closed(units, span.start.min(idx)..span.end.max(idx + 1)),
            None => return span,
        }
    }
}

/// Adds what a span needs to be understood: what its last unit announces, and what introduces its first.
fn closed(units: &[Unit], mut span: std::ops::Range<usize>) -> std::ops::Range<usize> {
    while span.end < units.len() && units[span.end - 1].announces_next() {
        span.end += 1;
    }
    while span.start > 0 && (units[span.start - 1].announces_next() || leans_back(&units[span.start])) {
        span.start -= 1;
    }
    span
}

/// Whether a unit makes no sense without the one before it.
fn leans_back(unit: &Unit) -> bool {
    if unit.kind != UnitKind::Sentence {
        return unit.kind == UnitKind::List;
    }
    let first = unit.text.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default().to_lowercase();
    ["it", "this", "that", "these", "those", "they", "then", "otherwise", "also", "however", "but"]
        .contains(&first.as_str())
}
