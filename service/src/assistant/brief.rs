//! Writes what a human is given with a handoff, from what was said and done alone: every line names its messages.

mod next_step;
mod sentences;

use jiff::Timestamp;

use crate::domain::brief::{Brief, ChannelsUsed, ContactCard, IdentityLine, Line, Mood, PriorityWhy};
use crate::domain::contact::Contact;
use crate::domain::decision::Reason;
use crate::domain::flow::Memory;
use crate::domain::message::Author;
use crate::domain::turn::Turn;
use crate::domain::understanding::{ScoredIntent, Understanding};

use super::flow::Flows;
use super::{Assistant, Found};

/// The longest summary, in words.
const SUMMARY_WORDS: usize = 100;
/// How many of the contact's sentences a summary quotes at most.
const SUMMARY_SENTENCES: usize = 4;

/// What a brief is written from.
#[derive(Clone, Debug)]
pub(super) struct Material<'a> {
    pub(super) assistant: &'a Assistant,
    pub(super) turn: &'a Turn,
    pub(super) understanding: &'a Understanding,
    pub(super) found: &'a Found,
    /// Memory as it will be, with what this turn added.
    pub(super) memory: &'a Memory,
    pub(super) reasons: &'a [Reason],
    pub(super) intents: &'a [ScoredIntent],
    pub(super) priority: PriorityWhy,
    /// When a human should have replied.
    pub(super) due: Option<Timestamp>,
}

/// Writes the brief.
pub(super) fn write(material: &Material<'_>) -> Brief {
    let turn = material.turn;
    let memory = material.memory;
    let problem = problem(turn);
    let intent = material.intents.first().cloned();
    Brief {
        summary: summary(material, &problem),
        reasons: material.reasons.to_vec(),
        mood: mood(&memory.mood),
        priority: material.priority.clone(),
        facts: memory.slots.clone(),
        tried: memory.tried.clone(),
        commitments: memory
            .commitments
            .iter()
            .map(|commitment| Line { text: commitment.text.clone(), messages: vec![commitment.message] })
            .collect(),
        open_questions: open_questions(&material.assistant.flows, turn, memory),
        suggested_next_step: next_step::suggest(material, &problem),
        contact: card(&turn.contact, &material.understanding.language.code, turn.past_conversations),
        channels: channels(turn),
        due: material.due,
        intent,
        problem,
    }
}

/// The contact's own sentence that says most.
pub(super) fn problem(turn: &Turn) -> Line {
    let sentences = sentences::of_contact(turn);
    let best = sentences
        .iter()
        .enumerate()
        .max_by(|(a_place, a), (b_place, b)| a.weight.total_cmp(&b.weight).then(b_place.cmp(a_place)));
    best.map_or_else(
        || Line { text: "The contact has not said what it is about.".to_owned(), messages: Vec::new() },
        |(_, sentence)| Line { text: sentence.text.clone(), messages: vec![sentence.seq] },
    )
}

/// The contact's most telling sentences in their order, then what was done; at most a hundred words.
fn summary(material: &Material<'_>, problem: &Line) -> Line {
    let all = sentences::of_contact(material.turn);
    let mut by_weight: Vec<usize> = (0..all.len()).collect();
    by_weight.sort_by(|&a, &b| all[b].weight.total_cmp(&all[a].weight).then(a.cmp(&b)));
    let mut chosen: Vec<usize> = by_weight.into_iter().take(SUMMARY_SENTENCES).collect();
    chosen.sort_unstable();
    let quoted: Vec<(String, i64)> = chosen.iter().map(|&place| (all[place].text.clone(), all[place].seq)).collect();
    let done = material
        .memory
        .tried
        .iter()
        .map(|tried| (format!("The assistant: {}; {}.", tried.text, tried.outcome), tried.message));
    let mut text = String::new();
    let mut messages: Vec<i64> = Vec::new();
    let mut words = 0;
    for (sentence, seq) in quoted.into_iter().chain(done) {
        let n_words = sentence.split_whitespace().count();
        if words + n_words > SUMMARY_WORDS {
            continue;
        }
        words += n_words;
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&sentence);
        if !messages.contains(&seq) {
            messages.push(seq);
        }
    }
    messages.sort_unstable();
    if text.is_empty() { problem.clone() } else { Line { text, messages } }
}

fn mood(trajectory: &[f32]) -> Mood {
    Mood {
        trajectory: trajectory.to_vec(),
        worst: trajectory.iter().copied().fold(0.0, f32::max),
        last: trajectory.last().copied().unwrap_or_default(),
    }
}

/// What the flow in progress, and those set aside, still wait for.
fn open_questions(flows: &Flows, turn: &Turn, memory: &Memory) -> Vec<Line> {
    let states = memory.flow.iter().chain(&memory.paused);
    let questions = states.filter_map(|state| flows.get(&state.flow)?.open_question(state));
    questions.map(|text| Line { text, messages: vec![turn.upto()] }).collect()
}

pub(super) fn card(contact: &Contact, language: &str, past_conversations: u32) -> ContactCard {
    ContactCard {
        name: contact.name.clone(),
        identities: contact
            .identities
            .iter()
            .map(|identity| IdentityLine {
                channel: identity.handle.kind().name().to_owned(),
                handle: identity.handle.value().to_owned(),
                verification: identity.verification.name().to_owned(),
            })
            .collect(),
        language: language.to_owned(),
        past_conversations,
    }
}

pub(super) fn channels(turn: &Turn) -> ChannelsUsed {
    let mut used: Vec<String> = Vec::new();
    let mut preferred = String::new();
    for message in turn.history.iter().filter(|message| message.author == Author::Contact) {
        let name = message.channel.name().to_owned();
        if !used.contains(&name) {
            used.push(name.clone());
        }
        preferred = name;
    }
    ChannelsUsed { used, preferred }
}
