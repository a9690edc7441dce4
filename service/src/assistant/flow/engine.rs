//! Runs a flow for one turn, until it waits, ends, or needs something from outside.
//!
//! A turn is replayed from its beginning each time the result of a call comes in, so that nothing is kept between and
//! the caller may do its part in any way. A replay is the same up to the call that was missing, because nothing here
//! depends on anything but its arguments.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::domain::answer::Reply;
use crate::domain::decision::{Reason, ReasonCode};
use crate::domain::flow::{FlowState, Memory, Slot};
use crate::domain::handle::{Handle, HandleKind};
use crate::domain::turn::{Call, CallResult, Order, Turn};
use crate::domain::understanding::{Entity, EntityKind};

use super::super::phrases::Phrases;
use super::super::replies;
use super::spec::{Act, FlowSpec, HandOff, Lookup, Say};
use super::words::Known;

/// No flow takes this many steps in one turn unless it goes round in circles.
const MAX_STEPS: usize = 64;

/// What a flow is run with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setting<'a> {
    /// The turn.
    pub(crate) turn: &'a Turn,
    /// What the contact says in it.
    pub(crate) text: &'a str,
    /// The entities in it.
    pub(crate) given: &'a [Entity],
    /// The calls made so far and what came of them.
    pub(crate) calls: &'a [(Call, CallResult)],
    /// Phrases that mean one thing.
    pub(crate) phrases: &'a Phrases,
    /// The time.
    pub(crate) now: Timestamp,
    /// The day it is for the organisation.
    pub(crate) today: Date,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum End {
    /// It needs this call made.
    NeedsCall(Call),
    /// It asked something and waits.
    Waits,
    /// It is done; this came of it.
    Done(String),
    /// A human must take over; this came of it.
    HandsOff {
        /// Why.
        reason: Reason,
        /// What the flow found out.
        outcome: String,
    },
}

/// One run of a flow in one turn.
#[derive(Debug)]
pub(crate) struct Run<'a> {
    pub(super) flow: &'a FlowSpec,
    pub(super) setting: Setting<'a>,
    pub(super) state: FlowState,
    /// Memory as it will be.
    pub(crate) memory: Memory,
    /// What to say.
    pub(crate) replies: Vec<Reply>,
    /// Addresses proven in this turn.
    pub(crate) proven: Vec<Handle>,
    pub(super) order: Option<Order>,
    /// Whether the contact named another address after one was proven or tried.
    pub(super) corrected_address: Option<Handle>,
    calls_used: usize,
}

/// The step to go to, or why the run stops.
pub(super) type Next = Result<usize, End>;

impl<'a> Run<'a> {
    /// A run of `flow` over `memory`, in which entities of this turn are already remembered.
    pub(crate) fn new(flow: &'a FlowSpec, setting: Setting<'a>, memory: Memory) -> Self {
        Self {
            flow,
            setting,
            state: FlowState { flow: flow.name.clone(), step: String::new(), attempts: 0, challenge: None },
            memory,
            replies: Vec::new(),
            proven: Vec::new(),
            order: None,
            corrected_address: None,
            calls_used: 0,
        }
    }

    /// Starts at the first step.
    pub(crate) fn start(&mut self) -> End {
        self.go(Ok(0))
    }

    /// Goes on at the step that waits, or where a correction leads back to.
    pub(crate) fn resume(&mut self, state: &FlowState) -> End {
        self.state = state.clone();
        let Some(place) = self.flow.place(&state.step) else { return self.start() };
        let flow = self.flow;
        if let Some(earlier) = self.led_back(place) {
            self.state.challenge = None;
            self.state.attempts = 0;
            return self.go(Ok(earlier));
        }
        let next = match &flow.steps[place].act {
            Act::Collect(collect) => self.collected(collect),
            Act::Verify(verify) => self.answered_verify(verify),
            Act::Choose(choose) => self.chosen(choose),
            _ => Ok(place),
        };
        self.go(next)
    }

    /// How many of the calls made it took.
    pub(crate) fn calls_used(&self) -> usize {
        self.calls_used
    }

    /// Puts the waiting question again, after something else was settled.
    pub(crate) fn remind(&mut self, state: &FlowState) {
        self.state = state.clone();
        let flow = self.flow;
        let Some(place) = flow.place(&state.step) else { return };
        match &flow.steps[place].act {
            Act::Collect(collect) => self.say(&collect.ask.prompt),
            Act::Verify(verify) if state.challenge.is_some() => self.say(&verify.code_reprompt),
            Act::Verify(verify) => self.say(&verify.ask.prompt),
            Act::Choose(choose) => self.say(&choose.ask.reprompt),
            _ => {}
        }
        self.memory.flow = Some(self.state.clone());
    }

    fn go(&mut self, mut next: Next) -> End {
        for _ in 0..MAX_STEPS {
            let place = match next {
                Ok(place) => place,
                Err(end) => return self.ended(end),
            };
            let flow = self.flow;
            let Some(step) = flow.steps.get(place) else { break };
            if self.state.step != step.id {
                self.state.step.clone_from(&step.id);
                self.state.attempts = 0;
            }
            next = match &step.act {
                Act::Collect(collect) => self.collect(collect),
                Act::Verify(verify) => self.verify(verify),
                Act::Choose(choose) => self.choose(choose),
                Act::Call { what, next } => self.look_up(*what).map(|()| *next),
                Act::Branch { cases, next } => Ok(self.branch(cases, *next)),
                Act::Say(say) => Err(self.last_words(say)),
                Act::HandOff(hand_off) => Err(self.hand_over(hand_off)),
            };
        }
        let circles = Reason::of(ReasonCode::AssistantUnavailable);
        self.ended(End::HandsOff { reason: circles, outcome: "the flow went round in circles".to_owned() })
    }

    fn ended(&mut self, end: End) -> End {
        self.memory.flow = (end == End::Waits).then(|| self.state.clone());
        end
    }

    /// An earlier step that takes something given now and different from before.
    fn led_back(&mut self, waiting: usize) -> Option<usize> {
        let flow = self.flow;
        let taken_here: Vec<EntityKind> = match &flow.steps[waiting].act {
            Act::Collect(collect) => vec![collect.kind],
            Act::Verify(verify) => verify.slots.iter().map(|(_, kind)| *kind).collect(),
            Act::Choose(_) => vec![EntityKind::OrderNumber],
            _ => Vec::new(),
        };
        let (place, given) = flow.steps[..waiting].iter().enumerate().find_map(|(place, step)| {
            let kinds: Vec<EntityKind> = match &step.act {
                Act::Collect(collect) => vec![collect.kind],
                Act::Verify(verify) => verify.slots.iter().map(|(_, kind)| *kind).collect(),
                _ => Vec::new(),
            };
            let new = self.setting.given.iter().rev().find(|given| {
                let kind = given.kind;
                kinds.contains(&kind) && !taken_here.contains(&kind) && self.is_news(given)
            });
            new.map(|given| (place, given))
        })?;
        self.corrected_address = address_of(given);
        Some(place)
    }

    /// Whether an entity says something the conversation did not know before this turn.
    fn is_news(&self, given: &Entity) -> bool {
        let before = self.setting.turn.memory.slot(given.kind.name());
        before.is_none_or(|slot| slot.value != given.value)
    }

    /// The newest entity of the turn of one of `kinds`.
    pub(super) fn newest(&self, kinds: &[EntityKind]) -> Option<&'a Entity> {
        self.setting.given.iter().rev().find(|given| kinds.contains(&given.kind))
    }

    /// The addresses whoever writes has proven, the ones proven now first.
    pub(super) fn proven_handles(&self) -> Vec<Handle> {
        let mut handles = self.proven.clone();
        for handle in self.setting.turn.proven(self.setting.now) {
            if matches!(handle.kind(), HandleKind::Email | HandleKind::Phone) && !handles.contains(&handle) {
                handles.push(handle);
            }
        }
        handles
    }

    /// The result of a call, or the wish for it.
    pub(super) fn ask(&mut self, call: Call) -> Result<&'a CallResult, End> {
        match self.setting.calls.get(self.calls_used) {
            Some((made, result)) if *made == call => {
                self.calls_used += 1;
                if *result == CallResult::Failed { Err(failed_call()) } else { Ok(result) }
            }
            _ => Err(End::NeedsCall(call)),
        }
    }

    fn look_up(&mut self, what: Lookup) -> Result<(), End> {
        match what {
            Lookup::FindOrder => {
                let Some(number) = self.memory.slot("order_number").map(|slot| slot.value.clone()) else {
                    self.order = None;
                    return Ok(());
                };
                let proven = self.proven_handles();
                if proven.is_empty() {
                    return Err(unproven());
                }
                match self.ask(Call::FindOrder { number: number.clone(), proven })? {
                    CallResult::Orders(orders) => {
                        self.order = orders.first().cloned();
                        if self.order.is_some() {
                            self.verified("order_number");
                        }
                        Ok(())
                    }
                    _ => Err(failed_call()),
                }
            }
            Lookup::ResetPassword => {
                let email = self.memory.slot("email").map(|slot| slot.value.clone()).unwrap_or_default();
                let Ok(email) = Handle::parse(HandleKind::Email, &email, None) else { return Err(unproven()) };
                match self.ask(Call::ResetPassword { email })? {
                    CallResult::ResetTaken => Ok(()),
                    _ => Err(failed_call()),
                }
            }
        }
    }

    fn branch(&self, cases: &[(String, usize)], otherwise: usize) -> usize {
        let holds = |condition: &str| self.render(condition, None) == "yes";
        cases.iter().find(|(condition, _)| holds(condition)).map_or(otherwise, |(_, next)| *next)
    }

    fn last_words(&mut self, say: &Say) -> End {
        let text = self.render(&say.words, None);
        self.replies.push(Reply { quick_replies: say.quick_replies.clone(), ..Reply::plain(text) });
        End::Done(self.render(&say.outcome, None))
    }

    fn hand_over(&mut self, hand_off: &HandOff) -> End {
        self.say(&hand_off.words);
        let seq = self.setting.turn.upto();
        for (name, text) in &hand_off.facts {
            let value = self.render(text, None);
            if !value.is_empty() {
                self.memory.remember(Slot { name: name.clone(), value, message: seq, verified: true });
            }
        }
        End::HandsOff { reason: Reason::of(hand_off.reason), outcome: self.render(&hand_off.outcome, None) }
    }

    /// Marks a slot as proven.
    pub(super) fn verified(&mut self, name: &str) {
        if let Some(slot) = self.memory.slots.iter_mut().find(|slot| slot.name == name) {
            slot.verified = true;
        }
    }

    /// Asks once more, or gives up with `reason` when that was often enough. Something learned on the way is no failure.
    pub(super) fn ask_again(&mut self, reprompt: &str, attempts: u8, reason: ReasonCode) -> End {
        let learned = self.setting.given.iter().any(|given| self.flow.takes(given.kind));
        if !learned {
            self.state.attempts = self.state.attempts.saturating_add(1);
        }
        if self.state.attempts >= attempts {
            let outcome = "the question was not answered".to_owned();
            return End::HandsOff { reason: Reason::of(reason), outcome };
        }
        let again = self.render(reprompt, None);
        self.replies.push(Reply::plain(if learned { format!("{} {again}", replies::NOTED) } else { again }));
        End::Waits
    }

    /// Says a template.
    pub(super) fn say(&mut self, template: &str) {
        let text = self.render(template, None);
        self.replies.push(Reply::plain(text));
    }

    /// A template as text.
    pub(super) fn render(&self, template: &str, left: Option<u8>) -> String {
        let address = self.address_shown();
        let known = Known {
            memory: &self.memory,
            order: self.order.as_ref(),
            address: address.as_deref(),
            left,
            today: self.setting.today,
        };
        let rendered = self.flow.templates.get_template(template).and_then(|it| it.render(known.context()));
        rendered.map_or_else(|_| String::new(), |text| text.trim().to_owned())
    }
}

/// A call that did not do what it was made for.
pub(super) fn failed_call() -> End {
    End::HandsOff {
        reason: Reason::of(ReasonCode::ConnectorFailed),
        outcome: "the system that knows did not answer".to_owned(),
    }
}

fn unproven() -> End {
    End::HandsOff { reason: Reason::of(ReasonCode::VerificationFailed), outcome: "no address was proven".to_owned() }
}

/// The address an entity is.
pub(super) fn address_of(entity: &Entity) -> Option<Handle> {
    Handle::parse(entity.kind.address()?, &entity.value, None).ok()
}
