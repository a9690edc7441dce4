//! The `Idempotency-Key` header: a caller's promise that equal keys mean the same request.

use axum::http::HeaderMap;

use super::error::ApiError;
use crate::store::Idempotency;

const HEADER: &str = "idempotency-key";
const MAX_BYTES: usize = 255;

/// The promise made by `headers`, if one is.
pub fn promise(headers: &HeaderMap, scope: String, fingerprint: [u8; 32]) -> Result<Option<Idempotency>, ApiError> {
    let Some(value) = headers.get(HEADER) else { return Ok(None) };
    let key = value
        .to_str()
        .ok()
        .filter(|key| (1..=MAX_BYTES).contains(&key.len()))
        .ok_or_else(|| ApiError::field("Idempotency-Key", "use 1 to 255 visible ASCII characters"))?;
    Ok(Some(Idempotency { scope, key: key.to_owned(), fingerprint }))
}
