//! `flowright flow convert --to FORM FILE`: writes a workflow in another form to standard output.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::ValueEnum;
use flow::check::has_error;

use super::{catalog, workflow_file};

/// Example: flowright flow convert --to json --base original.flow program.py
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The form to write
    #[arg(long, value_enum)]
    to: Form,
    /// Take ids, positions and notes of unchanged steps from this workflow
    #[arg(long, value_name = "ORIGINAL")]
    base: Option<PathBuf>,
    /// What a store said about its own tasks, laid over the built-in catalogue
    #[arg(long, value_name = "FILE")]
    catalog: Option<PathBuf>,
    /// The workflow: .flow, Flow JSON, or the Python form in .py
    file: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// What Shopify Flow imports: a checksum and one line of JSON
    Flow,
    /// The JSON document
    Json,
    /// The Python form
    Python,
}

/// Converts. What reading finds goes to standard error; an error there means that nothing is written.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let catalog = catalog::with_file(args.catalog.as_deref())?;
    let read = workflow_file::read(&args.file, &catalog);
    for finding in &read.findings {
        let place = finding
            .line
            .map(|line| format!(":{line}"))
            .unwrap_or_default();
        eprintln!("{}{place}: {}", args.file.display(), finding.message);
    }
    let mut original = read.original;
    let Some(mut workflow) = read.workflow.filter(|_| !has_error(&read.findings)) else {
        return Ok(ExitCode::FAILURE);
    };
    if let Some(path) = &args.base {
        let base = workflow_file::read(path, &catalog);
        let Some(base_workflow) = base.workflow.filter(|_| !has_error(&base.findings)) else {
            for finding in &base.findings {
                eprintln!("{}: {}", path.display(), finding.message);
            }
            return Ok(ExitCode::FAILURE);
        };
        workflow = flow::python::merge(&base_workflow, workflow, &catalog);
        original = base.original;
    }
    workflow = catalog.with_real_ids(&workflow);
    if args.to != Form::Python {
        // A guessed id must not leave the house unnoticed.
        for finding in flow::json::export_findings(&workflow, &catalog) {
            eprintln!("{}: {}", args.file.display(), finding.message);
        }
    }
    // A file goes back into the form it came in byte for byte, but for what was changed.
    let original = original.filter(|text| is_flow_file(text) == (args.to == Form::Flow));
    let text = match (args.to, original) {
        (Form::Python, _) => flow::python::print(&workflow, &catalog),
        (_, Some(original)) => flow::json::to_text_like(&original, &workflow),
        (Form::Flow, None) => flow::json::to_flow_file(&workflow),
        (Form::Json, None) => flow::json::to_text(&workflow) + "\n",
    };
    std::io::stdout().lock().write_all(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// True for a file that starts with a checksum.
fn is_flow_file(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    text.split_once(':')
        .is_some_and(|(sum, _)| sum.len() == 64 && sum.bytes().all(|byte| byte.is_ascii_hexdigit()))
}
