//! Shares a few encoder threads between many callers: short queue, small batches, typed overload.

mod queue;
mod rerank;
mod worker;

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::oneshot;

use self::queue::{Entry, Queue, Reply, Work};
use self::rerank::Reranking;
use crate::artifact::EncoderFiles;
use crate::bert::{Bert, LoadError, Precision, Weights};
use crate::branch::{Adapters, BranchError};
use crate::embed::Prefixes;
use crate::recent::{CacheUse, Key, RecentTexts};
use crate::reranker::RerankerError;
use crate::tokenize::{TextTokenizer, TokenizeError};
use crate::{Branch, Embed, Embedding, EncodeError, Encoded, Encoder, Reading, Reranker, Role, Wanted};

/// Components that most embeddings have: the cache makes room for so many of them from the start.
const TYPICAL_DIMENSION: usize = 384;

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
    /// Most bytes kept of embeddings of texts that came lately; 0 keeps none.
    pub cache_bytes: usize,
    /// Most tokens, as estimated from the texts' length, that one thread takes at once from the interactive lane.
    pub batch_tokens: usize,
}

/// Makes one encoder for each thread, and a fresh one after a panic.
pub type EncoderFactory = Box<dyn Fn() -> Box<dyn Encoder> + Send + Sync>;

/// A cheap handle to the encoder threads; they stop when the last clone is dropped.
#[derive(Clone)]
pub struct EncoderHandle {
    revision: Arc<str>,
    branches: Arc<[(Branch, String)]>,
    prefixes: Arc<Prefixes>,
    recent: Option<Arc<RecentTexts>>,
    reranking: Option<Arc<Reranking>>,
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
    /// A shipped branch is damaged.
    #[error(transparent)]
    Branch(#[from] BranchError),
    /// The shipped reranker is damaged.
    #[error(transparent)]
    Reranker(#[from] RerankerError),
    /// The tokenizer is not the one the network was trained with.
    #[error("the tokenizer knows {known} tokens and the network {kept}; use the tokenizer.json of the same model")]
    OtherTokenizer {
        /// Tokens of the tokenizer.
        known: usize,
        /// Tokens that the network has vectors for.
        kept: usize,
    },
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
        Self { threads: cores.min(2), queue_capacity: 1024, cache_bytes: 8 << 20, batch_tokens: 1024 }
    }
}

impl EncoderHandle {
    /// Loads the weights once and starts the threads.
    pub fn start(files: &EncoderFiles, precision: Precision, options: Options) -> Result<Self, StartError> {
        let shipped = Branch::ALL.into_iter().map(|branch| Ok((branch, branch.shipped()?)));
        let mut branches = shipped.collect::<Result<Vec<(Branch, Adapters)>, BranchError>>()?;
        branches.retain(|(_, adapters)| adapters.fit(&files.revision));
        let weights = Arc::new(Weights::load_with(&files.config, &files.weights, precision, &branches)?);
        let config = weights.config();
        let tokenizer = TextTokenizer::open(&files.tokenizer, files.max_tokens.min(config.longest_sequence()))?;
        if tokenizer.vocabulary_size() > config.vocab_size {
            let (known, kept) = (tokenizer.vocabulary_size(), config.vocab_size);
            return Err(StartError::OtherTokenizer { known, kept });
        }
        let pooling = files.pooling;
        let factory: EncoderFactory = Box::new(move || Box::new(Bert::new(Arc::clone(&weights), pooling)));
        let revision = format!("{}/{}", files.revision, precision.arithmetic());
        let mut handle = Self::with_encoders(tokenizer, &revision, factory, options)?;
        handle.prefixes = Arc::new(files.prefixes.clone());
        let reranker = Some(Reranker::shipped()?).filter(|reranker| reranker.fits(&files.revision));
        handle.reranking = reranker.map(|reranker| Arc::new(Reranking::new(reranker)));
        handle.branches = branches.iter().map(|(branch, adapters)| (*branch, adapters.revision().to_owned())).collect();
        Ok(handle)
    }

    /// Starts the threads over encoders of any kind; `revision` names weights and arithmetic.
    pub fn with_encoders(
        tokenizer: TextTokenizer,
        revision: &str,
        factory: EncoderFactory,
        options: Options,
    ) -> Result<Self, StartError> {
        let Options { threads, queue_capacity, batch_tokens, cache_bytes } = options;
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
        let recent = (cache_bytes > 0).then(|| Arc::new(RecentTexts::new(cache_bytes, TYPICAL_DIMENSION)));
        Ok(Self {
            revision: revision.into(),
            branches: Arc::default(),
            prefixes: Arc::default(),
            recent,
            reranking: None,
            guard,
        })
    }

    /// What became of each text, in order, or why there is none before `deadline`.
    ///
    /// All texts are accepted or none. They are what somebody asks or says. Dropping the future takes texts that are not
    /// computed yet out of the queue.
    pub async fn encode(&self, texts: Vec<String>, lane: Lane, deadline: Instant) -> Result<Vec<Encoded>, EncodeError> {
        let mut all = Vec::with_capacity(texts.len());
        let (mut entries, mut replies) = (Vec::new(), Vec::new());
        for (at, text) in texts.into_iter().enumerate() {
            let key = self.recent.as_ref().map(|recent| recent.key(&text));
            let known = self.recent.as_ref().zip(key).and_then(|(recent, key)| recent.get(&key));
            if known.is_none() {
                let (sender, receiver) = oneshot::channel();
                let text = self.prefixes.put_before(text, Role::Query);
                let work = Work::Read { wanted: Wanted::Everything, reply: Reply::Task(sender) };
                entries.push(Entry::new(text, work, Some(deadline)));
                replies.push((at, key, receiver));
            }
            all.push(known);
        }
        if !entries.is_empty() {
            self.queue().push(entries, lane, deadline)?;
        }
        for (at, key, reply) in replies {
            let reply = tokio::time::timeout_at(deadline.into(), reply).await;
            let reply = reply.map_err(|_| EncodeError::DeadlinePassed)?;
            let encoded = reply.unwrap_or(Err(EncodeError::Stopped))?;
            self.remember(key, &encoded);
            all[at] = Some(encoded);
        }
        Ok(all.into_iter().flatten().collect())
    }

    fn remember(&self, key: Option<Key>, encoded: &Encoded) {
        if let Some((recent, key)) = self.recent.as_ref().zip(key) {
            recent.insert(key, encoded.clone());
        }
    }

    /// Names the weights and the arithmetic.
    pub fn revision(&self) -> &str {
        &self.revision
    }

    /// How much the cache of recent texts was of use; `None` without one.
    pub fn cache_use(&self) -> Option<CacheUse> {
        self.recent.as_ref().map(|recent| recent.usage())
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
    fn embed(&self, texts: &[String], role: Role) -> Result<Vec<Embedding>, EncodeError> {
        Ok(self.in_bulk(texts, role, Wanted::Meaning)?.into_iter().map(|reading| reading.meaning).collect())
    }

    fn read(&self, texts: &[String]) -> Result<Vec<Reading>, EncodeError> {
        self.in_bulk(texts, Role::Query, Wanted::Everything)
    }

    fn revision(&self) -> &str {
        &self.revision
    }

    fn branch_revision(&self, branch: Branch) -> Option<&str> {
        self.branches.iter().find(|(other, _)| *other == branch).map(|(_, revision)| revision.as_str())
    }
}

impl EncoderHandle {
    /// Goes through the bulk lane and waits for room in it, so that an input of any size neither overflows the queue
    /// nor delays interactive texts. Longest texts go first, which leaves the threads done at about the same time.
    fn in_bulk(&self, texts: &[String], role: Role, wanted: Wanted) -> Result<Vec<Reading>, EncodeError> {
        let mut order: Vec<usize> = (0..texts.len()).collect();
        order.sort_by_key(|&at| std::cmp::Reverse(texts[at].len()));
        // Room for every reply, so that no encoder thread ever waits for this one.
        let (sender, receiver) = std::sync::mpsc::sync_channel(texts.len());
        for at in order {
            let work = Work::Read { wanted, reply: Reply::Thread { at, sender: sender.clone() } };
            let text = self.prefixes.put_before(texts[at].clone(), role);
            self.queue().push_when_room(Entry::new(text, work, None))?;
        }
        drop(sender);
        let mut readings = vec![None; texts.len()];
        for (at, result) in receiver {
            readings[at] = Some(result?);
        }
        readings.into_iter().collect::<Option<_>>().ok_or(EncodeError::Stopped)
    }
}
