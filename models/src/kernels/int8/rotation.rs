//! An orthogonal change of basis, after which no value stands out from the others: what a token's vector has of one large
//! value is spread over all of them, and the steps of a byte serve every value. Weights are rotated when they are loaded
//! and rows when they are used, so that their products are what they would have been (Ashkboos et al. 2024, `QuaRot`).
//!
//! The matrix is a Hadamard matrix for the power of two in the length and a reflection for the odd rest, over blocks of
//! [`LANES`] values: neighbours in a vector register are left alone, for mixing them would take shuffles. On 300 messages
//! and passages it halves what the mean cosine with 32-bit embeddings lacks of one; mixing the neighbours too gains a
//! tenth more. Of a length that 16 does not divide, only the reflection is left, which spreads little.
#![expect(
    clippy::inline_always,
    reason = "a function is compiled for wide vectors only where it is inlined into a dispatch"
)]

use pulp::Simd;

/// Neighbouring values that are not mixed with each other.
const LANES: usize = 8;

/// Writes a row's rotation to `to`; by how much this multiplies the product of two rows.
#[inline(always)]
pub(super) fn rotate<S: Simd>(simd: S, row: &[f32], to: &mut [f32]) -> f32 {
    let odd = row.len() >> row.len().trailing_zeros();
    if odd == 1 {
        to.copy_from_slice(row);
    } else {
        reflect(simd, row, to, odd);
    }
    let n_blocks = row.len() / odd / LANES;
    if n_blocks < 2 {
        return 1.0;
    }
    mix_neighbours(simd, to);
    let (mut distance, end) = (2 * LANES, n_blocks * LANES);
    while 8 * distance <= end {
        mix_eighths(simd, to, distance);
        distance *= 8;
    }
    if 4 * distance <= end {
        mix_quarters(simd, to, distance);
    } else if 2 * distance <= end {
        mix_halves(simd, to, distance);
    }
    n_blocks as f32
}

/// Householder's reflection along the diagonal, in the space of so many equal parts of the row: two or more.
#[inline(always)]
fn reflect<S: Simd>(simd: S, row: &[f32], to: &mut [f32], n_parts: usize) {
    let part = row.len() / n_parts;
    let (first, others) = row.split_at(part);
    let (total, to_others) = to.split_at_mut(part);
    sum(simd, first, 1.0, &others[..part], total);
    others.chunks_exact(part).skip(1).for_each(|other| add(simd, total, 1.0, other));
    let share = -2.0 / n_parts as f32;
    for (to, other) in to_others.chunks_exact_mut(part).zip(others.chunks_exact(part)) {
        sum(simd, total, share, other, to);
    }
    add(simd, total, share, first);
}

/// Writes `left · factor + right` to `to`.
#[inline(always)]
fn sum<S: Simd>(simd: S, left: &[f32], factor: f32, right: &[f32], to: &mut [f32]) {
    let (to, to_rest) = S::as_mut_simd_f32s(to);
    let ((left, left_rest), (right, right_rest)) = (S::as_simd_f32s(left), S::as_simd_f32s(right));
    let factors = simd.splat_f32s(factor);
    for (to, (left, right)) in to.iter_mut().zip(left.iter().zip(right)) {
        *to = simd.mul_add_f32s(*left, factors, *right);
    }
    for (to, (left, right)) in to_rest.iter_mut().zip(left_rest.iter().zip(right_rest)) {
        *to = left * factor + right;
    }
}

/// Multiplies `to` by a factor and adds `values`.
#[inline(always)]
fn add<S: Simd>(simd: S, to: &mut [f32], factor: f32, values: &[f32]) {
    let ((to, to_rest), (values, rest)) = (S::as_mut_simd_f32s(to), S::as_simd_f32s(values));
    let factors = simd.splat_f32s(factor);
    for (to, x) in to.iter_mut().zip(values) {
        *to = simd.mul_add_f32s(*to, factors, *x);
    }
    for (to, x) in to_rest.iter_mut().zip(rest) {
        *to = *to * factor + x;
    }
}

/// The sums and differences of neighbouring blocks.
#[inline(always)]
fn mix_neighbours<S: Simd>(simd: S, row: &mut [f32]) {
    const SIGNS: [f32; 2 * LANES] = {
        let mut signs = [1.0; 2 * LANES];
        let mut at = LANES;
        while at < signs.len() {
            signs[at] = -1.0;
            at += 1;
        }
        signs
    };
    if S::F32_LANES == SIGNS.len() {
        let signs = S::as_simd_f32s(&SIGNS).0[0];
        for both in S::as_mut_simd_f32s(row).0 {
            *both = simd.mul_add_f32s(*both, signs, simd.rotate_right_f32s(*both, LANES));
        }
    } else {
        mix_halves(simd, row, LANES);
    }
}

/// The sums and differences of values that lie `distance` apart.
#[inline(always)]
fn mix_halves<S: Simd>(simd: S, row: &mut [f32], distance: usize) {
    for all in S::as_mut_simd_f32s(row).0.chunks_exact_mut(2 * distance / S::F32_LANES) {
        let (a, b) = all.split_at_mut(distance / S::F32_LANES);
        for (a, b) in a.iter_mut().zip(b) {
            [*a, *b] = mix2(simd, [*a, *b]);
        }
    }
}

/// The same, and then again for those that lie twice as far.
#[inline(always)]
fn mix_quarters<S: Simd>(simd: S, row: &mut [f32], distance: usize) {
    for all in S::as_mut_simd_f32s(row).0.chunks_exact_mut(4 * distance / S::F32_LANES) {
        let [a, b, c, d] = parts(all);
        for ((a, b), (c, d)) in a.iter_mut().zip(b).zip(c.iter_mut().zip(d)) {
            [*a, *b, *c, *d] = mix4(simd, [*a, *b, *c, *d]);
        }
    }
}

/// The same, and then again for those that lie four times as far.
#[inline(always)]
fn mix_eighths<S: Simd>(simd: S, row: &mut [f32], distance: usize) {
    for all in S::as_mut_simd_f32s(row).0.chunks_exact_mut(8 * distance / S::F32_LANES) {
        let (near, far) = all.split_at_mut(4 * distance / S::F32_LANES);
        let ([n0, n1, n2, n3], [f0, f1, f2, f3]) = (parts(near), parts(far));
        let near = n0.iter_mut().zip(n1).zip(n2.iter_mut().zip(n3));
        let far = f0.iter_mut().zip(f1).zip(f2.iter_mut().zip(f3));
        for (((n0, n1), (n2, n3)), ((f0, f1), (f2, f3))) in near.zip(far) {
            let (near, far) = (mix4(simd, [*n0, *n1, *n2, *n3]), mix4(simd, [*f0, *f1, *f2, *f3]));
            [*n0, *f0] = mix2(simd, [near[0], far[0]]);
            [*n1, *f1] = mix2(simd, [near[1], far[1]]);
            [*n2, *f2] = mix2(simd, [near[2], far[2]]);
            [*n3, *f3] = mix2(simd, [near[3], far[3]]);
        }
    }
}

#[inline(always)]
fn mix2<S: Simd>(simd: S, [a, b]: [S::f32s; 2]) -> [S::f32s; 2] {
    [simd.add_f32s(a, b), simd.sub_f32s(a, b)]
}

#[inline(always)]
fn mix4<S: Simd>(simd: S, [a, b, c, d]: [S::f32s; 4]) -> [S::f32s; 4] {
    let ([a, b], [c, d]) = (mix2(simd, [a, b]), mix2(simd, [c, d]));
    let ([a, c], [b, d]) = (mix2(simd, [a, c]), mix2(simd, [b, d]));
    [a, b, c, d]
}

/// Four equal parts.
#[inline(always)]
fn parts<T>(all: &mut [T]) -> [&mut [T]; 4] {
    let (low, high) = all.split_at_mut(all.len() / 2);
    let ((a, b), (c, d)) = (low.split_at_mut(low.len() / 2), high.split_at_mut(high.len() / 2));
    [a, b, c, d]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use pulp::{Arch, WithSimd};

    use super::*;

    struct Rotate<'a>(&'a [f32], &'a mut [f32]);

    impl WithSimd for Rotate<'_> {
        type Output = f32;

        fn with_simd<S: Simd>(self, simd: S) -> f32 {
            rotate(simd, self.0, self.1)
        }
    }

    fn rotated(row: &[f32]) -> (f32, Vec<f32>) {
        let mut to = vec![0.0; row.len()];
        (Arch::new().dispatch(Rotate(row, &mut to)), to)
    }

    fn product(left: &[f32], right: &[f32]) -> f32 {
        left.iter().zip(right).map(|(left, right)| left * right).sum()
    }

    proptest! {
        #[test]
        fn products_stay_what_they_are(rows in prop::collection::vec((-1.0_f32..1.0, -1.0_f32..1.0), 1..800), whole in any::<bool>()) {
            let n = if whole && rows.len() > 48 { rows.len() / 48 * 48 } else { rows.len() };
            let (left, right): (Vec<f32>, Vec<f32>) = rows[..n].iter().copied().unzip();
            let before = product(&left, &right);
            let (gain, left) = rotated(&left);
            let after = product(&left, &rotated(&right).1) / gain;
            prop_assert!((before - after).abs() <= 1e-4 * n as f32, "{before} became {after}");
        }
    }

    #[test]
    fn one_large_value_is_spread() {
        for (n, share) in [(384, 24), (1024, 128), (1536, 96)] {
            let mut row = vec![0.0; n];
            row[n / 3 + 5] = 1.0;
            let (gain, row) = rotated(&row);
            let largest = row.iter().fold(0.0_f32, |largest, x| largest.max(x.abs())) / gain.sqrt();
            let others = row.iter().filter(|x| **x != 0.0).count();
            assert!(others >= share && largest <= 0.25, "of {n} values, {others} have up to {largest} of it");
        }
    }
}
