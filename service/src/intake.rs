//! The one door for messages of contacts, whichever channel they come by. What passes it is durable.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::broadcast;

use crate::app::App;
use crate::assistant::redact::redact_secrets;
use crate::domain::conversation::Owner;
use crate::domain::event::Event;
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
    loop {
        let since = app.store.messages_after(conversation, accepted.message.seq - 1, 50).await?;
        if since.iter().any(|message| message.decision.is_some() || !matches!(message.author, Author::Contact)) {
            return Ok(Some(since));
        }
        if Instant::now() >= deadline {
            return Ok(None);
        }
        let until = deadline.min(Instant::now() + RECHECK);
        let _ = tokio::time::timeout_at(until.into(), async {
            while let Ok(event) = events.recv().await {
                if event.conversation_id == conversation {
                    break;
                }
            }
        })
        .await;
    }
}
