//! The signal heads shipped with this crate: what every support team must notice, learned once from lines written for it.

use std::collections::BTreeMap;

use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensorError, SafeTensors};

use super::calibrate::Curve;
use super::lexical::Lexicon;
use super::logistic::Linear;
use super::signal::{N_BUCKETS, SignalHead};
use super::{tone_metadata, tone_of};
use crate::{Branch, Embed};

/// Signal heads by name.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ShippedSignals {
    /// The layers for the tone that they were trained over.
    tone: String,
    heads: BTreeMap<String, SignalHead>,
}

/// Why a file holds no signal heads.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the signal heads cannot be read: {0}; train them again")]
pub struct SignalsError(String);

/// The parts of a head in a file, each `NAME.PART`.
const PARTS: [&str; 5] = ["rarity", "weights", "lexical", "bias", "curve"];

impl ShippedSignals {
    /// The heads of this crate, trained over the encoder of the embedded manifest; see `heads/signals.md`.
    pub fn shipped() -> Result<Self, SignalsError> {
        Self::from_bytes(include_bytes!("../../heads/signals.safetensors"))
    }

    /// Heads by name, trained over the layers for the tone of this revision.
    pub fn new(tone: &str, heads: impl IntoIterator<Item = (String, SignalHead)>) -> Self {
        Self { tone: tone.to_owned(), heads: heads.into_iter().collect() }
    }

    /// The head of this name.
    pub fn get(&self, name: &str) -> Option<&SignalHead> {
        self.heads.get(name)
    }

    /// Whether they were trained over the readings of `embed`.
    pub fn fit(&self, embed: &dyn Embed) -> bool {
        embed.branch_revision(Branch::Tone) == Some(&self.tone)
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SignalsError> {
        let file = SafeTensors::deserialize(bytes).map_err(|error| SignalsError(error.to_string()))?;
        let tone =
            tone_of(bytes).ok_or_else(|| SignalsError("it does not say over which tone it was trained".to_owned()))?;
        let mut names: Vec<&str> = file.names().into_iter().filter_map(|name| name.strip_suffix(".bias")).collect();
        names.sort_unstable();
        let heads = names.into_iter().map(|name| Ok((name.to_owned(), head(&file, name)?)));
        Ok(Self { tone, heads: heads.collect::<Result<_, _>>()? })
    }

    /// The heads as a safetensors file.
    pub fn to_bytes(&self) -> Result<Vec<u8>, SafeTensorError> {
        let bytes = |values: &[f32]| values.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>();
        let parts: Vec<(String, Vec<u8>)> = self
            .heads
            .iter()
            .flat_map(|(name, head)| {
                let curve = head.curve.values();
                let values =
                    [head.lexicon.rarity(), &head.linear.weights, &head.linear.lexical, &head.linear.bias, &curve];
                PARTS
                    .iter()
                    .zip(values.map(bytes))
                    .map(|(part, bytes)| (format!("{name}.{part}"), bytes))
                    .collect::<Vec<_>>()
            })
            .collect();
        let tensors = parts.iter().map(|(name, bytes)| {
            Ok((name.as_str(), TensorView::new(Dtype::F32, vec![bytes.len() / size_of::<f32>()], bytes)?))
        });
        safetensors::serialize(tensors.collect::<Result<Vec<_>, SafeTensorError>>()?, Some(tone_metadata(&self.tone)))
    }
}

fn head(file: &SafeTensors<'_>, name: &str) -> Result<SignalHead, SignalsError> {
    let mut parts = Vec::new();
    for part in PARTS {
        let tensor = file.tensor(&format!("{name}.{part}")).map_err(|error| SignalsError(error.to_string()))?;
        let values: Vec<f32> = tensor.data().as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
        if tensor.dtype() != Dtype::F32 || !values.iter().all(|x| x.is_finite()) {
            return Err(SignalsError(format!("`{name}.{part}` is not finite f32")));
        }
        parts.push(values);
    }
    let wrong_sizes = || SignalsError(format!("the parts of `{name}` have the wrong sizes"));
    let [rarity, weights, lexical, bias, curve]: [Vec<f32>; PARTS.len()] =
        parts.try_into().map_err(|_| wrong_sizes())?;
    let curve: [f32; 4] = curve.try_into().map_err(|_| wrong_sizes())?;
    let is_whole = rarity.len() == N_BUCKETS && lexical.len() == N_BUCKETS && bias.len() == 1;
    if !is_whole || weights.is_empty() {
        return Err(wrong_sizes());
    }
    let linear = Linear { inputs: weights.len(), weights, lexical, bias };
    Ok(SignalHead { lexicon: Lexicon::from_rarity(rarity), linear, curve: Curve::from_values(curve) })
}
