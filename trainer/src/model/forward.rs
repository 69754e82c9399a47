//! The forward pass, in pieces: embedding, one block, the loss.

use super::{Adapter, Base, Batch, Linear};
use crate::ops::{attention, linear, loss, norm, rope, swiglu};
use candle_core::{D, DType, Result, Tensor};
use std::ops::Range;

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
    /// Whether the weights themselves are learned. The fused operations have no gradients for
    /// weights, so that plain expressions take the place of those with weights in them.
    pub fn is_full(&self) -> bool {
        self.learn && self.adapter.is_none()
    }

    /// The embedded tokens.
    pub fn embed(&self) -> Result<Tensor> {
        let embedding = match self.is_full() {
            true => self.base.embedding.clone(),
            false => self.base.embedding.detach(),
        };
        let x = embedding.index_select(&self.batch.tokens, 0)?;
        x.to_dtype(DType::F32)
    }

    /// `x·Wᵀ` with gradients for both.
    fn product(&self, x: &Tensor, weight: &Tensor) -> Result<Tensor> {
        let kind = self.base.products;
        let y = x.to_dtype(kind)?.matmul(&weight.to_dtype(kind)?.t()?)?;
        y.to_dtype(DType::F32)
    }

    /// A linear layer of block `i`, with the adapter beside it.
    fn linear(&self, i: usize, which: Linear, x: &Tensor) -> Result<Tensor> {
        let weight = &self.base.layers[i].linears[which as usize];
        if self.is_full() {
            return self.product(x, weight);
        }
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
        let epsilon = self.base.spec.epsilon;
        if !self.is_full() {
            return norm::rms_norm(x, &gain.detach(), epsilon);
        }
        let mean = x.sqr()?.mean_keepdim(D::Minus1)?;
        let length = (mean + f64::from(epsilon))?.sqrt()?;
        x.broadcast_div(&length)?.broadcast_mul(gain)
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
        self.score_some(hidden, scale, 0..self.batch.targets.len())
    }

    /// The part of the loss that comes from some of the learned places.
    pub fn score_some(&self, hidden: &Tensor, scale: f32, some: Range<usize>) -> Result<Tensor> {
        // Only learned places need scores, so only they are normalised and projected.
        let places = self.batch.learned.narrow(0, some.start, some.len())?;
        let x = hidden.index_select(&places.contiguous()?, 0)?;
        let x = self.norm(&x, &self.base.norm)?;
        let targets = &self.batch.targets[some.clone()];
        let weights = self.batch.weights[some].iter().map(|w| w * scale);
        let weights: Vec<f32> = weights.collect();
        if self.is_full() {
            return self.plain_loss(&x, targets, weights);
        }
        let rounded = self.base.rounded.as_ref().map(|base| &base.output);
        let output = (&self.base.output, rounded);
        loss::cross_entropy(&x, output, targets, &weights)
    }

    /// What [`loss::cross_entropy`] computes, with a gradient for the output projection.
    fn plain_loss(&self, x: &Tensor, targets: &[u32], weights: Vec<f32>) -> Result<Tensor> {
        let scores = self.product(x, &self.base.output)?;
        let (rows, device) = (targets.len(), x.device());
        let targets = Tensor::from_slice(targets, (rows, 1), device)?;
        let weights = Tensor::from_vec(weights, rows, device)?;
        let top = scores.detach().max_keepdim(1)?;
        let scores = scores.broadcast_sub(&top)?;
        let wanted = scores.gather(&targets, 1)?.squeeze(1)?;
        let losses = (scores.exp()?.sum(1)?.log()? - wanted)?;
        (losses * weights)?.sum_keepdim(0)
    }
}

impl Base {
    /// What the last block puts out for each token, before the final normalisation.
    ///
    /// With `learn` the adapter gets gradients, or where there is none, the weights, which must be
    /// variables then; without, nothing is kept for a backward pass.
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
