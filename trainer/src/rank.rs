//! `trainer rank`: fits the ranker of the searches ([`agent::tools::ranker`]) on a dataset, one logistic
//! regression per task and per field, and writes `models/ranker.bin`.
//!
//! A request's labels are the tasks its workflow has and the fields its tests and texts read; of an
//! edit, those that are new. Features are dropped at random while fitting, so that no weight rests on
//! one phrase of the generator. Few weights are kept, and the last epochs fit those that stay.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use agent::constructs::Open;
use agent::contract::Answer;
use agent::tools::needs::needs;
use agent::tools::ranker::{self, BUCKETS, Label, Ranker};
use agent::tools::{CatalogTools, Tools};
use anyhow::Context;
use flow::Catalog;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use crate::synth::Example;

/// Fits the ranker of the searches on a dataset.
#[derive(Clone, Debug, clap::Args)]
#[command(
    after_help = "Example:\n  trainer synth --out var/datasets/rank.jsonl --count 40000 --seed 2 --held-out 1000\n  trainer rank --dataset var/datasets/rank.jsonl --held-out var/datasets/rank.held-out.jsonl --out models/ranker.bin"
)]
pub struct Args {
    /// A dataset in JSON lines; may be given several times.
    #[arg(long, value_name = "FILE", required = true)]
    pub dataset: Vec<PathBuf>,
    /// A dataset to measure on.
    #[arg(long, value_name = "FILE")]
    pub held_out: Option<PathBuf>,
    /// The file to write.
    #[arg(long, default_value = "models/ranker.bin")]
    pub out: PathBuf,
    /// How often the dataset is gone through.
    #[arg(long, default_value_t = 6)]
    pub epochs: usize,
    /// Highest learning rate (Adagrad).
    #[arg(long, default_value_t = 0.5)]
    pub learning_rate: f32,
    /// Share of features left out of each step.
    #[arg(long, default_value_t = 0.3)]
    pub dropout: f64,
    /// How many weights are kept, largest first.
    #[arg(long, default_value_t = 160_000)]
    pub weights: usize,
    /// Fits what kind of answer a request gets (`workflow`, `clarification`, `refusal`, `question`) and
    /// not what its workflow needs.
    #[arg(long)]
    pub outcomes: bool,
    /// Fits which sentence answers a question ([`agent::answers`]).
    #[arg(long, conflicts_with = "outcomes")]
    pub answers: bool,
    /// Fits which constructs a workflow has or an edit changes ([`agent::constructs`]).
    #[arg(long, conflicts_with_all = ["outcomes", "answers"])]
    pub constructs: bool,
    /// Prints the likeliest labels of every request that is measured on.
    #[arg(long)]
    pub show: bool,
    /// Seed of the order of examples and of what is left out.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

/// Fewer examples than this, and a label is left to BM25.
const SEEN: usize = 6;

/// After how many epochs before the end the weights are pruned: to twice as many as are kept, then to those.
const TUNED: usize = 2;

/// A request as its features, and the numbers of the labels it needs.
struct Row {
    features: Vec<u16>,
    labels: Vec<usize>,
    /// The labels it could not need; nothing is learned about them.
    shut: Vec<bool>,
}

/// A request with its features and the labels it needs.
struct Wanted {
    request: String,
    editing: bool,
    features: Vec<u16>,
    labels: BTreeSet<Label>,
    /// Which constructs there could be; everything where that is not the question.
    open: Option<Open>,
}

/// What is fitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fitted {
    /// The tasks and fields that a workflow needs.
    Needs,
    /// The kind of answer.
    Outcomes,
    /// The sentence that answers a question.
    Answers,
    /// The constructs of a workflow.
    Constructs,
}

/// Runs the subcommand.
pub fn run(args: Args) -> anyhow::Result<()> {
    let what = match (args.outcomes, args.answers, args.constructs) {
        (true, ..) => Fitted::Outcomes,
        (_, true, _) => Fitted::Answers,
        (.., true) => Fitted::Constructs,
        _ => Fitted::Needs,
    };
    let mut raw = Vec::new();
    for path in &args.dataset {
        raw.extend(needs_in(path, what)?);
    }
    anyhow::ensure!(
        !raw.is_empty(),
        "the datasets hold no examples; write one with `trainer synth`"
    );
    let mut counts: BTreeMap<&Label, usize> = BTreeMap::new();
    for label in raw.iter().flat_map(|wanted| &wanted.labels) {
        *counts.entry(label).or_default() += 1;
    }
    let labels: Vec<Label> = counts
        .iter()
        .filter(|(_, count)| **count >= SEEN)
        .map(|(label, _)| (*label).clone())
        .collect();
    let numbers: BTreeMap<&Label, usize> =
        labels.iter().enumerate().map(|(at, l)| (l, at)).collect();
    let rows: Vec<Row> = raw
        .iter()
        .map(|wanted| Row {
            features: wanted.features.clone(),
            labels: wanted
                .labels
                .iter()
                .filter_map(|label| numbers.get(label).copied())
                .collect(),
            shut: match &wanted.open {
                Some(open) => labels.iter().map(|label| !allows(open, label)).collect(),
                None => vec![false; labels.len()],
            },
        })
        .collect();
    println!("{} requests, {} labels", rows.len(), labels.len());

    let bytes = fit(&args, &labels, rows);
    std::fs::write(&args.out, &bytes)
        .with_context(|| format!("{} could not be written", args.out.display()))?;
    println!("wrote {} ({} bytes)", args.out.display(), bytes.len());
    if let Some(path) = &args.held_out {
        let cases = needs_in(path, what)?;
        let ranker = Ranker::read(&bytes);
        if args.show {
            for wanted in &cases {
                let (request, needs) = (&wanted.request, &wanted.labels);
                let ranked = ranker.rank_features(&wanted.features);
                let mut likely: Vec<(f32, &Label)> = labels
                    .iter()
                    .filter_map(|label| Some((ranked.of(label)?, label)))
                    .filter(|(_, label)| wanted.open.as_ref().is_none_or(|o| allows(o, label)))
                    .filter(|(probability, _)| *probability >= 0.02)
                    .collect();
                likely.sort_by(|a, b| b.0.total_cmp(&a.0));
                println!("{request}\n  needs {needs:?}\n  {likely:?}");
            }
        }
        measure(&ranker, &cases);
        let (edits, new): (Vec<Wanted>, Vec<Wanted>) =
            cases.into_iter().partition(|wanted| wanted.editing);
        println!(
            "held-out loss: new workflows {:.4}, edits {:.4}",
            loss(&ranker, &labels, &new),
            loss(&ranker, &labels, &edits)
        );
    }
    Ok(())
}

/// Whether there could be a construct.
fn allows(open: &Open, label: &Label) -> bool {
    match label {
        Label::Task(construct) => open.allows(construct),
        Label::Path(_) => true,
    }
}

/// Fits all labels at once: Adagrad on the logistic loss.
fn fit(args: &Args, labels: &[Label], rows: Vec<Row>) -> Vec<u8> {
    let width = labels.len();
    let mut rng = ChaCha8Rng::seed_from_u64(args.seed);
    let mut weights = vec![0.0_f32; BUCKETS * width];
    let mut squares = vec![1e-3_f32; BUCKETS * width];
    let mut bias = vec![-4.0_f32; width];
    let mut bias_squares = vec![1e-1_f32; width];
    let mut order: Vec<usize> = (0..rows.len()).collect();
    let mut sums = vec![0.0_f32; width];
    for epoch in 0..args.epochs {
        order.shuffle(&mut rng);
        let mut loss = 0.0_f64;
        let rate = args.learning_rate * (1.0 - epoch as f32 / args.epochs as f32);
        for &at in &order {
            let kept: Vec<usize> = rows[at]
                .features
                .iter()
                .filter(|_| !rng.random_bool(args.dropout))
                .map(|bucket| usize::from(*bucket) * width)
                .collect();
            let each = 1.0 / (kept.len().max(1) as f32).sqrt();
            sums.copy_from_slice(&bias);
            for row in &kept {
                for (sum, weight) in sums.iter_mut().zip(&weights[*row..row + width]) {
                    *sum += weight * each;
                }
            }
            for (label, sum) in sums.iter().enumerate() {
                if rows[at].shut[label] {
                    continue;
                }
                let meant = rows[at].labels.contains(&label);
                let probability = 1.0 / (1.0 + (-sum).exp());
                let error = probability - if meant { 1.0 } else { 0.0 };
                loss -= f64::from((1.0 - error.abs()).max(1e-7).ln());
                // What is already told apart clearly is left as it is; that keeps the steps sparse.
                if error.abs() < 0.004 {
                    continue;
                }
                bias_squares[label] += error * error;
                bias[label] -= 0.2 * rate * error / bias_squares[label].sqrt();
                let gradient = error * each;
                for row in &kept {
                    let at = row + label;
                    squares[at] += gradient * gradient;
                    weights[at] -= rate * gradient / squares[at].sqrt();
                }
            }
        }
        println!("epoch {}: loss {:.4}", epoch + 1, loss / rows.len() as f64);
        // What stays makes up for what goes, in the epochs that follow (Han et al., "Learning both weights and
        // connections for efficient neural networks", 2015).
        let left = args.epochs - epoch - 1;
        if (1..=TUNED).contains(&left) {
            prune(&mut weights, &mut squares, args.weights << (left - 1));
        }
    }
    let mut entries: Vec<(u16, u16, f32)> = weights
        .iter()
        .enumerate()
        .filter(|(_, weight)| weight.abs() > 0.05)
        .map(|(at, weight)| ((at / width) as u16, (at % width) as u16, *weight))
        .collect();
    entries.sort_by(|a, b| {
        b.2.abs()
            .total_cmp(&a.2.abs())
            .then((a.0, a.1).cmp(&(b.0, b.1)))
    });
    entries.truncate(args.weights);
    let named: Vec<(Label, f32)> = labels.iter().cloned().zip(bias).collect();
    ranker::write(&named, &entries)
}

/// Keeps as many weights as are to be kept, the largest, and holds the others at zero.
fn prune(weights: &mut [f32], squares: &mut [f32], kept: usize) {
    let mut sizes: Vec<f32> = weights.iter().map(|weight| weight.abs()).collect();
    let Some(place) = sizes.len().checked_sub(kept + 1) else {
        return;
    };
    let (_, most, _) = sizes.select_nth_unstable_by(place, f32::total_cmp);
    let most = *most;
    for (weight, square) in weights.iter_mut().zip(squares) {
        if weight.abs() <= most {
            *weight = 0.0;
            // No step moves it any more.
            *square = f32::INFINITY;
        }
    }
}

/// The mean over requests of the negative log-likelihood, in nats, of which labels each needs.
fn loss(ranker: &Ranker, labels: &[Label], cases: &[Wanted]) -> f64 {
    let of = |wanted: &Wanted| -> f64 {
        let ranked = ranker.rank_features(&wanted.features);
        let could = |label: &&Label| wanted.open.as_ref().is_none_or(|open| allows(open, label));
        let of = |label: &Label| {
            let probability = f64::from(ranked.of(label)?);
            let fits = match wanted.labels.contains(label) {
                true => probability,
                false => 1.0 - probability,
            };
            Some(-fits.max(1e-7).ln())
        };
        labels.iter().filter(could).filter_map(of).sum()
    };
    cases.iter().map(of).sum::<f64>() / cases.len().max(1) as f64
}

/// Prints how many of the needed labels are above some probabilities, and how many labels are.
fn measure(ranker: &Ranker, cases: &[Wanted]) {
    for least in [0.005, 0.01, 0.02, 0.05, 0.1, 0.2] {
        let (mut needed, mut met, mut shown) = ([0, 0], [0, 0], [0, 0]);
        for wanted in cases {
            let ranked = ranker.rank_features(&wanted.features);
            for label in &wanted.labels {
                let kind = usize::from(matches!(label, Label::Path(_)));
                needed[kind] += 1;
                met[kind] += usize::from(ranked.of(label).is_some_and(|p| p >= least));
            }
            for (kind, count) in ranked.above(least).into_iter().enumerate() {
                shown[kind] += count;
            }
        }
        let share = |kind: usize| 100.0 * met[kind] as f64 / needed[kind].max(1) as f64;
        let each = |kind: usize| shown[kind] as f64 / cases.len().max(1) as f64;
        println!(
            "above {least}: tasks {:.1} % found, {:.1} shown; fields {:.1} % found, {:.1} shown",
            share(0),
            each(0),
            share(1),
            each(1),
        );
    }
}

/// Every request of a dataset with what its answer needs.
fn needs_in(path: &Path, what: Fitted) -> anyhow::Result<Vec<Wanted>> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("{} could not be read", path.display()))?;
    let builtin = Catalog::builtin();
    let mut examples: Vec<Example> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        examples.push(
            serde_json::from_str(line)
                .with_context(|| format!("{}, line {}", path.display(), number + 1))?,
        );
    }
    if what == Fitted::Answers {
        examples.retain(|example| example.outcome == "question");
    }
    let stores = match what {
        Fitted::Outcomes => stores(&examples, &builtin),
        Fitted::Needs | Fitted::Answers | Fitted::Constructs => BTreeMap::new(),
    };
    if what == Fitted::Constructs {
        examples.retain(|example| example.outcome == "workflow");
    }
    let wanted = |example: Example| -> Wanted {
        let answer = example.segments.last().map_or("", |s| s.text.as_str());
        let mut labels = BTreeSet::new();
        let mut open = None;
        let mut read_off = None;
        if what == Fitted::Outcomes {
            labels.insert(Label::Task(example.outcome.clone()));
        } else if what == Fitted::Answers {
            labels.extend(answer_label(&example, answer, &builtin));
        } else if what == Fitted::Constructs {
            let before = before(&example);
            let catalog = builtin.with_connectors(&example.case.installed);
            labels.extend(construct_labels(answer, before.as_ref(), &catalog));
            open = Some(Open::of(before.as_ref(), &catalog));
            let request = &example.case.request;
            let features = agent::constructs::features(request, before.as_ref(), &catalog);
            read_off = Some(features);
        } else if let Answer::Workflow { program } =
            Answer::parse(answer.trim_end_matches(agent::contract::END))
            && example.outcome == "workflow"
        {
            labels = needs(&flow::python::parse(&program, &builtin).workflow, &builtin);
            if let Some(before) = &example.case.workflow
                && let Ok(before) = flow::json::parse(&before.to_string())
            {
                for label in needs(&before.workflow, &builtin) {
                    labels.remove(&label);
                }
            }
        }
        let editing = example.case.workflow.is_some();
        let request = example.case.request;
        let features = match (read_off, stores.get(&example.case.installed)) {
            (Some(features), _) => features,
            (None, Some(tools)) => {
                let arguments = serde_json::json!({"query": request, "editing": editing});
                let found = tools.call(agent::contract::TOOLS_BEFORE[0], &arguments);
                agent::outcome::features(&request, editing, &found)
            }
            (None, None) => ranker::features(&request, editing),
        };
        Wanted {
            request,
            editing,
            features,
            labels,
            open,
        }
    };
    Ok(examples.into_par_iter().map(wanted).collect())
}

/// The workflow that an example edits.
fn before(example: &Example) -> Option<flow::Workflow> {
    let json = example.case.workflow.as_ref()?;
    let imported = flow::json::from_value(json).ok()?;
    Some(imported.workflow)
}

/// The constructs of the workflow of an answer, or of its edit.
fn construct_labels(
    answer: &str,
    before: Option<&flow::Workflow>,
    catalog: &Catalog,
) -> impl Iterator<Item = Label> {
    let program = answer.trim_end_matches(agent::contract::END);
    let parsed = flow::python::parse(program, catalog);
    let workflow = match before {
        Some(before) => flow::python::merge(before, parsed, catalog),
        None => parsed.workflow,
    };
    let found = agent::constructs::constructs(&workflow, before, catalog);
    found.into_iter().map(Label::Task)
}

/// The label of the sentence that answers a question.
fn answer_label(example: &Example, answer: &str, builtin: &Catalog) -> Option<Label> {
    let Answer::Question { text } = Answer::parse(answer.trim_end_matches(agent::contract::END))
    else {
        return None;
    };
    let workflow = example
        .case
        .workflow
        .as_ref()
        .and_then(|workflow| flow::json::parse(&workflow.to_string()).ok());
    let workflow = workflow.as_ref().map(|imported| &imported.workflow);
    let catalog = builtin.with_connectors(&example.case.installed);
    let label = agent::answers::label(&text, &example.case.request, workflow, &catalog);
    Some(Label::Task(label))
}

/// The searches of every store of a dataset, by its apps.
fn stores(examples: &[Example], builtin: &Catalog) -> BTreeMap<Vec<String>, CatalogTools> {
    let apps: BTreeSet<&Vec<String>> = examples
        .iter()
        .map(|example| &example.case.installed)
        .collect();
    apps.into_par_iter()
        .map(|apps| {
            let catalog = Arc::new(builtin.with_connectors(apps));
            (apps.clone(), CatalogTools::new(catalog))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_pruned_stays_at_zero() {
        let mut weights = [0.5, -2.0, 0.1, 1.0];
        let mut squares = [1.0; 4];
        prune(&mut weights, &mut squares, 2);
        assert_eq!(weights, [0.0, -2.0, 0.0, 1.0]);
        // A step divides by the root of the square.
        assert_eq!(weights[0] - 1.0 / squares[0].sqrt(), 0.0);
        assert_eq!(squares[1], 1.0);
        let before = weights;
        prune(&mut weights, &mut squares, 4);
        assert_eq!(weights, before, "as many as there are");
    }

    #[test]
    fn of_two_labels_the_one_that_goes_with_the_words_is_learned() {
        let row = |request: &str, label: usize| Row {
            features: ranker::features(request, false),
            labels: vec![label],
            shut: vec![false; 2],
        };
        let rows = (0..40).map(|at| match at % 2 {
            0 => row("tag the order", 0),
            _ => row("wait a day", 1),
        });
        let labels = ["tag", "wait"].map(|name| Label::Task(name.to_string()));
        let args = Args {
            dataset: Vec::new(),
            held_out: None,
            out: PathBuf::new(),
            epochs: 4,
            learning_rate: 0.5,
            dropout: 0.0,
            weights: 30,
            outcomes: false,
            answers: false,
            constructs: false,
            show: false,
            seed: 1,
        };
        let ranker = Ranker::read(&fit(&args, &labels, rows.collect()));
        let wanted = |request: &str, label: usize| Wanted {
            request: request.to_string(),
            editing: false,
            features: ranker::features(request, false),
            labels: BTreeSet::from([labels[label].clone()]),
            open: None,
        };
        let right = [wanted("tag it", 0), wanted("wait a day", 1)];
        let wrong = [wanted("tag it", 1), wanted("wait a day", 0)];
        assert!(loss(&ranker, &labels, &right) + 1.0 < loss(&ranker, &labels, &wrong));
    }
}
