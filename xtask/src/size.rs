//! The size of the page, and of the language alone, on the wire, as a table.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::{paths, prerequisites, process, site};

/// What the language alone should stay below in brotli, in bytes.
const FLOW_AIM: usize = 250_000;

/// Prints plain and brotli sizes of what a first visit loads; of `flow` alone after `flow`.
pub fn run(arguments: &[String]) -> Result<()> {
    match arguments {
        [] => page(),
        [part] if part == "flow" => language(),
        [other, ..] => bail!("There is no size of `{other}`; write `size` or `size flow`."),
    }
}

fn page() -> Result<()> {
    site::build()?;
    header();
    for name in ["app_bg.wasm", "app.js", "app.css"] {
        let file = paths::site().join("pkg").join(name);
        let plain =
            fs::metadata(&file).with_context(|| format!("{} is missing", file.display()))?;
        let packed = fs::metadata(file.with_file_name(format!("{name}.br")))?;
        row(name, plain.len() as usize, packed.len() as usize);
    }
    Ok(())
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
            "link-arg=--compress-relocations",
        ]),
        "building the language's WebAssembly",
    )?;
    let file = paths::target().join("wasm32-unknown-unknown/wasm/flow_size.wasm");
    let wasm =
        without_names(&fs::read(&file).with_context(|| format!("{} is missing", file.display()))?)
            .with_context(|| format!("{} is no WebAssembly module", file.display()))?;
    let packed = site::packed(&wasm)?.len();
    header();
    row("flow.wasm", wasm.len(), packed);
    if packed > FLOW_AIM {
        println!("flow.wasm is above its aim of {FLOW_AIM} bytes in brotli.");
    }
    Ok(())
}

fn header() {
    println!("{:<14} {:>10} {:>10}", "file", "bytes", "brotli");
}

fn row(name: &str, plain: usize, packed: usize) {
    println!("{name:<14} {plain:>10} {packed:>10}");
}

/// The module without its custom sections (names and producers), which the page leaves out as well.
/// `None` for what is no module.
fn without_names(wasm: &[u8]) -> Option<Vec<u8>> {
    /// The magic number and the version.
    const HEADER: usize = 8;
    const CUSTOM: u8 = 0;
    if !wasm.starts_with(b"\0asm") {
        return None;
    }
    let (head, mut rest) = wasm.split_at_checked(HEADER)?;
    let mut out = head.to_vec();
    while let Some(id) = rest.first() {
        let (length, bytes) = leb128(rest.get(1..)?)?;
        let (section, after) = rest.split_at_checked(1 + bytes + length)?;
        if *id != CUSTOM {
            out.extend_from_slice(section);
        }
        rest = after;
    }
    Some(out)
}

/// An unsigned number as WebAssembly writes it, and how many bytes it takes.
fn leb128(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut value = 0;
    for (at, byte) in bytes.iter().take(5).enumerate() {
        value |= usize::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return Some((value, at + 1));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn custom_sections_are_left_out_and_the_others_kept() {
        let module = b"\0asm\x01\0\0\0\x01\x02ab\0\x03xyz\x03\x01c";
        assert_eq!(
            without_names(module).as_deref(),
            Some(&b"\0asm\x01\0\0\0\x01\x02ab\x03\x01c"[..])
        );
        assert_eq!(without_names(b"\0asm\x01\0\0\0\x01\x7f"), None);
        assert_eq!(without_names(b"no module"), None);
        assert_eq!(leb128(&[0x80, 0x02]), Some((256, 2)));
    }
}
