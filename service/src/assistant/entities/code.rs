//! One-time codes: six digits, where one was sent or the word stands by.

use std::sync::LazyLock;

use regex::Regex;

use crate::domain::understanding::EntityKind;

use super::near::{around, ascii, is_said, stands_alone};
use super::page::{Found, Page};

static SPACED: LazyLock<Regex> = LazyLock::new(|| ascii(r"[0-9]{3}[ -]?[0-9]{3}"));
static SIX: LazyLock<Regex> = LazyLock::new(|| ascii(r"[0-9]{6}"));
static CODE: LazyLock<Regex> = LazyLock::new(|| ascii(r"\bcode\b"));

/// Every code of six digits, however spaced, where one is waited for.
pub(super) fn find_sent(page: &Page<'_>) -> Vec<Found> {
    let text = page.open();
    let alone = SPACED.find_iter(text).filter(|found| stands_alone(text, &found.range()));
    let found = alone.map(|found| {
        let digits = found.as_str().chars().filter(char::is_ascii_digit).collect();
        Found { kind: EntityKind::Code, value: digits, span: found.range() }
    });
    found.collect()
}

/// Every code of six digits beside the word.
pub(super) fn find_named(page: &Page<'_>) -> Vec<Found> {
    let text = page.open();
    let alone = SIX.find_iter(text).filter(|found| stands_alone(text, &found.range()));
    let named = alone.filter(|found| is_said(&CODE, around(page.said(), &found.range())));
    let found =
        named.map(|found| Found { kind: EntityKind::Code, value: found.as_str().to_owned(), span: found.range() });
    found.collect()
}
