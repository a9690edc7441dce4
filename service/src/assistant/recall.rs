//! What a turn adds to memory whatever is decided on it: facts, mood, and what became of the last answer.

use jiff::Timestamp;

use crate::domain::flow::{Memory, Slot};
use crate::domain::handle::{Handle, HandleKind};
use crate::domain::message::Author;
use crate::domain::turn::Turn;
use crate::domain::understanding::{Entity, EntityKind, Understanding};

use super::entities::{EntityReader, Expected};
use super::phrases::Phrases;

/// The outcome of an answer nobody has judged yet.
pub(crate) const UNJUDGED: &str = "given";
/// The outcome of an answer the contact was content with.
const WELCOME: &str = "the contact was content";
/// The outcome of an answer that did not help.
const MISSED: &str = "the contact said it did not help";

/// Memory with what this turn says.
pub(crate) fn remember(turn: &Turn, understanding: &Understanding, phrases: &Phrases, now: Timestamp) -> Memory {
    let mut memory = turn.memory.clone();
    let proven = turn.proven(now);
    let text = turn.text();
    let names_order = understanding.entities.iter().any(|entity| entity.kind == EntityKind::OrderNumber);
    if memory.flow.is_none() && phrases.means_another_order(&text) && !names_order {
        memory.forget(EntityKind::OrderNumber.name());
    }
    for entity in understanding.entities.iter().filter(|entity| entity.kind != EntityKind::Code) {
        let name = entity.kind.name();
        let verified = is_one_of(&proven, entity)
            || memory.slot(name).is_some_and(|slot| slot.value == entity.value && slot.verified);
        memory.remember(Slot {
            name: name.to_owned(),
            value: entity.value.clone(),
            message: message_at(turn, entity.start),
            verified,
        });
    }
    memory.mood.push(understanding.frustration);
    if let Some(last) = memory.tried.last_mut().filter(|tried| tried.outcome == UNJUDGED) {
        if phrases.was_unhelpful(&text) {
            MISSED.clone_into(&mut last.outcome);
        } else if phrases.is_content(&text) {
            WELCOME.clone_into(&mut last.outcome);
        }
    }
    memory
}

/// Memory with the facts in messages of the contact that earlier turns dealt with.
pub(crate) fn facts_before(turn: &Turn, reader: &EntityReader) -> Memory {
    let mut memory = Memory::default();
    let answered = turn.conversation.answered_seq;
    let earlier = turn.history.iter().filter(|message| message.author == Author::Contact && message.seq <= answered);
    for message in earlier {
        for entity in reader.read(&message.text, Expected::default()) {
            let name = entity.kind.name().to_owned();
            memory.remember(Slot { name, value: entity.value, message: message.seq, verified: false });
        }
    }
    memory
}

/// The number of the unanswered message that holds this byte of the turn's text.
pub(crate) fn message_at(turn: &Turn, byte: usize) -> i64 {
    let mut end = 0;
    for message in turn.unanswered() {
        end += message.text.len() + 1;
        if byte < end {
            return message.seq;
        }
    }
    turn.upto()
}

/// Whether an entity is one of these addresses.
fn is_one_of(addresses: &[Handle], entity: &Entity) -> bool {
    let kind = match entity.kind {
        EntityKind::Email => HandleKind::Email,
        EntityKind::Phone => HandleKind::Phone,
        EntityKind::OrderNumber | EntityKind::Code => return false,
    };
    addresses.iter().any(|address| address.kind() == kind && address.value() == entity.value)
}
