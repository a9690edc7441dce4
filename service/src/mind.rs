//! What the assistant thinks with: the encoder, the trained heads, the knowledge base. The same thinking answers a
//! stored conversation, a stateless triage and an evaluation.

use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use async_trait::async_trait;
use jiff::Timestamp;
use knowledge_base::answer::JUDGED_HITS;
use knowledge_base::{Abstained, Answer, Hit, KnowledgeBase, Query, Thresholds, answer, second_look};
use models::{EncodeError, Encoded, EncoderHandle, Lane, Reading};

use crate::assistant::{Assistant, Found, Perceived, Step, Unbacked};
use crate::domain::handoff::{Handoff, Refreshed};
use crate::domain::turn::{Call, CallResult, Outcome, Turn};
use crate::domain::understanding::Understanding;

/// Everything needed to think about a turn. Cheap to clone; parts are swapped whole when content changes.
#[derive(Clone)]
pub struct Mind {
    encoder: EncoderHandle,
    knowledge: KnowledgeBase,
    assistant: Arc<ArcSwap<Assistant>>,
}

/// What was thought of a turn.
#[derive(Debug)]
pub struct Thought {
    /// What was understood.
    pub understanding: Understanding,
    /// What the knowledge base holds about it.
    pub found: Found,
    /// What it comes to.
    pub outcome: Outcome,
}

/// Performs what the assistant asks for while it thinks.
#[async_trait]
pub trait Outside: Send + Sync {
    /// Performs one call, the `nth` of this turn.
    async fn perform(&self, turn: &Turn, call: &Call, nth: usize, now: Timestamp) -> CallResult;
}

/// A turn may ask for this many calls; more would be a flow that goes round in circles.
const MAX_CALLS: usize = 8;
/// How long a text may wait for the encoder.
const ENCODE_DEADLINE: Duration = Duration::from_secs(5);
/// How long a second look at what was found may take.
const LOOK_DEADLINE: Duration = Duration::from_millis(250);

impl Mind {
    /// Puts the parts together.
    pub fn new(encoder: EncoderHandle, knowledge: KnowledgeBase, assistant: Assistant) -> Self {
        Self { encoder, knowledge, assistant: Arc::new(ArcSwap::from_pointee(assistant)) }
    }

    /// The encoder.
    pub fn encoder(&self) -> &EncoderHandle {
        &self.encoder
    }

    /// The knowledge base.
    pub fn knowledge(&self) -> &KnowledgeBase {
        &self.knowledge
    }

    /// The trained heads, the policy and the flows, as they are now.
    pub fn assistant(&self) -> Arc<Assistant> {
        self.assistant.load_full()
    }

    /// Puts new heads, policy and flows in place of the old.
    pub fn replace_assistant(&self, assistant: Assistant) {
        self.assistant.store(Arc::new(assistant));
    }

    /// Intents left without an article they name.
    pub fn unbacked(&self) -> Vec<Unbacked> {
        self.assistant().unbacked(|id| self.knowledge.get(id))
    }

    /// Thinks about `turn`, asking `outside` for what only it knows.
    pub async fn think(&self, turn: &Turn, outside: &dyn Outside, now: Timestamp) -> Result<Thought, EncodeError> {
        let assistant = self.assistant();
        let (understanding, found) = self.perceive(&assistant, turn, Lane::Interactive, now).await?;
        let mut calls: Vec<(Call, CallResult)> = Vec::new();
        loop {
            match assistant.respond(turn, &understanding, &found, &calls, now) {
                Step::Done(outcome) => return Ok(Thought { understanding, found, outcome: *outcome }),
                Step::Call(call) => {
                    let result = if calls.len() < MAX_CALLS {
                        outside.perform(turn, &call, calls.len(), now).await
                    } else {
                        CallResult::Failed
                    };
                    calls.push((call, result));
                }
            }
        }
    }

    /// The brief of `before` with what its contact, who waits in line, has written since.
    pub async fn rebrief(&self, before: &Handoff, turn: &Turn, now: Timestamp) -> Result<Refreshed, EncodeError> {
        let assistant = self.assistant();
        // They wait for a human, and others for an answer of ours.
        let (understanding, found) = self.perceive(&assistant, turn, Lane::Bulk, now).await?;
        Ok(assistant.rebrief(before, turn, &understanding, &found, now))
    }

    async fn perceive(
        &self,
        assistant: &Assistant,
        turn: &Turn,
        lane: Lane,
        now: Timestamp,
    ) -> Result<(Understanding, Found), EncodeError> {
        let encoded = self.encode_in(lane, assistant.texts(turn)).await?;
        let is_cut = encoded.first().is_some_and(|encoded| encoded.is_cut);
        let readings: Vec<Reading> = encoded.into_iter().map(|encoded| encoded.reading).collect();
        let perceived = assistant.perceive(turn, &readings, now).ok_or_else(no_reading)?;
        let mut hits = Vec::with_capacity(perceived.wanted.len());
        for wanted in &perceived.wanted {
            hits.push(self.search(&wanted.query(), JUDGED_HITS, lane).await);
        }
        let found = assistant.found(turn, &perceived, hits);
        let Perceived { mut understanding, .. } = perceived;
        understanding.is_cut = is_cut;
        Ok((understanding, found))
    }

    /// The `limit` best articles for `query`, best first: looked at again where search leaves open which of them answers, if
    /// there is time for it.
    pub async fn search(&self, query: &Query<'_>, limit: usize, lane: Lane) -> Vec<Hit> {
        let hits = self.knowledge.search(query, limit);
        if !second_look::is_worth_it(&hits) {
            return hits;
        }
        let passages = second_look::passages(&hits);
        let seen = self.encoder.rerank(query.text, &passages, lane, Instant::now() + LOOK_DEADLINE).await;
        let outcome = if seen.is_ok() { "taken" } else { "no_time" };
        metrics::counter!("frontdesk_second_looks_total", "outcome" => outcome).increment(1);
        match seen {
            Ok(Some(seen)) => second_look::look_again(hits, &seen),
            Ok(None) | Err(_) => hits,
        }
    }

    /// The answer that `hits`, the result of searching for `query`, hold, if it is good enough to give.
    pub fn answer(&self, query: &Query<'_>, hits: &[Hit]) -> Result<Answer, Abstained> {
        answer(query, hits, &Thresholds::default())
    }

    /// Encodes one text of a contact or an agent.
    pub async fn encode(&self, text: String) -> Result<models::Embedding, EncodeError> {
        let encoded = self.encode_in(Lane::Interactive, vec![text]).await?.pop();
        Ok(encoded.ok_or_else(no_reading)?.reading.meaning)
    }

    async fn encode_in(&self, lane: Lane, texts: Vec<String>) -> Result<Vec<Encoded>, EncodeError> {
        self.encoder.encode(texts, lane, Instant::now() + ENCODE_DEADLINE).await
    }
}

fn no_reading() -> EncodeError {
    EncodeError::Failed("no reading came back".to_owned())
}
