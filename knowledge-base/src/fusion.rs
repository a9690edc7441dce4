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
    /// Tuned by hand on three sets of questions about help articles. Lexical scores help most where the encoder does
    /// not know a word; a larger share gains nothing on any of the sets.
    fn default() -> Self {
        Self { lexical_half: 8.0, lexical_share: 0.09 }
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

/// How close a question is to the parts of an article: the best cosine of each kind, in `-1.0..=1.0`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Closeness {
    /// To the title or an example question.
    pub question: f32,
    /// To a passage, read with its title and headings.
    pub passage: f32,
    /// To a sentence, list or table row.
    pub unit: f32,
}

/// From this cosine on a question is one that the author listed, in other spelling.
const SAME_QUESTION: f32 = 0.95;

impl Closeness {
    /// One semantic score in `-1.0..=1.0`, growing with each part. A question that the author listed decides alone.
    pub fn score(&self) -> f32 {
        let mean = 0.3 * self.question + 0.4 * self.passage + 0.3 * self.unit;
        if self.question >= SAME_QUESTION { mean.max(self.question) } else { mean }
    }

    /// The best cosine of all.
    pub fn best(&self) -> f32 {
        self.question.max(self.passage).max(self.unit)
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
            (item, ranks.into_iter().map(|rank| 1.0 / (60.0 + rank as f32)).sum())
        })
        .collect();
    fused.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    fused
}
