//! Layer norm, GELU and softmax, written so that the compiler turns them into the widest vectors the machine has.
#![expect(
    clippy::inline_always,
    reason = "a function is compiled for wide vectors only where it is inlined into a dispatch"
)]

use std::f32::consts::{LN_2, LOG2_E, SQRT_2};

use candle_core::{CpuStorage, InplaceOp1, Layout, Result};
use pulp::Arch;

use super::values::values_mut;

/// Partial sums kept side by side, so that a sum needs no order between neighbours.
const LANES: usize = 16;

/// Gives each row mean 0 and variance 1, then scales and shifts it.
#[derive(Debug)]
pub(super) struct LayerNorm {
    pub(super) scale: Vec<f32>,
    pub(super) shift: Vec<f32>,
    pub(super) epsilon: f32,
}

/// The exact GELU, `x · Φ(x)`, within 2e-7 of it.
#[derive(Debug)]
pub(super) struct Gelu;

impl InplaceOp1 for LayerNorm {
    fn name(&self) -> &'static str {
        "layer-norm"
    }

    fn cpu_fwd(&self, rows: &mut CpuStorage, layout: &Layout) -> Result<()> {
        layer_norm(values_mut(rows, layout)?, self);
        Ok(())
    }
}

impl InplaceOp1 for Gelu {
    fn name(&self) -> &'static str {
        "gelu"
    }

    fn cpu_fwd(&self, values: &mut CpuStorage, layout: &Layout) -> Result<()> {
        gelu(values_mut(values, layout)?);
        Ok(())
    }
}

fn layer_norm(rows: &mut [f32], norm: &LayerNorm) {
    Arch::new().dispatch(
        #[inline(always)]
        || {
            for row in rows.chunks_exact_mut(norm.scale.len()) {
                norm_row(row, norm);
            }
        },
    );
}

#[inline(always)]
fn norm_row(row: &mut [f32], norm: &LayerNorm) {
    let n = row.len() as f32;
    let mean = sum(row, |x| x) / n;
    let variance = sum(row, |x| (x - mean) * (x - mean)) / n;
    let factor = 1.0 / (variance + norm.epsilon).sqrt();
    for ((x, scale), shift) in row.iter_mut().zip(&norm.scale).zip(&norm.shift) {
        *x = (*x - mean) * factor * scale + shift;
    }
}

fn gelu(values: &mut [f32]) {
    Arch::new().dispatch(
        #[inline(always)]
        || {
            for x in values.iter_mut() {
                *x = 0.5 * *x * (1.0 + erf(*x / SQRT_2));
            }
        },
    );
}

/// Turns each row of `width` scores into positive shares that add up to one.
pub(super) fn softmax(rows: &mut [f32], width: usize) {
    Arch::new().dispatch(
        #[inline(always)]
        || {
            for row in rows.chunks_exact_mut(width) {
                let largest = row.iter().fold(f32::NEG_INFINITY, |most, &x| if x > most { x } else { most });
                for x in row.iter_mut() {
                    *x = exp(*x - largest);
                }
                let factor = 1.0 / sum(row, |x| x);
                for x in row.iter_mut() {
                    *x *= factor;
                }
            }
        },
    );
}

#[inline(always)]
fn sum(values: &[f32], term: impl Fn(f32) -> f32) -> f32 {
    let mut partial = [0.0; LANES];
    let (chunks, rest) = values.as_chunks::<LANES>();
    for chunk in chunks {
        for (sum, x) in partial.iter_mut().zip(chunk) {
            *sum += term(*x);
        }
    }
    partial.iter().sum::<f32>() + rest.iter().map(|x| term(*x)).sum::<f32>()
}

/// `e^x` within a few units in the last place; below -87 it is the smallest normal number.
#[inline(always)]
fn exp(x: f32) -> f32 {
    // Adding this number leaves the nearest whole number in the lowest bits of the sum.
    const ROUND: f32 = 12_582_912.0;
    const LN_2_HIGH: f32 = 0.693_359_4;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    debug_assert!((LN_2_HIGH + LN_2_LOW - LN_2).abs() < 1e-7);
    let x = x.clamp(-87.0, 88.0);
    let shifted = x * LOG2_E + ROUND;
    let whole = shifted - ROUND;
    let rest = x - whole * LN_2_HIGH - whole * LN_2_LOW;
    // Taylor's series; |rest| is at most ln(2)/2, where the first term left out is below 2e-7.
    let series = 1.0 / 720.0;
    let series = series * rest + 1.0 / 120.0;
    let series = series * rest + 1.0 / 24.0;
    let series = series * rest + 1.0 / 6.0;
    let series = series * rest + 0.5;
    let series = series * rest + 1.0;
    let series = series * rest + 1.0;
    f32::from_bits(shifted.to_bits().wrapping_add(127) << 23) * series
}

/// The error function by formula 7.1.26 of Abramowitz and Stegun, within 2e-7.
#[inline(always)]
fn erf(x: f32) -> f32 {
    let size = x.abs();
    let t = 1.0 / (1.0 + 0.327_591_1 * size);
    let series = 1.061_405_4;
    let series = series * t - 1.453_152;
    let series = series * t + 1.421_413_7;
    let series = series * t - 0.284_496_74;
    let series = series * t + 0.254_829_6;
    (1.0 - series * t * exp(-size * size)).copysign(x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_is_as_good_as_the_standard_library() {
        for step in -870..=880 {
            let x = step as f32 / 10.0;
            let expected = x.exp();
            assert!((exp(x) - expected).abs() <= expected * 5e-7, "exp({x}) is {} and not {expected}", exp(x));
        }
    }

    #[test]
    fn gelu_follows_the_normal_distribution() {
        // Values of the normal distribution function from printed tables.
        let table = [(0.0, 0.5), (0.5, 0.691_462_5), (1.0, 0.841_344_8), (2.0, 0.977_249_9), (3.0, 0.998_650_1)];
        for (x, share) in table {
            let mut pair = [x, -x];
            gelu(&mut pair);
            assert!((pair[0] - x * share).abs() < 1e-6, "gelu({x}) is {}", pair[0]);
            assert!((pair[1] + x * (1.0 - share)).abs() < 1e-6, "gelu({}) is {}", -x, pair[1]);
        }
    }

    #[test]
    fn softmax_survives_huge_scores() {
        let mut row = [1000.0, 1000.0, -1000.0];
        softmax(&mut row, 3);
        assert!((row[0] - 0.5).abs() < 1e-6 && row[2] < 1e-30);
    }

    #[test]
    fn layer_norm_centres_every_row() {
        let norm = LayerNorm { scale: vec![1.0; 20], shift: vec![0.0; 20], epsilon: 1e-12 };
        let mut rows: Vec<f32> = (0..40).map(|x| (x * x) as f32).collect();
        layer_norm(&mut rows, &norm);
        for row in rows.chunks(20) {
            let mean = row.iter().sum::<f32>() / 20.0;
            let variance = row.iter().map(|x| x * x).sum::<f32>() / 20.0;
            assert!(mean.abs() < 1e-5 && (variance - 1.0).abs() < 1e-5);
        }
    }
}
