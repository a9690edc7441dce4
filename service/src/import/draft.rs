//! What every source is read into: an article that has neither an id nor a place yet, or the reason why there is none.

use knowledge_base::{Audience, Validity};

/// An article as a source gives it. What is `None` the source does not say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The file, row or address, as whoever runs the import knows it.
    pub place: String,
    /// The same as the article keeps it, so that importing again finds it.
    pub source: String,
    /// What to make its id from, if not its title.
    pub slug: Option<String>,
    /// Its title.
    pub title: String,
    /// Its language.
    pub locale: Option<String>,
    /// Its labels.
    pub tags: Option<Vec<String>>,
    /// Who may read it.
    pub audience: Option<Audience>,
    /// Questions it answers.
    pub questions: Option<Vec<String>>,
    /// On which days it is valid.
    pub validity: Option<Validity>,
    /// Markdown.
    pub body: String,
}

/// Something that did not become an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// The file, row or address.
    pub place: String,
    /// What is wrong and what to do about it.
    pub reason: String,
    /// What is known of an article that came from there before.
    pub(super) standing: Standing,
}

/// What something that was skipped means for an article that came from it before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Standing {
    /// It cannot be told which article that would be.
    Unknown,
    /// What the article names as its source is still there.
    There(String),
    /// It is there no longer, or no longer for everyone to see.
    Withdrawn {
        /// The source that the article names.
        source: String,
        /// What became of it.
        how: &'static str,
    },
}

/// One thing that was read.
pub type Item = Result<Draft, Skipped>;

/// Something to know about what was read, which keeps nothing from being imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The file, folder or address.
    pub place: String,
    /// What to know.
    pub text: String,
}

/// What one file or page gave.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub(super) items: Vec<Item>,
    pub(super) notes: Vec<Note>,
}

impl Skipped {
    /// What lies at `place` is left out because of `reason`.
    pub fn new(place: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { place: place.into(), reason: reason.into(), standing: Standing::Unknown }
    }

    /// What the article names as its `source` is there all the same.
    pub(super) fn yet_there(self, source: impl Into<String>) -> Self {
        Self { standing: Standing::There(source.into()), ..self }
    }

    /// The article that names `source` should no longer be shown; `how` says what became of it.
    pub(super) fn withdrawing(self, source: impl Into<String>, how: &'static str) -> Self {
        Self { standing: Standing::Withdrawn { source: source.into(), how }, ..self }
    }
}

impl Note {
    /// `text` is to be known about `place`.
    pub fn new(place: impl Into<String>, text: impl Into<String>) -> Self {
        Self { place: place.into(), text: text.into() }
    }
}

impl From<Item> for Reading {
    fn from(item: Item) -> Self {
        Self { items: vec![item], notes: Vec::new() }
    }
}

/// `text` on one line: runs of white space and control characters become one space, none at the ends.
pub(super) fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// The texts that say something, on one line each and none twice.
pub(super) fn distinct(texts: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for text in texts {
        let text = one_line(&text);
        if !text.is_empty() && !kept.contains(&text) {
            kept.push(text);
        }
    }
    kept
}

/// Labels in one text, between commas, semicolons or bars.
pub(super) fn labels(text: &str) -> Vec<String> {
    distinct(text.split([',', ';', '|']).map(str::to_owned))
}
