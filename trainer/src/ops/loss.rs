//! Cross-entropy over the vocabulary, fused with the output projection and computed in chunks, so
//! that the scores of all tokens never stand in memory together.

use super::bf16::{self, Rounded};
use super::{
    Combine, Matrix, Values, exponentials, largest, product, result, room, threads, values,
};
use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor};
use rayon::prelude::*;
use std::sync::{Arc, Mutex};

/// `Σ -weight · log p(target)` for the rows of `x` `[rows, width]`, with scores `x·Wᵀ` and a weight for
/// each row.
///
/// `weight` is `[vocabulary, width]` and frozen; where it is there in `bf16` as well, on the CPU, its
/// products are computed from that. The gradient is computed together with the loss:
/// both need the same scores, and computing those is most of the work.
pub fn cross_entropy(
    x: &Tensor,
    (weight, rounded): (&Tensor, Option<&Arc<Rounded>>),
    targets: &[u32],
    weights: &[f32],
) -> Result<Tensor> {
    let (rows, _) = x.dims2()?;
    if rows != targets.len() || rows != weights.len() {
        candle_core::bail!(
            "cross entropy: {rows} rows for {} targets with {} weights",
            targets.len(),
            weights.len()
        );
    }
    let both = (weight, rounded);
    x.apply_op1(CrossEntropy::new(both, targets, weights, x.track_op()))
}

/// Rows whose scores are in memory together on the CPU: 128 rows of 49,152 scores are 25 MB.
const ROWS: usize = 128;

pub(crate) struct CrossEntropy {
    pub weight: Tensor,
    pub rounded: Option<Arc<Rounded>>,
    pub targets: Vec<u32>,
    pub weights: Vec<f32>,
    /// Whether the gradient will be asked for.
    pub learns: bool,
    pub gradient: Mutex<Option<Tensor>>,
}

impl CrossEntropy {
    pub(crate) fn new(
        (weight, rounded): (&Tensor, Option<&Arc<Rounded>>),
        targets: &[u32],
        weights: &[f32],
        learns: bool,
    ) -> Self {
        CrossEntropy {
            weight: weight.clone(),
            rounded: rounded.cloned(),
            targets: targets.to_vec(),
            weights: weights.to_vec(),
            learns,
            gradient: Mutex::new(None),
        }
    }

    /// The gradient that was computed with the loss. It can be taken once.
    pub(crate) fn take(&self) -> Result<Tensor> {
        match self.gradient.lock().ok().and_then(|mut kept| kept.take()) {
            Some(gradient) => Ok(gradient),
            None => candle_core::bail!("cross entropy: there is no gradient to take"),
        }
    }

    pub(crate) fn keep(&self, gradient: Tensor) -> Result<()> {
        match self.gradient.lock() {
            Ok(mut place) => {
                *place = Some(gradient);
                Ok(())
            }
            Err(_) => candle_core::bail!("cross entropy: a thread failed before"),
        }
    }
}

impl CustomOp1 for CrossEntropy {
    fn name(&self) -> &'static str {
        "chunked-cross-entropy"
    }

    fn cpu_fwd(&self, x: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let x = values(x, layout)?;
        let weight = Values::of(&self.weight);
        let weight = weight.get()?;
        let (vocabulary, width) = self.weight.dims2()?;
        let threads = threads();
        let mut scores = room(ROWS.min(self.targets.len()) * vocabulary);
        let mut gradient = if self.learns { room(x.len()) } else { vec![] };
        let mut total = 0.0f64;
        let chunks = self.targets.chunks(ROWS).zip(self.weights.chunks(ROWS));
        for (i, (targets, weights)) in chunks.enumerate() {
            let rows = targets.len();
            let x = &x[i * ROWS * width..][..rows * width];
            match &self.rounded {
                Some(w) => {
                    bf16::product(&mut scores, x, rows, &w.forward, None, Combine::Overwrite);
                }
                None => product(
                    &mut scores,
                    vocabulary,
                    (rows, vocabulary, width),
                    Matrix::rows(x, width),
                    Matrix::transposed(weight, width),
                    1.0,
                    Combine::Overwrite,
                    threads,
                ),
            }
            let losses: Vec<f64> = scores[..rows * vocabulary]
                .par_chunks_exact_mut(vocabulary)
                .zip(targets.par_iter().zip(weights))
                .map(|(row, (target, weight))| {
                    let target = *target as usize;
                    let wanted = row[target];
                    let top = largest(row);
                    let sum = exponentials(row, top);
                    if self.learns {
                        let factor = weight / sum;
                        row.iter_mut().for_each(|p| *p *= factor);
                        row[target] -= weight;
                    }
                    (f64::from(top) + f64::from(sum).ln() - f64::from(wanted)) * f64::from(*weight)
                })
                .collect();
            total += losses.iter().sum::<f64>();
            if self.learns {
                let to = &mut gradient[i * ROWS * width..];
                match &self.rounded {
                    Some(w) => {
                        bf16::product(to, &scores, rows, &w.backward, None, Combine::Overwrite);
                    }
                    None => product(
                        to,
                        width,
                        (rows, width, vocabulary),
                        Matrix::rows(&scores, vocabulary),
                        Matrix::rows(weight, width),
                        1.0,
                        Combine::Overwrite,
                        threads,
                    ),
                }
            }
        }
        if self.learns {
            let shape = layout.shape().clone();
            self.keep(Tensor::from_vec(
                gradient,
                shape,
                &candle_core::Device::Cpu,
            )?)?;
        }
        Ok(result(vec![total as f32], 1))
    }

    #[cfg(feature = "cuda")]
    fn cuda_fwd(
        &self,
        x: &candle_core::CudaStorage,
        layout: &Layout,
    ) -> Result<(candle_core::CudaStorage, Shape)> {
        super::cuda::cross_entropy(self, x, layout)
    }

    fn bwd(&self, _: &Tensor, _: &Tensor, gradient: &Tensor) -> Result<Option<Tensor>> {
        match self.gradient.lock().ok().and_then(|mut kept| kept.take()) {
            Some(kept) => kept.broadcast_mul(&gradient.reshape((1, 1))?).map(Some),
            None => candle_core::bail!("cross entropy: the gradient can be taken once"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::difference::{check, noise};
    use super::*;

    #[test]
    fn backward_equals_finite_differences() {
        let weight = noise(2, &[50, 12]);
        check(&[noise(1, &[4, 12])], 1, |t| {
            cross_entropy(
                &t[0],
                (&weight, None),
                &[3, 0, 49, 7],
                &[0.25, 1.0, 0.5, 0.1],
            )
        });
    }

    #[test]
    fn chunks_add_up() {
        let (x, weight) = (noise(1, &[300, 12]), noise(2, &[50, 12]));
        let targets: Vec<u32> = (0..300).map(|i| i * 7 % 50).collect();
        let weights: Vec<f32> = (0..300).map(|i| (i % 3) as f32).collect();
        let loss = |rows: std::ops::Range<usize>| {
            let x = x.narrow(0, rows.start, rows.len()).unwrap();
            let x = x.contiguous().unwrap();
            cross_entropy(&x, (&weight, None), &targets[rows.clone()], &weights[rows])
                .unwrap()
                .to_vec1::<f32>()
                .unwrap()[0]
        };
        let parts = loss(0..100) + loss(100..200) + loss(200..300);
        assert!((loss(0..300) - parts).abs() < 1e-2);
    }
}
