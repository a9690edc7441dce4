//! A name for examples: the same for the same ones, and for no others.

use sha2::{Digest, Sha256};

/// A digest of examples and of the code that learns from them.
#[derive(Debug, Clone)]
pub(crate) struct Fingerprint(Sha256);

impl Fingerprint {
    /// Of nothing yet but what is to be learned.
    pub(crate) fn of(head: &str) -> Self {
        Self(Sha256::new()).text(env!("HEAD_SOURCES")).text(head)
    }

    /// With a text.
    pub(crate) fn text(self, text: &str) -> Self {
        self.part(text.len(), text.as_bytes())
    }

    /// With numbers.
    pub(crate) fn floats(self, values: &[f32]) -> Self {
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.part(values.len(), &bytes)
    }

    /// With counts or places.
    pub(crate) fn integers(self, values: impl IntoIterator<Item = u64>) -> Self {
        let bytes: Vec<u8> = values.into_iter().flat_map(u64::to_le_bytes).collect();
        self.part(bytes.len(), &bytes)
    }

    /// It as the name of a file.
    pub(super) fn name(self) -> String {
        hex::encode(self.0.finalize())
    }

    /// Parts begin with their length, so that no two sequences of them look the same.
    fn part(self, len: usize, bytes: &[u8]) -> Self {
        Self(self.0.chain_update((len as u64).to_le_bytes()).chain_update(bytes))
    }
}
