//! A task: a folder with a `task.json` that says what it is, and rows as lines of JSON. Tasks are found, never listed.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// One task.
#[derive(Debug)]
pub(crate) struct Task {
    /// Where its rows are.
    pub(crate) folder: PathBuf,
    /// What it says of itself.
    pub(crate) card: Card,
}

/// What `task.json` says, as far as measuring needs it.
#[derive(Debug, Deserialize)]
pub(crate) struct Card {
    pub(crate) name: String,
    pub(crate) kind: String,
    /// The signal of the assistant that a yes means, for tasks about one.
    #[serde(default)]
    pub(crate) signal: Option<String>,
}

/// A folder that looks like a task and cannot be read as one.
#[derive(Debug)]
pub(crate) struct Unreadable {
    pub(crate) folder: PathBuf,
    pub(crate) reason: String,
}

/// The tasks in `data`, by name, whose name fits `pattern`: a part of it, or a glob such as `intent_*`. `data` may be a
/// task itself.
pub(crate) fn find(data: &Path, pattern: &str) -> anyhow::Result<(Vec<Task>, Vec<Unreadable>)> {
    let (mut tasks, mut unreadable) = (Vec::new(), Vec::new());
    let mut folders = vec![data.to_owned()];
    let entries = fs::read_dir(data).with_context(|| format!("cannot list {}", data.display()))?;
    for entry in entries {
        folders.push(entry.with_context(|| format!("cannot list {}", data.display()))?.path());
    }
    folders.sort();
    for folder in folders.into_iter().filter(|folder| folder.join("task.json").is_file()) {
        match card(&folder) {
            Ok(card) if fits(&card.name, pattern) => tasks.push(Task { folder, card }),
            Ok(_) => {}
            Err(error) => unreadable.push(Unreadable { folder, reason: format!("{error:#}") }),
        }
    }
    tasks.sort_by(|a, b| a.card.name.cmp(&b.card.name));
    Ok((tasks, unreadable))
}

impl Task {
    /// The rows of a file that must be there.
    pub(crate) fn rows<T: DeserializeOwned>(&self, file: &str) -> anyhow::Result<Vec<T>> {
        let path = self.folder.join(file);
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        let row = |(n, line)| serde_json::from_str(line).with_context(|| format!("{}:{}", path.display(), n + 1));
        lines.map(row).collect()
    }

    /// The rows of a file that may be missing.
    pub(crate) fn rows_if_any<T: DeserializeOwned>(&self, file: &str) -> anyhow::Result<Vec<T>> {
        if self.folder.join(file).is_file() { self.rows(file) } else { Ok(Vec::new()) }
    }
}

fn card(folder: &Path) -> anyhow::Result<Card> {
    let path = folder.join("task.json");
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is no task", path.display()))
}

/// Whether `name` holds `pattern`, or matches it where it has wildcards.
fn fits(name: &str, pattern: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else {
        return name.contains(pattern);
    };
    let Some(mut left) = name.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        match left.find(part) {
            Some(at) => left = &left[at + part.len()..],
            None => return false,
        }
    }
    left.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_a_part_or_a_glob() {
        for pattern in ["", "bank", "intent_*", "*_5shot", "intent_*77*shot", "*"] {
            assert!(fits("intent_banking77_5shot", pattern), "{pattern}");
        }
        for pattern in ["clinc", "bank*", "intent_*_10shot", "*77"] {
            assert!(!fits("intent_banking77_5shot", pattern), "{pattern}");
        }
    }

    #[test]
    fn folders_without_a_card_are_passed_over_and_bad_cards_are_named() {
        let data = tempfile::tempdir().unwrap();
        for (folder, card) in [("b", Some(r#"{"name": "two", "kind": "intent"}"#)), ("a", Some("{")), ("c", None)] {
            fs::create_dir(data.path().join(folder)).unwrap();
            if let Some(card) = card {
                fs::write(data.path().join(folder).join("task.json"), card).unwrap();
            }
        }
        let (tasks, unreadable) = find(data.path(), "").unwrap();
        assert_eq!(tasks.iter().map(|task| task.card.name.as_str()).collect::<Vec<_>>(), ["two"]);
        assert_eq!(unreadable.len(), 1);
        assert!(unreadable[0].reason.contains("is no task"), "{}", unreadable[0].reason);
        let missing = tasks[0].rows::<serde_json::Value>("train.jsonl").unwrap_err();
        assert!(missing.to_string().contains("train.jsonl"));
    }
}
