//! What gaps in the knowledge base are told from: questions without an answer, and the use of articles.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::record::{self, message_columns};
use super::session::{Failure, Record, Session, Statement, params};
use crate::domain::decision::{Action, ReasonCode};
use crate::domain::gap::{ArticleUse, Said};

/// So many messages are read for each turn at most; what is older than the rest is left out.
const MESSAGES_A_TURN: u32 = 6;

/// A decision is stored as JSON, where names stand in quotes.
const UNHELPED: &str = concat!(
    "SELECT ",
    message_columns!(),
    ", c.contact_id AS contact_id, p.name AS contact_name FROM messages m \
     JOIN conversations c ON c.id = m.conversation_id JOIN contacts p ON p.id = c.contact_id \
     WHERE m.author IN ('contact', 'agent') AND m.sent_at >= $1 AND m.conversation_id IN \
       (SELECT d.conversation_id FROM messages d WHERE d.decision IS NOT NULL AND d.sent_at >= $1 \
          AND (d.decision LIKE $2 OR d.decision LIKE $3) ORDER BY d.sent_at DESC, d.id DESC LIMIT $4) \
     ORDER BY c.created_at DESC, m.conversation_id DESC, m.seq LIMIT $5"
);

const CITED: Statement = Statement {
    sqlite: "SELECT json_extract(e.value, '$.article') AS article, COUNT(DISTINCT m.id) AS uses, \
         MAX(m.sent_at) AS newest FROM messages m, json_each(m.citations) e \
         WHERE m.citations <> '[]' AND m.sent_at >= $1 GROUP BY 1",
    postgres: "SELECT e.value ->> 'article' AS article, COUNT(DISTINCT m.id) AS uses, MAX(m.sent_at) AS newest \
         FROM messages m, jsonb_array_elements(m.citations::jsonb) e \
         WHERE m.citations <> '[]' AND m.sent_at >= $1 GROUP BY 1",
};

const SUGGESTED: Statement = Statement {
    sqlite: "SELECT json_extract(e.value, '$.article') AS article, COUNT(DISTINCT h.id) AS uses \
         FROM handoffs h, json_each(h.brief, '$.suggested_next_step.articles') e WHERE h.created_at >= $1 GROUP BY 1",
    postgres: "SELECT e.value ->> 'article' AS article, COUNT(DISTINCT h.id) AS uses FROM handoffs h, \
         jsonb_array_elements(h.brief::jsonb -> 'suggested_next_step' -> 'articles') e \
         WHERE h.created_at >= $1 GROUP BY 1",
};

const SAVED: &str = "SELECT id AS article, MAX(created_at) AS newest FROM articles GROUP BY id";

/// What was written in the conversations with the newest turns that ended without an answer.
pub(crate) async fn unhelped(session: &mut Session, since: Timestamp, limit: u32) -> Result<Vec<Said>, Failure> {
    let handed_over = format!("%\"action\":\"{}\"%", Action::Handoff.name());
    let unanswered = format!("%\"{}\"%", ReasonCode::NoAnswer.name());
    let most = limit.saturating_mul(MESSAGES_A_TURN);
    let rows = session.all(UNHELPED, params![since, handed_over, unanswered, limit, most]).await?;
    rows.iter().map(said).collect()
}

fn said(row: &Record) -> Result<Said, Failure> {
    Ok(Said {
        contact: record::parsed(row, "contact_id")?,
        contact_name: row.opt_text("contact_name")?,
        message: record::message(row)?,
    })
}

/// How often each article was of use.
pub(crate) async fn article_uses(session: &mut Session, since: Timestamp) -> Result<Vec<ArticleUse>, Failure> {
    let mut uses: BTreeMap<String, ArticleUse> = BTreeMap::new();
    for row in session.all(CITED, params![since]).await? {
        let found = entry(&mut uses, &row)?;
        found.cited = count(&row)?;
        found.last_cited = Some(record::time(&row, "newest")?);
    }
    for row in session.all(SUGGESTED, params![since]).await? {
        entry(&mut uses, &row)?.suggested = count(&row)?;
    }
    for row in session.all(SAVED, params![]).await? {
        entry(&mut uses, &row)?.saved = Some(record::time(&row, "newest")?);
    }
    Ok(uses.into_values().collect())
}

fn entry<'u>(uses: &'u mut BTreeMap<String, ArticleUse>, row: &Record) -> Result<&'u mut ArticleUse, Failure> {
    let article = row.text("article")?;
    Ok(uses.entry(article.clone()).or_insert_with(|| ArticleUse { article, ..ArticleUse::default() }))
}

fn count(row: &Record) -> Result<u64, Failure> {
    row.int("uses").map(|uses| u64::try_from(uses).unwrap_or_default())
}
