//! `AdamW` over the parameters of a run, with clipping of the gradient as a whole.

use crate::model::Parameters;
use crate::ops::adamw::{Step, TakeIn};
use candle_core::backprop::GradStore;
use candle_core::{DType, Device, Result, Tensor};

/// The moments of every parameter and the number of steps taken.
pub struct Optimiser {
    pub steps: u64,
    /// `[2, n]` for each parameter, in their order.
    pub moments: Vec<Tensor>,
}

/// Gradients summed over the batches of a step, in the order of the parameters.
pub struct Gradients(Vec<Option<Tensor>>);

impl Gradients {
    /// No gradients yet.
    pub fn new(parameters: &Parameters) -> Self {
        Gradients(vec![None; parameters.iter().len()])
    }

    /// Adds the gradients that one backward pass has found; it may be one over a part of the model.
    pub fn add(&mut self, parameters: &Parameters, store: &GradStore) -> Result<()> {
        for (sum, (_, var)) in self.0.iter_mut().zip(parameters.iter()) {
            if let Some(gradient) = store.get(var.as_tensor()) {
                add(sum, gradient)?;
            }
        }
        Ok(())
    }

    /// Adds the gradient of the parameter number `i`.
    pub fn give(&mut self, i: usize, gradient: &Tensor) -> Result<()> {
        match self.0.get_mut(i) {
            Some(sum) => add(sum, gradient),
            None => candle_core::bail!("there is no parameter number {i}"),
        }
    }

    /// The gradient of every parameter.
    pub fn all(&self, parameters: &Parameters) -> Result<Vec<&Tensor>> {
        let named = self.0.iter().zip(parameters.iter());
        named
            .map(|(gradient, (name, _))| match gradient {
                Some(gradient) => Ok(gradient),
                None => candle_core::bail!("no gradient reached {name}"),
            })
            .collect()
    }
}

fn add(sum: &mut Option<Tensor>, gradient: &Tensor) -> Result<()> {
    let gradient = gradient.flatten_all()?;
    *sum = Some(match sum.take() {
        Some(sum) => (sum + gradient)?,
        None => gradient,
    });
    Ok(())
}

/// The length of all gradients together; stays on the device.
fn norm(gradients: &[&Tensor]) -> Result<Tensor> {
    // Square by square: gradients laid end to end would need as much memory again.
    let squares: Vec<Tensor> = gradients
        .iter()
        .map(|gradient| {
            // In parts, which a GPU adds up side by side.
            let parts = 1 << gradient.elem_count().trailing_zeros().min(8);
            gradient.reshape((parts, ()))?.sqr()?.sum(1)
        })
        .collect::<Result<_>>()?;
    Tensor::cat(&squares, 0)?.sum_keepdim(0)?.sqrt()
}

impl Optimiser {
    /// An optimiser that has taken no step.
    pub fn new(parameters: &Parameters, device: &Device) -> Result<Self> {
        let moments = parameters
            .iter()
            .map(|(_, var)| Tensor::zeros((2, var.elem_count()), DType::F32, device))
            .collect::<Result<_>>()?;
        Ok(Optimiser { steps: 0, moments })
    }

    /// Takes one step and returns the length of the gradient before clipping, still on the device.
    pub fn step(
        &mut self,
        parameters: &Parameters,
        gradients: &Gradients,
        learning_rate: f64,
        weight_decay: f64,
        longest: f64,
    ) -> Result<Tensor> {
        self.steps += 1;
        let step = Step::new(self.steps, learning_rate, weight_decay);
        let gradients = gradients.all(parameters)?;
        let norm = norm(&gradients)?;
        // min(1, longest / norm), without waiting for the device.
        let clip = ((&norm + 1e-6)?.recip()? * longest)?.minimum(1.0)?;
        for (((_, var), moments), gradient) in parameters.iter().zip(&self.moments).zip(gradients) {
            moments.inplace_op3(gradient, &clip, &TakeIn)?;
            var.as_tensor().inplace_op2(moments, &step)?;
        }
        Ok(norm)
    }
}
