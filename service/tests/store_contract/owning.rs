//! Who may speak: never two at once, and never the assistant after a human.

use service::domain::conversation::{Owner, Priority, Queue, Status, Transition, TransitionError};
use service::domain::message::Author;
use service::store::{ChangeOwner, HandoffQuery, HandoffState, Idempotency, StoreError, TurnEnd};

use super::desk::{Desk, agent, at, handoff, outcome, says, visitor};

const RACES: i64 = 60;

pub(crate) async fn claiming_and_finishing_at_once_lets_one_of_them_speak(desk: Desk) {
    let mut claimed_first = 0;
    for race in 0..RACES {
        let id = desk.hears(&visitor(&format!("v{race}")), "Hello?", at(race)).await.conversation.id;
        let lease = desk.takes_answer_job(at(race)).await;
        let turn = desk.turn(id).await;
        let finish = desk.finishes(&turn, outcome(&turn, &["Hello"]), &lease, at(race));
        let claim = desk.store.change_owner(ChangeOwner::new(id, Transition::Claim(agent("Sam"))), at(race));
        let (end, claimed) = if race % 2 == 0 {
            tokio::join!(finish, claim)
        } else {
            let (claimed, end) = tokio::join!(claim, finish);
            (end, claimed)
        };
        let claimed = claimed.unwrap();
        let thread = desk.store.conversation(id).await.unwrap().unwrap();
        let said: Vec<_> = thread.messages.iter().filter(|m| m.author == Author::Assistant).collect();
        match end {
            TurnEnd::Stored { .. } => assert_eq!(said.len(), 1),
            TurnEnd::OwnerChanged => {
                claimed_first += 1;
                assert!(said.is_empty());
            }
            TurnEnd::Superseded => panic!("nobody wrote"),
        }
        assert!(said.iter().all(|message| message.epoch < claimed.epoch));
        assert_eq!(thread.conversation.owner, Owner::Agent(agent("Sam")));
        assert_eq!(desk.store.job_counts(at(race)).await.unwrap().leased, 0);
    }
    assert!(claimed_first > 0, "the claim never won, so the race was never run");
}

pub(crate) async fn speaking_and_finishing_at_once_never_mixes_up_the_order(desk: Desk) {
    for race in 0..RACES {
        let id = desk.hears(&visitor(&format!("v{race}")), "Hello?", at(race)).await.conversation.id;
        let lease = desk.takes_answer_job(at(race)).await;
        let turn = desk.turn(id).await;
        let finish = desk.finishes(&turn, outcome(&turn, &["Hello", "How are you?"]), &lease, at(race));
        let speak = desk.store.agent_message(says(id, "Sam", "Sam here"), at(race));
        let (spoken, end) = tokio::join!(speak, finish);
        let spoken = spoken.unwrap();
        let thread = desk.store.conversation(id).await.unwrap().unwrap();
        let seqs: Vec<i64> = thread.messages.iter().map(|message| message.seq).collect();
        assert_eq!(seqs, (1..=thread.conversation.last_seq).collect::<Vec<_>>());
        assert!(thread.messages.is_sorted_by_key(|message| message.epoch));
        let after = thread.messages.iter().filter(|message| message.seq > spoken.seq);
        assert_eq!(after.filter(|message| message.author == Author::Assistant).count(), 0);
        if end == TurnEnd::OwnerChanged {
            assert_eq!(thread.messages.len(), 2);
        }
    }
}

pub(crate) async fn an_agent_takes_over_by_writing(desk: Desk) {
    let ada = visitor("ada");
    let id = desk.hears(&ada, "A human, please!", at(0)).await.conversation.id;
    desk.hands_off(id, handoff("orders", Priority::Normal), at(1)).await;
    let before = desk.sees(id).await;
    let said = desk.store.agent_message(says(id, "Sam", "Sam here"), at(2)).await.unwrap();
    let conversation = desk.sees(id).await;
    assert_eq!(conversation.owner, Owner::Agent(agent("Sam")));
    assert_eq!(conversation.epoch, before.epoch.next());
    assert_eq!((said.author, said.epoch), (Author::Agent(agent("Sam")), conversation.epoch));
    let claimed = HandoffQuery { state: HandoffState::Claimed, limit: 10, ..HandoffQuery::default() };
    let claimed = desk.store.handoffs(claimed).await.unwrap().rows;
    assert_eq!(claimed[0].handoff.claimed_by, Some(agent("Sam")));

    desk.store.agent_message(says(id, "Sam", "One moment"), at(3)).await.unwrap();
    assert_eq!(desk.sees(id).await.epoch, conversation.epoch);
    let refused =
        desk.store.change_owner(ChangeOwner::new(id, Transition::Claim(agent("Kim"))), at(4)).await.unwrap_err();
    assert_eq!(refused, StoreError::Transition(TransitionError::OwnedByAnotherAgent(agent("Sam"))));
}

pub(crate) async fn the_same_key_says_it_once(desk: Desk) {
    let id = desk.hears(&visitor("ada"), "Hello?", at(0)).await.conversation.id;
    let mut message = says(id, "Sam", "Sam here");
    message.idempotency = Some(Idempotency { scope: "sam".to_owned(), key: "k".to_owned(), fingerprint: [7; 32] });
    let first = desk.store.agent_message(message.clone(), at(1)).await.unwrap();
    let second = desk.store.agent_message(message, at(2)).await.unwrap();
    assert_eq!(first, second);
    assert_eq!(desk.sees(id).await.last_seq, 2);
}

pub(crate) async fn the_same_key_changes_hands_once(desk: Desk) {
    let id = desk.hears(&visitor("ada"), "A human, please!", at(0)).await.conversation.id;
    let promise = Idempotency { scope: "sam:claim".to_owned(), key: "k".to_owned(), fingerprint: [7; 32] };
    let claim = |fingerprint: [u8; 32]| ChangeOwner {
        note: Some("mine".to_owned()),
        idempotency: Some(Idempotency { fingerprint, ..promise.clone() }),
        ..ChangeOwner::new(id, Transition::Claim(agent("Sam")))
    };
    desk.store.change_owner(claim([7; 32]), at(1)).await.unwrap();
    desk.store.change_owner(ChangeOwner::new(id, Transition::Release(Queue::new("orders"))), at(2)).await.unwrap();
    let released = desk.sees(id).await;
    let again = desk.store.change_owner(claim([7; 32]), at(3)).await.unwrap();
    assert_eq!(again, released, "a repeated claim does not take it from the line again");
    let another = desk.store.change_owner(claim([8; 32]), at(4)).await.unwrap_err();
    assert_eq!(another, StoreError::IdempotencyMismatch("k".to_owned()));
}

pub(crate) async fn release_resolve_and_reopen_move_the_handoff(desk: Desk) {
    let id = desk.hears(&visitor("ada"), "A human, please!", at(0)).await.conversation.id;
    desk.hands_off(id, handoff("orders", Priority::Normal), at(1)).await;
    let change = |step: Transition, note: Option<&str>, seconds: i64| {
        let change = ChangeOwner { note: note.map(str::to_owned), ..ChangeOwner::new(id, step) };
        desk.store.change_owner(change, at(seconds))
    };
    let newest = async || desk.store.conversation(id).await.unwrap().unwrap().handoff.unwrap();

    change(Transition::Claim(agent("Sam")), None, 2).await.unwrap();
    assert_eq!(newest().await.claimed_by, Some(agent("Sam")));
    let epoch = desk.sees(id).await.epoch;
    let again = change(Transition::Claim(agent("Sam")), None, 3).await.unwrap();
    assert_eq!(again.epoch, epoch);

    change(Transition::Release(Queue::new("billing")), Some("not mine"), 4).await.unwrap();
    let waiting = newest().await;
    assert_eq!((waiting.queue, waiting.claimed_by, waiting.closed_at), (Queue::new("billing"), None, None));
    let note = desk.turn(id).await.history.last().cloned().unwrap();
    assert_eq!((note.author, note.text.as_str()), (Author::System, "not mine"));

    let resolved = change(Transition::Resolve, None, 5).await.unwrap();
    assert_eq!((resolved.owner, resolved.status), (Owner::Nobody, Status::Resolved));
    assert_eq!(newest().await.closed_at, Some(at(5)));
    change(Transition::Reopen(Queue::new("orders")), None, 6).await.unwrap();
    let reopened = newest().await;
    assert_eq!((reopened.queue, reopened.closed_at), (Queue::new("orders"), None));
}

pub(crate) async fn returning_makes_a_fresh_start(desk: Desk) {
    let ada = visitor("ada");
    let id = desk.hears(&ada, "A human, please!", at(0)).await.conversation.id;
    let lease = desk.takes_answer_job(at(1)).await;
    let turn = desk.turn(id).await;
    let mut handed = outcome(&turn, &["I am handing you over."]);
    handed.handoff = Some(handoff("orders", Priority::Normal));
    handed.memory.failures = 2;
    handed.memory.mood = vec![0.9];
    desk.finishes(&turn, handed, &lease, at(1)).await;
    desk.store.change_owner(ChangeOwner::new(id, Transition::Claim(agent("Sam"))), at(2)).await.unwrap();
    desk.hears(&ada, "Thanks, Sam", at(3)).await;
    let returned = desk.store.change_owner(ChangeOwner::new(id, Transition::ReturnToAssistant), at(4)).await.unwrap();
    assert_eq!((returned.owner, returned.status), (Owner::Assistant, Status::Pending));
    let turn = desk.turn(id).await;
    assert_eq!((turn.memory.failures, turn.memory.mood.as_slice()), (0, [0.9].as_slice()));
    assert_eq!(turn.unanswered().count(), 0);
    assert_eq!(desk.store.job_counts(at(5)).await.unwrap().waiting, 0);
    desk.hears(&ada, "One more thing", at(6)).await;
    desk.answers(id, &["Yes?"], at(7)).await;
}
