//! A sentence as a point on the unit sphere, so that similarity is a dot product everywhere.

use std::sync::Arc;

/// A unit-norm vector of `f32`, cheap to clone.
#[derive(Clone, Debug, PartialEq)]
pub struct Embedding(Arc<[f32]>);

/// Why a vector cannot be an [`Embedding`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EmbeddingError {
    /// A component is NaN or infinite.
    #[error("component {0} of the vector is not a finite number; the encoder's weights are probably damaged")]
    NotFinite(usize),
    /// The vector has no direction.
    #[error("the vector is all zeros and has no direction to normalise")]
    Zero,
}

impl Embedding {
    /// Normalises `vector` to length one.
    pub fn new(mut vector: Vec<f32>) -> Result<Self, EmbeddingError> {
        let length = length(&vector)?;
        for x in &mut vector {
            *x /= length;
        }
        Ok(Self(vector.into()))
    }

    /// Takes the components of an embedding as they are: to normalise them again would round them anew.
    pub(crate) fn of_unit(vector: Vec<f32>) -> Result<Self, EmbeddingError> {
        length(&vector)?;
        Ok(Self(vector.into()))
    }

    /// Cosine similarity, in `-1.0..=1.0`. Both vectors must come from the same encoder.
    pub fn dot(&self, other: &Self) -> f32 {
        self.0.iter().zip(other.0.iter()).map(|(a, b)| a * b).sum()
    }

    /// The components, as many as the encoder's dimension (384 for `MiniLM`).
    pub fn as_slice(&self) -> &[f32] {
        &self.0
    }
}

/// The length of a vector that has a direction.
fn length(vector: &[f32]) -> Result<f32, EmbeddingError> {
    if let Some(at) = vector.iter().position(|x| !x.is_finite()) {
        return Err(EmbeddingError::NotFinite(at));
    }
    let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
    if length < f32::MIN_POSITIVE { Err(EmbeddingError::Zero) } else { Ok(length) }
}
