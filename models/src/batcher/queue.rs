//! Texts waiting to be encoded: two bounded lanes, and the estimate of how long the wait is.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::{Lane, Options};
use crate::reranker::SeenTokens;
use crate::{EncodeError, Encoded, Reading, Reranker, Wanted};

/// Most tokens one thread takes at once from the bulk lane: an interactive text waits for at most this much work.
const BULK_BATCH_TOKENS: usize = 256;
/// A batch smaller than this is not split between idle threads.
const SMALLEST_SHARE: usize = 128;
/// English text has about this many bytes a token; only batch sizes and wait estimates depend on it.
const BYTES_PER_TOKEN: usize = 4;
/// Texts are cut at the encoder's limit, so no text costs more than this.
const MOST_TOKENS_PER_TEXT: usize = 256;
/// Weight of the newest batch in the running mean of the time a token takes.
const PACE_WEIGHT: f64 = 0.2;

/// One text, and what is to become of it.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) text: String,
    pub(super) work: Work,
    deadline: Option<Instant>,
    n_tokens: usize,
}

/// What is to be done with a text, and who waits for it.
#[derive(Debug)]
pub(super) enum Work {
    /// To read it.
    Read { wanted: Wanted, reply: Reply },
    /// To see its tokens as a reranker does.
    See { reranker: Arc<Reranker>, reply: oneshot::Sender<Result<SeenTokens, EncodeError>> },
}

/// Who waits for a reading.
#[derive(Debug)]
pub(super) enum Reply {
    /// An asynchronous task, which may leave.
    Task(oneshot::Sender<Result<Encoded, EncodeError>>),
    /// A blocked thread that waits for many texts, of which this is number `at`.
    Thread { at: usize, sender: mpsc::SyncSender<(usize, Result<Reading, EncodeError>)> },
}

/// The waiting texts, shared by callers and encoder threads.
#[derive(Debug)]
pub(super) struct Queue {
    options: Options,
    lanes: Mutex<Lanes>,
    work: Condvar,
    room: Condvar,
}

#[derive(Debug, Default)]
struct Lanes {
    interactive: VecDeque<Entry>,
    bulk: VecDeque<Entry>,
    interactive_tokens: usize,
    bulk_tokens: usize,
    seconds_per_token: f64,
    is_stopped: bool,
}

impl Entry {
    pub(super) fn new(text: String, work: Work, deadline: Option<Instant>) -> Self {
        let n_tokens = (2 + text.len() / BYTES_PER_TOKEN).min(MOST_TOKENS_PER_TEXT);
        Self { text, work, deadline, n_tokens }
    }

    /// Tokens the text is estimated to have.
    pub(super) fn n_tokens(&self) -> usize {
        self.n_tokens
    }

    /// Nobody waits any more.
    fn is_abandoned(&self) -> bool {
        match &self.work {
            Work::Read { reply: Reply::Task(sender), .. } => sender.is_closed(),
            Work::Read { reply: Reply::Thread { .. }, .. } => false,
            Work::See { reply, .. } => reply.is_closed(),
        }
    }

    fn is_late(&self, now: Instant) -> bool {
        self.deadline.is_some_and(|deadline| deadline <= now)
    }
}

impl Work {
    /// Tells whoever waits why nothing comes of it.
    fn fail(self, error: EncodeError) {
        match self {
            Self::Read { reply, .. } => reply.send(Err(error)),
            Self::See { reply, .. } => drop(reply.send(Err(error))),
        }
    }
}

impl Reply {
    /// Answers; whoever left is not told.
    pub(super) fn send(self, result: Result<Encoded, EncodeError>) {
        match self {
            Self::Task(sender) => drop(sender.send(result)),
            Self::Thread { at, sender } => drop(sender.send((at, result.map(|encoded| encoded.reading)))),
        }
    }
}

impl Queue {
    pub(super) fn new(options: Options) -> Self {
        Self { options, lanes: Mutex::default(), work: Condvar::new(), room: Condvar::new() }
    }

    /// Takes all entries into the lane, or none: if there is no room, or they cannot be done before `deadline`.
    pub(super) fn push(&self, entries: Vec<Entry>, lane: Lane, deadline: Instant) -> Result<(), EncodeError> {
        let now = Instant::now();
        if deadline <= now {
            return Err(EncodeError::DeadlinePassed);
        }
        let mut lanes = self.lock();
        if lanes.is_stopped {
            return Err(EncodeError::Stopped);
        }
        let estimated_wait = lanes.wait_in(lane, self.options.threads);
        let n_waiting = lanes.of(lane).0.len();
        let is_hopeless = n_waiting > 0 && now + estimated_wait > deadline;
        if n_waiting + entries.len() > self.options.queue_capacity || is_hopeless {
            return Err(EncodeError::Overloaded { estimated_wait });
        }
        for entry in entries {
            lanes.append(lane, entry);
        }
        drop(lanes);
        self.work.notify_all();
        Ok(())
    }

    /// Takes an entry into the bulk lane, blocking until there is room.
    pub(super) fn push_when_room(&self, entry: Entry) -> Result<(), EncodeError> {
        let mut lanes = self.lock();
        while !lanes.is_stopped && lanes.bulk.len() >= self.options.queue_capacity {
            lanes = self.room.wait(lanes).unwrap_or_else(PoisonError::into_inner);
        }
        if lanes.is_stopped {
            return Err(EncodeError::Stopped);
        }
        lanes.append(Lane::Bulk, entry);
        drop(lanes);
        self.work.notify_one();
        Ok(())
    }

    /// The next batch, blocking until there is one; `None` once stopped.
    pub(super) fn take(&self) -> Option<Vec<Entry>> {
        let mut lanes = self.lock();
        loop {
            if lanes.is_stopped {
                return None;
            }
            let lane = if lanes.interactive.is_empty() { Lane::Bulk } else { Lane::Interactive };
            let most = match lane {
                Lane::Interactive => self.options.batch_tokens,
                Lane::Bulk => self.options.batch_tokens.min(BULK_BATCH_TOKENS),
            };
            let batch = lanes.take(lane, most, self.options.threads);
            self.room.notify_all();
            if !batch.is_empty() {
                return Some(batch);
            }
            if lanes.interactive.is_empty() && lanes.bulk.is_empty() {
                lanes = self.work.wait(lanes).unwrap_or_else(PoisonError::into_inner);
            }
        }
    }

    /// Notes how long a batch took.
    pub(super) fn record(&self, n_tokens: usize, took: Duration) {
        let pace = took.as_secs_f64() / n_tokens.max(1) as f64;
        let mut lanes = self.lock();
        let before = lanes.seconds_per_token;
        lanes.seconds_per_token = if before > 0.0 { before + PACE_WEIGHT * (pace - before) } else { pace };
    }

    pub(super) fn depth(&self) -> usize {
        let lanes = self.lock();
        lanes.interactive.len() + lanes.bulk.len()
    }

    /// Fails everything that waits, now and from now on.
    pub(super) fn stop(&self) {
        let mut lanes = self.lock();
        lanes.is_stopped = true;
        let waiting: Vec<Entry> =
            std::mem::take(&mut lanes.interactive).into_iter().chain(std::mem::take(&mut lanes.bulk)).collect();
        drop(lanes);
        for entry in waiting {
            entry.work.fail(EncodeError::Stopped);
        }
        self.work.notify_all();
        self.room.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Lanes> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lanes {
    fn of(&mut self, lane: Lane) -> (&mut VecDeque<Entry>, &mut usize) {
        match lane {
            Lane::Interactive => (&mut self.interactive, &mut self.interactive_tokens),
            Lane::Bulk => (&mut self.bulk, &mut self.bulk_tokens),
        }
    }

    fn append(&mut self, lane: Lane, entry: Entry) {
        let (entries, n_tokens) = self.of(lane);
        *n_tokens += entry.n_tokens;
        entries.push_back(entry);
    }

    /// How long a text that comes now waits until its turn.
    fn wait_in(&self, lane: Lane, threads: usize) -> Duration {
        let ahead = match lane {
            Lane::Interactive => self.interactive_tokens,
            Lane::Bulk => self.interactive_tokens + self.bulk_tokens,
        };
        Duration::from_secs_f64(ahead as f64 * self.seconds_per_token / threads as f64)
    }

    /// Takes entries worth a fair share of the waiting tokens, at most `most` and at least one entry. Entries that
    /// nobody waits for are dropped on the way, late ones answered.
    fn take(&mut self, lane: Lane, most: usize, threads: usize) -> Vec<Entry> {
        let now = Instant::now();
        let (entries, n_waiting) = self.of(lane);
        let share = n_waiting.div_ceil(threads).max(SMALLEST_SHARE).min(most);
        let mut batch: Vec<Entry> = Vec::new();
        let mut n_taken = 0;
        while let Some(next) = entries.front() {
            let is_wanted = !next.is_abandoned() && !next.is_late(now);
            if is_wanted && !batch.is_empty() && n_taken + next.n_tokens > share {
                break;
            }
            let Some(entry) = entries.pop_front() else {
                break;
            };
            *n_waiting -= entry.n_tokens;
            if is_wanted {
                n_taken += entry.n_tokens;
                batch.push(entry);
            } else {
                entry.work.fail(EncodeError::DeadlinePassed);
            }
        }
        batch
    }
}
