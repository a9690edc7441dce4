//! The seam between batching and arithmetic: whatever turns tokens into embeddings on one thread.

use crate::tokenize::Tokens;
use crate::{Embedding, EncodeError};

/// What became of a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Encoded {
    /// Its embedding.
    pub embedding: Embedding,
    /// Whether the text was longer than the encoder reads, so that the embedding is of its beginning alone.
    pub is_cut: bool,
}

/// Turns batches of tokens into embeddings; owned by one thread, so it may keep scratch memory.
pub trait Encoder: Send {
    /// Components of every embedding.
    fn dimension(&self) -> usize;

    /// One embedding for each entry of `batch`, in order; entries do not influence each other.
    fn encode(&mut self, batch: &[Tokens]) -> Result<Vec<Embedding>, EncodeError>;
}
