//! The command line of the trainer; it only dispatches.

use clap::{Parser, Subcommand};
use std::process::ExitCode;
use trainer::{bootstrap, curate, doubts, eval, masks, publish, rank, synth, train};

/// Makes the model that writes workflows: examples, training, evaluation, publishing.
#[derive(Parser)]
#[command(name = "trainer", version, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
#[expect(
    clippy::large_enum_variant,
    reason = "there is one of them in the life of the program"
)]
enum Command {
    /// Writes training examples sampled from the catalogue.
    Synth(synth::Args),
    /// Fits the ranker of the searches on a dataset.
    Rank(rank::Args),
    /// Turns exported sessions into masked training examples.
    Curate(curate::Args),
    /// Turns exported workflows of stores into masked training examples.
    Bootstrap(bootstrap::Args),
    /// Fine-tunes a `LoRA` adapter, or a whole model, on a dataset.
    Train(train::Args),
    /// Scores a model on cases.
    Eval(eval::Args),
    /// Measures the grammar with a model's vocabulary, and decodes with random weights.
    Masks(masks::Args),
    /// Counts what the agent doubts in right answers, or in results.
    Doubts(doubts::Args),
    /// Merges an adapter into the base and hands the model to the server.
    Publish(publish::Args),
}

fn main() -> ExitCode {
    // `trainer doubts | head` has read enough.
    sigpipe::reset();
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env()
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn,trainer=info")),
        )
        .with_writer(std::io::stderr)
        .init();
    let done = match Cli::parse().command {
        Command::Synth(args) => synth::run(args),
        Command::Rank(args) => rank::run(args),
        Command::Curate(args) => curate::run(args),
        Command::Bootstrap(args) => bootstrap::run(args),
        Command::Train(args) => train::run(args),
        Command::Eval(args) => eval::run(args),
        Command::Masks(args) => masks::run(args),
        Command::Doubts(args) => doubts::run(args),
        Command::Publish(args) => publish::run(args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The sentence first; what lies beneath it only for those who read on.
            eprintln!("{error}");
            for cause in error.chain().skip(1) {
                eprintln!("  because: {cause}");
            }
            ExitCode::FAILURE
        }
    }
}
