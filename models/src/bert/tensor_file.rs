//! Reads one tensor at a time from a safetensors file, so that the file is never whole in memory.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use safetensors::Dtype;
use safetensors::tensor::Metadata;

/// The header names some hundred tensors; more than this is not a header.
const MOST_HEADER_BYTES: u64 = 16 << 20;

/// Why weights cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The file cannot be read.
    #[error("{} cannot be read", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The configuration is not one this crate can compute.
    #[error("the encoder's configuration cannot be used: {0}")]
    Config(String),
    /// The file is not in safetensors format.
    #[error("{} is not a safetensors file: {reason}", path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A tensor the configuration asks for is missing or has another shape or type.
    #[error("tensor `{name}` must be f32 {expected:?}, {found}")]
    Tensor {
        /// Its name.
        name: String,
        /// The shape the configuration asks for.
        expected: Vec<usize>,
        /// What the file has.
        found: String,
    },
    /// A value is NaN or infinite.
    #[error("tensor `{name}` has a value at {at} that is not finite; fetch the file again")]
    NotFinite {
        /// Its name.
        name: String,
        /// Position of the value, row by row.
        at: usize,
    },
    /// The tensors could not be made.
    #[error("the weights could not be put into tensors")]
    Tensors(#[from] candle_core::Error),
}

/// An open safetensors file.
#[derive(Debug)]
pub(super) struct TensorFile {
    path: PathBuf,
    reader: BufReader<File>,
    metadata: Metadata,
    data_start: u64,
    prefix: &'static str,
}

impl TensorFile {
    /// Opens the file and reads its header.
    pub(super) fn open(path: &Path) -> Result<Self, LoadError> {
        let format = |reason: String| LoadError::Format { path: path.to_owned(), reason };
        let io = |source| LoadError::Io { path: path.to_owned(), source };
        let mut reader = BufReader::with_capacity(1 << 16, File::open(path).map_err(io)?);
        let mut length = [0; 8];
        reader.read_exact(&mut length).map_err(io)?;
        let length = u64::from_le_bytes(length);
        if length > MOST_HEADER_BYTES {
            return Err(format(format!("its header claims {length} bytes")));
        }
        let mut header = vec![0; length as usize];
        reader.read_exact(&mut header).map_err(io)?;
        let metadata: Metadata = serde_json::from_slice(&header).map_err(|error| format(error.to_string()))?;
        let is_prefixed = metadata.info("bert.embeddings.word_embeddings.weight").is_some();
        let prefix = if is_prefixed { "bert." } else { "" };
        Ok(Self { path: path.to_owned(), reader, metadata, data_start: 8 + length, prefix })
    }

    /// The values of the tensor `name`, row by row, which must have the shape `expected`.
    pub(super) fn read(&mut self, name: &str, expected: &[usize]) -> Result<Vec<f32>, LoadError> {
        let mut values = Vec::with_capacity(expected.iter().product());
        self.read_rows(name, expected, |row| values.extend_from_slice(row))?;
        Ok(values)
    }

    /// Hands the rows of the tensor `name` to `take`, one after the other.
    pub(super) fn read_rows(
        &mut self,
        name: &str,
        expected: &[usize],
        mut take: impl FnMut(&[f32]),
    ) -> Result<(), LoadError> {
        let name = format!("{}{name}", self.prefix);
        let wrong = |found: String| LoadError::Tensor { name: name.clone(), expected: expected.to_vec(), found };
        let info = self.metadata.info(&name).ok_or_else(|| wrong("but the file does not have it".to_owned()))?;
        let n_values: usize = expected.iter().product();
        let (start, end) = info.data_offsets;
        if info.dtype != Dtype::F32 || info.shape != expected || end.checked_sub(start) != Some(n_values * 4) {
            return Err(wrong(format!("but is {:?} {:?}", info.dtype, info.shape)));
        }
        let io = |source| LoadError::Io { path: self.path.clone(), source };
        self.reader.seek(SeekFrom::Start(self.data_start + start as u64)).map_err(io)?;
        let width = expected.last().copied().unwrap_or(1);
        let (mut bytes, mut row) = (vec![0; width * 4], vec![0.0; width]);
        for at in (0..n_values).step_by(width) {
            self.reader.read_exact(&mut bytes).map_err(io)?;
            for (value, bytes) in row.iter_mut().zip(bytes.as_chunks().0) {
                *value = f32::from_le_bytes(*bytes);
            }
            if let Some(offset) = row.iter().position(|value| !value.is_finite()) {
                return Err(LoadError::NotFinite { name, at: at + offset });
            }
            take(&row);
        }
        Ok(())
    }
}
