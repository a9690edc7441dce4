//! The shapes of the API, kept apart from the domain so that either can change without the other.

pub mod article;
pub mod brief;
pub mod content;
pub mod conversation;
pub mod decision;
pub mod feedback;
pub mod gaps;
pub mod handoff;
pub mod intents;
pub mod message;
pub mod triage;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::store::Cursor;

/// Part of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The rows.
    pub data: Vec<T>,
    /// Send it as `cursor` for the next part; null at the end.
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// Maps a page of the store.
    pub fn of<D>(page: crate::store::Page<D>, map: impl Fn(D) -> T) -> Self {
        Self { data: page.rows.into_iter().map(map).collect(), next_cursor: page.next.map(|Cursor(cursor)| cursor) }
    }
}

/// Which part of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// Where the last part ended.
    pub cursor: Option<String>,
    /// How many rows, 1 to 200.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<u32>,
}

/// The number of rows asked for, within bounds.
pub fn limit(asked: Option<u32>) -> u32 {
    asked.unwrap_or(50).clamp(1, 200)
}
