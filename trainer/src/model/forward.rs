//! The forward pass, in pieces: embedding, one block, the loss.

use super::{Adapter, Base, Batch, Linear};
use crate::ops::{attention, linear, loss, norm, rope, swiglu};
use candle_core::{DType, Result, Tensor};

/// One way through the model: with which adapter, over which batch, and whether anything is learned.
#[derive(Clone, Copy)]
pub struct Pass<'a> {
    pub base: &'a Base,
    pub adapter: Option<&'a Adapter>,
    pub batch: &'a Batch,
    /// Whether gradients are kept for a backward pass.
    pub learn: bool,
}

impl Pass<'_> {
    /// The embedded tokens.
    pub fn embed(&self) -> Result<Tensor> {
        let x = self
            .base
            .embedding
            .detach()
            .index_select(&self.batch.tokens, 0)?;
        x.to_dtype(DType::F32)
    }

    /// A linear layer of block `i`, with the adapter beside it.
    fn linear(&self, i: usize, which: Linear, x: &Tensor) -> Result<Tensor> {
        let weight = &self.base.layers[i].linears[which as usize];
        let Some(adapter) = self.adapter else {
            return x.matmul(&weight.detach().to_dtype(x.dtype())?.t()?);
        };
        let rounded = self.base.rounded.as_ref();
        let both = (weight, rounded.map(|base| &base.layers[i][which as usize]));
        let part = adapter.part(i, which);
        let (a, b) = (part.a.as_tensor(), part.b.as_tensor());
        let scale = adapter.scale();
        if self.learn {
            linear::lora_linear(x, both, a, b, scale)
        } else {
            linear::lora_linear(x, both, &a.detach(), &b.detach(), scale)
        }
    }

    fn norm(&self, x: &Tensor, gain: &Tensor) -> Result<Tensor> {
        norm::rms_norm(x, gain, self.base.spec.epsilon)
    }

    /// Normalises each head of `x` `[tokens, heads * head]`, where the model does that, and rotates it.
    fn rotated(&self, x: &Tensor, gain: Option<&Tensor>) -> Result<Tensor> {
        let x = match gain {
            Some(gain) => {
                let heads = x.reshape(((), gain.elem_count()))?;
                self.norm(&heads, gain)?.reshape(x.shape())?
            }
            None => x.clone(),
        };
        rope::rotate(&x, &self.batch.angles)
    }

    /// Block `i`, from what the block before it put out.
    pub fn block(&self, i: usize, x: &Tensor) -> Result<Tensor> {
        let spec = &self.base.spec;
        let layer = &self.base.layers[i];
        let apply = |which: Linear, x: &Tensor| self.linear(i, which, x);
        let (query, key) = layer.head_norms.as_ref().map(|(q, k)| (q, k)).unzip();
        let seen = self.norm(x, &layer.attention_norm)?;
        let q = self.rotated(&apply(Linear::Query, &seen)?, query)?;
        let k = self.rotated(&apply(Linear::Key, &seen)?, key)?;
        let v = apply(Linear::Value, &seen)?;
        let heads = (spec.heads, spec.groups);
        let mixed = attention::attention(&q, &k, &v, &self.batch.packing, heads)?;
        let x = (x + apply(Linear::Output, &mixed)?)?;
        let seen = self.norm(&x, &layer.feed_norm)?;
        let inner = swiglu::swiglu(&apply(Linear::Gate, &seen)?, &apply(Linear::Up, &seen)?)?;
        x + apply(Linear::Down, &inner)?
    }

    /// What the last block puts out for each token, before the final normalisation.
    pub fn hidden(&self) -> Result<Tensor> {
        let mut x = self.embed()?;
        for i in 0..self.base.layers.len() {
            x = self.block(i, &x)?;
        }
        Ok(x)
    }

    /// The loss, from what the last block put out: weighted, summed and multiplied by `scale`.
    pub fn score(&self, hidden: &Tensor, scale: f32) -> Result<Tensor> {
        // Only learned places need scores, so only they are normalised and projected.
        let x = hidden.index_select(&self.batch.learned, 0)?;
        let x = self.norm(&x, &self.base.norm)?;
        let weights: Vec<f32> = self.batch.weights.iter().map(|w| w * scale).collect();
        let rounded = self.base.rounded.as_ref().map(|base| &base.output);
        let output = (&self.base.output, rounded);
        loss::cross_entropy(&x, output, &self.batch.targets, &weights)
    }
}

impl Base {
    /// What the last block puts out for each token, before the final normalisation.
    ///
    /// With `learn` the adapter gets gradients; without, nothing is kept for a backward pass.
    pub fn hidden(&self, adapter: Option<&Adapter>, batch: &Batch, learn: bool) -> Result<Tensor> {
        self.pass(adapter, batch, learn).hidden()
    }

    /// The loss over the learned places of a batch, weighted, summed and multiplied by `scale`.
    pub fn loss(
        &self,
        adapter: Option<&Adapter>,
        batch: &Batch,
        scale: f32,
        learn: bool,
    ) -> Result<Tensor> {
        let pass = self.pass(adapter, batch, learn);
        pass.score(&pass.hidden()?, scale)
    }

    /// One way through the model.
    pub fn pass<'a>(
        &'a self,
        adapter: Option<&'a Adapter>,
        batch: &'a Batch,
        learn: bool,
    ) -> Pass<'a> {
        Pass {
            base: self,
            adapter,
            batch,
            learn,
        }
    }
}
