//! One encoder thread: takes batches, encodes them, and outlives an encoder that panics.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use super::EncoderFactory;
use super::queue::{Entry, Queue};
use crate::tokenize::TextTokenizer;
use crate::{EncodeError, Encoded, Encoder, Wanted};

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
    let missing = || EncodeError::Failed("the encoder returned too few readings".to_owned());
    let mut results: Vec<Result<Encoded, EncodeError>> = batch.iter().map(|_| Err(missing())).collect();
    for wanted in Wanted::ALL {
        let (mut places, mut all_tokens) = (Vec::new(), Vec::new());
        for (at, entry) in batch.iter().enumerate().filter(|(_, entry)| entry.wanted == wanted) {
            match tokenizer.tokenize(&entry.text) {
                Ok(tokens) => {
                    places.push(at);
                    all_tokens.push(tokens);
                }
                Err(error) => results[at] = Err(EncodeError::Failed(error.to_string())),
            }
        }
        if all_tokens.is_empty() {
            continue;
        }
        match encoder.encode(&all_tokens, wanted) {
            Ok(readings) => {
                for ((at, tokens), reading) in places.into_iter().zip(&all_tokens).zip(readings) {
                    results[at] = Ok(Encoded { reading, is_cut: tokens.truncated() });
                }
            }
            Err(error) => places.into_iter().for_each(|at| results[at] = Err(error.clone())),
        }
    }
    results
}
