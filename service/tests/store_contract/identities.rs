//! One person is one contact, once it is proven.

use service::domain::contact::Verification;
use service::domain::handle::Handle;
use service::domain::id::ConversationId;
use service::store::TurnEnd;

use super::desk::{Desk, at, inbound, outcome, phone, visitor};

async fn proves(desk: &Desk, id: ConversationId, handle: Handle, seconds: i64) {
    let lease = desk.takes_answer_job(at(seconds)).await;
    let turn = desk.turn(id).await;
    let mut outcome = outcome(&turn, &["Thank you."]);
    outcome.proven = vec![handle];
    let end = desk.finishes(&turn, outcome, &lease, at(seconds)).await;
    assert!(matches!(end, TurnEnd::Stored { .. }));
}

pub(crate) async fn a_better_proof_and_a_name_are_kept(desk: Desk) {
    let levels = [
        (Verification::Claimed, None, Verification::Claimed, None),
        (Verification::Signed, Some("Ada"), Verification::Signed, Some("Ada")),
        (Verification::None, Some("Eve"), Verification::Signed, Some("Ada")),
    ];
    for (given, name, kept, known_as) in levels {
        let mut message = inbound(&visitor("ada"), "Hello");
        message.from.verification = given;
        message.name = name.map(str::to_owned);
        desk.accepts(message, at(0)).await;
        let turn = desk.turn(desk.accepts(inbound(&visitor("ada"), "Me again"), at(0)).await.conversation.id).await;
        let senders: Vec<Verification> =
            turn.history.iter().filter_map(|it| it.sender.as_ref()).map(|it| it.verification).collect();
        assert_eq!(senders[senders.len() - 2..], [given, Verification::None], "each message has its own");
        let (contact, _) = desk.store.contact_by_handle(&visitor("ada")).await.unwrap().unwrap();
        assert_eq!((contact.identities[0].verification, contact.name.as_deref()), (kept, known_as));
    }
}

pub(crate) async fn a_proven_new_address_is_bound(desk: Desk) {
    let accepted = desk.hears(&visitor("ada"), "My number is …", at(0)).await;
    proves(&desk, accepted.conversation.id, phone(1), 1).await;
    let (contact, conversation) = desk.store.contact_by_handle(&phone(1)).await.unwrap().unwrap();
    assert_eq!(contact.id, accepted.contact_id);
    assert!(contact.has_proven(&phone(1), Verification::Code));
    assert_eq!(conversation.unwrap().id, accepted.conversation.id);
    let next = desk.hears(&phone(1), "Me again", at(2)).await;
    assert_eq!(next.conversation.id, accepted.conversation.id);
}

pub(crate) async fn proving_a_known_address_makes_two_contacts_one(desk: Desk) {
    let mut by_phone = inbound(&phone(1), "Where is my order?");
    by_phone.name = Some("Ada".to_owned());
    let texted = desk.accepts(by_phone, at(0)).await;
    desk.answers(texted.conversation.id, &[], at(1)).await;
    let chatted = desk.hears(&visitor("ada"), "My number is …", at(2)).await;
    assert_ne!(chatted.contact_id, texted.contact_id);
    proves(&desk, chatted.conversation.id, phone(1), 3).await;

    let thread = desk.store.conversation(chatted.conversation.id).await.unwrap().unwrap();
    assert_eq!(thread.contact.id, texted.contact_id, "the older contact is kept");
    assert_eq!(thread.contact.name.as_deref(), Some("Ada"));
    assert_eq!(thread.contact.identities.len(), 2);
    assert!(thread.contact.has_proven(&phone(1), Verification::Code));
    let turn = desk.turn(chatted.conversation.id).await;
    assert_eq!((turn.past_conversations, turn.recent_conversations), (1, 1));

    let chat = desk.hears(&visitor("ada"), "And now?", at(4)).await;
    let text = desk.hears(&phone(1), "And now?", at(5)).await;
    assert_eq!(chat.contact_id, text.contact_id);
    assert_eq!(chat.conversation.id, text.conversation.id, "one contact, one thread");
}
