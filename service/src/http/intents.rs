//! `/v1/intents`: what contacts may want, and how well it is told apart.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use knowledge_base::IntentAction;

use super::auth::{Admin, Caller, Triage};
use super::dto::Page;
use super::dto::intents::{Intent, IntentReport};
use super::error::{ApiError, Problem};
use crate::app::App;
use crate::feedback::unanswered;

/// List the intents.
#[utoipa::path(
    get, path = "/v1/intents", tag = "knowledge",
    responses((status = 200, body = Page<Intent>), (status = 401, body = Problem))
)]
pub async fn list(_caller: Caller<Triage>, State(app): State<Arc<App>>) -> Json<Page<Intent>> {
    let assistant = app.mind.assistant();
    let intents = assistant.intents().iter().zip(assistant.intent_qualities());
    let data = intents.map(|(intent, quality)| Intent {
        name: intent.name.clone(),
        title: intent.title.clone(),
        queue: intent.queue.clone(),
        action: match intent.action {
            IntentAction::Answer(_) => "answer",
            IntentAction::Flow(_) => "flow",
            IntentAction::Handoff => "handoff",
            IntentAction::Reply(_) => "reply",
        },
        quality: quality.into(),
    });
    Json(Page { data: data.collect(), next_cursor: None })
}

/// Report which intents are confused, which examples look wrong, and which intents seem to be missing. The first report
/// of a process takes seconds: every example is judged by a classifier that has not seen it.
#[utoipa::path(
    get, path = "/v1/intents/report", tag = "knowledge",
    responses(
        (status = 200, body = IntentReport), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 503, body = Problem),
    )
)]
pub async fn report(_caller: Caller<Admin>, State(app): State<Arc<App>>) -> Result<Json<IntentReport>, ApiError> {
    Ok(Json(unanswered::report(&app).await?.into()))
}
