//! `AdamW` as two operations in place: the moments take in a gradient, then the parameter takes a step.

use candle_core::{CpuStorage, InplaceOp2, InplaceOp3, Layout, Result};

/// Decay rates of the moments, and the guard against division by zero.
pub const BETA1: f32 = 0.9;
/// Decay of the second moment.
pub const BETA2: f32 = 0.99;
/// Guard against division by zero.
pub const EPSILON: f32 = 1e-8;

/// `moments` `[2, n]` takes in `gradient` `[n]`, multiplied by the one value of `clip`.
pub(crate) struct TakeIn;

/// The parameter takes one step along `moments`.
#[derive(Clone, Copy)]
pub(crate) struct Step {
    pub learning_rate: f32,
    pub weight_decay: f32,
    /// `1 / (1 - BETA1^t)`
    pub first: f32,
    /// `1 / (1 - BETA2^t)`
    pub second: f32,
}

impl Step {
    /// The step number `t`, counted from one.
    pub(crate) fn new(t: u64, learning_rate: f64, weight_decay: f64) -> Self {
        let correction = |beta: f32| (1.0 / (1.0 - f64::from(beta).powf(t as f64))) as f32;
        Step {
            learning_rate: learning_rate as f32,
            weight_decay: weight_decay as f32,
            first: correction(BETA1),
            second: correction(BETA2),
        }
    }
}

fn whole<'a>(storage: &'a mut CpuStorage, layout: &Layout) -> Result<&'a mut [f32]> {
    let (start, end) = match layout.contiguous_offsets() {
        Some(range) => range,
        None => candle_core::bail!("adamw: an operand is not contiguous"),
    };
    match storage {
        CpuStorage::F32(values) => Ok(&mut values[start..end]),
        _ => candle_core::bail!("adamw works on f32"),
    }
}

impl InplaceOp3 for TakeIn {
    fn name(&self) -> &'static str {
        "adamw-take-in"
    }

    fn cpu_fwd(
        &self,
        moments: &mut CpuStorage,
        moments_layout: &Layout,
        gradient: &CpuStorage,
        gradient_layout: &Layout,
        clip: &CpuStorage,
        clip_layout: &Layout,
    ) -> Result<()> {
        let gradient = super::values(gradient, gradient_layout)?;
        let clip = super::values(clip, clip_layout)?[0];
        let moments = whole(moments, moments_layout)?;
        let (first, second) = moments.split_at_mut(gradient.len());
        for ((first, second), gradient) in first.iter_mut().zip(second).zip(gradient) {
            let gradient = gradient * clip;
            *first = BETA1 * *first + (1.0 - BETA1) * gradient;
            *second = BETA2 * *second + (1.0 - BETA2) * gradient * gradient;
        }
        Ok(())
    }

    #[cfg(feature = "cuda")]
    fn cuda_fwd(
        &self,
        moments: &mut candle_core::CudaStorage,
        moments_layout: &Layout,
        gradient: &candle_core::CudaStorage,
        gradient_layout: &Layout,
        clip: &candle_core::CudaStorage,
        clip_layout: &Layout,
    ) -> Result<()> {
        super::cuda::take_in(
            (moments, moments_layout),
            (gradient, gradient_layout),
            (clip, clip_layout),
        )
    }
}

impl InplaceOp2 for Step {
    fn name(&self) -> &'static str {
        "adamw-step"
    }

    fn cpu_fwd(
        &self,
        parameter: &mut CpuStorage,
        parameter_layout: &Layout,
        moments: &CpuStorage,
        moments_layout: &Layout,
    ) -> Result<()> {
        let moments = super::values(moments, moments_layout)?;
        let parameter = whole(parameter, parameter_layout)?;
        let (first, second) = moments.split_at(parameter.len());
        for ((p, first), second) in parameter.iter_mut().zip(first).zip(second) {
            let direction = first * self.first / ((second * self.second).sqrt() + EPSILON);
            *p -= self.learning_rate * (direction + self.weight_decay * *p);
        }
        Ok(())
    }

    #[cfg(feature = "cuda")]
    fn cuda_fwd(
        &self,
        parameter: &mut candle_core::CudaStorage,
        parameter_layout: &Layout,
        moments: &candle_core::CudaStorage,
        moments_layout: &Layout,
    ) -> Result<()> {
        super::cuda::step(
            self,
            (parameter, parameter_layout),
            (moments, moments_layout),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::{Device, Tensor};

    #[test]
    fn the_first_step_has_the_length_of_the_learning_rate() {
        let new = |v: &[f32]| Tensor::new(v, &Device::Cpu).unwrap();
        let (parameter, moments) = (new(&[1.0, -1.0]), new(&[0.0; 4]));
        moments
            .inplace_op3(&new(&[0.3, -20.0]), &new(&[1.0]), &TakeIn)
            .unwrap();
        parameter
            .inplace_op2(&moments, &Step::new(1, 0.1, 0.0))
            .unwrap();
        let got = parameter.to_vec1::<f32>().unwrap();
        assert!(
            (got[0] - 0.9).abs() < 1e-5 && (got[1] + 0.9).abs() < 1e-5,
            "{got:?}"
        );
    }
}
