//! The only place with status codes: every error becomes an RFC 9457 problem with a stable code.

use std::any::Any;

use axum::Json;
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use models::EncodeError;
use serde::Serialize;
use utoipa::ToSchema;

use crate::assistant::lessons::Unfit;
use crate::assistant::redact::redact_personal;
use crate::assistant::validation::Change;
use crate::domain::conversation::TransitionError;
use crate::store::StoreError;

/// What went wrong, in the form of RFC 9457.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// A stable identifier of the kind of problem.
    #[serde(rename = "type")]
    pub kind: String,
    /// The HTTP status.
    pub status: u16,
    /// A short name of the kind of problem.
    pub title: &'static str,
    /// A stable word for programs.
    pub code: &'static str,
    /// What happened this time, and what would mend it.
    pub detail: String,
    /// The field of the request concerned, as a path such as `messages[2].text`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

/// Everything a handler can fail with.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// The request is not as it should be.
    #[error("{detail}")]
    Invalid {
        /// The field concerned.
        field: Option<String>,
        /// What is wrong with it.
        detail: String,
    },
    /// The body is larger than allowed.
    #[error("the request body is larger than the limit; send less at once")]
    TooLarge,
    /// The body is not JSON.
    #[error("send the body as JSON with the header Content-Type: application/json")]
    NotJson,
    /// Somebody else wrote a version of the article first.
    #[error(
        "version {in_place} is in place by now, and this was made from {based_on}; get the source again and edit that"
    )]
    EditedMeanwhile {
        /// The version that was edited.
        based_on: u32,
        /// The version in place; 0 where the article is gone.
        in_place: u32,
    },
    /// No key, or an unknown one.
    #[error("send a known API key in the header Authorization: Bearer …")]
    Unauthorized,
    /// The key does not have the scope.
    #[error("this key does not have the scope {0:?}; use one that has it")]
    Forbidden(&'static str),
    /// A webhook's signature is wrong.
    #[error("the signature does not fit the request; check the secret and the public URL in the settings")]
    BadSignature,
    /// A page that may not embed the chat.
    #[error("this page may not open the chat; add its origin to the inbox in the settings")]
    ForeignOrigin,
    /// No such thing.
    #[error("there is no {what} {id}")]
    NotFound {
        /// What was looked for.
        what: &'static str,
        /// Its identifier.
        id: String,
    },
    /// The path leads nowhere.
    #[error("there is no {0}; /openapi.json lists what there is")]
    NoSuchRoute(String),
    /// The path does not take this method.
    #[error("{0} is not a method of this path; /openapi.json lists what there is")]
    WrongMethod(String),
    /// A request for a socket that is no handshake.
    #[error("this address takes WebSocket connections only")]
    UpgradeRequired,
    /// Feedback that the content leaves no room for.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// A change that would make the assistant worse.
    #[error(
        "{} of the {} examples in the content would be told instead of {} ({} newly wrong, {} newly right, each judged \
         unseen); repeat the request with on_drop=accept to learn it all the same",
        percent(.0.after), .0.examples, percent(.0.before), .0.newly_wrong, .0.newly_right
    )]
    WouldDrop(Change),
    /// The encoder cannot take it.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// Storage refused or failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something that should not happen did.
    #[error("something went wrong inside; the log says what, under the request's x-request-id")]
    Internal,
}

impl ApiError {
    /// A request whose `field` is wrong.
    #[expect(clippy::needless_pass_by_value, reason = "callers hand over errors and literals alike")]
    pub fn field(field: impl Into<String>, detail: impl ToString) -> Self {
        Self::Invalid { field: Some(field.into()), detail: detail.to_string() }
    }

    fn class(&self) -> (StatusCode, &'static str, &'static str) {
        use StatusCode as S;
        match self {
            Self::Invalid { .. } => (S::UNPROCESSABLE_ENTITY, "invalid_request", "The request is not valid"),
            Self::TooLarge => (S::PAYLOAD_TOO_LARGE, "too_large", "The request is too large"),
            Self::NotJson => (S::UNSUPPORTED_MEDIA_TYPE, "not_json", "The body is not JSON"),
            Self::Unauthorized => (S::UNAUTHORIZED, "unauthorized", "No valid key"),
            Self::Forbidden(_) => (S::FORBIDDEN, "forbidden", "The key may not do this"),
            Self::BadSignature => (S::FORBIDDEN, "bad_signature", "The signature is wrong"),
            Self::ForeignOrigin => (S::FORBIDDEN, "foreign_origin", "The page may not do this"),
            Self::NotFound { .. } => (S::NOT_FOUND, "not_found", "No such thing"),
            Self::NoSuchRoute(_) => (S::NOT_FOUND, "no_such_route", "No such path"),
            Self::WrongMethod(_) => (S::METHOD_NOT_ALLOWED, "wrong_method", "Wrong method"),
            Self::UpgradeRequired => (S::UPGRADE_REQUIRED, "upgrade_required", "Not a WebSocket"),
            Self::EditedMeanwhile { .. } => (S::CONFLICT, "edited_meanwhile", "Somebody else has edited it"),
            Self::Unfit(_) => (S::CONFLICT, "unfit_feedback", "Not possible with this content"),
            Self::WouldDrop(_) => (S::CONFLICT, "accuracy_would_drop", "The assistant would get worse"),
            Self::Encode(error) => encode_class(error),
            Self::Store(error) => store_class(error),
            Self::Internal => (S::INTERNAL_SERVER_ERROR, "internal", "Internal error"),
        }
    }

    fn retry_after(&self) -> Option<HeaderValue> {
        match self {
            Self::Encode(EncodeError::Overloaded { estimated_wait }) => {
                Some(HeaderValue::from(estimated_wait.as_secs().max(1)))
            }
            Self::Store(StoreError::Unavailable(_) | StoreError::DiskFull(_)) => Some(HeaderValue::from(5_u64)),
            _ => None,
        }
    }
}

fn percent(share: f32) -> String {
    format!("{:.1} %", 100.0 * share)
}

fn encode_class(error: &EncodeError) -> (StatusCode, &'static str, &'static str) {
    match error {
        EncodeError::Overloaded { .. } => (StatusCode::SERVICE_UNAVAILABLE, "overloaded", "Too busy"),
        EncodeError::DeadlinePassed => (StatusCode::SERVICE_UNAVAILABLE, "deadline_passed", "Too busy"),
        EncodeError::Stopped => (StatusCode::SERVICE_UNAVAILABLE, "stopping", "Shutting down"),
        EncodeError::Failed(_) => (StatusCode::INTERNAL_SERVER_ERROR, "encoder_failed", "The encoder failed"),
    }
}

fn store_class(error: &StoreError) -> (StatusCode, &'static str, &'static str) {
    match error {
        StoreError::NotFound { .. } => (StatusCode::NOT_FOUND, "not_found", "No such thing"),
        StoreError::Transition(TransitionError::OwnedByAnotherAgent(_)) => {
            (StatusCode::CONFLICT, "owned_by_another_agent", "Somebody else has it")
        }
        StoreError::Transition(_) => (StatusCode::CONFLICT, "wrong_state", "Not possible in this state"),
        StoreError::IdempotencyMismatch(_) => {
            (StatusCode::UNPROCESSABLE_ENTITY, "idempotency_mismatch", "The idempotency key was used otherwise")
        }
        StoreError::InvalidCursor(_) => (StatusCode::UNPROCESSABLE_ENTITY, "invalid_cursor", "The cursor is not valid"),
        StoreError::DiskFull(_) => (StatusCode::INSUFFICIENT_STORAGE, "disk_full", "The disk is full"),
        StoreError::Damaged(_) => (StatusCode::INTERNAL_SERVER_ERROR, "database_damaged", "The database is damaged"),
        StoreError::Unavailable(_) => {
            (StatusCode::SERVICE_UNAVAILABLE, "database_unavailable", "The database does not answer")
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, code, title) = self.class();
        let detail = self.to_string();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            tracing::warn!(code, error = %redact_personal(&detail), "a request was put off");
        } else if status.is_server_error() {
            tracing::error!(code, error = %redact_personal(&detail), "a request failed");
        }
        let retry_after = self.retry_after();
        let field = match &self {
            Self::Invalid { field, .. } => field.clone(),
            _ => None,
        };
        let problem = Problem {
            kind: format!("urn:frontdesk:problem:{code}"),
            status: status.as_u16(),
            title,
            code,
            detail,
            field,
        };
        let mut response = (status, Json(problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, seconds);
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// Answers a path that leads nowhere.
pub async fn no_such_route(uri: Uri) -> ApiError {
    ApiError::NoSuchRoute(uri.path().chars().take(200).collect())
}

/// Answers a method that a path does not take.
pub async fn wrong_method(method: Method) -> ApiError {
    ApiError::WrongMethod(method.as_str().chars().take(32).collect())
}

/// Answers a request whose handler panicked.
#[expect(clippy::needless_pass_by_value, reason = "the shape that the layer asks for")]
pub fn panicked(cause: Box<dyn Any + Send + 'static>) -> Response {
    let message = cause
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| cause.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    tracing::error!(message = %redact_personal(message), "a handler panicked");
    ApiError::Internal.into_response()
}
