//! Causal attention over packed documents: a token sees the tokens before it in its own document.

use super::{Combine, Matrix, Values, exponentials, largest, product, result, room, values};
use candle_core::{CpuStorage, CustomOp3, Device, Layout, Result, Shape, Tensor};
use rayon::prelude::*;
use std::sync::{Arc, Mutex};

/// Which tokens of a batch form a document.
pub struct Packing {
    /// Start and length of each document, in order, without gaps between tokens that matter.
    pub documents: Vec<(usize, usize)>,
    /// Number of tokens in the batch.
    pub tokens: usize,
    /// On a GPU the batch is a rectangle of rows this long; documents do not cross rows.
    pub row: usize,
    /// For each token the place in its row where its document starts; used on a GPU only.
    #[cfg_attr(
        not(feature = "cuda"),
        expect(dead_code, reason = "only the GPU masks by number")
    )]
    pub(crate) starts: Tensor,
}

impl Packing {
    /// Describes a batch whose documents stand at `documents`, in rows of `row` tokens.
    pub fn new(
        documents: Vec<(usize, usize)>,
        tokens: usize,
        row: usize,
        device: &Device,
    ) -> Result<Arc<Self>> {
        let starts = if device.is_cpu() {
            Tensor::zeros(0, candle_core::DType::U32, device)?
        } else {
            // Padding sees nothing but itself.
            let mut starts: Vec<u32> = (0..tokens).map(|t| (t % row) as u32).collect();
            for &(start, length) in &documents {
                starts[start..start + length].fill((start % row) as u32);
            }
            Tensor::from_vec(starts, tokens, device)?
        };
        Ok(Arc::new(Packing {
            documents,
            tokens,
            row,
            starts,
        }))
    }
}

/// Attention with `heads` query heads that share `groups` key and value heads.
///
/// `q` is `[tokens, heads * head]`, `k` and `v` are `[tokens, groups * head]`.
pub fn attention(
    q: &Tensor,
    k: &Tensor,
    v: &Tensor,
    packing: &Arc<Packing>,
    (heads, groups): (usize, usize),
) -> Result<Tensor> {
    let head = q.dim(1)? / heads;
    q.apply_op3(k, v, Attention::new(packing, (heads, groups), head))
}

/// Queries handled at once. Keys after the last of them are never looked at.
const TILE: usize = 64;

pub(crate) struct Attention {
    pub packing: Arc<Packing>,
    pub heads: usize,
    pub groups: usize,
    pub head: usize,
    /// On a GPU the probabilities stay for the backward pass; memory is plentiful there.
    #[cfg_attr(
        not(feature = "cuda"),
        expect(dead_code, reason = "only the GPU keeps anything")
    )]
    pub kept: Mutex<Option<Tensor>>,
}

/// A destination that several threads write at disjoint places.
#[derive(Clone, Copy)]
struct Shared {
    start: *mut f32,
    len: usize,
}

// SAFETY: every user writes only to the columns of its own head and the rows of its own document.
unsafe impl Send for Shared {}
// SAFETY: as above.
unsafe impl Sync for Shared {}

impl Shared {
    fn new(values: &mut [f32]) -> Self {
        Shared {
            start: values.as_mut_ptr(),
            len: values.len(),
        }
    }

    /// Copies or adds a block `[rows, width]` to place `at`, with `stride` between rows.
    ///
    /// # Safety
    /// No other thread may touch the same elements at the same time.
    unsafe fn write(&self, at: usize, stride: usize, width: usize, block: &[f32], into: Combine) {
        for (i, row) in block.chunks_exact(width).enumerate() {
            let at = at + i * stride;
            assert!(at + width <= self.len, "a block does not fit");
            // SAFETY: inside the slice by the assert; exclusive by the caller's promise.
            let to = unsafe { std::slice::from_raw_parts_mut(self.start.add(at), width) };
            match into {
                Combine::Overwrite => to.copy_from_slice(row),
                Combine::Add => to.iter_mut().zip(row).for_each(|(t, r)| *t += r),
            }
        }
    }
}

/// The operands of one head of one document.
struct Head<'a> {
    q: Matrix<'a>,
    k: Matrix<'a>,
    v: Matrix<'a>,
}

impl Attention {
    pub(crate) fn new(
        packing: &Arc<Packing>,
        (heads, groups): (usize, usize),
        head: usize,
    ) -> Self {
        Attention {
            packing: packing.clone(),
            heads,
            groups,
            head,
            kept: Mutex::new(None),
        }
    }

    fn scale(&self) -> f32 {
        1.0 / (self.head as f32).sqrt()
    }

    /// The pieces that can be computed at the same time: a document and a key head.
    fn pieces(&self) -> Vec<(usize, usize, usize)> {
        self.packing
            .documents
            .iter()
            .flat_map(|&(start, length)| (0..self.groups).map(move |g| (start, length, g)))
            .collect()
    }

    /// Probabilities of the queries `from..to` over the keys `0..to`.
    fn probabilities(&self, head: &Head<'_>, from: usize, to: usize, out: &mut [f32]) {
        let (rows, keys) = (to - from, to);
        let q = Matrix {
            data: &head.q.data[from * head.q.row..],
            ..head.q
        };
        let k = Matrix {
            data: head.k.data,
            row: 1,
            column: head.k.row,
        };
        product(
            out,
            keys,
            (rows, keys, self.head),
            q,
            k,
            self.scale(),
            Combine::Overwrite,
            1,
        );
        for (i, row) in out[..rows * keys].chunks_exact_mut(keys).enumerate() {
            let (seen, hidden) = row.split_at_mut(from + i + 1);
            let top = largest(seen);
            let sum = exponentials(seen, top);
            let factor = 1.0 / sum;
            seen.iter_mut().for_each(|p| *p *= factor);
            hidden.fill(0.0);
        }
    }

    fn head<'a>(
        &self,
        (q, k, v): (&'a [f32], &'a [f32], &'a [f32]),
        start: usize,
        h: usize,
        g: usize,
    ) -> Head<'a> {
        let (wide, narrow) = (self.heads * self.head, self.groups * self.head);
        let at = |data: &'a [f32], width: usize, which: usize| Matrix {
            data: &data[start * width + which * self.head..],
            row: width,
            column: 1,
        };
        Head {
            q: at(q, wide, h),
            k: at(k, narrow, g),
            v: at(v, narrow, g),
        }
    }
}

impl CustomOp3 for Attention {
    fn name(&self) -> &'static str {
        "packed-attention"
    }

    fn cpu_fwd(
        &self,
        q: &CpuStorage,
        q_layout: &Layout,
        k: &CpuStorage,
        k_layout: &Layout,
        v: &CpuStorage,
        v_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let operands = (
            values(q, q_layout)?,
            values(k, k_layout)?,
            values(v, v_layout)?,
        );
        let (wide, head) = (self.heads * self.head, self.head);
        let per_group = self.heads / self.groups;
        let mut out = room(operands.0.len());
        let to_out = Shared::new(&mut out);
        self.pieces()
            .into_par_iter()
            .for_each(|(start, length, g)| {
                let mut p = room(TILE * length);
                let mut o = room(TILE * head);
                for h in g * per_group..(g + 1) * per_group {
                    let here = self.head(operands, start, h, g);
                    for from in (0..length).step_by(TILE) {
                        let to = length.min(from + TILE);
                        let rows = to - from;
                        self.probabilities(&here, from, to, &mut p);
                        product(
                            &mut o,
                            head,
                            (rows, head, to),
                            Matrix::rows(&p, to),
                            here.v,
                            1.0,
                            Combine::Overwrite,
                            1,
                        );
                        let at = (start + from) * wide + h * head;
                        // SAFETY: this piece alone writes head `h` of this document.
                        unsafe {
                            to_out.write(at, wide, head, &o[..rows * head], Combine::Overwrite);
                        }
                    }
                }
            });
        Ok(result(out, q_layout.shape().clone()))
    }

    #[cfg(feature = "cuda")]
    fn cuda_fwd(
        &self,
        q: &candle_core::CudaStorage,
        q_layout: &Layout,
        k: &candle_core::CudaStorage,
        k_layout: &Layout,
        v: &candle_core::CudaStorage,
        v_layout: &Layout,
    ) -> Result<(candle_core::CudaStorage, Shape)> {
        super::cuda::attention_forward(self, q, q_layout, k, k_layout, v, v_layout)
    }

    fn bwd(
        &self,
        q: &Tensor,
        k: &Tensor,
        v: &Tensor,
        _: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let gradient = gradient.contiguous()?;
        #[cfg(feature = "cuda")]
        if q.device().is_cuda() {
            let (dq, dk, dv) = super::cuda::attention_backward(self, q, k, v, &gradient)?;
            return Ok((Some(dq), Some(dk), Some(dv)));
        }
        let (qs, ks, vs, dy) = (
            Values::of(q),
            Values::of(k),
            Values::of(v),
            Values::of(&gradient),
        );
        let operands = (qs.get()?, ks.get()?, vs.get()?);
        let dy = dy.get()?;
        let (wide, narrow, head) = (self.heads * self.head, self.groups * self.head, self.head);
        let per_group = self.heads / self.groups;
        let (mut dq, mut dk, mut dv) = (
            room(operands.0.len()),
            room(operands.1.len()),
            room(operands.2.len()),
        );
        let (to_dq, to_dk, to_dv) = (
            Shared::new(&mut dq),
            Shared::new(&mut dk),
            Shared::new(&mut dv),
        );
        self.pieces()
            .into_par_iter()
            .for_each(|(start, length, g)| {
                let (mut p, mut dp) = (room(TILE * length), room(TILE * length));
                let mut dq_tile = room(TILE * head);
                let (mut dk_all, mut dv_all) = (room(length * head), room(length * head));
                for h in g * per_group..(g + 1) * per_group {
                    let here = self.head(operands, start, h, g);
                    for from in (0..length).step_by(TILE) {
                        let to = length.min(from + TILE);
                        let rows = to - from;
                        self.probabilities(&here, from, to, &mut p);
                        let dy = Matrix {
                            data: &dy[(start + from) * wide + h * head..],
                            row: wide,
                            column: 1,
                        };
                        product(
                            &mut dp,
                            to,
                            (rows, to, head),
                            dy,
                            Matrix {
                                data: here.v.data,
                                row: 1,
                                column: narrow,
                            },
                            1.0,
                            Combine::Overwrite,
                            1,
                        );
                        product(
                            &mut dv_all,
                            head,
                            (to, head, rows),
                            Matrix::transposed(&p, to),
                            dy,
                            1.0,
                            Combine::Add,
                            1,
                        );
                        let tiles = dp[..rows * to]
                            .chunks_exact_mut(to)
                            .zip(p[..rows * to].chunks_exact(to));
                        for (dp, p) in tiles {
                            let along = super::dot(dp, p);
                            for (dp, p) in dp.iter_mut().zip(p) {
                                *dp = p * (*dp - along);
                            }
                        }
                        product(
                            &mut dq_tile,
                            head,
                            (rows, head, to),
                            Matrix::rows(&dp, to),
                            here.k,
                            self.scale(),
                            Combine::Overwrite,
                            1,
                        );
                        product(
                            &mut dk_all,
                            head,
                            (to, head, rows),
                            Matrix::transposed(&dp, to),
                            Matrix {
                                data: &here.q.data[from * wide..],
                                ..here.q
                            },
                            self.scale(),
                            Combine::Add,
                            1,
                        );
                        let at = (start + from) * wide + h * head;
                        // SAFETY: this piece alone writes head `h` of this document.
                        unsafe {
                            to_dq.write(
                                at,
                                wide,
                                head,
                                &dq_tile[..rows * head],
                                Combine::Overwrite,
                            );
                        }
                    }
                }
                let at = start * narrow + g * head;
                // SAFETY: this piece alone writes key head `g` of this document.
                unsafe {
                    to_dk.write(at, narrow, head, &dk_all, Combine::Overwrite);
                    to_dv.write(at, narrow, head, &dv_all, Combine::Overwrite);
                }
            });
        let device = q.device();
        Ok((
            Some(Tensor::from_vec(dq, q.dims(), device)?),
            Some(Tensor::from_vec(dk, k.dims(), device)?),
            Some(Tensor::from_vec(dv, v.dims(), device)?),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::super::difference::{check, noise};
    use super::*;

    fn packing(documents: &[(usize, usize)]) -> Arc<Packing> {
        let tokens = documents.iter().map(|d| d.1).sum();
        Packing::new(documents.to_vec(), tokens, tokens, &Device::Cpu).unwrap()
    }

    fn operands(tokens: usize) -> [Tensor; 3] {
        [
            noise(1, &[tokens, 4 * 8]),
            noise(2, &[tokens, 2 * 8]),
            noise(3, &[tokens, 2 * 8]),
        ]
    }

    #[test]
    fn backward_equals_finite_differences() {
        let packing = packing(&[(0, 5), (5, 1), (6, 3)]);
        check(&operands(9), 5, |t| {
            attention(&t[0], &t[1], &t[2], &packing, (4, 2))
        });
    }

    #[test]
    fn tiles_join_without_a_seam() {
        let packing = packing(&[(0, 70)]);
        check(&operands(70), 331, |t| {
            attention(&t[0], &t[1], &t[2], &packing, (4, 2))
        });
    }

    #[test]
    fn documents_do_not_see_each_other() {
        let [q, k, v] = operands(9);
        let together = attention(&q, &k, &v, &packing(&[(0, 4), (4, 5)]), (4, 2)).unwrap();
        let cut = |t: &Tensor| t.narrow(0, 4, 5).unwrap().contiguous().unwrap();
        let alone = attention(&cut(&q), &cut(&k), &cut(&v), &packing(&[(0, 5)]), (4, 2)).unwrap();
        let together: Vec<Vec<f32>> = cut(&together).to_vec2().unwrap();
        assert_eq!(together, alone.to_vec2::<f32>().unwrap());
    }
}
