//! The channels messages leave by. Each adapter parses what comes in and sends what goes out, and knows nothing else.

pub mod pretend_post;
pub mod signature;
pub mod twilio_sms;

use async_trait::async_trait;

use crate::domain::handle::Handle;
use crate::domain::id::MessageId;

/// A channel that messages must be sent by, as opposed to one that reads them from here.
#[async_trait]
pub trait Channel: Send + Sync {
    /// Sends `text` to `to`. The provider's identifier of the message, where it gives one.
    async fn send(&self, message: Parcel<'_>) -> Result<Option<String>, ChannelError>;
}

/// Something to send.
#[derive(Clone, Copy, Debug)]
pub struct Parcel<'a> {
    /// Our identifier of it, for providers that drop repeated ones; `None` for what is no stored message, such as a
    /// one-time code.
    pub id: Option<MessageId>,
    /// Where to.
    pub to: &'a Handle,
    /// The words.
    pub text: &'a str,
}

/// Why a channel did not send.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChannelError {
    /// It may work later.
    #[error("{0}")]
    Retryable(String),
    /// It will never work.
    #[error("{0}")]
    Permanent(String),
}
