//! What an import says of itself, line by line.

use std::io::{self, Write};

use super::report::Report;
use super::shelf::Change;
use super::{Plan, Writing};

/// What somebody has to do something about goes to `errors`, the rest to `out`.
pub fn tell(report: &Report, plan: &Plan, errors: &mut impl Write, out: &mut impl Write) -> io::Result<()> {
    for skipped in &report.skipped {
        writeln!(errors, "skipped {}: {}", skipped.place, skipped.reason)?;
    }
    for withdrawn in &report.withdrawn {
        writeln!(errors, "withdrawn articles/{}: {}", withdrawn.file, withdrawn.reason)?;
    }
    for note in &report.notes {
        writeln!(out, "note {}: {}", note.place, note.text)?;
    }
    for duplicate in &report.duplicates {
        writeln!(out, "duplicate {}: {}", duplicate.place, duplicate.reason)?;
    }
    for changed in &report.changes {
        match (changed.change, plan.writing) {
            (Change::Updated, _) => writeln!(out, "updated articles/{} from {}", changed.file, changed.source)?,
            (_, Writing::Nothing) => writeln!(out, "new articles/{} from {}", changed.file, changed.source)?,
            // What is new lies there for everyone to see; a first import has hundreds.
            (_, Writing::Files) => {}
        }
    }
    if !report.passed_over.is_empty() {
        let kinds = report.passed_over.iter().map(|files| match files.ending.as_str() {
            "" => format!("{} without an ending", files.count),
            ending => format!("{} .{ending}", files.count),
        });
        writeln!(out, "passed over files of other kinds: {}", kinds.collect::<Vec<_>>().join(", "))?;
    }
    Ok(())
}
