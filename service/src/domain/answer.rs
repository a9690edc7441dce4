//! What the assistant says, and where every sentence of it comes from.

use serde::{Deserialize, Serialize};

/// A passage of an article that an answer quotes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Citation {
    /// The article's identifier.
    pub article: String,
    /// Its title.
    pub title: String,
    /// Where the quoted text starts in the article's body, in bytes.
    pub start: usize,
    /// Where it ends, in bytes, exclusive.
    pub end: usize,
    /// The version of the article that was quoted.
    pub version: u32,
    /// How well it fits the question, `0.0..=1.0`.
    pub score: f32,
}

/// Text taken from the knowledge base in answer to a question.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// What to say.
    pub text: String,
    /// Where it comes from; never empty.
    pub citations: Vec<Citation>,
    /// How likely it is to answer the question, `0.0..=1.0`.
    pub score: f32,
}

/// An article that might help.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Suggestion {
    /// The article's identifier.
    pub article: String,
    /// Its title.
    pub title: String,
    /// How well it fits the question, `0.0..=1.0`.
    pub score: f32,
}

/// One thing to say to the contact.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reply {
    /// The words.
    pub text: String,
    /// The sources, for an answer.
    pub citations: Vec<Citation>,
    /// Short replies to offer as buttons.
    pub quick_replies: Vec<String>,
}

impl Reply {
    /// A reply of plain words.
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}
