//! An article with the embeddings of everything in it, so that a question is the only text encoded when it is asked.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use models::{Embed, EncodeError, Role};
use sha2::{Digest, Sha256};

use crate::article::{Article, Audience};
use crate::chunk::{Passage, passages};
use crate::codes::{Code, Codes};

/// As many texts are encoded at once, so that no more of their embeddings are in memory in floating point.
const BATCH: usize = 4_096;

/// An article ready to be searched and quoted.
pub(crate) struct IndexedArticle {
    pub(crate) article: Arc<Article>,
    pub(crate) language: String,
    /// Names everything in the article.
    pub(crate) digest: [u8; 32],
    pub(crate) passages: Vec<Passage>,
    /// Of the title, the questions, each passage with its title and headings, and each unit, in this order.
    pub(crate) codes: Codes,
}

/// An article with its passages, and the texts to encode in the order of its codes.
struct Prepared<'o> {
    article: Article,
    passages: Vec<Passage>,
    texts: Vec<String>,
    before: Option<&'o IndexedArticle>,
}

impl IndexedArticle {
    /// Whom it may be shown to and in which language, which is where it is searched.
    pub(crate) fn shelf(&self) -> (Audience, &str) {
        (self.article.audience, &self.language)
    }

    /// The places of the title and the questions.
    pub(crate) fn questions(&self) -> Range<usize> {
        0..1 + self.article.questions.len()
    }

    /// The places of the passages.
    pub(crate) fn wholes(&self) -> Range<usize> {
        let start = self.questions().end;
        start..start + self.passages.len()
    }

    /// The places of what a question is searched among: all but the units.
    pub(crate) fn searched(&self) -> Range<usize> {
        0..self.wholes().end
    }

    /// The places of the units of each passage, in order.
    pub(crate) fn units(&self) -> impl Iterator<Item = Range<usize>> {
        let mut start = self.wholes().end;
        self.passages.iter().map(move |passage| {
            let units = start..start + passage.units.len();
            start = units.end;
            units
        })
    }
}

impl<'o> Prepared<'o> {
    fn new(article: Article, before: Option<&'o IndexedArticle>) -> Self {
        let passages = passages(&article.body);
        let texts = texts(&article, &passages);
        Self { article, passages, texts, before }
    }

    /// The codes of texts that were in the article before.
    fn known(&self) -> HashMap<String, Code<'o>> {
        let Some(before) = self.before else { return HashMap::new() };
        let texts = texts(&before.article, &before.passages).into_iter().enumerate();
        texts.map(|(place, text)| (text, before.codes.get(place))).collect()
    }
}

/// The texts of an article in the order of its codes.
fn texts(article: &Article, passages: &[Passage]) -> Vec<String> {
    let mut texts = vec![article.title.clone()];
    texts.extend(article.questions.iter().cloned());
    texts.extend(passages.iter().map(|passage| in_context(article, passage)));
    let units = passages.iter().flat_map(|passage| passage.units.iter().map(|unit| passage.unit_text(unit).to_owned()));
    texts.extend(units);
    texts
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
    let mut finished = Vec::with_capacity(articles.len());
    let mut waiting = Vec::new();
    let mut n_texts = 0;
    for article in articles {
        match old.get(article.id.as_str()) {
            Some(indexed) if *indexed.article == article => finished.push(Arc::clone(indexed)),
            before => {
                let prepared = Prepared::new(article, before.map(|before| &***before));
                n_texts += prepared.texts.len();
                waiting.push(prepared);
            }
        }
        if n_texts >= BATCH {
            finished.extend(encoded(std::mem::take(&mut waiting), embed)?);
            n_texts = 0;
        }
    }
    finished.extend(encoded(waiting, embed)?);
    finished.sort_by(|a, b| a.article.id.cmp(&b.article.id));
    Ok(finished)
}

/// Encodes what is not known of a few articles.
fn encoded(batch: Vec<Prepared<'_>>, embed: &dyn Embed) -> Result<Vec<Arc<IndexedArticle>>, EncodeError> {
    let known: Vec<HashMap<String, Code<'_>>> = batch.iter().map(Prepared::known).collect();
    let mut seen = HashSet::new();
    let mut missing = Vec::new();
    for (prepared, known) in batch.iter().zip(&known) {
        let new = prepared.texts.iter().filter(|text| !known.contains_key(*text) && seen.insert(text.as_str()));
        missing.extend(new.cloned());
    }
    let embeddings = if missing.is_empty() { Vec::new() } else { embed.embed(&missing, Role::Passage)? };
    if embeddings.len() != missing.len() {
        let message = format!("{} embeddings came back for {} texts", embeddings.len(), missing.len());
        return Err(EncodeError::Failed(message));
    }
    let fresh: HashMap<&str, &[f32]> =
        missing.iter().zip(&embeddings).map(|(text, embedding)| (text.as_str(), embedding.as_slice())).collect();
    let finished = batch.into_iter().zip(known).map(|(prepared, known)| {
        let width = embeddings.first().map(|embedding| embedding.as_slice().len());
        let width = width.or(prepared.before.map(|before| before.codes.width())).unwrap_or_default();
        let mut codes = Codes::new(width);
        for text in &prepared.texts {
            match (known.get(text), fresh.get(text.as_str())) {
                (Some(code), _) => codes.push_code(*code),
                (None, Some(vector)) => codes.push(vector),
                (None, None) => return Err(EncodeError::Failed("a text was not encoded".into())),
            }
        }
        codes.shrink_to_fit();
        let Prepared { article, passages, .. } = prepared;
        let (language, digest) = (article.language(), digest(&article));
        Ok(Arc::new(IndexedArticle { article: Arc::new(article), language, digest, passages, codes }))
    });
    finished.collect()
}

/// A passage's text after its title and headings, without which "It takes three days." says little.
pub(crate) fn in_context(article: &Article, passage: &Passage) -> String {
    let mut text = article.title.clone();
    for heading in &passage.headings {
        text.push_str(". ");
        text.push_str(heading);
    }
    text.push_str(". ");
    text.push_str(&passage.text);
    text
}

fn digest(article: &Article) -> [u8; 32] {
    let mut hash = Sha256::new();
    let mut add = |text: &str| {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text);
    };
    let Article { id, title, locale, tags, audience, questions, source: _, validity, body, version } = article;
    for text in [id.as_str(), title, locale, audience.as_str(), body, &version.to_string()] {
        add(text);
    }
    for day in [validity.from(), validity.until()] {
        add(&day.map(|day| day.to_string()).unwrap_or_default());
    }
    for list in [tags, questions] {
        add(&list.len().to_string());
        for text in list {
            add(text);
        }
    }
    hash.finalize().into()
}
