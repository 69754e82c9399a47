//! The lineage card of an adapter: what it was made from, how, and how well it did.

use anyhow::{Context, Result};
use candle_core::Device;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The file beside an adapter or a published model.
pub const FILE: &str = "lineage.json";

/// Where an adapter comes from.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Lineage {
    pub name: String,
    pub base: String,
    pub base_sha256: String,
    /// SHA-256 of the weights file this run started from; `None` where it started from the base alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_sha256: Option<String>,
    pub contract: String,
    pub dataset_sha256: String,
    pub examples: usize,
    pub tokens: u64,
    pub seed: u64,
    pub steps: u64,
    pub hyperparameters: serde_json::Value,
    pub seconds: f64,
    pub hardware: String,
    pub losses: Losses,
    /// Filled by `trainer eval`.
    #[serde(default)]
    pub scores: serde_json::Value,
}

/// Mean losses per learned token.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Losses {
    pub first: Option<f32>,
    pub last: Option<f32>,
    pub held_out: Option<f32>,
}

impl Lineage {
    /// Reads the card in a folder.
    pub fn load(folder: &Path) -> Result<Self> {
        let path = folder.join(FILE);
        let text = std::fs::read(&path)
            .with_context(|| format!("The lineage card {} could not be read.", path.display()))?;
        serde_json::from_slice(&text)
            .with_context(|| format!("The lineage card {} is not valid.", path.display()))
    }

    /// Writes the card into a folder.
    pub fn save(&self, folder: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self)? + "\n";
        std::fs::write(folder.join(FILE), text)?;
        Ok(())
    }
}

/// The device in words.
pub fn hardware(device: &Device) -> String {
    #[cfg(feature = "cuda")]
    if let Device::Cuda(device) = device {
        return crate::ops::cuda::name(device);
    }
    let _ = device;
    let model = std::fs::read_to_string("/proc/cpuinfo")
        .ok()
        .and_then(|text| {
            let line = text.lines().find(|l| l.starts_with("model name"))?;
            Some(line.split_once(':')?.1.trim().to_string())
        })
        .unwrap_or_else(|| "unknown CPU".into());
    format!("{model}, {} threads", rayon::current_num_threads())
}
