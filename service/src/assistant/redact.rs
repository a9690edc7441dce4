//! Masks what must never be stored: passwords typed into a chat, and payment card numbers.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};

/// What stands where a secret was.
pub const MASK: &str = "[removed]";

static PASSWORD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b((?:pass ?word|pass ?code|pwd|passwd|pass ?phrase)(?:\s+(?:is|=)\s*:?|\s*[:=])\s*)((?:\x22[^\x22\n]+\x22|'[^'\n]+')\S*|\S+)",
    )
    .expect("the pattern is constant and tested")
});
static DIGITS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\d(?:[ \-]?\d){12,18}").expect("the pattern is constant and tested"));

/// Words that follow "password is" without being one.
const NOT_A_PASSWORD: [&str; 22] = [
    "not",
    "wrong",
    "incorrect",
    "invalid",
    "expired",
    "too",
    "never",
    "always",
    "rejected",
    "lost",
    "being",
    "no",
    "still",
    "what",
    "the",
    "a",
    "something",
    "reset",
    "refused",
    "locked",
    "my",
    MASK,
];

/// `text` with what follows "my password is" and every payment card number masked.
pub fn redact_secrets(text: &str) -> Cow<'_, str> {
    let masked = PASSWORD.replace_all(text, |found: &Captures<'_>| {
        if is_password(&found[2]) { format!("{}{MASK}", &found[1]) } else { found[0].to_owned() }
    });
    let cards = DIGITS.replace_all(
        &masked,
        |found: &Captures<'_>| {
            if is_card(&found[0]) { MASK.to_owned() } else { found[0].to_owned() }
        },
    );
    if cards == text { Cow::Borrowed(text) } else { Cow::Owned(cards.into_owned()) }
}

/// Whether something in `text` is, or was, a password.
pub(crate) fn tells_password(text: &str) -> bool {
    PASSWORD.captures_iter(text).any(|found| found[2].contains(MASK) || is_password(&found[2]))
}

/// Whether what follows "password is" can be one.
fn is_password(text: &str) -> bool {
    let word = text.trim_matches(|c: char| c.is_ascii_punctuation() && !matches!(c, '[' | ']'));
    !NOT_A_PASSWORD.contains(&word.to_lowercase().as_str())
}

/// The checksum of payment card numbers (ISO/IEC 7812-1, annex B).
fn is_card(text: &str) -> bool {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, &digit)| match (place % 2, digit) {
            (0, digit) => digit,
            (_, digit) if digit > 4 => digit * 2 - 9,
            (_, digit) => digit * 2,
        })
        .sum();
    (13..=19).contains(&digits.len()) && sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn passwords_and_cards_are_masked() {
        assert_eq!(redact_secrets("my password is hunter2, let me in"), "my password is [removed] let me in");
        assert_eq!(redact_secrets("Password: \"two words\""), "Password: [removed]");
        assert_eq!(redact_secrets("card 4111 1111 1111 1111 exp 12/27"), "card [removed] exp 12/27");
    }

    #[test]
    fn what_is_no_secret_stays() {
        for text in [
            "my password is not working",
            "the password is wrong!",
            "I forgot my password",
            "tracking 1234567890123456",
            "call +44 7700 900101 about AW-100001",
        ] {
            assert_eq!(redact_secrets(text), text);
        }
    }

    #[test]
    fn a_masked_password_is_still_noticed() {
        assert!(tells_password("my password is [removed]"));
        assert!(!tells_password("my password is not working"));
    }

    proptest! {
        #[test]
        fn redacting_twice_changes_nothing(text in "(my )?password (is|:) [ -~]{0,40}|[0-9 -]{0,40}") {
            let once = redact_secrets(&text).into_owned();
            prop_assert_eq!(redact_secrets(&once).into_owned(), once);
        }
    }
}
