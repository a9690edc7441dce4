//! The rows of handoffs, which follow the ownership of their conversation.

use jiff::Timestamp;

use super::session::{Failure, Session, params};
use super::{conversation, events, record};
use crate::domain::conversation::{AgentName, Conversation, Owner, Queue};
use crate::domain::event::EventKind;
use crate::domain::handoff::NewHandoff;
use crate::domain::id::{ConversationId, HandoffId};
use crate::store::RefreshHandoff;

const INSERT: &str = "INSERT INTO handoffs (id, conversation_id, queue, priority, reasons, brief, created_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7)";
const REFRESH: &str = "UPDATE handoffs SET priority = $2, reasons = $3, brief = $4 WHERE id = $1 AND closed_at IS NULL";
const CLAIM: &str = "UPDATE handoffs SET claimed_by = $2 WHERE conversation_id = $1 AND closed_at IS NULL";
const CLOSE: &str = "UPDATE handoffs SET closed_at = $2 WHERE conversation_id = $1 AND closed_at IS NULL";
const QUEUE_AGAIN: &str = "UPDATE handoffs SET queue = $2, claimed_by = NULL, closed_at = NULL WHERE id = \
     (SELECT id FROM handoffs WHERE conversation_id = $1 ORDER BY created_at DESC, id DESC LIMIT 1)";

/// Stores a handoff. An older one that is still open ends with it.
pub(crate) async fn create(
    session: &mut Session,
    conversation: &Conversation,
    new: NewHandoff,
    now: Timestamp,
) -> Result<HandoffId, Failure> {
    close(session, conversation.id, now).await?;
    let id = HandoffId::new();
    let values = params![
        id,
        conversation.id,
        new.queue.as_str(),
        record::rank(new.priority),
        record::json(&new.reasons)?,
        record::json(&new.brief)?,
        now,
    ];
    session.execute(INSERT, values).await?;
    events::add(session, EventKind::HandoffCreated, conversation, None).await?;
    Ok(id)
}

/// Stores what became of a handoff whose contact wrote on, unless somebody took the conversation meanwhile.
pub(crate) async fn refresh(session: &mut Session, refresh: RefreshHandoff, now: Timestamp) -> Result<bool, Failure> {
    let RefreshHandoff { handoff, conversation, epoch, refreshed } = refresh;
    let mut conversation = conversation::lock(session, conversation).await?;
    if conversation.epoch != epoch || !matches!(conversation.owner, Owner::Queue(_)) {
        return Ok(false);
    }
    let rank = record::rank(refreshed.priority);
    let values = params![handoff, rank, record::json(&refreshed.reasons)?, record::json(&refreshed.brief)?];
    session.execute(REFRESH, values).await?;
    conversation::remember(session, conversation.id, &refreshed.memory).await?;
    conversation.priority = refreshed.priority;
    conversation.updated_at = now;
    conversation::save(session, &conversation).await?;
    events::add(session, EventKind::ConversationChanged, &conversation, None).await?;
    Ok(true)
}

/// Records who took the open handoff, if there is one.
pub(crate) async fn claim(session: &mut Session, id: ConversationId, agent: &AgentName) -> Result<(), Failure> {
    session.execute(CLAIM, params![id, agent.as_str()]).await?;
    Ok(())
}

/// Ends the open handoff, if there is one.
pub(crate) async fn close(session: &mut Session, id: ConversationId, now: Timestamp) -> Result<(), Failure> {
    session.execute(CLOSE, params![id, now]).await?;
    Ok(())
}

/// Puts the newest handoff back in line, if there ever was one.
pub(crate) async fn queue_again(session: &mut Session, id: ConversationId, queue: &Queue) -> Result<(), Failure> {
    session.execute(QUEUE_AGAIN, params![id, queue.as_str()]).await?;
    Ok(())
}
