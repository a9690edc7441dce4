//! Articles, limits, and what is not there.

use service::domain::conversation::Transition;
use service::domain::id::{ConversationId, HandoffId, MessageId};
use service::domain::job::Job;
use service::store::{ChangeOwner, SavedArticle, StoreError};

use super::desk::{Desk, at, visitor};

pub(crate) async fn articles_keep_their_versions(desk: Desk) {
    let save = async |id: &str, source: Option<&str>| desk.store.save_article(id, source, "sam", at(0)).await.unwrap();
    assert_eq!(save("returns", Some("30 days")).await, 1);
    assert_eq!(save("returns", Some("60 days")).await, 2);
    assert_eq!(save("hours", Some("9 to 5")).await, 1);
    assert_eq!(save("hours", None).await, 2);
    let article = |id: &str, source: Option<&str>, version| SavedArticle {
        id: id.to_owned(),
        source: source.map(str::to_owned),
        version,
    };
    let saved = desk.store.saved_articles().await.unwrap();
    assert_eq!(saved, [article("hours", None, 2), article("returns", Some("60 days"), 2)]);
}

pub(crate) async fn storage_is_probed(desk: Desk) {
    desk.store.probe().await.unwrap();
    desk.store.probe().await.unwrap();
    desk.store.close().await;
    assert!(matches!(desk.store.probe().await, Err(StoreError::Unavailable(_))));
}

pub(crate) async fn limited_jobs_are_limited_by_the_hour(desk: Desk) {
    let enqueue = async |key: &str, seconds: i64| {
        let job = Job::SendPasswordReset { email: "ada@example.com".to_owned() };
        desk.store.enqueue_limited(job, key, 2, at(seconds)).await.unwrap()
    };
    assert!(enqueue("ada", 0).await);
    assert!(enqueue("ada", 1).await);
    assert!(!enqueue("ada", 3599).await);
    assert!(enqueue("eve", 3599).await);
    assert!(enqueue("ada", 3600).await);
    assert_eq!(desk.store.job_counts(at(3600)).await.unwrap().waiting, 4);
}

pub(crate) async fn what_does_not_exist_is_named(desk: Desk) {
    let nobody = ConversationId::new();
    assert_eq!(desk.store.load_turn(nobody).await.unwrap(), None);
    assert_eq!(desk.store.conversation(nobody).await.unwrap(), None);
    assert_eq!(desk.store.handoff(HandoffId::new()).await.unwrap(), None);
    assert_eq!(desk.store.contact_by_handle(&visitor("nobody")).await.unwrap(), None);
    let missing = desk.store.change_owner(ChangeOwner::new(nobody, Transition::Resolve), at(0)).await.unwrap_err();
    assert_eq!(missing, StoreError::NotFound { what: "conversation", id: nobody.to_string() });
    let missing = desk.store.begin_delivery(MessageId::new()).await.unwrap_err();
    assert!(matches!(missing, StoreError::NotFound { what: "message", .. }));
}
