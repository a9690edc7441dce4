//! Weights as signed bytes, in the order the kernels read them.
#![expect(
    clippy::inline_always,
    reason = "a function is compiled for wide vectors only where it is inlined into a dispatch"
)]

use pulp::{Arch, Simd, WithSimd};

use super::rotation::rotate;
use super::{GROUP, PANEL};

/// Largest size of a quantised weight.
const LARGEST: f32 = 127.0;

/// What belongs to quantised weights besides the bytes themselves, which their owner keeps.
#[derive(Debug)]
pub(crate) struct Packed {
    inputs: usize,
    outputs: usize,
    /// What one step of a weight is worth, for each output; padded to whole panels, like all that follows.
    pub(super) steps: Vec<f32>,
    /// The sum of the weights of each output, as quantised.
    pub(super) totals: Vec<f32>,
    /// Added to each output.
    pub(super) bias: Vec<f32>,
}

impl Packed {
    /// Rotates `weights`, `[outputs, inputs]`, quantises each output by its own largest weight, and lays the signed bytes
    /// out as `[panels, groups, PANEL, GROUP]`. Padding is zero.
    pub(crate) fn new(weights: &[f32], bias: &[f32]) -> (Self, Vec<u8>) {
        let outputs = bias.len();
        let n_padded = outputs.next_multiple_of(PANEL);
        let mut packed = Self {
            inputs: weights.len() / outputs,
            outputs,
            steps: vec![0.0; n_padded],
            totals: vec![0.0; n_padded],
            bias: [bias, &vec![0.0; n_padded - outputs]].concat(),
        };
        let mut panels = vec![0; packed.panel_bytes()];
        Arch::new().dispatch(Pack { weights, packed: &mut packed, panels: &mut panels });
        (packed, panels)
    }

    /// Outputs of the layer.
    pub(crate) fn outputs(&self) -> usize {
        self.outputs
    }

    /// Inputs, padded to whole groups.
    pub(crate) fn inputs_padded(&self) -> usize {
        self.inputs.next_multiple_of(GROUP)
    }

    /// Bytes of all panels.
    pub(crate) fn panel_bytes(&self) -> usize {
        self.outputs.next_multiple_of(PANEL) * self.inputs_padded()
    }

    /// Where the weight from `input` to `output` lies in the panels.
    fn place(&self, output: usize, input: usize) -> usize {
        let panel = output / PANEL * PANEL * self.inputs_padded();
        panel + input / GROUP * PANEL * GROUP + output % PANEL * GROUP + input % GROUP
    }
}

/// Fills what weights are packed into.
struct Pack<'a> {
    weights: &'a [f32],
    packed: &'a mut Packed,
    panels: &'a mut [u8],
}

impl WithSimd for Pack<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { weights, packed, panels } = self;
        let mut rotated = vec![0.0; packed.inputs];
        for (output, row) in weights.chunks_exact(packed.inputs).enumerate() {
            let gain = rotate(simd, row, &mut rotated);
            let largest = rotated.iter().fold(0.0_f32, |most, weight| most.max(weight.abs()));
            let step = if largest > 0.0 { largest / LARGEST } else { 1.0 };
            let mut total = 0;
            for (input, weight) in rotated.iter().enumerate() {
                let n_steps = (weight / step).round_ties_even() as i8;
                total += i32::from(n_steps);
                panels[packed.place(output, input)] = n_steps.cast_unsigned();
            }
            packed.steps[output] = step / gain;
            packed.totals[output] = total as f32 * packed.steps[output];
        }
    }
}
