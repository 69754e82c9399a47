//! The base model, with room for an adapter beside each linear layer.

pub mod adapter;
mod by_hand;
mod forward;
pub mod gguf;
pub mod huggingface;
pub mod order;
pub mod parameters;
pub mod place;
pub mod random;
mod recompute;
pub mod source;

#[cfg(test)]
mod plain;
#[cfg(test)]
pub(crate) mod tiny;

pub use adapter::{Adapter, Linear};
pub use by_hand::ByHand;
pub use decoder::{Architecture, Tokenizer};
pub use forward::Pass;
pub use parameters::Parameters;
pub use place::{Piece, Place};
pub use source::Source;

use crate::ops::Packing;
use crate::ops::bf16::Rounded;
use crate::ops::rope::Angles;
use candle_core::{DType, Device, Result, Tensor, Var};
use std::sync::Arc;

/// The family and the sizes of a model.
#[derive(Clone, Debug, PartialEq)]
pub struct Spec {
    pub architecture: Architecture,
    pub layers: usize,
    pub width: usize,
    pub heads: usize,
    /// Key and value heads.
    pub groups: usize,
    /// Width of one head; the heads together need not be as wide as the model.
    pub head: usize,
    /// Width of the feed-forward block.
    pub inner: usize,
    pub vocabulary: usize,
    pub rope_base: f64,
    pub epsilon: f32,
    /// Whether the embedding is the output projection as well.
    pub tied: bool,
}

impl Spec {
    /// Whether the weights of a model with these sizes fit into one with the `other` sizes.
    pub fn has_sizes_of(&self, other: &Spec) -> bool {
        let sized = Spec {
            rope_base: other.rope_base,
            epsilon: other.epsilon,
            ..self.clone()
        };
        sized == *other
    }

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
    /// The gains over each head of queries and of keys, where the model normalises them.
    pub head_norms: Option<(Tensor, Tensor)>,
    pub linears: [Tensor; 7],
}

/// The weights, frozen unless the whole model is trained. Rotated rows stand in pairs side by side.
pub struct Base {
    pub spec: Spec,
    pub embedding: Tensor,
    pub layers: Vec<Layer>,
    pub norm: Tensor,
    /// The output projection; for tied models the same tensor as `embedding`.
    pub output: Tensor,
    /// The type that weights and what they multiply are rounded to where the weights themselves are
    /// trained.
    pub products: DType,
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
    /// For each token which of those places it is, or their number if it is none of them.
    pub places: Tensor,
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
    /// Packs rows of at most `length` tokens. On a GPU each row is padded to the width of the longest;
    /// on the CPU nothing is padded.
    pub fn new(
        rows: &[Vec<&Document>],
        length: usize,
        spec: &Spec,
        device: &Device,
    ) -> Result<Self> {
        let used = |row: &Vec<&Document>| row.iter().map(|d| d.tokens.len()).sum::<usize>();
        let longest = rows.iter().map(used).max().unwrap_or_default();
        if longest > length {
            candle_core::bail!("a row of {longest} tokens is longer than {length}");
        }
        let width = crate::train::plan::width(longest);
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
                tokens.resize(row_start + width, 0);
                positions.resize(row_start + width, 0);
            }
        }
        let count = tokens.len();
        let mut places = vec![targets.len() as u32; count];
        for (i, place) in learned.iter().enumerate() {
            places[*place as usize] = i as u32;
        }
        Ok(Batch {
            places: Tensor::from_vec(places, count, device)?,
            angles: Angles::new(&positions, spec.head, spec.rope_base, device)?,
            packing: Packing::new(documents, count, width, device)?,
            tokens: Tensor::from_vec(tokens, count, device)?,
            learned: Tensor::from_vec(learned, targets.len(), device)?,
            targets,
            weights,
        })
    }
}

impl Base {
    /// Puts a model together from its weights, each of which `get` is asked for once.
    pub fn gather<E: From<candle_core::Error>>(
        spec: &Spec,
        mut get: impl FnMut(Place) -> std::result::Result<Tensor, E>,
    ) -> std::result::Result<Self, E> {
        let mut get = |place: Place| -> std::result::Result<Tensor, E> {
            let tensor = get(place)?;
            let (shape, expected) = (tensor.dims(), place.shape(spec));
            if shape != expected {
                return Err(candle_core::Error::Msg(format!(
                    "{} has the shape {shape:?}, but the model's sizes ask for {expected:?}",
                    place.huggingface()
                ))
                .into());
            }
            Ok(tensor)
        };
        let embedding = get(Place::Embedding)?;
        let output = match spec.tied {
            true => embedding.clone(),
            false => get(Place::Output)?,
        };
        let mut layers = Vec::with_capacity(spec.layers);
        for i in 0..spec.layers {
            let mut piece = |piece| get(Place::Block(i, piece));
            layers.push(Layer {
                attention_norm: piece(Piece::AttentionNorm)?,
                feed_norm: piece(Piece::FeedNorm)?,
                head_norms: match spec.architecture.normalises_heads() {
                    true => Some((piece(Piece::QueryNorm)?, piece(Piece::KeyNorm)?)),
                    false => None,
                },
                linears: [
                    piece(Piece::Linear(Linear::Query))?,
                    piece(Piece::Linear(Linear::Key))?,
                    piece(Piece::Linear(Linear::Value))?,
                    piece(Piece::Linear(Linear::Output))?,
                    piece(Piece::Linear(Linear::Gate))?,
                    piece(Piece::Linear(Linear::Up))?,
                    piece(Piece::Linear(Linear::Down))?,
                ],
            });
        }
        Ok(Base {
            embedding,
            output,
            layers,
            norm: get(Place::Norm)?,
            products: DType::F32,
            rounded: None,
            spec: spec.clone(),
        })
    }

    /// The same model with each weight as `change` makes it.
    fn map(&self, mut change: impl FnMut(Place, &Tensor) -> Result<Tensor>) -> Result<Self> {
        let base = Base::gather(&self.spec, |place| match self.weight(place) {
            Some(weight) => change(place, weight),
            None => candle_core::bail!("the model lacks {}", place.huggingface()),
        })?;
        Ok(Base {
            products: self.products,
            ..base
        })
    }

    /// The model with its weights as variables in `f32`, so that they can be trained.
    pub fn variables(&self) -> Result<Self> {
        self.map(|_, weight| {
            let weight = weight.to_dtype(DType::F32)?;
            Ok(Var::from_tensor(&weight)?.as_tensor().clone())
        })
    }

    /// The model with an adapter merged into its weights.
    pub fn merged(&self, adapter: &Adapter) -> Result<Self> {
        self.map(|place, weight| match place {
            Place::Block(i, Piece::Linear(linear)) => weight + adapter.delta(i, linear)?,
            _ => Ok(weight.clone()),
        })
    }

    /// A frozen copy of the model in `f32` on another device.
    pub fn copy(&self, device: &Device) -> Result<Self> {
        self.map(|_, weight| weight.detach().to_dtype(DType::F32)?.to_device(device))
    }

    /// The weight at a place; `None` for a place that the model does not have.
    pub fn weight(&self, place: Place) -> Option<&Tensor> {
        match place {
            Place::Embedding => Some(&self.embedding),
            Place::Output => Some(&self.output),
            Place::Norm => Some(&self.norm),
            Place::Block(i, piece) => {
                let layer = self.layers.get(i)?;
                match piece {
                    Piece::AttentionNorm => Some(&layer.attention_norm),
                    Piece::FeedNorm => Some(&layer.feed_norm),
                    Piece::QueryNorm => layer.head_norms.as_ref().map(|(query, _)| query),
                    Piece::KeyNorm => layer.head_norms.as_ref().map(|(_, key)| key),
                    Piece::Linear(linear) => Some(&layer.linears[linear as usize]),
                }
            }
        }
    }

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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packing_does_not_change_the_loss() {
        let base = tiny::base(Architecture::Qwen3);
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
    fn recomputed_gradients_are_the_same() {
        for architecture in Architecture::ALL {
            let base = tiny::base(architecture);
            let (a, b) = (tiny::document(3, 24), tiny::document(4, 17));
            let batch = Batch::new(&[vec![&a, &b]], 64, &base.spec, &Device::Cpu).unwrap();
            let adapter = effective(&base.spec);
            same_gradients(
                &base,
                Some(&adapter),
                &Parameters::of_adapter(&adapter),
                &batch,
            );
        }
    }

    #[test]
    fn gradients_by_hand_are_those_of_the_graph() {
        for (architecture, recompute) in Architecture::ALL
            .into_iter()
            .flat_map(|a| [(a, false), (a, true)])
        {
            let base = tiny::base(architecture);
            let (a, b) = (tiny::document(3, 24), tiny::document(4, 17));
            let batch = Batch::new(&[vec![&a, &b]], 64, &base.spec, &Device::Cpu).unwrap();
            let adapter = effective(&base.spec);
            let pass = base.pass(Some(&adapter), &batch, true);
            let loss = pass.score(&pass.hidden().unwrap(), 0.1).unwrap();
            let store = loss.backward().unwrap();
            let mut given = 0;
            let by_hand = ByHand::new(pass, recompute).unwrap();
            let other = by_hand
                .step(0.1, |number, gradient| {
                    let (name, var) = &adapter.variables()[number];
                    let expected = store.get(var.as_tensor()).unwrap();
                    let length = |t: &Tensor| {
                        t.sqr()
                            .unwrap()
                            .sum_all()
                            .unwrap()
                            .to_scalar::<f32>()
                            .unwrap()
                            .sqrt()
                    };
                    let apart = length(&(expected - gradient).unwrap()) / length(expected);
                    assert!(apart < 1e-4, "{name}: {apart}");
                    given += 1;
                    Ok(())
                })
                .unwrap();
            assert_eq!(given, adapter.variables().len());
            let value = |t: &Tensor| t.to_vec1::<f32>().unwrap()[0];
            assert!((value(&loss) - value(&other)).abs() < 1e-5);
        }
    }

    #[test]
    fn recomputed_gradients_of_all_weights_are_the_same() {
        for architecture in Architecture::ALL {
            let base = tiny::base(architecture).variables().unwrap();
            let (a, b) = (tiny::document(3, 24), tiny::document(4, 17));
            let batch = Batch::new(&[vec![&a, &b]], 64, &base.spec, &Device::Cpu).unwrap();
            same_gradients(&base, None, &Parameters::of_weights(&base).unwrap(), &batch);
        }
    }

    #[test]
    fn gradients_of_all_weights_equal_finite_differences() {
        for architecture in Architecture::ALL {
            let base = tiny::base(architecture).variables().unwrap();
            let document = tiny::document(3, 24);
            let batch = Batch::new(&[vec![&document]], 64, &base.spec, &Device::Cpu).unwrap();
            let parameters = Parameters::of_weights(&base).unwrap();
            let loss = || base.loss(None, &batch, 0.1, true).unwrap();
            let gradients = loss().backward().unwrap();
            for (name, var) in parameters.iter() {
                let gradient = gradients.get(var.as_tensor()).expect(name);
                let (expected, got) =
                    along(var, gradient, 0.002, || loss().to_vec1::<f32>().unwrap()[0]);
                assert!(
                    (got - expected).abs() < 0.03 * (expected.abs() + 0.1),
                    "{name}: {got} {expected}"
                );
            }
        }
    }

    #[test]
    fn a_merged_adapter_computes_the_same() {
        let base = tiny::base(Architecture::Qwen3);
        let adapter = effective(&base.spec);
        let document = tiny::document(3, 40);
        let batch = Batch::new(&[vec![&document]], 64, &base.spec, &Device::Cpu).unwrap();
        let loss = |base: &Base, adapter: Option<&Adapter>| {
            let loss = base.loss(adapter, &batch, 0.1, false).unwrap();
            loss.to_vec1::<f32>().unwrap()[0]
        };
        let expected = loss(&base, Some(&adapter));
        assert!((loss(&base, None) - expected).abs() > 0.01 * expected);
        let merged = base.merged(&adapter).unwrap();
        assert!((loss(&merged, None) - expected).abs() < 1e-4 * expected);
    }

    #[test]
    fn trained_and_frozen_weights_give_the_same_loss() {
        let frozen = tiny::base(Architecture::Qwen3);
        let base = frozen.variables().unwrap();
        let document = tiny::document(3, 40);
        let batch = Batch::new(&[vec![&document]], 64, &base.spec, &Device::Cpu).unwrap();
        let loss = |base: &Base, learn| {
            let loss = base.loss(None, &batch, 0.1, learn).unwrap();
            loss.to_vec1::<f32>().unwrap()[0]
        };
        let expected = loss(&frozen, false);
        assert!((loss(&base, true) - expected).abs() < 1e-4 * expected);
        assert!((loss(&base, false) - expected).abs() < 1e-4 * expected);
    }

    /// An adapter that has an effect: `B` starts at zero, and `A` has no gradient then.
    fn effective(spec: &Spec) -> Adapter {
        let adapter = Adapter::new(spec, 4, 8.0, 11, &Device::Cpu).unwrap();
        for (i, (_, var)) in adapter.variables().into_iter().enumerate() {
            let noise = crate::ops::difference::noise(i as u64, var.dims());
            var.set(&(noise * 0.1).unwrap()).unwrap();
        }
        adapter
    }

    /// The slope of the loss along a random direction of `var`: by its gradient, and by a difference
    /// of `step` to either side.
    fn along(var: &Var, gradient: &Tensor, step: f64, loss: impl Fn() -> f32) -> (f32, f32) {
        let start = var.as_tensor().copy().unwrap();
        let direction = crate::ops::difference::noise(5, var.dims());
        let expected = (gradient * &direction).unwrap().sum_all().unwrap();
        let at = |step: f64| {
            var.set(&(&start + (&direction * step).unwrap()).unwrap())
                .unwrap();
            loss()
        };
        let got = (at(step) - at(-step)) / (2.0 * step) as f32;
        var.set(&start).unwrap();
        (expected.to_scalar().unwrap(), got)
    }

    fn same_gradients(
        base: &Base,
        adapter: Option<&Adapter>,
        parameters: &Parameters,
        batch: &Batch,
    ) {
        let number = |t: &Tensor| t.flatten_all().unwrap().to_vec1::<f32>().unwrap();
        let loss = base.loss(adapter, batch, 0.1, true).unwrap();
        let whole = loss.backward().unwrap();
        let mut parts: Vec<Option<Tensor>> = vec![None; parameters.iter().len()];
        let again = base
            .pass(adapter, batch, true)
            .recompute(0.1, |store| {
                for (part, (_, var)) in parts.iter_mut().zip(parameters.iter()) {
                    if let Some(more) = store.get(var.as_tensor()) {
                        *part = Some(match part {
                            Some(part) => (&*part + more)?,
                            None => more.clone(),
                        });
                    }
                }
                Ok(())
            })
            .unwrap();
        assert!((number(&loss)[0] - number(&again)[0]).abs() < 1e-5);
        for ((name, var), part) in parameters.iter().zip(parts) {
            let (a, b) = (
                number(whole.get(var.as_tensor()).unwrap()),
                number(&part.unwrap()),
            );
            let size = a.iter().map(|v| v.abs()).fold(0.0, f32::max);
            let apart = a
                .iter()
                .zip(&b)
                .map(|(a, b)| (a - b).abs())
                .fold(0.0, f32::max);
            assert!(
                size > 0.0 && apart < 1e-4 * size,
                "{name}: {apart} of {size}"
            );
        }
    }

    #[test]
    fn gradient_of_a_whole_llama_equals_finite_differences() {
        compare_with_finite_differences(&tiny::base(Architecture::Llama));
    }

    #[test]
    fn gradient_of_a_whole_qwen3_equals_finite_differences() {
        compare_with_finite_differences(&tiny::base(Architecture::Qwen3));
    }

    fn compare_with_finite_differences(base: &Base) {
        let document = tiny::document(3, 24);
        let batch = Batch::new(&[vec![&document]], 64, &base.spec, &Device::Cpu).unwrap();
        let adapter = effective(&base.spec);
        let loss = || base.loss(Some(&adapter), &batch, 0.1, true).unwrap();
        let gradients = loss().backward().unwrap();
        for (name, var) in adapter.variables() {
            let gradient = gradients.get(var.as_tensor()).expect(&name);
            let (expected, got) =
                along(var, gradient, 0.01, || loss().to_vec1::<f32>().unwrap()[0]);
            assert!(
                (got - expected).abs() < 0.02 * (expected.abs() + 0.1),
                "{name}: {got} {expected}"
            );
        }
    }
}
