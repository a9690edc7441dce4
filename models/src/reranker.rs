//! Reads a question beside a passage, token by token, where their embeddings alone do not tell whether one answers the other.
//!
//! For each token of the question the passage's tokens are attended to, and what is gathered from them is compared with the
//! token itself: decomposable attention (Parikh et al., *A Decomposable Attention Model for Natural Language Inference*,
//! 2016), over the vectors that the encoder has of the tokens anyway. What a passage's tokens come to does not depend on the
//! question, so it can be kept. Nothing of the question by itself reaches the outcome: how a question is put says nothing
//! about whether a passage answers it.

mod file;

use crate::kernels::float::{Output, View, ViewMut, multiply};

/// How sharply a token attends to those most like it; a softmax over cosines is taken of this many times their value.
pub const SHARPNESS: f32 = 10.0;
/// Keeps the scale of an all but empty vector finite.
pub const LEAST_MEAN_SQUARE: f32 = 1e-4;

/// Tells how much more, or less, a passage seems to answer a question than search has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Reranker {
    /// The encoder it was trained over: `<name>@<revision>`.
    encoder: String,
    weights: RerankerWeights,
}

/// What is learned, matrices row after row.
#[derive(Debug, Clone, PartialEq)]
pub struct RerankerWeights {
    /// Components of a token's vector.
    pub dimension: usize,
    /// What a token is found by, `[width, dimension]`.
    pub keys: Vec<f32>,
    /// What it is compared by, `[width, dimension]`.
    pub values: Vec<f32>,
    /// How much it counts in a question, `[dimension]`.
    pub attention: Vec<f32>,
    /// From a comparison to what it shows, `[hidden, 2 · width + 1]`: the products with what was gathered, the absolute
    /// differences from it, and the greatest cosine.
    pub hidden: Vec<f32>,
    /// `[hidden]`.
    pub hidden_bias: Vec<f32>,
    /// From what it shows to a score, `[hidden]`.
    pub score: Vec<f32>,
    /// What is added to the score.
    pub bias: f32,
}

/// What the tokens of a text come to, for comparisons.
#[derive(Debug, Clone, PartialEq)]
pub struct SeenTokens {
    n_tokens: usize,
    /// Unit vectors, `[tokens, width]`.
    keys: Vec<f32>,
    /// `[tokens, width]`.
    values: Vec<f32>,
    /// Each token's share in a question, which sum up to 1.
    shares: Vec<f32>,
}

/// Why there is no reranker.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the reranker cannot be read: {0}; train it again")]
pub struct RerankerError(String);

impl SeenTokens {
    /// What it takes, in bytes, about.
    pub fn bytes(&self) -> usize {
        (self.keys.len() + self.values.len() + self.shares.len()) * size_of::<f32>()
    }
}

impl RerankerWeights {
    fn width(&self) -> usize {
        self.keys.len() / self.dimension
    }

    fn have_right_sizes(&self) -> bool {
        let (dimension, n_hidden) = (self.dimension, self.score.len());
        dimension > 0
            && n_hidden > 0
            && !self.keys.is_empty()
            && self.keys.len().is_multiple_of(dimension)
            && self.values.len() == self.keys.len()
            && self.attention.len() == dimension
            && self.hidden.len() == n_hidden * (2 * self.width() + 1)
            && self.hidden_bias.len() == n_hidden
    }
}

impl Reranker {
    /// A reranker for the `encoder` of this name and revision; refuses weights that do not fit each other.
    pub fn new(encoder: &str, weights: RerankerWeights) -> Result<Self, RerankerError> {
        if !weights.have_right_sizes() {
            return Err(RerankerError("its parts do not fit each other".to_owned()));
        }
        Ok(Self { encoder: encoder.to_owned(), weights })
    }

    /// The reranker of this crate, for the encoder of the embedded manifest; see `heads/reranker.md`.
    pub fn shipped() -> Result<Self, RerankerError> {
        Self::from_bytes(include_bytes!("../heads/reranker.safetensors"))
    }

    /// Whether it was trained over the encoder of this name and revision.
    pub fn fits(&self, encoder: &str) -> bool {
        self.encoder == encoder
    }

    /// What the tokens of a text come to, given their vectors `[tokens, dimension]` from the middle of the encoder.
    pub fn see(&self, token_vectors: &[f32]) -> SeenTokens {
        let RerankerWeights { dimension, keys, values, attention, .. } = &self.weights;
        let n_tokens = token_vectors.len() / dimension;
        let mut vectors = token_vectors.to_vec();
        for row in vectors.chunks_exact_mut(*dimension) {
            let mean_square = row.iter().map(|x| x * x).sum::<f32>() / *dimension as f32;
            scale(row, 1.0 / (mean_square + LEAST_MEAN_SQUARE).sqrt());
        }
        let mut keys = product(&vectors, n_tokens, keys, *dimension);
        for row in keys.chunks_exact_mut(self.weights.width()) {
            let square = row.iter().map(|x| x * x).sum::<f32>();
            scale(row, 1.0 / square.max(f32::MIN_POSITIVE).sqrt());
        }
        let values = product(&vectors, n_tokens, values, *dimension);
        let mut shares = product(&vectors, n_tokens, attention, *dimension);
        softmax(&mut shares);
        SeenTokens { n_tokens, keys, values, shares }
    }

    /// How much more than search has it `passage` seems to answer `question`, as a difference of logits.
    pub fn compare(&self, question: &SeenTokens, passage: &SeenTokens) -> f32 {
        let width = self.weights.width();
        let RerankerWeights { hidden, hidden_bias, score, bias, .. } = &self.weights;
        let mut cosines = product(&question.keys, question.n_tokens, &passage.keys, width);
        let mut comparisons = Vec::with_capacity(question.n_tokens * (2 * width + 1));
        let mut gathered = vec![0.0; width];
        for (row, value) in cosines.chunks_exact_mut(passage.n_tokens.max(1)).zip(question.values.chunks_exact(width)) {
            let closest = row.iter().copied().fold(-1.0, f32::max);
            scale(row, SHARPNESS);
            softmax(row);
            gathered.fill(0.0);
            for (share, other) in row.iter().zip(passage.values.chunks_exact(width)) {
                gathered.iter_mut().zip(other).for_each(|(sum, x)| *sum += share * x);
            }
            comparisons.extend(value.iter().zip(&gathered).map(|(own, other)| own * other));
            comparisons.extend(value.iter().zip(&gathered).map(|(own, other)| (own - other).abs()));
            comparisons.push(closest);
        }
        let shown = product(&comparisons, question.n_tokens, hidden, 2 * width + 1);
        let scores = shown.chunks_exact(score.len()).zip(&question.shares).map(|(shown, share)| {
            let positive = shown.iter().zip(hidden_bias).map(|(x, bias)| (x + bias).max(0.0));
            share * positive.zip(score).map(|(x, weight)| x * weight).sum::<f32>()
        });
        bias + scores.sum::<f32>()
    }
}

/// `rows` rows of `columns` values times the transpose of `matrix`, whose rows are as long.
fn product(values: &[f32], rows: usize, matrix: &[f32], columns: usize) -> Vec<f32> {
    let outputs = matrix.len() / columns;
    let mut out = vec![0.0; rows * outputs];
    let left = View::new(values, rows, columns, columns);
    let right = View::new(matrix, outputs, columns, columns).transposed();
    multiply(1.0, left, right, Output::Replace, &mut ViewMut::new(&mut out, rows, outputs, outputs));
    out
}

fn scale(row: &mut [f32], factor: f32) {
    for x in row {
        *x *= factor;
    }
}

fn softmax(row: &mut [f32]) {
    let most = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    for x in row.iter_mut() {
        *x = (*x - most).exp();
    }
    let sum: f32 = row.iter().sum();
    scale(row, 1.0 / sum);
}
