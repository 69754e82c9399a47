//! `trainer train`: fine-tunes a `LoRA` adapter, or all weights of a model, on a dataset, on the CPU
//! or an NVIDIA GPU.

pub mod args;
mod batches;
pub mod checkpoint;
pub mod data;
mod datasets;
pub mod device;
mod fit;
pub mod lineage;
mod measure;
pub mod optimiser;
pub mod plan;
mod report;
pub mod run;
#[cfg(test)]
mod tests;
mod verify;
pub mod weights;

pub use args::Args;
pub use device::{Precision, Where};

use crate::model::Tokenizer;
use crate::model::gguf::default_base;
use crate::model::{Adapter, Base, Source, huggingface, random};
use anyhow::{Context, Result, ensure};
use candle_core::{DType, Device};
use std::path::{Path, PathBuf};

/// Runs the subcommand.
pub fn run(args: Args) -> Result<()> {
    run_for(args, &agent::contract::hash())
}

/// As [`run`], for a given contract.
pub fn run_for(args: Args, contract: &str) -> Result<()> {
    if let Some(threads) = args.threads {
        // Fails only when a pool exists already, in which case its size stands.
        let _ = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build_global();
    }
    let precision = device::precision(args.device, args.precision, args.full)?;
    let device = device::device(args.device, precision)?;
    let mut source = Source::open(&args.base)?;
    let spec = source.spec()?;
    let parent = parent(&args, contract)?;
    let sizes = match &parent {
        Some(folder) if !args.full => Some(Adapter::sizes(folder)?),
        _ => None,
    };
    let settings = args::settings(&args, precision, parent.is_some(), sizes);

    // The dataset is read first: a mistake in it should show before the model is loaded.
    let read = |files: &[PathBuf], tokenizer: &Tokenizer| {
        datasets::read(files, args.length, tokenizer, contract)
    };
    let mut dataset = match args.measure {
        Some(steps) if args.dataset.is_empty() => {
            let rows = settings.rows * settings.accumulate * (steps as usize + 1);
            datasets::made_up(rows, settings.length, spec.vocabulary)
        }
        _ if args.dataset.is_empty() => datasets::usual(&args, &source.tokenizer()?, contract)?,
        _ => read(&args.dataset, &source.tokenizer()?)?,
    };
    let apart = match &args.held_out_dataset {
        Some(file) => Some(read(std::slice::from_ref(file), &source.tokenizer()?)?),
        None => None,
    };
    let held = match apart {
        Some(apart) => apart.examples.into_iter().take(HELD_OUT).collect(),
        // Nothing is measured on examples apart where only speed is measured.
        None if args.measure.is_some() => vec![],
        None => dataset.hold_out(args.held_out),
    };
    if let Some([file, count]) = args.write_batches.as_deref() {
        let count = count
            .parse()
            .with_context(|| format!("--write-batches needs a number, not {count:?}."))?;
        return batches::write(Path::new(file), count, &dataset, &settings, device.is_cpu());
    }
    let dtype = device::frozen(precision, &device);
    let dtype = if args.full { DType::F32 } else { dtype };
    let mut base = match (&parent, args.random) {
        (_, true) => random::base(&spec, dtype, args.seed, &device)?,
        (Some(folder), _) if args.full => begun(folder, &mut source, &device)?,
        _ => source.base(dtype, &device)?,
    };
    if args.full {
        base = base.variables()?;
        if precision == Precision::Bf16 {
            base.products = DType::BF16;
        }
    } else if precision == Precision::Bf16 && device.is_cpu() {
        base.round()?;
    }
    if args.verify {
        verify::verify(&base, &dataset, &settings, &device)?;
    }
    if args.measure.is_some() {
        return measure::measure(&base, &dataset, settings, &args, &device);
    }
    fit::fit(&fit::Task {
        args: &args,
        contract,
        source: &source,
        base: &base,
        dataset: &dataset,
        held: &held,
        settings,
        parent: parent.as_deref(),
        device: &device,
    })
}

/// The weights to start full fine-tuning from: those of a whole model in `folder`, or those of the
/// base with the adapter in `folder` merged into them.
fn begun(folder: &Path, source: &mut Source, device: &Device) -> Result<Base> {
    eprintln!("going on from {}", folder.display());
    if !huggingface::is_model(folder) {
        let base = source.base(DType::F32, device)?;
        let adapter = Adapter::load(folder, &base.spec, device)?;
        return Ok(base.merged(&adapter)?);
    }
    let mut parent = Source::open(folder)?;
    ensure!(
        parent.spec()?.has_sizes_of(&source.spec()?),
        "The model in {} does not have the sizes of the base.",
        folder.display()
    );
    parent.base(DType::F32, device)
}

/// The adapter to start from: the named one, or the shipped one when nothing is named at all.
fn parent(args: &Args, contract: &str) -> Result<Option<PathBuf>> {
    let folder = match &args.from {
        Some(name) if name.as_os_str() == "none" => return Ok(None),
        Some(folder) => folder.clone(),
        None if args.dataset.is_empty()
            && args.measure.is_none()
            && args.base == default_base() =>
        {
            let shipped = PathBuf::from(SHIPPED);
            if !shipped.join(lineage::FILE).is_file() {
                return Ok(None);
            }
            shipped
        }
        None => return Ok(None),
    };
    let card = lineage::Lineage::load(&folder)?;
    ensure!(
        args.across_contracts || card.contract == contract,
        "What is in {} was trained for the contract {}, and this trainer has {contract}; use --from none, an adapter of this contract, or --across-contracts to teach it the new one.",
        folder.display(),
        card.contract
    );
    ensure!(
        args.full || !huggingface::is_model(&folder),
        "{} holds a whole model; give it as --base to train an adapter for it, or go on with --full.",
        folder.display()
    );
    Ok(Some(folder))
}

/// The adapter that ships.
const SHIPPED: &str = "models/flowright-smollm2-135m";

/// Examples of a held-out dataset that are measured.
const HELD_OUT: usize = 1000;
