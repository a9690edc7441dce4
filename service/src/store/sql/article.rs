//! Articles edited while the service runs: every version is kept.

use jiff::Timestamp;

use super::session::{Failure, Record, Session, params};
use super::{cursor, record};
use crate::store::{ArticleVersion, ArticleVersionQuery, Page, SaveArticle, SavedArticle};

const NEXT: &str = "SELECT COALESCE(MAX(version), 0) + 1 AS version FROM articles WHERE id = $1";
const INSERT: &str = "INSERT INTO articles (id, version, source, author, created_at) VALUES ($1, $2, $3, $4, $5)";
const NEWEST: &str = "SELECT id, version, source FROM articles a \
     WHERE version = (SELECT MAX(version) FROM articles b WHERE b.id = a.id) ORDER BY id";
const VERSIONS: &str = "SELECT version, source, author, created_at FROM articles \
     WHERE id = $1 AND (CAST($2 AS BIGINT) IS NULL OR version < $2) ORDER BY version DESC LIMIT $3";

/// Stores a new version; its number.
pub(crate) async fn save(session: &mut Session, edit: &SaveArticle, now: Timestamp) -> Result<u32, Failure> {
    let SaveArticle { id, source, author, at_least } = edit;
    let version = version(&session.one(NEXT, params![id]).await?)?.max(*at_least);
    session.execute(INSERT, params![id, version, source.as_deref(), author, now]).await?;
    Ok(version)
}

/// The newest version of each.
pub(crate) async fn saved(session: &mut Session) -> Result<Vec<SavedArticle>, Failure> {
    let rows = session.all(NEWEST, params![]).await?;
    rows.iter()
        .map(|row| Ok(SavedArticle { id: row.text("id")?, source: row.opt_text("source")?, version: version(row)? }))
        .collect()
}

/// The versions of one, the newest first.
pub(crate) async fn versions(
    session: &mut Session,
    query: ArticleVersionQuery,
) -> Result<Page<ArticleVersion>, Failure> {
    let before = query.cursor.as_ref().map(cursor::read::<i64>).transpose()?;
    let rows = session.all(VERSIONS, params![query.id, before, i64::from(query.limit) + 1]).await?;
    let rows = rows.iter().map(article_version).collect::<Result<Vec<_>, _>>()?;
    cursor::page(rows, query.limit, |last| i64::from(last.version))
}

fn article_version(row: &Record) -> Result<ArticleVersion, Failure> {
    Ok(ArticleVersion {
        version: version(row)?,
        source: row.opt_text("source")?,
        author: row.text("author")?,
        at: record::time(row, "created_at")?,
    })
}

fn version(row: &Record) -> Result<u32, Failure> {
    row.int("version").map(|version| u32::try_from(version).unwrap_or(u32::MAX))
}
