//! Rows that are rounded to 16 bits before they are multiplied.
//!
//! Other engines round them to 8 bits, as the weights are. That is a noise which training did not see: of
//! random models it moves the scores by three hundredths, where 16 bits move them by a ten-thousandth, at
//! the same speed while writing.

use super::BLOCK;

/// The largest number. Products of 32 such with the largest weights fit into 32 bits together.
const MOST: f32 = 32767.0;

/// Rows of whole numbers of 16 bits, with a scale for every 32 of them.
#[derive(Default)]
pub struct Rounded {
    rows: usize,
    columns: usize,
    pub(super) numbers: Vec<i16>,
    /// What one of each block stands for.
    pub(super) scales: Vec<f32>,
}

impl Rounded {
    pub fn rows(&self) -> usize {
        self.rows
    }

    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Rounds rows of this many columns, a multiple of 32.
    pub fn round(&mut self, rows: &[f32], columns: usize) {
        debug_assert!(columns.is_multiple_of(BLOCK) && rows.len().is_multiple_of(columns));
        self.rows = rows.len() / columns;
        self.columns = columns;
        self.numbers.resize(rows.len(), 0);
        self.scales.resize(rows.len() / BLOCK, 0.0);
        let blocks = rows.chunks_exact(BLOCK);
        let numbers = self.numbers.chunks_exact_mut(BLOCK);
        for ((block, numbers), scale) in blocks.zip(numbers).zip(&mut self.scales) {
            let most = block.iter().fold(0.0_f32, |most, x| most.max(x.abs()));
            *scale = most / MOST;
            let per_one = if most > 0.0 { MOST / most } else { 0.0 };
            for (number, x) in numbers.iter_mut().zip(block) {
                *number = (x * per_one).round_ties_even() as i16;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_have_scales_of_their_own() {
        let mut rows = vec![0.0; 96];
        rows[0] = -2.0;
        rows[1] = 1.0;
        rows[32] = 127.0;
        let mut rounded = Rounded::default();
        rounded.round(&rows, 96);
        assert_eq!((rounded.rows(), rounded.columns()), (1, 96));
        assert_eq!(rounded.numbers[..3], [-32767, 16384, 0]);
        assert_eq!(rounded.numbers[32], 32767);
        assert_eq!(rounded.scales, [2.0 / MOST, 127.0 / MOST, 0.0]);
    }
}
