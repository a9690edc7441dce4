//! A pretend post office: keeps what would have been sent, so that a demo and tests can read it.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;

use super::{Channel, ChannelError, Parcel};
use crate::clock::Clock;
use crate::domain::channel::Channel as ChannelKind;
use crate::domain::handle::{Handle, HandleKind};

/// Keeps the newest [`PretendPost::CAPACITY`] messages given to it, in memory.
#[derive(Debug)]
pub struct PretendPost {
    clock: Clock,
    sent: Mutex<Sent>,
}

/// One message that would have been sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostedMessage {
    /// Its number, from 1.
    pub id: u64,
    /// Where to.
    pub to: Handle,
    /// The channel such an address is written to by.
    pub channel: ChannelKind,
    /// The words.
    pub text: String,
    /// When.
    pub at: Timestamp,
}

#[derive(Debug, Default)]
struct Sent {
    count: u64,
    newest_first: VecDeque<PostedMessage>,
}

impl PretendPost {
    /// How many messages are kept.
    pub const CAPACITY: usize = 200;

    /// An empty one that takes the time from `clock`.
    pub fn new(clock: Clock) -> Self {
        Self { clock, sent: Mutex::default() }
    }

    /// What was given to it, newest first.
    pub fn list(&self) -> Vec<PostedMessage> {
        let sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        sent.newest_first.iter().cloned().collect()
    }

    /// Keeps `text` as sent to `to`; its number.
    pub fn post(&self, to: &Handle, text: &str) -> u64 {
        let channel = match to.kind() {
            HandleKind::Phone => ChannelKind::Sms,
            HandleKind::Email => ChannelKind::Email,
            HandleKind::Visitor => ChannelKind::Web,
            HandleKind::External(channel) => channel,
        };
        let at = self.clock.now();
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        sent.count += 1;
        let id = sent.count;
        sent.newest_first.truncate(Self::CAPACITY - 1);
        sent.newest_first.push_front(PostedMessage { id, to: to.clone(), channel, text: text.to_owned(), at });
        id
    }
}

#[async_trait]
impl Channel for PretendPost {
    async fn send(&self, message: Parcel<'_>) -> Result<Option<String>, ChannelError> {
        Ok(Some(format!("pretend-{}", self.post(message.to, &message.spelled_out()))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_is_first_and_the_oldest_is_forgotten() {
        let post = PretendPost::new(Clock::by(|| Timestamp::UNIX_EPOCH));
        let ada = Handle::parse(HandleKind::Email, "ada@example.com", None).unwrap();
        for n in 1..=205 {
            post.post(&ada, &format!("letter {n}"));
        }
        let list = post.list();
        assert_eq!(list.len(), PretendPost::CAPACITY);
        assert_eq!((list[0].id, list[0].text.as_str(), list[0].channel), (205, "letter 205", ChannelKind::Email));
        assert_eq!(list[199].id, 6);
    }
}
