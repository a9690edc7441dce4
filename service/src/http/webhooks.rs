//! `/channels/{inbox}/…`: what providers send. The signature is checked over the bytes as they came, then everything is
//! stored, then they are thanked.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{OriginalUri, Path, State};
use axum::http::{HeaderMap, Uri, header};
use axum::response::{IntoResponse, Response};

use super::error::ApiError;
use super::extract::body_error;
use crate::app::App;
use crate::channel::twilio_sms::{self, TwilioSms};
use crate::intake;

/// Takes messages of contacts from a provider.
pub async fn inbound(
    State(app): State<Arc<App>>,
    Path(inbox): Path<String>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    let body = body.map_err(body_error)?;
    let channel = verified(&app, &inbox, &uri, &headers, &body)?;
    let message = match channel.parse_message(&body) {
        Ok(message) => message,
        Err(error) => {
            // Signed but not usable: a provider that is told so would only send it again.
            tracing::warn!(inbox, %error, "a signed message was left out");
            return Ok(thanks());
        }
    };
    intake::accept(&app, message, None, app.clock.now()).await?;
    Ok(thanks())
}

/// Takes reports about messages we sent.
pub async fn status(
    State(app): State<Arc<App>>,
    Path(inbox): Path<String>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    let body = body.map_err(body_error)?;
    let channel = verified(&app, &inbox, &uri, &headers, &body)?;
    match channel.parse_status(&body) {
        Ok(report) => {
            let known = app
                .store
                .record_status(channel.inbox(), &report.provider_id, report.delivery, app.clock.now())
                .await?;
            if !known {
                tracing::debug!(inbox, "a report about a message that is not ours");
            }
            app.events.wake();
        }
        Err(error) => tracing::warn!(inbox, %error, "a signed report was left out"),
    }
    Ok(thanks())
}

fn verified<'a>(
    app: &'a App,
    inbox: &str,
    uri: &Uri,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<&'a TwilioSms, ApiError> {
    let channel = app
        .twilio_sms
        .iter()
        .find(|channel| channel.inbox().as_str() == inbox)
        .ok_or_else(|| ApiError::NotFound { what: "inbox", id: inbox.chars().take(64).collect() })?;
    let signature = headers.get(twilio_sms::SIGNATURE_HEADER).and_then(|value| value.to_str().ok());
    let path = uri.path_and_query().map_or("", |path| path.as_str());
    let url = format!("{}{path}", app.config.public_url);
    match signature {
        Some(signature) if channel.verify(&url, body, signature) => Ok(channel),
        _ => Err(ApiError::BadSignature),
    }
}

fn thanks() -> Response {
    ([(header::CONTENT_TYPE, "text/xml")], twilio_sms::EMPTY_RESPONSE).into_response()
}
