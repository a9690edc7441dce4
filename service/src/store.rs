//! Everything that must survive a crash, behind one trait of domain verbs. Each verb is one transaction, durable when
//! it returns.

mod articles;
mod feedback;
mod lists;
mod migration;
pub mod postgres;
mod sql;
pub mod sqlite;

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::domain::channel::InboxId;
use crate::domain::code::{Challenge, CodeCheck};
use crate::domain::contact::Contact;
use crate::domain::conversation::{AgentName, Conversation, Epoch, Transition, TransitionError};
use crate::domain::event::Event;
use crate::domain::feedback::Feedback;
use crate::domain::flow::Memory;
use crate::domain::gap::{ArticleUse, Said};
use crate::domain::handle::Handle;
use crate::domain::handoff::{Handoff, Refreshed};
use crate::domain::id::{ChallengeId, ContactId, ConversationId, FeedbackId, HandoffId, MessageId};
use crate::domain::job::{Job, Lease, LeasedJob};
use crate::domain::message::{Delivery, InboundMessage, Message};
use crate::domain::turn::{Outcome, Turn};

pub use articles::{ArticleVersion, ArticleVersionQuery, SaveArticle, SavedArticle};
pub use feedback::{FeedbackQuery, GiveFeedback, ReviewFeedback};
pub use lists::{ConversationQuery, Cursor, HandoffQuery, HandoffState, HandoffSummary, Page, ThreadSummary};

/// Storage. Implementations: SQLite for one process, PostgreSQL for many; one contract suite runs against both.
#[async_trait]
pub trait Store: Send + Sync {
    /// Stores a message of a contact with the job that will answer it: finds or makes the contact and the
    /// conversation, and does nothing twice (same inbox and external id, or same idempotency key and request).
    async fn accept_message(&self, message: AcceptMessage, now: Timestamp) -> Result<Accepted, StoreError>;

    /// Everything needed to answer a conversation; `None` if it does not exist.
    async fn load_turn(&self, conversation: ConversationId) -> Result<Option<Turn>, StoreError>;

    /// Stores what a turn came to and completes its job, unless the owner changed or a newer message arrived since
    /// the turn was loaded. Replies on a channel that must be sent get a [`Job::Deliver`] each.
    async fn finish_turn(&self, turn: FinishTurn, now: Timestamp) -> Result<TurnEnd, StoreError>;

    /// Stores what became of a handoff whose contact wrote on, unless somebody took the conversation meanwhile; whether
    /// it did.
    async fn refresh_handoff(&self, refresh: RefreshHandoff, now: Timestamp) -> Result<bool, StoreError>;

    /// Stores a message written by an agent; it takes ownership first where it must.
    async fn agent_message(&self, message: AgentMessage, now: Timestamp) -> Result<Message, StoreError>;

    /// Changes the owner of a conversation, once for the same idempotency key and request; the conversation as it is
    /// afterwards.
    async fn change_owner(&self, change: ChangeOwner, now: Timestamp) -> Result<Conversation, StoreError>;

    /// One conversation whole; `None` if it does not exist.
    async fn conversation(&self, id: ConversationId) -> Result<Option<Thread>, StoreError>;

    /// Conversations, the most recently updated first.
    async fn conversations(&self, query: ConversationQuery) -> Result<Page<ThreadSummary>, StoreError>;

    /// The messages of a conversation after a sequence number, in order, at most `limit`.
    async fn messages_after(
        &self,
        conversation: ConversationId,
        seq: i64,
        limit: u32,
    ) -> Result<Vec<Message>, StoreError>;

    /// The contact known by an address, and their newest conversation.
    async fn contact_by_handle(&self, handle: &Handle) -> Result<Option<(Contact, Option<Conversation>)>, StoreError>;

    /// Handoffs: those still waiting or in hand by falling priority and rising age.
    async fn handoffs(&self, query: HandoffQuery) -> Result<Page<HandoffSummary>, StoreError>;

    /// One handoff with its contact; `None` if it does not exist.
    async fn handoff(&self, id: HandoffId) -> Result<Option<HandoffSummary>, StoreError>;

    /// Takes up to `limit` due jobs for `lease`.
    async fn claim_jobs(&self, limit: u32, lease: Duration, now: Timestamp) -> Result<Vec<LeasedJob>, StoreError>;

    /// Removes a finished job. `false` if the lease was lost meanwhile.
    async fn complete_job(&self, lease: &Lease) -> Result<bool, StoreError>;

    /// Puts a job back to be taken again at `at`, or sets it aside as dead when `at` is `None`.
    async fn postpone_job(&self, lease: &Lease, at: Option<Timestamp>, error: &str) -> Result<(), StoreError>;

    /// How many jobs wait, are being done, and are dead, and how long the oldest due one has waited.
    async fn job_counts(&self, now: Timestamp) -> Result<JobCounts, StoreError>;

    /// Decides whether a message may leave now: queued, and no human took over since it was written by the assistant.
    /// A message that may not is recorded as withheld.
    async fn begin_delivery(&self, message: MessageId) -> Result<Outgoing, StoreError>;

    /// Records that the provider took a message, under the provider's identifier.
    async fn record_sent(
        &self,
        message: MessageId,
        provider_id: Option<&str>,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Records that a message can never be delivered.
    async fn record_undeliverable(&self, message: MessageId, now: Timestamp) -> Result<(), StoreError>;

    /// Applies a provider's report about a message; `false` if no message has that provider identifier.
    async fn record_status(
        &self,
        inbox: &InboxId,
        provider_id: &str,
        news: Delivery,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Stores a one-time code with the job that sends it, at most `limit` an hour for each address and conversation.
    /// A challenge of the same identifier is not stored again. `false` when over the limit.
    async fn create_challenge(
        &self,
        challenge: Challenge,
        send: Job,
        limit: u32,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Checks a repeated code by its hash, counting the try; a right one is spent.
    async fn check_challenge(
        &self,
        id: ChallengeId,
        conversation: ConversationId,
        code_hash: [u8; 32],
        now: Timestamp,
    ) -> Result<CodeCheck, StoreError>;

    /// Stores a job that belongs to no other change, at most `limit` of the same `key` an hour. `false` when over it.
    async fn enqueue_limited(&self, job: Job, key: &str, limit: u32, now: Timestamp) -> Result<bool, StoreError>;

    /// Stores a new version of an article; its number.
    async fn save_article(&self, edit: SaveArticle, now: Timestamp) -> Result<u32, StoreError>;

    /// The newest version of every article ever saved here.
    async fn saved_articles(&self) -> Result<Vec<SavedArticle>, StoreError>;

    /// The versions of an article that were saved here, the newest first.
    async fn article_versions(&self, query: ArticleVersionQuery) -> Result<Page<ArticleVersion>, StoreError>;

    /// Stores feedback that waits for a review, once for the same idempotency key and request.
    async fn give_feedback(&self, given: GiveFeedback) -> Result<Feedback, StoreError>;

    /// One piece of feedback; `None` if it does not exist.
    async fn feedback(&self, id: FeedbackId) -> Result<Option<Feedback>, StoreError>;

    /// Feedback, the newest first.
    async fn feedback_list(&self, query: FeedbackQuery) -> Result<Page<Feedback>, StoreError>;

    /// Stores what a review came to; the feedback as it is afterwards.
    async fn review_feedback(&self, review: ReviewFeedback) -> Result<Feedback, StoreError>;

    /// All accepted feedback, in the order of its review.
    async fn accepted_feedback(&self) -> Result<Vec<Feedback>, StoreError>;

    /// The newest messages of contacts that were taken for none of our intents, at most `limit`.
    async fn out_of_scope_messages(&self, limit: u32) -> Result<Vec<String>, StoreError>;

    /// What contacts and agents wrote since then in the conversations with the newest turns that ended without an answer:
    /// at most `limit` turns, conversation by conversation, the newest first.
    async fn unhelped(&self, since: Timestamp, limit: u32) -> Result<Vec<Said>, StoreError>;

    /// Every article that was cited or suggested since then or ever saved here, by identifier.
    async fn article_uses(&self, since: Timestamp) -> Result<Vec<ArticleUse>, StoreError>;

    /// Events after a sequence number, in order, at most `limit`.
    async fn events_after(&self, seq: i64, limit: u32) -> Result<Vec<Event>, StoreError>;

    /// The newest event's number; 0 before the first.
    async fn last_event(&self) -> Result<i64, StoreError>;

    /// Writes and reads back a row, to tell whether storage works.
    async fn probe(&self) -> Result<(), StoreError>;

    /// Flushes and closes; nothing may be called afterwards.
    async fn close(&self);
}

/// A message of a contact to be stored.
#[derive(Clone, Debug)]
pub struct AcceptMessage {
    /// The message.
    pub inbound: InboundMessage,
    /// The caller's promise that equal keys mean the same request.
    pub idempotency: Option<Idempotency>,
}

/// A caller's promise that equal keys mean the same request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idempotency {
    /// Who promises: the API key's name and the route.
    pub scope: String,
    /// The value of the `Idempotency-Key` header.
    pub key: String,
    /// SHA-256 of the request body.
    pub fingerprint: [u8; 32],
}

/// A stored message of a contact.
#[derive(Clone, Debug, PartialEq)]
pub struct Accepted {
    /// The message as stored.
    pub message: Message,
    /// Its conversation after it.
    pub conversation: Conversation,
    /// Its contact.
    pub contact_id: ContactId,
    /// Whether it had been stored before, so that nothing was done now.
    pub duplicate: bool,
}

/// What a turn came to, to be stored.
#[derive(Clone, Debug)]
pub struct FinishTurn {
    /// The conversation.
    pub conversation: ConversationId,
    /// The epoch in which the turn was loaded.
    pub epoch: Epoch,
    /// The newest message the turn has seen.
    pub upto: i64,
    /// What it came to.
    pub outcome: Outcome,
    /// The turn's job.
    pub lease: Lease,
}

/// What came of finishing a turn.
#[derive(Clone, Debug, PartialEq)]
pub enum TurnEnd {
    /// It is stored; the messages sent, in order.
    Stored {
        /// The replies.
        replies: Vec<Message>,
        /// The handoff made.
        handoff: Option<HandoffId>,
    },
    /// A human took over meanwhile: nothing was said, and the job is done.
    OwnerChanged,
    /// The contact wrote again meanwhile: nothing was said, and the turn is to be done anew with the same lease.
    Superseded,
}

/// What became of a handoff whose contact wrote on, to be stored.
#[derive(Clone, Debug)]
pub struct RefreshHandoff {
    /// The handoff.
    pub handoff: HandoffId,
    /// Its conversation.
    pub conversation: ConversationId,
    /// The epoch in which the turn was loaded.
    pub epoch: Epoch,
    /// What it is now.
    pub refreshed: Refreshed,
}

/// A message written by an agent.
#[derive(Clone, Debug)]
pub struct AgentMessage {
    /// The conversation.
    pub conversation: ConversationId,
    /// Who writes.
    pub agent: AgentName,
    /// What.
    pub text: String,
    /// The caller's promise that equal keys mean the same request.
    pub idempotency: Option<Idempotency>,
}

/// A change of who speaks to the contact.
#[derive(Clone, Debug)]
pub struct ChangeOwner {
    /// The conversation.
    pub conversation: ConversationId,
    /// What is to happen.
    pub transition: Transition,
    /// A note, kept as a message that only agents read.
    pub note: Option<String>,
    /// The caller's promise that equal keys mean the same request.
    pub idempotency: Option<Idempotency>,
}

impl ChangeOwner {
    /// A change without a note or a promise.
    pub fn new(conversation: ConversationId, transition: Transition) -> Self {
        Self { conversation, transition, note: None, idempotency: None }
    }
}

/// One conversation whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Thread {
    /// The conversation.
    pub conversation: Conversation,
    /// Its contact.
    pub contact: Contact,
    /// Its messages in order, the newest thousand at most.
    pub messages: Vec<Message>,
    /// What the assistant remembers of it.
    pub memory: Memory,
    /// Its newest handoff.
    pub handoff: Option<Handoff>,
}

/// The state of the job queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JobCounts {
    /// Jobs not yet taken.
    pub waiting: u64,
    /// Jobs being done.
    pub leased: u64,
    /// Jobs given up.
    pub dead: u64,
    /// How long the oldest due job has waited.
    pub oldest_due: Duration,
}

/// Whether a message may leave now.
#[derive(Clone, Debug, PartialEq)]
pub enum Outgoing {
    /// It may; to this address.
    Send {
        /// The message.
        message: Box<Message>,
        /// Where to.
        to: Handle,
    },
    /// It must not: it was sent before, or a human took over, and that is recorded.
    Drop,
}

/// Why storage refused or failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// No such thing.
    #[error("there is no {what} {id}")]
    NotFound {
        /// What was looked for.
        what: &'static str,
        /// Its identifier.
        id: String,
    },
    /// The ownership does not allow it.
    #[error(transparent)]
    Transition(#[from] TransitionError),
    /// The idempotency key was used for another request.
    #[error("the idempotency key {0:?} was used before with another request; use a fresh key")]
    IdempotencyMismatch(String),
    /// A cursor that this store did not make.
    #[error("the cursor {0:?} is not one this service made; start again without a cursor")]
    InvalidCursor(String),
    /// There is no room left.
    #[error("the disk is full; free some space in the data directory and the service goes on by itself: {0}")]
    DiskFull(String),
    /// The database cannot be used as it is.
    #[error("the database is damaged: {0}; restore it from a backup, or move it away to start with an empty one")]
    Damaged(String),
    /// It works, but not now.
    #[error("the database did not answer: {0}")]
    Unavailable(String),
}
