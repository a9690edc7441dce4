//! Judges how many telling words passages share with a question, among those of one language and audience.
//!
//! This is BM25 (Robertson and Zaragoza, 2009) over the title, questions, headings and text of a passage as one, with two
//! differences. A word counts by how rare it is among the passages of the articles that the question is near to by
//! meaning (those near in several ways count as often), where that is less than among all: in a shop of many departments
//! "lamp" is rare, and tells nothing of two articles about lamps. And rarities are relative to the greatest possible, so
//! that scores compare across knowledge bases of different size.
//!
//! Questions are analysed into words and never parsed as a query language, so no character in them means anything.

mod analysis;
mod forward;
mod inverted;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tantivy::tokenizer::TextAnalyzer;

use self::analysis::analyzer;
use self::forward::{ArticleWords, PassageWords, number};
use self::inverted::{Building, InvertedIndex};
use crate::indexed::IndexedArticle;

/// A question's further words are not looked at.
const MAX_QUESTION_WORDS: usize = 64;
/// Shorter words are too easily one letter away from another.
const MIN_FUZZY_CHARS: usize = 5;
/// The title and the questions count as if they were there as often.
const TITLE_TIMES: u8 = 2;

/// How soon more of the same word counts no more.
const K1: f32 = 1.2;
/// How much the words of long passages count less.
const B: f32 = 0.75;

/// One state of the words of a shelf.
pub(crate) struct LexicalIndex {
    analyzer: TextAnalyzer,
    inverted: InvertedIndex,
    /// By number of the article.
    forward: Vec<Option<Arc<ArticleWords>>>,
    n_passages: usize,
    n_words: u64,
}

/// The words of a passage with everything it is found under.
struct Bag {
    words: BTreeMap<String, u8>,
}

/// A question in the words of an index.
pub(crate) struct Question<'i> {
    index: &'i LexicalIndex,
    words: Vec<Word>,
}

/// A word of a question.
struct Word {
    /// As it is written in the index; several if it is misspelt.
    spellings: Vec<String>,
    numbers: Vec<u32>,
    /// How telling it is, in `0.0..=1.0`.
    weight: f32,
}

impl Bag {
    fn length(&self) -> u32 {
        self.words.values().map(|count| u32::from(*count)).sum()
    }

    fn add(&mut self, analyzer: &mut TextAnalyzer, text: &str, times: u8) {
        analyzer.token_stream(text).process(&mut |token| {
            let count = self.words.entry(token.text.clone()).or_default();
            *count = count.saturating_add(times);
        });
    }
}

impl LexicalIndex {
    /// Indexes `articles`, which are numbered from 0 and written in `language`, such as `en`.
    pub(crate) fn build(language: &str, articles: &[Arc<IndexedArticle>]) -> tantivy::Result<Self> {
        let mut analyzer = analyzer(language);
        let mut forward = Vec::with_capacity(articles.len());
        let mut building = Building::new()?;
        for (number, indexed) in articles.iter().enumerate() {
            let bags = bags(indexed, &mut analyzer);
            for bag in &bags {
                building.add(number as u32, bag)?;
            }
            forward.push(Some(Arc::new(ArticleWords::new(bags.iter()))));
        }
        let inverted = building.finish()?;
        let n_passages = forward.iter().flatten().map(|words| words.len()).sum();
        let n_words = forward.iter().flatten().map(|words| words.length()).sum();
        Ok(Self { analyzer, inverted, forward, n_passages, n_words })
    }

    /// The state after the articles with the numbers `gone` are taken out and `added` put in, numbered from `first`. See
    /// [`InvertedIndex::amended`] for when it fails.
    pub(crate) fn amended(&self, gone: &[u32], added: &[Arc<IndexedArticle>]) -> tantivy::Result<Self> {
        let mut analyzer = self.analyzer.clone();
        let mut forward = self.forward.clone();
        let first = forward.len();
        let bags: Vec<Vec<Bag>> = added.iter().map(|indexed| bags(indexed, &mut analyzer)).collect();
        let numbered = bags.iter().enumerate();
        let numbered = numbered.flat_map(|(at, bags)| bags.iter().map(move |bag| ((first + at) as u32, bag)));
        let inverted = self.inverted.amended(gone, numbered)?;
        let (mut n_passages, mut n_words) = (self.n_passages, self.n_words);
        for number in gone {
            if let Some(words) = forward[*number as usize].take() {
                n_passages -= words.len();
                n_words -= words.length();
            }
        }
        for bags in &bags {
            let words = ArticleWords::new(bags.iter());
            n_passages += words.len();
            n_words += words.length();
            forward.push(Some(Arc::new(words)));
        }
        Ok(Self { analyzer, inverted, forward, n_passages, n_words })
    }

    /// How many passages there are.
    pub(crate) fn n_passages(&self) -> usize {
        self.n_passages
    }

    /// A question as it was typed, in the words of the index.
    pub(crate) fn question(&self, text: &str) -> tantivy::Result<Question<'_>> {
        let mut texts = BTreeSet::new();
        let mut analyzer = self.analyzer.clone();
        let mut stream = analyzer.token_stream(text);
        while texts.len() < MAX_QUESTION_WORDS && stream.advance() {
            texts.insert(stream.token().text.clone());
        }
        let mut words = Vec::with_capacity(texts.len());
        for text in texts {
            words.extend(self.word(text)?);
        }
        Ok(Question { index: self, words })
    }

    /// A word, if it is known or nearly.
    fn word(&self, text: String) -> tantivy::Result<Option<Word>> {
        let frequency = self.inverted.frequency(&text)?;
        if frequency > 0 {
            let weight = rarity(self.n_passages, frequency as usize);
            return Ok(Some(Word { numbers: vec![number(&text)], spellings: vec![text], weight }));
        }
        if text.chars().count() < MIN_FUZZY_CHARS {
            return Ok(None);
        }
        let spellings = self.inverted.spellings(&text)?;
        let weight = 1.0 / (1.0 + self.n_passages as f32).ln();
        let numbers = spellings.iter().map(|spelling| number(spelling)).collect();
        Ok(Some(Word { spellings, numbers, weight }).filter(|word| !word.spellings.is_empty()))
    }
}

impl Question<'_> {
    /// The numbers of the articles that have the `limit` passages with the most telling words. One may come several times.
    pub(crate) fn candidates(&self, limit: usize) -> tantivy::Result<Vec<u32>> {
        let spellings = self.words.iter().flat_map(|word| word.spellings.iter().map(String::as_str));
        self.index.inverted.search(spellings, limit)
    }

    /// Lets words that most of some articles have count less, down to nothing. Their numbers come in order; one that comes
    /// several times counts as often.
    pub(crate) fn among(mut self, articles: &[u32]) -> Self {
        let mut n_passages = 0;
        let mut frequencies = vec![0; self.words.len()];
        for same in articles.chunk_by(|one, next| one == next) {
            let Some(words) = self.index.forward.get(same[0] as usize).and_then(Option::as_ref) else { continue };
            for passage in words.passages() {
                n_passages += same.len();
                for (frequency, word) in frequencies.iter_mut().zip(&self.words) {
                    *frequency += if word.count(&passage) > 0 { same.len() } else { 0 };
                }
            }
        }
        if n_passages > 0 {
            let exact = self.words.iter_mut().zip(frequencies).filter(|(word, _)| word.spellings.len() == 1);
            for (word, frequency) in exact {
                word.weight = word.weight.min(rarity(n_passages, frequency));
            }
        }
        self
    }

    /// For each passage of an article how many of the question's telling words it has: at most 2.2 for each word.
    pub(crate) fn scores(&self, article: u32) -> impl Iterator<Item = f32> {
        let words = self.index.forward.get(article as usize).and_then(Option::as_ref);
        let mean = self.index.n_words as f32 / self.index.n_passages.max(1) as f32;
        words.into_iter().flat_map(|words| words.passages()).map(move |passage| {
            let length = K1 * (1.0 - B + B * passage.length as f32 / mean.max(1.0));
            let scores = self.words.iter().map(|word| {
                let count = f32::from(word.count(&passage));
                word.weight * (K1 + 1.0) * count / (count + length)
            });
            scores.sum()
        })
    }
}

impl Word {
    fn count(&self, passage: &PassageWords<'_>) -> u8 {
        self.numbers.iter().fold(0, |count, number| count.saturating_add(passage.count(*number)))
    }
}

/// How rare a word is that `frequency` of `count` passages have: about 1 if none has it, about 0 if all have it.
fn rarity(count: usize, frequency: usize) -> f32 {
    let (count, frequency) = (count as f32, (frequency as f32).min(count as f32));
    (1.0 + (count - frequency + 0.5) / (frequency + 0.5)).ln() / (1.0 + count).ln()
}

/// The words of each passage of an article.
fn bags(indexed: &IndexedArticle, analyzer: &mut TextAnalyzer) -> Vec<Bag> {
    let article = &indexed.article;
    let mut common = Bag { words: BTreeMap::new() };
    common.add(analyzer, &article.title, TITLE_TIMES);
    for question in &article.questions {
        common.add(analyzer, question, TITLE_TIMES);
    }
    for tag in &article.tags {
        common.add(analyzer, tag, 1);
    }
    let bags = indexed.passages.iter().map(|passage| {
        let mut bag = Bag { words: common.words.clone() };
        for heading in &passage.headings {
            bag.add(analyzer, heading, 1);
        }
        bag.add(analyzer, &passage.text, 1);
        bag
    });
    bags.collect()
}
