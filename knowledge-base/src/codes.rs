//! Embeddings in 8-bit integers: a quarter of the memory of floating point, and as much less to read in a search.
//!
//! Each vector is stretched so that its greatest component is 127, rounded, and from then on known by its direction
//! alone, so a text is exactly as close to itself as before. Cosines differ from those in floating point by some
//! thousandths.
//!
//! What is dispatched to the widest instructions are plain loops: to collect an iterator is a call of a function that the
//! compiler does not inline, and so does without them.
#![expect(
    clippy::inline_always,
    reason = "the widest instructions are used only where the function with them is inlined"
)]

use std::hint::black_box;
use std::ops::Range;

use models::Embedding;
use pulp::{Arch, Simd, WithSimd};

/// The greatest component of a code.
const GREATEST: f32 = 127.0;
/// As many codes that lie apart are fetched from memory at once.
const FETCHED: usize = 32;
/// Bytes that are fetched together.
const CACHE_LINE: usize = 64;

/// Embeddings of one encoder, one after the other.
#[derive(Debug, Clone)]
pub struct Codes {
    width: usize,
    values: Vec<i8>,
    /// One over the length of each.
    scales: Vec<f32>,
}

/// One of them.
#[derive(Debug, Clone, Copy)]
pub struct Code<'c> {
    values: &'c [i8],
    /// Not read before it is needed, since it lies elsewhere.
    scale: &'c f32,
}

/// What others are held against.
#[derive(Debug, Clone)]
pub struct Probe {
    arch: Arch,
    vector: Vec<f32>,
    values: Vec<i8>,
    scale: f32,
}

impl Codes {
    /// None yet, of `width` components each.
    pub fn new(width: usize) -> Self {
        Self { width, values: Vec::new(), scales: Vec::new() }
    }

    /// Puts a vector at the end. One of another width is cut or filled up with zeros.
    pub fn push(&mut self, vector: &[f32]) {
        let (values, scale) = rounded(vector);
        self.push_code(Code { values: &values, scale: &scale });
    }

    /// Puts one of others at the end.
    pub fn push_code(&mut self, code: Code<'_>) {
        self.values.extend(code.values.iter().take(self.width));
        self.scales.push(*code.scale);
        self.values.resize(self.scales.len() * self.width, 0);
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.scales.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.scales.is_empty()
    }

    /// The one at a place; panics where there is none.
    pub fn get(&self, place: usize) -> Code<'_> {
        Code { values: &self.values[place * self.width..][..self.width], scale: &self.scales[place] }
    }

    /// How many bytes they take.
    pub fn memory(&self) -> usize {
        self.values.capacity() + self.scales.capacity() * size_of::<f32>()
    }

    /// How many components each has.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// Gives back memory that was reserved and is not used.
    pub(crate) fn shrink_to_fit(&mut self) {
        self.values.shrink_to_fit();
        self.scales.shrink_to_fit();
    }
}

impl<'c> Code<'c> {
    /// The cosine of two of one width, in `-1.0..=1.0`.
    pub fn cosine(self, other: Code<'_>) -> f32 {
        (product(self.values, other.values) as f32 * *self.scale * *other.scale).clamp(-1.0, 1.0)
    }

    /// Its values and after them its scale.
    pub(crate) fn to_bytes(self) -> Vec<i8> {
        self.values.iter().copied().chain(self.scale.to_le_bytes().map(u8::cast_signed)).collect()
    }

    /// The embedding that it stands for; none for zero, which is no embedding.
    pub fn to_embedding(self) -> Option<Embedding> {
        Embedding::new(self.components().collect()).ok()
    }

    /// The components of that embedding.
    pub(crate) fn components(self) -> impl ExactSizeIterator<Item = f32> + use<'c> {
        self.values.iter().map(move |value| f32::from(*value) * *self.scale)
    }
}

impl Probe {
    /// Holds others against `vector`.
    pub fn new(vector: &[f32]) -> Self {
        let (values, scale) = rounded(vector);
        let length = vector.iter().map(|component| component * component).sum::<f32>().sqrt();
        let vector = vector.iter().map(|component| component / length.max(f32::MIN_POSITIVE)).collect();
        Self { arch: Arch::new(), vector, values, scale }
    }

    /// The cosines with some of `codes`.
    pub(crate) fn cosines(&self, codes: &Codes, places: Range<usize>) -> Vec<f32> {
        let width = codes.width;
        let values = &codes.values[places.start * width..places.end * width];
        self.arch.dispatch(Cosines { probe: self, values, scales: &codes.scales[places], width })
    }

    /// The cosines with `codes`, without the error of rounding the probe itself.
    pub(crate) fn fine_cosines_of(&self, codes: &[Code<'_>]) -> Vec<f32> {
        self.arch.dispatch(FineCosinesOf { probe: self, codes })
    }

    #[inline(always)]
    fn rounded_cosine(&self, values: &[i8], scale: f32) -> f32 {
        (product(&self.values, values) as f32 * self.scale * scale).clamp(-1.0, 1.0)
    }

    /// The cosines with `codes`.
    pub(crate) fn cosines_of(&self, codes: &[Code<'_>]) -> Vec<f32> {
        self.arch.dispatch(CosinesOf { probe: self, codes })
    }

    /// The components of the vector, stretched to length one.
    pub(crate) fn components(&self) -> impl Iterator<Item = f32> + Clone {
        self.vector.iter().copied()
    }

    /// Itself.
    pub(crate) fn code(&self) -> Code<'_> {
        Code { values: &self.values, scale: &self.scale }
    }
}

struct Product<'a> {
    a: &'a [i8],
    b: &'a [i8],
}

impl WithSimd for Product<'_> {
    type Output = i32;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _simd: S) -> i32 {
        product(self.a, self.b)
    }
}

struct CosinesOf<'a> {
    probe: &'a Probe,
    codes: &'a [Code<'a>],
}

impl WithSimd for CosinesOf<'_> {
    type Output = Vec<f32>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _simd: S) -> Vec<f32> {
        let mut cosines = Vec::with_capacity(self.codes.len());
        for codes in self.codes.chunks(FETCHED) {
            fetch(codes);
            for code in codes {
                cosines.push(self.probe.rounded_cosine(code.values, *code.scale));
            }
        }
        cosines
    }
}

/// Reads a little from everywhere in `codes`, so that the processor waits for all of them at once and not for each in turn.
#[inline(always)]
fn fetch(codes: &[Code<'_>]) {
    let mut read = 0;
    for code in codes {
        for value in code.values.iter().step_by(CACHE_LINE) {
            read ^= value;
        }
        read ^= code.scale.to_bits() as i8;
    }
    black_box(read);
}

struct FineCosinesOf<'a> {
    probe: &'a Probe,
    codes: &'a [Code<'a>],
}

impl WithSimd for FineCosinesOf<'_> {
    type Output = Vec<f32>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _simd: S) -> Vec<f32> {
        let mut cosines = Vec::with_capacity(self.codes.len());
        for code in self.codes {
            cosines.push((fine_product(&self.probe.vector, code.values) * *code.scale).clamp(-1.0, 1.0));
        }
        cosines
    }
}

struct Cosines<'a> {
    probe: &'a Probe,
    values: &'a [i8],
    scales: &'a [f32],
    width: usize,
}

impl WithSimd for Cosines<'_> {
    type Output = Vec<f32>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _simd: S) -> Vec<f32> {
        let mut cosines = Vec::with_capacity(self.scales.len());
        for (values, scale) in self.values.chunks_exact(self.width.max(1)).zip(self.scales) {
            cosines.push(self.probe.rounded_cosine(values, *scale));
        }
        cosines
    }
}

/// The cosine of two codes as [`Code::to_bytes`] writes them; 0 where one is no code or of another width.
pub(crate) fn cosine_of_bytes(a: &[i8], b: &[i8]) -> f32 {
    let code = |bytes: &'_ [i8]| -> Option<(usize, f32)> {
        let (values, scale) = bytes.split_last_chunk::<4>()?;
        Some((values.len(), f32::from_le_bytes(scale.map(i8::cast_unsigned))))
    };
    match (code(a), code(b)) {
        (Some((width, one)), Some((other_width, other))) if width == other_width => {
            let product = Arch::new().dispatch(Product { a: &a[..width], b: &b[..width] });
            (product as f32 * one * other).clamp(-1.0, 1.0)
        }
        _ => 0.0,
    }
}

/// The code of a vector: its values, and one over their length.
fn rounded(vector: &[f32]) -> (Vec<i8>, f32) {
    let greatest = vector.iter().fold(0.0_f32, |greatest, component| greatest.max(component.abs()));
    let stretch = if greatest > 0.0 { GREATEST / greatest } else { 0.0 };
    let values: Vec<i8> = vector.iter().map(|component| (component * stretch).round() as i8).collect();
    let squared = product(&values, &values);
    (values, if squared > 0 { 1.0 / (squared as f32).sqrt() } else { 0.0 })
}

/// At most `2^17` components, so that the sum fits.
#[inline(always)]
fn product(a: &[i8], b: &[i8]) -> i32 {
    a.iter().zip(b).map(|(a, b)| i32::from(*a) * i32::from(*b)).sum()
}

/// Sums in sixteen independent lanes, which the compiler turns into vector instructions.
#[inline(always)]
fn fine_product(vector: &[f32], values: &[i8]) -> f32 {
    let (chunks, rest) = vector.as_chunks::<16>();
    let (value_chunks, value_rest) = values.as_chunks::<16>();
    let mut lanes = [0.0_f32; 16];
    for (components, values) in chunks.iter().zip(value_chunks) {
        for ((lane, component), value) in lanes.iter_mut().zip(components).zip(values) {
            *lane += component * f32::from(*value);
        }
    }
    lanes.iter().sum::<f32>() + rest.iter().zip(value_rest).map(|(a, b)| a * f32::from(*b)).sum::<f32>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn cosines_are_those_of_the_vectors(
            a in proptest::collection::vec(-1.0_f32..1.0, 96),
            b in proptest::collection::vec(-1.0_f32..1.0, 96),
        ) {
            prop_assume!(a.iter().any(|x| x.abs() > 0.1) && b.iter().any(|x| x.abs() > 0.1));
            let mut codes = Codes::new(96);
            codes.push(&a);
            codes.push(&b);
            let exact = Embedding::new(a.clone()).unwrap().dot(&Embedding::new(b).unwrap());
            let (first, second) = (codes.get(0), codes.get(1));
            prop_assert!((first.cosine(second) - exact).abs() < 0.01);
            prop_assert!((first.cosine(first) - 1.0).abs() < 1e-6);
            let found = Probe::new(&a).cosines(&codes, 0..2);
            prop_assert_eq!(found, vec![first.cosine(first), first.cosine(second)]);
        }
    }

    #[test]
    fn zero_and_other_widths_are_harmless() {
        let mut codes = Codes::new(3);
        codes.push(&[0.0, 0.0, 0.0]);
        codes.push(&[1.0]);
        codes.push(&[0.0, 1.0, 0.0, 5.0]);
        assert!(codes.get(0).to_embedding().is_none());
        assert!(codes.get(0).cosine(codes.get(1)).abs() < f32::EPSILON);
        assert_eq!(codes.len(), 3);
    }
}
