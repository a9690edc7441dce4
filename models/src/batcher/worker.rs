//! One encoder thread: takes batches, encodes them, and outlives an encoder that panics.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use super::EncoderFactory;
use super::queue::{Entry, Queue};
use crate::tokenize::TextTokenizer;
use crate::{EncodeError, Encoded, Encoder};

/// What all encoder threads use.
pub(super) struct Shared {
    pub(super) queue: Arc<Queue>,
    pub(super) tokenizer: TextTokenizer,
    pub(super) factory: EncoderFactory,
}

/// Encodes until the queue is stopped.
pub(super) fn run(shared: &Shared) {
    let mut encoder = None;
    while let Some(batch) = shared.queue.take() {
        let started = Instant::now();
        let n_tokens = batch.iter().map(Entry::n_tokens).sum();
        // The encoder is thrown away after a panic: its scratch memory may be half written.
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            let mut fresh = encoder.take().unwrap_or_else(|| (shared.factory)());
            let results = encode(&shared.tokenizer, &mut *fresh, &batch);
            encoder = Some(fresh);
            results
        }));
        shared.queue.record(n_tokens, started.elapsed());
        let results = outcome.unwrap_or_else(|_| {
            tracing::error!(texts = batch.len(), "the encoder panicked; this batch failed, the thread goes on");
            let error = EncodeError::Failed("the encoder panicked on this batch; try again".to_owned());
            vec![Err(error); batch.len()]
        });
        for (entry, result) in batch.into_iter().zip(results) {
            entry.reply.send(result);
        }
    }
}

/// One result for each entry. A text that cannot be cut into tokens fails alone.
fn encode(tokenizer: &TextTokenizer, encoder: &mut dyn Encoder, batch: &[Entry]) -> Vec<Result<Encoded, EncodeError>> {
    let mut all_tokens = Vec::with_capacity(batch.len());
    let mut failures = Vec::with_capacity(batch.len());
    for entry in batch {
        match tokenizer.tokenize(&entry.text) {
            Ok(tokens) => {
                all_tokens.push(tokens);
                failures.push(None);
            }
            Err(error) => failures.push(Some(EncodeError::Failed(error.to_string()))),
        }
    }
    let mut readings = match encoder.encode(&all_tokens) {
        Ok(readings) => readings.into_iter().zip(&all_tokens),
        Err(error) => return vec![Err(error); batch.len()],
    };
    let missing = || EncodeError::Failed("the encoder returned too few readings".to_owned());
    let mut next = || {
        let (reading, tokens) = readings.next().ok_or_else(missing)?;
        Ok(Encoded { reading, is_cut: tokens.truncated() })
    };
    let result = |failure: Option<EncodeError>| failure.map_or_else(&mut next, Err);
    failures.into_iter().map(result).collect()
}
