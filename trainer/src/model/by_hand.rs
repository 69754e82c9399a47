//! Forward and backward pass of a `LoRA` step, block by block and without a graph.
//!
//! Candle's own backward pass starts every gradient as zeros and adds to it, which on a GPU is a third
//! of the time of a step. Here each gradient is written once, or added to by the product that makes
//! it; and what the backward pass needs is kept block by block, or computed again.

use super::forward::Pass;
use super::{Adapter, Linear};
use crate::ops::attention::Attention;
use crate::ops::linear::LoraLinear;
use crate::ops::loss::CrossEntropy;
use crate::ops::norm::RmsNorm;
use crate::ops::rope::Rotate;
use crate::ops::swiglu::SwiGlu;
use candle_core::{CustomOp1, CustomOp2, CustomOp3, DType, Result, Tensor};

/// What the backward pass of one linear layer needs.
struct Applied {
    op: LoraLinear,
    x: Tensor,
}

/// A projection, normalised head by head where the model does that, and rotated.
struct Turned {
    linear: Applied,
    /// What the projection put out, and the norm that took it in.
    norm: Option<(Tensor, RmsNorm)>,
    out: Tensor,
}

/// What the backward pass of a block needs.
struct Kept {
    x: Tensor,
    query: Turned,
    key: Turned,
    value: Applied,
    v: Tensor,
    attention: Attention,
    output: Applied,
    between: Tensor,
    gate: Applied,
    up: Applied,
    gated: Tensor,
    upward: Tensor,
    down: Applied,
}

/// A `LoRA` step over one batch.
pub struct ByHand<'a> {
    pass: Pass<'a>,
    adapter: &'a Adapter,
    /// Whether only what goes into each block is kept, and the rest computed again.
    recompute: bool,
}

impl<'a> ByHand<'a> {
    /// The step that `pass` describes; `None` when it trains no adapter.
    pub fn new(pass: Pass<'a>, recompute: bool) -> Option<Self> {
        pass.adapter.map(|adapter| ByHand {
            pass,
            adapter,
            recompute,
        })
    }

    /// The loss, weighted, summed and multiplied by `scale`. Hands the gradient of every matrix to
    /// `take`, with its number in the order of [`Adapter::variables`].
    pub fn step(
        &self,
        scale: f32,
        mut take: impl FnMut(usize, &Tensor) -> Result<()>,
    ) -> Result<Tensor> {
        let blocks = self.pass.base.layers.len();
        let mut x = self.pass.embed()?;
        let (mut kept, mut inputs) = (vec![], vec![]);
        for i in 0..blocks {
            let (next, block) = self.forward(i, &x)?;
            if self.recompute {
                inputs.push(x);
            } else {
                kept.push(block);
            }
            x = next;
        }
        let (loss, mut gradient) = self.loss(&x, scale)?;
        drop(x);
        for i in (0..blocks).rev() {
            let block = match (kept.pop(), inputs.pop()) {
                (Some(block), _) => block,
                (None, Some(x)) => self.forward(i, &x)?.1,
                (None, None) => candle_core::bail!("nothing was kept of block {i}"),
            };
            gradient = self.backward(i, block, gradient, &mut take)?;
        }
        Ok(loss)
    }

    fn norm(&self, gain: &Tensor) -> RmsNorm {
        RmsNorm {
            gain: gain.detach(),
            epsilon: self.pass.base.spec.epsilon,
        }
    }

    fn linear(&self, i: usize, which: Linear, x: &Tensor) -> Result<(Tensor, Applied)> {
        let base = self.pass.base;
        let rounded = base.rounded.as_ref();
        let rounded = rounded.map(|base| &base.layers[i][which as usize]);
        let weight = &base.layers[i].linears[which as usize];
        // Nothing before the first block is trained, so that its input needs no gradient.
        let first = i == 0 && matches!(which, Linear::Query | Linear::Key | Linear::Value);
        let op = LoraLinear::new((weight, rounded), self.adapter.scale(), !first);
        let part = self.adapter.part(i, which);
        let (a, b) = (part.a.as_tensor().detach(), part.b.as_tensor().detach());
        let y = x.apply_op3_no_bwd(&a, &b, &op)?;
        Ok((y, Applied { op, x: x.clone() }))
    }

    fn turned(&self, i: usize, which: Linear, x: &Tensor, gain: Option<&Tensor>) -> Result<Turned> {
        let (y, linear) = self.linear(i, which, x)?;
        let (y, norm) = match gain {
            Some(gain) => {
                let op = self.norm(gain);
                let heads = y.reshape(((), gain.elem_count()))?;
                let normed = heads.apply_op1_no_bwd(&op)?.reshape(y.shape())?;
                (normed, Some((heads, op)))
            }
            None => (y, None),
        };
        let out = y.apply_op1_no_bwd(&self.rotation(false))?;
        Ok(Turned { linear, norm, out })
    }

    fn rotation(&self, back: bool) -> Rotate {
        Rotate {
            angles: self.pass.batch.angles.clone(),
            back,
        }
    }

    fn forward(&self, i: usize, x: &Tensor) -> Result<(Tensor, Kept)> {
        let spec = &self.pass.base.spec;
        let layer = &self.pass.base.layers[i];
        let (query, key) = layer.head_norms.as_ref().map(|(q, k)| (q, k)).unzip();
        let seen = x.apply_op1_no_bwd(&self.norm(&layer.attention_norm))?;
        let query = self.turned(i, Linear::Query, &seen, query)?;
        let key = self.turned(i, Linear::Key, &seen, key)?;
        let (v, value) = self.linear(i, Linear::Value, &seen)?;
        let heads = (spec.heads, spec.groups);
        let attention = Attention::new(&self.pass.batch.packing, heads, spec.head);
        let mixed = query.out.apply_op3_no_bwd(&key.out, &v, &attention)?;
        let (out, output) = self.linear(i, Linear::Output, &mixed)?;
        let between = (x + out)?;
        let seen = between.apply_op1_no_bwd(&self.norm(&layer.feed_norm))?;
        let (gated, gate) = self.linear(i, Linear::Gate, &seen)?;
        let (upward, up) = self.linear(i, Linear::Up, &seen)?;
        let inner = gated.apply_op2_no_bwd(&upward, &SwiGlu)?;
        let (out, down) = self.linear(i, Linear::Down, &inner)?;
        let next = (&between + out)?;
        let kept = Kept {
            x: x.clone(),
            query,
            key,
            value,
            v,
            attention,
            output,
            between,
            gate,
            up,
            gated,
            upward,
            down,
        };
        Ok((next, kept))
    }

    /// The gradient of what went into block `i`, from that of what it put out.
    fn backward(
        &self,
        i: usize,
        kept: Kept,
        gradient: Tensor,
        take: &mut impl FnMut(usize, &Tensor) -> Result<()>,
    ) -> Result<Tensor> {
        let layer = &self.pass.base.layers[i];
        let mut linear = |which: Linear, applied: Applied, dy: &Tensor, onto: Option<Tensor>| {
            let part = self.adapter.part(i, which);
            let (a, b) = (part.a.as_tensor().detach(), part.b.as_tensor().detach());
            let (dx, da, db) = applied.op.backward_onto(&applied.x, &a, &b, dy, onto)?;
            let number = (i * Linear::ALL.len() + which as usize) * 2;
            for (number, gradient) in [(number, da), (number + 1, db)] {
                take(number, &found(gradient)?)?;
            }
            Ok::<_, candle_core::Error>(dx)
        };
        let inner = found(linear(Linear::Down, kept.down, &gradient, None)?)?;
        let (gated, upward) = SwiGlu.bwd(&kept.gated, &kept.upward, &inner, &inner)?;
        let seen = linear(Linear::Gate, kept.gate, &found(gated)?, None)?;
        let seen = found(linear(Linear::Up, kept.up, &found(upward)?, seen)?)?;
        let gradient =
            self.norm(&layer.feed_norm)
                .backward_beside(&kept.between, &seen, &gradient)?;
        let mixed = found(linear(Linear::Output, kept.output, &gradient, None)?)?;
        let (q, k) = (&kept.query.out, &kept.key.out);
        let (dq, dk, dv) = kept.attention.bwd(q, k, &kept.v, &mixed, &mixed)?;
        let dq = self.turned_back(&kept.query, &found(dq)?)?;
        let dk = self.turned_back(&kept.key, &found(dk)?)?;
        let seen = linear(Linear::Query, kept.query.linear, &dq, None)?;
        let seen = linear(Linear::Key, kept.key.linear, &dk, seen)?;
        let seen = linear(Linear::Value, kept.value, &found(dv)?, seen)?;
        match seen {
            Some(seen) => self
                .norm(&layer.attention_norm)
                .backward_beside(&kept.x, &seen, &gradient),
            None => Ok(gradient),
        }
    }

    /// The gradient of what a projection put out.
    fn turned_back(&self, turned: &Turned, gradient: &Tensor) -> Result<Tensor> {
        let gradient = gradient.apply_op1_no_bwd(&self.rotation(true))?;
        match &turned.norm {
            Some((heads, op)) => {
                let dy = gradient.reshape(heads.shape())?;
                found(op.bwd(heads, heads, &dy)?)?.reshape(gradient.shape())
            }
            None => Ok(gradient),
        }
    }

    /// The loss, and its gradient for what the last block put out.
    fn loss(&self, hidden: &Tensor, scale: f32) -> Result<(Tensor, Tensor)> {
        let (base, batch) = (self.pass.base, self.pass.batch);
        let weights: Vec<f32> = batch.weights.iter().map(|w| w * scale).collect();
        let rounded = base.rounded.as_ref().map(|base| &base.output);
        let op = CrossEntropy::new((&base.output, rounded), &batch.targets, &weights, true);
        let norm = self.norm(&base.norm);
        let x = hidden.index_select(&batch.learned, 0)?;
        let loss = x.apply_op1_no_bwd(&norm)?.apply_op1_no_bwd(&op)?;
        let dx = found(norm.bwd(&x, &x, &op.take()?)?)?;
        // Each token fetches the gradient of its place; a token that is not learned fetches zeros.
        let none = Tensor::zeros((1, dx.dim(1)?), DType::F32, dx.device())?;
        let gradient = Tensor::cat(&[dx, none], 0)?.index_select(&batch.places, 0)?;
        Ok((loss, gradient))
    }
}

fn found(gradient: Option<Tensor>) -> Result<Tensor> {
    match gradient {
        Some(gradient) => Ok(gradient),
        None => candle_core::bail!("an operation gave no gradient"),
    }
}
