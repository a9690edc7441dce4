//! Makes one score of a lexical and a semantic one.

/// How a lexical and a semantic score are added up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights {
    /// The lexical score that is as good as any; more counts no more.
    pub lexical_full: f32,
    /// The share of the lexical score in the sum, in `0.0..=1.0`.
    pub lexical_share: f32,
}

impl Default for Weights {
    /// Chosen on six sets of questions: two of help centres, one of a shop's customers, one of a bank, and aerodynamics
    /// by question and by title. The more technical the texts, the more words tell; shares from 0.37 to 0.47 are within a
    /// point of nDCG on all.
    fn default() -> Self {
        Self { lexical_full: 8.0, lexical_share: 0.42 }
    }
}

impl Weights {
    /// One score in `0.0..=1.0` that can be compared across questions. It grows with each of the two.
    pub fn fuse(&self, lexical: f32, semantic: f32) -> f32 {
        let lexical = (lexical / self.lexical_full).clamp(0.0, 1.0);
        self.lexical_share * lexical + (1.0 - self.lexical_share) * semantic.clamp(0.0, 1.0)
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
        0.3 * self.question + 0.5 * self.passage + 0.2 * self.unit
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
