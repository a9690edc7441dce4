//! Exports in JSON: one object with a list in it, a list, or an object on each line.

use std::path::Path;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::documents::text_of;
use super::draft::{Item, Skipped};

/// The largest export that is read, in bytes.
pub(super) const MAX_BYTES: u64 = 64 << 20;

/// A record of an export.
pub(super) struct Record<T> {
    /// Where it stands, for whoever runs the import.
    pub(super) place: String,
    /// What it says.
    pub(super) value: T,
}

/// Reads the export at `path`, whose objects have their records under `list`, and has `draft` read each.
pub(super) fn read<T: DeserializeOwned>(path: &Path, list: &str, draft: impl Fn(Record<T>) -> Item) -> Vec<Item> {
    let place = path.display().to_string();
    let text = match text_of(path, MAX_BYTES) {
        Ok(text) => text,
        Err(reason) => return vec![Err(Skipped { place, reason })],
    };
    let values = values(&place, text.trim_start_matches('\u{feff}'));
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
    items.collect()
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
        return vec![Err(Skipped::new(format!("{place}:{}", error.line()), format!("it is not JSON: {error}")))];
    }
    let values = lines.map(|(idx, line)| {
        let place = format!("{place}:{}", idx + 1);
        let value = serde_json::from_str(line);
        value
            .map(|value| (place.clone(), value))
            .map_err(|error| Skipped::new(place, format!("it is not JSON: {error}")))
    });
    values.collect()
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
