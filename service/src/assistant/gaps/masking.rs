//! Takes out of a text whatever tells of a person, so that it can be shown to others and be published after review.

use super::super::redact::{redact_personal, redact_secrets};

/// What stands where a name was.
const NAME: &str = "[name]";
/// Shorter parts of names are words more often than names.
const LEAST_NAME: usize = 2;
/// The same, where they have no capital letter.
const LEAST_SMALL_NAME: usize = 3;
/// Names that are words as well, and are told by their capital letter alone.
const NAMES_THAT_ARE_WORDS: [&str; 30] = [
    "will", "may", "mark", "rose", "grace", "hope", "joy", "bill", "sue", "jack", "art", "pat", "rob", "frank",
    "grant", "summer", "dawn", "faith", "drew", "max", "miles", "rich", "chase", "page", "lane", "ray", "bob", "don",
    "june", "the",
];

/// `text` on one line, with secrets, personal data and `names` masked.
pub(super) fn masked(text: &str, names: &[String]) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = redact_secrets(&line).into_owned();
    without_names(&redact_personal(&line), names)
}

/// The words of full names, for masking.
pub(super) fn name_words<'n>(names: impl IntoIterator<Item = &'n str>) -> Vec<String> {
    let words = names.into_iter().flat_map(|name| name.split(|c: char| !c.is_alphanumeric()));
    let mut words: Vec<String> =
        words.filter(|word| word.chars().count() >= LEAST_NAME).map(str::to_lowercase).collect();
    words.sort_unstable();
    words.dedup();
    words
}

fn without_names(text: &str, names: &[String]) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(char::is_alphanumeric) {
        let tail = &rest[start..];
        let end = tail.find(|c: char| !c.is_alphanumeric()).unwrap_or(tail.len());
        let word = &tail[..end];
        masked.push_str(&rest[..start]);
        masked.push_str(if is_name(word, names) { NAME } else { word });
        rest = &tail[end..];
    }
    masked.push_str(rest);
    masked
}

fn is_name(word: &str, names: &[String]) -> bool {
    let small = word.to_lowercase();
    let may_be = word.chars().any(char::is_uppercase)
        || (word.chars().count() >= LEAST_SMALL_NAME && !NAMES_THAT_ARE_WORDS.contains(&small.as_str()));
    may_be && names.contains(&small)
}

/// Whether something of a person was masked in `text`.
pub(super) fn has_mask(text: &str) -> bool {
    const MASKS: [&str; 8] =
        ["[order]", "[email]", "[phone]", "[code]", "[tracking]", "[card]", "[postcode]", "[removed]"];
    MASKS.iter().any(|mask| text.contains(mask)) || text.contains(NAME)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_and_numbers_are_masked_and_words_stay() {
        let names = name_words(["Ada Lovelace", "Sam", "Will"]);
        for (text, expected) in [
            ("Hi Ada,\n it is  Sam (sam@example.com).", "Hi [name], it is [name] ([email])."),
            ("thanks, ada here", "thanks, [name] here"),
            ("will AW-100001 come, asks Will's friend", "will [order] come, asks [name]'s friend"),
            ("my password is hunter2", "my password is [removed]"),
            ("Samples cost £3.", "Samples cost £3."),
        ] {
            let masked = masked(text, &names);
            assert_eq!(masked, expected);
            assert_eq!(has_mask(&masked), expected.contains('['));
        }
    }

    proptest! {
        #[test]
        fn no_name_survives_and_masking_twice_changes_nothing(text in "[A-Z]?[a-z]{0,4}( (Ada|ADA|Lovelace|[a-z]{1,5}))*[.!]?") {
            let names = name_words(["Ada Lovelace"]);
            let once = masked(&text, &names);
            prop_assert!(!once.contains("Ada") && !once.contains("ADA") && !once.contains("Lovelace"), "{}", once);
            prop_assert_eq!(masked(&once, &names), once);
        }
    }
}
