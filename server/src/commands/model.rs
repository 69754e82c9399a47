//! `flowright model info`: which model is served, from what it was made, how it scored.

use std::process::ExitCode;

use app::api::ModelCard;

use crate::config::{Config, ModelArgs, PlaceArgs};
use crate::model::{self, ModelError};

/// Example: flowright model info --json
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    place: PlaceArgs,
    #[command(flatten)]
    model: ModelArgs,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Prints what the models folder says; nothing is loaded.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let config = Config::load(&args.place, &args.model)?;
    let view = model::view_of(&config.model);
    if args.json {
        println!("{}", serde_json::to_string_pretty(&view)?);
    } else {
        match &view.current {
            Some(card) => print_card(card),
            None => println!(
                "No model is published in {}.",
                config.model.folder.display()
            ),
        }
        println!("contract of this program: {}", view.contract);
        for card in view.available.iter().filter(|card| !card.serving) {
            println!("also there: {}", card.name);
        }
    }
    if let Some(card) = &view.current
        && let Some(contract) = card
            .contract
            .clone()
            .filter(|contract| *contract != view.contract)
    {
        return Err(ModelError::Contract {
            model: card.name.clone(),
            trained: contract,
            spoken: view.contract,
        }
        .into());
    }
    Ok(ExitCode::SUCCESS)
}

fn print_card(card: &ModelCard) {
    println!("model: {}", card.name);
    if let Some(base) = &card.base {
        println!("base: {base}");
    }
    if let Some(created) = &card.created {
        println!("created: {created}");
    }
    if let Some(contract) = &card.contract {
        println!("contract it was trained under: {contract}");
    }
    if !card.scores.is_null() {
        println!("scores: {}", card.scores);
    }
}
