//! How well labels are told: one of many a row, or any of many.

use super::Counts;

/// The mean over labels of their F1, one label a row; labels that neither stand nor are guessed anywhere do not count.
pub(crate) fn macro_f1(truth: &[usize], guess: &[usize], n_labels: usize, counts: &Counts) -> f64 {
    let mut tallies = vec![Tally::default(); n_labels];
    for ((&truth, &guess), &count) in truth.iter().zip(guess).zip(counts) {
        if truth == guess {
            tallies[truth].hits += count;
        } else {
            tallies[truth].missed += count;
            tallies[guess].wrong += count;
        }
    }
    mean_f1(&tallies)
}

/// Rows that have any of several labels.
pub(crate) struct MultiLabel {
    pub(crate) n_labels: usize,
    /// The labels of each row.
    pub(crate) truth: Vec<Vec<usize>>,
    /// Those guessed.
    pub(crate) guess: Vec<Vec<usize>>,
}

impl MultiLabel {
    /// The mean over labels of their F1.
    pub(crate) fn macro_f1(&self, counts: &Counts) -> f64 {
        mean_f1(&self.tallies(counts))
    }

    /// The F1 over all labels of all rows taken together.
    pub(crate) fn micro_f1(&self, counts: &Counts) -> f64 {
        let mut sum = Tally::default();
        for tally in self.tallies(counts) {
            sum.hits += tally.hits;
            sum.missed += tally.missed;
            sum.wrong += tally.wrong;
        }
        sum.f1().unwrap_or(0.0)
    }

    fn tallies(&self, counts: &Counts) -> Vec<Tally> {
        let mut tallies = vec![Tally::default(); self.n_labels];
        for ((truth, guess), &count) in self.truth.iter().zip(&self.guess).zip(counts) {
            for &label in truth {
                let tally = &mut tallies[label];
                if guess.contains(&label) { tally.hits += count } else { tally.missed += count }
            }
            for &label in guess.iter().filter(|label| !truth.contains(label)) {
                tallies[label].wrong += count;
            }
        }
        tallies
    }
}

/// How often a label was told, overlooked, and told wrongly.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    hits: f64,
    missed: f64,
    wrong: f64,
}

impl Tally {
    fn f1(&self) -> Option<f64> {
        let size = 2.0 * self.hits + self.missed + self.wrong;
        (size > 0.0).then(|| 2.0 * self.hits / size)
    }
}

fn mean_f1(tallies: &[Tally]) -> f64 {
    let known: Vec<f64> = tallies.iter().filter_map(Tally::f1).collect();
    known.iter().sum::<f64>() / known.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn macro_f1_counts_every_label_alike() {
        // Label 0: 2 hits, 1 missed; label 1: 1 hit, 1 wrong; label 2 occurs nowhere.
        let f1 = macro_f1(&[0, 0, 0, 1], &[0, 0, 1, 1], 3, &[1.0; 4]);
        assert!((f1 - f64::midpoint(0.8, 2.0 / 3.0)).abs() < 1e-12);
        let rows = MultiLabel {
            n_labels: 2,
            truth: vec![vec![0, 1], vec![0], vec![]],
            guess: vec![vec![0], vec![0, 1], vec![]],
        };
        assert!((rows.micro_f1(&[1.0; 3]) - 2.0 / 3.0).abs() < 1e-12);
        assert!((rows.macro_f1(&[1.0; 3]) - 0.5).abs() < 1e-12);
    }
}
