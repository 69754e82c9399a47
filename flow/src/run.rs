//! Interpreting a workflow over an event: which steps run, what each condition met, and which
//! effects the workflow asks for. Nothing is performed here.

mod fields;
mod interpret;
mod selection;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use crate::catalog::{Catalog, Task};
use crate::check::Finding;
use crate::condition::Test;
use crate::from_json::from_json;
use crate::workflow::{Step, StepId, Workflow};

pub use interpret::{RUN_CODE, resume, resume_with, start, start_with};
pub(crate) use interpret::{bare_path, field_of_kind, list_path};

/// Flow runs a loop for at most this many items.
pub const MAX_ITEMS: usize = 100;

/// A run stops after this many step runs; loops in loops reach it, honest workflows do not.
pub const MAX_STEP_RUNS: usize = 10_000;

/// A run waits at no more places than this at once: each keeps a copy of what the run knows.
pub const MAX_WAITS: usize = 1_000;

/// What a run, or the part of it up to its waits, came to.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Run {
    /// Every step that ran, in order.
    pub trace: Vec<StepRun>,
    /// What is to be performed, in order.
    pub effects: Vec<Effect>,
    /// Where the run goes on later; empty when it is finished.
    pub waiting: Vec<Resume>,
}

from_json! {
    struct Run { trace, effects, waiting }
}

impl Run {
    /// Appends the part of the run that came after a wait.
    pub fn extend(&mut self, later: Run) {
        let before = self.effects.len();
        self.trace.extend(later.trace.into_iter().map(|mut step| {
            step.effect = step.effect.map(|index| index + before);
            step
        }));
        self.effects.extend(later.effects);
        self.waiting.extend(later.waiting);
    }
}

/// One step that ran once.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StepRun {
    /// The step of the workflow.
    pub step: StepId,
    /// The task it runs.
    pub task_id: String,
    /// How it ended.
    pub outcome: StepOutcome,
    /// Inside a loop, the item it ran for, for example `order.lineItems[2]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// For a condition: every comparison, see [`crate::condition::explain`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tests: Vec<Test>,
    /// The config as it was when the step ran: Liquid rendered, references resolved.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, Value>,
    /// What the world answered, where later steps can read it: the output of `Run code`, for example.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<Value>,
    /// The place of its effect in [`Run::effects`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effect: Option<usize>,
    /// What went not quite as planned, such as a variable that was not there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
}

from_json! {
    struct StepRun {
        step,
        task_id,
        outcome,
        item,
        tests or default,
        fields or default,
        output,
        effect,
        findings or default,
    }
}

/// How a step run ended.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum StepOutcome {
    /// A trigger began the run.
    Started,
    /// A condition held or not; the run goes on over that port.
    Decided {
        /// Whether it held.
        result: bool,
    },
    /// A loop runs over this many items, of `total` in the list.
    Looped {
        /// The items it runs for, at most [`MAX_ITEMS`].
        items: usize,
        /// The items of the list.
        total: usize,
    },
    /// A wait begins; `seconds` is what [`Resume::seconds`] says.
    Waiting {
        /// How long from now, in seconds.
        seconds: u64,
    },
    /// A step without effect worked something out: a count or a sum.
    Computed {
        /// What later steps read.
        value: Value,
    },
    /// The step asks for an effect.
    Asked,
    /// The step did not run; the run goes on without what follows it.
    Skipped {
        /// One sentence for the merchant.
        reason: String,
    },
    /// The step cannot run; what follows it does not run either.
    Failed {
        /// One sentence for the merchant.
        reason: String,
    },
}

from_json! {
    enum StepOutcome by "kind" {
        Started = "started" {},
        Decided = "decided" { result },
        Looped = "looped" { items, total },
        Waiting = "waiting" { seconds },
        Computed = "computed" { value },
        Asked = "asked" {},
        Skipped = "skipped" { reason },
        Failed = "failed" { reason },
    }
}

/// Something the workflow asks to be done.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Effect {
    /// The step of the workflow.
    pub step: StepId,
    /// The task it runs.
    pub task_id: String,
    /// The rendered config: references to objects are ids, lists are lists, numbers are numbers.
    pub fields: BTreeMap<String, Value>,
    /// The variable under which later steps read the answer; `None` when nobody waits for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<String>,
    /// Inside a loop, the item it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
}

from_json! {
    struct Effect { step, task_id, fields, output, item }
}

/// What the world answers to an effect whose output later steps read.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// Nothing is known: later steps see an empty list or nil.
    Nothing,
    /// This is what later steps see.
    Value(Value),
    /// It failed, for this reason; what follows the step does not run.
    Failed(String),
}

/// A place where the run goes on later, with everything it needs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Resume {
    /// Goes on with what follows this step …
    pub step: StepId,
    /// … over this port.
    pub port: String,
    /// How long from now, in seconds.
    pub seconds: u64,
    /// The environment at the wait: the event, outputs of earlier steps, loop items.
    pub env: Value,
    /// Inside a loop, the item it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// Steps that already ran for this item; they do not run again.
    pub done: BTreeSet<StepId>,
}

from_json! {
    struct Resume {
        step,
        port,
        seconds,
        env,
        item,
        done or default,
    }
}

/// The variable under which later steps read a step's output; `None` for a step without one.
///
/// It is the task's own name (`getOrderData`), with a number from the second such step of the file
/// on (`getOrderData1`); a step that was given a name takes the variable's name from that.
pub fn output_name(workflow: &Workflow, step: &Step, catalog: &Catalog) -> Option<String> {
    let base = catalog.task(&step.task_id)?.output()?.name.clone();
    if let Some(name) = step.name.as_deref().map(camel_case)
        && !name.is_empty()
    {
        return Some(name);
    }
    let before = workflow
        .steps
        .iter()
        .take_while(|other| other.id != step.id)
        .filter(|other| {
            catalog
                .task(&other.task_id)
                .and_then(Task::output)
                .is_some_and(|output| output.name == base)
        })
        .count();
    Some(match before {
        0 => base,
        number => format!("{base}{number}"),
    })
}

/// `Get order data 2` becomes `getOrderData2`.
pub(crate) fn camel_case(text: &str) -> String {
    let mut out = String::new();
    for word in text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
    {
        let mut chars = word.chars();
        match chars.next() {
            Some(first) if out.is_empty() => out.extend(first.to_lowercase()),
            Some(first) => out.extend(first.to_uppercase()),
            None => {}
        }
        out.push_str(&chars.as_str().to_lowercase());
    }
    out
}

#[cfg(test)]
mod tests;
