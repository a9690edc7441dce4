//! Sends messages by their channels, and never one of the assistant's after a human took over.

use super::Done;
use crate::app::App;
use crate::channel::{ChannelError, Parcel};
use crate::domain::id::MessageId;
use crate::store::Outgoing;

/// Sends one message.
pub async fn deliver(app: &App, id: MessageId) -> Done {
    let (message, to) = match app.store.begin_delivery(id).await {
        Ok(Outgoing::Send { message, to }) => (message, to),
        Ok(Outgoing::Drop) => return Done::Finished,
        Err(error) => return Done::Retry(error.to_string()),
    };
    let Some(channel) = app.channels.get(&message.inbox) else {
        let reason = format!("the inbox {} is not configured, so nothing can be sent by it", message.inbox);
        return undeliverable(app, id, reason).await;
    };
    let parcel = Parcel { id: Some(id), to: &to, text: &message.text, quick_replies: &message.quick_replies };
    match channel.send(parcel).await {
        Ok(provider_id) => match app.store.record_sent(id, provider_id.as_deref(), app.clock.now()).await {
            Ok(()) => Done::Finished,
            Err(error) => Done::Retry(error.to_string()),
        },
        Err(ChannelError::Retryable(reason)) => Done::Retry(reason),
        Err(ChannelError::Permanent(reason)) => undeliverable(app, id, reason).await,
    }
}

async fn undeliverable(app: &App, id: MessageId, reason: String) -> Done {
    match app.store.record_undeliverable(id, app.clock.now()).await {
        Ok(()) => Done::GiveUp(reason),
        Err(error) => Done::Retry(error.to_string()),
    }
}
