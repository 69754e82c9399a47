//! Findings about the graph: triggers, ids, links, steps that nothing reaches, circles.

use crate::places::Places;
use crate::sorted::SortedSet;
use crate::workflow::{TaskType, Workflow};

use super::{Bucket, Finding, Severity};

/// More steps than this are not checked one by one, and cannot be turned on.
pub(crate) const MAX_STEPS: usize = 2_000;
/// The longest name of a workflow, in characters.
const MAX_NAME: usize = 255;

pub(super) fn check(workflow: &Workflow, places: &Places) -> Vec<Finding> {
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
    ids(workflow, places, &mut findings);
    links(workflow, places, &mut findings);
    reach(workflow, places, &mut findings);
    findings
}

fn ids(workflow: &Workflow, places: &Places, findings: &mut Vec<Finding>) {
    for (at, (step, place)) in workflow.steps.iter().zip(&places.of_steps).enumerate() {
        let message = if step.id.is_empty() {
            "A step has no id; give it one."
        } else if *place != at {
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

fn links(workflow: &Workflow, places: &Places, findings: &mut Vec<Finding>) {
    // Of several steps with one id, the last one's type counts.
    let mut types: Vec<TaskType> = workflow.steps.iter().map(|step| step.task_type).collect();
    for (step, place) in workflow.steps.iter().zip(&places.of_steps) {
        types[*place] = step.task_type;
    }
    let mut seen = SortedSet::new();
    for (link, (from, to)) in workflow.links.iter().zip(&places.of_links) {
        let (from, to) = (*from, *to);
        let message = match (from, to) {
            (None, _) => format!(
                "A link starts at the step {}, which is not there; remove it.",
                link.from
            ),
            (_, None) => format!(
                "A link leads to the step {}, which is not there; remove it.",
                link.to
            ),
            (Some(from), _)
                if !types[from]
                    .output_ports()
                    .contains(&link.from_port.as_str()) =>
            {
                format!(
                    "A link leaves the step {} over the port {}, which it has not; use {}.",
                    link.from,
                    link.from_port,
                    types[from].output_ports().join(" or ")
                )
            }
            (_, Some(to)) if types[to] == TaskType::Trigger => {
                "A link leads into a trigger, which only begins workflows; remove it.".to_string()
            }
            _ if link.to_port != "input" => format!(
                "A link enters the step {} over the port {}; every step is entered over input.",
                link.to, link.to_port
            ),
            _ if link.from == link.to => {
                "A step is linked to itself; remove that link.".to_string()
            }
            _ if !seen.insert((from, link.from_port.as_str(), to)) => {
                "The same link is there twice; remove one.".to_string()
            }
            _ => continue,
        };
        let at = if from.is_some() { &link.from } else { &link.to };
        findings.push(
            Finding::new(Severity::Error, Bucket::Workflow, "INVALID_LINK", message).at_step(at),
        );
    }
}

/// Steps that no trigger reaches, steps in circles, loops without a body.
fn reach(workflow: &Workflow, places: &Places, findings: &mut Vec<Finding>) {
    let count = workflow.steps.len();
    let mut follow: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut entered = vec![0_usize; count];
    let mut has_body = vec![false; count];
    for (link, (from, to)) in workflow.links.iter().zip(&places.of_links) {
        // A link from or to a step that is not there is reported as such, and leads nowhere.
        let Some(from) = *from else {
            continue;
        };
        has_body[from] |= link.from_port == "loop_body";
        if let Some(to) = *to {
            follow[from].push(to);
            entered[to] += 1;
        }
    }
    let mut reached = vec![false; count];
    let mut waiting = Vec::new();
    for (step, place) in workflow.steps.iter().zip(&places.of_steps) {
        if step.task_type == TaskType::Trigger && !std::mem::replace(&mut reached[*place], true) {
            waiting.push(*place);
        }
    }
    let has_trigger = !waiting.is_empty();
    while let Some(place) = waiting.pop() {
        for next in &follow[place] {
            if !std::mem::replace(&mut reached[*next], true) {
                waiting.push(*next);
            }
        }
    }
    let in_circle = circles(&places.of_steps, &follow, entered);
    for (step, place) in workflow.steps.iter().zip(&places.of_steps) {
        let id = step.id.as_str();
        if has_trigger && !reached[*place] {
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
        if in_circle[*place] {
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
        if step.task_type == TaskType::Foreach && !has_body[*place] {
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

/// Which steps stand in a circle of links.
fn circles(of_step: &[usize], follow: &[Vec<usize>], entered: Vec<usize>) -> Vec<bool> {
    // Whoever is left after taking away steps that nothing enters stands in a circle, or behind one;
    // a long chain behind one is rare enough that the second pass may go over it again and again.
    let mut free: Vec<usize> = of_step
        .iter()
        .copied()
        .filter(|number| entered[*number] == 0)
        .collect();
    let mut left = entered;
    while let Some(number) = free.pop() {
        for next in &follow[number] {
            if left[*next] > 0 {
                left[*next] -= 1;
                if left[*next] == 0 {
                    free.push(*next);
                }
            }
        }
    }
    // What stands behind a circle is not to blame: taken away from the other end.
    let mut circle: Vec<bool> = left.iter().map(|count| *count > 0).collect();
    loop {
        let behind: Vec<usize> = (0..circle.len())
            .filter(|number| circle[*number] && !follow[*number].iter().any(|next| circle[*next]))
            .collect();
        if behind.is_empty() {
            return circle;
        }
        for number in behind {
            circle[number] = false;
        }
    }
}
