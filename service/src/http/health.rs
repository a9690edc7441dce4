//! Whether the process lives, whether it is ready for work, and its measurements.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use models::CacheUse;
use serde::Serialize;
use utoipa::ToSchema;

use super::auth::{Admin, Caller};
use super::error::Problem;
use crate::app::App;

/// Whether the process is ready.
#[derive(Debug, Serialize, ToSchema)]
pub struct Readiness {
    /// Whether it should be given work.
    pub ready: bool,
    /// What stands in the way.
    pub problems: Vec<String>,
    /// What does not, and should still be looked at.
    pub warnings: Vec<String>,
}

/// Says that the process lives. It depends on nothing.
#[utoipa::path(get, path = "/livez", tag = "operations", security(()), responses((status = 200, body = String)))]
pub async fn livez() -> &'static str {
    "alive"
}

/// Says whether the process should be given work: storage takes writes, and it is not on its way out.
#[utoipa::path(
    get, path = "/readyz", tag = "operations", security(()),
    responses((status = 200, body = Readiness), (status = 503, body = Readiness))
)]
pub async fn readyz(State(app): State<Arc<App>>) -> (StatusCode, Json<Readiness>) {
    let mut problems = Vec::new();
    if app.draining.load(Ordering::Relaxed) {
        problems.push("shutting down".to_owned());
    }
    if let Err(error) = app.store.probe().await {
        problems.push(error.to_string());
    }
    let ready = problems.is_empty();
    let n_wrong = app.last_reading.lock().unwrap_or_else(PoisonError::into_inner).problems.len();
    let counts = [
        ("problems in the content folder", n_wrong),
        ("intents without an article they name", app.mind.unbacked().len()),
    ];
    let counts = counts.into_iter().filter(|(_, count)| *count > 0);
    let warnings = counts.map(|(what, count)| format!("{what}: {count}; GET /v1/content lists them")).collect();
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(Readiness { ready, problems, warnings }))
}

/// Measurements in the Prometheus text format.
#[utoipa::path(
    get, path = "/metrics", tag = "operations",
    responses((status = 200, body = String, content_type = "text/plain"), (status = 401, body = Problem))
)]
pub async fn metrics(_caller: Caller<Admin>, State(app): State<Arc<App>>) -> impl IntoResponse {
    if let Ok(counts) = app.store.job_counts(app.clock.now()).await {
        for (state, count) in [("waiting", counts.waiting), ("leased", counts.leased), ("dead", counts.dead)] {
            metrics::gauge!("frontdesk_jobs", "state" => state).set(count as f64);
        }
        metrics::gauge!("frontdesk_oldest_due_job_seconds").set(counts.oldest_due.as_secs_f64());
    }
    let encoder = app.mind.encoder();
    metrics::gauge!("frontdesk_encoder_waiting_texts").set(encoder.queue_depth() as f64);
    if let Some(CacheUse { hits, misses, bytes }) = encoder.cache_use() {
        metrics::counter!("frontdesk_encoder_cache_hits_total").absolute(hits);
        metrics::counter!("frontdesk_encoder_cache_misses_total").absolute(misses);
        metrics::gauge!("frontdesk_encoder_cache_bytes").set(bytes as f64);
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], app.metrics.render())
}
