//! How large steps are, from the first to the last.

/// The share of steps in which the rate rises to its full height; afterwards it falls to nothing.
const WARM_UP: f64 = 0.06;

/// How high the rate is when this part of all steps is done, `0.0..=1.0`.
pub(crate) fn height(done: f64) -> f64 {
    (done / WARM_UP).min((1.0 - done) / (1.0 - WARM_UP))
}
