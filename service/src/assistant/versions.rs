//! Names for what a decision depended on, so that it can be explained later.

use knowledge_base::Content;
use sha2::{Digest, Sha256};

use super::lessons::Lesson;
use super::policy::Thresholds;

/// Hexadecimal digits of a version.
const DIGITS: usize = 12;

/// What a decision depended on, beside the knowledge base. Equal exactly when the things named are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Versions {
    /// The encoder's weights and arithmetic.
    pub encoder: String,
    /// Intents and signals with their examples, and what reviewers settled.
    pub intents: String,
    /// Thresholds and flows.
    pub policy: String,
    /// Intents and signals as their authors wrote them.
    authored: String,
}

impl Versions {
    pub(super) fn of(content: &Content, encoder: &str, thresholds: &Thresholds) -> Self {
        let authored = digest(&format!("{:?}{:?}", content.intents, content.signals));
        Self {
            encoder: encoder.to_owned(),
            intents: authored.clone(),
            policy: digest(&format!("{thresholds:?}{:?}", content.flows)),
            authored,
        }
    }

    /// The same after these lessons.
    pub(super) fn taught(&self, lessons: &[Lesson]) -> Self {
        let learned: Vec<_> = lessons.iter().map(|lesson| (&lesson.intent, &lesson.text)).collect();
        let intents =
            if learned.is_empty() { self.authored.clone() } else { digest(&format!("{}{learned:?}", self.authored)) };
        Self { intents, ..self.clone() }
    }
}

fn digest(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes())).chars().take(DIGITS).collect()
}
