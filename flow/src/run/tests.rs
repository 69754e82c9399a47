//! Tests of this module: workflows over small events, and what each step came to.

use serde_json::{Value, json};

use super::*;
use crate::workflow::{Link, Step, TaskType, Workflow};

mod fields;
mod names;
mod selection;
mod steps;
mod waits;

/// A step with this config.
fn step(id: &str, task: &str, task_type: TaskType, config: &[(&str, &str)]) -> Step {
    let mut step = Step::new(id, task, "0.1", task_type);
    for (field, value) in config {
        step.set_config(field, *value);
    }
    step
}

fn trigger() -> Step {
    step("t", "shopify::admin::order_created", TaskType::Trigger, &[])
}

fn log(id: &str, message: &str) -> Step {
    step(
        id,
        "shopify::flow::log_output",
        TaskType::Action,
        &[("message", message)],
    )
}

fn foreach(id: &str, path: &str) -> Step {
    step(
        id,
        "shopify::flow::foreach",
        TaskType::Foreach,
        &[("listpath", path)],
    )
}

fn wait(id: &str, duration: &str) -> Step {
    step(
        id,
        "shopify::flow::wait",
        TaskType::Wait,
        &[("wait_duration", duration)],
    )
}

/// A workflow with links written `t>a f.loop_body>b`; `>` alone is over `output`.
fn workflow(steps: Vec<Step>, edges: &str) -> Workflow {
    let links = edges
        .split_whitespace()
        .map(|edge| {
            let (from, to) = edge.split_once('>').expect("an arrow");
            let (from, port) = from.split_once('.').unwrap_or((from, "output"));
            Link::new(from, port, to)
        })
        .collect();
    Workflow {
        name: "Test".to_string(),
        steps,
        links,
        ..Workflow::default()
    }
}

/// Runs one step after a trigger.
fn one(step: Step, event: Value) -> Run {
    let edge = format!("t>{}", step.id);
    let workflow = workflow(vec![trigger(), step], &edge);
    start(&workflow, &Catalog::builtin(), "t", event)
}

/// The texts that were logged, in order.
fn logged(run: &Run) -> Vec<&str> {
    run.effects
        .iter()
        .filter_map(|effect| effect.fields.get("message").and_then(Value::as_str))
        .collect()
}

/// The ids of the steps that ran, in order.
fn ran(run: &Run) -> Vec<&str> {
    run.trace.iter().map(|step| step.step.as_str()).collect()
}

/// The codes of what a step run has to say.
fn codes(step: &StepRun) -> Vec<&str> {
    step.findings
        .iter()
        .map(|finding| finding.code.as_str())
        .collect()
}
