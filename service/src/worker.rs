//! Background work: takes durable jobs, does several at once, and puts back what failed with growing delays.

pub mod answer;
pub mod deliver;
pub mod outside;
pub mod rebrief;
pub mod send_code;

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rand::RngExt;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::app::App;
use crate::assistant::redact::redact_personal;
use crate::domain::job::{Job, LeasedJob};
use crate::store::StoreError;

const POLL: Duration = Duration::from_millis(500);
/// Delays before further tries, in seconds, after the Standard Webhooks specification's schedule.
const DELAYS: [i64; 8] = [5, 60, 300, 1800, 7200, 18_000, 36_000, 72_000];

/// What came of a job.
#[derive(Debug)]
pub enum Done {
    /// It is finished, and its row is to be removed.
    Finished,
    /// It is finished, and its row was removed along with its effects.
    Recorded,
    /// It may work later.
    Retry(String),
    /// It never will.
    GiveUp(String),
}

/// Does jobs until cancelled, then waits for those in progress.
pub async fn run(app: Arc<App>, stop: CancellationToken) {
    let slots = Arc::new(Semaphore::new(app.config.worker.concurrency as usize));
    let tasks = TaskTracker::new();
    while !stop.is_cancelled() {
        let free = slots.available_permits();
        let jobs = match take(&app, u32::try_from(free).unwrap_or(u32::MAX)).await {
            Ok(jobs) => jobs,
            Err(error) => {
                tracing::warn!(%error, "cannot take jobs; trying again");
                Vec::new()
            }
        };
        let idle = jobs.is_empty();
        for job in jobs {
            let Ok(slot) = Arc::clone(&slots).acquire_owned().await else { break };
            let app = Arc::clone(&app);
            tasks.spawn(async move {
                work(&app, job).await;
                drop(slot);
                app.jobs_waiting.notify_one();
            });
        }
        if idle {
            tokio::select! {
                () = app.jobs_waiting.notified() => {}
                () = tokio::time::sleep(POLL) => {}
                () = stop.cancelled() => {}
            }
        }
    }
    tasks.close();
    tasks.wait().await;
}

async fn take(app: &App, free: u32) -> Result<Vec<LeasedJob>, StoreError> {
    if free == 0 {
        return Ok(Vec::new());
    }
    app.store.claim_jobs(free, app.config.worker.lease, app.clock.now()).await
}

/// Does one job and records what came of it.
pub async fn work(app: &App, LeasedJob { lease, job }: LeasedJob) {
    let kind = job.kind();
    let started = std::time::Instant::now();
    let done = match job {
        Job::AnswerTurn { conversation } => answer::answer_turn(app, conversation.into(), &lease).await,
        Job::Rebrief { conversation } => rebrief::rebrief(app, conversation.into()).await,
        Job::Deliver { message } => deliver::deliver(app, message.into()).await,
        Job::SendCode { challenge: _, to_kind, to, code } => send_code::send_code(app, &to_kind, &to, &code).await,
        Job::SendPasswordReset { email } => send_code::send_password_reset(app, &email).await,
    };
    metrics::histogram!("frontdesk_job_seconds", "kind" => kind).record(started.elapsed().as_secs_f64());
    let recorded = match done {
        Done::Finished => app.store.complete_job(&lease).await.map(|_| ()),
        Done::Recorded => Ok(()),
        Done::Retry(error) => {
            let at = next_try(lease.attempt, app.clock.now());
            let error = redact_personal(&error);
            tracing::warn!(kind, %error, again = at.is_some(), "a job failed");
            app.store.postpone_job(&lease, at, &error).await
        }
        Done::GiveUp(error) => {
            let error = redact_personal(&error);
            tracing::error!(kind, %error, "a job cannot be done and is set aside");
            app.store.postpone_job(&lease, None, &error).await
        }
    };
    if let Err(error) = recorded {
        tracing::error!(kind, %error, "cannot record what came of a job; it will be done again when its lease ends");
    }
    app.events.wake();
}

/// When to try again after `attempt` tries, or `None` when there were enough. Spread by a fifth either way, so that
/// what failed together is not tried together.
fn next_try(attempt: u32, now: Timestamp) -> Option<Timestamp> {
    let delay = DELAYS.get(attempt.saturating_sub(1) as usize)?;
    let spread = rand::rng().random_range(0.8..1.2);
    Some(now + SignedDuration::from_secs_f64(*delay as f64 * spread))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_are_further_and_further_apart_and_end() {
        let now = Timestamp::UNIX_EPOCH;
        let first = next_try(1, now).unwrap();
        let second = next_try(2, now).unwrap();
        assert!(first.duration_since(now) >= SignedDuration::from_secs(4));
        assert!(second > first);
        assert_eq!(next_try(9, now), None);
    }
}
