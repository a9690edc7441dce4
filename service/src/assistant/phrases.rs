//! Short reviewed lists of phrases that mean one thing whatever a model says of them.

use regex::{Regex, RegexBuilder};

/// The phrases, ready to match.
#[derive(Clone, Debug)]
pub(crate) struct Phrases {
    human: Regex,
    cancel: Regex,
    resend: Regex,
    unhelpful: Regex,
    another_order: Regex,
    content: Regex,
    yes: Regex,
}

const SOMEONE: &str = r"(?:human|humans|human being|person|people|agent|someone|somebody|anyone|anybody|representative|rep|advisor|adviser|operator|manager|supervisor|colleague|(?:member|someone|somebody) (?:of|from) (?:staff|your team|the team))";
const CALL_OFF: &str =
    r"(?:never ?mind|forget (?:it|about it)|cancel(?: that| this| it)?|stop|leave it|don'?t bother|drop it)";

impl Phrases {
    /// Compiles the lists.
    pub(crate) fn new() -> Result<Self, regex::Error> {
        let compiled = |pattern: &str| RegexBuilder::new(pattern).case_insensitive(true).build();
        Ok(Self {
            human: compiled(&format!(
                r"\b(?:speak|talk|chat)(?:ing)? (?:to|with) (?:an? |some |any )?(?:real |actual |live |human )?{SOMEONE}\b|\b(?:real|live|actual) (?:person|human|agent)\b|^\W*(?:human|agent|operator|representative|person)(?: please| pls| plz)?\W*$|\b(?:get|give) me (?:an? |your )?(?:human|person|agent|manager|supervisor)\b|\b(?:put me through|connect me|transfer me)\b"
            ))?,
            cancel: compiled(&format!(
                r"^\W*(?:(?:oh|ok|okay|actually|sorry|please|no)\W+)*{CALL_OFF}(?:\W+(?:{CALL_OFF}|please|pls|thanks|thank you|then|it'?s fine|sorry))*\W*$",
            ))?,
            resend: compiled(
                r"\b(?:re-?send|send (?:it|the code|another|a new)|(?:another|new) (?:one|code)|(?:did ?n.?t|have ?n.?t|not|never) (?:got|get|gotten|receive|received|arrive|arrived|come|came)|no (?:code|e-?mail)|(?:has ?n.?t|not) (?:arrived|come))\b",
            )?,
            unhelpful: compiled(
                r"\b(?:(?:did ?n.?t|does ?n.?t|does not|did not|not) (?:help|answer(?:ed|ing)?|what i (?:asked|meant|want))|not helpful|unhelpful|wrong answer|that'?s not (?:it|what i))\b",
            )?,
            another_order: compiled(r"\b(?:other|another|different|second) (?:order|one|parcel|package)\b")?,
            content: compiled(r"\b(?:thanks|thank you|thx|cheers|perfect|great|brilliant|that helps|sorted)\b")?,
            yes: compiled(r"^\W*(?:yes|yep|yeah|yup|correct|right|exactly|that'?s it|it is)(?: please)?\W*$")?,
        })
    }

    /// They ask for a human in plain words.
    pub(crate) fn asks_for_human(&self, text: &str) -> bool {
        self.human.is_match(text)
    }

    /// They call off what is going on, and say nothing else.
    pub(crate) fn calls_off(&self, text: &str) -> bool {
        self.cancel.is_match(text)
    }

    /// They want a one-time code sent again.
    pub(crate) fn wants_new_code(&self, text: &str) -> bool {
        self.resend.is_match(text)
    }

    /// They say that the last answer missed.
    pub(crate) fn was_unhelpful(&self, text: &str) -> bool {
        self.unhelpful.is_match(text)
    }

    /// They mean an order other than the one spoken of.
    pub(crate) fn means_another_order(&self, text: &str) -> bool {
        self.another_order.is_match(text)
    }

    /// They are content: a few words of thanks.
    pub(crate) fn is_content(&self, text: &str) -> bool {
        text.split_whitespace().count() <= 8 && self.content.is_match(text)
    }

    /// A bare yes.
    pub(crate) fn agrees(&self, text: &str) -> bool {
        self.yes.is_match(text)
    }
}

/// Whether a text reads like a question of its own rather than an answer to one.
pub(crate) fn is_question(text: &str) -> bool {
    const OPENERS: [&str; 16] = [
        "how", "what", "when", "where", "why", "who", "which", "can", "could", "do", "does", "is", "are", "will",
        "would", "may",
    ];
    let first = text.split_whitespace().next().unwrap_or_default().to_lowercase();
    text.trim_end().ends_with('?') || OPENERS.contains(&first.trim_matches(|c: char| !c.is_alphabetic()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asking_for_a_human_is_recognised_in_plain_words_only() {
        let phrases = Phrases::new().unwrap();
        for text in ["Can I talk to a real person?", "agent", "let me speak with someone", "get me your manager"] {
            assert!(phrases.asks_for_human(text), "{text}");
        }
        for text in ["how tall is a person on this bench", "is the human figure lamp in stock", "agent orange paint"] {
            assert!(!phrases.asks_for_human(text), "{text}");
        }
    }

    #[test]
    fn calling_off_is_not_cancelling_an_order() {
        let phrases = Phrases::new().unwrap();
        for text in ["never mind", "Oh, forget it.", "cancel", "actually, nevermind thanks"] {
            assert!(phrases.calls_off(text), "{text}");
        }
        for text in ["cancel my order", "never mind the lamp, where is the chair?", "stop the parcel"] {
            assert!(!phrases.calls_off(text), "{text}");
        }
    }
}
