//! Findings about the task that a step runs: unknown, not installed, of another type, guessed.

use crate::catalog::{Catalog, IdStatus, Task, nearest, only_nearest};
use crate::python::shipped;
use crate::workflow::{Step, TaskType};

use super::{Bucket, Finding, Severity};

/// For more unknown tasks of one workflow than this it is not looked for what was meant.
const MAX_MEANT: usize = 20;

/// Checks the task of a step; gives it back when the store has it.
pub(super) fn check<'a>(
    step: &Step,
    catalog: &'a Catalog,
    findings: &mut Vec<Finding>,
) -> Option<&'a Task> {
    let unknown_before = findings
        .iter()
        .filter(|finding| finding.code == "TASK_NOT_FOUND")
        .count();
    let mut say = |severity, code: &str, message: String| {
        findings.push(Finding::new(severity, Bucket::Task, code, message).at_step(&step.id));
    };
    let Some(task) = catalog.task(&step.task_id) else {
        match shipped().task(&step.task_id) {
            Some(task) => say(
                Severity::Error,
                "TASK_NOT_AVAILABLE",
                match &task.connector {
                    Some(connector) => format!(
                        "{} needs the {connector} connector, which this store has not installed; install it or choose another step.",
                        task.label
                    ),
                    None => format!(
                        "{} is not available in this store; choose another step.",
                        task.label
                    ),
                },
            ),
            // An app's own task goes by a bare UUID, and no catalogue here can know it.
            None if is_uuid(&step.task_id) => say(
                Severity::Warning,
                "TASK_NOT_AVAILABLE",
                "This step belongs to an app that is not known here, so its settings cannot be checked; make sure that the app is installed."
                    .to_string(),
            ),
            None => {
                // What was meant is looked for among all tasks, which a file of nothing but unknown
                // ones should not do thousands of times.
                let near = (unknown_before < MAX_MEANT).then(|| {
                    let names = catalog.tasks().flat_map(|task| [task.id.as_str(), task.name.as_str()]);
                    nearest(&step.task_id, names)
                });
                let advice = match near.flatten() {
                    Some(near) => format!("did you mean {near}?"),
                    None => "choose one from the task list.".to_string(),
                };
                say(
                    Severity::Error,
                    "TASK_NOT_FOUND",
                    format!("There is no task {}; {advice}", step.task_id),
                );
                if unknown_before < MAX_MEANT
                    && let Some(finding) = findings.last_mut()
                {
                    finding.correction = meant(step, catalog);
                }
            }
        }
        return None;
    };
    if task.task_type != step.task_type {
        say(
            Severity::Error,
            "WORKFLOW_STRUCTURE_INVALID",
            format!(
                "{} is {} and cannot be used as {}; choose another step.",
                task.label,
                word(task.task_type),
                word(step.task_type)
            ),
        );
    }
    if let Some(name) = &step.name
        && !is_name_of(name, &task.label)
    {
        say(
            Severity::Warning,
            "INVALID_STEP_NAME",
            format!(
                "Flow names this step “{}”, with a number in brackets where there are several; it may refuse “{name}”.",
                task.label
            ),
        );
    }
    if task.id_status == IdStatus::Guess {
        say(
            Severity::Information,
            "TASK_ID_GUESSED",
            format!(
                "The id of {} was derived from its label and never seen in an export; try the file in Shopify Flow before you rely on it there.",
                task.label
            ),
        );
    }
    Some(task)
}

/// True for the task's label, alone or with a number: `Run code (1)`.
fn is_name_of(name: &str, label: &str) -> bool {
    let plain = name.trim();
    let plain = plain.strip_suffix(')').unwrap_or(plain);
    let plain = plain.trim_end_matches(|c: char| c.is_ascii_digit());
    let plain = plain.strip_suffix('(').unwrap_or(plain).trim();
    plain.is_empty() || plain.eq_ignore_ascii_case(label)
}

/// The id of the only task of the step's type whose id or name is near.
fn meant(step: &Step, catalog: &Catalog) -> Option<String> {
    let of_type = || {
        catalog
            .tasks()
            .filter(|task| task.task_type == step.task_type)
    };
    let names = of_type().flat_map(|task| [task.id.as_str(), task.name.as_str()]);
    let near = only_nearest(&step.task_id, names)?;
    of_type()
        .find(|task| task.id == near || task.name == near)
        .map(|task| task.id.clone())
}

fn word(task_type: TaskType) -> &'static str {
    match task_type {
        TaskType::Trigger => "a trigger",
        TaskType::Condition => "a condition",
        TaskType::Action => "an action",
        TaskType::Foreach => "a loop",
        TaskType::Wait => "a wait",
    }
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}
