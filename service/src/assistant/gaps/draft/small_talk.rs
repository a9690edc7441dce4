//! Takes the politeness off what agents write: an article greets nobody.

use std::sync::LazyLock;

use regex::Regex;
use unicode_segmentation::UnicodeSegmentation;

/// Fewer words than this say nothing by themselves.
const LEAST_WORDS: usize = 4;

/// How a sentence may begin without saying anything.
static OPENING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^\W*(?:(?:hi|hello|hey|dear|good (?:morning|afternoon|evening))\b[^,.!?:–-]{0,40}[,.!:–-]+\s*|(?:yes|no|sure|of course|certainly|absolutely|thanks|thank you|great question|good question)[,.!:–-]+\s*)+",
    )
    .expect("the pattern is constant and tested")
});

/// What is said to one person about one moment.
static SMALL_TALK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(?:thank(?:s| you)|(?:i'?m|i am|we'?re|we are|so) (?:very |really |so )?sorry|my apologies|apologi[sz]e|my name is|this is \[name\]|you'?re welcome|let me (?:check|look|see|have a look|find out)|bear with me|one moment|just a (?:moment|sec|minute)|(?:have|enjoy) (?:a|the|your) (?:nice|great|good|lovely|rest)|anything else|let (?:me|us) know|(?:kind|best|warm) (?:regards|wishes)|regards|cheers|happy to help|glad to help|pleasure|get back to you|i (?:have|'ve) (?:just )?(?:checked|looked|asked|sent|passed)|hope (?:this|that) helps|take care|no (?:problem|worries)|how can i help)\b",
    )
    .expect("the pattern is constant and tested")
});

/// What a sentence says besides politeness, with a capital letter; none where that is nothing, a question, or about one
/// person only.
pub(super) fn without(sentence: &str) -> Option<String> {
    let said = OPENING.replace(sentence.trim(), "");
    let said = said.trim();
    if said.ends_with('?') || said.unicode_words().count() < LEAST_WORDS || SMALL_TALK.is_match(said) {
        return None;
    }
    let mut letters = said.chars();
    let first = letters.next()?;
    Some(first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_stays_and_politeness_goes() {
        for (sentence, left) in [
            ("Hi [name], we teach weaving every Saturday.", Some("We teach weaving every Saturday.")),
            ("Good morning! ", None),
            ("Hello there - yes, the shop opens at nine.", Some("The shop opens at nine.")),
            ("Thank you for your patience.", None),
            ("I'm so sorry about that.", None),
            ("Let me know if you need anything else.", None),
            ("Kind regards, the team at the shop", None),
            ("Which lamp do you mean?", None),
            ("A class costs £40 and lasts three hours.", Some("A class costs £40 and lasts three hours.")),
            ("No problem at all.", None),
        ] {
            assert_eq!(without(sentence).as_deref(), left, "{sentence}");
        }
    }
}
