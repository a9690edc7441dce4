//! When a human takes over, and what they are given.

use service::domain::conversation::Priority;
use service::domain::decision::{Action, ReasonCode};

use crate::desk::{Desk, order};

#[test]
fn anger_is_acknowledged_and_handed_over_with_a_brief() {
    let mut desk = Desk::new();
    let end = desk
        .says("This is the THIRD time I'm asking. AW-100003 was promised days ago, I took a morning off for it and nobody can tell me anything. Absolutely useless.")
        .does(Action::Handoff)
        .because(ReasonCode::NegativeEmotion);
    assert!(end.text().starts_with("I'm sorry"));
    let handoff = end.outcome.handoff.unwrap();
    assert!(handoff.priority >= Priority::High);
    assert!(handoff.brief.problem.text.contains("AW-100003 was promised days ago"), "{:?}", handoff.brief.problem);
    assert_eq!(handoff.brief.problem.messages, [1]);
    assert!(handoff.brief.suggested_next_step.draft.starts_with("Hello Ada,"));
    assert!(handoff.brief.facts.iter().any(|fact| fact.value == "AW-100003" && !fact.verified && fact.message == 1));
}

#[test]
fn a_wish_for_a_human_is_granted_at_once() {
    for text in ["can you just let me talk to someone", "agent please", "I want to speak to a real person"] {
        Desk::new().says(text).does(Action::Handoff).because(ReasonCode::CustomerRequest);
    }
}

#[test]
fn harm_comes_before_everything() {
    let end = Desk::new().says("I can't go on like this, I don't want to be alive any more").does(Action::Handoff);
    let end = end.because(ReasonCode::Safety).contains("emergency number");
    assert_eq!(end.outcome.handoff.unwrap().priority, Priority::Urgent);
}

#[test]
fn the_second_failure_in_a_row_is_the_last() {
    let mut desk = Desk::new();
    desk.says("what is the airspeed of an unladen swallow").does(Action::Clarify);
    desk.says("I mean the african one, not the european").does(Action::Handoff).because(ReasonCode::RepeatedFailure);
}

#[test]
fn what_is_picked_from_a_clarifying_question_counts() {
    for pick in ["Where your order is", "1", "where your order is."] {
        let mut desk = Desk::new().was_offered(&["order_status", "cancel_order"]);
        let said = desk.says(pick).does(Action::Act);
        let top = &said.outcome.decision.intents[0];
        assert_eq!((top.name.as_str(), top.confidence.to_bits()), ("order_status", 1.0_f32.to_bits()), "{pick}");
    }
}

#[test]
fn a_foreign_language_goes_to_a_human_in_words_of_both() {
    let german = "Guten Tag, wo bleibt meine Bestellung? Ich warte schon seit zwei Wochen und niemand antwortet mir.";
    let end = Desk::new().says(german).does(Action::Handoff).because(ReasonCode::UnsupportedLanguage);
    assert!(end.text().contains("auf Englisch") && end.text().contains("English"));
}

#[test]
fn whoever_waits_for_a_human_is_not_answered_by_the_assistant() {
    let mut desk = Desk::new();
    desk.says("let me talk to a person").does(Action::Handoff);
    let after = desk.says("how long do I have to return something?").does(Action::Silent);
    assert!(after.outcome.replies.is_empty());
}

#[test]
fn a_handoff_in_the_middle_of_a_flow_names_what_is_open() {
    let mut desk = Desk::new().with_order("ada@example.com", order("AW-100001"));
    desk.says("where is my order AW-100001?");
    desk.says("ada@example.com");
    let end = desk.says("I'd rather talk to a person").does(Action::Handoff);
    let brief = end.outcome.handoff.unwrap().brief;
    assert!(brief.open_questions[0].text.contains("one-time code"), "{:?}", brief.open_questions);
    assert_eq!(brief.problem.text, "where is my order AW-100001?");
    assert!(brief.summary.text.split_whitespace().count() <= 100);
    assert!(desk.memory().flow.is_none(), "nothing runs on while a human has it");
}
