//! Makes an assistant out of what authors wrote, or says everything that is wrong with it.

use std::collections::HashMap;
use std::iter;

use knowledge_base::{Content, IntentSpec, Problem};
use models::head::intent::{Example, IntentClassifier, Origin, in_words};
use models::head::{Sample, TrainError};
use models::{Embed, EncodeError, Reading};

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

/// Everything the authors of the content wrote in their own words.
pub(crate) fn texts(content: &Content) -> impl Iterator<Item = &str> {
    let intents = content.intents.iter().flat_map(|intent| iter::once(&intent.title).chain(&intent.examples));
    let articles = content
        .articles
        .iter()
        .flat_map(|article| [&article.title, &article.body].into_iter().chain(&article.questions));
    intents.chain(articles).map(String::as_str)
}

/// The readings of every example in the content.
pub(crate) struct Encoded {
    by_text: HashMap<String, Reading>,
}

impl Encoded {
    /// Encodes each distinct example once.
    pub(crate) fn of(content: &Content, embed: &dyn Embed) -> Result<Self, EncodeError> {
        let intents = content.intents.iter().flat_map(|intent| &intent.examples);
        let signals = content.signals.iter().flat_map(|signal| signal.examples.iter().chain(&signal.counter_examples));
        let names = content.intents.iter().flat_map(names);
        let mut texts: Vec<String> = intents.chain(signals).cloned().chain(names).collect();
        texts.sort();
        texts.dedup();
        let readings = embed.read(&texts)?;
        Ok(Self { by_text: texts.into_iter().zip(readings).collect() })
    }

    /// `texts`, which must be examples of the content, with their readings.
    pub(crate) fn all(&self, texts: &[&str]) -> Vec<Sample<'_>> {
        texts.iter().filter_map(|text| self.one(text)).collect()
    }

    fn one(&self, text: &str) -> Option<Sample<'_>> {
        self.by_text.get_key_value(text).map(|(text, reading)| Sample::new(text, reading))
    }
}

/// What people call an intent, as texts: its title, and its name where that says something else.
fn names(intent: &IntentSpec) -> Vec<String> {
    let (title, name) = (intent.title.to_lowercase(), in_words(&intent.name));
    if title == name { vec![title] } else { vec![title, name] }
}

/// Trains the intent classifier.
pub(crate) fn train_intents(content: &Content, encoded: &Encoded) -> Result<IntentClassifier, TrainingError> {
    let mut examples = Vec::new();
    for intent in &content.intents {
        let of = |text: &str, origin| encoded.one(text).map(|sample| Example { intent: &intent.name, sample, origin });
        examples.extend(intent.examples.iter().filter_map(|text| of(text, Origin::Message)));
        examples.extend(names(intent).iter().filter_map(|text| of(text, Origin::Name)));
    }
    IntentClassifier::train(&examples, SEED)
        .map_err(|source| TrainingError::Head { name: "intents".to_owned(), source })
}
