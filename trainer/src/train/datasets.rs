//! Which examples a run is given.

use super::args::Args;
use super::data::{self, Dataset};
use crate::model::Document;
use crate::model::Tokenizer;
use anyhow::{Result, ensure};
use indicatif::{ProgressBar, ProgressStyle};
use sha2::{Digest, Sha256};
use std::path::PathBuf;

/// What `trainer curate` and `trainer synth` write when they are told nothing else: all that merchants
/// made, and enough synthetic examples that the rest is not forgotten.
pub fn usual(args: &Args, tokenizer: &Tokenizer, contract: &str) -> Result<Dataset> {
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
/// Reads datasets, with a bar for whoever watches.
pub fn read(
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

/// Examples for measuring speed without a dataset, enough to fill `rows` rows of `length` tokens: 350
/// tokens each, or as many as a row has, of which the last third is learned.
pub fn made_up(rows: usize, length: usize, vocabulary: usize) -> Dataset {
    let most = vocabulary.min(49_000) as u32;
    let tokens = length.min(350);
    let count = rows * (length / tokens.max(1)).max(1);
    let examples = (0..count as u32)
        .map(|i| data::Example {
            id: i.to_string(),
            document: Document {
                tokens: (0..tokens as u32)
                    .map(|t| (t * 2_654_435 + i * 97) % most)
                    .collect(),
                weights: (0..tokens).map(|t| f32::from(t > tokens * 2 / 3)).collect(),
            },
        })
        .collect();
    Dataset {
        examples,
        too_long: 0,
        sha256: String::new(),
    }
}
