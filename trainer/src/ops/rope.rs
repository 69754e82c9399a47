//! Rotary position embedding on neighbouring pairs, which is the order of weights in GGUF files.

use super::{Values, result, room, values};
use candle_core::{CpuStorage, CustomOp1, Device, Layout, Result, Shape, Tensor};
use rayon::prelude::*;
use std::sync::Arc;

/// The cosine and sine for each token and each pair of a head.
pub struct Angles {
    /// `[tokens, head / 2]`
    pub(crate) cosine: Tensor,
    /// `[tokens, head / 2]`
    pub(crate) sine: Tensor,
    pub(crate) head: usize,
}

impl Angles {
    /// Angles for tokens at `positions`, counted from the start of each document.
    pub fn new(positions: &[u32], head: usize, base: f64, device: &Device) -> Result<Arc<Self>> {
        let half = head / 2;
        let speeds: Vec<f64> = (0..half)
            .map(|i| base.powf(-2.0 * i as f64 / head as f64))
            .collect();
        let mut cosine = Vec::with_capacity(positions.len() * half);
        let mut sine = Vec::with_capacity(positions.len() * half);
        for position in positions {
            for speed in &speeds {
                let (s, c) = (f64::from(*position) * speed).sin_cos();
                cosine.push(c as f32);
                sine.push(s as f32);
            }
        }
        let shape = (positions.len(), half);
        Ok(Arc::new(Angles {
            cosine: Tensor::from_vec(cosine, shape, device)?,
            sine: Tensor::from_vec(sine, shape, device)?,
            head,
        }))
    }
}

/// Rotates each head of `x` `[tokens, heads * head]`.
pub fn rotate(x: &Tensor, angles: &Arc<Angles>) -> Result<Tensor> {
    x.apply_op1(Rotate {
        angles: angles.clone(),
        back: false,
    })
}

pub(crate) struct Rotate {
    pub angles: Arc<Angles>,
    /// The gradient turns the other way.
    pub back: bool,
}

impl CustomOp1 for Rotate {
    fn name(&self) -> &'static str {
        "rotate"
    }

    fn cpu_fwd(&self, x: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let x = values(x, layout)?;
        let (_, width) = layout.shape().dims2()?;
        let (cosine, sine) = (
            Values::of(&self.angles.cosine),
            Values::of(&self.angles.sine),
        );
        let (cosine, sine) = (cosine.get()?, sine.get()?);
        let half = self.angles.head / 2;
        let sign = if self.back { -1.0 } else { 1.0 };
        let mut y = room(x.len());
        y.par_chunks_mut(width)
            .zip(x.par_chunks(width))
            .zip(cosine.par_chunks(half).zip(sine.par_chunks(half)))
            .with_min_len(64)
            .for_each(|((y, x), (cosine, sine))| {
                let heads = y.chunks_exact_mut(half * 2).zip(x.chunks_exact(half * 2));
                for (y, x) in heads {
                    for i in 0..half {
                        let (even, odd) = (x[2 * i], x[2 * i + 1]);
                        let (c, s) = (cosine[i], sine[i] * sign);
                        y[2 * i] = even * c - odd * s;
                        y[2 * i + 1] = even * s + odd * c;
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
        super::cuda::rotate(self, x, layout)
    }

    fn bwd(&self, _: &Tensor, _: &Tensor, gradient: &Tensor) -> Result<Option<Tensor>> {
        gradient
            .contiguous()?
            .apply_op1_no_bwd(&Rotate {
                angles: self.angles.clone(),
                back: !self.back,
            })
            .map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::super::difference::{check, noise};
    use super::*;

    #[test]
    fn backward_equals_finite_differences() {
        let angles = Angles::new(&[0, 1, 2, 0, 1], 8, 10_000.0, &Device::Cpu).unwrap();
        check(&[noise(1, &[5, 24])], 1, |t| rotate(&t[0], &angles));
    }
}
