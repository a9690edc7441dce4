//! A reranker as a file.

use safetensors::SafeTensorError;

use super::{Reranker, RerankerError, RerankerWeights};
use crate::matrix_file::{Matrix, MatrixFile};

const KEYS: &str = "keys";
const VALUES: &str = "values";
const ATTENTION: &str = "attention";
const HIDDEN: &str = "hidden";
const HIDDEN_BIAS: &str = "hidden_bias";
const SCORE: &str = "score";
const BIAS: &str = "bias";

impl Reranker {
    /// The reranker as a file; numbers are rounded to 16 bits.
    pub fn to_bytes(&self) -> Result<Vec<u8>, SafeTensorError> {
        let RerankerWeights { dimension, keys, values, attention, hidden, hidden_bias, score, bias } = &self.weights;
        let n_hidden = score.len();
        let matrices = [
            (KEYS, *dimension, keys),
            (VALUES, *dimension, values),
            (ATTENTION, *dimension, attention),
            (HIDDEN, hidden.len() / n_hidden, hidden),
            (HIDDEN_BIAS, n_hidden, hidden_bias),
            (SCORE, n_hidden, score),
            (BIAS, 1, &vec![*bias]),
        ];
        let matrices = matrices.map(|(name, columns, values)| (name.to_owned(), Matrix::new(columns, values.clone())));
        MatrixFile { encoder: self.encoder.clone(), matrices: matrices.into() }.to_bytes()
    }

    /// Reads a reranker that [`to_bytes`](Self::to_bytes) wrote.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, RerankerError> {
        let MatrixFile { encoder, mut matrices } = MatrixFile::from_bytes(bytes).map_err(RerankerError)?;
        let mut take = |name: &str| {
            let matrix = matrices.remove(name);
            matrix.ok_or_else(|| RerankerError(format!("`{name}` is missing")))
        };
        let keys = take(KEYS)?;
        let weights = RerankerWeights {
            dimension: keys.columns,
            keys: keys.values,
            values: take(VALUES)?.values,
            attention: take(ATTENTION)?.values,
            hidden: take(HIDDEN)?.values,
            hidden_bias: take(HIDDEN_BIAS)?.values,
            score: take(SCORE)?.values,
            bias: take(BIAS)?.values.first().copied().unwrap_or_default(),
        };
        Self::new(&encoder, weights)
    }
}
