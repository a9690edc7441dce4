//! The SQLite file itself: kept over a restart, refused in plain words when it cannot be used.

use std::time::Duration;

use jiff::Timestamp;
use service::domain::contact::Verification;
use service::store::sqlite::SqliteStore;
use service::store::{Store, StoreError};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, Executor, SqlSafeStr, SqliteConnection, SqlitePool};

use super::desk::{Desk, at, phone, visitor};

#[tokio::test]
async fn what_was_stored_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("desk.db");
    let desk = Desk { store: std::sync::Arc::new(SqliteStore::open(&path).await.unwrap()) };
    let id = desk.hears(&visitor("ada"), "Hello?", at(0)).await.conversation.id;
    desk.store.close().await;
    let again = SqliteStore::open(&path).await.unwrap();
    assert_eq!(again.load_turn(id).await.unwrap().unwrap().text(), "Hello?");
}

#[tokio::test]
async fn what_a_dead_process_had_begun_is_taken_up_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("desk.db");
    let desk = Desk { store: std::sync::Arc::new(SqliteStore::open(&path).await.unwrap()) };
    let now = Timestamp::now();
    desk.hears(&visitor("ada"), "Hello?", now).await;
    let hour = Duration::from_hours(1);
    assert_eq!(desk.store.claim_jobs(10, hour, now).await.unwrap().len(), 1);
    // It ends without finishing the job.
    desk.store.close().await;
    let again = SqliteStore::open(&path).await.unwrap();
    let taken = again.claim_jobs(10, hour, Timestamp::now()).await.unwrap();
    assert_eq!(taken.iter().map(|job| job.lease.attempt).collect::<Vec<_>>(), [2]);
}

#[cfg(unix)]
#[tokio::test]
async fn only_its_owner_can_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk { store: std::sync::Arc::new(SqliteStore::open(&folder.path().join("desk.db")).await.unwrap()) };
    desk.hears(&visitor("ada"), "Hello?", at(0)).await;
    for file in ["desk.db", "desk.db-wal"] {
        let mode = std::fs::metadata(folder.path().join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{file} has {mode:o}");
    }
}

#[tokio::test]
async fn one_file_serves_one_process() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("desk.db");
    let first = SqliteStore::open(&path).await.unwrap();
    let error = SqliteStore::open(&path).await.err().unwrap();
    assert!(error.to_string().contains("desk.db is in use by another process"), "{error}");
    first.close().await;
    SqliteStore::open(&path).await.unwrap();
}

#[tokio::test]
async fn a_file_that_is_no_database_is_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("desk.db");
    std::fs::write(&path, "this is a shopping list, and not a short one: ".repeat(200)).unwrap();
    let error = SqliteStore::open(&path).await.err().unwrap();
    assert!(matches!(&error, StoreError::Damaged(what) if what.contains("desk.db")), "{error}");
}

#[tokio::test]
async fn a_missing_folder_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let error = SqliteStore::open(&folder.path().join("nowhere/desk.db")).await.err().unwrap();
    assert!(error.to_string().contains("nowhere/desk.db cannot be opened; check that its directory exists"), "{error}");
}

#[tokio::test]
async fn a_database_of_the_first_version_is_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("desk.db");
    let first = include_str!("../../migrations/sqlite/0001_first.sql").into_sql_str();
    let first = Migration::new(1, "first".into(), MigrationType::Simple, first, false);
    let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true);
    let pool = SqlitePool::connect_with(options).await.unwrap();
    Migrator::with_migrations(vec![first]).run(&pool).await.unwrap();
    pool.execute(
        "INSERT INTO contacts VALUES ('01890a5d-ac96-774b-bcce-b302099a8051', 'Ada', 0, NULL);
         INSERT INTO conversations VALUES ('01890a5d-ac96-774b-bcce-b302099a8052', '01890a5d-ac96-774b-bcce-b302099a8051',
             'pending', 'assistant', NULL, 1, 0, 1, 'Hello?', 1, 0, '{}', 0, 0);
         INSERT INTO messages VALUES ('01890a5d-ac96-774b-bcce-b302099a8053', '01890a5d-ac96-774b-bcce-b302099a8052', 1,
             'contact', NULL, 'sms', 'sms', 'Hello?', '[]', '[]', NULL, 'none', 1, NULL, 'phone', '+447700900001', 'new', 0);
         INSERT INTO promises VALUES ('bot', 'k', x'07', '01890a5d-ac96-774b-bcce-b302099a8053', 0);",
    )
    .await
    .unwrap();
    pool.close().await;

    let store = SqliteStore::open(&path).await.unwrap();
    let turn = store.load_turn("01890a5d-ac96-774b-bcce-b302099a8052".parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(turn.text(), "Hello?");
    let sender = turn.history[0].sender.clone().unwrap();
    assert_eq!((sender.handle, sender.verification), (phone(1), Verification::None));
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("desk.db");
    SqliteStore::open(&path).await.unwrap().close().await;
    let mut file = SqliteConnection::connect(path.to_str().unwrap()).await.unwrap();
    file.execute("INSERT INTO _sqlx_migrations SELECT 99, 'later', installed_on, success, checksum, execution_time FROM _sqlx_migrations WHERE version = 1")
        .await
        .unwrap();
    file.close().await.unwrap();
    let error = SqliteStore::open(&path).await.err().unwrap();
    assert!(error.to_string().contains("step 99 by a newer version"), "{error}");
}

#[tokio::test]
async fn a_caller_who_leaves_does_not_hold_up_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk { store: std::sync::Arc::new(SqliteStore::open(&folder.path().join("desk.db")).await.unwrap()) };
    let impatient: Vec<_> = (0..50)
        .map(|n| {
            let desk = desk.clone();
            tokio::spawn(async move { desk.hears(&visitor("ada"), &format!("{n}"), at(0)).await })
        })
        .collect();
    tokio::task::yield_now().await;
    for caller in &impatient {
        caller.abort();
    }
    let patient = desk.hears(&visitor("ada"), "Still there?", at(1)).await;
    let turn = desk.turn(patient.conversation.id).await;
    assert_eq!(turn.upto(), patient.message.seq);
    assert_eq!(turn.history.len() as i64, patient.message.seq);
}
