//! Markdown and HTML files, and folders of them.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use knowledge_base::article::MAX_ARTICLE_BYTES;
use url::Url;

use super::charset::{self, Said};
use super::draft::{Draft, Item, Note, Reading, Skipped};
use super::front_matter;
use super::html;
use super::kind::ending;
use super::markdown;
use super::report::PassedOver;

/// The largest HTML file or page; most of it is not text.
pub(super) const MAX_PAGE_BYTES: u64 = 10_000_000;
/// Folders within folders.
const MAX_DEPTH: usize = 64;

/// What a folder holds.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Documents, by path.
    pub(super) files: Vec<PathBuf>,
    /// What cannot be looked into.
    pub(super) skipped: Vec<Skipped>,
    /// Files of other kinds.
    pub(super) passed_over: Vec<PassedOver>,
}

/// How a document is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Markdown,
    Html,
}

/// The documents of a file or folder, without those in `except`, the folder that is imported into. Hidden folders and
/// links are not followed.
pub(super) fn list(path: &Path, except: &Path) -> io::Result<Found> {
    let mut found = Found::default();
    if path.canonicalize()?.starts_with(except) {
        let reason = "it is where articles are imported into; give another folder by --to";
        found.skipped.push(Skipped::new(path.display().to_string(), reason));
    } else if path.is_dir() {
        let mut endings = BTreeMap::new();
        walk(path, except, MAX_DEPTH, &mut found, &mut endings)?;
        found.passed_over = endings.into_iter().map(|(ending, count)| PassedOver { ending, count }).collect();
    } else {
        found.files.push(path.to_owned());
    }
    Ok(found)
}

fn walk(
    folder: &Path,
    except: &Path,
    depth: usize,
    found: &mut Found,
    endings: &mut BTreeMap<String, usize>,
) -> io::Result<()> {
    let mut entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let (path, kind) = (entry.path(), entry.file_type()?);
        let place = path.display().to_string();
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        if kind.is_symlink() {
            found.skipped.push(Skipped::new(place, "it is a link, which is not followed; give what it leads to"));
        } else if kind.is_dir() {
            if path.canonicalize().is_ok_and(|path| path == except) {
                continue;
            }
            if depth == 0 {
                found.skipped.push(Skipped::new(place, format!("more than {MAX_DEPTH} folders lie around it")));
            } else if let Err(error) = walk(&path, except, depth - 1, found, endings) {
                found.skipped.push(Skipped::new(place, format!("cannot be read: {error}")));
            }
        } else if format_of(&path).is_some() {
            found.files.push(path);
        } else {
            *endings.entry(ending(&path)).or_default() += 1;
        }
    }
    Ok(())
}

fn format_of(path: &Path) -> Option<Format> {
    match ending(path).as_str() {
        "md" | "markdown" => Some(Format::Markdown),
        "html" | "htm" | "xhtml" => Some(Format::Html),
        _ => None,
    }
}

/// Whether what lies at `path` is read where it lies in a folder.
pub(super) fn is_document(path: &str) -> bool {
    format_of(Path::new(path)).is_some()
}

/// Reads the document at `path`; `source` is where the article says it came from.
pub(super) fn read(path: &Path, source: &str) -> Reading {
    let place = path.display().to_string();
    let known = format_of(path);
    let (limit, said) = match known {
        Some(Format::Markdown) => (MAX_ARTICLE_BYTES as u64, Said::Nothing),
        _ => (MAX_PAGE_BYTES, Said::Page),
    };
    let decoded = match bytes_of(path, limit).and_then(|bytes| charset::decode(bytes, said)) {
        Ok(decoded) => decoded,
        Err(reason) => return Err(Skipped::new(place, reason).yet_there(source)).into(),
    };
    let text = decoded.text;
    let format = known.unwrap_or(if text.trim_start().starts_with('<') { Format::Html } else { Format::Markdown });
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let item = parse(&Place { shown: &place, source, name: &stem, base: None }, &text, format);
    let notes = decoded.guess.map(|guess| Note::new(place, guess));
    Reading { items: vec![item], notes: notes.into_iter().collect() }
}

/// The text of a file in UTF-8 of at most `limit` bytes; a longer one is not read.
pub(super) fn text_of(path: &Path, limit: u64) -> Result<String, String> {
    bytes_of(path, limit).and_then(charset::strict)
}

/// The bytes of a file of at most `limit` of them.
pub(super) fn bytes_of(path: &Path, limit: u64) -> Result<Vec<u8>, String> {
    let cannot = |error: io::Error| format!("cannot be read: {error}");
    let file = File::open(path).map_err(cannot)?;
    let size = file.metadata().map_err(cannot)?.len();
    let mut bytes = Vec::new();
    if size <= limit {
        // It may have grown since, and a pipe has no size.
        file.take(limit + 1).read_to_end(&mut bytes).map_err(cannot)?;
    }
    let size = size.max(bytes.len() as u64);
    if size > limit {
        return Err(format!("the file has {size} bytes or more; the limit is {limit}, so split it"));
    }
    Ok(bytes)
}

/// Where a document lies.
pub(super) struct Place<'a> {
    /// For whoever runs the import.
    pub(super) shown: &'a str,
    /// For the article.
    pub(super) source: &'a str,
    /// Its title where it has none of its own.
    pub(super) name: &'a str,
    /// What its links are relative to.
    pub(super) base: Option<&'a Url>,
}

/// The draft of a document.
pub(super) fn parse(place: &Place<'_>, text: &str, format: Format) -> Item {
    let skip = |reason: String| Skipped::new(place.shown, reason).yet_there(place.source);
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let (front, rest) = front_matter::split(&text)
        .map_err(|broken| Skipped { place: format!("{}:{}", place.shown, broken.line), ..skip(broken.reason) })?;
    if front.is_draft {
        return Err(skip("it is a draft; publish it first".into()).withdrawing(place.source, "is a draft now"));
    }
    let found = match format {
        Format::Markdown => {
            let page = markdown::document(rest);
            let is_retitled = front.title.is_some() && front.title != page.title;
            if is_retitled { markdown::fragment(rest) } else { page }
        }
        Format::Html => html::page(rest, place.base).map_err(skip)?,
    };
    found.fitness().map_err(|reason| skip(reason.into()))?;
    Ok(Draft {
        place: place.shown.to_owned(),
        source: place.source.to_owned(),
        slug: front.id,
        title: front.title.or(found.title).unwrap_or_else(|| place.name.replace(['-', '_'], " ")),
        locale: front.locale.or(found.locale),
        tags: front.tags,
        audience: front.audience,
        questions: front.questions,
        validity: front.validity,
        body: found.body,
    })
}
