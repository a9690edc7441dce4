//! The frames of the web chat, both ways.

use serde::{Deserialize, Serialize};

use crate::domain::answer;
use crate::domain::conversation::{Conversation, Owner};
use crate::domain::message::{self, Author};

/// What a browser sends.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FromBrowser {
    /// The first frame: who it is, and where to go on.
    Hello {
        /// The secret kept from the last time.
        visitor: Option<String>,
        /// The newest message it has.
        resume_after: Option<i64>,
        /// The conversation that message is of.
        conversation: Option<String>,
    },
    /// Something to say.
    Message {
        /// Its identifier, chosen by the browser and kept when it sends again.
        id: String,
        /// The words.
        text: String,
    },
    /// The visitor is writing.
    Typing,
    /// Asks for a pong.
    Ping,
}

/// What a browser is sent.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ToBrowser {
    /// The answer to hello.
    Welcome {
        /// The secret to keep.
        visitor: String,
        /// The conversation that goes on.
        conversation: Option<String>,
        /// Who speaks.
        owner: &'static str,
        /// The agent's name.
        agent_name: Option<String>,
    },
    /// A message of the conversation, the visitor's own too.
    Message {
        /// The conversation.
        conversation: String,
        /// The message.
        message: Box<ChatMessage>,
    },
    /// A message of the visitor is stored.
    Accepted {
        /// The browser's identifier.
        id: String,
        /// Ours.
        message_id: String,
        /// Its number.
        seq: i64,
        /// The conversation it is in.
        conversation: String,
    },
    /// Somebody else speaks now.
    Owner {
        /// `assistant`, `queue`, `agent` or `none`.
        owner: &'static str,
        /// The agent's name.
        agent_name: Option<String>,
    },
    /// An answer is being made.
    Typing {
        /// By whom.
        author: &'static str,
        /// Their name.
        name: Option<String>,
    },
    /// Something sent could not be taken.
    Error {
        /// A word for programs.
        code: &'static str,
        /// A sentence for people.
        detail: String,
        /// The browser's identifier of the message concerned.
        id: Option<String>,
    },
    /// The answer to ping.
    Pong,
    /// The connection is about to be closed; come back after this long.
    Bye {
        /// In milliseconds.
        retry_after_ms: u64,
    },
}

/// A message as the chat shows it.
#[derive(Debug, Serialize)]
pub struct ChatMessage {
    id: String,
    seq: i64,
    author: &'static str,
    author_name: Option<String>,
    channel: &'static str,
    text: String,
    citations: Vec<ChatCitation>,
    quick_replies: Vec<String>,
    sent_at: String,
    client_id: Option<String>,
}

#[derive(Debug, Serialize)]
struct ChatCitation {
    article: String,
    title: String,
    url: Option<String>,
}

impl ChatMessage {
    /// `message` as shown to the visitor whose messages carry `prefix` before the browser's identifier.
    pub fn of(message: message::Message, prefix: &str) -> Self {
        let author_name = match &message.author {
            Author::Agent(name) => Some(name.to_string()),
            Author::Contact | Author::Assistant | Author::System => None,
        };
        let client_id = message.external_id.as_deref().and_then(|id| id.strip_prefix(prefix)).map(str::to_owned);
        Self {
            id: message.id.to_string(),
            seq: message.seq,
            author: message.author.kind(),
            author_name,
            channel: message.channel.name(),
            text: message.text,
            citations: message.citations.into_iter().map(Into::into).collect(),
            quick_replies: message.quick_replies,
            sent_at: message.sent_at.to_string(),
            client_id,
        }
    }
}

impl From<answer::Citation> for ChatCitation {
    fn from(citation: answer::Citation) -> Self {
        Self { article: citation.article, title: citation.title, url: None }
    }
}

/// The name of an owner and of the agent, if it is one.
pub fn owner(conversation: Option<&Conversation>) -> (&'static str, Option<String>) {
    let owner = conversation.map_or(&Owner::Assistant, |conversation| &conversation.owner);
    let agent = match owner {
        Owner::Agent(name) => Some(name.to_string()),
        Owner::Assistant | Owner::Queue(_) | Owner::Nobody => None,
    };
    (owner.kind(), agent)
}
