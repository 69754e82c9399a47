//! Running other programs, with their output shown or kept until it is needed.

use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};

/// Runs a command with its output shown; an error names the command and what its failure means.
pub fn show(command: &mut Command, purpose: &str) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("{} could not be started ({purpose})", name(command)))?;
    if !status.success() {
        bail!("{purpose} failed ({status}); the reason is printed above");
    }
    Ok(())
}

/// Runs a command quietly behind a spinner; its output is printed only when it fails.
pub fn quiet(command: &mut Command, purpose: &str) -> Result<()> {
    let spinner = spinner(purpose);
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("{} could not be started ({purpose})", name(command)))?;
    spinner.finish_and_clear();
    if !output.status.success() {
        eprint!("{}", String::from_utf8_lossy(&output.stdout));
        eprint!("{}", String::from_utf8_lossy(&output.stderr));
        bail!(
            "{purpose} failed ({}); the reason is printed above",
            output.status
        );
    }
    Ok(())
}

/// The standard output of a command, or `None` when it is missing or fails.
pub fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A spinner with the time it has been turning.
pub fn spinner(message: &str) -> ProgressBar {
    let style = ProgressStyle::with_template("{spinner} {msg} ({elapsed})")
        .unwrap_or_else(|_| ProgressStyle::default_spinner());
    let spinner = ProgressBar::new_spinner().with_style(style);
    spinner.set_message(message.to_string());
    spinner.enable_steady_tick(Duration::from_millis(120));
    spinner
}

/// A bar over a known number of things.
pub fn bar(total: u64, message: &str) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::new(total).with_style(style);
    bar.set_message(message.to_string());
    bar
}

/// The cargo that runs this program.
pub fn cargo() -> Command {
    let mut command = Command::new(
        std::env::var_os("CARGO").unwrap_or_else(|| std::ffi::OsString::from("cargo")),
    );
    command.current_dir(crate::paths::root());
    // `cargo run` describes this program to its children in variables that build scripts watch. Passed
    // on, they would make half of the dependencies look out of date.
    for (key, _) in std::env::vars_os() {
        let name = key.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&key);
        }
    }
    command
}

fn name(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}
