//! One-time codes.

use jiff::Timestamp;
use subtle::ConstantTimeEq;

use super::session::{Failure, Record, Session, Statement, locking, params};
use super::{jobs, limit, record};
use crate::domain::code::{Challenge, CodeCheck};
use crate::domain::id::{ChallengeId, ConversationId};
use crate::domain::job::Job;

/// Tries before a code is void.
const TRIES: i64 = 3;

const EXISTS: &str = "SELECT id FROM challenges WHERE id = $1";
const INSERT: &str = "INSERT INTO challenges (id, conversation_id, handle_kind, handle_value, code_hash, expires_at) \
     VALUES ($1, $2, $3, $4, $5, $6)";
const FIND: Statement = locking!(
    "SELECT handle_kind, handle_value, code_hash, expires_at, tries FROM challenges \
     WHERE id = $1 AND conversation_id = $2 AND spent = 0"
);
const SPEND: &str = "UPDATE challenges SET spent = 1 WHERE id = $1";
const COUNT_TRY: &str = "UPDATE challenges SET tries = tries + 1 WHERE id = $1";

/// Stores a code with the job that sends it, unless the address or the conversation had too many.
pub(crate) async fn create(
    session: &mut Session,
    challenge: Challenge,
    send: &Job,
    most: u32,
    now: Timestamp,
) -> Result<bool, Failure> {
    if session.optional(EXISTS, params![challenge.id]).await?.is_some() {
        return Ok(true);
    }
    let address = format!("code to {} {}", challenge.handle.kind().name(), challenge.handle.value());
    let conversation = format!("code in {}", challenge.conversation_id);
    if !limit::take(session, &[&address, &conversation], most, now).await? {
        return Ok(false);
    }
    let values = params![
        challenge.id,
        challenge.conversation_id,
        challenge.handle.kind().name(),
        challenge.handle.value(),
        challenge.code_hash,
        challenge.expires_at,
    ];
    session.execute(INSERT, values).await?;
    jobs::enqueue(session, send, now).await?;
    Ok(true)
}

/// Checks a repeated code, counting the try.
pub(crate) async fn check(
    session: &mut Session,
    id: ChallengeId,
    conversation: ConversationId,
    code_hash: [u8; 32],
    now: Timestamp,
) -> Result<CodeCheck, Failure> {
    let Some(row) = session.optional(FIND, params![id, conversation]).await? else {
        return Ok(CodeCheck::Void);
    };
    let tries = row.int("tries")?;
    if tries >= TRIES || record::time(&row, "expires_at")? <= now {
        return Ok(CodeCheck::Void);
    }
    if !is_same(&row, code_hash)? {
        session.execute(COUNT_TRY, params![id]).await?;
        return Ok(CodeCheck::Wrong { left: u8::try_from(TRIES - tries - 1).unwrap_or_default() });
    }
    session.execute(SPEND, params![id]).await?;
    Ok(CodeCheck::Proven(record::handle(&row, "handle_kind", "handle_value")?))
}

/// Compares in constant time, so that the time it takes tells nothing about the code.
fn is_same(row: &Record, code_hash: [u8; 32]) -> Result<bool, Failure> {
    Ok(row.bytes("code_hash")?.ct_eq(&code_hash).into())
}
