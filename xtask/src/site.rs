//! The page: the app as WebAssembly, cut into what every visit loads and what is loaded when it is
//! wanted, its bindings, the style, the public files, and a brotli neighbour beside each, which the
//! server hands out to browsers that take it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};

use crate::{parts, paths, prerequisites, process};

/// Builds what is out of date.
pub fn build() -> Result<()> {
    prerequisites::wasm_target()?;
    if !paths::site().join("pkg/app_bg.wasm").is_file() {
        eprintln!("Building the page. The first build takes some minutes.");
    }
    // `--crate-type cdylib` here and not in the manifest: a manifest with both `cdylib` and `rlib`
    // silently turns link-time optimisation off (rust-lang/cargo#9672).
    process::show(
        process::cargo().args([
            "rustc",
            "--package",
            "app",
            "--lib",
            "--crate-type",
            "cdylib",
            "--target",
            "wasm32-unknown-unknown",
            "--features",
            "hydrate",
            "--profile",
            "wasm",
            "--",
            // Where the page is cut is read from the relocations.
            "-Clink-args=--emit-relocs",
        ]),
        "building the page's WebAssembly",
    )?;
    let wasm = paths::target().join("wasm32-unknown-unknown/wasm/app.wasm");
    let site = paths::site();
    let package = site.join("pkg");
    fs::create_dir_all(&package)
        .with_context(|| format!("{} could not be made", package.display()))?;

    let mut outputs = Vec::new();
    if newer(&wasm, &package.join("app_bg.wasm")) {
        let cut = parts::cut(&wasm, &package)?;
        let mut bindgen = wasm_bindgen_cli_support::Bindgen::new();
        bindgen
            .input_path(&cut.main)
            .out_name("app")
            .typescript(false)
            // The parts are linked to what the first file exports.
            .keep_lld_exports(true)
            .remove_name_section(true)
            .remove_producers_section(true)
            .web(true)
            .map_err(|error| anyhow!("the bindings could not be set up: {error}"))?
            .generate(&package)
            .map_err(|error| anyhow!("the bindings could not be generated: {error}"))?;
        outputs.push(package.join("app.js"));
        outputs.push(package.join("app_bg.wasm"));
        outputs.extend(cut.files);
    }
    let style = package.join("app.css");
    let sheets = style_sheets()?;
    if sheets.iter().any(|sheet| newer(sheet, &style)) {
        join(&sheets, &style)?;
        outputs.push(style);
    }
    copy_public(&paths::root().join("public"), &site, &mut outputs)?;

    let compressible = outputs
        .iter()
        .filter(|file| is_text(file))
        .collect::<Vec<_>>();
    if !compressible.is_empty() {
        let bar = process::bar(compressible.len() as u64, "compressing the page");
        for file in compressible {
            compress(file)?;
            bar.inc(1);
        }
        bar.finish_and_clear();
    }
    Ok(())
}

/// The style sheets in the order in which they apply: `app.css` first, then the others by name.
fn style_sheets() -> Result<Vec<PathBuf>> {
    let folder = paths::root().join("style");
    let mut sheets: Vec<PathBuf> = fs::read_dir(&folder)
        .with_context(|| format!("{} could not be read", folder.display()))?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<std::io::Result<_>>()?;
    sheets.retain(|sheet| {
        sheet
            .extension()
            .is_some_and(|extension| extension == "css")
    });
    sheets.sort_by_key(|sheet| (!sheet.ends_with("app.css"), sheet.clone()));
    Ok(sheets)
}

/// Writes several files into one.
fn join(files: &[PathBuf], to: &Path) -> Result<()> {
    let mut joined = String::new();
    for file in files {
        joined.push_str(
            &fs::read_to_string(file)
                .with_context(|| format!("{} could not be read", file.display()))?,
        );
        joined.push('\n');
    }
    fs::write(to, joined).with_context(|| format!("{} could not be written", to.display()))
}

fn newer(source: &Path, made: &Path) -> bool {
    let time = |path: &Path| path.metadata().and_then(|data| data.modified()).ok();
    match (time(source), time(made)) {
        (Some(source), Some(made)) => source > made,
        _ => true,
    }
}

fn copy_public(from: &Path, to: &Path, outputs: &mut Vec<PathBuf>) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in
        fs::read_dir(from).with_context(|| format!("{} could not be read", from.display()))?
    {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_public(&entry.path(), &target, outputs)?;
        } else if newer(&entry.path(), &target) {
            fs::copy(entry.path(), &target)
                .with_context(|| format!("{} could not be copied", entry.path().display()))?;
            outputs.push(target);
        }
    }
    Ok(())
}

fn is_text(file: &Path) -> bool {
    let extension = file.extension().and_then(|extension| extension.to_str());
    matches!(
        extension,
        Some("js" | "wasm" | "css" | "svg" | "txt" | "html" | "json")
    )
}

fn compress(file: &Path) -> Result<()> {
    let mut name = file.as_os_str().to_owned();
    name.push(".br");
    fs::write(&name, packed(&fs::read(file)?)?)
        .with_context(|| format!("{} could not be written", Path::new(&name).display()))
}

/// The data in brotli, as small as it gets.
pub fn packed(mut data: &[u8]) -> Result<Vec<u8>> {
    let mut packed = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: 11,
        ..Default::default()
    };
    brotli::BrotliCompress(&mut data, &mut packed, &parameters)?;
    Ok(packed)
}
