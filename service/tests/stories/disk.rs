//! What lies on the disk: it survives a restart, and what is broken there is named with its remedy.

use std::fs;
use std::path::Path;

use models::artifact::Silent;
use service::clock::Clock;
use service::config::Config;
use service::start::{Purpose, start};
use service::telemetry::Metrics;

use crate::desk::Desk;

/// Why a service cannot start with its files in `folder`.
async fn refusal(folder: &Path) -> String {
    let mut config = Config::with("").unwrap();
    config.data_dir = folder.to_owned();
    let started = start(config, Purpose::Demo, Clock::system(), Metrics::detached(), Box::new(Silent)).await;
    match started {
        Ok(_) => panic!("it started with {}", folder.display()),
        Err(error) => format!("{error:#}"),
    }
}

/// Whether an error names a file and holds every one of `words`.
fn names(error: &str, file: &Path, words: &[&str]) {
    assert!(error.contains(&file.display().to_string()), "{error}");
    for word in words {
        assert!(error.contains(word), "{word:?} is missing in {error}");
    }
}

#[tokio::test]
async fn a_database_full_of_rubbish_is_named_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("frontdesk.db");
    let rubbish = "not a database, but somebody's shopping list: bread, milk, eggs. ".repeat(200);
    fs::write(&database, &rubbish).unwrap();
    names(&refusal(folder.path()).await, &database, &["damaged", "backup"]);
    assert_eq!(fs::read_to_string(&database).unwrap(), rubbish);
}

#[tokio::test]
async fn a_damaged_database_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::in_folder(folder.path()).await;
    desk.contact("ada").says("hello").await;
    desk.close().await;
    let database = folder.path().join("frontdesk.db");
    let mut bytes = fs::read(&database).unwrap();
    let keep = 100;
    bytes[keep..].fill(0xa5);
    fs::write(&database, bytes).unwrap();
    names(&refusal(folder.path()).await, &database, &["damaged"]);
}

#[tokio::test]
async fn a_folder_where_the_database_should_be_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("frontdesk.db");
    fs::create_dir(&database).unwrap();
    names(&refusal(folder.path()).await, &database, &["cannot be opened"]);
}

#[tokio::test]
async fn a_file_where_the_data_folder_should_be_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("data");
    fs::write(&file, "a file").unwrap();
    names(&refusal(&file).await, &file, &["data folder", "FRONTDESK_DATA_DIR"]);
    names(&refusal(&file.join("below")).await, &file, &["data folder", "FRONTDESK_DATA_DIR"]);
}

#[tokio::test]
async fn an_empty_key_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("admin-key");
    fs::write(&file, "\n").unwrap();
    names(&refusal(folder.path()).await, &file, &["delete it"]);
}

#[tokio::test]
async fn conversations_survive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::in_folder(folder.path()).await;
    let receipt = desk.contact("ada").says("Where is my order AW-100001?").await;
    let before = desk.thread(receipt.conversation()).await;
    desk.close().await;

    let desk = Desk::in_folder(folder.path()).await;
    assert_eq!(desk.thread(receipt.conversation()).await, before);
    let next = desk.contact("ada").says("ada@example.com").await;
    assert_eq!(next.conversation(), receipt.conversation());
    assert_eq!(next.0["decision"]["flow"], "order_status", "the flow goes on where it was: {next:?}");
    let told = desk.contact("ada").repeats_code_sent_to("ada@example.com", 1).await;
    assert!(told.words().contains("Swiftline"), "{told:?}");
    desk.close().await;
}
