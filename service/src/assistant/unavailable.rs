//! What to do with a turn when nothing can be understood: say so, and hand over with what was written.

use jiff::Timestamp;

use crate::domain::answer::Reply;
use crate::domain::brief::{Brief, Line, Mood, NextStep, PriorityWhy};
use crate::domain::conversation::{Priority, Queue};
use crate::domain::decision::{Action, Decision, Reason, ReasonCode};
use crate::domain::flow::Commitment;
use crate::domain::handoff::{NewHandoff, ReplyWithin};
use crate::domain::turn::{Outcome, Turn};

use super::{brief, replies};

/// Hands `turn` over without having understood it.
pub(super) fn unavailable(turn: &Turn, reply_within: &ReplyWithin, now: Timestamp) -> Outcome {
    let reasons = vec![Reason::of(ReasonCode::AssistantUnavailable).at(turn.upto())];
    let mut memory = turn.memory.clone();
    memory.flow = None;
    memory.paused.clear();
    memory.commitments.push(Commitment { text: replies::COMMITMENT.to_owned(), message: turn.upto() });
    let problem = brief::problem(turn);
    let priority = Priority::High;
    let brief = Brief {
        summary: problem.clone(),
        problem,
        reasons: reasons.clone(),
        intent: None,
        mood: Mood { trajectory: memory.mood.clone(), worst: 0.0, last: 0.0 },
        priority: PriorityWhy::new(priority, "the assistant could not run, so nobody has looked at it yet"),
        facts: memory.slots.clone(),
        tried: memory.tried.clone(),
        commitments: memory
            .commitments
            .iter()
            .map(|commitment| Line { text: commitment.text.clone(), messages: vec![commitment.message] })
            .collect(),
        open_questions: Vec::new(),
        suggested_next_step: NextStep {
            text: "Read the conversation: the assistant has not understood any of it.".to_owned(),
            articles: Vec::new(),
            draft: String::new(),
        },
        contact: brief::card(&turn.contact, "und", turn.past_conversations),
        channels: brief::channels(turn),
        due: reply_within.due(priority, now),
    };
    Outcome {
        decision: Decision {
            action: Action::Handoff,
            flow: None,
            queue: Some(Queue::GENERAL.to_owned()),
            reasons: reasons.clone(),
            intents: Vec::new(),
        },
        replies: vec![Reply::plain(replies::handoff_notice(&reasons, "en"))],
        memory,
        proven: Vec::new(),
        handoff: Some(NewHandoff { queue: Queue::new(Queue::GENERAL), priority, reasons, brief }),
    }
}
