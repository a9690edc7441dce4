//! The seam between whoever needs embeddings in bulk and whatever computes them.

use std::time::Duration;

use crate::Embedding;

/// Turns texts into embeddings, blocking the calling thread: for start-up, imports and evaluation.
pub trait Embed: Send + Sync {
    /// One embedding for each text, in order.
    fn embed(&self, texts: &[String]) -> Result<Vec<Embedding>, EncodeError>;

    /// Names the weights and the arithmetic, so that stored embeddings of another encoder are never mixed in.
    fn revision(&self) -> &str;
}

/// Why a text could not be encoded now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    /// The queue is full; trying again after the estimated wait is reasonable.
    #[error("the encoder is overloaded; try again in about {} ms", estimated_wait.as_millis())]
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
