//! The knowledge base: an immutable snapshot that readers use without waiting, and replace as a whole on every edit.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use models::{Embed, EncodeError};
use sha2::{Digest, Sha256};

use crate::article::{Article, ArticleId, Audience, Flaw};
use crate::centre::Centre;
use crate::fusion::Weights;
use crate::indexed::{IndexedArticle, IndexedPassage, index_articles};
use crate::lexical::{LexicalEntry, LexicalIndex};
use crate::search::{self, Hit, Query};
use crate::semantic::VectorIndex;

/// Why an edit was refused. Nothing of it was applied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// Two articles have the same id.
    #[error("the article id `{0}` is used twice; give one of them another")]
    DuplicateArticle(ArticleId),
    /// The article cannot be published as it is.
    #[error("article `{article}` cannot be published: {}", flaws.iter().map(|flaw| flaw.message.as_str()).collect::<Vec<_>>().join("; "))]
    Flawed {
        /// Which article.
        article: ArticleId,
        /// All that is wrong with it; at least one.
        flaws: Vec<Flaw>,
    },
    /// The encoder could not take the new texts.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// The lexical index could not be built.
    #[error("the lexical index could not be built: {0}")]
    Index(String),
}

/// A handle to the knowledge base; clones share it.
#[derive(Clone)]
pub struct KnowledgeBase {
    shared: Arc<Shared>,
}

struct Shared {
    current: ArcSwap<Snapshot>,
    /// Held while a snapshot is replaced, so that no edit overwrites another.
    writer: Mutex<()>,
}

impl KnowledgeBase {
    /// Indexes `articles`, of which there may be none. Blocks while their texts are encoded.
    pub fn build(articles: Vec<Article>, embed: &dyn Embed) -> Result<Self, BuildError> {
        let snapshot = Snapshot::build(articles, None, embed)?;
        let shared = Shared { current: ArcSwap::from_pointee(snapshot), writer: Mutex::new(()) };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// The state now; what is read from it stays consistent while edits go on.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.shared.current.load_full()
    }

    /// The `limit` best articles for `query`, best first.
    pub fn search(&self, query: &Query<'_>, limit: usize) -> Vec<Hit> {
        self.snapshot().search(query, limit)
    }

    /// Adds an article or replaces the one with its id, live when this returns. The version that is stored comes back:
    /// that of the given article, or one more than before if that is higher; unchanged content keeps its version.
    pub fn upsert(&self, mut article: Article, embed: &dyn Embed) -> Result<Arc<Article>, BuildError> {
        let id = article.id.clone();
        self.edit(embed, |articles| {
            let before = articles.get(&id).map(|before| (before.version, before.same_content(&article)));
            article.version = match before {
                Some((version, true)) => version.max(article.version),
                Some((version, false)) => article.version.max(version + 1),
                None => article.version.max(1),
            };
            articles.insert(id.clone(), article.clone());
        })?;
        Ok(Arc::new(article))
    }

    /// Takes an article out; says whether it was there.
    pub fn remove(&self, id: &ArticleId, embed: &dyn Embed) -> Result<bool, BuildError> {
        let mut was_there = false;
        self.edit(embed, |articles| was_there = articles.remove(id).is_some())?;
        Ok(was_there)
    }

    /// Replaces every article at once, with the versions given.
    pub fn replace(&self, articles: Vec<Article>, embed: &dyn Embed) -> Result<(), BuildError> {
        let _writing = self.shared.writer.lock().unwrap_or_else(PoisonError::into_inner);
        self.publish(articles, embed)
    }

    /// All articles, by id.
    pub fn articles(&self) -> Vec<Arc<Article>> {
        self.snapshot().articles()
    }

    /// One article.
    pub fn get(&self, id: &ArticleId) -> Option<Arc<Article>> {
        self.snapshot().get(id)
    }

    /// Names the content and the encoder: equal exactly when both are.
    pub fn version(&self) -> String {
        self.snapshot().version().to_owned()
    }

    fn edit(
        &self,
        embed: &dyn Embed,
        change: impl FnOnce(&mut BTreeMap<ArticleId, Article>),
    ) -> Result<(), BuildError> {
        let _writing = self.shared.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let articles = self.articles().into_iter().map(|article| (article.id.clone(), (*article).clone()));
        let mut articles: BTreeMap<ArticleId, Article> = articles.collect();
        change(&mut articles);
        self.publish(articles.into_values().collect(), embed)
    }

    fn publish(&self, articles: Vec<Article>, embed: &dyn Embed) -> Result<(), BuildError> {
        let old = self.snapshot();
        let reusable = Some(&*old).filter(|old| old.revision == embed.revision());
        let snapshot = Snapshot::build(articles, reusable, embed)?;
        self.shared.current.store(Arc::new(snapshot));
        Ok(())
    }
}

/// One state of the knowledge base.
pub struct Snapshot {
    version: String,
    revision: String,
    /// By id.
    pub(crate) articles: Vec<Arc<IndexedArticle>>,
    pub(crate) lexical: LexicalIndex,
    /// Article and passage of each place of the lexical index.
    pub(crate) passages: Vec<(usize, usize)>,
    pub(crate) shelves: Vec<Shelf>,
    /// What titles, questions and passages have in common.
    pub(crate) centre: Centre,
}

/// The embeddings of one audience and language. Apart, so that a search cannot meet what it must not show, and no
/// filter is needed after the nearest were chosen.
pub(crate) struct Shelf {
    pub(crate) audience: Audience,
    pub(crate) language: String,
    pub(crate) vectors: VectorIndex,
    /// Which article each of the vectors belongs to.
    pub(crate) article_idxs: Vec<usize>,
}

impl Snapshot {
    /// What `old` has encoded is used again; it must come from the same encoder.
    fn build(articles: Vec<Article>, old: Option<&Self>, embed: &dyn Embed) -> Result<Self, BuildError> {
        refuse_flawed(&articles)?;
        let articles = index_articles(articles, old.map_or(&[], |old| old.articles.as_slice()), embed)?;
        let (lexical, passages) = index_words(&articles).map_err(|error| BuildError::Index(error.to_string()))?;
        let revision = embed.revision().to_owned();
        let version = version(&articles, &revision);
        let shelves = shelves(&articles, old.map_or(&[], |old| old.shelves.as_slice()));
        let centre = Centre::of(shelves.iter().flat_map(|shelf| shelf.vectors.vectors()));
        Ok(Self { version, revision, articles, lexical, passages, shelves, centre })
    }

    /// The `limit` best articles for `query`, best first.
    pub fn search(&self, query: &Query<'_>, limit: usize) -> Vec<Hit> {
        self.search_weighted(query, limit, Weights::default())
    }

    /// The same with other weights: a lexical share of 1 or 0 shows what each half finds alone.
    pub fn search_weighted(&self, query: &Query<'_>, limit: usize, weights: Weights) -> Vec<Hit> {
        search::search(self, query, limit, weights)
    }

    /// All articles, by id.
    pub fn articles(&self) -> Vec<Arc<Article>> {
        self.articles.iter().map(|indexed| Arc::clone(&indexed.article)).collect()
    }

    /// One article.
    pub fn get(&self, id: &ArticleId) -> Option<Arc<Article>> {
        let found = self.articles.binary_search_by(|indexed| indexed.article.id.cmp(id));
        found.ok().map(|article_idx| Arc::clone(&self.articles[article_idx].article))
    }

    /// Names the content and the encoder: equal exactly when both are.
    pub fn version(&self) -> &str {
        &self.version
    }
}

fn refuse_flawed(articles: &[Article]) -> Result<(), BuildError> {
    let mut ids = HashSet::new();
    for article in articles {
        if !ids.insert(&article.id) {
            return Err(BuildError::DuplicateArticle(article.id.clone()));
        }
        let flaws = article.flaws();
        if !flaws.is_empty() {
            return Err(BuildError::Flawed { article: article.id.clone(), flaws });
        }
    }
    Ok(())
}

fn index_words(articles: &[Arc<IndexedArticle>]) -> tantivy::Result<(LexicalIndex, Vec<(usize, usize)>)> {
    let mut entries = Vec::new();
    let mut places = Vec::new();
    for (article_idx, indexed) in articles.iter().enumerate() {
        let article = &indexed.article;
        for (passage_idx, IndexedPassage { passage, .. }) in indexed.passages.iter().enumerate() {
            places.push((article_idx, passage_idx));
            entries.push(LexicalEntry {
                audience: article.audience,
                language: &indexed.language,
                title: &article.title,
                questions: &article.questions,
                headings: &passage.headings,
                body: &passage.text,
                tags: &article.tags,
            });
        }
    }
    Ok((LexicalIndex::build(&entries)?, places))
}

fn shelves(articles: &[Arc<IndexedArticle>], old: &[Shelf]) -> Vec<Shelf> {
    let mut groups: BTreeMap<(Audience, &str), Vec<usize>> = BTreeMap::new();
    for (article_idx, indexed) in articles.iter().enumerate() {
        groups.entry((indexed.article.audience, indexed.language.as_str())).or_default().push(article_idx);
    }
    let shelves = groups.into_iter().map(|((audience, language), members)| {
        let (mut vectors, mut article_idxs) = (Vec::new(), Vec::new());
        for article_idx in members {
            let indexed = &articles[article_idx];
            let wholes = indexed.passages.iter().map(|passage| &passage.whole);
            vectors.extend(std::iter::once(&indexed.title).chain(&indexed.questions).chain(wholes).cloned());
            article_idxs.resize(vectors.len(), article_idx);
        }
        let before = old.iter().find(|shelf| shelf.audience == audience && shelf.language == language);
        let vectors = VectorIndex::build(vectors, before.map(|shelf| &shelf.vectors));
        Shelf { audience, language: language.to_owned(), vectors, article_idxs }
    });
    shelves.collect()
}

fn version(articles: &[Arc<IndexedArticle>], revision: &str) -> String {
    let mut hash = Sha256::new();
    let mut add = |text: &str| {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text);
    };
    add(revision);
    for indexed in articles {
        let Article { id, title, locale, tags, audience, questions, source: _, body, version } = &*indexed.article;
        for text in [id.as_str(), title, locale, audience.as_str(), body, &version.to_string()] {
            add(text);
        }
        for list in [tags, questions] {
            add(&list.len().to_string());
            for text in list {
                add(text);
            }
        }
    }
    hex::encode(&hash.finalize()[..8])
}
