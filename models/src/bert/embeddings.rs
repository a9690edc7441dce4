//! The network's first layer: each token's vector is that of its word plus that of its place.

use candle_core::{CpuStorage, InplaceOp3, Layout, Result, bail};

use super::values::{values, values_mut};
use crate::tokenize::Tokens;

/// An operation on the output, `[tokens, width]`, the vectors of words, `[vocabulary, width]`, and those of places,
/// `[longest, width]`.
pub(super) struct Embed<'a> {
    /// Components of a token's vector.
    pub(super) width: usize,
    /// The sequences, which lie end to end in the output.
    pub(super) sequences: &'a [Tokens],
}

impl InplaceOp3 for Embed<'_> {
    fn name(&self) -> &'static str {
        "embed"
    }

    fn cpu_fwd(
        &self,
        output: &mut CpuStorage,
        output_layout: &Layout,
        words: &CpuStorage,
        words_layout: &Layout,
        places: &CpuStorage,
        places_layout: &Layout,
    ) -> Result<()> {
        let (words, places) = (values(words, words_layout)?, values(places, places_layout)?);
        let mut rows = values_mut(output, output_layout)?.chunks_exact_mut(self.width);
        for tokens in self.sequences {
            for ((&id, place), row) in tokens.ids().iter().zip(places.chunks_exact(self.width)).zip(rows.by_ref()) {
                let at = id as usize * self.width;
                let Some(word) = words.get(at..at + self.width) else {
                    bail!("token {id} is not in the vocabulary; tokenizer and weights differ");
                };
                for ((x, word), place) in row.iter_mut().zip(word).zip(place) {
                    *x = word + place;
                }
            }
        }
        Ok(())
    }
}
