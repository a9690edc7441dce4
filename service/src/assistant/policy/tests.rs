//! The policy as a table: one line a rule, and what wins when two apply.

use knowledge_base::IntentAction;

use super::*;
use crate::domain::conversation::Priority;
use crate::domain::understanding::{Emotion, Language, Signals};

fn calm() -> Understanding {
    Understanding {
        language: Language { code: "en".to_owned(), confidence: 0.99 },
        intents: Vec::new(),
        out_of_scope: 0.05,
        emotion: Emotion { label: "neutral".to_owned(), scores: Vec::new() },
        sentiment: 0.0,
        frustration: 0.1,
        urgency: 0.1,
        priority: Priority::Normal,
        signals: Signals::default(),
        entities: Vec::new(),
        purposes: Vec::new(),
        is_cut: false,
    }
}

fn with(change: impl FnOnce(&mut Understanding)) -> Understanding {
    let mut understanding = calm();
    change(&mut understanding);
    understanding
}

fn facing(understanding: &Understanding) -> Situation<'_> {
    Situation {
        floor: Floor::Ours,
        understanding,
        top: None,
        several: Vec::new(),
        running: None,
        corrected: None,
        knowledge: Err(0.1),
        failures: 0,
        visit: 1,
        verdict: LastAnswer::Unjudged,
        languages: &[],
        seq: 7,
    }
}

#[expect(clippy::unnecessary_wraps, reason = "it stands where a situation may have none")]
fn top(action: &IntentAction, confidence: f32) -> Option<TopIntent<'_>> {
    Some(TopIntent { name: "returns", action, confidence, lead: confidence, least: 0.5, by: IntentBy::Classifier })
}

/// An answer that only the search speaks for.
#[expect(clippy::unnecessary_wraps, reason = "it stands where a situation may have none")]
fn answer(score: f32) -> Result<KnownAnswer, f32> {
    Ok(KnownAnswer { score, support: Support::Search })
}

fn decided(situation: &Situation<'_>) -> (Plan, Vec<ReasonCode>) {
    let english = ["en".to_owned()];
    let verdict = decide(&Situation { languages: &english, ..situation.clone() }, &Thresholds::default());
    assert!(!verdict.reasons.is_empty(), "a decision without a reason");
    assert!(verdict.reasons.iter().all(|reason| reason.message == Some(7)));
    (verdict.plan, verdict.reasons.iter().map(|reason| reason.code).collect())
}

static ANSWER: IntentAction = IntentAction::Answer(Vec::new());

#[test]
fn whoever_is_owned_by_a_human_hears_nothing_from_us() {
    let understanding = with(|u| u.signals.safety = 1.0);
    let situation = Situation { floor: Floor::Humans, ..facing(&understanding) };
    assert_eq!(decided(&situation), (Plan::Silent, vec![ReasonCode::OwnedByHuman]));
}

#[test]
fn marks_overrule_a_clear_intent_and_the_stronger_mark_comes_first() {
    let cases: [(Understanding, ReasonCode); 8] = [
        (with(|u| u.signals.safety = 0.9), ReasonCode::Safety),
        (with(|u| u.signals.human_requested = 0.9), ReasonCode::CustomerRequest),
        (with(|u| u.signals.legal = 0.9), ReasonCode::Legal),
        (with(|u| u.signals.abusive = 0.9), ReasonCode::NegativeEmotion),
        (with(|u| u.frustration = 0.9), ReasonCode::NegativeEmotion),
        (with(|u| u.signals.complex = 0.9), ReasonCode::Complex),
        (
            with(|u| {
                u.frustration = 0.9;
                u.signals.legal = 0.9;
            }),
            ReasonCode::Legal,
        ),
        (
            with(|u| {
                u.signals = Signals { safety: 0.9, human_requested: 0.9, ..Signals::default() };
            }),
            ReasonCode::Safety,
        ),
    ];
    for (understanding, expected) in cases {
        let situation = Situation { top: top(&ANSWER, 0.99), knowledge: answer(0.9), ..facing(&understanding) };
        assert_eq!(decided(&situation), (Plan::HandOff, vec![expected]));
    }
}

#[test]
fn a_clear_intent_is_acted_on_as_its_author_wants() {
    let understanding = calm();
    let flow = IntentAction::Flow("order_status".to_owned());
    let reply = IntentAction::Reply("Hello".to_owned());
    let cases = [
        (&flow, Plan::Start("order_status".to_owned()), ReasonCode::FlowStep),
        (&reply, Plan::Say("returns".to_owned()), ReasonCode::ReviewedReply),
        (&IntentAction::Handoff, Plan::HandOff, ReasonCode::IntentRequiresHuman),
        (&ANSWER, Plan::Quote, ReasonCode::KnowledgeFound),
    ];
    for (action, plan, reason) in cases {
        let situation = Situation { top: top(action, 0.8), knowledge: answer(0.8), ..facing(&understanding) };
        assert_eq!(decided(&situation), (plan, vec![reason]));
    }
}

#[test]
fn the_knowledge_base_answers_what_no_intent_is_sure_of() {
    let understanding = calm();
    let unsure = Situation { top: top(&IntentAction::Handoff, 0.3), knowledge: answer(0.6), ..facing(&understanding) };
    assert_eq!(decided(&unsure).0, Plan::Quote);
    let strange = with(|u| u.out_of_scope = 0.9);
    let weak = Situation { top: top(&ANSWER, 0.9), knowledge: answer(0.6), ..facing(&strange) };
    assert_eq!(decided(&weak).0, Plan::Clarify);
    assert_eq!(decided(&Situation { knowledge: answer(0.8), ..weak }).0, Plan::Quote);
}

#[test]
fn an_article_that_the_intent_names_needs_less_and_another_as_much_as_ever() {
    let understanding = calm();
    let knowledge = |support| Ok(KnownAnswer { score: 0.4, support });
    let named = Situation { top: top(&ANSWER, 0.9), knowledge: knowledge(Support::Intent), ..facing(&understanding) };
    assert_eq!(decided(&named).0, Plan::Quote);
    assert_eq!(decided(&Situation { knowledge: knowledge(Support::Search), ..named }).0, Plan::Clarify);
}

#[test]
fn the_first_failure_asks_and_the_second_hands_over() {
    let understanding = calm();
    let first = Situation { top: top(&ANSWER, 0.3), ..facing(&understanding) };
    assert_eq!(decided(&first), (Plan::Clarify, vec![ReasonCode::AmbiguousIntent, ReasonCode::NoAnswer]));
    let second = Situation { failures: 1, ..first };
    let codes = vec![ReasonCode::RepeatedFailure, ReasonCode::AmbiguousIntent, ReasonCode::NoAnswer];
    assert_eq!(decided(&second), (Plan::HandOff, codes));
}

#[test]
fn whoever_comes_back_again_and_again_is_not_asked_what_they_mean() {
    let understanding = calm();
    let third = Situation { top: top(&ANSWER, 0.3), visit: 3, ..facing(&understanding) };
    assert_eq!((decided(&third).0, decided(&third).1[0]), (Plan::HandOff, ReasonCode::RepeatContact));
    assert_eq!(decided(&Situation { visit: 2, ..third.clone() }).0, Plan::Clarify);
    assert_eq!(decided(&Situation { knowledge: answer(0.9), ..third }).0, Plan::Quote, "what can be answered is");
}

#[test]
fn an_answer_that_missed_counts_as_a_failure() {
    let understanding = calm();
    let situation = Situation {
        top: top(&ANSWER, 0.9),
        knowledge: answer(0.9),
        verdict: LastAnswer::Missed,
        ..facing(&understanding)
    };
    assert_eq!(decided(&situation).0, Plan::Clarify);
    assert_eq!(decided(&Situation { failures: 1, ..situation }).0, Plan::HandOff);
}

#[test]
fn urgency_alone_does_not_hand_over_but_cuts_failing_short() {
    let hurried = with(|u| u.urgency = 0.9);
    let answered = Situation { top: top(&ANSWER, 0.9), knowledge: answer(0.9), ..facing(&hurried) };
    assert_eq!(decided(&answered).0, Plan::Quote);
    let failing = facing(&hurried);
    let codes = vec![ReasonCode::Urgent, ReasonCode::AmbiguousIntent, ReasonCode::NoAnswer];
    assert_eq!(decided(&failing), (Plan::HandOff, codes));
    let human = with(|u| {
        u.urgency = 0.9;
        u.signals.human_requested = 0.9;
    });
    assert_eq!(decided(&facing(&human)).1, [ReasonCode::CustomerRequest, ReasonCode::Urgent]);
}

#[test]
fn a_foreign_language_goes_to_a_human_only_when_it_is_sure() {
    let sure = with(|u| u.language = Language { code: "de".to_owned(), confidence: 0.99 });
    let situation = Situation { top: top(&ANSWER, 0.9), knowledge: answer(0.9), ..facing(&sure) };
    assert_eq!(decided(&situation), (Plan::HandOff, vec![ReasonCode::UnsupportedLanguage]));
    let unsure = with(|u| u.language = Language { code: "nl".to_owned(), confidence: 0.6 });
    assert_eq!(decided(&Situation { understanding: &unsure, ..situation }).0, Plan::Quote);
}

#[test]
fn a_flow_goes_on_unless_called_off_or_interrupted_by_what_can_be_settled() {
    let understanding = calm();
    let own = IntentAction::Flow("order_status".to_owned());
    let other = IntentAction::Flow("password_reset".to_owned());
    let running = |reply| Some(Running { flow: "order_status", reply });
    let cases = [
        (FlowReply::Useful, top(&ANSWER, 0.9), answer(0.9), Plan::Continue),
        (FlowReply::CallsOff, top(&ANSWER, 0.9), answer(0.9), Plan::CallOff),
        (FlowReply::Other, top(&ANSWER, 0.9), answer(0.9), Plan::Quote),
        (FlowReply::Other, top(&ANSWER, 0.9), Err(0.2), Plan::Continue),
        (FlowReply::Other, top(&ANSWER, 0.55), answer(0.9), Plan::Continue),
        (FlowReply::Other, top(&own, 0.9), answer(0.9), Plan::Continue),
        (FlowReply::Other, top(&other, 0.9), answer(0.9), Plan::Start("password_reset".to_owned())),
        (FlowReply::Other, top(&IntentAction::Handoff, 0.9), answer(0.9), Plan::HandOff),
        (FlowReply::Other, None, answer(0.9), Plan::Continue),
    ];
    for (reply, top, knowledge, plan) in cases {
        let situation = Situation { running: running(reply), top, knowledge, ..facing(&understanding) };
        assert_eq!(decided(&situation).0, plan, "{reply:?} {top:?}");
    }
    let angry = with(|u| u.frustration = 0.95);
    let situation = Situation { running: running(FlowReply::Useful), ..facing(&angry) };
    assert_eq!(decided(&situation).0, Plan::HandOff);
}

#[test]
fn what_the_contact_picked_is_meant_even_where_the_classifier_doubts_it() {
    let strange = with(|u| u.out_of_scope = 0.95);
    let picked = TopIntent { by: IntentBy::Pick, ..top(&ANSWER, 1.0).unwrap() };
    let situation = Situation { top: Some(picked), knowledge: answer(0.6), ..facing(&strange) };
    assert_eq!(decided(&situation).0, Plan::Quote);
}

#[test]
fn the_likeliest_intent_must_lead_the_next_and_reach_its_own_threshold() {
    let understanding = calm();
    let close = top(&ANSWER, 0.55).map(|top| TopIntent { lead: 0.05, ..top });
    let strict = top(&ANSWER, 0.75).map(|top| TopIntent { least: 0.8, ..top });
    for top in [close, strict] {
        let (plan, reasons) = decided(&Situation { top, knowledge: answer(0.3), ..facing(&understanding) });
        assert_eq!((plan, reasons.first()), (Plan::Clarify, Some(&ReasonCode::AmbiguousIntent)));
    }
}

#[test]
fn several_things_are_all_settled_or_a_human_gets_them_all() {
    let understanding = calm();
    let part = |action, knowledge| PartIntent { action, confidence: 0.9, knowledge };
    let flow = IntentAction::Flow("order_status".to_owned());
    let plan = |several: Vec<PartIntent<'_>>| {
        let situation = Situation { several, top: top(&ANSWER, 0.9), knowledge: answer(0.6), ..facing(&understanding) };
        decided(&situation)
    };
    let question = part(&ANSWER, answer(0.6));
    let both = [ReasonCode::KnowledgeFound, ReasonCode::FlowStep].to_vec();
    assert_eq!(plan(vec![question, part(&flow, Err(0.1))]), (Plan::SettleEach, both));
    let for_human = plan(vec![question, part(&IntentAction::Handoff, Err(0.1))]);
    assert_eq!(for_human, (Plan::HandOff, vec![ReasonCode::IntentRequiresHuman]));
    assert_eq!(plan(vec![question; 4]), (Plan::HandOff, vec![ReasonCode::Complex]));
    assert_eq!(plan(vec![question, part(&ANSWER, Err(0.1))]).0, Plan::Quote, "one has no answer: taken as a whole");
}

#[test]
fn a_correction_runs_the_flow_again_unless_an_intent_is_clear() {
    let understanding = calm();
    let corrected = Situation { corrected: Some("password_reset"), ..facing(&understanding) };
    assert_eq!(decided(&corrected).0, Plan::Start("password_reset".to_owned()));
    let clear = Situation { top: top(&IntentAction::Handoff, 0.9), ..corrected };
    assert_eq!(decided(&clear).0, Plan::HandOff);
}
