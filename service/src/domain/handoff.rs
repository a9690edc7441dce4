//! A transfer of a conversation to humans.

use jiff::{SignedDuration, Timestamp};

use super::brief::Brief;
use super::conversation::{AgentName, Priority, Queue};
use super::decision::Reason;
use super::flow::Memory;
use super::id::{ConversationId, HandoffId};

/// One transfer of a conversation to humans.
#[derive(Clone, Debug, PartialEq)]
pub struct Handoff {
    /// Its identifier.
    pub id: HandoffId,
    /// The conversation.
    pub conversation_id: ConversationId,
    /// The line it waits in.
    pub queue: Queue,
    /// Its place in that line.
    pub priority: Priority,
    /// Why it was made.
    pub reasons: Vec<Reason>,
    /// What the agent is given.
    pub brief: Brief,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who took it.
    pub claimed_by: Option<AgentName>,
    /// When it ended: resolved, or given back to the assistant.
    pub closed_at: Option<Timestamp>,
}

/// A handoff about to be stored.
#[derive(Clone, Debug, PartialEq)]
pub struct NewHandoff {
    /// The line to wait in.
    pub queue: Queue,
    /// The place in that line.
    pub priority: Priority,
    /// Why.
    pub reasons: Vec<Reason>,
    /// What the agent is given.
    pub brief: Brief,
}

/// What has become of a handoff whose contact wrote on.
#[derive(Clone, Debug, PartialEq)]
pub struct Refreshed {
    /// What is remembered now.
    pub memory: Memory,
    /// The place in the line.
    pub priority: Priority,
    /// Why it was made, and what came up since.
    pub reasons: Vec<Reason>,
    /// What the agent is given.
    pub brief: Brief,
}

/// How soon a human is to reply, by priority.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplyWithin {
    /// Of low priority.
    pub low: SignedDuration,
    /// Of normal priority.
    pub normal: SignedDuration,
    /// Of high priority.
    pub high: SignedDuration,
    /// Of urgent priority.
    pub urgent: SignedDuration,
}

impl ReplyWithin {
    /// When a handoff of this priority, made now, is due.
    pub fn due(&self, priority: Priority, now: Timestamp) -> Option<Timestamp> {
        let within = match priority {
            Priority::Low => self.low,
            Priority::Normal => self.normal,
            Priority::High => self.high,
            Priority::Urgent => self.urgent,
        };
        now.checked_add(within).ok()
    }
}

impl Default for ReplyWithin {
    fn default() -> Self {
        Self {
            low: SignedDuration::from_hours(24),
            normal: SignedDuration::from_hours(8),
            high: SignedDuration::from_hours(1),
            urgent: SignedDuration::from_mins(15),
        }
    }
}
