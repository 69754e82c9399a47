//! AVX2: one instruction multiplies two weights of each of eight rows and adds the two.

use std::arch::x86_64::*;

use super::super::{LANES, Rounded, Tile};

/// Rows that are multiplied while two weights of eight rows stand in a register.
const TOGETHER: usize = 4;

pub(super) fn runs() -> bool {
    is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("fma")
        && is_x86_feature_detected!("f16c")
}

pub(super) fn strip(tiles: &[Tile], inputs: &Rounded, out: &mut [f32]) {
    let rows = inputs.rows();
    assert!(out.len() >= rows * LANES && tiles.len() * super::BLOCK == inputs.columns());
    let mut row = 0;
    while row < rows {
        // SAFETY: this kernel is chosen only where `runs` has said so, and rows and tiles are within
        // what was asserted.
        unsafe {
            row += match rows - row {
                TOGETHER.. => some::<TOGETHER>(tiles, inputs, row, out),
                _ => some::<1>(tiles, inputs, row, out),
            };
        }
    }
}

/// Multiplies `ROWS` rows from `first` on; returns how many those are.
///
/// # Safety
///
/// The processor must have the instructions, and `inputs` and `out` that many rows of `tiles` blocks.
#[target_feature(enable = "avx2,fma,f16c")]
unsafe fn some<const ROWS: usize>(
    tiles: &[Tile],
    inputs: &Rounded,
    first: usize,
    out: &mut [f32],
) -> usize {
    let blocks = tiles.len();
    for half in 0..2 {
        let mut sums = [_mm256_setzero_ps(); ROWS];
        for (place, tile) in tiles.iter().enumerate() {
            let mut whole = [_mm256_setzero_si256(); ROWS];
            for (pair, weights) in tile.weights.iter().enumerate() {
                // SAFETY: a pair of eight rows has 16 weights.
                let weights = unsafe { _mm_loadu_si128(weights[8 * half..].as_ptr().cast()) };
                let weights = _mm256_cvtepi8_epi16(weights);
                for (row, whole) in whole.iter_mut().enumerate() {
                    let at = ((first + row) * blocks + place) * super::BLOCK + 2 * pair;
                    // SAFETY: a block of every row has 32 numbers.
                    let two = unsafe {
                        inputs
                            .numbers
                            .as_ptr()
                            .add(at)
                            .cast::<i32>()
                            .read_unaligned()
                    };
                    let products = _mm256_madd_epi16(weights, _mm256_set1_epi32(two));
                    *whole = _mm256_add_epi32(*whole, products);
                }
            }
            // SAFETY: half of the scales are eight.
            let scales = unsafe { _mm_loadu_si128(tile.scales[8 * half..].as_ptr().cast()) };
            let scales = _mm256_cvtph_ps(scales);
            for (row, (sum, whole)) in sums.iter_mut().zip(whole).enumerate() {
                // SAFETY: every block of every row has a scale.
                let scale = unsafe { *inputs.scales.get_unchecked((first + row) * blocks + place) };
                let scale = _mm256_mul_ps(scales, _mm256_set1_ps(scale));
                *sum = _mm256_fmadd_ps(scale, _mm256_cvtepi32_ps(whole), *sum);
            }
        }
        for (row, sum) in sums.into_iter().enumerate() {
            // SAFETY: `out` has sixteen numbers for every row.
            unsafe {
                let at = out.as_mut_ptr().add((first + row) * LANES + 8 * half);
                _mm256_storeu_ps(at, sum);
            }
        }
    }
    ROWS
}
