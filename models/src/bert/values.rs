//! The `f32` values behind candle's tensors, for operations that candle does not have.

use std::ops::Range;

use candle_core::backend::BackendStorage;
use candle_core::{CpuStorage, Layout, Result, bail};

/// Some rows of a matrix.
pub(super) fn rows<'a>(storage: &'a CpuStorage, layout: &Layout, rows: &Range<usize>) -> Result<&'a [f32]> {
    let range = bounds(layout, rows)?;
    Ok(&storage.as_slice::<f32>()?[range])
}

/// Some rows of a matrix that is being written to.
pub(super) fn rows_mut<'a>(storage: &'a mut CpuStorage, layout: &Layout, rows: &Range<usize>) -> Result<&'a mut [f32]> {
    let range = bounds(layout, rows)?;
    match storage {
        CpuStorage::F32(values) => Ok(&mut values[range]),
        other => bail!("the tensor holds {:?}; only f32 is computed with", other.dtype()),
    }
}

/// All values of a tensor, row by row.
pub(super) fn values<'a>(storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f32]> {
    match layout.contiguous_offsets() {
        Some((start, end)) => Ok(&storage.as_slice::<f32>()?[start..end]),
        None => bail!("the tensor's values do not lie side by side"),
    }
}

fn bounds(layout: &Layout, rows: &Range<usize>) -> Result<Range<usize>> {
    let (Some((start, end)), [_, width]) = (layout.contiguous_offsets(), layout.dims()) else {
        bail!("the tensor is not a matrix whose rows lie side by side");
    };
    let range = start + rows.start * width..start + rows.end * width;
    if range.end > end {
        bail!("rows {rows:?} were asked for; the matrix has {}", layout.dims()[0]);
    }
    Ok(range)
}
