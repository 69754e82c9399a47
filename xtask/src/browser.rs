//! Browser tests: Playwright against the real server with the real model.

use std::process::Command;

use anyhow::Result;

use crate::{paths, prerequisites, process, program};

/// Runs the end-to-end tests.
pub fn run(arguments: &[String]) -> Result<()> {
    program::set_up()?;
    install()?;
    process::show(
        playwright().arg("test").args(arguments),
        "the browser tests",
    )
}

/// Takes a screenshot of every page in both themes and at phone width.
pub fn shots() -> Result<()> {
    program::set_up()?;
    install()?;
    process::show(
        playwright().args(["test", "--config", "shots.config.ts"]),
        "taking the screenshots",
    )
}

/// Installs Playwright and the browser it drives out of npm packages.
pub fn install() -> Result<()> {
    prerequisites::node()?;
    let folder = paths::root().join("e2e");
    let lock = folder.join("package-lock.json");
    let installed = folder.join("node_modules/.package-lock.json");
    let fresh = |path: &std::path::Path| path.metadata().and_then(|data| data.modified()).ok();
    if fresh(&installed).is_some() && fresh(&installed) >= fresh(&lock) {
        return Ok(());
    }
    process::quiet(
        Command::new("npm")
            .current_dir(&folder)
            .args(["ci", "--no-audit", "--no-fund"]),
        "installing Playwright and its browser",
    )
}

fn playwright() -> Command {
    let mut command = Command::new("npx");
    command
        .current_dir(paths::root().join("e2e"))
        .env("FLOWRIGHT_BIN", paths::program("flowright"))
        .env("FLOWRIGHT_ROOT", paths::root())
        .args(["--no-install", "playwright"]);
    command
}
