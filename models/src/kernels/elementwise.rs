//! Functions of single values, on as many values at once as the machine's vectors hold.
#![expect(
    clippy::inline_always,
    reason = "a function is compiled for wide vectors only where it is inlined into a dispatch"
)]

use std::f32::consts::{FRAC_1_SQRT_2, LN_2, LOG2_E};

use pulp::{Arch, Simd, WithSimd};

/// Replaces every value by its exact GELU, `x · Φ(x)`, within 5e-7.
pub(crate) fn gelu(values: &mut [f32]) {
    Arch::new().dispatch(Gelu(values));
}

struct Gelu<'a>(&'a mut [f32]);

impl WithSimd for Gelu<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        map(
            simd,
            self.0,
            #[inline(always)]
            |x| {
                let half = simd.mul_f32s(x, simd.splat_f32s(0.5));
                simd.mul_add_f32s(half, erf(simd, simd.mul_f32s(x, simd.splat_f32s(FRAC_1_SQRT_2))), half)
            },
        );
    }
}

/// Replaces every value by what `function` makes of it.
#[inline(always)]
pub(super) fn map<S: Simd>(simd: S, values: &mut [f32], function: impl Fn(S::f32s) -> S::f32s) {
    let (vectors, rest) = S::as_mut_simd_f32s(values);
    for vector in vectors {
        *vector = function(*vector);
    }
    if !rest.is_empty() {
        let last = function(simd.partial_load_f32s(rest));
        simd.partial_store_f32s(rest, last);
    }
}

/// GELU within 2e-4, for values that are cut into 255 steps next: `Φ(x)` as a polynomial where it is neither 0 nor 1.
#[inline(always)]
pub(super) fn gelu_for_bytes<S: Simd>(simd: S, x: S::f32s) -> S::f32s {
    /// Beyond this, Φ is 0 or 1 to within 4e-5.
    const EDGE: f32 = 4.0;
    /// `(Φ(x) - 1/2) / x` in powers of `x²`, highest first: the minimax fit of `x · Φ(x)` on `-EDGE..EDGE`.
    const SERIES: [f32; 7] =
        [2.278_151e-8, -1.598_605_9e-6, 4.795_559e-5, -8.140_161_5e-4, 8.772_392e-3, -6.457_312e-2, 0.397_883_36];
    let inside = simd.max_f32s(simd.min_f32s(x, simd.splat_f32s(EDGE)), simd.splat_f32s(-EDGE));
    let square = simd.mul_f32s(inside, inside);
    let mut series = simd.splat_f32s(SERIES[0]);
    for &coefficient in &SERIES[1..] {
        series = simd.mul_add_f32s(series, square, simd.splat_f32s(coefficient));
    }
    simd.mul_f32s(x, simd.mul_add_f32s(inside, series, simd.splat_f32s(0.5)))
}

/// `e^x` within a few units in the last place; below -87 it is the smallest normal number.
#[inline(always)]
pub(super) fn exp<S: Simd>(simd: S, x: S::f32s) -> S::f32s {
    /// Adding this number leaves the nearest whole number in the lowest bits of the sum.
    const ROUND: f32 = 12_582_912.0;
    const LN_2_HIGH: f32 = 0.693_359_4;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    /// Taylor's series; the rest is at most ln(2)/2, where the first term left out is below 2e-7.
    const SERIES: [f32; 7] = [1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0];
    /// Bits below the exponent.
    const MANTISSA: u32 = 23;
    const { assert!((LN_2_HIGH + LN_2_LOW - LN_2).abs() < 1e-7) };
    let x = simd.min_f32s(simd.max_f32s(x, simd.splat_f32s(-87.0)), simd.splat_f32s(88.0));
    let shifted = simd.mul_add_f32s(x, simd.splat_f32s(LOG2_E), simd.splat_f32s(ROUND));
    let whole = simd.sub_f32s(shifted, simd.splat_f32s(ROUND));
    let rest = simd.mul_add_f32s(whole, simd.splat_f32s(-LN_2_HIGH), x);
    let rest = simd.mul_add_f32s(whole, simd.splat_f32s(-LN_2_LOW), rest);
    let mut series = simd.splat_f32s(SERIES[0]);
    for &coefficient in &SERIES[1..] {
        series = simd.mul_add_f32s(series, rest, simd.splat_f32s(coefficient));
    }
    let exponent = simd.wrapping_dyn_shl_u32s(simd.transmute_u32s_f32s(shifted), simd.splat_u32s(MANTISSA));
    simd.transmute_f32s_u32s(simd.add_u32s(simd.transmute_u32s_f32s(series), exponent))
}

/// The error function by formula 7.1.26 of Abramowitz and Stegun, within 2e-7.
#[inline(always)]
fn erf<S: Simd>(simd: S, x: S::f32s) -> S::f32s {
    const SERIES: [f32; 5] = [1.061_405_4, -1.453_152, 1.421_413_7, -0.284_496_74, 0.254_829_6];
    let one = simd.splat_f32s(1.0);
    let size = simd.abs_f32s(x);
    let t = simd.div_f32s(one, simd.mul_add_f32s(size, simd.splat_f32s(0.327_591_1), one));
    let mut series = simd.splat_f32s(SERIES[0]);
    for &coefficient in &SERIES[1..] {
        series = simd.mul_add_f32s(series, t, simd.splat_f32s(coefficient));
    }
    let fall = exp(simd, simd.neg_f32s(simd.mul_f32s(size, size)));
    let value = simd.negate_mul_add_f32s(simd.mul_f32s(series, t), fall, one);
    let sign = simd.and_f32s(x, simd.splat_f32s(-0.0));
    simd.or_f32s(value, sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One of the functions on one value.
    struct Of<F>(F, f32);

    struct Exp;
    struct GeluForBytes;

    impl WithSimd for Of<Exp> {
        type Output = f32;

        fn with_simd<S: Simd>(self, simd: S) -> f32 {
            simd.reduce_max_f32s(exp(simd, simd.splat_f32s(self.1)))
        }
    }

    impl WithSimd for Of<GeluForBytes> {
        type Output = f32;

        fn with_simd<S: Simd>(self, simd: S) -> f32 {
            simd.reduce_max_f32s(gelu_for_bytes(simd, simd.splat_f32s(self.1)))
        }
    }

    #[test]
    fn exp_is_as_good_as_the_standard_library() {
        for step in -870..=880 {
            let x = step as f32 / 10.0;
            let (found, expected) = (Arch::new().dispatch(Of(Exp, x)), f64::from(x).exp() as f32);
            assert!((found - expected).abs() <= expected * 5e-7, "exp({x}) is {found} and not {expected}");
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
    fn the_gelu_for_bytes_stays_near_the_exact_one() {
        for step in -1000..=1000 {
            let x = step as f32 / 100.0;
            let mut exact = [x];
            gelu(&mut exact);
            let found = Arch::new().dispatch(Of(GeluForBytes, x));
            assert!((found - exact[0]).abs() < 2e-4 + 5e-5 * x.abs(), "gelu({x}) is {found} and not {}", exact[0]);
        }
    }
}
