//! `/v1/feedback`: what humans say about decisions, and whether it is learned.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};

use super::auth::{Admin, Agent, Caller, Messages};
use super::dto::conversation::agent_name;
use super::dto::feedback::{Correction, Feedback, FeedbackParams, FeedbackRequest, Review, ReviewParams};
use super::dto::{Page, limit};
use super::error::{ApiError, Problem};
use super::extract::{Body, Params, Path};
use super::idempotency;
use super::triage::text_field;
use crate::app::App;
use crate::domain::feedback::{MessagePlace, ReviewState, Verdict};
use crate::domain::text::Utterance;
use crate::feedback::review::{self, review};
use crate::feedback::{self, About, Given};
use crate::store::{Cursor, FeedbackQuery};

/// Say whether a decision was right, and what was meant if it was not. It waits for a review before it is learned.
#[utoipa::path(
    post, path = "/v1/feedback", tag = "feedback",
    params(("Idempotency-Key" = Option<String>, Header, description = "Equal keys mean the same request")),
    request_body = FeedbackRequest,
    responses(
        (status = 201, body = Feedback), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem),
    )
)]
pub async fn give(
    caller: Caller<Messages>,
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Body<FeedbackRequest>,
) -> Result<(StatusCode, Json<Feedback>), ApiError> {
    let idempotency = idempotency::promise(&headers, format!("{}:feedback", caller.name), body.fingerprint)?;
    let request = body.value;
    let about = match (request.text, request.message) {
        (Some(text), None) => About::Text(text_field(&text, "text")?),
        (None, Some(place)) => {
            let conversation = place.conversation.parse();
            let conversation = conversation.map_err(|error| ApiError::field("message.conversation", error))?;
            About::Message(MessagePlace { conversation, seq: place.seq })
        }
        _ => return Err(ApiError::field("text", "send exactly one of text and message")),
    };
    let verdict = Verdict::from_name(&request.verdict).ok_or_else(|| {
        ApiError::field("verdict", format!("{:?} is not a verdict; use right or wrong", request.verdict))
    })?;
    let note = note(request.note.as_deref())?;
    let given = Given { author: caller.name, about, verdict, intent: request.intent, note, idempotency };
    Ok((StatusCode::CREATED, Json(feedback::give(&app, given).await?.into())))
}

/// Correct what was decided about a message of the contact. It is feedback by the agent, and waits for a review.
#[utoipa::path(
    post, path = "/v1/conversations/{id}/correct", tag = "feedback",
    params(("Idempotency-Key" = Option<String>, Header, description = "Equal keys mean the same request")),
    request_body = Correction,
    responses(
        (status = 201, body = Feedback), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem),
    )
)]
pub async fn correct(
    caller: Caller<Agent>,
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body<Correction>,
) -> Result<(StatusCode, Json<Feedback>), ApiError> {
    let conversation = id.parse().map_err(|error| ApiError::field("id", error))?;
    let scope = format!("{}:correct:{conversation}", caller.name);
    let Correction { agent, seq, intent, note: said } = body.value;
    let given = Given {
        author: agent_name(&agent)?.to_string(),
        about: About::Message(MessagePlace { conversation, seq }),
        verdict: Verdict::Wrong,
        intent: Some(intent),
        note: note(said.as_deref())?,
        idempotency: idempotency::promise(&headers, scope, body.fingerprint)?,
    };
    Ok((StatusCode::CREATED, Json(feedback::give(&app, given).await?.into())))
}

/// List feedback, the newest first.
#[utoipa::path(
    get, path = "/v1/feedback", tag = "feedback", params(FeedbackParams),
    responses(
        (status = 200, body = Page<Feedback>), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 422, body = Problem),
    )
)]
pub async fn list(
    _caller: Caller<Admin>,
    State(app): State<Arc<App>>,
    Params(params): Params<FeedbackParams>,
) -> Result<Json<Page<Feedback>>, ApiError> {
    let unknown =
        |name: &str| ApiError::field("state", format!("{name:?} is no state; use waiting, accepted or rejected"));
    let state = params.state.map(|name| ReviewState::from_name(&name).ok_or_else(|| unknown(&name))).transpose()?;
    let query = FeedbackQuery { state, cursor: params.cursor.map(Cursor), limit: limit(params.limit) };
    Ok(Json(Page::of(app.store.feedback_list(query).await?, Into::into)))
}

/// Learn from feedback, at once and from every start on. Refused, with the numbers, where the assistant would tell fewer
/// of the content's own examples than before and chance does not explain it. Feedback that means `none` teaches no
/// intent; it counts where missing intents are suggested.
#[utoipa::path(
    post, path = "/v1/feedback/{id}/accept", tag = "feedback", params(ReviewParams),
    responses(
        (status = 200, body = Review), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem),
        (status = 503, body = Problem),
    )
)]
pub async fn accept(
    caller: Caller<Admin>,
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Params(params): Params<ReviewParams>,
) -> Result<Json<Review>, ApiError> {
    decide(&app, &id, ReviewState::Accepted, caller.name, params).await
}

/// Do not learn from feedback; what was learned from it is forgotten.
#[utoipa::path(
    post, path = "/v1/feedback/{id}/reject", tag = "feedback", params(ReviewParams),
    responses(
        (status = 200, body = Review), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem),
        (status = 503, body = Problem),
    )
)]
pub async fn reject(
    caller: Caller<Admin>,
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Params(params): Params<ReviewParams>,
) -> Result<Json<Review>, ApiError> {
    decide(&app, &id, ReviewState::Rejected, caller.name, params).await
}

async fn decide(
    app: &Arc<App>,
    id: &str,
    state: ReviewState,
    by: String,
    params: ReviewParams,
) -> Result<Json<Review>, ApiError> {
    let id = id.parse().map_err(|error| ApiError::field("id", error))?;
    let outcome = review(app, review::Review { id, state, by, on_drop: params.on_drop.into() }).await?;
    Ok(Json(outcome.into()))
}

fn note(text: Option<&str>) -> Result<Option<Utterance>, ApiError> {
    match text.map(str::trim) {
        None | Some("") => Ok(None),
        Some(text) => text_field(text, "note").map(Some),
    }
}
