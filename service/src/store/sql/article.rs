//! Articles edited while the service runs: every version is kept.

use jiff::Timestamp;

use super::session::{Failure, Record, Session, params};
use crate::store::SavedArticle;

const NEXT: &str = "SELECT COALESCE(MAX(version), 0) + 1 AS version FROM articles WHERE id = $1";
const INSERT: &str = "INSERT INTO articles (id, version, source, author, created_at) VALUES ($1, $2, $3, $4, $5)";
const NEWEST: &str = "SELECT id, version, source FROM articles a \
     WHERE version = (SELECT MAX(version) FROM articles b WHERE b.id = a.id) ORDER BY id";

/// Stores a new version; its number.
pub(crate) async fn save(
    session: &mut Session,
    id: &str,
    source: Option<&str>,
    author: &str,
    now: Timestamp,
) -> Result<u32, Failure> {
    let version = version(&session.one(NEXT, params![id]).await?)?;
    session.execute(INSERT, params![id, version, source, author, now]).await?;
    Ok(version)
}

/// The newest version of each.
pub(crate) async fn saved(session: &mut Session) -> Result<Vec<SavedArticle>, Failure> {
    let rows = session.all(NEWEST, params![]).await?;
    rows.iter()
        .map(|row| Ok(SavedArticle { id: row.text("id")?, source: row.opt_text("source")?, version: version(row)? }))
        .collect()
}

fn version(row: &Record) -> Result<u32, Failure> {
    row.int("version").map(|version| u32::try_from(version).unwrap_or(u32::MAX))
}
