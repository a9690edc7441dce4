//! `/v1/conversations`: threads for agents, and who speaks in them.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;

use super::auth::{Agent, Caller};
use super::dto::conversation::{
    AgentAction, AgentMessage, Conversation, ConversationParams, ConversationSummary, agent_name,
};
use super::dto::message::Message;
use super::dto::{Page, limit};
use super::error::{ApiError, Problem};
use super::extract::{Body, Params, Path};
use super::idempotency;
use super::triage::text_field;
use crate::app::App;
use crate::domain::conversation::{Queue, Status, Transition};
use crate::domain::id::ConversationId;
use crate::store::{self, ChangeOwner, ConversationQuery, Cursor, Idempotency};

/// List conversations, the most recently updated first.
#[utoipa::path(
    get, path = "/v1/conversations", tag = "conversations", params(ConversationParams),
    responses((status = 200, body = Page<ConversationSummary>), (status = 401, body = Problem), (status = 422, body = Problem))
)]
pub async fn list(
    _caller: Caller<Agent>,
    State(app): State<Arc<App>>,
    Params(params): Params<ConversationParams>,
) -> Result<Json<Page<ConversationSummary>>, ApiError> {
    let status = params
        .status
        .map(|name| {
            Status::from_name(&name).ok_or_else(|| ApiError::field("status", "use pending, open, snoozed or resolved"))
        })
        .transpose()?;
    let owner_kind = params
        .owner
        .map(|kind| match kind.as_str() {
            "assistant" | "queue" | "agent" | "none" => Ok(kind),
            _ => Err(ApiError::field("owner", "use assistant, queue, agent or none")),
        })
        .transpose()?;
    let contact = params.contact.map(|id| id.parse()).transpose().map_err(|error| ApiError::field("contact", error))?;
    let query = ConversationQuery {
        status,
        owner_kind,
        contact,
        cursor: params.cursor.map(Cursor),
        limit: limit(params.limit),
    };
    Ok(Json(Page::of(app.store.conversations(query).await?, Into::into)))
}

/// Show a conversation whole.
#[utoipa::path(
    get, path = "/v1/conversations/{id}", tag = "conversations",
    responses((status = 200, body = Conversation), (status = 401, body = Problem), (status = 404, body = Problem))
)]
pub async fn show(
    _caller: Caller<Agent>,
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
) -> Result<Json<Conversation>, ApiError> {
    whole(&app, parse(&id)?).await
}

/// Write to the contact as an agent. The assistant falls silent: writing takes the conversation over.
#[utoipa::path(
    post, path = "/v1/conversations/{id}/messages", tag = "conversations",
    params(("Idempotency-Key" = Option<String>, Header, description = "Equal keys mean the same request")),
    request_body = AgentMessage,
    responses((status = 200, body = Message), (status = 401, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem))
)]
pub async fn post_message(
    caller: Caller<Agent>,
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body<AgentMessage>,
) -> Result<Json<Message>, ApiError> {
    let conversation = parse(&id)?;
    let scope = format!("{}:conversations/{conversation}/messages", caller.name);
    let message = store::AgentMessage {
        conversation,
        agent: agent_name(&body.value.agent)?,
        text: text_field(&body.value.text, "text")?.as_str().to_owned(),
        idempotency: idempotency::promise(&headers, scope, body.fingerprint)?,
    };
    let stored = app.store.agent_message(message, app.clock.now()).await?;
    app.events.wake();
    app.jobs_waiting.notify_one();
    Ok(Json(stored.into()))
}

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident at $path:literal = $transition:expr;)+) => {$(
        $(#[$doc])*
        #[utoipa::path(
            post, path = $path, tag = "conversations", request_body = AgentAction,
            params(("Idempotency-Key" = Option<String>, Header, description = "Equal keys mean the same request")),
            responses(
                (status = 200, body = Conversation), (status = 401, body = Problem),
                (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem),
            )
        )]
        pub async fn $name(
            caller: Caller<Agent>,
            State(app): State<Arc<App>>,
            Path(id): Path<String>,
            headers: HeaderMap,
            body: Body<AgentAction>,
        ) -> Result<Json<Conversation>, ApiError> {
            let scope = format!("{}:{}:{id}", caller.name, stringify!($name));
            let promise = idempotency::promise(&headers, scope, body.fingerprint)?;
            act(&app, &id, body.value, promise, $transition).await
        }
    )+};
}

actions! {
    /// Take a conversation from the waiting line or from the assistant.
    claim at "/v1/conversations/{id}/claim" = |_, agent| Transition::Claim(agent);
    /// Put a conversation back in line.
    release at "/v1/conversations/{id}/release" = |action, _| Transition::Release(queue(action));
    /// Mark a conversation as solved.
    resolve at "/v1/conversations/{id}/resolve" = |_, _| Transition::Resolve;
    /// Bring a resolved conversation back into line.
    reopen at "/v1/conversations/{id}/reopen" = |action, _| Transition::Reopen(queue(action));
    /// Give a conversation back to the assistant, with a note of what was done.
    return_to_assistant at "/v1/conversations/{id}/return" = |_, _| Transition::ReturnToAssistant;
}

fn queue(action: &AgentAction) -> Queue {
    Queue::new(action.queue.clone().unwrap_or_else(|| Queue::GENERAL.to_owned()))
}

async fn act(
    app: &App,
    id: &str,
    action: AgentAction,
    idempotency: Option<Idempotency>,
    transition: impl FnOnce(&AgentAction, crate::domain::conversation::AgentName) -> Transition,
) -> Result<Json<Conversation>, ApiError> {
    let id = parse(id)?;
    let agent = agent_name(&action.agent)?;
    let transition = transition(&action, agent.clone());
    let note = match action.note.as_deref().map(str::trim) {
        None | Some("") => None,
        Some(note) => Some(format!("{agent}: {}", text_field(note, "note")?.as_str())),
    };
    let change = ChangeOwner { conversation: id, transition, note, idempotency };
    app.store.change_owner(change, app.clock.now()).await?;
    app.events.wake();
    whole(app, id).await
}

async fn whole(app: &App, id: ConversationId) -> Result<Json<Conversation>, ApiError> {
    match app.store.conversation(id).await? {
        Some(thread) => Ok(Json(thread.into())),
        None => Err(ApiError::NotFound { what: "conversation", id: id.to_string() }),
    }
}

fn parse(id: &str) -> Result<ConversationId, ApiError> {
    id.parse().map_err(|error| ApiError::field("id", error))
}
