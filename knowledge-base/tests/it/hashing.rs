//! An encoder without weights: words hashed into a vector, so that texts sharing words are close.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Mutex;

use models::{Embed, Embedding, EncodeError, Reading, Role};

/// Remembers what it was asked to encode.
#[derive(Default)]
pub(crate) struct HashingEncoder {
    encoded: Mutex<Vec<String>>,
}

impl HashingEncoder {
    /// The texts encoded since the last call.
    pub(crate) fn take_encoded(&self) -> Vec<String> {
        std::mem::take(&mut self.encoded.lock().unwrap())
    }

    pub(crate) fn one(&self, text: &str) -> Embedding {
        self.embed(&[text.to_owned()], Role::Query).unwrap().remove(0)
    }
}

impl Embed for HashingEncoder {
    fn embed(&self, texts: &[String], _: Role) -> Result<Vec<Embedding>, EncodeError> {
        self.encoded.lock().unwrap().extend_from_slice(texts);
        texts.iter().map(|text| Embedding::new(hashed(text)).map_err(|e| EncodeError::Failed(e.to_string()))).collect()
    }

    fn read(&self, texts: &[String]) -> Result<Vec<Reading>, EncodeError> {
        let meanings = self.embed(texts, Role::Query)?;
        Ok(meanings
            .into_iter()
            .map(|meaning| Reading { wording: meaning.clone(), meaning, tone: None, purpose: None })
            .collect())
    }

    fn revision(&self) -> &'static str {
        "hashing-1"
    }
}

fn hashed(text: &str) -> Vec<f32> {
    let mut vector = vec![0.0; 256];
    vector[0] = 0.1;
    let words = text.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase);
    for word in words.filter(|word| word.len() > 3) {
        let mut hasher = DefaultHasher::new();
        word.chars().take(6).collect::<String>().hash(&mut hasher);
        vector[1 + (hasher.finish() % 255) as usize] += 1.0;
    }
    vector
}
