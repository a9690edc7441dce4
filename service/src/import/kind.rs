//! Which kind of source something is, told by what it is rather than by what it is called, where that can be told.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use clap::ValueEnum;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::addresses;
use super::charset;
use super::documents::text_of;
use super::export;

/// How much of a file is looked at.
const GLANCE_BYTES: u64 = 64 * 1024;

/// A kind of source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// Markdown and HTML: a file, or a folder with all folders in it
    Documents,
    /// A CSV file of questions and answers
    Csv,
    /// An address: a sitemap, or one page
    Web,
    /// A text file with an address on each line
    Addresses,
    /// Articles of a Zendesk help center, as its API gives them, or one on each line
    Zendesk,
    /// Articles of a Chatwoot portal, as its API gives them, or one on each line
    Chatwoot,
}

/// The kind of what lies at `path`, or `None` where nothing tells.
pub(super) fn of_path(path: &Path) -> io::Result<Option<Kind>> {
    if path.is_dir() {
        return Ok(Some(Kind::Documents));
    }
    let ending = ending(path);
    Ok(match ending.as_str() {
        "md" | "markdown" | "html" | "htm" | "xhtml" => Some(Kind::Documents),
        "csv" | "tsv" => Some(Kind::Csv),
        _ => of_text(&glance(path)?),
    })
}

/// The ending of a file's name in lower case, without its dot.
pub(super) fn ending(path: &Path) -> String {
    path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default()
}

/// What is wrong with the JSON in a file of which nothing tells what kind of source it is, if that is why.
pub(super) fn json_flaw(path: &Path) -> Option<String> {
    let text = text_of(path, export::MAX_BYTES).ok()?;
    let text = text.trim_start_matches('\u{feff}');
    let is_json = ending(path) == "json" || text.trim_start().starts_with(['{', '[']);
    let error = serde_json::from_str::<IgnoredAny>(text).err().filter(|_| is_json)?;
    Some(export::not_json(&error, error.line()))
}

fn glance(path: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    File::open(path)?.take(GLANCE_BYTES).read_to_end(&mut bytes)?;
    Ok(charset::glance(&bytes))
}

fn of_text(text: &str) -> Option<Kind> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.starts_with(['{', '[']) {
        return of_json(text);
    }
    let is_page =
        text.get(..9).is_some_and(|start| start.eq_ignore_ascii_case("<!doctype")) || text.starts_with("<html");
    if is_page || text.starts_with("---\n") || text.starts_with("+++\n") {
        return Some(Kind::Documents);
    }
    // The glance may end within a line.
    let mut lines = addresses::lines(text).take(3).peekable();
    (lines.peek().is_some() && lines.all(|(_, line)| addresses::is_address(line))).then_some(Kind::Addresses)
}

/// Told by the names that only one of the two has; the glance need not be whole.
fn of_json(text: &str) -> Option<Kind> {
    let has = |name: &str| text.contains(&format!("\"{name}\""));
    if let Ok(Value::Object(whole)) = serde_json::from_str(text) {
        if whole.contains_key("articles") {
            return Some(Kind::Zendesk);
        }
        if whole.contains_key("payload") {
            return Some(Kind::Chatwoot);
        }
    }
    let zendesk = ["body", "html_url", "section_id", "label_names", "draft", "user_segment_id"];
    let chatwoot = ["content", "payload", "slug", "status", "category", "portal_id"];
    let count = |names: &[&str]| names.iter().filter(|name| has(name)).count();
    match (count(&zendesk), count(&chatwoot)) {
        (z, c) if z > c && has("body") => Some(Kind::Zendesk),
        (z, c) if c > z && has("content") => Some(Kind::Chatwoot),
        _ => None,
    }
}
