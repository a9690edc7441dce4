//! Learns to put the right hit first, and to tell it from the best wrong one where it is missing.

use std::error::Error;

use candle_core::{D, Result, Tensor};
use candle_nn::ops::{log_softmax, softmax};
use candle_nn::{AdamW, Optimizer, ParamsAdamW};
use indicatif::{ProgressBar, ProgressStyle};
use knowledge_base::second_look::PER_FUSED;
use models::reranker::RerankerWeights;
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

use crate::asked::Asked;
use crate::batches::Batch;
use crate::network::Network;

/// Batches drawn from each centre.
const PASSES: usize = 12;
const RATE: f64 = 1e-3;
const WEIGHT_DECAY: f64 = 0.05;
const SEED: u64 = 1;
/// Weight of the newest batch in the loss that is shown.
const NEWEST: f64 = 0.05;

/// What is learned from the centres.
pub(crate) fn learn(centres: &[&Asked]) -> std::result::Result<RerankerWeights, Box<dyn Error>> {
    let dimension = centres.first().ok_or("there is no centre to learn from")?.dimension;
    let mut random = StdRng::seed_from_u64(SEED);
    let network = Network::new(dimension, &mut random)?;
    let settings = ParamsAdamW { lr: RATE, weight_decay: WEIGHT_DECAY, ..ParamsAdamW::default() };
    let mut optimizer = AdamW::new(network.vars(), settings)?;
    let mut order: Vec<&Asked> = centres.iter().copied().cycle().take(centres.len() * PASSES).collect();
    order.shuffle(&mut random);
    let n_steps = order.len();
    let bar = ProgressBar::new(n_steps as u64).with_style(style());
    let mut shown: Option<f64> = None;
    for (step, asked) in order.into_iter().enumerate() {
        let done = step as f64 / n_steps as f64;
        optimizer.set_learning_rate(RATE * (1.0 + (std::f64::consts::PI * done).cos()) / 2.0);
        let batch = Batch::draw(asked, &mut random)?;
        let loss = loss(&batch, &network.apply(&batch, &mut random)?)?;
        optimizer.backward_step(&loss)?;
        let loss = f64::from(loss.to_scalar::<f32>()?);
        let mean = shown.map_or(loss, |shown| shown + NEWEST * (loss - shown));
        shown = Some(mean);
        bar.set_message(format!("loss {mean:.3}"));
        bar.inc(1);
    }
    bar.finish();
    Ok(network.weights()?)
}

/// How unlikely it makes the right hits, and the truth of whether there is one. `looks` is what is made of each pair.
fn loss(batch: &Batch, looks: &Tensor) -> Result<Tensor> {
    let has_right = &batch.has_right;
    let n_right = has_right.sum_all()?;
    let of_right = |each: &Tensor| (each * has_right)?.sum_all()?.broadcast_div(&n_right);
    let worth = ((&batch.fused * f64::from(PER_FUSED))? + looks)?;
    let misplaced = of_right(&log_softmax(&worth, 1)?.narrow(1, 0, 1)?.squeeze(1)?.neg()?)?;

    let first = |each: &Tensor| each.narrow(1, 0, 1)?.squeeze(1);
    let unanswered = of_right(&surprise(&(first(&batch.logits)? + first(looks)?)?.neg()?)?)?;

    // The wrong hit that would be first is chosen softly, without the right one.
    let (_, n_candidates) = looks.dims2()?;
    let is_first: Vec<f32> = (0..n_candidates).map(|at| f32::from(at == 0)).collect();
    let is_right = has_right.unsqueeze(1)?.broadcast_mul(&Tensor::new(is_first, looks.device())?.unsqueeze(0)?)?;
    let choice = softmax(&((&worth + (&is_right * -1e4)?)? * 2.0)?, D::Minus1)?;
    let has_right = has_right.unsqueeze(1)?.broadcast_as(looks.shape())?;
    let logits = (((&batch.logits_without - &batch.logits)? * has_right)? + &batch.logits)?;
    let wrong = (choice * (logits + looks)?)?.sum(1)?;
    let unsupported = surprise(&wrong)?.mean_all()?;
    misplaced + unanswered + unsupported
}

/// The surprise, in nats, that something does not hold whose logit is this.
fn surprise(logit: &Tensor) -> Result<Tensor> {
    // ln(1 + e^x), from either side where it does not overflow.
    let beyond = logit.abs()?.neg()?.exp()?;
    logit.relu()? + (beyond + 1.0)?.log()?
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{bar:40} {pos}/{len} {msg}, {eta} left")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
}
