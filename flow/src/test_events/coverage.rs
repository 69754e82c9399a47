//! Coverage: which branches of a workflow a set of events takes.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::run_event;
use crate::catalog::Catalog;
use crate::run::{Run, StepOutcome};
use crate::workflow::{StepId, TaskType, Workflow};

/// What a set of events covers of a workflow.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// One entry for each condition step, in file order.
    pub conditions: Vec<ConditionCoverage>,
    /// One entry for each loop, in file order.
    pub loops: Vec<LoopCoverage>,
    /// The steps that ran for none of the events, in file order.
    pub never_ran: Vec<StepId>,
    /// How many branches there are: two for each condition, and the body of each loop.
    pub branches: usize,
    /// How many of them were taken at least once.
    pub covered: usize,
}

/// How often a condition went each way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConditionCoverage {
    /// The id of the step.
    pub step: StepId,
    /// How often the run went on over the port `true`.
    pub took_true: usize,
    /// How often it went on over the port `false`.
    pub took_false: usize,
}

/// How often a loop had items.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoopCoverage {
    /// The id of the step.
    pub step: StepId,
    /// How often the run went into the loop's body.
    pub entered: usize,
    /// How often the list was empty.
    pub empty: usize,
}

/// Runs a workflow over each event, from each of its triggers, and counts the branches taken.
///
/// Waits are over at once, and data steps are answered from the event, as [`run_event`] does it.
pub fn coverage(workflow: &Workflow, events: &[Value], catalog: &Catalog) -> Coverage {
    let runs = events.iter().flat_map(|event| {
        workflow
            .triggers()
            .map(|trigger| run_event(workflow, &trigger.id, event, catalog))
    });
    coverage_of_runs(workflow, runs)
}

/// Counts the branches that runs of a workflow took.
pub fn coverage_of_runs(workflow: &Workflow, runs: impl IntoIterator<Item = Run>) -> Coverage {
    let mut ran: BTreeSet<StepId> = BTreeSet::new();
    // For conditions: true, false. For loops: entered, empty.
    let mut ways: BTreeMap<StepId, (usize, usize)> = BTreeMap::new();
    for step in runs.into_iter().flat_map(|run| run.trace) {
        let first = match step.outcome {
            StepOutcome::Skipped { .. } | StepOutcome::Failed { .. } => continue,
            StepOutcome::Decided { result } => Some(result),
            StepOutcome::Looped { items, .. } => Some(items > 0),
            _ => None,
        };
        if let Some(first) = first {
            let counts = ways.entry(step.step.clone()).or_default();
            counts.0 += usize::from(first);
            counts.1 += usize::from(!first);
        }
        ran.insert(step.step);
    }
    let mut coverage = Coverage::default();
    for step in &workflow.steps {
        let (first, second) = ways.get(&step.id).copied().unwrap_or_default();
        match step.task_type {
            TaskType::Condition => {
                coverage.branches += 2;
                coverage.covered += usize::from(first > 0) + usize::from(second > 0);
                coverage.conditions.push(ConditionCoverage {
                    step: step.id.clone(),
                    took_true: first,
                    took_false: second,
                });
            }
            TaskType::Foreach => {
                coverage.branches += 1;
                coverage.covered += usize::from(first > 0);
                coverage.loops.push(LoopCoverage {
                    step: step.id.clone(),
                    entered: first,
                    empty: second,
                });
            }
            _ => {}
        }
        if !ran.contains(&step.id) {
            coverage.never_ran.push(step.id.clone());
        }
    }
    coverage
}
