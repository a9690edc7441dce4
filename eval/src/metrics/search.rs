//! How good a list of hits is for one question.

use jiff::civil::{Date, date};

/// The day on which everything is asked, so that a result is the same on any other.
pub(crate) const DAY: Date = date(2026, 6, 15);

/// Hits that count.
pub(crate) const DEPTH: usize = 10;

/// The normalised discounted cumulative gain (Järvelin and Kekäläinen 2002). `found` holds the worth of each hit, best
/// first; `relevant` that of everything worth finding.
pub(crate) fn ndcg(found: &[f64], relevant: &[f64]) -> f64 {
    let mut ideal = relevant.to_vec();
    ideal.sort_by(|a, b| b.total_cmp(a));
    let discounted = |scores: &[f64]| -> f64 {
        scores.iter().take(DEPTH).enumerate().map(|(rank, score)| score / (rank as f64 + 2.0).log2()).sum()
    };
    discounted(found) / discounted(&ideal).max(f64::MIN_POSITIVE)
}

/// The share of what is worth finding that was found.
pub(crate) fn recall(found: &[f64], relevant: &[f64]) -> f64 {
    let worth = |scores: &[f64]| scores.iter().filter(|score| **score > 0.0).count() as f64;
    worth(&found[..found.len().min(DEPTH)]) / worth(relevant).max(1.0)
}

/// One over the place of the first hit worth finding; 0 without one.
pub(crate) fn reciprocal_rank(found: &[f64]) -> f64 {
    found.iter().take(DEPTH).position(|score| *score > 0.0).map_or(0.0, |rank| 1.0 / (rank as f64 + 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_order_scores_one_and_later_hits_less() {
        assert!((ndcg(&[3.0, 1.0, 0.0], &[1.0, 3.0]) - 1.0).abs() < 1e-12);
        assert!((ndcg(&[0.0, 1.0], &[1.0]) - 1.0 / 3f64.log2()).abs() < 1e-12);
        assert!((recall(&[0.0, 1.0], &[1.0, 2.0]) - 0.5).abs() < 1e-12);
        assert!((reciprocal_rank(&[0.0, 0.0, 2.0]) - 1.0 / 3.0).abs() < 1e-12);
    }
}
