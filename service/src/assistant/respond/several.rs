//! Settles a turn that asks for several things: answers first, then one flow after the other.

use knowledge_base::IntentAction;

use crate::domain::decision::Action;

use super::super::flow::FlowSpec;
use super::{Plan, Response, Step};

impl Response<'_> {
    /// Says every answer and starts the first flow; others begin when it ends.
    pub(super) fn settle_each(mut self) -> Step {
        let inputs = self.inputs;
        for (purpose, found) in inputs.understanding.purposes.iter().zip(&inputs.found.by_purpose) {
            match self.assistant.intent(&purpose.intent).map(|spec| &spec.action) {
                Some(IntentAction::Answer(_)) => {
                    if let Ok(answer) = &found.answer {
                        self.say_answer(answer);
                    }
                }
                Some(IntentAction::Flow(flow)) if !self.memory.next.contains(flow) => {
                    self.memory.next.push(flow.clone());
                }
                _ => {}
            }
        }
        self.memory.failures = 0;
        self.go_on(None)
    }

    /// Begins the next flow that was asked for, or says what one in progress still waits for; `ended` is the flow that
    /// has just ended.
    pub(super) fn go_on(mut self, ended: Option<&FlowSpec>) -> Step {
        if self.memory.next.is_empty() {
            self.remind();
            let action = if ended.is_some() { Action::Act } else { Action::Answer };
            return self.done(action, ended.map(|flow| flow.name.clone()));
        }
        let next = self.memory.next.remove(0);
        self.carry_out(Plan::Start(next))
    }
}
