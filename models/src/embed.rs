//! The seam between whoever needs embeddings in bulk and whatever computes them.

use std::time::Duration;

use crate::{Branch, Embedding, Reading};

/// What a text is to those it is compared with. Some encoders want to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// What somebody asks or says.
    Query,
    /// What answers are taken from.
    Passage,
}

/// What is put before a text, so that the encoder knows its role; most encoders want nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Prefixes {
    /// Before what somebody asks or says.
    pub query: String,
    /// Before what answers are taken from.
    pub passage: String,
}

impl Prefixes {
    /// The text as the encoder is to read it.
    pub(crate) fn put_before(&self, text: String, role: Role) -> String {
        let prefix = match role {
            Role::Query => &self.query,
            Role::Passage => &self.passage,
        };
        if prefix.is_empty() { text } else { format!("{prefix}{text}") }
    }
}

/// Turns texts into embeddings, blocking the calling thread: for start-up, imports and evaluation.
pub trait Embed: Send + Sync {
    /// One embedding for each text, in order.
    fn embed(&self, texts: &[String], role: Role) -> Result<Vec<Embedding>, EncodeError>;

    /// What heads are given of each text that somebody asks or says, in order.
    fn read(&self, texts: &[String]) -> Result<Vec<Reading>, EncodeError>;

    /// Names the weights and the arithmetic, so that stored embeddings of another encoder are never mixed in.
    fn revision(&self) -> &str;

    /// Names what makes a branch; none where readings have nothing of it.
    fn branch_revision(&self, _branch: Branch) -> Option<&str> {
        None
    }
}

/// Why a text could not be encoded now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    /// The queue is full; trying again after the estimated wait is reasonable.
    #[error("the encoder is overloaded; try again in about {} ms", estimated_wait.as_millis().max(1))]
    Overloaded {
        /// How long the queue is expected to need to drain.
        estimated_wait: Duration,
    },
    /// The deadline passed before the text's turn came.
    #[error("the deadline passed while waiting for the encoder")]
    DeadlinePassed,
    /// The encoder is shutting down.
    #[error("the encoder has stopped; the service is shutting down")]
    Stopped,
    /// The computation itself failed for this batch.
    #[error("the encoder failed: {0}")]
    Failed(String),
}
