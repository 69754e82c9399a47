//! The figures of `docs/MEASURES.md` that need no GPU, printed with the commands that make them.

use std::process::Command;

use anyhow::Result;

use crate::{paths, process, program, size};

/// Runs each measurement in turn; their output is what the document quotes.
pub fn run() -> Result<()> {
    program::set_up()?;
    size::run(&[])?;
    let cases = paths::root().join("trainer/bench/cases.jsonl");
    process::show(
        Command::new(paths::program("trainer"))
            .current_dir(paths::root())
            .args(["eval", "--cases"])
            .arg(cases),
        "evaluating the served model",
    )?;
    process::show(
        Command::new("node")
            .current_dir(paths::root().join("e2e"))
            .env("FLOWRIGHT_BIN", paths::program("flowright"))
            .env("FLOWRIGHT_ROOT", paths::root())
            .arg("measure/page.mjs"),
        "measuring the page",
    )
}
