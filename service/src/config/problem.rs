//! What is wrong with the settings, and where, so that an operator can mend everything in one go.

use std::fmt;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// What is wrong with the settings; every problem at once.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct ConfigError(pub Vec<ConfigProblem>);

/// One thing wrong with the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigProblem {
    /// The file and the line in it, where the setting stands in a file.
    pub place: Option<(PathBuf, usize)>,
    /// The setting, such as `server.connections`; empty when it is about the file itself.
    pub key: String,
    /// What is wrong and what would be right.
    pub message: String,
}

impl fmt::Display for ConfigProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((file, line)) = &self.place {
            write!(f, "{}:{line}: ", file.display())?;
        }
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        f.write_str(&self.message)
    }
}

/// Collects problems instead of stopping at the first.
#[derive(Debug, Default)]
pub(super) struct Problems(Vec<ConfigProblem>);

impl Problems {
    /// Writes down what is wrong with the setting `key`.
    pub(super) fn add(&mut self, key: &str, message: impl fmt::Display) {
        self.0.push(ConfigProblem { place: None, key: key.to_owned(), message: message.to_string() });
    }

    /// The value, or nothing and one problem more.
    pub(super) fn note<T, E: fmt::Display>(&mut self, key: &str, result: Result<T, E>) -> Option<T> {
        result.map_err(|error| self.add(key, error)).ok()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn into_error(self) -> ConfigError {
        ConfigError(self.0)
    }
}

/// Every place where a settings file is not TOML.
pub(super) fn syntax_problems(file: &Path, source: &str) -> Vec<ConfigProblem> {
    let (_, errors) = DeTable::parse_recoverable(source);
    let problem = |error: toml::de::Error| ConfigProblem {
        place: Some((file.to_owned(), line_at(source, error.span().unwrap_or_default().start))),
        key: String::new(),
        message: error.message().replace('\n', " "),
    };
    errors.into_iter().map(problem).collect()
}

/// Says of each problem where its setting stands in `file`, if it does, and puts them in that order.
pub(super) fn placed(mut error: ConfigError, file: &Path, source: &str) -> ConfigError {
    let (document, _) = DeTable::parse_recoverable(source);
    for problem in &mut error.0 {
        if let Some(byte) = find(document.get_ref(), &problem.key) {
            problem.place = Some((file.to_owned(), line_at(source, byte)));
        }
    }
    error.0.sort_by(|a, b| a.place.cmp(&b.place));
    error
}

/// The byte at which the setting `key` is written. Tables of a list are named by their number or by their `name`; what
/// is missing is pointed at by the table that lacks it.
fn find(document: &DeTable<'_>, key: &str) -> Option<usize> {
    let mut names = key.split(['.', '[', ']']).filter(|name| !name.is_empty());
    let (first, value) = document.get_key_value(names.next()?)?;
    let (mut place, mut value) = (first.span().start, value);
    for name in names {
        let next = match value.get_ref() {
            DeValue::Table(table) => table.get_key_value(name).map(|(key, value)| (key.span().start, value)),
            DeValue::Array(array) => {
                let numbered = name.parse().ok().and_then(|number: usize| array.get(number));
                numbered.or_else(|| array.iter().find(|entry| is_named(entry, name))).map(|it| (it.span().start, it))
            }
            _ => None,
        };
        let Some(next) = next else { break };
        (place, value) = next;
    }
    Some(place)
}

fn is_named(entry: &Spanned<DeValue<'_>>, name: &str) -> bool {
    let own = entry.get_ref().as_table().and_then(|table| table.get("name"));
    own.and_then(|own| own.get_ref().as_str()) == Some(name)
}

/// The line, counted from 1, that holds a byte.
fn line_at(source: &str, byte: usize) -> usize {
    1 + source.bytes().take(byte).filter(|&byte| byte == b'\n').count()
}
