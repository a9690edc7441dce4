//! The seam between batching and arithmetic: whatever turns tokens into embeddings on one thread.

use crate::tokenize::Tokens;
use crate::{EncodeError, Reading};

/// What became of a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Encoded {
    /// What heads and searches are given of it.
    pub reading: Reading,
    /// Whether the text was longer than the encoder reads, so that the reading is of its beginning alone.
    pub is_cut: bool,
}

/// What is to be found out of texts. Less takes less time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// The meaning, and the wording, which comes with it: no branch is gone through.
    Meaning,
    /// All that the encoder hears.
    Everything,
}

impl Wanted {
    /// Both, the quicker one first.
    pub const ALL: [Self; 2] = [Self::Meaning, Self::Everything];
}

/// Turns batches of tokens into readings; owned by one thread, so it may keep scratch memory.
pub trait Encoder: Send {
    /// Components of every embedding.
    fn dimension(&self) -> usize;

    /// One reading for each entry of `batch`, in order; entries do not influence each other.
    fn encode(&mut self, batch: &[Tokens], wanted: Wanted) -> Result<Vec<Reading>, EncodeError>;

    /// For each entry of `batch` the vectors of its tokens after the layer in the middle whose mean is the wording,
    /// `[tokens, dimension]`.
    fn token_vectors(&mut self, batch: &[Tokens]) -> Result<Vec<Vec<f32>>, EncodeError>;
}
