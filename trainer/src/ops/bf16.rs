//! Products of activations with frozen weights in `bf16`, for CPUs with AVX-512 BF16.
//!
//! A frozen weight never changes, so it is rounded and laid out for the inner loop once, when a run
//! begins. The activations are rounded as they come; sums are in `f32`. One instruction multiplies
//! thirty-two pairs, twice as many as in `f32`, and half as many bytes pass through the caches.

use super::{Combine, Matrix, Values};
use candle_core::{Result, Tensor};
use rayon::prelude::*;
use std::cell::Cell;
use std::sync::Arc;

/// Rows of the result that are computed together.
const ROWS: usize = 12;
/// Columns of the result that are computed together: two vectors.
const COLUMNS: usize = 32;
/// Values in a vector.
const LANES: usize = 16;
/// Pairs of the inner dimension that are gone through at once, so that a panel of the weight, and the
/// rows that meet it, stay in a core's second-level cache.
const DEPTH: usize = 768;
/// Blocks of rows that meet a panel before the next one is fetched.
const TALL: usize = 12;
/// Panels in a piece of work.
const WIDE: usize = 16;

/// Whether this CPU has the instructions.
pub fn available() -> bool {
    #[cfg(target_arch = "x86_64")]
    {
        is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512bf16")
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        false
    }
}

/// One vector of pairs, or of `f32`, as bits; a cache line.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct Line([u32; LANES]);

const EMPTY: Line = Line([0; LANES]);

/// A frozen matrix `[k, n]`, the right operand of a product, rounded to `bf16`.
///
/// It lies in panels of thirty-two columns; in a panel, one row after the other of pairs
/// `(2i, 2i + 1)` of the inner dimension.
pub struct Packed {
    n: usize,
    k: usize,
    lines: Vec<Line>,
}

/// The bits of the nearest `bf16`; of two equally near ones that with an even last bit.
fn rounded(value: f32) -> u32 {
    let bits = value.to_bits();
    if value.is_nan() {
        return 0x7fc0;
    }
    (bits + 0x7fff + ((bits >> 16) & 1)) >> 16
}

impl Packed {
    /// Rounds and lays out `b`; `None` where the CPU lacks the instructions to use it.
    pub(crate) fn new(b: Matrix<'_>, k: usize, n: usize) -> Option<Self> {
        if !available() {
            return None;
        }
        assert!(b.data.len() >= b.reach(k, n), "the matrix is too small");
        let pairs = k.div_ceil(2);
        let mut lines = vec![EMPTY; pairs * n.div_ceil(COLUMNS) * 2];
        let at = |row: usize, column: usize| match row < k && column < n {
            true => rounded(b.data[row * b.row + column * b.column]),
            false => 0,
        };
        lines
            .par_chunks_exact_mut((pairs * 2).max(1))
            .enumerate()
            .for_each(|(panel, lines)| {
                for (i, line) in lines.iter_mut().enumerate() {
                    let column = panel * COLUMNS + i % 2 * LANES;
                    let row = i / 2 * 2;
                    for (j, pair) in line.0.iter_mut().enumerate() {
                        *pair = at(row, column + j) | (at(row + 1, column + j) << 16);
                    }
                }
            });
        Some(Packed { n, k, lines })
    }

    fn pairs(&self) -> usize {
        self.k.div_ceil(2)
    }
}

/// A frozen weight `[out, in]` for both of its products.
pub struct Rounded {
    /// For `x·Wᵀ`.
    pub(crate) forward: Packed,
    /// For `dy·W`.
    pub(crate) backward: Packed,
}

impl Rounded {
    /// Rounds a weight; `None` where the CPU lacks the instructions to use it.
    pub fn new(weight: &Tensor) -> Result<Option<Arc<Self>>> {
        let (output, input) = weight.dims2()?;
        let values = Values::of(weight);
        let values = values.get()?;
        let forward = Packed::new(Matrix::transposed(values, input), input, output);
        let backward = Packed::new(Matrix::rows(values, input), output, input);
        Ok(forward
            .zip(backward)
            .map(|(forward, backward)| Arc::new(Rounded { forward, backward })))
    }
}

/// A product of low rank in `f32` that is added while the sums are still in registers:
/// `scale * left[m, rank] · right[rank, n]`.
#[derive(Clone, Copy)]
pub(crate) struct Low<'a> {
    pub left: &'a [f32],
    pub right: Matrix<'a>,
    pub rank: usize,
    pub scale: f32,
}

/// The left operands of a product, in blocks of rows; in a block one column after the other.
struct Blocks<'a> {
    /// Rounded pairs.
    pairs: &'a [u32],
    /// The left operand of the product of low rank.
    low: &'a [f32],
    rank: usize,
}

thread_local! {
    /// Room for the rounded activations, kept because fresh pages cost as much as filling them.
    static ROOM: Cell<Vec<u32>> = const { Cell::new(Vec::new()) };
}

/// `to[m, n] = x[m, k] · w (+ low)`, or `+=`. All are row-major without gaps.
pub(crate) fn product(
    to: &mut [f32],
    x: &[f32],
    m: usize,
    w: &Packed,
    low: Option<Low<'_>>,
    into: Combine,
) {
    assert!(available(), "the CPU lacks AVX-512 BF16");
    assert!(to.len() >= m * w.n, "the destination is too small");
    assert!(x.len() >= m * w.k, "the left operand is too small");
    if m == 0 || w.n == 0 {
        return;
    }
    let blocks = m.div_ceil(ROWS);
    let (low_rows, low_panels) = low.map_or((vec![], vec![]), |low| {
        (low_rows(low, m), low_panels(low, w.n))
    });
    let rank = low.map_or(0, |low| low.rank);
    let mut packed = ROOM.take();
    let len = blocks * ROWS * w.pairs();
    if packed.len() < len {
        packed.resize(len, 0);
    }
    if w.k > 0 {
        packed[..len]
            .par_chunks_exact_mut(ROWS * w.pairs())
            .zip(x.par_chunks(ROWS * w.k))
            .for_each(|(to, x)| x86::round_block(to, x, w.k));
    }
    let left = Blocks {
        pairs: &packed[..len],
        low: &low_rows,
        rank,
    };
    let shared = Destination {
        start: to.as_mut_ptr(),
        m,
        n: w.n,
    };
    let panels = w.n.div_ceil(COLUMNS);
    let (tall, wide) = (blocks.div_ceil(TALL), panels.div_ceil(WIDE));
    (0..tall * wide).into_par_iter().for_each(|piece| {
        let (row, column) = (piece / wide * TALL, piece % wide * WIDE);
        let rows = row..blocks.min(row + TALL);
        let columns = column..panels.min(column + WIDE);
        for from in (0..w.pairs().max(1)).step_by(DEPTH) {
            let depth = from..w.pairs().min(from + DEPTH);
            for panel in columns.clone() {
                for block in rows.clone() {
                    let first = from == 0;
                    let last = depth.end == w.pairs();
                    let add = !first || into == Combine::Add;
                    let rank = if last { left.rank } else { 0 };
                    x86::tile(
                        &shared,
                        (block, panel),
                        &left.pairs[(block * w.pairs() + depth.start) * ROWS..]
                            [..depth.len() * ROWS],
                        &w.lines[(panel * w.pairs() + depth.start) * 2..][..depth.len() * 2],
                        &left.low[block * rank * ROWS..][..rank * ROWS],
                        &low_panels[panel * rank * 2..][..rank * 2],
                        add,
                    );
                }
            }
        }
    });
    ROOM.set(packed);
}

/// `scale * left` in blocks of rows, missing rows as zeros.
fn low_rows(low: Low<'_>, m: usize) -> Vec<f32> {
    assert!(
        low.left.len() >= m * low.rank,
        "the left factor is too small"
    );
    let mut blocks = vec![0.0; m.div_ceil(ROWS) * ROWS * low.rank];
    for row in 0..m {
        let block = &mut blocks[row / ROWS * ROWS * low.rank..];
        for (i, value) in low.left[row * low.rank..][..low.rank].iter().enumerate() {
            block[i * ROWS + row % ROWS] = low.scale * value;
        }
    }
    blocks
}

/// `right` in panels of columns, missing columns as zeros.
fn low_panels(low: Low<'_>, n: usize) -> Vec<Line> {
    assert!(
        low.right.data.len() >= low.right.reach(low.rank, n),
        "the right factor is too small"
    );
    let mut panels = vec![EMPTY; n.div_ceil(COLUMNS) * 2 * low.rank];
    for column in 0..n {
        let (panel, place) = (column / COLUMNS, column % COLUMNS);
        for i in 0..low.rank {
            let value = low.right.data[i * low.right.row + column * low.right.column];
            panels[(panel * low.rank + i) * 2 + place / LANES].0[place % LANES] = value.to_bits();
        }
    }
    panels
}

/// The result, of which several threads write disjoint tiles.
struct Destination {
    start: *mut f32,
    m: usize,
    n: usize,
}

// SAFETY: `product` gives each tile to one thread, and tiles do not overlap.
unsafe impl Send for Destination {}
// SAFETY: as above.
unsafe impl Sync for Destination {}

#[cfg(not(target_arch = "x86_64"))]
mod x86 {
    //! Never reached: `available` says no.

    use super::{Destination, Line};

    pub(super) fn round_block(_: &mut [u32], _: &[f32], _: usize) {}

    pub(super) fn tile(
        _: &Destination,
        _: (usize, usize),
        _: &[u32],
        _: &[Line],
        _: &[f32],
        _: &[Line],
        _: bool,
    ) {
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    //! The inner loops.

    use super::{COLUMNS, Destination, LANES, Line, ROWS, rounded};
    use std::arch::x86_64::*;

    /// Rounds up to twelve rows of `k` values into a block of pairs; missing rows become zeros.
    pub(super) fn round_block(to: &mut [u32], x: &[f32], k: usize) {
        assert_eq!(to.len(), ROWS * k.div_ceil(2));
        let rows = x.len() / k;
        for (row, x) in x.chunks_exact(k).enumerate() {
            // SAFETY: `product` has checked that the CPU has the instructions.
            unsafe { round_row(&mut to[row..], x) };
        }
        if rows < ROWS {
            to.chunks_exact_mut(ROWS)
                .for_each(|column| column[rows..].fill(0));
        }
    }

    /// Rounds one row into every twelfth place.
    #[target_feature(enable = "avx512f,avx512bf16")]
    fn round_row(to: &mut [u32], x: &[f32]) {
        let mut places = to.chunks_mut(ROWS);
        let mut chunks = x.chunks_exact(2 * LANES);
        for chunk in &mut chunks {
            let mut pairs = [0u32; LANES];
            // SAFETY: the chunk has thirty-two values, and `pairs` is as large as a vector.
            unsafe {
                let low = _mm512_loadu_ps(chunk.as_ptr());
                let high = _mm512_loadu_ps(chunk.as_ptr().add(LANES));
                let both: __m512i = std::mem::transmute(_mm512_cvtne2ps_pbh(high, low));
                _mm512_storeu_si512(pairs.as_mut_ptr().cast(), both);
            }
            for (pair, place) in pairs.iter().zip(&mut places) {
                place[0] = *pair;
            }
        }
        for (pair, place) in chunks.remainder().chunks(2).zip(places) {
            place[0] = rounded(pair[0]) | pair.get(1).map_or(0, |v| rounded(*v) << 16);
        }
    }

    /// One tile of the result: `a` is a block of rows, `b` a panel, the other two are those of the
    /// product of low rank.
    pub(super) fn tile(
        to: &Destination,
        (block, panel): (usize, usize),
        a: &[u32],
        b: &[Line],
        low_a: &[f32],
        low_b: &[Line],
        add: bool,
    ) {
        let (row, column) = (block * ROWS, panel * COLUMNS);
        assert!(row < to.m && column < to.n, "a tile lies outside");
        assert!(a.len() / ROWS == b.len() / 2 && low_a.len() / ROWS == low_b.len() / 2);
        // SAFETY: `product` has checked that the CPU has the instructions; the operands have equally
        // many columns and rows, and the tile begins inside and is cut to what is left there.
        unsafe {
            let start = to.start.add(row * to.n + column);
            let size = (ROWS.min(to.m - row), COLUMNS.min(to.n - column));
            sum(start, to.n, size, a, b, low_a, low_b, add);
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "an inner loop takes its operands apart"
    )]
    #[target_feature(enable = "avx512f,avx512bf16")]
    unsafe fn sum(
        to: *mut f32,
        stride: usize,
        (rows, columns): (usize, usize),
        a: &[u32],
        b: &[Line],
        low_a: &[f32],
        low_b: &[Line],
        add: bool,
    ) {
        let mut sums = [[_mm512_setzero_ps(); 2]; ROWS];
        // SAFETY: the pointers go through the slices, whose lengths `tile` has compared.
        unsafe {
            let (mut left, mut right) = (a.as_ptr(), b.as_ptr());
            for _ in 0..a.len() / ROWS {
                let first: __m512bh = std::mem::transmute(_mm512_load_si512(right.cast()));
                let second: __m512bh = std::mem::transmute(_mm512_load_si512(right.add(1).cast()));
                for (row, sums) in sums.iter_mut().enumerate() {
                    let pair = _mm512_set1_epi32(*left.add(row) as i32);
                    let pair: __m512bh = std::mem::transmute(pair);
                    sums[0] = _mm512_dpbf16_ps(sums[0], pair, first);
                    sums[1] = _mm512_dpbf16_ps(sums[1], pair, second);
                }
                left = left.add(ROWS);
                right = right.add(2);
            }
            let (mut left, mut right) = (low_a.as_ptr(), low_b.as_ptr());
            for _ in 0..low_a.len() / ROWS {
                let first = _mm512_load_ps(right.cast());
                let second = _mm512_load_ps(right.add(1).cast());
                for (row, sums) in sums.iter_mut().enumerate() {
                    let value = _mm512_set1_ps(*left.add(row));
                    sums[0] = _mm512_fmadd_ps(value, first, sums[0]);
                    sums[1] = _mm512_fmadd_ps(value, second, sums[1]);
                }
                left = left.add(ROWS);
                right = right.add(2);
            }
        }
        let full = columns == COLUMNS;
        let mask = (1u64 << columns) - 1;
        let masks = [mask as u16, (mask >> LANES) as u16];
        for (row, sums) in sums.iter().enumerate() {
            if row < rows {
                for (half, sum) in sums.iter().enumerate() {
                    // SAFETY: the caller promises `rows` rows of `columns` values at `to`, and the
                    // mask covers no more than these.
                    unsafe {
                        let place = to.wrapping_add(row * stride + half * LANES);
                        if full {
                            let before = if add {
                                _mm512_loadu_ps(place)
                            } else {
                                _mm512_setzero_ps()
                            };
                            _mm512_storeu_ps(place, _mm512_add_ps(*sum, before));
                        } else {
                            let before = _mm512_setzero_ps();
                            let before = if add {
                                _mm512_mask_loadu_ps(before, masks[half], place)
                            } else {
                                before
                            };
                            _mm512_mask_storeu_ps(place, masks[half], _mm512_add_ps(*sum, before));
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::difference::noise;
    use super::super::linear::lora_linear;
    use super::super::loss::cross_entropy;
    use super::*;
    use rand::{Rng, SeedableRng};

    /// Says so where the CPU cannot run a test.
    fn skip() -> bool {
        if !available() {
            eprintln!("skipped: this CPU lacks AVX-512 BF16");
        }
        !available()
    }

    fn values(seed: u64, len: usize) -> Vec<f32> {
        noise(seed, &[len]).to_vec1().unwrap()
    }

    /// Rounded as the product rounds.
    fn round(value: f32) -> f64 {
        f64::from(f32::from_bits(rounded(value) << 16))
    }

    #[test]
    fn rounds_to_the_nearest_and_ties_to_even() {
        for (value, bits) in [
            (1.0, 0x3f80),
            (-2.5, 0xc020),
            (f32::from_bits(0x3f80_8000), 0x3f80),
            (f32::from_bits(0x3f80_8001), 0x3f81),
            (f32::from_bits(0x3f81_8000), 0x3f82),
            (f32::INFINITY, 0x7f80),
            (f32::NAN, 0x7fc0),
        ] {
            assert_eq!(rounded(value), bits, "{value}");
        }
    }

    /// Compares one product with the same one of rounded operands in `f64`.
    fn compare((m, n, k, rank): (usize, usize, usize, usize), seed: u64, into: Combine) {
        let (x, w) = (values(seed, m * k), values(seed + 1, n * k));
        let (left, right) = (values(seed + 2, m * rank), values(seed + 3, rank * n));
        let low = Low {
            left: &left,
            right: Matrix::rows(&right, n),
            rank,
            scale: 0.5,
        };
        let packed = [
            Packed::new(Matrix::transposed(&w, k), k, n).unwrap(),
            Packed::new(Matrix::rows(&w, n), k, n).unwrap(),
        ];
        for (turned, packed) in packed.iter().enumerate() {
            let mut to = vec![3.0; m * n + 1];
            product(&mut to, &x, m, packed, (rank > 0).then_some(low), into);
            assert_eq!(to[m * n], 3.0, "wrote behind the end");
            for i in 0..m {
                for j in 0..n {
                    let mut exact = if into == Combine::Add { 3.0 } else { 0.0 };
                    let mut size = 1.0;
                    for q in 0..k {
                        let w = w[if turned == 0 { j * k + q } else { q * n + j }];
                        let part = round(x[i * k + q]) * round(w);
                        exact += part;
                        size += part.abs();
                    }
                    for q in 0..rank {
                        exact += 0.5 * f64::from(left[i * rank + q] * right[q * n + j]);
                    }
                    let got = f64::from(to[i * n + j]);
                    assert!(
                        (got - exact).abs() <= 1e-5 * size,
                        "{m}x{n}x{k} rank {rank} at {i},{j}: {got} {exact}"
                    );
                }
            }
        }
    }

    #[test]
    fn products_equal_those_of_rounded_operands() {
        if skip() {
            return;
        }
        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(1);
        for round in 0..60 {
            let shape = (
                random.random_range(1..40),
                random.random_range(1..70),
                random.random_range(1..130),
                random.random_range(0..6),
            );
            let into = [Combine::Overwrite, Combine::Add][round as usize % 2];
            compare(shape, 10 * round, into);
        }
    }

    #[test]
    fn long_and_wide_products_are_put_together_from_pieces() {
        if skip() {
            return;
        }
        // More than two stretches of the inner dimension, more than one piece in each direction.
        compare((13, 33, 4 * DEPTH + 3, 4), 1, Combine::Add);
        compare((ROWS * TALL + 5, 7, 9, 2), 2, Combine::Overwrite);
        compare((3, COLUMNS * WIDE + 40, 9, 2), 3, Combine::Overwrite);
    }

    /// `|a - b| / |b|` over all elements.
    fn difference(a: &Tensor, b: &Tensor) -> f32 {
        let length = |t: Tensor| -> f32 {
            let sum = t.sqr().unwrap().sum_all().unwrap();
            sum.to_scalar::<f32>().unwrap().sqrt()
        };
        length((a - b).unwrap()) / length(b.clone())
    }

    #[test]
    fn layers_and_gradients_are_close_to_those_in_f32() {
        if skip() {
            return;
        }
        let (x, w) = (noise(1, &[37, 50]), noise(2, &[70, 50]));
        let (a, b) = (noise(3, &[4, 50]), noise(4, &[70, 4]));
        let rounded = Rounded::new(&w).unwrap();
        let vars = [&x, &a, &b].map(|t| candle_core::Var::from_tensor(t).unwrap());
        let run = |rounded| {
            let y = lora_linear(&vars[0], (&w, rounded), &vars[1], &vars[2], 0.5).unwrap();
            let weights = noise(5, y.dims());
            let store = (&y * weights)
                .unwrap()
                .sum_all()
                .unwrap()
                .backward()
                .unwrap();
            let mut all = vec![y];
            all.extend(vars.iter().map(|v| store.get(v).unwrap().clone()));
            all
        };
        for (rough, exact) in run(rounded.as_ref()).iter().zip(run(None)) {
            assert!(difference(rough, &exact) < 4e-3);
        }
        let targets: Vec<u32> = (0..37).map(|i| i * 7 % 70).collect();
        let run = |rounded| {
            let loss = cross_entropy(&vars[0], (&w, rounded), &targets, &vec![0.1; targets.len()])
                .unwrap();
            let store = loss.backward().unwrap();
            [loss, store.get(&vars[0]).unwrap().clone()]
        };
        for (rough, exact) in run(rounded.as_ref()).iter().zip(run(None)) {
            assert!(difference(rough, &exact) < 1e-2);
        }
    }
}
