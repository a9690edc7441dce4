//! Articles and search as the API shows and takes them.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::store;

/// An article.
#[derive(Debug, Serialize, ToSchema)]
pub struct Article {
    /// Its identifier.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its language.
    pub locale: String,
    /// Words it is filed under.
    pub tags: Vec<String>,
    /// `public` or `agents`.
    pub audience: &'static str,
    /// Questions it answers.
    pub questions: Vec<String>,
    /// Where it was imported from, a web address or a file; null where it was written here.
    pub source: Option<String>,
    /// The first day on which it is found, in UTC; null where it always was.
    #[schema(value_type = Option<String>, format = Date)]
    pub valid_from: Option<Date>,
    /// The last day on which it is found, in UTC; null where it is for good.
    #[schema(value_type = Option<String>, format = Date)]
    pub valid_until: Option<Date>,
    /// Its version.
    pub version: u32,
    /// Its body, in Markdown.
    pub body: String,
}

/// An article as it is written.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ArticleSource {
    /// Front matter between `+++` lines (id, title, locale, tags, audience, questions, source, `valid_from`, `valid_until`),
    /// then Markdown.
    pub source: String,
    /// The version that it was made from. If another is in place by now, it is refused; without it, the last one wins.
    #[serde(default)]
    pub based_on: Option<u32>,
}

/// A version of an article that was saved here.
#[derive(Debug, Serialize, ToSchema)]
pub struct ArticleVersion {
    /// Its number, as citations name it.
    pub version: u32,
    /// The name of the key that it was saved or deleted with.
    pub author: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Whether the article was deleted then.
    pub deleted: bool,
    /// Front matter and Markdown, as `PUT /v1/articles/{id}` takes it; null where it was deleted.
    pub source: Option<String>,
}

/// A question to search by.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SearchRequest {
    /// The question.
    #[schema(example = "how long do refunds take")]
    pub text: String,
    /// Only articles of this language.
    #[serde(default)]
    pub locale: Option<String>,
    /// How many hits, 1 to 50.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 50)]
    pub limit: Option<usize>,
}

/// What was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchResult {
    /// Passages, best first. A second look at the first four may have put one before another with a higher score.
    pub hits: Vec<Hit>,
    /// The answer the assistant would give, if it would give one.
    pub answer: Option<super::triage::Answer>,
}

/// A passage found.
#[derive(Debug, Serialize, ToSchema)]
pub struct Hit {
    /// The article's identifier.
    pub article: String,
    /// Its title.
    pub title: String,
    /// The passage.
    pub text: String,
    /// Where it starts in the article's body, in bytes.
    pub start: usize,
    /// Where it ends, exclusive.
    pub end: usize,
    /// The article's version.
    pub version: u32,
    /// How well it fits by its words and its meaning, `0.0..=1.0`.
    pub score: f32,
}

/// Which articles to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ArticleParams {
    /// Only those whose identifier comes after this one.
    pub cursor: Option<String>,
    /// How many rows, 1 to 200.
    pub limit: Option<u32>,
}

impl From<knowledge_base::Article> for Article {
    fn from(article: knowledge_base::Article) -> Self {
        Self {
            id: article.id.as_str().to_owned(),
            title: article.title,
            locale: article.locale,
            tags: article.tags,
            audience: match article.audience {
                knowledge_base::Audience::Public => "public",
                knowledge_base::Audience::Agents => "agents",
            },
            questions: article.questions,
            source: article.source,
            valid_from: article.validity.from(),
            valid_until: article.validity.until(),
            version: article.version,
            body: article.body,
        }
    }
}

impl From<store::ArticleVersion> for ArticleVersion {
    fn from(saved: store::ArticleVersion) -> Self {
        let store::ArticleVersion { version, source, author, at } = saved;
        Self { version, author, at, deleted: source.is_none(), source }
    }
}

impl From<knowledge_base::Hit> for Hit {
    fn from(hit: knowledge_base::Hit) -> Self {
        Self {
            article: hit.article.as_str().to_owned(),
            title: hit.title,
            text: hit.text,
            start: hit.start,
            end: hit.end,
            version: hit.version,
            score: hit.score,
        }
    }
}

impl From<knowledge_base::Answer> for super::triage::Answer {
    fn from(answer: knowledge_base::Answer) -> Self {
        Self {
            text: answer.text,
            citations: answer
                .citations
                .into_iter()
                .map(|citation| super::decision::Citation {
                    article: citation.article.as_str().to_owned(),
                    title: citation.title,
                    start: citation.start,
                    end: citation.end,
                    version: citation.version,
                    score: citation.score,
                })
                .collect(),
        }
    }
}
