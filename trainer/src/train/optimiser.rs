//! `AdamW` over the matrices of an adapter, with clipping of the gradient as a whole.

use crate::model::Adapter;
use crate::ops::adamw::{Step, TakeIn};
use candle_core::backprop::GradStore;
use candle_core::{DType, Device, Result, Tensor};

/// The moments of every matrix and the number of steps taken.
pub struct Optimiser {
    pub steps: u64,
    /// `[2, n]` for each matrix, in the order of [`Adapter::variables`].
    pub moments: Vec<Tensor>,
}

/// Gradients summed over the batches of a step, in the order of [`Adapter::variables`].
#[derive(Default)]
pub struct Gradients(Vec<Tensor>);

impl Gradients {
    /// Adds the gradients of one batch.
    pub fn add(&mut self, adapter: &Adapter, store: &GradStore) -> Result<()> {
        for (i, (name, var)) in adapter.variables().into_iter().enumerate() {
            let Some(gradient) = store.get(var.as_tensor()) else {
                candle_core::bail!("no gradient reached {name}");
            };
            if i == self.0.len() {
                self.0.push(gradient.flatten_all()?);
            } else {
                self.0[i] = (&self.0[i] + gradient.flatten_all()?)?;
            }
        }
        Ok(())
    }

    /// The length of all gradients together; stays on the device.
    fn norm(&self) -> Result<Tensor> {
        let all = Tensor::cat(&self.0, 0)?;
        all.sqr()?.sum_keepdim(0)?.sqrt()
    }
}

impl Optimiser {
    /// An optimiser that has taken no step.
    pub fn new(adapter: &Adapter, device: &Device) -> Result<Self> {
        let moments = adapter
            .variables()
            .iter()
            .map(|(_, var)| Tensor::zeros((2, var.elem_count()), DType::F32, device))
            .collect::<Result<_>>()?;
        Ok(Optimiser { steps: 0, moments })
    }

    /// Takes one step and returns the length of the gradient before clipping, still on the device.
    pub fn step(
        &mut self,
        adapter: &Adapter,
        gradients: &Gradients,
        learning_rate: f64,
        weight_decay: f64,
        longest: f64,
    ) -> Result<Tensor> {
        self.steps += 1;
        let step = Step::new(self.steps, learning_rate, weight_decay);
        let norm = gradients.norm()?;
        // min(1, longest / norm), without waiting for the device.
        let clip = ((&norm + 1e-6)?.recip()? * longest)?.minimum(1.0)?;
        for (((_, var), moments), gradient) in adapter
            .variables()
            .into_iter()
            .zip(&self.moments)
            .zip(&gradients.0)
        {
            moments.inplace_op3(gradient, &clip, &TakeIn)?;
            var.as_tensor().inplace_op2(moments, &step)?;
        }
        Ok(norm)
    }
}
