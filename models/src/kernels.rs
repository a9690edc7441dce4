//! The arithmetic under the encoder: matrix products, attention and element-wise functions over plain slices. What needs
//! unsafe code is in here and nowhere else; which instructions are used is decided when the program runs.

pub(crate) mod attention;
pub(crate) mod bits;
pub(crate) mod elementwise;
pub(crate) mod float;
pub(crate) mod int8;
pub(crate) mod norm;

/// What becomes of a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Finish {
    /// It is the output.
    Replace,
    /// Its GELU is the output.
    Gelu,
    /// It is added to what is in the output.
    Add,
}

/// How many of the rows left to take at once, if at most `most` can be: an even share, so that no few are left at the end.
pub(crate) fn shared_evenly(left: usize, most: usize) -> usize {
    left.div_ceil(left.div_ceil(most))
}
