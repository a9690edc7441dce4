//! What is shown of conversations and handoffs.

use jiff::SignedDuration;

use super::record::{self, conversation_columns, handoff_columns, message_columns};
use super::session::{Failure, Record, Session, params};
use super::{conversation, cursor, identity, message};
use crate::domain::channel::Channel;
use crate::domain::contact::Contact;
use crate::domain::conversation::{Conversation, Queue, Status};
use crate::domain::handle::Handle;
use crate::domain::id::{ConversationId, HandoffId};
use crate::domain::turn::Turn;
use crate::store::{ConversationQuery, HandoffQuery, HandoffState, HandoffSummary, Page, Thread, ThreadSummary};

/// How many messages a turn is given at most.
const TURN_MESSAGES: u32 = 200;
/// How many messages a thread shows at most.
const THREAD_MESSAGES: u32 = 1000;

const PAST: &str = "SELECT COUNT(*) AS past, COALESCE(SUM(CASE WHEN created_at >= $4 THEN 1 ELSE 0 END), 0) AS recent \
     FROM conversations WHERE contact_id = $1 AND id <> $2 AND created_at <= $3";

/// How long ago a conversation may have begun to count as recent.
const RECENT: SignedDuration = SignedDuration::from_hours(72);

const NEWEST_HANDOFF: &str = concat!(
    "SELECT ",
    handoff_columns!(),
    " FROM handoffs h WHERE h.conversation_id = $1 ORDER BY h.created_at DESC, h.id DESC LIMIT 1"
);

const NEWEST_OF_CONTACT: &str = concat!(
    "SELECT ",
    conversation_columns!(),
    " FROM conversations c WHERE c.contact_id = $1 ORDER BY c.updated_at DESC, c.id DESC LIMIT 1"
);

const CONVERSATIONS: &str = concat!(
    "SELECT ",
    conversation_columns!(),
    ", ",
    message_columns!(),
    ", p.name AS contact_name, \
     (SELECT string_agg(used.channel, ',' ORDER BY used.seq) FROM \
       (SELECT channel, MIN(seq) AS seq FROM messages WHERE conversation_id = c.id GROUP BY channel) AS used) \
       AS channels \
     FROM conversations c JOIN contacts p ON p.id = c.contact_id \
     LEFT JOIN messages m ON m.conversation_id = c.id AND m.seq = c.last_seq \
     WHERE (CAST($1 AS TEXT) IS NULL OR c.status = $1) AND (CAST($2 AS TEXT) IS NULL OR c.owner_kind = $2) \
       AND (CAST($3 AS TEXT) IS NULL OR c.contact_id = $3) \
       AND (CAST($4 AS BIGINT) IS NULL OR c.updated_at < $4 OR (c.updated_at = $4 AND c.id < $5)) \
     ORDER BY c.updated_at DESC, c.id DESC LIMIT $6"
);

macro_rules! handoffs {
    ($rest:literal) => {
        concat!(
            "SELECT ",
            handoff_columns!(),
            ", ",
            message_columns!(),
            ", c.contact_id AS contact_id, p.name AS contact_name FROM handoffs h \
             JOIN conversations c ON c.id = h.conversation_id JOIN contacts p ON p.id = c.contact_id \
             LEFT JOIN messages m ON m.conversation_id = c.id AND m.seq = \
               (SELECT MAX(seq) FROM messages WHERE conversation_id = c.id AND author = 'contact') ",
            $rest
        )
    };
}

const HANDOFF: &str = handoffs!("WHERE h.id = $1");

const IN_LINE: &str = handoffs!(
    "WHERE h.closed_at IS NULL AND ($1 = (CASE WHEN h.claimed_by IS NULL THEN 'waiting' ELSE 'claimed' END)) \
       AND (CAST($2 AS TEXT) IS NULL OR h.queue = $2) \
       AND (CAST($3 AS BIGINT) IS NULL OR h.priority < $3 \
         OR (h.priority = $3 AND (h.created_at > $4 OR (h.created_at = $4 AND h.id > $5)))) \
     ORDER BY h.priority DESC, h.created_at, h.id LIMIT $6"
);

const ALL_HANDOFFS: &str = handoffs!(
    "WHERE (CAST($1 AS TEXT) IS NULL OR h.queue = $1) \
       AND (CAST($2 AS BIGINT) IS NULL OR h.created_at < $2 OR (h.created_at = $2 AND h.id < $3)) \
     ORDER BY h.created_at DESC, h.id DESC LIMIT $4"
);

/// Everything needed to answer a conversation.
pub(crate) async fn turn(session: &mut Session, id: ConversationId) -> Result<Option<Turn>, Failure> {
    let Some(conversation) = conversation::find(session, id).await? else { return Ok(None) };
    let began = conversation.created_at;
    let values = params![conversation.contact_id, id, began, began - RECENT];
    let past = session.one(PAST, values).await?;
    Ok(Some(Turn {
        contact: identity::contact(session, conversation.contact_id).await?,
        history: message::newest(session, id, TURN_MESSAGES).await?,
        memory: conversation::memory(session, id).await?,
        past_conversations: u32::try_from(past.int("past")?).unwrap_or(u32::MAX),
        recent_conversations: u32::try_from(past.int("recent")?).unwrap_or(u32::MAX),
        conversation,
    }))
}

/// One conversation whole.
pub(crate) async fn thread(session: &mut Session, id: ConversationId) -> Result<Option<Thread>, Failure> {
    let Some(conversation) = conversation::find(session, id).await? else { return Ok(None) };
    let handoff = session.optional(NEWEST_HANDOFF, params![id]).await?;
    Ok(Some(Thread {
        contact: identity::contact(session, conversation.contact_id).await?,
        messages: message::newest(session, id, THREAD_MESSAGES).await?,
        memory: conversation::memory(session, id).await?,
        handoff: handoff.as_ref().map(record::handoff).transpose()?,
        conversation,
    }))
}

/// The contact known by an address, and the conversation they were last in.
pub(crate) async fn contact_by_handle(
    session: &mut Session,
    handle: &Handle,
) -> Result<Option<(Contact, Option<Conversation>)>, Failure> {
    let Some(known) = identity::find(session, handle).await? else { return Ok(None) };
    let contact = identity::contact(session, known.contact).await?;
    let newest = session.optional(NEWEST_OF_CONTACT, params![contact.id]).await?;
    Ok(Some((contact, newest.as_ref().map(record::conversation).transpose()?)))
}

/// Conversations, the most recently updated first.
pub(crate) async fn conversations(
    session: &mut Session,
    query: ConversationQuery,
) -> Result<Page<ThreadSummary>, Failure> {
    let (updated_at, id) = query.cursor.as_ref().map(cursor::read::<(i64, ConversationId)>).transpose()?.unzip();
    let values = params![
        query.status.map(Status::name),
        query.owner_kind,
        query.contact.map(|id| id.to_string()),
        updated_at,
        id.map(|id| id.to_string()),
        i64::from(query.limit) + 1,
    ];
    let rows = session.all(CONVERSATIONS, values).await?;
    let rows = rows.iter().map(thread_summary).collect::<Result<Vec<_>, _>>()?;
    cursor::page(rows, query.limit, |last| (last.conversation.updated_at.as_microsecond(), last.conversation.id))
}

fn thread_summary(row: &Record) -> Result<ThreadSummary, Failure> {
    let channels = row.opt_text("channels")?.unwrap_or_default();
    Ok(ThreadSummary {
        conversation: record::conversation(row)?,
        contact_name: row.opt_text("contact_name")?,
        channels: channels.split(',').filter_map(|name| name.parse::<Channel>().ok()).collect(),
        last_message: record::opt_message(row)?,
    })
}

/// Handoffs in one state, or all of them.
pub(crate) async fn handoffs(session: &mut Session, query: HandoffQuery) -> Result<Page<HandoffSummary>, Failure> {
    match query.state {
        HandoffState::Waiting => in_line(session, query, "waiting").await,
        HandoffState::Claimed => in_line(session, query, "claimed").await,
        HandoffState::All => all_handoffs(session, query).await,
    }
}

async fn in_line(session: &mut Session, query: HandoffQuery, state: &str) -> Result<Page<HandoffSummary>, Failure> {
    let after = query.cursor.as_ref().map(cursor::read::<(i64, i64, HandoffId)>).transpose()?;
    let values = params![
        state,
        query.queue.as_ref().map(Queue::as_str),
        after.map(|(priority, _, _)| priority),
        after.map(|(_, created_at, _)| created_at),
        after.map(|(_, _, id)| id.to_string()),
        i64::from(query.limit) + 1,
    ];
    let rows = session.all(IN_LINE, values).await?;
    let rows = rows.iter().map(handoff_summary).collect::<Result<Vec<_>, _>>()?;
    cursor::page(rows, query.limit, |last| {
        (record::rank(last.handoff.priority), last.handoff.created_at.as_microsecond(), last.handoff.id)
    })
}

async fn all_handoffs(session: &mut Session, query: HandoffQuery) -> Result<Page<HandoffSummary>, Failure> {
    let after = query.cursor.as_ref().map(cursor::read::<(i64, HandoffId)>).transpose()?;
    let values = params![
        query.queue.as_ref().map(Queue::as_str),
        after.map(|(created_at, _)| created_at),
        after.map(|(_, id)| id.to_string()),
        i64::from(query.limit) + 1,
    ];
    let rows = session.all(ALL_HANDOFFS, values).await?;
    let rows = rows.iter().map(handoff_summary).collect::<Result<Vec<_>, _>>()?;
    cursor::page(rows, query.limit, |last| (last.handoff.created_at.as_microsecond(), last.handoff.id))
}

/// One handoff with its contact.
pub(crate) async fn handoff(session: &mut Session, id: HandoffId) -> Result<Option<HandoffSummary>, Failure> {
    let row = session.optional(HANDOFF, params![id]).await?;
    row.as_ref().map(handoff_summary).transpose()
}

fn handoff_summary(row: &Record) -> Result<HandoffSummary, Failure> {
    Ok(HandoffSummary {
        handoff: record::handoff(row)?,
        contact_id: record::parsed(row, "contact_id")?,
        contact_name: row.opt_text("contact_name")?,
        last_message: record::opt_message(row)?,
    })
}
