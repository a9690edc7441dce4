//! What gaps in the knowledge base are told from.

use jiff::Timestamp;

use super::id::ContactId;
use super::message::Message;

/// A message, with whose conversation it is in.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    /// The contact.
    pub contact: ContactId,
    /// Their name, which must not be shown.
    pub contact_name: Option<String>,
    /// The message.
    pub message: Message,
}

/// How often an article was of use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ArticleUse {
    /// Its identifier.
    pub article: String,
    /// In how many replies it was cited.
    pub cited: u64,
    /// In how many handoffs it was suggested to the agent.
    pub suggested: u64,
    /// When it was cited last.
    pub last_cited: Option<Timestamp>,
    /// When it was saved last; none for one that only the content folder has.
    pub saved: Option<Timestamp>,
}
