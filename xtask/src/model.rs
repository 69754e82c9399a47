//! The served model: the base merged with the shipped adapter, made once and again when either changed.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::{base, paths, process};

const SHIPPED: &str = "flowright-smollm2-135m";

/// Publishes the shipped adapter, unless a model is already being served.
pub fn publish_shipped() -> Result<()> {
    let adapter = paths::root().join("models").join(SHIPPED);
    let models = paths::var().join("models");
    let lineage = fs::read_to_string(adapter.join("lineage.json"))
        .with_context(|| format!("the shipped adapter is missing in {}", adapter.display()))?;
    let stamp = models.join(".shipped");
    let current = fs::read_to_string(models.join("current")).unwrap_or_default();
    let current = current.trim();
    let complete = !current.is_empty() && models.join(current).join("model.gguf").is_file();
    // A model that the ML team published stays; the shipped one is renewed when it changed.
    if complete
        && (current != SHIPPED || fs::read_to_string(&stamp).is_ok_and(|text| text == lineage))
    {
        return Ok(());
    }
    let base = base::fetch()?;
    let trainer = paths::program("trainer");
    if !trainer.is_file() {
        bail!(
            "{} is missing; `cargo xtask setup` builds it.",
            trainer.display()
        );
    }
    process::show(
        std::process::Command::new(trainer)
            .current_dir(paths::root())
            .args(["publish", "--name", SHIPPED, "--base"])
            .arg(base)
            .arg("--adapter")
            .arg(adapter)
            .arg("--models")
            .arg(&models),
        "merging the base model with the shipped adapter",
    )?;
    fs::write(&stamp, lineage).with_context(|| format!("{} could not be written", stamp.display()))
}
