//! Frontdesk's own encoder; workers share its weights.

use std::sync::Arc;

use models::artifact::EncoderFiles;
use models::bert::{Bert, Precision, Weights};
use models::tokenize::{TextTokenizer, Tokens};
use models::{Encoder, Wanted};

use super::Embedder;

struct Ours {
    encoder: Bert,
    /// Held because a service in use holds one: its memory counts.
    _tokenizer: Arc<TextTokenizer>,
}

pub(super) fn load(
    files: &EncoderFiles,
    precision: Precision,
    workers: usize,
) -> anyhow::Result<Vec<Box<dyn Embedder>>> {
    let tokenizer = Arc::new(TextTokenizer::open(&files.tokenizer, files.max_tokens)?);
    let weights = Arc::new(Weights::load(&files.config, &files.weights, precision)?);
    let worker = || -> Box<dyn Embedder> {
        Box::new(Ours { encoder: Bert::new(Arc::clone(&weights), files.pooling), _tokenizer: Arc::clone(&tokenizer) })
    };
    Ok(std::iter::repeat_with(worker).take(workers).collect())
}

impl Embedder for Ours {
    fn embed(&mut self, batch: &[Vec<u32>]) -> anyhow::Result<Vec<Vec<f32>>> {
        let batch: Vec<Tokens> = batch.iter().map(|ids| Tokens::new(ids.clone())).collect();
        let readings = self.encoder.encode(&batch, Wanted::Meaning)?;
        Ok(readings.iter().map(|reading| reading.meaning.as_slice().to_vec()).collect())
    }
}
