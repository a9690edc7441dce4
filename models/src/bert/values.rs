//! The numbers behind candle's tensors.

use candle_core::backend::BackendStorage;
use candle_core::{CpuStorage, Layout, Result, Storage, Tensor, bail};

/// Lets `read` have the values of a tensor, row by row.
pub(super) fn read<T: candle_core::WithDType, R>(tensor: &Tensor, read: impl FnOnce(&[T]) -> R) -> Result<R> {
    let (storage, layout) = tensor.storage_and_layout();
    let Storage::Cpu(storage) = &*storage else { bail!("the tensor is not on the CPU") };
    let (start, end) = bounds(layout)?;
    Ok(read(&storage.as_slice()?[start..end]))
}

/// The values of a tensor that is being written to.
pub(super) fn values_mut<'a>(storage: &'a mut CpuStorage, layout: &Layout) -> Result<&'a mut [f32]> {
    let (start, end) = bounds(layout)?;
    match storage {
        CpuStorage::F32(values) => Ok(&mut values[start..end]),
        other => bail!("the tensor holds {:?}; only f32 is computed with", other.dtype()),
    }
}

fn bounds(layout: &Layout) -> Result<(usize, usize)> {
    match layout.contiguous_offsets() {
        Some(bounds) => Ok(bounds),
        None => bail!("the tensor's values do not lie side by side"),
    }
}
