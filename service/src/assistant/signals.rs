//! What a message shows besides its purpose, one trained head a signal.

use std::collections::HashSet;

use knowledge_base::{Content, IntentAction, SignalSpec};
use models::HeadCache;
use models::head::signal::SignalHead;
use models::head::{Sample, ShippedSignals};
use rayon::prelude::*;

use super::training::{Encoded, TrainingError};

/// The heads of the signals the assistant acts on. A signal that is neither shipped nor has examples is never seen.
#[derive(Clone, Debug, Default)]
pub(crate) struct SignalHeads {
    heads: Vec<(Signal, SignalHead)>,
}

/// The signals the assistant acts on, by their names in `signals.toml`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signal {
    HumanRequest,
    Urgent,
    Safety,
    Legal,
    Abusive,
    Complex,
    Frustrated,
}

impl Signal {
    const ALL: [Self; 7] =
        [Self::HumanRequest, Self::Urgent, Self::Safety, Self::Legal, Self::Abusive, Self::Complex, Self::Frustrated];

    fn name(self) -> &'static str {
        match self {
            Self::HumanRequest => "human_request",
            Self::Urgent => "urgent",
            Self::Safety => "safety",
            Self::Legal => "legal",
            Self::Abusive => "abusive",
            Self::Complex => "complex",
            Self::Frustrated => "frustrated",
        }
    }

    /// Whether one sentence is enough to show it, whatever else is said.
    pub(crate) fn shows_in_a_sentence(self) -> bool {
        match self {
            Self::HumanRequest | Self::Urgent | Self::Safety | Self::Legal | Self::Abusive => true,
            Self::Complex | Self::Frustrated => false,
        }
    }

    /// The signal with this name.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|signal| signal.name() == name)
    }

    /// Every name, for messages to authors.
    pub(crate) fn names() -> String {
        Self::ALL.map(Self::name).join(", ")
    }
}

impl SignalHeads {
    /// The `shipped` heads, corrected by what the content declares, and a head for each signal it declares besides. What
    /// does not show a signal: its counter-examples, and the examples of every intent that the assistant settles by
    /// itself. A signal with nothing of the kind is as it is shipped, or never seen.
    pub(crate) fn train(
        content: &Content,
        encoded: &Encoded,
        shipped: &ShippedSignals,
        cache: &HeadCache,
    ) -> Result<Self, TrainingError> {
        let everyday: Vec<&str> = content
            .intents
            .iter()
            .filter(|intent| intent.action != IntentAction::Handoff)
            .flat_map(|intent| intent.examples.iter().map(String::as_str))
            .collect();
        let train = |spec: &SignalSpec| {
            let signal = Signal::from_name(&spec.name)?;
            let shown: HashSet<&str> = spec.examples.iter().map(String::as_str).collect();
            let not_shown = spec.counter_examples.iter().map(String::as_str);
            let negatives: Vec<&str> =
                not_shown.chain(everyday.iter().copied()).filter(|text| !shown.contains(text)).collect();
            let positives: Vec<&str> = spec.examples.iter().map(String::as_str).collect();
            if negatives.is_empty() {
                return None;
            }
            let (positives, negatives) = (encoded.all(&positives), encoded.all(&negatives));
            let head = match shipped.get(&spec.name) {
                Some(head) => head.corrected(&positives, &negatives, cache),
                None => SignalHead::train_once(&positives, &negatives, cache),
            };
            let named = |source| TrainingError::Head { name: spec.name.clone(), source };
            Some(head.map(|head| (signal, head)).map_err(named))
        };
        let mut heads: Vec<(Signal, SignalHead)> =
            content.signals.par_iter().filter_map(train).collect::<Result<_, _>>()?;
        for signal in Signal::ALL {
            if let Some(head) = shipped.get(signal.name())
                && heads.iter().all(|(of, _)| *of != signal)
            {
                heads.push((signal, head.clone()));
            }
        }
        Ok(Self { heads })
    }

    /// How likely a text shows `signal`, `0.0..=1.0`.
    pub(crate) fn score(&self, signal: Signal, sample: &Sample<'_>) -> f32 {
        let head = self.heads.iter().find(|(of, _)| *of == signal);
        head.map_or(0.0, |(_, head)| head.score(sample))
    }
}
