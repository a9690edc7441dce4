//! Reranking through the encoder threads: what the tokens of passages come to is kept, so that a passage which is asked
//! about again is not encoded again.

use std::sync::Arc;
use std::time::Instant;

use quick_cache::Weighter;
use quick_cache::sync::Cache;
use tokio::sync::oneshot;

use super::queue::{Entry, Work};
use super::{EncoderHandle, Lane};
use crate::reranker::SeenTokens;
use crate::{EncodeError, Reranker, Role};

/// Most bytes kept of passages' tokens: those of about 300.
const SEEN_BYTES: u64 = 16 << 20;
/// What a passage of usual length takes, about.
const TYPICAL_BYTES: u64 = 50 << 10;

/// A reranker, and the passages that it saw lately.
pub(super) struct Reranking {
    reranker: Arc<Reranker>,
    seen: Cache<String, Arc<SeenTokens>, ByBytes>,
}

/// A text's tokens, seen or on their way.
enum Sight {
    Seen(Arc<SeenTokens>),
    Coming(oneshot::Receiver<Result<SeenTokens, EncodeError>>),
}

#[derive(Clone)]
struct ByBytes;

impl Weighter<String, Arc<SeenTokens>> for ByBytes {
    fn weight(&self, passage: &String, seen: &Arc<SeenTokens>) -> u64 {
        (passage.len() + seen.bytes()) as u64
    }
}

impl Reranking {
    pub(super) fn new(reranker: Reranker) -> Self {
        let expected = SEEN_BYTES / TYPICAL_BYTES;
        Self { reranker: Arc::new(reranker), seen: Cache::with_weighter(expected as usize, SEEN_BYTES, ByBytes) }
    }

    /// What is known of a text, which is to be encoded if that is nothing.
    fn sight(&self, text: String, deadline: Option<Instant>) -> (Sight, Option<Entry>) {
        if let Some(seen) = self.seen.get(&text) {
            return (Sight::Seen(seen), None);
        }
        let (reply, receiver) = oneshot::channel();
        let work = Work::See { reranker: Arc::clone(&self.reranker), reply };
        (Sight::Coming(receiver), Some(Entry::new(text, work, deadline)))
    }

    /// Compares the tokens of a question with those of each passage, and keeps the latter.
    fn compare(&self, question: &SeenTokens, passages: Vec<String>, seen: Vec<Arc<SeenTokens>>) -> Vec<f32> {
        let compared = passages.into_iter().zip(seen).map(|(text, passage)| {
            let score = self.reranker.compare(question, &passage);
            self.seen.insert(text, passage);
            score
        });
        compared.collect()
    }
}

impl EncoderHandle {
    /// For each of `passages` how much more than search has it it seems to answer `question`, as a difference of logits, or
    /// why that is not known before `deadline`; none where there is no reranker for this encoder.
    pub async fn rerank(
        &self,
        question: &str,
        passages: &[String],
        lane: Lane,
        deadline: Instant,
    ) -> Result<Option<Vec<f32>>, EncodeError> {
        let Some(reranking) = &self.reranking else { return Ok(None) };
        let (question, passages) = self.as_read(question, passages);
        let (sights, entries): (Vec<Sight>, Vec<Option<Entry>>) =
            [&question].into_iter().chain(&passages).map(|text| reranking.sight(text.clone(), Some(deadline))).unzip();
        self.queue().push(entries.into_iter().flatten().collect(), lane, deadline)?;
        let mut seen = Vec::with_capacity(sights.len());
        for sight in sights {
            seen.push(match sight {
                Sight::Seen(seen) => seen,
                Sight::Coming(reply) => {
                    let reply = tokio::time::timeout_at(deadline.into(), reply).await;
                    let reply = reply.map_err(|_| EncodeError::DeadlinePassed)?;
                    Arc::new(reply.unwrap_or(Err(EncodeError::Stopped))?)
                }
            });
        }
        let question = seen.remove(0);
        Ok(Some(reranking.compare(&question, passages, seen)))
    }

    /// Like [`rerank`](Self::rerank), blocking the calling thread for as long as it takes.
    pub fn rerank_in_bulk(&self, question: &str, passages: &[String]) -> Result<Option<Vec<f32>>, EncodeError> {
        let Some(reranking) = &self.reranking else { return Ok(None) };
        let (question, passages) = self.as_read(question, passages);
        let mut sights = Vec::with_capacity(1 + passages.len());
        for text in [&question].into_iter().chain(&passages) {
            let (sight, entry) = reranking.sight(text.clone(), None);
            entry.map_or(Ok(()), |entry| self.queue().push_when_room(entry))?;
            sights.push(sight);
        }
        let seen = sights.into_iter().map(|sight| match sight {
            Sight::Seen(seen) => Ok(seen),
            Sight::Coming(reply) => Ok(Arc::new(reply.blocking_recv().unwrap_or(Err(EncodeError::Stopped))?)),
        });
        let mut seen = seen.collect::<Result<Vec<_>, EncodeError>>()?;
        let question = seen.remove(0);
        Ok(Some(reranking.compare(&question, passages, seen)))
    }

    /// The texts as the encoder reads them.
    fn as_read(&self, question: &str, passages: &[String]) -> (String, Vec<String>) {
        let question = self.prefixes.put_before(question.to_owned(), Role::Query);
        (question, passages.iter().map(|text| self.prefixes.put_before(text.clone(), Role::Passage)).collect())
    }
}
