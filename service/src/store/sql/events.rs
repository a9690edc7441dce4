//! What happened, in order.

use super::record;
use super::session::{Failure, Session, params};
use crate::domain::conversation::Conversation;
use crate::domain::event::{Event, EventKind};

const INSERT: &str = "INSERT INTO events (kind, conversation_id, contact_id, message_seq) VALUES ($1, $2, $3, $4)";
const AFTER: &str = "SELECT seq, kind, conversation_id, contact_id, message_seq FROM events \
     WHERE seq > $1 ORDER BY seq LIMIT $2";
const LAST: &str = "SELECT COALESCE(MAX(seq), 0) AS seq FROM events";

/// Adds an event about a conversation, and the message concerned if one is.
pub(crate) async fn add(
    session: &mut Session,
    kind: EventKind,
    conversation: &Conversation,
    message_seq: Option<i64>,
) -> Result<(), Failure> {
    let values = params![kind.name(), conversation.id, conversation.contact_id, message_seq];
    session.execute(INSERT, values).await?;
    Ok(())
}

/// Events after a number.
pub(crate) async fn after(session: &mut Session, seq: i64, limit: u32) -> Result<Vec<Event>, Failure> {
    let rows = session.all(AFTER, params![seq, limit]).await?;
    rows.iter().map(record::event).collect()
}

/// The number of the newest event; 0 before the first.
pub(crate) async fn last(session: &mut Session) -> Result<i64, Failure> {
    session.one(LAST, params![]).await?.int("seq")
}
