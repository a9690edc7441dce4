//! Small trained functions of a text: which intent, which emotion, is this signal present.

mod calibrate;
pub mod emotion;
pub mod emotion_training;
mod features;
mod folds;
pub mod intent;
pub mod labels;
mod lbfgs;
mod lexical;
mod logistic;
mod neighbours;
mod scope;
pub mod shipped_signals;
pub mod signal;
mod word_scale;

pub use emotion::{Emotion, EmotionHead, EmotionScores};
pub use intent::{Example, IntentClassifier, IntentScore, IntentScores};
pub use labels::{LabelHead, Labelled};
pub use shipped_signals::ShippedSignals;
pub use signal::SignalHead;

use crate::Reading;

/// A text and what the encoder reads in it.
#[derive(Debug, Clone, Copy)]
pub struct Sample<'a> {
    /// The text as it was written.
    pub text: &'a str,
    /// Its reading.
    pub reading: &'a Reading,
}

/// Why a head could not be trained.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrainError {
    /// Nothing to learn from.
    #[error("there are no {0} to learn from; add some")]
    NoExamples(&'static str),
    /// Embeddings of different encoders were mixed.
    #[error("embeddings of {found} components among embeddings of {expected}; encode all examples with one encoder")]
    MixedDimensions {
        /// Components of the first embedding.
        expected: usize,
        /// Components of the odd one.
        found: usize,
    },
    /// A label that is not one of the set.
    #[error("`{0}` is not a GoEmotions label")]
    UnknownLabel(String),
}
