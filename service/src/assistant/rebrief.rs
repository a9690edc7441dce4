//! Writes briefs apart from a decision: for whoever takes over unasked, and anew when a contact who waits in line writes
//! on, since whoever takes over must know that too.

use jiff::Timestamp;

use crate::domain::brief::Brief;
use crate::domain::decision::{Reason, ReasonCode};
use crate::domain::handoff::{Handoff, Refreshed};
use crate::domain::turn::Turn;
use crate::domain::understanding::{ScoredIntent, Understanding};

use super::{Assistant, Found, Settings, brief, policy, priority, recall};

impl Assistant {
    /// The brief of whoever takes over `turn` now, unasked.
    pub fn brief(&self, turn: &Turn, understanding: &Understanding, found: &Found, now: Timestamp) -> Brief {
        let Settings { thresholds, reply_within, .. } = &self.settings;
        let memory = recall::remember(turn, understanding, &self.phrases, now);
        let reasons = policy::marks(understanding, thresholds, turn.upto());
        let (level, why) = priority::of_handoff(understanding.priority, &reasons);
        brief::write(&brief::Material {
            assistant: self,
            turn,
            understanding,
            found,
            memory: &memory,
            reasons: &reasons,
            intents: &known_intents(understanding, thresholds, None),
            priority: why,
            due: reply_within.due(level, now),
        })
    }

    /// The brief of `before`, with what the contact has said since. Reasons are only added, the priority only rises, and
    /// a reply is never due later than it was.
    pub fn rebrief(
        &self,
        before: &Handoff,
        turn: &Turn,
        understanding: &Understanding,
        found: &Found,
        now: Timestamp,
    ) -> Refreshed {
        let Settings { thresholds, reply_within, .. } = &self.settings;
        let memory = recall::remember(turn, understanding, &self.phrases, now);
        let reasons = with_new(&before.reasons, policy::marks(understanding, thresholds, turn.upto()));
        let (level, why) = priority::of_handoff(understanding.priority.max(before.priority), &reasons);
        let intents = known_intents(understanding, thresholds, before.brief.intent.as_ref());
        let mut brief = brief::write(&brief::Material {
            assistant: self,
            turn,
            understanding,
            found,
            memory: &memory,
            reasons: &reasons,
            intents: &intents,
            priority: why,
            due: [before.brief.due, reply_within.due(level, now)].into_iter().flatten().min(),
        });
        // Questions that a flow had left open when it was handed over are still open.
        brief.open_questions.clone_from(&before.brief.open_questions);
        Refreshed { memory, priority: level, reasons, brief }
    }
}

/// `known` and those of `new` that tell something new, harm first.
fn with_new(known: &[Reason], new: Vec<Reason>) -> Vec<Reason> {
    let is_known = |reason: &Reason| known.iter().any(|old| old.code == reason.code);
    let (harm, others): (Vec<Reason>, Vec<Reason>) =
        new.into_iter().filter(|reason| !is_known(reason)).partition(|reason| reason.code == ReasonCode::Safety);
    harm.into_iter().chain(known.iter().cloned()).chain(others).collect()
}

/// What it is about: what is sure now, or what was thought before.
fn known_intents(
    understanding: &Understanding,
    thresholds: &policy::Thresholds,
    before: Option<&ScoredIntent>,
) -> Vec<ScoredIntent> {
    let in_scope = understanding.out_of_scope < thresholds.out_of_scope;
    let sure = understanding.intents.first().is_some_and(|top| in_scope && top.confidence >= thresholds.intent);
    if sure { understanding.intents.clone() } else { before.cloned().into_iter().collect() }
}
