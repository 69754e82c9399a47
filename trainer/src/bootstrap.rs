//! Makes examples of the workflows that stores run already: what passes the quality filter gets the
//! request that a merchant would have made for it.
//!
//! The filter is that of the published experience this project starts from: a workflow is kept when it
//! checks without errors, ran in the last seven days, belongs to a store that has two or more, and is the
//! first of its descriptor, so that a template which a thousand stores installed counts once.
//!
//! The request is written from the workflow itself ([`flow::summary`]) and names every literal value in
//! it, so that nothing is learned that was not asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use agent::contract::Conversation;
use anyhow::Context;
use flow::check::has_error;
use flow::{Catalog, Workflow};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde::Deserialize;

use crate::curate::{laid_over, masked, rendered};
use crate::mask::Mask;
use crate::requests::grammar::{VALUE_CLOSE, VALUE_OPEN};
use crate::requests::noise::{Care, type_out};
use crate::synth::Example;

/// Turns exported workflows of stores into masked training examples.
#[derive(Clone, Debug, clap::Args)]
#[command(
    after_help = "Example:\n  trainer bootstrap --workflows var/workflows.jsonl --as-of-ms 1764028800000\n\nA line of the file: {\"store\": \"…\", \"last_run_ms\": 1764000000000, \"workflow\": {…Flow JSON…}}"
)]
pub struct Args {
    /// Exported workflows, JSON lines.
    #[arg(long, value_name = "FILE", required = true)]
    pub workflows: Vec<PathBuf>,
    /// The moment of the export, in milliseconds since the epoch; what ran in the seven days before it
    /// counts as in use. Without it, the latest run of all.
    #[arg(long)]
    pub as_of_ms: Option<i64>,
    /// What the stores said about their own tasks.
    #[arg(long, value_name = "FILE")]
    pub catalog: Option<PathBuf>,
    /// The dataset to write, JSON lines.
    #[arg(long, default_value = "var/datasets/bootstrap.jsonl")]
    pub out: PathBuf,
    /// The same seed gives the same wording.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

/// How long a workflow that did not run still counts as in use.
const IN_USE_MS: i64 = 7 * 24 * 60 * 60 * 1000;
/// A store with fewer workflows is trying Flow out.
const LEAST_IN_STORE: usize = 2;
/// Values longer than this are texts that no one dictates.
const MAX_SAID: usize = 160;

/// One exported workflow.
#[derive(Clone, Debug, Deserialize)]
pub struct Exported {
    /// Tells stores apart; never written out.
    pub store: String,
    /// Milliseconds since the epoch; absent when it never ran.
    #[serde(default)]
    pub last_run_ms: Option<i64>,
    /// Flow JSON.
    pub workflow: serde_json::Value,
}

/// Runs the subcommand.
pub fn run(args: Args) -> anyhow::Result<()> {
    let builtin = Catalog::builtin();
    let catalog = match &args.catalog {
        Some(path) => laid_over(&builtin, path)?,
        None => builtin,
    };
    let mut exported: Vec<Exported> = Vec::new();
    for path in &args.workflows {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("{} could not be read", path.display()))?;
        for (at, line) in text.lines().enumerate() {
            if !line.trim().is_empty() {
                exported.push(serde_json::from_str(line).with_context(|| {
                    format!("{}, line {} does not read", path.display(), at + 1)
                })?);
            }
        }
    }
    let latest = exported.iter().filter_map(|one| one.last_run_ms).max();
    let as_of_ms = args.as_of_ms.or(latest).unwrap_or(0);
    let (kept, mut left) = filter(&exported, as_of_ms, &catalog);
    let mut examples = Vec::new();
    for (at, workflow) in kept.iter().enumerate() {
        match example(at, workflow, &catalog, args.seed) {
            Ok(example) => examples.push(example),
            Err(reason) => *left.entry(reason).or_default() += 1,
        }
    }
    if let Some(folder) = args.out.parent() {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("the folder {} could not be made", folder.display()))?;
    }
    let file = std::fs::File::create(&args.out)
        .with_context(|| format!("{} could not be written", args.out.display()))?;
    let mut out = std::io::BufWriter::new(file);
    for example in &examples {
        serde_json::to_writer(&mut out, example)?;
        out.write_all(b"\n")?;
    }
    out.flush()?;
    println!("workflows: {}", exported.len());
    println!("examples: {} in {}", examples.len(), args.out.display());
    for (reason, count) in &left {
        println!("left out: {count}  {reason}");
    }
    Ok(())
}

/// The workflows that pass, in their order, and how many did not, by reason.
pub fn filter(
    exported: &[Exported],
    as_of_ms: i64,
    catalog: &Catalog,
) -> (Vec<Workflow>, BTreeMap<&'static str, usize>) {
    let mut in_store: BTreeMap<&str, usize> = BTreeMap::new();
    for one in exported {
        *in_store.entry(one.store.as_str()).or_default() += 1;
    }
    let mut kept = Vec::new();
    let mut left: BTreeMap<&'static str, usize> = BTreeMap::new();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for one in exported {
        let verdict = match valid(one, catalog) {
            None => Err("it does not check without errors"),
            Some(_)
                if one
                    .last_run_ms
                    .is_none_or(|ran| as_of_ms.saturating_sub(ran) > IN_USE_MS) =>
            {
                Err("it did not run in the last seven days")
            }
            Some(_) if in_store.get(one.store.as_str()).copied() < Some(LEAST_IN_STORE) => {
                Err("its store has no other workflow")
            }
            Some(workflow) if !seen.insert(descriptor(&workflow, catalog)) => {
                Err("another has the same descriptor")
            }
            Some(workflow) => Ok(workflow),
        };
        match verdict {
            Ok(workflow) => kept.push(workflow),
            Err(reason) => *left.entry(reason).or_default() += 1,
        }
    }
    (kept, left)
}

/// The workflow, when it reads and checks without errors.
fn valid(one: &Exported, catalog: &Catalog) -> Option<Workflow> {
    let read = flow::json::from_value(&one.workflow).ok()?;
    let workflow = read.workflow;
    (!has_error(&read.findings) && !has_error(&flow::check::check(&workflow, catalog)))
        .then_some(workflow)
}

/// What a workflow is made of, whatever the values: its program with the literals blanked and without
/// its name.
pub fn descriptor(workflow: &Workflow, catalog: &Catalog) -> String {
    let program = flow::python::print(workflow, catalog);
    let mut out = String::with_capacity(program.len());
    for line in program.lines() {
        let text = line.trim_start();
        if text.starts_with("def ") || text.starts_with("# name:") {
            continue;
        }
        let (mut quoted, mut escaped, mut number) = (false, false, false);
        let mut before = ' ';
        for c in line.chars() {
            if quoted {
                quoted = escaped || c != '"';
                escaped = c == '\\' && !escaped;
                continue;
            }
            let starts =
                !number && c.is_ascii_digit() && !(before.is_alphanumeric() || before == '_');
            number = starts || (number && (c.is_ascii_digit() || c == '.'));
            quoted = c == '"';
            if starts {
                out.push('0');
            } else if !number {
                out.push(c);
            }
            before = c;
        }
        out.push('\n');
    }
    out
}

/// The example of a workflow, or why there is none.
fn example(
    at: usize,
    workflow: &Workflow,
    catalog: &Catalog,
    seed: u64,
) -> Result<Example, &'static str> {
    let installed: BTreeSet<String> = workflow
        .steps
        .iter()
        .filter_map(|step| catalog.task(&step.task_id)?.connector.clone())
        .collect();
    let installed: Vec<String> = installed.into_iter().collect();
    let catalog = Arc::new(catalog.with_connectors(&installed));
    let mut mask = Mask::default();
    let workflow = masked(workflow, &mut mask);
    let said = request(&workflow, &catalog).ok_or("a value is too long to be asked for")?;
    let mut rng = ChaCha8Rng::seed_from_u64(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ at as u64);
    let conversation = Conversation {
        request: type_out(&said, Care::draw(&mut rng), &mut rng),
        ..Conversation::default()
    };
    rendered(
        format!("bootstrap-{at}"),
        "bootstrap",
        conversation,
        None,
        &workflow,
        &installed,
        &catalog,
    )
    .ok_or("its program does not read back as itself")
}

/// The sentence that asks for a workflow: what it does, and every literal value that the sentence does
/// not name. `None` where a value is too long for a sentence. Values are marked.
fn request(workflow: &Workflow, catalog: &Catalog) -> Option<String> {
    let mut said = flow::summary::sentence(workflow, catalog);
    let mut rest: Vec<(String, String)> = Vec::new();
    for step in &workflow.steps {
        let Some(task) = catalog.task(&step.task_id) else {
            continue;
        };
        for field in &step.config {
            let value = field.value.trim();
            let Some(described) = task.field(&field.id) else {
                continue;
            };
            // Conditions, lists and references are told by the sentence; switches have defaults.
            if !matches!(
                described.kind,
                flow::catalog::FieldKind::Text | flow::catalog::FieldKind::Email
            ) || value.is_empty()
                || said.contains(value)
            {
                continue;
            }
            if value.chars().count() > MAX_SAID || value.contains('\n') {
                return None;
            }
            rest.push((described.label.to_lowercase(), value.to_string()));
        }
    }
    said = said.trim_end_matches('.').to_string();
    for (label, value) in rest {
        said.push_str(&format!(
            ", with the {label} {VALUE_OPEN}\"{value}\"{VALUE_CLOSE}"
        ));
    }
    said.push('.');
    Some(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 24 * 60 * 60 * 1000;
    const NOW: i64 = 100 * DAY;

    fn exported(store: &str, days_ago: Option<i64>, program: &str) -> Exported {
        let workflow = flow::python::parse(program, &Catalog::builtin()).workflow;
        Exported {
            store: store.to_string(),
            last_run_ms: days_ago.map(|days| NOW - days * DAY),
            workflow: flow::json::to_value(&workflow),
        }
    }

    fn tag(tag: &str) -> String {
        format!(
            "@order_created\ndef a(order):\n    if order.totalPriceSet.shopMoney.amount > 500:\n        add_order_tags(order_id=order.id, tags=[\"{tag}\"])\n"
        )
    }

    const ARCHIVE: &str = "@order_fulfilled\ndef b(order):\n    archive_order(order_id=order.id)\n";

    #[test]
    fn only_what_is_valid_in_use_and_new_passes() {
        let catalog = Catalog::builtin();
        let broken = "@order_created\ndef c(order):\n    add_order_tags(order_id=order.id)\n";
        let all = [
            exported("one", Some(1), &tag("VIP")),
            exported("one", Some(7), ARCHIVE),
            // The same with another tag, and the same as the store's own.
            exported("two", Some(0), &tag("gold")),
            exported(
                "two",
                Some(8),
                "@order_paid\ndef d(order):\n    archive_order(order_id=order.id)\n",
            ),
            exported(
                "two",
                None,
                "@order_cancelled\ndef d(order):\n    archive_order(order_id=order.id)\n",
            ),
            exported("two", Some(1), broken),
            exported(
                "three",
                Some(1),
                "@product_created\ndef e(product):\n    publish_product(product_id=product.id)\n",
            ),
        ];
        let (kept, left) = filter(&all, NOW, &catalog);
        let programs: Vec<String> = kept
            .iter()
            .map(|workflow| flow::python::print(workflow, &catalog))
            .collect();
        assert_eq!(kept.len(), 2, "{programs:?}");
        assert!(programs[0].contains("\"VIP\""));
        assert!(programs[1].contains("archive_order("));
        assert_eq!(
            left,
            BTreeMap::from([
                ("another has the same descriptor", 1),
                ("it did not run in the last seven days", 2),
                ("it does not check without errors", 1),
                ("its store has no other workflow", 1),
            ])
        );
    }

    #[test]
    fn descriptors_differ_by_structure_and_not_by_values_or_names() {
        let catalog = Catalog::builtin();
        let of =
            |program: &str| descriptor(&flow::python::parse(program, &catalog).workflow, &catalog);
        assert_eq!(
            of(&tag("VIP")),
            of(&tag("a \\\" b").replace("500", "12.50"))
        );
        assert_eq!(of(&tag("VIP")), of(&tag("VIP").replace("def a", "def z")));
        assert_ne!(of(&tag("VIP")), of(&tag("VIP").replace(" > ", " >= ")));
        assert_ne!(
            of(&tag("VIP")),
            of(&tag("VIP").replace("order_created", "order_paid"))
        );
    }

    #[test]
    fn the_request_names_every_value_of_the_masked_workflow() {
        let catalog = Catalog::builtin();
        let program = "@order_created\ndef mail(order):\n    if order.totalPriceSet.shopMoney.amount > 750:\n        send_email(address=\"jane@harbor.co\", subject=\"Big one\", message=\"Look at {{ order.name }}\")\n        add_order_tags(order_id=order.id, tags=[\"heavy\"])\n";
        let workflow = flow::python::parse(program, &catalog).workflow;
        let made = example(0, &workflow, &catalog, 1).expect("an example");
        let request = &made.case.request;
        for value in [
            "750",
            "person1@example.com",
            "Big one",
            "Look at {{ order.name }}",
            "heavy",
        ] {
            assert!(request.contains(value), "{value}: {request}");
        }
        assert!(!request.contains("jane"), "{request}");
        let answer = &made.segments.last().expect("an answer").text;
        assert!(answer.contains("person1@example.com"), "{answer}");
    }

    #[test]
    fn a_long_text_is_not_asked_for() {
        let catalog = Catalog::builtin();
        let program = format!(
            "@order_created\ndef mail(order):\n    send_email(address=\"ops@acme.com\", subject=\"s\", message=\"{}\")\n",
            "word ".repeat(60)
        );
        let workflow = flow::python::parse(&program, &catalog).workflow;
        assert_eq!(
            example(0, &workflow, &catalog, 1).err(),
            Some("a value is too long to be asked for")
        );
    }
}
