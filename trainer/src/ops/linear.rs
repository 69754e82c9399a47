//! A frozen linear layer with a `LoRA` adapter beside it: `y = x·Wᵀ + scale · (x·Aᵀ)·Bᵀ`.

use super::bf16::{self, Low, Rounded};
use super::{Combine, Matrix, Values, product, result, room, threads, values};
use candle_core::{CpuStorage, CustomOp3, Layout, Result, Shape, Tensor};
use std::sync::{Arc, Mutex};

/// Applies the frozen weight `[out, in]` and the adapter `a` `[rank, in]`, `b` `[out, rank]` to `x`.
///
/// The weight gets no gradient, and none is computed for it. Where it is there in `bf16` as well, on
/// the CPU, its products are computed from that.
pub fn lora_linear(
    x: &Tensor,
    (weight, rounded): (&Tensor, Option<&Arc<Rounded>>),
    a: &Tensor,
    b: &Tensor,
    scale: f32,
) -> Result<Tensor> {
    x.apply_op3(
        a,
        b,
        LoraLinear::new((weight, rounded), scale, x.track_op()),
    )
}

/// The sizes of one application.
#[derive(Clone, Copy)]
pub(crate) struct Sizes {
    pub tokens: usize,
    pub input: usize,
    pub output: usize,
    pub rank: usize,
}

pub(crate) struct LoraLinear {
    pub weight: Tensor,
    pub rounded: Option<Arc<Rounded>>,
    pub scale: f32,
    /// Whether the gradient of what goes in is asked for.
    pub inward: bool,
    /// `x·Aᵀ` of the forward pass; it is small, so that the backward pass need not compute it again.
    pub narrow: Mutex<Option<Vec<f32>>>,
}

/// The product of low rank that goes with a product of a frozen weight.
struct Beside<'a> {
    left: &'a [f32],
    right: Matrix<'a>,
    scale: f32,
}

/// The gradients of what went in, of `A` and of `B`.
pub(crate) type Gradients = (Option<Tensor>, Option<Tensor>, Option<Tensor>);

impl LoraLinear {
    pub(crate) fn new(
        (weight, rounded): (&Tensor, Option<&Arc<Rounded>>),
        scale: f32,
        inward: bool,
    ) -> Self {
        LoraLinear {
            weight: weight.clone(),
            rounded: rounded.cloned(),
            scale,
            inward,
            narrow: Mutex::new(None),
        }
    }

    /// The backward pass, with the gradient of `x` added to `onto`, which nobody else may hold.
    pub(crate) fn backward_onto(
        &self,
        x: &Tensor,
        a: &Tensor,
        b: &Tensor,
        gradient: &Tensor,
        onto: Option<Tensor>,
    ) -> Result<Gradients> {
        #[cfg(feature = "cuda")]
        if x.device().is_cuda() {
            return super::cuda::lora_backward(self, x, a, b, gradient, onto);
        }
        let (dx, da, db) = self.bwd(x, a, b, x, gradient)?;
        let dx = match (dx, onto) {
            (Some(dx), Some(onto)) => Some((dx + onto)?),
            (dx, _) => dx,
        };
        Ok((dx, da, db))
    }

    /// `x·Wᵀ + scale · left·right`, with `right` `[rank, out]`.
    fn forward(&self, x: &[f32], beside: &Beside<'_>, s: Sizes) -> Result<Vec<f32>> {
        let weight = Values::of(&self.weight);
        let weight = Matrix::transposed(weight.get()?, s.input);
        let rounded = self.rounded.as_ref().map(|r| &r.forward);
        Ok(both(
            x,
            weight,
            rounded,
            beside,
            (s.tokens, s.output, s.input),
            s.rank,
        ))
    }

    /// `dy·W + scale · left·right`, with `right` `[rank, in]`.
    fn backward(&self, dy: &[f32], beside: &Beside<'_>, s: Sizes) -> Result<Vec<f32>> {
        let weight = Values::of(&self.weight);
        let weight = Matrix::rows(weight.get()?, s.input);
        let rounded = self.rounded.as_ref().map(|r| &r.backward);
        Ok(both(
            dy,
            weight,
            rounded,
            beside,
            (s.tokens, s.input, s.output),
            s.rank,
        ))
    }

    pub(crate) fn sizes(&self, x: &[usize], a: &[usize]) -> Result<Sizes> {
        let (output, input) = self.weight.dims2()?;
        match (x, a) {
            (&[tokens, wide], &[rank, also]) if wide == input && also == input => Ok(Sizes {
                tokens,
                input,
                output,
                rank,
            }),
            _ => candle_core::bail!(
                "lora linear: x {x:?}, A {a:?} do not fit a weight of {output}x{input}"
            ),
        }
    }
}

impl CustomOp3 for LoraLinear {
    fn name(&self) -> &'static str {
        "lora-linear"
    }

    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        x_layout: &Layout,
        a: &CpuStorage,
        a_layout: &Layout,
        b: &CpuStorage,
        b_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let s = self.sizes(x_layout.dims(), a_layout.dims())?;
        let (x, a, b) = (
            values(x, x_layout)?,
            values(a, a_layout)?,
            values(b, b_layout)?,
        );
        let narrow = narrow(x, a, s);
        let beside = Beside {
            left: &narrow,
            right: Matrix::transposed(b, s.rank),
            scale: self.scale,
        };
        let y = self.forward(x, &beside, s)?;
        if let Ok(mut kept) = self.narrow.lock() {
            *kept = Some(narrow);
        }
        Ok(result(y, (s.tokens, s.output)))
    }

    #[cfg(feature = "cuda")]
    fn cuda_fwd(
        &self,
        x: &candle_core::CudaStorage,
        x_layout: &Layout,
        a: &candle_core::CudaStorage,
        a_layout: &Layout,
        b: &candle_core::CudaStorage,
        b_layout: &Layout,
    ) -> Result<(candle_core::CudaStorage, Shape)> {
        super::cuda::lora_forward(self, x, x_layout, a, a_layout, b, b_layout)
    }

    fn bwd(
        &self,
        x: &Tensor,
        a: &Tensor,
        b: &Tensor,
        _: &Tensor,
        gradient: &Tensor,
    ) -> Result<Gradients> {
        let gradient = gradient.contiguous()?;
        #[cfg(feature = "cuda")]
        if x.device().is_cuda() {
            return super::cuda::lora_backward(self, x, a, b, &gradient, None);
        }
        let s = self.sizes(x.dims(), a.dims())?;
        let threads = threads();
        let (xs, aa, bs, dy) = (
            Values::of(x),
            Values::of(a),
            Values::of(b),
            Values::of(&gradient),
        );
        let (xs, aa, bs, dy) = (xs.get()?, aa.get()?, bs.get()?, dy.get()?);
        let kept = self.narrow.lock().ok().and_then(|mut kept| kept.take());
        let narrow = kept.unwrap_or_else(|| narrow(xs, aa, s));
        // The gradient of the narrow activation between A and B.
        let mut inner = room(s.tokens * s.rank);
        product(
            &mut inner,
            s.rank,
            (s.tokens, s.rank, s.output),
            Matrix::rows(dy, s.output),
            Matrix::rows(bs, s.rank),
            self.scale,
            Combine::Overwrite,
            threads,
        );
        let mut db = room(s.output * s.rank);
        product(
            &mut db,
            s.rank,
            (s.output, s.rank, s.tokens),
            Matrix::transposed(dy, s.output),
            Matrix::rows(&narrow, s.rank),
            self.scale,
            Combine::Overwrite,
            threads,
        );
        let mut da = room(s.rank * s.input);
        product(
            &mut da,
            s.input,
            (s.rank, s.input, s.tokens),
            Matrix::transposed(&inner, s.rank),
            Matrix::rows(xs, s.input),
            1.0,
            Combine::Overwrite,
            threads,
        );
        let dx = if self.inward {
            let beside = Beside {
                left: &inner,
                right: Matrix::rows(aa, s.input),
                scale: 1.0,
            };
            let dx = self.backward(dy, &beside, s)?;
            Some(Tensor::from_vec(dx, x.dims(), x.device())?)
        } else {
            None
        };
        Ok((
            dx,
            Some(Tensor::from_vec(da, a.dims(), x.device())?),
            Some(Tensor::from_vec(db, b.dims(), x.device())?),
        ))
    }
}

/// `x·w + scale · left·right`; with the rounded weight, if there is one, instead of `w`.
fn both(
    x: &[f32],
    w: Matrix<'_>,
    rounded: Option<&bf16::Packed>,
    beside: &Beside<'_>,
    (m, n, k): (usize, usize, usize),
    rank: usize,
) -> Vec<f32> {
    let mut y = room(m * n);
    if let Some(rounded) = rounded {
        let low = Low {
            left: beside.left,
            right: beside.right,
            rank,
            scale: beside.scale,
        };
        bf16::product(&mut y, x, m, rounded, Some(low), Combine::Overwrite);
        return y;
    }
    let threads = threads();
    let left = Matrix::rows(x, k);
    product(
        &mut y,
        n,
        (m, n, k),
        left,
        w,
        1.0,
        Combine::Overwrite,
        threads,
    );
    let left = Matrix::rows(beside.left, rank);
    product(
        &mut y,
        n,
        (m, n, rank),
        left,
        beside.right,
        beside.scale,
        Combine::Add,
        threads,
    );
    y
}

/// `x·Aᵀ`.
fn narrow(x: &[f32], a: &[f32], s: Sizes) -> Vec<f32> {
    let mut narrow = room(s.tokens * s.rank);
    product(
        &mut narrow,
        s.rank,
        (s.tokens, s.rank, s.input),
        Matrix::rows(x, s.input),
        Matrix::transposed(a, s.input),
        1.0,
        Combine::Overwrite,
        threads(),
    );
    narrow
}

#[cfg(test)]
mod tests {
    use super::super::difference::{check, noise};
    use super::*;

    #[test]
    fn forward_equals_the_plain_expression() {
        let (x, w) = (noise(1, &[5, 24]), noise(2, &[17, 24]));
        let (a, b) = (noise(3, &[4, 24]), noise(4, &[17, 4]));
        let fused = lora_linear(&x, (&w, None), &a, &b, 0.5).unwrap();
        let plain = (x.matmul(&w.t().unwrap()).unwrap()
            + (x.matmul(&a.t().unwrap())
                .unwrap()
                .matmul(&b.t().unwrap())
                .unwrap()
                * 0.5)
                .unwrap())
        .unwrap();
        let worst = (fused - plain)
            .unwrap()
            .abs()
            .unwrap()
            .max_all()
            .unwrap()
            .to_scalar::<f32>()
            .unwrap();
        assert!(worst < 1e-5, "{worst}");
    }

    #[test]
    fn backward_equals_finite_differences() {
        let w = noise(2, &[17, 24]);
        check(
            &[noise(1, &[5, 24]), noise(3, &[4, 24]), noise(4, &[17, 4])],
            7,
            |t| lora_linear(&t[0], (&w, None), &t[1], &t[2], 0.5),
        );
    }
}
