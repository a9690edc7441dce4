//! Turns are finished: stored whole, or not at all.

use std::time::Duration;

use service::domain::conversation::{Owner, Priority, Queue, Status, Transition};
use service::domain::decision::{Action, Reason, ReasonCode};
use service::domain::flow::{Memory, Slot};
use service::domain::handoff::Refreshed;
use service::domain::message::{Author, Delivery};
use service::store::{ChangeOwner, RefreshHandoff, TurnEnd};

use super::desk::{Desk, agent, at, handoff, minute, outcome, visitor};

pub(crate) async fn a_turn_is_answered_and_remembered(desk: Desk) {
    let id = desk.hears(&visitor("ada"), "Where is my order?", at(0)).await.conversation.id;
    let lease = desk.takes_answer_job(at(1)).await;
    let turn = desk.turn(id).await;
    let mut outcome = outcome(&turn, &["On its way.", "Anything else?"]);
    outcome.memory.remember(Slot {
        name: "order_number".to_owned(),
        value: "1042".to_owned(),
        message: 1,
        verified: false,
    });
    let memory = outcome.memory.clone();
    let TurnEnd::Stored { replies, handoff } = desk.finishes(&turn, outcome, &lease, at(2)).await else {
        panic!("nothing was in the way");
    };
    assert_eq!(handoff, None);
    assert_eq!(replies.iter().map(|reply| reply.seq).collect::<Vec<_>>(), [2, 3]);
    assert!(replies.iter().all(|reply| reply.author == Author::Assistant && reply.delivery == Delivery::None));

    let turn = desk.turn(id).await;
    assert_eq!(turn.memory, memory);
    assert_eq!(turn.unanswered().count(), 0);
    assert_eq!(turn.history[0].decision.as_ref().unwrap().action, Action::Answer);
    assert_eq!(turn.history[1..], replies);
    assert_eq!(desk.store.job_counts(at(3)).await.unwrap().leased, 0);
}

pub(crate) async fn a_newer_message_supersedes_the_answer(desk: Desk) {
    let ada = visitor("ada");
    let id = desk.hears(&ada, "Where is my order?", at(0)).await.conversation.id;
    let lease = desk.takes_answer_job(at(1)).await;
    let early = desk.turn(id).await;
    desk.hears(&ada, "Number 1042", at(2)).await;
    let end = desk.finishes(&early, outcome(&early, &["Which one?"]), &lease, at(3)).await;
    assert_eq!(end, TurnEnd::Superseded);

    let turn = desk.turn(id).await;
    assert_eq!(turn.text(), "Where is my order?\nNumber 1042");
    let end = desk.finishes(&turn, outcome(&turn, &["On its way."]), &lease, at(4)).await;
    assert!(matches!(end, TurnEnd::Stored { .. }));
    assert_eq!(desk.turn(id).await.history.len(), 3);
    assert_eq!(desk.store.job_counts(at(5)).await.unwrap(), service::store::JobCounts::default());
}

pub(crate) async fn a_lost_lease_says_nothing(desk: Desk) {
    let id = desk.hears(&visitor("ada"), "Hello?", at(0)).await.conversation.id;
    let slow = desk.takes_answer_job(at(1)).await;
    let turn = desk.turn(id).await;
    let quick = desk.takes_answer_job(at(1) + minute()).await;
    assert_eq!((quick.job_id, quick.attempt), (slow.job_id, 2));
    let late = desk.finishes(&turn, outcome(&turn, &["Hello from the slow one"]), &slow, at(70)).await;
    assert_eq!(late, TurnEnd::OwnerChanged);
    let end = desk.finishes(&turn, outcome(&turn, &["Hello"]), &quick, at(71)).await;
    assert!(matches!(end, TurnEnd::Stored { .. }));
    assert_eq!(desk.turn(id).await.history[1].text, "Hello");
    let again = desk.finishes(&turn, outcome(&turn, &["Hello twice"]), &quick, at(72)).await;
    assert_eq!(again, TurnEnd::OwnerChanged);
}

pub(crate) async fn a_handoff_waits_in_line_with_its_replies(desk: Desk) {
    let accepted = desk.hears(&visitor("ada"), "A human, please!", at(0)).await;
    let id = accepted.conversation.id;
    let new = handoff("orders", Priority::High);
    let TurnEnd::Stored { replies, handoff } = desk.hands_off(id, new.clone(), at(1)).await else {
        panic!("nothing was in the way");
    };
    let conversation = desk.sees(id).await;
    assert_eq!(conversation.owner, Owner::Queue(Queue::new("orders")));
    assert_eq!((conversation.status, conversation.priority), (Status::Open, Priority::High));
    assert_eq!(conversation.epoch, accepted.conversation.epoch.next());
    assert_eq!(replies[0].epoch, conversation.epoch);

    let row = desk.store.handoff(handoff.unwrap()).await.unwrap().unwrap();
    assert_eq!((row.handoff.brief, row.handoff.reasons), (new.brief, new.reasons));
    assert_eq!(row.contact_id, accepted.contact_id);
    assert_eq!(row.last_message, Some(desk.turn(id).await.history[0].clone()));

    desk.hears(&visitor("ada"), "Hello?", at(2)).await;
    let jobs = desk.store.claim_jobs(10, Duration::from_mins(1), at(3)).await.unwrap();
    assert_eq!(jobs.iter().map(|job| job.job.kind()).collect::<Vec<_>>(), ["rebrief"], "the assistant is silent");
    assert_eq!(desk.turn(id).await.unanswered().count(), 1);
}

pub(crate) async fn a_handoff_is_refreshed_until_somebody_takes_it(desk: Desk) {
    let id = desk.hears(&visitor("ada"), "A human, please!", at(0)).await.conversation.id;
    let TurnEnd::Stored { handoff: Some(waiting), .. } =
        desk.hands_off(id, handoff("orders", Priority::Normal), at(1)).await
    else {
        panic!("nothing was in the way");
    };
    let urgent = handoff("orders", Priority::Urgent);
    let refresh = RefreshHandoff {
        handoff: waiting,
        conversation: id,
        epoch: desk.sees(id).await.epoch,
        refreshed: Refreshed {
            memory: Memory { mood: vec![0.9], ..Memory::default() },
            priority: urgent.priority,
            reasons: vec![Reason::of(ReasonCode::Safety)],
            brief: urgent.brief.clone(),
        },
    };
    assert!(desk.store.refresh_handoff(refresh.clone(), at(2)).await.unwrap());
    let stored = desk.store.handoff(waiting).await.unwrap().unwrap().handoff;
    assert_eq!((stored.priority, stored.brief), (Priority::Urgent, urgent.brief));
    assert_eq!(stored.reasons, [Reason::of(ReasonCode::Safety)]);
    assert_eq!(desk.sees(id).await.priority, Priority::Urgent);
    assert_eq!(desk.turn(id).await.memory.mood, [0.9]);

    desk.store.change_owner(ChangeOwner::new(id, Transition::Claim(agent("Sam"))), at(3)).await.unwrap();
    assert!(!desk.store.refresh_handoff(refresh, at(4)).await.unwrap(), "they read the thread");
}

pub(crate) async fn a_message_during_the_answer_is_never_forgotten(desk: Desk) {
    let ada = visitor("ada");
    let id = desk.hears(&ada, "Hello?", at(0)).await.conversation.id;
    let lease = desk.takes_answer_job(at(1)).await;
    let seen = desk.turn(id).await;
    desk.hears(&ada, "Anybody?", at(2)).await;
    assert_eq!(seen.history.len(), 1);
    assert!(desk.store.complete_job(&lease).await.unwrap());
    desk.answers(id, &["Yes."], at(3)).await;
    assert_eq!(desk.turn(id).await.unanswered().count(), 0);
}

pub(crate) async fn a_message_after_the_return_to_the_assistant_is_never_forgotten(desk: Desk) {
    let ada = visitor("ada");
    let id = desk.hears(&ada, "Hello?", at(0)).await.conversation.id;
    let lease = desk.takes_answer_job(at(1)).await;
    let early = desk.turn(id).await;
    for step in [Transition::Claim(agent("Sam")), Transition::ReturnToAssistant] {
        desk.store.change_owner(ChangeOwner::new(id, step), at(2)).await.unwrap();
    }
    desk.hears(&ada, "And another thing", at(3)).await;
    let end = desk.finishes(&early, outcome(&early, &["Hello"]), &lease, at(4)).await;
    assert_eq!(end, TurnEnd::OwnerChanged);
    desk.answers(id, &["About that other thing"], at(5)).await;
    assert_eq!(desk.turn(id).await.history.last().unwrap().text, "About that other thing");
}
