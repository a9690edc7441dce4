//! Intents as the API shows them, and what could be better about them.

use serde::Serialize;
use utoipa::ToSchema;

use crate::assistant::validation::Told;
use crate::assistant::{Doubt, report};

/// An intent.
#[derive(Debug, Serialize, ToSchema)]
pub struct Intent {
    /// Its name.
    pub name: String,
    /// What to call it in a question.
    pub title: String,
    /// The line its handoffs wait in.
    pub queue: String,
    /// What the assistant does about it: `answer`, `flow`, `handoff` or `reply`.
    pub action: &'static str,
    /// How well it is known.
    #[serde(flatten)]
    pub quality: IntentQuality,
}

/// How well an intent is known.
#[derive(Debug, Serialize, ToSchema)]
pub struct IntentQuality {
    /// How many examples it is learned from.
    pub examples: usize,
    /// How many of them its authors wrote.
    pub authored: usize,
    /// How many of them come from feedback.
    pub from_feedback: usize,
    /// The share of its authors' examples told when unseen; null until a report or a review has found out.
    pub recall: Option<f32>,
    /// The share of unseen examples taken for it that are its own; null where none were, and until then.
    pub precision: Option<f32>,
}

/// What could be better about the intents.
#[derive(Debug, Serialize, ToSchema)]
pub struct IntentReport {
    /// The share of the authors' examples told by classifiers that have not seen them; null without examples.
    pub accuracy: Option<f32>,
    /// How many examples authors wrote.
    pub examples: usize,
    /// How many examples come from feedback.
    pub from_feedback: usize,
    /// Every intent, in the order of its authors.
    pub intents: Vec<NamedQuality>,
    /// Pairs taken for each other, the worst first, at most 20.
    pub confused: Vec<Confused>,
    /// Examples that look like another intent's, the surest first, at most 20.
    pub misplaced: Vec<Misplaced>,
    /// What looks wrong with examples.
    pub doubts: Vec<ExampleDoubt>,
    /// How many messages of contacts were looked at that none of the intents seems to fit.
    pub out_of_scope_messages: usize,
    /// Intents that seem to be missing: groups of at least 3 such messages, the largest first, at most 20.
    pub missing: Vec<MissingIntent>,
}

/// How well a named intent is known.
#[derive(Debug, Serialize, ToSchema)]
pub struct NamedQuality {
    /// Its name.
    pub name: String,
    /// How well it is known.
    #[serde(flatten)]
    pub quality: IntentQuality,
}

/// Two intents taken for each other.
#[derive(Debug, Serialize, ToSchema)]
pub struct Confused {
    /// The two.
    pub intents: [String; 2],
    /// How many unseen examples of each were taken for the other.
    pub mistaken: [usize; 2],
    /// The two examples, one of each, that are most alike.
    pub alike: [String; 2],
    /// How alike they are, up to 1.
    pub similarity: f32,
}

/// An example that looks like another intent's.
#[derive(Debug, Serialize, ToSchema)]
pub struct Misplaced {
    /// Its text.
    pub text: String,
    /// The intent it is written under.
    pub intent: String,
    /// The intent it looks like.
    pub looks_like: String,
    /// How sure that is, `0.0..=1.0`.
    pub confidence: f32,
}

/// Something that looks wrong with an example.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExampleDoubt {
    /// `few_examples`, `duplicate`, `foreign_language` or `too_long`.
    pub kind: &'static str,
    /// The intent.
    pub intent: String,
    /// The same in a sentence, with what would mend it.
    pub detail: String,
}

/// An intent that seems to be missing.
#[derive(Debug, Serialize, ToSchema)]
pub struct MissingIntent {
    /// How many messages mean much the same.
    pub messages: usize,
    /// The most central ones, at most 3, with passwords and card numbers masked.
    pub central: Vec<String>,
}

impl From<report::IntentQuality> for IntentQuality {
    fn from(quality: report::IntentQuality) -> Self {
        Self {
            examples: quality.authored + quality.from_feedback,
            authored: quality.authored,
            from_feedback: quality.from_feedback,
            recall: quality.told.and_then(Told::recall),
            precision: quality.told.and_then(Told::precision),
        }
    }
}

impl From<report::Report> for IntentReport {
    fn from(report: report::Report) -> Self {
        Self {
            accuracy: report.accuracy,
            examples: report.examples,
            from_feedback: report.lessons,
            intents: report
                .intents
                .into_iter()
                .map(|quality| NamedQuality { name: quality.name.clone(), quality: quality.into() })
                .collect(),
            confused: report.confused.into_iter().map(Into::into).collect(),
            misplaced: report.misplaced.into_iter().map(Into::into).collect(),
            doubts: report.doubts.into_iter().map(Into::into).collect(),
            out_of_scope_messages: report.unanswered,
            missing: report
                .missing
                .into_iter()
                .map(|group| MissingIntent { messages: group.messages, central: group.central })
                .collect(),
        }
    }
}

impl From<report::Confused> for Confused {
    fn from(confused: report::Confused) -> Self {
        let report::Confused { intents, mistaken, alike, similarity } = confused;
        Self { intents, mistaken, alike, similarity }
    }
}

impl From<report::Misplaced> for Misplaced {
    fn from(misplaced: report::Misplaced) -> Self {
        let report::Misplaced { text, intent, looks_like, confidence } = misplaced;
        Self { text, intent, looks_like, confidence }
    }
}

impl From<Doubt> for ExampleDoubt {
    fn from(doubt: Doubt) -> Self {
        Self { kind: doubt.kind.name(), detail: doubt.to_string(), intent: doubt.intent }
    }
}
