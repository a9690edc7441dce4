//! What an agent might do first, and a reply to start from.

use crate::domain::answer::Suggestion;
use crate::domain::brief::{Line, NextStep};
use crate::domain::decision::ReasonCode;
use crate::domain::flow::Memory;

use super::Material;

/// How many articles are suggested.
const MAX_ARTICLES: usize = 3;
/// Least score of an article worth an agent's time. Of the demo shop's development questions nine in ten have their
/// article above it; of messages that ask nothing, one in six has any.
const WORTH_READING: f32 = 0.45;

/// The advice, the articles that fit, and a draft.
pub(super) fn suggest(material: &Material<'_>, problem: &Line) -> NextStep {
    NextStep { text: advice(material), articles: articles(material), draft: draft(material, problem) }
}

fn advice(material: &Material<'_>) -> String {
    let code = material.reasons.first().map_or(ReasonCode::Complex, |reason| reason.code);
    let first = match code {
        ReasonCode::Safety => "Read the conversation now and follow the safety procedure before anything else.",
        ReasonCode::NegativeEmotion => {
            "Acknowledge what went wrong before anything else, then say what happens next and when."
        }
        ReasonCode::Legal => "Answer in writing only after checking the rules for legal matters; promise nothing yet.",
        ReasonCode::Urgent => "Answer first with what can be done in the time there is.",
        ReasonCode::CustomerRequest => "Say who you are and that you have read what they wrote, then go on from there.",
        ReasonCode::VerificationFailed => {
            "Make sure who is asking before you share anything about an order or account."
        }
        ReasonCode::ConnectorFailed | ReasonCode::AssistantUnavailable => {
            "Look up by hand what the assistant could not reach."
        }
        ReasonCode::UnsupportedLanguage => "Find a colleague who reads this language, or have it translated.",
        ReasonCode::RepeatedFailure => "Find out what exactly is meant; the assistant could not.",
        ReasonCode::FlowEscalation => "Check the facts with the carrier or the warehouse, then offer a solution.",
        _ => "Read what was said and decide who settles it.",
    };
    let looked_up = material
        .memory
        .slot("order_number")
        .map(|slot| format!(" The order is {}{}.", slot.value, if slot.verified { "" } else { " (said, not proven)" }));
    format!("{first}{}", looked_up.unwrap_or_default())
}

fn articles(material: &Material<'_>) -> Vec<Suggestion> {
    let mut suggestions: Vec<Suggestion> = Vec::new();
    for hit in material.found.hits.iter().filter(|hit| hit.score >= WORTH_READING) {
        let article = hit.article.as_str();
        if suggestions.len() < MAX_ARTICLES && suggestions.iter().all(|known| known.article != article) {
            suggestions.push(Suggestion { article: article.to_owned(), title: hit.title.clone(), score: hit.score });
        }
    }
    suggestions
}

/// Greets by name, says what was understood, asks nothing again, and leaves the solution to the agent.
fn draft(material: &Material<'_>, problem: &Line) -> String {
    let name = material.turn.contact.name.as_deref().and_then(|name| name.split_whitespace().next());
    let greeting = name.map_or_else(|| "Hello,".to_owned(), |name| format!("Hello {name},"));
    let upset =
        material.memory.mood.last().is_some_and(|mood| *mood >= material.assistant.settings.thresholds.frustration);
    let opening = if upset { "I'm sorry for the trouble you've had." } else { "Thank you for your patience." };
    let read = if problem.messages.is_empty() {
        "I have read the whole conversation, so you don't need to repeat anything.".to_owned()
    } else {
        format!(
            "I have read the whole conversation, so you don't need to repeat anything. You wrote: \u{201c}{}\u{201d}",
            problem.text
        )
    };
    let known = known_facts(material.memory).map(|facts| format!(" {facts}")).unwrap_or_default();
    format!(
        "{greeting}\n\n{opening} {read}{known}\n\nI'm looking into it now and will write to you here as soon as I know more."
    )
}

fn known_facts(memory: &Memory) -> Option<String> {
    let order = memory.slot("order_number").filter(|slot| slot.verified)?;
    let summary = memory.slot("order_summary").map(|slot| format!(" ({})", slot.value)).unwrap_or_default();
    Some(format!("I have your order {}{summary} in front of me.", order.value))
}
