//! Whether probabilities mean what they say.

use super::Counts;

const BINS: usize = 15;

/// The expected calibration error over 15 bins of equal width (Guo et al. 2017): how far, on average, confidence is from
/// the share of rows that are right.
pub(crate) fn calibration_error(confidences: &[f64], is_right: &[f64], counts: &Counts) -> f64 {
    let mut bins = [(0.0, 0.0); BINS];
    for ((confidence, is_right), count) in confidences.iter().zip(is_right).zip(counts) {
        let bin = &mut bins[((confidence * BINS as f64) as usize).min(BINS - 1)];
        bin.0 += count * confidence;
        bin.1 += count * is_right;
    }
    bins.iter().map(|(claimed, right)| (claimed - right).abs()).sum::<f64>() / counts.iter().sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claiming_more_than_holds_is_an_error_of_the_difference() {
        let error = calibration_error(&[0.9, 0.9, 0.9, 0.9], &[1.0, 1.0, 0.0, 0.0], &[1.0; 4]);
        assert!((error - 0.4).abs() < 1e-12);
        assert!(calibration_error(&[1.0, 0.5, 0.5], &[1.0, 0.0, 1.0], &[1.0; 3]).abs() < 1e-12);
    }
}
