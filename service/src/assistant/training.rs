//! Makes an assistant out of what authors wrote, or says everything that is wrong with it.

use std::collections::HashMap;
use std::iter;

use knowledge_base::{Content, IntentSpec, Problem};
use models::head::intent::{Example, IntentClassifier, Origin, in_words};
use models::head::{Sample, TrainError};
use models::{Embed, EncodeError, HeadCache, Reading};

use super::flow::parse_flows;
use super::lessons::Lesson;

/// The order of examples is shuffled from here; any value serves, the same one gives the same assistant.
pub(super) const SEED: u64 = 1;

/// Without any example, the encoder is known by what it makes of this.
const PROBE: &str = "hello";

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

impl TrainingError {
    pub(super) fn intents(source: TrainError) -> Self {
        Self::Head { name: "intents".to_owned(), source }
    }
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
        let signals = content.signals.iter().flat_map(|signal| signal.examples.iter().chain(&signal.counter_examples));
        Self::read(of_intents(&content.intents).chain(signals.cloned()).collect(), embed)
    }

    /// Encodes each distinct example of `intents` once.
    pub(crate) fn of_intents(intents: &[IntentSpec], embed: &dyn Embed) -> Result<Self, EncodeError> {
        Self::read(of_intents(intents).collect(), embed)
    }

    fn read(mut texts: Vec<String>, embed: &dyn Embed) -> Result<Self, EncodeError> {
        if texts.is_empty() {
            texts.push(PROBE.to_owned());
        }
        texts.sort();
        texts.dedup();
        let readings = embed.read(&texts)?;
        Ok(Self { by_text: texts.into_iter().zip(readings).collect() })
    }

    /// `texts`, which must be examples of the content, with their readings.
    pub(crate) fn all(&self, texts: &[&str]) -> Vec<Sample<'_>> {
        texts.iter().filter_map(|text| self.one(text)).collect()
    }

    /// The reading of `text`, if it is an example of the content.
    pub(crate) fn reading(&self, text: &str) -> Option<&Reading> {
        self.by_text.get(text)
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

/// Everything that is encoded of `intents`.
fn of_intents(intents: &[IntentSpec]) -> impl Iterator<Item = String> {
    intents.iter().flat_map(|intent| intent.examples.iter().cloned().chain(names(intent)))
}

/// Trains the intent classifier; none where there is nothing to learn from.
pub(super) fn train_intents(
    intents: &[IntentSpec],
    lessons: &[Lesson],
    encoded: &Encoded,
    cache: &HeadCache,
) -> Result<Option<IntentClassifier>, TrainingError> {
    let mut examples = examples(intents, encoded);
    examples.extend(lessons.iter().map(|lesson| Example::message(&lesson.intent, &lesson.text, &lesson.reading)));
    if examples.is_empty() {
        return Ok(None);
    }
    IntentClassifier::train_once(&examples, SEED, cache).map(Some).map_err(TrainingError::intents)
}

/// What the authors wrote of `intents`.
pub(super) fn examples<'a>(intents: &'a [IntentSpec], encoded: &'a Encoded) -> Vec<Example<'a>> {
    let mut examples = Vec::new();
    for intent in intents {
        let of = |text: &str, origin| encoded.one(text).map(|sample| Example { intent: &intent.name, sample, origin });
        examples.extend(intent.examples.iter().filter_map(|text| of(text, Origin::Message)));
        examples.extend(names(intent).iter().filter_map(|text| of(text, Origin::Name)));
    }
    examples
}
