//! Rows as domain values. Every column list is written once here, under names that tell whose columns they are, so
//! that one row can hold a conversation and its newest message.

use std::str::FromStr;

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::session::{Failure, Record};
use crate::domain::channel::InboxId;
use crate::domain::contact::{Identity, Verification};
use crate::domain::conversation::{AgentName, Conversation, Epoch, Owner, Priority, Queue, Status};
use crate::domain::event::{Event, EventKind};
use crate::domain::handle::{Handle, HandleKind};
use crate::domain::handoff::Handoff;
use crate::domain::message::{Author, Delivery, Message, Sender};
use crate::store::StoreError;

/// The columns of a conversation, from a table called `c`.
macro_rules! conversation_columns {
    () => {
        "c.id AS c_id, c.contact_id AS c_contact_id, c.status AS c_status, c.owner_kind AS c_owner_kind, \
         c.owner_name AS c_owner_name, c.epoch AS c_epoch, c.priority AS c_priority, c.subject AS c_subject, \
         c.last_seq AS c_last_seq, c.answered_seq AS c_answered_seq, c.created_at AS c_created_at, \
         c.updated_at AS c_updated_at"
    };
}
pub(crate) use conversation_columns;

/// The columns of a message, from a table called `m`.
macro_rules! message_columns {
    () => {
        "m.id AS m_id, m.conversation_id AS m_conversation_id, m.seq AS m_seq, m.author AS m_author, \
         m.agent AS m_agent, m.handle_kind AS m_handle_kind, m.handle_value AS m_handle_value, \
         m.verification AS m_verification, m.channel AS m_channel, m.inbox AS m_inbox, m.text AS m_text, \
         m.citations AS m_citations, m.quick_replies AS m_quick_replies, m.external_id AS m_external_id, \
         m.delivery AS m_delivery, m.epoch AS m_epoch, m.decision AS m_decision, m.sent_at AS m_sent_at"
    };
}
pub(crate) use message_columns;

/// The columns of a handoff, from a table called `h`.
macro_rules! handoff_columns {
    () => {
        "h.id AS h_id, h.conversation_id AS h_conversation_id, h.queue AS h_queue, h.priority AS h_priority, \
         h.reasons AS h_reasons, h.brief AS h_brief, h.created_at AS h_created_at, h.claimed_by AS h_claimed_by, \
         h.closed_at AS h_closed_at"
    };
}
pub(crate) use handoff_columns;

/// A conversation read by [`conversation_columns`].
pub(crate) fn conversation(row: &Record) -> Result<Conversation, Failure> {
    Ok(Conversation {
        id: parsed(row, "c_id")?,
        contact_id: parsed(row, "c_contact_id")?,
        status: named(row, "c_status", Status::from_name)?,
        owner: owner(row)?,
        epoch: Epoch(row.int("c_epoch")?),
        priority: priority(row, "c_priority")?,
        subject: row.opt_text("c_subject")?,
        last_seq: row.int("c_last_seq")?,
        answered_seq: row.int("c_answered_seq")?,
        created_at: time(row, "c_created_at")?,
        updated_at: time(row, "c_updated_at")?,
    })
}

fn owner(row: &Record) -> Result<Owner, Failure> {
    let name = row.opt_text("c_owner_name")?;
    match (row.text("c_owner_kind")?.as_str(), name) {
        ("assistant", _) => Ok(Owner::Assistant),
        ("queue", Some(queue)) => Ok(Owner::Queue(Queue::new(queue))),
        ("agent", Some(agent)) => Ok(Owner::Agent(agent_name(&agent, "c_owner_name")?)),
        ("none", _) => Ok(Owner::Nobody),
        (kind, _) => Err(damaged("c_owner_kind", kind)),
    }
}

/// The name of an owner that has one.
pub(crate) fn owner_name(owner: &Owner) -> Option<&str> {
    match owner {
        Owner::Queue(queue) => Some(queue.as_str()),
        Owner::Agent(agent) => Some(agent.as_str()),
        Owner::Assistant | Owner::Nobody => None,
    }
}

/// A message read by [`message_columns`].
pub(crate) fn message(row: &Record) -> Result<Message, Failure> {
    Ok(Message {
        id: parsed(row, "m_id")?,
        conversation_id: parsed(row, "m_conversation_id")?,
        seq: row.int("m_seq")?,
        author: author(row)?,
        sender: sender(row)?,
        channel: parsed(row, "m_channel")?,
        inbox: inbox(row, "m_inbox")?,
        text: row.text("m_text")?,
        citations: document(row, "m_citations")?,
        quick_replies: document(row, "m_quick_replies")?,
        external_id: row.opt_text("m_external_id")?,
        delivery: named(row, "m_delivery", Delivery::from_name)?,
        epoch: Epoch(row.int("m_epoch")?),
        decision: opt_document(row, "m_decision")?,
        sent_at: time(row, "m_sent_at")?,
    })
}

fn sender(row: &Record) -> Result<Option<Sender>, Failure> {
    if row.opt_text("m_handle_kind")?.is_none() {
        return Ok(None);
    }
    Ok(Some(Sender {
        handle: handle(row, "m_handle_kind", "m_handle_value")?,
        verification: named(row, "m_verification", Verification::from_name)?,
    }))
}

/// A message that an outer join may not have found.
pub(crate) fn opt_message(row: &Record) -> Result<Option<Message>, Failure> {
    if row.opt_text("m_id")?.is_none() {
        return Ok(None);
    }
    message(row).map(Some)
}

fn author(row: &Record) -> Result<Author, Failure> {
    match (row.text("m_author")?.as_str(), row.opt_text("m_agent")?) {
        ("contact", _) => Ok(Author::Contact),
        ("assistant", _) => Ok(Author::Assistant),
        ("system", _) => Ok(Author::System),
        ("agent", Some(agent)) => Ok(Author::Agent(agent_name(&agent, "m_agent")?)),
        (kind, _) => Err(damaged("m_author", kind)),
    }
}

/// The name of an author that has one.
pub(crate) fn author_name(author: &Author) -> Option<&str> {
    match author {
        Author::Agent(agent) => Some(agent.as_str()),
        Author::Contact | Author::Assistant | Author::System => None,
    }
}

/// A handoff read by [`handoff_columns`].
pub(crate) fn handoff(row: &Record) -> Result<Handoff, Failure> {
    let claimed_by = row.opt_text("h_claimed_by")?;
    Ok(Handoff {
        id: parsed(row, "h_id")?,
        conversation_id: parsed(row, "h_conversation_id")?,
        queue: Queue::new(row.text("h_queue")?),
        priority: priority(row, "h_priority")?,
        reasons: document(row, "h_reasons")?,
        brief: document(row, "h_brief")?,
        created_at: time(row, "h_created_at")?,
        claimed_by: claimed_by.map(|name| agent_name(&name, "h_claimed_by")).transpose()?,
        closed_at: row.opt_int("h_closed_at")?.map(|at| micros("h_closed_at", at)).transpose()?,
    })
}

/// An identity read from the columns of its table.
pub(crate) fn identity(row: &Record) -> Result<Identity, Failure> {
    Ok(Identity {
        id: parsed(row, "id")?,
        handle: handle(row, "kind", "value")?,
        verification: named(row, "verification", Verification::from_name)?,
    })
}

/// An event read from the columns of its table.
pub(crate) fn event(row: &Record) -> Result<Event, Failure> {
    Ok(Event {
        seq: row.int("seq")?,
        kind: named(row, "kind", EventKind::from_name)?,
        conversation_id: parsed(row, "conversation_id")?,
        contact_id: parsed(row, "contact_id")?,
        message_seq: row.opt_int("message_seq")?,
    })
}

/// An address kept in two columns.
pub(crate) fn handle(row: &Record, kind: &str, value: &str) -> Result<Handle, Failure> {
    Ok(Handle::from_stored(named(row, kind, HandleKind::from_name)?, row.text(value)?))
}

/// An inbox.
pub(crate) fn inbox(row: &Record, column: &str) -> Result<InboxId, Failure> {
    let name = row.text(column)?;
    InboxId::parse(&name).map_err(|_| damaged(column, &name))
}

/// A value whose type parses its own text.
pub(crate) fn parsed<T: FromStr>(row: &Record, column: &str) -> Result<T, Failure> {
    let text = row.text(column)?;
    text.parse().map_err(|_| damaged(column, &text))
}

/// A value stored by name.
pub(crate) fn named<T>(row: &Record, column: &str, from_name: fn(&str) -> Option<T>) -> Result<T, Failure> {
    let name = row.text(column)?;
    from_name(&name).ok_or_else(|| damaged(column, &name))
}

/// A point in time.
pub(crate) fn time(row: &Record, column: &str) -> Result<Timestamp, Failure> {
    micros(column, row.int(column)?)
}

fn micros(column: &str, at: i64) -> Result<Timestamp, Failure> {
    Timestamp::from_microsecond(at).map_err(|_| damaged(column, &at.to_string()))
}

/// A priority, stored as its place among all of them so that rows sort by it.
fn priority(row: &Record, column: &str) -> Result<Priority, Failure> {
    let rank = row.int(column)?;
    let found = usize::try_from(rank).ok().and_then(|rank| Priority::ALL.get(rank));
    found.copied().ok_or_else(|| damaged(column, &rank.to_string()))
}

/// What [`priority`] reads.
pub(crate) fn rank(priority: Priority) -> i64 {
    Priority::ALL.iter().position(|&p| p == priority).unwrap_or_default() as i64
}

/// A value stored as a JSON document.
pub(crate) fn document<T: DeserializeOwned>(row: &Record, column: &str) -> Result<T, Failure> {
    read_document(column, &row.text(column)?)
}

/// The same, or `None` where the column holds none.
pub(crate) fn opt_document<T: DeserializeOwned>(row: &Record, column: &str) -> Result<Option<T>, Failure> {
    row.opt_text(column)?.map(|text| read_document(column, &text)).transpose()
}

fn read_document<T: DeserializeOwned>(column: &str, text: &str) -> Result<T, Failure> {
    serde_json::from_str(text).map_err(|error| damaged(column, &error.to_string()))
}

/// What [`document`] reads.
pub(crate) fn json(value: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string(value)
        .map_err(|error| StoreError::Unavailable(format!("a value cannot be written as JSON: {error}")).into())
}

fn agent_name(name: &str, column: &str) -> Result<AgentName, Failure> {
    AgentName::parse(name).map_err(|_| damaged(column, name))
}

/// A value in the database that this version cannot have written.
fn damaged(column: &str, found: &str) -> Failure {
    StoreError::Damaged(format!("the column {column} holds {found:?}")).into()
}
