//! How far outgoing messages got, and whether they may leave at all.

use super::record::{self, message_columns};
use super::session::{Failure, Record, Session, Statement, locking, params};
use super::{conversation, events, message};
use crate::domain::channel::InboxId;
use crate::domain::event::EventKind;
use crate::domain::handle::Handle;
use crate::domain::id::MessageId;
use crate::domain::message::{Author, Delivery, Message};
use crate::store::Outgoing;

const HUMAN_EPOCH: &str = "SELECT human_epoch FROM conversations WHERE id = $1";
const ADDRESS: &str = "SELECT handle_kind, handle_value FROM messages \
     WHERE conversation_id = $1 AND author = 'contact' AND channel = $2 AND inbox = $3 ORDER BY seq DESC LIMIT 1";
const BY_ID: Statement = locking!("SELECT ", message_columns!(), " FROM messages m WHERE m.id = $1");
const BY_PROVIDER_ID: Statement = locking!(
    "SELECT ",
    message_columns!(),
    " FROM messages m WHERE m.inbox = $1 AND m.external_id = $2 AND m.author <> 'contact' \
     ORDER BY m.sent_at DESC, m.id DESC LIMIT 1"
);
const UPDATE: &str = "UPDATE messages SET delivery = $2, external_id = COALESCE($3, external_id) WHERE id = $1";

/// Whether a message may leave now, and where to.
pub(crate) async fn begin(session: &mut Session, id: MessageId) -> Result<Outgoing, Failure> {
    let conversation_id = message::by_id(session, id).await?.conversation_id;
    // A change of owner waits for this lock, so it comes either before the check or after the message left.
    conversation::lock(session, conversation_id).await?;
    let message = message::by_id(session, id).await?;
    if message.delivery != Delivery::Queued {
        return Ok(Outgoing::Drop);
    }
    let human_epoch = session.one(HUMAN_EPOCH, params![conversation_id]).await?.int("human_epoch")?;
    if message.author == Author::Assistant && message.epoch.0 < human_epoch {
        advance(session, &message, Delivery::Withheld, None).await?;
        return Ok(Outgoing::Drop);
    }
    if let Some(to) = address(session, &message).await? {
        return Ok(Outgoing::Send { message: Box::new(message), to });
    }
    advance(session, &message, Delivery::Failed, None).await?;
    Ok(Outgoing::Drop)
}

/// The address the contact last wrote from on the message's channel and account.
async fn address(session: &mut Session, message: &Message) -> Result<Option<Handle>, Failure> {
    let values = params![message.conversation_id, message.channel.name(), message.inbox.as_str()];
    let row = session.optional(ADDRESS, values).await?;
    row.map(|row| record::handle(&row, "handle_kind", "handle_value")).transpose()
}

/// Applies news about a message we know, with the provider's identifier of it where there is one.
pub(crate) async fn record(
    session: &mut Session,
    id: MessageId,
    news: Delivery,
    provider_id: Option<&str>,
) -> Result<(), Failure> {
    let Some(row) = session.optional(BY_ID, params![id]).await? else {
        return message::by_id(session, id).await.map(|_| ());
    };
    advance(session, &record::message(&row)?, news, provider_id).await
}

/// Applies a provider's report; `false` if no message has that identifier.
pub(crate) async fn report(
    session: &mut Session,
    inbox: &InboxId,
    provider_id: &str,
    news: Delivery,
) -> Result<bool, Failure> {
    let row: Option<Record> = session.optional(BY_PROVIDER_ID, params![inbox.as_str(), provider_id]).await?;
    let Some(row) = row else { return Ok(false) };
    advance(session, &record::message(&row)?, news, None).await?;
    Ok(true)
}

/// Moves a message on, never back.
async fn advance(
    session: &mut Session,
    message: &Message,
    news: Delivery,
    provider_id: Option<&str>,
) -> Result<(), Failure> {
    let after = message.delivery.after(news);
    if after == message.delivery && provider_id.is_none() {
        return Ok(());
    }
    session.execute(UPDATE, params![message.id, after.name(), provider_id]).await?;
    if after == message.delivery {
        return Ok(());
    }
    let conversation = conversation::read(session, message.conversation_id).await?;
    events::add(session, EventKind::DeliveryChanged, &conversation, Some(message.seq)).await
}
