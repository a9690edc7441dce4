//! The triage call's request and response.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

use super::brief::Brief;
use super::decision::{Citation, Decision, Intent};
use crate::domain::{answer, understanding};

/// A text, or a transcript, to be understood.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TriageRequest {
    /// One text. Give either this or `messages`.
    #[serde(default)]
    #[schema(example = "This is the third time I ask. Where is my order AW-100003?")]
    pub text: Option<String>,
    /// A transcript, oldest first; the contact's last messages are what is to be answered.
    #[serde(default)]
    pub messages: Option<Vec<TranscriptMessage>>,
    /// A subject line.
    #[serde(default)]
    pub subject: Option<String>,
    /// The channel it came by.
    #[serde(default)]
    pub channel: Option<String>,
    /// The contact's language, where it is known (ISO 639-1).
    #[serde(default)]
    pub locale: Option<String>,
}

/// One message of a transcript.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TranscriptMessage {
    /// `contact`, `assistant` or `agent`.
    pub author: String,
    /// What was written.
    pub text: String,
    /// The channel.
    #[serde(default)]
    pub channel: Option<String>,
    /// When (RFC 3339).
    #[serde(default)]
    pub sent_at: Option<String>,
}

/// Up to 256 requests at once.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TriageBatchRequest {
    /// The requests.
    #[schema(max_items = 256)]
    pub items: Vec<TriageRequest>,
}

/// The triages of a batch, in the order of the requests.
#[derive(Debug, Serialize, ToSchema)]
pub struct TriageBatch {
    /// One for each request.
    pub items: Vec<Triage>,
}

/// What was understood, what the assistant would do, and what a human would be given.
#[derive(Debug, Serialize, ToSchema)]
pub struct Triage {
    /// The text that was read, and in which places are counted: what was sent without its invisible characters and the
    /// blanks around it, in Unicode's normal form C, messages not yet answered one a line.
    pub text: String,
    /// The language.
    pub language: Language,
    /// Purposes by falling confidence.
    pub intents: Vec<Intent>,
    /// What parts of the text are for, where it asks for more than one thing; otherwise empty.
    pub purposes: Vec<Purpose>,
    /// How likely it is that none of them is meant.
    pub out_of_scope: f32,
    /// The feeling.
    pub emotion: Emotion,
    /// `-1.0..=1.0`.
    pub sentiment: f32,
    /// How fed up the contact is, `0.0..=1.0`.
    pub frustration: f32,
    /// How little time there is, `0.0..=1.0`.
    pub urgency: f32,
    /// `low`, `normal`, `high` or `urgent`.
    pub priority: &'static str,
    /// Marks that overrule everything else.
    pub signals: Signals,
    /// Spans that mean something.
    pub entities: Vec<Entity>,
    /// Whether the text was longer than the encoder reads at once, so that all but the entities and what single sentences
    /// show is of its beginning alone.
    pub truncated: bool,
    /// What the assistant would do.
    pub decision: Decision,
    /// What it would say.
    pub answer: Option<Answer>,
    /// Articles that might help.
    pub suggested_articles: Vec<Suggestion>,
    /// What a human would be given, when the decision is a handoff.
    pub brief: Option<Brief>,
    /// What made this, so that a result can be reproduced.
    pub versions: Versions,
}

/// The language of a text.
#[derive(Debug, Serialize, ToSchema)]
pub struct Language {
    /// ISO 639-1, or `und`.
    pub code: String,
    /// `0.0..=1.0`.
    pub confidence: f32,
}

/// What a part of a text is for.
#[derive(Debug, Serialize, ToSchema)]
pub struct Purpose {
    /// The intent's name.
    pub intent: String,
    /// `0.0..=1.0`.
    pub confidence: f32,
    /// Where in the text the part starts, in bytes of UTF-8.
    pub start: usize,
    /// Where it ends, exclusive.
    pub end: usize,
}

/// The feeling of a text.
#[derive(Debug, Serialize, ToSchema)]
pub struct Emotion {
    /// The strongest.
    pub label: String,
    /// Each one's score.
    pub scores: BTreeMap<String, f32>,
}

/// Marks that overrule everything else, each `0.0..=1.0`.
#[derive(Debug, Serialize, ToSchema)]
pub struct Signals {
    /// They ask for a human.
    pub human_requested: f32,
    /// Somebody may come to harm.
    pub safety: f32,
    /// They speak of law.
    pub legal: f32,
    /// They insult us.
    pub abusive: f32,
    /// Several problems at once, or a dispute.
    pub complex: f32,
}

/// A span of the text that means something.
#[derive(Debug, Serialize, ToSchema)]
pub struct Entity {
    /// `order_number`, `email`, `phone` (E.164), `code`, `amount`, `date`, `tracking_number`, `card_number` or
    /// `postcode`.
    #[schema(example = "amount")]
    pub kind: &'static str,
    /// Its normal form: an amount as in `EUR 12.50` (ISO 4217), a date as in `2026-11-28` or, for several days, the
    /// first and the last as in `2026-11-01/2026-11-30` (ISO 8601), a card number by its last digits as in `**** 1111`.
    #[schema(example = "EUR 12.50")]
    pub value: String,
    /// Where in the text it starts, in bytes of UTF-8.
    pub start: usize,
    /// Where it ends, exclusive.
    pub end: usize,
}

/// What the assistant would say.
#[derive(Debug, Serialize, ToSchema)]
pub struct Answer {
    /// The words.
    pub text: String,
    /// The sources.
    pub citations: Vec<Citation>,
}

/// An article that might help.
#[derive(Debug, Serialize, ToSchema)]
pub struct Suggestion {
    /// Its identifier.
    pub article: String,
    /// Its title.
    pub title: String,
    /// How well it fits, `0.0..=1.0`.
    pub score: f32,
}

/// What made a triage.
#[derive(Debug, Serialize, ToSchema)]
pub struct Versions {
    /// The encoder's weights.
    pub encoder: String,
    /// The intents and signals.
    pub intents: String,
    /// The articles.
    pub knowledge: String,
    /// The policy.
    pub policy: String,
}

impl From<understanding::Signals> for Signals {
    fn from(signals: understanding::Signals) -> Self {
        let understanding::Signals { human_requested, safety, legal, abusive, complex } = signals;
        Self { human_requested, safety, legal, abusive, complex }
    }
}

impl From<understanding::Entity> for Entity {
    fn from(entity: understanding::Entity) -> Self {
        Self { kind: entity.kind.name(), value: entity.value, start: entity.start, end: entity.end }
    }
}

impl From<understanding::Purpose> for Purpose {
    fn from(purpose: understanding::Purpose) -> Self {
        let understanding::Purpose { intent, confidence, start, end } = purpose;
        Self { intent, confidence, start, end }
    }
}

impl From<understanding::Emotion> for Emotion {
    fn from(emotion: understanding::Emotion) -> Self {
        Self { label: emotion.label, scores: emotion.scores.into_iter().collect() }
    }
}

impl From<answer::Suggestion> for Suggestion {
    fn from(suggestion: answer::Suggestion) -> Self {
        Self { article: suggestion.article, title: suggestion.title, score: suggestion.score }
    }
}

impl Triage {
    /// What was thought of `text`, as the API shows it.
    pub fn of(text: String, thought: crate::mind::Thought, versions: Versions) -> Self {
        let understanding = thought.understanding;
        let outcome = thought.outcome;
        let answer = (!outcome.replies.is_empty()).then(|| Answer::of(outcome.replies));
        Self {
            text,
            language: Language { code: understanding.language.code, confidence: understanding.language.confidence },
            intents: understanding.intents.into_iter().map(Into::into).collect(),
            purposes: understanding.purposes.into_iter().map(Into::into).collect(),
            out_of_scope: understanding.out_of_scope,
            emotion: understanding.emotion.into(),
            sentiment: understanding.sentiment,
            frustration: understanding.frustration,
            urgency: understanding.urgency,
            priority: understanding.priority.name(),
            signals: understanding.signals.into(),
            entities: understanding.entities.into_iter().map(Into::into).collect(),
            truncated: understanding.is_cut,
            decision: outcome.decision.into(),
            answer,
            suggested_articles: suggestions(&thought.found.hits),
            brief: outcome.handoff.map(|handoff| handoff.brief.into()),
            versions,
        }
    }
}

impl Answer {
    /// Several replies as one text.
    fn of(replies: Vec<answer::Reply>) -> Self {
        let mut text = String::new();
        let mut citations = Vec::new();
        for reply in replies {
            if !text.is_empty() {
                text.push_str("\n\n");
            }
            text.push_str(&reply.text);
            citations.extend(reply.citations.into_iter().map(Into::into));
        }
        Self { text, citations }
    }
}

const SUGGESTIONS: usize = 3;

/// The best articles among passages, each once.
fn suggestions(hits: &[knowledge_base::Hit]) -> Vec<Suggestion> {
    let mut found: Vec<Suggestion> = Vec::new();
    for hit in hits {
        if found.len() < SUGGESTIONS && found.iter().all(|earlier| earlier.article != hit.article.as_str()) {
            found.push(Suggestion {
                article: hit.article.as_str().to_owned(),
                title: hit.title.clone(),
                score: hit.score,
            });
        }
    }
    found
}

impl Versions {
    /// The versions of what thinks now.
    pub fn of(mind: &crate::mind::Mind) -> Self {
        let assistant = mind.assistant();
        let versions = assistant.versions();
        Self {
            encoder: models::Embed::revision(mind.encoder()).to_owned(),
            intents: versions.intents.clone(),
            knowledge: mind.knowledge().version(),
            policy: versions.policy.clone(),
        }
    }
}
