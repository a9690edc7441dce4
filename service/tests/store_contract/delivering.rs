//! Messages leave once, by the way the contact came, and not behind a human's back.

use std::time::Duration;

use service::domain::channel::{Channel, InboxId};
use service::domain::conversation::{Priority, Transition};
use service::domain::id::{ConversationId, MessageId};
use service::domain::job::Job;
use service::domain::message::Delivery;
use service::store::{ChangeOwner, Outgoing, StoreError, TurnEnd};

use super::desk::{Desk, agent, at, handoff, phone, says};

/// The assistant answers a text message; the reply.
async fn replied(desk: &Desk) -> (ConversationId, MessageId) {
    let id = desk.hears(&phone(1), "Where is my order?", at(0)).await.conversation.id;
    let TurnEnd::Stored { replies, .. } = desk.answers(id, &["On its way."], at(1)).await else {
        panic!("nothing was in the way");
    };
    assert_eq!(replies[0].delivery, Delivery::Queued);
    (id, replies[0].id)
}

async fn state(desk: &Desk, id: ConversationId, message: MessageId) -> Delivery {
    let history = desk.turn(id).await.history;
    history.iter().find(|row| row.id == message).unwrap().delivery
}

pub(crate) async fn a_reply_by_text_message_is_sent_once(desk: Desk) {
    let (id, reply) = replied(&desk).await;
    let jobs = desk.store.claim_jobs(10, Duration::from_mins(1), at(2)).await.unwrap();
    assert_eq!(
        jobs.iter().map(|taken| taken.job.clone()).collect::<Vec<_>>(),
        [Job::Deliver { message: reply.as_uuid() }]
    );
    let Outgoing::Send { message, to } = desk.store.begin_delivery(reply).await.unwrap() else {
        panic!("nothing is in the way");
    };
    assert_eq!((message.id, to), (reply, phone(1)));
    desk.store.record_sent(reply, Some("SM9"), at(3)).await.unwrap();
    assert_eq!(state(&desk, id, reply).await, Delivery::Sent);
    assert_eq!(desk.store.begin_delivery(reply).await.unwrap(), Outgoing::Drop);
}

pub(crate) async fn nothing_of_the_assistant_leaves_after_a_human_took_over(desk: Desk) {
    let (id, reply) = replied(&desk).await;
    let said = desk.store.agent_message(says(id, "Sam", "Sam here"), at(2)).await.unwrap();
    assert_eq!(desk.store.begin_delivery(reply).await.unwrap(), Outgoing::Drop);
    assert_eq!(state(&desk, id, reply).await, Delivery::Withheld);
    assert!(matches!(desk.store.begin_delivery(said.id).await.unwrap(), Outgoing::Send { .. }));
}

pub(crate) async fn not_even_after_the_human_gave_it_back(desk: Desk) {
    let (id, reply) = replied(&desk).await;
    for step in [Transition::Claim(agent("Sam")), Transition::ReturnToAssistant] {
        desk.store.change_owner(ChangeOwner::new(id, step), at(2)).await.unwrap();
    }
    assert_eq!(desk.store.begin_delivery(reply).await.unwrap(), Outgoing::Drop);
    assert_eq!(state(&desk, id, reply).await, Delivery::Withheld);
}

pub(crate) async fn the_goodbye_of_a_handoff_still_leaves(desk: Desk) {
    let id = desk.hears(&phone(1), "A human, please!", at(0)).await.conversation.id;
    let TurnEnd::Stored { replies, .. } = desk.hands_off(id, handoff("orders", Priority::High), at(1)).await else {
        panic!("nothing was in the way");
    };
    assert!(matches!(desk.store.begin_delivery(replies[0].id).await.unwrap(), Outgoing::Send { .. }));
}

pub(crate) async fn reports_only_ever_advance(desk: Desk) {
    let (id, reply) = replied(&desk).await;
    desk.store.record_sent(reply, Some("SM9"), at(3)).await.unwrap();
    let inbox = InboxId::default_for(Channel::Sms);
    let report = async |news, seconds| desk.store.record_status(&inbox, "SM9", news, at(seconds)).await.unwrap();
    assert!(report(Delivery::Read, 4).await);
    assert!(report(Delivery::Delivered, 5).await);
    assert!(report(Delivery::Failed, 6).await);
    assert_eq!(state(&desk, id, reply).await, Delivery::Read);
    assert!(!desk.store.record_status(&inbox, "SM8", Delivery::Read, at(7)).await.unwrap());
    desk.store.record_undeliverable(reply, at(8)).await.unwrap();
    assert_eq!(state(&desk, id, reply).await, Delivery::Read);
    let unknown = desk.store.record_sent(MessageId::new(), None, at(9)).await.unwrap_err();
    assert!(matches!(unknown, StoreError::NotFound { what: "message", .. }));
}
