//! The contact's sentences and how much each tells about the problem.

use unicode_segmentation::UnicodeSegmentation;

use crate::domain::message::Author;
use crate::domain::turn::Turn;

use super::super::redact::redact_secrets;

/// A longer sentence is cut here, in characters.
const MAX_CHARS: usize = 240;
/// Words beyond this many add nothing to what a sentence tells.
const ENOUGH_WORDS: usize = 14;
/// Words that tell nothing about a problem.
const SMALL_WORDS: [&str; 40] = [
    "hello", "thanks", "thank", "please", "you", "your", "the", "and", "but", "for", "with", "this", "that", "have",
    "has", "had", "was", "were", "are", "not", "can", "could", "would", "just", "very", "really", "want", "need",
    "human", "person", "agent", "someone", "talk", "speak", "real", "never", "mind", "know", "get", "got",
];
/// Words that say what a problem is about or how it came.
const TELLING_WORDS: [&str; 40] = [
    "order",
    "ordered",
    "parcel",
    "package",
    "delivery",
    "delivered",
    "refund",
    "refunded",
    "return",
    "returned",
    "broken",
    "damaged",
    "missing",
    "wrong",
    "late",
    "lost",
    "cancel",
    "charged",
    "paid",
    "payment",
    "card",
    "account",
    "password",
    "login",
    "address",
    "arrived",
    "waiting",
    "promised",
    "replacement",
    "invoice",
    "discount",
    "faulty",
    "stopped",
    "yet",
    "fire",
    "smoke",
    "gas",
    "shock",
    "hurt",
    "injured",
];

/// One sentence of the contact.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sentence {
    pub(super) text: String,
    /// The number of its message.
    pub(super) seq: i64,
    /// How much it tells; comparable within a conversation.
    pub(super) weight: f32,
}

/// Every sentence of the contact that tells something, in order, the same one once. A text that was only triaged came by
/// no door that masks secrets, so that is done here.
pub(super) fn of_contact(turn: &Turn) -> Vec<Sentence> {
    let mut sentences: Vec<Sentence> = Vec::new();
    for message in turn.history.iter().filter(|message| message.author == Author::Contact) {
        let lines = message.text.lines().flat_map(|line| line.unicode_sentences());
        for text in lines.map(str::trim) {
            let weight = if repeats_a_code(text) { 0.0 } else { weight(text) };
            let repeated = sentences.iter().any(|other| other.text.eq_ignore_ascii_case(text));
            if weight > 0.0 && !repeated {
                sentences.push(Sentence { text: cut(&redact_secrets(text)), seq: message.seq, weight });
            }
        }
    }
    sentences
}

fn weight(text: &str) -> f32 {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower
        .split_whitespace()
        .filter(|word| !word.contains('@'))
        .flat_map(|word| word.split(|c: char| !c.is_alphanumeric()))
        .filter(|word| word.chars().count() >= 3 && !SMALL_WORDS.contains(word))
        .collect();
    let (numbers, words): (Vec<&str>, Vec<&str>) =
        words.into_iter().partition(|word| word.chars().all(|c| c.is_ascii_digit()));
    if words.is_empty() {
        return 0.0;
    }
    let telling = words.iter().filter(|word| TELLING_WORDS.contains(word)).count();
    let numbered = if numbers.iter().any(|number| number.len() >= 5) { 3.0 } else { 0.0 };
    words.len().min(ENOUGH_WORDS) as f32 + 3.0 * telling.min(3) as f32 + numbered
}

fn cut(text: &str) -> String {
    if text.chars().count() <= MAX_CHARS {
        return text.to_owned();
    }
    let kept: String = text.chars().take(MAX_CHARS - 1).collect();
    format!("{}…", kept.trim_end())
}
/// Whether a sentence repeats a one-time code, which is nobody's business afterwards.
fn repeats_a_code(text: &str) -> bool {
    let n_digits = text.chars().filter(char::is_ascii_digit).count();
    text.to_lowercase().contains("code") && (4..=8).contains(&n_digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_code_is_told_from_other_numbers() {
        assert!(repeats_a_code("my code is 117 168") && repeats_a_code("Code: 117168"));
        assert!(!repeats_a_code("where is AW-100001?") && !repeats_a_code("my discount code SPRING10 fails"));
    }
}
