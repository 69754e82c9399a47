//! `flowright ask`: one request, or a file of cases, answered by the same turn that serves the builder.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use agent::backend::Backend;
use agent::drive::drive;
use agent::turn::{Request, Turn, TurnResult};
use anyhow::{Context, bail};
use flow::check::{Bucket, Finding, Severity};
use flow::session::{Event, Outcome};
use flow::{Catalog, Workflow};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{catalog, workflow_file};
use crate::config::{Config, ModelArgs, PlaceArgs};
use crate::model::Models;
use crate::schema;

/// Example: flowright ask --json --installed Slack "When an order over $500 comes in, tag it VIP"
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    /// The workflow to change: .flow, Flow JSON, or the Python form in .py
    #[arg(long, value_name = "FILE")]
    workflow: Option<PathBuf>,
    /// A connector that the store has installed; may be given several times
    #[arg(long, value_name = "NAME")]
    installed: Vec<String>,
    /// What the store said about its own tasks, laid over the built-in catalogue
    #[arg(long, value_name = "FILE")]
    catalog: Option<PathBuf>,
    /// Answer every line of this file instead; results go to standard output in the same order
    #[arg(long, value_name = "CASES.jsonl", conflicts_with_all = ["request", "workflow", "installed"])]
    batch: Option<PathBuf>,
    /// Seed of the sampling
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// What should happen in the shop
    #[arg(required_unless_present = "batch")]
    request: Option<String>,
    #[command(flatten)]
    place: PlaceArgs,
    #[command(flatten)]
    model: ModelArgs,
}

/// One line of a batch.
#[derive(Debug, Deserialize)]
struct Case {
    id: String,
    request: String,
    #[serde(default)]
    installed: Vec<String>,
    #[serde(default)]
    workflow: Option<Value>,
}

/// One line of the results.
#[derive(Debug, Serialize)]
pub struct Line {
    /// Absent when a single request was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// `None` when there was no answer; `errors` says why.
    pub outcome: Option<Outcome>,
    /// The document that Flow imports.
    pub workflow: Option<Value>,
    pub message: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    pub milliseconds: u64,
    pub first_step_milliseconds: Option<u64>,
    pub prompt_tokens: u32,
    pub completion_tokens: u32,
    pub errors: Vec<Finding>,
}

impl Line {
    fn failed(id: Option<String>, code: &str, message: String) -> Line {
        Line {
            id,
            outcome: None,
            workflow: None,
            message: message.clone(),
            choices: Vec::new(),
            milliseconds: 0,
            first_step_milliseconds: None,
            prompt_tokens: 0,
            completion_tokens: 0,
            errors: vec![Finding::new(
                Severity::Error,
                Bucket::Workflow,
                code,
                message,
            )],
        }
    }
}

/// Answers.
pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let config = Config::load(&args.place, &args.model)?;
    let catalog = catalog::with_file(args.catalog.as_deref())?;
    if let Some(path) = &args.batch {
        let models = Models::open(&config.model).await?;
        return batch(path, models.current().as_ref(), &catalog, args.seed).await;
    }
    let mut workflow = None;
    if let Some(path) = &args.workflow {
        let read = workflow_file::read(path, &catalog);
        if read.workflow.is_none() || flow::check::has_error(&read.findings) {
            let why: Vec<_> = read
                .findings
                .iter()
                .map(|finding| finding.message.as_str())
                .collect();
            bail!("{} is not a workflow: {}", path.display(), why.join(" "));
        }
        workflow = read.workflow;
    }
    let request = args.request.unwrap_or_default();
    let models = Models::open(&config.model).await?;
    let line = answer(
        models.current().as_ref(),
        &catalog,
        None,
        &request,
        &args.installed,
        workflow,
        args.seed,
    )
    .await;
    if args.json {
        writeln!(std::io::stdout(), "{}", serde_json::to_string(&line)?)?;
    } else {
        print(&line, &catalog)?;
    }
    Ok(if line.outcome.is_some() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

async fn batch(
    path: &Path,
    backend: &dyn Backend,
    catalog: &Catalog,
    seed: u64,
) -> anyhow::Result<ExitCode> {
    let file = std::fs::File::open(path)
        .with_context(|| format!("cannot read the cases in {}", path.display()))?;
    let lines: Vec<Vec<u8>> = BufReader::new(file)
        .split(b'\n')
        .collect::<Result<_, _>>()
        .with_context(|| format!("cannot read the cases in {}", path.display()))?;
    let lines: Vec<(usize, Vec<u8>)> = lines
        .into_iter()
        .enumerate()
        .filter(|(_, line)| !line.trim_ascii().is_empty())
        .collect();
    let total = lines.len();
    for (done, (number, text)) in lines.into_iter().enumerate() {
        let line = case(backend, catalog, number + 1, &text, seed).await;
        eprintln!(
            "{}/{total} {} {} {} ms",
            done + 1,
            line.id.as_deref().unwrap_or("?"),
            line.outcome.map_or("error", Outcome::as_str),
            line.milliseconds
        );
        let mut out = std::io::stdout().lock();
        writeln!(out, "{}", serde_json::to_string(&line)?)?;
        // Whoever watches the file sees every answer as it comes.
        out.flush()?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Answers one line of a batch. A line that cannot be used has an answer too: what is wrong with it.
pub async fn case(
    backend: &dyn Backend,
    catalog: &Catalog,
    number: usize,
    text: &[u8],
    seed: u64,
) -> Line {
    let case: Case = match schema::CASE.read(text) {
        Ok(case) => case,
        Err(error) => {
            let id = serde_json::from_slice::<Value>(text)
                .ok()
                .and_then(|value| Some(value.get("id")?.as_str()?.to_string()));
            let message = format!("Line {number}: {error}");
            return Line::failed(
                Some(id.unwrap_or_else(|| format!("line-{number}"))),
                "CASE_NOT_READ",
                message,
            );
        }
    };
    let workflow = match case
        .workflow
        .map(|value| flow::json::parse(&value.to_string()))
    {
        None => None,
        Some(Ok(imported)) => Some(imported.workflow),
        Some(Err(findings)) => {
            let mut line = Line::failed(
                Some(case.id),
                "CASE_NOT_READ",
                format!("Line {number}: the workflow does not read."),
            );
            line.errors.extend(findings);
            return line;
        }
    };
    answer(
        backend,
        catalog,
        Some(case.id),
        &case.request,
        &case.installed,
        workflow,
        seed,
    )
    .await
}

/// Runs one turn.
async fn answer(
    backend: &dyn Backend,
    catalog: &Catalog,
    id: Option<String>,
    request: &str,
    installed: &[String],
    workflow: Option<Workflow>,
    seed: u64,
) -> Line {
    let begin = Instant::now();
    let elapsed = || u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX);
    let mut first_step = None;
    let turn = Turn::new(Request {
        turn: 1,
        text: request.to_string(),
        previous: None,
        workflow,
        catalog: Arc::new(catalog.with_connectors(installed)),
        resources: Arc::default(),
        doubting: backend.info().kind != "scripted",
        seed,
    });
    let result = drive(turn, backend, |event: Event| {
        if matches!(event, Event::StepDrawn { .. }) {
            first_step.get_or_insert_with(elapsed);
        }
    })
    .await;
    let milliseconds = elapsed();
    match result {
        Ok(result) => line(id, result, milliseconds, first_step),
        Err(error) => {
            let mut line = Line::failed(
                id,
                "MODEL_DID_NOT_ANSWER",
                format!("The model did not answer: {error}."),
            );
            line.milliseconds = milliseconds;
            line
        }
    }
}

fn line(
    id: Option<String>,
    result: TurnResult,
    milliseconds: u64,
    first_step: Option<u64>,
) -> Line {
    Line {
        id,
        outcome: Some(result.outcome),
        workflow: result.workflow.as_ref().map(flow::json::to_value),
        message: result.message,
        choices: result.choices,
        milliseconds,
        first_step_milliseconds: first_step,
        prompt_tokens: result.prompt_tokens,
        completion_tokens: result.completion_tokens,
        errors: result.findings,
    }
}

/// Prints an answer for a person: the message, the steps, what is wrong with them.
fn print(line: &Line, catalog: &Catalog) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", line.message)?;
    for choice in &line.choices {
        writeln!(out, "  · {choice}")?;
    }
    let steps = line
        .workflow
        .as_ref()
        .and_then(|document| flow::json::parse(&document.to_string()).ok())
        .map(|imported| imported.workflow.steps)
        .unwrap_or_default();
    for (number, step) in steps.iter().enumerate() {
        let label = catalog
            .task(&step.task_id)
            .map_or(step.task_id.as_str(), |task| task.label.as_str());
        let config: Vec<String> = step
            .config
            .iter()
            .filter(|field| !field.value.is_empty())
            .map(|field| format!("{}: {}", field.id, field.value))
            .collect();
        writeln!(out, "  {}. {label}  {}", number + 1, config.join(", "))?;
    }
    for finding in &line.errors {
        writeln!(out, "  ! {}", finding.message)?;
    }
    writeln!(
        out,
        "{} in {:.1} s",
        line.outcome.map_or("no answer", Outcome::as_str),
        line.milliseconds as f64 / 1000.0
    )?;
    Ok(())
}
