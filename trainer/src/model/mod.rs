//! The base model in `f32`, with room for an adapter beside each linear layer.

pub mod adapter;
pub mod gguf;
pub mod tokenizer;

pub use adapter::{Adapter, Linear};

use crate::ops::bf16::Rounded;
use crate::ops::rope::Angles;
use crate::ops::{Packing, attention, linear, loss, norm, rope, swiglu};
use candle_core::{Device, Result, Tensor};
use std::sync::Arc;

/// The sizes of a Llama model.
#[derive(Clone, Debug, PartialEq)]
pub struct Spec {
    pub layers: usize,
    pub width: usize,
    pub heads: usize,
    /// Key and value heads.
    pub groups: usize,
    /// Width of one head.
    pub head: usize,
    /// Width of the feed-forward block.
    pub inner: usize,
    pub vocabulary: usize,
    pub rope_base: f64,
    pub epsilon: f32,
}

impl Spec {
    /// The shape `(out, in)` of a linear layer.
    pub fn shape(&self, linear: Linear) -> (usize, usize) {
        let (wide, narrow) = (self.heads * self.head, self.groups * self.head);
        match linear {
            Linear::Query => (wide, self.width),
            Linear::Key | Linear::Value => (narrow, self.width),
            Linear::Output => (self.width, wide),
            Linear::Gate | Linear::Up => (self.inner, self.width),
            Linear::Down => (self.width, self.inner),
        }
    }
}

/// One block of the model; the linear layers in the order of [`Linear::ALL`].
pub struct Layer {
    pub attention_norm: Tensor,
    pub feed_norm: Tensor,
    pub linears: [Tensor; 7],
}

/// The frozen weights, in the row order of GGUF files.
pub struct Base {
    pub spec: Spec,
    pub embedding: Tensor,
    pub layers: Vec<Layer>,
    pub norm: Tensor,
    /// The output projection; for tied models the same tensor as `embedding`.
    pub output: Tensor,
    /// The weights in `bf16`, once [`Base::round`] has been called.
    pub rounded: Option<RoundedBase>,
}

/// The frozen weights that take part in a product, rounded to `bf16`.
pub struct RoundedBase {
    layers: Vec<[Arc<Rounded>; 7]>,
    output: Arc<Rounded>,
}

/// Packed tokens on a device, with the places at which the model is trained.
pub struct Batch {
    pub tokens: Tensor,
    pub angles: Arc<Angles>,
    pub packing: Arc<Packing>,
    /// Places whose next token is learned.
    pub learned: Tensor,
    /// The next token at each of those places.
    pub targets: Vec<u32>,
    /// How much each of them counts.
    pub weights: Vec<f32>,
}

/// One document of a batch: its tokens, and for each how much it counts in the loss. What is read and
/// not learned counts nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    pub tokens: Vec<u32>,
    pub weights: Vec<f32>,
}

impl Document {
    /// The learned tokens, each with its place and weight. Nothing stands before the first token from
    /// which it could be learned.
    pub fn learned(&self) -> impl Iterator<Item = (usize, f32)> + '_ {
        let weights = self.weights.iter().copied().enumerate().skip(1);
        weights.filter(|(_, weight)| *weight > 0.0)
    }
}

impl Batch {
    /// Packs rows of documents. On a GPU each row is padded to `length`; on the CPU nothing is.
    pub fn new(
        rows: &[Vec<&Document>],
        length: usize,
        spec: &Spec,
        device: &Device,
    ) -> Result<Self> {
        let (mut tokens, mut positions) = (vec![], vec![]);
        let (mut documents, mut learned) = (vec![], vec![]);
        let (mut targets, mut weights) = (vec![], vec![]);
        for row in rows {
            let row_start = tokens.len();
            for document in row {
                let start = tokens.len();
                documents.push((start, document.tokens.len()));
                for (i, token) in document.tokens.iter().enumerate() {
                    tokens.push(*token);
                    positions.push(i as u32);
                }
                for (i, weight) in document.learned() {
                    learned.push((start + i - 1) as u32);
                    targets.push(document.tokens[i]);
                    weights.push(weight);
                }
            }
            if !device.is_cpu() {
                if tokens.len() > row_start + length {
                    candle_core::bail!(
                        "a row of {} tokens is longer than {length}",
                        tokens.len() - row_start
                    );
                }
                tokens.resize(row_start + length, 0);
                positions.resize(row_start + length, 0);
            }
        }
        let count = tokens.len();
        Ok(Batch {
            angles: Angles::new(&positions, spec.head, spec.rope_base, device)?,
            packing: Packing::new(documents, count, length, device)?,
            tokens: Tensor::from_vec(tokens, count, device)?,
            learned: Tensor::from_vec(learned, targets.len(), device)?,
            targets,
            weights,
        })
    }
}

impl Base {
    /// Rounds the weights to `bf16` for training on the CPU. Says `false`, and does nothing, where the
    /// CPU lacks the instructions.
    pub fn round(&mut self) -> Result<bool> {
        let Some(output) = Rounded::new(&self.output)? else {
            return Ok(false);
        };
        let mut layers = Vec::with_capacity(self.layers.len());
        for layer in &self.layers {
            let mut linears = Vec::with_capacity(7);
            for weight in &layer.linears {
                linears.extend(Rounded::new(weight)?);
            }
            match <[Arc<Rounded>; 7]>::try_from(linears) {
                Ok(linears) => layers.push(linears),
                Err(_) => candle_core::bail!("a block has seven linear layers"),
            }
        }
        self.rounded = Some(RoundedBase { layers, output });
        Ok(true)
    }

    /// What the last block puts out for each token, before the final normalisation.
    ///
    /// With `learn` the adapter gets gradients; without, nothing is kept for a backward pass.
    pub fn hidden(&self, adapter: Option<&Adapter>, batch: &Batch, learn: bool) -> Result<Tensor> {
        let spec = &self.spec;
        let mut x = self.embedding.index_select(&batch.tokens, 0)?;
        for (i, layer) in self.layers.iter().enumerate() {
            let apply = |which: Linear, x: &Tensor| -> Result<Tensor> {
                let weight = &layer.linears[which as usize];
                let rounded = self.rounded.as_ref();
                let rounded = rounded.map(|base| &base.layers[i][which as usize]);
                let both = (weight, rounded);
                match adapter {
                    Some(adapter) => {
                        let part = adapter.part(i, which);
                        let (a, b) = (part.a.as_tensor(), part.b.as_tensor());
                        let scale = adapter.scale();
                        if learn {
                            linear::lora_linear(x, both, a, b, scale)
                        } else {
                            linear::lora_linear(x, both, &a.detach(), &b.detach(), scale)
                        }
                    }
                    None => x.matmul(&weight.t()?),
                }
            };
            let seen = norm::rms_norm(&x, &layer.attention_norm, spec.epsilon)?;
            let q = rope::rotate(&apply(Linear::Query, &seen)?, &batch.angles)?;
            let k = rope::rotate(&apply(Linear::Key, &seen)?, &batch.angles)?;
            let v = apply(Linear::Value, &seen)?;
            let mixed =
                attention::attention(&q, &k, &v, &batch.packing, (spec.heads, spec.groups))?;
            x = (x + apply(Linear::Output, &mixed)?)?;
            let seen = norm::rms_norm(&x, &layer.feed_norm, spec.epsilon)?;
            let inner = swiglu::swiglu(&apply(Linear::Gate, &seen)?, &apply(Linear::Up, &seen)?)?;
            x = (x + apply(Linear::Down, &inner)?)?;
        }
        Ok(x)
    }

    /// The loss over the learned places of a batch, weighted, summed and multiplied by `scale`.
    pub fn loss(
        &self,
        adapter: Option<&Adapter>,
        batch: &Batch,
        scale: f32,
        learn: bool,
    ) -> Result<Tensor> {
        // Only learned places need scores, so only they are normalised and projected.
        let x = self
            .hidden(adapter, batch, learn)?
            .index_select(&batch.learned, 0)?;
        let x = norm::rms_norm(&x, &self.norm, self.spec.epsilon)?;
        let rounded = self.rounded.as_ref().map(|base| &base.output);
        let weights: Vec<f32> = batch.weights.iter().map(|w| w * scale).collect();
        loss::cross_entropy(&x, (&self.output, rounded), &batch.targets, &weights)
    }
}

#[cfg(test)]
pub(crate) mod tiny {
    //! A tiny random model for tests.

    use super::*;
    use crate::ops::difference::noise;

    pub(crate) fn spec() -> Spec {
        Spec {
            layers: 2,
            width: 64,
            heads: 4,
            groups: 2,
            head: 16,
            inner: 96,
            vocabulary: 160,
            rope_base: 10_000.0,
            epsilon: 1e-5,
        }
    }

    /// Seeded weights, small enough that the scores stay tame.
    pub(crate) fn base() -> Base {
        let spec = spec();
        let weight = |seed: u64, shape: &[usize]| (noise(seed, shape) * 0.2).unwrap();
        let gain = |seed: u64| noise(seed, &[spec.width]).affine(0.1, 1.0).unwrap();
        let layers = (0..spec.layers as u64)
            .map(|i| Layer {
                attention_norm: gain(100 * i + 1),
                feed_norm: gain(100 * i + 2),
                linears: Linear::ALL.map(|l| {
                    let (out, input) = spec.shape(l);
                    weight(100 * i + 10 + l as u64, &[out, input])
                }),
            })
            .collect();
        let embedding = weight(7, &[spec.vocabulary, spec.width]);
        Base {
            layers,
            norm: gain(8),
            output: embedding.clone(),
            embedding,
            rounded: None,
            spec,
        }
    }

    pub(crate) fn document(seed: u32, len: usize) -> Document {
        Document {
            tokens: (0..len as u32)
                .map(|i| (i * i * 7 + i * seed + seed) % 160)
                .collect(),
            weights: (0..len).map(|i| f32::from(i > len / 3)).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packing_does_not_change_the_loss() {
        let base = tiny::base();
        let (a, b) = (tiny::document(1, 20), tiny::document(5, 33));
        let loss = |rows: &[Vec<&Document>]| {
            let batch = Batch::new(rows, 64, &base.spec, &Device::Cpu).unwrap();
            base.loss(None, &batch, 1.0, false)
                .unwrap()
                .to_vec1::<f32>()
                .unwrap()[0]
        };
        let apart = loss(&[vec![&a]]) + loss(&[vec![&b]]);
        assert!((loss(&[vec![&a, &b]]) - apart).abs() < 1e-3);
        assert!((loss(&[vec![&b], vec![&a]]) - apart).abs() < 1e-3);
    }

    #[test]
    fn gradient_of_the_whole_model_equals_finite_differences() {
        let base = tiny::base();
        let document = tiny::document(3, 24);
        let batch = Batch::new(&[vec![&document]], 64, &base.spec, &Device::Cpu).unwrap();
        let adapter = Adapter::new(&base.spec, 4, 8.0, 11, &Device::Cpu).unwrap();
        // B starts at zero; give it values, so that A has a gradient as well.
        for (i, (_, var)) in adapter.variables().into_iter().enumerate() {
            let noise = crate::ops::difference::noise(i as u64, var.dims());
            var.set(&(noise * 0.1).unwrap()).unwrap();
        }
        let loss = || base.loss(Some(&adapter), &batch, 0.1, true).unwrap();
        let gradients = loss().backward().unwrap();
        for (name, var) in adapter.variables() {
            let gradient = gradients.get(var.as_tensor()).expect(&name);
            let start = var.as_tensor().copy().unwrap();
            let direction = crate::ops::difference::noise(5, var.dims());
            let expected: f32 = (gradient * &direction)
                .unwrap()
                .sum_all()
                .unwrap()
                .to_scalar()
                .unwrap();
            let at = |step: f64| {
                var.set(&(&start + (&direction * step).unwrap()).unwrap())
                    .unwrap();
                loss().to_vec1::<f32>().unwrap()[0]
            };
            let got = (at(0.01) - at(-0.01)) / 0.02;
            var.set(&start).unwrap();
            assert!(
                (got - expected).abs() < 0.02 * (expected.abs() + 0.1),
                "{name}: {got} {expected}"
            );
        }
    }
}
