//! Makes one score of a lexical and a semantic one.

use std::collections::HashMap;
use std::hash::Hash;

/// How a lexical and a semantic score are added up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights {
    /// The lexical score that counts one half; BM25 scores have no upper bound.
    pub lexical_half: f32,
    /// The share of the lexical score in the sum, in `0.0..=1.0`.
    pub lexical_share: f32,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            lexical_half: 12.0,
            lexical_share: 0.3,
        }
    }
}

impl Weights {
    /// One score in `0.0..=1.0` that can be compared across questions. It grows with each of the two; an absent one
    /// counts nothing.
    pub fn fuse(&self, lexical: Option<f32>, semantic: Option<f32>) -> f32 {
        let lexical = lexical.map_or(0.0, |score| {
            let score = score.max(0.0);
            score / (score + self.lexical_half)
        });
        let semantic = semantic.map_or(0.0, |cosine| cosine.clamp(0.0, 1.0));
        self.lexical_share * lexical + (1.0 - self.lexical_share) * semantic
    }
}

/// Reciprocal rank fusion: every list, best first, gives `1 / (60 + rank)` to each of its items. Best first, ties by
/// item. From Cormack, Clarke and Büttcher, "Reciprocal rank fusion outperforms Condorcet", SIGIR 2009.
pub fn reciprocal_rank<T: Copy + Eq + Hash + Ord>(lists: &[&[T]]) -> Vec<(T, f32)> {
    let mut ranks: HashMap<T, Vec<usize>> = HashMap::new();
    for list in lists {
        for (rank, item) in list.iter().enumerate() {
            ranks.entry(*item).or_default().push(rank + 1);
        }
    }
    let mut fused: Vec<(T, f32)> = ranks
        .into_iter()
        .map(|(item, mut ranks)| {
            // Sorted, so that the order of the lists does not show in the last bit of the sum.
            ranks.sort_unstable();
            (
                item,
                ranks
                    .into_iter()
                    .map(|rank| 1.0 / (60.0 + rank as f32))
                    .sum(),
            )
        })
        .collect();
    fused.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    fused
}
