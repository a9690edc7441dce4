//! Whether a day lies behind or ahead, told by the words before it.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::super::near::{ascii, before, is_said};
use super::super::page::Page;

/// Words that put what follows into the past.
static PAST: LazyLock<Regex> =
    LazyLock::new(|| ascii(r"\b(?:was|were|wasn't|weren't|had|did|didn't|since|supposed|should have|should've)\b"));
/// Words of what was done, where no word says that it is still to be done.
static DONE: LazyLock<Regex> = LazyLock::new(|| {
    ascii(
        r"\b(?:ordered|bought|purchased|paid|placed|came|arrived|sent|received|got|delivered|dispatched|shipped|cancelled|returned|charged|refunded|happened)\b",
    )
});
static TO_BE_DONE: LazyLock<Regex> =
    LazyLock::new(|| ascii(r"\b(?:will|won't|i'll|can|could|would|be|may|might|please|want|need|going)\b"));

/// Where a day lies, seen from the day of writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tense {
    Past,
    /// Ahead, or nobody says.
    Open,
}

/// Where the day at `span` lies.
pub(super) fn tense(page: &Page<'_>, span: &Range<usize>) -> Tense {
    let words = before(page.said(), span);
    if is_said(&PAST, words) || (is_said(&DONE, words) && !is_said(&TO_BE_DONE, words)) {
        Tense::Past
    } else {
        Tense::Open
    }
}
