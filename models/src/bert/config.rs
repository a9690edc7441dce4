//! The shape of a BERT network, read from its `config.json` and checked before anything is allocated.

use std::path::Path;

use serde::Deserialize;

use super::LoadError;

/// Sizes of the network, named as in `config.json`.
#[derive(Debug, Clone, Deserialize)]
pub struct Config {
    /// Components of a token's vector.
    pub hidden_size: usize,
    /// Components between the two halves of the feed-forward block.
    pub intermediate_size: usize,
    /// Attention heads; divides `hidden_size`.
    pub num_attention_heads: usize,
    /// Blocks of attention and feed-forward.
    pub num_hidden_layers: usize,
    /// Rows of the word embedding.
    pub vocab_size: usize,
    /// Rows of the position embedding.
    pub max_position_embeddings: usize,
    /// Rows of the segment embedding.
    pub type_vocab_size: usize,
    /// Added to the variance in every layer norm.
    pub layer_norm_eps: f32,
    hidden_act: String,
    model_type: String,
    #[serde(default)]
    pad_token_id: usize,
    #[serde(default = "absolute")]
    position_embedding_type: String,
}

/// Networks whose layers are BERT's.
const KINDS: [&str; 4] = ["bert", "camembert", "roberta", "xlm-roberta"];

fn absolute() -> String {
    "absolute".to_owned()
}

impl Config {
    /// Reads and checks a `config.json`.
    pub fn read(path: &Path) -> Result<Self, LoadError> {
        let json = std::fs::read(path).map_err(|source| LoadError::Io { path: path.to_owned(), source })?;
        let unusable = |reason: String| LoadError::Config { path: path.to_owned(), reason };
        let config: Self = serde_json::from_slice(&json).map_err(|error| unusable(error.to_string()))?;
        config.check().map_err(unusable)?;
        Ok(config)
    }

    /// The row of the position embedding that a sequence begins with: `RoBERTa` and its kin leave room for padding.
    pub(super) fn first_position(&self) -> usize {
        if self.model_type == "bert" { 0 } else { self.pad_token_id.saturating_add(1) }
    }

    /// Tokens of the longest sequence that there are positions for.
    pub fn longest_sequence(&self) -> usize {
        self.max_position_embeddings - self.first_position()
    }

    /// Multiplications and additions that the linear layers take for each token.
    pub fn operations_per_token(&self) -> usize {
        let (width, inner) = (self.hidden_size, self.intermediate_size);
        2 * self.num_hidden_layers * (4 * width * width + 2 * width * inner)
    }

    fn check(&self) -> Result<(), String> {
        let expect = |name: &str, found: &str, wanted: &str| {
            if found == wanted {
                return Ok(());
            }
            Err(format!("{name} is `{found}`; only `{wanted}` is supported"))
        };
        if !KINDS.contains(&self.model_type.as_str()) {
            let (found, kinds) = (&self.model_type, KINDS.join(", "));
            return Err(format!("model_type is `{found}`; only {kinds} are supported"));
        }
        expect("hidden_act", &self.hidden_act, "gelu")?;
        expect("position_embedding_type", &self.position_embedding_type, "absolute")?;
        let bounded = [
            ("hidden_size", self.hidden_size, 8192),
            ("intermediate_size", self.intermediate_size, 32_768),
            ("num_attention_heads", self.num_attention_heads, 256),
            ("num_hidden_layers", self.num_hidden_layers, 128),
            ("vocab_size", self.vocab_size, 2_000_000),
            ("max_position_embeddings", self.max_position_embeddings, 65_536),
            ("type_vocab_size", self.type_vocab_size, 16),
        ];
        for (name, value, most) in bounded {
            if value == 0 || value > most {
                return Err(format!("{name} is {value}; it must be between 1 and {most}"));
            }
        }
        if !(self.layer_norm_eps > 0.0 && self.layer_norm_eps.is_finite()) {
            return Err(format!("layer_norm_eps is {}; it must be above 0", self.layer_norm_eps));
        }
        if self.first_position() >= self.max_position_embeddings {
            let (pad, most) = (self.pad_token_id, self.max_position_embeddings);
            return Err(format!("pad_token_id {pad} leaves none of {most} positions"));
        }
        if !self.hidden_size.is_multiple_of(self.num_attention_heads) {
            let (size, heads) = (self.hidden_size, self.num_attention_heads);
            return Err(format!("hidden_size {size} cannot be shared by {heads} attention heads"));
        }
        Ok(())
    }
}
