//! The language alone as WebAssembly, so that `cargo xtask size flow` can weigh it: reading, writing,
//! checking, running and comparing workflows, and the fold of a session, behind one function.
//!
//! The host writes the parts of a request with `put`, a byte of 0 between them, calls `answer` with
//! the number of what it wants, and reads the text of the answer with `get`. Workflows travel as Flow's
//! JSON. A page shares its memory instead; this is the least that keeps all of it reachable.

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use flow::session::{Recorded, State};
use flow::{Catalog, Finding, Workflow, check, condition, diff, json, liquid, python, run};
use serde_json::Value;

static BUFFER: Mutex<Vec<u8>> = Mutex::new(Vec::new());

fn buffer() -> MutexGuard<'static, Vec<u8>> {
    BUFFER.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Appends one byte of the request.
#[unsafe(no_mangle)]
pub extern "C" fn put(byte: u8) {
    buffer().push(byte);
}

/// Answers the request; gives the length of the answer in bytes.
#[unsafe(no_mangle)]
pub extern "C" fn answer(what: u32) -> usize {
    let mut buffer = buffer();
    let request = String::from_utf8_lossy(&buffer).into_owned();
    let mut parts = request.split('\0');
    let mut part = || parts.next().unwrap_or_default();
    *buffer = answered(what, [part(), part(), part()]).into_bytes();
    buffer.len()
}

/// One byte of the answer; 0 beyond its end.
#[unsafe(no_mangle)]
pub extern "C" fn get(at: usize) -> u8 {
    buffer().get(at).copied().unwrap_or_default()
}

static CATALOG: OnceLock<Catalog> = OnceLock::new();

/// The store's catalogue, which the host sends first.
fn catalog() -> &'static Catalog {
    CATALOG.get_or_init(Catalog::default)
}

fn answered(what: u32, [first, second, third]: [&str; 3]) -> String {
    match what {
        // The catalogue: its tasks, and the types of its environment.
        100 => match Catalog::parse(first, second) {
            Ok(catalog) => {
                // A second one changes nothing; a new page starts anew.
                let _ = CATALOG.set(catalog);
                String::new()
            }
            Err(error) => error.message,
        },
        // A `.flow` file, checked and written again.
        0 => {
            let imported = match json::parse(first) {
                Ok(imported) => imported,
                Err(findings) => return told(&findings),
            };
            let workflow = imported.workflow;
            [
                told(&imported.findings),
                told(&check::check(&workflow, catalog())),
                told(&json::export_findings(&workflow, catalog())),
                json::to_flow_file(&workflow),
                json::to_canonical(&workflow),
            ]
            .join("\n")
        }
        // A workflow as a program.
        1 => python::print(&workflow(first), catalog()),
        // A program laid over the workflow it came from.
        2 => {
            let mut reader = python::Incremental::new(catalog().clone());
            let drawn = reader.push(second);
            let (last, parsed) = reader.finish();
            let steps = drawn.into_iter().chain(last).map(|drawn| drawn.step.id);
            let mut answer: Vec<String> = steps.collect();
            answer.push(told(&parsed.findings));
            let merged = python::merge(&workflow(first), parsed, catalog());
            answer.push(json::to_text(&merged));
            answer.join("\n")
        }
        // A run over an event, and what goes on after its waits.
        3 => {
            let workflow = workflow(first);
            let mut run = run::start(&workflow, catalog(), second, data(third));
            for wait in std::mem::take(&mut run.waiting) {
                run.extend(run::resume(&workflow, catalog(), wait));
            }
            let steps = run.trace.iter().map(|step| {
                let tests = step.tests.iter().map(condition::explain);
                tests.collect::<Vec<_>>().join("\n") + &told(&step.findings)
            });
            let effects = run.effects.iter().flat_map(|effect| effect.fields.values());
            let effects = effects.map(Value::to_string);
            steps.chain(effects).collect::<Vec<_>>().join("\n")
        }
        // The changes between two workflows, and the workflow that some of them give.
        4 => {
            let (before, after) = (workflow(first), workflow(second));
            let diff = diff::diff(&before, &after);
            let accepted: Vec<&str> = third.split(' ').collect();
            let accepted = diff::with_needs(&diff, &accepted);
            let applied = diff::apply(&before, &diff, &accepted);
            let ids = diff.changes.iter().map(|change| change.id.as_str());
            ids.collect::<Vec<_>>().join("\n") + &json::to_text(&applied)
        }
        // A condition in canonical text, and whether it holds.
        5 => match condition::parse(first) {
            Ok(expr) => {
                let holds = condition::evaluate(&expr, &data(second)).result;
                format!("{holds} {}", condition::print(&expr))
            }
            Err(error) => error.message,
        },
        // A text with Liquid.
        6 => {
            let rendered = liquid::render(first, &data(second));
            told(&liquid::check(first)) + &rendered.text + &told(&rendered.findings)
        }
        // The log of a session.
        _ => {
            let log: Vec<Recorded> = serde_json::from_str(first).unwrap_or_default();
            let state = State::fold(&log);
            state.shown().map(json::to_text).unwrap_or_default() + &told(state.shown_findings())
        }
    }
}

fn workflow(file: &str) -> Workflow {
    json::parse(file).map_or_else(|_| Workflow::default(), |imported| imported.workflow)
}

fn data(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

fn told(findings: &[Finding]) -> String {
    let messages: Vec<&str> = findings
        .iter()
        .map(|finding| finding.message.as_str())
        .collect();
    messages.join("\n")
}
