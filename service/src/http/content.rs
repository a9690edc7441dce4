//! `/v1/content`: what the assistant works with, and what of an edited content folder is not taken up.

use std::sync::{Arc, PoisonError};

use axum::Json;
use axum::extract::State;

use super::auth::{Caller, Triage};
use super::dto::content::Content;
use super::error::Problem;
use crate::app::App;

/// Show which content is in use, what is wrong with the content folder, and which intents name articles that contacts
/// cannot be shown. Of an article with a problem stays what its
/// file said before; intents, signals and flows are taken up together, for the next messages, or not at all.
#[utoipa::path(
    get, path = "/v1/content", tag = "knowledge",
    responses((status = 200, body = Content), (status = 401, body = Problem), (status = 403, body = Problem))
)]
pub async fn show(_caller: Caller<Triage>, State(app): State<Arc<App>>) -> Json<Content> {
    let last = app.last_reading.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let folder = app.config.content_dir.as_deref();
    Json(Content::of(folder, app.mind.knowledge().version(), last, app.mind.unbacked()))
}
