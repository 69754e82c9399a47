//! Curates sessions: folds exported logs, keeps the turns whose workflows were accepted or activated,
//! masks merchant data and writes dataset lines.
//!
//! A store that has a catalogue of its own said what its tasks are. It is read from `NAME.catalog.json`
//! beside a session's `NAME.jsonl`, or from one file for all sessions (`--catalog`); in both stands what
//! `flowright catalog import` takes.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use agent::contract::{self, Answer, Conversation, Entry};
use agent::resources::Resource;
use agent::tools::Tools;
use anyhow::Context;
use flow::check::has_error;
use flow::session::{Event, Recorded, State};
use flow::{Catalog, Workflow};
use indicatif::ProgressBar;

use crate::mask::Mask;
use crate::synth::{Case, Example};

/// Turns exported sessions into masked training examples.
#[derive(Clone, Debug, clap::Args)]
#[command(
    after_help = "Example:\n  trainer curate --sessions var/sessions --out var/datasets/curated.jsonl"
)]
pub struct Args {
    /// The folder of exported sessions: one .jsonl file of recorded events for each.
    #[arg(long, default_value = "var/sessions")]
    pub sessions: PathBuf,
    /// What the store of these sessions said about its own tasks, for sessions without such a file of
    /// their own.
    #[arg(long, value_name = "FILE")]
    pub catalog: Option<PathBuf>,
    /// The dataset to write, JSON lines.
    #[arg(long, default_value = "var/datasets/curated.jsonl")]
    pub out: PathBuf,
}

/// What came of one session.
#[derive(Debug, Default)]
pub struct Curated {
    pub examples: Vec<Example>,
    /// Turns that were left out, by reason.
    pub skipped: BTreeMap<&'static str, usize>,
    /// What was masked, by kind.
    pub masked: BTreeMap<&'static str, usize>,
}

/// Runs the subcommand.
pub fn run(args: Args) -> anyhow::Result<()> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(&args.sessions)
        .with_context(|| {
            format!(
                "the sessions folder {} could not be read; export sessions first",
                args.sessions.display()
            )
        })?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "jsonl")
        })
        .collect();
    files.sort();
    let builtin = Catalog::builtin();
    let common = match &args.catalog {
        Some(path) => laid_over(&builtin, path)?,
        None => builtin.clone(),
    };
    let bar = ProgressBar::new(files.len() as u64);
    let mut all = Curated::default();
    for path in &files {
        let name = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .unwrap_or("session");
        let own = path.with_file_name(format!("{name}.catalog.json"));
        let catalog = if own.exists() {
            &laid_over(&builtin, &own)?
        } else {
            &common
        };
        match read(path) {
            Ok(events) => {
                let one = curate(name, &events, catalog);
                all.examples.extend(one.examples);
                add(&mut all.skipped, &one.skipped);
                add(&mut all.masked, &one.masked);
            }
            Err(error) => {
                tracing::warn!(file = %path.display(), %error, "this session does not read");
                *all.skipped.entry("the file does not read").or_default() += 1;
            }
        }
        bar.inc(1);
    }
    bar.finish();
    write(&args.out, &all.examples)?;
    println!("sessions: {}", files.len());
    println!("examples: {} in {}", all.examples.len(), args.out.display());
    for (reason, count) in &all.skipped {
        println!("left out: {count}  {reason}");
    }
    for (kind, count) in &all.masked {
        println!("masked: {count}  {kind}");
    }
    Ok(())
}

/// The built-in catalogue with what a store said about its tasks laid over it.
pub(crate) fn laid_over(builtin: &Catalog, path: &Path) -> anyhow::Result<Catalog> {
    let text = std::fs::read(path)
        .with_context(|| format!("the catalogue {} could not be read", path.display()))?;
    // As the server keeps it, or as the store gave it.
    let overlay = match serde_json::from_slice(&text) {
        Ok(overlay) => overlay,
        Err(_) => {
            let read = flow::catalog::import::read(&text);
            if let Some(finding) = read
                .findings
                .iter()
                .find(|finding| finding.severity == flow::check::Severity::Error)
            {
                anyhow::bail!(
                    "the catalogue {} does not read: {}",
                    path.display(),
                    finding.message
                );
            }
            read.overlay
        }
    };
    Ok(builtin.overlay(&overlay))
}

fn add(into: &mut BTreeMap<&'static str, usize>, from: &BTreeMap<&'static str, usize>) {
    for (key, count) in from {
        *into.entry(key).or_default() += count;
    }
}

fn read(path: &Path) -> anyhow::Result<Vec<Recorded>> {
    let text = std::fs::read_to_string(path)?;
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(at, line)| {
            serde_json::from_str(line).with_context(|| format!("line {} does not read", at + 1))
        })
        .collect()
}

fn write(path: &Path, examples: &[Example]) -> anyhow::Result<()> {
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("the folder {} could not be made", folder.display()))?;
    }
    let file = std::fs::File::create(path)
        .with_context(|| format!("{} could not be written", path.display()))?;
    let mut out = std::io::BufWriter::new(file);
    for example in examples {
        serde_json::to_writer(&mut out, example)?;
        out.write_all(b"\n")?;
    }
    out.flush()?;
    Ok(())
}

/// One turn as the log tells it.
#[derive(Debug, Default)]
struct Turn {
    number: u32,
    request: String,
    previous: Option<String>,
    /// The draft in force when the turn began.
    before: Option<Workflow>,
    after: Option<Workflow>,
    /// What was looked up by name.
    resources: Vec<Resource>,
    message: String,
    errors: bool,
    accepted: Option<bool>,
    /// What it changed was taken back and not made again.
    undone: bool,
    disliked: bool,
    failed: bool,
    answered: bool,
}

/// Reads the examples out of one session's log. The catalogue holds all connectors; those that the
/// session's store had are taken from the log.
pub fn curate(name: &str, events: &[Recorded], builtin: &Catalog) -> Curated {
    let mut curated = Curated::default();
    let mut installed: Vec<String> = Vec::new();
    let mut turns: Vec<Turn> = Vec::new();
    let mut draft: Option<Workflow> = None;
    let mut last_said: Option<String> = None;
    let mut in_force: Option<u32> = None;
    let mut activated = false;
    let mut state = State::default();
    for recorded in events {
        state.apply(recorded);
        match &recorded.event {
            Event::SessionStarted {
                installed: apps,
                workflow,
                ..
            } => {
                installed.clone_from(apps);
                draft.clone_from(workflow);
            }
            Event::MerchantSaid { turn, text } => {
                turns.push(Turn {
                    number: *turn,
                    request: text.clone(),
                    previous: last_said.clone(),
                    before: draft.clone(),
                    ..Turn::default()
                });
                last_said = Some(text.clone());
            }
            Event::TurnStarted { turn, .. } => {
                // A retry answers the same request anew.
                if let Some(known) = find(&mut turns, *turn) {
                    known.failed = false;
                } else if let Some(text) = last_said.clone() {
                    turns.push(Turn {
                        number: *turn,
                        request: text,
                        before: draft.clone(),
                        ..Turn::default()
                    });
                }
            }
            // The model wrote a name, and the server put the id there.
            Event::ToolCalled {
                turn, tool, result, ..
            } if tool == "shop_resource_search" => {
                if let Some(known) = find(&mut turns, *turn) {
                    known
                        .resources
                        .extend(result.lines().filter_map(Resource::read));
                }
            }
            Event::DraftCompleted {
                turn,
                workflow,
                findings,
            } => {
                let proposal = draft.is_some();
                if let Some(known) = find(&mut turns, *turn) {
                    known.after = Some(workflow.clone());
                    known.errors = has_error(findings);
                }
                if !proposal {
                    draft = Some(workflow.clone());
                    in_force = Some(*turn);
                }
            }
            Event::Answered { turn, message, .. } => {
                if let Some(known) = find(&mut turns, *turn) {
                    known.message.clone_from(message);
                    known.answered = true;
                }
            }
            Event::TurnFailed { turn, .. } | Event::TurnInterrupted { turn } => {
                if let Some(known) = find(&mut turns, *turn) {
                    known.failed = true;
                }
            }
            Event::ProposalJudged { turn, accepted } => {
                if let Some(known) = find(&mut turns, *turn) {
                    known.accepted = Some(*accepted);
                    if *accepted {
                        draft.clone_from(&known.after);
                        in_force = Some(*turn);
                    }
                }
            }
            Event::ChangesJudged {
                turn,
                accepted: true,
                workflow,
                ..
            } => {
                // A part of what the model wrote is not what the model wrote.
                let whole = find(&mut turns, *turn)
                    .is_some_and(|known| known.after.as_ref() == Some(workflow));
                draft = Some(workflow.clone());
                in_force = whole.then_some(*turn);
                if let Some(known) = find(&mut turns, *turn) {
                    known.accepted = Some(whole);
                }
            }
            Event::ChangesJudged {
                turn,
                accepted: false,
                ..
            } => {
                if let Some(known) = find(&mut turns, *turn) {
                    known.accepted = Some(false);
                }
            }
            Event::Undone { .. } | Event::Redone { .. } => {
                let before = in_force;
                draft.clone_from(&state.draft);
                in_force = turns
                    .iter()
                    .rev()
                    .find(|turn| turn.after.is_some() && turn.after == draft)
                    .map(|turn| turn.number);
                let undo = matches!(recorded.event, Event::Undone { .. });
                let meant = if undo { before } else { in_force };
                if before != in_force
                    && let Some(known) = meant.and_then(|turn| find(&mut turns, turn))
                {
                    known.undone = undo;
                }
            }
            Event::EditedByHand { workflow, .. } => {
                draft = Some(workflow.clone());
                // What the merchant changed by hand is not what the model wrote.
                in_force = None;
            }
            Event::Activated { .. } => {
                activated = true;
                if let Some(known) = in_force.and_then(|turn| find(&mut turns, turn)) {
                    known.accepted = Some(true);
                }
            }
            Event::FeedbackGiven { turn, up, .. } => {
                if let Some(known) = find(&mut turns, *turn) {
                    known.disliked = !up;
                }
            }
            _ => {}
        }
    }
    let mut skip = |reason: &'static str| *curated.skipped.entry(reason).or_default() += 1;
    let catalog = Arc::new(builtin.with_connectors(&installed));
    let mut chosen = Vec::new();
    for turn in turns {
        if turn.failed || !turn.answered {
            skip("the turn did not finish");
        } else if turn.after.is_none() {
            skip("the answer was no workflow");
        } else if turn.disliked {
            skip("the merchant disliked it");
        } else if turn.errors {
            skip("the workflow has errors");
        } else if turn.undone {
            skip("the changes were taken back");
        } else if turn.accepted == Some(false) {
            skip("the changes were rejected");
        } else if turn.accepted.is_none() {
            skip(if activated {
                "another turn was activated"
            } else {
                "never accepted or activated"
            });
        } else {
            chosen.push(turn);
        }
    }
    for turn in chosen {
        let mut mask = Mask::default();
        match example(name, &turn, &installed, &catalog, &mut mask) {
            Some(example) => curated.examples.push(example),
            None => {
                *curated
                    .skipped
                    .entry("the masked program does not read")
                    .or_default() += 1
            }
        }
        add(&mut curated.masked, mask.counts());
    }
    curated
}

fn find(turns: &mut [Turn], number: u32) -> Option<&mut Turn> {
    turns.iter_mut().rev().find(|turn| turn.number == number)
}

/// A workflow with all its texts masked.
pub(crate) fn masked(workflow: &Workflow, mask: &mut Mask) -> Workflow {
    let mut workflow = workflow.clone();
    workflow.name = mask.text(&workflow.name);
    for step in &mut workflow.steps {
        for field in &mut step.config {
            field.value = mask.text(&field.value);
        }
        step.note = step.note.as_ref().map(|note| mask.text(note));
        step.description = step.description.as_ref().map(|text| mask.text(text));
    }
    for value in &mut workflow.patched_fields {
        mask.json(value);
    }
    workflow
}

fn example(
    name: &str,
    turn: &Turn,
    installed: &[String],
    catalog: &Arc<Catalog>,
    mask: &mut Mask,
) -> Option<Example> {
    let request = mask.text(&turn.request);
    let previous = turn.previous.as_ref().map(|text| mask.text(text));
    let before = turn.before.as_ref().map(|workflow| masked(workflow, mask));
    let mut after = turn.after.clone()?;
    // An id that was there before was copied and not looked up.
    let there = before
        .as_ref()
        .map(|before| flow::json::to_value(before).to_string());
    let mut resources = turn.resources.clone();
    resources.retain(|resource| {
        !there
            .as_ref()
            .is_some_and(|there| there.contains(&resource.id))
    });
    agent::resources::named(&mut after, &resources, catalog);
    let after = masked(&after, mask);
    let conversation = Conversation {
        previous: previous.filter(|_| before.is_none()),
        request,
        ..Conversation::default()
    };
    let id = format!("curate-{name}-{}", turn.number);
    rendered(
        id,
        "curate",
        conversation,
        before,
        &after,
        installed,
        catalog,
    )
}

/// The example of a request and the workflow it leads to; `None` when the program does not read back
/// as itself.
pub(crate) fn rendered(
    id: String,
    source: &str,
    mut conversation: Conversation,
    before: Option<Workflow>,
    after: &Workflow,
    installed: &[String],
    catalog: &Arc<Catalog>,
) -> Option<Example> {
    let program = flow::python::print(after, catalog);
    let again = flow::python::parse(&program, catalog);
    if has_error(&again.findings) || flow::python::print(&again.workflow, catalog) != program {
        return None;
    }
    let tools = agent::drive::tools_for(catalog);
    conversation.entries = agent::turn::searches(
        &conversation.request,
        conversation.previous.as_deref(),
        before.as_ref(),
    )
    .into_iter()
    .map(|(tool, arguments)| Entry::Tool(tools.call(tool, &arguments)))
    .collect();
    conversation.current = before
        .as_ref()
        .map(|workflow| flow::python::print(workflow, catalog));
    Some(Example {
        id,
        slices: vec![if before.is_some() { "edit" } else { "create" }.to_string()],
        source: source.to_string(),
        contract: contract::hash(),
        segments: contract::segments(&conversation, &Answer::Workflow { program }),
        case: Case {
            request: conversation.request,
            installed: installed.to_vec(),
            workflow: before.as_ref().map(flow::json::to_value),
        },
        outcome: "workflow".to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use flow::session::{Outcome, Timings};

    fn log(events: Vec<Event>) -> Vec<Recorded> {
        events
            .into_iter()
            .enumerate()
            .map(|(at, event)| Recorded {
                seq: at as u64 + 1,
                at_ms: 0,
                event,
            })
            .collect()
    }

    fn session(end: Vec<Event>) -> Vec<Recorded> {
        let catalog = Catalog::builtin();
        let program = "@order_created\ndef email_about_orders(order):\n    send_email(address=\"jane@harbor.co\", subject=\"Order\", message=\"New order\")\n";
        let workflow = flow::python::parse(program, &catalog).workflow;
        let mut events = vec![
            Event::SessionStarted {
                store: "Harbor".to_string(),
                contract: contract::hash(),
                installed: Vec::new(),
                workflow: None,
            },
            Event::MerchantSaid {
                turn: 1,
                text: "email jane@harbor.co about new orders".to_string(),
            },
            Event::TurnStarted {
                turn: 1,
                model: "m".to_string(),
                contract: contract::hash(),
            },
            Event::DraftCompleted {
                turn: 1,
                workflow,
                findings: Vec::new(),
            },
            Event::Answered {
                turn: 1,
                outcome: Outcome::Workflow,
                message: "Emails jane@harbor.co.".to_string(),
                choices: Vec::new(),
            },
            Event::TurnFinished {
                turn: 1,
                timings: Timings::default(),
            },
        ];
        events.extend(end);
        log(events)
    }

    #[test]
    fn an_activated_session_becomes_a_masked_example() {
        let events = session(vec![Event::Activated {
            workflow_id: "w".to_string(),
            version: 1,
        }]);
        let curated = curate("s", &events, &Catalog::builtin());
        assert_eq!(curated.examples.len(), 1, "{:?}", curated.skipped);
        let text: String = curated.examples[0]
            .segments
            .iter()
            .map(|segment| segment.text.as_str())
            .collect();
        assert!(!text.contains("jane@"), "{text}");
        assert!(text.contains("address=\"person1@example.com\""), "{text}");
        assert!(
            text.contains("email person1@example.com about new orders"),
            "{text}"
        );
    }

    #[test]
    fn what_was_looked_up_by_name_is_learned_as_the_name() {
        let mut events: Vec<Event> = session(vec![Event::Activated {
            workflow_id: "w".to_string(),
            version: 1,
        }])
        .into_iter()
        .map(|recorded| recorded.event)
        .collect();
        for event in &mut events {
            if let Event::DraftCompleted { workflow, .. } = event {
                *workflow = self::workflow(
                    "@product_created\ndef sort(product):\n    add_product_to_collections(product_id=product.id, collection_id=[\"gid://shopify/Collection/7\"])\n",
                );
            }
        }
        let looked_up = Event::ToolCalled {
            turn: 1,
            tool: "shop_resource_search".to_string(),
            arguments: serde_json::json!({"query": "summer sale"}),
            result: "collection \"summer sale\": gid://shopify/Collection/7".to_string(),
        };
        let answer = |events: Vec<Event>| -> String {
            let curated = curate("s", &log(events), &Catalog::builtin());
            let example = curated.examples.first().expect("an example");
            example
                .segments
                .iter()
                .map(|piece| piece.text.as_str())
                .collect()
        };
        assert!(answer(events.clone()).contains("[\"gid://shopify/Collection/7\"]"));
        events.insert(3, looked_up);
        let text = answer(events);
        assert!(text.contains("[\"summer sale\"]"), "{text}");
    }

    #[test]
    fn what_was_not_accepted_is_left_out() {
        let curated = curate("s", &session(Vec::new()), &Catalog::builtin());
        assert!(curated.examples.is_empty());
        assert_eq!(curated.skipped.get("never accepted or activated"), Some(&1));
        let disliked = session(vec![
            Event::FeedbackGiven {
                turn: 1,
                up: false,
                reason: None,
            },
            Event::Activated {
                workflow_id: "w".to_string(),
                version: 1,
            },
        ]);
        assert!(
            curate("s", &disliked, &Catalog::builtin())
                .examples
                .is_empty()
        );
    }

    const FIRST: &str = "@order_created\ndef email_about_orders(order):\n    send_email(address=\"jane@harbor.co\", subject=\"Order\", message=\"New order\")\n";
    const SECOND: &str = "@order_paid\ndef email_about_orders(order):\n    send_email(address=\"jane@harbor.co\", subject=\"Order\", message=\"New order\")\n    archive_order(order_id=order.id)\n";
    /// One of the two changes from the first to the second.
    const HALF: &str = "@order_paid\ndef email_about_orders(order):\n    send_email(address=\"jane@harbor.co\", subject=\"Order\", message=\"New order\")\n";

    fn workflow(program: &str) -> Workflow {
        flow::python::parse(program, &Catalog::builtin()).workflow
    }

    /// A session whose second turn proposes a change of what the first one wrote, and its end.
    fn changed(end: Vec<Event>) -> Curated {
        let mut events: Vec<Event> = session(vec![Event::MerchantSaid {
            turn: 2,
            text: "start when it is paid and archive it".to_string(),
        }])
        .into_iter()
        .map(|recorded| recorded.event)
        .collect();
        events.extend([
            Event::TurnStarted {
                turn: 2,
                model: "m".to_string(),
                contract: contract::hash(),
            },
            Event::DraftCompleted {
                turn: 2,
                workflow: workflow(SECOND),
                findings: Vec::new(),
            },
            Event::Answered {
                turn: 2,
                outcome: Outcome::Workflow,
                message: "Changed.".to_string(),
                choices: Vec::new(),
            },
            Event::TurnFinished {
                turn: 2,
                timings: Timings::default(),
            },
        ]);
        events.extend(end);
        curate("s", &log(events), &Catalog::builtin())
    }

    fn judged(accepted: bool, program: &str, remaining: usize) -> Event {
        Event::ChangesJudged {
            turn: 2,
            accepted,
            changes: Vec::new(),
            workflow: workflow(program),
            findings: Vec::new(),
            remaining,
        }
    }

    fn accepted() -> Event {
        Event::ProposalJudged {
            turn: 2,
            accepted: true,
        }
    }

    fn on() -> Event {
        Event::Activated {
            workflow_id: "w".to_string(),
            version: 1,
        }
    }

    fn undone() -> Event {
        Event::Undone {
            summary: "x".to_string(),
        }
    }

    fn redone() -> Event {
        Event::Redone {
            summary: "x".to_string(),
        }
    }

    fn by_hand() -> Event {
        Event::EditedByHand {
            summary: "Removed a step".to_string(),
            workflow: workflow(HALF),
            findings: Vec::new(),
        }
    }

    /// The turns that became examples.
    fn kept(curated: &Curated) -> Vec<&str> {
        curated
            .examples
            .iter()
            .map(|example| example.id.trim_start_matches("curate-s-"))
            .collect()
    }

    #[test]
    fn verdicts_undo_and_hand_decide_which_turns_are_kept() {
        let cases: Vec<(&str, Vec<Event>, &[&str])> = vec![
            ("nothing decided", vec![], &[]),
            ("accepted as a whole", vec![accepted()], &["2"]),
            ("accepted and on", vec![accepted(), on()], &["2"]),
            (
                "accepted change by change, all of them",
                vec![judged(true, HALF, 1), judged(true, SECOND, 0)],
                &["2"],
            ),
            (
                "accepted in part",
                vec![judged(true, HALF, 1), judged(false, HALF, 0), on()],
                &[],
            ),
            ("rejected", vec![judged(false, FIRST, 0)], &[]),
            (
                "rejected, the first turned on",
                vec![judged(false, FIRST, 0), on()],
                &["1"],
            ),
            ("accepted, then taken back", vec![accepted(), undone()], &[]),
            (
                "accepted, taken back, the first turned on",
                vec![accepted(), undone(), on()],
                &["1"],
            ),
            (
                "taken back and made again",
                vec![accepted(), undone(), redone(), on()],
                &["2"],
            ),
            (
                "changed by hand, then on",
                vec![accepted(), by_hand(), on()],
                &["2"],
            ),
            (
                "the change by hand taken back",
                vec![accepted(), by_hand(), undone(), on()],
                &["2"],
            ),
        ];
        for (name, end, expected) in cases {
            let curated = changed(end);
            assert_eq!(kept(&curated), expected, "{name}: {:?}", curated.skipped);
        }
    }

    #[test]
    fn what_was_only_changed_by_hand_is_not_the_models() {
        let events = session(vec![by_hand(), on()]);
        let curated = curate("s", &events, &Catalog::builtin());
        assert!(curated.examples.is_empty());
        assert_eq!(
            curated.skipped.get("another turn was activated"),
            Some(&1),
            "{:?}",
            curated.skipped
        );
    }

    #[test]
    fn an_edit_shows_the_workflow_in_force() {
        let curated = changed(vec![accepted()]);
        let text = &curated.examples[0].segments[0].text;
        assert!(text.contains("current:\n@order_created"), "{text}");
        assert!(!text.contains("archive_order(order_id="), "{text}");
    }

    #[test]
    fn a_session_of_a_store_with_its_own_tasks_reads_with_its_catalogue() {
        let folder = tempfile::tempdir().expect("a folder");
        let own = folder.path().join("s.catalog.json");
        let tasks = serde_json::json!([{
            "taskId": "parcel-press::print", "version": "1.0", "label": "Print a label",
            "taskType": "ACTION", "connector": {"name": "Parcel Press", "installed": true},
            "configFields": [{"__typename": "AutomationTextConfigField", "id": "size",
                "label": "Size", "required": true}],
        }]);
        std::fs::write(&own, tasks.to_string()).expect("written");
        let builtin = Catalog::builtin();
        let catalog = laid_over(&builtin, &own).expect("it reads");
        let program = "@order_paid\ndef print_labels(order):\n    print_a_label(size=\"A6\")\n";
        let made = flow::python::parse(program, &catalog);
        assert!(made.findings.is_empty(), "{:?}", made.findings);
        let events = vec![
            Event::SessionStarted {
                store: "Harbor".to_string(),
                contract: contract::hash(),
                installed: vec!["Parcel Press".to_string()],
                workflow: None,
            },
            Event::MerchantSaid {
                turn: 1,
                text: "print an A6 label when an order is paid".to_string(),
            },
            Event::DraftCompleted {
                turn: 1,
                workflow: made.workflow,
                findings: Vec::new(),
            },
            Event::Answered {
                turn: 1,
                outcome: Outcome::Workflow,
                message: "Prints.".to_string(),
                choices: Vec::new(),
            },
            on(),
        ];
        let with = curate("s", &log(events.clone()), &catalog);
        let answer = |curated: &Curated| -> String {
            curated.examples[0]
                .segments
                .iter()
                .filter(|segment| segment.loss)
                .map(|segment| segment.text.clone())
                .collect()
        };
        assert!(answer(&with).contains("print_a_label(size=\"A6\")"));
        // Without it, the step has no name, and the model would learn to write ids.
        let without = curate("s", &log(events), &builtin);
        assert!(!answer(&without).contains("print_a_label("));
        // What the server keeps reads as well.
        let overlay = flow::catalog::import::read(tasks.to_string().as_bytes()).overlay;
        std::fs::write(&own, serde_json::to_string(&overlay).expect("text")).expect("written");
        assert!(
            laid_over(&builtin, &own)
                .expect("it reads")
                .task_named("print_a_label")
                .is_some()
        );
    }
}
