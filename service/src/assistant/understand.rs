//! Puts together everything understood of a turn.

use models::head::Sample;
use models::head::emotion::{Emotion as Feeling, EmotionHead};
use models::{Embedding, Reading};
use unicode_segmentation::UnicodeSegmentation;

use crate::domain::conversation::Priority;
use crate::domain::message::Author;
use crate::domain::turn::Turn;
use crate::domain::understanding::{Emotion, Entity, ScoredIntent, Signals, Understanding};

use super::entities::Written;
use super::parts::parts;
use super::signals::Signal;
use super::{Assistant, Settings, language, mood, priority};

/// How many intents an understanding names.
const MAX_INTENTS: usize = 5;
/// From so many words on, a text is also read part by part: one sentence among many hardly shows in the whole. The lines
/// that the shipped heads learned from are rarely longer.
const LONG_WORDS: usize = 60;
/// A sentence less sure than this does not count: of many, one soon looks a little like anything.
const SENTENCE_SURE: f32 = 0.9;
/// What an unmistakable phrase makes of a score.
const PHRASE_SCORE: f32 = 0.97;

/// Understands `turn`, whose text and its parts the encoder reads so.
pub(super) fn understand(assistant: &Assistant, turn: &Turn, readings: &[Reading]) -> Option<Understanding> {
    let (reading, of_parts) = readings.split_first()?;
    let text = turn.text();
    let sample = Sample::new(&text, reading);
    let sentences = sentences(&text, of_parts);
    let scores = assistant.classify(&sample);
    let intents: Vec<ScoredIntent> = scores
        .ranked
        .iter()
        .take(MAX_INTENTS)
        .map(|score| ScoredIntent { name: score.name.to_string(), confidence: score.confidence })
        .collect();
    let (emotion, sentiment) = feel(assistant.emotion.as_deref(), reading.tone.as_ref());
    let written = Written::of_turn(turn, &assistant.settings.time_zone);
    let entities = assistant.entities.read(&text, assistant.flows.expected(&turn.memory), &written);
    // An address or a number by itself has no tone, and heads trained on sentences only guess at one.
    let speaks = has_words_besides(&text, &entities);
    let language = assistant.language.detect(&text);
    let Settings { languages, thresholds, .. } = &assistant.settings;
    // Of a language that no head has learned they guess too; harm alone is worth a wrong guess.
    let understood = language::is_supported(&language, languages, thresholds.language);
    let score = |signal: Signal| {
        let is_heard = speaks && (understood || signal == Signal::Safety);
        if !is_heard {
            return 0.0;
        }
        let of_sentences = if signal.shows_in_a_sentence() { sentences.as_slice() } else { &[] };
        let scores = of_sentences.iter().map(|said| assistant.signals.score(signal, said));
        scores.filter(|score| *score >= SENTENCE_SURE).fold(assistant.signals.score(signal, &sample), f32::max)
    };
    let mut signals = Signals {
        human_requested: score(Signal::HumanRequest),
        safety: score(Signal::Safety),
        legal: score(Signal::Legal),
        abusive: score(Signal::Abusive),
        complex: score(Signal::Complex),
    };
    if assistant.phrases.asks_for_human(&text) {
        signals.human_requested = signals.human_requested.max(PHRASE_SCORE);
    }
    let frustration = frustration(turn, &text, score(Signal::Frustrated), &emotion, sentiment);
    let urgency = score(Signal::Urgent);
    let mut understanding = Understanding {
        language,
        out_of_scope: scores.out_of_scope,
        frustration,
        urgency,
        priority: Priority::Normal,
        entities,
        intents,
        emotion,
        sentiment,
        signals,
        purposes: Vec::new(),
        is_cut: false,
    };
    let of_intent = understanding.intents.first().and_then(|intent| assistant.intent(&intent.name));
    let of_intent = of_intent.map_or(Priority::Normal, |spec| domain_priority(spec.priority));
    understanding.priority = priority::of_message(of_intent, &understanding, thresholds);
    Some(understanding)
}

/// The parts of a text so long that the whole says little of each; none of a shorter one.
fn sentences<'a>(text: &str, readings: &'a [Reading]) -> Vec<Sample<'a>> {
    if text.unicode_words().count() < LONG_WORDS {
        return Vec::new();
    }
    parts(text).into_iter().zip(readings).map(|(part, reading)| Sample::new(&text[part], reading)).collect()
}

/// Whether a text says anything in words besides `entities`.
fn has_words_besides(text: &str, entities: &[Entity]) -> bool {
    let is_entity = |at: usize| entities.iter().any(|entity| (entity.start..entity.end).contains(&at));
    let words = text.split_word_bound_indices().filter(|(_, word)| word.chars().any(char::is_alphabetic));
    words.into_iter().any(|(at, _)| !is_entity(at))
}

/// The emotion and the sentiment; neutral where the encoder has no head for them.
fn feel(head: Option<&EmotionHead>, tone: Option<&Embedding>) -> (Emotion, f32) {
    let Some((head, tone)) = head.zip(tone) else {
        return (Emotion { label: Feeling::Neutral.name().to_owned(), scores: Vec::new() }, 0.0);
    };
    let felt = head.scores(tone);
    let mut scores: Vec<(String, f32)> =
        Feeling::ALL.into_iter().map(|feeling| (feeling.name().to_owned(), felt.get(feeling))).collect();
    scores.sort_by(|a, b| b.1.total_cmp(&a.1));
    (Emotion { label: felt.strongest().name().to_owned(), scores }, felt.sentiment)
}

fn frustration(turn: &Turn, text: &str, frustrated: f32, emotion: &Emotion, sentiment: f32) -> f32 {
    let answered = turn.conversation.answered_seq;
    let earlier: Vec<&str> = turn
        .history
        .iter()
        .filter(|message| message.seq <= answered && message.author == Author::Contact)
        .map(|message| message.text.as_str())
        .collect();
    let mut others = turn.history.iter().filter(|message| message.seq <= answered && message.author != Author::Contact);
    let told = others.next_back().map_or("", |message| message.text.as_str());
    let anger = emotion
        .scores
        .iter()
        .filter(|(name, _)| name == Feeling::Anger.name() || name == Feeling::Disgust.name())
        .map(|(_, score)| *score)
        .fold(0.0, f32::max);
    mood::frustration(&mood::Clues {
        text,
        earlier: &earlier,
        told,
        frustrated,
        anger,
        sentiment,
        before: &turn.memory.mood,
    })
}

/// The priority an author wrote, in the service's words.
pub(super) fn domain_priority(priority: knowledge_base::Priority) -> Priority {
    match priority {
        knowledge_base::Priority::Low => Priority::Low,
        knowledge_base::Priority::Normal => Priority::Normal,
        knowledge_base::Priority::High => Priority::High,
        knowledge_base::Priority::Urgent => Priority::Urgent,
    }
}
