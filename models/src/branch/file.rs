//! Adapters as a file.

use std::collections::BTreeMap;

use safetensors::SafeTensorError;
use sha2::{Digest, Sha256};

use super::{Adapter, Adapters, BranchError};
use crate::matrix_file::{Matrix, MatrixFile, bytes_of};

const DOWN: &str = ".down";
const UP: &str = ".up";
/// Bytes of a digest that are enough to tell adapters apart.
const REVISION_BYTES: usize = 8;

impl Adapters {
    /// The adapters as a file; numbers are rounded to 16 bits.
    pub fn to_bytes(&self) -> Result<Vec<u8>, SafeTensorError> {
        let matrices = self.parts.iter().flat_map(|(name, Adapter { rank, down, up })| {
            let inputs = down.len() / rank;
            [
                (format!("{name}{DOWN}"), Matrix::new(inputs, down.clone())),
                (format!("{name}{UP}"), Matrix::new(*rank, up.clone())),
            ]
        });
        MatrixFile { encoder: self.encoder.clone(), matrices: matrices.collect() }.to_bytes()
    }

    /// Reads adapters that [`to_bytes`](Self::to_bytes) wrote.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BranchError> {
        let MatrixFile { encoder, mut matrices } = MatrixFile::from_bytes(bytes).map_err(BranchError)?;
        let names: Vec<String> =
            matrices.keys().filter_map(|name| name.strip_suffix(DOWN)).map(str::to_owned).collect();
        let adapters = names.into_iter().map(|name| adapter(&mut matrices, name));
        Ok(Self::new(&encoder, adapters.collect::<Result<_, _>>()?))
    }
}

fn adapter(matrices: &mut BTreeMap<String, Matrix>, name: String) -> Result<(String, Adapter), BranchError> {
    let mut take = |part: &str| {
        let name = format!("{name}{part}");
        matrices.remove(&name).ok_or_else(|| BranchError(format!("`{name}` is missing")))
    };
    let (down, up) = (take(DOWN)?, take(UP)?);
    if down.rows != up.columns || down.rows == 0 {
        return Err(BranchError(format!("the parts of `{name}` do not fit each other")));
    }
    Ok((name, Adapter { rank: down.rows, down: down.values, up: up.values }))
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
