//! The knowledge base as others hold it: read without waiting while it is edited.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use models::Embed;

use crate::article::{Article, ArticleId};
use crate::indexed::IndexedArticle;
use crate::search::{Hit, Query};
use crate::snapshot::{BuildError, Snapshot};

/// A handle to the knowledge base; clones share it.
#[derive(Clone)]
pub struct KnowledgeBase {
    shared: Arc<Shared>,
}

/// An article that is encoded and not yet in place.
pub struct PreparedArticle {
    article: Article,
    encoded: Arc<IndexedArticle>,
}

impl PreparedArticle {
    /// The same as this version.
    #[must_use]
    pub fn with_version(mut self, version: u32) -> Self {
        self.article.version = version;
        self
    }
}

struct Shared {
    current: ArcSwap<Snapshot>,
    /// Held while a snapshot is replaced, so that no edit overwrites another.
    writer: Mutex<()>,
}

impl KnowledgeBase {
    /// Indexes `articles`, of which there may be none. Blocks while their texts are encoded.
    pub fn build(articles: Vec<Article>, embed: &dyn Embed) -> Result<Self, BuildError> {
        let snapshot = Snapshot::build(articles, embed)?;
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
    pub fn upsert(&self, article: Article, embed: &dyn Embed) -> Result<Arc<Article>, BuildError> {
        self.put(self.prepare(article, embed)?, embed)
    }

    /// Encodes an article for [`put`](Self::put), which may take long; other edits go on meanwhile.
    pub fn prepare(&self, article: Article, embed: &dyn Embed) -> Result<PreparedArticle, BuildError> {
        let encoded = self.snapshot().encoded(article.clone(), embed)?;
        Ok(PreparedArticle { article, encoded })
    }

    /// Puts an article in place, as [`upsert`](Self::upsert) does.
    pub fn put(&self, prepared: PreparedArticle, embed: &dyn Embed) -> Result<Arc<Article>, BuildError> {
        let PreparedArticle { mut article, encoded } = prepared;
        self.edit(|current| {
            article.version = version(&article, current.get(&article.id).as_deref());
            current.edited(&HashSet::new(), vec![article.clone()], &[encoded], embed)
        })?;
        Ok(Arc::new(article))
    }

    /// Takes an article out; says whether it was there.
    pub fn remove(&self, id: &ArticleId, embed: &dyn Embed) -> Result<bool, BuildError> {
        let mut was_there = false;
        self.edit(|current| {
            was_there = current.get(id).is_some();
            current.edited(&HashSet::from([id]), Vec::new(), &[], embed)
        })?;
        Ok(was_there)
    }

    /// Replaces every article at once, with versions as [`upsert`](Self::upsert) gives them.
    pub fn replace(&self, articles: Vec<Article>, embed: &dyn Embed) -> Result<(), BuildError> {
        self.edit(|current| {
            let before = current.articles();
            let ids: HashSet<ArticleId> = articles.iter().map(|article| article.id.clone()).collect();
            let gone = before.iter().map(|article| &article.id).filter(|id| !ids.contains(id)).collect();
            let known: HashMap<&ArticleId, &Article> = before.iter().map(|article| (&article.id, &**article)).collect();
            let written = articles.into_iter().filter_map(|article| {
                let before = known.get(&article.id).copied();
                let article = Article { version: version(&article, before), ..article };
                before.is_none_or(|before| *before != article).then_some(article)
            });
            current.edited(&gone, written.collect(), &[], embed)
        })
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

    fn edit(&self, change: impl FnOnce(&Snapshot) -> Result<Snapshot, BuildError>) -> Result<(), BuildError> {
        let _writing = self.shared.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let next = change(&self.snapshot())?;
        self.shared.current.store(Arc::new(next));
        Ok(())
    }
}

/// The version of `article` in place of `before`. A citation names it, so that other content has another.
fn version(article: &Article, before: Option<&Article>) -> u32 {
    match before {
        Some(before) if before.same_content(article) => before.version.max(article.version),
        Some(before) => article.version.max(before.version + 1),
        None => article.version.max(1),
    }
}
