//! What looks wrong with authored examples but keeps nothing from working.

use std::collections::{BTreeMap, HashSet};
use std::fmt;

use knowledge_base::IntentSpec;
use knowledge_base::intents::normalised;

use super::language::{self, LanguageReader};

/// With fewer examples an intent is guessed rather than known.
const FEW: usize = 3;
/// The encoder reads about so many characters; what comes after is not learned from.
const READ: usize = 1000;
/// As much of an example as is shown.
const SHOWN: usize = 80;

/// Something that looks wrong with the examples of an intent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// The intent.
    pub intent: String,
    /// The line of `intents.toml` where it is declared.
    pub line: usize,
    /// What it is.
    pub kind: DoubtKind,
}

/// What looks wrong with examples.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DoubtKind {
    /// Too few to learn from.
    Few {
        /// How many.
        examples: usize,
    },
    /// The same text stands under two intents, or twice under one.
    Duplicate {
        /// The text.
        text: String,
        /// The intent it stands under as well.
        other: String,
    },
    /// One is in a language that is not answered in.
    Foreign {
        /// The text.
        text: String,
        /// The language.
        language: String,
    },
    /// One is longer than the encoder reads.
    Long {
        /// Its beginning.
        text: String,
        /// Its length.
        characters: usize,
    },
}

impl DoubtKind {
    /// Its name in the API.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Few { .. } => "few_examples",
            Self::Duplicate { .. } => "duplicate",
            Self::Foreign { .. } => "foreign_language",
            Self::Long { .. } => "too_long",
        }
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let intent = &self.intent;
        match &self.kind {
            DoubtKind::Few { examples: 1 } => write!(f, "intent `{intent}` has one example; give it {FEW} or more"),
            DoubtKind::Few { examples } => {
                write!(f, "intent `{intent}` has {examples} examples; give it {FEW} or more")
            }
            DoubtKind::Duplicate { text, other } if other == intent => write!(f, "`{text}` is twice under `{intent}`"),
            DoubtKind::Duplicate { text, other } => {
                write!(f, "`{text}` is under `{intent}` and `{other}`; keep it where it belongs")
            }
            DoubtKind::Foreign { text, language } => write!(
                f,
                "`{text}` under `{intent}` looks like language `{language}`, which is not answered in; take it out"
            ),
            DoubtKind::Long { text, characters } => write!(
                f,
                "`{text}…` under `{intent}` has {characters} characters; only about the first {READ} are learned from"
            ),
        }
    }
}

/// Everything that looks wrong with the examples of `intents`, where `languages` are answered in and another is believed
/// from the confidence `sure` on.
pub fn doubts(intents: &[IntentSpec], languages: &[String], sure: f32) -> Vec<Doubt> {
    let reader = LanguageReader::knowing(common_words(intents));
    let mut doubts = Vec::new();
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for intent in intents {
        let doubt = |kind| Doubt { intent: intent.name.clone(), line: intent.line, kind };
        if intent.examples.len() < FEW {
            doubts.push(doubt(DoubtKind::Few { examples: intent.examples.len() }));
        }
        for example in &intent.examples {
            let text: String = example.chars().take(SHOWN).collect();
            if let Some(other) = seen.insert(normalised(example), &intent.name) {
                doubts.push(doubt(DoubtKind::Duplicate { text: text.clone(), other: other.to_owned() }));
            }
            let found = reader.detect(example);
            if !language::is_supported(&found, languages, sure) {
                doubts.push(doubt(DoubtKind::Foreign { text: text.clone(), language: found.code }));
            }
            let characters = example.chars().count();
            if characters > READ {
                doubts.push(doubt(DoubtKind::Long { text, characters }));
            }
        }
    }
    doubts
}
/// The words that several intents share: an example of words that no other intent has may be in another language.
fn common_words(intents: &[IntentSpec]) -> HashSet<String> {
    let (mut seen, mut common) = (HashSet::new(), HashSet::new());
    for intent in intents {
        let own: HashSet<String> = intent.examples.iter().flat_map(|example| language::long_words(example)).collect();
        common.extend(own.intersection(&seen).cloned());
        seen.extend(own);
    }
    common
}
