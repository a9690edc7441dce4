//! What a message is for when it asks for more than one thing: the purpose of each of its parts.

use std::ops::Range;

use knowledge_base::IntentAction;
use models::Reading;
use models::head::Sample;

use crate::domain::understanding::Purpose;

use super::Assistant;

/// What `parts` of `text` are for, in order; none unless they are surely for different things, about which different
/// things are done.
/// Each of `readings` is that of one of the parts. Pleasantries are no purpose.
pub(super) fn purposes(
    assistant: &Assistant,
    text: &str,
    parts: &[Range<usize>],
    readings: &[Reading],
) -> Vec<Purpose> {
    let mut purposes: Vec<Purpose> = Vec::new();
    for (part, reading) in parts.iter().zip(readings) {
        let purpose = purpose(assistant, text, part, reading);
        let action = |purpose: &Purpose| assistant.intent(&purpose.intent).map(|spec| &spec.action);
        let is_new = |purpose: &Purpose| purposes.iter().all(|known| action(known) != action(purpose));
        purposes.extend(purpose.filter(is_new));
    }
    if purposes.len() < 2 { Vec::new() } else { purposes }
}

fn purpose(assistant: &Assistant, text: &str, part: &Range<usize>, reading: &Reading) -> Option<Purpose> {
    let thresholds = &assistant.settings.thresholds;
    let scores = assistant.classify(&Sample::new(&text[part.clone()], reading));
    let top = scores.ranked.first()?;
    let is_sure = scores.out_of_scope < thresholds.out_of_scope && top.confidence >= thresholds.purpose;
    let is_chat = matches!(assistant.intent(&top.name)?.action, IntentAction::Reply(_));
    let (intent, confidence) = (top.name.to_string(), top.confidence);
    (is_sure && !is_chat).then_some(Purpose { intent, confidence, start: part.start, end: part.end })
}
