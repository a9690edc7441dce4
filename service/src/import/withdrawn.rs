//! Articles whose source is no longer listed where it was: a file was deleted, a row or record is gone. They are told of
//! and never deleted, since a source that is incomplete for a day must not empty a help center.

use std::collections::HashSet;

use super::documents::is_document;
use super::ledger::Entry;
use super::origin::Origin;
use super::report::Withdrawn;
use super::shelf::Shelf;

/// What a source that is imported lists.
#[derive(Debug)]
pub(super) struct Listing {
    /// Its name, for whoever runs the import.
    pub(super) name: String,
    /// What articles keep of it.
    pub(super) from: String,
    /// Which articles it would list if they were there.
    pub(super) reach: Reach,
    /// Whether everything in it could be told, so that what is missing is gone.
    pub(super) is_whole: bool,
}

/// How it is told which articles a listing is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// They come from a file, or from files in a folder.
    Files,
    /// They come from rows of a file.
    Rows,
    /// They were noted as listed there.
    Noted,
}

impl Listing {
    /// Whether an article from `source` was listed here, and is not any more.
    fn lost(&self, source: &str, entry: Option<&Entry>, seen: &HashSet<String>, origin: &Origin) -> bool {
        if seen.contains(source) {
            return false;
        }
        let rest = source.strip_prefix(&self.from);
        match self.reach {
            Reach::Files => {
                let is_within = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
                is_within && is_document(source) && !origin.file(source).exists()
            }
            Reach::Rows => self.is_whole && rest.is_some_and(|rest| rest.starts_with('#')),
            Reach::Noted => self.is_whole && entry.is_some_and(|entry| entry.from() == self.from),
        }
    }
}

/// The articles that none of `listings` has any more, of those that came from them; `seen` holds the sources that were
/// met.
pub(super) fn lost(shelf: &Shelf, listings: &[Listing], seen: &HashSet<String>, origin: &Origin) -> Vec<Withdrawn> {
    let lost = shelf.imported().filter_map(|(file, source, entry)| {
        let listing = listings.iter().find(|listing| listing.lost(source, entry, seen, origin))?;
        let how = format!("is no longer in {}", listing.name);
        Some(withdrawn(file, source, &how))
    });
    lost.collect()
}

/// The article in `file`, of whose `source` `how` says what became of it.
pub(super) fn withdrawn(file: &str, source: &str, how: &str) -> Withdrawn {
    let reason = format!("its source `{source}` {how}; delete the file so that it is no longer quoted");
    Withdrawn { file: file.to_owned(), reason }
}
