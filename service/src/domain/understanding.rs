//! What was understood of a turn.

use serde::{Deserialize, Serialize};

use super::conversation::Priority;
use super::handle::HandleKind;

/// Everything understood of one turn.
#[derive(Clone, Debug, PartialEq)]
pub struct Understanding {
    /// The language it is written in.
    pub language: Language,
    /// Purposes by falling confidence, at most five.
    pub intents: Vec<ScoredIntent>,
    /// What parts of the text are for, where it asks for more than one thing; otherwise empty.
    pub purposes: Vec<Purpose>,
    /// How likely it is that none of our intents is meant, calibrated, `0.0..=1.0`.
    pub out_of_scope: f32,
    /// The feeling it carries.
    pub emotion: Emotion,
    /// From `-1.0` (bad) to `1.0` (good).
    pub sentiment: f32,
    /// How fed up the contact is, over the conversation, `0.0..=1.0`.
    pub frustration: f32,
    /// How little time there is, `0.0..=1.0`.
    pub urgency: f32,
    /// What a human queue should make of it.
    pub priority: Priority,
    /// Marks that overrule everything else.
    pub signals: Signals,
    /// Spans that mean something, in order of appearance.
    pub entities: Vec<Entity>,
    /// Whether the text was so long that intents, feelings and signals were read from its beginning alone.
    pub is_cut: bool,
}

/// The language of a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Language {
    /// ISO 639-1 where there is one, else 639-3; `und` when the text is too short to tell.
    pub code: String,
    /// `0.0..=1.0`.
    pub confidence: f32,
}

/// A purpose and its calibrated probability.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScoredIntent {
    /// The intent's name.
    pub name: String,
    /// `0.0..=1.0`; the confidences of all intents add up to one.
    pub confidence: f32,
}

/// What a part of a text is for.
#[derive(Clone, Debug, PartialEq)]
pub struct Purpose {
    /// The intent's name.
    pub intent: String,
    /// `0.0..=1.0`.
    pub confidence: f32,
    /// Where the part starts, in bytes.
    pub start: usize,
    /// Where it ends, in bytes, exclusive.
    pub end: usize,
}

/// The six basic emotions (Ekman 1992) and none of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Emotion {
    /// The strongest, such as `anger`, or `neutral`.
    pub label: String,
    /// Each emotion's score, `0.0..=1.0`, strongest first.
    pub scores: Vec<(String, f32)>,
}

/// Marks that overrule everything else, each `0.0..=1.0`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entity {
    /// What it is.
    pub kind: EntityKind,
    /// Its normal form.
    pub value: String,
    /// Where it starts, in bytes.
    pub start: usize,
    /// Where it ends, in bytes, exclusive.
    pub end: usize,
}

/// What an entity is, and its normal form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntityKind {
    /// An order number, in the shape the organisation uses.
    OrderNumber,
    /// An e-mail address, lower-cased.
    Email,
    /// A telephone number, in E.164 form.
    Phone,
    /// A one-time code of six digits.
    Code,
    /// An amount of money: ISO 4217 code and decimal, as in `EUR 12.50`.
    Amount,
    /// A day, `2026-11-28`, or the first and the last of several, `2026-11-01/2026-11-30` (ISO 8601).
    Date,
    /// A carrier's tracking number, upper-case without blanks.
    TrackingNumber,
    /// A payment card number, of which only the last four digits are told, as in `**** 1111`.
    CardNumber,
    /// A postcode, as its country's post prints it.
    Postcode,
}

impl EntityKind {
    /// Its name in the API and in content.
    pub fn name(self) -> &'static str {
        match self {
            Self::OrderNumber => "order_number",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Code => "code",
            Self::Amount => "amount",
            Self::Date => "date",
            Self::TrackingNumber => "tracking_number",
            Self::CardNumber => "card_number",
            Self::Postcode => "postcode",
        }
    }

    /// What an agent calls it.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::OrderNumber => "order number",
            Self::Email => "e-mail address",
            Self::Phone => "telephone number",
            Self::Code => "one-time code",
            Self::Amount => "amount",
            Self::Date => "date",
            Self::TrackingNumber => "tracking number",
            Self::CardNumber => "card number",
            Self::Postcode => "postcode",
        }
    }

    /// The kind of address it is, if it is one.
    pub fn address(self) -> Option<HandleKind> {
        match self {
            Self::Email => Some(HandleKind::Email),
            Self::Phone => Some(HandleKind::Phone),
            _ => None,
        }
    }
}
