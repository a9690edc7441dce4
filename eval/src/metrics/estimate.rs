//! A measured value with its 95 % interval, by the bootstrap over rows (Efron 1979).

use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

use super::Counts;

/// Samples drawn for an interval.
const RESAMPLES: usize = 500;

/// A value, how sure it is, and over how many rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Estimate {
    pub(crate) value: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
    pub(crate) n: usize,
}

/// What `statistic` makes of `n` rows; it gets how often each row counts.
pub(crate) fn estimate(n: usize, seed: u64, statistic: impl Fn(&Counts) -> f64) -> Estimate {
    let value = statistic(&vec![1.0; n]);
    let mut random = SmallRng::seed_from_u64(seed);
    let mut counts = vec![0.0; n];
    let mut resampled: Vec<f64> = Vec::with_capacity(RESAMPLES);
    for _ in 0..RESAMPLES {
        counts.fill(0.0);
        for _ in 0..n {
            counts[random.random_range(0..n)] += 1.0;
        }
        let drawn = statistic(&counts);
        if drawn.is_finite() {
            resampled.push(drawn);
        }
    }
    resampled.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let rank = (share * resampled.len() as f64) as usize;
        resampled.get(rank.min(resampled.len().saturating_sub(1))).copied().unwrap_or(value)
    };
    Estimate { value, low: at(0.025), high: at(0.975), n }
}

/// A value of which there is only one, such as a time.
pub(crate) fn single(value: f64, n: usize) -> Estimate {
    Estimate { value, low: value, high: value, n }
}

#[cfg(test)]
mod tests {
    use super::super::mean;
    use super::*;

    #[test]
    fn the_interval_of_a_share_is_the_textbook_one() {
        let rows: Vec<f64> = (0..400).map(|at| f64::from(u8::from(at % 4 != 0))).collect();
        let found = estimate(rows.len(), 1, |counts| mean(&rows, counts));
        // 0.75 ± 1.96·√(0.75·0.25/400)
        assert!((found.value - 0.75).abs() < 1e-12);
        assert!((found.low - 0.7076).abs() < 0.01 && (found.high - 0.7924).abs() < 0.01, "{found:?}");
        assert_eq!(found, estimate(rows.len(), 1, |counts| mean(&rows, counts)));
    }
}
