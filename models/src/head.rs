//! Small trained functions of an embedding: which intent, which emotion, is this signal present.

mod calibrate;
pub mod emotion;
pub mod emotion_training;
mod folds;
pub mod intent;
mod lbfgs;
mod logistic;
mod neighbours;
mod scope;
pub mod signal;

pub use emotion::{Emotion, EmotionHead, EmotionScores};
pub use intent::{IntentClassifier, IntentScore, IntentScores};
pub use signal::SignalHead;

use crate::Embedding;

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

/// The common number of components of `embeddings`.
fn common_dimension<'a>(embeddings: impl IntoIterator<Item = &'a Embedding>) -> Result<usize, TrainError> {
    let mut sizes = embeddings.into_iter().map(|embedding| embedding.as_slice().len());
    let expected = sizes.next().ok_or(TrainError::NoExamples("examples"))?;
    match sizes.find(|size| *size != expected) {
        Some(found) => Err(TrainError::MixedDimensions { expected, found }),
        None => Ok(expected),
    }
}

/// The embeddings below each other, `[examples, dimension]`.
fn stack<'a>(embeddings: impl IntoIterator<Item = &'a Embedding>) -> Vec<f32> {
    embeddings.into_iter().flat_map(Embedding::as_slice).copied().collect()
}
