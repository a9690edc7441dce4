//! Embeddings of texts that came lately, so that what many people write alike is computed once.
//!
//! It is bounded by bytes and lives in memory only. A text's key is its HMAC-SHA256 (RFC 2104) under a secret that each
//! process draws for itself: from the keys neither a text can be read, nor whether a guessed one was among them.

use hmac::{Hmac, KeyInit, Mac};
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use sha2::Sha256;

use crate::Encoded;

/// Embeddings of a reading.
const PARTS: usize = 4;
/// What an entry takes besides the components of its embeddings, about.
const BYTES_BESIDE: usize = 128;

/// Names a text without telling it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Key([u8; 32]);

/// The cache.
pub(crate) struct RecentTexts {
    secret: Hmac<Sha256>,
    texts: Cache<Key, Encoded, ByBytes>,
}

/// How much the cache was of use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CacheUse {
    /// Texts that were found in it.
    pub hits: u64,
    /// Texts that were not.
    pub misses: u64,
    /// What it holds, in bytes, about.
    pub bytes: u64,
}

#[derive(Clone)]
struct ByBytes;

impl Weighter<Key, Encoded> for ByBytes {
    fn weight(&self, _: &Key, encoded: &Encoded) -> u64 {
        bytes_of(encoded.reading.meaning.as_slice().len()) as u64
    }
}

fn bytes_of(dimension: usize) -> usize {
    PARTS * dimension * size_of::<f32>() + BYTES_BESIDE
}

impl RecentTexts {
    /// An empty cache for at most `bytes`, of embeddings of about `dimension` components.
    pub(crate) fn new(bytes: usize, dimension: usize) -> Self {
        let secret = Hmac::new(&rand::random::<[u8; 64]>().into());
        Self { secret, texts: Cache::with_weighter(bytes / bytes_of(dimension), bytes as u64, ByBytes) }
    }

    /// The key of a text.
    pub(crate) fn key(&self, text: &str) -> Key {
        Key(self.secret.clone().chain_update(text).finalize().into_bytes().into())
    }

    /// What became of the text with this key, if it came lately.
    pub(crate) fn get(&self, key: &Key) -> Option<Encoded> {
        self.texts.get(key)
    }

    /// Keeps what became of a text in place of those that were of less use.
    pub(crate) fn insert(&self, key: Key, encoded: Encoded) {
        self.texts.insert(key, encoded);
    }

    pub(crate) fn usage(&self) -> CacheUse {
        CacheUse { hits: self.texts.hits(), misses: self.texts.misses(), bytes: self.texts.weight() }
    }
}

impl std::fmt::Debug for RecentTexts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RecentTexts").field("usage", &self.usage()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(x: f32) -> Encoded {
        let embedding = crate::Embedding::new(vec![1.0, x]).expect("a vector with a direction");
        let reading = crate::Reading { meaning: embedding.clone(), wording: embedding, tone: None, purpose: None };
        Encoded { reading, is_cut: false }
    }

    #[test]
    fn what_was_kept_is_found_again() {
        let recent = RecentTexts::new(10_000, 2);
        let key = recent.key("hello");
        assert_eq!(recent.get(&key), None);
        recent.insert(key, encoded(1.0));
        assert_eq!(recent.get(&recent.key("hello")), Some(encoded(1.0)));
        assert_eq!(recent.get(&recent.key("Hello")), None);
        let CacheUse { hits, misses, .. } = recent.usage();
        assert_eq!((hits, misses), (1, 2));
    }

    #[test]
    fn it_never_holds_more_bytes_than_it_may() {
        let recent = RecentTexts::new(100_000, 2);
        for n in 0..10_000 {
            recent.insert(recent.key(&n.to_string()), encoded(n as f32));
            assert!(recent.usage().bytes <= 100_000);
        }
        assert!(recent.usage().bytes > 50_000, "{:?}", recent.usage());
    }

    #[test]
    fn two_processes_name_a_text_differently() {
        let (one, other) = (RecentTexts::new(1000, 2), RecentTexts::new(1000, 2));
        assert_ne!(one.key("my number is 1042"), other.key("my number is 1042"));
    }
}
