//! Reads the figures that a sentence states, so that two sentences about the same can be held against each other.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::{Captures, Regex};

/// What a figure counts. Only figures of the same kind can differ.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FigureKind {
    /// Money, with its currency.
    Amount(&'static str),
    /// A share of a hundred.
    Percentage,
    /// A length of time, in the unit it is measured in.
    Period(&'static str),
    /// A day of the year.
    Date,
    /// A time of day.
    Time,
    /// So many of something.
    Number(String),
}

impl FigureKind {
    /// Its name in the API.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Amount(_) => "amount",
            Self::Percentage => "percentage",
            Self::Period(_) => "period",
            Self::Date => "date",
            Self::Time => "time",
            Self::Number(_) => "number",
        }
    }
}

/// The figures of a sentence by kind, and its other words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Figures {
    pub(super) by_kind: BTreeMap<FigureKind, BTreeSet<String>>,
    /// The sentence without them.
    pub(super) rest: String,
}

const NUMBER: &str = r"(?:\d[\d,]*(?:\.\d+)?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fourteen|fifteen|twenty|twenty-one|twenty-eight|thirty|sixty|ninety)";
const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WORDS: [(&str, &str); 21] = [
    ("one", "1"),
    ("two", "2"),
    ("three", "3"),
    ("four", "4"),
    ("five", "5"),
    ("six", "6"),
    ("seven", "7"),
    ("eight", "8"),
    ("nine", "9"),
    ("ten", "10"),
    ("eleven", "11"),
    ("twelve", "12"),
    ("fourteen", "14"),
    ("fifteen", "15"),
    ("twenty", "20"),
    ("twenty-one", "21"),
    ("twenty-eight", "28"),
    ("thirty", "30"),
    ("sixty", "60"),
    ("ninety", "90"),
    ("midday", "12"),
];

/// What a figure counts, and its values: two for a range.
type Figure = (FigureKind, Vec<String>);

/// How a figure is written, surest first.
struct Pattern {
    regex: Regex,
    read: fn(&Captures<'_>) -> Option<Figure>,
}

static PATTERNS: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    let range = format!(r"(?P<a>{NUMBER})(?:\s?(?:to|and|or|-|–)\s?(?P<b>{NUMBER}))?");
    let month = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*";
    let pattern = |regex: &str, read| Pattern {
        regex: Regex::new(&format!("(?i){regex}")).expect("the patterns are constant and tested"),
        read,
    };
    vec![
        pattern(r"(?P<sign>[£$€])\s?(?P<a>\d[\d,]*(?:\.\d+)?)", amount),
        pattern(&format!(r"\b{range}\s?(?P<sign>£|\$|€|pounds?\b|dollars?\b|euros?\b|gbp\b|usd\b|eur\b)"), amount),
        pattern(&format!(r"\b{range}\s?(?:%|per ?cent\b)"), |found| Some((FigureKind::Percentage, values(found)))),
        pattern(&format!(r"\b(?P<a>\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?{month}\b"), date),
        pattern(&format!(r"\b{month}\s(?P<a>\d{{1,2}})(?:st|nd|rd|th)?\b"), date),
        pattern(r"\b(?P<hour>\d{1,2})(?:[:.](?P<minute>\d\d))?\s?(?P<half>am|pm|a\.m\.|p\.m\.)", time),
        pattern(r"\b(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)\b(?P<half>)", time),
        pattern(
            &format!(
                r"\b{range}[\s-]?(?:full |whole )?(?P<working>working |business )?(?P<unit>minutes?|hours?|days?|weeks?|months?|years?)\b"
            ),
            period,
        ),
        pattern(&format!(r"\b{range}\s(?:more |extra |of )?(?P<noun>\p{{L}}{{3,}})\b"), number),
    ]
});

/// Reads a sentence.
pub(super) fn figures(sentence: &str) -> Figures {
    let mut found = Figures { by_kind: BTreeMap::new(), rest: sentence.to_owned() };
    for Pattern { regex, read } in PATTERNS.iter() {
        let mut rest = String::with_capacity(found.rest.len());
        let mut end = 0;
        for captures in regex.captures_iter(&found.rest) {
            let (Some(whole), Some((kind, values))) = (captures.get(0), read(&captures)) else { continue };
            rest.push_str(&found.rest[end..whole.start()]);
            if let FigureKind::Number(noun) = &kind {
                rest.push_str(noun);
            }
            rest.push(' ');
            end = whole.end();
            found.by_kind.entry(kind).or_default().extend(values);
        }
        rest.push_str(&found.rest[end..]);
        found.rest = rest;
    }
    found
}

fn values(found: &Captures<'_>) -> Vec<String> {
    ["a", "b"].iter().filter_map(|name| found.name(name)).map(|value| digits(value.as_str())).collect()
}

/// A number in digits, without what says nothing: `1,000.50` and `1000.5` are one.
fn digits(number: &str) -> String {
    let small = number.to_lowercase();
    if let Some((_, digits)) = WORDS.iter().find(|(word, _)| *word == small) {
        return (*digits).to_owned();
    }
    let plain = small.replace(',', "");
    if plain.contains('.') { plain.trim_end_matches('0').trim_end_matches('.').to_owned() } else { plain }
}

fn amount(found: &Captures<'_>) -> Option<Figure> {
    let currency = match found.name("sign")?.as_str().to_lowercase().as_str() {
        "£" | "gbp" | "pound" | "pounds" => "GBP",
        "$" | "usd" | "dollar" | "dollars" => "USD",
        _ => "EUR",
    };
    Some((FigureKind::Amount(currency), values(found)))
}

fn date(found: &Captures<'_>) -> Option<Figure> {
    let named = found.name("month")?.as_str().to_lowercase();
    let month = MONTHS.iter().position(|month| *month == named)? + 1;
    Some((FigureKind::Date, vec![format!("{month:02}-{:0>2}", found.name("a")?.as_str())]))
}

fn time(found: &Captures<'_>) -> Option<Figure> {
    let hour: u32 = found.name("hour")?.as_str().parse().ok()?;
    let minute = found.name("minute").map_or("00", |minute| minute.as_str());
    let hour = match found.name("half").map(|half| half.as_str().to_lowercase()) {
        Some(half) if half.starts_with('p') && hour < 12 => hour + 12,
        Some(half) if half.starts_with('a') && hour == 12 => 0,
        _ => hour,
    };
    Some((FigureKind::Time, vec![format!("{hour:02}:{minute}")]))
}

fn period(found: &Captures<'_>) -> Option<Figure> {
    let named = found.name("unit")?.as_str().to_lowercase();
    let (unit, each) = match named.trim_end_matches('s') {
        "minute" => ("minutes", 1),
        "hour" => ("minutes", 60),
        "day" if found.name("working").is_some() => ("working days", 1),
        "day" => ("days", 1),
        "week" => ("days", 7),
        "month" => ("months", 1),
        _ => ("months", 12),
    };
    let scaled = values(found).into_iter().map(|value| match value.parse::<u64>() {
        Ok(whole) => whole.saturating_mul(each).to_string(),
        Err(_) => value,
    });
    Some((FigureKind::Period(unit), scaled.collect()))
}

fn number(found: &Captures<'_>) -> Option<Figure> {
    /// What follows a number without being counted by it.
    const NO_NOUNS: [&str; 24] = [
        "and", "the", "for", "per", "from", "with", "will", "are", "can", "has", "have", "was", "you", "your", "our",
        "its", "not", "when", "that", "this", "then", "but", "after", "before",
    ];
    let noun = found.name("noun")?.as_str().to_lowercase();
    if NO_NOUNS.contains(&noun.as_str()) {
        return None;
    }
    let values = values(found);
    // "one" is an article more often than a count.
    if values == ["1"] {
        return None;
    }
    Some((FigureKind::Number(noun.strip_suffix('s').unwrap_or(&noun).to_owned()), values))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(sentence: &str) -> Vec<(&'static str, Vec<String>)> {
        let found = figures(sentence).by_kind;
        found.into_iter().map(|(kind, values)| (kind.name(), values.into_iter().collect())).collect()
    }

    #[test]
    fn figures_are_read_in_one_form() {
        for (sentence, kind, values) in [
            ("It costs £4.50.", "amount", &["4.5"][..]),
            ("Over 1,000 pounds", "amount", &["1000"]),
            ("You save 20 % of it", "percentage", &["20"]),
            ("Refunds take 3 to 5 working days.", "period", &["3", "5"]),
            ("Within two weeks", "period", &["14"]),
            ("A 30-day period", "period", &["30"]),
            ("It ends on the 3rd of January", "date", &["01-03"]),
            ("It ends on January 3", "date", &["01-03"]),
            ("We close at 5pm.", "time", &["17:00"]),
            ("We close at 17:00.", "time", &["17:00"]),
            ("We have fourteen shops", "number", &["14"]),
        ] {
            let expected: Vec<String> = values.iter().map(|&value| value.to_owned()).collect();
            assert_eq!(read(sentence), [(kind, expected)], "{sentence}");
        }
        assert_eq!(read("One of them is the other one and nothing else"), []);
    }

    proptest! {
        #[test]
        fn nothing_panics_and_figures_leave_the_rest(sentence in "\\PC{0,80}") {
            let first = figures(&sentence);
            let again = figures(&first.rest);
            prop_assert!(again.by_kind.len() <= first.by_kind.len() + 1);
        }

        #[test]
        fn the_same_days_are_the_same_in_days_and_weeks(weeks in 1_u32..9) {
            let (days, weeks) = (figures(&format!("{} days", weeks * 7)), figures(&format!("{weeks} weeks")));
            prop_assert_eq!(days.by_kind, weeks.by_kind);
        }
    }
}
