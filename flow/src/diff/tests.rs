//! Differences: their laws, their sentences, and what they make of edited programs.

use super::*;
use crate::catalog::Catalog;
use crate::python;
use crate::workflow::Link;

pub(crate) mod generate;
mod healing;
mod laws;
mod programs;
mod sentences;

/// The set of these ids.
fn ids(ids: &[&str]) -> BTreeSet<ChangeId> {
    ids.iter().map(|id| (*id).to_string()).collect()
}

/// The ids of all changes, in order.
fn found(diff: &Diff) -> Vec<&str> {
    diff.changes
        .iter()
        .map(|change| change.id.as_str())
        .collect()
}

/// The links as `s1.output>s2`, in order.
fn links(workflow: &Workflow) -> String {
    workflow
        .links
        .iter()
        .map(|link| format!("{}.{}>{}", link.from, link.from_port, link.to))
        .collect::<Vec<_>>()
        .join(" ")
}

/// A workflow of logs (`a`), triggers (`t`), conditions (`c`) and loops (`f`), by the first letter of
/// their ids, with links written as [`links`] writes them; `>` alone is over `output`.
fn graph(steps: &str, edges: &str) -> Workflow {
    let mut workflow = Workflow {
        name: "Test".into(),
        ..Workflow::default()
    };
    for id in steps.split_whitespace() {
        let (task, task_type) = match id.chars().next() {
            Some('t') => ("shopify::admin::order_created", TaskType::Trigger),
            Some('c') => ("shopify::flow::condition", TaskType::Condition),
            Some('f') => ("shopify::flow::foreach", TaskType::Foreach),
            _ => ("shopify::flow::log_output", TaskType::Action),
        };
        workflow.steps.push(Step::new(id, task, "0.1", task_type));
    }
    for edge in edges.split_whitespace() {
        let (from, to) = edge.split_once('>').unwrap();
        let (from, port) = from.split_once('.').unwrap_or((from, "output"));
        workflow.links.push(Link::new(from, port, to));
    }
    workflow
}
