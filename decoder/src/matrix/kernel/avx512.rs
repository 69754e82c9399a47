//! AVX-512 with VNNI: one instruction multiplies and adds two weights of each of sixteen rows.

use std::arch::x86_64::*;

use super::super::{LANES, Rounded, Tile};

/// Rows that are multiplied while two weights of sixteen rows stand in a register.
const TOGETHER: usize = 8;

pub(super) fn runs() -> bool {
    is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512vnni")
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
                4.. => some::<4>(tiles, inputs, row, out),
                2.. => some::<2>(tiles, inputs, row, out),
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
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
unsafe fn some<const ROWS: usize>(
    tiles: &[Tile],
    inputs: &Rounded,
    first: usize,
    out: &mut [f32],
) -> usize {
    let blocks = tiles.len();
    let mut sums = [_mm512_setzero_ps(); ROWS];
    for (place, tile) in tiles.iter().enumerate() {
        let mut whole = [_mm512_setzero_si512(); ROWS];
        for (pair, weights) in tile.weights.iter().enumerate() {
            // SAFETY: a pair of sixteen rows has 32 weights.
            let weights = unsafe { _mm256_loadu_si256(weights.as_ptr().cast()) };
            let weights = _mm512_cvtepi8_epi16(weights);
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
                *whole = _mm512_dpwssd_epi32(*whole, weights, _mm512_set1_epi32(two));
            }
        }
        // SAFETY: a tile has sixteen scales.
        let scales = unsafe { _mm256_loadu_si256(tile.scales.as_ptr().cast()) };
        let scales = _mm512_cvtph_ps(scales);
        for (row, (sum, whole)) in sums.iter_mut().zip(whole).enumerate() {
            // SAFETY: every block of every row has a scale.
            let scale = unsafe { *inputs.scales.get_unchecked((first + row) * blocks + place) };
            let scale = _mm512_mul_ps(scales, _mm512_set1_ps(scale));
            *sum = _mm512_fmadd_ps(scale, _mm512_cvtepi32_ps(whole), *sum);
        }
    }
    for (row, sum) in sums.into_iter().enumerate() {
        // SAFETY: `out` has sixteen numbers for every row.
        unsafe { _mm512_storeu_ps(out.as_mut_ptr().add((first + row) * LANES), sum) };
    }
    ROWS
}
