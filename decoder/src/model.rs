//! The weights of a model, and the pass of tokens through them.

use std::path::Path;

use rayon::prelude::*;

use crate::attention::{LANES, attend, load};
use crate::error::Error;
use crate::gguf::Gguf;
use crate::matrix::{Kernel, Matrix, Product, Rounded};
use crate::memory::Memory;
use crate::rotation::Rotation;
use crate::spec::Spec;

/// Rows of which each thread should have some before they are shared out.
const FEW: usize = 4;

/// A loaded model, with threads of its own.
pub struct Model {
    spec: Spec,
    embedding: Matrix,
    layers: Vec<Layer>,
    norm: Vec<f32>,
    /// The output projection, where it is not the embedding.
    output: Option<Matrix>,
    rotation: Rotation,
    threads: rayon::ThreadPool,
}

struct Layer {
    attention_norm: Vec<f32>,
    /// Queries, keys and values.
    attention: Matrix,
    /// The gains over each head of queries and of keys.
    head_norms: Option<(Vec<f32>, Vec<f32>)>,
    attention_output: Matrix,
    feed_norm: Vec<f32>,
    /// Gate and up.
    feed: Matrix,
    down: Matrix,
}

/// What one text brings to a pass.
pub struct Run<'a> {
    /// The tokens that follow what the memory holds.
    pub tokens: &'a [u32],
    /// What was read of the text; it holds the tokens as well afterwards.
    pub memory: &'a mut Memory,
    /// After how many of the last tokens scores are wanted.
    pub scored: usize,
}

/// What a pass works with.
#[derive(Default)]
struct Scratch {
    rounded: Rounded,
    product: Product,
    normed: Vec<f32>,
    queries: Vec<f32>,
    found: Vec<f32>,
    fed: Vec<f32>,
}

impl Model {
    /// Reads a model, to run on this many threads.
    ///
    /// [`Error::Unsupported`] says that the file is sound and its model is another than those known here.
    pub fn open(path: &Path, kernel: Kernel, threads: usize) -> Result<Model, Error> {
        let mut gguf = Gguf::open(path)?;
        let spec = Spec::read(&gguf)?;
        if !spec.head.is_multiple_of(LANES) {
            return Err(gguf.unsupported(format!("has heads of {}", spec.head)));
        }
        let threads = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .thread_name(|index| format!("model-{index}"))
            .build()
            .map_err(|error| Error::Threads(error.to_string()))?;
        let mut matrix = |names: &[(String, usize)], columns: usize| {
            let stored = names
                .iter()
                .map(|(name, rows)| gguf.stored(name, *rows, columns))
                .collect::<Result<Vec<_>, _>>()?;
            threads
                .install(|| Matrix::from_stored(&stored, columns, kernel))
                .ok_or_else(|| gguf.unsupported(format!("has rows of {columns} weights")))
        };
        let (wide, narrow) = (spec.heads * spec.head, spec.groups * spec.head);
        let named = |layer: usize, name: &str| format!("blk.{layer}.{name}.weight");
        let mut matrices = Vec::with_capacity(spec.layers);
        for layer in 0..spec.layers {
            let named = |name: &str, rows: usize| (named(layer, name), rows);
            let attention = [
                named("attn_q", wide),
                named("attn_k", narrow),
                named("attn_v", narrow),
            ];
            let feed = [named("ffn_gate", spec.inner), named("ffn_up", spec.inner)];
            matrices.push([
                matrix(&attention, spec.width)?,
                matrix(&[named("attn_output", spec.width)], wide)?,
                matrix(&feed, spec.width)?,
                matrix(&[named("ffn_down", spec.width)], spec.inner)?,
            ]);
        }
        let vocabulary = |name: &str| [(name.to_string(), spec.vocabulary)];
        let embedding = matrix(&vocabulary("token_embd.weight"), spec.width)?;
        let output = match spec.tied {
            true => None,
            false => Some(matrix(&vocabulary("output.weight"), spec.width)?),
        };
        let mut layers = Vec::with_capacity(spec.layers);
        for (layer, [attention, attention_output, feed, down]) in matrices.into_iter().enumerate() {
            let mut gains = |name: &str| gguf.numbers(&named(layer, name));
            layers.push(Layer {
                attention_norm: gains("attn_norm")?,
                head_norms: match spec.architecture.normalises_heads() {
                    true => Some((gains("attn_q_norm")?, gains("attn_k_norm")?)),
                    false => None,
                },
                feed_norm: gains("ffn_norm")?,
                attention,
                attention_output,
                feed,
                down,
            });
        }
        Ok(Model {
            norm: gguf.numbers("output_norm.weight")?,
            rotation: Rotation::new(&spec),
            spec,
            embedding,
            layers,
            output,
            threads,
        })
    }

    pub fn spec(&self) -> &Spec {
        &self.spec
    }

    /// The memory of a text of which nothing is read yet.
    pub fn memory(&self) -> Memory {
        Memory::new(&self.spec)
    }

    /// Reads on in some texts. Returns for each the scores of every token of the vocabulary after each
    /// of the tokens for which they are wanted. Where it fails, nothing was read.
    pub fn read(&self, runs: &mut [Run]) -> Result<Vec<Vec<Vec<f32>>>, Error> {
        for run in runs.iter() {
            let tokens = run.memory.tokens().len() + run.tokens.len();
            let limit = self.spec.context;
            if tokens > limit {
                return Err(Error::TooLong { tokens, limit });
            }
            let unknown = |token: &&u32| **token as usize >= self.spec.vocabulary;
            if let Some(token) = run.tokens.iter().find(unknown) {
                return Err(Error::NoSuchToken(*token));
            }
        }
        Ok(self.threads.install(|| self.pass(runs)))
    }

    fn pass(&self, runs: &mut [Run]) -> Vec<Vec<Vec<f32>>> {
        let width = self.spec.width;
        let mut states = Vec::new();
        let mut places = Vec::new();
        for (number, run) in runs.iter().enumerate() {
            let read = run.memory.tokens().len();
            for (place, token) in run.tokens.iter().enumerate() {
                let start = states.len();
                states.resize(start + width, 0.0);
                self.embedding.row(*token as usize, &mut states[start..]);
                places.push((number, read + place));
            }
        }
        let mut scratch = Scratch::default();
        for (number, layer) in self.layers.iter().enumerate() {
            self.attention(number, layer, runs, &places, &mut states, &mut scratch);
            self.feed(layer, &mut states, &mut scratch);
        }
        let mut scored = Vec::new();
        let mut rows = states.chunks_exact(width);
        for run in runs.iter_mut() {
            let skipped = run.tokens.len().saturating_sub(run.scored);
            let run_rows = rows.by_ref().take(run.tokens.len());
            run_rows.skip(skipped).for_each(|row| scored.extend(row));
            run.memory.read(run.tokens);
        }
        self.scores(runs, &scored, &mut scratch)
    }

    /// Adds what each token finds among those before it.
    fn attention(
        &self,
        number: usize,
        layer: &Layer,
        runs: &mut [Run],
        places: &[(usize, usize)],
        states: &mut [f32],
        scratch: &mut Scratch,
    ) {
        let spec = &self.spec;
        let (head, wide, narrow) = (spec.head, spec.heads * spec.head, spec.groups * spec.head);
        self.round_normed(&layer.attention_norm, states, scratch);
        layer
            .attention
            .product(&scratch.rounded, &mut scratch.product);
        scratch.queries.resize(places.len() * wide, 0.0);
        scratch.found.resize(places.len() * wide, 0.0);
        let mut row = vec![0.0; wide + 2 * narrow];
        let groups = number * spec.groups..(number + 1) * spec.groups;
        for (place, ((run, position), queries)) in places
            .iter()
            .zip(scratch.queries.chunks_exact_mut(wide))
            .enumerate()
        {
            scratch.product.row(place, &mut row);
            let (turned, values) = row.split_at_mut(wide + narrow);
            for (index, one) in turned.chunks_exact_mut(head).enumerate() {
                if let Some((of_queries, of_keys)) = &layer.head_norms {
                    let gains = if index < spec.heads {
                        of_queries
                    } else {
                        of_keys
                    };
                    normalise(one, gains, spec.epsilon);
                }
                self.rotation.turn(one, *position);
            }
            let (turned, new) = turned.split_at(wide);
            queries.copy_from_slice(turned);
            let heads = new.chunks_exact(head).zip(values.chunks_exact(head));
            let memory = runs[*run].memory.groups[groups.clone()].iter_mut();
            for ((keys, values), (key, value)) in memory.zip(heads) {
                keys.extend_from_slice(key);
                values.extend_from_slice(value);
            }
        }
        let runs: &[Run] = runs;
        let shared = spec.shared() * head;
        let pieces = scratch.found.par_chunks_mut(shared);
        pieces
            .zip(scratch.queries.par_chunks(shared))
            .enumerate()
            .with_min_len(share(places.len() * spec.groups))
            .for_each_init(Vec::new, |scores, (piece, (found, queries))| {
                let (run, position) = places[piece / spec.groups];
                let group = groups.start + piece % spec.groups;
                let (keys, values) = &runs[run].memory.groups[group];
                let until = (position + 1) * head;
                attend(
                    queries,
                    &keys[..until],
                    &values[..until],
                    head,
                    scores,
                    found,
                );
            });
        scratch.rounded.round(&scratch.found, wide);
        layer
            .attention_output
            .product(&scratch.rounded, &mut scratch.product);
        self.add(&scratch.product, states);
    }

    /// Adds what the feed-forward block makes of each token.
    fn feed(&self, layer: &Layer, states: &mut [f32], scratch: &mut Scratch) {
        let inner = self.spec.inner;
        self.round_normed(&layer.feed_norm, states, scratch);
        layer.feed.product(&scratch.rounded, &mut scratch.product);
        let rows = states.len() / self.spec.width;
        scratch.fed.resize(rows * inner, 0.0);
        let product = &scratch.product;
        scratch
            .fed
            .par_chunks_mut(inner)
            .with_min_len(FEW)
            .enumerate()
            .for_each_init(
                || vec![0.0; 2 * inner],
                |row, (place, fed)| {
                    product.row(place, row);
                    let (gates, ups) = row.split_at(inner);
                    gate(gates, ups, fed);
                },
            );
        scratch.rounded.round(&scratch.fed, inner);
        layer.down.product(&scratch.rounded, &mut scratch.product);
        self.add(&scratch.product, states);
    }

    /// The scores after some states, for each run as many as it wants.
    fn scores(&self, runs: &[Run], states: &[f32], scratch: &mut Scratch) -> Vec<Vec<Vec<f32>>> {
        let output = self.output.as_ref().unwrap_or(&self.embedding);
        self.round_normed(&self.norm, states, scratch);
        output.product(&scratch.rounded, &mut scratch.product);
        let mut place = 0;
        let mut one = || {
            let mut scores = vec![0.0; self.spec.vocabulary];
            scratch.product.row(place, &mut scores);
            place += 1;
            scores
        };
        let wanted = runs.iter().map(|run| run.scored.min(run.tokens.len()));
        wanted
            .map(|wanted| (0..wanted).map(|_| one()).collect())
            .collect()
    }

    fn round_normed(&self, gains: &[f32], states: &[f32], scratch: &mut Scratch) {
        scratch.normed.clear();
        scratch.normed.extend_from_slice(states);
        for row in scratch.normed.chunks_exact_mut(self.spec.width) {
            normalise(row, gains, self.spec.epsilon);
        }
        scratch.rounded.round(&scratch.normed, self.spec.width);
    }

    fn add(&self, product: &Product, states: &mut [f32]) {
        for (place, row) in states.chunks_exact_mut(self.spec.width).enumerate() {
            product.add_row(place, row);
        }
    }
}

/// How many of so many pieces a thread takes at least.
fn share(pieces: usize) -> usize {
    pieces.div_ceil(2 * rayon::current_num_threads()).max(1)
}

/// Scales numbers to a mean square of one, then by their gains (Zhang and Sennrich 2019).
fn normalise(row: &mut [f32], gains: &[f32], epsilon: f32) {
    let mut sums = wide::f32x8::ZERO;
    for eight in row.chunks_exact(LANES) {
        let eight = load(eight);
        sums = eight.mul_add(eight, sums);
    }
    let mean = sums.reduce_add() / row.len() as f32;
    let scale = (mean + epsilon).sqrt().recip();
    for (number, gain) in row.iter_mut().zip(gains) {
        *number *= scale * gain;
    }
}

/// `SwiGLU` (Shazeer 2020): the up numbers, each times its gate and the logistic function of that.
fn gate(gates: &[f32], ups: &[f32], out: &mut [f32]) {
    let one = wide::f32x8::ONE;
    // Above 87.3 the exponential of `wide` is 0; the logistic function is nothing long before.
    let most = wide::f32x8::splat(80.0);
    let eights = gates.chunks_exact(LANES).zip(ups.chunks_exact(LANES));
    for ((gates, ups), out) in eights.zip(out.chunks_exact_mut(LANES)) {
        let gates = load(gates);
        let gated = gates * load(ups) / (one + (-gates).fast_min(most).exp());
        out.copy_from_slice(gated.as_array_ref());
    }
}
