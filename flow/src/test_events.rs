//! Test events: events made up from the types, for people who want to see both ways of a condition
//! before they turn a workflow on, and the count of what a set of events covers.
//!
//! An event is the environment that [`crate::run::start`] takes: one JSON object with Flow's
//! variable names. What a data step (`Get order data`, `Run code`) would answer stands in it too,
//! under the variable of that step, and [`run_event`] answers the step from there.
//!
//! Events are found in three steps. The condition, and the conditions above it, are taken apart into
//! tests of single places (`order.lineItems[0].sku`), with a choice wherever `||` or a quantifier
//! leaves one. For each place a value is picked that passes all of its tests. The event that comes
//! out is run by the real interpreter, and only what the interpreter confirms is given away.

mod build;
mod candidates;
mod coverage;
mod derive;
mod named;
mod preview;
mod reads;
mod route;
mod samples;
mod solve;

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::catalog::Catalog;
use crate::run::{Answer, Effect, Run, resume_with, start_with};
use crate::scope::with_patched_fields;
use crate::workflow::Workflow;

pub use coverage::{ConditionCoverage, Coverage, LoopCoverage, coverage, coverage_of_runs};
pub use named::{NamedEvent, named_events};
pub use preview::preview;

/// More waits than this are not sat out in one test run.
const MAX_WAITS: usize = 200;

/// The two events of a condition step.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Derived {
    /// An event for which the step runs and its condition holds.
    pub passing: Option<Value>,
    /// An event for which the step runs and its condition does not hold.
    pub failing: Option<Value>,
    /// One sentence for the merchant, when one of the two is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why_not: Option<String>,
}

/// Derives one event that makes a condition step pass and one that makes it fail.
///
/// Takes the workflow, the id of the condition step and the store's catalogue. Both events lead
/// from the trigger to the step, through the conditions above it, and both were run by the
/// interpreter before they are returned. The work is bounded and the same input gives the same events.
pub fn derive(workflow: &Workflow, step_id: &str, catalog: &Catalog) -> Derived {
    let patched = with_patched_fields(workflow, catalog);
    derive::derive(workflow, step_id, patched.as_ref().unwrap_or(catalog))
}

/// A plausible event for the workflow's trigger: every field that the workflow reads, with a value
/// of its type, and one item in every list.
pub fn base_event(workflow: &Workflow, catalog: &Catalog) -> Value {
    let patched = with_patched_fields(workflow, catalog);
    let world = reads::World::new(workflow, patched.as_ref().unwrap_or(catalog));
    build::event(&world, &build::Choice::default())
}

/// Runs a workflow over an event to its end: waits are over at once, and a step that reads data is
/// answered with what the event holds under the step's variable.
///
/// Begins at `trigger_step`. Nothing is performed.
pub fn run_event(workflow: &Workflow, trigger_step: &str, event: &Value, catalog: &Catalog) -> Run {
    run_event_with(workflow, trigger_step, event, catalog, &mut |_| None)
}

/// The same, where `answer` is asked first what the world says to an effect: the result of a script,
/// for example. Where it has nothing to say, the event answers.
pub fn run_event_with(
    workflow: &Workflow,
    trigger_step: &str,
    event: &Value,
    catalog: &Catalog,
    answer: &mut dyn FnMut(&Effect) -> Option<Answer>,
) -> Run {
    let nothing = Map::new();
    let answers = event.as_object().unwrap_or(&nothing);
    let mut answer = |effect: &Effect| {
        answer(effect).unwrap_or_else(|| {
            effect
                .output
                .as_ref()
                .and_then(|name| answers.get(name))
                .cloned()
                .map_or(Answer::Nothing, Answer::Value)
        })
    };
    let mut run = start_with(workflow, catalog, trigger_step, event.clone(), &mut answer);
    let mut waits: VecDeque<_> = std::mem::take(&mut run.waiting).into();
    for _ in 0..MAX_WAITS {
        let Some(wait) = waits.pop_front() else {
            break;
        };
        let mut later = resume_with(workflow, catalog, wait, &mut answer);
        waits.extend(std::mem::take(&mut later.waiting));
        run.extend(later);
    }
    run.waiting = waits.into();
    run
}

#[cfg(test)]
mod tests;
