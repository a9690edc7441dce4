//! Tells whoever waits for a long encoding how far it is.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::artifact::Progress;
use crate::artifact::progress::Unit;
use crate::{Branch, Embed, Embedding, EncodeError, Reading, Role};

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

    /// Does `work` on a step of `texts` after the other, and tells how far it is.
    fn in_steps<T: Clone>(
        &self,
        texts: &[String],
        work: impl Fn(&[String]) -> Result<Vec<T>, EncodeError>,
    ) -> Result<Vec<T>, EncodeError> {
        if texts.len() < WORTH_TELLING {
            return work(texts);
        }
        self.begin(texts.len());
        let steps = texts.chunks(STEP).map(|step| {
            let done = work(step);
            self.advance(step.len());
            done
        });
        let done: Result<Vec<Vec<T>>, EncodeError> = steps.collect();
        self.end();
        Ok(done?.concat())
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
        self.in_steps(texts, |step| self.inner.embed(step, role))
    }

    fn read(&self, texts: &[String]) -> Result<Vec<Reading>, EncodeError> {
        self.in_steps(texts, |step| self.inner.read(step))
    }

    fn revision(&self) -> &str {
        self.inner.revision()
    }

    fn branch_revision(&self, branch: Branch) -> Option<&str> {
        self.inner.branch_revision(branch)
    }
}
