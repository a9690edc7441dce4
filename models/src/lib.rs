//! From text to numbers: the sentence encoder, its weights, and the small heads trained on top. Knows nothing of support.

pub mod embed;
pub mod embedding;

pub use embed::{Embed, EncodeError};
pub use embedding::Embedding;
