//! Root-mean-square normalisation with a frozen gain.

use super::{Values, dot, result, room, values};
use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor};
use rayon::prelude::*;

/// `x / sqrt(mean(x²) + epsilon) * gain`, row by row.
pub fn rms_norm(x: &Tensor, gain: &Tensor, epsilon: f32) -> Result<Tensor> {
    x.apply_op1(RmsNorm {
        gain: gain.clone(),
        epsilon,
    })
}

/// Rows handed to a thread at once.
const ROWS: usize = 32;

pub(crate) struct RmsNorm {
    pub gain: Tensor,
    pub epsilon: f32,
}

impl RmsNorm {
    /// The backward pass, with the gradient of `x` added to that of another way around.
    pub(crate) fn backward_beside(
        &self,
        x: &Tensor,
        gradient: &Tensor,
        beside: &Tensor,
    ) -> Result<Tensor> {
        #[cfg(feature = "cuda")]
        if x.device().is_cuda() {
            return super::cuda::norm_backward(self, x, gradient, Some(beside));
        }
        match self.bwd(x, x, gradient)? {
            Some(dx) => dx + beside,
            None => Ok(beside.clone()),
        }
    }

    fn factor(&self, row: &[f32]) -> f32 {
        1.0 / (dot(row, row) / row.len() as f32 + self.epsilon).sqrt()
    }
}

impl CustomOp1 for RmsNorm {
    fn name(&self) -> &'static str {
        "rms-norm"
    }

    fn cpu_fwd(&self, x: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let x = values(x, layout)?;
        let gain = Values::of(&self.gain);
        let gain = gain.get()?;
        let width = gain.len();
        let mut y = room(x.len());
        y.par_chunks_mut(width * ROWS)
            .zip(x.par_chunks(width * ROWS))
            .for_each(|(y, x)| {
                for (y, x) in y.chunks_exact_mut(width).zip(x.chunks_exact(width)) {
                    let factor = self.factor(x);
                    for ((y, x), gain) in y.iter_mut().zip(x).zip(gain) {
                        *y = x * factor * gain;
                    }
                }
            });
        Ok(result(y, layout.shape().clone()))
    }

    #[cfg(feature = "cuda")]
    fn cuda_fwd(
        &self,
        x: &candle_core::CudaStorage,
        layout: &Layout,
    ) -> Result<(candle_core::CudaStorage, Shape)> {
        super::cuda::norm_forward(self, x, layout)
    }

    fn bwd(&self, x: &Tensor, _: &Tensor, gradient: &Tensor) -> Result<Option<Tensor>> {
        let gradient = gradient.contiguous()?;
        #[cfg(feature = "cuda")]
        if x.device().is_cuda() {
            return super::cuda::norm_backward(self, x, &gradient, None).map(Some);
        }
        let (xs, dy, gain) = (Values::of(x), Values::of(&gradient), Values::of(&self.gain));
        let (xs, dy, gain) = (xs.get()?, dy.get()?, gain.get()?);
        let width = gain.len();
        let mut dx = room(xs.len());
        dx.par_chunks_mut(width * ROWS)
            .zip(xs.par_chunks(width * ROWS))
            .zip(dy.par_chunks(width * ROWS))
            .for_each(|((dx, xs), dy)| {
                let rows = dx
                    .chunks_exact_mut(width)
                    .zip(xs.chunks_exact(width))
                    .zip(dy.chunks_exact(width));
                for ((dx, x), dy) in rows {
                    let factor = self.factor(x);
                    for ((dx, dy), gain) in dx.iter_mut().zip(dy).zip(gain) {
                        *dx = dy * gain;
                    }
                    let along = dot(dx, x) * factor * factor / width as f32;
                    for (dx, x) in dx.iter_mut().zip(x) {
                        *dx = factor * (*dx - x * along);
                    }
                }
            });
        Tensor::from_vec(dx, x.dims(), x.device()).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::super::difference::{check, noise};
    use super::*;

    #[test]
    fn backward_equals_finite_differences() {
        let gain = noise(2, &[40]);
        check(&[noise(1, &[3, 40])], 3, |t| rms_norm(&t[0], &gain, 1e-5));
    }
}
