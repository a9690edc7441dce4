//! How soon a human should look at a conversation, and why.

use crate::domain::brief::PriorityWhy;
use crate::domain::conversation::Priority;
use crate::domain::decision::{Reason, ReasonCode};
use crate::domain::understanding::Understanding;

use super::policy::Thresholds;

/// The priority that an understanding alone gives; `of_intent` is the one its author gave the likeliest intent.
pub(crate) fn of_message(of_intent: Priority, understanding: &Understanding, thresholds: &Thresholds) -> Priority {
    let mut priority = of_intent;
    if understanding.urgency >= thresholds.urgent || understanding.frustration >= thresholds.frustration {
        priority = priority.max(Priority::High);
    }
    if understanding.signals.legal >= thresholds.legal {
        priority = priority.max(Priority::High);
    }
    if understanding.signals.safety >= thresholds.safety {
        priority = Priority::Urgent;
    }
    priority
}

/// The priority of a handoff for `reasons`, and the sentence that says why.
pub(crate) fn of_handoff(of_message: Priority, reasons: &[Reason]) -> (Priority, PriorityWhy) {
    let has = |code: ReasonCode| reasons.iter().any(|reason| reason.code == code);
    let (level, why) = if has(ReasonCode::Safety) {
        (Priority::Urgent, "somebody may come to harm")
    } else if has(ReasonCode::Urgent) && has(ReasonCode::NegativeEmotion) {
        (Priority::Urgent, "there is little time and the contact is upset")
    } else if has(ReasonCode::Urgent) {
        (of_message.max(Priority::High), "the contact says there is little time")
    } else if has(ReasonCode::NegativeEmotion) {
        (of_message.max(Priority::High), "the contact is upset")
    } else if has(ReasonCode::Legal) {
        (of_message.max(Priority::High), "the contact speaks of legal steps")
    } else if has(ReasonCode::FlowEscalation) {
        (of_message.max(Priority::High), "only a human can settle what was found")
    } else if of_message >= Priority::High {
        (of_message, "what it is about, or how the contact puts it, calls for it")
    } else {
        (of_message, "nothing calls for another place in the line")
    };
    (level, PriorityWhy::new(level, why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn harm_comes_first_and_reasons_only_ever_raise() {
        let of = |codes: &[ReasonCode], before| {
            let reasons: Vec<Reason> = codes.iter().map(|&code| Reason::of(code)).collect();
            of_handoff(before, &reasons).0
        };
        assert_eq!(of(&[ReasonCode::Safety], Priority::Low), Priority::Urgent);
        assert_eq!(of(&[ReasonCode::Legal], Priority::Low), Priority::High);
        assert_eq!(of(&[ReasonCode::NegativeEmotion, ReasonCode::Urgent], Priority::Normal), Priority::Urgent);
        assert_eq!(of(&[ReasonCode::CustomerRequest], Priority::Low), Priority::Low);
        assert_eq!(of(&[ReasonCode::CustomerRequest], Priority::Urgent), Priority::Urgent);
    }
}
