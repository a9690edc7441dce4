//! Other ways through the encoder's last layers, each tuned to hear one thing that the meaning averages out.
//!
//! The lower layers are shared. From [`first_layer`] on, each linear layer has an adapter of low rank (Hu et al., `LoRA`:
//! *Low-Rank Adaptation of Large Language Models*, 2021) that is added to its weights, so that what is shipped is small
//! and the encoder's sentence embeddings stay as they are.

mod file;

/// The linear layers of a block of attention and feed-forward, as tensors are named after them.
pub const LINEAR_PARTS: [&str; 6] = [
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
];

/// A way through the last layers, and what is heard on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Branch {
    /// How a text is meant: tuned to feelings.
    Tone,
    /// What a text is for: tuned to tell requests apart that share their words.
    Purpose,
}

impl Branch {
    /// Both, in the order in which they are gone through.
    pub const ALL: [Self; 2] = [Self::Tone, Self::Purpose];

    /// What it is called in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tone => "tone",
            Self::Purpose => "purpose",
        }
    }

    /// Its adapters as shipped with this crate, for the encoder of the embedded manifest; see `heads/tone.md` and
    /// `heads/purpose.md`.
    pub fn shipped(self) -> Result<Adapters, BranchError> {
        Adapters::from_bytes(match self {
            Self::Tone => include_bytes!("../heads/tone.safetensors"),
            Self::Purpose => include_bytes!("../heads/purpose.safetensors"),
        })
    }
}

/// The layer where branches part from the way of the meaning, of `layers`: after two thirds of them.
pub fn first_layer(layers: usize) -> usize {
    2 * layers / 3
}

/// What is added to the weights of one linear layer: `up · down`.
#[derive(Debug, Clone, PartialEq)]
pub struct Adapter {
    /// Directions that it adds.
    pub rank: usize,
    /// `[rank, inputs]`.
    pub down: Vec<f32>,
    /// `[outputs, rank]`.
    pub up: Vec<f32>,
}

/// What makes a branch of one encoder's last layers.
#[derive(Debug, Clone, PartialEq)]
pub struct Adapters {
    /// The encoder they were trained for: `<name>@<revision>`.
    encoder: String,
    /// Names what they are, so that what other adapters heard is never compared with what these hear.
    revision: String,
    parts: Vec<(String, Adapter)>,
}

impl Adapters {
    /// Adapters for the `encoder` of this name and revision, each named after its linear layer.
    pub fn new(encoder: &str, mut parts: Vec<(String, Adapter)>) -> Self {
        parts.sort_by(|a, b| a.0.cmp(&b.0));
        Self { encoder: encoder.to_owned(), revision: file::revision(&parts), parts }
    }

    /// Whether they were trained for the encoder of this name and revision.
    pub fn fit(&self, encoder: &str) -> bool {
        self.encoder == encoder
    }

    /// Names what they are.
    pub fn revision(&self) -> &str {
        &self.revision
    }

    /// Adds the adapter of the linear layer `name` to its weights, `[outputs, inputs]`.
    pub(crate) fn add_to(&self, name: &str, inputs: usize, weights: &mut [f32]) -> Result<(), BranchError> {
        let wrong = |reason: &str| BranchError(format!("the adapter of `{name}` {reason}"));
        let (_, adapter) = self.parts.iter().find(|(of, _)| of == name).ok_or_else(|| wrong("is missing"))?;
        let Adapter { rank, down, up } = adapter;
        if down.len() != rank * inputs || up.len() * inputs != rank * weights.len() {
            return Err(wrong("has the wrong size"));
        }
        for (row, up) in weights.chunks_exact_mut(inputs).zip(up.chunks_exact(*rank)) {
            for (factor, direction) in up.iter().zip(down.chunks_exact(inputs)) {
                row.iter_mut().zip(direction).for_each(|(weight, x)| *weight += factor * x);
            }
        }
        Ok(())
    }
}

/// Why adapters cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the encoder's branches cannot be read: {0}; train them again")]
pub struct BranchError(pub(crate) String);
