//! The store on PostgreSQL: many processes, one truth.

use std::time::Duration;

use async_trait::async_trait;
use futures::FutureExt;
use sqlx::error::DatabaseError;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};

use super::StoreError;
use super::migration;
use super::sql::session::{Failure, Session, params};
use super::sql::{Engine, Work};

const CONNECTIONS: u32 = 16;
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// How often a transaction that lost against another one is tried.
const ATTEMPTS: u32 = 8;

const UNNUMBERED: &str = "SELECT EXISTS (SELECT 1 FROM events WHERE seq IS NULL)::INT::BIGINT AS some";
/// Within a conversation, numbers are drawn under its lock, so they follow the order of the commits; across
/// conversations there is no order to keep.
const NUMBER: &str = "WITH fresh AS (SELECT id, row_number() OVER (ORDER BY id) AS place FROM events \
       WHERE seq IS NULL), \
     newest AS (SELECT COALESCE(MAX(seq), 0) AS seq FROM events) \
     UPDATE events SET seq = newest.seq + fresh.place FROM fresh, newest WHERE events.id = fresh.id";

/// A store in a PostgreSQL database.
pub struct PostgresStore {
    pool: PgPool,
}

impl PostgresStore {
    /// Connects to the database at `url` and brings it up to date. `?options=-c%20search_path%3Dname` in the URL
    /// chooses a schema.
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        let options: PgConnectOptions = url.parse().map_err(|_| {
            StoreError::Unavailable(
                "the database URL is not a PostgreSQL URL; expected something like \
                postgres://user@host:5432/database"
                    .to_owned(),
            )
        })?;
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .connect_with(options)
            .await
            .map_err(|error| meaning(&error))?;
        migration::run(&pool, migration::POSTGRES).await.map_err(|error| error.meaning(|error| meaning(&error)))?;
        Ok(Self { pool })
    }

    async fn attempt<T>(&self, work: &Work<T>) -> Result<T, Failure> {
        let mut session = Session::Postgres(self.pool.begin().await?);
        let done = work(&mut session).await?;
        if let Session::Postgres(transaction) = session {
            transaction.commit().await?;
        }
        Ok(done)
    }
}

#[async_trait]
impl Engine for PostgresStore {
    /// Two transactions that make the same contact, message or job at the same moment collide in a unique index; the
    /// loser starts again and finds what the winner made.
    async fn write<T: Send + 'static>(&self, work: Work<T>) -> Result<T, StoreError> {
        let mut attempt = 1;
        loop {
            match self.attempt(&work).await {
                Ok(done) => return Ok(done),
                Err(Failure::Refused(error)) => return Err(error),
                Err(Failure::Database(error)) if attempt < ATTEMPTS && has_lost(&error) => attempt += 1,
                Err(Failure::Database(error)) => return Err(meaning(&error)),
            }
        }
    }

    async fn read<T: Send + 'static>(&self, work: Work<T>) -> Result<T, StoreError> {
        let begun = self.pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY").await;
        let mut session = Session::Postgres(begun.map_err(|error| meaning(&error))?);
        work(&mut session).await.map_err(|failure| match failure {
            Failure::Refused(error) => error,
            Failure::Database(error) => meaning(&error),
        })
    }

    /// Events get their numbers from one reader at a time after they were committed. A number is therefore never
    /// followed by the late appearance of a smaller one, and nobody who resumes from a number misses anything.
    async fn number_events(&self) -> Result<(), StoreError> {
        let some: Work<i64> =
            Box::new(|session| async move { session.one(UNNUMBERED, params![]).await?.int("some") }.boxed());
        if self.read(some).await? == 0 {
            return Ok(());
        }
        let number: Work<()> = Box::new(|session| {
            async move {
                session.exclude("events are being numbered").await?;
                session.execute(NUMBER, params![]).await?;
                Ok(())
            }
            .boxed()
        });
        self.write(number).await
    }

    async fn shut(&self) {
        self.pool.close().await;
    }
}

/// Whether another transaction was in the way, so that starting again helps. Codes are those of appendix A of the
/// PostgreSQL manual.
fn has_lost(error: &sqlx::Error) -> bool {
    const UNIQUE_VIOLATION: &str = "23505";
    const SERIALIZATION_FAILURE: &str = "40001";
    const DEADLOCK_DETECTED: &str = "40P01";
    let code = error.as_database_error().and_then(DatabaseError::code);
    matches!(code.as_deref(), Some(UNIQUE_VIOLATION | SERIALIZATION_FAILURE | DEADLOCK_DETECTED))
}

/// What an error of the library means.
fn meaning(error: &sqlx::Error) -> StoreError {
    let code = error.as_database_error().and_then(DatabaseError::code);
    match code.as_deref() {
        Some("53100") => StoreError::DiskFull(error.to_string()),
        Some("XX001" | "XX002") => StoreError::Damaged(error.to_string()),
        _ => StoreError::Unavailable(error.to_string()),
    }
}
