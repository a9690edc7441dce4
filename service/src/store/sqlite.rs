//! The store on SQLite: one process, one file, nothing else to run.

mod claim;
mod failure;
mod writer;

use std::path::{Path, PathBuf};
use std::time::Duration;

use async_trait::async_trait;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};

use self::claim::Claim;
use self::writer::Writer;
use super::StoreError;
use super::migration;
use super::sql::session::Session;
use super::sql::{Engine, Work};

const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
const READERS: u32 = 4;
/// A reader that lives for ever keeps the log from ever being emptied.
const READER_LIFETIME: Duration = Duration::from_mins(10);
const STATEMENTS_CACHED: usize = 256;

/// A store in one SQLite file.
pub struct SqliteStore {
    path: PathBuf,
    writer: Writer,
    writing: SqlitePool,
    reading: SqlitePool,
    claim: Claim,
}

/// What a process that died had begun: nobody else is at it, so it need not wait until the lease has run out.
const RELEASE_LEASES: &str = "UPDATE jobs SET due_at = CAST(unixepoch('subsec') * 1000000 AS INTEGER) \
     WHERE state = 'leased' AND due_at > CAST(unixepoch('subsec') * 1000000 AS INTEGER)";

impl SqliteStore {
    /// Opens the database at `path` for this process alone, making it if it is not there and bringing it up to date. Must be called inside a
    /// tokio runtime, on which the writing runs.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        let failed = |error| failure::meaning(path, &error);
        let claim = Claim::lay(path)?;
        claim::make_private(path)?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT)
            .statement_cache_capacity(STATEMENTS_CACHED)
            .pragma("mmap_size", "268435456");
        let writable = options
            .clone()
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        let writing = SqlitePoolOptions::new()
            .max_connections(1)
            .test_before_acquire(false)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(writable)
            .await
            .map_err(failed)?;
        migration::run(&writing, migration::SQLITE).await.map_err(|error| error.meaning(failed))?;
        sqlx::query(RELEASE_LEASES).execute(&writing).await.map_err(failed)?;
        let reading = SqlitePoolOptions::new()
            .max_connections(READERS)
            .max_lifetime(READER_LIFETIME)
            .test_before_acquire(false)
            .connect_with(options.read_only(true))
            .await
            .map_err(failed)?;
        let writer = Writer::start(writing.clone(), path.to_owned());
        Ok(Self { path: path.to_owned(), writer, writing, reading, claim })
    }
}

#[async_trait]
impl Engine for SqliteStore {
    async fn write<T: Send + 'static>(&self, work: Work<T>) -> Result<T, StoreError> {
        self.writer.write(work).await
    }

    async fn read<T: Send + 'static>(&self, work: Work<T>) -> Result<T, StoreError> {
        let transaction = self.reading.begin().await.map_err(|error| failure::meaning(&self.path, &error))?;
        let mut session = Session::Sqlite(transaction);
        work(&mut session).await.map_err(|error| failure::told(&self.path, error))
    }

    /// One writer commits in order, so events have their numbers from the start.
    async fn number_events(&self) -> Result<(), StoreError> {
        Ok(())
    }

    /// The readers go first, so that the last connection, the writer's, can empty the log into the database.
    async fn shut(&self) {
        self.writer.drain().await;
        self.reading.close().await;
        self.writing.close().await;
        self.claim.give_up();
    }
}
