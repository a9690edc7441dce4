//! BERT layers as operations that gradients flow back through. Production's layers compute in place and cannot learn.

use std::collections::HashMap;

use candle_core::{D, DType, Device, Result, Tensor, Var};
use candle_nn::ops::softmax;
use models::bert::Config;
use models::branch::{Adapter, LINEAR_PARTS};
use rand::RngExt;
use rand::rngs::StdRng;

/// Directions an adapter adds to a linear layer.
const RANK: usize = 32;
/// What an adapter's product counts beside the weights it is added to.
const ADAPTER_SCALE: f64 = 2.0;

/// Tensors of the encoder by name.
pub(crate) type Tensors = HashMap<String, Tensor>;

/// The layers of a network from the first to the last.
pub(crate) struct Network {
    heads: usize,
    epsilon: f64,
    embeddings: Embeddings,
    pub(crate) layers: Vec<Layer>,
}

struct Embeddings {
    words: Tensor,
    positions: Tensor,
    segment: Tensor,
    norm: Norm,
}

/// One block of attention and feed-forward.
pub(crate) struct Layer {
    name: String,
    linears: HashMap<&'static str, Linear>,
    attention_norm: Norm,
    output_norm: Norm,
}

struct Linear {
    /// `[outputs, inputs]`.
    weight: Tensor,
    bias: Tensor,
    adapter: Option<Adaptation>,
}

/// What a linear layer learns: `weight + scale · up · down`.
struct Adaptation {
    /// `[rank, inputs]`.
    down: Var,
    /// `[outputs, rank]`.
    up: Var,
}

struct Norm {
    scale: Tensor,
    shift: Tensor,
}

impl Network {
    pub(crate) fn new(tensors: &Tensors, config: &Config) -> Result<Self> {
        let tensor = |name: &str| f32_tensor(tensors, name);
        let embeddings = Embeddings {
            words: tensor("embeddings.word_embeddings.weight")?,
            positions: tensor("embeddings.position_embeddings.weight")?,
            segment: tensor("embeddings.token_type_embeddings.weight")?.narrow(0, 0, 1)?,
            norm: Norm::new(tensors, "embeddings.LayerNorm")?,
        };
        let layers = (0..config.num_hidden_layers).map(|at| Layer::new(tensors, &format!("encoder.layer.{at}")));
        Ok(Self {
            heads: config.num_attention_heads,
            epsilon: f64::from(config.layer_norm_eps),
            embeddings,
            layers: layers.collect::<Result<_>>()?,
        })
    }

    /// `[texts, tokens, width]`: the vectors of tokens before the first layer, where `ids` is `[texts, tokens]`.
    pub(crate) fn embed(&self, ids: &Tensor) -> Result<Tensor> {
        let (texts, tokens) = ids.dims2()?;
        let words = self.embeddings.words.index_select(&ids.flatten_all()?, 0)?.reshape((texts, tokens, ()))?;
        let places = self.embeddings.positions.narrow(0, 0, tokens)?.broadcast_add(&self.embeddings.segment)?;
        self.embeddings.norm.apply(&words.broadcast_add(&places)?, self.epsilon)
    }

    /// The vectors of tokens after `layer`; `hidden` is `[texts, tokens, width]`, texts of one length.
    pub(crate) fn apply(&self, layer: &Layer, hidden: &Tensor) -> Result<Tensor> {
        let (texts, tokens, width) = hidden.dims3()?;
        let size = width / self.heads;
        let part = |name: &str| {
            let rows = layer.linear(name, hidden)?;
            rows.reshape((texts, tokens, self.heads, size))?.transpose(1, 2)?.contiguous()
        };
        let (query, key, value) =
            (part("attention.self.query")?, part("attention.self.key")?, part("attention.self.value")?);
        let scores = (query.matmul(&key.transpose(2, 3)?.contiguous()?)? / (size as f64).sqrt())?;
        let context = softmax(&scores, D::Minus1)?.matmul(&value)?;
        let context = context.transpose(1, 2)?.contiguous()?.reshape((texts, tokens, width))?;
        let attended = (layer.linear("attention.output.dense", &context)? + hidden)?;
        let attended = layer.attention_norm.apply(&attended, self.epsilon)?;
        let inner = layer.linear("intermediate.dense", &attended)?.gelu_erf()?;
        let output = (layer.linear("output.dense", &inner)? + attended)?;
        layer.output_norm.apply(&output, self.epsilon)
    }
}

impl Layer {
    fn new(tensors: &Tensors, name: &str) -> Result<Self> {
        let linear = |part: &'static str| Ok((part, Linear::new(tensors, &format!("{name}.{part}"))?));
        Ok(Self {
            name: name.to_owned(),
            linears: LINEAR_PARTS.into_iter().map(linear).collect::<Result<_>>()?,
            attention_norm: Norm::new(tensors, &format!("{name}.attention.output.LayerNorm"))?,
            output_norm: Norm::new(tensors, &format!("{name}.output.LayerNorm"))?,
        })
    }

    /// Lets the layer learn; what there is to learn.
    pub(crate) fn adapt(&mut self, random: &mut StdRng) -> Result<Vec<Var>> {
        let mut vars = Vec::new();
        for part in LINEAR_PARTS {
            let Some(linear) = self.linears.get_mut(part) else { continue };
            let (outputs, inputs) = linear.weight.dims2()?;
            let most = (3.0 / inputs as f32).sqrt();
            let down: Vec<f32> = (0..RANK * inputs).map(|_| random.random_range(-most..most)).collect();
            let down = Var::from_vec(down, (RANK, inputs), &Device::Cpu)?;
            let up = Var::zeros((outputs, RANK), DType::F32, &Device::Cpu)?;
            vars.extend([down.clone(), up.clone()]);
            linear.adapter = Some(Adaptation { down, up });
        }
        Ok(vars)
    }

    /// What the layer has learned.
    pub(crate) fn adapters(&self) -> Result<Vec<(String, Adapter)>> {
        let learned = self.linears.iter().filter_map(|(part, linear)| Some((part, linear.adapter.as_ref()?)));
        let adapters = learned.map(|(part, adaptation)| {
            let up = (adaptation.up.as_tensor() * ADAPTER_SCALE)?;
            let adapter = Adapter {
                rank: RANK,
                down: adaptation.down.flatten_all()?.to_vec1()?,
                up: up.flatten_all()?.to_vec1()?,
            };
            Ok((format!("{}.{part}", self.name), adapter))
        });
        adapters.collect()
    }

    fn linear(&self, part: &str, rows: &Tensor) -> Result<Tensor> {
        let (texts, tokens, inputs) = rows.dims3()?;
        let flat = rows.reshape((texts * tokens, inputs))?;
        self.linears[part].apply(&flat)?.reshape((texts, tokens, ()))
    }
}

impl Linear {
    fn new(tensors: &Tensors, name: &str) -> Result<Self> {
        let tensor = |part: &str| f32_tensor(tensors, &format!("{name}.{part}"));
        Ok(Self { weight: tensor("weight")?, bias: tensor("bias")?, adapter: None })
    }

    fn apply(&self, rows: &Tensor) -> Result<Tensor> {
        let plain = rows.matmul(&self.weight.t()?)?.broadcast_add(&self.bias)?;
        match &self.adapter {
            Some(Adaptation { down, up }) => plain + (rows.matmul(&down.t()?)?.matmul(&up.t()?)? * ADAPTER_SCALE)?,
            None => Ok(plain),
        }
    }
}

impl Norm {
    fn new(tensors: &Tensors, name: &str) -> Result<Self> {
        let tensor = |part: &str| f32_tensor(tensors, &format!("{name}.{part}"));
        Ok(Self { scale: tensor("weight")?, shift: tensor("bias")? })
    }

    fn apply(&self, rows: &Tensor, epsilon: f64) -> Result<Tensor> {
        let centred = rows.broadcast_sub(&rows.mean_keepdim(D::Minus1)?)?;
        let variance = centred.sqr()?.mean_keepdim(D::Minus1)?;
        let normal = centred.broadcast_div(&(variance + epsilon)?.sqrt()?)?;
        normal.broadcast_mul(&self.scale)?.broadcast_add(&self.shift)
    }
}

fn f32_tensor(tensors: &Tensors, name: &str) -> Result<Tensor> {
    match tensors.get(name) {
        Some(tensor) => tensor.to_dtype(DType::F32),
        None => candle_core::bail!("the encoder's weights have no tensor `{name}`"),
    }
}
