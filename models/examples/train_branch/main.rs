//! Trains a shipped branch of the encoder's last layers: `train_branch tone DATA TONE EMOTION` or
//! `train_branch purpose REQUESTS PURPOSE`.

mod network;
mod purpose;
mod steps;
mod tone;

use std::error::Error;
use std::path::PathBuf;

use candle_core::Device;
use models::artifact::{EncoderFiles, Settings, TerminalProgress, default_cache_dir, locate};
use models::bert::Config;
use models::branch::first_layer;
use models::tokenize::TextTokenizer;

use self::network::Network;

/// The encoder to tune.
pub(crate) struct Encoder {
    files: EncoderFiles,
    config: Config,
    tokenizer: TextTokenizer,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["tone", data, tone, emotion] => {
            tone::train(&Encoder::locate()?, data.as_ref(), tone.as_ref(), emotion.as_ref())
        }
        ["purpose", requests, purpose] => purpose::train(&Encoder::locate()?, requests.as_ref(), purpose.as_ref()),
        _ => Err("usage: train_branch tone DATA TONE EMOTION, or train_branch purpose REQUESTS PURPOSE".into()),
    }
}

impl Encoder {
    #[expect(clippy::disallowed_methods, reason = "the user's cache is found by the environment")]
    fn locate() -> Result<Self, Box<dyn Error>> {
        let home = std::env::var_os("HOME").map(PathBuf::from);
        let models = default_cache_dir(home.as_deref(), None).ok_or("HOME is not set")?;
        let files = locate(&Settings::new(models)?, &TerminalProgress::default())?;
        let config = Config::read(&files.config)?;
        let tokenizer = TextTokenizer::open(&files.tokenizer, files.max_tokens)?;
        Ok(Self { files, config, tokenizer })
    }

    fn network(&self) -> candle_core::Result<Network> {
        Network::new(&candle_core::safetensors::load(&self.files.weights, &Device::Cpu)?, &self.config)
    }

    /// The first layer that learns.
    fn first_layer(&self) -> usize {
        first_layer(self.config.num_hidden_layers)
    }
}
