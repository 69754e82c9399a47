//! `flowright export`: writes what the ML team learns from into files: the log of every session, and the
//! workflows that are turned on.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;

use crate::config::{Config, ModelArgs, PlaceArgs};
use crate::{database, export};

/// Example: flowright export sessions --out var/sessions
#[derive(clap::Args, Debug)]
pub struct SessionsArgs {
    #[command(flatten)]
    place: PlaceArgs,
    /// Folder to write to; one file <session>.jsonl each, one recorded event per line, and
    /// <session>.catalog.json where the store has tasks of its own
    #[arg(long, value_name = "DIR", default_value = "var/sessions")]
    out: PathBuf,
}

/// Example: flowright export workflows --out var/workflows.jsonl
#[derive(clap::Args, Debug)]
pub struct WorkflowsArgs {
    #[command(flatten)]
    place: PlaceArgs,
    /// File to write, one workflow per line
    #[arg(long, value_name = "FILE", default_value = "var/workflows.jsonl")]
    out: PathBuf,
}

/// Writes the sessions and says how many.
pub async fn sessions(args: SessionsArgs) -> anyhow::Result<ExitCode> {
    let config = Config::load(&args.place, &ModelArgs::default())?;
    let pool = database::open(&config.database.url).await?;
    let sessions = export::to_folder(&pool, &args.out).await?;
    pool.close().await;
    eprintln!("{sessions} sessions were written to {}", args.out.display());
    Ok(ExitCode::SUCCESS)
}

/// Writes the workflows and says how many.
pub async fn workflows(args: WorkflowsArgs) -> anyhow::Result<ExitCode> {
    let config = Config::load(&args.place, &ModelArgs::default())?;
    let pool = database::open(&config.database.url).await?;
    let lines = export::workflows(&pool).await?;
    pool.close().await;
    if let Some(folder) = args
        .out
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("the folder {} could not be made", folder.display()))?;
    }
    let partial = args.out.with_extension("partial");
    std::fs::write(&partial, &lines)
        .and_then(|()| std::fs::rename(&partial, &args.out))
        .with_context(|| format!("{} could not be written", args.out.display()))?;
    eprintln!(
        "{} workflows were written to {}",
        lines.lines().count(),
        args.out.display()
    );
    Ok(ExitCode::SUCCESS)
}
