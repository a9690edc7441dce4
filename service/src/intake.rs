//! The one door for messages of contacts, whichever channel they come by. What passes it is durable.

use jiff::Timestamp;

use crate::app::App;
use crate::assistant::redact_secrets;
use crate::domain::message::InboundMessage;
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
