//! What is asked and told of articles that are stored, every version of each.

use jiff::Timestamp;

use super::Cursor;

/// A stored article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedArticle {
    /// Its identifier.
    pub id: String,
    /// Its Markdown with front matter; `None` once deleted.
    pub source: Option<String>,
    /// Its version, from 1.
    pub version: u32,
}

/// A new version of an article, to be stored.
#[derive(Clone, Debug)]
pub struct SaveArticle {
    /// The article.
    pub id: String,
    /// Its Markdown with front matter; `None` deletes it.
    pub source: Option<String>,
    /// Who changed it.
    pub author: String,
    /// The least number it may have; it has one more than the last if that is greater.
    pub at_least: u32,
}

/// One version of an article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArticleVersion {
    /// Its number, from 1.
    pub version: u32,
    /// Its Markdown with front matter; `None` where it was deleted.
    pub source: Option<String>,
    /// Who changed it.
    pub author: String,
    /// When.
    pub at: Timestamp,
}

/// Which versions of an article to list.
#[derive(Clone, Debug, Default)]
pub struct ArticleVersionQuery {
    /// The article.
    pub id: String,
    /// Where the last page ended.
    pub cursor: Option<Cursor>,
    /// How many.
    pub limit: u32,
}
