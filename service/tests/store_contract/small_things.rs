//! Articles, limits, and what is not there.

use service::domain::conversation::Transition;
use service::domain::id::{ConversationId, HandoffId, MessageId};
use service::domain::job::Job;
use service::store::{ArticleVersion, ArticleVersionQuery, ChangeOwner, Cursor, SaveArticle, SavedArticle, StoreError};

use super::desk::{Desk, at, visitor};

pub(crate) async fn articles_keep_their_versions(desk: Desk) {
    assert_eq!(desk.saves("returns", Some("30 days"), at(0)).await, 1);
    assert_eq!(desk.saves("returns", Some("60 days"), at(1)).await, 2);
    assert_eq!(desk.saves("hours", Some("9 to 5"), at(2)).await, 1);
    assert_eq!(desk.saves("hours", None, at(3)).await, 2);
    let article = |id: &str, source: Option<&str>, version| SavedArticle {
        id: id.to_owned(),
        source: source.map(str::to_owned),
        version,
    };
    let saved = desk.store.saved_articles().await.unwrap();
    assert_eq!(saved, [article("hours", None, 2), article("returns", Some("60 days"), 2)]);
}

pub(crate) async fn versions_of_an_article_page_from_the_newest(desk: Desk) {
    desk.saves("returns", Some("30 days"), at(0)).await;
    desk.saves("returns", None, at(1)).await;
    desk.saves("hours", Some("9 to 5"), at(2)).await;
    let edit = SaveArticle {
        id: "returns".to_owned(),
        source: Some("60 days".to_owned()),
        author: "kim".to_owned(),
        at_least: 7,
    };
    assert_eq!(desk.store.save_article(edit, at(3)).await.unwrap(), 7, "a number may be left out");
    assert_eq!(desk.saves("returns", Some("90 days"), at(4)).await, 8);
    let version = |version, source: Option<&str>, author: &str, seconds| ArticleVersion {
        version,
        source: source.map(str::to_owned),
        author: author.to_owned(),
        at: at(seconds),
    };
    let query = |id: &str, cursor| ArticleVersionQuery { id: id.to_owned(), cursor, limit: 3 };
    let first = desk.store.article_versions(query("returns", None)).await.unwrap();
    assert_eq!(
        first.rows,
        [version(8, Some("90 days"), "sam", 4), version(7, Some("60 days"), "kim", 3), version(2, None, "sam", 1)]
    );
    let last = desk.store.article_versions(query("returns", first.next)).await.unwrap();
    assert_eq!((last.rows, last.next), (vec![version(1, Some("30 days"), "sam", 0)], None));
    let none = desk.store.article_versions(query("warranty", None)).await.unwrap();
    assert_eq!((none.rows, none.next), (Vec::new(), None));
    let made_up = Some(Cursor("rubbish".to_owned()));
    let refused = desk.store.article_versions(query("returns", made_up)).await.unwrap_err();
    assert_eq!(refused, StoreError::InvalidCursor("rubbish".to_owned()));
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
