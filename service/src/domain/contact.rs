//! The person asking, and the addresses we know them by.

use jiff::Timestamp;

use super::handle::Handle;
use super::id::{ContactId, IdentityId};

/// The person asking.
#[derive(Clone, Debug, PartialEq)]
pub struct Contact {
    /// Its identifier.
    pub id: ContactId,
    /// How they introduced themselves, or how their channel named them.
    pub name: Option<String>,
    /// Every address known to be theirs, oldest first.
    pub identities: Vec<Identity>,
    /// When they first appeared.
    pub created_at: Timestamp,
}

impl Contact {
    /// Whether `handle` is proven to be theirs by at least `level`.
    pub fn has_proven(&self, handle: &Handle, level: Verification) -> bool {
        self.identities.iter().any(|identity| &identity.handle == handle && identity.verification >= level)
    }
}

/// One address of a contact.
#[derive(Clone, Debug, PartialEq)]
pub struct Identity {
    /// Its identifier.
    pub id: IdentityId,
    /// The address.
    pub handle: Handle,
    /// How well it is known to be theirs.
    pub verification: Verification,
}

/// How an address was proven to belong to a contact, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verification {
    /// Not at all.
    None,
    /// They said so.
    Claimed,
    /// The channel delivered from it: a signed webhook from a telephone company, an aligned e-mail.
    Channel,
    /// They repeated a one-time code that was sent to it.
    Code,
    /// The organisation's own system signed for it.
    Signed,
}

impl Verification {
    /// Every level, weakest first.
    pub const ALL: [Self; 5] = [Self::None, Self::Claimed, Self::Channel, Self::Code, Self::Signed];

    /// Its name in the API and in storage.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Claimed => "claimed",
            Self::Channel => "channel",
            Self::Code => "code",
            Self::Signed => "signed",
        }
    }

    /// The level with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.name() == name)
    }
}
