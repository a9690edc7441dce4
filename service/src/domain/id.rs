//! Every identifier in the product, each its own type, so that a message can never be passed for a conversation.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

/// A text that is not the identifier it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a valid {kind}; expected a UUID such as 01890a5d-ac96-774b-bcce-b302099a8057")]
pub struct InvalidId {
    kind: &'static str,
    text: String,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $kind:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A fresh identifier that sorts after those made earlier in the same process (UUID version 7, RFC 9562).
            #[expect(clippy::new_without_default, reason = "every call makes another value")]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }

            /// Wraps an identifier read back from storage.
            pub fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The bare identifier, for storage.
            pub fn as_uuid(self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Uuid::parse_str(text).map(Self).map_err(|_| InvalidId {
                    kind: $kind,
                    text: text.chars().take(64).collect(),
                })
            }
        }
    )+};
}

ids! {
    /// One person, whichever channels they use.
    ContactId = "contact id";
    /// One problem of one contact.
    ConversationId = "conversation id";
    /// One judgement of a decision.
    FeedbackId = "feedback id";
    /// One transfer of a conversation to humans.
    HandoffId = "handoff id";
    /// One address of a contact on one channel.
    IdentityId = "identity id";
    /// One unit of background work.
    JobId = "job id";
    /// One stored message.
    MessageId = "message id";
    /// One one-time code or signed link that was sent out.
    ChallengeId = "challenge id";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_being_written_and_read() {
        let id = MessageId::new();
        assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn a_wrong_id_is_named() {
        let error = "nonsense".parse::<ConversationId>().unwrap_err();
        assert!(error.to_string().contains("\"nonsense\" is not a valid conversation id"));
    }
}
