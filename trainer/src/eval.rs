//! Evaluates a model: drives the same turn that serves merchants over the cases of a benchmark file,
//! scores every answer deterministically, and prints correctness and latency by slice.

mod baselines;
mod stats;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use agent::backend::Backend;
use agent::backend::openai::{Dialect, OpenAi};
use agent::turn::{Request, Turn};
use anyhow::Context;
use flow::Catalog;
use flow::check::has_error;
use flow::session::Event;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use crate::publish;
use crate::score::{Answered, BenchCase, Score, score};
use baselines::{Keywords, Prompted};
use stats::{interval, percentile, share};

/// Scores a model on the cases of a benchmark.
#[derive(Clone, Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  trainer eval\n  trainer eval --model var/models/flowright-smollm2-135m/model.gguf\n  trainer eval --cases trainer/bench/cases.jsonl --url http://127.0.0.1:8000/v1 --name qwen3\n  trainer eval --baseline keywords\n  trainer eval --baseline prompted --every 15\n      the base model with instructions and examples, on every fifteenth case"
)]
pub struct Args {
    /// The cases, JSON lines [default: the benchmark that ships with the trainer].
    #[arg(long, value_name = "FILE")]
    pub cases: Option<PathBuf>,
    /// The model, a GGUF file that runs in this process
    /// [default: the adapter in var/adapters/candidate, else the served model]
    #[arg(long, value_name = "FILE", conflicts_with = "url")]
    pub model: Option<PathBuf>,
    /// An OpenAI-compatible server instead, up to and with `/v1`.
    #[arg(long)]
    pub url: Option<String>,
    /// The model's name on that server.
    #[arg(long, default_value = "default")]
    pub name: String,
    /// How that server takes a grammar.
    #[arg(long, value_enum, default_value_t = ServerGrammar::None)]
    pub grammar: ServerGrammar,
    /// Scores what the model is compared with instead of the model.
    #[arg(long, value_enum, conflicts_with = "url")]
    pub baseline: Option<Baseline>,
    /// Runs only every so many-th case, so that a slow model meets every slice.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..))]
    pub every: u16,
    /// Adds a line with the scores to this file.
    #[arg(long, value_name = "FILE", default_value = "var/evals.jsonl")]
    pub history: PathBuf,
    /// What an hour of the machine costs, for the cost of a thousand turns.
    #[arg(long, value_name = "DOLLARS", default_value_t = 2.5)]
    pub price_per_hour: f64,
    /// Runs only the first so many cases.
    #[arg(long)]
    pub limit: Option<usize>,
    /// Writes one result line for each case, as `flowright ask --batch` does.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Writes the scores into this lineage card.
    #[arg(long, value_name = "FILE")]
    pub lineage: Option<PathBuf>,
    /// Seconds after which a case counts as failed.
    #[arg(long, default_value_t = 120)]
    pub timeout_s: u64,
}

/// What the model is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Baseline {
    /// The base model with instructions, tools and three examples before every request.
    Prompted,
    /// No model: the likeliest trigger and step of the searches.
    Keywords,
}

/// How a model server takes a grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum ServerGrammar {
    Vllm,
    Sglang,
    #[value(name = "llama.cpp")]
    LlamaCpp,
    None,
}

/// What one case gave.
#[derive(Clone, Debug, Default)]
struct Outcome {
    outcome: String,
    message: String,
    workflow: Option<flow::Workflow>,
    findings: Vec<flow::check::Finding>,
    milliseconds: u64,
    first_step_milliseconds: Option<u64>,
    prompt_tokens: u32,
    completion_tokens: u32,
    failure: Option<String>,
}

/// Sums of one slice.
#[derive(Clone, Debug, Default)]
struct Tally {
    cases: usize,
    right: usize,
    valid: usize,
    judged: usize,
}

/// Runs the subcommand.
pub fn run(args: Args) -> anyhow::Result<()> {
    let text = match &args.cases {
        Some(path) => std::fs::read_to_string(path)
            .with_context(|| format!("the cases {} could not be read", path.display()))?,
        None => include_str!("../bench/cases.jsonl").to_string(),
    };
    let mut cases = Vec::new();
    for (at, line) in text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
    {
        let case: BenchCase = serde_json::from_str(line)
            .with_context(|| format!("line {} of the cases does not read", at + 1))?;
        cases.push(case);
    }
    let mut cases: Vec<BenchCase> = cases.into_iter().step_by(usize::from(args.every)).collect();
    cases.truncate(args.limit.unwrap_or(usize::MAX));
    anyhow::ensure!(!cases.is_empty(), "there are no cases to run");
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(evaluate(&args, &cases))
}

/// The model that is asked.
async fn backend(args: &Args) -> anyhow::Result<Box<dyn Backend>> {
    match args.baseline {
        Some(Baseline::Keywords) => return Ok(Box::new(Keywords)),
        Some(Baseline::Prompted) => {
            let base = crate::model::gguf::default_base();
            let path = args.model.as_ref().unwrap_or(&base);
            return Ok(Box::new(Prompted::new(embedded(path).await?)));
        }
        None => {}
    }
    if let Some(url) = &args.url {
        let dialect = match args.grammar {
            ServerGrammar::Vllm => Dialect::Vllm,
            ServerGrammar::Sglang => Dialect::Sglang,
            ServerGrammar::LlamaCpp => Dialect::LlamaCpp,
            ServerGrammar::None => Dialect::None,
        };
        return Ok(Box::new(OpenAi::new(url, &args.name, None, dialect)?));
    }
    match &args.model {
        Some(path) => embedded(path).await,
        None => embedded(&newest()?).await,
    }
}

/// The model that is meant when none is named: the adapter trained last, merged without being
/// served; else the model that is served.
fn newest() -> anyhow::Result<PathBuf> {
    let folder = PathBuf::from("var/models");
    if std::path::Path::new(publish::CANDIDATE)
        .join("lineage.json")
        .is_file()
    {
        let args = publish::Args {
            adapter: publish::CANDIDATE.to_string(),
            base: crate::model::gguf::default_base(),
            name: Some("candidate".to_string()),
            weights: publish::WeightType::Q8_0,
            models: folder,
            keep_current: true,
        };
        let folder = publish::publish(&args, &agent::contract::hash())?;
        return Ok(folder.join("model.gguf"));
    }
    let current = std::fs::read_to_string(folder.join("current")).context(
        "There is no trained adapter in var/adapters/candidate and no served model in var/models; run `trainer train` or name one with --model FILE.",
    )?;
    Ok(folder.join(current.trim()).join("model.gguf"))
}

#[cfg(feature = "embedded")]
async fn embedded(path: &std::path::Path) -> anyhow::Result<Box<dyn Backend>> {
    Ok(Box::new(
        agent::backend::embedded::Embedded::load(path).await?,
    ))
}

#[cfg(not(feature = "embedded"))]
async fn embedded(path: &std::path::Path) -> anyhow::Result<Box<dyn Backend>> {
    anyhow::bail!(
        "{} cannot run in this process: this trainer was built without the feature `embedded`; build it with it, or give --url",
        path.display()
    )
}

async fn evaluate(args: &Args, cases: &[BenchCase]) -> anyhow::Result<()> {
    let backend = backend(args).await?;
    let info = backend.info();
    println!("model {} ({})", info.name, info.kind);
    let builtin = Catalog::builtin();
    let bar = ProgressBar::new(cases.len() as u64);
    bar.set_style(
        ProgressStyle::with_template("eval {bar:40} {pos}/{len} {eta} {msg}")
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    let mut results = match &args.out {
        Some(path) => Some(std::io::BufWriter::new(
            std::fs::File::create(path)
                .with_context(|| format!("{} could not be written", path.display()))?,
        )),
        None => None,
    };
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    let mut times = Vec::new();
    let mut first_steps = Vec::new();
    let (mut prompt, mut completion, mut invented) = (0_u64, 0_u64, 0_usize);
    let mut failures = Vec::new();
    for case in cases {
        let outcome = ask(case, backend.as_ref(), &builtin, args).await;
        let errors = has_error(&outcome.findings);
        let judged = score(
            case,
            &Answered {
                outcome: &outcome.outcome,
                message: &outcome.message,
                workflow: outcome.workflow.as_ref(),
                errors,
            },
        );
        invented += unknown_names(&outcome.findings);
        prompt += u64::from(outcome.prompt_tokens);
        completion += u64::from(outcome.completion_tokens);
        times.push(outcome.milliseconds);
        first_steps.extend(outcome.first_step_milliseconds);
        let tally = tallies.entry(case.slice.clone()).or_default();
        tally.cases += 1;
        tally.right += usize::from(judged.right);
        if let Some(valid) = judged.valid {
            tally.judged += 1;
            tally.valid += usize::from(valid);
        }
        if let Some(out) = &mut results {
            serde_json::to_writer(&mut *out, &result_line(case, &outcome))?;
            out.write_all(b"\n")?;
        }
        if !judged.right {
            failures.push(describe(case, &outcome, &judged));
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    if let Some(mut out) = results {
        out.flush()?;
    }
    for failure in &failures {
        println!("{failure}");
    }
    let mut scores = summary(&tallies, &times, &first_steps, prompt, completion, invented);
    let seconds = times.iter().sum::<u64>() as f64 / 1_000.0;
    let each = seconds / times.len().max(1) as f64 / 3_600.0 * args.price_per_hour;
    scores["dollars_per_1000_turns"] = json!((each * 1_000.0 * 1_000.0).round() / 1_000.0);
    scores["dollars_per_hour"] = json!(args.price_per_hour);
    print(&tallies, &scores);
    remember(&args.history, &info.name, &info.lineage, &scores)?;
    if let Some(path) = &args.lineage {
        record(path, &scores)?;
    }
    Ok(())
}

async fn ask(case: &BenchCase, backend: &dyn Backend, builtin: &Catalog, args: &Args) -> Outcome {
    let catalog = Arc::new(builtin.with_connectors(&case.installed));
    let workflow = match &case.workflow {
        None => None,
        Some(json) => match flow::json::parse(&json.to_string()) {
            Ok(imported) => Some(imported.workflow),
            Err(_) => {
                return Outcome {
                    failure: Some("the case's workflow does not read".to_string()),
                    ..Outcome::default()
                };
            }
        },
    };
    let turn = Turn::new(Request {
        turn: 1,
        text: case.request.clone(),
        previous: None,
        workflow,
        catalog,
        resources: Arc::default(),
        // The second looks are ours; what the model is compared with goes without.
        doubting: args.baseline.is_none(),
        seed: 1,
    });
    let start = Instant::now();
    let mut first = None;
    let driven = agent::drive::drive(turn, backend, |event| {
        if first.is_none() && matches!(event, Event::StepDrawn { .. }) {
            first = Some(start.elapsed());
        }
    });
    let result = tokio::time::timeout(Duration::from_secs(args.timeout_s), driven).await;
    let milliseconds = millis(start.elapsed());
    let first_step_milliseconds = first.map(millis);
    match result {
        Ok(Ok(result)) => Outcome {
            outcome: result.outcome.as_str().to_string(),
            message: result.message,
            workflow: result.workflow,
            findings: result.findings,
            milliseconds,
            first_step_milliseconds,
            prompt_tokens: result.prompt_tokens,
            completion_tokens: result.completion_tokens,
            failure: None,
        },
        Ok(Err(error)) => Outcome {
            milliseconds,
            failure: Some(error.to_string()),
            ..Outcome::default()
        },
        Err(_) => Outcome {
            milliseconds,
            failure: Some(format!("no answer within {} s", args.timeout_s)),
            ..Outcome::default()
        },
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Findings about names that the catalogue does not know.
pub(crate) fn unknown_names(findings: &[flow::check::Finding]) -> usize {
    findings
        .iter()
        .filter(|finding| {
            matches!(
                finding.code.as_str(),
                "TASK_NOT_FOUND"
                    | "CONFIG_FIELD_PATH_VALIDATION_ERROR"
                    | "CONFIG_FIELD_UNKNOWN"
                    | "CONDITION_INVALID_ENUM_VALUE"
            )
        })
        .count()
}

fn result_line(case: &BenchCase, outcome: &Outcome) -> Value {
    json!({
        "id": case.id,
        "outcome": outcome.outcome,
        "workflow": outcome.workflow.as_ref().map(flow::json::to_value),
        "message": outcome.message,
        "milliseconds": outcome.milliseconds,
        "first_step_milliseconds": outcome.first_step_milliseconds,
        "prompt_tokens": outcome.prompt_tokens,
        "completion_tokens": outcome.completion_tokens,
        "errors": outcome.findings,
    })
}

fn describe(case: &BenchCase, outcome: &Outcome, judged: &Score) -> String {
    let why = match &outcome.failure {
        Some(failure) => failure.clone(),
        None => judged.reasons.join(" | "),
    };
    format!("FAIL {} [{}] {why}", case.id, case.slice)
}

fn summary(
    tallies: &BTreeMap<String, Tally>,
    times: &[u64],
    first_steps: &[u64],
    prompt: u64,
    completion: u64,
    invented: usize,
) -> Value {
    let slices: serde_json::Map<String, Value> = tallies
        .iter()
        .map(|(slice, tally)| {
            (
                slice.clone(),
                json!({"cases": tally.cases, "right": tally.right, "valid": tally.valid, "judged": tally.judged}),
            )
        })
        .collect();
    let total = |of: fn(&Tally) -> usize| -> usize { tallies.values().map(of).sum() };
    json!({
        "cases": total(|tally| tally.cases),
        "semantic": total(|tally| tally.right),
        "syntactic": total(|tally| tally.valid),
        "judged": total(|tally| tally.judged),
        "invented": invented,
        "p50_ms": percentile(times, 50),
        "p95_ms": percentile(times, 95),
        "first_step_p50_ms": percentile(first_steps, 50),
        "first_step_p95_ms": percentile(first_steps, 95),
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "slices": slices,
    })
}

fn print(tallies: &BTreeMap<String, Tally>, scores: &Value) {
    println!(
        "{:<15}{:>6}{:>9}{:>10}   95 % interval",
        "slice", "cases", "right", "valid"
    );
    for (slice, tally) in tallies {
        let (low, high) = interval(tally.right, tally.cases);
        println!(
            "{slice:<15}{:>6}{:>9}{:>10}   {low:.0}–{high:.0} %",
            tally.cases,
            tally.right,
            format!("{}/{}", tally.valid, tally.judged)
        );
    }
    let count = |name: &str| scores[name].as_u64().unwrap_or(0) as usize;
    println!(
        "semantic {}  syntactic {}/{}  invented identifiers {}",
        share(count("semantic"), count("cases")),
        scores["syntactic"],
        scores["judged"],
        scores["invented"]
    );
    println!(
        "latency p50 {} ms, p95 {} ms; first step p50 {} ms, p95 {} ms; tokens read {}, written {}",
        scores["p50_ms"],
        scores["p95_ms"],
        scores["first_step_p50_ms"],
        scores["first_step_p95_ms"],
        scores["prompt_tokens"],
        scores["completion_tokens"]
    );
    println!(
        "a thousand turns cost ${} at ${} an hour",
        scores["dollars_per_1000_turns"], scores["dollars_per_hour"]
    );
}

/// Adds one line to the history of scores: when, of which model, under which contract, how much.
fn remember(
    path: &std::path::Path,
    model: &str,
    lineage: &Option<Value>,
    scores: &Value,
) -> anyhow::Result<()> {
    let of = |name: &str| lineage.as_ref().and_then(|card| card.get(name)).cloned();
    let seconds = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    let line = json!({
        "at_s": seconds,
        "model": model,
        "contract": agent::contract::hash(),
        "dataset_sha256": of("dataset_sha256"),
        "seed": of("seed"),
        "scores": scores,
    });
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("the folder {} could not be made", folder.display()))?;
    }
    let mut file = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .with_context(|| format!("{} could not be written", path.display()))?;
    writeln!(file, "{line}").with_context(|| format!("{} could not be written", path.display()))
}

/// Writes the scores into a lineage card, beside whatever it holds.
fn record(path: &std::path::Path, scores: &Value) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("the lineage card {} could not be read", path.display()))?;
    let mut card: Value = serde_json::from_str(&text)
        .with_context(|| format!("the lineage card {} does not read", path.display()))?;
    card.as_object_mut()
        .with_context(|| format!("the lineage card {} is no object", path.display()))?
        .insert("scores".to_string(), scores.clone());
    let beside = path.with_extension("json.new");
    std::fs::write(&beside, serde_json::to_string_pretty(&card)? + "\n")
        .with_context(|| format!("{} could not be written", beside.display()))?;
    std::fs::rename(&beside, path)
        .with_context(|| format!("{} could not be replaced", path.display()))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_run_leaves_a_line() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("new/evals.jsonl");
        for name in ["one", "two"] {
            remember(&path, name, &None, &json!({"semantic": 3})).expect("written");
        }
        let text = std::fs::read_to_string(&path).expect("text");
        let lines: Vec<Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).expect("a line"))
            .collect();
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[1]["model"], "two");
        assert_eq!(lines[0]["scores"]["semantic"], 3);
    }

    #[test]
    fn the_shipped_cases_read_and_differ() {
        let cases: Vec<BenchCase> = include_str!("../bench/cases.jsonl")
            .lines()
            .map(|line| serde_json::from_str(line).expect("a case"))
            .collect();
        let mut slices: BTreeMap<&str, usize> = BTreeMap::new();
        for case in &cases {
            *slices.entry(&case.slice).or_default() += 1;
        }
        let expected = [
            ("clarification", 10),
            ("condition", 50),
            ("create", 40),
            ("edit", 60),
            ("email", 35),
            ("loop", 20),
            ("question", 10),
            ("refusal", 25),
            ("schedule", 25),
            ("third_party", 25),
        ];
        assert_eq!(slices, BTreeMap::from(expected));
        let requests: std::collections::BTreeSet<String> = cases
            .iter()
            .map(|case| crate::synth::normalised(&case.request))
            .collect();
        assert_eq!(requests.len(), cases.len());
    }
}
