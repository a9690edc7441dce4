//! What a human is given with a handoff, so that the contact need not say anything twice.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::answer::Suggestion;
use super::conversation::Priority;
use super::decision::Reason;
use super::flow::{Slot, Tried};
use super::understanding::ScoredIntent;

/// What a human is given with a handoff. Every [`Line`] names the messages it comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Brief {
    /// One sentence in the contact's own words.
    pub problem: Line,
    /// At most a hundred words.
    pub summary: Line,
    /// Why a human is needed.
    pub reasons: Vec<Reason>,
    /// What it is about, and how sure that is.
    pub intent: Option<ScoredIntent>,
    /// How the contact feels.
    pub mood: Mood,
    /// How urgent it is, and why.
    pub priority: PriorityWhy,
    /// What is known.
    pub facts: Vec<Slot>,
    /// What was done already.
    pub tried: Vec<Tried>,
    /// What the contact was promised.
    pub commitments: Vec<Line>,
    /// What is still to be found out.
    pub open_questions: Vec<Line>,
    /// What to do first.
    pub suggested_next_step: NextStep,
    /// Who they are.
    pub contact: ContactCard,
    /// Where they were and where they can be answered.
    pub channels: ChannelsUsed,
    /// When a human should have replied.
    pub due: Option<Timestamp>,
}

/// A statement and the messages it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The statement.
    pub text: String,
    /// The numbers (`seq`) of the messages it comes from.
    pub messages: Vec<i64>,
}

/// How the contact feels over the conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mood {
    /// The frustration of each of their turns, `0.0..=1.0`, oldest first.
    pub trajectory: Vec<f32>,
    /// The highest of them.
    pub worst: f32,
    /// The newest of them.
    pub last: f32,
}

/// A priority and its reason.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PriorityWhy {
    /// One of `low`, `normal`, `high`, `urgent`.
    pub level: String,
    /// Why.
    pub why: String,
}

impl PriorityWhy {
    /// Pairs a priority with its reason.
    pub fn new(level: Priority, why: impl Into<String>) -> Self {
        Self { level: level.name().to_owned(), why: why.into() }
    }
}

/// What to do first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NextStep {
    /// The advice.
    pub text: String,
    /// Articles that fit.
    pub articles: Vec<Suggestion>,
    /// A reply to start from.
    pub draft: String,
}

/// Who they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactCard {
    /// Their name.
    pub name: Option<String>,
    /// Their addresses.
    pub identities: Vec<IdentityLine>,
    /// The language they write in.
    pub language: String,
    /// How many conversations they had before.
    pub past_conversations: u32,
}

/// One address of theirs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityLine {
    /// The kind of address.
    pub channel: String,
    /// The address.
    pub handle: String,
    /// How it was proven.
    pub verification: String,
}

/// Where they were and where they can be answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelsUsed {
    /// Every channel of the conversation so far.
    pub used: Vec<String>,
    /// The one to answer on: the newest they wrote from.
    pub preferred: String,
}
