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

use knowledge_base::{Content, IntentAction, Problem};

use super::signals::Signal;

pub(crate) use engine::{End, Run, Setting};
pub use spec::System;
pub(crate) use spec::{FlowSpec, Flows};

/// The flows of `content`, or everything wrong with them, with the intents that run them, and with the signals that
/// nothing acts on.
pub(crate) fn parse_flows(content: &Content) -> Result<Flows, Vec<Problem>> {
    let mut problems = Vec::new();
    let flows = Flows::parse(&content.flows).map_err(|found| problems.extend(found)).ok();
    for intent in &content.intents {
        if let (IntentAction::Flow(name), Some(flows)) = (&intent.action, &flows)
            && flows.get(name).is_none()
        {
            problems.push(Problem {
                file: "intents.toml".to_owned(),
                line: intent.line,
                message: format!(
                    "intent `{}` runs the flow `{name}`, which does not exist; {}",
                    intent.name,
                    named(&flows.names())
                ),
            });
        }
    }
    for signal in content.signals.iter().filter(|signal| Signal::from_name(&signal.name).is_none()) {
        problems.push(Problem {
            file: "signals.toml".to_owned(),
            line: signal.line,
            message: format!("nothing acts on the signal `{}`; the signals are {}", signal.name, Signal::names()),
        });
    }
    problems.sort();
    match flows {
        Some(flows) if problems.is_empty() => Ok(flows),
        _ => Err(problems),
    }
}

fn named(flows: &[&str]) -> String {
    if flows.is_empty() { "there are none in `flows/`".to_owned() } else { format!("there are: {}", flows.join(", ")) }
}

#[cfg(test)]
mod tests;
