//! Cuts a text into the encoder's vocabulary, bounded in bytes and tokens so that no text can be expensive.

use std::path::{Path, PathBuf};

use tokenizers::{PostProcessor, Tokenizer, TruncationDirection, TruncationParams, TruncationStrategy};

/// No token of the vocabularies in use needs more text than this on average; what lies beyond is never read.
const BYTES_PER_TOKEN: usize = 64;

/// A text as the encoder reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokens {
    ids: Vec<u32>,
    truncated: bool,
}

/// Cuts texts into [`Tokens`]; cheap to share between threads.
#[derive(Debug)]
pub struct TextTokenizer {
    inner: Tokenizer,
    max_tokens: usize,
}

/// Why a text or a tokenizer file could not be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenizeError {
    /// The tokenizer file cannot be used.
    #[error("the tokenizer {} cannot be used: {reason}", path.display())]
    BadFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The tokenizer refused the text.
    #[error("the text could not be cut into tokens: {0}")]
    BadText(String),
}

impl Tokens {
    /// A text that is in numbers already, special tokens included.
    pub fn new(ids: Vec<u32>) -> Self {
        Self { ids, truncated: false }
    }

    /// Vocabulary numbers, special tokens included; never empty when made by [`TextTokenizer`].
    pub fn ids(&self) -> &[u32] {
        &self.ids
    }

    /// Whether the end of the text was left out.
    pub fn truncated(&self) -> bool {
        self.truncated
    }
}

impl TextTokenizer {
    /// Reads a `tokenizer.json`; texts are cut after `max_tokens` tokens, special tokens included.
    pub fn open(path: &Path, max_tokens: usize) -> Result<Self, TokenizeError> {
        let bad_file = |reason: String| TokenizeError::BadFile { path: path.to_owned(), reason };
        let json = std::fs::read(path).map_err(|error| bad_file(error.to_string()))?;
        Self::from_json(&json, max_tokens).map_err(|error| bad_file(error.to_string()))
    }

    /// Like [`open`](Self::open), from the file's content.
    pub fn from_json(json: &[u8], max_tokens: usize) -> Result<Self, TokenizeError> {
        let bad = |error: tokenizers::Error| TokenizeError::BadText(error.to_string());
        let mut inner = Tokenizer::from_bytes(json).map_err(bad)?;
        let n_special = inner.get_post_processor().map_or(0, |processor| processor.added_tokens(false));
        if max_tokens <= n_special {
            let reason = format!("texts of {max_tokens} tokens leave no room beside {n_special} special ones");
            return Err(TokenizeError::BadText(reason));
        }
        inner
            .with_truncation(Some(TruncationParams {
                direction: TruncationDirection::Right,
                // One more than is fed to the encoder, which is how a text that was cut is told from one that fits.
                max_length: max_tokens.saturating_add(1),
                strategy: TruncationStrategy::LongestFirst,
                stride: 0,
            }))
            .map_err(bad)?;
        inner.with_padding(None);
        Ok(Self { inner, max_tokens })
    }

    /// Tokens that a text can be cut into.
    pub fn vocabulary_size(&self) -> usize {
        self.inner.get_vocab_size(true)
    }

    /// The tokens of `text`, at most as many as the encoder takes.
    pub fn tokenize(&self, text: &str) -> Result<Tokens, TokenizeError> {
        let cap = self.max_tokens.saturating_mul(BYTES_PER_TOKEN);
        let head = &text[..text.floor_char_boundary(cap)];
        let encoding = self.inner.encode_fast(head, true).map_err(|error| TokenizeError::BadText(error.to_string()))?;
        let mut ids = encoding.get_ids().to_vec();
        let is_over = ids.len() > self.max_tokens;
        if is_over {
            let n_closing = encoding.get_special_tokens_mask().iter().rev().take_while(|mark| **mark == 1).count();
            ids.remove(ids.len() - n_closing - 1);
        }
        Ok(Tokens { ids, truncated: is_over || head.len() < text.len() })
    }
}
