//! What an import did, or would do.

use super::draft::Skipped;
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
