//! Requests to companies, by what they are for.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

use models::tokenize::TextTokenizer;
use rand::rngs::StdRng;
use rand::seq::{IndexedRandom, SliceRandom};
use serde::Deserialize;

/// Companies in a batch: few, so that most texts that are told apart are to the same company, and some are not.
const COMPANIES: usize = 3;
/// Intents of each.
const INTENTS: usize = 12;
/// Texts of each intent.
pub(crate) const TEXTS: usize = 4;
/// Texts of a batch.
pub(crate) const BATCH: usize = COMPANIES * INTENTS * TEXTS;

/// All requests.
pub(crate) struct Companies {
    /// Each text cut into tokens.
    pub(crate) texts: Vec<Vec<u32>>,
    /// For each company, the numbers of the texts of each intent.
    pub(crate) all: Vec<Vec<Vec<usize>>>,
}

/// Draws batches: every company once before any comes again.
pub(crate) struct Batches<'a> {
    companies: &'a Companies,
    waiting: Vec<&'a [Vec<usize>]>,
    random: StdRng,
}

#[derive(Deserialize)]
struct Row {
    company: String,
    intent: String,
    text: String,
}

impl Companies {
    pub(crate) fn read(file: &Path, tokenizer: &TextTokenizer) -> Result<Self, Box<dyn Error>> {
        let content = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
        let mut texts = Vec::new();
        let mut by_name: BTreeMap<String, BTreeMap<String, Vec<usize>>> = BTreeMap::new();
        for (at, line) in content.lines().enumerate() {
            let Row { company, intent, text } =
                serde_json::from_str(line).map_err(|error| format!("{}:{}: {error}", file.display(), at + 1))?;
            by_name.entry(company).or_default().entry(intent).or_default().push(at);
            texts.push(tokenizer.tokenize(&text)?.ids().to_vec());
        }
        let all: Vec<Vec<Vec<usize>>> = by_name.into_values().map(|intents| intents.into_values().collect()).collect();
        if all.len() < COMPANIES || all.iter().any(|intents| intents.len() < INTENTS) {
            return Err(format!("{COMPANIES} companies of {INTENTS} intents are needed at least").into());
        }
        if all.iter().flatten().any(|texts| texts.len() < TEXTS) {
            return Err(format!("every intent needs {TEXTS} texts at least").into());
        }
        Ok(Self { texts, all })
    }

    pub(crate) fn batches(&self, random: StdRng) -> Batches<'_> {
        Batches { companies: self, waiting: Vec::new(), random }
    }
}

impl Batches<'_> {
    /// The numbers of a batch's texts, those of one intent together.
    pub(crate) fn draw(&mut self) -> Vec<usize> {
        let mut drawn = Vec::with_capacity(BATCH);
        for _ in 0..COMPANIES {
            if self.waiting.is_empty() {
                self.waiting = self.companies.all.iter().map(Vec::as_slice).collect();
                self.waiting.shuffle(&mut self.random);
            }
            let Some(company) = self.waiting.pop() else { continue };
            let intents: Vec<&Vec<usize>> = company.sample(&mut self.random, INTENTS).collect();
            for texts in intents {
                drawn.extend(texts.sample(&mut self.random, TEXTS).copied());
            }
        }
        drawn
    }
}
