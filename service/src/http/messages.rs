//! `POST /v1/messages`: a message of a contact from any channel in, the replies out.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};

use super::auth::{Caller, Messages};
use super::dto::message as dto;
use super::error::{ApiError, Problem};
use super::extract::{Body, Params};
use super::idempotency;
use super::triage::{text_field, time_field};
use crate::app::App;
use crate::domain::channel::{Channel, InboxId};
use crate::domain::conversation::Owner;
use crate::domain::handle::{Handle, HandleKind};
use crate::domain::message::{Author, InboundMessage, Message, Sender};
use crate::intake;
use crate::store::Accepted;

const MAX_FIELD: usize = 256;

/// Take a message of a contact. Durable when it returns; with `wait=true` the replies are in the response, and without
/// it, or when they take too long, the status is 202.
#[utoipa::path(
    post, path = "/v1/messages", tag = "messages",
    params(dto::WaitParams, ("Idempotency-Key" = Option<String>, Header, description = "Equal keys mean the same request")),
    request_body = dto::InboundMessage,
    responses(
        (status = 200, body = dto::Receipt, description = "Stored and answered"),
        (status = 202, body = dto::Receipt, description = "Stored; the answer will follow"),
        (status = 401, body = Problem), (status = 403, body = Problem), (status = 422, body = Problem),
        (status = 503, body = Problem),
    )
)]
pub async fn post_message(
    caller: Caller<Messages>,
    State(app): State<Arc<App>>,
    Params(params): Params<dto::WaitParams>,
    headers: HeaderMap,
    body: Body<dto::InboundMessage>,
) -> Result<(StatusCode, Json<dto::Receipt>), ApiError> {
    let promise = idempotency::promise(&headers, format!("{}:messages", caller.name), body.fingerprint)?;
    let inbound = inbound(&app, &caller, body.value)?;
    let events = app.events.subscribe();
    let accepted = intake::accept(&app, inbound, promise, app.clock.now()).await?;
    let patience = if params.wait { app.config.server.wait } else { Duration::ZERO };
    let turn = intake::wait_for_turn(&app, &accepted, events, patience).await?;
    let status = if turn.is_some() { StatusCode::OK } else { StatusCode::ACCEPTED };
    Ok((status, Json(receipt(&app, accepted, turn).await?)))
}

fn inbound(app: &App, caller: &Caller<Messages>, request: dto::InboundMessage) -> Result<InboundMessage, ApiError> {
    let channel: Channel = request.channel.parse().map_err(|error| ApiError::field("channel", error))?;
    let handle = Handle::parse(HandleKind::of(channel), &request.from.handle, Some(app.config.home_country))
        .map_err(|error| ApiError::field("from.handle", error))?;
    let conversation_id = request
        .conversation_id
        .map(|id| id.parse())
        .transpose()
        .map_err(|error| ApiError::field("conversation_id", error))?;
    Ok(InboundMessage {
        channel,
        inbox: InboxId::of_callers(),
        from: Sender { handle, verification: caller.vouches_for(channel) },
        name: short(request.from.name.as_deref(), "from.name")?,
        text: text_field(&request.text, "text")?,
        subject: short(request.subject.as_deref(), "subject")?,
        external_id: short(request.external_id.as_deref(), "external_id")?,
        conversation_id,
        sent_at: time_field(request.sent_at.as_deref(), "sent_at")?,
    })
}

/// A short line of text, or none where it is empty.
fn short(text: Option<&str>, field: &str) -> Result<Option<String>, ApiError> {
    match text.map(str::trim) {
        None | Some("") => Ok(None),
        Some(text) if text.len() > MAX_FIELD || text.chars().any(char::is_control) => {
            Err(ApiError::field(field, format!("use at most {MAX_FIELD} bytes and no control characters")))
        }
        Some(text) => Ok(Some(text.to_owned())),
    }
}

async fn receipt(app: &App, accepted: Accepted, turn: Option<Vec<Message>>) -> Result<dto::Receipt, ApiError> {
    let conversation = accepted.conversation;
    let waited = turn.is_some();
    let since = turn.unwrap_or_default();
    let decision = since.iter().find_map(|message| message.decision.clone());
    let replies = since.into_iter().filter(|message| message.author == Author::Assistant).map(Into::into).collect();
    // A turn that was waited for ends with a decision that hands nothing over, or with another owner.
    let ours = match &decision {
        Some(decision) => decision.queue.is_none(),
        None => !waited && conversation.owner == Owner::Assistant,
    };
    let thread = if ours { None } else { app.store.conversation(conversation.id).await? };
    let owner = thread.as_ref().map_or(&conversation.owner, |thread| &thread.conversation.owner).into();
    let handoff = thread.and_then(|thread| thread.handoff).map(|handoff| dto::HandoffReceipt {
        id: handoff.id.to_string(),
        queue: handoff.queue.as_str().to_owned(),
        reasons: handoff.reasons.into_iter().map(Into::into).collect(),
        expected_reply_at: handoff.brief.due,
    });
    Ok(dto::Receipt {
        message_id: accepted.message.id.to_string(),
        conversation_id: conversation.id.to_string(),
        contact_id: accepted.contact_id.to_string(),
        duplicate: accepted.duplicate,
        owner,
        decision: decision.map(Into::into),
        replies,
        handoff,
    })
}
