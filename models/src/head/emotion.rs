//! What a text sounds like: Ekman's six emotions and neutral, several at once, and how positive it is.

use safetensors::{Dtype, SafeTensors};

use super::logistic::{Linear, sigmoid};
use super::tone_of;
use crate::{Branch, Embed, Embedding};

/// Outputs of the head: the labels, the groups, and positive and negative.
pub const N_OUTPUTS: usize = LABELS.len() + Emotion::ALL.len() + 2;

/// The 28 labels of `GoEmotions` with the group each belongs to and whether it is pleasant (1), unpleasant (-1) or
/// neither, as its authors group them.
pub const LABELS: [(&str, Emotion, i8); 28] = [
    ("admiration", Emotion::Joy, 1),
    ("amusement", Emotion::Joy, 1),
    ("anger", Emotion::Anger, -1),
    ("annoyance", Emotion::Anger, -1),
    ("approval", Emotion::Joy, 1),
    ("caring", Emotion::Joy, 1),
    ("confusion", Emotion::Surprise, 0),
    ("curiosity", Emotion::Surprise, 0),
    ("desire", Emotion::Joy, 1),
    ("disappointment", Emotion::Sadness, -1),
    ("disapproval", Emotion::Anger, -1),
    ("disgust", Emotion::Disgust, -1),
    ("embarrassment", Emotion::Sadness, -1),
    ("excitement", Emotion::Joy, 1),
    ("fear", Emotion::Fear, -1),
    ("gratitude", Emotion::Joy, 1),
    ("grief", Emotion::Sadness, -1),
    ("joy", Emotion::Joy, 1),
    ("love", Emotion::Joy, 1),
    ("nervousness", Emotion::Fear, -1),
    ("optimism", Emotion::Joy, 1),
    ("pride", Emotion::Joy, 1),
    ("realization", Emotion::Surprise, 0),
    ("relief", Emotion::Joy, 1),
    ("remorse", Emotion::Sadness, -1),
    ("sadness", Emotion::Sadness, -1),
    ("surprise", Emotion::Surprise, 0),
    ("neutral", Emotion::Neutral, 0),
];

/// Ekman's six basic emotions, and none of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Emotion {
    /// Anger, annoyance, disapproval.
    Anger,
    /// Disgust.
    Disgust,
    /// Fear, nervousness.
    Fear,
    /// Joy and everything else pleasant, such as gratitude.
    Joy,
    /// Sadness, disappointment, embarrassment, grief, remorse.
    Sadness,
    /// Surprise, realisation, confusion, curiosity.
    Surprise,
    /// None of the others.
    Neutral,
}

/// Scores of one text.
#[derive(Debug, Clone, PartialEq)]
pub struct EmotionScores {
    /// Probability of each emotion, independent of each other, in the order of [`Emotion::ALL`].
    pub groups: [f32; 7],
    /// Probability of each of the finer labels, in the order of [`LABELS`].
    pub labels: [f32; 28],
    /// From -1 (very negative) to 1 (very positive).
    pub sentiment: f32,
}

/// The emotion head.
#[derive(Debug, Clone, PartialEq)]
pub struct EmotionHead {
    /// The layers for the tone that it was trained over.
    pub(super) tone: String,
    pub(super) linear: Linear,
    /// `[N_OUTPUTS]`: from this probability on, an output counts as present.
    pub(super) thresholds: Vec<f32>,
}

/// Why a file is not an emotion head.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the emotion head cannot be read: {0}; train it again")]
pub struct HeadError(pub(super) String);

impl Emotion {
    /// Every emotion, in the order of [`EmotionScores::groups`].
    pub const ALL: [Self; 7] =
        [Self::Anger, Self::Disgust, Self::Fear, Self::Joy, Self::Sadness, Self::Surprise, Self::Neutral];

    /// Lower-case name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Anger => "anger",
            Self::Disgust => "disgust",
            Self::Fear => "fear",
            Self::Joy => "joy",
            Self::Sadness => "sadness",
            Self::Surprise => "surprise",
            Self::Neutral => "neutral",
        }
    }
}

impl EmotionScores {
    /// Probability of one emotion.
    pub fn get(&self, emotion: Emotion) -> f32 {
        self.groups[emotion as usize]
    }

    /// The most probable emotion.
    pub fn strongest(&self) -> Emotion {
        let more_probable = |best: Emotion, next: Emotion| {
            if self.get(next) > self.get(best) { next } else { best }
        };
        Emotion::ALL.into_iter().fold(Emotion::Neutral, more_probable)
    }
}

impl EmotionHead {
    /// The head shipped with this crate, trained over the encoder of the embedded manifest; see `heads/emotion.md`.
    pub fn shipped() -> Result<Self, HeadError> {
        Self::from_bytes(include_bytes!("../../heads/emotion.safetensors"))
    }

    /// Reads a head that [`to_bytes`](Self::to_bytes) wrote.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, HeadError> {
        let bad = |error: safetensors::SafeTensorError| HeadError(error.to_string());
        let file = SafeTensors::deserialize(bytes).map_err(bad)?;
        let values = |name: &str| -> Result<Vec<f32>, HeadError> {
            let tensor = file.tensor(name).map_err(bad)?;
            let values = tensor.data().as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes));
            let values: Vec<f32> = values.collect();
            let is_sound = tensor.dtype() == Dtype::F32 && values.iter().all(|x| x.is_finite());
            if is_sound { Ok(values) } else { Err(HeadError(format!("`{name}` is not finite f32"))) }
        };
        let (weights, bias, thresholds) = (values("weights")?, values("bias")?, values("thresholds")?);
        let tone =
            tone_of(bytes).ok_or_else(|| HeadError("it does not say over which tone it was trained".to_owned()))?;
        Self::new(&tone, weights, bias, thresholds)
    }

    /// Whether it was trained over the tones of `embed`.
    pub fn fits(&self, embed: &dyn Embed) -> bool {
        embed.branch_revision(Branch::Tone) == Some(&self.tone)
    }

    /// Scores one text by its tone.
    pub fn scores(&self, tone: &Embedding) -> EmotionScores {
        let mut outputs = self.linear.logits(tone.as_slice()).into_iter().map(sigmoid);
        let mut next = || outputs.next().unwrap_or_default();
        let labels = std::array::from_fn(|_| next());
        let groups = std::array::from_fn(|_| next());
        let (positive, negative) = (next(), next());
        EmotionScores { groups, labels, sentiment: positive - negative }
    }

    /// From these probabilities on, the emotions of [`Emotion::ALL`] count as present.
    pub fn group_thresholds(&self) -> &[f32] {
        &self.thresholds[LABELS.len()..LABELS.len() + Emotion::ALL.len()]
    }

    /// From these probabilities on, the labels of [`LABELS`] count as present.
    pub fn label_thresholds(&self) -> &[f32] {
        &self.thresholds[..LABELS.len()]
    }
}
