//! Every route on one screen. A handler takes a request apart, calls one function, and puts the answer together.

pub mod articles;
pub mod assets;
pub mod auth;
pub mod content;
pub mod conversations;
pub mod demo;
pub mod description;
pub mod dto;
pub mod error;
pub mod events;
pub mod extract;
pub mod feedback;
pub mod gaps;
pub mod handoffs;
pub mod health;
pub mod idempotency;
pub mod intents;
pub mod messages;
pub mod server;
pub mod triage;
pub mod webhooks;
pub mod ws;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, header};
use axum::routing::{get, post};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::RequestBodyTimeoutLayer;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::auth::BearerScheme;
use crate::app::App;

/// The description of the API that `/openapi.json` serves, before the routes add theirs.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Frontdesk",
        description = "The desk in front of a support team: understands messages of any channel, answers the simple ones, and hands the rest to a human with a brief. Send a key as `Authorization: Bearer …`. Errors are RFC 9457 problem details with a stable `code`."
    ),
    modifiers(&BearerScheme),
    security(("key" = [])),
    tags(
        (name = "triage", description = "Understand a text without storing it"),
        (name = "messages", description = "Messages of contacts in, replies out"),
        (name = "conversations", description = "Threads, and who speaks in them"),
        (name = "handoffs", description = "The waiting line, and the brief"),
        (name = "knowledge", description = "Articles and search"),
        (name = "feedback", description = "What was decided wrongly, and learning from it"),
        (name = "operations", description = "Health"),
    )
)]
struct ApiDescription;

/// The API's routes and their description.
pub fn api() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::with_openapi(ApiDescription::openapi())
        .routes(routes!(triage::triage))
        .routes(routes!(triage::triage_batch))
        .routes(routes!(messages::post_message))
        .routes(routes!(conversations::list))
        .routes(routes!(conversations::show))
        .routes(routes!(conversations::post_message))
        .routes(routes!(conversations::claim))
        .routes(routes!(conversations::release))
        .routes(routes!(conversations::resolve))
        .routes(routes!(conversations::reopen))
        .routes(routes!(conversations::return_to_assistant))
        .routes(routes!(handoffs::list))
        .routes(routes!(handoffs::show))
        .routes(routes!(articles::list))
        .routes(routes!(articles::show, articles::put, articles::delete))
        .routes(routes!(articles::source))
        .routes(routes!(articles::search))
        .routes(routes!(articles::versions))
        .routes(routes!(content::show))
        .routes(routes!(intents::list))
        .routes(routes!(intents::report))
        .routes(routes!(gaps::report))
        .routes(routes!(feedback::give))
        .routes(routes!(feedback::list))
        .routes(routes!(feedback::accept))
        .routes(routes!(feedback::reject))
        .routes(routes!(feedback::correct))
        .routes(routes!(events::stream))
        .routes(routes!(health::livez))
        .routes(routes!(health::readyz))
        .routes(routes!(health::metrics))
}

/// How long the body of a request may stand still.
const BODY_SILENCE: Duration = Duration::from_secs(20);

/// The whole service.
pub fn router(app: Arc<App>) -> Router {
    let (api, description) = api().split_for_parts();
    let description = axum::Json(description::completed(&description));
    let request_id = HeaderName::from_static("x-request-id");
    api.route("/openapi.json", get(move || async move { description }))
        .route("/channels/{inbox}/webhook", post(webhooks::twilio))
        .route("/channels/{inbox}/ws", get(ws::connect))
        .merge(assets::routes())
        .merge(demo::routes())
        .fallback(error::no_such_route)
        .method_not_allowed_fallback(error::wrong_method)
        .layer(DefaultBodyLimit::max(app.config.server.body_bytes))
        .layer(RequestBodyTimeoutLayer::new(BODY_SILENCE))
        .layer(CatchPanicLayer::custom(error::panicked))
        .layer(security_header(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(security_header(header::REFERRER_POLICY, "no-referrer"))
        .layer(PropagateRequestIdLayer::new(request_id.clone()))
        .layer(axum::middleware::from_fn(crate::telemetry::observe))
        .layer(SetRequestIdLayer::new(request_id, MakeRequestUuid))
        .with_state(app)
}

fn security_header(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}
