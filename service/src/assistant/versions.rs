//! Names for what a decision depended on, so that it can be explained later.

use knowledge_base::Content;
use sha2::{Digest, Sha256};

use super::policy::Thresholds;

/// Hexadecimal digits of a version.
const DIGITS: usize = 12;

/// What a decision depended on, beside the knowledge base. Equal exactly when the things named are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Versions {
    /// The encoder's weights and arithmetic.
    pub encoder: String,
    /// Intents and signals with their examples.
    pub intents: String,
    /// Thresholds and flows.
    pub policy: String,
}

impl Versions {
    pub(super) fn of(content: &Content, encoder: &str, thresholds: &Thresholds) -> Self {
        Self {
            encoder: encoder.to_owned(),
            intents: digest(&format!("{:?}{:?}", content.intents, content.signals)),
            policy: digest(&format!("{thresholds:?}{:?}", content.flows)),
        }
    }
}

fn digest(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes())).chars().take(DIGITS).collect()
}
