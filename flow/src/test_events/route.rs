//! Routes: the ways over links from a trigger to a step.

use std::collections::{BTreeMap, VecDeque};

use crate::workflow::{TaskType, Workflow};

/// No more routes than this are tried, shortest first.
const MAX_ROUTES: usize = 24;

/// No more beginnings of routes than this are followed.
const MAX_LOOKED_AT: usize = 4_000;

/// One way from a trigger to a step: each step before it, with the port the way leaves it over.
pub(super) type Route<'a> = Vec<(&'a str, &'a str)>;

/// The routes that lead from a trigger to a step, shortest first. No step stands twice on one.
pub(super) fn to<'a>(workflow: &'a Workflow, step_id: &'a str) -> Vec<Route<'a>> {
    let mut incoming: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
    for link in &workflow.links {
        incoming
            .entry(link.to.as_str())
            .or_default()
            .push((link.from.as_str(), link.from_port.as_str()));
    }
    let mut routes = Vec::new();
    // Each entry is a route from its first step to `step_id`, last step first.
    let mut waiting: VecDeque<Route<'a>> = VecDeque::from([Vec::new()]);
    for _ in 0..MAX_LOOKED_AT {
        let Some(route) = waiting.pop_front() else {
            break;
        };
        let at = route.last().map_or(step_id, |(id, _)| *id);
        let step = workflow.step(at);
        if step.is_some_and(|step| step.task_type == TaskType::Trigger) {
            routes.push(route.into_iter().rev().collect());
            if routes.len() >= MAX_ROUTES {
                break;
            }
            continue;
        }
        for (from, port) in incoming.get(at).into_iter().flatten() {
            let leaves = workflow
                .step(from)
                .is_some_and(|step| step.task_type.output_ports().contains(port));
            let again = *from == step_id || route.iter().any(|(id, _)| id == from);
            if leaves && !again && waiting.len() < MAX_LOOKED_AT {
                let mut longer = route.clone();
                longer.push((from, port));
                waiting.push_back(longer);
            }
        }
    }
    routes
}
