//! Decisions, reasons and answers as the API shows them.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::{answer, decision, understanding};

/// What was decided, and why.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Decision {
    /// `answer`, `act`, `clarify`, `handoff` or `silent`.
    pub action: &'static str,
    /// The flow that runs, when one does.
    pub flow: Option<String>,
    /// The queue of a handoff.
    pub queue: Option<String>,
    /// Why, most important first.
    pub reasons: Vec<Reason>,
    /// What it was taken to be about.
    pub intents: Vec<Intent>,
}

/// One reason of a decision.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Reason {
    /// What it is, such as `negative_emotion`.
    pub code: &'static str,
    /// The measured value.
    pub score: Option<f32>,
    /// What it was compared with.
    pub threshold: Option<f32>,
    /// The organisation's rule that fired.
    pub rule: Option<String>,
    /// The number of the message that gave rise to it.
    pub message: Option<i64>,
}

/// A purpose and its probability.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Intent {
    /// Its name.
    pub name: String,
    /// `0.0..=1.0`.
    pub confidence: f32,
}

/// A quoted passage.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Citation {
    /// The article's identifier.
    pub article: String,
    /// Its title.
    pub title: String,
    /// Where the quoted text starts in the article's body, in bytes.
    pub start: usize,
    /// Where it ends, exclusive.
    pub end: usize,
    /// The article's version.
    pub version: u32,
    /// How well it fits, `0.0..=1.0`.
    pub score: f32,
}

impl From<decision::Decision> for Decision {
    fn from(decision: decision::Decision) -> Self {
        Self {
            action: decision.action.name(),
            flow: decision.flow,
            queue: decision.queue,
            reasons: decision.reasons.into_iter().map(Into::into).collect(),
            intents: decision.intents.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<decision::Reason> for Reason {
    fn from(reason: decision::Reason) -> Self {
        Self {
            code: reason.code.name(),
            score: reason.score,
            threshold: reason.threshold,
            rule: reason.rule,
            message: reason.message,
        }
    }
}

impl From<understanding::ScoredIntent> for Intent {
    fn from(intent: understanding::ScoredIntent) -> Self {
        Self { name: intent.name, confidence: intent.confidence }
    }
}

impl From<answer::Citation> for Citation {
    fn from(citation: answer::Citation) -> Self {
        let answer::Citation { article, title, start, end, version, score } = citation;
        Self { article, title, start, end, version, score }
    }
}
