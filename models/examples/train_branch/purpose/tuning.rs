//! Tunes a copy of the encoder's last layers so that requests of one intent come together and others part: supervised
//! contrastive learning (Khosla et al., *Supervised Contrastive Learning*, `NeurIPS` 2020).

use std::collections::BTreeMap;

use candle_core::{D, DType, Device, Result, Tensor, Var};
use candle_nn::{AdamW, Optimizer, ParamsAdamW};
use indicatif::{ProgressBar, ProgressStyle};
use models::branch::Adapter;
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::companies::{BATCH, Companies, TEXTS};
use crate::network::{Layer, Network};
use crate::steps::height;

const STEPS: usize = 600;
const RATE: f64 = 1e-3;
const WEIGHT_DECAY: f64 = 0.01;
/// Cosines are divided by it before they are compared.
const TEMPERATURE: f64 = 0.07;
/// What straying from the meaning counts, which keeps what the encoder learned of everything else.
const KEEP: f64 = 1.0;
/// Texts that go through the lower layers at once.
const AT_ONCE: usize = 64;
const SEED: u64 = 1;
/// Weight of the newest batch in the loss that is shown.
const NEWEST: f64 = 0.05;

/// Layers being tuned, and what the lower ones make of all texts.
pub(crate) struct Tuning {
    network: Network,
    first_layer: usize,
    vars: Vec<Var>,
    /// `[texts of one length, tokens, width]`, by the number of tokens.
    hidden: BTreeMap<usize, Tensor>,
    /// For each text its number of tokens, and its place among those of that length.
    places: Vec<(usize, u32)>,
    /// `[texts, width]`: what they mean to the encoder.
    meanings: Tensor,
}

impl Tuning {
    /// The layers from `first_layer` on learn from `texts`.
    pub(crate) fn new(mut network: Network, first_layer: usize, texts: &[Vec<u32>]) -> Result<Self> {
        let mut by_length: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (at, text) in texts.iter().enumerate() {
            by_length.entry(text.len()).or_default().push(at);
        }
        let mut places = vec![(0, 0); texts.len()];
        let (mut hidden, mut meanings, mut order) = (BTreeMap::new(), Vec::new(), vec![0; texts.len()]);
        let bar = ProgressBar::new(texts.len() as u64);
        for (length, members) in by_length {
            let mut parts = Vec::new();
            for members in members.chunks(AT_ONCE) {
                let ids: Vec<u32> = members.iter().flat_map(|&at| texts[at].iter().copied()).collect();
                let embedded = network.embed(&Tensor::from_vec(ids, (members.len(), length), &Device::Cpu)?)?;
                let lower = through(&network, &network.layers[..first_layer], &embedded)?;
                meanings.push(mean(&through(&network, &network.layers[first_layer..], &lower)?)?);
                parts.push(lower);
                bar.inc(members.len() as u64);
            }
            for (place, &at) in members.iter().enumerate() {
                places[at] = (length, place as u32);
            }
            hidden.insert(length, Tensor::cat(&parts, 0)?);
        }
        bar.finish_and_clear();
        let mut in_order: Vec<usize> = (0..texts.len()).collect();
        in_order.sort_by_key(|&at| places[at]);
        for (row, at) in in_order.into_iter().enumerate() {
            order[at] = row as u32;
        }
        let meanings = Tensor::cat(&meanings, 0)?.index_select(&Tensor::new(order, &Device::Cpu)?, 0)?;

        let (mut vars, mut random) = (Vec::new(), StdRng::seed_from_u64(SEED));
        for layer in &mut network.layers[first_layer..] {
            vars.extend(layer.adapt(&mut random)?);
        }
        Ok(Self { network, first_layer, vars, hidden, places, meanings })
    }

    /// Learns from batches of `companies`.
    pub(crate) fn learn(&self, companies: &Companies) -> Result<()> {
        let mut batches = companies.batches(StdRng::seed_from_u64(SEED));
        let settings = ParamsAdamW { lr: RATE, weight_decay: WEIGHT_DECAY, ..ParamsAdamW::default() };
        let mut optimizer = AdamW::new(self.vars.clone(), settings)?;
        let bar = ProgressBar::new(STEPS as u64).with_style(style());
        let mut shown: Option<f64> = None;
        for step in 0..STEPS {
            optimizer.set_learning_rate(RATE * height(step as f64 / STEPS as f64));
            let drawn = batches.draw();
            let purposes = self.purposes(&drawn)?;
            let contrast = contrast(&purposes)?;
            let loss = (&contrast + (self.straying(&drawn, &purposes)? * KEEP)?)?;
            optimizer.backward_step(&loss)?;
            let contrast = f64::from(contrast.to_scalar::<f32>()?);
            let mean = shown.map_or(contrast, |shown| shown + NEWEST * (contrast - shown));
            shown = Some(mean);
            bar.set_message(format!("loss {mean:.3}"));
            bar.inc(1);
        }
        bar.finish();
        Ok(())
    }

    /// The adapters of the tuned layers.
    pub(crate) fn adapters(&self) -> Result<Vec<(String, Adapter)>> {
        let of_layers = self.network.layers[self.first_layer..].iter().map(Layer::adapters);
        Ok(of_layers.collect::<Result<Vec<_>>>()?.concat())
    }

    /// `[drawn, width]`, of length one, in the order `drawn`.
    fn purposes(&self, drawn: &[usize]) -> Result<Tensor> {
        let mut by_length: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (row, &at) in drawn.iter().enumerate() {
            by_length.entry(self.places[at].0).or_default().push(row);
        }
        let (mut parts, mut order) = (Vec::new(), vec![0_u32; drawn.len()]);
        let mut n_done = 0;
        for (length, rows) in by_length {
            let places: Vec<u32> = rows.iter().map(|&row| self.places[drawn[row]].1).collect();
            let hidden = self.hidden[&length].index_select(&Tensor::new(places, &Device::Cpu)?, 0)?;
            parts.push(mean(&through(&self.network, &self.network.layers[self.first_layer..], &hidden)?)?);
            for row in rows {
                order[row] = n_done;
                n_done += 1;
            }
        }
        Tensor::cat(&parts, 0)?.index_select(&Tensor::new(order, &Device::Cpu)?, 0)
    }

    /// How far purposes are from the meanings, as one less their mean cosine.
    fn straying(&self, drawn: &[usize], purposes: &Tensor) -> Result<Tensor> {
        let rows: Vec<u32> = drawn.iter().map(|&at| at as u32).collect();
        let meanings = self.meanings.index_select(&Tensor::new(rows, &Device::Cpu)?, 0)?;
        (1.0 - (purposes * meanings)?.sum(D::Minus1)?.mean_all()?)?.reshape(())
    }
}

/// How unlikely, on average, each text's purpose makes the others of its intent among all of the batch. Texts of one intent
/// lie together.
fn contrast(purposes: &Tensor) -> Result<Tensor> {
    let pairs = |value: &dyn Fn(usize, usize) -> f32| {
        let values: Vec<f32> = (0..BATCH * BATCH).map(|at| value(at / BATCH, at % BATCH)).collect();
        Tensor::from_vec(values, (BATCH, BATCH), &Device::Cpu)
    };
    let oneself = pairs(&|row, column| if row == column { -1e9 } else { 0.0 })?;
    let alike = pairs(&|row, column| f32::from(row != column && row / TEXTS == column / TEXTS))?;
    let cosines = (purposes.matmul(&purposes.t()?)? / TEMPERATURE)?;
    let likely = candle_nn::ops::log_softmax(&(cosines + oneself)?, D::Minus1)?;
    ((likely * alike)?.sum_all()? / -((BATCH * (TEXTS - 1)) as f64))?.to_dtype(DType::F32)
}

/// The vectors of tokens after `layers`.
fn through(network: &Network, layers: &[Layer], hidden: &Tensor) -> Result<Tensor> {
    layers.iter().try_fold(hidden.clone(), |hidden, layer| network.apply(layer, &hidden))
}

/// The mean of the tokens' vectors of each text, brought to length one.
fn mean(hidden: &Tensor) -> Result<Tensor> {
    let mean = hidden.mean(1)?;
    let length = mean.sqr()?.sum_keepdim(D::Minus1)?.sqrt()?;
    mean.broadcast_div(&length)
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{bar:40} {pos}/{len} {msg}, {eta} left")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
}
