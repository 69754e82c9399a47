//! The product of sixteen rows of weights with rounded rows, in the instructions of the processor.
//!
//! Sums of a block are exact, and blocks are added in their order with fused multiply-adds, so all
//! kernels give the same numbers.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;

use half::f16;

use super::{BLOCK, LANES, Rounded, Tile};

/// Which instructions multiply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kernel {
    /// What every processor has.
    Portable,
    /// AVX2, FMA and F16C: x86-64 since 2013.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// AVX-512 with VNNI: servers since 2019.
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl Kernel {
    /// The kernels that run on this processor, the best first.
    pub fn available() -> Vec<Kernel> {
        let mut kernels = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            if avx512::runs() {
                kernels.push(Kernel::Avx512);
            }
            if avx2::runs() {
                kernels.push(Kernel::Avx2);
            }
        }
        kernels.push(Kernel::Portable);
        kernels
    }

    /// The best for this processor.
    pub fn best() -> Kernel {
        Kernel::available()
            .first()
            .copied()
            .unwrap_or(Kernel::Portable)
    }

    /// Multiplies all rows with sixteen rows of weights; `out` holds sixteen numbers for each row.
    pub(super) fn strip(self, tiles: &[Tile], inputs: &Rounded, out: &mut [f32]) {
        match self {
            Kernel::Portable => portable(tiles, inputs, out),
            #[cfg(target_arch = "x86_64")]
            Kernel::Avx2 => avx2::strip(tiles, inputs, out),
            #[cfg(target_arch = "x86_64")]
            Kernel::Avx512 => avx512::strip(tiles, inputs, out),
        }
    }
}

fn portable(tiles: &[Tile], inputs: &Rounded, out: &mut [f32]) {
    let rows = inputs.numbers.chunks_exact(inputs.columns());
    let scales = inputs.scales.chunks_exact(tiles.len());
    for ((row, scales), out) in rows.zip(scales).zip(out.chunks_exact_mut(LANES)) {
        let mut sums = [0.0_f32; LANES];
        let blocks = row.chunks_exact(BLOCK).zip(scales);
        for (tile, (numbers, scale)) in tiles.iter().zip(blocks) {
            let mut whole = [0_i32; LANES];
            for (pair, numbers) in tile.weights.iter().zip(numbers.chunks_exact(2)) {
                for (whole, weights) in whole.iter_mut().zip(pair) {
                    for (weight, number) in weights.iter().zip(numbers) {
                        *whole += i32::from(*weight) * i32::from(*number);
                    }
                }
            }
            for ((sum, whole), weight) in sums.iter_mut().zip(whole).zip(tile.scales) {
                let scale = f16::from_bits(weight).to_f32() * scale;
                *sum = scale.mul_add(whole as f32, *sum);
            }
        }
        out.copy_from_slice(&sums);
    }
}
