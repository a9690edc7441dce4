//! Which conversation a new message belongs to: the choice that keeps one problem in one thread.

use jiff::{SignedDuration, Timestamp};

use crate::domain::conversation::{Conversation, Status};
use crate::domain::id::ConversationId;

/// How long after the last word a conversation is still the one a contact means.
pub const WINDOW: SignedDuration = SignedDuration::from_hours(72);

/// The conversation a message joins, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joined {
    /// The one the channel or the caller named.
    Named(ConversationId),
    /// The contact's unresolved one.
    Unresolved(ConversationId),
    /// None fits: a new one begins.
    New,
}

impl Joined {
    /// Its name in storage.
    pub fn name(self) -> &'static str {
        match self {
            Self::Named(_) => "named",
            Self::Unresolved(_) => "unresolved",
            Self::New => "new",
        }
    }
}

/// Chooses among `conversations` of the contact who writes. A conversation named by the channel counts if it is
/// theirs, resolved or not; otherwise their newest unresolved one within [`WINDOW`].
pub fn choose(conversations: &[Conversation], named: Option<ConversationId>, now: Timestamp) -> Joined {
    if let Some(id) = named
        && conversations.iter().any(|conversation| conversation.id == id)
    {
        return Joined::Named(id);
    }
    conversations
        .iter()
        .filter(|conversation| conversation.status != Status::Resolved)
        .filter(|conversation| now.duration_since(conversation.updated_at) <= WINDOW)
        .max_by_key(|conversation| conversation.updated_at)
        .map_or(Joined::New, |conversation| Joined::Unresolved(conversation.id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::conversation::{Epoch, Owner, Priority};
    use crate::domain::id::ContactId;

    fn conversation(status: Status, updated_at: Timestamp) -> Conversation {
        Conversation {
            id: ConversationId::new(),
            contact_id: ContactId::new(),
            status,
            owner: Owner::Assistant,
            epoch: Epoch::FIRST,
            priority: Priority::Normal,
            subject: None,
            last_seq: 1,
            answered_seq: 1,
            created_at: updated_at,
            updated_at,
        }
    }

    fn hours(n: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(n)
    }

    #[test]
    fn a_named_conversation_wins_even_when_resolved() {
        let named = conversation(Status::Resolved, hours(0));
        let open = conversation(Status::Pending, hours(1));
        assert_eq!(choose(&[named.clone(), open], Some(named.id), hours(2)), Joined::Named(named.id));
    }

    #[test]
    fn somebody_elses_conversation_cannot_be_named() {
        let open = conversation(Status::Pending, hours(1));
        let joined = choose(std::slice::from_ref(&open), Some(ConversationId::new()), hours(2));
        assert_eq!(joined, Joined::Unresolved(open.id));
    }

    #[test]
    fn the_newest_unresolved_one_inside_the_window_is_meant() {
        let old = conversation(Status::Open, hours(0));
        let newer = conversation(Status::Pending, hours(10));
        assert_eq!(choose(&[old.clone(), newer.clone()], None, hours(20)), Joined::Unresolved(newer.id));
        assert_eq!(choose(&[old, newer], None, hours(100)), Joined::New);
    }
}
