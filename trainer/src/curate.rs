//! Curates sessions: folds exported logs, keeps the turns whose workflows were accepted or activated,
//! masks merchant data and writes dataset lines.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use agent::contract::{self, Answer, Conversation, Entry};
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
    let bar = ProgressBar::new(files.len() as u64);
    let mut all = Curated::default();
    for path in &files {
        let name = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .unwrap_or("session");
        match read(path) {
            Ok(events) => {
                let one = curate(name, &events, &builtin);
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
    message: String,
    errors: bool,
    accepted: Option<bool>,
    disliked: bool,
    failed: bool,
    answered: bool,
}

/// Reads the examples out of one session's log.
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
                draft.clone_from(&state.draft);
                in_force = turns
                    .iter()
                    .rev()
                    .find(|turn| turn.after.is_some() && turn.after == draft)
                    .map(|turn| turn.number);
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
fn masked(workflow: &Workflow, mask: &mut Mask) -> Workflow {
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
    let after = masked(turn.after.as_ref()?, mask);
    let program = flow::python::print(&after, catalog);
    let again = flow::python::parse(&program, catalog);
    if has_error(&again.findings) || flow::python::print(&again.workflow, catalog) != program {
        return None;
    }
    let previous = if before.is_some() { None } else { previous };
    let tools = agent::drive::tools_for(catalog);
    let entries = agent::turn::searches(&request, previous.as_deref(), before.as_ref())
        .into_iter()
        .map(|(tool, arguments)| Entry::Tool(tools.call(tool, &arguments)))
        .collect();
    let conversation = Conversation {
        previous,
        current: before
            .as_ref()
            .map(|workflow| flow::python::print(workflow, catalog)),
        request: request.clone(),
        entries,
    };
    let answer = Answer::Workflow { program };
    Some(Example {
        id: format!("curate-{name}-{}", turn.number),
        slices: vec![if before.is_some() { "edit" } else { "create" }.to_string()],
        source: "curate".to_string(),
        contract: contract::hash(),
        case: Case {
            request,
            installed: installed.to_vec(),
            workflow: before.as_ref().map(flow::json::to_value),
        },
        outcome: "workflow".to_string(),
        segments: contract::segments(&conversation, &answer),
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
}
