//! The questions that went wrong, one by one, for whoever wants to know why.

use std::fs;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use anyhow::Context;
use serde::Serialize;

/// A question to which another article came first, or which was answered without its article.
#[derive(Serialize)]
pub(super) struct Failure {
    pub(super) task: String,
    pub(super) question: String,
    pub(super) kind: Kind,
    /// The articles that answer it.
    pub(super) wanted: Vec<String>,
    /// What came first, best first.
    pub(super) found: Vec<Found>,
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    OtherArticleFirst,
    AnsweredWithoutItsArticle,
    NearMissAnswered,
}

#[derive(Serialize)]
pub(super) struct Found {
    pub(super) article: String,
    pub(super) title: String,
    pub(super) score: f32,
    pub(super) lexical: f32,
    pub(super) semantic: f32,
}

impl From<&knowledge_base::Hit> for Found {
    fn from(hit: &knowledge_base::Hit) -> Self {
        Self {
            article: hit.article.to_string(),
            title: hit.title.clone(),
            score: hit.score,
            lexical: hit.lexical,
            semantic: hit.semantic,
        }
    }
}

/// Failures, collected while tasks are measured.
#[derive(Default)]
pub(super) struct Failures(Mutex<Vec<Failure>>);

impl Failures {
    pub(super) fn add(&self, failure: Failure) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(failure);
    }

    /// Writes them to a file, a JSON object a line; how many there are.
    pub(super) fn write(&self, path: &Path) -> anyhow::Result<usize> {
        let failures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let lines = failures.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>()?;
        fs::write(path, lines.join("\n") + "\n").with_context(|| format!("cannot write {}", path.display()))?;
        Ok(failures.len())
    }
}
