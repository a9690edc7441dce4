//! Matrix products in 8-bit integers: a quarter of the memory to read, and several times the arithmetic a processor does
//! at once. Weights are quantised for each output when they are loaded, activations for each row when they are used.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "aarch64")]
mod neon;
mod pack;
mod portable;
mod product;
mod rotation;
mod rows;

pub(crate) use pack::Packed;
pub(crate) use rows::QuantizedRows;

use self::product::Product;
use super::Finish;

/// Outputs whose weights lie side by side: two of the widest vectors there are.
const PANEL: usize = 32;
/// Neighbouring inputs that one instruction multiplies and adds up.
const GROUP: usize = 4;

/// A way of computing that this machine has.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kernel {
    /// AVX-512 with its instructions for neural networks.
    #[cfg(target_arch = "x86_64")]
    Avx512(avx512::Vnni),
    /// AVX2 with instructions for neural networks.
    #[cfg(target_arch = "x86_64")]
    AvxVnni(avx2::Vnni),
    /// AVX2 alone.
    #[cfg(target_arch = "x86_64")]
    Avx2(avx2::Plain),
    /// NEON with its dot products.
    #[cfg(target_arch = "aarch64")]
    Neon(neon::DotProduct),
    /// Plain Rust.
    Portable,
}

impl Kernel {
    /// The fastest kernel of this machine.
    pub(crate) fn best() -> Self {
        Self::available().next().unwrap_or(Self::Portable)
    }

    /// Every kernel that this machine can run, fastest first.
    fn available() -> impl Iterator<Item = Self> {
        #[cfg(target_arch = "x86_64")]
        let special = [
            avx512::Vnni::detect().map(Self::Avx512),
            avx2::Vnni::detect().map(Self::AvxVnni),
            avx2::Plain::detect().map(Self::Avx2),
        ];
        #[cfg(target_arch = "aarch64")]
        let special = [neon::DotProduct::detect().map(Self::Neon)];
        #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
        let special = [None];
        special.into_iter().flatten().chain([Self::Portable])
    }

    /// Its name, for people.
    pub(crate) fn name(self) -> &'static str {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(_) => "AVX-512 VNNI",
            #[cfg(target_arch = "x86_64")]
            Self::AvxVnni(_) => "AVX-VNNI",
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(_) => "AVX2",
            #[cfg(target_arch = "aarch64")]
            Self::Neon(_) => "NEON dot product",
            Self::Portable => "portable",
        }
    }

    /// Multiplies as fast as this machine can, without any memory; how many multiplications and additions that were.
    /// None where no instruction multiplies bytes and adds them up.
    pub(crate) fn saturate(self) -> Option<u64> {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(kernel) => Some(kernel.saturate()),
            #[cfg(target_arch = "x86_64")]
            Self::AvxVnni(kernel) => Some(kernel.saturate()),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(_) => None,
            #[cfg(target_arch = "aarch64")]
            Self::Neon(kernel) => Some(kernel.saturate()),
            Self::Portable => None,
        }
    }

    /// Finishes `rows · weights + bias` into `out`, `[rows, outputs]`. `panels` are those that `weights` was packed into.
    pub(crate) fn multiply(
        self,
        rows: &QuantizedRows,
        weights: &Packed,
        panels: &[u8],
        finish: Finish,
        out: &mut [f32],
    ) {
        let product = Product::new(rows, weights, panels, finish);
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(kernel) => kernel.multiply(&product, out),
            #[cfg(target_arch = "x86_64")]
            Self::AvxVnni(kernel) => kernel.multiply(&product, out),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(kernel) => kernel.multiply(&product, out),
            #[cfg(target_arch = "aarch64")]
            Self::Neon(kernel) => kernel.multiply(&product, out),
            Self::Portable => portable::multiply(&product, out),
        }
    }
}

#[cfg(test)]
mod tests;
