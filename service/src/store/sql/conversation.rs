//! Reading and writing one conversation's row, under lock.

use jiff::Timestamp;

use super::record::{self, conversation_columns};
use super::session::{Failure, Session, Statement, locking, params};
use crate::domain::conversation::{Conversation, Epoch, Owner, Priority, Status};
use crate::domain::flow::Memory;
use crate::domain::id::{ContactId, ConversationId};
use crate::store::StoreError;

const READ: &str = concat!("SELECT ", conversation_columns!(), " FROM conversations c WHERE c.id = $1");
const LOCK: Statement = locking!("SELECT ", conversation_columns!(), " FROM conversations c WHERE c.id = $1");

/// The conversation a contact's message named, and their unresolved ones, the newest first.
const LOCK_CANDIDATES: Statement = locking!(
    "SELECT ",
    conversation_columns!(),
    " FROM conversations c WHERE c.contact_id = $1 AND (c.status <> 'resolved' OR c.id = $2) \
     ORDER BY CASE WHEN c.id = $2 THEN 0 ELSE 1 END, c.updated_at DESC, c.id LIMIT 20"
);

const INSERT: &str = "INSERT INTO conversations (id, contact_id, status, owner_kind, owner_name, epoch, priority, \
     subject, last_seq, answered_seq, memory, created_at, updated_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";

/// An epoch in which an agent owned the conversation is remembered: nothing the assistant wrote before it may leave.
const UPDATE: &str = "UPDATE conversations SET contact_id = $2, status = $3, owner_kind = $4, owner_name = $5, \
     epoch = $6, human_epoch = CASE WHEN $4 = 'agent' THEN $6 ELSE human_epoch END, priority = $7, last_seq = $8, \
     answered_seq = $9, updated_at = $10 WHERE id = $1";

const MEMORY: &str = "SELECT memory FROM conversations WHERE id = $1";
const UPDATE_MEMORY: &str = "UPDATE conversations SET memory = $2 WHERE id = $1";

/// The conversation, which nobody else changes until the transaction ends.
pub(crate) async fn lock(session: &mut Session, id: ConversationId) -> Result<Conversation, Failure> {
    let row = session.optional(LOCK, params![id]).await?;
    row.as_ref().map_or_else(|| Err(missing(id)), record::conversation)
}

/// The conversation as it is now; `None` if it does not exist.
pub(crate) async fn find(session: &mut Session, id: ConversationId) -> Result<Option<Conversation>, Failure> {
    let row = session.optional(READ, params![id]).await?;
    row.as_ref().map(record::conversation).transpose()
}

/// The conversation as it is now, which must exist.
pub(crate) async fn read(session: &mut Session, id: ConversationId) -> Result<Conversation, Failure> {
    find(session, id).await?.ok_or_else(|| missing(id))
}

/// The conversations a message may join, locked.
pub(crate) async fn lock_candidates(
    session: &mut Session,
    contact: ContactId,
    named: Option<ConversationId>,
) -> Result<Vec<Conversation>, Failure> {
    let named = named.map(|id| id.to_string());
    let rows = session.all(LOCK_CANDIDATES, params![contact, named]).await?;
    rows.iter().map(record::conversation).collect()
}

/// Stores a conversation that begins now, before its first message.
pub(crate) async fn create(
    session: &mut Session,
    contact_id: ContactId,
    subject: String,
    now: Timestamp,
) -> Result<Conversation, Failure> {
    let conversation = Conversation {
        id: ConversationId::new(),
        contact_id,
        status: Status::Pending,
        owner: Owner::Assistant,
        epoch: Epoch::FIRST,
        priority: Priority::Normal,
        subject: Some(subject),
        last_seq: 0,
        answered_seq: 0,
        created_at: now,
        updated_at: now,
    };
    let values = params![
        conversation.id,
        conversation.contact_id,
        conversation.status.name(),
        conversation.owner.kind(),
        record::owner_name(&conversation.owner),
        conversation.epoch.0,
        record::rank(conversation.priority),
        conversation.subject.as_deref(),
        conversation.last_seq,
        conversation.answered_seq,
        record::json(&Memory::default())?,
        conversation.created_at,
        conversation.updated_at,
    ];
    session.execute(INSERT, values).await?;
    Ok(conversation)
}

/// Writes back what changed in a locked conversation.
pub(crate) async fn save(session: &mut Session, conversation: &Conversation) -> Result<(), Failure> {
    let values = params![
        conversation.id,
        conversation.contact_id,
        conversation.status.name(),
        conversation.owner.kind(),
        record::owner_name(&conversation.owner),
        conversation.epoch.0,
        record::rank(conversation.priority),
        conversation.last_seq,
        conversation.answered_seq,
        conversation.updated_at,
    ];
    session.execute(UPDATE, values).await?;
    Ok(())
}

/// Gives a locked conversation another owner, which begins another epoch.
pub(crate) fn change_hands(conversation: &mut Conversation, owner: Owner, status: Status) {
    conversation.owner = owner;
    conversation.status = status;
    conversation.epoch = conversation.epoch.next();
}

/// What the assistant remembers of a conversation.
pub(crate) async fn memory(session: &mut Session, id: ConversationId) -> Result<Memory, Failure> {
    let row = session.optional(MEMORY, params![id]).await?;
    row.as_ref().map_or_else(|| Err(missing(id)), |row| record::document(row, "memory"))
}

/// Replaces what the assistant remembers of a conversation.
pub(crate) async fn remember(session: &mut Session, id: ConversationId, memory: &Memory) -> Result<(), Failure> {
    session.execute(UPDATE_MEMORY, params![id, record::json(memory)?]).await?;
    Ok(())
}

fn missing(id: ConversationId) -> Failure {
    StoreError::NotFound { what: "conversation", id: id.to_string() }.into()
}
