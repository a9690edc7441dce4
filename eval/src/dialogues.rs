//! Recorded dialogues, read from the folder of a task.

use std::fs;
use std::path::Path;

use anyhow::Context;
use serde::Deserialize;

/// What the customer of one dialogue wrote, in order.
pub(crate) struct Dialogue {
    pub(crate) id: String,
    pub(crate) turns: Vec<String>,
}

#[derive(Deserialize)]
struct Row {
    id: String,
    turns: Vec<Turn>,
}

#[derive(Deserialize)]
struct Turn {
    role: String,
    text: String,
}

/// The dialogues of a JSON-lines file.
pub(crate) fn read(file: &Path) -> anyhow::Result<Vec<Dialogue>> {
    let text = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let rows = text.lines().filter(|line| !line.trim().is_empty()).enumerate();
    rows.map(|(n, line)| {
        let row: Row =
            serde_json::from_str(line).with_context(|| format!("{}:{}: not a dialogue", file.display(), n + 1))?;
        let turns = row.turns.into_iter().filter(|turn| turn.role == "customer").map(|turn| turn.text).collect();
        Ok(Dialogue { id: row.id, turns })
    })
    .collect()
}
