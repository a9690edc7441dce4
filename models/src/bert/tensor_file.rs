//! Reads one tensor at a time from a safetensors file, so that the file is never whole in memory.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use half::{bf16, f16};
use safetensors::Dtype;
use safetensors::tensor::Metadata;

/// What some programs put before the names of the network's tensors.
const PREFIXES: [&str; 3] = ["", "bert.", "roberta."];
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
    #[error("{} cannot be used: {reason}", path.display())]
    Config {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The file has more layers than the configuration.
    #[error("{} has more layers than the {layers} that num_hidden_layers in its config.json says", path.display())]
    MoreLayers {
        /// The file.
        path: PathBuf,
        /// Layers that the configuration has.
        layers: usize,
    },
    /// The file is not in safetensors format.
    #[error("{} is not a safetensors file: {reason}", path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A tensor the configuration asks for is missing or has another shape or type.
    #[error("tensor `{name}` in {} must be f32, f16 or bf16 {expected:?}, {found}", path.display())]
    Tensor {
        /// The file.
        path: PathBuf,
        /// Its name.
        name: String,
        /// The shape the configuration asks for.
        expected: Vec<usize>,
        /// What the file has.
        found: String,
    },
    /// A value is NaN or infinite.
    #[error("tensor `{name}` in {} has a value at {at} that is not finite; fetch the file again", path.display())]
    NotFinite {
        /// The file.
        path: PathBuf,
        /// Its name.
        name: String,
        /// Position of the value, row by row.
        at: usize,
    },
    /// A branch does not fit the network.
    #[error(transparent)]
    Branch(#[from] crate::branch::BranchError),
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
        reader.read_exact(&mut length).map_err(|_| format("it is shorter than any header".to_owned()))?;
        let length = u64::from_le_bytes(length);
        if length > MOST_HEADER_BYTES {
            return Err(format(format!("its header claims {length} bytes")));
        }
        let mut header = vec![0; length as usize];
        reader.read_exact(&mut header).map_err(|_| format("it is cut off within its header".to_owned()))?;
        let data_start = 8 + length;
        let metadata: Metadata = serde_json::from_slice(&header).map_err(|error| format(error.to_string()))?;
        let is_used = |prefix: &&str| metadata.info(&format!("{prefix}embeddings.word_embeddings.weight")).is_some();
        let prefix = PREFIXES.into_iter().find(is_used).unwrap_or_default();
        let n_bytes = reader.get_ref().metadata().map_err(io)?.len();
        for (name, info) in metadata.tensors() {
            let end = data_start + info.data_offsets.1 as u64;
            if end > n_bytes {
                let reason = format!("it is cut off: tensor `{name}` ends at byte {end}, the file at {n_bytes}");
                return Err(format(reason));
            }
        }
        Ok(Self { path: path.to_owned(), reader, metadata, data_start, prefix })
    }

    /// Whether there is a tensor `name`.
    pub(super) fn has(&self, name: &str) -> bool {
        self.metadata.info(&format!("{}{name}", self.prefix)).is_some()
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
        let wrong = |found: String| LoadError::Tensor {
            path: self.path.clone(),
            name: name.clone(),
            expected: expected.to_vec(),
            found,
        };
        let info = self.metadata.info(&name).ok_or_else(|| wrong("but the file does not have it".to_owned()))?;
        let n_values: usize = expected.iter().product();
        let (start, end) = info.data_offsets;
        let format = Format::of(info.dtype).filter(|format| end.checked_sub(start) == Some(n_values * format.size()));
        let Some(format) = format.filter(|_| info.shape == expected) else {
            return Err(wrong(format!("but is {:?} {:?}", info.dtype, info.shape)));
        };
        let io = |source| LoadError::Io { path: self.path.clone(), source };
        self.reader.seek(SeekFrom::Start(self.data_start + start as u64)).map_err(io)?;
        let width = expected.last().copied().unwrap_or(1);
        let (mut bytes, mut row) = (vec![0; width * format.size()], vec![0.0; width]);
        for at in (0..n_values).step_by(width) {
            self.reader.read_exact(&mut bytes).map_err(io)?;
            format.read(&bytes, &mut row);
            if let Some(offset) = row.iter().position(|value| !value.is_finite()) {
                return Err(LoadError::NotFinite { path: self.path.clone(), name, at: at + offset });
            }
            take(&row);
        }
        Ok(())
    }
}

/// How a file stores numbers.
#[derive(Clone, Copy)]
enum Format {
    F32,
    F16,
    Bf16,
}

impl Format {
    fn of(dtype: Dtype) -> Option<Self> {
        match dtype {
            Dtype::F32 => Some(Self::F32),
            Dtype::F16 => Some(Self::F16),
            Dtype::BF16 => Some(Self::Bf16),
            _ => None,
        }
    }

    /// Bytes of a number.
    fn size(self) -> usize {
        match self {
            Self::F32 => 4,
            Self::F16 | Self::Bf16 => 2,
        }
    }

    fn read(self, bytes: &[u8], values: &mut [f32]) {
        match self {
            Self::F32 => convert(bytes, values, f32::from_le_bytes),
            Self::F16 => convert(bytes, values, |bytes| f16::from_le_bytes(bytes).to_f32()),
            Self::Bf16 => convert(bytes, values, |bytes| bf16::from_le_bytes(bytes).to_f32()),
        }
    }
}

fn convert<const N: usize>(bytes: &[u8], values: &mut [f32], number: impl Fn([u8; N]) -> f32) {
    for (value, bytes) in values.iter_mut().zip(bytes.as_chunks().0) {
        *value = number(*bytes);
    }
}
