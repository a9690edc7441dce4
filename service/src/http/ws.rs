//! `/channels/{inbox}/ws`: the web chat. A visitor is known by a secret their browser keeps; of that only a hash is
//! stored. Everything sent is read from the store by its number, so a lost connection loses nothing.

pub mod frame;
pub mod session;

use std::sync::Arc;

use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::http::{HeaderMap, header};
use axum::response::Response;

use super::error::ApiError;
use super::extract::Path;
use crate::app::App;
use crate::config::WebConfig;

const MAX_FRAME: usize = 64 * 1024;

/// Opens a chat.
pub async fn connect(
    State(app): State<Arc<App>>,
    Path(inbox): Path<String>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    let inbox = app
        .config
        .web
        .iter()
        .find(|candidate| candidate.name.as_str() == inbox)
        .ok_or_else(|| ApiError::NotFound { what: "web inbox", id: inbox.chars().take(64).collect() })?;
    if !origin_allowed(inbox, &headers) {
        return Err(ApiError::ForeignOrigin);
    }
    let inbox = inbox.name.clone();
    let upgrade = upgrade.map_err(|_| ApiError::UpgradeRequired)?.max_message_size(MAX_FRAME).max_frame_size(MAX_FRAME);
    Ok(upgrade.on_upgrade(move |socket| session::run(app, inbox, socket)))
}

/// Browsers always name the page a socket is opened from; other programs need not, and have no visitor to deceive.
fn origin_allowed(inbox: &WebConfig, headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    inbox.origins.is_empty() || inbox.origins.iter().any(|allowed| allowed.as_bytes() == origin.as_bytes())
}
