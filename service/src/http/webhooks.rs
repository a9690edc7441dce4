//! `/channels/{inbox}/webhook`: what providers send. The signature is checked over the bytes as they came, then
//! everything is stored, then they are thanked.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};

use super::error::ApiError;
use super::extract::{Path, body_error};
use crate::app::App;
use crate::assistant::redact::redact_personal;
use crate::channel::signature::check_twilio_form;
use crate::channel::twilio_sms::{EMPTY_REPLY, Inbound, REPLY_TYPE, StatusReport, parse};
use crate::config::TwilioSmsConfig;
use crate::intake;

const SIGNATURE: &str = "x-twilio-signature";

/// Takes messages of contacts, and reports about messages we sent, from Twilio.
pub async fn twilio(
    State(app): State<Arc<App>>,
    Path(inbox): Path<String>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    let body = body.map_err(body_error)?;
    let inbox = app
        .config
        .twilio_sms
        .iter()
        .find(|candidate| candidate.name.as_str() == inbox)
        .ok_or_else(|| ApiError::NotFound { what: "inbox", id: inbox.chars().take(64).collect() })?;
    let path = uri.path_and_query().map_or("", |path| path.as_str());
    let signature = headers.get(SIGNATURE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    check_twilio_form(&inbox.auth_token, &format!("{}{path}", app.config.public_url), &body, signature)
        .map_err(|_| ApiError::BadSignature)?;
    match parse(&body, &inbox.name) {
        Ok(Inbound::Message(message)) => {
            intake::accept(&app, *message, None, app.clock.now()).await?;
        }
        Ok(Inbound::Status(report)) => record(&app, inbox, &report).await?,
        Ok(Inbound::Ignored(why)) => ignored(inbox, why),
        // Signed but not usable: a provider that is told so would only send it again.
        Err(error) => ignored(inbox, &redact_personal(&error.to_string())),
    }
    Ok(([(header::CONTENT_TYPE, REPLY_TYPE)], EMPTY_REPLY).into_response())
}

async fn record(app: &App, inbox: &TwilioSmsConfig, report: &StatusReport) -> Result<(), ApiError> {
    let now = app.clock.now();
    if !app.store.record_status(&inbox.name, &report.provider_id, report.delivery, now).await? {
        ignored(inbox, "a report about a message that is not ours");
    }
    app.events.wake();
    Ok(())
}

fn ignored(inbox: &TwilioSmsConfig, why: &str) {
    tracing::info!(inbox = inbox.name.as_str(), why, "a signed webhook was left out");
    metrics::counter!("frontdesk_webhooks_ignored_total", "inbox" => inbox.name.to_string()).increment(1);
}
