//! One measured number, as it is printed, written and compared.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use anyhow::Context;
use serde::{Deserialize, Serialize};

use crate::metrics::estimate::Estimate;
use crate::task::Task;

/// One metric of one task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Measured {
    pub(crate) task: String,
    pub(crate) metric: String,
    pub(crate) value: f64,
    /// The 95 % interval's lower end.
    pub(crate) low: f64,
    /// Its upper end.
    pub(crate) high: f64,
    /// Rows it was measured over.
    pub(crate) n: usize,
    /// How long the whole task took.
    pub(crate) seconds: f64,
    /// The revision of the sources, `-dirty` where they were changed.
    pub(crate) revision: String,
    /// What random choices were made from.
    pub(crate) seed: u64,
}

/// Whether more of a metric is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    MoreIsBetter,
    LessIsBetter,
    /// It depends on the machine and is shown, not judged.
    Timing,
}

static REVISION: LazyLock<String> = LazyLock::new(|| {
    let described = Command::new("git").args(["describe", "--always", "--dirty", "--abbrev=12"]).output();
    let text = described.ok().filter(|output| output.status.success()).map(|output| output.stdout);
    text.and_then(|text| String::from_utf8(text).ok())
        .map_or_else(|| "unknown".to_owned(), |text| text.trim().to_owned())
});

impl Measured {
    pub(crate) fn new(task: &Task, metric: String, estimate: Estimate, seconds: f64, seed: u64) -> Self {
        let Estimate { value, low, high, n } = estimate;
        let revision = REVISION.clone();
        Self { task: task.card.name.clone(), metric, value, low, high, n, seconds, revision, seed }
    }

    pub(crate) fn direction(&self) -> Direction {
        let metric = self.metric.as_str();
        if metric.ends_with("_ms") || metric.ends_with("_seconds") || metric.ends_with("_mb") {
            Direction::Timing
        } else if matches!(metric, "ece" | "invented_facts" | "words") {
            Direction::LessIsBetter
        } else {
            Direction::MoreIsBetter
        }
    }
}

/// The results in a file that `measure` wrote.
pub(crate) fn read(path: &Path) -> anyhow::Result<Vec<Measured>> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let row =
        |(n, line)| serde_json::from_str(line).with_context(|| format!("{}:{}: no result", path.display(), n + 1));
    lines.map(row).collect()
}

/// A table for people.
pub(crate) fn print(measured: &[Measured]) {
    println!("{:<34}{:<24}{:>9}   {:<20}{:>7}{:>9}", "task", "metric", "value", "95 %", "rows", "seconds");
    let mut task = "";
    for row in measured {
        let (name, seconds) =
            if row.task == task { ("", String::new()) } else { (row.task.as_str(), format!("{:.1}", row.seconds)) };
        task = &row.task;
        let interval = if row.low < row.high { format!("{:.4} to {:.4}", row.low, row.high) } else { String::new() };
        println!("{name:<34}{:<24}{:>9.4}   {interval:<20}{:>7}{seconds:>9}", row.metric, row.value, row.n);
    }
}
