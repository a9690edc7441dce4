//! Conversations and contacts as the API shows them.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::handoff::HandoffWithBrief;
use super::message::Message;
use crate::domain::contact;
use crate::domain::conversation::{self, AgentName};
use crate::http::error::ApiError;
use crate::store::{Thread, ThreadSummary};

/// A conversation in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConversationSummary {
    /// Its identifier.
    pub id: String,
    /// `pending`, `open`, `snoozed` or `resolved`.
    pub status: &'static str,
    /// Who may speak.
    pub owner: Owner,
    /// `low`, `normal`, `high` or `urgent`.
    pub priority: &'static str,
    /// A short name for it.
    pub subject: Option<String>,
    /// Whose it is.
    pub contact: ContactName,
    /// The channels it came by.
    pub channels: Vec<&'static str>,
    /// Its newest message.
    pub last_message: Option<LastMessage>,
    /// When anything last happened.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: jiff::Timestamp,
}

/// A conversation whole.
#[derive(Debug, Serialize, ToSchema)]
pub struct Conversation {
    /// Its identifier.
    pub id: String,
    /// `pending`, `open`, `snoozed` or `resolved`.
    pub status: &'static str,
    /// Who may speak.
    pub owner: Owner,
    /// Grows at each change of owner.
    pub epoch: i64,
    /// `low`, `normal`, `high` or `urgent`.
    pub priority: &'static str,
    /// A short name for it.
    pub subject: Option<String>,
    /// Whose it is.
    pub contact: Contact,
    /// The channels it came by.
    pub channels: Vec<&'static str>,
    /// Its messages in order.
    pub messages: Vec<Message>,
    /// Its newest handoff.
    pub handoff: Option<HandoffWithBrief>,
    /// What is known.
    pub slots: Vec<Slot>,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: jiff::Timestamp,
    /// When anything last happened.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: jiff::Timestamp,
}

/// Who may speak to the contact.
#[derive(Debug, Serialize, ToSchema)]
pub struct Owner {
    /// `assistant`, `queue`, `agent` or `none`.
    pub kind: &'static str,
    /// The line it waits in.
    pub queue: Option<String>,
    /// The agent who has it.
    pub agent: Option<String>,
}

/// A contact in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContactName {
    /// Its identifier.
    pub id: String,
    /// How they are called.
    pub name: Option<String>,
}

/// A contact with their addresses.
#[derive(Debug, Serialize, ToSchema)]
pub struct Contact {
    /// Its identifier.
    pub id: String,
    /// How they are called.
    pub name: Option<String>,
    /// Their addresses.
    pub identities: Vec<Identity>,
}

/// One address of a contact.
#[derive(Debug, Serialize, ToSchema)]
pub struct Identity {
    /// The kind of address.
    pub channel: &'static str,
    /// The address; a web visitor's is hidden.
    pub handle: String,
    /// How it was proven: `none`, `claimed`, `channel`, `code` or `signed`.
    pub verification: &'static str,
}

/// The newest message of a conversation.
#[derive(Debug, Serialize, ToSchema)]
pub struct LastMessage {
    /// Its text.
    pub text: String,
    /// Who wrote it: `contact`, `assistant`, `agent` or `system`.
    pub author: &'static str,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: jiff::Timestamp,
}

/// Something known of a conversation.
#[derive(Debug, Serialize, ToSchema)]
pub struct Slot {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// Whether it was proven.
    pub verified: bool,
}

/// Which conversations to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ConversationParams {
    /// Only those of this status.
    pub status: Option<String>,
    /// Only those of this kind of owner.
    pub owner: Option<String>,
    /// Only those of this contact.
    pub contact: Option<String>,
    /// Where the last part ended.
    pub cursor: Option<String>,
    /// How many rows, 1 to 200.
    pub limit: Option<u32>,
}

/// What an agent does with a conversation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgentAction {
    /// The agent's name.
    pub agent: String,
    /// A note for the thread.
    #[serde(default)]
    pub note: Option<String>,
    /// The line to put it in, for release and reopen.
    #[serde(default)]
    pub queue: Option<String>,
}

/// What an agent writes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgentMessage {
    /// The agent's name.
    pub agent: String,
    /// What to say.
    pub text: String,
}

/// Parses an agent's name in the field `agent`.
pub fn agent_name(name: &str) -> Result<AgentName, ApiError> {
    AgentName::parse(name).map_err(|error| ApiError::field("agent", error))
}

impl From<&conversation::Owner> for Owner {
    fn from(owner: &conversation::Owner) -> Self {
        let (queue, agent) = match owner {
            conversation::Owner::Queue(queue) => (Some(queue.as_str().to_owned()), None),
            conversation::Owner::Agent(agent) => (None, Some(agent.as_str().to_owned())),
            conversation::Owner::Assistant | conversation::Owner::Nobody => (None, None),
        };
        Self { kind: owner.kind(), queue, agent }
    }
}

impl From<contact::Contact> for Contact {
    fn from(contact: contact::Contact) -> Self {
        Self {
            id: contact.id.to_string(),
            name: contact.name,
            identities: contact.identities.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<contact::Identity> for Identity {
    fn from(identity: contact::Identity) -> Self {
        use crate::domain::handle::HandleKind;
        let handle = match identity.handle.kind() {
            HandleKind::Visitor => identity.handle.masked(),
            _ => identity.handle.value().to_owned(),
        };
        Self { channel: identity.handle.kind().name(), handle, verification: identity.verification.name() }
    }
}

impl From<ThreadSummary> for ConversationSummary {
    fn from(summary: ThreadSummary) -> Self {
        let conversation = summary.conversation;
        Self {
            id: conversation.id.to_string(),
            status: conversation.status.name(),
            owner: (&conversation.owner).into(),
            priority: conversation.priority.name(),
            subject: conversation.subject,
            contact: ContactName { id: conversation.contact_id.to_string(), name: summary.contact_name },
            channels: summary.channels.into_iter().map(crate::domain::channel::Channel::name).collect(),
            last_message: summary.last_message.map(|message| LastMessage {
                author: message.author.kind(),
                at: message.sent_at,
                text: message.text,
            }),
            updated_at: conversation.updated_at,
        }
    }
}

impl From<Thread> for Conversation {
    fn from(thread: Thread) -> Self {
        let conversation = thread.conversation;
        let mut channels = Vec::new();
        for message in &thread.messages {
            if !channels.contains(&message.channel.name()) {
                channels.push(message.channel.name());
            }
        }
        Self {
            id: conversation.id.to_string(),
            status: conversation.status.name(),
            owner: (&conversation.owner).into(),
            epoch: conversation.epoch.0,
            priority: conversation.priority.name(),
            subject: conversation.subject,
            handoff: thread.handoff.map(|handoff| HandoffWithBrief::of(handoff, &thread.contact)),
            contact: thread.contact.into(),
            channels,
            messages: thread.messages.into_iter().map(Into::into).collect(),
            slots: thread
                .memory
                .slots
                .into_iter()
                .map(|slot| Slot { name: slot.name, value: slot.value, verified: slot.verified })
                .collect(),
            created_at: conversation.created_at,
            updated_at: conversation.updated_at,
        }
    }
}
