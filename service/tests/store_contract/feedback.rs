//! What humans say about decisions, and what became of it.

use service::domain::decision::{Action, Reason, ReasonCode};
use service::domain::feedback::{Decided, Feedback, Meant, MessagePlace, ReviewState, Reviewed, Subject, Verdict};
use service::domain::id::FeedbackId;
use service::store::{FeedbackQuery, GiveFeedback, Idempotency, ReviewFeedback, StoreError};

use super::desk::{Desk, at, outcome, visitor};

fn feedback(text: &str, seconds: i64) -> Feedback {
    Feedback {
        id: FeedbackId::new(),
        created_at: at(seconds),
        author: "sam".to_owned(),
        subject: Subject { text: text.to_owned(), message: None },
        decided: None,
        verdict: Verdict::Wrong,
        meant: Meant::Intent("returns".to_owned()),
        note: None,
        state: ReviewState::Waiting,
        reviewed: None,
    }
}

async fn give(desk: &Desk, feedback: Feedback) -> Feedback {
    desk.store.give_feedback(GiveFeedback { feedback, idempotency: None }).await.unwrap()
}

async fn review(desk: &Desk, id: FeedbackId, state: ReviewState, seconds: i64) -> Feedback {
    let reviewed = Reviewed { by: "admin".to_owned(), at: at(seconds) };
    desk.store.review_feedback(ReviewFeedback { id, state, reviewed }).await.unwrap()
}

pub(crate) async fn feedback_is_kept_as_it_was_given(desk: Desk) {
    let conversation = desk.hears(&visitor("ada"), "the plate is crazed", at(0)).await.conversation.id;
    let given = Feedback {
        subject: Subject {
            text: "the plate is crazed".to_owned(),
            message: Some(MessagePlace { conversation, seq: 1 }),
        },
        decided: Some(Decided { intent: Some("returns".to_owned()), confidence: Some(0.5), action: Action::Answer }),
        verdict: Verdict::Right,
        meant: Meant::NoneOfOurs,
        note: Some("seen twice".to_owned()),
        ..feedback("", 1)
    };
    assert_eq!(give(&desk, given.clone()).await, given);
    assert_eq!(desk.store.feedback(given.id).await.unwrap(), Some(given));
    assert_eq!(desk.store.feedback(FeedbackId::new()).await.unwrap(), None);
}

pub(crate) async fn the_same_key_gives_it_once(desk: Desk) {
    let give = async |fingerprint: u8, text: &str| {
        let promise =
            Idempotency { scope: "bot:feedback".to_owned(), key: "k".to_owned(), fingerprint: [fingerprint; 32] };
        desk.store.give_feedback(GiveFeedback { feedback: feedback(text, 0), idempotency: Some(promise) }).await
    };
    let first = give(1, "a").await.unwrap();
    assert_eq!(give(1, "a").await.unwrap(), first);
    assert_eq!(give(2, "b").await.unwrap_err(), StoreError::IdempotencyMismatch("k".to_owned()));
    let all = desk.store.feedback_list(FeedbackQuery { limit: 10, ..FeedbackQuery::default() }).await.unwrap();
    assert_eq!(all.rows, [first]);
}

pub(crate) async fn feedback_is_listed_by_state_and_learned_in_order_of_review(desk: Desk) {
    let mut given = Vec::new();
    for seconds in 0..5 {
        given.push(give(&desk, feedback(&format!("text {seconds}"), seconds)).await.id);
    }
    let list = async |state, limit, cursor| {
        let page = desk.store.feedback_list(FeedbackQuery { state, cursor, limit }).await.unwrap();
        (page.rows.into_iter().map(|row| row.id).collect::<Vec<_>>(), page.next)
    };
    let (first, next) = list(None, 3, None).await;
    let (rest, end) = list(None, 3, next).await;
    let listed: Vec<FeedbackId> = first.into_iter().chain(rest).rev().collect();
    assert_eq!((&listed, end), (&given, None));

    let accepted = review(&desk, given[3], ReviewState::Accepted, 10).await;
    assert_eq!(accepted.state, ReviewState::Accepted);
    assert_eq!(accepted.reviewed, Some(Reviewed { by: "admin".to_owned(), at: at(10) }));
    review(&desk, given[1], ReviewState::Accepted, 11).await;
    review(&desk, given[2], ReviewState::Accepted, 12).await;
    review(&desk, given[2], ReviewState::Rejected, 13).await;
    assert_eq!(list(Some(ReviewState::Waiting), 10, None).await.0, [given[4], given[0]]);
    assert_eq!(list(Some(ReviewState::Rejected), 10, None).await.0, [given[2]]);
    let learned: Vec<FeedbackId> =
        desk.store.accepted_feedback().await.unwrap().into_iter().map(|feedback| feedback.id).collect();
    assert_eq!(learned, [given[3], given[1]]);

    let id = FeedbackId::new();
    let reviewed = Reviewed { by: "admin".to_owned(), at: at(14) };
    let missing = desk.store.review_feedback(ReviewFeedback { id, state: ReviewState::Accepted, reviewed }).await;
    assert_eq!(missing.unwrap_err(), StoreError::NotFound { what: "feedback", id: id.to_string() });
}

pub(crate) async fn messages_that_no_intent_fits_are_found(desk: Desk) {
    for (n, (text, code)) in [
        ("do you teach weaving", ReasonCode::OutOfScope),
        ("where is my order", ReasonCode::KnowledgeFound),
        ("teach me to weave", ReasonCode::OutOfScope),
    ]
    .into_iter()
    .enumerate()
    {
        let now = at(10 * n as i64);
        let conversation = desk.hears(&visitor(&format!("visitor-{n}")), text, now).await.conversation.id;
        let lease = desk.takes_answer_job(now).await;
        let turn = desk.turn(conversation).await;
        let mut outcome = outcome(&turn, &["I see."]);
        outcome.decision.reasons = vec![Reason::of(code)];
        desk.finishes(&turn, outcome, &lease, now).await;
    }
    let found = desk.store.out_of_scope_messages(10).await.unwrap();
    assert_eq!(found, ["teach me to weave", "do you teach weaving"]);
    assert_eq!(desk.store.out_of_scope_messages(1).await.unwrap(), ["teach me to weave"]);
}
