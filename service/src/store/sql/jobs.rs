//! Durable background work.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::session::{Failure, Record, Session, Statement, params};
use super::{limit, record};
use crate::domain::id::{ConversationId, JobId};
use crate::domain::job::{Job, Lease, LeasedJob};
use crate::store::JobCounts;

const INSERT: &str = "INSERT INTO jobs (id, kind, payload, only_one, state, due_at) \
     VALUES ($1, $2, $3, $4, 'waiting', $5) ON CONFLICT (only_one) DO NOTHING";

/// One answer at a time for a conversation. A job that is being done right now may have read the conversation too
/// early to see this message, so it is told to run once more.
const INSERT_ANSWER: &str = "INSERT INTO jobs (id, kind, payload, only_one, state, due_at) \
     VALUES ($1, $2, $3, $4, 'waiting', $5) \
     ON CONFLICT (only_one) DO UPDATE SET again_at = $5 WHERE jobs.state = 'leased'";

const CLAIM: Statement = Statement {
    sqlite: "UPDATE jobs SET state = 'leased', attempt = attempt + 1, due_at = $2, again_at = NULL WHERE id IN \
             (SELECT id FROM jobs WHERE state <> 'dead' AND due_at <= $1 ORDER BY due_at, id LIMIT $3) \
             RETURNING id, payload, attempt",
    postgres: "WITH due AS (SELECT id, due_at FROM jobs WHERE state <> 'dead' AND due_at <= $1 \
               ORDER BY due_at, id LIMIT $3 FOR UPDATE SKIP LOCKED) \
               UPDATE jobs SET state = 'leased', attempt = attempt + 1, due_at = $2, again_at = NULL \
               FROM due WHERE jobs.id = due.id RETURNING jobs.id, jobs.payload, jobs.attempt",
};

const HELD: Statement =
    super::session::locking!("SELECT id FROM jobs WHERE id = $1 AND attempt = $2 AND state = 'leased'");
const REMOVE: &str = "DELETE FROM jobs WHERE id = $1 AND attempt = $2 AND state = 'leased'";
const REMOVE_UNLESS_AGAIN: &str =
    "DELETE FROM jobs WHERE id = $1 AND attempt = $2 AND state = 'leased' AND again_at IS NULL";
const RUN_AGAIN: &str = "UPDATE jobs SET state = 'waiting', due_at = again_at, again_at = NULL \
     WHERE id = $1 AND attempt = $2 AND state = 'leased' AND again_at IS NOT NULL";
const POSTPONE: &str = "UPDATE jobs SET state = 'waiting', due_at = $3, again_at = NULL, error = $4 \
     WHERE id = $1 AND attempt = $2 AND state = 'leased'";
const BURY: &str = "UPDATE jobs SET state = 'dead', only_one = NULL, error = $3 \
     WHERE id = $1 AND attempt = $2 AND state = 'leased'";

const COUNTS: &str = "SELECT COUNT(CASE WHEN state = 'waiting' THEN 1 END) AS waiting, \
     COUNT(CASE WHEN state = 'leased' THEN 1 END) AS leased, \
     COUNT(CASE WHEN state = 'dead' THEN 1 END) AS dead, \
     MIN(CASE WHEN state <> 'dead' THEN due_at END) AS oldest FROM jobs";

/// Stores a job that is due at `due`. What can be done only once is stored only once.
pub(crate) async fn enqueue(session: &mut Session, job: &Job, due: Timestamp) -> Result<(), Failure> {
    insert(session, INSERT, job, due).await
}

/// Makes sure that a message stored in this transaction will be answered: a job waits for it, or the one in progress
/// is told to run again.
pub(crate) async fn enqueue_answer(session: &mut Session, id: ConversationId, now: Timestamp) -> Result<(), Failure> {
    insert(session, INSERT_ANSWER, &Job::AnswerTurn { conversation: id.as_uuid() }, now).await
}

/// Makes sure that a message stored in this transaction will be in the brief.
pub(crate) async fn enqueue_rebrief(session: &mut Session, id: ConversationId, now: Timestamp) -> Result<(), Failure> {
    insert(session, INSERT_ANSWER, &Job::Rebrief { conversation: id.as_uuid() }, now).await
}

async fn insert(session: &mut Session, statement: &'static str, job: &Job, due: Timestamp) -> Result<(), Failure> {
    let values = params![JobId::new(), job.kind(), record::json(job)?, only_one(job), due];
    session.execute(statement, values).await?;
    Ok(())
}

/// What there may be only one job for.
fn only_one(job: &Job) -> Option<String> {
    match job {
        Job::AnswerTurn { conversation } => Some(format!("answer:{conversation}")),
        Job::Rebrief { conversation } => Some(format!("rebrief:{conversation}")),
        Job::Deliver { message } => Some(format!("deliver:{message}")),
        Job::SendCode { challenge, .. } => Some(format!("code:{challenge}")),
        Job::SendPasswordReset { .. } => None,
    }
}

/// Takes due jobs, the longest waiting first. A job whose lease ran out is due again.
pub(crate) async fn claim(
    session: &mut Session,
    limit: u32,
    lease: Duration,
    now: Timestamp,
) -> Result<Vec<LeasedJob>, Failure> {
    let until = now + SignedDuration::try_from(lease).unwrap_or(SignedDuration::MAX);
    let rows = session.all(CLAIM, params![now, until, limit]).await?;
    let mut taken = rows.iter().map(|row| leased(row, until)).collect::<Result<Vec<_>, _>>()?;
    taken.sort_by_key(|job| job.lease.job_id);
    Ok(taken)
}

fn leased(row: &Record, until: Timestamp) -> Result<LeasedJob, Failure> {
    let attempt = u32::try_from(row.int("attempt")?).unwrap_or(u32::MAX);
    Ok(LeasedJob {
        lease: Lease { job_id: record::parsed(row, "id")?, attempt, until },
        job: record::document(row, "payload")?,
    })
}

/// Whether the lease is still the newest one of its job, which nobody takes until the transaction ends.
pub(crate) async fn is_held(session: &mut Session, lease: &Lease) -> Result<bool, Failure> {
    let row = session.optional(HELD, params![lease.job_id, lease.attempt]).await?;
    Ok(row.is_some())
}

/// Removes a job whose every reason is dealt with.
pub(crate) async fn remove(session: &mut Session, lease: &Lease) -> Result<(), Failure> {
    session.execute(REMOVE, params![lease.job_id, lease.attempt]).await?;
    Ok(())
}

/// Removes a job, or has it run again if it was asked to meanwhile. `false` if the lease was lost.
pub(crate) async fn complete(session: &mut Session, lease: &Lease) -> Result<bool, Failure> {
    for statement in [REMOVE_UNLESS_AGAIN, RUN_AGAIN] {
        if session.execute(statement, params![lease.job_id, lease.attempt]).await? > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Puts a job back, or sets it aside. A job asked to run again meanwhile is not set aside: the newer reason deserves
/// a try of its own.
pub(crate) async fn postpone(
    session: &mut Session,
    lease: &Lease,
    at: Option<Timestamp>,
    error: &str,
) -> Result<(), Failure> {
    if let Some(at) = at {
        session.execute(POSTPONE, params![lease.job_id, lease.attempt, at, error]).await?;
    } else if session.execute(RUN_AGAIN, params![lease.job_id, lease.attempt]).await? == 0 {
        session.execute(BURY, params![lease.job_id, lease.attempt, error]).await?;
    }
    Ok(())
}

/// The state of the queue.
pub(crate) async fn counts(session: &mut Session, now: Timestamp) -> Result<JobCounts, Failure> {
    let row = session.one(COUNTS, params![]).await?;
    let count = |column: &str| row.int(column).map(|n| u64::try_from(n).unwrap_or_default());
    let waited = row.opt_int("oldest")?.map_or(0, |oldest| now.as_microsecond().saturating_sub(oldest));
    Ok(JobCounts {
        waiting: count("waiting")?,
        leased: count("leased")?,
        dead: count("dead")?,
        oldest_due: Duration::from_micros(u64::try_from(waited).unwrap_or_default()),
    })
}

/// Stores a job, at most `most` of the same `key` an hour.
pub(crate) async fn enqueue_limited(
    session: &mut Session,
    job: &Job,
    key: &str,
    most: u32,
    now: Timestamp,
) -> Result<bool, Failure> {
    let within = limit::take(session, &[key], most, now).await?;
    if within {
        enqueue(session, job, now).await?;
    }
    Ok(within)
}
