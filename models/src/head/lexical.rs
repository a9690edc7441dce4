//! The words and pieces of words of a text, for what an encoder blurs: product names, jargon, typing errors that repeat.
//!
//! Words, pairs of words and runs of letters are hashed into a fixed number of buckets (Weinberger et al. 2009) and
//! weighted by how rare they are.

use std::hash::Hasher;

use unicode_normalization::UnicodeNormalization;

/// Every bucket that a gram may be hashed into; a lexicon has that many or fewer, a power of two.
const MOST_BUCKETS: usize = 1 << 16;
/// Lengths of the runs of letters taken from a word with its edges.
const RUNS: std::ops::RangeInclusive<usize> = 3..=5;
/// More words of a text than this say nothing new about it.
const MOST_WORDS: usize = 200;

/// How rare the grams of each bucket are.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Lexicon {
    rarity: Vec<f32>,
}

/// Sparse vectors below each other.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct SparseRows {
    /// Buckets there are.
    pub(super) width: usize,
    /// Where each row starts in the other two, and where the last ends.
    pub(super) starts: Vec<u32>,
    pub(super) buckets: Vec<u16>,
    pub(super) values: Vec<f32>,
}

impl Lexicon {
    /// Learns from texts what is rare; grams go into `n_buckets`, a power of two.
    pub(super) fn learn<'a>(texts: impl IntoIterator<Item = &'a Grams>, n_buckets: usize) -> Self {
        debug_assert!(n_buckets.is_power_of_two() && n_buckets <= MOST_BUCKETS, "{n_buckets} buckets");
        let mut seen_in = vec![0.0_f32; n_buckets];
        let mut n_texts = 0.0_f32;
        for grams in texts {
            n_texts += 1.0;
            let mut buckets: Vec<usize> =
                grams.parts.iter().flatten().map(|gram| usize::from(gram.bucket) % n_buckets).collect();
            buckets.sort_unstable();
            buckets.dedup();
            for bucket in buckets {
                seen_in[bucket] += 1.0;
            }
        }
        let rarity = |seen_in: f32| 1.0 + ((1.0 + n_texts) / (1.0 + seen_in)).ln();
        Self { rarity: seen_in.into_iter().map(rarity).collect() }
    }

    /// One with the rarity of each bucket given.
    pub(super) fn from_rarity(rarity: Vec<f32>) -> Self {
        Self { rarity }
    }

    /// The rarity of each bucket.
    pub(super) fn rarity(&self) -> &[f32] {
        &self.rarity
    }

    /// The vectors of no texts.
    pub(super) fn rows(&self) -> SparseRows {
        SparseRows::new(self.rarity.len())
    }

    /// Puts the vector of a text, of length one or empty, below `rows`: half of it is words, half runs of letters.
    pub(super) fn push(&self, grams: &Grams, rows: &mut SparseRows) {
        let n_buckets = self.rarity.len();
        let mut values: Vec<(u16, f32)> = Vec::with_capacity(grams.parts.iter().map(Vec::len).sum());
        for part in &grams.parts {
            let weight = |gram: &Gram| gram.weight * self.rarity[usize::from(gram.bucket) % n_buckets];
            let length = part.iter().map(|gram| weight(gram).powi(2)).sum::<f32>().sqrt();
            let scale = std::f32::consts::FRAC_1_SQRT_2 / length;
            let place = |gram: &Gram| (usize::from(gram.bucket) % n_buckets) as u16;
            values.extend(part.iter().map(|gram| (place(gram), gram.sign * scale * weight(gram))));
        }
        values.sort_by_key(|(bucket, _)| *bucket);
        for of_bucket in values.chunk_by(|a, b| a.0 == b.0) {
            rows.buckets.push(of_bucket[0].0);
            rows.values.push(of_bucket.iter().map(|(_, value)| value).sum());
        }
        rows.end();
    }
}

impl SparseRows {
    /// No rows, of `width` buckets.
    fn new(width: usize) -> Self {
        Self { width, starts: vec![0], ..Self::default() }
    }

    pub(super) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// The buckets and values of one row.
    pub(super) fn row(&self, at: usize) -> impl Iterator<Item = (usize, f32)> {
        let range = self.starts[at] as usize..self.starts[at + 1] as usize;
        let buckets = self.buckets[range.clone()].iter().map(|bucket| usize::from(*bucket));
        buckets.zip(self.values[range].iter().copied())
    }

    /// The rows numbered `chosen`.
    pub(super) fn select(&self, chosen: &[usize]) -> Self {
        let mut selected = Self::new(self.width);
        for &at in chosen {
            let range = self.starts[at] as usize..self.starts[at + 1] as usize;
            selected.buckets.extend_from_slice(&self.buckets[range.clone()]);
            selected.values.extend_from_slice(&self.values[range]);
            selected.end();
        }
        selected
    }

    /// A row for each bucket, in which rows stand where buckets stood.
    pub(super) fn transposed(&self) -> Transposed {
        let mut columns = vec![Vec::new(); self.width];
        for row in 0..self.len() {
            self.row(row).for_each(|(bucket, value)| columns[bucket].push((row as u32, value)));
        }
        Transposed { columns }
    }

    fn end(&mut self) {
        self.starts.push(self.buckets.len() as u32);
    }
}

/// For each bucket the rows that have it, and their values.
#[derive(Debug, Clone, Default)]
pub(super) struct Transposed {
    pub(super) columns: Vec<Vec<(u32, f32)>>,
}

/// The words and pairs of words of a text, and its runs of letters.
#[derive(Debug)]
pub(super) struct Grams {
    parts: [Vec<Gram>; 2],
}

/// A gram of a text.
#[derive(Debug)]
struct Gram {
    bucket: u16,
    /// One or minus one, so that grams that share a bucket cancel out on average.
    sign: f32,
    /// It grows with the logarithm of how often the text has it.
    weight: f32,
}

impl Grams {
    pub(super) fn of(text: &str) -> Self {
        let plain = |c: char| if c.is_numeric() { '0' } else { c };
        let text: String = text.nfkc().flat_map(char::to_lowercase).map(plain).collect();
        // Whose address it is, and where a link leads, says nothing of what somebody wants.
        let spoken = text.split_whitespace().filter(|part| !part.contains('@') && !part.contains("://"));
        let words = spoken.flat_map(|part| part.split(|c: char| !c.is_alphanumeric())).filter(|word| !word.is_empty());
        let words: Vec<&str> = words.take(MOST_WORDS).collect();
        let mut whole: Vec<_> = words.iter().map(|word| bucket(b'w', [word])).collect();
        whole.extend(words.windows(2).map(|pair| bucket(b'p', pair)));
        let mut runs = Vec::new();
        for word in words {
            let edged = format!(" {word} ");
            let places: Vec<usize> = edged.char_indices().map(|(at, _)| at).chain([edged.len()]).collect();
            for length in RUNS {
                runs.extend(places.windows(length + 1).map(|run| bucket(b'r', [&edged[run[0]..run[length]]])));
            }
        }
        Self { parts: [counted(whole), counted(runs)] }
    }
}

/// Each gram once, with how often it came.
fn counted(mut grams: Vec<(u16, bool)>) -> Vec<Gram> {
    grams.sort_unstable();
    let of_gram = |alike: &[(u16, bool)]| {
        let (bucket, is_negative) = alike[0];
        Gram { bucket, sign: if is_negative { -1.0 } else { 1.0 }, weight: 1.0 + (alike.len() as f32).ln() }
    };
    grams.chunk_by(|a, b| a == b).map(of_gram).collect()
}

/// The bucket of a gram by FNV-1a, which is the same everywhere and for ever, and its sign.
fn bucket<'a>(kind: u8, parts: impl IntoIterator<Item = &'a (impl AsRef<str> + ?Sized + 'a)>) -> (u16, bool) {
    let mut hasher = Fnv::default();
    hasher.write(&[kind]);
    for part in parts {
        hasher.write(part.as_ref().as_bytes());
        hasher.write(&[0]);
    }
    let hash = hasher.finish();
    ((hash % MOST_BUCKETS as u64) as u16, hash >> 63 == 1)
}

struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        // FNV's low bits alone are weak: fold the high ones in (a finaliser of SplitMix64).
        let x = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        x ^ (x >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lexicon(texts: &[&str]) -> Lexicon {
        let grams: Vec<Grams> = texts.iter().map(|text| Grams::of(text)).collect();
        Lexicon::learn(&grams, 2048)
    }

    fn vector(lexicon: &Lexicon, text: &str) -> Vec<f32> {
        let mut rows = lexicon.rows();
        lexicon.push(&Grams::of(text), &mut rows);
        let mut vector = vec![0.0; rows.width];
        rows.row(0).for_each(|(bucket, value)| vector[bucket] = value);
        vector
    }

    fn dot(a: &[f32], b: &[f32]) -> f32 {
        a.iter().zip(b).map(|(a, b)| a * b).sum()
    }

    #[test]
    fn texts_that_share_rare_words_are_close() {
        let lexicon = lexicon(&["is my tamron monitor ok", "is my order ok", "is my parcel ok", "is it ok"]);
        let [one, misspelt, other] =
            ["my tamron broke", "tamronn is broken", "my parcel broke"].map(|text| vector(&lexicon, text));
        assert!(dot(&one, &misspelt) > 0.2, "{}", dot(&one, &misspelt));
        assert!(dot(&one, &one) > 0.9 && dot(&one, &one) < 1.1);
        assert!(dot(&misspelt, &other) < dot(&misspelt, &one));
    }

    #[test]
    fn a_text_without_words_has_no_grams_and_neither_digits_nor_addresses_tell_apart() {
        let lexicon = lexicon(&["a"]);
        assert_eq!(vector(&lexicon, "write to ada@example.com"), vector(&lexicon, "write to Bob@shop.example"));
        assert!(vector(&lexicon, "?! …").iter().all(|value| *value == 0.0));
        assert_eq!(vector(&lexicon, "order 1042"), vector(&lexicon, "ORDER 7733"));
    }
}
