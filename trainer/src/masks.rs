//! `trainer masks`: what the grammar costs for every token, whether it lets the right answers be
//! written, and what comes of it when the weights are random.
//!
//! The first part takes the benchmark's right answers through the grammar of their own requests, token
//! by token. The second decodes with random choices among the allowed tokens, through the same turn
//! that serves merchants: whatever a model may be, it can write no more than this.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use agent::backend::{Backend, BackendError, Chunk, Chunks, Generate, ModelInfo};
use agent::grammar::masks::Masks;
use agent::tools::{CatalogTools, Tools};
use agent::turn::{Ask, Request, Told, Turn};
use anyhow::{Context, anyhow};
use async_trait::async_trait;
use flow::Catalog;
use flow::check::Severity;
use flow::session::Event;
use futures::StreamExt;
use indicatif::ProgressBar;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use serde::Deserialize;

use crate::model::{Tokenizer, gguf};
use crate::score::BenchCase;
use crate::synth::Example;

/// Measures the grammar with a model's vocabulary, and decodes with random weights.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  trainer masks\n  trainer masks --random 1000")]
pub struct Args {
    /// The model whose vocabulary is used, a GGUF file.
    #[arg(long, value_name = "FILE", default_value_os_t = gguf::default_base())]
    pub base: PathBuf,
    /// Decodes until this many workflows were delivered.
    #[arg(long, default_value_t = 0)]
    pub random: usize,
    /// Takes the workflows of a dataset through their grammars too, and shows those that cannot be
    /// written.
    #[arg(long, value_name = "FILE")]
    pub dataset: Option<PathBuf>,
    /// How many examples of the dataset are read.
    #[arg(long, default_value_t = 500)]
    pub examples: usize,
    /// Seed of the random choices.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

/// A line of `bench/right.jsonl`.
#[derive(Deserialize)]
struct Right {
    id: String,
    workflow: Option<serde_json::Value>,
}

/// Runs the subcommand.
pub fn run(args: Args) -> anyhow::Result<()> {
    let tokenizer = Tokenizer::read(&gguf::open(&args.base)?)?;
    let end = tokenizer
        .token("<|endoftext|>")
        .context("the vocabulary has no token <|endoftext|>")?;
    let words = tokenizer.words();
    let masks = Masks::new(&words, end).map_err(|error| anyhow!(error))?;
    if let Some(path) = &args.dataset {
        return writable(path, args.examples);
    }
    costs(&masks, &tokenizer)?;
    if args.random > 0 {
        random(masks, tokenizer, &args)?;
    }
    Ok(())
}

fn cases() -> anyhow::Result<Vec<(BenchCase, Right)>> {
    let cases = include_str!("../bench/cases.jsonl").lines();
    let answers = include_str!("../bench/right.jsonl").lines();
    cases
        .zip(answers)
        .map(|(case, answer)| Ok((serde_json::from_str(case)?, serde_json::from_str(answer)?)))
        .collect()
}

fn turn(case: &BenchCase, catalog: &Arc<Catalog>, seed: u64) -> anyhow::Result<Turn> {
    let workflow = match &case.workflow {
        Some(json) => Some(
            flow::json::parse(&json.to_string())
                .map_err(|error| anyhow!("{}: {error:?}", case.id))?
                .workflow,
        ),
        None => None,
    };
    Ok(Turn::new(Request {
        turn: 1,
        text: case.request.clone(),
        previous: None,
        workflow,
        catalog: catalog.clone(),
        resources: Arc::default(),
        // Which of several programs is taken is no matter of the grammar.
        doubting: false,
        seed,
    }))
}

/// The grammar of a case's first completion.
fn grammar(case: &BenchCase, catalog: &Arc<Catalog>) -> anyhow::Result<Option<String>> {
    let tools = CatalogTools::new(catalog.clone());
    let mut turn = turn(case, catalog, 1)?;
    loop {
        match turn.ask() {
            Ask::RunTool { tool, arguments } => {
                turn.told(Told::ToolResult(tools.call(&tool, &arguments)));
            }
            Ask::Sample(generate) => return Ok(generate.grammar),
            Ask::Done(_) => return Ok(None),
        }
    }
}

/// Takes the right answers through their grammars.
fn costs(masks: &Masks, tokenizer: &Tokenizer) -> anyhow::Result<()> {
    let builtin = Catalog::builtin();
    let mut each: Vec<Duration> = Vec::new();
    let mut prepare: Vec<Duration> = Vec::new();
    let mut cannot = Vec::new();
    let cases = cases()?;
    let bar = ProgressBar::new(cases.len() as u64);
    for (case, right) in &cases {
        bar.inc(1);
        let Some(json) = &right.workflow else {
            continue;
        };
        let catalog = Arc::new(builtin.with_connectors(&case.installed));
        let Some(lark) = grammar(case, &catalog)? else {
            continue;
        };
        let workflow = flow::json::parse(&json.to_string())
            .map_err(|error| anyhow!("{}: {error:?}", right.id))?
            .workflow;
        let program = flow::python::print(&workflow, &catalog);
        let answer = tokenizer.encode(&format!("{}\n", program.trim_end()))?;
        match masks.cost(&lark, &answer) {
            Ok(cost) => {
                prepare.push(cost.prepare);
                each.extend(cost.masks);
            }
            Err(_) => {
                // Where it stops is found with the text instead of the tokens.
                let checker =
                    agent::grammar::Checker::new(&lark).map_err(|error| anyhow!(error))?;
                let why = checker.check(&format!("{}\n", program.trim_end()));
                cannot.push(format!("{}: {}", case.id, why.err().unwrap_or_default()));
            }
        }
    }
    bar.finish_and_clear();
    each.sort_unstable();
    prepare.sort_unstable();
    let at = |values: &[Duration], share: f64| -> f64 {
        let place = ((values.len() as f64 * share) as usize).min(values.len().saturating_sub(1));
        values
            .get(place)
            .map_or(0.0, |value| value.as_secs_f64() * 1e6)
    };
    println!(
        "{} masks: median {:.0} µs, p99 {:.0} µs, most {:.0} µs; a grammar is ready in {:.0} ms (median), {:.0} ms (most)",
        each.len(),
        at(&each, 0.5),
        at(&each, 0.99),
        at(&each, 1.0),
        at(&prepare, 0.5) / 1e3,
        at(&prepare, 1.0) / 1e3,
    );
    println!(
        "right answers that can be written: {} of {}",
        prepare.len(),
        prepare.len() + cannot.len()
    );
    for line in cannot {
        println!("  {line}");
    }
    Ok(())
}

/// Takes the workflows of a dataset through their grammars: what serving cannot write is lost on the
/// model, or worse.
fn writable(path: &Path, count: usize) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("{} could not be read", path.display()))?;
    let builtin = Catalog::builtin();
    let examples: Vec<Example> = text
        .lines()
        .take(count)
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()
        .with_context(|| format!("{} is no dataset", path.display()))?;
    let bar = ProgressBar::new(examples.len() as u64);
    let failures: Vec<Result<Option<String>, anyhow::Error>> = examples
        .par_iter()
        .filter(|example| example.outcome == "workflow")
        .map(|example| {
            bar.inc(1);
            let case = BenchCase::from(example);
            let catalog = Arc::new(builtin.with_connectors(&case.installed));
            let answer = example.answer();
            let Some(lark) = grammar(&case, &catalog)? else {
                return Ok(None);
            };
            let checker = agent::grammar::Checker::new(&lark).map_err(|error| anyhow!(error))?;
            let why = checker.check(answer).err();
            Ok(why.map(|why| format!("{}: {}\n  {why}", case.id, case.request)))
        })
        .collect();
    bar.finish_and_clear();
    let all = failures.len();
    let mut cannot = 0;
    for failure in failures {
        if let Some(line) = failure? {
            cannot += 1;
            println!("{line}");
        }
    }
    println!("workflows that can be written: {} of {all}", all - cannot);
    Ok(())
}

/// A model whose weights are random: it takes any token that is allowed. Texts that could go on for
/// ever are brought to an end, as a model with any sense does.
struct Random {
    masks: Masks,
    tokenizer: Tokenizer,
    /// Tokens that close something.
    closing: Vec<u32>,
    random: Mutex<ChaCha8Rng>,
}

/// From this many tokens on what closes something is taken where it is allowed.
const PATIENCE: usize = 90;

impl Random {
    fn text(&self, request: &Generate) -> Result<(String, usize), String> {
        let mut random = self.random.lock().unwrap_or_else(PoisonError::into_inner);
        let lark = request.grammar.as_deref().unwrap_or_default();
        let mut count = 0;
        let (tokens, _) = self
            .masks
            .decode(lark, request.max_tokens, |allowed, end| {
                count += 1;
                let hurried = count > PATIENCE || random.random_range(0..3) == 0;
                if let Some(end) = end
                    && hurried
                {
                    return end;
                }
                let closing: Vec<u32> = match hurried {
                    true => allowed
                        .iter()
                        .copied()
                        .filter(|token| self.closing.binary_search(token).is_ok())
                        .collect(),
                    false => Vec::new(),
                };
                let among = if closing.is_empty() {
                    allowed
                } else {
                    &closing
                };
                among[random.random_range(0..among.len())]
            })?;
        let text = self
            .tokenizer
            .decode(&tokens)
            .map_err(|error| error.to_string())?;
        Ok((text, tokens.len()))
    }
}

#[async_trait]
impl Backend for Random {
    fn info(&self) -> ModelInfo {
        ModelInfo {
            name: "random".to_string(),
            kind: "random".to_string(),
            ..ModelInfo::default()
        }
    }

    async fn health(&self) -> Result<(), BackendError> {
        Ok(())
    }

    async fn generate(&self, request: Generate) -> Result<Chunks, BackendError> {
        let (text, tokens) = self.text(&request).map_err(BackendError::Interrupted)?;
        let done = Chunk::Done {
            text,
            prompt_tokens: 0,
            completion_tokens: u32::try_from(tokens).unwrap_or(u32::MAX),
            likelihood: None,
        };
        Ok(futures::stream::iter([Ok(done)]).boxed())
    }
}

/// Decodes until enough workflows came, and says what was wrong with them.
fn random(masks: Masks, tokenizer: Tokenizer, args: &Args) -> anyhow::Result<()> {
    let mut closing: Vec<u32> = Vec::new();
    for text in [
        "\"", "\n", ")", "]", "}}", " }}", ")\n", "\")", "\")\n", "\"]", ":\n", "\",", "}",
    ] {
        closing.extend(tokenizer.token_of(text));
    }
    closing.sort_unstable();
    let backend = Random {
        masks,
        tokenizer,
        closing,
        random: Mutex::new(ChaCha8Rng::seed_from_u64(args.seed)),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let builtin = Catalog::builtin();
    let cases = cases()?;
    let bar = ProgressBar::new(args.random as u64);
    let (mut delivered, mut turns, mut errors, mut invented) = (0, 0, 0, 0);
    while delivered < args.random && turns < args.random * 20 {
        let (case, _) = &cases[turns % cases.len()];
        turns += 1;
        let catalog = Arc::new(builtin.with_connectors(&case.installed));
        let turn = turn(case, &catalog, turns as u64)?;
        let mut written = String::new();
        let driven = runtime.block_on(agent::drive::drive(turn, &backend, |event| {
            if let Event::Sampled { text, .. } = event {
                written = text;
            }
        }));
        let result = driven.with_context(|| format!("{}, turn {turns}", case.id))?;
        if result.workflow.is_none() {
            continue;
        }
        delivered += 1;
        bar.inc(1);
        let wrong: Vec<_> = result
            .findings
            .iter()
            .filter(|finding| finding.severity == Severity::Error)
            .collect();
        let unknown = crate::eval::unknown_names(&result.findings);
        if !wrong.is_empty() || unknown > 0 {
            errors += usize::from(!wrong.is_empty());
            println!("{} (turn {turns}):", case.id);
            for finding in &result.findings {
                println!("  {} {}", finding.code, finding.message);
            }
            println!("{written}");
        }
        invented += unknown;
    }
    bar.finish_and_clear();
    println!(
        "random weights: {delivered} workflows in {turns} turns, {} of them without an error, {invented} invented identifiers",
        delivered - errors
    );
    Ok(())
}
