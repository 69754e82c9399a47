//! `cargo xtask test`: the rules of the repository, all Rust tests, the size of the page, and the
//! browser tests.

use std::time::Instant;

use anyhow::Result;

use crate::{base, browser, paths, prerequisites, process, program, size, tidy};

/// Runs everything; `--fast` leaves out what needs the real model or a browser.
pub fn run(arguments: &[String]) -> Result<()> {
    let fast = arguments.iter().any(|argument| argument == "--fast");
    let started = Instant::now();
    prerequisites::compiler()?;
    if !fast {
        prerequisites::node()?;
        base::fetch()?;
    }
    tidy::run()?;
    program::build()?;
    process::show(
        process::cargo()
            .arg("test")
            .args(program::PACKAGES)
            .env("FLOWRIGHT_CACHE", paths::cache())
            .env("PROPTEST_RNG_SEED", seed()),
        "the Rust tests",
    )?;
    if !fast {
        size::check()?;
        browser::run(&[])?;
    }
    println!("All tests passed in {} s.", started.elapsed().as_secs());
    Ok(())
}

/// The seed of the property tests. A fixed one, so that the same commit always gives the same result;
/// `PROPTEST_RNG_SEED` takes another, and `cargo test` by itself a new one each time.
fn seed() -> String {
    std::env::var("PROPTEST_RNG_SEED").unwrap_or_else(|_| "1".to_string())
}

/// Formatting and clippy; kept apart because clippy checks every dependency once more.
pub fn lint() -> Result<()> {
    process::show(
        process::cargo().args(["fmt", "--all", "--check"]),
        "the formatting check (`cargo fmt --all` mends it)",
    )?;
    process::show(
        process::cargo().args([
            "clippy",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ]),
        "clippy",
    )
}
