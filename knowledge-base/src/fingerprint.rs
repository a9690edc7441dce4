//! Names a set of articles, and follows its edits without looking at the articles that stay.
//!
//! The digests of all articles are added up, lane by lane. That is no protection from somebody who makes up articles to
//! have the same sum, and need not be: it tells one state of a knowledge base from another.

use sha2::{Digest, Sha256};

/// The sum of the digests of articles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Fingerprint([u64; 4]);

impl Fingerprint {
    pub(crate) fn add(&mut self, digest: &[u8; 32]) {
        for (lane, more) in self.0.iter_mut().zip(lanes(digest)) {
            *lane = lane.wrapping_add(more);
        }
    }

    pub(crate) fn remove(&mut self, digest: &[u8; 32]) {
        for (lane, less) in self.0.iter_mut().zip(lanes(digest)) {
            *lane = lane.wrapping_sub(less);
        }
    }

    /// A short name for the articles as an encoder with `revision` knows them.
    pub(crate) fn version(&self, revision: &str) -> String {
        let mut hash = Sha256::new();
        hash.update(revision);
        for lane in &self.0 {
            hash.update(lane.to_le_bytes());
        }
        hex::encode(&hash.finalize()[..8])
    }
}

fn lanes(digest: &[u8; 32]) -> impl Iterator<Item = u64> {
    digest.as_chunks::<8>().0.iter().map(|lane| u64::from_le_bytes(*lane))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_in_it_counts_and_not_how_it_came() {
        let (one, other) = ([7; 32], [0xff; 32]);
        let mut fingerprint = Fingerprint::default();
        fingerprint.add(&one);
        let alone = fingerprint;
        fingerprint.add(&other);
        assert_ne!(fingerprint.version("a"), alone.version("a"));
        fingerprint.remove(&other);
        assert_eq!(fingerprint, alone);
        assert_ne!(alone.version("a"), alone.version("b"));
    }
}
