//! Findings: what a check has to say about a workflow, in Flow's own buckets.

mod correct;
mod fields;
mod query;
mod script;
mod special;
mod structure;
mod tasks;

use serde::Serialize;

use crate::catalog::Catalog;
use crate::from_json::from_json;
use crate::scope::{Scopes, with_patched_fields};
use crate::sorted::SortedMap;
use crate::workflow::{StepId, Workflow};

pub(crate) use correct::only_object;
pub use special::mutations;
pub(crate) use structure::MAX_STEPS;

/// Checks a whole workflow against the catalogue of the store it is for.
///
/// Deterministic; findings about the workflow come first, then those of each step in file order.
/// Codes are Flow's own where Flow has one.
pub fn check(workflow: &Workflow, catalog: &Catalog) -> Vec<Finding> {
    let patched = with_patched_fields(workflow, catalog);
    let catalog = patched.as_ref().unwrap_or(catalog);
    let scopes = Scopes::new(workflow, catalog);
    let places = scopes.places();
    let mut findings = structure::check(workflow, places);
    let mut last = None;
    let steps = workflow.steps.iter().zip(&places.of_steps);
    for (step, place) in steps.take(structure::MAX_STEPS) {
        let Some(task) = tasks::check(step, catalog, &mut findings) else {
            continue;
        };
        let scope = scopes.after(*place, &mut last);
        fields::check(step, task, scope, catalog, &mut findings);
    }
    findings
}

/// What an update of a workflow must not do: give the id of an old step to a step of another task.
///
/// `before` is the version that Flow has. Findings are in the file order of `after`.
pub fn check_update(before: &Workflow, after: &Workflow) -> Vec<Finding> {
    let tasks: SortedMap<&str, &str> = before
        .steps
        .iter()
        .map(|step| (step.id.as_str(), step.task_id.as_str()))
        .collect();
    after
        .steps
        .iter()
        .filter(|step| {
            tasks
                .get(step.id.as_str())
                .is_some_and(|task| *task != step.task_id)
        })
        .map(|step| {
            Finding::new(
                Severity::Error,
                Bucket::Workflow,
                "STEP_ID_REUSED_FOR_DIFFERENT_TASK",
                "This step has the id that a step of another task had before; give it a new id.",
            )
            .at_step(&step.id)
        })
        .collect()
}

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing; nothing needs to be done.
    Information,
    /// The workflow can be turned on, but likely does not do what was meant, or cannot be exported as is.
    Warning,
    /// The workflow cannot be turned on.
    Error,
}

from_json! {
    enum Severity {
        Information = "information",
        Warning = "warning",
        Error = "error",
    }
}

/// What part of a step a finding is about, as Flow groups its own errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Bucket {
    /// The value of a config field.
    ConfigField,
    /// A condition.
    Condition,
    /// What stands in a loop.
    ForeachBody,
    /// The task that a step runs.
    Task,
    /// The whole workflow.
    Workflow,
}

from_json! {
    enum Bucket {
        ConfigField = "config_field",
        Condition = "condition",
        ForeachBody = "foreach_body",
        Task = "task",
        Workflow = "workflow",
    }
}

/// One result of a check.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// What part it is about.
    pub bucket: Bucket,
    /// A stable code in Flow's own spelling, for example `CONFIG_FIELD_PATH_VALIDATION_ERROR`.
    pub code: String,
    /// The step it is about; `None` when it is about the whole workflow or about text.
    pub step: Option<StepId>,
    /// The config field it is about.
    pub field: Option<String>,
    /// One sentence for the merchant: what is wrong and what to do.
    pub message: String,
    /// The line of the Python form or the file it was found in, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The whole corrected value of the config field, to be put in place as it is; there only when
    /// exactly one correction comes into question.
    ///
    /// Of `CONFIG_FIELD_UNKNOWN` it is the id the field should have, of `TASK_NOT_FOUND` the id of
    /// the task. The corrected value reads, and a check of it no longer has this finding.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correction: Option<String>,
}

from_json! {
    struct Finding {
        severity,
        bucket,
        code,
        step,
        field,
        message,
        line or default,
        correction or default,
    }
}

impl Finding {
    /// A finding about the whole workflow or text.
    pub fn new(
        severity: Severity,
        bucket: Bucket,
        code: impl Into<String>,
        message: impl Into<String>,
    ) -> Finding {
        Finding {
            severity,
            bucket,
            code: code.into(),
            step: None,
            field: None,
            message: message.into(),
            line: None,
            correction: None,
        }
    }

    /// The same finding, about a step.
    pub fn at_step(mut self, step: impl Into<StepId>) -> Finding {
        self.step = Some(step.into());
        self
    }

    /// The same finding, about a config field.
    pub fn at_field(mut self, field: impl Into<String>) -> Finding {
        self.field = Some(field.into());
        self
    }

    /// The same finding, with the line it was found in, from 1.
    pub fn at_line(mut self, line: u32) -> Finding {
        self.line = Some(line);
        self
    }

    /// The same finding, with the only correction there is; `None` takes none.
    pub fn corrected(mut self, correction: Option<String>) -> Finding {
        self.correction = correction;
        self
    }
}

/// True when a finding keeps the workflow from being turned on.
pub fn has_error(findings: &[Finding]) -> bool {
    findings
        .iter()
        .any(|finding| finding.severity == Severity::Error)
}

#[cfg(test)]
mod tests;
