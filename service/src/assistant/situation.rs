//! Looks at a turn the way the policy does: what is running, what was picked, what is being corrected.

use crate::domain::conversation::Owner;
use crate::domain::flow::{FlowState, Memory};
use crate::domain::understanding::{EntityKind, ScoredIntent, Understanding};

use super::policy::{Floor, FlowReply, IntentBy, KnownAnswer, LastAnswer, PartIntent, Running, Situation, TopIntent};
use super::respond::Inputs;
use super::{Assistant, Found, phrases};

/// The intent the contact picked from what was offered: by its title, its place, or a yes to the only one.
pub(super) fn picked_intent(assistant: &Assistant, memory: &Memory, text: &str) -> Option<String> {
    let said = text.trim().trim_end_matches(['.', '!', '?']).to_lowercase();
    if memory.offered.len() == 1 && assistant.phrases.agrees(text) {
        return memory.offered.first().cloned();
    }
    if let Ok(place) = said.parse::<usize>() {
        return memory.offered.get(place.checked_sub(1)?).cloned();
    }
    let titled = |name: &&String| assistant.intent(name).is_some_and(|spec| spec.title.to_lowercase() == said);
    memory.offered.iter().find(titled).cloned()
}

/// The intents for the record, a picked one first and certain.
pub(super) fn ranked(understanding: &Understanding, picked: Option<&str>) -> Vec<ScoredIntent> {
    let Some(picked) = picked else { return understanding.intents.clone() };
    vec![ScoredIntent { name: picked.to_owned(), confidence: 1.0 }]
}

pub(super) fn situation<'a>(
    assistant: &'a Assistant,
    inputs: &Inputs<'a>,
    memory: &'a Memory,
    text: &str,
    picked: Option<&'a str>,
) -> Situation<'a> {
    let top = match picked {
        Some(name) => Some((name, 1.0, 1.0, IntentBy::Pick)),
        None => likeliest(&inputs.understanding.intents),
    };
    let top = top.and_then(|(name, confidence, lead, by)| {
        let spec = assistant.intent(name)?;
        let least = spec.threshold.unwrap_or(assistant.settings.thresholds.intent);
        Some(TopIntent { name, action: &spec.action, confidence, lead, least, by })
    });
    let answered = memory.tried.last().is_some_and(|tried| assistant.flows.get(&tried.source).is_none());
    Situation {
        floor: if inputs.turn.conversation.owner == Owner::Assistant { Floor::Ours } else { Floor::Humans },
        understanding: inputs.understanding,
        top,
        several: several(assistant, inputs),
        running: memory.flow.as_ref().and_then(|state| running(assistant, inputs, state, text)),
        corrected: corrected_flow(assistant, inputs, memory),
        knowledge: known(inputs.found),
        failures: memory.failures,
        visit: inputs.turn.recent_conversations.saturating_add(1),
        verdict: if answered && assistant.phrases.was_unhelpful(text) {
            LastAnswer::Missed
        } else {
            LastAnswer::Unjudged
        },
        languages: &assistant.settings.languages,
        seq: inputs.turn.upto(),
    }
}

fn likeliest(intents: &[ScoredIntent]) -> Option<(&str, f32, f32, IntentBy)> {
    let first = intents.first()?;
    let lead = first.confidence - intents.get(1).map_or(0.0, |next| next.confidence);
    Some((&first.name, first.confidence, lead, IntentBy::Classifier))
}

/// The purposes of a turn that has several, with what their authors want done; none when one was taken away meanwhile.
fn several<'a>(assistant: &'a Assistant, inputs: &Inputs<'a>) -> Vec<PartIntent<'a>> {
    let purposes = inputs.understanding.purposes.iter().zip(&inputs.found.by_purpose);
    let parts = purposes.map(|(purpose, found)| {
        let action = &assistant.intent(&purpose.intent)?.action;
        Some(PartIntent { action, confidence: purpose.confidence, knowledge: known(found) })
    });
    parts.collect::<Option<_>>().unwrap_or_default()
}

fn known(found: &Found) -> Result<KnownAnswer, f32> {
    match &found.answer {
        Ok(answer) => Ok(KnownAnswer { score: answer.score, support: found.support }),
        Err(abstained) => Err(abstained.score),
    }
}

/// What the turn is to the flow in progress; none when its author took the flow away meanwhile.
fn running<'a>(assistant: &'a Assistant, inputs: &Inputs<'_>, state: &FlowState, text: &str) -> Option<Running<'a>> {
    let flow = assistant.flows.get(&state.flow)?;
    let phrases = &assistant.phrases;
    let code_sent = state.challenge.is_some();
    let useful = inputs.understanding.entities.iter().any(|entity| match entity.kind {
        EntityKind::Code => code_sent,
        kind => flow.takes(kind),
    });
    let reply = if phrases.calls_off(text) {
        FlowReply::CallsOff
    } else if useful
        || (code_sent && phrases.wants_new_code(text))
        || (flow.offers_choice(state) && !phrases::is_question(text))
    {
        FlowReply::Useful
    } else {
        FlowReply::Other
    };
    Some(Running { flow: &flow.name, reply })
}

/// The flow that ended in the turn before and takes what the contact gives now.
fn corrected_flow<'a>(assistant: &'a Assistant, inputs: &Inputs<'_>, memory: &Memory) -> Option<&'a str> {
    let tried = memory.tried.last().filter(|tried| tried.message == inputs.turn.conversation.answered_seq)?;
    let flow = assistant.flows.get(&tried.source)?;
    let takes = inputs.understanding.entities.iter().any(|entity| flow.takes(entity.kind));
    takes.then_some(flow.name.as_str())
}
