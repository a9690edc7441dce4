//! `/v1/gaps`: what the support team should write or mend in its knowledge base.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use super::auth::{Admin, Caller};
use super::dto::gaps::{Gaps, GapsParams};
use super::error::{ApiError, Problem};
use super::extract::Params;
use crate::app::App;
use crate::gaps;

/// Report what is missing from the knowledge base: questions that nothing answered, put together by meaning, with a draft
/// made from what agents replied; articles that say the same or may contradict each other; articles that are not used.
/// Nothing is published by this. It takes some seconds where thousands of messages are to be read.
#[utoipa::path(
    get, path = "/v1/gaps", tag = "knowledge", params(GapsParams),
    responses(
        (status = 200, body = Gaps), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 422, body = Problem), (status = 503, body = Problem),
    )
)]
pub async fn report(
    _caller: Caller<Admin>,
    State(app): State<Arc<App>>,
    Params(params): Params<GapsParams>,
) -> Result<Json<Gaps>, ApiError> {
    let (days, limit) = (params.days()?, params.limit()?);
    Ok(Json(gaps::gaps(&app, days, limit).await?.into()))
}
