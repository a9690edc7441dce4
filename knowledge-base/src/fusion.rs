//! Makes one score of a lexical and a semantic one.

/// How a lexical and a semantic score are added up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights {
    /// The lexical score that counts one half; BM25 scores have no upper bound.
    pub lexical_half: f32,
    /// The share of the lexical score in the sum, in `0.0..=1.0`.
    pub lexical_share: f32,
}

impl Default for Weights {
    /// Chosen on three sets of questions. Lexical scores help most where questions are long and the encoder does not
    /// know their words (Cranfield's gain half a point of nDCG from a share of 0.22 after one of 0.17); on short
    /// questions about help articles they neither help nor clearly harm.
    fn default() -> Self {
        Self { lexical_half: 20.0, lexical_share: 0.22 }
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
    /// One semantic score in `-1.0..=1.0`, growing with each part.
    pub fn mean(&self) -> f32 {
        0.3 * self.question + 0.4 * self.passage + 0.3 * self.unit
    }

    /// Whether the question is the title or one that the author listed, in other spelling.
    pub fn is_listed(&self) -> bool {
        self.question >= SAME_QUESTION
    }

    /// The best cosine of all.
    pub fn best(&self) -> f32 {
        self.question.max(self.passage).max(self.unit)
    }
}
