//! Every kernel computes what plain arithmetic says, whatever the shape.

use proptest::prelude::*;

use super::*;
use crate::kernels::Finish;

/// A number in `-1.0..1.0` that differs from place to place.
fn value(at: usize, seed: u32) -> f32 {
    ((at as u32).wrapping_mul(2_654_435_761).wrapping_add(seed.wrapping_mul(40_503)) >> 8) as f32 / 8_388_608.0 - 1.0
}

/// What `kernel` makes of rows and weights, over `before`.
fn product(kernel: Kernel, rows: &[f32], weights: &[f32], bias: &[f32], finish: Finish, before: f32) -> Vec<f32> {
    let inputs = weights.len() / bias.len();
    let (packed, panels) = Packed::new(weights, bias);
    let mut quantized = QuantizedRows::default();
    quantized.quantize(rows, inputs);
    let mut out = vec![before; quantized.len() * bias.len()];
    kernel.multiply(&quantized, &packed, &panels, finish, &mut out);
    out
}

proptest! {
    #[test]
    fn every_kernel_is_exactly_the_portable_one(
        rows in 1_usize..40,
        inputs in 1_usize..70,
        outputs in 1_usize..100,
        finish in prop_oneof![Just(Finish::Replace), Just(Finish::Gelu), Just(Finish::Add)],
        seed in 0_u32..1000,
    ) {
        let data: Vec<f32> = (0..rows * inputs).map(|at| value(at, seed)).collect();
        let weights: Vec<f32> = (0..outputs * inputs).map(|at| value(at, seed + 1)).collect();
        let bias: Vec<f32> = (0..outputs).map(|at| value(at, seed + 2)).collect();
        let expected = product(Kernel::Portable, &data, &weights, &bias, finish, 0.5);
        for kernel in Kernel::available() {
            let found = product(kernel, &data, &weights, &bias, finish, 0.5);
            for (at, (found, expected)) in found.iter().zip(&expected).enumerate() {
                let allowed = 1e-5 * expected.abs().max(1.0);
                prop_assert!((found - expected).abs() <= allowed, "{}, {at}: {found} and not {expected}", kernel.name());
            }
        }
    }

    #[test]
    fn the_portable_kernel_is_near_the_real_product(rows in 1_usize..6, inputs in 1_usize..200, outputs in 1_usize..40, seed in 0_u32..1000) {
        let data: Vec<f32> = (0..rows * inputs).map(|at| value(at, seed)).collect();
        let weights: Vec<f32> = (0..outputs * inputs).map(|at| value(at, seed + 1)).collect();
        let bias: Vec<f32> = (0..outputs).map(|at| value(at, seed + 2)).collect();
        let found = product(Kernel::Portable, &data, &weights, &bias, Finish::Replace, 0.0);
        for (row, out) in data.chunks(inputs).zip(found.chunks(outputs)) {
            for ((weights, bias), found) in weights.chunks(inputs).zip(&bias).zip(out) {
                let exact: f32 = row.iter().zip(weights).map(|(x, w)| x * w).sum::<f32>() + bias;
                // Each factor is off by at most half a step of 1/127.
                let allowed = inputs as f32 / 127.0;
                prop_assert!((found - exact).abs() <= allowed, "{found} and not {exact}");
            }
        }
    }
}

#[test]
fn a_value_that_stands_out_leaves_the_others_their_precision() {
    const OUTPUTS: usize = 16;
    for (inputs, at) in [(384, 0), (384, 383), (768, 7), (1024, 500), (1536, 99)] {
        let weights: Vec<f32> = (0..OUTPUTS * inputs).map(|at| value(at, 1)).collect();
        let mut row: Vec<f32> = (0..inputs).map(|at| value(at, 2)).collect();
        row[at] = 100.0;
        let step = 100.0 / 253.0;
        let in_plain_steps: Vec<f32> = row.iter().map(|x| (x / step).round_ties_even() * step).collect();
        let products = |row: &[f32]| -> Vec<f32> {
            weights.chunks(inputs).map(|weights| row.iter().zip(weights).map(|(x, w)| x * w).sum()).collect()
        };
        let exact = products(&row);
        let error = |found: &[f32]| found.iter().zip(&exact).map(|(found, exact)| (found - exact).powi(2)).sum::<f32>();
        let plain = error(&products(&in_plain_steps));
        for kernel in Kernel::available() {
            let found = error(&product(kernel, &row, &weights, &[0.0; OUTPUTS], Finish::Replace, 0.0));
            assert!(found < plain / 2.0, "{}, {inputs} inputs: {found} against {plain}", kernel.name());
        }
    }
}

#[test]
fn a_row_of_zeros_comes_to_the_bias() {
    for kernel in Kernel::available() {
        let out = product(kernel, &[0.0; 8], &[1.0; 16], &[0.25, -0.5], Finish::Replace, 9.0);
        assert_eq!(
            out.iter().map(|x| x.to_bits()).collect::<Vec<_>>(),
            [0.25_f32.to_bits(), (-0.5_f32).to_bits()],
            "{}",
            kernel.name()
        );
    }
}

#[test]
fn the_largest_values_do_not_overflow() {
    const INPUTS: usize = 1536;
    // Each value is off by at most half a step, of which a row has more than 250.
    let is_near = |sum: &f32| (sum - INPUTS as f32).abs() <= INPUTS as f32 / 250.0;
    let ones = [1.0; INPUTS];
    let mixed: Vec<f32> = (0..INPUTS).map(|at| if at % 2 == 0 { 1.0 } else { -1.0 }).collect();
    for kernel in Kernel::available() {
        for row in [&ones[..], &mixed] {
            let out = product(kernel, row, &row.repeat(PANEL), &[0.0; PANEL], Finish::Replace, 0.0);
            assert!(out.iter().all(is_near), "{}: {out:?}", kernel.name());
        }
    }
}
