//! One turn: what the assistant is given, what it may ask for, and what it comes back with.

use jiff::{SignedDuration, Timestamp};

use super::answer::Reply;
use super::code::CodeCheck;
use super::contact::{Contact, Verification};
use super::conversation::Conversation;
use super::decision::Decision;
use super::flow::Memory;
use super::handle::Handle;
use super::handoff::NewHandoff;
use super::id::ChallengeId;
use super::message::{Author, Message, Sender};

/// How long a proof counts for a sender nobody vouches for, as long as a session would last.
const PROOF_LASTS: SignedDuration = SignedDuration::from_mins(60);

/// The contact's newest messages with everything needed to answer them.
#[derive(Clone, Debug, PartialEq)]
pub struct Turn {
    /// The conversation as it stood when the turn began.
    pub conversation: Conversation,
    /// Who asks.
    pub contact: Contact,
    /// The conversation's messages in order, the newest last; long ones are cut at the front.
    pub history: Vec<Message>,
    /// What was remembered.
    pub memory: Memory,
    /// How many other conversations the contact had before.
    pub past_conversations: u32,
    /// How many of those began in the three days before this one.
    pub recent_conversations: u32,
}

impl Turn {
    /// The contact's messages that no turn has dealt with yet, oldest first.
    pub fn unanswered(&self) -> impl Iterator<Item = &Message> {
        let answered = self.conversation.answered_seq;
        self.history.iter().filter(move |message| message.seq > answered && message.author == Author::Contact)
    }

    /// What the contact says in this turn: their unanswered messages, a line each.
    pub fn text(&self) -> String {
        let lines: Vec<&str> = self.unanswered().map(|message| message.text.as_str()).collect();
        lines.join("\n")
    }

    /// The contact's proven addresses that whoever wrote this turn may be told about, at the time `now`: all of them
    /// where each message was vouched for, else those that the same sender proved in this conversation a while ago.
    pub fn proven(&self, now: Timestamp) -> Vec<Handle> {
        let proven = self.contact.identities.iter().filter(|identity| identity.verification >= Verification::Channel);
        let usable = proven.filter(|identity| {
            let mut senders = self.unanswered().map(|message| message.sender.as_ref()).peekable();
            senders.peek().is_some()
                && senders.all(|sender| sender.is_some_and(|sender| self.may_use(&identity.handle, sender, now)))
        });
        usable.map(|identity| identity.handle.clone()).collect()
    }

    fn may_use(&self, address: &Handle, sender: &Sender, now: Timestamp) -> bool {
        sender.verification >= Verification::Channel
            || self.memory.proofs.iter().any(|proof| {
                proof.address == *address
                    && proof.sender == sender.handle
                    && now.duration_since(proof.at) <= PROOF_LASTS
            })
    }

    /// The number of the newest message the turn has seen.
    pub fn upto(&self) -> i64 {
        self.history.last().map_or(self.conversation.last_seq, |message| message.seq)
    }
}

/// Something the assistant needs from outside before it can go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// Send a one-time code to an address the contact claims.
    SendCode {
        /// The address.
        to: Handle,
    },
    /// Check a code the contact repeated.
    CheckCode {
        /// The code that was sent.
        challenge: ChallengeId,
        /// What they typed.
        code: String,
    },
    /// Look up an order among those of addresses the contact has proven.
    FindOrder {
        /// The order number, in normal form.
        number: String,
        /// The proven addresses; never empty.
        proven: Vec<Handle>,
    },
    /// List the newest orders of addresses the contact has proven.
    RecentOrders {
        /// The proven addresses; never empty.
        proven: Vec<Handle>,
    },
    /// Have a password link sent to an address if an account has it. The answer never tells which.
    ResetPassword {
        /// The address.
        email: Handle,
    },
}

/// What came of a [`Call`].
#[derive(Clone, Debug, PartialEq)]
pub enum CallResult {
    /// The code is on its way.
    CodeSent(ChallengeId),
    /// Too many codes were asked for.
    CodeRefused,
    /// A repeated code was checked.
    CodeChecked(CodeCheck),
    /// The orders found; empty both when there is none and when it belongs to somebody else.
    Orders(Vec<Order>),
    /// The request was taken.
    ResetTaken,
    /// The outside system failed or took too long.
    Failed,
}

/// An order, as much of it as may be said to its owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Its number, in normal form.
    pub number: String,
    /// Where it is.
    pub status: OrderStatus,
    /// What was ordered, in words.
    pub summary: String,
    /// Who carries it, once it has left.
    pub carrier: Option<String>,
    /// The carrier's number for it.
    pub tracking: Option<String>,
    /// The day it was placed.
    pub placed_on: jiff::civil::Date,
    /// The day it was promised for.
    pub promised_on: Option<jiff::civil::Date>,
    /// The day it arrived.
    pub delivered_on: Option<jiff::civil::Date>,
}

/// Where an order is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OrderStatus {
    /// Paid and waiting.
    Processing,
    /// Packed.
    Packed,
    /// With the carrier.
    Shipped,
    /// On the van.
    OutForDelivery,
    /// Arrived.
    Delivered,
    /// Held up.
    Delayed,
    /// Given up by the carrier.
    Lost,
    /// Cancelled.
    Cancelled,
    /// Sent back.
    Returned,
}

/// What a turn comes to.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// What was decided.
    pub decision: Decision,
    /// What to say, in order.
    pub replies: Vec<Reply>,
    /// What to remember from now on.
    pub memory: Memory,
    /// Addresses the contact proved in this turn.
    pub proven: Vec<Handle>,
    /// The handoff, when the decision is one.
    pub handoff: Option<NewHandoff>,
}
