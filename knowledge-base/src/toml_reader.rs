//! Reads expected keys out of TOML while collecting every problem with its line, where a derived deserialiser stops at
//! the first one.

use std::ops::Range;

use jiff::civil::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::problem::Problem;
use crate::validity::day;

/// One TOML text being read.
pub(crate) struct TomlReader<'s> {
    file: &'s str,
    source: &'s str,
    /// Where each line after the first begins.
    line_starts: Vec<usize>,
    lines_before: usize,
    problems: Vec<Problem>,
}

impl<'s> TomlReader<'s> {
    /// Reads `source`, which begins after `lines_before` other lines of `file`.
    pub(crate) fn new(file: &'s str, source: &'s str, lines_before: usize) -> Self {
        let line_starts = source.match_indices('\n').map(|(at, _)| at + 1).collect();
        Self { file, source, line_starts, lines_before, problems: Vec::new() }
    }

    /// The document, or every place where it is not TOML.
    pub(crate) fn document(&mut self) -> Result<DeTable<'s>, Vec<Problem>> {
        let (table, errors) = DeTable::parse_recoverable(self.source);
        for error in errors {
            self.refuse(error.span().unwrap_or_default(), error.message().replace('\n', " "));
        }
        if self.problems.is_empty() { Ok(table.into_inner()) } else { Err(std::mem::take(&mut self.problems)) }
    }

    /// The tables of `[[key]]`.
    pub(crate) fn tables<'t>(&mut self, document: &'t DeTable<'s>, key: &str) -> Vec<(Range<usize>, &'t DeTable<'s>)> {
        let Some(value) = document.get(key) else {
            return Vec::new();
        };
        let Some(array) = value.get_ref().as_array() else {
            self.refuse(value.span(), format!("`{key}` is written as `[[{key}]]`, once for each"));
            return Vec::new();
        };
        let mut tables = Vec::with_capacity(array.len());
        for entry in &**array {
            match entry.get_ref().as_table() {
                Some(table) => tables.push((entry.span(), table)),
                None => self.refuse(entry.span(), format!("every `{key}` must be a table")),
            }
        }
        tables
    }

    /// Refuses every key that is not in `known`.
    pub(crate) fn refuse_unknown(&mut self, table: &DeTable<'s>, known: &[&str]) {
        for key in table.keys().filter(|key| !known.contains(&key.get_ref().as_ref())) {
            let known = known.join(", ");
            self.refuse(key.span(), format!("unknown key `{}`; the keys are {known}", key.get_ref()));
        }
    }

    /// A text that must be there and not blank; `within` is where to point when it is absent.
    pub(crate) fn required(&mut self, table: &DeTable<'s>, key: &str, within: Range<usize>) -> Option<Spanned<String>> {
        if !table.contains_key(key) {
            self.refuse(within, format!("`{key}` is missing"));
        }
        let text = self.optional(table, key)?;
        if text.get_ref().trim().is_empty() {
            self.refuse(text.span(), format!("`{key}` is empty"));
            return None;
        }
        Some(text)
    }

    /// A text that may be absent.
    pub(crate) fn optional(&mut self, table: &DeTable<'s>, key: &str) -> Option<Spanned<String>> {
        let value = table.get(key)?;
        self.text(value, key)
    }

    /// A day that may be absent, as a TOML date or as a text.
    pub(crate) fn day(&mut self, table: &DeTable<'s>, key: &str) -> Option<Spanned<Date>> {
        let value = table.get(key)?;
        let text = match value.get_ref() {
            DeValue::Datetime(day) => day.to_string(),
            DeValue::String(text) => text.to_string(),
            _ => {
                self.wrong_type(value, key, "a date such as 2026-12-24");
                return None;
            }
        };
        match day(&text) {
            Ok(day) => Some(Spanned::new(value.span(), day)),
            Err(error) => {
                self.refuse(value.span(), error.to_string());
                None
            }
        }
    }

    /// A truth value that may be absent.
    pub(crate) fn flag(&mut self, table: &DeTable<'s>, key: &str) -> Option<Spanned<bool>> {
        let value = table.get(key)?;
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.wrong_type(value, key, "true or false");
        }
        flag.map(|flag| Spanned::new(value.span(), flag))
    }

    /// A number that may be absent.
    pub(crate) fn number(&mut self, table: &DeTable<'s>, key: &str) -> Option<Spanned<f32>> {
        let value = table.get(key)?;
        let text = match value.get_ref() {
            DeValue::Float(number) => number.as_str(),
            DeValue::Integer(number) => number.as_str(),
            _ => "",
        };
        if let Ok(number) = text.parse() {
            return Some(Spanned::new(value.span(), number));
        }
        self.wrong_type(value, key, "a number");
        None
    }

    /// Whether a key is set to true. It may be absent, and false says nothing.
    pub(crate) fn set(&mut self, table: &DeTable<'s>, key: &str) -> bool {
        let flag = self.flag(table, key);
        if let Some(flag) = flag.as_ref().filter(|flag| !flag.get_ref()) {
            self.refuse(flag.span(), format!("`{key} = false` says nothing; remove it"));
        }
        flag.is_some_and(Spanned::into_inner)
    }

    /// A list of texts, empty when absent.
    pub(crate) fn texts(&mut self, table: &DeTable<'s>, key: &str) -> Vec<Spanned<String>> {
        let Some(value) = table.get(key) else {
            return Vec::new();
        };
        let Some(array) = value.get_ref().as_array() else {
            self.wrong_type(value, key, "a list of texts");
            return Vec::new();
        };
        let mut texts = Vec::with_capacity(array.len());
        for entry in &**array {
            match self.text(entry, key) {
                Some(text) if text.get_ref().trim().is_empty() => {
                    self.refuse(text.span(), format!("`{key}` holds an empty text"));
                }
                text => texts.extend(text),
            }
        }
        texts
    }

    /// Records a problem at a byte range of the source.
    pub(crate) fn refuse(&mut self, at: Range<usize>, message: impl Into<String>) {
        let line = self.line(at.start);
        self.problems.push(Problem { file: self.file.to_owned(), line, message: message.into() });
    }

    /// The line of the file, counted from 1, that holds a byte of the source.
    pub(crate) fn line(&self, byte: usize) -> usize {
        self.lines_before + 1 + self.line_starts.partition_point(|&start| start <= byte)
    }

    /// Everything found wrong, in file order.
    pub(crate) fn into_problems(mut self) -> Vec<Problem> {
        self.problems.sort();
        self.problems
    }

    fn text(&mut self, value: &Spanned<DeValue<'s>>, key: &str) -> Option<Spanned<String>> {
        let text = value.get_ref().as_str();
        if text.is_none() {
            self.wrong_type(value, key, "a text in quotes");
        }
        text.map(|text| Spanned::new(value.span(), text.to_owned()))
    }

    fn wrong_type(&mut self, value: &Spanned<DeValue<'s>>, key: &str, expected: &str) {
        let found = value.get_ref().type_str();
        self.refuse(value.span(), format!("`{key}` must be {expected}, not a TOML {found}"));
    }
}
