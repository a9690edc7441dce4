//! Tells whoever waits for a long encoding how far it is.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::artifact::Progress;
use crate::artifact::progress::Unit;
use crate::{Embed, Embedding, EncodeError, Role};

/// Texts encoded between two reports.
const STEP: usize = 256;
/// Fewer texts than this are done before anybody could read a report.
const WORTH_TELLING: usize = 2 * STEP;

/// An [`Embed`] that reports on long encodings, of several callers at once as if they were one.
pub struct WatchedEmbed<'a> {
    inner: &'a dyn Embed,
    progress: &'a dyn Progress,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    callers: usize,
    done: u64,
    total: u64,
}

impl<'a> WatchedEmbed<'a> {
    /// Reports on what `inner` does to `progress`.
    pub fn new(inner: &'a dyn Embed, progress: &'a dyn Progress) -> Self {
        Self { inner, progress, state: Mutex::default() }
    }

    fn begin(&self, n_texts: usize) {
        let mut state = self.lock();
        state.callers += 1;
        state.total += n_texts as u64;
        self.progress.started("preparing content", state.done, state.total, Unit::Texts);
    }

    fn advance(&self, n_texts: usize) {
        let mut state = self.lock();
        state.done += n_texts as u64;
        self.progress.advanced(state.done);
    }

    fn end(&self) {
        let mut state = self.lock();
        state.callers -= 1;
        if state.callers == 0 {
            *state = State::default();
            self.progress.ended();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Embed for WatchedEmbed<'_> {
    fn embed(&self, texts: &[String], role: Role) -> Result<Vec<Embedding>, EncodeError> {
        if texts.len() < WORTH_TELLING {
            return self.inner.embed(texts, role);
        }
        self.begin(texts.len());
        let steps = texts.chunks(STEP).map(|step| {
            let embeddings = self.inner.embed(step, role);
            self.advance(step.len());
            embeddings
        });
        let embeddings: Result<Vec<Vec<Embedding>>, EncodeError> = steps.collect();
        self.end();
        Ok(embeddings?.concat())
    }

    fn revision(&self) -> &str {
        self.inner.revision()
    }
}
