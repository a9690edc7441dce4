//! One state of the knowledge base. It never changes: an edit makes another, which shares with it what stayed the same.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use models::{Embed, EncodeError};

use crate::article::{Article, ArticleId, Audience, Flaw};
use crate::centre::{Centre, Members};
use crate::fingerprint::Fingerprint;
use crate::fusion::Weights;
use crate::indexed::{IndexedArticle, index_articles};
use crate::search::{self, Hit, Query};
use crate::shelf::Shelf;

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

/// One state of the knowledge base.
pub struct Snapshot {
    version: String,
    fingerprint: Fingerprint,
    revision: String,
    /// By id.
    pub(crate) articles: Vec<Arc<IndexedArticle>>,
    pub(crate) shelves: Vec<Arc<Shelf>>,
    /// What titles, questions and passages have in common.
    pub(crate) centre: Centre,
}

/// Articles of one shelf that an edit takes out and puts in.
#[derive(Default)]
struct Change {
    gone: Vec<Arc<IndexedArticle>>,
    added: Vec<Arc<IndexedArticle>>,
}

impl Snapshot {
    pub(crate) fn build(articles: Vec<Article>, embed: &dyn Embed) -> Result<Self, BuildError> {
        Self::empty(embed.revision()).edited(&HashSet::new(), articles, &[], embed)
    }

    fn empty(revision: &str) -> Self {
        Self {
            version: Fingerprint::default().version(revision),
            fingerprint: Fingerprint::default(),
            revision: revision.to_owned(),
            articles: Vec::new(),
            shelves: Vec::new(),
            centre: Centre::of(Members::default()),
        }
    }

    /// An article encoded as it would be here. What is already encoded of it is used again.
    pub(crate) fn encoded(&self, article: Article, embed: &dyn Embed) -> Result<Arc<IndexedArticle>, BuildError> {
        refuse_flawed(std::slice::from_ref(&article))?;
        let here = self.find(&article.id).filter(|_| self.revision == embed.revision());
        let before: Vec<_> = here.map(|place| Arc::clone(&self.articles[place])).into_iter().collect();
        let mut encoded = index_articles(vec![article], &before, embed)?;
        encoded.pop().ok_or_else(|| BuildError::Index("an article was lost while it was encoded".to_owned()))
    }

    /// The state after the articles `gone` are taken out and `written` put in place of those with their ids. What is
    /// already encoded, here or in `ahead`, is used again; if this comes from another encoder, all is encoded anew.
    pub(crate) fn edited(
        &self,
        gone: &HashSet<&ArticleId>,
        written: Vec<Article>,
        ahead: &[Arc<IndexedArticle>],
        embed: &dyn Embed,
    ) -> Result<Self, BuildError> {
        refuse_flawed(&written)?;
        if self.revision != embed.revision() {
            return self.encoded_anew(gone, written, embed);
        }
        let ids: BTreeSet<&ArticleId> = gone.iter().copied().chain(written.iter().map(|article| &article.id)).collect();
        let leave: Vec<Arc<IndexedArticle>> =
            ids.into_iter().filter_map(|id| Some(Arc::clone(&self.articles[self.find(id)?]))).collect();
        let known: Vec<Arc<IndexedArticle>> = leave.iter().chain(ahead).map(Arc::clone).collect();
        let added = index_articles(written, &known, embed)?;
        self.after(&leave, added)
    }

    /// The state after `leave` are taken out and `added` put in, both ordered by id.
    fn after(&self, leave: &[Arc<IndexedArticle>], added: Vec<Arc<IndexedArticle>>) -> Result<Self, BuildError> {
        let shelves = self.shelves_after(leave, &added).map_err(|error| BuildError::Index(error.to_string()))?;
        let mut members = self.centre.members().clone();
        let mut fingerprint = self.fingerprint;
        for indexed in leave {
            indexed.searched().for_each(|place| members.remove(indexed.codes.get(place)));
            fingerprint.remove(&indexed.digest);
        }
        for indexed in &added {
            indexed.searched().for_each(|place| members.add(indexed.codes.get(place)));
            fingerprint.add(&indexed.digest);
        }
        let articles = merged(&self.articles, leave, added);
        let (revision, centre) = (self.revision.clone(), Centre::of(members));
        Ok(Self { version: fingerprint.version(&revision), fingerprint, revision, articles, shelves, centre })
    }

    fn find(&self, id: &ArticleId) -> Option<usize> {
        self.articles.binary_search_by(|indexed| indexed.article.id.cmp(id)).ok()
    }

    /// This state on which the articles `hidden` are not found, to see what would be without them.
    #[must_use]
    pub fn without(&self, hidden: &HashSet<&ArticleId>) -> Self {
        let (mut members, mut fingerprint) = (self.centre.members().clone(), self.fingerprint);
        let mut articles = self.articles.clone();
        articles.retain(|indexed| !hidden.contains(&indexed.article.id));
        for indexed in self.articles.iter().filter(|indexed| hidden.contains(&indexed.article.id)) {
            indexed.searched().for_each(|place| members.remove(indexed.codes.get(place)));
            fingerprint.remove(&indexed.digest);
        }
        Self {
            version: fingerprint.version(&self.revision),
            fingerprint,
            revision: self.revision.clone(),
            articles,
            shelves: self.shelves.iter().map(|shelf| Arc::new(shelf.without(hidden))).collect(),
            centre: Centre::of(members),
        }
    }

    fn encoded_anew(
        &self,
        gone: &HashSet<&ArticleId>,
        written: Vec<Article>,
        embed: &dyn Embed,
    ) -> Result<Self, BuildError> {
        let written_ids: HashSet<&ArticleId> = written.iter().map(|article| &article.id).collect();
        let others = self.articles.iter().map(|indexed| &indexed.article);
        let others = others.filter(|article| !gone.contains(&article.id) && !written_ids.contains(&article.id));
        let others: Vec<Article> = others.map(|article| (**article).clone()).collect();
        Self::build(others.into_iter().chain(written).collect(), embed)
    }

    fn shelves_after(
        &self,
        leave: &[Arc<IndexedArticle>],
        added: &[Arc<IndexedArticle>],
    ) -> tantivy::Result<Vec<Arc<Shelf>>> {
        let mut changes: BTreeMap<(Audience, &str), Change> = BTreeMap::new();
        for indexed in leave {
            changes.entry(indexed.shelf()).or_default().gone.push(Arc::clone(indexed));
        }
        for indexed in added {
            changes.entry(indexed.shelf()).or_default().added.push(Arc::clone(indexed));
        }
        let mut shelves = Vec::new();
        for shelf in &self.shelves {
            shelves.push(match changes.remove(&(shelf.audience, shelf.language.as_str())) {
                Some(change) => Arc::new(shelf.edited(&change.gone, change.added)?),
                None => Arc::clone(shelf),
            });
        }
        for ((audience, language), change) in changes {
            shelves.push(Arc::new(Shelf::build(audience, language, change.added)?));
        }
        shelves.retain(|shelf| !shelf.is_empty());
        Ok(shelves)
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
        self.find(id).map(|article_idx| Arc::clone(&self.articles[article_idx].article))
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

/// `articles` without `leave` and with `added`, all ordered by id. Of the others none is looked at but a few.
fn merged(
    articles: &[Arc<IndexedArticle>],
    leave: &[Arc<IndexedArticle>],
    added: Vec<Arc<IndexedArticle>>,
) -> Vec<Arc<IndexedArticle>> {
    let mut changes: BTreeMap<ArticleId, Option<Arc<IndexedArticle>>> =
        leave.iter().map(|indexed| (indexed.article.id.clone(), None)).collect();
    changes.extend(added.into_iter().map(|indexed| (indexed.article.id.clone(), Some(indexed))));
    let mut merged = Vec::with_capacity(articles.len() + changes.len());
    let mut rest = articles;
    for (id, change) in changes {
        let before = rest.partition_point(|indexed| indexed.article.id < id);
        merged.extend_from_slice(&rest[..before]);
        rest = &rest[before..];
        if rest.first().is_some_and(|indexed| indexed.article.id == id) {
            rest = &rest[1..];
        }
        merged.extend(change);
    }
    merged.extend_from_slice(rest);
    merged
}
