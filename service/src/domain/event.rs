//! What happened, told to consoles and integrations in order.

use super::id::{ContactId, ConversationId};

/// One thing that happened to a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its place among all events, growing; resume from it.
    pub seq: i64,
    /// What happened.
    pub kind: EventKind,
    /// The conversation.
    pub conversation_id: ConversationId,
    /// Its contact.
    pub contact_id: ContactId,
    /// The number (`seq`) of the message concerned, if one is.
    pub message_seq: Option<i64>,
}

/// What can happen to a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// A message was stored.
    MessageAdded,
    /// Owner, status or contact changed.
    ConversationChanged,
    /// It was handed to humans.
    HandoffCreated,
    /// An outgoing message got further, or failed.
    DeliveryChanged,
}

impl EventKind {
    /// Every kind.
    pub const ALL: [Self; 4] =
        [Self::MessageAdded, Self::ConversationChanged, Self::HandoffCreated, Self::DeliveryChanged];

    /// Its name in the API and in storage.
    pub fn name(self) -> &'static str {
        match self {
            Self::MessageAdded => "message_added",
            Self::ConversationChanged => "conversation_changed",
            Self::HandoffCreated => "handoff_created",
            Self::DeliveryChanged => "delivery_changed",
        }
    }

    /// The kind with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}
