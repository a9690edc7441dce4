//! Asks for a value until it is given.

use crate::domain::decision::ReasonCode;

use super::engine::{End, Next, Run};
use super::spec::{Collect, Freshness};

impl Run<'_> {
    /// Arrives at the step: passes when the value is known, else asks.
    pub(super) fn collect(&mut self, collect: &Collect) -> Next {
        if collect.freshness == Freshness::Known && self.memory.slot(&collect.slot).is_some() {
            return Ok(collect.next);
        }
        self.say(&collect.ask.prompt);
        Err(End::Waits)
    }

    /// Takes what was said in reply.
    pub(super) fn collected(&mut self, collect: &Collect) -> Next {
        if self.newest(&[collect.kind]).is_some() {
            return Ok(collect.next);
        }
        Err(self.ask_again(&collect.ask.reprompt, collect.ask.attempts, ReasonCode::RepeatedFailure))
    }
}
