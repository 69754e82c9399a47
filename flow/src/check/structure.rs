//! Findings about the graph: triggers, ids, links, steps that nothing reaches, circles.

use std::collections::{BTreeMap, BTreeSet};

use crate::workflow::{TaskType, Workflow};

use super::{Bucket, Finding, Severity};

/// More steps than this are not checked one by one, and cannot be turned on.
pub(crate) const MAX_STEPS: usize = 2_000;
/// The longest name of a workflow, in characters.
const MAX_NAME: usize = 255;

pub(super) fn check(workflow: &Workflow) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut error = |code: &str, message: String| {
        findings.push(Finding::new(
            Severity::Error,
            Bucket::Workflow,
            code,
            message,
        ));
    };
    if workflow.name.trim().is_empty() {
        error(
            "WORKFLOW_NAME_REQUIRED",
            "The workflow has no name; give it one.".into(),
        );
    } else if workflow.name.chars().count() > MAX_NAME {
        error(
            "WORKFLOW_NAME_TOO_LONG",
            format!("The workflow's name is too long; use at most {MAX_NAME} characters."),
        );
    }
    if workflow.steps.len() > MAX_STEPS {
        error(
            "MAX_STEPS_EXCEEDED",
            format!("The workflow has more than {MAX_STEPS} steps; split it into several."),
        );
    }
    match workflow.triggers().count() {
        0 => error(
            "WORKFLOW_STRUCTURE_INVALID",
            "The workflow has no trigger, so nothing would start it; add one.".into(),
        ),
        1 => {}
        _ => error(
            "MULTIPLE_TRIGGER_STEPS",
            "The workflow has several triggers and Flow allows one; make a workflow for each."
                .into(),
        ),
    }
    if !workflow.steps.is_empty()
        && workflow
            .steps
            .iter()
            .all(|step| step.task_type == TaskType::Trigger)
    {
        findings.push(Finding::new(
            Severity::Warning,
            Bucket::Workflow,
            "WORKFLOW_STRUCTURE_INVALID",
            "The workflow does nothing after its trigger; add an action.",
        ));
    }
    ids(workflow, &mut findings);
    links(workflow, &mut findings);
    reach(workflow, &mut findings);
    findings
}

fn ids(workflow: &Workflow, findings: &mut Vec<Finding>) {
    let mut seen = BTreeSet::new();
    for step in &workflow.steps {
        let message = if step.id.is_empty() {
            "A step has no id; give it one."
        } else if !seen.insert(step.id.as_str()) {
            "Two steps have the same id; give each its own."
        } else {
            continue;
        };
        findings.push(
            Finding::new(
                Severity::Error,
                Bucket::Workflow,
                "INVALID_STEP_ID",
                message,
            )
            .at_step(&step.id),
        );
    }
}

fn links(workflow: &Workflow, findings: &mut Vec<Finding>) {
    let types: BTreeMap<&str, TaskType> = workflow
        .steps
        .iter()
        .map(|step| (step.id.as_str(), step.task_type))
        .collect();
    let mut seen = BTreeSet::new();
    for link in &workflow.links {
        let message = match (types.get(link.from.as_str()), types.get(link.to.as_str())) {
            (None, _) => format!(
                "A link starts at the step {}, which is not there; remove it.",
                link.from
            ),
            (_, None) => format!(
                "A link leads to the step {}, which is not there; remove it.",
                link.to
            ),
            (Some(from), _) if !from.output_ports().contains(&link.from_port.as_str()) => format!(
                "A link leaves the step {} over the port {}, which it has not; use {}.",
                link.from,
                link.from_port,
                from.output_ports().join(" or ")
            ),
            (_, Some(TaskType::Trigger)) => {
                "A link leads into a trigger, which only begins workflows; remove it.".to_string()
            }
            _ if link.to_port != "input" => format!(
                "A link enters the step {} over the port {}; every step is entered over input.",
                link.to, link.to_port
            ),
            _ if link.from == link.to => {
                "A step is linked to itself; remove that link.".to_string()
            }
            _ if !seen.insert((&link.from, &link.from_port, &link.to)) => {
                "The same link is there twice; remove one.".to_string()
            }
            _ => continue,
        };
        let at = if types.contains_key(link.from.as_str()) {
            &link.from
        } else {
            &link.to
        };
        findings.push(
            Finding::new(Severity::Error, Bucket::Workflow, "INVALID_LINK", message).at_step(at),
        );
    }
}

/// Steps that no trigger reaches, steps in circles, loops without a body.
fn reach(workflow: &Workflow, findings: &mut Vec<Finding>) {
    let mut follow: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut entered: BTreeMap<&str, usize> = BTreeMap::new();
    let mut bodies = BTreeSet::new();
    let there: BTreeSet<&str> = workflow.steps.iter().map(|step| step.id.as_str()).collect();
    for link in &workflow.links {
        // A link from a step that is not there is reported as such, and leads nowhere.
        if !there.contains(link.from.as_str()) {
            continue;
        }
        follow.entry(&link.from).or_default().push(&link.to);
        *entered.entry(&link.to).or_default() += 1;
        if link.from_port == "loop_body" {
            bodies.insert(link.from.as_str());
        }
    }
    let mut reached: BTreeSet<&str> = workflow.triggers().map(|step| step.id.as_str()).collect();
    let has_trigger = !reached.is_empty();
    let mut waiting: Vec<&str> = reached.iter().copied().collect();
    while let Some(id) = waiting.pop() {
        for next in follow.get(id).into_iter().flatten() {
            if reached.insert(next) {
                waiting.push(next);
            }
        }
    }
    // Whoever is left after taking away steps that nothing enters stands in a circle, or behind one;
    // a long chain behind one is rare enough that the second pass may go over it again and again.
    let mut free: Vec<&str> = workflow
        .steps
        .iter()
        .map(|step| step.id.as_str())
        .filter(|id| !entered.contains_key(id))
        .collect();
    let mut left = entered;
    while let Some(id) = free.pop() {
        for next in follow.get(id).into_iter().flatten() {
            if let Some(count) = left.get_mut(next) {
                *count = count.saturating_sub(1);
                if *count == 0 {
                    left.remove(next);
                    free.push(next);
                }
            }
        }
    }
    // What stands behind a circle is not to blame: taken away from the other end.
    let mut circle: BTreeSet<&str> = left.keys().copied().collect();
    loop {
        let behind: Vec<&str> = circle
            .iter()
            .copied()
            .filter(|id| {
                let mut next = follow.get(id).into_iter().flatten();
                !next.any(|next| circle.contains(next))
            })
            .collect();
        if behind.is_empty() {
            break;
        }
        for id in behind {
            circle.remove(id);
        }
    }
    for step in &workflow.steps {
        let id = step.id.as_str();
        if has_trigger && !reached.contains(id) {
            findings.push(
                Finding::new(
                    Severity::Warning,
                    Bucket::Workflow,
                    "WORKFLOW_STRUCTURE_INVALID",
                    "Nothing leads to this step, so it never runs; link it or remove it.",
                )
                .at_step(id),
            );
        }
        if circle.contains(id) {
            findings.push(
                Finding::new(
                    Severity::Error,
                    Bucket::Workflow,
                    "WORKFLOW_STRUCTURE_INVALID",
                    "This step would wait for itself: its links run in a circle; remove one of them.",
                )
                .at_step(id),
            );
        }
        if step.task_type == TaskType::Foreach && !bodies.contains(id) {
            findings.push(
                Finding::new(
                    Severity::Error,
                    Bucket::ForeachBody,
                    "WORKFLOW_STRUCTURE_INVALID",
                    "This loop has nothing to do for its items; put a step inside it.",
                )
                .at_step(id),
            );
        }
    }
}
