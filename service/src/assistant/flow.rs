//! Tasks of several turns, declared as data in `flows/*.toml` and run by one small interpreter.
//!
//! A flow is a list of steps. `collect` asks for a value, `verify` proves an address with a one-time code, `choose` lets
//! the contact pick one of their orders, `call` asks an outside system, `branch` decides, `say` ends with words, and
//! `handoff` ends with a human. What the contact corrects on the way is taken up wherever the flow stands, a question in
//! between is answered first, and "never mind" ends it: none of that is written in any flow.

mod choose;
mod collect;
mod engine;
mod raw;
mod spec;
mod verify;
mod words;

pub(crate) use engine::{End, Given, Run, Setting};
pub(crate) use spec::{FlowSpec, Flows};
pub(crate) use words::late_by_days;
