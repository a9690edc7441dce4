//! What is wrong with a piece of content, and where, so that an author can fix everything in one pass.

use std::fmt;

/// One thing wrong in one content file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Path of the file, relative to the content folder.
    pub file: String,
    /// Line in that file, counted from 1.
    pub line: usize,
    /// What is wrong and what to do about it.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.message)
    }
}

impl std::error::Error for Problem {}

/// The line, counted from 1, that holds the byte at `place`.
pub(crate) fn line_of(source: &[u8], place: usize) -> usize {
    source[..place.min(source.len())].split(|&byte| byte == b'\n').count()
}
