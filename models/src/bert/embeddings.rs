//! The network's first layer: each token's vector is that of its word plus that of its place.

use candle_core::{CpuStorage, Device, InplaceOp3, Layout, Result, Tensor, bail};

use super::Precision;
use super::tensor_file::{LoadError, TensorFile};
use super::values::{rows_mut, values};
use crate::tokenize::Tokens;

/// Largest size of a quantised component.
const LARGEST: f32 = 127.0;

/// The vectors of words and places.
#[derive(Debug)]
pub(super) struct Embeddings {
    /// `[vocabulary, width]`: numbers, or signed bytes.
    words: Tensor,
    /// What one step of each word's bytes is worth; none where words are numbers.
    steps: Vec<f32>,
    /// `[longest, width]`, with the vector of the first segment added.
    places: Tensor,
}

impl Embeddings {
    /// Keeps the vectors of words, `shape` of the tensor `name`, in `precision`; the file is read a row at a time, since
    /// this is the largest of all tensors.
    pub(super) fn read(
        file: &mut TensorFile,
        name: &str,
        shape: (usize, usize),
        places: Tensor,
        precision: Precision,
    ) -> std::result::Result<Self, LoadError> {
        let mut steps = Vec::new();
        let words = match precision {
            Precision::F32 => Tensor::from_vec(file.read(name, &[shape.0, shape.1])?, shape, &Device::Cpu)?,
            Precision::Int8 => {
                let mut bytes = Vec::with_capacity(shape.0 * shape.1);
                steps.reserve_exact(shape.0);
                file.read_rows(name, &[shape.0, shape.1], |row| steps.push(quantize(row, &mut bytes)))?;
                Tensor::from_vec(bytes, shape, &Device::Cpu)?
            }
        };
        Ok(Self { words, steps, places })
    }

    /// Writes the vectors of all tokens to `output`, where the sequences lie end to end.
    pub(super) fn apply(&self, sequences: &[Tokens], output: &Tensor) -> Result<()> {
        output.inplace_op3(&self.words, &self.places, &Embed { embeddings: self, sequences })
    }

    /// Writes the vector of word `id`.
    fn write(&self, words: &CpuStorage, id: usize, row: &mut [f32]) -> Result<()> {
        let range = id * row.len()..(id + 1) * row.len();
        let is_known = match words {
            CpuStorage::F32(words) => words.get(range).map(|word| row.copy_from_slice(word)).is_some(),
            CpuStorage::U8(words) => {
                words.get(range).zip(self.steps.get(id)).map(|(word, step)| expand(word, *step, row)).is_some()
            }
            other => bail!("words are kept as numbers or bytes, not as {other:?}"),
        };
        if is_known { Ok(()) } else { bail!("token {id} is not in the vocabulary; tokenizer and weights differ") }
    }
}

/// Appends a word's vector as signed bytes; what one step is worth.
fn quantize(row: &[f32], bytes: &mut Vec<u8>) -> f32 {
    let largest = row.iter().fold(0.0_f32, |most, x| most.max(x.abs()));
    let step = if largest > 0.0 { largest / LARGEST } else { 1.0 };
    bytes.extend(row.iter().map(|x| ((x / step).round_ties_even() as i8).cast_unsigned()));
    step
}

fn expand(word: &[u8], step: f32, row: &mut [f32]) {
    for (x, byte) in row.iter_mut().zip(word) {
        *x = f32::from(byte.cast_signed()) * step;
    }
}

/// The lookup as an operation on the output, `[tokens, width]`, the words and the places.
struct Embed<'a> {
    embeddings: &'a Embeddings,
    sequences: &'a [Tokens],
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
        _: &Layout,
        places: &CpuStorage,
        places_layout: &Layout,
    ) -> Result<()> {
        let width = output_layout.dims()[1];
        let places = values(places, places_layout)?;
        let n_tokens = self.sequences.iter().map(|tokens| tokens.ids().len()).sum();
        let mut rows = rows_mut(output, output_layout, &(0..n_tokens))?.chunks_exact_mut(width);
        for tokens in self.sequences {
            for ((&id, place), row) in tokens.ids().iter().zip(places.chunks_exact(width)).zip(rows.by_ref()) {
                self.embeddings.write(words, id as usize, row)?;
                row.iter_mut().zip(place).for_each(|(x, place)| *x += place);
            }
        }
        Ok(())
    }
}
