//! The arguments of `trainer train`.

use super::device::{Precision, Where};
use super::run::Settings;
use crate::model::gguf::default_base;
use std::path::PathBuf;

/// What to train on, how, and where the adapter goes.
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Examples:\n  trainer curate && trainer train\n      a short retraining of the shipped adapter on what merchants turned on\n  trainer synth --count 40000\n  trainer train --dataset var/datasets/synth.jsonl --name flowright-smollm2-135m --max-minutes 90\n      a new adapter from the base\n  trainer train --base Qwen3-32B --device cuda --precision bf16 --dataset var/datasets/synth.jsonl\n      an adapter for a large model, on an NVIDIA GPU\n  trainer train --measure 5 --random --base trainer/shapes/smollm2-135m.json\n      how fast such a model would train"
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
    /// when no dataset and no base is named, else none]; with --full also the folder of a whole model
    #[arg(long, value_name = "DIR")]
    pub from: Option<PathBuf>,
    /// Starts from the adapter even if it was trained for another contract, as after a change of the
    /// prompt's wording.
    #[arg(long, requires = "from")]
    pub across_contracts: bool,
    /// The base model: a GGUF file, or a folder in Hugging Face layout (Llama or Qwen3).
    #[arg(long, value_name = "FILE", default_value_os_t = default_base())]
    pub base: PathBuf,
    /// The adapter's name.
    #[arg(long, default_value = "candidate")]
    pub name: String,
    /// The folder of the result [default: var/adapters/NAME]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Train all weights instead of an adapter. The result is a folder in Hugging Face layout.
    #[arg(long)]
    pub full: bool,
    /// Rank of the adapter [default: that of the adapter to start from, else 16]
    #[arg(long)]
    pub rank: Option<usize>,
    /// The adapter's effect is multiplied by alpha / rank [default: that of the adapter to start from,
    /// else twice the rank]
    #[arg(long)]
    pub alpha: Option<f64>,
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
    /// Highest learning rate [default: 0.001, or 0.0003 when going on from an adapter; with --full a
    /// tenth of that]
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
    /// Keep only what goes into each block and compute the blocks a second time for the gradients: up
    /// to half as slow again, with a fraction of the memory.
    #[arg(long)]
    pub recompute: bool,
    /// Before training, compare loss and gradient of one batch with those that the CPU computes.
    #[arg(long)]
    pub verify: bool,
    /// Only measure speed: this many steps, tokens per second printed, nothing written.
    #[arg(long, value_name = "STEPS")]
    pub measure: Option<u64>,
    /// Measure with made-up weights: the base need only be a folder with a config.json, or such a file.
    #[arg(long, requires = "measure")]
    pub random: bool,
    /// What the device can do at most, in TFLOP/s, to print which share of it was used.
    #[arg(long, value_name = "TFLOPS", requires = "measure")]
    pub peak_tflops: Option<f64>,
    /// Only write the first batches of the run, for another trainer.
    #[arg(long, num_args = 2, value_names = ["FILE", "COUNT"], hide = true)]
    pub write_batches: Option<Vec<String>>,
    /// CPU threads [default: all]
    #[arg(long)]
    pub threads: Option<usize>,
}

/// What of the arguments changes the result. `parent` has rank and alpha of the adapter to start from,
/// where there is one.
pub fn settings(
    args: &Args,
    precision: Precision,
    going_on: bool,
    parent: Option<(usize, f64)>,
) -> Settings {
    let rank = args.rank.or(parent.map(|(rank, _)| rank)).unwrap_or(16);
    let alpha = args.alpha.or(parent.map(|(_, alpha)| alpha));
    let cpu = args.device == Where::Cpu;
    let usual = match (args.full, going_on) {
        (false, false) => 1e-3,
        (false, true) => 3e-4,
        (true, false) => 1e-4,
        (true, true) => 3e-5,
    };
    Settings {
        rank,
        alpha: alpha.unwrap_or(2.0 * rank as f64),
        rows: args.rows.unwrap_or(if cpu { 4 } else { 32 }),
        length: args.length,
        accumulate: args.accumulate,
        epochs: args.epochs,
        steps: args.steps,
        learning_rate: args.learning_rate.unwrap_or(usual),
        warmup: args.warmup,
        weight_decay: args.weight_decay,
        clip: args.clip,
        seed: args.seed,
        precision: (precision == Precision::Bf16).then_some(precision),
        full: args.full,
    }
}
