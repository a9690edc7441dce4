//! The one door for messages of contacts, whichever channel they come by. What passes it is durable.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::broadcast;

use crate::app::App;
use crate::assistant::redact::redact_secrets;
use crate::domain::conversation::Owner;
use crate::domain::event::{Event, EventKind};
use crate::domain::id::ConversationId;
use crate::domain::message::{Author, InboundMessage, Message};
use crate::domain::text::Utterance;
use crate::store::{AcceptMessage, Accepted, Idempotency, StoreError};

/// Stores `inbound`, with passwords and card numbers masked, and the job that answers it. Durable when it returns.
pub async fn accept(
    app: &App,
    mut inbound: InboundMessage,
    idempotency: Option<Idempotency>,
    now: Timestamp,
) -> Result<Accepted, StoreError> {
    if let Ok(masked) = Utterance::parse(&redact_secrets(inbound.text.as_str())) {
        inbound.text = masked;
    }
    let channel = inbound.channel;
    let accepted = app.store.accept_message(AcceptMessage { inbound, idempotency }, now).await?;
    let outcome = if accepted.duplicate { "duplicate" } else { "stored" };
    metrics::counter!("frontdesk_messages_accepted_total", "channel" => channel.name(), "outcome" => outcome)
        .increment(1);
    app.jobs_waiting.notify_one();
    app.events.wake();
    Ok(accepted)
}

/// How often the store is asked while waiting, for replies made by another process.
const RECHECK: Duration = Duration::from_millis(250);

/// The messages from the accepted one on, once a turn has dealt with it or a human has the conversation; `None` if
/// `patience` ends first.
pub async fn wait_for_turn(
    app: &App,
    accepted: &Accepted,
    mut events: broadcast::Receiver<Event>,
    patience: Duration,
) -> Result<Option<Vec<Message>>, StoreError> {
    if accepted.conversation.owner != Owner::Assistant && !accepted.duplicate {
        return Ok(Some(Vec::new()));
    }
    let deadline = Instant::now() + patience;
    let conversation = accepted.conversation.id;
    let mut owner_may_differ = false;
    loop {
        // The owner is looked at first: whoever handed over or took over did so along with what is read next.
        let taken = owner_may_differ && !is_ours(app, conversation).await?;
        let since = app.store.messages_after(conversation, accepted.message.seq - 1, 50).await?;
        if taken || since.iter().any(|message| message.decision.is_some() || message.author != Author::Contact) {
            return Ok(Some(since));
        }
        if Instant::now() >= deadline {
            return Ok(None);
        }
        let until = deadline.min(Instant::now() + RECHECK);
        let heard = tokio::time::timeout_at(until.into(), next_about(conversation, &mut events)).await;
        owner_may_differ = heard.ok().flatten() != Some(EventKind::MessageAdded);
    }
}

async fn is_ours(app: &App, conversation: ConversationId) -> Result<bool, StoreError> {
    let thread = app.store.conversation(conversation).await?;
    Ok(thread.is_some_and(|thread| thread.conversation.owner == Owner::Assistant))
}

/// What next happens to `conversation`; `None` when events were missed.
async fn next_about(conversation: ConversationId, events: &mut broadcast::Receiver<Event>) -> Option<EventKind> {
    loop {
        let event = events.recv().await.ok()?;
        if event.conversation_id == conversation {
            return Some(event.kind);
        }
    }
}
