//! What an article says, field by field, as short digests: enough to tell whether a field says what it said before.

use std::collections::BTreeMap;

use knowledge_base::{Article, Audience};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Bytes of a digest that are kept.
const MARK_BYTES: usize = 8;

/// A field of an article that a source may say something of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Field {
    Title,
    Locale,
    Tags,
    Audience,
    Questions,
    Validity,
    Body,
}

/// Digests of fields.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Marks(BTreeMap<Field, String>);

impl Marks {
    /// Those of all fields of `article`.
    pub(super) fn of(article: &Article) -> Self {
        let Article { title, locale, tags, audience, questions, validity, body, .. } = article;
        let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string()).unwrap_or_default();
        let texts = [
            (Field::Title, title.clone()),
            (Field::Locale, locale.clone()),
            (Field::Tags, tags.join("\n")),
            (Field::Audience, audience.as_str().to_owned()),
            (Field::Questions, questions.join("\n")),
            (Field::Validity, format!("{} {}", day(validity.from()), day(validity.until()))),
            (Field::Body, body.clone()),
        ];
        Self(texts.into_iter().map(|(field, text)| (field, mark(&text))).collect())
    }

    /// Those of what the command line says.
    pub(super) fn given(locale: Option<&str>, audience: Option<Audience>) -> Self {
        let texts = [(Field::Locale, locale), (Field::Audience, audience.map(Audience::as_str))];
        Self(texts.into_iter().filter_map(|(field, text)| Some((field, mark(text?)))).collect())
    }

    /// Those of `fields` alone.
    pub(super) fn only(&self, fields: &[Field]) -> Self {
        Self(
            self.0
                .iter()
                .filter(|(field, _)| fields.contains(field))
                .map(|(field, mark)| (*field, mark.clone()))
                .collect(),
        )
    }

    /// Whether nothing is marked.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The mark of `field`.
    pub(super) fn get(&self, field: Field) -> Option<&str> {
        self.0.get(&field).map(String::as_str)
    }

    /// The fields that are marked.
    pub(super) fn fields(&self) -> impl Iterator<Item = Field> {
        self.0.keys().copied()
    }

    /// Marks `field` as saying what `mark` stands for.
    pub(super) fn set(&mut self, field: Field, mark: &str) {
        self.0.insert(field, mark.to_owned());
    }
}

fn mark(text: &str) -> String {
    hex::encode(&Sha256::digest(text)[..MARK_BYTES])
}
