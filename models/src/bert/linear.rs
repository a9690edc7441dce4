//! A linear layer whose weights lie in the order the multiplication reads them.

use crate::matmul::{Output, View, ViewMut, multiply};

/// Outputs computed in one pass over the inputs. Their weights form one block that is read front to back, which keeps
/// the memory prefetcher busy: with few rows, reading the weights is most of the work.
const PANEL: usize = 64;

/// `y = x · W + b`.
#[derive(Debug)]
pub(super) struct Linear {
    inputs: usize,
    /// Panels of `[inputs, PANEL]`, the last one possibly narrower.
    panels: Vec<f32>,
    bias: Vec<f32>,
}

impl Linear {
    /// From `rows`, `[outputs, inputs]` as `PyTorch` stores them, and `bias`, `[outputs]`.
    pub(super) fn new(rows: &[f32], bias: Vec<f32>) -> Self {
        let outputs = bias.len();
        let inputs = rows.len() / outputs;
        let mut panels = Vec::with_capacity(rows.len());
        for panel in rows.chunks(PANEL * inputs) {
            for input in 0..inputs {
                panels.extend(panel.chunks_exact(inputs).map(|row| row[input]));
            }
        }
        Self { inputs, panels, bias }
    }

    /// Replaces `output` with `input · W + b`, one row for each row of `input`.
    pub(super) fn apply(&self, input: &[f32], output: &mut Vec<f32>) {
        let rows = input.len() / self.inputs;
        output.clear();
        for _ in 0..rows {
            output.extend_from_slice(&self.bias);
        }
        self.accumulate(input, output);
    }

    /// Adds `input · W + b` to `output`.
    pub(super) fn add_to(&self, input: &[f32], output: &mut [f32]) {
        for row in output.chunks_exact_mut(self.bias.len()) {
            row.iter_mut().zip(&self.bias).for_each(|(y, b)| *y += b);
        }
        self.accumulate(input, output);
    }

    fn accumulate(&self, input: &[f32], output: &mut [f32]) {
        let outputs = self.bias.len();
        let rows = input.len() / self.inputs;
        let input = View::new(input, rows, self.inputs, self.inputs);
        for (at, panel) in self.panels.chunks(PANEL * self.inputs).enumerate() {
            let width = panel.len() / self.inputs;
            let weights = View::new(panel, self.inputs, width, width);
            let target = &mut ViewMut::new(&mut output[at * PANEL..], rows, width, outputs);
            multiply(1.0, input, weights, Output::Accumulate, target);
        }
    }
}
