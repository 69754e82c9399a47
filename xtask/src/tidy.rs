//! The rules of the repository that a machine can check: who may import whom, module docs, generated files, no leftovers.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::{paths, types};

/// Which crate of the house may depend on which.
const EDGES: [(&str, &[&str]); 8] = [
    ("flow", &[]),
    ("flow-size", &["flow"]),
    ("decoder", &[]),
    ("agent", &["flow", "decoder"]),
    ("app", &["flow"]),
    ("server", &["flow", "agent", "app"]),
    ("trainer", &["flow", "agent", "decoder"]),
    ("xtask", &[]),
];

/// What the page must never carry: two megabytes of WebAssembly each, or SQL.
const NOT_IN_APP: [&str; 5] = ["jsonschema", "sqlx", "mistralrs", "decoder", "agent"];

/// Checks all rules and lists every breach.
pub fn run() -> Result<()> {
    let mut breaches = Vec::new();
    edges(&mut breaches)?;
    types::check(&mut breaches)?;
    for folder in [
        "flow", "decoder", "agent", "app", "server", "trainer", "xtask",
    ] {
        sources(&paths::root().join(folder), &mut breaches)?;
    }
    if breaches.is_empty() {
        return Ok(());
    }
    bail!("{}", breaches.join("\n"));
}

fn edges(breaches: &mut Vec<String>) -> Result<()> {
    let metadata = cargo_metadata::MetadataCommand::new()
        .current_dir(paths::root())
        .no_deps()
        .exec()
        .context("cargo metadata failed")?;
    let allowed: BTreeMap<_, _> = EDGES.into_iter().collect();
    for package in &metadata.packages {
        let name = package.name.as_str();
        let Some(allowed) = allowed.get(name) else {
            breaches.push(format!(
                "{name}: a crate that the house does not have; see docs/ARCHITECTURE.md"
            ));
            continue;
        };
        let names: BTreeSet<_> = package
            .dependencies
            .iter()
            .map(|dependency| dependency.name.as_str())
            .collect();
        for other in EDGES.map(|(other, _)| other) {
            if names.contains(other) && !allowed.contains(&other) {
                breaches.push(format!(
                    "{name} imports {other}, which the house does not allow"
                ));
            }
        }
        if name == "app" {
            for heavy in NOT_IN_APP.into_iter().filter(|heavy| names.contains(heavy)) {
                breaches.push(format!(
                    "app imports {heavy}, which must not reach the page"
                ));
            }
        }
    }
    Ok(())
}

fn sources(folder: &Path, breaches: &mut Vec<String>) -> Result<()> {
    for entry in
        fs::read_dir(folder).with_context(|| format!("{} could not be read", folder.display()))?
    {
        let path = entry?.path();
        if path.is_dir() {
            // The fuzz targets are a workspace of their own, with build outputs of their own.
            if !path.ends_with("target") {
                sources(&path, breaches)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path)?;
            let shown = path
                .strip_prefix(paths::root())
                .unwrap_or(&path)
                .display()
                .to_string();
            if !text.trim_start().starts_with("//!") {
                breaches.push(format!(
                    "{shown} does not open with a `//!` sentence that says what it is for"
                ));
            }
            for (number, line) in text.lines().enumerate() {
                if line.trim_end() != line {
                    breaches.push(format!("{shown}:{} ends in white space", number + 1));
                }
            }
            // The words are put together here so that this file does not find itself.
            for word in [
                concat!("todo", "!("),
                concat!("unimplemented", "!("),
                concat!("dbg", "!("),
            ] {
                if text.contains(word) {
                    breaches.push(format!("{shown} contains {word}"));
                }
            }
        }
    }
    Ok(())
}
