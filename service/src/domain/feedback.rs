//! What a human says about a decision of the assistant, and what became of it. Accepted, it is learned from.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::decision::{Action, Decision, ReasonCode};
use super::id::{ConversationId, FeedbackId};

/// One message, whether what was decided about it was right, and what it means.
#[derive(Clone, Debug, PartialEq)]
pub struct Feedback {
    /// Its identifier.
    pub id: FeedbackId,
    /// When it was given.
    pub created_at: Timestamp,
    /// Who gave it: a key's name or an agent's.
    pub author: String,
    /// What it is about.
    pub subject: Subject,
    /// What the assistant decided; none where it decided nothing.
    pub decided: Option<Decided>,
    /// Whether that was right.
    pub verdict: Verdict,
    /// What the message means.
    pub meant: Meant,
    /// More about it, in words.
    pub note: Option<String>,
    /// Whether it is learned from.
    pub state: ReviewState,
    /// Who reviewed it and when, once somebody has.
    pub reviewed: Option<Reviewed>,
}

/// The message that feedback is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Its text, with secrets masked.
    pub text: String,
    /// Where it is stored, when it is a stored one.
    pub message: Option<MessagePlace>,
}

/// The place of a stored message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessagePlace {
    /// Its conversation.
    pub conversation: ConversationId,
    /// Its number in there.
    pub seq: i64,
}

/// What the assistant decided, as far as feedback says anything about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decided {
    /// The likeliest intent, with its confidence; none where it took the message for none of ours.
    pub intent: Option<String>,
    /// How sure it was of that intent.
    pub confidence: Option<f32>,
    /// What it did.
    pub action: Action,
}

/// What a message means.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Meant {
    /// This intent.
    Intent(String),
    /// None of our intents.
    NoneOfOurs,
}

/// Whether a decision was right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It was.
    Right,
    /// It was not.
    Wrong,
}

/// Whether feedback is learned from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReviewState {
    /// Nobody has looked at it yet.
    Waiting,
    /// It is.
    Accepted,
    /// It is not.
    Rejected,
}

/// Who reviewed feedback, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reviewed {
    /// The key's name.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

impl From<&Decision> for Decided {
    fn from(decision: &Decision) -> Self {
        let out_of_scope = decision.reasons.iter().any(|reason| reason.code == ReasonCode::OutOfScope);
        let top = decision.intents.first().filter(|_| !out_of_scope);
        Self {
            intent: top.map(|intent| intent.name.clone()),
            confidence: top.map(|intent| intent.confidence),
            action: decision.action,
        }
    }
}

impl Decided {
    /// What the message meant if the decision was right.
    pub fn meant(&self) -> Meant {
        self.intent.clone().map_or(Meant::NoneOfOurs, Meant::Intent)
    }
}

impl Meant {
    /// The word for none of our intents, which no intent is called.
    pub const NONE: &str = knowledge_base::intents::NO_INTENT;

    /// The intent's name, or the word for none.
    pub fn name(&self) -> &str {
        match self {
            Self::Intent(name) => name,
            Self::NoneOfOurs => Self::NONE,
        }
    }

    /// What has this name.
    pub fn from_name(name: &str) -> Self {
        if name == Self::NONE { Self::NoneOfOurs } else { Self::Intent(name.to_owned()) }
    }
}

impl Verdict {
    /// Its name in the API and in storage.
    pub fn name(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Wrong => "wrong",
        }
    }

    /// The verdict of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Right, Self::Wrong].into_iter().find(|verdict| verdict.name() == name)
    }
}

impl ReviewState {
    /// Its name in the API and in storage.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
        }
    }

    /// The state of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Waiting, Self::Accepted, Self::Rejected].into_iter().find(|state| state.name() == name)
    }
}
