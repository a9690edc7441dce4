//! `/demo/…`: the made-up shop's pretend telephone and mailbox. None of it exists outside the demo.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::ApiError;
use super::extract::Body;
use super::triage::text_field;
use crate::app::App;
use crate::demo::Demo;
use crate::domain::channel::{Channel, InboxId};
use crate::domain::contact::Verification;
use crate::domain::handle::{Handle, HandleKind};
use crate::domain::message::{InboundMessage, Sender};
use crate::intake;

/// The demo's routes.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/demo/outbox", get(outbox))
        .route("/demo/tour", get(tour))
        .route("/demo/accounts", get(accounts))
        .route("/demo/sms", post(text_in))
}

fn demo(app: &App) -> Result<&Demo, ApiError> {
    app.demo.as_ref().ok_or_else(|| ApiError::NoSuchRoute("demo here; start one with `frontdesk demo`".to_owned()))
}

async fn outbox(State(app): State<Arc<App>>) -> Result<Json<Value>, ApiError> {
    Ok(Json(json!({ "data": demo(&app)?.outbox() })))
}

async fn tour(State(app): State<Arc<App>>) -> Result<Json<Value>, ApiError> {
    Ok(Json(json!({ "data": demo(&app)?.tour() })))
}

async fn accounts(State(app): State<Arc<App>>) -> Result<Json<Value>, ApiError> {
    Ok(Json(json!({ "data": demo(&app)?.accounts() })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PretendText {
    from: String,
    text: String,
}

/// Texts in as one of the demo's telephones, as if a telephone company had delivered it.
async fn text_in(State(app): State<Arc<App>>, body: Body<PretendText>) -> Result<StatusCode, ApiError> {
    demo(&app)?;
    let from = Handle::parse(HandleKind::Phone, &body.value.from, Some(app.config.home_country))
        .map_err(|error| ApiError::field("from", error))?;
    let inbound = InboundMessage {
        channel: Channel::Sms,
        inbox: InboxId::default_for(Channel::Sms),
        from: Sender { handle: from, verification: Verification::Channel },
        name: None,
        text: text_field(&body.value.text, "text")?,
        subject: None,
        external_id: None,
        conversation_id: None,
        sent_at: None,
    };
    intake::accept(&app, inbound, None, app.clock.now()).await?;
    Ok(StatusCode::ACCEPTED)
}
