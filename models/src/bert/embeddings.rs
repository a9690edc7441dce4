//! The network's first layer: each token's vector is that of its word plus that of its place.

use candle_core::{DType, Device, Result, Tensor, bail};

use super::Precision;
use super::tensor_file::{LoadError, TensorFile};
use super::values::read;
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
    pub(super) fn apply(&self, sequences: &[Tokens], output: &mut [f32]) -> Result<()> {
        let (_, width) = self.places.dims2()?;
        match self.words.dtype() {
            DType::U8 => read(&self.words, |words: &[u8]| {
                self.look_up(sequences, output, words, width, |id, word, row| expand(word, self.steps[id], row))
            }),
            _ => read(&self.words, |words: &[f32]| {
                self.look_up(sequences, output, words, width, |_, word, row| row.copy_from_slice(word))
            }),
        }?
    }

    fn look_up<T>(
        &self,
        sequences: &[Tokens],
        output: &mut [f32],
        words: &[T],
        width: usize,
        write: impl Fn(usize, &[T], &mut [f32]),
    ) -> Result<()> {
        let mut rows = output.chunks_exact_mut(width);
        read(&self.places, |places: &[f32]| {
            for tokens in sequences {
                for ((&id, place), row) in tokens.ids().iter().zip(places.chunks_exact(width)).zip(rows.by_ref()) {
                    let id = id as usize;
                    let Some(word) = words.get(id * width..(id + 1) * width) else {
                        bail!("token {id} is not in the vocabulary; tokenizer and weights differ");
                    };
                    write(id, word, row);
                    row.iter_mut().zip(place).for_each(|(x, place)| *x += place);
                }
            }
            Ok(())
        })?
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
