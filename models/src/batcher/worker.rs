//! One encoder thread: takes batches, encodes them, and outlives an encoder that panics.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use super::EncoderFactory;
use super::queue::{Entry, Queue, Reply, Work};
use crate::tokenize::{TextTokenizer, Tokens};
use crate::{EncodeError, Encoded, Encoder, Wanted};

/// What all encoder threads use.
pub(super) struct Shared {
    pub(super) queue: Arc<Queue>,
    pub(super) tokenizer: TextTokenizer,
    pub(super) factory: EncoderFactory,
}

/// An encoder thread.
struct Worker<'a> {
    shared: &'a Shared,
    /// None at first, and after a panic: its scratch memory may then be half written.
    encoder: Option<Box<dyn Encoder>>,
}

/// A text whose like are encoded with it.
struct Waiting<R> {
    text: String,
    n_tokens: usize,
    reply: R,
}

/// Encodes until the queue is stopped.
pub(super) fn run(shared: &Shared) {
    let mut worker = Worker { shared, encoder: None };
    while let Some(batch) = shared.queue.take() {
        let (mut to_read, mut to_see) = (Vec::new(), Vec::new());
        for entry in batch {
            let n_tokens = entry.n_tokens();
            let Entry { text, work, .. } = entry;
            match work {
                Work::Read { wanted, reply } => to_read.push(Waiting { text, n_tokens, reply: (wanted, reply) }),
                Work::See { reranker, reply } => to_see.push(Waiting { text, n_tokens, reply: (reranker, reply) }),
            }
        }
        for wanted in Wanted::ALL {
            let alike = to_read.extract_if(.., |text| text.reply.0 == wanted).collect();
            let read = |encoder: &mut dyn Encoder, tokens: &[Tokens]| {
                let readings = encoder.encode(tokens, wanted)?.into_iter().zip(tokens);
                Ok(readings.map(|(reading, tokens)| Encoded { reading, is_cut: tokens.truncated() }).collect())
            };
            worker.encode(alike, read, |(_, reply): (Wanted, Reply), result| reply.send(result));
        }
        // The queue is one handle's, which has one reranker.
        if let Some(reranker) = to_see.first().map(|text| Arc::clone(&text.reply.0)) {
            let see = |encoder: &mut dyn Encoder, tokens: &[Tokens]| {
                Ok(encoder.token_vectors(tokens)?.iter().map(|vectors| reranker.see(vectors)).collect())
            };
            worker.encode(to_see, see, |(_, reply), result| drop(reply.send(result)));
        }
    }
}

impl Worker<'_> {
    /// Encodes texts together, and answers whoever waits for one of them.
    fn encode<R, T>(
        &mut self,
        texts: Vec<Waiting<R>>,
        encode: impl FnOnce(&mut dyn Encoder, &[Tokens]) -> Result<Vec<T>, EncodeError>,
        answer: impl Fn(R, Result<T, EncodeError>),
    ) {
        if texts.is_empty() {
            return;
        }
        let started = Instant::now();
        let n_tokens = texts.iter().map(|text| text.n_tokens).sum();
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            let mut encoder = self.encoder.take().unwrap_or_else(|| (self.shared.factory)());
            let results = results(&self.shared.tokenizer, &texts, |tokens| encode(&mut *encoder, tokens));
            self.encoder = Some(encoder);
            results
        }));
        self.shared.queue.record(n_tokens, started.elapsed());
        let results = outcome.unwrap_or_else(|_| {
            tracing::error!(texts = texts.len(), "the encoder panicked; this batch failed, the thread goes on");
            let error = || EncodeError::Failed("the encoder panicked on this batch; try again".to_owned());
            texts.iter().map(|_| Err(error())).collect()
        });
        for (text, result) in texts.into_iter().zip(results) {
            answer(text.reply, result);
        }
    }
}

/// One result for each text. A text that cannot be cut into tokens fails alone.
fn results<R, T>(
    tokenizer: &TextTokenizer,
    texts: &[Waiting<R>],
    encode: impl FnOnce(&[Tokens]) -> Result<Vec<T>, EncodeError>,
) -> Vec<Result<T, EncodeError>> {
    let missing = || EncodeError::Failed("the encoder returned too little".to_owned());
    let mut results: Vec<Result<T, EncodeError>> = texts.iter().map(|_| Err(missing())).collect();
    let (mut places, mut all_tokens) = (Vec::new(), Vec::new());
    for (at, text) in texts.iter().enumerate() {
        match tokenizer.tokenize(&text.text) {
            Ok(tokens) => {
                places.push(at);
                all_tokens.push(tokens);
            }
            Err(error) => results[at] = Err(EncodeError::Failed(error.to_string())),
        }
    }
    if all_tokens.is_empty() {
        return results;
    }
    match encode(&all_tokens) {
        Ok(encoded) => places.into_iter().zip(encoded).for_each(|(at, encoded)| results[at] = Ok(encoded)),
        Err(error) => places.into_iter().for_each(|at| results[at] = Err(error.clone())),
    }
    results
}
