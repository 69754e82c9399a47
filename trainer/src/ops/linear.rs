//! A frozen linear layer with a `LoRA` adapter beside it: `y = x·Wᵀ + scale · (x·Aᵀ)·Bᵀ`.

use super::{Combine, Matrix, Values, product, result, room, threads, values};
use candle_core::{CpuStorage, CustomOp3, Layout, Result, Shape, Tensor};

/// Applies the frozen weight `[out, in]` and the adapter `a` `[rank, in]`, `b` `[out, rank]` to `x`.
///
/// The weight gets no gradient, and none is computed for it.
pub fn lora_linear(
    x: &Tensor,
    weight: &Tensor,
    a: &Tensor,
    b: &Tensor,
    scale: f32,
) -> Result<Tensor> {
    let op = LoraLinear {
        weight: weight.clone(),
        scale,
    };
    x.apply_op3(a, b, op)
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
    pub scale: f32,
}

impl LoraLinear {
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
        let weight = Values::of(&self.weight);
        let threads = threads();
        let mut y = room(s.tokens * s.output);
        product(
            &mut y,
            s.output,
            (s.tokens, s.output, s.input),
            Matrix::rows(x, s.input),
            Matrix::transposed(weight.get()?, s.input),
            1.0,
            Combine::Overwrite,
            threads,
        );
        let narrow = narrow(x, a, s);
        product(
            &mut y,
            s.output,
            (s.tokens, s.output, s.rank),
            Matrix::rows(&narrow, s.rank),
            Matrix::transposed(b, s.rank),
            self.scale,
            Combine::Add,
            threads,
        );
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
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let gradient = gradient.contiguous()?;
        #[cfg(feature = "cuda")]
        if x.device().is_cuda() {
            return super::cuda::lora_backward(self, x, a, b, &gradient);
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
        let narrow = narrow(xs, aa, s);
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
        let dx = if x.track_op() {
            let weight = Values::of(&self.weight);
            let mut dx = room(s.tokens * s.input);
            product(
                &mut dx,
                s.input,
                (s.tokens, s.input, s.output),
                Matrix::rows(dy, s.output),
                Matrix::rows(weight.get()?, s.input),
                1.0,
                Combine::Overwrite,
                threads,
            );
            product(
                &mut dx,
                s.input,
                (s.tokens, s.input, s.rank),
                Matrix::rows(&inner, s.rank),
                Matrix::rows(aa, s.input),
                1.0,
                Combine::Add,
                threads,
            );
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

/// `x·Aᵀ`, computed again in the backward pass instead of being kept.
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
        let fused = lora_linear(&x, &w, &a, &b, 0.5).unwrap();
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
            |t| lora_linear(&t[0], &w, &t[1], &t[2], 0.5),
        );
    }
}
