//! Shares a few encoder threads between many callers: short queue, small batches, typed overload.

mod queue;
mod worker;

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::oneshot;

use self::queue::{Entry, Queue, Reply};
use crate::artifact::EncoderFiles;
use crate::bert::{Bert, LoadError, Precision, Weights};
use crate::tokenize::{TextTokenizer, TokenizeError};
use crate::{Embed, Embedding, EncodeError, Encoder};

/// Which queue a text waits in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Somebody waits for the answer; goes ahead of everything in bulk.
    Interactive,
    /// Imports and re-indexing.
    Bulk,
}

/// How many threads encode and how much may wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Threads that encode, each on one core.
    pub threads: usize,
    /// Texts that may wait in each lane.
    pub queue_capacity: usize,
    /// Most tokens, as estimated from the texts' length, that one thread takes at once from the interactive lane.
    pub batch_tokens: usize,
}

/// Makes one encoder for each thread, and a fresh one after a panic.
pub type EncoderFactory = Box<dyn Fn() -> Box<dyn Encoder> + Send + Sync>;

/// A cheap handle to the encoder threads; they stop when the last clone is dropped.
#[derive(Clone)]
pub struct EncoderHandle {
    revision: Arc<str>,
    guard: Arc<StopOnDrop>,
}

/// Why the encoder could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The weights cannot be used.
    #[error(transparent)]
    Weights(#[from] LoadError),
    /// The tokenizer cannot be used.
    #[error(transparent)]
    Tokenizer(#[from] TokenizeError),
    /// The operating system gave no thread.
    #[error("an encoder thread cannot be started: {0}")]
    Thread(std::io::Error),
    /// An option makes no sense.
    #[error("{0} must be at least 1")]
    ZeroOption(&'static str),
}

struct StopOnDrop(Arc<Queue>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.stop();
    }
}

impl Default for Options {
    /// As many threads as cores, at most two: beyond that, memory bandwidth is the limit.
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self { threads: cores.min(2), queue_capacity: 1024, batch_tokens: 1024 }
    }
}

impl EncoderHandle {
    /// Loads the weights once and starts the threads.
    pub fn start(files: &EncoderFiles, precision: Precision, options: Options) -> Result<Self, StartError> {
        let tokenizer = TextTokenizer::open(&files.tokenizer, files.max_tokens)?;
        let weights = Arc::new(Weights::load(&files.config, &files.weights, precision)?);
        let factory: EncoderFactory = Box::new(move || Box::new(Bert::new(Arc::clone(&weights))));
        Self::with_encoders(tokenizer, &format!("{}/{}", files.revision, precision.name()), factory, options)
    }

    /// Starts the threads over encoders of any kind; `revision` names weights and arithmetic.
    pub fn with_encoders(
        tokenizer: TextTokenizer,
        revision: &str,
        factory: EncoderFactory,
        options: Options,
    ) -> Result<Self, StartError> {
        let Options { threads, queue_capacity, batch_tokens } = options;
        for (name, value) in [("threads", threads), ("queue_capacity", queue_capacity), ("batch_tokens", batch_tokens)]
        {
            if value == 0 {
                return Err(StartError::ZeroOption(name));
            }
        }
        let queue = Arc::new(Queue::new(options));
        let guard = Arc::new(StopOnDrop(Arc::clone(&queue)));
        let shared = Arc::new(worker::Shared { queue, tokenizer, factory });
        for number in 0..threads {
            let shared = Arc::clone(&shared);
            std::thread::Builder::new()
                .name(format!("encoder-{number}"))
                .spawn(move || worker::run(&shared))
                .map_err(StartError::Thread)?;
        }
        Ok(Self { revision: revision.into(), guard })
    }

    /// One embedding for each text, in order, or why there is none before `deadline`.
    ///
    /// All texts are accepted or none. Dropping the future takes texts that are not computed yet out of the queue.
    pub async fn encode(
        &self,
        texts: Vec<String>,
        lane: Lane,
        deadline: Instant,
    ) -> Result<Vec<Embedding>, EncodeError> {
        let (entries, replies): (Vec<_>, Vec<_>) = texts
            .into_iter()
            .map(|text| {
                let (sender, receiver) = oneshot::channel();
                (Entry::new(text, Some(deadline), Reply::Task(sender)), receiver)
            })
            .unzip();
        self.queue().push(entries, lane, deadline)?;
        let mut embeddings = Vec::with_capacity(replies.len());
        for reply in replies {
            let result = tokio::time::timeout_at(deadline.into(), reply).await;
            let reply = result.map_err(|_| EncodeError::DeadlinePassed)?;
            embeddings.push(reply.unwrap_or(Err(EncodeError::Stopped))?);
        }
        Ok(embeddings)
    }

    /// Names the weights and the arithmetic.
    pub fn revision(&self) -> &str {
        &self.revision
    }

    /// Texts waiting in both lanes.
    pub fn queue_depth(&self) -> usize {
        self.queue().depth()
    }

    /// Fails what waits and ends the threads after their current batch.
    pub fn stop(&self) {
        self.queue().stop();
    }

    fn queue(&self) -> &Queue {
        &self.guard.0
    }
}

impl Embed for EncoderHandle {
    /// Goes through the bulk lane and waits for room in it, so that an input of any size neither overflows the queue
    /// nor delays interactive texts. Longest texts go first, which leaves the threads done at about the same time.
    fn embed(&self, texts: &[String]) -> Result<Vec<Embedding>, EncodeError> {
        let mut order: Vec<usize> = (0..texts.len()).collect();
        order.sort_by_key(|&at| std::cmp::Reverse(texts[at].len()));
        // Room for every reply, so that no encoder thread ever waits for this one.
        let (sender, receiver) = std::sync::mpsc::sync_channel(texts.len());
        for at in order {
            let reply = Reply::Thread { at, sender: sender.clone() };
            self.queue().push_when_room(Entry::new(texts[at].clone(), None, reply))?;
        }
        drop(sender);
        let mut embeddings = vec![None; texts.len()];
        for (at, result) in receiver {
            embeddings[at] = Some(result?);
        }
        embeddings.into_iter().collect::<Option<_>>().ok_or(EncodeError::Stopped)
    }

    fn revision(&self) -> &str {
        &self.revision
    }
}
