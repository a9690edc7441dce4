//! Weights as signed bytes, in the order the kernels read them.

use super::{GROUP, PANEL};

/// Largest size of a quantised weight.
const LARGEST: f32 = 127.0;

/// What belongs to quantised weights besides the bytes themselves, which their owner keeps.
#[derive(Debug)]
pub(crate) struct Packed {
    inputs: usize,
    outputs: usize,
    /// What one step of a weight is worth, for each output; padded to whole panels.
    pub(super) scales: Vec<f32>,
    /// The sum of the quantised weights of each output; padded to whole panels.
    pub(super) sums: Vec<i32>,
    /// Added to each output; padded to whole panels.
    pub(super) bias: Vec<f32>,
}

impl Packed {
    /// Quantises `weights`, `[outputs, inputs]`, each output by its own largest weight, and lays the signed bytes out as
    /// `[panels, groups, PANEL, GROUP]`. Padding is zero.
    pub(crate) fn new(weights: &[f32], bias: &[f32]) -> (Self, Vec<u8>) {
        let outputs = bias.len();
        let inputs = weights.len() / outputs;
        let n_padded = outputs.next_multiple_of(PANEL);
        let mut packed = Self {
            inputs,
            outputs,
            scales: vec![0.0; n_padded],
            sums: vec![0; n_padded],
            bias: [bias, &vec![0.0; n_padded - outputs]].concat(),
        };
        let mut panels = vec![0; packed.panel_bytes()];
        for (output, row) in weights.chunks_exact(inputs).enumerate() {
            let largest = row.iter().fold(0.0_f32, |most, weight| most.max(weight.abs()));
            let scale = if largest > 0.0 { largest / LARGEST } else { 1.0 };
            packed.scales[output] = scale;
            for (input, weight) in row.iter().enumerate() {
                let step = (weight / scale).round_ties_even() as i8;
                packed.sums[output] += i32::from(step);
                panels[packed.place(output, input)] = step.cast_unsigned();
            }
        }
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
    pub(super) fn place(&self, output: usize, input: usize) -> usize {
        let panel = output / PANEL * PANEL * self.inputs_padded();
        panel + input / GROUP * PANEL * GROUP + output % PANEL * GROUP + input % GROUP
    }
}
