//! What measuring needs of production: the encoder in its default precision, and the assistant of the built-in content.

use std::sync::OnceLock;
use std::time::Instant;

use anyhow::{Context, anyhow};
use jiff::Timestamp;
use knowledge_base::Content;
use models::batcher::Options;
use models::bert::Precision;
use models::head::ShippedSignals;
use models::head::emotion::EmotionHead;
use models::{Embed, Embedding, EncoderHandle, Role};
use service::assistant::{Assistant, Settings};
use service::domain::channel::Channel;
use service::domain::message::Author;
use service::domain::text::Utterance;
use service::domain::turn::Turn;
use service::domain::understanding::Understanding;
use service::triage::{Line, turn};

use super::failures::Failures;
use crate::compare::encoder_files;

/// Production's parts.
pub(crate) struct Tools {
    pub(crate) encoder: EncoderHandle,
    pub(crate) seed: u64,
    pub(super) failures: Failures,
    assistant: OnceLock<Assistant>,
}

impl Tools {
    pub(crate) fn new(seed: u64) -> anyhow::Result<Self> {
        let encoder = EncoderHandle::start(&encoder_files()?, Precision::Int8, Options::default())?;
        Ok(Self { encoder, seed, failures: Failures::default(), assistant: OnceLock::new() })
    }

    /// An embedding for each text.
    pub(crate) fn embed<'a>(&self, texts: impl Iterator<Item = &'a String>) -> anyhow::Result<Vec<Embedding>> {
        Ok(self.encoder.embed(&texts.cloned().collect::<Vec<_>>(), Role::Query)?)
    }

    /// What the assistant makes of a first message, and the seconds it took once the encoder had read it.
    pub(crate) fn understand(&self, text: &str) -> anyhow::Result<(Understanding, f64)> {
        let text = Utterance::parse(text).with_context(|| format!("{text:?} is no message"))?;
        let line = Line { author: Author::Contact, text, channel: Channel::Web, sent_at: None };
        self.understand_turn(&turn(vec![line], None, Timestamp::UNIX_EPOCH))
    }

    /// What the assistant makes of a turn, and the seconds it took once the encoder had read it.
    pub(crate) fn understand_turn(&self, turn: &Turn) -> anyhow::Result<(Understanding, f64)> {
        let assistant = self.assistant()?;
        let readings = self.encoder.read(&assistant.texts(turn))?;
        let started = Instant::now();
        let understanding = assistant.understand(turn, &readings).context("no reading came back")?;
        Ok((understanding, started.elapsed().as_secs_f64()))
    }

    /// The demo shop's assistant; trained when first asked for.
    pub(crate) fn assistant(&self) -> anyhow::Result<&Assistant> {
        if self.assistant.get().is_none() {
            let content = Content::embedded()
                .map_err(|problems| anyhow!("the built-in content has {} problems", problems.len()))?;
            let (emotion, signals) = (EmotionHead::shipped()?.into(), ShippedSignals::shipped()?.into());
            let settings = Settings { emotion: Some(emotion), signals: Some(signals), ..Settings::default() };
            let trained = Assistant::train(&content, &self.encoder, &settings)?;
            drop(self.assistant.set(trained));
        }
        self.assistant.get().context("the assistant could not be kept")
    }
}
