//! The content in use, as the API shows it.

use std::path::Path;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::assistant::Unbacked;
use crate::content_folder::LastReading;

/// The content in use.
#[derive(Debug, Serialize, ToSchema)]
pub struct Content {
    /// The folder it is from, or `built in`. Articles saved over the API stand above those in the folder.
    #[schema(example = "built in")]
    pub folder: String,
    /// The version of the knowledge base: another one with every article that changes.
    pub version: String,
    /// When the folder was read last, whatever came of it.
    #[schema(value_type = String, format = DateTime)]
    pub read_at: Timestamp,
    /// What of it is not in use, so that what was read before it is; empty when all is well.
    pub problems: Vec<ContentProblem>,
    /// Intents left without an article they name, because it was deleted or hidden from contacts since; empty when all is
    /// well.
    pub unbacked_intents: Vec<UnbackedIntent>,
}

/// An intent, and an article that it names and contacts cannot be shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnbackedIntent {
    /// The intent's name.
    #[schema(example = "return_item")]
    pub intent: String,
    /// The article to write again, or to name no longer.
    #[schema(example = "returns")]
    pub article: String,
}

/// Something wrong in the content folder.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContentProblem {
    /// The file, relative to the folder.
    pub file: String,
    /// The line in it, counted from 1.
    pub line: usize,
    /// What is wrong and what to do about it.
    pub message: String,
}

impl Content {
    /// What is shown of the content of `folder`, or of the built-in one.
    pub fn of(folder: Option<&Path>, version: String, last: LastReading, unbacked: Vec<Unbacked>) -> Self {
        let LastReading { at, problems, files: _ } = last;
        Self {
            folder: folder.map_or_else(|| "built in".to_owned(), |folder| folder.display().to_string()),
            version,
            read_at: at,
            problems: problems.into_iter().map(Into::into).collect(),
            unbacked_intents: unbacked.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<Unbacked> for UnbackedIntent {
    fn from(unbacked: Unbacked) -> Self {
        Self { intent: unbacked.intent, article: unbacked.article.as_str().to_owned() }
    }
}

impl From<knowledge_base::Problem> for ContentProblem {
    fn from(problem: knowledge_base::Problem) -> Self {
        let knowledge_base::Problem { file, line, message } = problem;
        Self { file, line, message }
    }
}
