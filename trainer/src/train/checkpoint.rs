//! Checkpoints: everything that a run needs in order to go on as if it had never stopped.

use super::optimiser::Optimiser;
use crate::model::Parameters;
use anyhow::{Context, Result, ensure};
use candle_core::{Device, Tensor};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::path::Path;

const TENSORS: &str = "state.safetensors";
const META: &str = "meta.json";

/// Where a run stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Meta {
    /// Identifies dataset, base and all settings that change the result.
    pub run: String,
    pub steps: u64,
    pub epoch: u64,
    /// Batches of this epoch that are done.
    pub batch: usize,
    pub tokens: u64,
    pub seconds: f64,
    pub first_loss: Option<f32>,
    /// The losses of the most recent steps.
    pub recent: Vec<f32>,
}

/// Writes a checkpoint beside the old one, then takes its place.
pub fn save(
    folder: &Path,
    meta: &Meta,
    parameters: &Parameters,
    optimiser: &Optimiser,
) -> Result<()> {
    let fresh = folder.with_extension("new");
    if fresh.exists() {
        std::fs::remove_dir_all(&fresh)?;
    }
    std::fs::create_dir_all(&fresh)
        .with_context(|| format!("The folder {} could not be made.", fresh.display()))?;
    let mut tensors: HashMap<String, Tensor> = HashMap::new();
    for ((name, var), moments) in parameters.iter().zip(&optimiser.moments) {
        let cpu = |t: &Tensor| t.to_device(&Device::Cpu);
        tensors.insert(format!("{name}.moments"), cpu(moments)?);
        tensors.insert(name.to_string(), cpu(var.as_tensor())?);
    }
    candle_core::safetensors::save(&tensors, fresh.join(TENSORS))?;
    std::fs::write(fresh.join(META), serde_json::to_vec_pretty(meta)?)?;
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    std::fs::rename(&fresh, folder)?;
    Ok(())
}

/// Reads a checkpoint into parameters and an optimiser. `None` when there is none.
pub fn load(
    folder: &Path,
    run: &str,
    parameters: &Parameters,
    optimiser: &mut Optimiser,
    device: &Device,
) -> Result<Option<Meta>> {
    // A crash between the two renames leaves the new one only; it is complete once META is there.
    let fresh = folder.with_extension("new");
    let folder = match (folder.join(META).exists(), fresh.join(META).exists()) {
        (true, _) => folder,
        (false, true) => fresh.as_path(),
        (false, false) => return Ok(None),
    };
    let meta: Meta = serde_json::from_slice(&std::fs::read(folder.join(META))?)
        .with_context(|| format!("The checkpoint {} is damaged; remove it.", folder.display()))?;
    ensure!(
        meta.run == run,
        "The checkpoint {} belongs to a run with another dataset, base or settings; remove it or choose another --out.",
        folder.display()
    );
    let tensors = candle_core::safetensors::load(folder.join(TENSORS), device)?;
    for ((name, var), moments) in parameters.iter().zip(&mut optimiser.moments) {
        let find = |name: &str| {
            tensors
                .get(name)
                .with_context(|| format!("The checkpoint lacks {name}; remove it."))
        };
        var.set(find(name)?)?;
        *moments = find(&format!("{name}.moments"))?.clone();
    }
    optimiser.steps = meta.steps;
    Ok(Some(meta))
}
