//! An article with the embeddings of everything in it, so that a question is the only text encoded when it is asked.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use models::{Embed, Embedding, EncodeError, Role};

use crate::article::Article;
use crate::chunk::{Passage, passages};

/// An article ready to be searched and quoted.
pub(crate) struct IndexedArticle {
    pub(crate) article: Arc<Article>,
    pub(crate) language: String,
    pub(crate) title: Embedding,
    pub(crate) questions: Vec<Embedding>,
    pub(crate) passages: Vec<IndexedPassage>,
}

/// A passage with the embedding of its text and of each of its units.
pub(crate) struct IndexedPassage {
    pub(crate) passage: Passage,
    pub(crate) whole: Embedding,
    pub(crate) units: Vec<Embedding>,
}

/// Embeddings by text.
type Known = HashMap<String, Embedding>;

impl IndexedArticle {
    fn new(article: Article, passages: Vec<Passage>, known: &Known) -> Option<Self> {
        let title = known.get(&article.title)?.clone();
        let questions = article.questions.iter().map(|text| known.get(text).cloned()).collect::<Option<_>>()?;
        let passages = passages.into_iter().map(|passage| {
            let whole = known.get(&in_context(&article, &passage))?.clone();
            let units = passage.units.iter().map(|unit| known.get(&unit.text).cloned()).collect::<Option<_>>()?;
            Some(IndexedPassage { passage, whole, units })
        });
        let passages = passages.collect::<Option<_>>()?;
        Some(Self { language: article.language(), title, questions, passages, article: Arc::new(article) })
    }

    /// What is already encoded in here, by text.
    fn known(&self, into: &mut Known) {
        into.insert(self.article.title.clone(), self.title.clone());
        into.extend(self.article.questions.iter().cloned().zip(self.questions.iter().cloned()));
        for indexed in &self.passages {
            into.insert(in_context(&self.article, &indexed.passage), indexed.whole.clone());
            let texts = indexed.passage.units.iter().map(|unit| unit.text.clone());
            into.extend(texts.zip(indexed.units.iter().cloned()));
        }
    }
}

/// Indexes `articles`. Unchanged ones are taken from `old` as they are, changed ones reuse the embeddings of the texts
/// they still have; `old` must come from the same encoder.
pub(crate) fn index_articles(
    articles: Vec<Article>,
    old: &[Arc<IndexedArticle>],
    embed: &dyn Embed,
) -> Result<Vec<Arc<IndexedArticle>>, EncodeError> {
    let old: HashMap<&str, &Arc<IndexedArticle>> =
        old.iter().map(|indexed| (indexed.article.id.as_str(), indexed)).collect();
    let mut known = Known::new();
    let mut finished = Vec::with_capacity(articles.len());
    let mut fresh = Vec::new();
    for article in articles {
        match old.get(article.id.as_str()) {
            Some(indexed) if *indexed.article == article => finished.push(Arc::clone(indexed)),
            before => {
                if let Some(indexed) = before {
                    indexed.known(&mut known);
                }
                let passages = passages(&article.body);
                fresh.push((article, passages));
            }
        }
    }
    let missing = missing_texts(&fresh, &known);
    let embeddings = embed.embed(&missing, Role::Passage)?;
    if embeddings.len() != missing.len() {
        let message = format!("{} embeddings came back for {} texts", embeddings.len(), missing.len());
        return Err(EncodeError::Failed(message));
    }
    known.extend(missing.into_iter().zip(embeddings));
    for (article, passages) in fresh {
        // Every text was either known or has just been encoded.
        finished.extend(IndexedArticle::new(article, passages, &known).map(Arc::new));
    }
    finished.sort_by(|a, b| a.article.id.cmp(&b.article.id));
    Ok(finished)
}

fn missing_texts(fresh: &[(Article, Vec<Passage>)], known: &Known) -> Vec<String> {
    let mut seen = HashSet::new();
    let mut missing = Vec::new();
    for (article, passages) in fresh {
        let own = std::iter::once(article.title.clone()).chain(article.questions.iter().cloned());
        let inside = passages.iter().flat_map(|passage| {
            let units = passage.units.iter().map(|unit| unit.text.clone());
            units.chain(std::iter::once(in_context(article, passage)))
        });
        let new = own.chain(inside).filter(|text| !known.contains_key(text) && seen.insert(text.clone()));
        missing.extend(new);
    }
    missing
}

/// A passage's text after its title and headings, without which "It takes three days." says little.
fn in_context(article: &Article, passage: &Passage) -> String {
    let mut text = article.title.clone();
    for heading in &passage.headings {
        text.push_str(". ");
        text.push_str(heading);
    }
    text.push_str(". ");
    text.push_str(&passage.text);
    text
}
