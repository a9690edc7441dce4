//! Feedback as the API shows and takes it.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::assistant::validation;
use crate::domain::feedback;
use crate::feedback::review::{self, Outcome};

/// What a human says about a decision.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FeedbackRequest {
    /// A text. Give either this or `message`.
    #[serde(default)]
    #[schema(example = "the glaze on my plate is crazed")]
    pub text: Option<String>,
    /// A stored message of a contact.
    #[serde(default)]
    pub message: Option<MessagePlace>,
    /// `right` or `wrong`.
    #[schema(example = "wrong")]
    pub verdict: String,
    /// The intent that was meant, or `none`; needed where the decision was wrong.
    #[serde(default)]
    #[schema(example = "faulty_item")]
    pub intent: Option<String>,
    /// More about it.
    #[serde(default)]
    pub note: Option<String>,
}

/// Where a message is stored.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MessagePlace {
    /// The conversation.
    pub conversation: String,
    /// The message's number in it.
    pub seq: i64,
}

/// An agent's correction of what was decided about a message of the contact.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// The agent's name.
    pub agent: String,
    /// The message's number in the conversation.
    pub seq: i64,
    /// The intent that was meant, or `none`.
    pub intent: String,
    /// More about it.
    #[serde(default)]
    pub note: Option<String>,
}

/// Feedback and what became of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Feedback {
    /// Its identifier.
    pub id: String,
    /// When it was given.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: jiff::Timestamp,
    /// Who gave it: a key's name or an agent's.
    pub author: String,
    /// The message, with passwords and card numbers masked.
    pub text: String,
    /// Where the message is stored.
    pub message: Option<MessagePlace>,
    /// What the assistant decided.
    pub decided: Option<Decided>,
    /// `right` or `wrong`.
    pub verdict: &'static str,
    /// The intent that is meant, or `none`.
    pub intent: String,
    /// More about it.
    pub note: Option<String>,
    /// `waiting`, `accepted` or `rejected`.
    pub state: &'static str,
    /// The key that reviewed it.
    pub reviewed_by: Option<String>,
    /// When it was reviewed.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub reviewed_at: Option<jiff::Timestamp>,
}

/// What the assistant decided.
#[derive(Debug, Serialize, ToSchema)]
pub struct Decided {
    /// The likeliest intent; null where it took the message for none of ours.
    pub intent: Option<String>,
    /// How sure it was of that, `0.0..=1.0`.
    pub confidence: Option<f32>,
    /// `answer`, `act`, `clarify`, `handoff` or `silent`.
    pub action: &'static str,
}

/// Which feedback to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FeedbackParams {
    /// Only that which is `waiting`, `accepted` or `rejected`.
    pub state: Option<String>,
    /// Where the last part ended.
    pub cursor: Option<String>,
    /// How many rows, 1 to 200.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<u32>,
}

/// What to do when learning would make the assistant worse.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReviewParams {
    /// `refuse` (the default) or `accept`.
    #[serde(default)]
    #[param(inline)]
    pub on_drop: OnDrop,
}

/// What to do when learning would make the assistant worse.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnDrop {
    /// Leave everything as it is.
    #[default]
    Refuse,
    /// Learn it all the same.
    Accept,
}

/// What came of a review.
#[derive(Debug, Serialize, ToSchema)]
pub struct Review {
    /// The feedback afterwards.
    pub feedback: Feedback,
    /// What it does to the assistant; null where nothing was learned or forgotten.
    pub change: Option<Change>,
}

/// How well the examples in the content are told before and after, each judged by a classifier that has not seen it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Change {
    /// The share of examples told before, `0.0..=1.0`.
    pub accuracy_before: f32,
    /// The share of examples told after, `0.0..=1.0`.
    pub accuracy_after: f32,
    /// How many examples there are.
    pub examples: usize,
    /// How many were told before and no longer are.
    pub newly_wrong: usize,
    /// How many were not told before and now are.
    pub newly_right: usize,
}

impl From<feedback::Feedback> for Feedback {
    fn from(feedback: feedback::Feedback) -> Self {
        let message = feedback.subject.message;
        let (reviewed_by, reviewed_at) = feedback.reviewed.map(|reviewed| (reviewed.by, reviewed.at)).unzip();
        Self {
            id: feedback.id.to_string(),
            created_at: feedback.created_at,
            author: feedback.author,
            text: feedback.subject.text,
            message: message.map(Into::into),
            decided: feedback.decided.map(|decided| Decided {
                intent: decided.intent,
                confidence: decided.confidence,
                action: decided.action.name(),
            }),
            verdict: feedback.verdict.name(),
            intent: feedback.meant.name().to_owned(),
            note: feedback.note,
            state: feedback.state.name(),
            reviewed_by,
            reviewed_at,
        }
    }
}

impl From<OnDrop> for review::OnDrop {
    fn from(on_drop: OnDrop) -> Self {
        match on_drop {
            OnDrop::Refuse => Self::Refuse,
            OnDrop::Accept => Self::Accept,
        }
    }
}

impl From<Outcome> for Review {
    fn from(outcome: Outcome) -> Self {
        Self { feedback: outcome.feedback.into(), change: outcome.change.map(Into::into) }
    }
}

impl From<validation::Change> for Change {
    fn from(change: validation::Change) -> Self {
        let validation::Change { before, after, examples, newly_wrong, newly_right } = change;
        Self { accuracy_before: before, accuracy_after: after, examples, newly_wrong, newly_right }
    }
}

impl From<feedback::MessagePlace> for MessagePlace {
    fn from(place: feedback::MessagePlace) -> Self {
        Self { conversation: place.conversation.to_string(), seq: place.seq }
    }
}
