//! Everything there is to know of a turn before it is decided on: what it means, and what the knowledge base holds.

use std::iter;

use jiff::Timestamp;
use jiff::civil::Date;
use knowledge_base::validity::day_of;
use knowledge_base::{Audience, Hit, Query};
use models::{Embedding, Reading};

use crate::domain::turn::Turn;
use crate::domain::understanding::Understanding;

use super::parts::parts;
use super::purposes::purposes;
use super::{Assistant, Found};

/// What a turn means, and what is to be looked for.
pub struct Perceived {
    /// What it means.
    pub understanding: Understanding,
    /// What the knowledge base is to be asked: all of it, and then the part of each of its purposes.
    pub wanted: Vec<Wanted>,
}

/// A question to the knowledge base.
pub struct Wanted {
    text: String,
    embedding: Embedding,
    on: Date,
}

impl Wanted {
    fn new(text: &str, reading: &Reading, on: Date) -> Self {
        Self { text: text.to_owned(), embedding: reading.meaning.clone(), on }
    }

    /// The question as the knowledge base takes it.
    pub fn query(&self) -> Query<'_> {
        let Self { text, embedding, on } = self;
        Query { text, embedding, locale: None, audience: Audience::Public, on: *on }
    }
}

impl Assistant {
    /// The texts of `turn` that the encoder is to read: all of it, and then its parts where it may ask for several things.
    pub fn texts(&self, turn: &Turn) -> Vec<String> {
        let text = turn.text();
        let parts: Vec<String> = parts(&text).into_iter().map(|part| text[part].trim().to_owned()).collect();
        iter::once(text).chain(parts).collect()
    }

    /// What `turn` means, and what is to be looked for `now`. `readings` are those of [`texts`](Self::texts); of none, nothing
    /// can be known.
    pub fn perceive(&self, turn: &Turn, readings: &[Reading], now: Timestamp) -> Option<Perceived> {
        let (reading, of_parts) = readings.split_first()?;
        let text = turn.text();
        let parts = parts(&text);
        let mut understanding = self.understand(turn, readings)?;
        understanding.purposes = purposes(self, &text, &parts, of_parts);
        let on = day_of(now);
        let mut wanted = vec![Wanted::new(&text, reading, on)];
        for purpose in &understanding.purposes {
            let mut of_each = parts.iter().zip(of_parts);
            let (part, reading) = of_each.find(|(part, _)| part.start == purpose.start)?;
            wanted.push(Wanted::new(text[part.clone()].trim(), reading, on));
        }
        Some(Perceived { understanding, wanted })
    }

    /// What the knowledge base holds for `turn`, given the `hits` of each of the questions to it, in their order.
    pub fn found(&self, turn: &Turn, perceived: &Perceived, hits: Vec<Vec<Hit>>) -> Found {
        let Perceived { understanding, wanted } = perceived;
        let mut all = wanted.iter().zip(hits);
        let Some((whole, hits)) = all.next() else { return Found::nothing() };
        let mut found = self.found_among(self.named_articles(turn, understanding), &whole.query(), hits);
        let of_parts = understanding.purposes.iter().zip(all);
        found.by_purpose = of_parts
            .map(|(purpose, (part, hits))| self.found_among(self.articles_of(&purpose.intent), &part.query(), hits))
            .collect();
        found
    }
}
