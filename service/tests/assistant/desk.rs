//! A desk to tell stories at: somebody says something, the assistant answers, and everything else stands still.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp};
use knowledge_base::answer::JUDGED_HITS;
use knowledge_base::{Content, Hit, KnowledgeBase, Query, second_look};
use models::artifact::{Settings as Artifacts, Silent, default_cache_dir, locate};
use models::batcher::Options;
use models::bert::Precision;
use models::head::ShippedSignals;
use models::head::emotion::EmotionHead;
use models::{CachedEmbed, Embed, EncoderHandle};
use service::assistant::{Assistant, Settings, Step};
use service::domain::channel::{Channel, InboxId};
use service::domain::code::CodeCheck;
use service::domain::contact::{Contact, Identity, Verification};
use service::domain::conversation::{Conversation, Epoch, Owner, Priority, Status};
use service::domain::decision::{Action, ReasonCode};
use service::domain::flow::Memory;
use service::domain::handle::{Handle, HandleKind};
use service::domain::id::{ChallengeId, ContactId, ConversationId, IdentityId, MessageId};
use service::domain::message::{Author, Delivery, Message, Sender};
use service::domain::turn::{Call, CallResult, Order, OrderStatus, Outcome, Turn};
use service::domain::understanding::Understanding;

/// The code every address is sent.
pub(crate) const CODE: &str = "246810";
/// The day it is.
pub(crate) const TODAY: Date = date(2026, 11, 24);

struct Mind {
    encoder: EncoderHandle,
    knowledge: KnowledgeBase,
    assistant: Assistant,
}

impl Mind {
    fn search(&self, query: &Query<'_>) -> Vec<Hit> {
        let hits = self.knowledge.search(query, JUDGED_HITS);
        second_look::look_again_in_bulk(&self.encoder, query, hits).unwrap()
    }
}

#[expect(clippy::disallowed_methods, reason = "the user's cache is found by the environment")]
fn mind() -> &'static Mind {
    static MIND: OnceLock<Mind> = OnceLock::new();
    MIND.get_or_init(|| {
        let variable = |name| std::env::var_os(name).map(std::path::PathBuf::from);
        let (home, xdg) = (variable("HOME"), variable("XDG_CACHE_HOME"));
        let cache = default_cache_dir(home.as_deref(), xdg.as_deref()).expect("a home directory");
        let files = locate(&Artifacts::new(cache).unwrap(), &Silent).unwrap_or_else(|error| panic!("{error}"));
        let encoder = EncoderHandle::start(&files, Precision::default(), Options::default()).unwrap();
        let content = Content::embedded().unwrap();
        let embed = CachedEmbed::open(&encoder, &Path::new(env!("CARGO_TARGET_TMPDIR")).join("assistant-embeddings"));
        let settings = Settings {
            home_country: Some(phonenumber::country::Id::GB),
            emotion: Some(Arc::new(EmotionHead::shipped().unwrap())),
            signals: Some(Arc::new(ShippedSignals::shipped().unwrap())),
            ..Settings::default()
        };
        let assistant = Assistant::train(&content, &embed, &settings).unwrap();
        let knowledge = KnowledgeBase::build(content.articles, &embed).unwrap();
        embed.save().unwrap();
        drop(embed);
        Mind { encoder, knowledge, assistant }
    })
}

/// A conversation and the world around it.
pub(crate) struct Desk {
    turn: Turn,
    sender: Sender,
    now: Timestamp,
    orders: Vec<(Handle, Order)>,
    codes: Vec<(ChallengeId, Handle, u8)>,
    /// Every call the assistant asked for, in order.
    pub(crate) calls: Vec<Call>,
    /// Outside systems do not answer.
    pub(crate) outside_is_down: bool,
    /// No more codes are sent.
    pub(crate) codes_are_refused: bool,
}

/// What came of something said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) understanding: Understanding,
    pub(crate) outcome: Outcome,
}

impl Said {
    /// Everything answered, as one text.
    pub(crate) fn text(&self) -> String {
        let texts: Vec<&str> = self.outcome.replies.iter().map(|reply| reply.text.as_str()).collect();
        texts.join("\n")
    }

    pub(crate) fn action(&self) -> Action {
        self.outcome.decision.action
    }

    /// The first reason.
    pub(crate) fn reason(&self) -> ReasonCode {
        self.outcome.decision.reasons[0].code
    }

    #[track_caller]
    pub(crate) fn contains(self, words: &str) -> Self {
        assert!(self.text().contains(words), "expected {words:?} in {:?}", self.text());
        self
    }

    #[track_caller]
    pub(crate) fn does(self, action: Action) -> Self {
        let top = self.understanding.intents.first();
        assert_eq!(self.action(), action, "{:?}, {top:?}, {}", self.outcome.decision.reasons, self.text());
        self
    }

    #[track_caller]
    pub(crate) fn because(self, reason: ReasonCode) -> Self {
        assert_eq!(self.reason(), reason, "{:?}", self.outcome.decision.reasons);
        self
    }
}

impl Desk {
    /// A visitor of the web page whom nobody knows.
    pub(crate) fn new() -> Self {
        let (contact_id, now) = (ContactId::new(), "2026-11-24T12:00:00Z".parse().unwrap());
        let conversation = Conversation {
            id: ConversationId::new(),
            contact_id,
            status: Status::Pending,
            owner: Owner::Assistant,
            epoch: Epoch::FIRST,
            priority: Priority::Normal,
            subject: None,
            last_seq: 0,
            answered_seq: 0,
            created_at: now,
            updated_at: now,
        };
        let contact =
            Contact { id: contact_id, name: Some("Ada Marchetti".to_owned()), identities: Vec::new(), created_at: now };
        let turn = Turn {
            conversation,
            contact,
            history: Vec::new(),
            memory: Memory::default(),
            past_conversations: 0,
            recent_conversations: 0,
        };
        let handle = Handle::from_stored(HandleKind::Visitor, "somebody".to_owned());
        Self {
            turn,
            sender: Sender { handle, verification: Verification::Channel },
            now,
            orders: Vec::new(),
            codes: Vec::new(),
            calls: Vec::new(),
            outside_is_down: false,
            codes_are_refused: false,
        }
    }

    /// From now on messages come by a caller who says that they are of this visitor and cannot vouch for it.
    pub(crate) fn claimed_as(mut self, visitor: &str) -> Self {
        self.becomes(visitor);
        self
    }

    /// The same, in the middle of a conversation.
    pub(crate) fn becomes(&mut self, visitor: &str) {
        let handle = Handle::from_stored(HandleKind::Visitor, visitor.to_owned());
        self.sender = Sender { handle, verification: Verification::Claimed };
    }

    /// Time passes.
    pub(crate) fn waits(&mut self, minutes: i64) {
        self.now += SignedDuration::from_mins(minutes);
    }

    /// An order of whoever owns `email`.
    pub(crate) fn with_order(mut self, email: &str, order: Order) -> Self {
        self.orders.push((email_handle(email), order));
        self
    }

    /// The contact has proven this address before.
    pub(crate) fn known_by(mut self, email: &str) -> Self {
        self.prove(email_handle(email));
        self
    }

    /// The contact was asked which of these intents they mean.
    pub(crate) fn was_offered(mut self, intents: &[&str]) -> Self {
        self.turn.memory.offered = intents.iter().map(|&name| name.to_owned()).collect();
        self
    }

    /// What is remembered now.
    pub(crate) fn memory(&self) -> &Memory {
        &self.turn.memory
    }

    fn prove(&mut self, handle: Handle) {
        self.turn.contact.identities.push(Identity { id: IdentityId::new(), handle, verification: Verification::Code });
    }

    /// The contact says something and is answered.
    pub(crate) fn says(&mut self, text: &str) -> Said {
        self.record(Author::Contact, text);
        let mind = mind();
        let readings = mind.encoder.read(&mind.assistant.texts(&self.turn)).unwrap();
        let perceived = mind.assistant.perceive(&self.turn, &readings, self.now).unwrap();
        let hits = perceived.wanted.iter().map(|wanted| mind.search(&wanted.query())).collect();
        let found = mind.assistant.found(&self.turn, &perceived, hits);
        let understanding = perceived.understanding;
        let mut calls = Vec::new();
        let outcome = loop {
            match mind.assistant.respond(&self.turn, &understanding, &found, &calls, self.now) {
                Step::Done(outcome) => break *outcome,
                Step::Call(call) => {
                    assert!(calls.len() < 8, "the assistant goes round in circles: {calls:?}");
                    let result = self.perform(&call);
                    self.calls.push(call.clone());
                    calls.push((call, result));
                }
            }
        };
        self.finish(&outcome);
        Said { understanding, outcome }
    }

    /// What the store does when a turn is finished.
    fn finish(&mut self, outcome: &Outcome) {
        self.turn.memory = outcome.memory.clone();
        self.turn.conversation.answered_seq = self.turn.upto();
        for handle in &outcome.proven {
            self.prove(handle.clone());
        }
        for reply in &outcome.replies {
            self.record(Author::Assistant, &reply.text);
        }
        if let Some(handoff) = &outcome.handoff {
            self.turn.conversation.owner = Owner::Queue(handoff.queue.clone());
        }
    }

    fn record(&mut self, author: Author, text: &str) {
        self.turn.conversation.last_seq += 1;
        self.turn.history.push(Message {
            id: MessageId::new(),
            conversation_id: self.turn.conversation.id,
            seq: self.turn.conversation.last_seq,
            sender: (author == Author::Contact).then(|| self.sender.clone()),
            author,
            channel: Channel::Web,
            inbox: InboxId::default_for(Channel::Web),
            text: text.to_owned(),
            citations: Vec::new(),
            quick_replies: Vec::new(),
            external_id: None,
            delivery: Delivery::None,
            epoch: Epoch::FIRST,
            decision: None,
            sent_at: self.now,
        });
    }

    fn perform(&mut self, call: &Call) -> CallResult {
        if self.outside_is_down {
            return CallResult::Failed;
        }
        match call {
            Call::SendCode { .. } if self.codes_are_refused => CallResult::CodeRefused,
            Call::SendCode { to } => {
                let id = ChallengeId::new();
                self.codes.push((id, to.clone(), 3));
                CallResult::CodeSent(id)
            }
            Call::CheckCode { challenge, code } => {
                let sent = self.codes.iter_mut().find(|(id, ..)| id == challenge).expect("a code that was sent");
                CallResult::CodeChecked(if code == CODE {
                    CodeCheck::Proven(sent.1.clone())
                } else {
                    sent.2 -= 1;
                    if sent.2 == 0 { CodeCheck::Void } else { CodeCheck::Wrong { left: sent.2 } }
                })
            }
            Call::FindOrder { number, proven } => {
                assert!(!proven.is_empty());
                CallResult::Orders(self.orders_of(proven).into_iter().filter(|order| order.number == *number).collect())
            }
            Call::RecentOrders { proven } => {
                assert!(!proven.is_empty());
                CallResult::Orders(self.orders_of(proven))
            }
            Call::ResetPassword { .. } => CallResult::ResetTaken,
        }
    }

    fn orders_of(&self, owners: &[Handle]) -> Vec<Order> {
        let theirs = self.orders.iter().filter(|(owner, _)| owners.contains(owner));
        theirs.map(|(_, order)| order.clone()).collect()
    }
}

/// An address.
pub(crate) fn email_handle(email: &str) -> Handle {
    Handle::parse(HandleKind::Email, email, None).unwrap()
}

/// An order that is on its way and due tomorrow.
pub(crate) fn order(number: &str) -> Order {
    Order {
        number: number.to_owned(),
        status: OrderStatus::Shipped,
        summary: "Wren cast-iron casserole".to_owned(),
        carrier: Some("Swiftline".to_owned()),
        tracking: Some("SW4471902836GB".to_owned()),
        placed_on: date(2026, 11, 21),
        promised_on: Some(TODAY.tomorrow().unwrap()),
        delivered_on: None,
    }
}
