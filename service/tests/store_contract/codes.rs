//! One-time codes count once, soon, here and within three tries.

use jiff::SignedDuration;
use service::domain::code::{Challenge, CodeCheck};
use service::domain::handle::Handle;
use service::domain::id::{ChallengeId, ConversationId};
use service::domain::job::Job;

use super::desk::{Desk, at, phone, visitor};

const RIGHT: [u8; 32] = [1; 32];
const WRONG: [u8; 32] = [2; 32];

async fn conversation(desk: &Desk, name: &str) -> ConversationId {
    desk.hears(&visitor(name), "Where is my order?", at(0)).await.conversation.id
}

fn challenge(conversation_id: ConversationId, handle: Handle) -> Challenge {
    let expires_at = at(600);
    Challenge { id: ChallengeId::new(), conversation_id, handle, code_hash: RIGHT, expires_at }
}

async fn send(desk: &Desk, challenge: &Challenge, limit: u32, seconds: i64) -> bool {
    let job = Job::SendCode {
        challenge: challenge.id.as_uuid(),
        to_kind: challenge.handle.kind().name().to_owned(),
        to: challenge.handle.value().to_owned(),
        code: "123456".to_owned(),
    };
    desk.store.create_challenge(challenge.clone(), job, limit, at(seconds)).await.unwrap()
}

async fn check(desk: &Desk, challenge: &Challenge, hash: [u8; 32], seconds: i64) -> CodeCheck {
    desk.store.check_challenge(challenge.id, challenge.conversation_id, hash, at(seconds)).await.unwrap()
}

pub(crate) async fn a_right_code_counts_once(desk: Desk) {
    let challenge = challenge(conversation(&desk, "ada").await, phone(1));
    assert!(send(&desk, &challenge, 5, 0).await);
    assert!(send(&desk, &challenge, 5, 1).await);
    assert_eq!(desk.store.job_counts(at(1)).await.unwrap().waiting, 2, "one answer and one code");
    assert_eq!(check(&desk, &challenge, WRONG, 2).await, CodeCheck::Wrong { left: 2 });
    assert_eq!(check(&desk, &challenge, RIGHT, 3).await, CodeCheck::Proven(phone(1)));
    assert_eq!(check(&desk, &challenge, RIGHT, 4).await, CodeCheck::Void);
}

pub(crate) async fn three_tries_and_it_is_void(desk: Desk) {
    let challenge = challenge(conversation(&desk, "ada").await, phone(1));
    send(&desk, &challenge, 5, 0).await;
    for left in [2, 1, 0] {
        assert_eq!(check(&desk, &challenge, WRONG, 1).await, CodeCheck::Wrong { left });
    }
    assert_eq!(check(&desk, &challenge, RIGHT, 2).await, CodeCheck::Void);
}

pub(crate) async fn a_code_counts_in_its_conversation_and_in_time(desk: Desk) {
    let mine = challenge(conversation(&desk, "ada").await, phone(1));
    send(&desk, &mine, 5, 0).await;
    let elsewhere = Challenge { conversation_id: conversation(&desk, "eve").await, ..mine.clone() };
    assert_eq!(check(&desk, &elsewhere, RIGHT, 1).await, CodeCheck::Void);
    assert_eq!(check(&desk, &mine, RIGHT, 600).await, CodeCheck::Void);
    let unknown = Challenge { id: ChallengeId::new(), ..mine.clone() };
    assert_eq!(check(&desk, &unknown, RIGHT, 1).await, CodeCheck::Void);
    assert_eq!(check(&desk, &mine, RIGHT, 599).await, CodeCheck::Proven(phone(1)));
}

pub(crate) async fn too_many_codes_are_refused(desk: Desk) {
    let (ada, eve) = (conversation(&desk, "ada").await, conversation(&desk, "eve").await);
    assert!(send(&desk, &challenge(ada, phone(1)), 2, 0).await);
    assert!(send(&desk, &challenge(eve, phone(1)), 2, 1).await);
    assert!(!send(&desk, &challenge(conversation(&desk, "bob").await, phone(1)), 2, 2).await, "one address");
    assert!(send(&desk, &challenge(ada, phone(2)), 2, 3).await);
    assert!(!send(&desk, &challenge(ada, phone(3)), 2, 4).await, "one conversation");
    let hour = SignedDuration::from_hours(1).as_secs();
    assert!(send(&desk, &challenge(ada, phone(1)), 2, hour + 5).await);
}
