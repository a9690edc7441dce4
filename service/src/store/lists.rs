//! What is asked of a list and what a list is made of.

use crate::domain::channel::Channel;
use crate::domain::conversation::{Conversation, Queue, Status};
use crate::domain::handoff::Handoff;
use crate::domain::id::ContactId;
use crate::domain::message::Message;

/// One conversation in a list.
#[derive(Clone, Debug, PartialEq)]
pub struct ThreadSummary {
    /// The conversation.
    pub conversation: Conversation,
    /// Its contact's name.
    pub contact_name: Option<String>,
    /// The channels its messages came by, in order of first use.
    pub channels: Vec<Channel>,
    /// Its newest message.
    pub last_message: Option<Message>,
}

/// One handoff in a list.
#[derive(Clone, Debug, PartialEq)]
pub struct HandoffSummary {
    /// The handoff.
    pub handoff: Handoff,
    /// Whose it is.
    pub contact_id: ContactId,
    /// Their name.
    pub contact_name: Option<String>,
    /// Their newest message.
    pub last_message: Option<Message>,
}

/// Which conversations to list.
#[derive(Clone, Debug, Default)]
pub struct ConversationQuery {
    /// Only those of this status.
    pub status: Option<Status>,
    /// Only those of this owner (`assistant`, `queue`, `agent`, `none`), whoever or whatever it is.
    pub owner_kind: Option<String>,
    /// Only those of this contact.
    pub contact: Option<ContactId>,
    /// Where the last page ended.
    pub cursor: Option<Cursor>,
    /// How many.
    pub limit: u32,
}

/// Which handoffs to list.
#[derive(Clone, Debug, Default)]
pub struct HandoffQuery {
    /// In which state.
    pub state: HandoffState,
    /// Only those of this line.
    pub queue: Option<Queue>,
    /// Where the last page ended.
    pub cursor: Option<Cursor>,
    /// How many.
    pub limit: u32,
}

/// The state of a handoff.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HandoffState {
    /// In line.
    #[default]
    Waiting,
    /// Taken by an agent and not ended.
    Claimed,
    /// Any, ended ones too, the newest first.
    All,
}

/// Where a page of a list ended; opaque to everyone but the store that made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor(pub String);

/// Part of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Where the next page begins, if there is one.
    pub next: Option<Cursor>,
}
