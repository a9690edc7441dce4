//! Small trained functions of a text: which intent, which emotion, is this signal present.

mod calibrate;
mod cross_validation;
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
mod shares;
pub mod shipped_signals;
pub mod signal;

pub use emotion::{Emotion, EmotionHead, EmotionScores};
pub use intent::{Example, IntentClassifier, IntentScore, IntentScores};
pub use labels::{LabelHead, Labelled};
pub use shipped_signals::ShippedSignals;
pub use signal::SignalHead;

use std::collections::HashMap;
use std::sync::Arc;

use safetensors::SafeTensors;

use self::lexical::Grams;
use crate::Reading;

/// The key of a file's metadata that says over which layers for the tone its heads were trained.
const TONE: &str = "tone";

fn tone_metadata(revision: &str) -> HashMap<String, String> {
    HashMap::from([(TONE.to_owned(), revision.to_owned())])
}

/// The layers for the tone that the heads in a safetensors file were trained over.
fn tone_of(file: &[u8]) -> Option<String> {
    let (_, metadata) = SafeTensors::read_metadata(file).ok()?;
    metadata.metadata().as_ref()?.get(TONE).cloned()
}

/// A text, as heads take it: what the encoder reads in it, and its words, taken apart once for all heads.
#[derive(Debug, Clone)]
pub struct Sample<'a> {
    reading: &'a Reading,
    grams: Arc<Grams>,
}

impl<'a> Sample<'a> {
    /// A text as it was written, with its reading.
    pub fn new(text: &str, reading: &'a Reading) -> Self {
        Self { reading, grams: Arc::new(Grams::of(text)) }
    }
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
