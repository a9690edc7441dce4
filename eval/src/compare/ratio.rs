//! How many times faster one system is than another, and how sure that is.

use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

use crate::stats::quantile;

/// Samples drawn for an interval.
const RESAMPLES: usize = 2000;

/// A ratio and its 95 % interval.
#[derive(Clone, Copy)]
pub(crate) struct Ratio {
    pub(crate) value: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
}

/// The ratio of the `q`-quantile of `theirs` to that of `ours`. Both hold the times of each round; the interval is that
/// of the bootstrap over rounds, since times of one round resemble one another.
pub(crate) fn of_quantiles(theirs: &[Vec<f64>], ours: &[Vec<f64>], q: f64) -> Ratio {
    let n_rounds = theirs.len().min(ours.len());
    let ratio = |rounds: &[usize]| {
        let times = |of: &[Vec<f64>]| quantile(rounds.iter().flat_map(|&at| of[at].iter().copied()).collect(), q);
        times(theirs) / times(ours)
    };
    let all: Vec<usize> = (0..n_rounds).collect();
    let mut random = SmallRng::seed_from_u64(1);
    let mut resampled: Vec<f64> = (0..RESAMPLES)
        .map(|_| ratio(&all.iter().map(|_| random.random_range(0..n_rounds)).collect::<Vec<_>>()))
        .collect();
    resampled.sort_by(f64::total_cmp);
    Ratio { value: ratio(&all), low: resampled[RESAMPLES / 40], high: resampled[RESAMPLES - 1 - RESAMPLES / 40] }
}

/// The 95 % interval of a mean, by the bootstrap.
pub(crate) fn interval_of_mean(values: &[f64]) -> (f64, f64) {
    let mut random = SmallRng::seed_from_u64(1);
    let mut means: Vec<f64> = (0..RESAMPLES)
        .map(|_| values.iter().map(|_| values[random.random_range(0..values.len())]).sum::<f64>() / values.len() as f64)
        .collect();
    means.sort_by(f64::total_cmp);
    (means[RESAMPLES / 40], means[RESAMPLES - 1 - RESAMPLES / 40])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twice_the_time_is_a_ratio_of_two() {
        let ours: Vec<Vec<f64>> = (0..20).map(|round| vec![1.0 + f64::from(round % 5) / 100.0; 4]).collect();
        let theirs: Vec<Vec<f64>> = ours.iter().map(|times| times.iter().map(|time| time * 2.0).collect()).collect();
        let ratio = of_quantiles(&theirs, &ours, 0.5);
        assert!((ratio.value - 2.0).abs() < 1e-9 && ratio.low <= ratio.value && ratio.value <= ratio.high);
    }
}
