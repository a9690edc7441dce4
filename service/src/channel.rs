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
    /// Short replies to choose from, as buttons where the channel has any.
    pub quick_replies: &'a [String],
}

impl Parcel<'_> {
    /// The words, and below them what there is to choose from and they do not name: for channels without buttons.
    pub fn spelled_out(&self) -> String {
        let said = self.text.to_lowercase();
        let unsaid = self.quick_replies.iter().filter(|reply| !said.contains(&reply.to_lowercase()));
        let lines = unsaid.map(|reply| format!("\n- {reply}"));
        std::iter::once(self.text.to_owned()).chain(lines).collect()
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::handle::HandleKind;

    #[test]
    fn choices_are_spelled_out_unless_the_words_name_them() {
        let to = Handle::from_stored(HandleKind::Phone, "+447700900001".to_owned());
        let spelled_out = |text, replies: &[&str]| {
            let replies: Vec<String> = replies.iter().map(|&reply| reply.to_owned()).collect();
            Parcel { id: None, to: &to, text, quick_replies: &replies }.spelled_out()
        };
        assert_eq!(spelled_out("Is it about gift cards?", &["Gift cards"]), "Is it about gift cards?");
        assert_eq!(spelled_out("The nearest is:", &["Returns", "Refunds"]), "The nearest is:\n- Returns\n- Refunds");
    }
}
