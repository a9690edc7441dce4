//! The brief as the API shows it.

use serde::Serialize;
use utoipa::ToSchema;

use super::decision::{Intent, Reason};
use super::triage::Suggestion;
use crate::domain::{brief, flow};

/// What a human is given with a handoff.
#[derive(Debug, Serialize, ToSchema)]
pub struct Brief {
    /// One sentence in the contact's words.
    pub problem: Line,
    /// At most a hundred words.
    pub summary: Line,
    /// Why a human is needed.
    pub reasons: Vec<Reason>,
    /// What it is about.
    pub intent: Option<Intent>,
    /// How the contact feels.
    pub mood: Mood,
    /// How urgent it is, and why.
    pub priority: PriorityWhy,
    /// What is known.
    pub facts: Vec<Fact>,
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
    /// When they were told to expect a reply.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub due: Option<jiff::Timestamp>,
}

/// A statement and the messages it comes from.
#[derive(Debug, Serialize, ToSchema)]
pub struct Line {
    /// The statement.
    pub text: String,
    /// The numbers of the messages it comes from.
    pub messages: Vec<i64>,
}

/// How the contact feels over the conversation.
#[derive(Debug, Serialize, ToSchema)]
pub struct Mood {
    /// The frustration of each of their turns, oldest first.
    pub trajectory: Vec<f32>,
    /// The highest.
    pub worst: f32,
    /// The newest.
    pub last: f32,
}

/// A priority and its reason.
#[derive(Debug, Serialize, ToSchema)]
pub struct PriorityWhy {
    /// `low`, `normal`, `high` or `urgent`.
    pub level: String,
    /// Why.
    pub why: String,
}

/// Something known.
#[derive(Debug, Serialize, ToSchema)]
pub struct Fact {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// Whether it was proven, or only said.
    pub verified: bool,
    /// The numbers of the messages it comes from.
    pub messages: Vec<i64>,
}

/// Something done already.
#[derive(Debug, Serialize, ToSchema)]
pub struct Tried {
    /// What.
    pub text: String,
    /// The article or flow.
    pub source: String,
    /// What came of it.
    pub outcome: String,
    /// The numbers of the messages it was done for.
    pub messages: Vec<i64>,
}

/// What to do first.
#[derive(Debug, Serialize, ToSchema)]
pub struct NextStep {
    /// The advice.
    pub text: String,
    /// Articles that fit.
    pub articles: Vec<Suggestion>,
    /// A reply to start from.
    pub draft: String,
}

/// Who they are.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContactCard {
    /// Their name.
    pub name: Option<String>,
    /// Their addresses.
    pub identities: Vec<IdentityLine>,
    /// Their language.
    pub language: String,
    /// How many conversations they had before.
    pub past_conversations: u32,
}

/// One address.
#[derive(Debug, Serialize, ToSchema)]
pub struct IdentityLine {
    /// The kind of address.
    pub channel: String,
    /// The address.
    pub handle: String,
    /// How it was proven: `none`, `claimed`, `channel`, `code` or `signed`.
    pub verification: String,
}

/// Where they were and where they can be answered.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChannelsUsed {
    /// Every channel so far.
    pub used: Vec<String>,
    /// The one to answer on.
    pub preferred: String,
}

impl From<brief::Brief> for Brief {
    fn from(brief: brief::Brief) -> Self {
        Self {
            problem: brief.problem.into(),
            summary: brief.summary.into(),
            reasons: brief.reasons.into_iter().map(Into::into).collect(),
            intent: brief.intent.map(Into::into),
            mood: Mood { trajectory: brief.mood.trajectory, worst: brief.mood.worst, last: brief.mood.last },
            priority: PriorityWhy { level: brief.priority.level, why: brief.priority.why },
            facts: brief.facts.into_iter().map(Into::into).collect(),
            tried: brief.tried.into_iter().map(Into::into).collect(),
            commitments: brief.commitments.into_iter().map(Into::into).collect(),
            open_questions: brief.open_questions.into_iter().map(Into::into).collect(),
            suggested_next_step: brief.suggested_next_step.into(),
            contact: brief.contact.into(),
            channels: ChannelsUsed { used: brief.channels.used, preferred: brief.channels.preferred },
            due: brief.due,
        }
    }
}

impl From<brief::Line> for Line {
    fn from(line: brief::Line) -> Self {
        Self { text: line.text, messages: line.messages }
    }
}

impl From<flow::Slot> for Fact {
    fn from(slot: flow::Slot) -> Self {
        Self { name: slot.name, value: slot.value, verified: slot.verified, messages: vec![slot.message] }
    }
}

impl From<flow::Tried> for Tried {
    fn from(tried: flow::Tried) -> Self {
        Self { text: tried.text, source: tried.source, outcome: tried.outcome, messages: vec![tried.message] }
    }
}

impl From<brief::NextStep> for NextStep {
    fn from(step: brief::NextStep) -> Self {
        Self { text: step.text, articles: step.articles.into_iter().map(Into::into).collect(), draft: step.draft }
    }
}

impl From<brief::ContactCard> for ContactCard {
    fn from(card: brief::ContactCard) -> Self {
        Self {
            name: card.name,
            identities: card.identities.into_iter().map(Into::into).collect(),
            language: card.language,
            past_conversations: card.past_conversations,
        }
    }
}

impl From<brief::IdentityLine> for IdentityLine {
    fn from(line: brief::IdentityLine) -> Self {
        Self { channel: line.channel, handle: line.handle, verification: line.verification }
    }
}
