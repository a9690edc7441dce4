//! Numbers about numbers.

use std::time::Duration;

/// Durations, collected and asked about.
#[derive(Default)]
pub(crate) struct Latencies(Vec<Duration>);

impl Latencies {
    pub(crate) fn record(&mut self, latency: Duration) {
        self.0.push(latency);
    }

    pub(crate) fn absorb(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// The `q`-quantile by the nearest rank, in milliseconds; 0 where nothing was collected.
    pub(crate) fn quantile_ms(&mut self, q: f64) -> f64 {
        self.0.sort_unstable();
        let rank = (q * self.0.len() as f64).ceil() as usize;
        self.0.get(rank.saturating_sub(1)).map_or(0.0, |latency| latency.as_secs_f64() * 1000.0)
    }

    /// p50, p95 and p99, worst, as words.
    pub(crate) fn summary(&mut self) -> String {
        format!(
            "p50 {:.1} ms · p95 {:.1} ms · p99 {:.1} ms · worst {:.1} ms",
            self.quantile_ms(0.50),
            self.quantile_ms(0.95),
            self.quantile_ms(0.99),
            self.quantile_ms(1.0)
        )
    }
}

/// The `q`-quantile by the nearest rank; 0 of nothing.
pub(crate) fn quantile(mut values: Vec<f64>, q: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let rank = (q * values.len() as f64).ceil() as usize;
    values.get(rank.saturating_sub(1)).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_nearest_ranks() {
        let mut latencies = Latencies::default();
        for ms in 1..=100 {
            latencies.record(Duration::from_millis(ms));
        }
        assert!((latencies.quantile_ms(0.99) - 99.0).abs() < f64::EPSILON);
        assert!((latencies.quantile_ms(0.5) - 50.0).abs() < f64::EPSILON);
    }
}
