//! Decides what to do with a turn: a pure function of what was understood, found and remembered.
//!
//! The order is the policy: harm, a wish for a human, law, anger, the flow in progress, a language we do not answer in,
//! too much at once, several clear intents, one clear intent, the knowledge base, one clarifying question, a human.

mod several;
mod thresholds;

pub use thresholds::Thresholds;

use knowledge_base::IntentAction;

use crate::domain::decision::{Reason, ReasonCode};
use crate::domain::understanding::Understanding;

use super::{Support, language};

/// Everything a decision depends on.
#[derive(Clone, Debug)]
pub struct Situation<'a> {
    /// Whether the assistant may speak at all.
    pub floor: Floor,
    /// What was understood.
    pub understanding: &'a Understanding,
    /// What the likeliest intent asks for; none when its author took it away meanwhile.
    pub top: Option<TopIntent<'a>>,
    /// What parts of the turn are for, where it asks for several things.
    pub several: Vec<PartIntent<'a>>,
    /// The flow in progress.
    pub running: Option<Running<'a>>,
    /// A flow that just ended and would run again with what the contact now corrects.
    pub corrected: Option<&'a str>,
    /// The knowledge base's answer, or the score of the abstention.
    pub knowledge: Result<KnownAnswer, f32>,
    /// Turns in a row that ended without help.
    pub failures: u8,
    /// Which conversation of the last three days this is.
    pub visit: u32,
    /// Whether they say that the last answer missed.
    pub verdict: LastAnswer,
    /// The languages answered in, as ISO codes.
    pub languages: &'a [String],
    /// The number of the message decided on.
    pub seq: i64,
}

/// An answer of the knowledge base, as far as a decision depends on it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KnownAnswer {
    /// How surely it answers.
    pub score: f32,
    /// What speaks for it.
    pub support: Support,
}

/// Who may speak to the contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Floor {
    /// The assistant.
    Ours,
    /// A human, or a line that waits for one.
    Humans,
}

/// What the contact makes of the last answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastAnswer {
    /// Nothing, as far as one can tell.
    Unjudged,
    /// It missed.
    Missed,
}

/// The likeliest intent and how it came to be that.
#[derive(Clone, Copy, Debug)]
pub struct TopIntent<'a> {
    /// Its name.
    pub name: &'a str,
    /// What its author wants done.
    pub action: &'a IntentAction,
    /// How sure it is; 1 when the contact picked it from an offer.
    pub confidence: f32,
    /// By how much it leads the next.
    pub lead: f32,
    /// How sure it must be to be acted on.
    pub least: f32,
    /// How it was found.
    pub by: IntentBy,
}

impl TopIntent<'_> {
    /// Whether it is clearly the one meant, or was picked.
    fn is_clear(&self, thresholds: &Thresholds) -> bool {
        self.by == IntentBy::Pick || (self.confidence >= self.least && self.lead >= thresholds.lead)
    }
}

/// What a part of a turn is for.
#[derive(Clone, Copy, Debug)]
pub struct PartIntent<'a> {
    /// What the author of its intent wants done.
    pub action: &'a IntentAction,
    /// How sure it is.
    pub confidence: f32,
    /// The knowledge base's answer to it, or the score of the abstention.
    pub knowledge: Result<KnownAnswer, f32>,
}

/// How an intent was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntentBy {
    /// Classified.
    Classifier,
    /// Picked by the contact from what was offered.
    Pick,
}

/// The flow in progress and what this turn means to it.
#[derive(Clone, Copy, Debug)]
pub struct Running<'a> {
    /// Its name.
    pub flow: &'a str,
    /// What this turn is to the question it asked.
    pub reply: FlowReply,
}

/// What a turn is to the question a flow asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlowReply {
    /// The answer, or a correction of an earlier one.
    Useful,
    /// The wish to stop.
    CallsOff,
    /// Something else.
    Other,
}

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plan {
    /// Say nothing.
    Silent,
    /// Hand over.
    HandOff,
    /// Take the next step of the flow in progress.
    Continue,
    /// End the flow in progress.
    CallOff,
    /// Start this flow; one in progress waits.
    Start(String),
    /// Say the reviewed reply of this intent.
    Say(String),
    /// Say the knowledge base's answer.
    Quote,
    /// Settle each of several purposes.
    SettleEach,
    /// Ask what is meant.
    Clarify,
}

/// A plan and its reasons, most important first.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// What to do.
    pub plan: Plan,
    /// Why.
    pub reasons: Vec<Reason>,
}

impl Verdict {
    fn new(plan: Plan, reasons: Vec<Reason>) -> Self {
        Self { plan, reasons }
    }
}

/// Decides.
pub fn decide(situation: &Situation<'_>, thresholds: &Thresholds) -> Verdict {
    if situation.floor == Floor::Humans {
        return Verdict::new(Plan::Silent, vec![Reason::of(ReasonCode::OwnedByHuman).at(situation.seq)]);
    }
    let mut verdict = overruled(situation, thresholds)
        .or_else(|| in_flow(situation, thresholds))
        .or_else(|| too_much(situation, thresholds))
        .or_else(|| missed(situation, thresholds))
        .or_else(|| several::settle(situation, thresholds))
        .or_else(|| by_intent(situation, thresholds))
        .or_else(|| by_knowledge(situation, thresholds))
        .unwrap_or_else(|| fall_back(situation, thresholds));
    if verdict.plan == Plan::HandOff {
        add_urgency(&mut verdict, situation, thresholds);
    }
    for reason in &mut verdict.reasons {
        reason.message = Some(situation.seq);
    }
    verdict
}

fn reached(code: ReasonCode, score: f32, threshold: f32) -> Option<Reason> {
    (score >= threshold).then(|| Reason::measured(code, score, threshold))
}

fn hand_off(reason: Reason) -> Verdict {
    Verdict::new(Plan::HandOff, vec![reason])
}

/// What overrules everything, even a flow in progress.
fn overruled(situation: &Situation<'_>, thresholds: &Thresholds) -> Option<Verdict> {
    let understanding = situation.understanding;
    let signals = &understanding.signals;
    let upset = signals.abusive >= thresholds.abusive;
    reached(ReasonCode::Safety, signals.safety, thresholds.safety)
        .or_else(|| reached(ReasonCode::CustomerRequest, signals.human_requested, thresholds.human_request))
        .or_else(|| reached(ReasonCode::Legal, signals.legal, thresholds.legal))
        .or_else(|| upset.then(|| Reason::measured(ReasonCode::NegativeEmotion, signals.abusive, thresholds.abusive)))
        .or_else(|| reached(ReasonCode::NegativeEmotion, understanding.frustration, thresholds.frustration))
        .map(hand_off)
}

/// Every reason for a human that `understanding` alone gives, for the message `seq`.
pub(crate) fn marks(understanding: &Understanding, thresholds: &Thresholds, seq: i64) -> Vec<Reason> {
    let signals = &understanding.signals;
    let upset =
        understanding.frustration.max(if signals.abusive >= thresholds.abusive { signals.abusive } else { 0.0 });
    let marks = [
        reached(ReasonCode::Safety, signals.safety, thresholds.safety),
        reached(ReasonCode::Legal, signals.legal, thresholds.legal),
        reached(ReasonCode::NegativeEmotion, upset, thresholds.frustration),
        reached(ReasonCode::Urgent, understanding.urgency, thresholds.urgent),
    ];
    marks.into_iter().flatten().map(|reason| reason.at(seq)).collect()
}

/// A flow in progress goes on, unless it is called off or another question comes in between that can be settled.
fn in_flow(situation: &Situation<'_>, thresholds: &Thresholds) -> Option<Verdict> {
    let running = situation.running?;
    let step = || vec![Reason::of(ReasonCode::FlowStep)];
    match running.reply {
        FlowReply::CallsOff => return Some(Verdict::new(Plan::CallOff, step())),
        FlowReply::Useful => return Some(Verdict::new(Plan::Continue, step())),
        FlowReply::Other => {}
    }
    if let Some(verdict) = foreign(situation, thresholds) {
        return Some(verdict);
    }
    let clear = situation.top.filter(|top| {
        top.confidence >= thresholds.interrupt.max(top.least)
            && situation.understanding.out_of_scope < thresholds.out_of_scope
            && *top.action != IntentAction::Flow(running.flow.to_owned())
    });
    let interruption = clear.and_then(|top| act_on(&top, situation, thresholds, thresholds.interrupt.max(top.least)));
    Some(interruption.unwrap_or_else(|| Verdict::new(Plan::Continue, step())))
}

fn foreign(situation: &Situation<'_>, thresholds: &Thresholds) -> Option<Verdict> {
    let language = &situation.understanding.language;
    let supported = language::is_supported(language, situation.languages, thresholds.language);
    let reason = Reason::measured(ReasonCode::UnsupportedLanguage, language.confidence, thresholds.language);
    (!supported).then(|| hand_off(reason))
}

fn too_much(situation: &Situation<'_>, thresholds: &Thresholds) -> Option<Verdict> {
    let complex = situation.understanding.signals.complex;
    foreign(situation, thresholds).or_else(|| reached(ReasonCode::Complex, complex, thresholds.complex).map(hand_off))
}

fn missed(situation: &Situation<'_>, thresholds: &Thresholds) -> Option<Verdict> {
    (situation.verdict == LastAnswer::Missed).then(|| fall_back(situation, thresholds))
}

fn by_intent(situation: &Situation<'_>, thresholds: &Thresholds) -> Option<Verdict> {
    let sure = situation.top.filter(|top| {
        let in_scope = situation.understanding.out_of_scope < thresholds.out_of_scope;
        top.by == IntentBy::Pick || (in_scope && top.is_clear(thresholds))
    });
    // What corrects a flow is rarely a question too; only a good answer says that it is.
    let weak = situation.knowledge.is_ok_and(|answer| answer.score < thresholds.answer);
    let sure =
        sure.filter(|top| !(weak && situation.corrected.is_some() && matches!(top.action, IntentAction::Answer(_))));
    let acted = sure.and_then(|top| act_on(&top, situation, thresholds, top.least));
    acted.or_else(|| {
        let flow = situation.corrected?;
        Some(Verdict::new(Plan::Start(flow.to_owned()), vec![Reason::of(ReasonCode::FlowStep)]))
    })
}

/// What the author of an intent wants done, now that it is as sure as `least`; nothing when that is an answer and there
/// is none.
fn act_on(top: &TopIntent<'_>, situation: &Situation<'_>, thresholds: &Thresholds, least: f32) -> Option<Verdict> {
    let because = |code| vec![Reason::measured(code, top.confidence, least)];
    match top.action {
        IntentAction::Flow(flow) => Some(Verdict::new(Plan::Start(flow.clone()), because(ReasonCode::FlowStep))),
        IntentAction::Handoff => Some(Verdict::new(Plan::HandOff, because(ReasonCode::IntentRequiresHuman))),
        IntentAction::Reply(_) => {
            Some(Verdict::new(Plan::Say(top.name.to_owned()), because(ReasonCode::ReviewedReply)))
        }
        IntentAction::Answer(_) => answered(situation.knowledge, thresholds),
    }
}

/// The answer of the knowledge base to a sure intent, if it is good enough to give.
fn answered(knowledge: Result<KnownAnswer, f32>, thresholds: &Thresholds) -> Option<Verdict> {
    knowledge.ok().and_then(|answer| match answer.support {
        Support::Intent => quote(answer, thresholds.answer_supported),
        Support::Search => quote(answer, thresholds.answer),
    })
}

fn quote(answer: KnownAnswer, least: f32) -> Option<Verdict> {
    let reason = reached(ReasonCode::KnowledgeFound, answer.score, least)?;
    Some(Verdict::new(Plan::Quote, vec![reason]))
}

fn by_knowledge(situation: &Situation<'_>, thresholds: &Thresholds) -> Option<Verdict> {
    let in_scope = situation.understanding.out_of_scope < thresholds.out_of_scope;
    let least = if in_scope { thresholds.answer } else { thresholds.answer_out_of_scope };
    situation.knowledge.ok().and_then(|answer| quote(answer, least))
}

/// Nothing helps: ask once what is meant, then hand over.
fn fall_back(situation: &Situation<'_>, thresholds: &Thresholds) -> Verdict {
    let understanding = situation.understanding;
    let mut reasons: Vec<Reason> = Vec::new();
    reasons.extend(reached(ReasonCode::OutOfScope, understanding.out_of_scope, thresholds.out_of_scope));
    let ambiguous = |confidence, least| Reason::measured(ReasonCode::AmbiguousIntent, confidence, least);
    match situation.top {
        Some(top) if top.is_clear(thresholds) => {}
        Some(top) => reasons.push(ambiguous(top.confidence, top.least)),
        None => reasons.push(ambiguous(0.0, thresholds.intent)),
    }
    reasons.push(Reason {
        score: Some(situation.knowledge.map_or_else(|score| score, |answer| answer.score)),
        ..Reason::of(ReasonCode::NoAnswer)
    });
    let failures = situation.failures.saturating_add(1);
    if failures >= thresholds.max_failures {
        let repeated =
            Reason::measured(ReasonCode::RepeatedFailure, f32::from(failures), f32::from(thresholds.max_failures));
        reasons.insert(0, repeated);
        return Verdict::new(Plan::HandOff, reasons);
    }
    if let Some(repeated) = reached(ReasonCode::RepeatContact, situation.visit as f32, thresholds.visit as f32) {
        reasons.insert(0, repeated);
        return Verdict::new(Plan::HandOff, reasons);
    }
    if understanding.urgency >= thresholds.urgent {
        return Verdict::new(Plan::HandOff, reasons);
    }
    Verdict::new(Plan::Clarify, reasons)
}

/// A human is needed and there is no time: that is a reason of its own, and the first where nothing stronger is.
fn add_urgency(verdict: &mut Verdict, situation: &Situation<'_>, thresholds: &Thresholds) {
    let Some(urgent) = reached(ReasonCode::Urgent, situation.understanding.urgency, thresholds.urgent) else {
        return;
    };
    let weak = [ReasonCode::OutOfScope, ReasonCode::AmbiguousIntent, ReasonCode::NoAnswer];
    let leads = verdict.reasons.first().is_some_and(|reason| weak.contains(&reason.code));
    let place = if leads { 0 } else { 1.min(verdict.reasons.len()) };
    verdict.reasons.insert(place, urgent);
}

#[cfg(test)]
mod tests;
