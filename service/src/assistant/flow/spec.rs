//! A flow, checked: every step it names exists, every template parses and uses only known names.

use minijinja::Environment;

use crate::domain::decision::ReasonCode;
use crate::domain::flow::{FlowState, Memory};
use crate::domain::understanding::EntityKind;

use super::super::entities::Expected;

/// Every flow of the content.
#[derive(Debug, Default)]
pub(crate) struct Flows {
    pub(super) flows: Vec<FlowSpec>,
}

/// One flow.
#[derive(Debug)]
pub(crate) struct FlowSpec {
    /// Its stable name.
    pub(crate) name: String,
    /// What it does, in words an agent understands.
    pub(crate) title: String,
    /// The queue of its handoffs.
    pub(crate) queue: String,
    /// The slots it fills and what each holds.
    pub(super) slots: Vec<(String, EntityKind)>,
    /// Its steps; it starts at the first.
    pub(super) steps: Vec<StepSpec>,
    /// Every template of the flow by its number.
    pub(super) templates: Environment<'static>,
}

/// One step.
#[derive(Debug)]
pub(super) struct StepSpec {
    /// Its name in the flow.
    pub(super) id: String,
    /// What it does.
    pub(super) act: Act,
}

/// The name of a template in the flow's environment.
pub(super) type Template = String;

/// What a step does.
#[derive(Debug)]
pub(super) enum Act {
    /// Asks until a slot is filled.
    Collect(Collect),
    /// Proves an address.
    Verify(Verify),
    /// Lets the contact pick one of their orders.
    Choose(Choose),
    /// Asks an outside system.
    Call {
        /// What for.
        what: Lookup,
        /// The step after.
        next: usize,
    },
    /// Goes where the first true condition points.
    Branch {
        /// Conditions and where they lead.
        cases: Vec<(Template, usize)>,
        /// Where to go when none holds.
        next: usize,
    },
    /// Says something and ends.
    Say(Say),
    /// Says something and hands over.
    HandOff(HandOff),
}

/// Asking for a value.
#[derive(Debug)]
pub(super) struct Collect {
    pub(super) slot: String,
    pub(super) kind: EntityKind,
    /// Whether only a value given after asking counts, because the one at hand led nowhere.
    pub(super) freshness: Freshness,
    pub(super) ask: Asking,
    pub(super) next: usize,
}

/// Which values satisfy a collecting step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Freshness {
    /// Any the conversation knows.
    Known,
    /// One given in answer.
    New,
}

/// The words of a question and how often it is put.
#[derive(Debug)]
pub(super) struct Asking {
    pub(super) prompt: Template,
    pub(super) reprompt: Template,
    pub(super) attempts: u8,
}

/// Proving an address with a one-time code.
#[derive(Debug)]
pub(super) struct Verify {
    /// Slots of addresses that can be proven.
    pub(super) slots: Vec<(String, EntityKind)>,
    pub(super) ask: Asking,
    pub(super) code_prompt: Template,
    pub(super) code_reprompt: Template,
    pub(super) wrong_code: Template,
    pub(super) next: usize,
}

/// Picking one of the contact's newest orders.
#[derive(Debug)]
pub(super) struct Choose {
    pub(super) slot: String,
    pub(super) ask: Asking,
    /// One order as a short reply.
    pub(super) option: Template,
    /// Where to go when there is no order.
    pub(super) none: usize,
    pub(super) next: usize,
}

/// What outside systems are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lookup {
    FindOrder,
    ResetPassword,
}

/// Last words.
#[derive(Debug)]
pub(super) struct Say {
    pub(super) words: Template,
    /// What came of the flow, for the brief.
    pub(super) outcome: Template,
    pub(super) quick_replies: Vec<String>,
}

/// Last words before a human.
#[derive(Debug)]
pub(super) struct HandOff {
    pub(super) words: Template,
    pub(super) outcome: Template,
    pub(super) reason: ReasonCode,
    /// Facts the flow found out, for the brief.
    pub(super) facts: Vec<(String, Template)>,
}

impl Flows {
    /// The flow of this name.
    pub(crate) fn get(&self, name: &str) -> Option<&FlowSpec> {
        self.flows.iter().find(|flow| flow.name == name)
    }

    /// The names of all flows.
    pub(crate) fn names(&self) -> Vec<&str> {
        self.flows.iter().map(|flow| flow.name.as_str()).collect()
    }

    /// What the flow in progress waits for.
    pub(crate) fn expected(&self, memory: &Memory) -> Expected {
        let Some(state) = &memory.flow else { return Expected::default() };
        let Some(flow) = self.get(&state.flow) else { return Expected::default() };
        Expected {
            order_number: flow.slots.iter().any(|(_, kind)| *kind == EntityKind::OrderNumber),
            code: state.challenge.is_some(),
        }
    }
}

/// An outside system that flows ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    /// The one that knows about orders.
    Orders,
    /// The one that knows about accounts.
    Accounts,
}

impl FlowSpec {
    /// The outside systems it asks.
    pub(crate) fn needs(&self) -> impl Iterator<Item = System> {
        self.steps.iter().filter_map(|step| match &step.act {
            Act::Choose(_) | Act::Call { what: Lookup::FindOrder, .. } => Some(System::Orders),
            Act::Call { what: Lookup::ResetPassword, .. } => Some(System::Accounts),
            _ => None,
        })
    }

    /// Whether the flow holds values of this kind.
    pub(crate) fn takes(&self, kind: EntityKind) -> bool {
        self.slots.iter().any(|(_, of)| *of == kind)
    }

    /// Whether the waiting step offers a choice.
    pub(crate) fn offers_choice(&self, state: &FlowState) -> bool {
        let step = self.place(&state.step).map(|place| &self.steps[place].act);
        matches!(step, Some(Act::Choose(_)))
    }

    /// What the waiting step still needs, in words for an agent.
    pub(crate) fn open_question(&self, state: &FlowState) -> Option<String> {
        match &self.steps[self.place(&state.step)?].act {
            Act::Verify(_) if state.challenge.is_some() => {
                Some("a one-time code was sent and not repeated: the address is not proven".to_owned())
            }
            Act::Verify(verify) => {
                let kinds: Vec<String> =
                    verify.slots.iter().map(|(_, kind)| format!("the {}", kind.in_words())).collect();
                Some(format!("who is asking: {} was asked for and not given", kinds.join(" or ")))
            }
            Act::Collect(collect) => Some(format!("the {} was asked for and not given", collect.kind.in_words())),
            Act::Choose(_) => Some("which of their orders is meant".to_owned()),
            _ => None,
        }
    }

    /// The place of the step with this id.
    pub(super) fn place(&self, id: &str) -> Option<usize> {
        self.steps.iter().position(|step| step.id == id)
    }
}
