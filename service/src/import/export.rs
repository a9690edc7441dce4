//! Exports in JSON: one object with a list in it, a list, or an object on each line.

use std::path::Path;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::documents::text_of;
use super::draft::{Item, Note, Skipped};

/// The largest export that is read, in bytes.
pub(super) const MAX_BYTES: u64 = 64 << 20;

/// A record of an export.
pub(super) struct Record<T> {
    /// Where it stands, for whoever runs the import.
    pub(super) place: String,
    /// What it says.
    pub(super) value: T,
}

/// What an export holds.
#[derive(Debug, Default)]
pub(super) struct Export {
    pub(super) items: Vec<Item>,
    /// What it says of itself as a page of something larger.
    pub(super) pages: Vec<ExportPage>,
}

/// A page of an export that has several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ExportPage {
    /// The file it lies in.
    file: String,
    /// Which page it is, and of how many.
    number: Option<u64>,
    count: Option<u64>,
    /// Whether another one follows.
    has_next: bool,
}

/// Reads the export at `path`, whose objects have their records under `list`, and has `draft` read each.
pub(super) fn read<T: DeserializeOwned>(path: &Path, list: &str, draft: impl Fn(Record<T>) -> Item) -> Export {
    let place = path.display().to_string();
    let text = match text_of(path, MAX_BYTES) {
        Ok(text) => text,
        Err(reason) => return Export { items: vec![Err(Skipped::new(place, reason))], pages: Vec::new() },
    };
    let values = values(&place, text.trim_start_matches('\u{feff}'));
    let whole = values.iter().filter_map(|value| value.as_ref().ok());
    let pages = whole.filter_map(|(_, value)| ExportPage::of(&place, value, list)).collect();
    let records = values.into_iter().flat_map(|value| match value {
        Ok((place, value)) => records(&place, value, list),
        Err(skipped) => vec![Err(skipped)],
    });
    let items = records.map(|record| {
        let Record { place, value } = record?;
        match serde_path_to_error::deserialize(value) {
            Ok(value) => draft(Record { place, value }),
            Err(error) => Err(Skipped::new(place, format!("it is not an article of this kind: {error}"))),
        }
    });
    Export { items: items.collect(), pages }
}

impl ExportPage {
    /// What an object with a list in it says of itself.
    fn of(file: &str, value: &Value, list: &str) -> Option<Self> {
        value.get(list).filter(|records| records.is_array())?;
        let number = |name: &str| value.get(name).and_then(Value::as_u64);
        let more = value.pointer("/meta/has_more").and_then(Value::as_bool);
        let next = value.get("next_page").is_some_and(|next| !next.is_null());
        Some(Self {
            file: file.to_owned(),
            number: number("page"),
            count: number("page_count"),
            has_next: next || more == Some(true),
        })
    }

    /// Whether it is one of several.
    fn is_part(&self) -> bool {
        self.has_next || self.count.is_some_and(|count| count > 1)
    }
}

/// What to know of exports of which pages are missing among those that were read: once for all pages of one export.
pub(super) fn unfinished(pages: &[ExportPage]) -> Vec<Note> {
    let mut notes: Vec<Note> = Vec::new();
    for (idx, page) in pages.iter().enumerate() {
        let Some(missing) = missing(page, pages) else { continue };
        let is_told = pages[..idx].iter().any(|other| other.count == page.count && other.is_part());
        if is_told {
            continue;
        }
        let which = match (page.number, page.count) {
            (Some(number), Some(count)) => format!("page {number} of {count}"),
            (Some(number), None) => format!("page {number} of several"),
            _ => "one page of several".to_owned(),
        };
        let text = format!(
            "it is {which}, and {missing}; export all pages and import them together, else their articles are missing, \
             and nothing is said of articles that are gone"
        );
        notes.push(Note::new(&page.file, text));
    }
    notes
}

/// Whether `file` is part of an export of which pages are missing.
pub(super) fn is_unfinished(file: &str, pages: &[ExportPage]) -> bool {
    pages.iter().any(|page| page.file == file && missing(page, pages).is_some())
}

/// What is missing beside `page`, if anything is.
fn missing(page: &ExportPage, pages: &[ExportPage]) -> Option<String> {
    if !page.is_part() {
        return None;
    }
    let times =
        |number: u64| pages.iter().filter(|other| other.count == page.count && other.number == Some(number)).count();
    match (page.number, page.count) {
        (Some(own), Some(count)) => {
            // Exports of several languages have pages of the same numbers. Nobody has thousands of pages of files.
            let missing: Vec<u64> = (1..=count.min(10_000)).filter(|number| times(*number) < times(own)).collect();
            let first = *missing.first()?;
            Some(match missing.len() {
                1 => format!("page {first} was not given"),
                several => format!("{several} of them were not given, the first of them page {first}"),
            })
        }
        (Some(own), None) if page.has_next => (times(own + 1) == 0).then(|| format!("page {} was not given", own + 1)),
        // Pages without numbers name only the one that follows, so all that can be told is whether a last one is there.
        _ => {
            let is_last = |other: &ExportPage| other.number.is_none() && !other.has_next;
            (page.has_next && !pages.iter().any(is_last)).then(|| "the next one was not given".to_owned())
        }
    }
}

/// The whole text as one value, or a value on each line.
fn values(place: &str, text: &str) -> Vec<Result<(String, Value), Skipped>> {
    let error = match serde_json::from_str(text) {
        Ok(value) => return vec![Ok((place.to_owned(), value))],
        Err(error) => error,
    };
    let mut lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).peekable();
    let is_lines = lines.peek().is_some_and(|(_, line)| serde_json::from_str::<Value>(line).is_ok());
    if !is_lines {
        return vec![Err(Skipped::new(format!("{place}:{}", error.line()), not_json(&error, error.line())))];
    }
    let values = lines.map(|(idx, line)| {
        let place = format!("{place}:{}", idx + 1);
        let value = serde_json::from_str(line);
        value.map(|value| (place.clone(), value)).map_err(|error| Skipped::new(place, not_json(&error, idx + 1)))
    });
    values.collect()
}

/// What is wrong with JSON, and where: `line` is that of the file.
pub(super) fn not_json(error: &serde_json::Error, line: usize) -> String {
    let what = error.to_string();
    let what = what.split(" at line ").next().unwrap_or_default();
    format!("it is not JSON, which shows in line {line}, column {}: {what}", error.column())
}

fn records(place: &str, value: Value, list: &str) -> Vec<Result<Record<Value>, Skipped>> {
    let of_list = |values: Vec<Value>| {
        let records = values.into_iter().enumerate();
        records.map(|(idx, value)| Ok(Record { place: format!("{place}: {}. article", idx + 1), value })).collect()
    };
    match value {
        Value::Array(values) => of_list(values),
        Value::Object(mut object) => match object.remove(list).or_else(|| object.remove("article")) {
            Some(Value::Array(values)) => of_list(values),
            Some(value @ Value::Object(_)) => vec![Ok(Record { place: place.to_owned(), value })],
            Some(_) => vec![Err(Skipped::new(place, format!("`{list}` is not a list of articles")))],
            None => vec![Ok(Record { place: place.to_owned(), value: Value::Object(object) })],
        },
        _ => vec![Err(Skipped::new(place, "it is neither an object nor a list of objects"))],
    }
}
