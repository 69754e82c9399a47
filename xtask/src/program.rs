//! `cargo xtask run`: set-up, then the server.

use anyhow::Result;

use crate::{base, model, paths, prerequisites, process, site};

/// The packages that are built and tested together. Always the same set: with another one cargo
/// would choose other features for shared dependencies and compile the inference engine again.
pub const PACKAGES: [&str; 12] = [
    "-p", "flow", "-p", "decoder", "-p", "agent", "-p", "app", "-p", "server", "-p", "trainer",
];

/// Everything up to the point where the server can start. Downloads and builds nothing twice.
pub fn set_up() -> Result<()> {
    prerequisites::compiler()?;
    base::fetch()?;
    build()?;
    site::build()?;
    model::publish_shipped()?;
    process::show(
        std::process::Command::new(paths::program("flowright"))
            .current_dir(paths::root())
            .arg("setup"),
        "preparing the database and the demo store",
    )
}

/// Builds server and trainer. The first time this takes a quarter of an hour on two cores.
pub fn build() -> Result<()> {
    if !paths::program("flowright").is_file() {
        eprintln!(
            "Building the server. The first build compiles the inference engine too: about 15 minutes on two cores."
        );
    }
    process::show(
        process::cargo().arg("build").args(PACKAGES),
        "building the server and the trainer",
    )
}

/// Sets up and serves until interrupted.
pub fn run(arguments: &[String]) -> Result<()> {
    set_up()?;
    process::show(
        std::process::Command::new(paths::program("flowright"))
            .current_dir(paths::root())
            .arg("serve")
            .args(arguments),
        "serving",
    )
}
