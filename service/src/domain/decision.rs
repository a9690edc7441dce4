//! What to do with a turn, and why, as data.

use serde::{Deserialize, Serialize};

use super::understanding::ScoredIntent;

/// What to do with a turn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// The kind of thing to do.
    pub action: Action,
    /// The flow that runs, when one does.
    pub flow: Option<String>,
    /// The queue a handoff goes to.
    pub queue: Option<String>,
    /// Why, most important first. Never empty for a handoff or a clarification.
    pub reasons: Vec<Reason>,
    /// What the turn was taken to be about, by falling confidence.
    pub intents: Vec<ScoredIntent>,
}

/// The kinds of thing the assistant can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Say something from the knowledge base or a reviewed reply.
    Answer,
    /// Take the next step of a flow.
    Act,
    /// Ask what is meant.
    Clarify,
    /// Hand over to a human.
    Handoff,
    /// Say nothing: a human has it.
    Silent,
}

impl Action {
    /// Its name in the API and in metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Act => "act",
            Self::Clarify => "clarify",
            Self::Handoff => "handoff",
            Self::Silent => "silent",
        }
    }
}

/// One reason of a decision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// What it is.
    pub code: ReasonCode,
    /// The measured value, where the reason is one.
    pub score: Option<f32>,
    /// The threshold it was compared with.
    pub threshold: Option<f32>,
    /// The rule that fired, where the organisation wrote one.
    pub rule: Option<String>,
    /// The number (`seq`) of the message that gave rise to it.
    pub message: Option<i64>,
}

impl Reason {
    /// A reason with nothing measured.
    pub fn of(code: ReasonCode) -> Self {
        Self { code, score: None, threshold: None, rule: None, message: None }
    }

    /// A reason by a score at or over its threshold.
    pub fn measured(code: ReasonCode, score: f32, threshold: f32) -> Self {
        Self { score: Some(score), threshold: Some(threshold), ..Self::of(code) }
    }

    /// The same reason, naming the message that gave rise to it.
    #[must_use]
    pub fn at(self, seq: i64) -> Self {
        Self { message: Some(seq), ..self }
    }
}

/// What a reason is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReasonCode {
    /// They asked for a human.
    CustomerRequest,
    /// They are upset.
    NegativeEmotion,
    /// There is no time.
    Urgent,
    /// Somebody may come to harm.
    Safety,
    /// They speak of law.
    Legal,
    /// Too much for a simple answer.
    Complex,
    /// The assistant failed more than once.
    RepeatedFailure,
    /// They came back with the same problem.
    RepeatContact,
    /// None of our intents.
    OutOfScope,
    /// A language we do not answer in.
    UnsupportedLanguage,
    /// They could not prove who they are.
    VerificationFailed,
    /// An outside system did not answer.
    ConnectorFailed,
    /// The organisation's rules say so.
    Rule,
    /// The intent is always for humans.
    IntentRequiresHuman,
    /// A flow ended with something only a human can settle.
    FlowEscalation,
    /// The assistant could not run.
    AssistantUnavailable,
    /// The knowledge base holds an answer.
    KnowledgeFound,
    /// The intent has a reviewed reply.
    ReviewedReply,
    /// The intent starts a flow, or a flow is running.
    FlowStep,
    /// No intent is clearly the one meant.
    AmbiguousIntent,
    /// The knowledge base has no answer good enough.
    NoAnswer,
    /// A human has the conversation.
    OwnedByHuman,
}

impl ReasonCode {
    /// Its name in the API, in storage and in metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::CustomerRequest => "customer_request",
            Self::NegativeEmotion => "negative_emotion",
            Self::Urgent => "urgent",
            Self::Safety => "safety",
            Self::Legal => "legal",
            Self::Complex => "complex",
            Self::RepeatedFailure => "repeated_failure",
            Self::RepeatContact => "repeat_contact",
            Self::OutOfScope => "out_of_scope",
            Self::UnsupportedLanguage => "unsupported_language",
            Self::VerificationFailed => "verification_failed",
            Self::ConnectorFailed => "connector_failed",
            Self::Rule => "rule",
            Self::IntentRequiresHuman => "intent_requires_human",
            Self::FlowEscalation => "flow_escalation",
            Self::AssistantUnavailable => "assistant_unavailable",
            Self::KnowledgeFound => "knowledge_found",
            Self::ReviewedReply => "reviewed_reply",
            Self::FlowStep => "flow_step",
            Self::AmbiguousIntent => "ambiguous_intent",
            Self::NoAnswer => "no_answer",
            Self::OwnedByHuman => "owned_by_human",
        }
    }
}
