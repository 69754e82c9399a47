//! `trainer train`: fine-tunes a `LoRA` adapter on a dataset, on the CPU or an NVIDIA GPU.

pub mod checkpoint;
pub mod data;
pub mod lineage;
pub mod optimiser;
pub mod plan;
pub mod run;
mod verify;
pub mod weights;

use crate::model::gguf::{Gguf, default_base};
use crate::model::tokenizer::Tokenizer;
use crate::model::{Adapter, Base, Document};
use anyhow::{Context, Result, ensure};
use candle_core::{Device, Tensor};
use data::Dataset;
use indicatif::{ProgressBar, ProgressStyle};
use run::{Run, Settings};
use sha2::{Digest, Sha256};
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Where the run computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Where {
    /// The CPU.
    Cpu,
    /// An NVIDIA GPU (needs the feature `cuda`).
    Cuda,
}

/// How matrix products round.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// Operands rounded to TF32, sums in f32 (on a GPU).
    Tf32,
    /// Frozen weights and what they multiply rounded to bf16, sums in f32 (on a CPU with AVX-512 BF16).
    Bf16,
    /// Everything in f32.
    F32,
}

/// What to train on, how, and where the adapter goes.
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Examples:\n  trainer curate && trainer train\n      a short retraining of the shipped adapter on what merchants turned on\n  trainer synth --count 40000\n  trainer train --dataset var/datasets/synth.jsonl --name flowright-smollm2-135m --max-minutes 90\n      a new adapter from the base"
)]
pub struct Args {
    /// A dataset in JSON lines; may be given several times [default: var/datasets/curated.jsonl, and
    /// the first examples of var/datasets/synth.jsonl, which is written if it is not there]
    #[arg(long, value_name = "FILE")]
    pub dataset: Vec<PathBuf>,
    /// How many synthetic examples go with the curated ones when no dataset is named.
    #[arg(long, default_value_t = 800)]
    pub synthetic: usize,
    /// The adapter folder to start from, or `none` for the base alone [default: the shipped adapter
    /// when no dataset is named, else none]
    #[arg(long, value_name = "DIR")]
    pub from: Option<PathBuf>,
    /// Starts from the adapter even if it was trained for another contract, as after a change of the
    /// prompt's wording.
    #[arg(long, requires = "from")]
    pub across_contracts: bool,
    /// The base model, a GGUF file.
    #[arg(long, value_name = "FILE", default_value_os_t = default_base())]
    pub base: PathBuf,
    /// The adapter's name.
    #[arg(long, default_value = "candidate")]
    pub name: String,
    /// The adapter folder [default: var/adapters/NAME]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Rank of the adapter.
    #[arg(long, default_value_t = 16)]
    pub rank: usize,
    /// The adapter's effect is multiplied by alpha / rank.
    #[arg(long, default_value_t = 32.0)]
    pub alpha: f64,
    /// Rows in a batch [default: 4 on the CPU, 32 on a GPU]
    #[arg(long)]
    pub rows: Option<usize>,
    /// Tokens in a row; longer examples are left out.
    #[arg(long, default_value_t = 512)]
    pub length: usize,
    /// Batches whose gradients are added up for one step.
    #[arg(long, default_value_t = 1)]
    pub accumulate: usize,
    /// How often the dataset is gone through.
    #[arg(long, default_value_t = 1)]
    pub epochs: u64,
    /// Stop after this many steps.
    #[arg(long)]
    pub steps: Option<u64>,
    /// Stop after this many minutes; the learning rate falls to zero by then.
    #[arg(long)]
    pub max_minutes: Option<f64>,
    /// Highest learning rate [default: 0.001, or 0.0003 when going on from an adapter]
    #[arg(long)]
    pub learning_rate: Option<f64>,
    /// Share of the run in which the learning rate rises.
    #[arg(long, default_value_t = 0.05)]
    pub warmup: f64,
    /// Weight decay of `AdamW`.
    #[arg(long, default_value_t = 0.0)]
    pub weight_decay: f64,
    /// Longest gradient that is not shortened.
    #[arg(long, default_value_t = 1.0)]
    pub clip: f64,
    /// Seed of the adapter's first values and of the order of examples.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Share of examples held out to measure the loss on.
    #[arg(long, default_value_t = 0.02)]
    pub held_out: f64,
    /// A dataset to measure the loss on instead of a share of the others; at most 1,000 examples of
    /// it are used.
    #[arg(long, value_name = "FILE")]
    pub held_out_dataset: Option<PathBuf>,
    /// Steps between checkpoints [default: 50 on the CPU, 500 on a GPU]
    #[arg(long)]
    pub checkpoint_every: Option<u64>,
    /// Steps between readings of the loss [default: 1 on the CPU, 20 on a GPU]
    #[arg(long)]
    pub log_every: Option<u64>,
    /// Go on from the checkpoint in the adapter folder, if there is one.
    #[arg(long)]
    pub resume: bool,
    /// Where to compute.
    #[arg(long, value_enum, default_value_t = Where::Cpu)]
    pub device: Where,
    /// How matrix products round [default: tf32 on a GPU, bf16 on a CPU with AVX-512 BF16, else f32]
    #[arg(long, value_enum)]
    pub precision: Option<Precision>,
    /// Before training, compare loss and gradient of one batch with those that the CPU computes.
    #[arg(long)]
    pub verify: bool,
    /// Only measure speed: this many steps, tokens per second printed, nothing written.
    #[arg(long, value_name = "STEPS")]
    pub measure: Option<u64>,
    /// CPU threads [default: all]
    #[arg(long)]
    pub threads: Option<usize>,
}

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
    let precision = precision(args.device, args.precision)?;
    let device = device(args.device, precision)?;
    let mut gguf = Gguf::open(&args.base)?;
    let tokenizer = Tokenizer::read(&gguf)?;
    let parent = parent(&args, contract)?;
    let settings = settings(&args, precision, parent.is_some());

    // The dataset is read first: a mistake in it should show before the model is loaded.
    let mut dataset = match args.measure {
        Some(steps) if args.dataset.is_empty() => {
            made_up(settings.rows * settings.accumulate * (steps as usize + 1))
        }
        _ if args.dataset.is_empty() => usual(&args, &tokenizer, contract)?,
        _ => read(&args.dataset, args.length, &tokenizer, contract)?,
    };
    let apart = match &args.held_out_dataset {
        Some(file) => Some(read(
            std::slice::from_ref(file),
            args.length,
            &tokenizer,
            contract,
        )?),
        None => None,
    };
    let mut base = gguf.base(&device)?;
    if precision == Precision::Bf16 {
        base.round()?;
    }
    if args.verify {
        verify::verify(&mut gguf, &base, &dataset, &settings, &device)?;
    }
    if let Some(steps) = args.measure {
        return measure(&base, &dataset, settings, steps, &device);
    }
    let held = match apart {
        Some(apart) => apart.examples.into_iter().take(HELD_OUT).collect(),
        None => dataset.hold_out(args.held_out),
    };
    let parent = parent.as_deref();
    train(
        &args, contract, &base, &dataset, &held, settings, parent, &device,
    )
}

/// The adapter to start from: the named one, or the shipped one when nothing is named at all.
fn parent(args: &Args, contract: &str) -> Result<Option<PathBuf>> {
    let folder = match &args.from {
        Some(name) if name.as_os_str() == "none" => return Ok(None),
        Some(folder) => folder.clone(),
        None if args.dataset.is_empty() && args.measure.is_none() => {
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

/// What `trainer curate` and `trainer synth` write when they are told nothing else: all that merchants
/// made, and enough synthetic examples that the rest is not forgotten.
fn usual(args: &Args, tokenizer: &Tokenizer, contract: &str) -> Result<Dataset> {
    let curated = PathBuf::from(CURATED);
    let synthetic = PathBuf::from(SYNTHETIC);
    if args.synthetic > 0 && !synthetic.is_file() {
        eprintln!("{SYNTHETIC} is not there yet; writing it");
        crate::synth::run(crate::synth::Args {
            out: synthetic.clone(),
            count: 40_000,
            seed: 1,
            held_out: 0,
            avoid: vec![],
            slice: None,
            show: 0,
        })?;
    }
    let mut hasher = Sha256::new();
    let mut whole = Dataset {
        examples: vec![],
        too_long: 0,
        sha256: String::new(),
    };
    for (file, most) in [(curated, usize::MAX), (synthetic, args.synthetic)] {
        if most == 0 || !file.metadata().is_ok_and(|data| data.len() > 0) {
            continue;
        }
        let part = read(&[file], args.length, tokenizer, contract)?;
        hasher.update(format!("{} {most} ", part.sha256));
        whole.examples.extend(part.examples.into_iter().take(most));
        whole.too_long += part.too_long;
    }
    ensure!(
        !whole.examples.is_empty(),
        "There is nothing to train on: run `trainer curate` or `trainer synth` first, or name a file with --dataset."
    );
    whole.sha256 = hex::encode(hasher.finalize());
    Ok(whole)
}

/// Where `trainer curate` writes.
const CURATED: &str = "var/datasets/curated.jsonl";
/// Where `trainer synth` writes.
const SYNTHETIC: &str = "var/datasets/synth.jsonl";
/// The adapter that ships.
const SHIPPED: &str = "models/flowright-smollm2-135m";

fn settings(args: &Args, precision: Precision, going_on: bool) -> Settings {
    let cpu = args.device == Where::Cpu;
    Settings {
        rank: args.rank,
        alpha: args.alpha,
        rows: args.rows.unwrap_or(if cpu { 4 } else { 32 }),
        length: args.length,
        accumulate: args.accumulate,
        epochs: args.epochs,
        steps: args.steps,
        learning_rate: args
            .learning_rate
            .unwrap_or(if going_on { 3e-4 } else { 1e-3 }),
        warmup: args.warmup,
        weight_decay: args.weight_decay,
        clip: args.clip,
        seed: args.seed,
        precision: (precision == Precision::Bf16).then_some(precision),
    }
}

/// The precision asked for, if the device has it, or the fastest that it has.
fn precision(place: Where, wanted: Option<Precision>) -> Result<Precision> {
    let rounds = crate::ops::bf16::available();
    match (place, wanted) {
        (Where::Cuda, None) => Ok(Precision::Tf32),
        (Where::Cuda, Some(Precision::Bf16)) => {
            anyhow::bail!("--precision bf16 is for the CPU; on a GPU choose tf32 or f32.")
        }
        (Where::Cpu, Some(Precision::Tf32)) => {
            anyhow::bail!("--precision tf32 is for NVIDIA GPUs; on the CPU choose bf16 or f32.")
        }
        (Where::Cpu, Some(Precision::Bf16)) if !rounds => anyhow::bail!(
            "This CPU lacks the AVX-512 BF16 instructions that --precision bf16 needs; choose f32."
        ),
        (Where::Cpu, None) if rounds => Ok(Precision::Bf16),
        (Where::Cpu, None) => Ok(Precision::F32),
        (_, Some(precision)) => Ok(precision),
    }
}

fn device(place: Where, precision: Precision) -> Result<Device> {
    match place {
        Where::Cpu => Ok(Device::Cpu),
        #[cfg(feature = "cuda")]
        Where::Cuda => crate::ops::cuda::open(precision == Precision::Tf32)
            .context("The NVIDIA GPU could not be opened; train with --device cpu."),
        #[cfg(not(feature = "cuda"))]
        Where::Cuda => {
            let _ = precision;
            anyhow::bail!(
                "This trainer was built without GPU support; build it with --features cuda."
            )
        }
    }
}

fn read(
    files: &[PathBuf],
    length: usize,
    tokenizer: &Tokenizer,
    contract: &str,
) -> Result<Dataset> {
    let bar = ProgressBar::new_spinner().with_style(
        ProgressStyle::with_template("{spinner} reading examples {pos} ({per_sec})")
            .unwrap_or_else(|_| ProgressStyle::default_spinner()),
    );
    let dataset = Dataset::read(files, tokenizer, contract, length, |n| {
        bar.set_position(n as u64);
    })?;
    bar.finish_and_clear();
    let tokens: usize = dataset
        .examples
        .iter()
        .map(|e| e.document.tokens.len())
        .sum();
    eprintln!(
        "{} examples of {tokens} tokens; {} left out because they are longer than {} tokens",
        dataset.examples.len(),
        dataset.too_long,
        length
    );
    Ok(dataset)
}

/// Examples for measuring speed without a dataset: 350 tokens, of which the last third is learned.
fn made_up(count: usize) -> Dataset {
    let examples = (0..count as u32)
        .map(|i| data::Example {
            id: i.to_string(),
            document: Document {
                tokens: (0..350u32)
                    .map(|t| (t * 2_654_435 + i * 97) % 49_000)
                    .collect(),
                weights: (0..350).map(|t| f32::from(t > 233)).collect(),
            },
        })
        .collect();
    Dataset {
        examples,
        too_long: 0,
        sha256: String::new(),
    }
}

fn measure(
    base: &Base,
    dataset: &Dataset,
    settings: Settings,
    steps: u64,
    device: &Device,
) -> Result<()> {
    let documents = dataset.examples.iter().map(|e| &e.document).collect();
    let mut run = Run::new(base, documents, settings, String::new(), device)?;
    let total = run.total();
    let first = run.step(total, 0.0)?.context("There is no first step.")?;
    first.loss.to_vec1::<f32>()?;
    let (start, mut tokens, mut done) = (Instant::now(), 0, 0);
    let mut last = first.loss;
    while done < steps
        && let Some(stepped) = run.step(total, 0.0)?
    {
        tokens += stepped.tokens;
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
    Ok(())
}

#[allow(clippy::too_many_arguments)]
fn train(
    args: &Args,
    contract: &str,
    base: &Base,
    dataset: &Dataset,
    held: &[data::Example],
    settings: Settings,
    parent: Option<&Path>,
    device: &Device,
) -> Result<()> {
    let cpu = device.is_cpu();
    let checkpoint_every = args.checkpoint_every.unwrap_or(if cpu { 50 } else { 500 });
    let log_every = args.log_every.unwrap_or(if cpu { 1 } else { 20 }).max(1);
    let out = args
        .out
        .clone()
        .unwrap_or_else(|| PathBuf::from("var/adapters").join(&args.name));
    let at = out.join("checkpoint");
    std::fs::create_dir_all(&out)
        .with_context(|| format!("The folder {} could not be made.", out.display()))?;
    let base_sha256 = data::sha256(&args.base)?;
    let parent_sha256 = match parent {
        Some(folder) => Some(data::sha256(&folder.join(crate::model::adapter::WEIGHTS))?),
        None => None,
    };
    let identity = hex::encode(Sha256::digest(format!(
        "{base_sha256} {} {} {} {parent_sha256:?}",
        dataset.sha256,
        if args.held_out_dataset.is_some() {
            0.0
        } else {
            args.held_out
        },
        serde_json::to_string(&settings)?
    )));

    let documents: Vec<&Document> = dataset.examples.iter().map(|e| &e.document).collect();
    let mut run = Run::new(base, documents, settings.clone(), identity.clone(), device)?;
    if let Some(folder) = parent {
        run.start_from(Adapter::load(folder, &base.spec, device)?)?;
        eprintln!("going on from the adapter in {}", folder.display());
    }
    if args.resume {
        let Run {
            adapter, optimiser, ..
        } = &mut run;
        if let Some(meta) = checkpoint::load(&at, &identity, adapter, optimiser, device)? {
            eprintln!("going on after step {}", meta.steps);
            run.resume(meta);
        }
    }
    let total = run.total();
    let before = run.meta.seconds;
    let limit = args.max_minutes.map(|m| m * 60.0);

    let mut metrics = std::fs::OpenOptions::new()
        .create(true)
        .write(true)
        .append(args.resume)
        .truncate(!args.resume)
        .open(out.join("metrics.jsonl"))?;
    let bar = ProgressBar::new(total).with_style(
        ProgressStyle::with_template(
            "{bar:30} step {pos}/{len} {msg} elapsed {elapsed} left {eta}",
        )
        .unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    bar.set_position(run.meta.steps);
    let watched = std::io::stderr().is_terminal();

    let start = Instant::now();
    let mut pending: Vec<Tensor> = vec![];
    let (mut window, mut window_tokens, mut last_line) = (Instant::now(), 0, Instant::now());
    let mut loss_shown = f32::NAN;
    loop {
        let seconds = before + start.elapsed().as_secs_f64();
        if limit.is_some_and(|limit| seconds >= limit) {
            break;
        }
        let elapsed = limit.map_or(0.0, |limit| seconds / limit);
        let Some(stepped) = run.step(total, elapsed)? else {
            break;
        };
        window_tokens += stepped.tokens;
        pending.push(stepped.loss);
        let due = run.meta.steps.is_multiple_of(log_every) || run.meta.first_loss.is_none();
        if due {
            let losses = Tensor::cat(&pending, 0)?.to_vec1::<f32>()?;
            pending.clear();
            ensure!(
                losses.iter().all(|l| l.is_finite()),
                "The loss is no longer a number at step {}; lower --learning-rate.",
                run.meta.steps
            );
            run.meta.first_loss = run.meta.first_loss.or(losses.first().copied());
            run.meta.recent.extend(&losses);
            let surplus = run.meta.recent.len().saturating_sub(RECENT);
            run.meta.recent.drain(..surplus);
            loss_shown = losses.iter().sum::<f32>() / losses.len() as f32;
            let speed = window_tokens as f64 / window.elapsed().as_secs_f64();
            (window, window_tokens) = (Instant::now(), 0);
            let line = serde_json::json!({
                "step": run.meta.steps,
                "loss": loss_shown,
                "gradient_norm": stepped.norm.to_vec1::<f32>()?[0],
                "learning_rate": stepped.learning_rate,
                "tokens": run.meta.tokens,
                "seconds": before + start.elapsed().as_secs_f64(),
                "tokens_per_second": speed,
            });
            writeln!(metrics, "{line}")?;
            bar.set_message(format!("loss {loss_shown:.4} {speed:.0} tokens/s"));
            if !watched && last_line.elapsed() > Duration::from_secs(10) {
                last_line = Instant::now();
                eprintln!(
                    "step {}/{total} loss {loss_shown:.4} {speed:.0} tokens/s",
                    run.meta.steps
                );
            }
        }
        bar.set_position(run.meta.steps);
        if run.meta.steps.is_multiple_of(checkpoint_every) {
            run.meta.seconds = before + start.elapsed().as_secs_f64();
            checkpoint::save(&at, &run.meta, &run.adapter, &run.optimiser)?;
        }
    }
    if !pending.is_empty() {
        let losses = Tensor::cat(&pending, 0)?.to_vec1::<f32>()?;
        run.meta.first_loss = run.meta.first_loss.or(losses.first().copied());
        run.meta.recent.extend(&losses);
        loss_shown = losses.iter().sum::<f32>() / losses.len() as f32;
    }
    run.meta.seconds = before + start.elapsed().as_secs_f64();
    checkpoint::save(&at, &run.meta, &run.adapter, &run.optimiser)?;
    bar.finish_and_clear();

    let held: Vec<&Document> = held.iter().map(|e| &e.document).collect();
    let held_loss = if held.is_empty() {
        None
    } else {
        Some(run::held_out(base, &run.adapter, &held, &settings, device)?)
    };
    run.adapter.save(&out, lineage::BASE)?;
    lineage::Lineage {
        name: args.name.clone(),
        base: lineage::BASE.into(),
        base_sha256,
        parent_sha256,
        contract: contract.into(),
        dataset_sha256: dataset.sha256.clone(),
        examples: dataset.examples.len(),
        tokens: run.meta.tokens,
        seed: settings.seed,
        steps: run.meta.steps,
        hyperparameters: serde_json::to_value(&settings)?,
        seconds: run.meta.seconds,
        hardware: lineage::hardware(device),
        losses: lineage::Losses {
            first: run.meta.first_loss,
            last: Some(run.meta.recent.iter().sum::<f32>() / run.meta.recent.len().max(1) as f32)
                .filter(|l| l.is_finite()),
            held_out: held_loss,
        },
        scores: serde_json::json!({}),
    }
    .save(&out)?;
    let show = |loss: Option<f32>| loss.map_or("none".into(), |l| format!("{l:.4}"));
    println!(
        "{} steps, {} tokens in {:.0} s ({:.0} tokens/s); loss {} at first, {loss_shown:.4} at last, {} held out; adapter in {}",
        run.meta.steps,
        run.meta.tokens,
        run.meta.seconds,
        run.meta.tokens as f64 / run.meta.seconds.max(1e-9),
        show(run.meta.first_loss),
        show(held_loss),
        out.display()
    );
    Ok(())
}

/// Examples of a held-out dataset that are measured.
const HELD_OUT: usize = 1000;

/// Steps whose mean is reported as the last loss.
const RECENT: usize = 20;
