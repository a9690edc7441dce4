//! What is understood of single messages, with the real encoder and the demo shop's examples.

use service::domain::decision::{Action, ReasonCode};
use service::domain::understanding::EntityKind;

use crate::desk::Desk;

#[test]
fn calm_questions_are_answered_from_the_articles() {
    for text in [
        "Can I send back a duvet cover if I've opened the packet?",
        "how much is express delivery?",
        "what are your opening hours",
    ] {
        let said = Desk::new().says(text).does(Action::Answer).because(ReasonCode::KnowledgeFound);
        assert!(!said.outcome.replies[0].citations.is_empty());
        assert!(said.understanding.frustration < 0.3, "{text}: {}", said.understanding.frustration);
    }
}

#[test]
fn a_message_that_asks_for_two_things_gets_both() {
    let mut desk = Desk::new();
    let said = desk.says("How much is express delivery? Also, where is my order AW-100003?").does(Action::Act);
    assert!(said.outcome.replies[0].text.contains("Express costs £6.95"), "{}", said.text());
    assert_eq!(said.outcome.decision.flow.as_deref(), Some("order_status"));
    let codes: Vec<ReasonCode> = said.outcome.decision.reasons.iter().map(|reason| reason.code).collect();
    assert_eq!(codes, [ReasonCode::KnowledgeFound, ReasonCode::FlowStep]);
}

#[test]
fn danger_in_the_middle_of_a_long_and_friendly_message_is_heard() {
    let before = "Hello, I hope you are all keeping well over there. We have bought from you for many years, and my sister \
                  loves your shop too, the garden section most of all.";
    let after = "The delivery was on time, by the way, and the driver was very kind: he carried everything up to the third \
                 floor and would not even take a cup of tea. Please give him our regards.";
    let calm = Desk::new().says(&format!("{before} {after}"));
    assert!(calm.understanding.signals.safety < 0.5, "{}", calm.understanding.signals.safety);
    let text = format!("{before} My daughter was badly burned when the kettle exploded. {after}");
    Desk::new().says(&text).does(Action::Handoff).because(ReasonCode::Safety);
}

#[test]
fn the_second_flow_begins_when_the_first_is_done() {
    let mut desk = Desk::new();
    let said = desk.says("I forgot my password and can't get in. Also where is my order AW-100003?").does(Action::Act);
    assert_eq!(said.outcome.decision.flow.as_deref(), Some("password_reset"), "{}", said.text());
    assert_eq!(desk.memory().next, ["order_status"]);
    desk.says("never mind, stop");
    assert!(desk.memory().next.is_empty() && desk.memory().flow.is_none());
}

#[test]
fn a_greeting_gets_its_reviewed_reply() {
    Desk::new().says("hello there").does(Action::Answer).because(ReasonCode::ReviewedReply).contains("Alder & Wren");
}

#[test]
fn entities_are_remembered_with_their_message() {
    let mut desk = Desk::new();
    desk.says("hello");
    let said = desk.says("where is aw 100001, I'm ada@example.com");
    let kinds: Vec<EntityKind> = said.understanding.entities.iter().map(|entity| entity.kind).collect();
    assert_eq!(kinds, [EntityKind::OrderNumber, EntityKind::Email]);
    let slot = desk.memory().slot("order_number").unwrap();
    assert_eq!((slot.value.as_str(), slot.message, slot.verified), ("AW-100001", 3, false));
}

#[test]
fn amounts_and_days_stay_known_with_their_message_and_cards_do_not() {
    let mut desk = Desk::new();
    let said = desk.says("I was charged £20 and £2.99 three days ago on 4111 1111 1111 1111, what for?");
    let kinds: Vec<EntityKind> = said.understanding.entities.iter().map(|entity| entity.kind).collect();
    assert_eq!(kinds, [EntityKind::Amount, EntityKind::Amount, EntityKind::Date, EntityKind::CardNumber]);
    let end = desk.says("it went to SW1A 1AA, let me talk to a person").does(Action::Handoff);
    let brief = end.outcome.handoff.unwrap().brief;
    let facts: Vec<(&str, &str, i64)> =
        brief.facts.iter().map(|fact| (fact.name.as_str(), fact.value.as_str(), fact.message)).collect();
    let amounts = ("amount", "GBP 20.00, GBP 2.99", 1);
    assert_eq!(facts[..2], [amounts, ("date", "2026-11-21", 1)]);
    assert_eq!((facts[2].0, facts[2].1), ("postcode", "SW1A 1AA"));
    assert!(!format!("{brief:?}").contains("1111 1111"), "{brief:?}");
}

#[test]
fn being_fed_up_shows_and_lasts() {
    let mut desk = Desk::new();
    desk.says("where can I see my points?");
    let calm = desk.memory().mood[0];
    desk.says("that doesn't answer my question at all, this is ridiculous");
    assert!(desk.memory().mood[1] > calm + 0.3, "{:?}", desk.memory().mood);
}
