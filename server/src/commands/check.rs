//! `flowright flow check FILE…`: prints what is wrong with workflows.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use flow::check::{Finding, has_error};
use serde::Serialize;

use super::{catalog, workflow_file};

/// Example: flowright flow check exports/*.flow program.py
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Files: .flow, Flow JSON, or the Python form in .py
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// What a store said about its own tasks, laid over the built-in catalogue
    #[arg(long, value_name = "FILE")]
    catalog: Option<PathBuf>,
}

#[derive(Serialize)]
struct Line<'a> {
    file: String,
    #[serde(flatten)]
    finding: &'a Finding,
}

/// Prints one finding per line as JSON; exits with 1 when one of them is an error.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let catalog = catalog::with_file(args.catalog.as_deref())?;
    let mut out = std::io::stdout().lock();
    let mut failed = false;
    for path in &args.files {
        let read = workflow_file::read(path, &catalog);
        let mut findings = read.findings;
        if let Some(workflow) = &read.workflow {
            for finding in flow::check::check(workflow, &catalog) {
                // Reading may have said it already, and with the line.
                let said = findings.iter().any(|other| {
                    other.code == finding.code
                        && other.step == finding.step
                        && other.message == finding.message
                });
                if !said {
                    findings.push(finding);
                }
            }
        }
        failed |= has_error(&findings);
        for finding in &findings {
            let line = Line {
                file: path.display().to_string(),
                finding,
            };
            writeln!(out, "{}", serde_json::to_string(&line)?)?;
        }
    }
    Ok(if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}
