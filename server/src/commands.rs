//! The command line: one file per command; here they are only told apart.

pub mod ask;
pub mod catalog;
pub mod check;
pub mod convert;
pub mod export;
pub mod model;
pub mod serve;
pub mod setup;
mod workflow_file;

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

/// Flowright: say what should happen in a shop, get a workflow that works
#[derive(Debug, Parser)]
#[command(name = "flowright", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the builder
    Serve(serve::Args),
    /// Ask for a workflow from the terminal
    Ask(ask::Args),
    /// Check and convert workflow files
    Flow {
        #[command(subcommand)]
        command: FlowCommand,
    },
    /// About the model that is served
    Model {
        #[command(subcommand)]
        command: ModelCommand,
    },
    /// Which tasks a store has
    Catalog {
        #[command(subcommand)]
        command: CatalogCommand,
    },
    /// Create the database and the demo store; harmless when they are there
    Setup(setup::Args),
    /// Write what was logged into files
    Export {
        #[command(subcommand)]
        command: ExportCommand,
    },
}

#[derive(Debug, Subcommand)]
enum FlowCommand {
    /// Print what is wrong with workflows, one finding per line
    Check(check::Args),
    /// Write a workflow in another form
    Convert(convert::Args),
}

#[derive(Debug, Subcommand)]
enum ModelCommand {
    /// Which model is served, from what it was made, how it scored
    Info(model::Args),
}

#[derive(Debug, Subcommand)]
enum CatalogCommand {
    /// Lay what a store says about its own tasks over the built-in catalogue
    Import(catalog::ImportArgs),
    /// Print the tasks in force, one per line
    List(catalog::ListArgs),
    /// Print one task as JSON
    Show(catalog::ShowArgs),
    /// Forget what was imported
    Reset(catalog::ResetArgs),
}

#[derive(Debug, Subcommand)]
enum ExportCommand {
    /// Write every session to a folder, for `trainer curate`
    Sessions(export::SessionsArgs),
    /// Write the workflows that are turned on to a file, for `trainer bootstrap`
    Workflows(export::WorkflowsArgs),
}

/// What commands exit with when there is no model to serve.
const NO_MODEL: u8 = 2;

/// Reads the command line and runs the command.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let quiet = !matches!(cli.command, Command::Serve(_));
    log_to_stderr(quiet);
    let result = match cli.command {
        Command::Flow {
            command: FlowCommand::Check(args),
        } => check::run(&args),
        Command::Flow {
            command: FlowCommand::Convert(args),
        } => convert::run(&args),
        Command::Serve(args) => on_runtime(serve::run(args)),
        Command::Ask(args) => on_runtime(ask::run(args)),
        Command::Model {
            command: ModelCommand::Info(args),
        } => model::run(&args),
        Command::Catalog { command } => match command {
            CatalogCommand::Import(args) => on_runtime(catalog::import(args)),
            CatalogCommand::List(args) => on_runtime(catalog::list(args)),
            CatalogCommand::Show(args) => on_runtime(catalog::show(args)),
            CatalogCommand::Reset(args) => on_runtime(catalog::reset(args)),
        },
        Command::Setup(args) => on_runtime(setup::run(args)),
        Command::Export { command } => match command {
            ExportCommand::Sessions(args) => on_runtime(export::sessions(args)),
            ExportCommand::Workflows(args) => on_runtime(export::workflows(args)),
        },
    };
    match result {
        Ok(code) => code,
        // Whoever read our output has read enough, for example `head`.
        Err(error)
            if error
                .downcast_ref::<std::io::Error>()
                .is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe) =>
        {
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("flowright: {error:#}");
            match error.downcast_ref::<crate::model::ModelError>() {
                Some(_) => ExitCode::from(NO_MODEL),
                None => ExitCode::FAILURE,
            }
        }
    }
}

fn on_runtime(work: impl Future<Output = anyhow::Result<ExitCode>>) -> anyhow::Result<ExitCode> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(work)
}

/// The log goes to standard error; `RUST_LOG` says how much of it.
fn log_to_stderr(quiet: bool) {
    let usual = if quiet {
        "error"
    } else {
        "info,mistralrs_core=warn,mistralrs_quant=warn,tower_http=info,sqlx=warn"
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(usual));
    // A second subscriber in one process (tests) changes nothing.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .try_init();
}
