//! A matrix of 8-bit weights, and its product with several rows at once.
//!
//! The values are those of a `Q8_0` tensor of a GGUF file (`ggml/src/ggml-quants.c`): blocks of 32
//! weights with one scale each. What is multiplied is rounded to 16 bits ([`Rounded`]), so that a product
//! is one of whole numbers within a block. The blocks of sixteen rows of weights stand together, two
//! weights of one row after two of the next: one instruction then works for sixteen results, and weights
//! are read once for all rows that are multiplied.

mod kernel;
mod rounded;

use half::f16;
use rayon::prelude::*;

pub use kernel::Kernel;
pub use rounded::Rounded;

/// Weights in a block.
pub const BLOCK: usize = 32;

/// Rows of weights that stand together.
pub const LANES: usize = 16;

/// Pairs of weights in a block.
const PAIRS: usize = BLOCK / 2;

/// Bytes of a block in a GGUF file: a scale of 16 bits and the weights.
pub const STORED: usize = 2 + BLOCK;

/// A block of each of sixteen rows.
#[derive(Clone)]
#[repr(C, align(32))]
pub(crate) struct Tile {
    scales: [u16; LANES],
    /// `weights[p][r][i]` is weight `2 p + i` of row `r`.
    weights: [[[i8; 2]; LANES]; PAIRS],
}

/// A matrix of `rows` by `columns` weights.
pub struct Matrix {
    rows: usize,
    columns: usize,
    tiles: Vec<Tile>,
    kernel: Kernel,
}

impl Matrix {
    /// Puts a matrix together from the rows of one or more `Q8_0` tensors with this many columns, as they
    /// stand in a GGUF file. `None` if the columns are no whole number of blocks or the bytes no whole
    /// number of rows.
    pub fn from_stored(tensors: &[Vec<u8>], columns: usize, kernel: Kernel) -> Option<Matrix> {
        let blocks = columns / BLOCK;
        let row_bytes = blocks * STORED;
        if blocks == 0 || !columns.is_multiple_of(BLOCK) {
            return None;
        }
        if tensors
            .iter()
            .any(|bytes| !bytes.len().is_multiple_of(row_bytes))
        {
            return None;
        }
        let stored: Vec<&[u8]> = tensors
            .iter()
            .flat_map(|bytes| bytes.chunks_exact(row_bytes))
            .collect();
        let empty = Tile {
            scales: [0; LANES],
            weights: [[[0; 2]; LANES]; PAIRS],
        };
        let mut tiles = vec![empty; stored.len().div_ceil(LANES) * blocks];
        tiles
            .par_chunks_mut(blocks)
            .zip(stored.par_chunks(LANES))
            .for_each(|(tiles, rows)| {
                for (lane, row) in rows.iter().enumerate() {
                    for (tile, block) in tiles.iter_mut().zip(row.chunks_exact(STORED)) {
                        tile.fill(lane, block);
                    }
                }
            });
        Some(Matrix {
            rows: stored.len(),
            columns,
            tiles,
            kernel,
        })
    }

    fn blocks(&self) -> usize {
        self.columns / BLOCK
    }

    /// The weights of one row.
    pub fn row(&self, row: usize, out: &mut [f32]) {
        let lane = row % LANES;
        let start = row / LANES * self.blocks();
        let tiles = self.tiles.iter().skip(start);
        for (tile, out) in tiles.zip(out.chunks_exact_mut(BLOCK)) {
            let scale = f16::from_bits(tile.scales[lane]).to_f32();
            for (pair, out) in tile.weights.iter().zip(out.chunks_exact_mut(2)) {
                for (out, weight) in out.iter_mut().zip(pair[lane]) {
                    *out = scale * f32::from(weight);
                }
            }
        }
    }

    /// Multiplies rows with every row of weights. Each number of the product is the same whatever other
    /// rows are multiplied beside it.
    pub fn product(&self, inputs: &Rounded, out: &mut Product) {
        debug_assert_eq!(inputs.columns(), self.columns);
        out.resize(inputs.rows(), self.rows);
        if inputs.rows() == 0 {
            return;
        }
        let blocks = self.blocks();
        let strip = inputs.rows() * LANES;
        // Strips in equal shares, so that no thread has to be woken twice.
        let strips = self.tiles.len() / blocks;
        let share = strips.div_ceil(rayon::current_num_threads().max(1));
        let shares = out.data.par_chunks_mut(share * strip);
        shares
            .zip(self.tiles.par_chunks(share * blocks))
            .for_each(|(out, tiles)| {
                let strips = out.chunks_exact_mut(strip).zip(tiles.chunks_exact(blocks));
                for (out, tiles) in strips {
                    self.kernel.strip(tiles, inputs, out);
                }
            });
    }
}

impl Tile {
    /// Puts a stored block into one lane.
    fn fill(&mut self, lane: usize, block: &[u8]) {
        let (scale, weights) = block.split_at(2);
        self.scales[lane] = u16::from_le_bytes([scale[0], scale[1]]);
        for (pair, bytes) in self.weights.iter_mut().zip(weights.chunks_exact(2)) {
            for (weight, byte) in pair[lane].iter_mut().zip(bytes) {
                *weight = i8::from_le_bytes([*byte]);
            }
        }
    }
}

/// A product, in strips of sixteen columns: first the numbers of all rows in the first strip.
#[derive(Default)]
pub struct Product {
    rows: usize,
    columns: usize,
    data: Vec<f32>,
}

impl Product {
    fn resize(&mut self, rows: usize, columns: usize) {
        (self.rows, self.columns) = (rows, columns);
        self.data
            .resize(columns.div_ceil(LANES) * rows * LANES, 0.0);
    }

    /// The pieces of a row, in order; the last may be longer than the row.
    pub fn pieces(&self, row: usize) -> impl Iterator<Item = &[f32]> {
        let strips = self.data.chunks_exact((self.rows * LANES).max(LANES));
        strips.map(move |strip| &strip[row * LANES..(row + 1) * LANES])
    }

    /// Copies a row.
    pub fn row(&self, row: usize, out: &mut [f32]) {
        for (out, piece) in out.chunks_mut(LANES).zip(self.pieces(row)) {
            out.copy_from_slice(&piece[..out.len()]);
        }
    }

    /// Adds a row to another.
    pub fn add_row(&self, row: usize, out: &mut [f32]) {
        for (out, piece) in out.chunks_mut(LANES).zip(self.pieces(row)) {
            for (out, more) in out.iter_mut().zip(piece) {
                *out += more;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{Rng, SeedableRng, rngs::SmallRng};

    fn numbers(count: usize, seed: u64) -> Vec<f32> {
        let mut random = SmallRng::seed_from_u64(seed);
        (0..count).map(|_| random.random_range(-1.0..1.0)).collect()
    }

    /// Stores rows as a GGUF file does.
    fn stored(rows: &[f32]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for block in rows.chunks_exact(BLOCK) {
            let most = block.iter().fold(0.0_f32, |most, x| most.max(x.abs()));
            let scale = f16::from_f32(most / 127.0);
            bytes.extend(scale.to_bits().to_le_bytes());
            let weight = |x: &f32| (x / scale.to_f32()).round() as i8;
            bytes.extend(block.iter().map(|x| weight(x).to_le_bytes()[0]));
        }
        bytes
    }

    fn product(kernel: Kernel, weights: &[Vec<u8>], columns: usize, rows: &[f32]) -> Vec<Vec<f32>> {
        let matrix = Matrix::from_stored(weights, columns, kernel).expect("a matrix");
        let mut rounded = Rounded::default();
        rounded.round(rows, columns);
        let mut out = Product::default();
        matrix.product(&rounded, &mut out);
        let row = |row| {
            let mut numbers = vec![0.0; matrix.rows];
            out.row(row, &mut numbers);
            numbers
        };
        (0..rows.len() / columns).map(row).collect()
    }

    #[test]
    fn weights_come_back() {
        let rows = numbers(20 * 64, 1);
        let matrix = Matrix::from_stored(&[stored(&rows)], 64, Kernel::Portable).expect("a matrix");
        assert_eq!((matrix.rows, matrix.columns), (20, 64));
        let mut row = vec![0.0; 64];
        for (number, expected) in rows.chunks(64).enumerate() {
            matrix.row(number, &mut row);
            for (a, b) in row.iter().zip(expected) {
                assert!((a - b).abs() < 0.005, "{a} {b}");
            }
        }
    }

    #[test]
    fn every_kernel_multiplies_alike_whatever_stands_beside() {
        let columns = 96;
        // Two tensors, whose rows together fill no whole number of tiles.
        let (first, second) = (numbers(24 * columns, 2), numbers(11 * columns, 3));
        let weights = [stored(&first), stored(&second)];
        let rows = numbers(7 * columns, 4);
        let all = product(Kernel::Portable, &weights, columns, &rows);
        for (row, product) in rows.chunks(columns).zip(&all) {
            let expected = first.chunks(columns).chain(second.chunks(columns));
            for (weights, got) in expected.zip(product) {
                let exact: f32 = weights.iter().zip(row).map(|(a, b)| a * b).sum();
                // The weights are rounded to 8 bits.
                assert!((exact - got).abs() < 0.1, "{exact} {got}");
            }
        }
        for kernel in Kernel::available() {
            assert_eq!(
                product(kernel, &weights, columns, &rows),
                all,
                "{kernel:?}, all rows"
            );
            for (row, expected) in rows.chunks(columns).zip(&all) {
                let alone = product(kernel, &weights, columns, row);
                assert_eq!(
                    alone,
                    std::slice::from_ref(expected),
                    "{kernel:?}, a row alone"
                );
            }
        }
    }

    #[test]
    fn the_largest_numbers_do_not_overflow() {
        let columns = 64;
        for sign in [-1.0, 1.0] {
            let weights = [stored(&vec![1.0; 16 * columns])];
            let rows = vec![sign; 5 * columns];
            for kernel in Kernel::available() {
                for got in product(kernel, &weights, columns, &rows).concat() {
                    assert!((got - sign * 64.0).abs() < 0.05, "{kernel:?} {got}");
                }
            }
        }
    }

    #[test]
    fn what_is_no_whole_matrix_is_refused() {
        let bytes = stored(&numbers(64, 5));
        assert!(Matrix::from_stored(std::slice::from_ref(&bytes), 48, Kernel::Portable).is_none());
        assert!(Matrix::from_stored(&[bytes[1..].to_vec()], 64, Kernel::Portable).is_none());
        assert!(Matrix::from_stored(&[bytes], 0, Kernel::Portable).is_none());
    }
}
