//! From text to numbers: the sentence encoder, its weights, and the small heads trained on top. Knows nothing of support.

pub mod artifact;
pub mod batcher;
pub mod bert;
pub mod bits;
pub mod branch;
pub mod ceiling;
pub mod embed;
pub mod embedding;
pub mod embedding_cache;
pub mod encoder;
pub mod head;
pub mod head_cache;
mod kernels;
mod matrix_file;
mod reading;
mod recent;
pub mod reranker;
mod sealed_file;
pub mod tokenize;
pub mod watched_embed;

pub use batcher::{EncoderHandle, Lane};
pub use branch::Branch;
pub use embed::{Embed, EncodeError, Role};
pub use embedding::Embedding;
pub use embedding_cache::CachedEmbed;
pub use encoder::{Encoded, Encoder, Wanted};
pub use head_cache::HeadCache;
pub use reading::Reading;
pub use recent::CacheUse;
pub use reranker::Reranker;
pub use watched_embed::WatchedEmbed;
