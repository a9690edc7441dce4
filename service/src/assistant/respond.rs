//! Carries out what the policy decided: what is said, which flow goes on, who takes over, what is remembered.

mod several;

use jiff::Timestamp;
use knowledge_base::{Answer, IntentAction};

use crate::domain::answer::{Citation, Reply};
use crate::domain::conversation::Queue;
use crate::domain::decision::{Action, Decision, Reason, ReasonCode};
use crate::domain::flow::{Commitment, FlowState, Memory, Tried};
use crate::domain::handle::Handle;
use crate::domain::handoff::NewHandoff;
use crate::domain::turn::{Call, CallResult, Outcome, Turn};
use crate::domain::understanding::{ScoredIntent, Understanding};

use super::flow::{End, FlowSpec, Run, Setting};
use super::policy::{self, Plan};
use super::situation::{picked_intent, ranked, situation};
use super::{Assistant, Found, Step, brief, priority, recall, redact, replies};

/// How many intents or articles a clarifying question names.
const MAX_OFFERS: usize = 3;
/// An intent less sure than this is not offered, unless nothing else is.
const LEAST_OFFER: f32 = 0.08;

/// Everything a response depends on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Inputs<'a> {
    pub(super) turn: &'a Turn,
    pub(super) understanding: &'a Understanding,
    pub(super) found: &'a Found,
    pub(super) calls: &'a [(Call, CallResult)],
    pub(super) now: Timestamp,
}

/// Decides on a turn and takes the next step.
pub(super) fn respond(assistant: &Assistant, inputs: &Inputs<'_>) -> Step {
    let memory = recall::remember(inputs.turn, inputs.understanding, &assistant.phrases, inputs.now);
    let text = inputs.turn.text();
    let picked = picked_intent(assistant, &memory, &text);
    let verdict = {
        let situation = situation(assistant, inputs, &memory, &text, picked.as_deref());
        policy::decide(&situation, &assistant.settings.thresholds)
    };
    let mut response = Response {
        assistant,
        inputs,
        text: &text,
        intents: ranked(inputs.understanding, picked.as_deref()),
        memory,
        replies: Vec::new(),
        proven: Vec::new(),
        reasons: verdict.reasons,
        calls_used: 0,
    };
    if redact::tells_password(&text) {
        response.replies.push(Reply::plain(replies::NO_PASSWORDS));
    }
    response.carry_out(verdict.plan)
}

/// A response being put together.
struct Response<'a> {
    assistant: &'a Assistant,
    inputs: &'a Inputs<'a>,
    text: &'a str,
    intents: Vec<ScoredIntent>,
    memory: Memory,
    replies: Vec<Reply>,
    proven: Vec<Handle>,
    reasons: Vec<Reason>,
    /// Calls that flows of this turn which have ended took.
    calls_used: usize,
}

impl Response<'_> {
    fn carry_out(mut self, plan: Plan) -> Step {
        if plan != Plan::Clarify && plan != Plan::Silent {
            self.memory.offered.clear();
        }
        match plan {
            Plan::Silent => self.done(Action::Silent, None),
            Plan::HandOff => self.hand_off(None),
            Plan::Clarify => self.clarify(),
            Plan::Quote => self.quote(),
            Plan::SettleEach => self.settle_each(),
            Plan::Say(intent) => self.say(&intent),
            Plan::CallOff => self.call_off(),
            Plan::Start(flow) => {
                self.set_aside(&flow);
                match self.assistant.flows.get(&flow) {
                    Some(flow) if flow.needs().all(|system| self.assistant.settings.systems.contains(&system)) => {
                        self.run(flow, None)
                    }
                    Some(flow) => {
                        self.reasons = vec![Reason::of(ReasonCode::ConnectorFailed).at(self.inputs.turn.upto())];
                        self.hand_off(Some(flow))
                    }
                    None => self.clarify(),
                }
            }
            Plan::Continue => {
                let state = self.memory.flow.clone();
                match state.as_ref().and_then(|state| self.assistant.flows.get(&state.flow)) {
                    Some(flow) => self.run(flow, state.as_ref()),
                    None => self.clarify(),
                }
            }
        }
    }

    /// Puts the flow in progress aside for `other`; the same flow starts afresh.
    fn set_aside(&mut self, other: &str) {
        if let Some(state) = self.memory.flow.take()
            && state.flow != other
        {
            self.memory.paused.push(state);
        }
        self.memory.paused.retain(|state| state.flow != other);
    }

    fn run(mut self, flow: &FlowSpec, state: Option<&FlowState>) -> Step {
        let mut run = Run::new(flow, self.setting(), self.memory.clone());
        let end = match state {
            Some(state) => run.resume(state),
            None => run.start(),
        };
        let calls_used = run.calls_used();
        let (memory, replies, proven) = (run.memory, run.replies, run.proven);
        self.calls_used += calls_used;
        if let End::NeedsCall(call) = end {
            return Step::Call(call);
        }
        self.memory = memory;
        self.replies.extend(replies);
        self.proven.extend(proven);
        match end {
            End::NeedsCall(call) => Step::Call(call),
            End::Waits => {
                self.memory.failures = 0;
                self.done(Action::Act, Some(flow.name.clone()))
            }
            End::Done(outcome) => {
                self.note_tried(flow.title.clone(), flow.name.clone(), outcome);
                self.memory.failures = 0;
                self.go_on(Some(flow))
            }
            End::HandsOff { reason, outcome } => {
                self.note_tried(flow.title.clone(), flow.name.clone(), outcome);
                self.reasons = vec![reason.at(self.inputs.turn.upto())];
                self.hand_off(Some(flow))
            }
        }
    }

    /// Says what the flow in progress still waits for, after something else was settled.
    fn remind(&mut self) {
        let state = self.memory.flow.clone().or_else(|| self.memory.paused.pop());
        let Some(state) = state else { return };
        let Some(flow) = self.assistant.flows.get(&state.flow) else { return };
        let mut run = Run::new(flow, self.setting(), self.memory.clone());
        run.remind(&state);
        let (memory, replies) = (run.memory, run.replies);
        self.memory = memory;
        self.replies.extend(replies);
    }

    fn setting(&self) -> Setting<'_> {
        let zone = self.assistant.settings.time_zone.clone();
        Setting {
            turn: self.inputs.turn,
            text: self.text,
            given: &self.inputs.understanding.entities,
            calls: self.inputs.calls.get(self.calls_used..).unwrap_or_default(),
            phrases: &self.assistant.phrases,
            now: self.inputs.now,
            today: zone.to_datetime(self.inputs.now).date(),
        }
    }

    fn call_off(mut self) -> Step {
        let flow = self.memory.flow.take().map(|state| state.flow);
        self.replies.push(Reply::plain(replies::CALLED_OFF));
        self.memory.failures = 0;
        self.memory.paused.clear();
        self.memory.next.clear();
        self.done(Action::Act, flow)
    }

    fn say(mut self, intent: &str) -> Step {
        if let Some(IntentAction::Reply(text)) = self.assistant.intent(intent).map(|spec| &spec.action) {
            self.replies.push(Reply::plain(text));
        }
        self.memory.failures = 0;
        self.remind();
        self.done(Action::Answer, None)
    }

    fn quote(mut self) -> Step {
        let Ok(answer) = &self.inputs.found.answer else { return self.clarify() };
        self.say_answer(answer);
        self.memory.failures = 0;
        self.remind();
        self.done(Action::Answer, None)
    }

    /// Says what the knowledge base answers, with its sources.
    fn say_answer(&mut self, answer: &Answer) {
        let citations: Vec<Citation> = answer
            .citations
            .iter()
            .map(|citation| Citation {
                article: citation.article.as_str().to_owned(),
                title: citation.title.clone(),
                start: citation.start,
                end: citation.end,
                version: citation.version,
                score: citation.score,
            })
            .collect();
        if let Some(citation) = citations.first() {
            let text = format!("answered from \"{}\"", citation.title);
            self.note_tried(text, citation.article.clone(), recall::UNJUDGED.to_owned());
        }
        self.replies.push(Reply { citations, ..Reply::plain(&answer.text) });
    }

    /// Names the likeliest intents, or the nearest articles when none of ours is meant or the clear one has no answer.
    fn clarify(mut self) -> Step {
        let thresholds = &self.assistant.settings.thresholds;
        let understanding = self.inputs.understanding;
        let unclear = understanding.out_of_scope < thresholds.out_of_scope
            && self.reasons.iter().any(|reason| reason.code == ReasonCode::AmbiguousIntent);
        self.memory.failures = self.memory.failures.saturating_add(1);
        self.memory.offered.clear();
        let (text, titles) = if unclear {
            let (names, titles) = self.likely_intents();
            let text = replies::clarify(&titles);
            self.memory.offered = names;
            (text, titles)
        } else {
            let titles = self.nearest_titles();
            (replies::nearest(&titles), titles)
        };
        let quick_replies = titles.iter().map(|title| capitalised(title)).collect();
        self.replies.push(Reply { quick_replies, ..Reply::plain(text) });
        self.done(Action::Clarify, None)
    }

    /// The names and titles of the intents worth offering: those that something is done about.
    fn likely_intents(&self) -> (Vec<String>, Vec<String>) {
        let specs = self.intents.iter().filter(|intent| intent.confidence >= LEAST_OFFER).filter_map(|intent| {
            let spec = self.assistant.intent(&intent.name)?;
            (!matches!(spec.action, IntentAction::Reply(_))).then(|| (spec.name.clone(), spec.title.clone()))
        });
        specs.take(MAX_OFFERS).unzip()
    }

    fn nearest_titles(&self) -> Vec<String> {
        self.inputs.found.hits.iter().map(|hit| hit.title.clone()).take(MAX_OFFERS).collect()
    }

    fn hand_off(mut self, flow: Option<&FlowSpec>) -> Step {
        let explained = flow.is_some() && !self.replies.is_empty();
        if !explained {
            let notice = replies::handoff_notice(&self.reasons, &self.inputs.understanding.language.code);
            self.replies.push(Reply::plain(notice));
        }
        let queue = self.queue(flow);
        let (priority, why) = priority::of_handoff(self.inputs.understanding.priority, &self.reasons);
        self.memory
            .commitments
            .push(Commitment { text: replies::COMMITMENT.to_owned(), message: self.inputs.turn.upto() });
        let brief = brief::write(&brief::Material {
            assistant: self.assistant,
            turn: self.inputs.turn,
            understanding: self.inputs.understanding,
            found: self.inputs.found,
            memory: &self.memory,
            reasons: &self.reasons,
            intents: &self.intents,
            priority: why,
            due: self.assistant.settings.reply_within.due(priority, self.inputs.now),
        });
        let handoff = NewHandoff { queue: Queue::new(&queue), priority, reasons: self.reasons.clone(), brief };
        self.memory.flow = None;
        self.memory.paused.clear();
        self.memory.next.clear();
        self.memory.failures = 0;
        let mut step = self.done(Action::Handoff, flow.map(|flow| flow.name.clone()));
        if let Step::Done(outcome) = &mut step {
            outcome.decision.queue = Some(queue);
            outcome.handoff = Some(handoff);
        }
        step
    }

    /// The queue of the flow, of the intent where it is at all likely, or the general one.
    fn queue(&self, flow: Option<&FlowSpec>) -> String {
        let running = self.memory.flow.as_ref().and_then(|state| self.assistant.flows.get(&state.flow));
        if let Some(flow) = flow.or(running) {
            return flow.queue.clone();
        }
        let thresholds = &self.assistant.settings.thresholds;
        let in_scope = self.inputs.understanding.out_of_scope < thresholds.out_of_scope;
        let likely = self.intents.first().filter(|top| in_scope && top.confidence >= thresholds.intent / 2.0);
        let spec = likely.and_then(|top| self.assistant.intent(&top.name));
        spec.map_or_else(|| Queue::GENERAL.to_owned(), |spec| spec.queue.clone())
    }

    fn note_tried(&mut self, text: String, source: String, outcome: String) {
        self.memory.tried.push(Tried { text, source, outcome, message: self.inputs.turn.upto() });
    }

    fn done(self, action: Action, flow: Option<String>) -> Step {
        Step::Done(Box::new(Outcome {
            decision: Decision { action, flow, queue: None, reasons: self.reasons, intents: self.intents },
            replies: self.replies,
            memory: self.memory,
            proven: self.proven,
            handoff: None,
        }))
    }
}

/// A title with a capital in front, as on a button.
fn capitalised(title: &str) -> String {
    let mut chars = title.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
