//! Cutting the page's WebAssembly: what every visit loads, and the parts that are loaded when they
//! are wanted (`app::part`).
//!
//! The parts lie in a folder that is named after what was cut, so that a page that stayed open over an
//! update never loads a part of another build, and browsers may keep them for ever.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use sha2::{Digest, Sha256};

use crate::{paths, wasm};

/// What the folders of parts begin with; `server::security` knows it as well.
pub const FOLDER: &str = "parts-";
/// The script that loads parts, and the list of the files of each. Leptos looks for them under these
/// names, to tell browsers early what a page will load.
const LOADER: &str = "__wasm_split.______________________.js";
const MANIFEST: &str = "__wasm_split_manifest.json";

/// What was cut.
pub struct Cut {
    /// What every visit loads, still to go through wasm-bindgen.
    pub main: PathBuf,
    /// All files that were written for browsers.
    pub files: Vec<PathBuf>,
}

/// Cuts a module that was linked with its relocations, and writes its parts into the package.
pub fn cut(module: &Path, package: &Path) -> Result<Cut> {
    let whole =
        fs::read(module).with_context(|| format!("{} could not be read", module.display()))?;
    let staging = paths::target().join("parts");
    // What another build left there would be taken for a part of this one.
    if staging.exists() {
        fs::remove_dir_all(&staging)?;
    }
    let main = staging.join("app.wasm");
    let link_name = format!("./{LOADER}");
    let split = wasm_split_cli_support::transform({
        let mut options = wasm_split_cli_support::Options::new(&whole);
        options.output_dir = &staging;
        options.main_out_path = &main;
        options.link_name = &link_name;
        options.main_module = "./app.js";
        options
    })
    .map_err(|error| anyhow!("the page could not be cut into parts: {error:#}"))?;

    for entry in fs::read_dir(package)? {
        let path = entry?.path();
        if name(&path).starts_with(FOLDER) {
            fs::remove_dir_all(&path)?;
        }
    }
    let folder = format!("{FOLDER}{}", &hex::encode(Sha256::digest(&whole))[..16]);
    let target = package.join(&folder);
    fs::create_dir_all(&target)?;
    let mut files = Vec::new();
    for part in &split.split_modules {
        let small = wasm::without_names(&fs::read(part)?)
            .with_context(|| format!("{} is no WebAssembly module", part.display()))?;
        let to = target.join(name(part));
        fs::write(&to, small).with_context(|| format!("{} could not be written", to.display()))?;
        files.push(to);
    }

    // The loader takes the parts to lie beside it.
    let mut script = fs::read_to_string(staging.join(LOADER))?;
    for part in &split.split_modules {
        let beside = format!("\"./{}\"", name(part));
        if !script.contains(&beside) {
            bail!("the loader of the parts does not mention {beside}");
        }
        script = script.replace(&beside, &format!("\"./{folder}/{}\"", name(part)));
    }
    let loader = package.join(LOADER);
    fs::write(&loader, script)?;
    files.push(loader);

    let manifest: serde_json::Map<String, serde_json::Value> = split
        .prefetch_map
        .into_iter()
        .map(|(part, files)| {
            let files: Vec<String> = files
                .iter()
                .map(|file| format!("{folder}/{file}"))
                .collect();
            (part, files.into())
        })
        .collect();
    fs::write(
        package.join(MANIFEST),
        serde_json::to_string_pretty(&manifest)?,
    )?;
    Ok(Cut { main, files })
}

/// The parts in a package, by name.
pub fn list(package: &Path) -> Result<Vec<PathBuf>> {
    let mut parts = Vec::new();
    for entry in fs::read_dir(package)? {
        let folder = entry?.path();
        if !name(&folder).starts_with(FOLDER) {
            continue;
        }
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path
                .extension()
                .is_some_and(|extension| extension == "wasm")
            {
                parts.push(path);
            }
        }
    }
    parts.sort();
    Ok(parts)
}

fn name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}
