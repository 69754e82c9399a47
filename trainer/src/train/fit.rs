//! The run itself: steps until the end or the time limit, checkpoints, and the result's folder.

use super::args::Args;
use super::data::{self, Dataset};
use super::lineage;
use super::report::Report;
use super::run::{self, Run, Settings};
use crate::model::{Adapter, Base, Document, Source, adapter, huggingface};
use anyhow::{Context, Result, ensure};
use candle_core::Device;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// All that a run is given.
pub struct Task<'a> {
    pub args: &'a Args,
    pub contract: &'a str,
    pub source: &'a Source,
    pub base: &'a Base,
    pub dataset: &'a Dataset,
    /// What the loss is measured on in the end.
    pub held: &'a [data::Example],
    pub settings: Settings,
    /// The adapter or model that was started from.
    pub parent: Option<&'a Path>,
    pub device: &'a Device,
}

/// Where the weights come from, as SHA-256.
struct Origin {
    base: String,
    parent: Option<String>,
}

/// Trains, and writes the adapter or the model with its lineage card.
pub fn fit(task: &Task<'_>) -> Result<()> {
    let Task { args, device, .. } = task;
    let out = args
        .out
        .clone()
        .unwrap_or_else(|| PathBuf::from("var/adapters").join(&args.name));
    let (other, what) = match args.full {
        true => (adapter::CONFIG, "an adapter"),
        false => (huggingface::CONFIG, "a whole model"),
    };
    ensure!(
        !out.join(other).exists(),
        "{} holds {what} already; choose another --out or --name.",
        out.display()
    );
    let at = out.join("checkpoint");
    std::fs::create_dir_all(&out)
        .with_context(|| format!("The folder {} could not be made.", out.display()))?;
    let origin = Origin {
        base: task.source.sha256()?,
        parent: match task.parent {
            Some(folder) if huggingface::is_model(folder) => {
                Some(data::sha256(&folder.join(huggingface::WEIGHTS))?)
            }
            Some(folder) => Some(data::sha256(&folder.join(adapter::WEIGHTS))?),
            None => None,
        },
    };
    let mut run = begin(task, &origin, &at)?;
    let total = run.total();
    let cpu = device.is_cpu();
    let checkpoint_every = args.checkpoint_every.unwrap_or(if cpu { 50 } else { 500 });
    let log_every = args.log_every.unwrap_or(if cpu { 1 } else { 20 }).max(1);
    let mut report = Report::new(&out, args.resume, log_every, total, run.meta.steps)?;

    let (before, start) = (run.meta.seconds, Instant::now());
    let seconds = || before + start.elapsed().as_secs_f64();
    let limit = args.max_minutes.map(|m| m * 60.0);
    while limit.is_none_or(|limit| seconds() < limit) {
        let elapsed = limit.map_or(0.0, |limit| seconds() / limit);
        let Some(stepped) = run.step(total, elapsed)? else {
            break;
        };
        report.step(&mut run, stepped, seconds())?;
        if run.meta.steps.is_multiple_of(checkpoint_every) {
            run.meta.seconds = seconds();
            run.save(&at)?;
        }
    }
    report.read(&mut run)?;
    run.meta.seconds = seconds();
    run.save(&at)?;
    report.end();
    finish(task, &run, origin, &out, report.loss)
}

/// The run at its start, or where a checkpoint stands.
fn begin<'a>(task: &Task<'a>, origin: &Origin, at: &Path) -> Result<Run<'a>> {
    let (args, base, device) = (task.args, task.base, task.device);
    let held_out = match args.held_out_dataset {
        Some(_) => 0.0,
        None => args.held_out,
    };
    let identity = hex::encode(Sha256::digest(format!(
        "{} {} {held_out} {} {:?}",
        origin.base,
        task.dataset.sha256,
        serde_json::to_string(&task.settings)?,
        origin.parent
    )));
    let examples = task.dataset.examples.iter();
    let documents: Vec<&Document> = examples.map(|e| &e.document).collect();
    let settings = task.settings.clone();
    let mut run = Run::new(base, documents, settings, identity.clone(), device)?;
    run.recompute = args.recompute;
    // With --full what was started from is in the base already.
    if let Some(folder) = task.parent
        && !args.full
    {
        run.start_from(Adapter::load(folder, &base.spec, device)?)?;
        eprintln!("going on from the adapter in {}", folder.display());
    }
    if args.resume
        && let Some(meta) = run.load(at, &identity)?
    {
        eprintln!("going on after step {}", meta.steps);
        run.resume(meta);
    }
    Ok(run)
}

/// Measures the held-out loss and writes the result.
fn finish(task: &Task<'_>, run: &Run<'_>, origin: Origin, out: &Path, loss: f32) -> Result<()> {
    let (settings, device) = (&task.settings, task.device);
    let held: Vec<&Document> = task.held.iter().map(|e| &e.document).collect();
    let held_loss = match held.is_empty() {
        true => None,
        false => Some(run::held_out(
            task.base,
            run.adapter.as_ref(),
            &held,
            settings,
            device,
        )?),
    };
    let name = task.source.name();
    match &run.adapter {
        Some(adapter) => adapter.save(out, &name)?,
        None => {
            huggingface::save(task.base, &task.source.config()?, out)?;
            task.source.save_tokenizer(out)?;
        }
    }
    let meta = &run.meta;
    let recent = meta.recent.iter().sum::<f32>() / meta.recent.len().max(1) as f32;
    lineage::Lineage {
        name: task.args.name.clone(),
        base: name,
        base_sha256: origin.base,
        parent_sha256: origin.parent,
        contract: task.contract.into(),
        dataset_sha256: task.dataset.sha256.clone(),
        examples: task.dataset.examples.len(),
        tokens: meta.tokens,
        seed: settings.seed,
        steps: meta.steps,
        hyperparameters: serde_json::to_value(settings)?,
        seconds: meta.seconds,
        hardware: lineage::hardware(device),
        losses: lineage::Losses {
            first: meta.first_loss,
            last: Some(recent).filter(|l| l.is_finite()),
            held_out: held_loss,
        },
        scores: serde_json::json!({}),
    }
    .save(out)?;
    let show = |loss: Option<f32>| loss.map_or("none".into(), |l| format!("{l:.4}"));
    println!(
        "{} steps, {} tokens in {:.0} s ({:.0} tokens/s); loss {} at first, {loss:.4} at last, {} held out; {} in {}",
        meta.steps,
        meta.tokens,
        meta.seconds,
        meta.tokens as f64 / meta.seconds.max(1e-9),
        show(meta.first_loss),
        show(held_loss),
        if run.adapter.is_some() {
            "adapter"
        } else {
            "model"
        },
        out.display()
    );
    Ok(())
}
