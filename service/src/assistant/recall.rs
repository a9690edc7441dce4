//! What a turn adds to memory whatever is decided on it: facts, mood, and what became of the last answer.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::domain::flow::{Memory, Slot};
use crate::domain::handle::Handle;
use crate::domain::message::Author;
use crate::domain::turn::Turn;
use crate::domain::understanding::{Entity, EntityKind, Understanding};

use super::entities::{EntityReader, Expected, Written};
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
    for entity in understanding.entities.iter().filter(|entity| is_kept(entity.kind)) {
        let known = memory.slot(entity.kind.name());
        let verified =
            is_one_of(&proven, entity) || known.is_some_and(|slot| slot.value == entity.value && slot.verified);
        memory.remember(Slot { verified, ..claimed(known, entity, message_at(turn, entity.start)) });
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
pub(crate) fn facts_before(turn: &Turn, reader: &EntityReader, zone: &TimeZone) -> Memory {
    let mut memory = Memory::default();
    let answered = turn.conversation.answered_seq;
    let earlier = turn.history.iter().filter(|message| message.author == Author::Contact && message.seq <= answered);
    for message in earlier {
        let written = Written::on(zone.to_datetime(message.sent_at).date());
        for entity in reader.read(&message.text, Expected::default(), &written) {
            if is_kept(entity.kind) {
                memory.remember(claimed(memory.slot(entity.kind.name()), &entity, message.seq));
            }
        }
    }
    memory
}

/// Whether what somebody said stays known: one-time codes are spent, and card numbers are nobody's business.
fn is_kept(kind: EntityKind) -> bool {
    !matches!(kind, EntityKind::Code | EntityKind::CardNumber)
}

/// What somebody says in `message`, in place of what was `known`. Amounts and dates are often said in twos, and all those
/// of one message are kept.
fn claimed(known: Option<&Slot>, entity: &Entity, message: i64) -> Slot {
    let in_twos = matches!(entity.kind, EntityKind::Amount | EntityKind::Date);
    let value = match known.filter(|known| in_twos && known.message == message) {
        Some(known) if known.value.split(", ").any(|value| value == entity.value) => known.value.clone(),
        Some(known) => format!("{}, {}", known.value, entity.value),
        None => entity.value.clone(),
    };
    Slot { name: entity.kind.name().to_owned(), value, message, verified: false }
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
    let kind = entity.kind.address();
    addresses.iter().any(|address| Some(address.kind()) == kind && address.value() == entity.value)
}
