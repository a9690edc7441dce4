//! What an import did, or would do.

use super::draft::{Note, Skipped};
use super::shelf::Change;

/// What became of everything that was read.
#[derive(Debug, Default)]
pub struct Report {
    /// Articles that are new or changed, in the order they were read.
    pub changes: Vec<Changed>,
    /// How many were there as they are.
    pub unchanged: usize,
    /// What did not become an article.
    pub skipped: Vec<Skipped>,
    /// What did not need to, since there is an article with that text.
    pub duplicates: Vec<Skipped>,
    /// Articles whose source is no longer there for everyone to see. They stay until somebody deletes them.
    pub withdrawn: Vec<Withdrawn>,
    /// What else there is to know.
    pub notes: Vec<Note>,
    /// Files in folders that are of no kind that is read, with their ending.
    pub passed_over: Vec<PassedOver>,
}

/// An article that is new or says something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// Which of the two.
    pub change: Change,
    /// Its file's name in `articles/`.
    pub file: String,
    /// Where it came from.
    pub source: String,
}

/// An article that outlived its source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawn {
    /// Its file's name in `articles/`.
    pub file: String,
    /// Why, and what to do about it.
    pub reason: String,
}

/// Files with one ending that were passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassedOver {
    /// The ending, without its dot; empty for none.
    pub ending: String,
    /// How many there are.
    pub count: usize,
}

impl Report {
    /// How many articles are new, or updated.
    pub fn count(&self, change: Change) -> usize {
        match change {
            Change::Unchanged => self.unchanged,
            change => self.changes.iter().filter(|changed| changed.change == change).count(),
        }
    }
}
