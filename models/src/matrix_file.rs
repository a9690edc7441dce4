//! What was learned over one encoder, as a safetensors file of matrices in 16-bit floating point.

use std::collections::{BTreeMap, HashMap};

use half::f16;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensorError, SafeTensors};

/// The key of the metadata that says which encoder they are for.
const ENCODER: &str = "encoder";

/// Matrices by name.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct MatrixFile {
    /// The encoder they were learned over: `<name>@<revision>`.
    pub(crate) encoder: String,
    pub(crate) matrices: BTreeMap<String, Matrix>,
}

/// Rows of finite values, one after the other.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Matrix {
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    pub(crate) values: Vec<f32>,
}

impl MatrixFile {
    /// The file's bytes; values are rounded to 16 bits.
    pub(crate) fn to_bytes(&self) -> Result<Vec<u8>, SafeTensorError> {
        let rounded = |matrix: &Matrix| ([matrix.rows, matrix.columns], bytes_of(&matrix.values));
        let matrices: Vec<_> = self.matrices.iter().map(|(name, matrix)| (name, rounded(matrix))).collect();
        let views = matrices
            .iter()
            .map(|(name, (shape, bytes))| Ok((name.as_str(), TensorView::new(Dtype::F16, shape.to_vec(), bytes)?)));
        let metadata = HashMap::from([(ENCODER.to_owned(), self.encoder.clone())]);
        safetensors::serialize(views.collect::<Result<Vec<_>, SafeTensorError>>()?, Some(metadata))
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote; says what is wrong otherwise.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, String> {
        let bad = |error: SafeTensorError| error.to_string();
        let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(bad)?;
        let encoder = metadata.metadata().as_ref().and_then(|metadata| metadata.get(ENCODER));
        let encoder = encoder.ok_or("it does not say for which encoder it is")?.clone();
        let file = SafeTensors::deserialize(bytes).map_err(bad)?;
        let read = |name: &str| Ok((name.to_owned(), matrix(&file, name)?));
        let matrices = file.names().into_iter().map(read).collect::<Result<_, String>>()?;
        Ok(Self { encoder, matrices })
    }
}

impl Matrix {
    /// `values` as rows of `columns`.
    pub(crate) fn new(columns: usize, values: Vec<f32>) -> Self {
        Self { rows: values.len() / columns.max(1), columns, values }
    }
}

/// Values as they are in a file.
pub(crate) fn bytes_of(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|x| f16::from_f32(*x).to_le_bytes()).collect()
}

fn matrix(file: &SafeTensors<'_>, name: &str) -> Result<Matrix, String> {
    let tensor = file.tensor(name).map_err(|error| error.to_string())?;
    let values = tensor.data().as_chunks().0.iter().map(|bytes| f16::from_le_bytes(*bytes).to_f32());
    let values: Vec<f32> = values.collect();
    match tensor.shape() {
        &[rows, columns] if tensor.dtype() == Dtype::F16 && values.iter().all(|x| x.is_finite()) => {
            Ok(Matrix { rows, columns, values })
        }
        _ => Err(format!("`{name}` is not a matrix of finite f16")),
    }
}
