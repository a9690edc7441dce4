//! Labelled texts, grouped by their number of tokens, so that no batch needs padding.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;

use candle_core::{Device, Tensor};
use models::head::emotion::N_OUTPUTS;
use models::head::emotion_training::outputs_of;
use models::tokenize::TextTokenizer;
use serde::Deserialize;

/// A text cut into tokens and, for each of the head's outputs, 1 where people saw it and 0 elsewhere.
pub(crate) struct Row {
    ids: Vec<u32>,
    pub(crate) outputs: [f32; N_OUTPUTS],
}

/// Texts of one length in tokens.
pub(crate) struct Group {
    /// `[texts, tokens]`.
    pub(crate) ids: Tensor,
    /// `[texts, outputs]`.
    pub(crate) outputs: Tensor,
}

#[derive(Deserialize)]
struct Line {
    text: String,
    labels: Vec<String>,
}

/// The rows of a file of `{"text", "labels"}`.
pub(crate) fn read(file: &Path, tokenizer: &TextTokenizer) -> Result<Vec<Row>, Box<dyn Error>> {
    let row = |line: &str| -> Result<Row, Box<dyn Error>> {
        let Line { text, labels } = serde_json::from_str(line)?;
        Ok(Row { ids: tokenizer.tokenize(&text)?.ids().to_vec(), outputs: outputs_of(&labels)? })
    };
    let content = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    content.lines().map(row).collect()
}

/// Groups of texts of one length, the shortest first.
pub(crate) fn by_length(rows: &[Row]) -> candle_core::Result<Vec<Group>> {
    let mut groups: BTreeMap<usize, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        groups.entry(row.ids.len()).or_default().push(row);
    }
    let group = |(length, rows): (usize, Vec<&Row>)| {
        let ids: Vec<u32> = rows.iter().flat_map(|row| row.ids.iter().copied()).collect();
        let outputs: Vec<f32> = rows.iter().flat_map(|row| row.outputs).collect();
        Ok(Group {
            ids: Tensor::from_vec(ids, (rows.len(), length), &Device::Cpu)?,
            outputs: Tensor::from_vec(outputs, (rows.len(), N_OUTPUTS), &Device::Cpu)?,
        })
    };
    groups.into_iter().map(group).collect()
}
