//! A linear layer in the precision its network was loaded in.

mod float;
mod integer;

use candle_core::Result;

use self::float::FloatLinear;
use self::integer::IntegerLinear;
use super::Precision;
use crate::kernels::Finish;
use crate::kernels::int8::QuantizedRows;

/// `y = x · W + b`.
#[derive(Debug)]
pub(super) enum Linear {
    /// In 32-bit floating point.
    Float(FloatLinear),
    /// In 8-bit integers.
    Integer(IntegerLinear),
}

impl Linear {
    /// From `rows`, `[outputs, inputs]` as `PyTorch` stores them, and `bias`, `[outputs]`.
    pub(super) fn new(rows: &[f32], bias: Vec<f32>, precision: Precision) -> Result<Self> {
        Ok(match precision {
            Precision::F32 => Self::Float(FloatLinear::new(rows, bias)?),
            Precision::Int8 => Self::Integer(IntegerLinear::new(rows, &bias)?),
        })
    }

    /// Finishes `input · W + b` into `output`, where `input` is `[rows, inputs]` and `output` `[rows, outputs]`.
    pub(super) fn apply(
        &self,
        input: &[f32],
        output: &mut [f32],
        finish: Finish,
        scratch: &mut QuantizedRows,
    ) -> Result<()> {
        match self {
            Self::Float(linear) => linear.apply(input, output, finish),
            Self::Integer(linear) => linear.apply(input, output, finish, scratch),
        }
    }
}
