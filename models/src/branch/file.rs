//! Adapters as a safetensors file, in 16-bit floating point.

use std::collections::HashMap;

use half::f16;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensorError, SafeTensors};
use sha2::{Digest, Sha256};

use super::{Adapter, Adapters, BranchError};

/// The key of the metadata that says which encoder adapters are for.
const ENCODER: &str = "encoder";
const DOWN: &str = ".down";
const UP: &str = ".up";
/// Bytes of a digest that are enough to tell adapters apart.
const REVISION_BYTES: usize = 8;

impl Adapters {
    /// The adapters as a file; numbers are rounded to 16 bits.
    pub fn to_bytes(&self) -> Result<Vec<u8>, SafeTensorError> {
        let parts = self.parts.iter().flat_map(|(name, adapter)| {
            [(name, DOWN, adapter.rank, &adapter.down), (name, UP, adapter.up.len() / adapter.rank, &adapter.up)]
        });
        let parts: Vec<(String, [usize; 2], Vec<u8>)> = parts
            .map(|(name, part, rows, values)| (format!("{name}{part}"), [rows, values.len() / rows], bytes_of(values)))
            .collect();
        let views = parts
            .iter()
            .map(|(name, shape, bytes)| Ok((name.as_str(), TensorView::new(Dtype::F16, shape.to_vec(), bytes)?)));
        let metadata = HashMap::from([(ENCODER.to_owned(), self.encoder.clone())]);
        safetensors::serialize(views.collect::<Result<Vec<_>, SafeTensorError>>()?, Some(metadata))
    }

    /// Reads adapters that [`to_bytes`](Self::to_bytes) wrote.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BranchError> {
        let bad = |error: SafeTensorError| BranchError(error.to_string());
        let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(bad)?;
        let encoder = metadata.metadata().as_ref().and_then(|metadata| metadata.get(ENCODER));
        let encoder = encoder.ok_or_else(|| BranchError("it does not say for which encoder it is".to_owned()))?;
        let file = SafeTensors::deserialize(bytes).map_err(bad)?;
        let mut adapters = Vec::new();
        for name in file.names().into_iter().filter_map(|name| name.strip_suffix(DOWN)) {
            let (down_shape, down) = matrix(&file, &format!("{name}{DOWN}"))?;
            let (up_shape, up) = matrix(&file, &format!("{name}{UP}"))?;
            if down_shape[0] != up_shape[1] || down_shape[0] == 0 {
                return Err(BranchError(format!("the parts of `{name}` do not fit each other")));
            }
            adapters.push((name.to_owned(), Adapter { rank: down_shape[0], down, up }));
        }
        Ok(Self::new(encoder, adapters))
    }
}

/// Names adapters by what their file holds of them.
pub(super) fn revision(adapters: &[(String, Adapter)]) -> String {
    let mut hasher = Sha256::new();
    for (name, adapter) in adapters {
        hasher.update(name);
        hasher.update(bytes_of(&adapter.down));
        hasher.update(bytes_of(&adapter.up));
    }
    hex::encode(&hasher.finalize()[..REVISION_BYTES])
}

fn bytes_of(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|x| f16::from_f32(*x).to_le_bytes()).collect()
}

fn matrix(file: &SafeTensors<'_>, name: &str) -> Result<([usize; 2], Vec<f32>), BranchError> {
    let tensor = file.tensor(name).map_err(|error| BranchError(error.to_string()))?;
    let values = tensor.data().as_chunks().0.iter().map(|bytes| f16::from_le_bytes(*bytes).to_f32());
    let values: Vec<f32> = values.collect();
    match tensor.shape() {
        &[rows, columns] if tensor.dtype() == Dtype::F16 && values.iter().all(|x| x.is_finite()) => {
            Ok(([rows, columns], values))
        }
        _ => Err(BranchError(format!("`{name}` is not a matrix of finite f16"))),
    }
}
