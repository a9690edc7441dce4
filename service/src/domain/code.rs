//! One-time codes by which a contact proves that an address is theirs.

use super::handle::Handle;
use super::id::{ChallengeId, ConversationId};
use jiff::Timestamp;

/// A one-time code that was sent to an address, without the code: only its hash is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Challenge {
    /// Its identifier.
    pub id: ChallengeId,
    /// The conversation it was sent for; it counts nowhere else.
    pub conversation_id: ConversationId,
    /// The address to be proven.
    pub handle: Handle,
    /// SHA-256 of the identifier and the code.
    pub code_hash: [u8; 32],
    /// When it stops counting.
    pub expires_at: Timestamp,
}

/// What came of repeating a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodeCheck {
    /// It is the code: this address is theirs.
    Proven(Handle),
    /// It is not; so many tries are left.
    Wrong {
        /// Tries left before the code is void.
        left: u8,
    },
    /// Too late, too many tries, or used before.
    Void,
}
