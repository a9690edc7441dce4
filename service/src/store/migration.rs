//! Bringing a database up to date: numbered files, each applied once and never changed afterwards.

use sqlx::migrate::{Migrate, MigrateError, Migration, MigrationType, Migrator};
use sqlx::{Database, Pool, SqlSafeStr};

use super::StoreError;

/// One numbered file.
#[derive(Clone, Copy)]
pub(crate) struct File {
    number: i64,
    title: &'static str,
    sql: &'static str,
}

/// The files for SQLite.
pub(crate) const SQLITE: &[File] = &[
    File { number: 1, title: "first", sql: include_str!("../../migrations/sqlite/0001_first.sql") },
    File {
        number: 2,
        title: "senders and promises",
        sql: include_str!("../../migrations/sqlite/0002_senders_and_promises.sql"),
    },
    File { number: 3, title: "feedback", sql: include_str!("../../migrations/sqlite/0003_feedback.sql") },
    File { number: 4, title: "gaps", sql: include_str!("../../migrations/sqlite/0004_gaps.sql") },
];

/// The files for PostgreSQL.
pub(crate) const POSTGRES: &[File] = &[
    File { number: 1, title: "first", sql: include_str!("../../migrations/postgres/0001_first.sql") },
    File {
        number: 2,
        title: "senders and promises",
        sql: include_str!("../../migrations/postgres/0002_senders_and_promises.sql"),
    },
    File { number: 3, title: "feedback", sql: include_str!("../../migrations/postgres/0003_feedback.sql") },
    File { number: 4, title: "gaps", sql: include_str!("../../migrations/postgres/0004_gaps.sql") },
];

/// Why a database could not be brought up to date.
#[derive(Debug)]
pub(crate) struct MigrationFailure(MigrateError);

impl MigrationFailure {
    /// What it means; `database` says what an error of the database itself means.
    pub(crate) fn meaning(self, database: impl Fn(sqlx::Error) -> StoreError) -> StoreError {
        match self.0 {
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => database(error),
            MigrateError::VersionMissing(number) => StoreError::Unavailable(format!(
                "it was brought to step {number} by a newer version of the service; run that version or a newer one"
            )),
            MigrateError::VersionMismatch(number) => StoreError::Unavailable(format!(
                "its step {number} is not the one this version knows; run a released version of the service"
            )),
            other => StoreError::Unavailable(other.to_string()),
        }
    }
}

/// Applies the files that the database has not seen.
pub(crate) async fn run<DB>(pool: &Pool<DB>, files: &[File]) -> Result<(), MigrationFailure>
where
    DB: Database,
    DB::Connection: Migrate,
{
    let migrations = files.iter().map(|file| {
        let sql = file.sql.into_sql_str();
        Migration::new(file.number, file.title.into(), MigrationType::Simple, sql, false)
    });
    Migrator::with_migrations(migrations.collect()).run(pool).await.map_err(MigrationFailure)
}
