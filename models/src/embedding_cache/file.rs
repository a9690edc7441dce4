//! The cache's file: a magic word, the dimension, the number of rows, rows of key and vector, and a checksum over all.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::Key;
use crate::Embedding;

/// Changes whenever the layout does.
const MAGIC: [u8; 8] = *b"fd-emb-1";
const HEADER_BYTES: usize = 16;
const SUM_BYTES: usize = 32;
const KEY_BYTES: usize = size_of::<Key>();

/// Every row of a sound file.
pub(super) fn read(path: &Path) -> io::Result<HashMap<Key, Embedding>> {
    let bytes = fs::read(path)?;
    parse(&bytes).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "not a sound embedding cache"))
}

fn parse(bytes: &[u8]) -> Option<HashMap<Key, Embedding>> {
    let (content, sum) = bytes.split_at_checked(bytes.len().checked_sub(SUM_BYTES)?)?;
    if Sha256::digest(content).as_slice() != sum {
        return None;
    }
    let (header, rows) = content.split_at_checked(HEADER_BYTES)?;
    let (magic, sizes) = header.split_at(MAGIC.len());
    let (dimension, n_rows) = (word(sizes)?, word(&sizes[4..])?);
    let row_bytes = dimension.checked_mul(4)?.checked_add(KEY_BYTES)?;
    if magic != MAGIC || n_rows.checked_mul(row_bytes)? != rows.len() {
        return None;
    }
    rows.chunks_exact(row_bytes).map(parse_row).collect()
}

fn word(bytes: &[u8]) -> Option<usize> {
    Some(u32::from_le_bytes(*bytes.first_chunk()?) as usize)
}

/// The vector was normalised before it was written, and is again when read; twice changes it by no more than a rounding.
fn parse_row(row: &[u8]) -> Option<(Key, Embedding)> {
    let (key, values) = row.split_first_chunk::<KEY_BYTES>()?;
    let vector = values.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
    Some((*key, Embedding::new(vector).ok()?))
}

/// Writes beside `path`, makes it durable, and renames: a reader sees the old file or the new one.
pub(super) fn write(path: &Path, entries: &HashMap<Key, Embedding>) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(&render(entries))?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    File::open(folder)?.sync_all()
}

fn render(entries: &HashMap<Key, Embedding>) -> Vec<u8> {
    let dimension = entries.values().next().map_or(0, |embedding| embedding.as_slice().len());
    let mut sorted: Vec<_> = entries.iter().filter(|(_, e)| e.as_slice().len() == dimension).collect();
    sorted.sort_by_key(|(key, _)| **key);
    let mut bytes = MAGIC.to_vec();
    bytes.extend((dimension as u32).to_le_bytes());
    bytes.extend((sorted.len() as u32).to_le_bytes());
    for (key, embedding) in sorted {
        bytes.extend(key);
        bytes.extend(embedding.as_slice().iter().flat_map(|x| x.to_le_bytes()));
    }
    let sum = Sha256::digest(&bytes);
    bytes.extend(sum);
    bytes
}
