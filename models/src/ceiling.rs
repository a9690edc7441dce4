//! How fast this machine multiplies at best: what the encoder's speed is a share of.

use std::time::Instant;

use crate::kernels::int8::Kernel;

/// Multiplications and additions of 8-bit integers that one core does in a second with nothing else to do; `None` where
/// the machine has no instruction for them. Takes some milliseconds.
pub fn int8_operations_per_second() -> Option<f64> {
    let started = Instant::now();
    let n_operations = Kernel::best().saturate()?;
    Some(n_operations as f64 / started.elapsed().as_secs_f64())
}

/// The name of the instructions that 8-bit integers are multiplied with.
pub fn int8_instructions() -> &'static str {
    Kernel::best().name()
}
