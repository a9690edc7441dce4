//! Lists are complete however they are cut into pages.

use service::domain::channel::Channel;
use service::domain::conversation::{Priority, Queue, Status, Transition};
use service::domain::id::{ConversationId, HandoffId};
use service::store::{ChangeOwner, ConversationQuery, Cursor, HandoffQuery, HandoffState, StoreError};

use super::desk::{Desk, agent, at, handoff, inbound, phone, visitor};

pub(crate) async fn conversations_page_without_gaps_or_doubles(desk: Desk) {
    let mut newest_first: Vec<ConversationId> = Vec::new();
    for n in 0..11_i64 {
        // Three at a time happen in the same instant.
        let accepted = desk.hears(&visitor(&format!("v{n}")), "Hello", at(n / 3)).await;
        newest_first.insert(0, accepted.conversation.id);
    }
    let mut listed = Vec::new();
    let mut query = ConversationQuery { limit: 4, ..ConversationQuery::default() };
    loop {
        let page = desk.store.conversations(query.clone()).await.unwrap();
        assert!(page.rows.len() <= 4);
        listed.extend(page.rows.into_iter().map(|row| row.conversation));
        match page.next {
            Some(next) => query.cursor = Some(next),
            None => break,
        }
    }
    assert!(listed.is_sorted_by(|a, b| a.updated_at >= b.updated_at));
    let mut ids: Vec<_> = listed.iter().map(|conversation| conversation.id).collect();
    ids.sort_unstable();
    newest_first.sort_unstable();
    assert_eq!(ids, newest_first);
}

pub(crate) async fn conversations_are_filtered_and_summed_up(desk: Desk) {
    let mut message = inbound(&phone(1), "Hello");
    message.name = Some("Ada".to_owned());
    let ada = desk.accepts(message.clone(), at(0)).await;
    message.channel = Channel::Voice;
    message.text = service::domain::text::Utterance::parse("Hello again").unwrap();
    let newest = desk.accepts(message, at(1)).await.message;
    let other = desk.hears(&visitor("eve"), "Hello", at(2)).await;
    desk.store.change_owner(ChangeOwner::new(other.conversation.id, Transition::Resolve), at(3)).await.unwrap();

    let list = async |query: ConversationQuery| {
        desk.store.conversations(ConversationQuery { limit: 10, ..query }).await.unwrap().rows
    };
    assert_eq!(list(ConversationQuery::default()).await.len(), 2);
    let pending = ConversationQuery { status: Some(Status::Pending), ..ConversationQuery::default() };
    let pending = list(pending).await;
    assert_eq!(pending.len(), 1);
    assert_eq!(pending[0].contact_name.as_deref(), Some("Ada"));
    assert_eq!(pending[0].channels, [Channel::Sms, Channel::Voice]);
    assert_eq!(pending[0].last_message, Some(newest));
    let ownerless = ConversationQuery { owner_kind: Some("none".to_owned()), ..ConversationQuery::default() };
    assert_eq!(list(ownerless).await[0].conversation.id, other.conversation.id);
    let of_ada = ConversationQuery { contact: Some(ada.contact_id), ..ConversationQuery::default() };
    assert_eq!(list(of_ada).await[0].conversation.id, ada.conversation.id);
}

async fn pages(desk: &Desk, mut query: HandoffQuery) -> Vec<HandoffId> {
    let mut listed = Vec::new();
    query.limit = 2;
    loop {
        let page = desk.store.handoffs(query.clone()).await.unwrap();
        listed.extend(page.rows.into_iter().map(|row| row.handoff.id));
        match page.next {
            Some(next) => query.cursor = Some(next),
            None => return listed,
        }
    }
}

pub(crate) async fn handoffs_wait_by_priority_and_age(desk: Desk) {
    let (low, normal, urgent) = (Priority::Low, Priority::Normal, Priority::Urgent);
    let mut made = Vec::new();
    for (n, (queue, priority)) in
        [("a", low), ("a", urgent), ("b", normal), ("a", urgent), ("b", low)].iter().enumerate()
    {
        let now = at(i64::try_from(n).unwrap());
        let id = desk.hears(&visitor(&format!("v{n}")), "A human, please!", now).await.conversation.id;
        desk.hands_off(id, handoff(queue, *priority), now).await;
        made.push(desk.store.conversation(id).await.unwrap().unwrap().handoff.unwrap());
    }
    let ids = |places: &[usize]| places.iter().map(|&n| made[n].id).collect::<Vec<_>>();
    assert_eq!(pages(&desk, HandoffQuery::default()).await, ids(&[1, 3, 2, 0, 4]));
    let b = HandoffQuery { queue: Some(Queue::new("b")), ..HandoffQuery::default() };
    assert_eq!(pages(&desk, b).await, ids(&[2, 4]));
    let claim = Transition::Claim(agent("Sam"));
    desk.store.change_owner(ChangeOwner::new(made[3].conversation_id, claim), at(9)).await.unwrap();
    assert_eq!(pages(&desk, HandoffQuery::default()).await, ids(&[1, 2, 0, 4]));
    let claimed = HandoffQuery { state: HandoffState::Claimed, ..HandoffQuery::default() };
    assert_eq!(pages(&desk, claimed).await, ids(&[3]));
    let all = HandoffQuery { state: HandoffState::All, ..HandoffQuery::default() };
    assert_eq!(pages(&desk, all).await, ids(&[4, 3, 2, 1, 0]));
}

pub(crate) async fn a_made_up_cursor_is_refused(desk: Desk) {
    for made_up in ["", "rubbish", "W10", "eyJhIjoxfQ"] {
        let cursor = Some(Cursor(made_up.to_owned()));
        let query = ConversationQuery { cursor: cursor.clone(), limit: 1, ..ConversationQuery::default() };
        let refused = desk.store.conversations(query).await.unwrap_err();
        assert_eq!(refused, StoreError::InvalidCursor(made_up.to_owned()));
        let query = HandoffQuery { cursor, limit: 1, ..HandoffQuery::default() };
        assert_eq!(desk.store.handoffs(query).await.unwrap_err(), StoreError::InvalidCursor(made_up.to_owned()));
    }
}
