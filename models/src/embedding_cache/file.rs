//! The cache's file: the dimension, the number of rows, and rows of key and vector.

use std::collections::HashMap;
use std::io;
use std::path::Path;

use super::Key;
use crate::Embedding;
use crate::sealed_file::{self, Magic};

/// Changes whenever the layout does.
const MAGIC: Magic = *b"fd-emb-1";
const HEADER_BYTES: usize = 8;
const KEY_BYTES: usize = size_of::<Key>();

/// Every row of a sound file.
pub(super) fn read(path: &Path) -> io::Result<HashMap<Key, Embedding>> {
    parse(&sealed_file::read(path, MAGIC)?)
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "not a sound embedding cache"))
}

fn parse(bytes: &[u8]) -> Option<HashMap<Key, Embedding>> {
    let (sizes, rows) = bytes.split_at_checked(HEADER_BYTES)?;
    let (dimension, n_rows) = (word(sizes)?, word(&sizes[4..])?);
    let row_bytes = dimension.checked_mul(4)?.checked_add(KEY_BYTES)?;
    if n_rows.checked_mul(row_bytes)? != rows.len() {
        return None;
    }
    rows.chunks_exact(row_bytes).map(parse_row).collect()
}

fn word(bytes: &[u8]) -> Option<usize> {
    Some(u32::from_le_bytes(*bytes.first_chunk()?) as usize)
}

fn parse_row(row: &[u8]) -> Option<(Key, Embedding)> {
    let (key, values) = row.split_first_chunk::<KEY_BYTES>()?;
    let vector = values.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
    Some((*key, Embedding::of_unit(vector).ok()?))
}

/// Replaces the file by `entries`.
pub(super) fn write(path: &Path, entries: &HashMap<Key, Embedding>) -> io::Result<()> {
    sealed_file::write(path, MAGIC, &render(entries))
}

fn render(entries: &HashMap<Key, Embedding>) -> Vec<u8> {
    let dimension = entries.values().next().map_or(0, |embedding| embedding.as_slice().len());
    let mut sorted: Vec<_> = entries.iter().filter(|(_, e)| e.as_slice().len() == dimension).collect();
    sorted.sort_by_key(|(key, _)| **key);
    let mut bytes = (dimension as u32).to_le_bytes().to_vec();
    bytes.extend((sorted.len() as u32).to_le_bytes());
    for (key, embedding) in sorted {
        bytes.extend(key);
        bytes.extend(embedding.as_slice().iter().flat_map(|x| x.to_le_bytes()));
    }
    bytes
}
