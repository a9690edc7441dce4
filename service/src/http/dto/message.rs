//! Messages as the API shows and takes them.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::conversation::Owner;
use super::decision::{Citation, Decision};
use crate::domain::message;

/// A message of a conversation.
#[derive(Debug, Serialize, ToSchema)]
pub struct Message {
    /// Its identifier.
    pub id: String,
    /// Its place in the conversation, from 1.
    pub seq: i64,
    /// Who wrote it.
    pub author: Author,
    /// The channel it came or goes by.
    pub channel: &'static str,
    /// Its text.
    pub text: String,
    /// The sources of an answer.
    pub citations: Vec<Citation>,
    /// Short replies offered with it.
    pub quick_replies: Vec<String>,
    /// `none`, `queued`, `sent`, `delivered`, `read`, `failed` or `withheld`.
    pub delivery: &'static str,
    /// What was decided about it.
    pub decision: Option<Decision>,
    /// When it was written.
    #[schema(value_type = String, format = DateTime)]
    pub sent_at: jiff::Timestamp,
}

/// Who wrote a message.
#[derive(Debug, Serialize, ToSchema)]
pub struct Author {
    /// `contact`, `assistant`, `agent` or `system`.
    pub kind: &'static str,
    /// The agent's name.
    pub name: Option<String>,
}

/// A message of a contact, from any channel.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InboundMessage {
    /// The channel it came by, such as `web` or `sms`.
    #[schema(example = "web")]
    pub channel: String,
    /// Who wrote it.
    pub from: Sender,
    /// What they wrote.
    #[schema(example = "Where is my order AW-100001?")]
    pub text: String,
    /// The channel's identifier of the message; the same one is never taken twice.
    #[serde(default)]
    pub external_id: Option<String>,
    /// A subject line.
    #[serde(default)]
    pub subject: Option<String>,
    /// The conversation it continues.
    #[serde(default)]
    pub conversation_id: Option<String>,
    /// When it was written (RFC 3339).
    #[serde(default)]
    pub sent_at: Option<String>,
}

/// Who wrote a message.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Sender {
    /// Their address on the channel: a telephone number, an e-mail address, a provider's identifier.
    #[schema(example = "visitor-7")]
    pub handle: String,
    /// How they are called.
    #[serde(default)]
    pub name: Option<String>,
}

/// Whether to wait for the replies.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WaitParams {
    /// `true` to have the replies in the response; otherwise the response is 202.
    #[serde(default)]
    pub wait: bool,
}

/// What became of a message of a contact.
#[derive(Debug, Serialize, ToSchema)]
pub struct Receipt {
    /// Its identifier.
    pub message_id: String,
    /// The conversation it joined or began.
    pub conversation_id: String,
    /// The contact.
    pub contact_id: String,
    /// Whether it had been taken before.
    pub duplicate: bool,
    /// Who may speak now.
    pub owner: Owner,
    /// What was decided; null while it is not.
    pub decision: Option<Decision>,
    /// What the assistant said.
    pub replies: Vec<Reply>,
    /// The handoff, when it was handed to a human.
    pub handoff: Option<HandoffReceipt>,
}

/// Something the assistant said.
#[derive(Debug, Serialize, ToSchema)]
pub struct Reply {
    /// Its identifier.
    pub id: String,
    /// The words.
    pub text: String,
    /// The sources.
    pub citations: Vec<Citation>,
    /// Short replies to offer.
    pub quick_replies: Vec<String>,
}

/// A handoff that was made or still waits.
#[derive(Debug, Serialize, ToSchema)]
pub struct HandoffReceipt {
    /// Its identifier.
    pub id: String,
    /// The line it waits in.
    pub queue: String,
    /// Why.
    pub reasons: Vec<super::decision::Reason>,
    /// When to expect a reply.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expected_reply_at: Option<jiff::Timestamp>,
}

impl From<message::Message> for Message {
    fn from(message: message::Message) -> Self {
        Self {
            id: message.id.to_string(),
            seq: message.seq,
            author: (&message.author).into(),
            channel: message.channel.name(),
            text: message.text,
            citations: message.citations.into_iter().map(Into::into).collect(),
            quick_replies: message.quick_replies,
            delivery: message.delivery.name(),
            decision: message.decision.map(Into::into),
            sent_at: message.sent_at,
        }
    }
}

impl From<&message::Author> for Author {
    fn from(author: &message::Author) -> Self {
        let name = match author {
            message::Author::Agent(name) => Some(name.to_string()),
            message::Author::Contact | message::Author::Assistant | message::Author::System => None,
        };
        Self { kind: author.kind(), name }
    }
}

impl From<message::Message> for Reply {
    fn from(message: message::Message) -> Self {
        Self {
            id: message.id.to_string(),
            text: message.text,
            citations: message.citations.into_iter().map(Into::into).collect(),
            quick_replies: message.quick_replies,
        }
    }
}
