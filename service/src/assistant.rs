//! The assistant: a pure function from a turn to what is said and done about it. No I/O and no clock; what production
//! runs is what evaluation scores.
//!
//! [`Assistant::understand`] reads a turn, [`Assistant::respond`] decides on it and takes the next step. When that needs
//! something from outside, the caller gets a [`Step::Call`], performs it, and asks again with the result appended.

mod brief;
mod clusters;
mod doubts;
pub mod entities;
mod flow;
mod found;
pub mod gaps;
pub mod language;
pub mod lessons;
mod mood;
mod parts;
mod perceive;
mod phrases;
pub mod policy;
mod priority;
mod purposes;
mod rebrief;
mod recall;
pub mod redact;
mod replies;
pub mod report;
mod respond;
mod signals;
mod situation;
mod training;
mod unavailable;
mod unbacked;
mod understand;
pub mod validation;
mod versions;

use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use knowledge_base::{Content, IntentSpec};
use models::head::emotion::EmotionHead;
use models::head::intent::IntentClassifier;
use models::head::{IntentScores, Sample, ShippedSignals};
use models::{Embed, HeadCache, Reading};

use crate::domain::flow::Memory;
use crate::domain::handoff::ReplyWithin;
use crate::domain::turn::{Call, CallResult, Outcome, Turn};
use crate::domain::understanding::{Language, Understanding};

use self::validation::Validation;

pub use doubts::{Doubt, DoubtKind, doubts};
pub use flow::System;
pub use found::{Found, Support};
pub use lessons::Lesson;
pub use perceive::{Perceived, Wanted};
pub use training::{TrainingError, check};
pub use unbacked::Unbacked;
pub use versions::Versions;

/// Understands turns and decides on them. Immutable: when content changes, another takes its place.
#[derive(Clone, Debug)]
pub struct Assistant {
    settings: Settings,
    specs: Vec<IntentSpec>,
    lessons: Vec<Lesson>,
    /// None where the content has no intents.
    intents: Option<IntentClassifier>,
    validation: OnceLock<Validation>,
    /// What the content alone comes to, shared by all that learn on top of it.
    authored: Arc<OnceLock<Validation>>,
    signals: signals::SignalHeads,
    emotion: Option<Arc<EmotionHead>>,
    flows: Arc<flow::Flows>,
    entities: entities::EntityReader,
    phrases: phrases::Phrases,
    language: language::LanguageReader,
    versions: Versions,
}

/// What an organisation can set.
#[derive(Clone, Debug)]
pub struct Settings {
    /// When to do what.
    pub thresholds: policy::Thresholds,
    /// The shape of order numbers.
    pub order_shape: entities::OrderShape,
    /// The country that telephone numbers without a country code belong to.
    pub home_country: Option<phonenumber::country::Id>,
    /// The languages answered in, as ISO 639-1 codes.
    pub languages: Vec<String>,
    /// Where the organisation's day begins and ends.
    pub time_zone: TimeZone,
    /// How soon a human is to reply.
    pub reply_within: ReplyWithin,
    /// The outside systems that there are. A flow that needs another hands over at once.
    pub systems: Vec<System>,
    /// What texts sound like. Without it, and with an encoder it was not trained on, every text is neutral.
    pub emotion: Option<Arc<EmotionHead>>,
    /// What every team must notice. Without it, and with an encoder it was not trained on, only what the content's own
    /// examples teach is noticed.
    pub signals: Option<Arc<ShippedSignals>>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            thresholds: policy::Thresholds::default(),
            order_shape: entities::OrderShape::default(),
            home_country: None,
            languages: vec!["en".to_owned()],
            time_zone: TimeZone::UTC,
            reply_within: ReplyWithin::default(),
            systems: vec![System::Orders, System::Accounts],
            emotion: None,
            signals: None,
        }
    }
}

/// What a turn needs next.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Perform this, append it with its result to the calls, and ask again.
    Call(Call),
    /// The turn is decided.
    Done(Box<Outcome>),
}

impl Assistant {
    /// Learns from `content`; every example is encoded once, so this takes seconds.
    pub fn train(content: &Content, embed: &dyn Embed, settings: &Settings) -> Result<Self, TrainingError> {
        Self::train_with(content, Vec::new(), embed, settings, &HeadCache::nowhere())
    }

    /// The same, with what reviewers settled on top, unless `cache` has what was learned from the same before.
    pub fn train_with(
        content: &Content,
        lessons: Vec<Lesson>,
        embed: &dyn Embed,
        settings: &Settings,
        cache: &HeadCache,
    ) -> Result<Self, TrainingError> {
        let flows = flow::parse_flows(content).map_err(TrainingError::Content)?;
        let encoded = training::Encoded::of(content, embed)?;
        let shipped = settings.signals.clone().filter(|shipped| shipped.fit(embed)).unwrap_or_default();
        let (intents, signals) = rayon::join(
            || training::train_intents(&content.intents, &lessons, &encoded, cache),
            || signals::SignalHeads::train(content, &encoded, &shipped, cache),
        );
        Ok(Self {
            intents: intents?,
            signals: signals?,
            emotion: settings.emotion.clone().filter(|head| head.fits(embed)),
            flows: Arc::new(flows),
            entities: entities::EntityReader::new(settings.order_shape.clone(), settings.home_country)?,
            phrases: phrases::Phrases::new()?,
            language: language::LanguageReader::of(training::texts(content)),
            versions: Versions::of(content, embed.revision(), &settings.thresholds).taught(&lessons),
            validation: OnceLock::new(),
            authored: Arc::default(),
            lessons,
            specs: content.intents.clone(),
            settings: settings.clone(),
        })
    }

    /// An assistant with the same settings for other content.
    pub fn trained_anew(
        &self,
        content: &Content,
        lessons: Vec<Lesson>,
        embed: &dyn Embed,
        cache: &HeadCache,
    ) -> Result<Self, TrainingError> {
        Self::train_with(content, lessons, embed, &self.settings, cache)
    }

    /// Whether it was trained on the intents, signals and flows of `content`.
    pub fn is_trained_on(&self, content: &Content) -> bool {
        let versions = Versions::of(content, &self.versions.encoder, &self.settings.thresholds);
        versions.taught(&self.lessons) == self.versions
    }

    /// What `turn` means; `readings` are those of [`texts`](Self::texts). Of none, nothing can be known.
    pub fn understand(&self, turn: &Turn, readings: &[Reading]) -> Option<Understanding> {
        understand::understand(self, turn, readings)
    }

    /// The language of a text.
    pub fn language(&self, text: &str) -> Language {
        self.language.detect(text)
    }

    fn classify(&self, sample: &Sample<'_>) -> IntentScores {
        let nothing = || IntentScores { ranked: Vec::new(), out_of_scope: 1.0 };
        self.intents.as_ref().map_or_else(nothing, |intents| intents.classify(sample))
    }

    /// What to do about `turn`, given what was found for its text and the calls made so far, in order, with their
    /// results. Start with no calls.
    pub fn respond(
        &self,
        turn: &Turn,
        understanding: &Understanding,
        found: &Found,
        calls: &[(Call, CallResult)],
        now: Timestamp,
    ) -> Step {
        respond::respond(self, &respond::Inputs { turn, understanding, found, calls, now })
    }

    /// What to do about `turn` when nothing of it can be understood: hand it over.
    pub fn unavailable(&self, turn: &Turn, now: Timestamp) -> Outcome {
        unavailable::unavailable(turn, &self.settings.reply_within, now)
    }

    /// What is remembered of a conversation that comes without a memory: the facts in the contact's messages that were
    /// answered before.
    pub fn recall(&self, turn: &Turn) -> Memory {
        recall::facts_before(turn, &self.entities, &self.settings.time_zone)
    }

    /// Names what decisions depend on, for the record.
    pub fn versions(&self) -> &Versions {
        &self.versions
    }

    /// Every intent, in the order of its authors.
    pub fn intents(&self) -> &[IntentSpec] {
        &self.specs
    }

    /// The intent of this name.
    pub fn intent(&self, name: &str) -> Option<&IntentSpec> {
        self.specs.iter().find(|spec| spec.name == name)
    }
}
