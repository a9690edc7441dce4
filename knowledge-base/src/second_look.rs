//! A second look at the best hits where search leaves open which of them answers: the question is read beside each passage,
//! token by token, by the reranker of the models crate. It takes time, so whoever asks decides whether there is any.

use models::{EncodeError, EncoderHandle};

use crate::answer::answerability;
use crate::search::{Hit, Query};

/// How many of the best hits are looked at again.
pub const LOOKED_AT: usize = 4;
/// How many logits a point of the fused score is worth, when hits are put in order anew.
pub const PER_FUSED: f32 = 12.0;
/// What the reranker's word counts. More is better for help centres kept out of training that are like those it was trained
/// on; with half, it puts right articles first more often on public sets too. A like model lost on two of them with all.
const SHARE: f32 = 0.5;
/// Taken off its word, which was learned where every other question has no answer. With it, about as many questions of the
/// three public sets together are answered, with their article and without, as by search alone.
const OFFSET: f32 = 1.0;
/// An answer this sure either way, in logits, is left as it is unless the next hit is close.
const SURE: f32 = 2.5;
/// A second hit with a fused score within this of the first is close.
const CLOSE: f32 = 0.08;

/// Whether `hits`, best first, leave open which of them answers, or whether any does.
pub fn is_worth_it(hits: &[Hit]) -> bool {
    let Some(best) = hits.first() else { return false };
    let next = hits.get(1).map_or(0.0, |next| next.score);
    best.score - next < CLOSE || answerability(hits).abs() < SURE
}

/// What of the first [`LOOKED_AT`] of `hits` is to be read beside the question: their passages, after title and headings.
pub fn passages(hits: &[Hit]) -> Vec<String> {
    hits.iter().take(LOOKED_AT).map(Hit::in_context).collect()
}

/// `hits` in the order that they have after a second look. `seen` tells for each of [`passages`] how much more than search
/// has it it seems to answer, as a difference of logits.
#[must_use]
pub fn look_again(mut hits: Vec<Hit>, seen: &[f32]) -> Vec<Hit> {
    let looked_at = seen.len().min(hits.len());
    for (hit, seen) in hits.iter_mut().zip(seen) {
        hit.look = SHARE * seen - OFFSET;
    }
    let worth = |hit: &Hit| PER_FUSED * hit.score + hit.look;
    hits[..looked_at].sort_by(|a, b| worth(b).total_cmp(&worth(a)));
    hits
}

/// `hits`, the result of searching for `query`, after a second look if they are worth it, however long that takes.
pub fn look_again_in_bulk(encoder: &EncoderHandle, query: &Query<'_>, hits: Vec<Hit>) -> Result<Vec<Hit>, EncodeError> {
    if !is_worth_it(&hits) {
        return Ok(hits);
    }
    let seen = encoder.rerank_in_bulk(query.text, &passages(&hits))?;
    Ok(match seen {
        Some(seen) => look_again(hits, &seen),
        None => hits,
    })
}
