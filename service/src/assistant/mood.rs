//! How fed up the contact is, as one number over the conversation, from what they say and how they type it.

use std::collections::HashSet;

/// What the number is made of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clues<'a> {
    /// What they say in this turn.
    pub(crate) text: &'a str,
    /// What they said before, oldest first.
    pub(crate) earlier: &'a [&'a str],
    /// What they were told last, empty where nothing was.
    pub(crate) told: &'a str,
    /// The score of the `frustrated` signal, `0.0..=1.0`.
    pub(crate) frustrated: f32,
    /// The score of anger or disgust, whichever is higher, `0.0..=1.0`.
    pub(crate) anger: f32,
    /// From `-1.0` (bad) to `1.0` (good).
    pub(crate) sentiment: f32,
    /// The number for each earlier turn.
    pub(crate) before: &'a [f32],
}

/// How much each clue alone can make of the number. They add up as independent chances do.
mod weight {
    pub(super) const FRUSTRATED: f32 = 0.75;
    pub(super) const ANGER: f32 = 0.5;
    pub(super) const SENTIMENT: f32 = 0.15;
    pub(super) const SHOUTING: f32 = 0.35;
    pub(super) const EXCLAIMING: f32 = 0.2;
    pub(super) const REPEATING: f32 = 0.3;
    /// Of turning down what was said or offered.
    pub(super) const REJECTING: f32 = 0.15;
    /// Of having been told that something is not to be had.
    pub(super) const REFUSED: f32 = 0.1;
    pub(super) const BEFORE: f32 = 0.25;
    /// Of each strong phrase; a long message dilutes what a model makes of it, and phrases do not fade.
    pub(super) const PHRASE: f32 = 0.4;
}

/// What only people who are fed up say, reviewed; each counts once.
const STRONG_PHRASES: [&str; 40] = [
    "third time",
    "fourth time",
    "fifth time",
    "how many times",
    "how many more times",
    "again and again",
    "over and over",
    "nobody can tell",
    "no one can tell",
    "nobody tells me",
    "nobody answers",
    "no one answers",
    "nobody replies",
    "nobody cares",
    "absolutely useless",
    "completely useless",
    "you are useless",
    "you're useless",
    "utterly useless",
    "ridiculous",
    "unacceptable",
    "outrageous",
    "disgrace",
    "disgusting",
    "appalling",
    "shambles",
    "shocking service",
    "terrible service",
    "awful service",
    "worst service",
    "worst company",
    "is a joke",
    "what a joke",
    "fed up",
    "sick of",
    "sick and tired",
    "had enough",
    "waste of time",
    "never again",
    "never buy",
];

/// How people turn down or put right what they were told.
const REJECTIONS: [&str; 24] = [
    "no,",
    "no.",
    "nope",
    "not that",
    "not what",
    "not the",
    "not really",
    "don't like",
    "don't want",
    "do not want",
    "wrong",
    "instead",
    "something else",
    "anything else",
    "any other",
    "another one",
    "a different",
    "other than",
    "rather not",
    "i said",
    "i meant",
    "i asked",
    "i told you",
    "already told",
];
/// How it is said that something is not to be had.
const REFUSALS: [&str; 12] = [
    "sorry",
    "unfortunately",
    "afraid",
    "i can't",
    "cannot",
    "couldn't",
    "could not",
    "unable",
    "not available",
    "no results",
    "not possible",
    "don't have",
];

/// How fed up they are, `0.0..=1.0`.
pub(crate) fn frustration(clues: &Clues<'_>) -> f32 {
    let phrases = (1.0 - weight::PHRASE).powi(strong_phrases(clues.text));
    let chances = [
        weight::FRUSTRATED * above(clues.frustrated, 0.3),
        weight::ANGER * above(clues.anger, 0.3),
        weight::SENTIMENT * (-clues.sentiment).clamp(0.0, 1.0),
        weight::SHOUTING * shouting(clues.text),
        weight::EXCLAIMING * exclaiming(clues.text),
        weight::REPEATING * repeating(clues.text, clues.earlier),
        weight::REJECTING * f32::from(u8::from(holds(clues.text, &REJECTIONS))),
        weight::REFUSED * f32::from(u8::from(holds(clues.told, &REFUSALS))),
        weight::BEFORE * clues.before.last().copied().unwrap_or_default(),
    ];
    let calm: f32 = chances.iter().map(|chance| 1.0 - chance.clamp(0.0, 1.0)).product();
    1.0 - calm * phrases
}

/// A score with everything under `floor` taken for noise, stretched back to `0.0..=1.0`.
fn above(score: f32, floor: f32) -> f32 {
    ((score - floor) / (1.0 - floor)).clamp(0.0, 1.0)
}

/// How many strong phrases a text holds.
fn strong_phrases(text: &str) -> i32 {
    let text = plain(text);
    STRONG_PHRASES.iter().filter(|phrase| text.contains(*phrase)).count() as i32
}

/// Whether a text holds one of `phrases`, each from the beginning of a word.
fn holds(text: &str, phrases: &[&str]) -> bool {
    let text = format!(" {}", plain(text));
    phrases.iter().any(|phrase| text.match_indices(phrase).any(|(at, _)| !text[..at].ends_with(char::is_alphanumeric)))
}

fn plain(text: &str) -> String {
    text.to_lowercase().replace('\u{2019}', "'")
}

/// The share of words written in capitals, where there are enough of them and enough that are not codes.
fn shouting(text: &str) -> f32 {
    let words: Vec<&str> =
        text.split(|c: char| !c.is_alphabetic() && c != '\'').filter(|word| word.chars().count() >= 3).collect();
    let loud = words.iter().filter(|word| word.chars().all(|c| c.is_uppercase() || c == '\'')).count();
    if loud < 2 {
        return if loud == 1 && words.len() > 1 { 0.2 } else { 0.0 };
    }
    (1.5 * loud as f32 / words.len() as f32).min(1.0)
}

/// Runs of exclamation and question marks.
fn exclaiming(text: &str) -> f32 {
    let runs = ["!!", "??", "?!", "!?"].iter().filter(|run| text.contains(*run)).count();
    (runs as f32).min(1.0)
}

/// How much of what they say now they have said before.
fn repeating(text: &str, earlier: &[&str]) -> f32 {
    let now = content_words(text);
    if now.len() < 2 {
        return 0.0;
    }
    let share = |before: &&str| {
        let before = content_words(before);
        now.intersection(&before).count() as f32 / now.len().max(before.len()).max(1) as f32
    };
    let most = earlier.iter().map(share).fold(0.0, f32::max);
    above(most, 0.5)
}

fn content_words(text: &str) -> HashSet<String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() >= 3).map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALM: Clues<'static> = Clues {
        text: "where is my order",
        earlier: &[],
        told: "",
        frustrated: 0.1,
        anger: 0.05,
        sentiment: 0.0,
        before: &[],
    };

    #[test]
    fn a_calm_question_is_no_frustration() {
        assert!(frustration(&CALM) < 0.05);
    }

    #[test]
    fn words_capitals_and_marks_add_up() {
        let furious = Clues {
            text: "This is RIDICULOUS, I want my MONEY back NOW!!",
            frustrated: 0.9,
            anger: 0.7,
            sentiment: -0.8,
            ..CALM
        };
        let annoyed = Clues { text: "this is ridiculous", ..furious };
        assert!(frustration(&furious) > 0.85);
        assert!(frustration(&annoyed) < frustration(&furious));
    }

    #[test]
    fn saying_the_same_again_and_a_bad_mood_before_raise_it() {
        let again = Clues { earlier: &["Where is my order?"], ..CALM };
        let sour = Clues { before: &[0.8], ..CALM };
        assert!(frustration(&again) > frustration(&CALM) + 0.2);
        assert!(frustration(&sour) > frustration(&CALM) + 0.1);
    }

    #[test]
    fn turning_something_down_or_being_refused_raises_it_a_little() {
        let rejecting = Clues { text: "no, not that one", ..CALM };
        let refused = Clues { told: "I'm sorry, that is not available.", ..CALM };
        for clues in [rejecting, refused] {
            let raised = frustration(&clues) - frustration(&CALM);
            assert!((0.05..0.2).contains(&raised), "{raised}");
        }
        assert!(!holds("the casino's north wing", &["no,", "no."]));
    }

    #[test]
    fn strong_phrases_are_not_lost_in_a_long_message() {
        let long = "This is the THIRD time I'm asking. AW-100003 was promised days ago, I took a morning off for it and \
                    nobody can tell me anything. Absolutely useless.";
        assert!(frustration(&Clues { text: long, ..CALM }) > 0.75);
        let once = Clues { text: "the lid is a ridiculous size, can I swap it", ..CALM };
        assert!(frustration(&once) < 0.5);
    }

    #[test]
    fn an_order_number_is_not_shouting() {
        assert!(shouting("AW-100001 please, ETA?") < 0.3);
    }
}
