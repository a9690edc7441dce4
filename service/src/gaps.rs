//! Finds what is missing from the knowledge base, away from the threads that answer requests and one search at a time.

use std::sync::Arc;

use jiff::SignedDuration;

use crate::app::App;
use crate::assistant::gaps::{Gaps, Sources};
use crate::http::error::ApiError;

/// So many turns that ended without an answer are looked at, the newest.
const TURNS: u32 = 3000;

/// What the support team should write or mend, by the last so many days; `limit` bounds each list.
pub async fn gaps(app: &App, days: u32, limit: usize) -> Result<Gaps, ApiError> {
    let now = app.clock.now();
    let since = now.checked_sub(SignedDuration::from_hours(24 * i64::from(days))).unwrap_or(jiff::Timestamp::MIN);
    // Held until the search has ended, even where nobody waits for it any more.
    let turn = Arc::clone(&app.looking_for_gaps).lock_owned().await;
    let said = app.store.unhelped(since, TURNS).await?;
    let uses = app.store.article_uses(since).await?;
    let mind = app.mind.clone();
    let search = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        let base = mind.knowledge().snapshot();
        let sources = Sources { said: &said, uses: &uses, base: &base, now, limit };
        mind.assistant().gaps(&sources, mind.encoder())
    });
    Ok(search.await.map_err(|_| ApiError::Internal)??)
}
