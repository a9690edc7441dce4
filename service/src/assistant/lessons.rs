//! What reviewers settled about messages, learned on top of what the content's authors wrote.

use std::sync::OnceLock;

use knowledge_base::IntentSpec;
use knowledge_base::intents::normalised;
use models::{Embed, HeadCache, Reading};

use super::Assistant;
use super::training::{Encoded, TrainingError, train_intents};
use super::validation::Validation;

/// A message and the intent that a reviewer says it has.
#[derive(Clone, Debug)]
pub struct Lesson {
    /// The intent's name.
    pub intent: String,
    /// The message.
    pub text: String,
    /// Its reading.
    pub reading: Reading,
}

/// Why a lesson cannot be learned.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// The intent is gone.
    #[error("there is no intent {0:?} any more; reject it, or give the feedback anew with another intent")]
    NoSuchIntent(String),
    /// The content says otherwise about the same text.
    #[error("the content has this text as an example of {0:?}; move it there first")]
    Contradicted(String),
    /// The content says otherwise about a text that means the same.
    #[error(
        "the content has {example:?}, which says as good as the same, as an example of {intent:?}; move it there first, or \
         repeat the request with on_drop=accept to learn it all the same"
    )]
    NearlyContradicted {
        /// The intent of the example.
        intent: String,
        /// The example.
        example: String,
    },
}

/// From this cosine of their meanings on, two texts say as good as the same.
const SAME: f32 = 0.9;

/// Whether `intents` leave room for a lesson that `text` means `intent`.
pub fn fits(intents: &[IntentSpec], intent: &str, text: &str) -> Result<(), Unfit> {
    if intents.iter().all(|spec| spec.name != intent) {
        return Err(Unfit::NoSuchIntent(intent.to_owned()));
    }
    let said = normalised(text);
    let authored = |spec: &&IntentSpec| spec.examples.iter().any(|example| normalised(example) == said);
    let authored: Vec<&IntentSpec> = intents.iter().filter(authored).collect();
    match authored.first() {
        Some(other) if authored.iter().all(|spec| spec.name != intent) => Err(Unfit::Contradicted(other.name.clone())),
        _ => Ok(()),
    }
}

impl Assistant {
    /// The same assistant with these lessons in place of those it has learned, unless `cache` has them learned already;
    /// `embed` reads the authors' examples.
    pub fn taught(&self, lessons: Vec<Lesson>, embed: &dyn Embed, cache: &HeadCache) -> Result<Self, TrainingError> {
        let encoded = Encoded::of_intents(&self.specs, embed)?;
        Ok(Self {
            intents: train_intents(&self.specs, &lessons, &encoded, cache)?,
            versions: self.versions.taught(&lessons),
            validation: OnceLock::new(),
            lessons,
            ..self.clone()
        })
    }

    /// What speaks against `lesson`: an example of another intent that says as good as the same, where none of its own is
    /// nearer. `embed` reads the authors' examples.
    pub fn nearly_contradicts(&self, lesson: &Lesson, embed: &dyn Embed) -> Result<Option<Unfit>, TrainingError> {
        let encoded = Encoded::of_intents(&self.specs, embed)?;
        let examples = self.specs.iter().flat_map(|spec| spec.examples.iter().map(move |example| (spec, example)));
        let near = examples.filter_map(|(spec, example)| {
            let likeness = encoded.reading(example)?.meaning.dot(&lesson.reading.meaning);
            (likeness >= SAME).then_some((spec, example, likeness))
        });
        let nearest = near.max_by(|a, b| a.2.total_cmp(&b.2)).filter(|(spec, ..)| spec.name != lesson.intent);
        Ok(nearest.map(|(spec, example, _)| Unfit::NearlyContradicted {
            intent: spec.name.clone(),
            example: example.clone(),
        }))
    }

    /// How well it tells the authors' examples when it has not seen them; found out at the first call, which takes as
    /// long as training. `embed` reads the authors' examples.
    pub fn validate(&self, embed: &dyn Embed) -> Result<&Validation, TrainingError> {
        if self.lessons.is_empty() {
            return self.validate_authored(embed);
        }
        kept(&self.validation, || self.judge(&self.lessons, embed))
    }

    /// The same of the content alone, without lessons.
    pub fn validate_authored(&self, embed: &dyn Embed) -> Result<&Validation, TrainingError> {
        kept(&self.authored, || self.judge(&[], embed))
    }

    /// What [`validate`](Self::validate) found out, if it was asked.
    pub fn validation(&self) -> Option<&Validation> {
        if self.lessons.is_empty() { self.authored.get() } else { self.validation.get() }
    }

    fn judge(&self, lessons: &[Lesson], embed: &dyn Embed) -> Result<Validation, TrainingError> {
        let Some(classifier) = &self.intents else { return Ok(Validation::default()) };
        Validation::of(classifier, &self.specs, lessons, &Encoded::of_intents(&self.specs, embed)?)
    }

    /// What it has learned of reviewers.
    pub fn lessons(&self) -> &[Lesson] {
        &self.lessons
    }
}

/// What `cell` holds, made at the first call.
fn kept(
    cell: &OnceLock<Validation>,
    make: impl FnOnce() -> Result<Validation, TrainingError>,
) -> Result<&Validation, TrainingError> {
    if let Some(validation) = cell.get() {
        return Ok(validation);
    }
    let validation = make()?;
    Ok(cell.get_or_init(|| validation))
}

#[cfg(test)]
mod tests {
    use knowledge_base::{IntentAction, Priority};

    use super::*;

    fn intent(name: &str, examples: &[&str]) -> IntentSpec {
        IntentSpec {
            name: name.to_owned(),
            title: name.to_owned(),
            queue: "general".to_owned(),
            priority: Priority::Normal,
            threshold: None,
            action: IntentAction::Handoff,
            examples: examples.iter().map(|&example| example.to_owned()).collect(),
            line: 1,
        }
    }

    #[test]
    fn a_lesson_must_not_contradict_the_content() {
        let intents = [intent("lights", &["The lamp is broken", "no light"]), intent("post", &["no light"])];
        assert_eq!(fits(&intents, "lights", "it is dark"), Ok(()));
        assert_eq!(fits(&intents, "lights", "the  lamp is BROKEN"), Ok(()));
        assert_eq!(fits(&intents, "post", "no light"), Ok(()));
        assert_eq!(fits(&intents, "post", "the lamp is broken"), Err(Unfit::Contradicted("lights".to_owned())));
        assert_eq!(fits(&intents, "gone", "it is dark"), Err(Unfit::NoSuchIntent("gone".to_owned())));
    }
}
