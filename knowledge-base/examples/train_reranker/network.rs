//! The reranker as operations that gradients flow back through; `models::reranker` is what computes in production.

use candle_core::{D, DType, Device, Result, Tensor, Var};
use candle_nn::ops::softmax;
use models::reranker::{LEAST_MEAN_SQUARE, RerankerWeights, SHARPNESS};
use rand::RngExt;
use rand::rngs::StdRng;

use crate::batches::Batch;

/// Components of a key and of a value.
const WIDTH: usize = 64;
/// What a comparison can show.
const HIDDEN: usize = 64;
/// What is left out of the tokens' vectors while learning, one choice of components for each text.
const DROPPED_OF_VECTORS: f32 = 0.2;
/// What is left out of comparisons while learning.
const DROPPED_OF_COMPARISONS: f32 = 0.1;
/// Added where there is no token.
const NOWHERE: f64 = -1e4;

/// What learns.
pub(crate) struct Network {
    dimension: usize,
    keys: Var,
    values: Var,
    attention: Var,
    hidden: Var,
    hidden_bias: Var,
    score: Var,
    bias: Var,
}

impl Network {
    pub(crate) fn new(dimension: usize, random: &mut StdRng) -> Result<Self> {
        let mut drawn = |rows: usize, columns: usize| {
            let spread = (3.0 / columns as f32).sqrt();
            let values = (0..rows * columns).map(|_| random.random_range(-spread..spread)).collect();
            Var::from_tensor(&Tensor::from_vec::<_, f32>(values, (rows, columns), &Device::Cpu)?)
        };
        let zeros = |columns: usize| Var::zeros((1, columns), DType::F32, &Device::Cpu);
        Ok(Self {
            dimension,
            keys: drawn(WIDTH, dimension)?,
            values: drawn(WIDTH, dimension)?,
            attention: zeros(dimension)?,
            hidden: drawn(HIDDEN, 2 * WIDTH + 1)?,
            hidden_bias: zeros(HIDDEN)?,
            score: zeros(HIDDEN)?,
            bias: zeros(1)?,
        })
    }

    pub(crate) fn vars(&self) -> Vec<Var> {
        let Self { keys, values, attention, hidden, hidden_bias, score, bias, .. } = self;
        [keys, values, attention, hidden, hidden_bias, score, bias].map(Var::clone).into()
    }

    pub(crate) fn weights(&self) -> Result<RerankerWeights> {
        let read = |var: &Var| var.flatten_all()?.to_vec1::<f32>();
        Ok(RerankerWeights {
            dimension: self.dimension,
            keys: read(&self.keys)?,
            values: read(&self.values)?,
            attention: read(&self.attention)?,
            hidden: read(&self.hidden)?,
            hidden_bias: read(&self.hidden_bias)?,
            score: read(&self.score)?,
            bias: read(&self.bias)?.into_iter().sum(),
        })
    }

    /// What is made of each of the batch's pairs, `[questions, candidates]`.
    pub(crate) fn apply(&self, batch: &Batch, random: &mut StdRng) -> Result<Tensor> {
        let questions = without_some(&scaled(&batch.questions)?, random)?;
        let passages = without_some(&scaled(&batch.passages)?, random)?;
        let (n_questions, n_candidates) = batch.pairs.dims2()?;
        let pairs = batch.pairs.flatten_all()?;
        let of_passages = |tensor: &Tensor| tensor.index_select(&pairs, 0);
        let of_questions = |tensor: &Tensor| {
            let (_, tokens, width) = tensor.dims3()?;
            let tensor = tensor.unsqueeze(1)?.broadcast_as((n_questions, n_candidates, tokens, width))?;
            tensor.reshape((n_questions * n_candidates, tokens, width))
        };
        let nowhere = |mask: &Tensor| mask.affine(-NOWHERE, NOWHERE);

        let keys = of_passages(&unit(&through(&passages, &self.keys)?)?)?;
        let cosines = of_questions(&unit(&through(&questions, &self.keys)?)?)?.matmul(&keys.t()?)?;
        let absent = nowhere(&of_passages(&batch.passage_tokens)?)?.unsqueeze(1)?;
        let cosines = cosines.broadcast_add(&absent)?;
        let closest = cosines.max_keepdim(D::Minus1)?;
        let attended = softmax(&(cosines * f64::from(SHARPNESS))?, D::Minus1)?;
        let gathered = attended.matmul(&of_passages(&through(&passages, &self.values)?)?)?;
        let values = of_questions(&through(&questions, &self.values)?)?;
        let comparisons = Tensor::cat(&[(&values * &gathered)?, (&values - &gathered)?.abs()?, closest], D::Minus1)?;
        let comparisons = (&comparisons * kept(comparisons.dims(), DROPPED_OF_COMPARISONS, random)?)?;
        let shown = through(&comparisons, &self.hidden)?.broadcast_add(&self.hidden_bias)?.relu()?;
        let (_, tokens, _) = shown.dims3()?;
        let scores = through(&shown, &self.score)?.reshape((n_questions, n_candidates, tokens))?;

        let asked = through(&questions, &self.attention)?.squeeze(D::Minus1)?;
        let shares = softmax(&(asked + nowhere(&batch.question_tokens)?)?, D::Minus1)?.unsqueeze(1)?;
        scores.broadcast_mul(&shares)?.sum(D::Minus1)?.broadcast_add(&self.bias)
    }
}

/// Rows of one size.
fn scaled(rows: &Tensor) -> Result<Tensor> {
    let mean_square = (rows.sqr()?.mean_keepdim(D::Minus1)? + f64::from(LEAST_MEAN_SQUARE))?;
    rows.broadcast_div(&mean_square.sqrt()?)
}

/// Rows times the transpose of `matrix`.
fn through(rows: &Tensor, matrix: &Tensor) -> Result<Tensor> {
    let (texts, tokens, columns) = rows.dims3()?;
    let out = rows.reshape((texts * tokens, columns))?.matmul(&matrix.t()?)?;
    out.reshape((texts, tokens, matrix.dim(0)?))
}

fn unit(rows: &Tensor) -> Result<Tensor> {
    let length = (rows.sqr()?.sum_keepdim(D::Minus1)? + 1e-12)?.sqrt()?;
    rows.broadcast_div(&length)
}

/// Vectors without some components, others for each text.
fn without_some(vectors: &Tensor, random: &mut StdRng) -> Result<Tensor> {
    let (texts, _, width) = vectors.dims3()?;
    vectors.broadcast_mul(&kept(&[texts, 1, width], DROPPED_OF_VECTORS, random)?)
}

fn kept(shape: &[usize], dropped: f32, random: &mut StdRng) -> Result<Tensor> {
    let n_values = shape.iter().product();
    let draw = |_| if random.random::<f32>() < dropped { 0.0 } else { 1.0 / (1.0 - dropped) };
    Tensor::from_vec((0..n_values).map(draw).collect::<Vec<f32>>(), shape, &Device::Cpu)
}
