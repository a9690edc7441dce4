//! Activations as unsigned bytes, each row by its own range: what comes out of a GELU is hardly ever negative, and a range
//! around zero would waste half of the bytes on it.
#![expect(
    clippy::inline_always,
    reason = "a function is compiled for wide vectors only where it is inlined into a dispatch"
)]

use pulp::{Arch, Simd, WithSimd};

use super::{GROUP, Packed};

/// Steps from the least to the greatest value of a row: two less than bytes have, so that no rounding leads outside.
const STEPS: f32 = 253.0;

/// A value this many times larger than the next largest of its row is kept apart. BERT's first token often has one, which
/// would leave a handful of steps for all other values (Dettmers et al. 2022, `LLM.int8()`). On 400 messages it halves
/// what the mean cosine with 32-bit embeddings lacks of one; a lower bound gains little more.
const STANDS_OUT: f32 = 4.0;

/// Values looked through at once.
const CHUNK: usize = 64;

/// Quantised rows, kept between uses so that quantising allocates nothing once warm.
#[derive(Debug, Default)]
pub(crate) struct QuantizedRows {
    width: usize,
    /// `[rows, width]`; the width is padded to whole groups.
    pub(super) bytes: Vec<u8>,
    /// What one step is worth in each row.
    pub(super) steps: Vec<f32>,
    /// What byte 0 stands for in each row.
    pub(super) leasts: Vec<f32>,
    /// Values that bytes leave out, at most one of each row.
    outliers: Vec<Outlier>,
    /// Which of the outliers is each row's.
    outlier_of: Vec<Option<usize>>,
    /// For each outlier the bias of all outputs with what the outlier does to them.
    bias: Vec<f32>,
    /// Values of one bias.
    bias_len: usize,
}

/// A value that stands out from its row.
#[derive(Debug, Clone, Copy)]
struct Outlier {
    /// Which input it is.
    input: usize,
    value: f32,
}

impl QuantizedRows {
    /// Takes in `values`, `[rows, inputs]`, in place of what was here.
    pub(crate) fn quantize(&mut self, values: &[f32], inputs: usize) {
        self.width = inputs.next_multiple_of(GROUP);
        let n_rows = values.len() / inputs;
        self.steps.resize(n_rows, 0.0);
        self.leasts.resize(n_rows, 0.0);
        self.outlier_of.resize(n_rows, None);
        self.outliers.clear();
        // Weights beyond the last input are zero, so what these bytes hold there does not matter.
        self.bytes.resize(n_rows * self.width, 0);
        Arch::new().dispatch(Quantize { values, inputs, rows: self });
    }

    /// How many rows.
    pub(crate) fn len(&self) -> usize {
        self.steps.len()
    }

    /// Works out what the outliers add to each output of `weights`, which were packed into `panels`.
    pub(super) fn put_outliers_into_bias(&mut self, weights: &Packed, panels: &[u8]) {
        let Self { outliers, bias, bias_len, .. } = self;
        *bias_len = weights.bias.len();
        bias.resize(outliers.len() * *bias_len, 0.0);
        Arch::new().dispatch(
            #[inline(always)]
            || {
                for (outlier, bias) in outliers.iter().zip(bias.chunks_exact_mut(*bias_len)) {
                    weights.bias_with(outlier.input, outlier.value, panels, bias);
                }
            },
        );
    }

    /// The bias of all outputs for a row that has an outlier.
    #[inline(always)]
    pub(super) fn bias_of(&self, row: usize) -> Option<&[f32]> {
        self.outlier_of[row].map(|at| &self.bias[at * self.bias_len..][..self.bias_len])
    }

    /// Bytes from one row to the next.
    pub(crate) fn width(&self) -> usize {
        self.width
    }
}

struct Quantize<'a> {
    values: &'a [f32],
    inputs: usize,
    rows: &'a mut QuantizedRows,
}

impl WithSimd for Quantize<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let QuantizedRows { width, bytes, steps, leasts, outliers, outlier_of, .. } = self.rows;
        let rows = self.values.chunks_exact(self.inputs).zip(bytes.chunks_exact_mut(*width));
        for (((row, bytes), outlier_of), (step, least)) in rows.zip(outlier_of).zip(steps.iter_mut().zip(leasts)) {
            let range = Range::of(simd, row);
            let outlier = range.suspect(simd).and_then(|largest| find_outlier(simd, row, largest));
            *outlier_of = outlier.map(|outlier| {
                outliers.push(outlier);
                outliers.len() - 1
            });
            let range = outlier.map_or_else(|| range.reduce(simd), |outlier| without(simd, row, outlier.input));
            (*step, *least) = quantize_row(row, range, outlier, bytes);
        }
    }
}

/// Quantises one row, whose values but for the outlier lie between two others; what one step is worth, and what byte 0
/// stands for.
#[inline(always)]
fn quantize_row(row: &[f32], range: (f32, f32), outlier: Option<Outlier>, bytes: &mut [u8]) -> (f32, f32) {
    /// Adding this number leaves the nearest whole number in the lowest bits of the sum.
    const ROUND: f32 = 12_582_912.0;
    let (least, greatest) = range;
    let range = greatest - least;
    if range == 0.0 {
        bytes.fill(0);
        return (0.0, 0.0);
    }
    let factor = STEPS / range;
    // The byte that means zero is a whole number, so that zero is exact.
    let zero = 1.0 + (-least * factor).round_ties_even();
    let shift = ROUND + zero;
    for (byte, x) in bytes.iter_mut().zip(row) {
        *byte = (x * factor + shift).to_bits() as u8;
    }
    if let Some(Outlier { input, .. }) = outlier {
        bytes[input] = zero as u8;
    }
    let step = range / STEPS;
    (step, -zero * step)
}

/// The least and the greatest values of a row, zero among them, each of every so many values.
struct Range<S: Simd> {
    least: S::f32s,
    greatest: S::f32s,
}

impl<S: Simd> Range<S> {
    #[inline(always)]
    fn of(simd: S, row: &[f32]) -> Self {
        let (vectors, rest) = S::as_simd_f32s(row);
        let rest = simd.partial_load_f32s(rest);
        let zero = simd.splat_f32s(0.0);
        let (mut least, mut greatest) = ([simd.min_f32s(rest, zero), zero], [simd.max_f32s(rest, zero), zero]);
        let (pairs, single) = vectors.as_chunks::<2>();
        for pair in pairs {
            for ((least, greatest), x) in least.iter_mut().zip(&mut greatest).zip(pair) {
                *least = simd.min_f32s(*least, *x);
                *greatest = simd.max_f32s(*greatest, *x);
            }
        }
        for x in single {
            least[0] = simd.min_f32s(least[0], *x);
            greatest[0] = simd.max_f32s(greatest[0], *x);
        }
        Self { least: simd.min_f32s(least[0], least[1]), greatest: simd.max_f32s(greatest[0], greatest[1]) }
    }

    #[inline(always)]
    fn reduce(&self, simd: S) -> (f32, f32) {
        (simd.reduce_min_f32s(self.least), simd.reduce_max_f32s(self.greatest))
    }

    /// The size of the largest value, if it stands out from the largest in other lanes: only then can it stand out from
    /// all others.
    #[inline(always)]
    fn suspect(&self, simd: S) -> Option<f32> {
        let sizes = simd.max_f32s(simd.neg_f32s(self.least), self.greatest);
        let largest = simd.reduce_max_f32s(sizes);
        let is_other = simd.less_than_f32s(sizes, simd.splat_f32s(largest));
        let others = simd.select_f32s(is_other, sizes, simd.splat_f32s(0.0));
        (largest > STANDS_OUT * simd.reduce_max_f32s(others)).then_some(largest)
    }
}

/// The range of a row but for one value.
#[inline(always)]
fn without<S: Simd>(simd: S, row: &[f32], input: usize) -> (f32, f32) {
    let (before, after) = (Range::of(simd, &row[..input]), Range::of(simd, &row[input + 1..]));
    let least = simd.min_f32s(before.least, after.least);
    Range { least, greatest: simd.max_f32s(before.greatest, after.greatest) }.reduce(simd)
}

/// The largest value, if it stands out from all others.
#[inline(always)]
fn find_outlier<S: Simd>(simd: S, row: &[f32], largest: f32) -> Option<Outlier> {
    let has_it = |values: &[f32]| values.iter().fold(false, |found, x| found | (x.abs() >= largest));
    let chunk = row.chunks(CHUNK).position(has_it)? * CHUNK;
    let input = chunk + row[chunk..].iter().position(|x| x.abs() >= largest)?;
    let (least, greatest) = without(simd, row, input);
    let next = greatest.max(-least);
    // With all others zero there is nothing that it could leave without steps.
    (next > 0.0 && largest > STANDS_OUT * next).then_some(Outlier { input, value: row[input] })
}
