//! Decides whether the best hit answers the question, and quotes the part of it that does.

use std::ops::Range;

use crate::article::ArticleId;
use crate::chunk::{Passage, Unit, UnitKind, announces_next, word_count};
use crate::codes::Probe;
use crate::search::{Hit, Query};

/// An answer stops growing at this many words; one list or code block alone may have more.
const MAX_ANSWER_WORDS: usize = 80;
/// Sentences next to the best one are added while they are at least this close to the question, relative to the best.
const NEIGHBOUR_SHARE: f32 = 0.5;
/// How many titles an abstention offers.
const CLOSEST: usize = 3;

/// When to answer. This is the one place that says so.
///
/// The score of an answer is a logistic function of three features of the search: the best cosine, the fused score, and
/// how far that is above the mean of the next ten articles. It was fitted to the questions of two help centres and of a
/// collection on aerodynamics with the article that answers in the knowledge base, and without it, so it estimates the
/// probability that the hit answers the question. What a second look makes of it is added to its logit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thresholds {
    /// Least score, in `0.0..=1.0`, of an answer that is given.
    pub answerable: f32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { answerable: 0.55 }
    }
}

const BIAS: f32 = -4.94;
const PER_COSINE: f32 = 3.76;
const PER_FUSED: f32 = 3.38;
const PER_LEAD: f32 = 6.39;
/// How many hits an answer is judged by: the best and ten others.
pub const JUDGED_HITS: usize = 11;

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

/// Answers `query` from `hits`, which must be its own search result, best first, and at least [`JUDGED_HITS`] if there
/// are as many.
pub fn answer(query: &Query<'_>, hits: &[Hit], thresholds: &Thresholds) -> Result<Answer, Abstained> {
    let score = 1.0 / (1.0 + (-answerability(hits)).exp());
    let Some(best) = hits.first().filter(|_| score >= thresholds.answerable) else {
        let closest = hits.iter().take(CLOSEST).map(|hit| Closest {
            article: hit.article.clone(),
            title: hit.title.clone(),
            score: hit.score,
        });
        return Err(Abstained { score, closest: closest.collect() });
    };
    let passage = best.passage();
    let closeness = Probe::new(query.embedding.as_slice()).cosines(&best.source.codes, best.units());
    let quoted = &passage.units[best_span(passage, &closeness)];
    let (start, end) = match (quoted.first(), quoted.last()) {
        (Some(first), Some(last)) => (first.source().start, last.source().end),
        _ => (best.start, best.end),
    };
    let citation =
        Citation { article: best.article.clone(), title: best.title.clone(), start, end, version: best.version, score };
    Ok(Answer { text: passage.text_of(quoted).to_owned(), citations: vec![citation], score })
}

/// The logit of the probability that the first of `hits` answers.
pub(crate) fn answerability(hits: &[Hit]) -> f32 {
    let Some(best) = hits.first() else { return f32::NEG_INFINITY };
    // Where there are fewer articles than that, one more would score half as much.
    let others = hits.iter().skip(1).map(|hit| hit.score).chain(std::iter::repeat(best.score / 2.0));
    let lead = best.score - others.take(JUDGED_HITS - 1).sum::<f32>() / (JUDGED_HITS - 1) as f32;
    BIAS + PER_COSINE * best.closeness.best() + PER_FUSED * best.score + PER_LEAD * lead + best.look
}

/// The units to quote: the closest to the question, grown to both sides while it stays short and on the subject.
/// `closeness` is that of each unit.
fn best_span(passage: &Passage, closeness: &[f32]) -> Range<usize> {
    let units = &passage.units;
    let words = |span: Range<usize>| word_count(passage.text_of(&units[span]));
    if words(0..units.len()) <= MAX_ANSWER_WORDS {
        return 0..units.len();
    }
    let nearest = (0..closeness.len()).max_by(|&a, &b| closeness[a].total_cmp(&closeness[b]).then(b.cmp(&a)));
    let nearest = nearest.unwrap_or_default();
    let mut span = closed(passage, nearest..(nearest + 1).min(units.len()));
    let floor = closeness.get(nearest).copied().unwrap_or_default() * NEIGHBOUR_SHARE;
    loop {
        let before = span.start.checked_sub(1);
        let after = (span.end < units.len()).then_some(span.end);
        let grown = |idx: usize| closed(passage, span.start.min(idx)..span.end.max(idx + 1));
        let fits = |idx: &usize| closeness[*idx] >= floor && words(grown(*idx)) <= MAX_ANSWER_WORDS;
        let candidates = [after, before].into_iter().flatten().filter(fits);
        match candidates.max_by(|&a, &b| closeness[a].total_cmp(&closeness[b])) {
            Some(idx) => span = grown(idx),
            None => return span,
        }
    }
}

/// Adds what a span needs to be understood: what its last unit announces, and what introduces its first.
fn closed(passage: &Passage, mut span: Range<usize>) -> Range<usize> {
    let units = &passage.units;
    let announces = |idx: usize| announces_next(passage.unit_text(&units[idx]));
    while span.end < units.len() && announces(span.end - 1) {
        span.end += 1;
    }
    while span.start > 0 && (announces(span.start - 1) || leans_back(passage, &units[span.start])) {
        span.start -= 1;
    }
    span
}

/// Whether a unit makes no sense without the one before it.
fn leans_back(passage: &Passage, unit: &Unit) -> bool {
    if unit.kind != UnitKind::Sentence {
        return unit.kind == UnitKind::List;
    }
    let text = passage.unit_text(unit);
    let first = text.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default().to_lowercase();
    ["it", "this", "that", "these", "those", "they", "then", "otherwise", "also", "however", "but"]
        .contains(&first.as_str())
}
