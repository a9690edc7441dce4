//! One state of the knowledge base. It never changes: an edit makes another, which shares with it what stayed the same.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use models::{Embed, EncodeError};
use sha2::{Digest, Sha256};

use crate::article::{Article, ArticleId, Audience, Flaw};
use crate::centre::{Centre, Members};
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
    revision: String,
    /// By id.
    pub(crate) articles: Vec<Arc<IndexedArticle>>,
    pub(crate) shelves: Vec<Arc<Shelf>>,
    /// What titles, questions and passages have in common.
    pub(crate) centre: Centre,
}

/// Articles of one shelf that an edit takes out and puts in.
#[derive(Default)]
struct Change<'a> {
    gone: HashSet<&'a ArticleId>,
    added: Vec<Arc<IndexedArticle>>,
}

impl Snapshot {
    pub(crate) fn build(articles: Vec<Article>, embed: &dyn Embed) -> Result<Self, BuildError> {
        Self::empty(embed.revision()).edited(&HashSet::new(), articles, embed)
    }

    fn empty(revision: &str) -> Self {
        Self {
            version: String::new(),
            revision: revision.to_owned(),
            articles: Vec::new(),
            shelves: Vec::new(),
            centre: Centre::of(Members::default()),
        }
    }

    /// The state after the articles `gone` are taken out and `written` put in place of those with their ids. What is
    /// already encoded is used again; if it comes from another encoder, all is encoded anew.
    pub(crate) fn edited(
        &self,
        gone: &HashSet<&ArticleId>,
        written: Vec<Article>,
        embed: &dyn Embed,
    ) -> Result<Self, BuildError> {
        refuse_flawed(&written)?;
        if self.revision != embed.revision() {
            return self.encoded_anew(gone, written, embed);
        }
        let written_ids: HashSet<ArticleId> = written.iter().map(|article| article.id.clone()).collect();
        let leaves = |indexed: &&Arc<IndexedArticle>| {
            gone.contains(&indexed.article.id) || written_ids.contains(&indexed.article.id)
        };
        let leave: Vec<Arc<IndexedArticle>> = self.articles.iter().filter(leaves).cloned().collect();
        let added = index_articles(written, &leave, embed)?;
        self.after(&leave, added)
    }

    /// The state after `leave` are taken out and `added` put in.
    fn after(&self, leave: &[Arc<IndexedArticle>], added: Vec<Arc<IndexedArticle>>) -> Result<Self, BuildError> {
        let mut members = self.centre.members().clone();
        leave.iter().for_each(|indexed| indexed.searched().for_each(|place| members.remove(indexed.codes.get(place))));
        added.iter().for_each(|indexed| indexed.searched().for_each(|place| members.add(indexed.codes.get(place))));
        let shelves = self.shelves_after(leave, &added).map_err(|error| BuildError::Index(error.to_string()))?;
        let gone: HashSet<&ArticleId> = leave.iter().map(|indexed| &indexed.article.id).collect();
        let stay = self.articles.iter().filter(|indexed| !gone.contains(&indexed.article.id));
        let mut articles: Vec<Arc<IndexedArticle>> = stay.cloned().chain(added).collect();
        articles.sort_by(|a, b| a.article.id.cmp(&b.article.id));
        let version = version(&articles, &self.revision);
        Ok(Self { version, revision: self.revision.clone(), articles, shelves, centre: Centre::of(members) })
    }

    /// This state on which the articles `hidden` are not found, to see what would be without them.
    pub fn without(&self, hidden: &HashSet<&ArticleId>) -> Self {
        let mut members = self.centre.members().clone();
        let is_hidden = |indexed: &&Arc<IndexedArticle>| hidden.contains(&indexed.article.id);
        for indexed in self.articles.iter().filter(is_hidden) {
            indexed.searched().for_each(|place| members.remove(indexed.codes.get(place)));
        }
        let articles: Vec<_> = self.articles.iter().filter(|indexed| !is_hidden(indexed)).cloned().collect();
        Self {
            version: version(&articles, &self.revision),
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
        let mut changes: BTreeMap<(Audience, &str), Change<'_>> = BTreeMap::new();
        for indexed in leave {
            changes.entry(indexed.shelf()).or_default().gone.insert(&indexed.article.id);
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

fn version(articles: &[Arc<IndexedArticle>], revision: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(revision);
    for indexed in articles {
        hash.update(indexed.digest);
    }
    hex::encode(&hash.finalize()[..8])
}
