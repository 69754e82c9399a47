//! The size of the page, and of the language alone, on the wire, as a table. What the page may weigh
//! is kept in `app/size.json`; the tests fail when it grows beyond that.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::{parts, paths, prerequisites, process, site, wasm};

/// What a first visit to the builder should load at most of WebAssembly in brotli, in bytes.
const FIRST_AIM: u64 = 350_000;

/// How much larger than accepted a figure may be, in percent.
const MOST_GROWTH: u64 = 5;

/// What the language alone should stay below in brotli, in bytes.
const FLOW_AIM: usize = 250_000;

/// Sizes in brotli by what they are of, in bytes.
type Sizes = BTreeMap<String, u64>;

/// Prints plain and brotli sizes: of the page; of `flow` alone after `flow`. After `check` it fails
/// when the page has grown; after `accept` it takes the page's sizes as the new measure.
pub fn run(arguments: &[String]) -> Result<()> {
    match arguments {
        [] => page().map(drop),
        [part] if part == "flow" => language(),
        [what] if what == "check" => check(),
        [what] if what == "accept" => accept(),
        [other, ..] => bail!(
            "There is no size of `{other}`; write `size`, `size check`, `size accept` or `size flow`."
        ),
    }
}

/// Builds the page, prints what it weighs, and returns it.
fn page() -> Result<Sizes> {
    site::build()?;
    let package = paths::site().join("pkg");
    let mut sizes = Sizes::new();
    header();
    for (name, of) in [
        ("app_bg.wasm", "first visit"),
        ("app.js", "script"),
        ("app.css", "style"),
    ] {
        sizes.insert(of.to_string(), weigh(&package.join(name), name)?);
    }
    let mut all = 0;
    for part in parts::list(&package)? {
        let name = part.file_stem().unwrap_or_default().to_string_lossy();
        all += weigh(&part, &name)?;
    }
    sizes.insert("parts".to_string(), all);
    println!("{:<24} {:>10} {all:>10}", "all parts", "");
    let first = sizes.get("first visit").copied().unwrap_or_default();
    if first > FIRST_AIM {
        println!("A first visit is above its aim of {FIRST_AIM} bytes of WebAssembly in brotli.");
    }
    Ok(sizes)
}

/// Prints a row for a file of the page, and returns its size in brotli.
fn weigh(file: &Path, name: &str) -> Result<u64> {
    let plain = fs::metadata(file).with_context(|| format!("{} is missing", file.display()))?;
    let mut beside = file.as_os_str().to_owned();
    beside.push(".br");
    let packed = fs::metadata(beside)?.len();
    row(name, plain.len(), packed);
    Ok(packed)
}

fn accepted_file() -> PathBuf {
    paths::root().join("app/size.json")
}

/// Fails when the page has grown beyond what was accepted.
pub fn check() -> Result<()> {
    let sizes = page()?;
    let file = accepted_file();
    let text = fs::read_to_string(&file)
        .with_context(|| format!("{} could not be read", file.display()))?;
    let accepted: Sizes = serde_json::from_str(&text)
        .with_context(|| format!("{} is no list of sizes", file.display()))?;
    let grown = grown(&accepted, &sizes);
    if !grown.is_empty() {
        bail!(
            "The page has grown:\n{}\nMake it smaller, or, when it is worth it, accept it with `cargo xtask size accept`.",
            grown.join("\n")
        );
    }
    Ok(())
}

fn accept() -> Result<()> {
    let mut text = serde_json::to_string_pretty(&page()?)?;
    text.push('\n');
    let file = accepted_file();
    fs::write(&file, text).with_context(|| format!("{} could not be written", file.display()))
}

/// A line for each figure that is more than [`MOST_GROWTH`] above what was accepted, or that nobody
/// accepted yet.
fn grown(accepted: &Sizes, now: &Sizes) -> Vec<String> {
    now.iter()
        .filter_map(|(of, now)| match accepted.get(of) {
            None => Some(format!("{of}: {now} bytes, of which nothing was accepted")),
            Some(accepted) if now * 100 > accepted * (100 + MOST_GROWTH) => Some(format!(
                "{of}: {now} bytes, more than {MOST_GROWTH} % above the {accepted} that were accepted"
            )),
            Some(_) => None,
        })
        .collect()
}

/// Builds the crate `flow-size`, all of `flow` behind one function, the way the page is built.
///
/// The linker leaves five bytes for every number that it may have to fill in. For the page the
/// bindings are generated, which writes all numbers anew; here the linker is told to shorten them.
fn language() -> Result<()> {
    prerequisites::wasm_target()?;
    process::show(
        process::cargo().args([
            "rustc",
            "--package",
            "flow-size",
            "--target",
            "wasm32-unknown-unknown",
            "--profile",
            "wasm",
            "--",
            "-C",
            "strip=symbols",
            "-C",
            "link-arg=--compress-relocations",
        ]),
        "building the language's WebAssembly",
    )?;
    let file = paths::target().join("wasm32-unknown-unknown/wasm/flow_size.wasm");
    let module = wasm::without_names(
        &fs::read(&file).with_context(|| format!("{} is missing", file.display()))?,
    )
    .with_context(|| format!("{} is no WebAssembly module", file.display()))?;
    let packed = site::packed(&module)?.len();
    header();
    row("flow.wasm", module.len() as u64, packed as u64);
    if packed > FLOW_AIM {
        println!("flow.wasm is above its aim of {FLOW_AIM} bytes in brotli.");
    }
    Ok(())
}

fn header() {
    println!("{:<24} {:>10} {:>10}", "file", "bytes", "brotli");
}

fn row(name: &str, plain: u64, packed: u64) {
    println!("{name:<24} {plain:>10} {packed:>10}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_above_five_percent_is_told() {
        let sizes = |list: &[(&str, u64)]| -> Sizes {
            list.iter()
                .map(|(of, bytes)| (of.to_string(), *bytes))
                .collect()
        };
        let accepted = sizes(&[("first visit", 1000), ("parts", 2000)]);
        for (first, parts, told) in [
            (1000, 2000, 0),
            (1050, 2100, 0),
            (1051, 2000, 1),
            (1051, 2101, 2),
            (1, 1, 0),
        ] {
            let now = sizes(&[("first visit", first), ("parts", parts)]);
            assert_eq!(grown(&accepted, &now).len(), told, "{first} {parts}");
        }
        assert_eq!(
            grown(&accepted, &sizes(&[("style", 3)])),
            ["style: 3 bytes, of which nothing was accepted"]
        );
    }
}
