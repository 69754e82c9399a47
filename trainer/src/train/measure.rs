//! `--measure`: how fast a run would be, what share of the device it uses, and how much memory.

use super::args::Args;
use super::data::Dataset;
use super::lineage;
use super::run::{Run, Settings};
use crate::model::{Base, Linear, Spec};
use anyhow::{Context, Result, ensure};
use candle_core::Device;
use std::time::Instant;

/// Takes a step to warm up, then as many more as `--measure` says, and prints what they cost.
pub fn measure(
    base: &Base,
    dataset: &Dataset,
    settings: Settings,
    args: &Args,
    device: &Device,
) -> Result<()> {
    let documents = dataset.examples.iter().map(|e| &e.document).collect();
    let mut run = Run::new(base, documents, settings, String::new(), device)?;
    run.recompute = args.recompute;
    let steps = args.measure.unwrap_or(1);
    let total = run.total();
    let first = run.step(total, 0.0)?.context("There is no first step.")?;
    first.loss.to_vec1::<f32>()?;
    let (start, mut done) = (Instant::now(), 0);
    let (mut tokens, mut learned) = (0, 0);
    let mut last = first.loss;
    while done < steps
        && let Some(stepped) = run.step(total, 0.0)?
    {
        tokens += stepped.tokens;
        learned += stepped.learned;
        done += 1;
        last = stepped.loss;
    }
    ensure!(
        done > 0,
        "The dataset is too small to measure a step after the first."
    );
    last.to_vec1::<f32>()?;
    device.synchronize()?;
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{:.0} tokens/s ({tokens} tokens in {done} steps, {seconds:.1} s, {})",
        tokens as f64 / seconds,
        lineage::hardware(device)
    );
    let tflops = operations(&base.spec, args.full, tokens, learned) / seconds / 1e12;
    println!("{tflops:.2} model TFLOP/s");
    if let Some(peak) = args.peak_tflops {
        println!(
            "{:.1} % share of peak ({peak} TFLOP/s)",
            100.0 * tflops / peak
        );
    }
    if let Some((used, all)) = memory(device)? {
        let gib = |bytes: usize| bytes as f64 / f64::from(1 << 30);
        println!(
            "{:.1} GiB of {:.1} GiB of GPU memory used at most",
            gib(used),
            gib(all)
        );
    }
    Ok(())
}

/// The operations that the model itself asks for, with two for each multiplication and addition.
///
/// A parameter of a frozen linear layer costs two operations per token on the way forward and two for
/// the gradient of what went in; where it is trained, two more for its own gradient. The output
/// projection is counted for learned tokens only. Attention, the adapter, what is computed a second
/// time to save memory, and padding are left out: what is counted is what had to be done, not what was
/// done.
fn operations(spec: &Spec, full: bool, tokens: usize, learned: usize) -> f64 {
    let size = |linear| {
        let (out, input) = spec.shape(linear);
        (out * input) as f64
    };
    let blocks = spec.layers as f64 * Linear::ALL.map(size).iter().sum::<f64>();
    let output = (spec.vocabulary * spec.width) as f64;
    let each = if full { 6.0 } else { 4.0 };
    each * (blocks * tokens as f64 + output * learned as f64)
}

/// The bytes of GPU memory that are taken, and all there are. The pool keeps what it has once
/// allocated, so that what is taken in the end is the most that ever was.
fn memory(device: &Device) -> Result<Option<(usize, usize)>> {
    #[cfg(feature = "cuda")]
    if device.is_cuda() {
        use candle_core::cuda_backend::cudarc::driver::result;
        let (free, all) = result::mem_get_info()?;
        return Ok(Some((all - free, all)));
    }
    let _ = device;
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::huggingface::Folder;
    use std::path::Path;

    #[test]
    fn operations_of_the_example_shapes() {
        let spec = |name: &str| {
            let at = Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("shapes")
                .join(name);
            Folder::open(&at).unwrap().spec().clone()
        };
        // 31.2 billion parameters in blocks, 0.78 billion in the output projection.
        let large = spec("qwen3-32b.json");
        assert!((operations(&large, false, 1, 0) / 4e9 - 31.2).abs() < 0.1);
        assert!((operations(&large, false, 0, 1) / 4e9 - 0.778).abs() < 0.001);
        // 106 million.
        let small = spec("smollm2-135m.json");
        assert!((operations(&small, true, 10, 0) / 6e7 - 106.2).abs() < 0.1);
    }
}
