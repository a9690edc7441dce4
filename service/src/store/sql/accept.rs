//! Storing a message of a contact, once.

use jiff::Timestamp;

use super::session::{Failure, Session, params};
use super::{conversation, events, identity, jobs, message, promise};
use crate::domain::conversation::{Conversation, Owner, Status};
use crate::domain::event::EventKind;
use crate::domain::id::{ContactId, MessageId};
use crate::domain::message::{Author, Delivery, InboundMessage, Message};
use crate::store::{AcceptMessage, Accepted};
use crate::thread::{self, Joined};

const RECEIVED: &str = "SELECT id FROM messages WHERE inbox = $1 AND external_id = $2 AND handle_kind = $3 \
     AND handle_value = $4 AND author = 'contact'";

/// The longest subject made of a contact's first words, in characters.
const SUBJECT_CHARS: usize = 80;

/// Stores a message of a contact with the job that will answer it, unless it is stored already.
pub(crate) async fn accept(session: &mut Session, request: AcceptMessage, now: Timestamp) -> Result<Accepted, Failure> {
    let AcceptMessage { inbound, idempotency } = request;
    if let Some(promise) = &idempotency
        && let Some(id) = promise::kept(session, promise).await?
    {
        return duplicate(session, id).await;
    }
    if let Some(id) = received(session, &inbound).await? {
        if let Some(promise) = &idempotency {
            promise::keep(session, promise, id, now).await?;
        }
        return duplicate(session, id).await;
    }
    let accepted = store(session, inbound, now).await?;
    if let Some(promise) = &idempotency {
        promise::keep(session, promise, accepted.message.id, now).await?;
    }
    Ok(accepted)
}

/// The message that came from the same sender with the same identifier before. Providers that number messages within
/// each chat use a number again for another sender.
async fn received(session: &mut Session, inbound: &InboundMessage) -> Result<Option<MessageId>, Failure> {
    let Some(external_id) = &inbound.external_id else { return Ok(None) };
    let sender = &inbound.from.handle;
    let values = params![inbound.inbox.as_str(), external_id, sender.kind().name(), sender.value()];
    let row = session.optional(RECEIVED, values).await?;
    row.map(|row| super::record::parsed(&row, "id")).transpose()
}

async fn duplicate(session: &mut Session, id: MessageId) -> Result<Accepted, Failure> {
    let message = message::by_id(session, id).await?;
    let conversation = conversation::lock(session, message.conversation_id).await?;
    let contact_id = conversation.contact_id;
    Ok(Accepted { message, conversation, contact_id, duplicate: true })
}

async fn store(session: &mut Session, inbound: InboundMessage, now: Timestamp) -> Result<Accepted, Failure> {
    let contact_id = identity::sender(session, &inbound, now).await?;
    let (mut conversation, joined) = join(session, contact_id, &inbound, now).await?;
    let mut changed = joined == Joined::New;
    if conversation.owner == Owner::Nobody {
        conversation::change_hands(&mut conversation, Owner::Assistant, Status::Pending);
        changed = true;
    }
    conversation.last_seq += 1;
    conversation.updated_at = now;
    let message = Message {
        id: MessageId::new(),
        conversation_id: conversation.id,
        seq: conversation.last_seq,
        author: Author::Contact,
        sender: Some(inbound.from),
        channel: inbound.channel,
        inbox: inbound.inbox,
        text: inbound.text.as_str().to_owned(),
        citations: Vec::new(),
        quick_replies: Vec::new(),
        external_id: inbound.external_id,
        delivery: Delivery::None,
        epoch: conversation.epoch,
        decision: None,
        sent_at: inbound.sent_at.unwrap_or(now),
    };
    conversation::save(session, &conversation).await?;
    message::insert(session, &message, Some(joined), &conversation).await?;
    if changed {
        events::add(session, EventKind::ConversationChanged, &conversation, None).await?;
    }
    match conversation.owner {
        Owner::Assistant => jobs::enqueue_answer(session, conversation.id, now).await?,
        Owner::Queue(_) => jobs::enqueue_rebrief(session, conversation.id, now).await?,
        Owner::Agent(_) | Owner::Nobody => {}
    }
    Ok(Accepted { message, conversation, contact_id, duplicate: false })
}

/// The conversation the message belongs to, locked, and why it is that one.
async fn join(
    session: &mut Session,
    contact: ContactId,
    inbound: &InboundMessage,
    now: Timestamp,
) -> Result<(Conversation, Joined), Failure> {
    let mut candidates = conversation::lock_candidates(session, contact, inbound.conversation_id).await?;
    let joined = thread::choose(&candidates, inbound.conversation_id, now);
    let chosen = match joined {
        Joined::Named(id) | Joined::Unresolved(id) => candidates.iter().position(|candidate| candidate.id == id),
        Joined::New => None,
    };
    if let Some(place) = chosen {
        return Ok((candidates.swap_remove(place), joined));
    }
    let conversation = conversation::create(session, contact, subject(inbound), now).await?;
    Ok((conversation, Joined::New))
}

/// The subject line, or the contact's first words.
fn subject(inbound: &InboundMessage) -> String {
    let given = inbound.subject.as_deref().map(str::trim).filter(|subject| !subject.is_empty());
    let line = given.or_else(|| inbound.text.as_str().lines().next()).unwrap_or_default();
    if line.chars().count() <= SUBJECT_CHARS {
        return line.to_owned();
    }
    let cut: String = line.chars().take(SUBJECT_CHARS - 1).collect();
    let whole_words = cut.rsplit_once(' ').map_or(cut.as_str(), |(words, _)| words);
    format!("{whole_words}…")
}
