//! Logs and measurements. Neither ever carries what a person wrote or where they can be reached.

use std::panic::PanicHookInfo;
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;

use crate::assistant::redact::redact_personal;
use crate::config::{LogConfig, LogFormat};

const SECONDS: &[f64] = &[0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0];

/// Starts logging to standard error. Only the program itself does this, once.
pub fn start_logging(config: &LogConfig) -> Result<(), String> {
    let filter = EnvFilter::try_new(&config.filter)
        .map_err(|error| format!("log.filter: {:?} is not a filter: {error}", config.filter))?;
    let colours = std::io::IsTerminal::is_terminal(&std::io::stderr());
    let builder = fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(colours);
    // A log that nobody reads any more is lost; complaining of it on the same stream would end whoever logs.
    let builder = builder.log_internal_errors(false);
    let started = match config.format {
        LogFormat::Text => builder.with_target(false).try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
    started.map_err(|error| error.to_string())?;
    std::panic::set_hook(Box::new(log_panic));
    Ok(())
}

/// Logs a panic like any other failure. Its message may quote the text that was at hand.
fn log_panic(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string);
    let message = redact_personal(panic.payload_as_str().unwrap_or("no message"));
    tracing::error!(place, %message, "something panicked");
}

/// The measurements of this process.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

impl Metrics {
    /// Begins to measure, for the whole process; only the program itself does this, once.
    pub fn install() -> Result<Self, String> {
        builder()?.install_recorder().map(Self).map_err(|error| error.to_string())
    }

    /// Measurements that nothing is recorded in, for tests that run many services in one process.
    pub fn detached() -> Self {
        Self(PrometheusBuilder::new().build_recorder().handle())
    }

    /// The Prometheus text.
    pub fn render(&self) -> String {
        self.0.run_upkeep();
        self.0.render()
    }
}

fn builder() -> Result<PrometheusBuilder, String> {
    PrometheusBuilder::new().set_buckets(SECONDS).map_err(|error| error.to_string())
}

/// Measures and logs every request by its route, never by its path: paths hold identifiers.
pub async fn observe(request: Request, next: Next) -> Response {
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "unmatched".to_owned(), |path| path.as_str().to_owned());
    let method = request.method().to_string();
    let id = request
        .headers()
        .get("x-request-id")
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned)
        .unwrap_or_default();
    let started = Instant::now();
    let response = next.run(request).await;
    let seconds = started.elapsed().as_secs_f64();
    let status = response.status().as_u16();
    metrics::histogram!("frontdesk_http_seconds", "route" => route.clone(), "method" => method.clone(), "status" => status.to_string())
        .record(seconds);
    tracing::debug!(id, method, route, status, milliseconds = seconds * 1000.0, "request");
    response
}
