//! Decides on a turn that asks for several things: all are settled, or a human gets them all.

use knowledge_base::IntentAction;

use crate::domain::decision::{Reason, ReasonCode};

use super::{IntentBy, Plan, Situation, Thresholds, Verdict, answered, hand_off};

/// The verdict on several purposes; none where there are not several, or one of them has no answer, so that the turn is
/// decided on as a whole.
pub(super) fn settle(situation: &Situation<'_>, thresholds: &Thresholds) -> Option<Verdict> {
    let several = &situation.several;
    let is_picked = situation.top.is_some_and(|top| top.by == IntentBy::Pick);
    if several.len() < 2 || is_picked {
        return None;
    }
    let most = thresholds.max_purposes;
    if several.len() > usize::from(most) {
        return Some(hand_off(Reason::measured(ReasonCode::Complex, several.len() as f32, f32::from(most) + 1.0)));
    }
    let mut reasons = Vec::new();
    for part in several {
        let sure = |code| Some(vec![Reason::measured(code, part.confidence, thresholds.purpose)]);
        reasons.push(match part.action {
            IntentAction::Handoff => return sure(ReasonCode::IntentRequiresHuman).map(for_human),
            IntentAction::Flow(_) => sure(ReasonCode::FlowStep),
            IntentAction::Reply(_) => sure(ReasonCode::ReviewedReply),
            IntentAction::Answer(_) => answered(part.knowledge, thresholds).map(|verdict| verdict.reasons),
        });
    }
    let reasons: Option<Vec<Vec<Reason>>> = reasons.into_iter().collect();
    Some(Verdict::new(Plan::SettleEach, reasons?.concat()))
}

fn for_human(reasons: Vec<Reason>) -> Verdict {
    Verdict::new(Plan::HandOff, reasons)
}
