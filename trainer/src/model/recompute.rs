//! The backward pass with little memory: of the forward pass only what goes into each block is kept,
//! and the blocks are computed a second time, from the last to the first, as their gradients are due.

use super::forward::Pass;
use candle_core::backprop::GradStore;
use candle_core::{Result, Tensor, Var};

/// Learned places whose scores are in memory together where their gradient is a plain expression.
const ROWS: usize = if cfg!(test) { 16 } else { 1024 };

impl Pass<'_> {
    /// The loss as [`Pass::score`] of [`Pass::hidden`] has it, with all gradients handed to `take`,
    /// in several parts. The sum over the parts is what one backward pass would compute.
    pub fn recompute(
        &self,
        scale: f32,
        mut take: impl FnMut(&GradStore) -> Result<()>,
    ) -> Result<Tensor> {
        let forward = Pass {
            learn: false,
            ..*self
        };
        let blocks = self.base.layers.len();
        let mut inputs = Vec::with_capacity(blocks);
        let mut x = forward.embed()?;
        for i in 0..blocks {
            let next = forward.block(i, &x)?;
            inputs.push(std::mem::replace(&mut x, next));
        }
        let (loss, mut gradient) = self.scored(&x, scale, &mut take)?;
        drop(x);
        for (i, x) in inputs.into_iter().enumerate().rev() {
            if i == 0 && !self.is_full() {
                // Nothing before the first block is trained, so that its input needs no gradient.
                take(&(self.block(i, &x)? * &gradient)?.sum_all()?.backward()?)?;
                return Ok(loss);
            }
            let x = Var::from_tensor(&x)?;
            let y = self.block(i, x.as_tensor())?;
            // Its gradient is the block's, weighted with what came back from the blocks above.
            let mut store = (y * gradient)?.sum_all()?.backward()?;
            gradient = removed(&mut store, &x)?;
            take(&store)?;
        }
        take(&(self.embed()? * gradient)?.sum_all()?.backward()?)?;
        Ok(loss)
    }

    /// The loss, and its gradient for what the last block put out.
    fn scored(
        &self,
        hidden: &Tensor,
        scale: f32,
        take: &mut impl FnMut(&GradStore) -> Result<()>,
    ) -> Result<(Tensor, Tensor)> {
        let learned = self.batch.targets.len();
        let rows = match self.is_full() {
            true => ROWS,
            // The fused loss cuts the places itself.
            false => learned,
        };
        let mut sum: Option<(Tensor, Tensor)> = None;
        for start in (0..learned).step_by(rows.max(1)) {
            let x = Var::from_tensor(hidden)?;
            let some = start..(start + rows).min(learned);
            let loss = self.score_some(x.as_tensor(), scale, some)?;
            let mut store = loss.backward()?;
            let gradient = removed(&mut store, &x)?;
            take(&store)?;
            let loss = loss.detach();
            sum = Some(match sum {
                Some((losses, gradients)) => ((losses + loss)?, (gradients + gradient)?),
                None => (loss, gradient),
            });
        }
        match sum {
            Some(sum) => Ok(sum),
            None => candle_core::bail!("a batch has nothing to learn"),
        }
    }
}

fn removed(store: &mut GradStore, x: &Var) -> Result<Tensor> {
    match store.remove(x.as_tensor()) {
        Some(gradient) => Ok(gradient),
        None => candle_core::bail!("no gradient reached what went into a block"),
    }
}
