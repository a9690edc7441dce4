//! What heads are given of a text.

use crate::Embedding;

/// A text as the encoder reads it, for heads to judge: what it means; from a layer in the middle, how it is put; and how
/// it is meant. Fine differences between alike requests show in the wording and feelings in the tone, where the meaning
/// has averaged them out.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The encoder's sentence embedding.
    pub meaning: Embedding,
    /// The mean of its tokens' vectors after two thirds of the layers.
    pub wording: Embedding,
    /// The mean of its tokens' vectors after the layers that hear the tone; none where the encoder has none.
    pub tone: Option<Embedding>,
}
