//! What is measured, as pure functions of rows. Each takes how often every row counts, so that an interval can be had by
//! drawing rows again and again.

pub(crate) mod calibration;
pub(crate) mod estimate;
pub(crate) mod labels;
pub(crate) mod overlap;
pub(crate) mod ranking;
pub(crate) mod search;

/// How often each row counts.
pub(crate) type Counts = [f64];

/// The mean of `values`, each as often as it counts.
pub(crate) fn mean(values: &[f64], counts: &Counts) -> f64 {
    let sum: f64 = values.iter().zip(counts).map(|(value, count)| value * count).sum();
    sum / counts.iter().sum::<f64>()
}
