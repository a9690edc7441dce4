//! The one writer of a SQLite file. Work that waits at the same moment shares one transaction and one flush to disk, a
//! savepoint each; nobody hears of success before the commit returned.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use futures::FutureExt;
use sqlx::SqlitePool;
use tokio::sync::{mpsc, oneshot};

use super::failure;
use crate::store::StoreError;
use crate::store::sql::Work;
use crate::store::sql::session::{Failure, Session, params};

/// How much work may wait; callers beyond that wait to be let in.
const QUEUED: usize = 4096;
/// How much work shares one commit.
const GROUP: usize = 256;

/// A handle to the task that owns the writing connection.
pub(super) struct Writer {
    queue: mpsc::Sender<Box<dyn Queued>>,
}

impl Writer {
    /// Starts the task; it ends when the handle is dropped.
    pub(super) fn start(pool: SqlitePool, path: PathBuf) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUED);
        tokio::spawn(run(pool, path, waiting));
        Self { queue }
    }

    /// Has `work` done, and returns when it is durable.
    pub(super) async fn write<T: Send + 'static>(&self, work: Work<T>) -> Result<T, StoreError> {
        let (reply, answer) = oneshot::channel();
        let pending = Box::new(Pending { work, result: None, reply });
        self.queue.send(pending).await.map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?
    }

    /// Waits until everything queued so far is durable.
    pub(super) async fn drain(&self) {
        let nothing: Work<()> = Box::new(|_| async { Ok(()) }.boxed());
        if let Err(error) = self.write(nothing).await {
            tracing::warn!(%error, "the last writes may not have been stored");
        }
    }
}

fn stopped() -> StoreError {
    StoreError::Unavailable("the writer has stopped, because the service is shutting down".to_owned())
}

/// Work of any result, waiting for its turn.
#[async_trait]
trait Queued: Send {
    /// Whether somebody still waits for it.
    fn is_wanted(&self) -> bool;

    /// Does it; whether its changes are to be kept.
    async fn perform(&mut self, session: &mut Session, path: &Path) -> bool;

    /// Tells the caller, who may have left.
    fn release(self: Box<Self>, commit: Result<(), StoreError>);
}

struct Pending<T> {
    work: Work<T>,
    result: Option<Result<T, StoreError>>,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

#[async_trait]
impl<T: Send + 'static> Queued for Pending<T> {
    fn is_wanted(&self) -> bool {
        !self.reply.is_closed()
    }

    async fn perform(&mut self, session: &mut Session, path: &Path) -> bool {
        let done = AssertUnwindSafe((self.work)(session)).catch_unwind().await;
        let result = match done {
            Ok(result) => result.map_err(|error| failure::told(path, error)),
            Err(panic) => Err(StoreError::Unavailable(format!("storing failed by a defect: {}", words(&*panic)))),
        };
        let keep = result.is_ok();
        self.result = Some(result);
        keep
    }

    fn release(self: Box<Self>, commit: Result<(), StoreError>) {
        let result = match (self.result, commit) {
            (Some(Err(error)), _) | (_, Err(error)) => Err(error),
            (Some(result), Ok(())) => result,
            (None, Ok(())) => Err(stopped()),
        };
        // A caller who left needs no answer.
        drop(self.reply.send(result));
    }
}

fn words(panic: &(dyn Any + Send)) -> &str {
    let literal = panic.downcast_ref::<&str>().copied();
    literal.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no reason given")
}

async fn run(pool: SqlitePool, path: PathBuf, mut waiting: mpsc::Receiver<Box<dyn Queued>>) {
    let mut group = Vec::with_capacity(GROUP);
    while waiting.recv_many(&mut group, GROUP).await > 0 {
        group.retain(|work| work.is_wanted());
        if group.is_empty() {
            continue;
        }
        let commit = commit(&pool, &path, &mut group).await;
        if commit.is_err() {
            start_afresh(&pool).await;
        }
        for work in group.drain(..) {
            work.release(commit.clone());
        }
    }
}

/// Does all of `group` in one transaction. An error means that nothing of it is stored.
async fn commit(pool: &SqlitePool, path: &Path, group: &mut [Box<dyn Queued>]) -> Result<(), StoreError> {
    let failed = |error| failure::meaning(path, &error);
    let mut session = Session::Sqlite(pool.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?);
    for work in group {
        perform(&mut session, path, work.as_mut()).await.map_err(|error| failure::told(path, error))?;
    }
    match session {
        Session::Sqlite(transaction) => transaction.commit().await.map_err(failed),
        Session::Postgres(_) => Ok(()),
    }
}

/// Replaces the connection. SQLite ends a transaction by itself when the disk is full or fails, and the library, which
/// does not hear of it, would never begin another on the same connection.
async fn start_afresh(pool: &SqlitePool) {
    if let Ok(connection) = pool.acquire().await
        && let Err(error) = connection.close().await
    {
        tracing::warn!(%error, "the connection to the database did not close well");
    }
}

/// Does one piece of work so that its failure leaves the others alone. An error means that the whole transaction is
/// gone: SQLite ends it by itself when the disk is full or fails.
async fn perform(session: &mut Session, path: &Path, work: &mut dyn Queued) -> Result<(), Failure> {
    session.execute("SAVEPOINT work", params![]).await?;
    if !work.perform(session, path).await {
        session.execute("ROLLBACK TO work", params![]).await?;
    }
    session.execute("RELEASE work", params![]).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

    use super::*;

    fn keep(text: String) -> Work<()> {
        Box::new(move |session| {
            let values = params![text.clone()];
            async move { session.execute("INSERT INTO notes (text) VALUES ($1)", values).await.map(drop) }.boxed()
        })
    }

    #[tokio::test]
    async fn after_a_full_disk_it_goes_on_as_soon_as_there_is_room() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("desk.db");
        let small = SqliteConnectOptions::new().filename(&path).create_if_missing(true).pragma("max_page_count", "16");
        let pool = SqlitePoolOptions::new().max_connections(1).connect_with(small).await.unwrap();
        sqlx::query("CREATE TABLE notes (text TEXT)").execute(&pool).await.unwrap();
        let writer = Writer::start(pool, path);
        let full = writer.write(keep("x".repeat(1 << 20))).await.unwrap_err();
        assert!(matches!(full, StoreError::DiskFull(_)), "{full}");
        writer.write(keep("short".to_owned())).await.unwrap();
    }
}
