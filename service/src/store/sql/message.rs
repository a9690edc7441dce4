//! Reading and writing messages.

use jiff::Timestamp;

use super::record::{self, message_columns};
use super::session::{Failure, Session, params};
use super::{events, jobs};
use crate::domain::answer::Reply;
use crate::domain::channel::{Channel, InboxId};
use crate::domain::conversation::Conversation;
use crate::domain::decision::ReasonCode;
use crate::domain::event::EventKind;
use crate::domain::id::{ConversationId, MessageId};
use crate::domain::job::Job;
use crate::domain::message::{Author, Delivery, Message};
use crate::store::StoreError;
use crate::thread::Joined;

const INSERT: &str = "INSERT INTO messages (id, conversation_id, seq, author, agent, channel, inbox, text, citations, \
     quick_replies, external_id, delivery, epoch, handle_kind, handle_value, verification, joined, \
     sent_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)";

const BY_ID: &str = concat!("SELECT ", message_columns!(), " FROM messages m WHERE m.id = $1");

const NEWEST_OF_CONTACT: &str = concat!(
    "SELECT ",
    message_columns!(),
    " FROM messages m WHERE m.conversation_id = $1 AND m.author = 'contact' ORDER BY m.seq DESC LIMIT 1"
);

const NEWEST: &str = concat!(
    "SELECT ",
    message_columns!(),
    " FROM messages m WHERE m.conversation_id = $1 ORDER BY m.seq DESC LIMIT $2"
);

const AFTER: &str = concat!(
    "SELECT ",
    message_columns!(),
    " FROM messages m WHERE m.conversation_id = $1 AND m.seq > $2 ORDER BY m.seq LIMIT $3"
);

/// A decision is stored as JSON, where a reason's code stands in quotes.
const OUT_OF_SCOPE: &str = "SELECT text FROM messages WHERE author = 'contact' AND decision LIKE $1 \
     ORDER BY sent_at DESC, id DESC LIMIT $2";

/// The channel and account a conversation is answered by: those its contact wrote by last.
pub(crate) struct Route {
    pub(crate) channel: Channel,
    pub(crate) inbox: InboxId,
}

impl Route {
    /// Back the way `message` came.
    pub(crate) fn back(message: &Message) -> Self {
        Self { channel: message.channel, inbox: message.inbox.clone() }
    }

    /// Whether messages must be sent by it, as opposed to being read from here.
    fn is_sent(&self) -> bool {
        let read_here = matches!(self.channel, Channel::Web | Channel::InApp | Channel::Api);
        !read_here && self.inbox != InboxId::of_callers()
    }
}

/// Stores a message as the next of its conversation, with why it is that one where it was chosen, and says so in the
/// events.
pub(crate) async fn insert(
    session: &mut Session,
    message: &Message,
    joined: Option<Joined>,
    conversation: &Conversation,
) -> Result<(), Failure> {
    let sender = message.sender.as_ref();
    let values = params![
        message.id,
        message.conversation_id,
        message.seq,
        message.author.kind(),
        record::author_name(&message.author),
        message.channel.name(),
        message.inbox.as_str(),
        &message.text,
        record::json(&message.citations)?,
        record::json(&message.quick_replies)?,
        message.external_id.as_deref(),
        message.delivery.name(),
        message.epoch.0,
        sender.map(|sender| sender.handle.kind().name()),
        sender.map(|sender| sender.handle.value()),
        sender.map(|sender| sender.verification.name()),
        joined.map(Joined::name),
        message.sent_at,
    ];
    session.execute(INSERT, values).await?;
    events::add(session, EventKind::MessageAdded, conversation, Some(message.seq)).await
}

/// Stores something said to the contact as the next message of a locked conversation, with the job that sends it where
/// its channel does not read it from here.
pub(crate) async fn say(
    session: &mut Session,
    conversation: &mut Conversation,
    author: Author,
    reply: Reply,
    route: &Route,
    now: Timestamp,
) -> Result<Message, Failure> {
    let sent = author != Author::System && route.is_sent();
    conversation.last_seq += 1;
    let message = Message {
        id: MessageId::new(),
        conversation_id: conversation.id,
        seq: conversation.last_seq,
        author,
        sender: None,
        channel: route.channel,
        inbox: route.inbox.clone(),
        text: reply.text,
        citations: reply.citations,
        quick_replies: reply.quick_replies,
        external_id: None,
        delivery: if sent { Delivery::Queued } else { Delivery::None },
        epoch: conversation.epoch,
        decision: None,
        sent_at: now,
    };
    insert(session, &message, None, conversation).await?;
    if sent {
        jobs::enqueue(session, &Job::Deliver { message: message.id.as_uuid() }, now).await?;
    }
    Ok(message)
}

/// A message by its identifier, which must exist.
pub(crate) async fn by_id(session: &mut Session, id: MessageId) -> Result<Message, Failure> {
    let row = session.optional(BY_ID, params![id]).await?;
    let missing = || StoreError::NotFound { what: "message", id: id.to_string() }.into();
    row.as_ref().map_or_else(|| Err(missing()), record::message)
}

/// The contact's newest message in a conversation, which every conversation has.
pub(crate) async fn newest_of_contact(session: &mut Session, id: ConversationId) -> Result<Message, Failure> {
    let row = session.optional(NEWEST_OF_CONTACT, params![id]).await?;
    let missing = || StoreError::Damaged(format!("the conversation {id} has no message of its contact")).into();
    row.as_ref().map_or_else(|| Err(missing()), record::message)
}

/// The newest messages of a conversation, oldest first.
pub(crate) async fn newest(session: &mut Session, id: ConversationId, limit: u32) -> Result<Vec<Message>, Failure> {
    let rows = session.all(NEWEST, params![id, limit]).await?;
    rows.iter().rev().map(record::message).collect()
}

/// The messages of a conversation after a number, oldest first.
pub(crate) async fn after(
    session: &mut Session,
    id: ConversationId,
    seq: i64,
    limit: u32,
) -> Result<Vec<Message>, Failure> {
    let rows = session.all(AFTER, params![id, seq, limit]).await?;
    rows.iter().map(record::message).collect()
}

/// The newest messages of contacts that were taken for none of our intents.
pub(crate) async fn out_of_scope(session: &mut Session, limit: u32) -> Result<Vec<String>, Failure> {
    let code = format!("%\"{}\"%", ReasonCode::OutOfScope.name());
    let rows = session.all(OUT_OF_SCOPE, params![code, limit]).await?;
    rows.iter().map(|row| row.text("text")).collect()
}
