//! `flowright export sessions --out DIR`: writes the log of every session to a file of its own.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::config::{Config, ModelArgs, PlaceArgs};
use crate::{database, export};

/// Example: flowright export sessions --out var/sessions
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    place: PlaceArgs,
    /// Folder to write to; one file <session>.jsonl each, one recorded event per line
    #[arg(long, value_name = "DIR", default_value = "var/sessions")]
    out: PathBuf,
}

/// Writes the files and says how many.
pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let config = Config::load(&args.place, &ModelArgs::default())?;
    let pool = database::open(&config.database.url).await?;
    let sessions = export::to_folder(&pool, &args.out).await?;
    pool.close().await;
    eprintln!("{sessions} sessions were written to {}", args.out.display());
    Ok(ExitCode::SUCCESS)
}
