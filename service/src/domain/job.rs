//! Durable background work, and the temporary right to do it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::id::JobId;

/// Durable background work, stored in the same transaction as what called for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Job {
    /// Answer what a contact wrote.
    AnswerTurn {
        /// The conversation.
        conversation: Uuid,
    },
    /// Write the brief of a waiting conversation anew, since its contact wrote on.
    Rebrief {
        /// The conversation.
        conversation: Uuid,
    },
    /// Send a message by its channel.
    Deliver {
        /// The message.
        message: Uuid,
    },
    /// Send a one-time code to an address.
    SendCode {
        /// The challenge it belongs to.
        challenge: Uuid,
        /// The kind of address to send to.
        to_kind: String,
        /// The address.
        to: String,
        /// The code itself; the row is deleted once it is sent.
        code: String,
    },
    /// Ask the account system to send a link for a new password, if there is such an account.
    SendPasswordReset {
        /// The e-mail address that was named.
        email: String,
    },
}

impl Job {
    /// Its name in metrics and logs.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::AnswerTurn { .. } => "answer_turn",
            Self::Rebrief { .. } => "rebrief",
            Self::Deliver { .. } => "deliver",
            Self::SendCode { .. } => "send_code",
            Self::SendPasswordReset { .. } => "send_password_reset",
        }
    }
}

/// A job and the temporary right to do it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeasedJob {
    /// The right.
    pub lease: Lease,
    /// The work.
    pub job: Job,
}

/// The temporary right to do a job. It is lost when it expires and another worker takes the job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The job.
    pub job_id: JobId,
    /// How often the job has been taken, this time included; tells a lost lease from a held one.
    pub attempt: u32,
    /// When it expires.
    pub until: Timestamp,
}
