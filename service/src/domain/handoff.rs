//! A transfer of a conversation to humans.

use jiff::Timestamp;

use super::brief::Brief;
use super::conversation::{AgentName, Priority, Queue};
use super::decision::Reason;
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
