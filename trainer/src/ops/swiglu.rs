//! The gate of the feed-forward block: `silu(gate) * up`.

use super::{Values, exp, result, room, values};
use candle_core::{CpuStorage, CustomOp2, Layout, Result, Shape, Tensor};
use rayon::prelude::*;

/// `gate / (1 + e^-gate) * up`, element by element.
pub fn swiglu(gate: &Tensor, up: &Tensor) -> Result<Tensor> {
    gate.apply_op2(up, SwiGlu)
}

/// Values handed to a thread at once.
const SPAN: usize = 1 << 14;

pub(crate) struct SwiGlu;

impl CustomOp2 for SwiGlu {
    fn name(&self) -> &'static str {
        "swiglu"
    }

    fn cpu_fwd(
        &self,
        gate: &CpuStorage,
        gate_layout: &Layout,
        up: &CpuStorage,
        up_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (gate, up) = (values(gate, gate_layout)?, values(up, up_layout)?);
        let mut y = room(gate.len());
        y.par_chunks_mut(SPAN)
            .zip(gate.par_chunks(SPAN).zip(up.par_chunks(SPAN)))
            .for_each(|(y, (gate, up))| {
                for ((y, gate), up) in y.iter_mut().zip(gate).zip(up) {
                    *y = gate / (1.0 + exp(-gate)) * up;
                }
            });
        Ok(result(y, gate_layout.shape().clone()))
    }

    #[cfg(feature = "cuda")]
    fn cuda_fwd(
        &self,
        gate: &candle_core::CudaStorage,
        gate_layout: &Layout,
        up: &candle_core::CudaStorage,
        up_layout: &Layout,
    ) -> Result<(candle_core::CudaStorage, Shape)> {
        super::cuda::swiglu_forward(gate, gate_layout, up, up_layout)
    }

    fn bwd(
        &self,
        gate: &Tensor,
        up: &Tensor,
        _: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let gradient = gradient.contiguous()?;
        #[cfg(feature = "cuda")]
        if gate.device().is_cuda() {
            let (dgate, dup) = super::cuda::swiglu_backward(gate, up, &gradient)?;
            return Ok((Some(dgate), Some(dup)));
        }
        let (gates, ups, dy) = (Values::of(gate), Values::of(up), Values::of(&gradient));
        let (gates, ups, dy) = (gates.get()?, ups.get()?, dy.get()?);
        let (mut dgate, mut dup) = (room(gates.len()), room(gates.len()));
        dgate
            .par_chunks_mut(SPAN)
            .zip(dup.par_chunks_mut(SPAN))
            .zip(gates.par_chunks(SPAN).zip(ups.par_chunks(SPAN)))
            .zip(dy.par_chunks(SPAN))
            .for_each(|(((dgate, dup), (gate, up)), dy)| {
                let outputs = dgate.iter_mut().zip(dup.iter_mut());
                let inputs = gate.iter().zip(up).zip(dy);
                for ((dgate, dup), ((gate, up), dy)) in outputs.zip(inputs) {
                    let sigmoid = 1.0 / (1.0 + exp(-gate));
                    let silu = gate * sigmoid;
                    *dup = dy * silu;
                    *dgate = dy * up * (sigmoid + silu * (1.0 - sigmoid));
                }
            });
        Ok((
            Some(Tensor::from_vec(dgate, gate.dims(), gate.device())?),
            Some(Tensor::from_vec(dup, gate.dims(), gate.device())?),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::super::difference::{check, noise};
    use super::*;

    #[test]
    fn backward_equals_finite_differences() {
        check(&[noise(1, &[3, 20]), noise(2, &[3, 20])], 1, |t| {
            swiglu(&t[0], &t[1])
        });
    }
}
