//! Idempotency keys: the same key with the same request is the same message.

use jiff::{SignedDuration, Timestamp};

use super::record;
use super::session::{Failure, Session, Statement, params};
use crate::domain::id::MessageId;
use crate::store::{Idempotency, StoreError};

/// How long a key is remembered: a day longer than the longest retries of the channels we know.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(8 * 24);

const FIND: &str = "SELECT fingerprint, message_id FROM promises WHERE scope = $1 AND name = $2";
const INSERT: &str =
    "INSERT INTO promises (scope, name, fingerprint, message_id, created_at) VALUES ($1, $2, $3, $4, $5)";
/// A few at a time, so that no request pays for a whole day of others.
const FORGET: Statement = Statement {
    sqlite: "DELETE FROM promises WHERE rowid IN \
             (SELECT rowid FROM promises WHERE created_at < $1 ORDER BY created_at LIMIT 8)",
    postgres: "DELETE FROM promises WHERE ctid IN \
               (SELECT ctid FROM promises WHERE created_at < $1 ORDER BY created_at LIMIT 8 FOR UPDATE SKIP LOCKED)",
};

/// The message that was stored under the key before.
pub(crate) async fn kept(session: &mut Session, promise: &Idempotency) -> Result<Option<MessageId>, Failure> {
    let Some(row) = session.optional(FIND, params![&promise.scope, &promise.key]).await? else {
        return Ok(None);
    };
    if row.bytes("fingerprint")? != promise.fingerprint {
        return Err(StoreError::IdempotencyMismatch(promise.key.clone()).into());
    }
    record::parsed(&row, "message_id").map(Some)
}

/// Remembers which message was stored under the key.
pub(crate) async fn keep(
    session: &mut Session,
    promise: &Idempotency,
    message: MessageId,
    now: Timestamp,
) -> Result<(), Failure> {
    session.execute(FORGET, params![now - REMEMBERED]).await?;
    let values = params![&promise.scope, &promise.key, promise.fingerprint, message, now];
    session.execute(INSERT, values).await?;
    Ok(())
}
