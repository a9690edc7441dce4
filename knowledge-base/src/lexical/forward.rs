//! From passages to their words: what a question is held against once it is known which articles may answer it.

use super::Bag;

/// The words of the passages of an article. Each is known by a number made of its letters, which two words share so
/// rarely that no ranking depends on it.
#[derive(Debug, Default)]
pub(super) struct ArticleWords {
    /// In ascending order within each passage.
    numbers: Vec<u32>,
    /// How often each is in its passage.
    counts: Vec<u8>,
    passages: Vec<PassageEnd>,
}

#[derive(Debug)]
struct PassageEnd {
    /// Where the words of the next passage begin.
    end: u32,
    /// How many words there are, each as often as it is there.
    length: u32,
}

/// The words of one passage.
#[derive(Debug, Clone, Copy)]
pub(super) struct PassageWords<'a> {
    numbers: &'a [u32],
    counts: &'a [u8],
    /// How many words there are, each as often as it is there.
    pub(super) length: u32,
}

/// The number of a word: FNV-1a, 32 bits.
pub(super) fn number(word: &str) -> u32 {
    word.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

impl ArticleWords {
    pub(super) fn new<'b>(bags: impl Iterator<Item = &'b Bag>) -> Self {
        let mut words = Self::default();
        for bag in bags {
            let mut numbered: Vec<(u32, u8)> = bag.words.iter().map(|(word, count)| (number(word), *count)).collect();
            numbered.sort_unstable();
            words.numbers.extend(numbered.iter().map(|(number, _)| number));
            words.counts.extend(numbered.iter().map(|(_, count)| count));
            words.passages.push(PassageEnd { end: words.numbers.len() as u32, length: bag.length() });
        }
        words.numbers.shrink_to_fit();
        words.counts.shrink_to_fit();
        words.passages.shrink_to_fit();
        words
    }

    /// Passage by passage.
    pub(super) fn passages(&self) -> impl Iterator<Item = PassageWords<'_>> {
        let mut start = 0;
        self.passages.iter().map(move |passage| {
            let range = start..passage.end as usize;
            start = range.end;
            PassageWords { numbers: &self.numbers[range.clone()], counts: &self.counts[range], length: passage.length }
        })
    }

    /// How many words there are in all passages.
    pub(super) fn length(&self) -> u64 {
        self.passages.iter().map(|passage| u64::from(passage.length)).sum()
    }

    /// How many passages there are.
    pub(super) fn len(&self) -> usize {
        self.passages.len()
    }
}

impl PassageWords<'_> {
    /// How often the word with a number is there.
    pub(super) fn count(&self, number: u32) -> u8 {
        self.numbers.binary_search(&number).map_or(0, |at| self.counts[at])
    }
}
