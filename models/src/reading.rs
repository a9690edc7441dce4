//! What heads are given of a text.

use crate::Embedding;

/// A text as the encoder reads it, for heads to judge: what it means; from a layer in the middle, how it is put; how it is
/// meant; and what it is for. Fine differences between alike requests show in the wording and the purpose and feelings in
/// the tone, where the meaning has averaged them out.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The encoder's sentence embedding.
    pub meaning: Embedding,
    /// The mean of its tokens' vectors after two thirds of the layers.
    pub wording: Embedding,
    /// The mean of its tokens' vectors after the branch that hears the tone; none where the encoder has none.
    pub tone: Option<Embedding>,
    /// The mean of its tokens' vectors after the branch that hears the purpose; none where the encoder has none.
    pub purpose: Option<Embedding>,
}
