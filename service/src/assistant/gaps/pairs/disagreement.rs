//! Whether two sentences about the same thing state different things.

use std::collections::BTreeSet;

use knowledge_base::chunk::UnitKind;
use knowledge_base::{Code, PassageView};

use super::super::figures::{Figures, figures};
use super::Difference;

/// Passages this similar are about the same.
pub(super) const SAME_TOPIC: f32 = 0.5;
/// Sentences this similar speak of the same thing.
const ALIKE: f32 = 0.8;
/// The same, where all that differs is that one says no.
const NEARLY_IDENTICAL: f32 = 0.85;
/// Of the words of the shorter sentence, the other has this share.
const SHARED_WORDS: f32 = 0.6;
/// The same, where all that differs is that one says no.
const ALL_BUT_NO: f32 = 0.8;
/// Fewer words may be about anything.
const LEAST_WORDS: usize = 2;
/// "Without" is none: it names a condition more often than it denies.
const NEGATIONS: [&str; 9] = ["not", "no", "never", "cannot", "neither", "nor", "nobody", "nothing", "none"];
/// Words that say nothing of what a sentence is about.
const SMALL_WORDS: [&str; 56] = [
    "a", "an", "the", "is", "are", "was", "were", "be", "been", "it", "its", "this", "that", "these", "those", "you",
    "your", "we", "us", "our", "they", "their", "i", "to", "of", "in", "on", "at", "by", "for", "from", "with", "as",
    "and", "or", "but", "if", "so", "then", "can", "may", "will", "would", "has", "have", "had", "do", "does", "did",
    "up", "within", "after", "before", "there", "which", "more",
];

/// A sentence of an article that states something.
pub(super) struct Statement<'s> {
    pub(super) text: &'s str,
    meaning: Code<'s>,
    figures: Figures,
    words: BTreeSet<String>,
    says_no: bool,
}

impl<'s> Statement<'s> {
    /// The sentences of a passage.
    pub(super) fn of_passage(view: &PassageView<'s>) -> impl Iterator<Item = Self> + use<'s> {
        let sentences = view.units().filter(|unit| unit.kind == UnitKind::Sentence && !unit.announces_next());
        sentences.map(|unit| Self::new(unit.text, unit.meaning))
    }

    fn new(text: &'s str, meaning: Code<'s>) -> Self {
        let figures = figures(text);
        let mut words = BTreeSet::new();
        let mut says_no = false;
        for word in figures.rest.to_lowercase().replace('’', "'").split(|c: char| !c.is_alphanumeric() && c != '\'') {
            if NEGATIONS.contains(&word) || word.ends_with("n't") {
                says_no = !says_no;
            } else if word.chars().any(char::is_alphabetic) && !SMALL_WORDS.contains(&word) {
                words.insert(stem(word));
            }
        }
        Self { text, meaning, figures, words, says_no }
    }

    /// How alike two sentences are and what they differ in, where they speak of the same and cannot both be right.
    pub(super) fn disagrees(&self, other: &Self) -> Option<(f32, Difference)> {
        let has_figures = self.figures.by_kind.keys().any(|kind| other.figures.by_kind.contains_key(kind));
        let differ_in_no = self.says_no != other.says_no;
        if !has_figures && !differ_in_no {
            return None;
        }
        let shared = self.shared_words(other);
        if shared < SHARED_WORDS {
            return None;
        }
        let similarity = self.meaning.cosine(other.meaning);
        let figures = self.differing_figures(other).filter(|_| similarity >= ALIKE);
        let negation =
            (differ_in_no && similarity >= NEARLY_IDENTICAL && shared >= ALL_BUT_NO).then_some(Difference::Negation);
        figures.or(negation).map(|difference| (similarity, difference))
    }

    /// The share of the shorter sentence's words that the other has; none where it is too short to tell or much shorter.
    fn shared_words(&self, other: &Self) -> f32 {
        let common = self.words.intersection(&other.words).count();
        let (fewest, most) = (self.words.len().min(other.words.len()), self.words.len().max(other.words.len()));
        if fewest < LEAST_WORDS || most > 3 * fewest {
            return 0.0;
        }
        common as f32 / fewest as f32
    }

    /// Figures of a kind that both state, and of which they share none.
    fn differing_figures(&self, other: &Self) -> Option<Difference> {
        let mut kinds = self.figures.by_kind.iter();
        kinds.find_map(|(kind, own)| {
            let theirs = other.figures.by_kind.get(kind)?;
            let values = [own, theirs].map(|values| values.iter().cloned().collect::<Vec<String>>());
            own.is_disjoint(theirs).then(|| Difference::Figures { kind: kind.clone(), values })
        })
    }
}

/// A word without the endings that make no other word of it.
fn stem(word: &str) -> String {
    let ends = ["ing", "ed", "es", "s"];
    let cut = ends.iter().find_map(|end| word.strip_suffix(end).filter(|rest| rest.chars().count() >= 3));
    cut.unwrap_or(word).trim_end_matches('e').to_owned()
}

#[cfg(test)]
mod tests {
    use knowledge_base::codes::Codes;

    use super::*;
    use crate::assistant::gaps::told::meaning;

    fn difference(one: &str, other: &str) -> Option<String> {
        let mut codes = Codes::new(meaning(one).as_slice().len());
        codes.push(meaning(one).as_slice());
        codes.push(meaning(other).as_slice());
        let (a, b) = (Statement::new(one, codes.get(0)), Statement::new(other, codes.get(1)));
        let found = a.disagrees(&b).map(|(_, difference)| difference.name().to_owned());
        assert_eq!(b.disagrees(&a).map(|(_, difference)| difference.name().to_owned()), found, "both ways");
        found
    }

    #[test]
    fn sentences_that_cannot_both_be_right_are_told() {
        for (one, other, expected) in [
            ("You can return goods within 30 days.", "You can return goods within 14 days.", Some("period")),
            ("You can return goods within two weeks.", "You can return goods within 14 days.", None),
            ("Returns cost £5 each time.", "Returns cost £5 each time, or £7 abroad.", None),
            ("The deposit for the kiln is £50.", "The deposit for the kiln is £80.", Some("amount")),
            ("Gift cards can be returned to us.", "Gift cards cannot be returned to us.", Some("negation")),
            ("Gift cards can be returned to us.", "Gift cards can be returned to us.", None),
            ("The shop opens at 9am on Monday.", "Lamps last 30 days in the rain.", None),
        ] {
            assert_eq!(difference(one, other).as_deref(), expected, "{one} | {other}");
        }
    }
}
