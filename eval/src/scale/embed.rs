//! Embeddings made of words: the sum of a direction for each, so that texts with common words are near each other.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use models::{Embed, Embedding, EncodeError, Reading, Role};

/// As many components as the shipped encoder's.
const WIDTH: usize = 384;

/// Embeds texts by their words, and counts how long that takes.
#[derive(Default)]
pub(super) struct WordsEmbed {
    nanoseconds: AtomicU64,
}

impl WordsEmbed {
    /// The time spent so far.
    pub(super) fn spent(&self) -> Duration {
        Duration::from_nanos(self.nanoseconds.load(Ordering::Relaxed))
    }
}

impl Embed for WordsEmbed {
    fn embed(&self, texts: &[String], _role: Role) -> Result<Vec<Embedding>, EncodeError> {
        let started = Instant::now();
        let embeddings = texts.iter().map(|text| embedding(text)).collect();
        self.nanoseconds.fetch_add(started.elapsed().as_nanos() as u64, Ordering::Relaxed);
        embeddings
    }

    fn read(&self, _texts: &[String]) -> Result<Vec<Reading>, EncodeError> {
        Err(EncodeError::Failed("embeddings made of words are not for reading".into()))
    }

    fn revision(&self) -> &'static str {
        "words"
    }
}

fn embedding(text: &str) -> Result<Embedding, EncodeError> {
    let mut vector = vec![0.0_f32; WIDTH];
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let mut state = word.bytes().fold(7_u64, |state, byte| mixed(state ^ u64::from(byte)));
        for components in vector.chunks_mut(64) {
            state = mixed(state);
            for (bit, component) in components.iter_mut().enumerate() {
                *component += if state >> bit & 1 == 1 { 1.0 } else { -1.0 };
            }
        }
    }
    Embedding::new(vector).map_err(|error| EncodeError::Failed(error.to_string()))
}

/// A step of `SplitMix64` (Steele, Lea and Flood, 2014).
fn mixed(state: u64) -> u64 {
    let mut state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}
