//! Days and spans of days that count from the day of writing: "yesterday", "last Tuesday", "three days ago". A week is
//! Monday to Sunday (ISO 8601).

use std::sync::LazyLock;

use jiff::Span;
use jiff::civil::{Date, Weekday};
use regex::{Captures, Regex};

use super::super::near::{ascii, before, is_apart, is_said};
use super::super::page::{Found, Page};
use super::super::written::Written;
use super::tense::{Tense, tense};
use super::{day_written, interval, on};

const COUNT: &str =
    "(?P<count>an?|(?:a )?couple of|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|[0-9]{1,3})";
const UNIT: &str = "(?P<unit>day|week|fortnight|month|year)s?";
const FULL: &str = "monday|tuesday|wednesday|thursday|friday|saturday|sunday";
/// Without "sun", which shines on what shops sell.
const SHORT: &str = "mon|tues?|weds?|thur?s?|fri|sat";

static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    ascii(r"\b(?:(?:the )?day (?:before yest[eu]rday|after tomm?orr?ow)|today|tonight|yest[eu]rday|tomm?orr?ow)\b")
});
static AGO: LazyLock<Regex> = LazyLock::new(|| ascii(&format!(r"\b{COUNT} {UNIT} ago\b")));
static AHEAD: LazyLock<Regex> = LazyLock::new(|| ascii(&format!(r"\bin {COUNT} {UNIT}\b")));
static FROM_NOW: LazyLock<Regex> = LazyLock::new(|| ascii(&format!(r"\b{COUNT} {UNIT} from (?:now|today)\b")));
static PERIOD: LazyLock<Regex> =
    LazyLock::new(|| ascii(r"\b(?P<which>last|past|this|next|coming) (?P<unit>weekend|week|month|year)\b"));
static WEEKDAY: LazyLock<Regex> = LazyLock::new(|| {
    ascii(&format!(
        r"\b(?:(?P<which>last|past|this|next|coming|on|by|until|till|since|from|before|after)(?: the)? (?P<day>{FULL}|{SHORT})|(?P<alone>{FULL}))\b"
    ))
});
/// Words before a weekday that make it a feast, or every one.
static NO_SINGLE_DAY: LazyLock<Regex> =
    LazyLock::new(|| ascii(r"\b(?:black|cyber|good|easter|holy|ash|bank holiday|every|each) $"));

/// One day, or the first and the last of several.
type Days = (Date, Date);
/// What a match means when it is written on a day.
type Meaning = fn(&Captures<'_>, Date) -> Option<Days>;

/// Every day or span that counts from the day it was written on, where that is known.
pub(in super::super) fn find(page: &Page<'_>, written: &Written) -> Vec<Found> {
    let counted: [(&Regex, Meaning); 5] = [
        (&NAMED, |found, today| by_name(&found[0], today).map(single)),
        (&AGO, |found, today| today.checked_sub(length(found)?).ok().map(single)),
        (&AHEAD, |found, today| today.checked_add(length(found)?).ok().map(single)),
        (&FROM_NOW, |found, today| today.checked_add(length(found)?).ok().map(single)),
        (&PERIOD, |found, today| period(&found["which"].to_ascii_lowercase(), &found["unit"], today)),
    ];
    let text = page.open();
    let mut days = Vec::new();
    for (pattern, days_of) in counted {
        days.extend(pattern.captures_iter(text).filter_map(|found| {
            let span = found.get(0)?.range();
            let today = day_written(page, written, &span)?;
            let (first, last) = days_of(&found, today).filter(|_| is_apart(text, &span))?;
            Some(if first == last { on(first, span) } else { interval(first, last, span) })
        }));
    }
    days.extend(WEEKDAY.captures_iter(text).filter_map(|found| weekday(page, written, &found)));
    days
}

fn single(day: Date) -> Days {
    (day, day)
}

fn by_name(name: &str, today: Date) -> Option<Date> {
    let name = name.to_ascii_lowercase();
    let (yesterday, tomorrow) = (today.yesterday().ok()?, today.tomorrow().ok()?);
    if name.contains("before") {
        yesterday.yesterday().ok()
    } else if name.contains("after") {
        tomorrow.tomorrow().ok()
    } else {
        Some(match name.as_bytes() {
            [b'y', ..] => yesterday,
            [b't', b'o', b'm', ..] => tomorrow,
            _ => today,
        })
    }
}

/// How long "two weeks" is.
fn length(found: &Captures<'_>) -> Option<Span> {
    const WORDS: [&str; 12] =
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    let count = found["count"].to_ascii_lowercase();
    let number = match count.as_str() {
        "a" | "an" => 1,
        count if count.ends_with("couple of") => 2,
        count => match (1..).zip(WORDS).find(|(_, word)| *word == count) {
            Some((number, _)) => number,
            None => count.parse::<i64>().ok()?,
        },
    };
    Some(match found["unit"].to_ascii_lowercase().as_str() {
        "day" => Span::new().days(number),
        "week" => Span::new().weeks(number),
        "fortnight" => Span::new().weeks(2 * number),
        "month" => Span::new().months(number),
        _ => Span::new().years(number),
    })
}

/// The days of "last week".
fn period(which: &str, unit: &str, today: Date) -> Option<Days> {
    let steps = match which {
        "last" | "past" => -1,
        "this" => 0,
        _ => 1,
    };
    match unit.to_ascii_lowercase().as_str() {
        "month" => {
            let month = today.first_of_month().checked_add(Span::new().months(steps)).ok()?;
            Some((month, month.last_of_month()))
        }
        "year" => {
            let year = today.first_of_year().checked_add(Span::new().years(steps)).ok()?;
            Some((year, year.last_of_year()))
        }
        unit => {
            let since_monday = today.weekday().to_monday_zero_offset();
            let monday = today.checked_add(Span::new().days(7 * steps - i64::from(since_monday))).ok()?;
            let first = if unit == "weekend" { monday.checked_add(Span::new().days(5)).ok()? } else { monday };
            Some((first, monday.checked_add(Span::new().days(6)).ok()?))
        }
    }
}

/// The nearest such day before the day of writing or after it, and never that day itself.
fn weekday(page: &Page<'_>, written: &Written, found: &Captures<'_>) -> Option<Found> {
    let name = found.name("day").or_else(|| found.name("alone"))?;
    let which = found.name("which").map(|which| which.as_str().to_ascii_lowercase());
    let (from, steps) = match which.as_deref() {
        Some("last" | "past") => (found.get(0)?.start(), -1),
        Some("next" | "coming") => (found.get(0)?.start(), 1),
        Some("since") => (name.start(), -1),
        _ => (name.start(), if tense(page, &name.range()) == Tense::Past { -1 } else { 1 }),
    };
    let span = from..name.end();
    let is_single = !is_said(&NO_SINGLE_DAY, before(page.said(), &span)) && is_apart(page.open(), &span);
    let today = day_written(page, written, &span).filter(|_| is_single)?;
    Some(on(today.nth_weekday(steps, weekday_named(name.as_str())?).ok()?, span))
}

fn weekday_named(name: &str) -> Option<Weekday> {
    const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let place = (0..).zip(DAYS).find(|(_, day)| name[..3].eq_ignore_ascii_case(day)).map(|(place, _)| place)?;
    Weekday::from_monday_zero_offset(place).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    /// A Tuesday.
    const TODAY: Date = date(2026, 11, 24);

    fn found(text: &str) -> Vec<String> {
        let mut page = Page::new(text);
        page.claim(find(&page, &Written::on(TODAY)));
        page.into_entities().into_iter().map(|entity| entity.value).collect()
    }

    #[test]
    fn days_count_from_the_day_of_writing() {
        for (text, day) in [
            ("I need it today", "2026-11-24"),
            ("it came Yesterday!", "2026-11-23"),
            ("the day before yesterday", "2026-11-22"),
            ("tommorow", "2026-11-25"),
            ("day after tomorrow", "2026-11-26"),
            ("three days ago", "2026-11-21"),
            ("a week ago", "2026-11-17"),
            ("a couple of days ago", "2026-11-22"),
            ("in two weeks", "2026-12-08"),
            ("in 10 days", "2026-12-04"),
            ("a fortnight from now", "2026-12-08"),
            ("a month ago", "2026-10-24"),
        ] {
            assert_eq!(found(text), [day], "{text}");
        }
    }

    #[test]
    fn a_weekday_is_the_nearest_before_or_after() {
        for (text, day) in [
            ("last Tuesday", "2026-11-17"),
            ("next Friday", "2026-11-27"),
            ("I'll be at home on Monday", "2026-11-30"),
            ("it was promised for Monday", "2026-11-23"),
            ("I ordered it on Saturday", "2026-11-21"),
            ("can it be delivered on Saturday?", "2026-11-28"),
            ("nothing since Friday", "2026-11-20"),
            ("by thurs please", "2026-11-26"),
            ("is there a slot Wednesday", "2026-11-25"),
        ] {
            assert_eq!(found(text), [day], "{text}");
        }
    }

    #[test]
    fn a_week_is_seven_days_from_monday() {
        assert_eq!(found("last week"), ["2026-11-16/2026-11-22"]);
        assert_eq!(found("this week"), ["2026-11-23/2026-11-29"]);
        assert_eq!(found("next month"), ["2026-12-01/2026-12-31"]);
        assert_eq!(found("last weekend"), ["2026-11-21/2026-11-22"]);
        assert_eq!(found("last year"), ["2025-01-01/2025-12-31"]);
    }

    #[test]
    fn what_names_no_single_day_is_nothing() {
        for text in [
            "Black Friday sale",
            "open on Sundays",
            "it stood on sun and rain",
            "within 3 days",
            "a few days ago",
            "every Monday",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
        let unknown = find(&Page::new("yesterday, last Tuesday, in 3 days"), &Written::sometime());
        assert_eq!(unknown, []);
    }
}
