//! The one door to the `gemm` crate: checks every bound first, so that callers need no unsafe code.

use gemm::Parallelism;

/// A matrix inside a slice of `f32`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View<'a> {
    data: &'a [f32],
    rows: usize,
    columns: usize,
    row_stride: usize,
    column_stride: usize,
}

/// A row-major matrix inside a mutable slice of `f32`.
#[derive(Debug)]
pub(crate) struct ViewMut<'a> {
    data: &'a mut [f32],
    rows: usize,
    columns: usize,
    row_stride: usize,
}

/// What becomes of the values already in the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Output {
    /// They are replaced.
    Replace,
    /// The product is added to them.
    Accumulate,
}

impl<'a> View<'a> {
    /// `rows` rows of `columns` values, each row starting `row_stride` values after the one before.
    pub(crate) fn new(data: &'a [f32], rows: usize, columns: usize, row_stride: usize) -> Self {
        assert!(fits(data.len(), rows, columns, row_stride), "matrix of {rows}x{columns} outside its slice");
        Self { data, rows, columns, row_stride, column_stride: 1 }
    }

    /// The same values with rows and columns exchanged.
    pub(crate) fn transposed(self) -> Self {
        Self {
            data: self.data,
            rows: self.columns,
            columns: self.rows,
            row_stride: self.column_stride,
            column_stride: self.row_stride,
        }
    }
}

impl<'a> ViewMut<'a> {
    /// Like [`View::new`]; rows must not overlap.
    pub(crate) fn new(data: &'a mut [f32], rows: usize, columns: usize, row_stride: usize) -> Self {
        assert!(row_stride >= columns, "rows of {columns} values overlap at a stride of {row_stride}");
        assert!(fits(data.len(), rows, columns, row_stride), "matrix of {rows}x{columns} outside its slice");
        Self { data, rows, columns, row_stride }
    }
}

fn fits(len: usize, rows: usize, columns: usize, row_stride: usize) -> bool {
    if rows == 0 || columns == 0 {
        return true;
    }
    let last = (rows - 1).checked_mul(row_stride).and_then(|start| start.checked_add(columns));
    last.is_some_and(|end| end <= len)
}

/// Writes `scale · left · right` to `out`, on the calling thread.
#[expect(unsafe_code, reason = "gemm takes raw pointers; the views guarantee that every access is inside its slice")]
pub(crate) fn multiply(scale: f32, left: View<'_>, right: View<'_>, output: Output, out: &mut ViewMut<'_>) {
    assert_eq!(left.columns, right.rows, "inner dimensions differ");
    assert_eq!((left.rows, right.columns), (out.rows, out.columns), "output has another shape");
    // SAFETY: `View::new` and `ViewMut::new` checked that the last element addressed by rows, columns and strides lies
    // inside the slice (`transposed` only swaps them), `out` is borrowed mutably and so overlaps neither input, and its
    // rows do not overlap each other.
    unsafe {
        gemm::gemm(
            out.rows,
            out.columns,
            left.columns,
            out.data.as_mut_ptr(),
            1,
            out.row_stride as isize,
            output == Output::Accumulate,
            left.data.as_ptr(),
            left.column_stride as isize,
            left.row_stride as isize,
            right.data.as_ptr(),
            right.column_stride as isize,
            right.row_stride as isize,
            1.0,
            scale,
            false,
            false,
            false,
            Parallelism::None,
        );
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn equals_the_schoolbook_product(rows in 1_usize..20, inner in 1_usize..40, columns in 1_usize..40, seed in 0_u32..1000) {
            let value = |at: usize| ((at as u32).wrapping_mul(2_654_435_761).wrapping_add(seed) >> 16) as f32 / 65536.0 - 0.5;
            let left: Vec<f32> = (0..rows * inner).map(value).collect();
            let right: Vec<f32> = (0..columns * inner).map(value).collect();
            let stride = columns + 3;
            let mut out = vec![1.0; rows * stride];
            multiply(
                2.0,
                View::new(&left, rows, inner, inner),
                View::new(&right, columns, inner, inner).transposed(),
                Output::Accumulate,
                &mut ViewMut::new(&mut out, rows, columns, stride),
            );
            for row in 0..rows {
                for column in 0..columns {
                    let dot: f32 = (0..inner).map(|i| left[row * inner + i] * right[column * inner + i]).sum();
                    prop_assert!((out[row * stride + column] - (1.0 + 2.0 * dot)).abs() < 1e-4);
                }
                prop_assert!(out[row * stride + columns..(row + 1) * stride].iter().all(|x| x.to_bits() == 1.0_f32.to_bits()));
            }
        }
    }

    #[test]
    #[should_panic(expected = "outside its slice")]
    fn a_matrix_larger_than_its_slice_is_refused() {
        View::new(&[0.0; 11], 3, 4, 4);
    }
}
