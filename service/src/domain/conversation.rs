//! One problem of one contact, who may speak in it, and the only ways that can change.

use std::fmt;

use jiff::Timestamp;

use super::id::{ContactId, ConversationId};

/// One problem of one contact, across all channels.
#[derive(Clone, Debug, PartialEq)]
pub struct Conversation {
    /// Its identifier.
    pub id: ConversationId,
    /// Whose problem it is.
    pub contact_id: ContactId,
    /// How far it is from being solved.
    pub status: Status,
    /// Who may speak to the contact now.
    pub owner: Owner,
    /// Grows at each change of owner.
    pub epoch: Epoch,
    /// How much it should jump the line.
    pub priority: Priority,
    /// A short name for it, from the contact's first words or a subject line.
    pub subject: Option<String>,
    /// The number of the newest message; messages count from 1.
    pub last_seq: i64,
    /// The newest message of the contact that a turn has dealt with; 0 before the first.
    pub answered_seq: i64,
    /// When it began.
    pub created_at: Timestamp,
    /// When anything last happened in it.
    pub updated_at: Timestamp,
}

/// Counter of changes of owner, compared before anything is said in an owner's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(pub i64);

impl Epoch {
    /// The epoch of a new conversation.
    pub const FIRST: Self = Self(1);

    /// The epoch after one more change of owner.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// How far a conversation is from being solved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// The assistant is dealing with it.
    Pending,
    /// It needs a human.
    Open,
    /// It is put off until a time or the next message.
    Snoozed,
    /// It is solved.
    Resolved,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 4] = [Self::Pending, Self::Open, Self::Snoozed, Self::Resolved];

    /// Its name in the API and in storage.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Open => "open",
            Self::Snoozed => "snoozed",
            Self::Resolved => "resolved",
        }
    }

    /// The status with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}

/// How urgently a human should look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// When there is time.
    Low,
    /// In turn.
    Normal,
    /// Before the others.
    High,
    /// At once.
    Urgent,
}

impl Priority {
    /// Every priority, lowest first.
    pub const ALL: [Self; 4] = [Self::Low, Self::Normal, Self::High, Self::Urgent];

    /// Its name in the API and in storage.
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
            Self::Urgent => "urgent",
        }
    }

    /// The priority with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|priority| priority.name() == name)
    }
}

/// The name of a waiting line, such as `orders`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Queue(String);

impl Queue {
    /// The line that takes whatever no other line wants.
    pub const GENERAL: &'static str = "general";

    /// Wraps a queue's name; content validation and storage are where names come from.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The name under which a human signs in to the console or the API.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AgentName(String);

/// A text that cannot be an [`AgentName`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an agent's name has 1 to 80 visible characters")]
pub struct InvalidAgentName;

impl AgentName {
    /// Checks `name`.
    pub fn parse(name: &str) -> Result<Self, InvalidAgentName> {
        let name = name.trim();
        let valid = !name.is_empty() && name.chars().count() <= 80 && !name.chars().any(char::is_control);
        valid.then(|| Self(name.to_owned())).ok_or(InvalidAgentName)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AgentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who may speak to the contact now.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Owner {
    /// The assistant.
    Assistant,
    /// Nobody yet: it waits in line for a human.
    Queue(Queue),
    /// This human.
    Agent(AgentName),
    /// Nobody: it is resolved.
    Nobody,
}

impl Owner {
    /// Its name in the API and in storage.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Assistant => "assistant",
            Self::Queue(_) => "queue",
            Self::Agent(_) => "agent",
            Self::Nobody => "none",
        }
    }
}

/// What somebody wants to do with the ownership of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Transition {
    /// An agent takes it from the waiting line or from the assistant.
    Claim(AgentName),
    /// An agent speaks, which takes ownership from whoever has it.
    Speak(AgentName),
    /// The agent puts it back in line.
    Release(Queue),
    /// It is solved.
    Resolve,
    /// It was not solved after all.
    Reopen(Queue),
    /// The agent gives it back to the assistant.
    ReturnToAssistant,
}

/// Why a [`Transition`] is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransitionError {
    /// Somebody else has it.
    #[error("the conversation belongs to {0}; ask them to release it, or write a message to take it over")]
    OwnedByAnotherAgent(AgentName),
    /// It is resolved.
    #[error("the conversation is resolved; reopen it first")]
    Resolved,
    /// It is not resolved, so there is nothing to reopen.
    #[error("the conversation is not resolved, so it cannot be reopened")]
    NotResolved,
    /// No agent has it, so none can give it up.
    #[error("no agent owns the conversation; claim it first")]
    NotOwned,
}

/// The owner and status after `transition`, or `None` where nothing changes (a claim by the agent who has it already).
pub fn transition(
    owner: &Owner,
    status: Status,
    transition: Transition,
) -> Result<Option<(Owner, Status)>, TransitionError> {
    match transition {
        Transition::Claim(agent) => match owner {
            Owner::Agent(current) if *current == agent => Ok(None),
            Owner::Agent(current) => Err(TransitionError::OwnedByAnotherAgent(current.clone())),
            Owner::Nobody => Err(TransitionError::Resolved),
            Owner::Assistant | Owner::Queue(_) => Ok(Some((Owner::Agent(agent), Status::Open))),
        },
        Transition::Speak(agent) => match owner {
            Owner::Agent(current) if *current == agent && status == Status::Open => Ok(None),
            _ => Ok(Some((Owner::Agent(agent), Status::Open))),
        },
        Transition::Release(queue) => match owner {
            Owner::Agent(_) => Ok(Some((Owner::Queue(queue), Status::Open))),
            Owner::Nobody => Err(TransitionError::Resolved),
            Owner::Assistant | Owner::Queue(_) => Err(TransitionError::NotOwned),
        },
        Transition::Resolve => match owner {
            Owner::Nobody => Ok(None),
            _ => Ok(Some((Owner::Nobody, Status::Resolved))),
        },
        Transition::Reopen(queue) => match status {
            Status::Resolved => Ok(Some((Owner::Queue(queue), Status::Open))),
            _ => Err(TransitionError::NotResolved),
        },
        Transition::ReturnToAssistant => match owner {
            Owner::Assistant => Ok(None),
            Owner::Nobody => Err(TransitionError::Resolved),
            Owner::Agent(_) | Owner::Queue(_) => Ok(Some((Owner::Assistant, Status::Pending))),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agent(name: &str) -> AgentName {
        AgentName::parse(name).unwrap()
    }

    #[test]
    fn a_waiting_conversation_can_be_claimed_once() {
        let waiting = Owner::Queue(Queue::new("orders"));
        let claimed = transition(&waiting, Status::Open, Transition::Claim(agent("Sam"))).unwrap();
        assert_eq!(claimed, Some((Owner::Agent(agent("Sam")), Status::Open)));
        let second = transition(&Owner::Agent(agent("Sam")), Status::Open, Transition::Claim(agent("Kim")));
        assert_eq!(second, Err(TransitionError::OwnedByAnotherAgent(agent("Sam"))));
    }

    #[test]
    fn speaking_takes_over_from_anyone_even_after_resolution() {
        for owner in [Owner::Assistant, Owner::Nobody, Owner::Agent(agent("Kim"))] {
            let after = transition(&owner, Status::Open, Transition::Speak(agent("Sam"))).unwrap();
            assert_eq!(after, Some((Owner::Agent(agent("Sam")), Status::Open)));
        }
    }

    #[test]
    fn only_an_owner_can_release_and_only_the_resolved_can_be_reopened() {
        let queue = Queue::new("orders");
        let release = transition(&Owner::Assistant, Status::Pending, Transition::Release(queue.clone()));
        assert_eq!(release, Err(TransitionError::NotOwned));
        let reopen = transition(&Owner::Assistant, Status::Pending, Transition::Reopen(queue));
        assert_eq!(reopen, Err(TransitionError::NotResolved));
    }
}
