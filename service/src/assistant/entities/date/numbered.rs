//! Days of which the month is a number.

use std::ops::Range;
use std::sync::LazyLock;

use jiff::civil::Date;
use phonenumber::country;
use regex::{Captures, Regex};

use super::super::near::{ascii, stands_alone};
use super::super::page::{Found, Page};
use super::super::written::Written;
use super::{SHORT, YEAR, day_written, days_between, number, on, single, year, year_meant};

/// Eight bare digits are a day only within so many days of the one they were written on.
const COMPACT_DAYS: i32 = 400;

static YEAR_FIRST: LazyLock<Regex> = LazyLock::new(|| {
    ascii(&format!(r"\b{YEAR}(?P<a>[-/.])(?P<month>[0-9]{{1,2}})(?P<b>[-/.])(?P<day>[0-9]{{1,2}})(?:T[0-9]|\b)"))
});
static YEAR_LAST: LazyLock<Regex> = LazyLock::new(|| {
    ascii(&format!(r"\b(?P<day>[0-9]{{1,2}})(?P<a>[-/.])(?P<month>[0-9]{{1,2}})(?P<b>[-/.])(?:{YEAR}|{SHORT})\b"))
});
static NO_YEAR: LazyLock<Regex> = LazyLock::new(|| {
    ascii(r"\b(?:on|by|since|from|until|till|before|after|dated?)(?: the)? (?P<day>[0-9]{1,2})/(?P<month>[0-9]{1,2})\b")
});
static COMPACT: LazyLock<Regex> = LazyLock::new(|| ascii(r"\b20[0-9]{6}\b"));

/// Every day whose parts are set apart; where the first two may be day or month, `home` says which.
pub(super) fn find(page: &Page<'_>, home: Option<country::Id>, written: &Written) -> Vec<Found> {
    let text = page.open();
    let year_first = YEAR_FIRST.captures_iter(text).filter_map(|found| {
        let span = found.name("year")?.start()..found.name("day")?.end();
        is_whole(text, &span, &found).then_some(())?;
        single(year(&found)?, number(&found, "month")?, number(&found, "day")?, span)
    });
    let year_last = YEAR_LAST.captures_iter(text).filter_map(|found| {
        let span = found.get(0)?.range();
        // Two digits between hyphens are a bank's sort code as often as a year.
        let is_doubtful = found.name("short").is_some() && &found["a"] == "-";
        (!is_doubtful && is_whole(text, &span, &found)).then_some(())?;
        let ((month, day), year) = (month_and_day(&found, home)?, year(&found)?);
        single(year, month, day, span.clone()).or_else(|| single(year, day, month, span))
    });
    let without_year = NO_YEAR.captures_iter(text).filter_map(|found| {
        let span = found.name("day")?.start()..found.name("month")?.end();
        stands_alone(text, &span).then_some(())?;
        let (month, day) = month_and_day(&found, home)?;
        single(year_meant(page, written, (month, day), &span)?, month, day, span)
    });
    year_first.chain(year_last).chain(without_year).collect()
}

/// Every day of eight digits near the one they were written on.
pub(in super::super) fn find_compact(page: &Page<'_>, written: &Written) -> Vec<Found> {
    let text = page.open();
    let alone = COMPACT.find_iter(text).filter(|found| stands_alone(text, &found.range()));
    let days = alone.filter_map(|found| {
        let day = compact(found.as_str(), day_written(page, written, &found.range()))?;
        Some(on(day, found.range()))
    });
    days.collect()
}

/// The day that eight digits are (ISO 8601, basic format), if it is near the one they were written on.
pub(in super::super) fn compact(digits: &str, written: Option<Date>) -> Option<Date> {
    if digits.len() != 8 {
        return None;
    }
    let day = Date::new(digits[..4].parse().ok()?, digits[4..6].parse().ok()?, digits[6..].parse().ok()?).ok()?;
    (days_between(day, written?) <= COMPACT_DAYS).then_some(day)
}

/// Month and day of a match whose groups are named as in most of the world.
fn month_and_day(found: &Captures<'_>, home: Option<country::Id>) -> Option<(i8, i8)> {
    let (first, second) = (number(found, "day")?, number(found, "month")?);
    Some(if home == Some(country::Id::US) { (first, second) } else { (second, first) })
}

/// Whether a match has one kind of mark between its parts, and goes on with it neither before nor after.
fn is_whole(text: &str, span: &Range<usize>, found: &Captures<'_>) -> bool {
    let mark = &found["a"];
    let before = &text[..span.start];
    let goes_back = before.ends_with(mark) || before.ends_with(|c: char| c.is_alphanumeric());
    let mut after = text[span.end..].chars();
    let goes_on = match after.next() {
        Some(c) if mark.starts_with(c) => after.next().is_some_and(|c| c.is_ascii_digit()),
        Some(c) => c.is_alphanumeric() && !c.eq_ignore_ascii_case(&'t'),
        None => false,
    };
    found["a"] == found["b"] && !goes_back && !goes_on
}
