//! A linear layer in the precision its network was loaded in.

mod float;
mod integer;

use std::cell::RefCell;

use candle_core::{Result, Tensor};

use self::float::FloatLinear;
use self::integer::IntegerLinear;
use super::Precision;
use crate::int8::QuantizedRows;

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

    /// Replaces `output`, `[rows, outputs]`, with `input · W + b`, where `input` is `[rows, inputs]`.
    pub(super) fn apply(&self, input: &Tensor, output: &Tensor, quantized: &RefCell<QuantizedRows>) -> Result<()> {
        match self {
            Self::Float(linear) => linear.apply(input, output),
            Self::Integer(linear) => linear.apply(input, output, quantized),
        }
    }

    /// Adds `input · W + b` to `output`.
    pub(super) fn add_to(&self, input: &Tensor, output: &Tensor, quantized: &RefCell<QuantizedRows>) -> Result<()> {
        match self {
            Self::Float(linear) => linear.add_to(input, output),
            Self::Integer(linear) => linear.add_to(input, output, quantized),
        }
    }
}
