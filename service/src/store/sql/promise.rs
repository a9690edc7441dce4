//! Idempotency keys: the same key with the same request is done once.

use std::fmt::Display;
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};

use super::record;
use super::session::{Failure, Session, Statement, params};
use crate::store::{Idempotency, StoreError};

/// How long a key is remembered: a day longer than the longest retries of the channels we know.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(8 * 24);

const FIND: &str = "SELECT fingerprint, subject FROM promises WHERE scope = $1 AND name = $2";
const INSERT: &str = "INSERT INTO promises (scope, name, fingerprint, subject, created_at) VALUES ($1, $2, $3, $4, $5)";
/// A few at a time, so that no request pays for a whole day of others.
const FORGET: Statement = Statement {
    sqlite: "DELETE FROM promises WHERE rowid IN \
             (SELECT rowid FROM promises WHERE created_at < $1 ORDER BY created_at LIMIT 8)",
    postgres: "DELETE FROM promises WHERE ctid IN \
               (SELECT ctid FROM promises WHERE created_at < $1 ORDER BY created_at LIMIT 8 FOR UPDATE SKIP LOCKED)",
};

/// What was stored or changed under the key before: a message, a conversation, feedback.
pub(crate) async fn kept<Id: FromStr>(session: &mut Session, promise: &Idempotency) -> Result<Option<Id>, Failure> {
    let Some(row) = session.optional(FIND, params![&promise.scope, &promise.key]).await? else {
        return Ok(None);
    };
    if row.bytes("fingerprint")? != promise.fingerprint {
        return Err(StoreError::IdempotencyMismatch(promise.key.clone()).into());
    }
    record::parsed(&row, "subject").map(Some)
}

/// Remembers what was stored or changed under the key.
pub(crate) async fn keep(
    session: &mut Session,
    promise: &Idempotency,
    subject: impl Display,
    now: Timestamp,
) -> Result<(), Failure> {
    session.execute(FORGET, params![now - REMEMBERED]).await?;
    let values = params![&promise.scope, &promise.key, promise.fingerprint, subject.to_string(), now];
    session.execute(INSERT, values).await?;
    Ok(())
}
