//! `/v1/handoffs`: the waiting line, and the brief.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use super::auth::{Agent, Caller};
use super::dto::handoff::{Handoff, HandoffParams, HandoffWithBrief};
use super::dto::{Page, limit};
use super::error::{ApiError, Problem};
use super::extract::{Params, Path};
use crate::app::App;
use crate::domain::conversation::Queue;
use crate::domain::id::HandoffId;
use crate::store::{Cursor, HandoffQuery, HandoffState};

/// List handoffs: the most urgent first, and of those the longest waiting.
#[utoipa::path(
    get, path = "/v1/handoffs", tag = "handoffs", params(HandoffParams),
    responses((status = 200, body = Page<Handoff>), (status = 401, body = Problem), (status = 422, body = Problem))
)]
pub async fn list(
    _caller: Caller<Agent>,
    State(app): State<Arc<App>>,
    Params(params): Params<HandoffParams>,
) -> Result<Json<Page<Handoff>>, ApiError> {
    let state = match params.status.as_deref() {
        None | Some("waiting") => HandoffState::Waiting,
        Some("claimed") => HandoffState::Claimed,
        Some("all") => HandoffState::All,
        Some(_) => return Err(ApiError::field("status", "use waiting, claimed or all")),
    };
    let query = HandoffQuery {
        state,
        queue: params.queue.map(Queue::new),
        cursor: params.cursor.map(Cursor),
        limit: limit(params.limit),
    };
    Ok(Json(Page::of(app.store.handoffs(query).await?, Into::into)))
}

/// Show a handoff with its brief.
#[utoipa::path(
    get, path = "/v1/handoffs/{id}", tag = "handoffs",
    responses((status = 200, body = HandoffWithBrief), (status = 401, body = Problem), (status = 404, body = Problem))
)]
pub async fn show(
    _caller: Caller<Agent>,
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
) -> Result<Json<HandoffWithBrief>, ApiError> {
    let id: HandoffId = id.parse().map_err(|error| ApiError::field("id", error))?;
    match app.store.handoff(id).await? {
        Some(summary) => Ok(Json(summary.into())),
        None => Err(ApiError::NotFound { what: "handoff", id: id.to_string() }),
    }
}
