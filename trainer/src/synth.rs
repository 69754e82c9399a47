//! Synthesises a training set: workflows sampled from the catalogue, what merchants would say to get
//! them, and the transcript that serving would show.
//!
//! Every program is read, checked and printed back; what has an error is dropped and counted. The
//! result depends on the seed alone, whatever the number of threads.

mod compose;
mod connectors;
mod edit;
mod library;
mod minhash;
mod plan;
mod refer;
mod talk;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use agent::contract::{self, Answer, Conversation, Entry, Segment};
use agent::tools::{CatalogTools, Tools};
use anyhow::Context;
use flow::Catalog;
use flow::check::{Severity, has_error};
use indicatif::{ProgressBar, ProgressStyle};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::requests::grammar::Values;
use crate::requests::noise::{Care, type_out};
use crate::requests::pools::pick;
use compose::{Draft, Shape};
use library::Library;
use minhash::Seen;
use plan::Plan;

/// Writes a training set of synthetic requests and workflows.
#[derive(Clone, Debug, clap::Args)]
#[command(
    after_help = "Example:\n  trainer synth --out var/datasets/synth.jsonl --count 40000 --seed 1"
)]
pub struct Args {
    /// The file to write, JSON lines.
    #[arg(long, default_value = "var/datasets/synth.jsonl")]
    pub out: PathBuf,
    /// How many examples to write.
    #[arg(long, default_value_t = 40_000)]
    pub count: usize,
    /// The same seed gives the same file.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Writes this many further examples, none of them in the first file, to FILE.held-out.jsonl.
    #[arg(long, default_value_t = 0)]
    pub held_out: usize,
    /// Benchmark files whose requests, and all that come close to them, are left out.
    #[arg(long)]
    pub avoid: Vec<PathBuf>,
    /// Writes only examples of this slice.
    #[arg(long)]
    pub slice: Option<String>,
    /// Prints this many examples as request and answer.
    #[arg(long, default_value_t = 0)]
    pub show: usize,
}

/// Why a draw of another slice than the one that was asked for gives no example.
const OTHER: &str = "of another slice";

/// One line of a dataset.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Example {
    pub id: String,
    pub slices: Vec<String>,
    pub source: String,
    /// The contract's hash.
    pub contract: String,
    pub case: Case,
    pub outcome: String,
    pub segments: Vec<Segment>,
}

impl Example {
    /// The text of its answer, without the mark that ends it.
    pub fn answer(&self) -> &str {
        let last = self.segments.last();
        last.map_or("", |last| last.text.trim_end_matches(agent::contract::END))
    }
}

/// What a turn starts from.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Case {
    pub request: String,
    #[serde(default)]
    pub installed: Vec<String>,
    /// The workflow to change, as Flow JSON.
    #[serde(default)]
    pub workflow: Option<serde_json::Value>,
}

/// A request and the answer to it, before it is rendered.
struct Pair {
    archetype: String,
    slice: String,
    installed: Vec<String>,
    previous: Option<String>,
    request: String,
    workflow: Option<flow::Workflow>,
    answer: Answer,
}

/// Why a draw gave no example.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Failure {
    archetype: String,
    reason: String,
}

/// An example with the archetype's name, or why the draw gave none.
type Made = Result<(Example, String), Failure>;

/// What the generator works with.
struct Maker {
    library: Library,
    builtin: Catalog,
    contract: String,
    ready: Mutex<BTreeMap<Vec<String>, Arc<CatalogTools>>>,
}

/// At this similarity of the words, two examples count as the same.
const ALIKE: f64 = 0.7;

/// Steps that send an email, as the start of their call.
const EMAIL: &[&str] = &[
    "send_email(",
    "send_marketing_email(",
    "send_transactional_email(",
    "customer_email_send(",
    "dotdigital_send_transactional_email(",
];
/// What makes a workflow one of time.
const SCHEDULE: &[&str] = &["@scheduled_time(", "wait("];

/// Examples that fitted and were left out all the same, by reason.
#[derive(Debug, Default)]
struct Left {
    repeated: usize,
    alike: usize,
    same_shape: usize,
    avoided: usize,
}

/// Runs the subcommand.
pub fn run(args: Args) -> anyhow::Result<()> {
    let maker = Maker::new();
    let mut avoid: Vec<String> = Vec::new();
    for path in &args.avoid {
        avoid.extend(requests_in(path)?);
    }
    avoid.extend(own_bench());
    let avoid = Avoid::new(&avoid);

    let total = args.count + args.held_out;
    let bar = ProgressBar::new(total as u64);
    bar.set_style(
        ProgressStyle::with_template("synth {bar:40} {pos}/{len} {per_sec} {eta}")
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    let mut kept: Vec<(Example, String)> = Vec::with_capacity(total);
    let mut seen: BTreeSet<[u8; 16]> = BTreeSet::new();
    let mut shapes: BTreeMap<String, u32> = BTreeMap::new();
    let mut failures: BTreeMap<Failure, usize> = BTreeMap::new();
    let mut drawn: BTreeMap<String, usize> = BTreeMap::new();
    let mut alike = Seen::new(ALIKE);
    let mut left = Left::default();
    let limit = (total / 400).max(12) as u32;
    let mut next = 0_u64;
    // The rarest slices are one draw in thirty.
    let each = if args.slice.is_some() { 360 } else { 12 };
    let most = total as u64 * each + 1_000;
    while kept.len() < total && next < most {
        let chunk = 2_048;
        let made: Vec<(String, Made)> = (next..next + chunk)
            .into_par_iter()
            .map(|index| maker.make(args.seed, index, args.slice.as_deref()))
            .collect();
        next += chunk;
        for (archetype, result) in made {
            if kept.len() >= total {
                break;
            }
            *drawn.entry(archetype).or_default() += 1;
            match result {
                Err(failure) if failure.reason == OTHER => {}
                Err(failure) => *failures.entry(failure).or_default() += 1,
                Ok((example, archetype)) => {
                    let key = fingerprint(&example);
                    let shape = shape(&example);
                    let count = shapes.entry(shape).or_default();
                    if !seen.insert(key) {
                        left.repeated += 1;
                        continue;
                    }
                    if *count >= limit {
                        left.same_shape += 1;
                        continue;
                    }
                    if avoid.near(&example.case.request) {
                        left.avoided += 1;
                        continue;
                    }
                    if !alike.insert(&compared(&example)) {
                        left.alike += 1;
                        continue;
                    }
                    *count += 1;
                    kept.push((example, archetype));
                    bar.inc(1);
                }
            }
        }
    }
    bar.finish();
    anyhow::ensure!(
        kept.len() == total,
        "only {} of {total} examples could be made; ask for fewer",
        kept.len()
    );

    // The order must not follow the draw, so that every prefix is representative.
    let held: Vec<(Example, String)> = kept.split_off(args.count);
    write(&args.out, &kept)?;
    if !held.is_empty() {
        write(&args.out.with_extension("held-out.jsonl"), &held)?;
    }
    let written = maker.library.written();
    println!(
        "requests written by hand: {} ({})",
        written.values().sum::<usize>(),
        written
            .iter()
            .map(|(slice, count)| format!("{slice} {count}"))
            .collect::<Vec<_>>()
            .join(", ")
    );
    report(&kept, &failures, &drawn, &left, &maker.builtin);
    for (example, archetype) in kept.iter().take(args.show) {
        println!(
            "\n--- {archetype} {:?} {:?}",
            example.slices, example.case.installed
        );
        if example.case.workflow.is_some() {
            println!("{}", example.segments[0].text);
        } else {
            println!("{}", example.case.request);
        }
        for segment in example.segments.iter().filter(|segment| segment.loss) {
            println!("{}", segment.text);
        }
    }
    Ok(())
}

fn write(path: &std::path::Path, examples: &[(Example, String)]) -> anyhow::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("the folder {} could not be made", folder.display()))?;
    }
    let file = std::fs::File::create(path)
        .with_context(|| format!("{} could not be written", path.display()))?;
    let mut out = std::io::BufWriter::new(file);
    for (example, _) in examples {
        serde_json::to_writer(&mut out, example)?;
        out.write_all(b"\n")?;
    }
    out.flush()?;
    Ok(())
}

fn report(
    kept: &[(Example, String)],
    failures: &BTreeMap<Failure, usize>,
    drawn: &BTreeMap<String, usize>,
    left: &Left,
    builtin: &Catalog,
) {
    let mut slices: BTreeMap<&str, usize> = BTreeMap::new();
    let mut tasks: BTreeMap<String, usize> = BTreeMap::new();
    let mut made_up = 0_usize;
    for (example, _) in kept {
        if let Some(slice) = example.slices.first() {
            *slices.entry(slice).or_default() += 1;
        }
        for segment in example.segments.iter().filter(|segment| segment.loss) {
            for task in called(&segment.text) {
                if builtin.task_named(&task).is_some() {
                    *tasks.entry(task).or_default() += 1;
                } else if !contract::TOOLS.contains(&task.as_str()) {
                    made_up += 1;
                }
            }
        }
    }
    let share = |count: usize| 100.0 * count as f64 / kept.len().max(1) as f64;
    println!("{:<16} {:>7} {:>7}", "slice", "count", "share");
    for (slice, count) in &slices {
        println!("{slice:<16} {count:>7} {:>6.1} %", share(*count));
    }
    let of = |what: &dyn Fn(&Example) -> bool| -> f64 {
        share(kept.iter().filter(|(example, _)| what(example)).count())
    };
    println!(
        "edits {:.1} %; no workflow (clarification, refusal, answer) {:.1} %; with an email step {:.1} %; with a schedule or a wait {:.1} %",
        of(&|example| is_edit(example)),
        of(&|example| example.outcome != "workflow"),
        of(&|example| touches(example, EMAIL)),
        of(&|example| touches(example, SCHEDULE)),
    );
    println!(
        "tasks used: {}, and steps of apps that do not exist {made_up} times",
        tasks.len()
    );
    let rare: Vec<String> = tasks
        .iter()
        .filter(|(_, count)| **count < 40)
        .map(|(task, count)| format!("{task} {count}"))
        .collect();
    if !rare.is_empty() {
        println!("fewer than 40: {}", rare.join(", "));
    }
    println!(
        "left out: {} the same as another, {} alike by MinHash, {} of a shape that is common already, {} near a benchmark request",
        left.repeated, left.alike, left.same_shape, left.avoided
    );
    let failed: usize = failures.values().sum();
    let all: usize = drawn.values().sum();
    println!("dropped: {failed} of {all} draws");
    let mut worst: Vec<(&Failure, &usize)> = failures.iter().collect();
    worst.sort_by(|a, b| b.1.cmp(a.1));
    for (failure, count) in worst.iter().take(40) {
        println!("  {count:>6}  {}  {}", failure.archetype, failure.reason);
    }
}

/// Draws until one fits, a few times.
fn again<T>(rng: &mut ChaCha8Rng, mut draw: impl FnMut(&mut ChaCha8Rng) -> Option<T>) -> Option<T> {
    (0..6).find_map(|_| draw(rng))
}

/// Names of tasks in program text.
fn called(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for line in text.lines() {
        let line = line.trim();
        if let Some(rest) = line.strip_prefix('@') {
            found.insert(rest.split('(').next().unwrap_or(rest).to_string());
        } else if !line.starts_with("if ") && !line.starts_with("def ") {
            let call = line.rsplit_once(" = ").map_or(line, |(_, call)| call);
            if let Some((name, _)) = call.split_once('(')
                && name
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c == '_' || c.is_ascii_digit())
            {
                found.insert(name.to_string());
            }
        }
    }
    found
}

impl Maker {
    fn new() -> Maker {
        let builtin = Catalog::builtin();
        Maker {
            library: Library::load(builtin.clone()),
            builtin,
            contract: contract::hash(),
            ready: Mutex::default(),
        }
    }

    /// The example of an index, or why there is none.
    fn make(&self, seed: u64, index: u64, slice: Option<&str>) -> (String, Made) {
        let mut rng = ChaCha8Rng::seed_from_u64(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ index);
        let pair = match self.pair(&mut rng) {
            Ok(pair) => pair,
            Err(failure) => return (failure.archetype.clone(), Err(failure)),
        };
        let archetype = pair.archetype.clone();
        if slice.is_some_and(|slice| slice != pair.slice) {
            let reason = OTHER.to_string();
            return (archetype.clone(), Err(Failure { archetype, reason }));
        }
        let example = self.render(pair, seed, index, &mut rng);
        (archetype.clone(), Ok((example, archetype)))
    }

    fn pair(&self, rng: &mut ChaCha8Rng) -> Result<Pair, Failure> {
        let none = |archetype: &str| Failure {
            archetype: archetype.to_string(),
            reason: "the draw did not fit".to_string(),
        };
        match rng.random_range(0..1000) {
            0..50 => self.composed("compose", &Shape::default(), rng),
            50..90 => {
                let shape = Shape {
                    email: true,
                    ..Shape::default()
                };
                self.composed("compose/email", &shape, rng)
            }
            90..115 => {
                let shape = Shape {
                    connectors: true,
                    ..Shape::default()
                };
                self.composed("compose/connectors", &shape, rng)
            }
            115..535 => self.finished(
                compose::archetype(&self.library, rng).ok_or_else(|| none("flow"))?,
                rng,
            ),
            535..560 => self.finished(
                again(rng, |rng| compose::scheduled(&self.library, rng))
                    .ok_or_else(|| none("scheduled"))?,
                rng,
            ),
            560..580 => self.finished(
                again(rng, |rng| self.covering(rng)).ok_or_else(|| none("cover"))?,
                rng,
            ),
            580..860 => {
                let edit =
                    again(rng, |rng| edit::edit(&self.library, rng)).ok_or_else(|| none("edit"))?;
                self.edited(edit, rng)
            }
            _ => again(rng, |rng| talk::talk(self, rng)).ok_or_else(|| none("talk")),
        }
    }

    fn composed(&self, name: &str, shape: &Shape, rng: &mut ChaCha8Rng) -> Result<Pair, Failure> {
        let draft = again(rng, |rng| compose::compose(&self.library, shape, rng));
        let draft = draft.ok_or_else(|| Failure {
            archetype: name.to_string(),
            reason: "the draw did not fit".to_string(),
        })?;
        self.finished(draft, rng)
    }

    /// Every trigger and every step of the catalogue in turn, however rare.
    fn covering(&self, rng: &mut ChaCha8Rng) -> Option<Draft> {
        if rng.random_bool(0.55) {
            // Those that are rarely drawn otherwise.
            let rare: Vec<&library::Trigger> = self
                .library
                .triggers
                .iter()
                .filter(|trigger| trigger.weight <= 2)
                .collect();
            let trigger = library::weighted(rng, &rare, |_| 1)?;
            let shape = Shape {
                trigger: Some(trigger.name.clone()),
                checks: rng.random_bool(0.6).then_some(0),
                ..Shape::default()
            };
            compose::compose(&self.library, &shape, rng)
        } else {
            let rare: Vec<&library::Action> = self
                .library
                .actions
                .iter()
                .filter(|action| action.weight <= 5)
                .collect();
            let action = library::weighted(rng, &rare, |_| 1)?;
            let shape = Shape {
                action: Some(action.key.clone()),
                checks: rng.random_bool(0.6).then_some(0),
                ..Shape::default()
            };
            compose::compose(&self.library, &shape, rng)
        }
    }

    /// Reads, checks and prints a program. The catalogue is that of a store with these connectors.
    fn canonical(
        &self,
        plan: &Plan,
        values: &mut Values,
        catalog: &Catalog,
        archetype: &str,
        rng: &mut ChaCha8Rng,
    ) -> Result<(String, flow::Workflow), Failure> {
        let text = plan.text(values, rng);
        let fail = |reason: String| Failure {
            archetype: archetype.to_string(),
            reason,
        };
        if text.contains("unknown-") {
            return Err(fail(format!(
                "an unknown value: {}",
                text.lines()
                    .find(|line| line.contains("unknown-"))
                    .unwrap_or_default()
            )));
        }
        let parsed = flow::python::parse(&text, catalog);
        let mut findings = parsed.findings.clone();
        findings.extend(flow::check::check(&parsed.workflow, catalog));
        if let Some(finding) = findings
            .iter()
            .find(|finding| finding.severity == Severity::Error)
        {
            return Err(fail(format!("{}: {}", finding.code, finding.message)));
        }
        let printed = flow::python::print(&parsed.workflow, catalog);
        let again = flow::python::parse(&printed, catalog);
        if has_error(&again.findings) || flow::python::print(&again.workflow, catalog) != printed {
            return Err(fail(
                "the program does not print back as itself".to_string(),
            ));
        }
        Ok((printed, again.workflow))
    }

    fn catalog(&self, installed: &[String]) -> Arc<Catalog> {
        self.tools(installed).catalog().clone()
    }

    /// The searches over the catalogue of a store with these connectors; kept, as stores repeat.
    fn tools(&self, installed: &[String]) -> Arc<CatalogTools> {
        let mut key = installed.to_vec();
        key.sort();
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        ready
            .entry(key)
            .or_insert_with(|| {
                let mut catalog = self.builtin.clone();
                for app in &self.library.apps {
                    if installed.contains(&app.name) {
                        catalog = catalog.overlay(&app.overlay);
                    }
                }
                let catalog = catalog.with_connectors(installed);
                Arc::new(CatalogTools::new(Arc::new(catalog)))
            })
            .clone()
    }

    fn finished(&self, draft: Draft, rng: &mut ChaCha8Rng) -> Result<Pair, Failure> {
        let mut draft = draft;
        let catalog = self.catalog(&draft.installed);
        let (program, _) = self.canonical(
            &draft.plan,
            &mut draft.values,
            &catalog,
            &draft.archetype,
            rng,
        )?;
        let mut installed = draft.installed;
        more_connectors(&mut installed, rng);
        let care = Care::draw(rng);
        Ok(Pair {
            archetype: draft.archetype,
            slice: draft.slice,
            installed,
            previous: None,
            request: type_out(&draft.request, care, rng),
            workflow: None,
            answer: Answer::Workflow { program },
        })
    }

    fn edited(&self, edit: edit::Edit, rng: &mut ChaCha8Rng) -> Result<Pair, Failure> {
        let mut edit = edit;
        let archetype = format!("edit/{}", edit.kind);
        let catalog = self.catalog(&edit.installed);
        // Values that only one side has must be the same on the other, where it has them.
        let (before, workflow) = self.canonical(
            &edit.before,
            &mut edit.values_before,
            &catalog,
            &archetype,
            rng,
        )?;
        for (name, value) in &edit.values_before.drawn {
            edit.values_after
                .drawn
                .entry(name.clone())
                .or_insert_with(|| value.clone());
        }
        let (after, _) = self.canonical(
            &edit.after,
            &mut edit.values_after,
            &catalog,
            &archetype,
            rng,
        )?;
        if before == after {
            return Err(Failure {
                archetype,
                reason: "the edit changes nothing".to_string(),
            });
        }
        let care = Care::draw(rng);
        Ok(Pair {
            archetype,
            slice: "edit".to_string(),
            installed: edit.installed,
            previous: None,
            request: type_out(&edit.request, care, rng),
            workflow: Some(workflow),
            answer: Answer::Workflow { program: after },
        })
    }

    fn render(&self, pair: Pair, seed: u64, index: u64, rng: &mut ChaCha8Rng) -> Example {
        let catalog = self.catalog(&pair.installed);
        let tools = self.tools(&pair.installed);
        let mut entries = Vec::new();
        for (tool, arguments) in agent::turn::searches(
            &pair.request,
            pair.previous.as_deref(),
            pair.workflow.as_ref(),
        ) {
            entries.push(Entry::Tool(tools.call(tool, &arguments)));
        }
        // Where the search did not find a task that the program needs, the model may look again.
        if let Answer::Workflow { program, .. } = &pair.answer
            && let Some(Entry::Tool(found)) = entries.first()
            && pair.workflow.is_none()
        {
            let missing: Vec<String> = called(program)
                .into_iter()
                .filter(|name| !found.contains(&format!("{name}(")) && name != "wait")
                .filter(|name| catalog.task_named(name).is_some())
                .collect();
            if let Some(name) = missing.first()
                && rng.random_range(0..100) < 6
                && let Some(task) = catalog.task_named(name)
            {
                let call = Answer::Call {
                    tool: "task_search".to_string(),
                    argument: task.label.to_lowercase(),
                };
                let result = tools.call(
                    "task_search",
                    &serde_json::json!({ "query": task.label.to_lowercase() }),
                );
                if result.contains(&format!("{name}(")) {
                    entries.push(Entry::Call(call.render()));
                    entries.push(Entry::Tool(result));
                }
            }
        }
        let conversation = Conversation {
            previous: pair.previous,
            current: pair
                .workflow
                .as_ref()
                .map(|workflow| flow::python::print(workflow, &catalog)),
            request: pair.request.clone(),
            entries,
        };
        let outcome = match &pair.answer {
            Answer::Workflow { .. } | Answer::Call { .. } => "workflow",
            Answer::Clarification { .. } => "clarification",
            Answer::Refusal { .. } => "refusal",
            Answer::Question { .. } => "question",
        };
        Example {
            id: format!("synth-{seed}-{index}"),
            slices: vec![pair.slice],
            source: "synth".to_string(),
            contract: self.contract.clone(),
            case: Case {
                request: pair.request,
                installed: pair.installed,
                workflow: pair.workflow.as_ref().map(flow::json::to_value),
            },
            outcome: outcome.to_string(),
            segments: contract::segments(&conversation, &pair.answer),
        }
    }
}

/// Most stores have an app or two that a request does not speak of.
fn more_connectors(installed: &mut Vec<String>, rng: &mut ChaCha8Rng) {
    if rng.random_range(0..100) < 10 {
        let other = pick(
            rng,
            &[
                "Slack",
                "Klaviyo",
                "Google Sheets",
                "Gorgias",
                "Asana",
                "Trello",
                "Judge.me",
            ],
        )
        .to_string();
        if !installed.contains(&other) {
            installed.push(other);
        }
    }
}

/// Letters and digits of a request, lower case, single spaces.
pub fn normalised(request: &str) -> String {
    let mut out = String::with_capacity(request.len());
    for c in request.chars() {
        if c.is_alphanumeric() {
            out.extend(c.to_lowercase());
        } else if !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out.trim().to_string()
}

/// Identifies an example by what is asked, of which workflow.
fn fingerprint(example: &Example) -> [u8; 16] {
    let mut hasher = Sha256::new();
    hasher.update(normalised(&example.case.request));
    if let Some(workflow) = &example.case.workflow {
        hasher.update(workflow.to_string());
    }
    let digest = hasher.finalize();
    let mut key = [0; 16];
    key.copy_from_slice(&digest[..16]);
    key
}

/// What two examples are compared by: the request and, of one about a workflow, the values in that.
/// The words of a program are left out: all programs share most of them.
fn compared(example: &Example) -> String {
    let mut text = normalised(&example.case.request);
    let shown = example.segments.first().map_or("", |segment| &segment.text);
    if let Some((_, current)) = shown.split_once("current:\n")
        && let Some((program, _)) = current.split_once("\nrequest: ")
    {
        text.push_str(" ^");
        for literal in literals(program) {
            text.push(' ');
            text.push_str(&normalised(literal));
        }
    }
    text
}

/// Quoted values without Liquid, and numbers.
fn literals(program: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for (at, part) in program.split('"').enumerate() {
        if at % 2 == 1 {
            if !part.contains("{{") && !part.contains("{%") {
                found.push(part);
            }
        } else {
            found.extend(
                part.split(|c: char| !c.is_ascii_alphanumeric() && c != '.')
                    .filter(|word| word.starts_with(|c: char| c.is_ascii_digit())),
            );
        }
    }
    found
}

/// True when a workflow becomes another one.
fn is_edit(example: &Example) -> bool {
    example.case.workflow.is_some() && example.outcome == "workflow"
}

/// True when the answer's program holds one of these.
fn touches(example: &Example, marks: &[&str]) -> bool {
    example.outcome == "workflow"
        && example
            .segments
            .iter()
            .filter(|segment| segment.loss)
            .any(|segment| marks.iter().any(|mark| segment.text.contains(mark)))
}

/// A request without its values: words that hold digits, capitals or signs are left out.
fn shape(example: &Example) -> String {
    let words: Vec<&str> = example
        .case
        .request
        .split_whitespace()
        .filter(|word| {
            word.chars()
                .all(|c| c.is_ascii_lowercase() || matches!(c, ',' | '.' | '\''))
        })
        .collect();
    let current = example
        .case
        .workflow
        .as_ref()
        .map_or(0, |workflow| workflow.to_string().len());
    format!("{} {current}", words.join(" "))
}

/// Requests that no example may come close to.
struct Avoid {
    known: Vec<(String, BTreeSet<String>)>,
}

impl Avoid {
    fn new(requests: &[String]) -> Avoid {
        Avoid {
            known: requests
                .iter()
                .map(|request| normalised(request))
                .map(|text| {
                    let words = text.split(' ').map(str::to_string).collect();
                    (text, words)
                })
                .collect(),
        }
    }

    /// True when a request is one of them but for some letters or a word: at least half of the words are
    /// common, and less than three in ten letters differ.
    fn near(&self, request: &str) -> bool {
        let text = normalised(request);
        let words: BTreeSet<&str> = text.split(' ').collect();
        self.known.iter().any(|(known, known_words)| {
            if *known == text {
                return true;
            }
            let longest = known.len().max(text.len());
            if known.len().abs_diff(text.len()) * 10 > longest * 3 {
                return false;
            }
            let common = words
                .iter()
                .filter(|word| known_words.contains(**word))
                .count();
            if common * 2 < known_words.len().max(words.len()) {
                return false;
            }
            flow::catalog::edit_distance(known, &text) * 10 < longest * 3
        })
    }
}

/// The requests of a benchmark file.
fn requests_in(path: &std::path::Path) -> anyhow::Result<Vec<String>> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("{} could not be read", path.display()))?;
    Ok(text
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter_map(|value| value["request"].as_str().map(str::to_string))
        .collect())
}

/// The requests of the benchmark that ships with the trainer.
fn own_bench() -> Vec<String> {
    include_str!("../bench/cases.jsonl")
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter_map(|value| value["request"].as_str().map(str::to_string))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn make(maker: &Maker, seed: u64, count: u64) -> Vec<Result<(Example, String), Failure>> {
        (0..count)
            .map(|index| maker.make(seed, index, None).1)
            .collect()
    }

    #[test]
    fn a_seed_gives_the_same_examples_and_almost_all_draws_fit() {
        let maker = Maker::new();
        let first = make(&maker, 5, 300);
        let second = make(&maker, 5, 300);
        let lines = |made: &[Result<(Example, String), Failure>]| -> Vec<String> {
            made.iter()
                .filter_map(|result| result.as_ref().ok())
                .filter_map(|(example, _)| serde_json::to_string(example).ok())
                .collect()
        };
        assert_eq!(lines(&first), lines(&second));
        let failed: Vec<&Failure> = first
            .iter()
            .filter_map(|result| result.as_ref().err())
            .collect();
        assert!(failed.len() < 6, "{failed:?}");
    }

    #[test]
    fn what_is_learned_reads_back_as_an_answer() {
        let maker = Maker::new();
        for (example, archetype) in make(&maker, 9, 300).into_iter().flatten() {
            let joined: String = example
                .segments
                .iter()
                .map(|segment| segment.text.as_str())
                .collect();
            assert!(joined.ends_with(contract::END), "{archetype}");
            let last = example
                .segments
                .last()
                .map(|segment| segment.text.clone())
                .unwrap_or_default();
            let text = last.trim_end_matches(contract::END);
            assert_eq!(Answer::parse(text).render(), text, "{archetype}");
        }
    }

    #[test]
    fn the_hand_written_requests_cover_every_slice() {
        let written = Maker::new().library.written();
        let of = |slice: &str| written.get(slice).copied().unwrap_or_default();
        for (slice, least) in [
            ("clarification", 150),
            ("condition", 150),
            ("create", 150),
            ("edit", 140),
            ("email", 120),
            ("loop", 90),
            ("question", 200),
            ("refusal", 200),
            ("schedule", 125),
            ("third_party", 70),
        ] {
            assert!(of(slice) >= least, "{slice}: {}", of(slice));
        }
    }

    #[test]
    fn the_shares_of_what_is_hard_are_as_planned() {
        let maker = Maker::new();
        let examples: Vec<Example> = make(&maker, 11, 1_500)
            .into_iter()
            .flatten()
            .map(|(example, _)| example)
            .collect();
        let share = |what: &dyn Fn(&Example) -> bool| {
            100 * examples.iter().filter(|example| what(example)).count() / examples.len()
        };
        let in_slice = |slice: &'static str| move |example: &Example| example.slices[0] == slice;
        let edits = share(&is_edit);
        let words = share(&|example| example.outcome != "workflow");
        let email = share(&|example| touches(example, EMAIL));
        let schedule = share(&|example| touches(example, SCHEDULE));
        assert!(edits >= 25, "edits {edits} %");
        assert!(words >= 11, "no workflow {words} %");
        assert!(email >= 20, "email {email} %");
        assert!(schedule >= 8, "schedule {schedule} %");
        assert!(share(&in_slice("third_party")) >= 7);
    }

    #[test]
    fn every_written_edit_is_two_workflows_without_errors() {
        let maker = Maker::new();
        let mut rng = ChaCha8Rng::seed_from_u64(4);
        assert!(maker.library.edits.len() > 40);
        for edit in &maker.library.edits {
            let catalog = maker.catalog(&edit.connectors);
            let mut values = Values::default();
            let mut both = Vec::new();
            for code in [&edit.before, &edit.after] {
                let plan = Plan::read(code);
                let made = maker.canonical(&plan, &mut values, &catalog, &edit.name, &mut rng);
                assert!(made.is_ok(), "{}: {:?}", edit.name, made.err());
                both.extend(made.ok().map(|(program, _)| program));
            }
            assert_ne!(both[0], both[1], "{}", edit.name);
        }
    }

    #[test]
    fn every_archetype_is_a_workflow_without_errors() {
        let maker = Maker::new();
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        for archetype in &maker.library.archetypes {
            let catalog = maker.catalog(&archetype.connectors);
            let plan = Plan::read(&archetype.code);
            let made = maker.canonical(
                &plan,
                &mut Values::default(),
                &catalog,
                &archetype.name,
                &mut rng,
            );
            assert!(made.is_ok(), "{}: {:?}", archetype.name, made.err());
        }
    }

    /// What training shows, serving can write, where nothing hangs on the wording of a request. All of
    /// them take minutes; `FLOWRIGHT_EVERY=1` asks for that, otherwise it is every fifteenth.
    #[test]
    fn every_written_program_is_allowed_by_the_grammar() {
        use agent::grammar::{Checker, lark};
        let maker = Maker::new();
        let mut rng = ChaCha8Rng::seed_from_u64(6);
        let library = &maker.library;
        let flows = library
            .archetypes
            .iter()
            .map(|flow| (&flow.name, &flow.connectors, None, &flow.code));
        let edits = library.edits.iter().map(|edit| {
            (
                &edit.name,
                &edit.connectors,
                Some(&edit.before),
                &edit.after,
            )
        });
        type Written<'a> = (&'a str, Option<flow::Workflow>, String);
        let mut stores: BTreeMap<&[String], Vec<Written>> = BTreeMap::new();
        let every = std::env::var("FLOWRIGHT_EVERY").ok();
        let every = every.and_then(|text| text.parse().ok()).unwrap_or(15);
        for (name, connectors, before, code) in flows.chain(edits).step_by(every) {
            let catalog = maker.catalog(connectors);
            let mut values = Values::default();
            let mut program = |code: &[String]| {
                maker
                    .canonical(&Plan::read(code), &mut values, &catalog, name, &mut rng)
                    .expect("a program")
            };
            let before = before.map(|before| program(before).1);
            let text = format!("{}\n", program(code).0.trim_end());
            stores
                .entry(connectors)
                .or_default()
                .push((name, before, text));
        }
        let refused: Vec<String> = stores
            .into_par_iter()
            .flat_map(|(connectors, programs)| {
                let catalog = maker.catalog(connectors);
                let checker = Checker::new(&lark(&catalog, None)).expect("a grammar");
                programs
                    .into_par_iter()
                    .filter_map(move |(name, before, text)| {
                        let mut why = checker.check(&text).err()?;
                        // The workflow at hand may hold what a new one may not.
                        if before.is_some() {
                            let own = Checker::new(&lark(&catalog, before.as_ref()));
                            why = own.expect("a grammar").check(&text).err()?;
                        }
                        Some(format!("{name}: {why}"))
                    })
                    .collect::<Vec<String>>()
            })
            .collect();
        assert!(
            refused.is_empty(),
            "{}:\n{}",
            refused.len(),
            refused.join("\n")
        );
    }

    #[test]
    fn benchmark_requests_are_held_out() {
        let mut requests = own_bench();
        let public = std::path::Path::new("../../shared/bench/public.jsonl");
        if public.exists() {
            requests.extend(requests_in(public).expect("the file reads"));
        }
        let avoid = Avoid::new(&requests);
        for request in &requests {
            assert!(avoid.near(request));
            assert!(avoid.near(&format!("{}.", request.to_uppercase())));
        }
        assert!(!avoid.near("tag orders over $912 with the tag zebra-zone"));
        let one = Avoid::new(&["tell a new buyer by post".to_string()]);
        assert!(one.near("tell new buyers by post"));
        assert!(one.near("Tell a new buyre by mail!"));
        assert!(!one.near("tell the warehouse about a new buyer"));
    }
    #[test]
    fn the_shipped_benchmark_keeps_its_distance() {
        let own = own_bench();
        for (at, request) in own.iter().enumerate() {
            assert!(!Avoid::new(&own[..at]).near(request), "{request}");
        }
        let avoid = Avoid::new(&own);
        for (example, _) in make(&Maker::new(), 21, 300).into_iter().flatten() {
            assert!(
                !avoid.near(&example.case.request),
                "{}",
                example.case.request
            );
        }
        let public = std::path::Path::new("../../shared/bench/public.jsonl");
        if public.exists() {
            for request in requests_in(public).expect("the file reads") {
                assert!(!avoid.near(&request), "{request}");
            }
        }
    }
}
