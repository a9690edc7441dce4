//! Finds articles that say the same and articles that contradict each other.
//!
//! Candidates come from the vector index: for each passage, the articles nearest to it. Only their sentences are held
//! against each other, so that a large base costs no comparison of all with all; where even the searches would be too
//! many, those of the articles saved last are made.

use std::collections::{BTreeMap, BTreeSet};
use std::iter;

use jiff::Timestamp;
use knowledge_base::{Article, Code, PassageView};

use super::Sources;
use super::figures::FigureKind;

mod disagreement;

use disagreement::Statement;

/// Embeddings looked at for candidates, in all searches together: some seconds of one core.
const EFFORT: usize = 20_000_000;
/// Of each passage, as many of the nearest titles, questions and passages are looked at.
const NEAREST: usize = 100;
/// As many pairs of articles are held against each other.
const PAIRS: usize = 10_000;
/// Passages this similar say the same.
const SAME_PASSAGE: f32 = 0.95;
/// Sentences this similar say the same.
const SAME_SENTENCE: f32 = 0.92;
/// From this share of the shorter article's sentences on, it is in the other.
const SAME_SHARE: f32 = 0.6;

/// What articles say twice, and what they contradict each other in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pairs {
    /// Pairs that say the same, the most alike first.
    pub duplicates: Vec<Duplicate>,
    /// Pairs of sentences that may contradict each other, the most alike first.
    pub contradictions: Vec<Contradiction>,
    /// How many passages were looked at.
    pub passages_compared: usize,
    /// How many there are.
    pub passages: usize,
}

/// Two articles that say the same.
#[derive(Clone, Debug, PartialEq)]
pub struct Duplicate {
    /// The passages of each that are most alike.
    pub passages: [Excerpt; 2],
    /// How alike these are, up to 1.
    pub similarity: f32,
    /// The share of the shorter article's sentences that the other has as well, `0.0..=1.0`.
    pub shared: f32,
}

/// Two sentences that may contradict each other.
#[derive(Clone, Debug, PartialEq)]
pub struct Contradiction {
    /// The sentences.
    pub sentences: [Excerpt; 2],
    /// What they differ in.
    pub difference: Difference,
    /// How alike they are, up to 1.
    pub similarity: f32,
}

/// What two sentences differ in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// Figures of one kind.
    Figures {
        /// What they count.
        kind: FigureKind,
        /// What each sentence says.
        values: [Vec<String>; 2],
    },
    /// One says that it is so, the other that it is not.
    Negation,
}

impl Difference {
    /// Its name in the API.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Figures { kind, .. } => kind.name(),
            Self::Negation => "negation",
        }
    }
}

/// A stretch of an article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// The article's identifier.
    pub article: String,
    /// Its title.
    pub title: String,
    /// The words.
    pub text: String,
}

impl Excerpt {
    fn of(article: &Article, text: &str) -> Self {
        Self { article: article.id.to_string(), title: article.title.clone(), text: text.to_owned() }
    }
}

/// An article with its passages.
struct Piece<'s> {
    article: &'s Article,
    passages: Vec<PassageView<'s>>,
    statements: Vec<Statement<'s>>,
}

/// Finds them.
pub(super) fn pairs(sources: &Sources<'_>) -> Pairs {
    let pieces = pieces(sources);
    let (candidates, passages_compared) = candidates(sources, &pieces);
    let mut found = Pairs {
        passages_compared,
        passages: pieces.iter().map(|piece| piece.passages.len()).sum(),
        ..Pairs::default()
    };
    for (one, other) in candidates.into_iter().take(PAIRS) {
        let (one, other) = (&pieces[one], &pieces[other]);
        found.duplicates.extend(duplicate(one, other));
        found.contradictions.extend(contradiction(one, other));
    }
    found.duplicates.sort_by(|a, b| b.similarity.total_cmp(&a.similarity));
    found.contradictions.sort_by(|a, b| b.similarity.total_cmp(&a.similarity));
    found.duplicates.truncate(sources.limit);
    found.contradictions.truncate(sources.limit);
    found
}

/// Every article in the order of the base.
fn pieces<'s>(sources: &Sources<'s>) -> Vec<Piece<'s>> {
    let views: Vec<PassageView<'s>> = sources.base.views().collect();
    let by_article = views.chunk_by(|a, b| a.article.id == b.article.id);
    let piece = |passages: &[PassageView<'s>]| {
        let statements = passages.iter().flat_map(Statement::of_passage).collect();
        Piece { article: passages[0].article, passages: passages.to_vec(), statements }
    };
    by_article.map(piece).collect()
}

/// Pairs of places of articles that are near each other, in one language and both for somebody, and how many passages
/// they were searched for.
fn candidates(sources: &Sources<'_>, pieces: &[Piece<'_>]) -> (BTreeSet<(usize, usize)>, usize) {
    let saved: BTreeMap<&str, Option<Timestamp>> =
        sources.uses.iter().map(|by| (by.article.as_str(), by.saved)).collect();
    let mut order: Vec<usize> = (0..pieces.len()).collect();
    order.sort_by_key(|&at| std::cmp::Reverse(saved.get(pieces[at].article.id.as_str()).copied().flatten()));
    let most = EFFORT / sources.base.size().max(1);
    let searched = order.iter().flat_map(|&at| iter::repeat(at).zip(&pieces[at].passages)).take(most);
    let mut found = BTreeSet::new();
    let mut n_searched = 0;
    for (at, view) in searched {
        n_searched += 1;
        let language = view.article.language();
        for other in sources.base.near(view.whole, &language, NEAREST) {
            let pair = (at.min(other), at.max(other));
            let is_new = other != at && !found.contains(&pair);
            if is_new && may_meet(pieces[at].article, pieces[other].article) && is_about_the_same(view, &pieces[other])
            {
                found.insert(pair);
            }
        }
    }
    (found, n_searched)
}

/// Whether somebody may be shown both on some day.
fn may_meet(one: &Article, other: &Article) -> bool {
    (one.audience.may_see(other.audience) || other.audience.may_see(one.audience))
        && one.validity.meets(&other.validity)
}

fn is_about_the_same(view: &PassageView<'_>, piece: &Piece<'_>) -> bool {
    piece.passages.iter().any(|passage| passage.whole.cosine(view.whole) >= disagreement::SAME_TOPIC)
}

fn duplicate(one: &Piece<'_>, other: &Piece<'_>) -> Option<Duplicate> {
    let of_each = one.passages.iter().flat_map(|a| other.passages.iter().map(move |b| (a, b, a.whole.cosine(b.whole))));
    let (a, b, similarity) = of_each.max_by(|a, b| a.2.total_cmp(&b.2))?;
    let shared = shared(one, other);
    (similarity >= SAME_PASSAGE || shared >= SAME_SHARE).then(|| Duplicate {
        passages: [Excerpt::of(a.article, &a.passage.text), Excerpt::of(b.article, &b.passage.text)],
        similarity,
        shared,
    })
}

/// The share of the shorter article's units that the other has as well.
fn shared(one: &Piece<'_>, other: &Piece<'_>) -> f32 {
    let (one, other) = (units(one), units(other));
    let (few, many) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    let is_there = |unit: &&Code<'_>| many.iter().any(|there| there.cosine(**unit) >= SAME_SENTENCE);
    few.iter().filter(is_there).count() as f32 / few.len().max(1) as f32
}

fn units<'s>(piece: &Piece<'s>) -> Vec<Code<'s>> {
    piece.passages.iter().flat_map(|view| view.units().map(|unit| unit.meaning)).collect()
}

/// The most alike sentences of two articles that differ in what they state.
fn contradiction(one: &Piece<'_>, other: &Piece<'_>) -> Option<Contradiction> {
    let of_each = one.statements.iter().flat_map(|a| other.statements.iter().map(move |b| (a, b)));
    let differing = of_each.filter_map(|(a, b)| {
        let (similarity, difference) = a.disagrees(b)?;
        Some((a, b, similarity, difference))
    });
    let (a, b, similarity, difference) = differing.max_by(|a, b| a.2.total_cmp(&b.2))?;
    let sentences = [Excerpt::of(one.article, a.text), Excerpt::of(other.article, b.text)];
    Some(Contradiction { sentences, difference, similarity })
}
