//! Days named by their date. Normal form: the calendar date of ISO 8601, `2026-11-28`, or for a month the interval
//! `2026-11-01/2026-11-30` with both days in it.

mod numbered;
pub(super) mod relative;
mod tense;

use std::ops::Range;
use std::sync::LazyLock;

use jiff::civil::Date;
use phonenumber::country;
use regex::{Captures, Regex};

use crate::domain::understanding::EntityKind;

use super::near::{ascii, before, is_apart, is_said};
use super::page::{Found, Page};
use super::written::Written;

pub(super) use numbered::{compact, find_compact};
use tense::{Tense, tense};

const MONTH: &str = "(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|\
                     sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)";
const DAY: &str = "(?P<day>[0-9]{1,2})(?P<nth>st|nd|rd|th)?";
const WEEKDAY: &str = "(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?,? (?:the )?)?";
const YEAR: &str = r"(?P<year>(?:19|20)[0-9]{2})";
const SHORT: &str = r"(?P<short>[0-9]{2})";

static DAY_FIRST: LazyLock<Regex> =
    LazyLock::new(|| ascii(&format!(r"\b{WEEKDAY}{DAY}(?: of)?[ -]?{MONTH}(?:\.?,?[ -]{YEAR}|,? '{SHORT})?\b")));
static MONTH_FIRST: LazyLock<Regex> =
    LazyLock::new(|| ascii(&format!(r"\b{WEEKDAY}{MONTH}\.?[ -]?{DAY}(?:,? {YEAR}|,? '{SHORT})?\b")));
static WHOLE_MONTH: LazyLock<Regex> =
    LazyLock::new(|| ascii(&format!(r"\b(?:(?P<which>in|since|during|last|next|this) )?{MONTH}(?:\.?,? {YEAR})?\b")));
/// Words before "may" that make it a month.
static DATED: LazyLock<Regex> = LazyLock::new(|| ascii(r"\b(?:on|by|since|from|until|till|before|after)(?: the)? $"));

/// Every date with its month: by number, the day before the month unless `home` writes it the other way round or there
/// is no such day, or by name. One without a year is the nearest to the day it was written on.
pub(super) fn find(page: &Page<'_>, home: Option<country::Id>, written: &Written) -> Vec<Found> {
    let mut found = numbered::find(page, home, written);
    let text = page.open();
    for pattern in [&DAY_FIRST, &MONTH_FIRST] {
        found.extend(pattern.captures_iter(text).filter_map(|named| named_day(page, written, &named)));
    }
    found.extend(WHOLE_MONTH.captures_iter(text).filter_map(|named| named_month(page, written, &named)));
    found
}

fn named_day(page: &Page<'_>, written: &Written, named: &Captures<'_>) -> Option<Found> {
    let span = named.get(0)?.range();
    let month = named.name("month")?;
    let says_no_more = ["nth", "year", "short"].iter().all(|group| named.name(group).is_none());
    let is_a_verb = may_be_a_verb(month.as_str()) && says_no_more && !is_said(&DATED, before(page.said(), &span));
    (!is_a_verb && is_apart(page.open(), &span)).then_some(())?;
    let (month, day) = (month_number(month.as_str())?, number(named, "day")?);
    let year = year(named).or_else(|| year_meant(page, written, (month, day), &span))?;
    single(year, month, day, span)
}

fn named_month(page: &Page<'_>, written: &Written, named: &Captures<'_>) -> Option<Found> {
    let (which, name) = (named.name("which"), named.name("month")?);
    let span = match which.map(|which| which.as_str().to_ascii_lowercase()).as_deref() {
        Some("last" | "next" | "this") => named.get(0)?.range(),
        _ => name.start()..named.get(0)?.end(),
    };
    let is_a_verb =
        may_be_a_verb(name.as_str()) && which.is_some_and(|which| which.as_str().eq_ignore_ascii_case("this"));
    (!is_a_verb && is_apart(page.open(), &span)).then_some(())?;
    let month = month_number(name.as_str())?;
    let first = match year(named) {
        Some(year) => Date::new(year, month, 1).ok()?,
        None => month_near(which?.as_str(), month, day_written(page, written, &span)?)?,
    };
    Some(interval(first, first.last_of_month(), span))
}

/// Whether a month's name is a verb as well, and not written as a name.
fn may_be_a_verb(name: &str) -> bool {
    name.eq_ignore_ascii_case("may") && name != "May"
}

/// The first day of the month that "last March" or "in March" means on `day`.
fn month_near(which: &str, month: i8, day: Date) -> Option<Date> {
    let this = day.first_of_month();
    let mut starts = (-1..=1).filter_map(|years| Date::new(day.year() + years, month, 1).ok());
    match which.to_ascii_lowercase().as_str() {
        "last" => starts.rfind(|start| *start < this),
        "since" => starts.rfind(|start| *start <= this),
        "next" => starts.find(|start| *start > this),
        "this" => starts.find(|start| start.year() == day.year()),
        _ => starts.min_by_key(|start| days_between(*start, this)),
    }
}

/// The year in which a day of a month comes nearest to the day of writing, on the side of it that is spoken of.
fn year_meant(page: &Page<'_>, written: &Written, (month, day): (i8, i8), span: &Range<usize>) -> Option<i16> {
    let today = day_written(page, written, span)?;
    let is_past = tense(page, span) == Tense::Past;
    let dates = (-1..=1).filter_map(|years| Date::new(today.year() + years, month, day).ok());
    let sensible = dates.filter(|date| !is_past || *date <= today);
    sensible.min_by_key(|date| days_between(*date, today)).map(Date::year)
}

fn month_number(name: &str) -> Option<i8> {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    (1..).zip(MONTHS).find(|(_, month)| name[..3].eq_ignore_ascii_case(month)).map(|(number, _)| number)
}

/// The year of a match, two digits being years of this century.
fn year(found: &Captures<'_>) -> Option<i16> {
    number(found, "year").or_else(|| Some(2000 + number::<i16>(found, "short")?))
}

fn number<T: std::str::FromStr>(found: &Captures<'_>, group: &str) -> Option<T> {
    found.name(group)?.as_str().parse().ok()
}

fn days_between(a: Date, b: Date) -> i32 {
    a.until(b).map_or(i32::MAX, |span| span.get_days().abs())
}

/// The day on which a span of the page was written.
fn day_written(page: &Page<'_>, written: &Written, span: &Range<usize>) -> Option<Date> {
    written.day_at(page.origin(span).start)
}

fn single(year: i16, month: i8, day: i8, span: Range<usize>) -> Option<Found> {
    Some(on(Date::new(year, month, day).ok()?, span))
}

fn on(date: Date, span: Range<usize>) -> Found {
    Found { kind: EntityKind::Date, value: date.to_string(), span }
}

fn interval(first: Date, last: Date, span: Range<usize>) -> Found {
    Found { kind: EntityKind::Date, value: format!("{first}/{last}"), span }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    const TODAY: Date = date(2026, 11, 24);

    fn found_at(text: &str, home: Option<country::Id>) -> Vec<String> {
        let written = Written::on(TODAY);
        let mut page = Page::new(text);
        page.claim(find(&page, home, &written));
        page.claim(find_compact(&page, &written));
        page.into_entities().into_iter().map(|entity| entity.value).collect()
    }

    fn found(text: &str) -> Vec<String> {
        found_at(text, Some(country::Id::GB))
    }

    #[test]
    fn a_day_written_many_ways_is_one_value() {
        for text in [
            "28/11/2026",
            "28.11.26",
            "28.11.2026",
            "28/11/26",
            "2026-11-28",
            "2026/11/28",
            "2026-11-28T10:30:00Z",
            "20261128",
            "28 Nov",
            "28th of November, 2026",
            "the 28th november",
            "November 28th",
            "Nov 28 2026",
            "Nov. 28, 2026",
            "28-Nov-2026",
            "28 Nov '26",
            "Saturday 28 November.",
            "Sat, 28 Nov",
            "on 28/11",
            "２８／１１／２０２６",
        ] {
            assert_eq!(found(text), ["2026-11-28"], "{text}");
        }
    }

    #[test]
    fn the_day_comes_before_the_month_but_in_america() {
        assert_eq!(found_at("03/04/2026", None), ["2026-04-03"]);
        assert_eq!(found_at("03/04/2026", Some(country::Id::GB)), ["2026-04-03"]);
        assert_eq!(found_at("03/04/2026", Some(country::Id::US)), ["2026-03-04"]);
        assert_eq!(found_at("11/28/2026", Some(country::Id::GB)), ["2026-11-28"]);
        assert_eq!(found_at("28/11/2026", Some(country::Id::US)), ["2026-11-28"]);
    }

    #[test]
    fn a_day_without_a_year_is_the_nearest_one() {
        assert_eq!(found("we marry on 3 January"), ["2027-01-03"]);
        assert_eq!(found("ordered on 3 January"), ["2026-01-03"]);
        assert_eq!(found("bought it on 20 June"), ["2026-06-20"]);
        assert_eq!(found("by 1st of May"), ["2027-05-01"]);
    }

    #[test]
    fn a_month_is_all_its_days() {
        assert_eq!(found("ordered in November"), ["2026-11-01/2026-11-30"]);
        assert_eq!(found("February 2024"), ["2024-02-01/2024-02-29"]);
        assert_eq!(found("this May"), ["2026-05-01/2026-05-31"]);
        assert_eq!(found("last November"), ["2025-11-01/2025-11-30"]);
        assert_eq!(found("since March"), ["2026-03-01/2026-03-31"]);
    }

    #[test]
    fn what_is_no_day_is_nothing() {
        for text in [
            "31/02/2026",
            "2026-13-01",
            "30 Feb",
            "version 1.2.26.4",
            "10-11-12",
            "3/4 cup",
            "you may 2 come",
            "these 2 may be late",
            "this may be late",
            "THIS MAY BE LATE",
            "19991301",
            "20210101",
            "28/11-2026",
            "AW28/11/2026x",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_day_is_read_back_in_every_form(days in -20_000_i64..20_000) {
            let day = TODAY.checked_add(jiff::Span::new().days(days)).unwrap();
            let expected = [day.to_string()];
            for form in ["%Y-%m-%d", "%d/%m/%Y", "%-d.%-m.%Y", "%-d %B %Y", "%b %-d, %Y", "%A %-d %b %Y"] {
                let text = format!("it was {}, I think", day.strftime(form));
                prop_assert_eq!(found(&text), expected.clone(), "{}", text);
            }
        }
    }
}
