//! Conversations for tests, in short words.

use jiff::Timestamp;
use knowledge_base::Content;
use models::{Embed, Embedding, EncodeError, Reading, Role};

use crate::assistant::{Assistant, Settings};
use crate::domain::channel::{Channel, InboxId};
use crate::domain::conversation::{AgentName, Epoch};
use crate::domain::decision::{Action, Decision, Reason, ReasonCode};
use crate::domain::gap::Said;
use crate::domain::id::{ContactId, ConversationId, MessageId};
use crate::domain::message::{Author, Delivery, Message};

/// An encoder that knows words by their letters and nothing else.
pub(super) struct Words;

const WIDTH: usize = 256;

impl Embed for Words {
    fn embed(&self, texts: &[String], _role: Role) -> Result<Vec<Embedding>, EncodeError> {
        Ok(texts.iter().map(|text| meaning(text)).collect())
    }

    fn read(&self, texts: &[String]) -> Result<Vec<Reading>, EncodeError> {
        let reading = |meaning: Embedding| Reading { wording: meaning.clone(), meaning, tone: None, purpose: None };
        Ok(texts.iter().map(|text| reading(meaning(text))).collect())
    }

    fn revision(&self) -> &'static str {
        "words"
    }
}

pub(super) fn meaning(text: &str) -> Embedding {
    let mut vector = vec![0.01; WIDTH];
    for word in text.to_lowercase().split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let place = word.bytes().fold(7_usize, |place, byte| (place * 31 + usize::from(byte)) % WIDTH);
        vector[place] += 1.0;
    }
    Embedding::new(vector).unwrap()
}

/// An assistant that knows no intents.
pub(super) fn assistant() -> Assistant {
    let content = Content { articles: Vec::new(), intents: Vec::new(), signals: Vec::new(), flows: Vec::new() };
    Assistant::train(&content, &Words, &Settings::default()).unwrap()
}

/// A conversation being told.
pub(super) struct Telling {
    contact: ContactId,
    conversation: ConversationId,
    pub(super) said: Vec<Said>,
}

impl Telling {
    pub(super) fn new() -> Self {
        Self { contact: ContactId::new(), conversation: ConversationId::new(), said: Vec::new() }
    }

    /// The contact writes, and nothing is decided yet.
    pub(super) fn says(self, text: &str) -> Self {
        self.adds(Author::Contact, text, None)
    }

    /// The contact writes, and it is decided like this.
    pub(super) fn asks(self, text: &str, action: Action, codes: &[ReasonCode]) -> Self {
        let reasons = codes.iter().map(|&code| Reason::of(code)).collect();
        let decision = Decision { action, flow: None, queue: None, reasons, intents: Vec::new() };
        self.adds(Author::Contact, text, Some(decision))
    }

    /// An agent replies.
    pub(super) fn reply(self, text: &str) -> Self {
        self.adds(Author::Agent(AgentName::parse("Sam").unwrap()), text, None)
    }

    fn adds(mut self, author: Author, text: &str, decision: Option<Decision>) -> Self {
        let seq = 1 + self.said.len() as i64;
        let message = Message {
            id: MessageId::new(),
            conversation_id: self.conversation,
            seq,
            author,
            sender: None,
            channel: Channel::Web,
            inbox: InboxId::default_for(Channel::Web),
            text: text.to_owned(),
            citations: Vec::new(),
            quick_replies: Vec::new(),
            external_id: None,
            delivery: Delivery::None,
            epoch: Epoch(0),
            decision,
            sent_at: Timestamp::from_second(1_700_000_000 + seq).unwrap(),
        };
        self.said.push(Said { contact: self.contact, contact_name: Some("Ada Lovelace".to_owned()), message });
        self
    }
}
