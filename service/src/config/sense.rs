//! Whether settings that can be read make sense: numbers within bounds, addresses that are some, names used once.

use std::collections::HashSet;
use std::fmt::Display;
use std::ops::RangeInclusive;

use reqwest::Url;
use tracing_subscriber::EnvFilter;

use super::problem::Problems;

/// Adds a problem where `value` is out of `range`.
pub(super) fn within<T: PartialOrd + Display + Copy>(
    problems: &mut Problems,
    key: &str,
    value: T,
    range: &RangeInclusive<T>,
) {
    if !range.contains(&value) {
        problems.add(key, format!("{value} is out of range; use {} to {}", range.start(), range.end()));
    }
}

/// Adds a problem for every name that is there twice.
pub(super) fn once<'n>(problems: &mut Problems, kind: &str, names: impl Iterator<Item = &'n str>) {
    let mut seen = HashSet::new();
    for name in names.filter(|name| !seen.insert(*name)) {
        problems.add(&format!("{kind}.{name}"), "this name is used twice; give each its own");
    }
}

/// An address of the web, such as `https://desk.example.com`; none is fine where it may be left out.
pub(super) fn web_address(problems: &mut Problems, key: &str, address: &str) {
    let is_one = Url::parse(address).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if !address.is_empty() && !is_one {
        problems.add(key, format!("{address:?} is not an address; write it like https://desk.example.com"));
    }
}

/// An origin as browsers send it: scheme, host and port, and nothing else.
pub(super) fn origin(problems: &mut Problems, key: &str, origin: &str) {
    let is_one = Url::parse(origin).is_ok_and(|url| url.origin().ascii_serialization() == origin);
    if !is_one {
        problems.add(key, format!("{origin:?} is not an origin; write it like https://shop.example, without a path"));
    }
}

/// A language as ISO 639-1 writes it.
pub(super) fn languages(problems: &mut Problems, languages: &[String]) {
    if languages.is_empty() {
        problems.add("languages", "name at least one, such as \"en\"");
    }
    for code in languages.iter().filter(|code| code.len() != 2 || !code.bytes().all(|byte| byte.is_ascii_lowercase())) {
        problems.add("languages", format!("{code:?} is not an ISO 639-1 code such as \"en\""));
    }
}

/// A filter of log lines.
pub(super) fn log_filter(problems: &mut Problems, filter: &str) {
    if let Err(error) = EnvFilter::try_new(filter) {
        problems.add("log.filter", format!("{filter:?} is not a filter such as \"info,service=debug\": {error}"));
    }
}

/// The address of a database; none means SQLite.
pub(super) fn database(problems: &mut Problems, url: &str) {
    let is_postgres = ["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme));
    if !url.is_empty() && !is_postgres {
        problems.add("database_url", "it is not an address of PostgreSQL; begin it with postgres://");
    }
}
