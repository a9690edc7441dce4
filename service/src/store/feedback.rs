//! What is asked of feedback, and what is done to it.

use super::{Cursor, Idempotency};
use crate::domain::feedback::{Feedback, ReviewState, Reviewed};
use crate::domain::id::FeedbackId;

/// Feedback to be stored.
#[derive(Clone, Debug)]
pub struct GiveFeedback {
    /// The feedback, not yet reviewed.
    pub feedback: Feedback,
    /// The caller's promise that equal keys mean the same request.
    pub idempotency: Option<Idempotency>,
}

/// What a review came to.
#[derive(Clone, Debug)]
pub struct ReviewFeedback {
    /// The feedback.
    pub id: FeedbackId,
    /// Whether it is learned from.
    pub state: ReviewState,
    /// Who says so, and when.
    pub reviewed: Reviewed,
}

/// Which feedback to list.
#[derive(Clone, Debug, Default)]
pub struct FeedbackQuery {
    /// Only that in this state.
    pub state: Option<ReviewState>,
    /// Where the last page ended.
    pub cursor: Option<Cursor>,
    /// How many rows at most.
    pub limit: u32,
}
