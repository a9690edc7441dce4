//! Every verb of the store, as statements both databases understand. What differs is how a transaction is run, and that
//! is an [`Engine`].

mod accept;
mod article;
mod challenge;
mod conversation;
mod cursor;
mod delivery;
mod events;
mod feedback;
mod finish;
mod gap;
mod handoff;
mod identity;
mod jobs;
mod limit;
mod merge;
mod message;
mod ownership;
mod probe;
mod promise;
mod read;
mod record;
pub(crate) mod session;

use std::time::Duration;

use async_trait::async_trait;
use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::Timestamp;

use self::session::{Failure, Session};
use super::{
    AcceptMessage, Accepted, AgentMessage, ArticleVersion, ArticleVersionQuery, ChangeOwner, ConversationQuery,
    FeedbackQuery, FinishTurn, GiveFeedback, HandoffQuery, HandoffSummary, JobCounts, Outgoing, Page, RefreshHandoff,
    ReviewFeedback, SaveArticle, SavedArticle, Store, StoreError, Thread, ThreadSummary, TurnEnd,
};
use crate::domain::channel::InboxId;
use crate::domain::code::{Challenge, CodeCheck};
use crate::domain::contact::Contact;
use crate::domain::conversation::Conversation;
use crate::domain::event::Event;
use crate::domain::feedback::Feedback;
use crate::domain::gap::{ArticleUse, Said};
use crate::domain::handle::Handle;
use crate::domain::id::{ChallengeId, ConversationId, FeedbackId, HandoffId, MessageId};
use crate::domain::job::{Job, Lease, LeasedJob};
use crate::domain::message::{Delivery, Message};
use crate::domain::turn::Turn;

/// What to do inside one transaction. It may be run again from the start, so it does nothing but use the session.
pub(crate) type Work<T> = Box<dyn for<'s> Fn(&'s mut Session) -> BoxFuture<'s, Result<T, Failure>> + Send + Sync>;

/// How a database runs transactions.
#[async_trait]
pub(crate) trait Engine: Send + Sync {
    /// Runs `work` in a transaction of its own; it is durable when this returns, or nothing of it happened.
    async fn write<T: Send + 'static>(&self, work: Work<T>) -> Result<T, StoreError>;

    /// Runs `work` on one unchanging view of everything committed so far.
    async fn read<T: Send + 'static>(&self, work: Work<T>) -> Result<T, StoreError>;

    /// Gives every committed event its number.
    async fn number_events(&self) -> Result<(), StoreError>;

    /// Flushes and closes.
    async fn shut(&self);
}

/// Work that can be repeated: every argument is cloned for each run.
macro_rules! work {
    ($verb:path $(, $argument:expr)* $(; $($kept:ident),*)?) => {
        Box::new(move |session| {
            $($(let $kept = $kept.clone();)*)?
            async move { $verb(session $(, $argument)*).await }.boxed()
        })
    };
}

#[async_trait]
impl<E: Engine> Store for E {
    async fn accept_message(&self, message: AcceptMessage, now: Timestamp) -> Result<Accepted, StoreError> {
        self.write(work!(accept::accept, message, now; message)).await
    }

    async fn load_turn(&self, conversation: ConversationId) -> Result<Option<Turn>, StoreError> {
        self.read(work!(read::turn, conversation)).await
    }

    async fn finish_turn(&self, turn: FinishTurn, now: Timestamp) -> Result<TurnEnd, StoreError> {
        self.write(work!(finish::finish, turn, now; turn)).await
    }

    async fn refresh_handoff(&self, refresh: RefreshHandoff, now: Timestamp) -> Result<bool, StoreError> {
        self.write(work!(handoff::refresh, refresh, now; refresh)).await
    }

    async fn agent_message(&self, message: AgentMessage, now: Timestamp) -> Result<Message, StoreError> {
        self.write(work!(ownership::speak, message, now; message)).await
    }

    async fn change_owner(&self, change: ChangeOwner, now: Timestamp) -> Result<Conversation, StoreError> {
        self.write(work!(ownership::change, change, now; change)).await
    }

    async fn conversation(&self, id: ConversationId) -> Result<Option<Thread>, StoreError> {
        self.read(work!(read::thread, id)).await
    }

    async fn conversations(&self, query: ConversationQuery) -> Result<Page<ThreadSummary>, StoreError> {
        self.read(work!(read::conversations, query; query)).await
    }

    async fn messages_after(
        &self,
        conversation: ConversationId,
        seq: i64,
        limit: u32,
    ) -> Result<Vec<Message>, StoreError> {
        self.read(work!(message::after, conversation, seq, limit)).await
    }

    async fn contact_by_handle(&self, handle: &Handle) -> Result<Option<(Contact, Option<Conversation>)>, StoreError> {
        let handle = handle.clone();
        self.read(work!(read::contact_by_handle, &handle; handle)).await
    }

    async fn handoffs(&self, query: HandoffQuery) -> Result<Page<HandoffSummary>, StoreError> {
        self.read(work!(read::handoffs, query; query)).await
    }

    async fn handoff(&self, id: HandoffId) -> Result<Option<HandoffSummary>, StoreError> {
        self.read(work!(read::handoff, id)).await
    }

    async fn claim_jobs(&self, limit: u32, lease: Duration, now: Timestamp) -> Result<Vec<LeasedJob>, StoreError> {
        self.write(work!(jobs::claim, limit, lease, now)).await
    }

    async fn complete_job(&self, lease: &Lease) -> Result<bool, StoreError> {
        let lease = lease.clone();
        self.write(work!(jobs::complete, &lease; lease)).await
    }

    async fn postpone_job(&self, lease: &Lease, at: Option<Timestamp>, error: &str) -> Result<(), StoreError> {
        let (lease, error) = (lease.clone(), error.to_owned());
        self.write(work!(jobs::postpone, &lease, at, &error; lease, error)).await
    }

    async fn job_counts(&self, now: Timestamp) -> Result<JobCounts, StoreError> {
        self.read(work!(jobs::counts, now)).await
    }

    async fn begin_delivery(&self, message: MessageId) -> Result<Outgoing, StoreError> {
        self.write(work!(delivery::begin, message)).await
    }

    async fn record_sent(
        &self,
        message: MessageId,
        provider_id: Option<&str>,
        _now: Timestamp,
    ) -> Result<(), StoreError> {
        let provider_id = provider_id.map(str::to_owned);
        self.write(work!(delivery::record, message, Delivery::Sent, provider_id.as_deref(); provider_id)).await
    }

    async fn record_undeliverable(&self, message: MessageId, _now: Timestamp) -> Result<(), StoreError> {
        self.write(work!(delivery::record, message, Delivery::Failed, None)).await
    }

    async fn record_status(
        &self,
        inbox: &InboxId,
        provider_id: &str,
        news: Delivery,
        _now: Timestamp,
    ) -> Result<bool, StoreError> {
        let (inbox, provider_id) = (inbox.clone(), provider_id.to_owned());
        self.write(work!(delivery::report, &inbox, &provider_id, news; inbox, provider_id)).await
    }

    async fn create_challenge(
        &self,
        challenge: Challenge,
        send: Job,
        limit: u32,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write(work!(challenge::create, challenge, &send, limit, now; challenge, send)).await
    }

    async fn check_challenge(
        &self,
        id: ChallengeId,
        conversation: ConversationId,
        code_hash: [u8; 32],
        now: Timestamp,
    ) -> Result<CodeCheck, StoreError> {
        self.write(work!(challenge::check, id, conversation, code_hash, now)).await
    }

    async fn enqueue_limited(&self, job: Job, key: &str, limit: u32, now: Timestamp) -> Result<bool, StoreError> {
        let key = key.to_owned();
        self.write(work!(jobs::enqueue_limited, &job, &key, limit, now; job, key)).await
    }

    async fn save_article(&self, edit: SaveArticle, now: Timestamp) -> Result<u32, StoreError> {
        self.write(work!(article::save, &edit, now; edit)).await
    }

    async fn saved_articles(&self) -> Result<Vec<SavedArticle>, StoreError> {
        self.read(work!(article::saved)).await
    }

    async fn article_versions(&self, query: ArticleVersionQuery) -> Result<Page<ArticleVersion>, StoreError> {
        self.read(work!(article::versions, query; query)).await
    }

    async fn give_feedback(&self, given: GiveFeedback) -> Result<Feedback, StoreError> {
        self.write(work!(feedback::give, given; given)).await
    }

    async fn feedback(&self, id: FeedbackId) -> Result<Option<Feedback>, StoreError> {
        self.read(work!(feedback::find, id)).await
    }

    async fn feedback_list(&self, query: FeedbackQuery) -> Result<Page<Feedback>, StoreError> {
        self.read(work!(feedback::list, query; query)).await
    }

    async fn review_feedback(&self, review: ReviewFeedback) -> Result<Feedback, StoreError> {
        self.write(work!(feedback::review, review; review)).await
    }

    async fn accepted_feedback(&self) -> Result<Vec<Feedback>, StoreError> {
        self.read(work!(feedback::accepted)).await
    }

    async fn out_of_scope_messages(&self, limit: u32) -> Result<Vec<String>, StoreError> {
        self.read(work!(message::out_of_scope, limit)).await
    }

    async fn unhelped(&self, since: Timestamp, limit: u32) -> Result<Vec<Said>, StoreError> {
        self.read(work!(gap::unhelped, since, limit)).await
    }

    async fn article_uses(&self, since: Timestamp) -> Result<Vec<ArticleUse>, StoreError> {
        self.read(work!(gap::article_uses, since)).await
    }

    async fn events_after(&self, seq: i64, limit: u32) -> Result<Vec<Event>, StoreError> {
        self.number_events().await?;
        self.read(work!(events::after, seq, limit)).await
    }

    async fn last_event(&self) -> Result<i64, StoreError> {
        self.number_events().await?;
        self.read(work!(events::last)).await
    }

    async fn probe(&self) -> Result<(), StoreError> {
        self.write(work!(probe::probe)).await
    }

    async fn close(&self) {
        self.shut().await;
    }
}
