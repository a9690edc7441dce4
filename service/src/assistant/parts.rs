//! Takes a message apart where it begins to ask for something else, so that each part can be understood by itself.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

/// More parts than this are not told apart: what is left is one part.
const MOST_PARTS: usize = 12;
/// Fewer words ask for nothing by themselves.
const LEAST_WORDS: usize = 3;
/// Words that join one request to another.
const JOINTS: [&str; 6] = ["and", "also", "plus", "then", "but", "&"];
/// Words that begin a request after a joint or a comma. A part counts only if it surely has a purpose of its own, so that
/// one word too many here does little harm.
const OPENERS: [&str; 76] = [
    "how", "what", "what's", "when", "where", "where's", "why", "who", "which", "whether", "if", "can", "could",
    "would", "will", "do", "does", "did", "is", "are", "has", "have", "am", "i", "i'd", "i'm", "i've", "id", "im",
    "my", "please", "pls", "plz", "also", "let", "there's", "activate", "add", "block", "book", "buy", "cancel",
    "change", "check", "close", "delete", "exchange", "explain", "find", "get", "give", "help", "know", "make", "move",
    "need", "order", "pay", "refund", "remove", "replace", "report", "resend", "reset", "return", "see", "send",
    "show", "speak", "stop", "talk", "tell", "track", "unlock", "update", "want",
];

/// The parts of `text` that may each ask for something else, in order; none where it cannot be taken apart.
pub(crate) fn parts(text: &str) -> Vec<Range<usize>> {
    let mut cuts = vec![0];
    for (sentence_start, sentence) in text.split_sentence_bound_indices() {
        cuts.push(sentence_start);
        cuts.extend(cuts_within(sentence).into_iter().map(|at| sentence_start + at));
    }
    cuts.push(text.len());
    cuts.dedup();
    let mut parts: Vec<Range<usize>> = Vec::new();
    for (&start, &end) in cuts.iter().zip(cuts.iter().skip(1)) {
        let is_full = parts.len() == MOST_PARTS;
        match parts.last_mut() {
            Some(last) if is_full || are_one(text, last, &(start..end)) => last.end = end,
            _ => parts.push(start..end),
        }
    }
    if parts.len() < 2 { Vec::new() } else { parts }
}

/// Whether one of two neighbours is too short to stand alone.
fn are_one(text: &str, before: &Range<usize>, after: &Range<usize>) -> bool {
    [before, after].into_iter().any(|part| text[part.clone()].unicode_words().count() < LEAST_WORDS)
}

/// Where another request begins within a sentence.
fn cuts_within(sentence: &str) -> Vec<usize> {
    let words: Vec<(usize, &str)> =
        sentence.split_word_bound_indices().filter(|(_, word)| !word.trim().is_empty()).collect();
    let opens = |at: usize| words.get(at).is_some_and(|(_, word)| OPENERS.contains(&word.to_lowercase().as_str()));
    let cut = |at: usize| {
        let (place, word) = words[at];
        let is_joint = JOINTS.contains(&word.to_lowercase().as_str()) && opens(at + 1);
        let is_pause = matches!(word, "," | ";" | "-" | "–" | "—") && opens(at + 1);
        (is_joint || is_pause || word == ";").then_some(if is_joint { place } else { place + word.len() })
    };
    let mut cuts = Vec::new();
    for place in (1..words.len()).filter_map(cut) {
        let before = &sentence[cuts.last().copied().unwrap_or_default()..place];
        if before.unicode_words().count() >= LEAST_WORDS {
            cuts.push(place);
        }
    }
    cuts
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn taken_apart(text: &str) -> Vec<&str> {
        parts(text).into_iter().map(|part| text[part].trim()).collect()
    }

    #[test]
    fn a_message_is_taken_apart_where_it_asks_for_something_else() {
        assert_eq!(
            taken_apart("Where is my order AW-100003? I also want to change my address."),
            ["Where is my order AW-100003?", "I also want to change my address."]
        );
        assert_eq!(
            taken_apart("how do i return a lamp and can you send me the invoice"),
            ["how do i return a lamp", "and can you send me the invoice"]
        );
        assert_eq!(
            taken_apart("do you ship to Spain, how long does it take"),
            ["do you ship to Spain,", "how long does it take"]
        );
        assert_eq!(
            taken_apart("Change my address please and get me a copy of the invoice"),
            ["Change my address please", "and get me a copy of the invoice"]
        );
    }

    #[test]
    fn what_is_one_request_stays_whole() {
        for text in ["Hello! Where is my order?", "do you sell salt and pepper grinders", "where is my parcel", ""] {
            assert_eq!(taken_apart(text), Vec::<&str>::new(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn parts_make_up_the_text(text in "([a-z]{1,6}|and|how|é|[?.!,;\n] ?| ){0,60}") {
            let parts = parts(&text);
            prop_assert!(parts.len() <= MOST_PARTS);
            let whole: String = parts.iter().map(|part| &text[part.clone()]).collect();
            prop_assert!(parts.is_empty() || whole == text);
        }
    }
}
