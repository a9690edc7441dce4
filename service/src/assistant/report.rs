//! What could be better about the intents: those that are confused, examples in the wrong place, and intents that are
//! missing.

use std::collections::{BTreeMap, HashMap};

use models::head::Sample;
use models::{Embed, Embedding, Reading};

use super::Assistant;
use super::clusters::clusters;
use super::doubts::{Doubt, doubts};
use super::redact::redact_secrets;
use super::training::{Encoded, TrainingError};
use super::validation::{Told, Validation};

/// An unseen example this surely taken for another intent is shown.
const MISPLACED: f32 = 0.8;
/// Two intents are confused from so many examples on.
const CONFUSED: usize = 2;
/// As many pairs, examples and groups of messages are shown.
const MOST: usize = 20;
/// Fewer messages that mean much the same suggest no intent.
const LEAST: usize = 3;
/// As many messages of a group are shown, and as much of each.
const CENTRAL: usize = 3;
const SHOWN: usize = 200;

/// What could be better about the intents.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The share of the authors' examples that are told without having been seen; none without examples.
    pub accuracy: Option<f32>,
    /// How many examples authors wrote.
    pub examples: usize,
    /// How many examples come from feedback.
    pub lessons: usize,
    /// Every intent, in the order of its authors.
    pub intents: Vec<IntentQuality>,
    /// Pairs that are taken for each other, the worst first.
    pub confused: Vec<Confused>,
    /// Examples that look like another intent's, the surest first.
    pub misplaced: Vec<Misplaced>,
    /// What looks wrong with examples.
    pub doubts: Vec<Doubt>,
    /// How many messages were looked at that none of the intents seemed to fit.
    pub unanswered: usize,
    /// Intents that seem to be missing: groups of such messages, the largest first.
    pub missing: Vec<Group>,
}

/// How well one intent is known.
#[derive(Clone, Debug, PartialEq)]
pub struct IntentQuality {
    /// Its name.
    pub name: String,
    /// How many examples authors wrote.
    pub authored: usize,
    /// How many examples come from feedback.
    pub from_feedback: usize,
    /// How well it is told; none where that was not found out.
    pub told: Option<Told>,
}

/// Two intents that are taken for each other.
#[derive(Clone, Debug, PartialEq)]
pub struct Confused {
    /// The intents.
    pub intents: [String; 2],
    /// How many unseen examples of each were taken for the other.
    pub mistaken: [usize; 2],
    /// The two examples, one of each, that are most alike.
    pub alike: [String; 2],
    /// How alike they are.
    pub similarity: f32,
}

/// An example that looks like another intent's.
#[derive(Clone, Debug, PartialEq)]
pub struct Misplaced {
    /// Its text.
    pub text: String,
    /// The intent it is written under.
    pub intent: String,
    /// The intent it looks like.
    pub looks_like: String,
    /// How sure that is.
    pub confidence: f32,
}

/// Messages that mean much the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// How many there are.
    pub messages: usize,
    /// The most central ones, with secrets masked.
    pub central: Vec<String>,
}

/// A message that was taken for none of the intents.
#[derive(Clone, Debug)]
pub struct Unanswered {
    /// Its text.
    pub text: String,
    /// Its reading.
    pub reading: Reading,
    /// Who takes it for that.
    pub by: Judge,
}

/// Who takes a message for none of the intents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judge {
    /// The assistant, at the time; it may have learned better since.
    Assistant,
    /// A reviewer.
    Reviewer,
}

impl Assistant {
    /// What could be better about the intents. `embed` reads the authors' examples; `unanswered` are messages taken for
    /// none of the intents, of which those that the assistant would no longer take for that are left out.
    pub fn report(&self, embed: &dyn Embed, unanswered: &[Unanswered]) -> Result<Report, TrainingError> {
        let validation = self.validate(embed)?;
        let encoded = Encoded::of_intents(&self.specs, embed)?;
        let still: Vec<&Unanswered> = unanswered.iter().filter(|message| self.is_still(message)).collect();
        Ok(Report {
            accuracy: validation.accuracy(),
            examples: validation.judged.len(),
            lessons: self.lessons.len(),
            intents: self.intent_qualities(),
            confused: self.confused(validation, &encoded),
            misplaced: misplaced(validation),
            doubts: doubts(&self.specs, &self.settings.languages, self.settings.thresholds.language),
            unanswered: still.len(),
            missing: missing(&still),
        })
    }

    /// How well each intent is known, in the order of its authors.
    pub fn intent_qualities(&self) -> Vec<IntentQuality> {
        let told = self.validation().map(Validation::by_intent);
        let mut lessons: HashMap<&str, usize> = HashMap::new();
        for lesson in &self.lessons {
            *lessons.entry(&lesson.intent).or_default() += 1;
        }
        let quality = |spec: &knowledge_base::IntentSpec| IntentQuality {
            name: spec.name.clone(),
            authored: spec.examples.len(),
            from_feedback: lessons.get(spec.name.as_str()).copied().unwrap_or_default(),
            told: told.as_ref().map(|told| told.get(spec.name.as_str()).copied().unwrap_or_default()),
        };
        self.specs.iter().map(quality).collect()
    }

    fn is_still(&self, message: &Unanswered) -> bool {
        if message.by == Judge::Reviewer {
            return true;
        }
        let scores = self.classify(&Sample::new(&message.text, &message.reading));
        scores.out_of_scope >= self.settings.thresholds.out_of_scope
    }

    fn confused(&self, validation: &Validation, encoded: &Encoded) -> Vec<Confused> {
        let mut pairs: Vec<(usize, [&str; 2], [usize; 2])> =
            mistaken(validation).into_iter().map(|(intents, counts)| (counts.iter().sum(), intents, counts)).collect();
        pairs.retain(|(sum, ..)| *sum >= CONFUSED);
        pairs.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        pairs.truncate(MOST);
        let of = |(_, intents, mistaken): (usize, [&str; 2], [usize; 2])| {
            let [one, other] = intents.map(|name| self.meanings(name, encoded));
            let all = one.iter().flat_map(|one| other.iter().map(move |other| (one, other, one.1.dot(other.1))));
            let (one, other, similarity) = all.max_by(|a, b| a.2.total_cmp(&b.2))?;
            let alike = [one.0, other.0].map(str::to_owned);
            Some(Confused { intents: intents.map(str::to_owned), mistaken, alike, similarity })
        };
        pairs.into_iter().filter_map(of).collect()
    }

    /// The examples of an intent with what they mean.
    fn meanings<'a>(&'a self, intent: &str, encoded: &'a Encoded) -> Vec<(&'a str, &'a Embedding)> {
        let examples = self.intent(intent).map_or(&[][..], |spec| &spec.examples);
        examples.iter().filter_map(|text| Some((text.as_str(), &encoded.reading(text)?.meaning))).collect()
    }
}

/// How many examples of each of two intents were taken for the other.
fn mistaken(validation: &Validation) -> BTreeMap<[&str; 2], [usize; 2]> {
    let mut pairs: BTreeMap<[&str; 2], [usize; 2]> = BTreeMap::new();
    for judged in validation.judged.iter().filter(|judged| !judged.is_right()) {
        let (own, other) = (judged.intent.as_str(), judged.taken_for.as_str());
        let counts = pairs.entry([own.min(other), own.max(other)]).or_default();
        counts[usize::from(own > other)] += 1;
    }
    pairs
}

fn misplaced(validation: &Validation) -> Vec<Misplaced> {
    let wrong = validation.judged.iter().filter(|judged| !judged.is_right() && judged.confidence > MISPLACED);
    let mut misplaced: Vec<Misplaced> = wrong
        .map(|judged| Misplaced {
            text: judged.text.clone(),
            intent: judged.intent.clone(),
            looks_like: judged.taken_for.clone(),
            confidence: judged.confidence,
        })
        .collect();
    misplaced.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    misplaced.truncate(MOST);
    misplaced
}

fn missing(unanswered: &[&Unanswered]) -> Vec<Group> {
    let meanings: Vec<&Embedding> = unanswered.iter().map(|message| &message.reading.meaning).collect();
    let shown = |at: usize| redact_secrets(&unanswered[at].text).chars().take(SHOWN).collect::<String>();
    let group = |members: Vec<usize>| {
        let mut central: Vec<String> = Vec::new();
        for text in members.iter().map(|&at| shown(at)) {
            if central.len() < CENTRAL && !central.contains(&text) {
                central.push(text);
            }
        }
        Group { messages: members.len(), central }
    };
    clusters(&meanings, LEAST).into_iter().take(MOST).map(group).collect()
}

#[cfg(test)]
mod tests;
