//! The articles of one audience and language. Apart, so that a search cannot meet what it must not show, and no filter is
//! needed after the nearest were chosen.

use std::collections::HashSet;
use std::sync::Arc;

use crate::article::{Article, ArticleId, Audience};
use crate::codes::{Code, Probe};
use crate::indexed::IndexedArticle;
use crate::lexical::{LexicalIndex, Question};
use crate::semantic::VectorIndex;

/// A shelf with fewer passages is built anew with every edit, which takes some milliseconds and leaves no trace of what
/// was there before.
const AMENDED_FROM: usize = 2_000;
/// So is one of which a greater share of articles is gone than one in this many.
const MAX_GONE: usize = 4;

/// One state of a shelf.
pub(crate) struct Shelf {
    pub(crate) audience: Audience,
    pub(crate) language: String,
    /// By number; none where it is gone.
    articles: Vec<Option<Arc<IndexedArticle>>>,
    lexical: Arc<LexicalIndex>,
    /// Of titles, questions and passages.
    vectors: Arc<VectorIndex>,
    /// Which embedding each of these is.
    places: Arc<Vec<Place>>,
}

/// Where an embedding is.
#[derive(Clone, Copy)]
struct Place {
    /// Number of its article.
    article: u32,
    /// Its place in there.
    code: u32,
}

impl Shelf {
    pub(crate) fn build(
        audience: Audience,
        language: &str,
        articles: Vec<Arc<IndexedArticle>>,
    ) -> tantivy::Result<Self> {
        let lexical = Arc::new(LexicalIndex::build(language, &articles)?);
        let vectors = Arc::new(VectorIndex::build(articles.iter().flat_map(codes)));
        if vectors.wants_graph() {
            let articles = articles.clone();
            vectors.build_graph(move |each| {
                // Stops at the first that says so.
                let _ = articles.iter().flat_map(codes).all(each);
            });
        }
        let places = Arc::new(places(&articles, 0).collect());
        let articles = articles.into_iter().map(Some).collect();
        Ok(Self { audience, language: language.to_owned(), articles, lexical, vectors, places })
    }

    /// The state after the articles `gone` are taken out and `added` put in.
    pub(crate) fn edited(
        &self,
        gone: &[Arc<IndexedArticle>],
        added: Vec<Arc<IndexedArticle>>,
    ) -> tantivy::Result<Self> {
        // By address, so that not every article has to be looked at.
        let gone: HashSet<usize> = gone.iter().map(|indexed| Arc::as_ptr(indexed).addr()).collect();
        let mut articles = self.articles.clone();
        let mut numbers = Vec::new();
        for (number, place) in articles.iter_mut().enumerate() {
            if place.as_ref().is_some_and(|indexed| gone.contains(&Arc::as_ptr(indexed).addr())) {
                *place = None;
                numbers.push(number as u32);
            }
        }
        let n_gone = articles.iter().filter(|place| place.is_none()).count();
        if self.lexical.n_passages() < AMENDED_FROM || n_gone * MAX_GONE > articles.len() {
            return Self::build(self.audience, &self.language, articles.into_iter().flatten().chain(added).collect());
        }
        match self.lexical.amended(&numbers, &added) {
            Ok(lexical) => {
                let mut vectors = VectorIndex::clone(&self.vectors);
                vectors.extend(added.iter().flat_map(codes));
                let mut places = Vec::clone(&self.places);
                places.extend(self::places(&added, articles.len()));
                articles.extend(added.into_iter().map(Some));
                let (lexical, vectors, places) = (Arc::new(lexical), Arc::new(vectors), Arc::new(places));
                Ok(Self {
                    audience: self.audience,
                    language: self.language.clone(),
                    articles,
                    lexical,
                    vectors,
                    places,
                })
            }
            Err(error) => {
                tracing::warn!(%error, "an index could not be amended and is built anew");
                Self::build(self.audience, &self.language, articles.into_iter().flatten().chain(added).collect())
            }
        }
    }

    /// The same shelf on which the articles `hidden` are not found. Their words still count for how rare words are.
    pub(crate) fn without(&self, hidden: &HashSet<&ArticleId>) -> Self {
        let articles = self
            .articles
            .iter()
            .map(|place| place.as_ref().filter(|indexed| !hidden.contains(&indexed.article.id)).map(Arc::clone));
        Self {
            audience: self.audience,
            language: self.language.clone(),
            articles: articles.collect(),
            lexical: Arc::clone(&self.lexical),
            vectors: Arc::clone(&self.vectors),
            places: Arc::clone(&self.places),
        }
    }

    /// Whether nothing stands here.
    pub(crate) fn is_empty(&self) -> bool {
        self.articles.iter().all(Option::is_none)
    }

    /// How many embeddings were put on it.
    pub(crate) fn size(&self) -> usize {
        self.vectors.len()
    }

    /// An article by its number, while it is there.
    pub(crate) fn get(&self, number: u32) -> Option<&Arc<IndexedArticle>> {
        self.articles.get(number as usize)?.as_ref()
    }

    /// A question in the words that are known here; none if they cannot be looked up.
    pub(crate) fn question(&self, text: &str) -> Option<Question<'_>> {
        self.lexical.question(text).map_err(unexpected).ok()
    }

    /// The numbers of the wanted articles that have the `limit` embeddings nearest to a question, in order. One
    /// comes as often as it has such embeddings.
    pub(crate) fn search_meaning(
        &self,
        question: &Probe,
        limit: usize,
        is_wanted: impl Fn(&Article) -> bool + Sync,
    ) -> Vec<u32> {
        let code = |at: usize| {
            let place = self.places[at];
            Some(self.get(place.article)?.codes.get(place.code as usize))
        };
        let is_wanted =
            |at: usize| self.get(self.places[at].article).is_some_and(|indexed| is_wanted(&indexed.article));
        let near = self.vectors.search(question, code, is_wanted, limit);
        let mut articles: Vec<u32> = near.into_iter().map(|neighbour| self.places[neighbour.place].article).collect();
        articles.sort_unstable();
        articles
    }
}

/// The index is in memory and was just built, so an error is a defect; answers by meaning alone are better than none.
#[expect(clippy::needless_pass_by_value, reason = "the shape that `map_err` asks for")]
pub(crate) fn unexpected(error: tantivy::TantivyError) {
    tracing::error!(%error, "the lexical index failed; searching by meaning alone");
}

/// What is searched of an article.
fn codes(indexed: &Arc<IndexedArticle>) -> impl Iterator<Item = Code<'_>> + Clone {
    indexed.searched().map(|place| indexed.codes.get(place))
}

/// Where that is, of articles numbered from `first`.
fn places(articles: &[Arc<IndexedArticle>], first: usize) -> impl Iterator<Item = Place> {
    articles.iter().enumerate().flat_map(move |(at, indexed)| {
        indexed.searched().map(move |code| Place { article: (first + at) as u32, code: code as u32 })
    })
}
