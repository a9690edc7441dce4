//! Whatever happens in whatever order, some things always hold.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use proptest::prelude::*;
use service::domain::conversation::{Epoch, Owner, Priority, Queue, Transition};
use service::domain::id::ConversationId;
use service::domain::job::{Job, Lease, LeasedJob};
use service::domain::message::Author;
use service::domain::turn::Turn;
use service::store::{ChangeOwner, ConversationQuery, StoreError, TurnEnd};

use super::desk::{Desk, agent, at, handoff, on_sqlite, outcome, phone, says, visitor};

/// Something that happens at the desk.
#[derive(Clone, Debug)]
enum Happening {
    Hears { visitor: u8 },
    Texts { visitor: u8 },
    TakesJob,
    LoadsAgain { job: usize },
    Finishes { job: usize, hands_off: bool, proves: Option<u8> },
    Completes { job: usize },
    GivesUp { job: usize },
    Speaks { conversation: usize, agent: u8 },
    Changes { conversation: usize, step: u8 },
    TimePasses { seconds: u8 },
}

fn happening() -> impl Strategy<Value = Happening> {
    use Happening::{Changes, Completes, Finishes, GivesUp, Hears, LoadsAgain, Speaks, TakesJob, Texts, TimePasses};
    prop_oneof![
        4 => (0..3_u8).prop_map(|visitor| Hears { visitor }),
        2 => (0..3_u8).prop_map(|visitor| Texts { visitor }),
        4 => Just(TakesJob),
        1 => (0..4_usize).prop_map(|job| LoadsAgain { job }),
        4 => (0..4_usize, any::<bool>(), proptest::option::weighted(0.2, 0..3_u8))
            .prop_map(|(job, hands_off, proves)| Finishes { job, hands_off, proves }),
        1 => (0..4_usize).prop_map(|job| Completes { job }),
        1 => (0..4_usize).prop_map(|job| GivesUp { job }),
        2 => (0..4_usize, 0..2_u8).prop_map(|(conversation, agent)| Speaks { conversation, agent }),
        4 => (0..4_usize, 0..5_u8).prop_map(|(conversation, step)| Changes { conversation, step }),
        1 => (0..90_u8).prop_map(|seconds| TimePasses { seconds }),
    ]
}

/// A worker in the middle of a job: what it was given, and what it read since.
struct Busy {
    lease: Lease,
    conversation: ConversationId,
    turn: Turn,
}

struct Story {
    desk: Desk,
    seconds: i64,
    conversations: Vec<ConversationId>,
    workers: Vec<Busy>,
    epochs: HashMap<ConversationId, Epoch>,
    /// Conversations whose answer was given up on, which is the one way to leave a message without a job.
    given_up: HashSet<ConversationId>,
}

impl Story {
    async fn goes_on(&mut self, happening: Happening) {
        let now = at(self.seconds);
        match happening {
            Happening::Hears { visitor: n } => self.hears(&visitor(&format!("v{n}"))).await,
            Happening::Texts { visitor: n } => self.hears(&phone(n.into())).await,
            Happening::TakesJob => self.takes_job().await,
            Happening::LoadsAgain { job } => {
                if let Some(busy) = self.workers.get_mut(job) {
                    busy.turn = self.desk.turn(busy.conversation).await;
                }
            }
            Happening::Finishes { job, hands_off, proves } => self.finishes(job, hands_off, proves).await,
            Happening::Completes { job } => {
                if let Some(busy) = self.worker(job) {
                    // As the worker does it: only where there was nothing to answer.
                    if busy.turn.unanswered().next().is_none() {
                        self.desk.store.complete_job(&busy.lease).await.unwrap();
                    }
                }
            }
            Happening::GivesUp { job } => {
                if let Some(busy) = self.worker(job) {
                    self.desk.store.postpone_job(&busy.lease, None, "hopeless").await.unwrap();
                    self.given_up.insert(busy.conversation);
                }
            }
            Happening::Speaks { conversation, agent: n } => {
                if let Some(&id) = self.conversations.get(conversation) {
                    let said = says(id, &format!("agent {n}"), "hello");
                    self.desk.store.agent_message(said, now).await.unwrap();
                }
            }
            Happening::Changes { conversation, step } => self.changes(conversation, step).await,
            Happening::TimePasses { seconds } => self.seconds += i64::from(seconds),
        }
        self.seconds += 1;
    }

    async fn hears(&mut self, from: &service::domain::handle::Handle) {
        let id = self.desk.hears(from, "hello", at(self.seconds)).await.conversation.id;
        self.given_up.remove(&id);
        if !self.conversations.contains(&id) {
            self.conversations.push(id);
        }
    }

    async fn takes_job(&mut self) {
        let jobs = self.desk.store.claim_jobs(1, Duration::from_mins(1), at(self.seconds)).await.unwrap();
        for LeasedJob { lease, job } in jobs {
            match job {
                Job::AnswerTurn { conversation } => {
                    let conversation = ConversationId::from_uuid(conversation);
                    let turn = self.desk.turn(conversation).await;
                    self.workers.push(Busy { lease, conversation, turn });
                }
                _ => assert!(self.desk.store.complete_job(&lease).await.unwrap()),
            }
        }
    }

    fn worker(&mut self, place: usize) -> Option<Busy> {
        (place < self.workers.len()).then(|| self.workers.remove(place))
    }

    async fn finishes(&mut self, job: usize, hands_off: bool, proves: Option<u8>) {
        let Some(mut busy) = self.worker(job) else { return };
        let mut outcome = outcome(&busy.turn, &["hello"]);
        outcome.handoff = hands_off.then(|| handoff("general", Priority::Normal));
        outcome.proven = proves.into_iter().map(|n| phone(n.into())).collect();
        let end = self.desk.finishes(&busy.turn, outcome, &busy.lease, at(self.seconds)).await;
        if end == TurnEnd::Superseded {
            busy.turn = self.desk.turn(busy.conversation).await;
            self.workers.push(busy);
        }
    }

    async fn changes(&mut self, conversation: usize, step: u8) {
        let Some(&id) = self.conversations.get(conversation) else { return };
        let general = Queue::new(Queue::GENERAL);
        let step = match step {
            0 => Transition::Claim(agent("agent 0")),
            1 => Transition::Release(general),
            2 => Transition::Resolve,
            3 => Transition::Reopen(general),
            _ => Transition::ReturnToAssistant,
        };
        match self.desk.store.change_owner(ChangeOwner::new(id, step), at(self.seconds)).await {
            Ok(_) | Err(StoreError::Transition(_)) => {}
            Err(error) => panic!("{error}"),
        }
    }

    async fn holds(&mut self) {
        let query = ConversationQuery { limit: 100, ..ConversationQuery::default() };
        let rows = self.desk.store.conversations(query).await.unwrap().rows;
        assert_eq!(rows.len(), self.conversations.len());
        let mut unanswered = 0;
        for row in rows {
            let thread = self.desk.store.conversation(row.conversation.id).await.unwrap().unwrap();
            let conversation = &thread.conversation;
            let seqs: Vec<i64> = thread.messages.iter().map(|message| message.seq).collect();
            assert_eq!(seqs, (1..=conversation.last_seq).collect::<Vec<_>>(), "numbers have no gaps");
            assert!(thread.messages.is_sorted_by_key(|message| message.epoch), "epochs only grow");
            let before = self.epochs.insert(conversation.id, conversation.epoch);
            assert!(before.is_none_or(|before| before <= conversation.epoch), "epochs only grow");
            let waits = thread
                .messages
                .iter()
                .any(|message| message.author == Author::Contact && message.seq > conversation.answered_seq);
            let forgotten = self.given_up.contains(&conversation.id);
            if waits && conversation.owner == Owner::Assistant && !forgotten {
                unanswered += 1;
            }
        }
        let counts = self.desk.store.job_counts(at(self.seconds)).await.unwrap();
        assert!(counts.waiting + counts.leased >= unanswered, "an unanswered message has a job");
    }

    /// In the end, workers who do what they are told leave nothing unanswered.
    async fn ends(&mut self) {
        self.workers.clear();
        loop {
            self.seconds += 61;
            let counts = self.desk.store.job_counts(at(self.seconds)).await.unwrap();
            if counts.waiting + counts.leased == 0 {
                break;
            }
            self.takes_job().await;
            while !self.workers.is_empty() {
                if self.workers[0].turn.unanswered().next().is_none() {
                    let busy = self.workers.remove(0);
                    self.desk.store.complete_job(&busy.lease).await.unwrap();
                } else {
                    self.finishes(0, false, None).await;
                }
            }
        }
        for &id in &self.conversations {
            let turn = self.desk.turn(id).await;
            let left = turn.conversation.owner == Owner::Assistant && turn.unanswered().next().is_some();
            assert!(!left || self.given_up.contains(&id), "{id} was left without an answer");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_nothing_is_lost_and_nothing_goes_back(
        happenings in proptest::collection::vec(happening(), 1..60),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(on_sqlite(async |desk| {
            let mut story = Story {
                desk,
                seconds: 0,
                conversations: Vec::new(),
                workers: Vec::new(),
                epochs: HashMap::new(),
                given_up: HashSet::new(),
            };
            for happening in happenings {
                story.goes_on(happening).await;
                story.holds().await;
            }
            story.ends().await;
        }));
    }
}
