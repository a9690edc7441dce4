//! Tunes a copy of the encoder's last layers to feelings, from what its lower layers, which stay, make of texts.

use candle_core::{D, DType, Device, Result, Tensor, Var};
use candle_nn::{AdamW, Optimizer, ParamsAdamW};
use indicatif::ProgressBar;
use models::head::emotion::N_OUTPUTS;
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

use super::rows::Group;
use crate::network::Network;
use crate::steps::height;

const EPOCHS: usize = 4;
const BATCH: usize = 64;
const RATE: f64 = 1e-3;
const WEIGHT_DECAY: f64 = 0.01;
const SEED: u64 = 1;

/// Layers being tuned, and the outputs on top of them.
pub(crate) struct Tuning {
    network: Network,
    first_layer: usize,
    vars: Vec<Var>,
    /// `[outputs, width]`.
    weights: Var,
    bias: Var,
}

/// Texts of one length, as the lower layers leave them.
struct Prepared<'a> {
    /// `[texts, tokens, width]`.
    hidden: Tensor,
    outputs: &'a Tensor,
}

impl Tuning {
    /// The layers from `first_layer` on learn.
    pub(crate) fn new(mut network: Network, first_layer: usize, width: usize) -> Result<Self> {
        let (mut vars, mut random) = (Vec::new(), StdRng::seed_from_u64(SEED));
        for layer in &mut network.layers[first_layer..] {
            vars.extend(layer.adapt(&mut random)?);
        }
        let weights = Var::zeros((N_OUTPUTS, width), DType::F32, &Device::Cpu)?;
        let bias = Var::zeros(N_OUTPUTS, DType::F32, &Device::Cpu)?;
        vars.extend([weights.clone(), bias.clone()]);
        Ok(Self { network, first_layer, vars, weights, bias })
    }

    /// Learns from `groups`; `after_epoch` is told whenever all have been seen once more.
    pub(crate) fn learn(&self, groups: &[Group], mut after_epoch: impl FnMut(&Self) -> Result<()>) -> Result<()> {
        let prepared = self.prepare(groups)?;
        let mut order: Vec<Vec<u32>> =
            prepared.iter().map(|group| (0..group.hidden.dims()[0] as u32).collect()).collect();
        let n_steps: usize = EPOCHS * order.iter().map(|rows| rows.len().div_ceil(BATCH)).sum::<usize>();
        let bar = ProgressBar::new(n_steps as u64);
        let settings = ParamsAdamW { lr: RATE, weight_decay: WEIGHT_DECAY, ..ParamsAdamW::default() };
        let mut optimizer = AdamW::new(self.vars.clone(), settings)?;
        let mut random = StdRng::seed_from_u64(SEED);
        let mut step = 0_usize;
        for _ in 0..EPOCHS {
            let mut batches = Vec::new();
            for (group, rows) in order.iter_mut().enumerate() {
                rows.shuffle(&mut random);
                batches.extend(rows.chunks(BATCH).map(|rows| (group, rows.to_vec())));
            }
            batches.shuffle(&mut random);
            for (group, rows) in batches {
                optimizer.set_learning_rate(RATE * height(step as f64 / n_steps as f64));
                let rows = Tensor::new(rows, &Device::Cpu)?;
                let logits = self.logits(&prepared[group].hidden.index_select(&rows, 0)?)?;
                let loss = cross_entropy(&logits, &prepared[group].outputs.index_select(&rows, 0)?)?;
                optimizer.backward_step(&loss)?;
                step += 1;
                bar.inc(1);
            }
            bar.suspend(|| after_epoch(self))?;
        }
        bar.finish_and_clear();
        Ok(())
    }

    /// For each group, `[texts, outputs]`: the probabilities of the outputs.
    pub(crate) fn probabilities(&self, groups: &[Group]) -> Result<Vec<Vec<[f32; N_OUTPUTS]>>> {
        let probabilities = self.prepare(groups)?.into_iter().map(|group| {
            let mut found = Vec::new();
            for first in (0..group.hidden.dims()[0]).step_by(BATCH) {
                let n = BATCH.min(group.hidden.dims()[0] - first);
                let logits = self.logits(&group.hidden.narrow(0, first, n)?)?.detach();
                let rows: Vec<Vec<f32>> = candle_nn::ops::sigmoid(&logits)?.to_vec2()?;
                found.extend(rows.into_iter().map(|row| std::array::from_fn(|at| row[at])));
            }
            Ok(found)
        });
        probabilities.collect()
    }

    /// Weights, `[outputs, width]`, and bias of the outputs, for vectors of length one.
    pub(crate) fn outputs(&self) -> Result<(Vec<f32>, Vec<f32>)> {
        let weights = (self.weights.as_tensor() * self.length()?)?;
        Ok((weights.flatten_all()?.to_vec1()?, self.bias.to_vec1()?))
    }

    /// The adapters of the tuned layers.
    pub(crate) fn adapters(&self) -> Result<Vec<(String, models::branch::Adapter)>> {
        let of_layers = self.network.layers[self.first_layer..].iter().map(crate::network::Layer::adapters);
        Ok(of_layers.collect::<Result<Vec<_>>>()?.concat())
    }

    fn prepare<'a>(&self, groups: &'a [Group]) -> Result<Vec<Prepared<'a>>> {
        let prepared = groups.iter().map(|group| {
            let n_texts = group.ids.dims()[0];
            let mut parts = Vec::new();
            for first in (0..n_texts).step_by(BATCH) {
                let mut hidden = self.network.embed(&group.ids.narrow(0, first, BATCH.min(n_texts - first))?)?;
                for layer in &self.network.layers[..self.first_layer] {
                    hidden = self.network.apply(layer, &hidden)?;
                }
                parts.push(hidden);
            }
            Ok(Prepared { hidden: Tensor::cat(&parts, 0)?, outputs: &group.outputs })
        });
        prepared.collect()
    }

    /// `[texts, outputs]`, from the vectors of tokens that the lower layers leave.
    fn logits(&self, hidden: &Tensor) -> Result<Tensor> {
        let mut hidden = hidden.clone();
        for layer in &self.network.layers[self.first_layer..] {
            hidden = self.network.apply(layer, &hidden)?;
        }
        let mean = hidden.mean(1)?;
        let length = mean.sqr()?.sum_keepdim(D::Minus1)?.sqrt()?;
        let tone = (mean.broadcast_div(&length)? * self.length()?)?;
        tone.matmul(&self.weights.t()?)?.broadcast_add(&self.bias)
    }

    /// The length that vectors are given, so that their components are of about one.
    fn length(&self) -> Result<f64> {
        Ok((self.weights.dims2()?.1 as f64).sqrt())
    }
}

/// The mean over texts of the sum over outputs of the cross-entropy of yes and no.
fn cross_entropy(logits: &Tensor, outputs: &Tensor) -> Result<Tensor> {
    // log(1 + e^x) - x·y, without an overflow of e^x.
    let softplus = (logits.relu()? + (logits.abs()?.neg()?.exp()? + 1.0)?.log()?)?;
    (softplus - (logits * outputs)?)?.sum(D::Minus1)?.mean_all()
}
