//! Makes an assistant out of what authors wrote, or says everything that is wrong with it.

use std::collections::HashMap;

use knowledge_base::{Content, Problem};
use models::head::TrainError;
use models::head::intent::IntentClassifier;
use models::{Embed, Embedding, EncodeError, Role};

use super::flow::parse_flows;

/// The order of examples is shuffled from here; any value serves, the same one gives the same assistant.
const SEED: u64 = 1;

/// Why no assistant could be made of the content.
#[derive(Debug, thiserror::Error)]
pub enum TrainingError {
    /// The content is wrong; every problem is listed.
    #[error("the content has {} problem(s); the first: {}", .0.len(), .0.first().map_or(String::new(), ToString::to_string))]
    Content(Vec<Problem>),
    /// The examples could not be encoded.
    #[error("the examples could not be encoded: {0}")]
    Encode(#[from] EncodeError),
    /// A head could not be trained.
    #[error("{name:?} could not be learned: {source}")]
    Head {
        /// The signal, or `intents`.
        name: String,
        /// Why.
        source: TrainError,
    },
    /// The shape of order numbers makes no pattern.
    #[error("the shape of order numbers is not usable: {0}")]
    Pattern(#[from] regex::Error),
}

/// Everything wrong with intents, signals and flows that only shows when they are put together; empty when they are
/// fit for [`Assistant::train`](super::Assistant::train).
pub fn check(content: &Content) -> Vec<Problem> {
    parse_flows(content).err().unwrap_or_default()
}

/// The embeddings of every example in the content.
pub(crate) struct Encoded {
    by_text: HashMap<String, Embedding>,
}

impl Encoded {
    /// Encodes each distinct example once.
    pub(crate) fn of(content: &Content, embed: &dyn Embed) -> Result<Self, EncodeError> {
        let intents = content.intents.iter().flat_map(|intent| &intent.examples);
        let signals = content.signals.iter().flat_map(|signal| signal.examples.iter().chain(&signal.counter_examples));
        let mut texts: Vec<String> = intents.chain(signals).cloned().collect();
        texts.sort();
        texts.dedup();
        let embeddings = embed.embed(&texts, Role::Query)?;
        Ok(Self { by_text: texts.into_iter().zip(embeddings).collect() })
    }

    /// How many components an embedding has; none without examples.
    pub(crate) fn dimension(&self) -> Option<usize> {
        self.by_text.values().next().map(|embedding| embedding.as_slice().len())
    }

    /// The embeddings of `texts`, which must be examples of the content.
    pub(crate) fn all(&self, texts: &[&str]) -> Vec<Embedding> {
        texts.iter().filter_map(|text| self.by_text.get(*text)).cloned().collect()
    }
}

/// Trains the intent classifier.
pub(crate) fn train_intents(content: &Content, encoded: &Encoded) -> Result<IntentClassifier, TrainingError> {
    let mut examples = Vec::new();
    for intent in &content.intents {
        let texts: Vec<&str> = intent.examples.iter().map(String::as_str).collect();
        examples.extend(encoded.all(&texts).into_iter().map(|embedding| (intent.name.clone(), embedding)));
    }
    IntentClassifier::train(&examples, SEED)
        .map_err(|source| TrainingError::Head { name: "intents".to_owned(), source })
}
