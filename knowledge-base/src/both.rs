//! Two halves of a search at once, where there is so much to search that it is worth another thread.

use std::panic::resume_unwind;
use std::thread;

/// Among fewer embeddings a half takes less time than a thread takes to start.
const WORTH_A_THREAD: usize = 50_000;

/// Does both, at once if `size`, the number of embeddings searched, is large.
pub(crate) fn both<A: Send, B>(size: usize, one: impl FnOnce() -> A + Send, other: impl FnOnce() -> B) -> (A, B) {
    if size < WORTH_A_THREAD {
        return (one(), other());
    }
    thread::scope(|scope| {
        let one = scope.spawn(one);
        let other = other();
        (one.join().unwrap_or_else(|panic| resume_unwind(panic)), other)
    })
}
