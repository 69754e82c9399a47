//! The fused operations of training: each is a candle custom operation with a backward pass written
//! by hand, for the CPU and, with the feature `cuda`, for NVIDIA GPUs.
//!
//! They exist for two reasons. Plain autograd computes gradients for the frozen weights as well,
//! half of the work of a `LoRA` step; and it keeps every intermediate value. Here a gradient exists
//! only for activations and adapters, and whatever is cheap to compute twice is not kept.
//!
//! All of them work on `f32` and on packed tokens: an activation is `[tokens, width]`, and
//! [`Packing`] says which tokens belong to one document.

pub mod adamw;
pub mod attention;
pub mod bf16;
#[cfg(feature = "cuda")]
pub mod cuda;
pub mod linear;
pub mod loss;
pub mod norm;
pub mod rope;
pub mod swiglu;

pub use attention::Packing;

use candle_core::{CpuStorage, Layout, Result, Shape, Storage, Tensor};
use std::sync::RwLockReadGuard;

/// The values of a contiguous CPU operand.
pub(crate) fn values<'a>(storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f32]> {
    let all = storage.as_slice::<f32>()?;
    match layout.contiguous_offsets() {
        Some((start, end)) => Ok(&all[start..end]),
        None => candle_core::bail!("a fused operation was given an operand that is not contiguous"),
    }
}

/// A read lock on a tensor's CPU values.
pub(crate) struct Values<'a> {
    storage: RwLockReadGuard<'a, Storage>,
    layout: &'a Layout,
}

impl<'a> Values<'a> {
    pub(crate) fn of(tensor: &'a Tensor) -> Self {
        let (storage, layout) = tensor.storage_and_layout();
        Values { storage, layout }
    }

    pub(crate) fn get(&self) -> Result<&[f32]> {
        match &*self.storage {
            Storage::Cpu(storage) => values(storage, self.layout),
            _ => candle_core::bail!("a CPU operation was given an operand on another device"),
        }
    }
}

/// Wraps computed values as a result of a custom operation.
pub(crate) fn result(values: Vec<f32>, shape: impl Into<Shape>) -> (CpuStorage, Shape) {
    (CpuStorage::F32(values), shape.into())
}

/// Uninitialised room for `len` values; every element is written before it is read.
pub(crate) fn room(len: usize) -> Vec<f32> {
    // Zeroed pages come from the kernel on first touch; writing zeros twice would cost bandwidth.
    vec![0.0; len]
}

/// A matrix stored in a slice, with the distances between its rows and between its columns.
#[derive(Clone, Copy)]
pub(crate) struct Matrix<'a> {
    pub data: &'a [f32],
    pub row: usize,
    pub column: usize,
}

impl<'a> Matrix<'a> {
    /// Row-major, `width` columns.
    pub(crate) fn rows(data: &'a [f32], width: usize) -> Self {
        Matrix {
            data,
            row: width,
            column: 1,
        }
    }

    /// The transpose of a row-major matrix of `width` columns.
    pub(crate) fn transposed(data: &'a [f32], width: usize) -> Self {
        Matrix {
            data,
            row: 1,
            column: width,
        }
    }

    fn reach(&self, rows: usize, columns: usize) -> usize {
        if rows == 0 || columns == 0 {
            0
        } else {
            (rows - 1) * self.row + (columns - 1) * self.column + 1
        }
    }
}

/// How the product is combined with what the destination holds.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Combine {
    Overwrite,
    Add,
}

/// `to[m, n] = scale * a[m, k] · b[k, n]`, or `+=`. The destination is row-major with `stride` between rows.
#[expect(
    clippy::too_many_arguments,
    reason = "a matrix product has that many numbers"
)]
pub(crate) fn product(
    to: &mut [f32],
    stride: usize,
    (m, n, k): (usize, usize, usize),
    a: Matrix<'_>,
    b: Matrix<'_>,
    scale: f32,
    into: Combine,
    threads: usize,
) {
    if m == 0 || n == 0 {
        return;
    }
    assert!(
        to.len() >= (m - 1) * stride + n,
        "the destination is too small"
    );
    assert!(
        a.data.len() >= a.reach(m, k),
        "the left operand is too small"
    );
    assert!(
        b.data.len() >= b.reach(k, n),
        "the right operand is too small"
    );
    let parallelism = if threads > 1 {
        gemm::Parallelism::Rayon(threads)
    } else {
        gemm::Parallelism::None
    };
    // SAFETY: the three asserts above keep every access inside its slice, and `to` is borrowed
    // mutably, so that it overlaps neither operand.
    unsafe {
        gemm::gemm(
            m,
            n,
            k,
            to.as_mut_ptr(),
            1,
            stride as isize,
            into == Combine::Add,
            a.data.as_ptr(),
            a.column as isize,
            a.row as isize,
            b.data.as_ptr(),
            b.column as isize,
            b.row as isize,
            1.0,
            scale,
            false,
            false,
            false,
            parallelism,
        );
    }
}

/// How many threads a matrix product may use.
pub(crate) fn threads() -> usize {
    rayon::current_num_threads()
}

/// `e^x` by a polynomial that the compiler turns into vector code; relative error below 1e-6.
#[inline(always)]
pub(crate) fn exp(x: f32) -> f32 {
    let x = x.clamp(-87.0, 88.0);
    // x = n·ln 2 + r, with r in ±ln 2 / 2; ln 2 is split in two so that r is exact.
    let n = (x * std::f32::consts::LOG2_E).round_ties_even();
    let r = n.mul_add(-0.693_359_4, x);
    let r = n.mul_add(2.121_944_4e-4, r);
    let p = 1.987_569_1e-4_f32;
    let p = p.mul_add(r, 1.398_199_9e-3);
    let p = p.mul_add(r, 8.333_452e-3);
    let p = p.mul_add(r, 4.166_579_6e-2);
    let p = p.mul_add(r, 1.666_666_5e-1);
    let p = p.mul_add(r, 0.5);
    let p = (p * r).mul_add(r, r) + 1.0;
    p * f32::from_bits((((n as i32) + 127) << 23) as u32)
}

/// The largest value of a row, found in sixteen lanes at once.
pub(crate) fn largest(row: &[f32]) -> f32 {
    let mut lanes = [f32::NEG_INFINITY; 16];
    let mut chunks = row.chunks_exact(16);
    for chunk in &mut chunks {
        for (lane, value) in lanes.iter_mut().zip(chunk) {
            *lane = if *value > *lane { *value } else { *lane };
        }
    }
    let rest = chunks.remainder();
    lanes
        .iter()
        .chain(rest)
        .fold(f32::NEG_INFINITY, |a, b| a.max(*b))
}

/// Replaces each value `v` of a row by `e^(v - shift)` and returns the sum, in sixteen lanes at once.
pub(crate) fn exponentials(row: &mut [f32], shift: f32) -> f32 {
    let mut lanes = [0.0f32; 16];
    let mut chunks = row.chunks_exact_mut(16);
    for chunk in &mut chunks {
        for (lane, value) in lanes.iter_mut().zip(chunk) {
            *value = exp(*value - shift);
            *lane += *value;
        }
    }
    let mut sum: f32 = lanes.iter().sum();
    for value in chunks.into_remainder() {
        *value = exp(*value - shift);
        sum += *value;
    }
    sum
}

/// The inner product of two rows, in sixteen lanes at once.
pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0.0f32; 16];
    let (mut left, mut right) = (a.chunks_exact(16), b.chunks_exact(16));
    for (x, y) in (&mut left).zip(&mut right) {
        for ((lane, x), y) in lanes.iter_mut().zip(x).zip(y) {
            *lane = x.mul_add(*y, *lane);
        }
    }
    let rest: f32 = left
        .remainder()
        .iter()
        .zip(right.remainder())
        .map(|(x, y)| x * y)
        .sum();
    lanes.iter().sum::<f32>() + rest
}

#[cfg(test)]
pub(crate) mod difference {
    //! Compares a backward pass with finite differences of the forward pass.

    use candle_core::{Device, Result, Tensor, Var};
    use rand::{Rng, SeedableRng};

    /// Seeded values in ±1.
    pub(crate) fn noise(seed: u64, shape: &[usize]) -> Tensor {
        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
        let values: Vec<f32> = (0..shape.iter().product())
            .map(|_| random.random_range(-1.0..1.0))
            .collect();
        Tensor::from_vec(values, shape, &Device::Cpu).unwrap()
    }

    /// Checks the gradient of `sum(weights * f(inputs))` at every `step`-th element of each input.
    pub(crate) fn check(inputs: &[Tensor], step: usize, f: impl Fn(&[Tensor]) -> Result<Tensor>) {
        let vars: Vec<Var> = inputs
            .iter()
            .map(|t| Var::from_tensor(t).unwrap())
            .collect();
        let tensors: Vec<Tensor> = vars.iter().map(|v| v.as_tensor().clone()).collect();
        let out = f(&tensors).unwrap();
        let weights = noise(99, out.dims());
        let gradients = (out * &weights)
            .unwrap()
            .sum_all()
            .unwrap()
            .backward()
            .unwrap();
        let value = |inputs: &[Tensor]| -> f64 {
            let out = f(inputs).unwrap().flatten_all().unwrap();
            let out: Vec<f32> = out.to_vec1().unwrap();
            let weights: Vec<f32> = weights.flatten_all().unwrap().to_vec1().unwrap();
            out.iter()
                .zip(&weights)
                .map(|(a, b)| f64::from(*a) * f64::from(*b))
                .sum()
        };
        for (which, input) in inputs.iter().enumerate() {
            let gradient: Vec<f32> = gradients
                .get(&tensors[which])
                .expect("no gradient")
                .flatten_all()
                .unwrap()
                .to_vec1()
                .unwrap();
            let base: Vec<f32> = input.flatten_all().unwrap().to_vec1().unwrap();
            for at in (0..base.len()).step_by(step) {
                let nudge = 1e-2f32;
                let moved = |by: f32| {
                    let mut values = base.clone();
                    values[at] += by;
                    let mut inputs = inputs.to_vec();
                    inputs[which] = Tensor::from_vec(values, input.dims(), &Device::Cpu).unwrap();
                    value(&inputs)
                };
                // The five-point rule: its error is of fourth order, so that a coarse nudge serves.
                let h = nudge;
                let expected = (moved(-2.0 * h) - 8.0 * moved(-h) + 8.0 * moved(h)
                    - moved(2.0 * h))
                    / (12.0 * f64::from(h));
                let got = f64::from(gradient[at]);
                assert!(
                    (expected - got).abs() <= 2e-3 * (1.0 + expected.abs()),
                    "input {which} element {at}: finite difference {expected}, backward {got}"
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_is_close_to_the_library_function() {
        for i in -8000..8000 {
            let x = i as f32 * 0.01;
            let (got, expected) = (exp(x), x.exp());
            assert!(
                (got - expected).abs() <= 1e-6 * expected,
                "{x}: {got} {expected}"
            );
        }
        assert!(exp(-1e30) < 1e-37);
        assert!(exp(f32::NEG_INFINITY) < 1e-37);
    }
}
