//! A linear layer in 32-bit floating point, whose weights lie in the order the multiplication reads them.

use candle_core::{Device, Result, Tensor};

use super::super::values::read;
use crate::kernels::Finish;
use crate::kernels::elementwise::gelu;
use crate::kernels::float::{Output, View, ViewMut, multiply};

/// Outputs computed in one pass over the inputs. Their weights form one block that is read front to back, which keeps
/// the memory prefetcher busy: with few rows, reading the weights is most of the work.
const PANEL: usize = 64;

/// `y = x · W + b`.
#[derive(Debug)]
pub(in super::super) struct FloatLinear {
    inputs: usize,
    /// Panels of `[inputs, PANEL]` one after the other, the last one possibly narrower.
    panels: Tensor,
    bias: Vec<f32>,
}

impl FloatLinear {
    /// From `rows`, `[outputs, inputs]` as `PyTorch` stores them, and `bias`, `[outputs]`.
    pub(super) fn new(rows: &[f32], bias: Vec<f32>) -> Result<Self> {
        let outputs = bias.len();
        let inputs = rows.len() / outputs;
        let mut panels = Vec::with_capacity(rows.len());
        for panel in rows.chunks(PANEL * inputs) {
            for input in 0..inputs {
                panels.extend(panel.chunks_exact(inputs).map(|row| row[input]));
            }
        }
        Ok(Self { inputs, panels: Tensor::from_vec(panels, rows.len(), &Device::Cpu)?, bias })
    }

    /// Finishes `input · W + b` into `output`.
    pub(super) fn apply(&self, input: &[f32], output: &mut [f32], finish: Finish) -> Result<()> {
        self.begin(finish, output);
        read(&self.panels, |panels| self.accumulate(input, panels, output))?;
        if finish == Finish::Gelu {
            gelu(output);
        }
        Ok(())
    }

    /// Puts the bias where the product is to be added.
    fn begin(&self, finish: Finish, out: &mut [f32]) {
        for row in out.chunks_exact_mut(self.bias.len()) {
            match finish {
                Finish::Replace | Finish::Gelu => row.copy_from_slice(&self.bias),
                Finish::Add => row.iter_mut().zip(&self.bias).for_each(|(y, b)| *y += b),
            }
        }
    }

    fn accumulate(&self, input: &[f32], panels: &[f32], output: &mut [f32]) {
        let outputs = self.bias.len();
        let rows = input.len() / self.inputs;
        let input = View::new(input, rows, self.inputs, self.inputs);
        for (at, panel) in panels.chunks(PANEL * self.inputs).enumerate() {
            let width = panel.len() / self.inputs;
            let weights = View::new(panel, self.inputs, width, width);
            let target = &mut ViewMut::new(&mut output[at * PANEL..], rows, width, outputs);
            multiply(1.0, input, weights, Output::Accumulate, target);
        }
    }
}
