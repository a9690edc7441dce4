//! What stands beside a number: whether it is a number of its own, and the words that say what it is.

use std::ops::Range;

use regex::{Regex, RegexBuilder};

/// How many bytes around a number are searched for a word that says what it is.
const NEAR_BYTES: usize = 32;

/// A constant pattern over ASCII letters in either case. Without Unicode classes every pattern is read in one quick
/// pass, whatever the text is made of.
pub(super) fn ascii(pattern: &str) -> Regex {
    let built = RegexBuilder::new(pattern).unicode(false).case_insensitive(true).build();
    built.expect("the pattern is constant and tested")
}

/// Whether digits are a number of their own and not a part of a longer one, a word, a price or an address.
pub(super) fn stands_alone(text: &str, span: &Range<usize>) -> bool {
    let before = text[..span.start].chars().next_back();
    let mut rest = text[span.end..].chars();
    let after = rest.next();
    let then = rest.next();
    let joined = |c: char| c.is_alphanumeric() || matches!(c, '@' | '_' | '+' | '£' | '$' | '€');
    let glued_before = before.is_some_and(|c| joined(c) || matches!(c, '.' | '-' | '/'));
    let glued_after = after
        .is_some_and(|c| joined(c) || (matches!(c, '.' | ',' | '-' | '/') && then.is_some_and(|c| c.is_ascii_digit())));
    !glued_before && !glued_after
}

/// Whether no letter or digit touches a span.
pub(super) fn is_apart(text: &str, span: &Range<usize>) -> bool {
    let touches = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    !touches(text[..span.start].chars().next_back()) && !touches(text[span.end..].chars().next())
}

/// The text around a span.
pub(super) fn around<'t>(text: &'t str, span: &Range<usize>) -> &'t str {
    let from = text.floor_char_boundary(span.start.saturating_sub(NEAR_BYTES));
    let to = text.ceil_char_boundary((span.end + NEAR_BYTES).min(text.len()));
    &text[from..to]
}

/// The text before a span.
pub(super) fn before<'t>(text: &'t str, span: &Range<usize>) -> &'t str {
    let from = text.floor_char_boundary(span.start.saturating_sub(NEAR_BYTES));
    &text[from..span.start]
}

/// Whether `words` stand in `text`; a mask such as `[phone]` says nothing about what is beside it.
pub(super) fn is_said(words: &Regex, text: &str) -> bool {
    words.find_iter(text).any(|found| !text[..found.start()].ends_with('['))
}
