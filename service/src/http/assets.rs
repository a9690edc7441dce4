//! The pages and scripts built into the program.

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use rust_embed::RustEmbed;

use super::error::ApiError;
use super::extract::Path;
use crate::app::App;

#[derive(RustEmbed)]
#[folder = "web/"]
struct Web;

/// What a page may load and who may frame it.
const PAGE_POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    connect-src 'self' ws: wss:; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; \
    frame-ancestors 'none'";

/// The pages' routes.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/", get(|headers: HeaderMap| async move { file("index.html", &headers) }))
        .route("/console", get(|headers: HeaderMap| async move { file("console.html", &headers) }))
        .route("/docs", get(|headers: HeaderMap| async move { file("docs.html", &headers) }))
        .route("/widget.js", get(widget))
        .route("/assets/{*path}", get(asset))
}

async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Response {
    file(&format!("assets/{path}"), &headers)
}

/// The widget is the one file that pages of other origins load.
async fn widget(headers: HeaderMap) -> Response {
    let mut response = file("widget.js", &headers);
    let shared = HeaderValue::from_static("cross-origin");
    response.headers_mut().insert("cross-origin-resource-policy", shared);
    response
}

fn file(path: &str, headers: &HeaderMap) -> Response {
    let Some(file) = Web::get(path) else {
        return ApiError::NoSuchRoute(path.chars().take(200).collect()).into_response();
    };
    let tag = format!("\"{}\"", &hex::encode(file.metadata.sha256_hash())[..32]);
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|value| value.as_bytes() == tag.as_bytes());
    let fixed = [
        (header::CONTENT_TYPE, content_type(path).to_owned()),
        (header::CACHE_CONTROL, "no-cache".to_owned()),
        (header::ETAG, tag),
        (header::CONTENT_SECURITY_POLICY, PAGE_POLICY.to_owned()),
    ];
    if known { (StatusCode::NOT_MODIFIED, fixed).into_response() } else { (fixed, file.data).into_response() }
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("json") => "application/json",
        _ => "application/octet-stream",
    }
}
