//! The benchmark that ships with the trainer, held against the scorer: the right answers are scored
//! right, and answers that are a little wrong are scored wrong.

use std::sync::LazyLock;

use agent::doubts::{Asked, Doubts};
use flow::workflow::Link;
use flow::{Catalog, Workflow};
use serde::Deserialize;
use serde_json::Value;

use super::*;

static BUILTIN: LazyLock<Catalog> = LazyLock::new(Catalog::builtin);

/// A line of `bench/right.jsonl`.
#[derive(Deserialize)]
struct RightAnswer {
    id: String,
    outcome: String,
    workflow: Option<Value>,
    message: String,
}

fn lines<T: serde::de::DeserializeOwned>(text: &str) -> Vec<T> {
    text.lines()
        .map(|line| serde_json::from_str(line).expect("a line of the benchmark"))
        .collect()
}

/// The cases that ship with the trainer, each with its right answer.
fn shipped() -> Vec<(BenchCase, RightAnswer)> {
    let cases: Vec<BenchCase> = lines(include_str!("../../bench/cases.jsonl"));
    let answers: Vec<RightAnswer> = lines(include_str!("../../bench/right.jsonl"));
    assert_eq!(cases.len(), answers.len());
    cases.into_iter().zip(answers).collect()
}

fn flow(json: &Value) -> Workflow {
    flow::json::parse(&json.to_string())
        .expect("a workflow of the benchmark")
        .workflow
}

/// Scores a workflow the way `eval` does, with the connectors of the case.
fn judge(case: &BenchCase, workflow: &Workflow) -> Score {
    let catalog = BUILTIN.with_connectors(&case.installed);
    score(
        case,
        &Answered {
            outcome: "workflow",
            message: "",
            workflow: Some(workflow),
            errors: flow::check::has_error(&flow::check::check(workflow, &catalog)),
        },
    )
}

#[test]
fn every_shipped_case_has_a_right_answer() {
    for (case, answer) in shipped() {
        assert_eq!(case.id, answer.id);
        let judged = match &answer.workflow {
            Some(workflow) => judge(&case, &flow(workflow)),
            None => score(
                &case,
                &Answered {
                    outcome: &answer.outcome,
                    message: &answer.message,
                    ..Answered::default()
                },
            ),
        };
        assert!(judged.right, "{}: {:?}", case.id, judged.reasons);
    }
}

/// A right answer that is doubted costs a merchant time, and may lose to a wrong one.
#[test]
fn hardly_any_right_answer_is_doubted() {
    let mut doubted = Vec::new();
    let mut workflows = 0;
    for (case, answer) in shipped() {
        let Some(json) = &answer.workflow else {
            continue;
        };
        workflows += 1;
        let catalog = BUILTIN.with_connectors(&case.installed);
        let before = case.workflow.as_ref().map(flow);
        let doubts = Doubts::of(
            &Asked {
                request: &case.request,
                previous: None,
                before: before.as_ref(),
                catalog: &catalog,
            },
            &flow(json),
        );
        if doubts.count() > 0 {
            doubted.push(format!("{} {}: {doubts:?}", case.id, case.request));
        }
    }
    assert!(doubted.len() * 50 <= workflows, "{}", doubted.join("\n"));
}

#[test]
fn no_shipped_case_is_right_with_another_trigger() {
    for (case, answer) in shipped() {
        let Some(json) = &answer.workflow else {
            continue;
        };
        let mut workflow = flow(json);
        for step in &mut workflow.steps {
            if step.task_type == TaskType::Trigger {
                step.task_id = "shopify::admin::collection_deleted".to_string();
                step.config.clear();
            }
        }
        assert!(!judge(&case, &workflow).right, "{}", case.id);
    }
}

/// A condition with its first literal changed: a text for another, a number for a larger one.
fn with_another_literal(condition: &str) -> Option<String> {
    if let Some(at) = condition.find(" '") {
        let (before, after) = condition.split_at(at + 2);
        return Some(format!("{before}other{after}"));
    }
    let at = condition.find(|c: char| c.is_ascii_digit())?;
    let (before, after) = condition.split_at(at);
    Some(format!("{before}9{after}"))
}

#[test]
fn no_shipped_case_is_right_with_a_literal_of_a_condition_changed() {
    let mut changes = 0;
    for (case, answer) in shipped() {
        let Some(json) = &answer.workflow else {
            continue;
        };
        let workflow = flow(json);
        for at in 0..workflow.steps.len() {
            let Some(changed) = workflow.steps[at]
                .config_value("condition")
                .and_then(with_another_literal)
            else {
                continue;
            };
            let mut wrong = workflow.clone();
            for field in &mut wrong.steps[at].config {
                if field.id == "condition" {
                    field.value.clone_from(&changed);
                }
            }
            changes += 1;
            assert!(!judge(&case, &wrong).right, "{}: {changed}", case.id);
        }
    }
    assert!(changes > 100, "{changes}");
}

/// The workflow without a step; what followed it follows what was before it.
fn without(workflow: &Workflow, id: &str) -> Workflow {
    let mut out = workflow.clone();
    let after: Vec<String> = out
        .links
        .iter()
        .filter(|link| link.from == id && !matches!(link.from_port.as_str(), "false" | "after"))
        .map(|link| link.to.clone())
        .collect();
    let into: Vec<Link> = out
        .links
        .iter()
        .filter(|link| link.to == id)
        .cloned()
        .collect();
    out.links.retain(|link| link.from != id && link.to != id);
    for link in into {
        for to in &after {
            out.links.push(Link {
                to: to.clone(),
                ..link.clone()
            });
        }
    }
    out.steps.retain(|step| step.id != id);
    out
}

/// A guard against an empty value may be there or not; of two equal tests one may go unnoticed.
const SPARED_CONDITIONS: [&str; 2] = ["own-create-39", "own-schedule-20"];

#[test]
fn no_shipped_case_is_right_without_one_of_its_steps() {
    for (case, answer) in shipped() {
        let Some(json) = &answer.workflow else {
            continue;
        };
        let workflow = flow(json);
        for step in &workflow.steps {
            let may_go = step.task_type == TaskType::Condition
                && SPARED_CONDITIONS.contains(&case.id.as_str());
            if step.task_type == TaskType::Trigger || may_go {
                continue;
            }
            let wrong = without(&workflow, &step.id);
            assert!(
                !judge(&case, &wrong).right,
                "{} without {}",
                case.id,
                step.task_id
            );
        }
    }
}

#[test]
fn no_shipped_case_is_right_with_the_workflow_left_as_it_was() {
    for (case, answer) in shipped() {
        let (Some(before), Some(_)) = (&case.workflow, &answer.workflow) else {
            continue;
        };
        assert!(!judge(&case, &flow(before)).right, "{}", case.id);
    }
}
