//! Everything there is to know of a turn before it is decided on: what it means, and what the knowledge base holds.

use std::iter;

use jiff::Timestamp;
use jiff::civil::Date;
use knowledge_base::validity::day_of;
use knowledge_base::{Audience, Hit, Query};
use models::Reading;

use crate::domain::turn::Turn;
use crate::domain::understanding::Understanding;

use super::parts::parts;
use super::purposes::purposes;
use super::{Assistant, Found};

impl Assistant {
    /// The texts of `turn` that the encoder is to read: all of it, and then its parts where it may ask for several things.
    pub fn texts(&self, turn: &Turn) -> Vec<String> {
        let text = turn.text();
        let parts: Vec<String> = parts(&text).into_iter().map(|part| text[part].trim().to_owned()).collect();
        iter::once(text).chain(parts).collect()
    }

    /// What `turn` means, and what `search` finds for it `now`. `readings` are those of [`texts`](Self::texts); of none, nothing
    /// can be known.
    pub fn perceive(
        &self,
        turn: &Turn,
        readings: &[Reading],
        now: Timestamp,
        search: impl Fn(&Query<'_>) -> Vec<Hit>,
    ) -> Option<(Understanding, Found)> {
        let (reading, of_parts) = readings.split_first()?;
        let text = turn.text();
        let parts = parts(&text);
        let mut understanding = self.understand(turn, readings)?;
        understanding.purposes = purposes(self, &text, &parts, of_parts);
        let on = day_of(now);
        let query = query(&text, reading, on);
        let mut found = self.found(turn, &understanding, &query, search(&query));
        for purpose in &understanding.purposes {
            let mut of_each = parts.iter().zip(of_parts);
            let (part, reading) = of_each.find(|(part, _)| part.start == purpose.start)?;
            let query = self::query(text[part.clone()].trim(), reading, on);
            found.by_purpose.push(self.found_among(self.articles_of(&purpose.intent), &query, search(&query)));
        }
        Some((understanding, found))
    }
}

fn query<'a>(text: &'a str, reading: &'a Reading, on: Date) -> Query<'a> {
    Query { text, embedding: &reading.meaning, locale: None, audience: Audience::Public, on }
}
