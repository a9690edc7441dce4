//! Everything that happened is told once and in order, also to those who come back later.

use std::collections::HashMap;

use futures::future::join_all;
use service::domain::conversation::Priority;
use service::domain::event::{Event, EventKind};
use service::domain::id::ConversationId;

use super::desk::{Desk, at, handoff, phone, visitor};

pub(crate) async fn events_come_in_order_and_can_be_resumed(desk: Desk) {
    assert_eq!(desk.store.last_event().await.unwrap(), 0);
    let id = desk.hears(&phone(1), "A human, please!", at(0)).await.conversation.id;
    desk.hands_off(id, handoff("orders", Priority::Normal), at(1)).await;
    let all = desk.store.events_after(0, 100).await.unwrap();
    let kinds: Vec<_> = all.iter().map(|event| (event.kind, event.message_seq)).collect();
    assert_eq!(
        kinds,
        [
            (EventKind::MessageAdded, Some(1)),
            (EventKind::ConversationChanged, None),
            (EventKind::HandoffCreated, None),
            (EventKind::MessageAdded, Some(2)),
            (EventKind::ConversationChanged, None),
        ]
    );
    assert!(all.is_sorted_by(|a, b| a.seq < b.seq));
    let rest = desk.store.events_after(all[1].seq, 2).await.unwrap();
    assert_eq!(rest, all[2..4]);
    assert_eq!(desk.store.last_event().await.unwrap(), all[4].seq);
}

pub(crate) async fn a_reader_misses_nothing_of_many_writers(desk: Desk) {
    const WRITERS: usize = 16;
    const EACH: usize = 12;
    let writers = join_all((0..WRITERS).map(|writer| {
        let desk = desk.clone();
        tokio::spawn(async move {
            for n in 0..EACH {
                // Two of them share a contact, so that they get in each other's way.
                desk.hears(&visitor(&format!("v{}", writer / 2)), &format!("{writer} {n}"), at(0)).await;
            }
        })
    }));
    let reader = desk.clone();
    let reader = tokio::spawn(async move {
        let mut seen: Vec<Event> = Vec::new();
        while added(&seen).values().map(Vec::len).sum::<usize>() < WRITERS * EACH {
            let after = seen.last().map_or(0, |event| event.seq);
            seen.extend(reader.store.events_after(after, 7).await.unwrap());
        }
        seen
    });
    for writer in writers.await {
        writer.unwrap();
    }
    let seen = tokio::time::timeout(std::time::Duration::from_secs(30), reader).await.unwrap().unwrap();
    assert!(seen.is_sorted_by(|a, b| a.seq < b.seq));
    for seqs in added(&seen).values() {
        let expected: Vec<i64> = (1..).take(seqs.len()).collect();
        assert_eq!(*seqs, expected, "within a conversation, events follow its messages");
    }
}

fn added(events: &[Event]) -> HashMap<ConversationId, Vec<i64>> {
    let mut added: HashMap<_, Vec<i64>> = HashMap::new();
    for event in events.iter().filter(|event| event.kind == EventKind::MessageAdded) {
        added.entry(event.conversation_id).or_default().extend(event.message_seq);
    }
    added
}
