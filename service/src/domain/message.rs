//! The stored unit of a conversation, and how far it got on its way to the contact.

use jiff::Timestamp;

use super::answer::Citation;
use super::channel::{Channel, InboxId};
use super::contact::Verification;
use super::conversation::{AgentName, Epoch};
use super::decision::Decision;
use super::handle::Handle;
use super::id::{ConversationId, MessageId};
use super::text::Utterance;

/// One stored message.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Its identifier.
    pub id: MessageId,
    /// The conversation it belongs to.
    pub conversation_id: ConversationId,
    /// Its place in the conversation, from 1, without gaps.
    pub seq: i64,
    /// Who wrote it.
    pub author: Author,
    /// The address a message of the contact came from; none for any other.
    pub sender: Option<Sender>,
    /// The channel it came or goes by.
    pub channel: Channel,
    /// The configured account of that channel.
    pub inbox: InboxId,
    /// Its text.
    pub text: String,
    /// The sources of an answer.
    pub citations: Vec<Citation>,
    /// Short replies offered as buttons.
    pub quick_replies: Vec<String>,
    /// The identifier the channel or the caller gave it.
    pub external_id: Option<String>,
    /// How far an outgoing message got.
    pub delivery: Delivery,
    /// The epoch in which it was written; it may leave only while no human has taken over since.
    pub epoch: Epoch,
    /// What was decided about it, for a message of the contact that a turn has dealt with.
    pub decision: Option<Decision>,
    /// When it was written.
    pub sent_at: Timestamp,
}

/// The address a message of a contact came from, and how well that is known of this very message: what an address
/// proved before says nothing about who uses its name now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// The address.
    pub handle: Handle,
    /// How well whoever brought the message vouches for it.
    pub verification: Verification,
}

/// Who wrote a message.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Author {
    /// The person asking.
    Contact,
    /// The software.
    Assistant,
    /// A human of the support team.
    Agent(AgentName),
    /// A notice about the conversation itself.
    System,
}

impl Author {
    /// Its name in the API and in storage.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::Assistant => "assistant",
            Self::Agent(_) => "agent",
            Self::System => "system",
        }
    }
}

/// How far an outgoing message got, in the order in which it can only advance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Delivery {
    /// Nothing is to be delivered: it came in, or its channel reads it from here.
    None,
    /// Waiting to be sent.
    Queued,
    /// The provider has it.
    Sent,
    /// The contact's device has it.
    Delivered,
    /// The contact has opened it.
    Read,
    /// It could not be delivered.
    Failed,
    /// It was held back, because a human took over first.
    Withheld,
}

impl Delivery {
    /// Every state.
    pub const ALL: [Self; 7] =
        [Self::None, Self::Queued, Self::Sent, Self::Delivered, Self::Read, Self::Failed, Self::Withheld];

    /// Its name in the API and in storage.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Failed => "failed",
            Self::Withheld => "withheld",
        }
    }

    /// The state with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// The state after a report of `news`. Reports arrive late, twice and out of order, so a message only ever
    /// advances; a failure counts only before the contact's device had it.
    #[must_use]
    pub fn after(self, news: Self) -> Self {
        let rank = |state: Self| match state {
            Self::None => 0,
            Self::Queued => 1,
            Self::Sent => 2,
            Self::Failed | Self::Withheld => 3,
            Self::Delivered => 4,
            Self::Read => 5,
        };
        if rank(news) > rank(self) { news } else { self }
    }
}

/// A message on its way in, as a channel adapter or an API caller hands it over.
#[derive(Clone, Debug, PartialEq)]
pub struct InboundMessage {
    /// The kind of transport.
    pub channel: Channel,
    /// The configured account of it.
    pub inbox: InboxId,
    /// The sender.
    pub from: Sender,
    /// How the sender is called, if the channel says.
    pub name: Option<String>,
    /// What they wrote.
    pub text: Utterance,
    /// A subject line.
    pub subject: Option<String>,
    /// The channel's own identifier of the message: a second arrival with the same one is the same message.
    pub external_id: Option<String>,
    /// The conversation it continues, when the caller knows.
    pub conversation_id: Option<ConversationId>,
    /// When it was written, when the channel says.
    pub sent_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_late_sent_report_does_not_undo_delivered() {
        assert_eq!(Delivery::Delivered.after(Delivery::Sent), Delivery::Delivered);
        assert_eq!(Delivery::Read.after(Delivery::Failed), Delivery::Read);
        assert_eq!(Delivery::Sent.after(Delivery::Failed), Delivery::Failed);
    }

    proptest! {
        #[test]
        fn the_order_of_reports_does_not_matter(
            reports in proptest::sample::subsequence(Delivery::ALL.to_vec(), 0..=7),
            seed in any::<u64>(),
        ) {
            let mut shuffled = reports.clone();
            if !shuffled.is_empty() {
                let by = usize::try_from(seed % shuffled.len() as u64).unwrap();
                shuffled.rotate_left(by);
            }
            let fold = |list: &[Delivery]| list.iter().fold(Delivery::Queued, |state, &news| state.after(news));
            let same_rank = |a: Delivery, b: Delivery| {
                a == b || matches!((a, b), (Delivery::Failed | Delivery::Withheld, Delivery::Failed | Delivery::Withheld))
            };
            prop_assert!(same_rank(fold(&reports), fold(&shuffled)));
        }
    }
}
