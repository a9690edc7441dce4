//! Messages of contacts come in: once, in order, in the right thread.

use futures::future::join_all;
use service::domain::conversation::{Owner, Status, Transition};
use service::domain::message::{Author, Delivery};
use service::store::{AcceptMessage, ChangeOwner, Idempotency, StoreError};

use super::desk::{Desk, at, inbound, phone, visitor};

fn promise(key: &str, request: u8) -> Idempotency {
    Idempotency { scope: "key-1 messages".to_owned(), key: key.to_owned(), fingerprint: [request; 32] }
}

pub(crate) async fn a_message_is_stored_with_its_job(desk: Desk) {
    let accepted = desk.hears(&visitor("ada"), "Where is my order?", at(0)).await;
    assert!(!accepted.duplicate);
    assert_eq!(accepted.message.seq, 1);
    assert_eq!(accepted.message.author, Author::Contact);
    assert_eq!(accepted.message.delivery, Delivery::None);
    assert_eq!(accepted.conversation.owner, Owner::Assistant);
    assert_eq!(accepted.conversation.subject.as_deref(), Some("Where is my order?"));

    let thread = desk.store.conversation(accepted.conversation.id).await.unwrap().unwrap();
    assert_eq!(thread.conversation, accepted.conversation);
    assert_eq!(thread.messages, [accepted.message]);
    assert_eq!(thread.contact.id, accepted.contact_id);
    assert_eq!(thread.contact.identities[0].handle, visitor("ada"));
    desk.takes_answer_job(at(0)).await;
}

pub(crate) async fn the_same_external_id_is_the_same_message(desk: Desk) {
    let mut message = inbound(&phone(1), "Hello?");
    message.external_id = Some("SM1".to_owned());
    let first = desk.accepts(message.clone(), at(0)).await;
    let second = desk.accepts(message, at(1)).await;
    assert!(second.duplicate);
    assert_eq!(second.message, first.message);
    assert_eq!(desk.turn(first.conversation.id).await.history.len(), 1);
}

pub(crate) async fn another_senders_external_id_is_another_message(desk: Desk) {
    let mut first = inbound(&visitor("ada"), "Where is my order?");
    first.external_id = Some("7".to_owned());
    let mut second = inbound(&visitor("eve"), "Hello?");
    second.external_id = Some("7".to_owned());
    let first = desk.accepts(first, at(0)).await;
    let second = desk.accepts(second, at(1)).await;
    assert!(!second.duplicate);
    assert_ne!(second.conversation.id, first.conversation.id);
    assert_eq!(second.message.text, "Hello?");
}

pub(crate) async fn fifty_arrivals_at_once_are_one_message(desk: Desk) {
    let mut message = inbound(&phone(1), "Hello?");
    message.external_id = Some("SM1".to_owned());
    let arrivals = join_all((0..50).map(|_| desk.accepts(message.clone(), at(0)))).await;
    assert_eq!(arrivals.iter().filter(|accepted| !accepted.duplicate).count(), 1);
    let turn = desk.turn(arrivals[0].conversation.id).await;
    assert_eq!(turn.history.len(), 1);
    assert!(arrivals.iter().all(|accepted| accepted.message == turn.history[0]));
}

pub(crate) async fn the_same_key_is_the_same_request(desk: Desk) {
    let request = |key: &str, body: u8| AcceptMessage {
        inbound: inbound(&visitor("ada"), "Hello?"),
        idempotency: Some(promise(key, body)),
    };
    let arrivals = join_all((0..10).map(|_| desk.store.accept_message(request("a", 1), at(0)))).await;
    let stored = arrivals.iter().filter(|accepted| !accepted.as_ref().unwrap().duplicate).count();
    assert_eq!(stored, 1);
    let other = desk.store.accept_message(request("a", 2), at(1)).await.unwrap_err();
    assert_eq!(other, StoreError::IdempotencyMismatch("a".to_owned()));
    let fresh = desk.store.accept_message(request("b", 1), at(2)).await.unwrap();
    assert_eq!((fresh.duplicate, fresh.message.seq), (false, 2));
}

pub(crate) async fn a_hundred_messages_at_once_make_one_thread_without_gaps(desk: Desk) {
    let arrivals = join_all((0..100).map(|n| {
        let desk = desk.clone();
        let task = async move { desk.hears(&visitor("ada"), &format!("message {n}"), at(0)).await };
        tokio::spawn(task)
    }))
    .await;
    let arrivals: Vec<_> = arrivals.into_iter().map(Result::unwrap).collect();
    let mut seqs: Vec<i64> = arrivals.iter().map(|accepted| accepted.message.seq).collect();
    seqs.sort_unstable();
    assert_eq!(seqs, (1..=100).collect::<Vec<_>>());
    let first = &arrivals[0];
    assert!(arrivals.iter().all(|accepted| accepted.contact_id == first.contact_id));
    assert!(arrivals.iter().all(|accepted| accepted.conversation.id == first.conversation.id));
    desk.takes_answer_job(at(0)).await;
}

pub(crate) async fn a_resolved_conversation_is_not_joined_unless_named(desk: Desk) {
    let ada = visitor("ada");
    let first = desk.hears(&ada, "Hello?", at(0)).await.conversation;
    desk.store.change_owner(ChangeOwner::new(first.id, Transition::Resolve), at(1)).await.unwrap();
    let second = desk.hears(&ada, "Another thing", at(2)).await.conversation;
    assert_ne!(second.id, first.id);

    let mut again = inbound(&ada, "About the first thing");
    again.conversation_id = Some(first.id);
    let named = desk.accepts(again, at(3)).await.conversation;
    assert_eq!(named.id, first.id);
    assert_eq!((named.owner, named.status), (Owner::Assistant, Status::Pending));
    assert_eq!(named.epoch, first.epoch.next().next());
    let turn = desk.turn(first.id).await;
    let asked: Vec<&str> = turn.unanswered().map(|message| message.text.as_str()).collect();
    assert_eq!(asked, ["About the first thing"]);
}

pub(crate) async fn somebody_elses_conversation_cannot_be_named(desk: Desk) {
    let ada = desk.hears(&visitor("ada"), "Hello?", at(0)).await;
    let mut message = inbound(&visitor("eve"), "Hello, it is Ada");
    message.conversation_id = Some(ada.conversation.id);
    let eve = desk.accepts(message, at(1)).await;
    assert_ne!(eve.conversation.id, ada.conversation.id);
    assert_ne!(eve.contact_id, ada.contact_id);
}
