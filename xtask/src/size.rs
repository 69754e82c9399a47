//! The size of the page on the wire, as a table.

use std::fs;

use anyhow::{Context, Result};

use crate::{paths, site};

/// Prints plain and brotli sizes of what a first visit loads.
pub fn run() -> Result<()> {
    site::build()?;
    println!("{:<14} {:>10} {:>10}", "file", "bytes", "brotli");
    for name in ["app_bg.wasm", "app.js", "app.css"] {
        let file = paths::site().join("pkg").join(name);
        let plain =
            fs::metadata(&file).with_context(|| format!("{} is missing", file.display()))?;
        let packed = fs::metadata(file.with_file_name(format!("{name}.br")))?;
        println!("{name:<14} {:>10} {:>10}", plain.len(), packed.len());
    }
    Ok(())
}
