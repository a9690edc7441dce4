//! `POST /v1/triage`: for help desks that want to know what a message is about, and nothing else.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;

use super::auth::{Caller, Triage as MayTriage};
use super::dto::triage as dto;
use super::error::{ApiError, Problem};
use super::extract::Body;
use crate::app::App;
use crate::domain::channel::Channel;
use crate::domain::conversation::AgentName;
use crate::domain::message::Author;
use crate::domain::text::Utterance;
use crate::mind::Mind;
use crate::triage::{self, Line};

const MAX_BATCH: usize = 256;
const MAX_TRANSCRIPT: usize = 200;

/// Understand one text or transcript. Nothing is stored.
#[utoipa::path(
    post, path = "/v1/triage", tag = "triage",
    request_body = dto::TriageRequest,
    responses(
        (status = 200, body = dto::Triage),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 422, body = Problem), (status = 503, body = Problem),
    )
)]
pub async fn triage(
    _caller: Caller<MayTriage>,
    State(app): State<Arc<App>>,
    body: Body<dto::TriageRequest>,
) -> Result<Json<dto::Triage>, ApiError> {
    Ok(Json(triage_of(&app.mind, body.value, "", app.clock.now()).await?))
}

/// Understand up to 256 texts or transcripts at once, in order. Nothing is stored.
#[utoipa::path(
    post, path = "/v1/triage/batch", tag = "triage",
    request_body = dto::TriageBatchRequest,
    responses(
        (status = 200, body = dto::TriageBatch),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 422, body = Problem), (status = 503, body = Problem),
    )
)]
pub async fn triage_batch(
    _caller: Caller<MayTriage>,
    State(app): State<Arc<App>>,
    body: Body<dto::TriageBatchRequest>,
) -> Result<Json<dto::TriageBatch>, ApiError> {
    let items = body.value.items;
    if items.len() > MAX_BATCH {
        let detail = format!("{} items were sent; send at most {MAX_BATCH} at once", items.len());
        return Err(ApiError::field("items", detail));
    }
    let requests = items.into_iter().enumerate().map(|(n, item)| {
        let app = &app;
        async move { triage_of(&app.mind, item, &format!("items[{n}]."), app.clock.now()).await }
    });
    Ok(Json(dto::TriageBatch { items: futures::future::try_join_all(requests).await? }))
}

/// One triage; `path` leads to the request's fields in errors.
pub async fn triage_of(
    mind: &Mind,
    request: dto::TriageRequest,
    path: &str,
    now: Timestamp,
) -> Result<dto::Triage, ApiError> {
    let channel = channel(request.channel.as_deref(), &format!("{path}channel"))?;
    let transcript = match (request.text, request.messages) {
        (Some(text), None) => vec![Line {
            author: Author::Contact,
            text: text_field(&text, &format!("{path}text"))?,
            channel,
            sent_at: None,
        }],
        (None, Some(messages)) => transcript(messages, channel, path)?,
        _ => return Err(ApiError::field(format!("{path}text"), "send exactly one of text and messages")),
    };
    let (turn, thought) = triage::triage(mind, transcript, request.subject, now).await?;
    Ok(dto::Triage::of(turn.text(), thought, dto::Versions::of(mind)))
}

fn transcript(messages: Vec<dto::TranscriptMessage>, default: Channel, path: &str) -> Result<Vec<Line>, ApiError> {
    let field = format!("{path}messages");
    if messages.is_empty() || messages.len() > MAX_TRANSCRIPT {
        return Err(ApiError::field(field, format!("send 1 to {MAX_TRANSCRIPT} messages")));
    }
    let lines: Vec<Line> = messages
        .into_iter()
        .enumerate()
        .map(|(n, message)| line(message, default, &format!("{field}[{n}]")))
        .collect::<Result<_, _>>()?;
    match lines.last() {
        Some(last) if last.author == Author::Contact => Ok(lines),
        _ => {
            Err(ApiError::field(field, "the last message must be the contact's; there is nothing to answer otherwise"))
        }
    }
}

fn line(message: dto::TranscriptMessage, default: Channel, path: &str) -> Result<Line, ApiError> {
    let author = match message.author.as_str() {
        "contact" => Author::Contact,
        "assistant" => Author::Assistant,
        "agent" => Author::Agent(AgentName::parse("agent").map_err(|_| ApiError::Internal)?),
        other => {
            let detail = format!("{other:?} is not an author; use contact, assistant or agent");
            return Err(ApiError::field(format!("{path}.author"), detail));
        }
    };
    let channel = match message.channel {
        Some(name) => channel(Some(&name), &format!("{path}.channel"))?,
        None => default,
    };
    Ok(Line {
        author,
        text: text_field(&message.text, &format!("{path}.text"))?,
        channel,
        sent_at: time_field(message.sent_at.as_deref(), &format!("{path}.sent_at"))?,
    })
}

/// A text in a field of a request.
pub fn text_field(text: &str, field: &str) -> Result<Utterance, ApiError> {
    Utterance::parse(text).map_err(|error| ApiError::field(field, error))
}

/// A time in a field of a request.
pub fn time_field(text: Option<&str>, field: &str) -> Result<Option<jiff::Timestamp>, ApiError> {
    text.map(|text| {
        text.parse()
            .map_err(|_| ApiError::field(field, format!("{text:?} is not a time; write it like 2026-01-31T09:30:00Z")))
    })
    .transpose()
}

fn channel(name: Option<&str>, field: &str) -> Result<Channel, ApiError> {
    name.map_or(Ok(Channel::Api), |name| name.parse().map_err(|error| ApiError::field(field, error)))
}
