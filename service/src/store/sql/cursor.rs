//! Where a page ended: the sort key of its last row, packed so that nobody is tempted to make one.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::record;
use super::session::Failure;
use crate::store::{Cursor, Page, StoreError};

/// The sort key in a cursor.
pub(crate) fn read<K: DeserializeOwned>(cursor: &Cursor) -> Result<K, Failure> {
    let bytes = URL_SAFE_NO_PAD.decode(&cursor.0).ok();
    let key = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    key.ok_or_else(|| StoreError::InvalidCursor(cursor.0.chars().take(64).collect()).into())
}

/// A page of at most `limit` of `rows`, which were asked for one more than that to tell whether there is a next page.
pub(crate) fn page<T, K: Serialize>(mut rows: Vec<T>, limit: u32, key: impl Fn(&T) -> K) -> Result<Page<T>, Failure> {
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let next = match rows.last() {
        Some(last) if more => Some(Cursor(URL_SAFE_NO_PAD.encode(record::json(&key(last))?))),
        _ => None,
    };
    Ok(Page { rows, next })
}
