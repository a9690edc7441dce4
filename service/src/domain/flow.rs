//! What the assistant remembers between the turns of a conversation.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::handle::Handle;
use super::id::ChallengeId;

/// Everything remembered of a conversation beyond its messages.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// Facts found so far, one a name, newest value last written.
    pub slots: Vec<Slot>,
    /// The flow in progress.
    pub flow: Option<FlowState>,
    /// Flows set aside while another question was answered, oldest first.
    pub paused: Vec<FlowState>,
    /// Flows that the contact asked for in one message with that in progress, to begin when it ends.
    pub next: Vec<String>,
    /// Turns in a row that ended without help.
    pub failures: u8,
    /// The intents offered in the last clarifying question.
    pub offered: Vec<String>,
    /// Answers given and flows run, with what came of them.
    pub tried: Vec<Tried>,
    /// What was promised to the contact.
    pub commitments: Vec<Commitment>,
    /// The frustration of each turn so far.
    pub mood: Vec<f32>,
    /// Addresses proven in this conversation.
    pub proofs: Vec<Proof>,
}

impl Memory {
    /// The value of a slot.
    pub fn slot(&self, name: &str) -> Option<&Slot> {
        self.slots.iter().find(|slot| slot.name == name)
    }

    /// Writes a slot, replacing an older value of the same name.
    pub fn remember(&mut self, slot: Slot) {
        self.slots.retain(|old| old.name != slot.name);
        self.slots.push(slot);
    }

    /// Forgets a slot.
    pub fn forget(&mut self, name: &str) {
        self.slots.retain(|slot| slot.name != name);
    }
}

/// A value a conversation remembers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// Its name, such as `order_number`.
    pub name: String,
    /// Its normal form.
    pub value: String,
    /// The number (`seq`) of the message it comes from.
    pub message: i64,
    /// Whether it was proven, or only said.
    pub verified: bool,
}

/// An address that was proven by repeating a code sent to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Proof {
    /// The address.
    #[serde(with = "stored_handle")]
    pub address: Handle,
    /// Where the repeated code came from: who has proven it.
    #[serde(with = "stored_handle")]
    pub sender: Handle,
    /// When.
    pub at: Timestamp,
}

/// An address as a memory is stored with it.
mod stored_handle {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::domain::handle::{Handle, HandleKind};

    pub(super) fn serialize<S: Serializer>(handle: &Handle, serializer: S) -> Result<S::Ok, S::Error> {
        (handle.kind().name(), handle.value()).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Handle, D::Error> {
        let (kind, value) = <(String, String)>::deserialize(deserializer)?;
        let unknown = || D::Error::custom(format!("{kind:?} is not a kind of address"));
        Ok(Handle::from_stored(HandleKind::from_name(&kind).ok_or_else(unknown)?, value))
    }
}

/// Where a flow stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FlowState {
    /// The flow's name.
    pub flow: String,
    /// The step that waits for the contact.
    pub step: String,
    /// How often that step has asked.
    pub attempts: u8,
    /// The one-time code that was sent and not yet repeated.
    pub challenge: Option<ChallengeId>,
}

/// Something the assistant already did about the problem.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tried {
    /// What, in words an agent understands.
    pub text: String,
    /// The article or flow.
    pub source: String,
    /// What came of it.
    pub outcome: String,
    /// The number (`seq`) of the contact's message it was done for.
    pub message: i64,
}

/// Something promised to the contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commitment {
    /// What, in the words used.
    pub text: String,
    /// The number (`seq`) of the contact's message it was promised after.
    pub message: i64,
}
