//! Takes requests apart, naming the field that is wrong.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::{StatusCode, header, request::Parts};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::error::ApiError;

/// A JSON body, with the hash of its bytes. Unknown fields, wrong types and broken JSON are refused by name.
#[derive(Debug)]
pub struct Body<T> {
    /// The value.
    pub value: T,
    /// SHA-256 of the bytes as they came.
    pub fingerprint: [u8; 32],
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let is_json = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.trim_start().to_ascii_lowercase().starts_with("application/json"));
        if !is_json {
            return Err(ApiError::NotJson);
        }
        let bytes = Bytes::from_request(request, state).await.map_err(body_error)?;
        Ok(Self { value: parse(&bytes)?, fingerprint: Sha256::digest(&bytes).into() })
    }
}

/// Why a body could not be read.
#[expect(clippy::needless_pass_by_value, reason = "the shape that `map_err` asks for")]
pub fn body_error(rejection: BytesRejection) -> ApiError {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        ApiError::TooLarge
    } else {
        ApiError::Invalid { field: None, detail: "the body ended early".to_owned() }
    }
}

/// Parses JSON, naming the field where it is not as expected.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        let field = unknown_field(error.inner()).or((path != ".").then_some(path));
        ApiError::Invalid { field, detail: error.into_inner().to_string() }
    })?;
    deserializer.end().map_err(|error| ApiError::Invalid { field: None, detail: error.to_string() })?;
    Ok(value)
}

/// The name in serde's "unknown field `name`" message: the path leads only to the object that holds it.
fn unknown_field(error: &serde_json::Error) -> Option<String> {
    let message = error.to_string();
    let rest = message.strip_prefix("unknown field `")?;
    rest.split('`').next().map(str::to_owned)
}

/// The one part of the path that varies.
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<S: Send + Sync> FromRequestParts<S> for Path<String> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        axum::extract::Path::<String>::from_request_parts(parts, state)
            .await
            .map(|axum::extract::Path(value)| Self(value))
            .map_err(|rejection| ApiError::field("id", rejection.body_text()))
    }
}

/// A query string; unknown parameters are refused.
#[derive(Debug)]
pub struct Params<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Params<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        Query::<T>::from_request_parts(parts, state)
            .await
            .map(|Query(value)| Self(value))
            .map_err(|rejection| ApiError::Invalid { field: None, detail: rejection.body_text() })
    }
}
