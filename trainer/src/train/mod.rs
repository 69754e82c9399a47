//! `trainer train`: fine-tunes a `LoRA` adapter on a dataset, on the CPU or an NVIDIA GPU.

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
mod verify;
pub mod weights;

pub use args::Args;
pub use device::{Precision, Where};

use crate::model::gguf::default_base;
use crate::model::tokenizer::Tokenizer;
use crate::model::{Source, random};
use anyhow::{Context, Result, ensure};
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
    let precision = device::precision(args.device, args.precision)?;
    let device = device::device(args.device, precision)?;
    let mut source = Source::open(&args.base)?;
    let spec = source.spec()?;
    let parent = parent(&args, contract)?;
    let settings = args::settings(&args, precision, parent.is_some());

    // The dataset is read first: a mistake in it should show before the model is loaded.
    let read = |files: &[PathBuf], tokenizer: &Tokenizer| {
        datasets::read(files, args.length, tokenizer, contract)
    };
    let mut dataset = match args.measure {
        Some(steps) if args.dataset.is_empty() => {
            let examples = settings.rows * settings.accumulate * (steps as usize + 1);
            datasets::made_up(examples, spec.vocabulary)
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
        return batches::write(Path::new(file), count, &dataset, &settings);
    }
    let dtype = device::frozen(precision, &device);
    let mut base = match args.random {
        true => random::base(&spec, dtype, args.seed, &device)?,
        false => source.base(dtype, &device)?,
    };
    if precision == Precision::Bf16 && device.is_cpu() {
        base.round()?;
    }
    if args.verify {
        ensure!(!args.random, "--verify needs a base with weights.");
        verify::verify(&mut source, &base, &dataset, &settings, &device)?;
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
        "The adapter in {} was trained for the contract {}, and this trainer has {contract}; use --from none, an adapter of this contract, or --across-contracts to teach it the new one.",
        folder.display(),
        card.contract
    );
    Ok(Some(folder))
}

/// The adapter that ships.
const SHIPPED: &str = "models/flowright-smollm2-135m";

/// Examples of a held-out dataset that are measured.
const HELD_OUT: usize = 1000;
