//! A desk to tell stories about: an empty store and short words for what happens at one.

use std::panic::{AssertUnwindSafe, resume_unwind};
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use jiff::{SignedDuration, Timestamp};
use service::domain::answer::Reply;
use service::domain::brief::{Brief, ChannelsUsed, ContactCard, Line, Mood, NextStep, PriorityWhy};
use service::domain::channel::{Channel, InboxId};
use service::domain::contact::Verification;
use service::domain::conversation::{AgentName, Conversation, Priority, Queue};
use service::domain::decision::{Action, Decision, Reason, ReasonCode};
use service::domain::handle::{Handle, HandleKind};
use service::domain::handoff::NewHandoff;
use service::domain::id::ConversationId;
use service::domain::job::{Job, Lease, LeasedJob};
use service::domain::message::{InboundMessage, Sender};
use service::domain::text::Utterance;
use service::domain::turn::{Outcome, Turn};
use service::store::postgres::PostgresStore;
use service::store::sqlite::SqliteStore;
use service::store::{AcceptMessage, Accepted, AgentMessage, FinishTurn, SaveArticle, Store, TurnEnd};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

/// A desk with an empty store.
#[derive(Clone)]
pub(crate) struct Desk {
    pub(crate) store: Arc<dyn Store>,
}

/// Tells a story on SQLite.
pub(crate) async fn on_sqlite<F: Future<Output = ()>>(story: impl FnOnce(Desk) -> F) {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk { store: Arc::new(SqliteStore::open(&folder.path().join("desk.db")).await.unwrap()) };
    story(desk.clone()).await;
    desk.store.close().await;
}

/// Tells a story on PostgreSQL, in a schema of its own that is dropped afterwards.
pub(crate) async fn on_postgres<F: Future<Output = ()>>(story: impl FnOnce(Desk) -> F) {
    #[expect(clippy::disallowed_methods, reason = "a test has no configuration to be told by")]
    let url = std::env::var("FRONTDESK_TEST_POSTGRES_URL").expect("FRONTDESK_TEST_POSTGRES_URL names a server");
    let schema = format!("story_{}", uuid::Uuid::now_v7().simple());
    let mut server = PgConnection::connect(&url).await.unwrap();
    server.execute(AssertSqlSafe(format!("CREATE SCHEMA {schema}"))).await.unwrap();
    let told = AssertUnwindSafe(async {
        let url = format!("{url}?options[search_path]={schema}");
        let desk = Desk { store: Arc::new(PostgresStore::connect(&url).await.unwrap()) };
        story(desk.clone()).await;
        desk.store.close().await;
    });
    let told = told.catch_unwind().await;
    server.execute(AssertSqlSafe(format!("DROP SCHEMA {schema} CASCADE"))).await.unwrap();
    told.unwrap_or_else(|panic| resume_unwind(panic));
}

/// So many seconds after every story begins.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + seconds).unwrap()
}

/// A visitor of the web page.
pub(crate) fn visitor(name: &str) -> Handle {
    Handle::parse(HandleKind::Visitor, name, None).unwrap()
}

/// A telephone.
pub(crate) fn phone(last_digits: u16) -> Handle {
    Handle::parse(HandleKind::Phone, &format!("+44 7700 90{last_digits:04}"), None).unwrap()
}

/// An agent.
pub(crate) fn agent(name: &str) -> AgentName {
    AgentName::parse(name).unwrap()
}

/// A message as it comes in: by text message from a telephone, else by the web page.
pub(crate) fn inbound(from: &Handle, text: &str) -> InboundMessage {
    let (channel, verification) = match from.kind() {
        HandleKind::Phone => (Channel::Sms, Verification::Channel),
        _ => (Channel::Web, Verification::None),
    };
    InboundMessage {
        channel,
        inbox: InboxId::default_for(channel),
        from: Sender { handle: from.clone(), verification },
        name: None,
        text: Utterance::parse(text).unwrap(),
        subject: None,
        external_id: None,
        conversation_id: None,
        sent_at: None,
    }
}

/// A turn that comes to these replies.
pub(crate) fn outcome(turn: &Turn, replies: &[&str]) -> Outcome {
    Outcome {
        decision: Decision {
            action: Action::Answer,
            flow: None,
            queue: None,
            reasons: vec![Reason::of(ReasonCode::KnowledgeFound)],
            intents: Vec::new(),
        },
        replies: replies.iter().map(|text| Reply::plain(*text)).collect(),
        memory: turn.memory.clone(),
        proven: Vec::new(),
        handoff: None,
    }
}

/// A handoff about to be stored.
pub(crate) fn handoff(queue: &str, priority: Priority) -> NewHandoff {
    let line = |text: &str| Line { text: text.to_owned(), messages: vec![1] };
    let reasons = vec![Reason::of(ReasonCode::CustomerRequest)];
    NewHandoff {
        queue: Queue::new(queue),
        priority,
        reasons: reasons.clone(),
        brief: Brief {
            problem: line("The parcel is late."),
            summary: line("They wait for a parcel."),
            reasons,
            intent: None,
            mood: Mood { trajectory: vec![0.5], worst: 0.5, last: 0.5 },
            priority: PriorityWhy::new(priority, "they asked"),
            facts: Vec::new(),
            tried: Vec::new(),
            commitments: Vec::new(),
            open_questions: Vec::new(),
            suggested_next_step: NextStep { text: String::new(), articles: Vec::new(), draft: String::new() },
            contact: ContactCard {
                name: None,
                identities: Vec::new(),
                language: "en".to_owned(),
                past_conversations: 0,
            },
            channels: ChannelsUsed { used: vec!["web".to_owned()], preferred: "web".to_owned() },
            due: None,
        },
    }
}

impl Desk {
    /// A contact writes.
    pub(crate) async fn hears(&self, from: &Handle, text: &str, now: Timestamp) -> Accepted {
        self.accepts(inbound(from, text), now).await
    }

    /// A message comes in.
    pub(crate) async fn accepts(&self, inbound: InboundMessage, now: Timestamp) -> Accepted {
        let message = AcceptMessage { inbound, idempotency: None };
        self.store.accept_message(message, now).await.unwrap()
    }

    /// A worker takes the only due job that answers a conversation.
    pub(crate) async fn takes_answer_job(&self, now: Timestamp) -> Lease {
        let jobs = self.store.claim_jobs(10, Duration::from_mins(1), now).await.unwrap();
        let [LeasedJob { lease, job: Job::AnswerTurn { .. } }] = jobs.as_slice() else {
            panic!("expected one answer job, found {jobs:?}");
        };
        lease.clone()
    }

    /// The turn as a worker sees it now.
    pub(crate) async fn turn(&self, id: ConversationId) -> Turn {
        self.store.load_turn(id).await.unwrap().unwrap()
    }

    /// A worker finishes a turn.
    pub(crate) async fn finishes(&self, turn: &Turn, outcome: Outcome, lease: &Lease, now: Timestamp) -> TurnEnd {
        let finish = FinishTurn {
            conversation: turn.conversation.id,
            epoch: turn.conversation.epoch,
            upto: turn.upto(),
            outcome,
            lease: lease.clone(),
        };
        self.store.finish_turn(finish, now).await.unwrap()
    }

    /// The assistant answers a conversation from start to end.
    pub(crate) async fn answers(&self, id: ConversationId, replies: &[&str], now: Timestamp) -> TurnEnd {
        let lease = self.takes_answer_job(now).await;
        let turn = self.turn(id).await;
        let outcome = outcome(&turn, replies);
        self.finishes(&turn, outcome, &lease, now).await
    }

    /// The assistant hands a conversation to humans, saying so.
    pub(crate) async fn hands_off(&self, id: ConversationId, new: NewHandoff, now: Timestamp) -> TurnEnd {
        let lease = self.takes_answer_job(now).await;
        let turn = self.turn(id).await;
        let mut outcome = outcome(&turn, &["I am handing you over."]);
        outcome.handoff = Some(new);
        self.finishes(&turn, outcome, &lease, now).await
    }

    /// Sam changes an article, or deletes it; the number of its version.
    pub(crate) async fn saves(&self, id: &str, source: Option<&str>, now: Timestamp) -> u32 {
        let edit =
            SaveArticle { id: id.to_owned(), source: source.map(str::to_owned), author: "sam".to_owned(), at_least: 1 };
        self.store.save_article(edit, now).await.unwrap()
    }

    /// A conversation as it is now.
    pub(crate) async fn sees(&self, id: ConversationId) -> Conversation {
        self.store.conversation(id).await.unwrap().unwrap().conversation
    }
}

/// What an agent writes.
pub(crate) fn says(id: ConversationId, name: &str, text: &str) -> AgentMessage {
    AgentMessage { conversation: id, agent: agent(name), text: text.to_owned(), idempotency: None }
}

/// The lease of every job in these stories.
pub(crate) fn minute() -> SignedDuration {
    SignedDuration::from_mins(1)
}
