//! How well the authors' examples are told apart by classifiers that have not seen them, and whether a change makes that
//! worse.

use std::collections::HashMap;

use knowledge_base::IntentSpec;
use models::head::intent::{Example, IntentClassifier, Origin};

use super::lessons::Lesson;
use super::training::{Encoded, SEED, TrainingError, examples};

/// A change this unlikely to be worse by chance is a drop.
const SIGNIFICANCE: f64 = 0.05;

/// What became of each of the authors' examples when it was unseen, in their order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Validation {
    /// The examples.
    pub judged: Vec<Judged>,
}

/// One example, judged without having been seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// The intent it is written under.
    pub intent: String,
    /// Its text.
    pub text: String,
    /// The intent it was taken for.
    pub taken_for: String,
    /// How sure that was.
    pub confidence: f32,
}

/// How well one intent is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Its examples.
    pub own: usize,
    /// Examples taken for it.
    pub taken: usize,
    /// Those that were both.
    pub right: usize,
}

/// How two classifiers differ on the same examples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    /// The share that the first told.
    pub before: f32,
    /// The share that the second tells.
    pub after: f32,
    /// How many examples there are.
    pub examples: usize,
    /// How many only the first told.
    pub newly_wrong: usize,
    /// How many only the second tells.
    pub newly_right: usize,
}

impl Validation {
    /// Judges the examples of `intents` by classifiers like `classifier`; `lessons` are always learned and never judged.
    pub(super) fn of(
        classifier: &IntentClassifier,
        intents: &[IntentSpec],
        lessons: &[Lesson],
        encoded: &Encoded,
    ) -> Result<Self, TrainingError> {
        let (judged, mut learned): (Vec<Example<'_>>, Vec<Example<'_>>) =
            examples(intents, encoded).into_iter().partition(|example| example.origin == Origin::Message);
        learned.extend(lessons.iter().map(|lesson| Example::message(&lesson.intent, &lesson.text, &lesson.reading)));
        let scores = classifier.judge_unseen(&judged, &learned, SEED).map_err(TrainingError::intents)?;
        let texts = intents.iter().flat_map(|intent| intent.examples.iter().map(|text| (&intent.name, text)));
        let judged = texts.zip(scores).map(|((intent, text), score)| Judged {
            intent: intent.clone(),
            text: text.clone(),
            taken_for: score.name.to_string(),
            confidence: score.confidence,
        });
        Ok(Self { judged: judged.collect() })
    }

    /// The share of examples taken for what they are; none without examples.
    pub fn accuracy(&self) -> Option<f32> {
        let right = self.judged.iter().filter(|judged| judged.is_right()).count();
        share(right, self.judged.len())
    }

    /// How well each intent is told, by name.
    pub fn by_intent(&self) -> HashMap<&str, Told> {
        let mut told: HashMap<&str, Told> = HashMap::new();
        for judged in &self.judged {
            let own = told.entry(&judged.intent).or_default();
            own.own += 1;
            own.right += usize::from(judged.is_right());
            told.entry(&judged.taken_for).or_default().taken += 1;
        }
        told
    }

    /// How `after` differs, on the same examples.
    pub fn change_to(&self, after: &Self) -> Change {
        let pairs =
            || self.judged.iter().zip(&after.judged).map(|(before, after)| (before.is_right(), after.is_right()));
        Change {
            before: self.accuracy().unwrap_or_default(),
            after: after.accuracy().unwrap_or_default(),
            examples: pairs().count(),
            newly_wrong: pairs().filter(|pair| *pair == (true, false)).count(),
            newly_right: pairs().filter(|pair| *pair == (false, true)).count(),
        }
    }
}

impl Judged {
    /// Whether it was taken for what it is.
    pub fn is_right(&self) -> bool {
        self.intent == self.taken_for
    }
}

impl Told {
    /// The share of its examples taken for it.
    pub fn recall(self) -> Option<f32> {
        share(self.right, self.own)
    }

    /// The share of what is taken for it that is it.
    pub fn precision(self) -> Option<f32> {
        share(self.right, self.taken)
    }
}

impl Change {
    /// Whether it is for the worse by more than chance explains: of the examples told differently, so many are newly
    /// wrong that a fair coin would hardly do it (the sign test).
    pub fn is_drop(self) -> bool {
        self.newly_wrong > self.newly_right
            && at_least(self.newly_wrong, self.newly_wrong + self.newly_right) < SIGNIFICANCE
    }
}

/// How likely a fair coin shows heads at least `heads` times in `tosses`.
fn at_least(heads: usize, tosses: usize) -> f64 {
    // The logarithm of the binomial probability, since the powers of a half soon are too small for a number.
    let mut logarithm = tosses as f64 * 0.5_f64.ln();
    let mut sum = 0.0;
    for shown in 0..=tosses {
        if shown >= heads {
            sum += logarithm.exp();
        }
        logarithm += ((tosses - shown) as f64).ln() - ((shown + 1) as f64).ln();
    }
    sum
}

fn share(part: usize, of: usize) -> Option<f32> {
    (of > 0).then(|| part as f32 / of as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(rows: &[(&str, &str)]) -> Validation {
        let judged = rows.iter().map(|&(intent, taken_for)| Judged {
            intent: intent.to_owned(),
            text: String::new(),
            taken_for: taken_for.to_owned(),
            confidence: 0.9,
        });
        Validation { judged: judged.collect() }
    }

    #[test]
    fn intents_are_told_by_recall_and_precision() {
        let validation = judged(&[("a", "a"), ("a", "b"), ("b", "b"), ("b", "b")]);
        let told = validation.by_intent();
        assert_eq!((told["a"].recall(), told["a"].precision()), (Some(0.5), Some(1.0)));
        assert_eq!((told["b"].recall(), told["b"].precision()), (Some(1.0), Some(2.0 / 3.0)));
        assert_eq!((validation.accuracy(), judged(&[]).accuracy()), (Some(0.75), None));
    }

    #[test]
    fn a_change_counts_what_only_one_of_two_tells() {
        let change =
            judged(&[("a", "a"), ("a", "b"), ("b", "b")]).change_to(&judged(&[("a", "b"), ("a", "a"), ("b", "b")]));
        assert_eq!((change.newly_wrong, change.newly_right, change.examples), (1, 1, 3));
        assert!(!change.is_drop());
    }

    #[test]
    fn a_drop_is_more_than_chance() {
        let change =
            |newly_wrong, newly_right| Change { before: 1.0, after: 1.0, examples: 9, newly_wrong, newly_right };
        for (wrong, right, is_drop) in
            [(0, 0, false), (4, 0, false), (5, 0, true), (6, 1, false), (7, 1, true), (0, 9, false), (1200, 1000, true)]
        {
            assert_eq!(change(wrong, right).is_drop(), is_drop, "{wrong} wrong, {right} right");
        }
    }
}
