//! How well a score puts what has something before what has not.

use super::Counts;

/// Scored rows, some of them positive, in falling order of their score.
pub(crate) struct Ranking {
    /// The row number, whether it is positive, and whether the next row's score is lower.
    rows: Vec<Place>,
}

struct Place {
    row: usize,
    is_positive: bool,
    ends_tie: bool,
}

/// What is cut off above some score.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Cut {
    pub(crate) hits: f64,
    pub(crate) false_alarms: f64,
}

impl Ranking {
    /// Rows by number: their score and whether they are positive.
    pub(crate) fn new(scored: &[(f64, bool)]) -> Self {
        let mut order: Vec<usize> = (0..scored.len()).collect();
        order.sort_by(|&a, &b| scored[b].0.total_cmp(&scored[a].0));
        let rows = order.iter().enumerate().map(|(place, &row)| Place {
            row,
            is_positive: scored[row].1,
            ends_tie: order.get(place + 1).is_none_or(|&next| scored[next].0 < scored[row].0),
        });
        Self { rows: rows.collect() }
    }

    /// How likely a positive row scores above a negative one (the area under the receiver's curve).
    pub(crate) fn auroc(&self, counts: &Counts) -> f64 {
        let (mut area, mut before) = (0.0, Cut::default());
        for cut in self.cuts(counts) {
            area += (cut.false_alarms - before.false_alarms) * f64::midpoint(cut.hits, before.hits);
            before = cut;
        }
        area / (before.hits * before.false_alarms)
    }

    /// The mean precision at each positive row.
    pub(crate) fn average_precision(&self, counts: &Counts) -> f64 {
        let (mut sum, mut before) = (0.0, 0.0);
        for cut in self.cuts(counts) {
            sum += (cut.hits - before) * cut.hits / (cut.hits + cut.false_alarms);
            before = cut.hits;
        }
        sum / before
    }

    /// The largest share of positive rows above a score at and above which at least `precision` of the rows are
    /// positive.
    pub(crate) fn recall_at_precision(&self, precision: f64, counts: &Counts) -> f64 {
        let cuts = self.cuts(counts);
        let n_positive = cuts.last().map_or(0.0, |cut| cut.hits);
        let good = cuts.iter().filter(|cut| cut.hits >= precision * (cut.hits + cut.false_alarms));
        good.map(|cut| cut.hits / n_positive).fold(0.0, f64::max)
    }

    /// What lies at and above each score, from the highest score down.
    fn cuts(&self, counts: &Counts) -> Vec<Cut> {
        let mut cuts = Vec::with_capacity(self.rows.len());
        let mut cut = Cut::default();
        for place in &self.rows {
            if place.is_positive {
                cut.hits += counts[place.row];
            } else {
                cut.false_alarms += counts[place.row];
            }
            if place.ends_tie && cut.hits + cut.false_alarms > 0.0 {
                cuts.push(cut);
            }
        }
        cuts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_ranking_by_hand() {
        // In falling order: yes, no, (yes, no tied), no.
        let ranking = Ranking::new(&[(0.1, false), (0.9, true), (0.5, true), (0.5, false), (0.7, false)]);
        let counts = [1.0; 5];
        // Pairs of a yes and a no: 3 won by the first yes; 1 won, 1 lost, 1 tied by the second.
        assert!((ranking.auroc(&counts) - 4.5 / 6.0).abs() < 1e-12);
        assert!((ranking.average_precision(&counts) - f64::midpoint(1.0, 0.5)).abs() < 1e-12);
        assert!((ranking.recall_at_precision(0.9, &counts) - 0.5).abs() < 1e-12);
        assert!((ranking.recall_at_precision(0.5, &counts) - 1.0).abs() < 1e-12);
        // A row that counts twice is as good as two rows.
        let twice = Ranking::new(&[(0.9, true), (0.5, true), (0.5, false), (0.7, false), (0.7, false), (0.1, false)]);
        assert!((ranking.auroc(&[1.0, 1.0, 1.0, 1.0, 2.0]) - twice.auroc(&[1.0; 6])).abs() < 1e-12);
    }
}
