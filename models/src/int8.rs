//! Matrix products in 8-bit integers: a quarter of the memory to read, and several times the arithmetic a processor does
//! at once. Weights are quantised for each output when they are loaded, activations for each row when they are used.

mod pack;
mod portable;
mod rows;
#[cfg(target_arch = "x86_64")]
mod vnni;

pub(crate) use pack::Packed;
pub(crate) use rows::QuantizedRows;

use crate::matmul::Output;

/// Outputs whose weights lie side by side: two of the widest vectors there are.
const PANEL: usize = 32;
/// Neighbouring inputs that one instruction multiplies and adds up.
const GROUP: usize = 4;

/// The way of computing that this machine is best at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kernel {
    /// AVX-512 with its instructions for neural networks.
    #[cfg(target_arch = "x86_64")]
    Vnni(vnni::Supported),
    /// Plain Rust.
    Portable,
}

impl Kernel {
    /// The best kernel that this machine can run.
    pub(crate) fn best() -> Self {
        #[cfg(target_arch = "x86_64")]
        if let Some(supported) = vnni::Supported::detect() {
            return Self::Vnni(supported);
        }
        Self::Portable
    }

    /// Writes `rows · weights + bias` to `out`, `[rows, outputs]`. `panels` are those that `weights` was packed into.
    pub(crate) fn multiply(
        self,
        rows: &QuantizedRows,
        weights: &Packed,
        panels: &[u8],
        output: Output,
        out: &mut [f32],
    ) {
        assert_eq!(rows.width(), weights.inputs_padded(), "inner dimensions differ");
        assert_eq!(panels.len(), weights.panel_bytes(), "these are the panels of other weights");
        assert_eq!(out.len(), rows.len() * weights.outputs(), "output has another shape");
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Vnni(supported) => vnni::multiply(supported, rows, weights, panels, output, out),
            Self::Portable => portable::multiply(rows, weights, panels, output, out),
        }
    }
}

#[cfg(test)]
mod tests;
