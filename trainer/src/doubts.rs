//! `trainer doubts`: how often the agent doubts programs, by kind.
//!
//! A doubt has a program written once more, so one about a right answer costs a merchant time and sometimes
//! the answer. Over the right answers of the benchmark, or of a dataset, this shows how often that happens;
//! over the results of an evaluation it shows what was doubted to the end.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use agent::doubts::{Asked, Doubts};
use anyhow::{Context, anyhow};
use flow::{Catalog, Workflow};
use rayon::prelude::*;
use serde::Deserialize;

use crate::score::BenchCase;
use crate::synth::Example;

/// Counts what the agent doubts in right answers, or in results.
#[derive(Clone, Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  trainer doubts\n  trainer doubts --dataset var/datasets/synth.held-out.jsonl\n  trainer doubts --results results.jsonl --show"
)]
pub struct Args {
    /// The workflows of this dataset instead of the right answers of the benchmark.
    #[arg(long, value_name = "FILE", conflicts_with = "results")]
    pub dataset: Option<PathBuf>,
    /// The workflows that `trainer eval --out` wrote for the benchmark.
    #[arg(long, value_name = "FILE")]
    pub results: Option<PathBuf>,
    /// Shows every doubt with its request.
    #[arg(long)]
    pub show: bool,
}

/// A line of `bench/right.jsonl`, and of a file of results.
#[derive(Deserialize)]
struct Answer {
    id: String,
    workflow: Option<serde_json::Value>,
}

/// A request and the workflow that was built for it.
struct Pair {
    case: BenchCase,
    workflow: Workflow,
}

/// Runs the subcommand.
pub fn run(args: Args) -> anyhow::Result<()> {
    let pairs = match (&args.dataset, &args.results) {
        (Some(path), _) => examples(&read(path)?).with_context(|| no_dataset(path))?,
        (None, Some(path)) => answered(&read(path)?).with_context(|| no_dataset(path))?,
        (None, None) => answered(include_str!("../bench/right.jsonl"))?,
    };
    let found = all(&pairs)?;
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for (case, doubts) in &found {
        for (kind, count) in doubts.kinds() {
            *kinds.entry(kind).or_default() += usize::from(count > 0);
        }
        if args.show && (doubts.count() > 0 || doubts.is_unlikely()) {
            println!("{case}\n  {doubts:?}");
        }
    }
    let doubted = found.iter().filter(|(_, doubts)| doubts.count() > 0);
    println!(
        "{} workflows, {} of them doubted, {} without a doubt but unlikely",
        found.len(),
        doubted.count(),
        found.iter().filter(|(_, doubts)| unlikely(doubts)).count()
    );
    for (kind, count) in kinds {
        println!("  {kind:<10} {count}");
    }
    Ok(())
}

/// The doubts about every pair, with its name and request.
fn all(pairs: &[Pair]) -> anyhow::Result<Vec<(String, Doubts)>> {
    let builtin = Catalog::builtin();
    let doubted = |pair: &Pair| {
        let doubts = doubts(pair, &builtin)?;
        Ok((format!("{}: {}", pair.case.id, pair.case.request), doubts))
    };
    pairs.par_iter().map(doubted).collect()
}

/// Whether a program is written again although nothing about it is doubted.
fn unlikely(doubts: &Doubts) -> bool {
    doubts.count() == 0 && doubts.is_unlikely()
}

fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("{} could not be read", path.display()))
}

fn no_dataset(path: &Path) -> String {
    format!(
        "{} does not read; it takes JSON lines, as `trainer synth` and `trainer eval --out` write them",
        path.display()
    )
}

/// The workflows of a dataset: what its examples end with.
fn examples(text: &str) -> anyhow::Result<Vec<Pair>> {
    let mut pairs = Vec::new();
    for line in text.lines() {
        let example: Example = serde_json::from_str(line)?;
        if example.outcome != "workflow" {
            continue;
        }
        let case = BenchCase::from(&example);
        let catalog = Catalog::builtin().with_connectors(&case.installed);
        let parsed = flow::python::parse(example.answer(), &catalog);
        let workflow = match before(&case)? {
            Some(base) => flow::python::merge(&base, parsed, &catalog),
            None => parsed.workflow,
        };
        pairs.push(Pair { case, workflow });
    }
    Ok(pairs)
}

/// The workflows of answers to the benchmark.
fn answered(text: &str) -> anyhow::Result<Vec<Pair>> {
    let mut answers: HashMap<String, serde_json::Value> = HashMap::new();
    for line in text.lines() {
        let answer: Answer = serde_json::from_str(line)?;
        if let Some(workflow) = answer.workflow {
            answers.insert(answer.id, workflow);
        }
    }
    let mut pairs = Vec::new();
    for line in include_str!("../bench/cases.jsonl").lines() {
        let case: BenchCase = serde_json::from_str(line)?;
        if let Some(answer) = answers.remove(&case.id) {
            let workflow = workflow(&answer)?;
            pairs.push(Pair { case, workflow });
        }
    }
    Ok(pairs)
}

fn workflow(json: &serde_json::Value) -> anyhow::Result<Workflow> {
    flow::json::from_value(json)
        .map(|imported| imported.workflow)
        .map_err(|findings| anyhow!("{findings:?}"))
}

/// The workflow that a case starts from.
fn before(case: &BenchCase) -> anyhow::Result<Option<Workflow>> {
    case.workflow.as_ref().map(workflow).transpose()
}

fn doubts(pair: &Pair, builtin: &Catalog) -> anyhow::Result<Doubts> {
    let catalog = builtin.with_connectors(&pair.case.installed);
    let before = before(&pair.case)?;
    let asked = Asked {
        request: &pair.case.request,
        previous: None,
        before: before.as_ref(),
        catalog: &catalog,
    };
    Ok(Doubts::of(&asked, &pair.workflow))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn right_answers_are_seldom_written_again() {
        let pairs = answered(include_str!("../bench/right.jsonl")).expect("answers");
        let found = all(&pairs).expect("doubts");
        assert_eq!(found.len(), 260);
        let doubted = found.iter().filter(|(_, doubts)| doubts.count() > 0);
        assert!(doubted.count() <= 4);
        let unlikely = found.iter().filter(|(_, doubts)| unlikely(doubts));
        assert!(unlikely.count() <= 52, "a fifth at most");
    }
}
