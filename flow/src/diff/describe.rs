//! Changes in plain English.

mod place;

use crate::catalog::{Catalog, Field, FieldKind};
use crate::summary::{
    condition_words, duration, field_label, last_words, particulars, task, upper_first, value_words,
};
use crate::workflow::{Step, TaskType, Workflow};

use super::{Change, What};

/// Says in one sentence what a change does: `Adds ‘Send internal email’ after ‘Add order tags’.`
///
/// `old` and `new` are the workflows that were compared.
pub fn describe(change: &Change, old: &Workflow, new: &Workflow, catalog: &Catalog) -> String {
    let teller = Teller {
        old,
        new,
        catalog,
        past: false,
    };
    format!("{}.", upper_first(&teller.clause(&change.what)))
}

/// The same as part of a sentence about what was done: `added Send internal email to ops@example.com`.
pub(crate) fn told(change: &Change, old: &Workflow, new: &Workflow, catalog: &Catalog) -> String {
    let teller = Teller {
        old,
        new,
        catalog,
        past: true,
    };
    teller.clause(&change.what)
}

struct Teller<'a> {
    old: &'a Workflow,
    new: &'a Workflow,
    catalog: &'a Catalog,
    /// Tells in the chat what was done; else, beside a button, what accepting will do.
    past: bool,
}

impl Teller<'_> {
    fn clause(&self, what: &What) -> String {
        match what {
            What::Renamed { from, to } if from.trim().is_empty() => {
                format!(
                    "{} the workflow {}",
                    self.verb("names", "named"),
                    self.name(to)
                )
            }
            What::Renamed { from, to } => format!(
                "{} the workflow from {} to {}",
                self.verb("renames", "renamed"),
                self.name(from),
                self.name(to)
            ),
            What::StepAdded { step } => match self.new.step(step) {
                Some(step) => self.added(step),
                None => self.verb("adds a step", "added a step").to_string(),
            },
            What::StepRemoved { step } => match self.old.step(step) {
                Some(step) => self.removed(step),
                None => self.verb("removes a step", "removed a step").to_string(),
            },
            What::StepMoved { step } => self.moved(step),
            What::TaskChanged { step, becomes, .. } => {
                match (self.old.step(step), self.new.step(becomes)) {
                    (Some(from), Some(to)) => self.task_changed(from, to),
                    _ => self.verb("changes a step", "changed a step").to_string(),
                }
            }
            What::FieldChanged {
                step,
                field,
                from,
                to,
            } => match self.new.step(step).or_else(|| self.old.step(step)) {
                Some(step) => self.field(step, field, from.as_deref(), to.as_deref()),
                None => self.verb("changes a step", "changed a step").to_string(),
            },
            What::DetailChanged {
                step,
                detail,
                from,
                to,
            } => {
                let thing = match self.new.step(step) {
                    Some(step) => self.thing(step),
                    None => "a step".to_string(),
                };
                let whole = format!("the {} of {thing}", detail.as_str());
                self.value(&whole, None, from.as_deref(), to.as_deref())
            }
        }
    }

    fn verb(&self, present: &'static str, past: &'static str) -> &'static str {
        if self.past { past } else { present }
    }

    /// A label as it stands in a sentence.
    fn name(&self, label: &str) -> String {
        if self.past {
            label.to_string()
        } else {
            format!("‘{label}’")
        }
    }

    fn label(&self, step: &Step) -> String {
        match task(step, self.catalog) {
            Some(task) => self.name(&task.label),
            None => "a step of an app".to_string(),
        }
    }

    /// A step as something that is there.
    fn thing(&self, step: &Step) -> String {
        match step.task_type {
            TaskType::Condition => match self.test(step) {
                Some(test) => format!("the condition that {test}"),
                None => "the condition".to_string(),
            },
            TaskType::Foreach => match list(step) {
                Some(list) => format!("the loop over the {list}"),
                None => "the loop".to_string(),
            },
            TaskType::Wait => match length(step) {
                Some(length) => format!("the wait of {length}"),
                None => "the wait".to_string(),
            },
            TaskType::Trigger | TaskType::Action => self.label(step),
        }
    }

    fn test(&self, step: &Step) -> Option<String> {
        condition_words(step.config_value("condition")?)
    }

    /// A step with what tells it from others of its task.
    fn full(&self, step: &Step) -> String {
        match (step.task_type, task(step, self.catalog)) {
            (TaskType::Trigger | TaskType::Action, Some(task)) => {
                format!("{}{}", self.name(&task.label), particulars(step, task))
            }
            _ => self.thing(step),
        }
    }

    fn added(&self, step: &Step) -> String {
        let verb = self.verb("adds", "added");
        let what = match step.task_type {
            TaskType::Condition if !self.past => "a condition".to_string(),
            TaskType::Condition | TaskType::Foreach | TaskType::Wait => {
                match self.thing(step).strip_prefix("the ") {
                    Some(thing) => format!("a {thing}"),
                    None => "a step".to_string(),
                }
            }
            _ if self.past => self.full(step),
            _ => self.label(step),
        };
        let place = match self.around(step) {
            Some(around) => around,
            None if self.past => String::new(),
            None => self
                .place(self.new, &step.id)
                .map(|place| place.to_run())
                .unwrap_or_default(),
        };
        let test = self
            .test(step)
            .filter(|_| step.task_type == TaskType::Condition && !self.past);
        match test {
            Some(test) => format!("{verb} {what}{place}: {test}"),
            None => format!("{verb} {what}{place}"),
        }
    }

    /// For a loop or a condition put around a step that was there before, that step.
    fn around(&self, step: &Step) -> Option<String> {
        let (port, word) = match step.task_type {
            TaskType::Foreach => ("loop_body", "around"),
            TaskType::Condition => ("true", "before"),
            _ => return None,
        };
        let inside = self
            .new
            .followers(&step.id, port)
            .find(|inside| self.old.step(&inside.id).is_some())?;
        Some(format!(" {word} {}", self.thing(inside)))
    }

    fn removed(&self, step: &Step) -> String {
        let verb = self.verb("removes", "removed");
        if self.past {
            return format!("{verb} {}", self.full(step));
        }
        let thing = self.thing(step);
        let alike = self
            .old
            .steps
            .iter()
            .filter(|other| self.thing(other) == thing);
        match self.place(self.old, &step.id) {
            Some(place) if alike.count() > 1 => format!("{verb} {thing}, which ran {place}"),
            _ => format!("{verb} {thing}"),
        }
    }

    fn task_changed(&self, from: &Step, to: &Step) -> String {
        let (before, after) = (self.label(from), self.label(to));
        if from.task_id == to.task_id && from.task_version != to.task_version {
            let verb = self.verb("updates", "updated");
            return format!("{verb} {after} to version {}", to.task_version);
        }
        if before == after {
            let verb = self.verb("replaces", "replaced");
            return format!("{verb} {before} by another step of its kind");
        }
        if from.task_type == TaskType::Trigger && to.task_type == TaskType::Trigger {
            let verb = self.verb("starts with", "made it start with");
            return format!("{verb} {after} instead of {before}");
        }
        let verb = self.verb("uses", "used");
        format!("{verb} {after} instead of {before}")
    }

    fn field(&self, step: &Step, id: &str, from: Option<&str>, to: Option<&str>) -> String {
        let field = task(step, self.catalog).and_then(|task| task.field(id));
        let kind = field.map(|field| field.kind);
        let whole = match (step.task_type, kind) {
            (TaskType::Condition, Some(FieldKind::Condition)) => "the condition".to_string(),
            (TaskType::Wait, Some(FieldKind::Duration)) => "the wait".to_string(),
            (TaskType::Trigger, Some(FieldKind::Recurrence)) => "the schedule".to_string(),
            (TaskType::Foreach, Some(FieldKind::Path)) => "the list of the loop".to_string(),
            _ => format!("the {} of {}", field_label(field, id), self.thing(step)),
        };
        self.value(&whole, field, from, to)
    }

    /// Something that was set, cleared or changed.
    fn value(
        &self,
        whole: &str,
        field: Option<&Field>,
        from: Option<&str>,
        to: Option<&str>,
    ) -> String {
        let filled = |value: Option<&str>| value.is_some_and(|value| !value.trim().is_empty());
        let say = |value: Option<&str>| value.and_then(|value| value_words(field, value));
        match (filled(from), filled(to), say(from), say(to)) {
            (false, true, _, Some(to)) => format!("{} {whole} to {to}", self.verb("sets", "set")),
            (false, true, _, None) => format!("{} {whole}", self.verb("fills in", "filled in")),
            (_, false, _, _) => format!("{} {whole}", self.verb("clears", "cleared")),
            (_, _, Some(from), Some(to)) if from != to => format!(
                "{} {whole} from {from} to {to}",
                self.verb("changes", "changed")
            ),
            _ => format!("{} {whole}", self.verb("changes", "changed")),
        }
    }
}

fn list(step: &Step) -> Option<String> {
    step.config_value("listpath")
        .map(last_words)
        .filter(|list| !list.is_empty())
}

fn length(step: &Step) -> Option<String> {
    duration(step.config_value("wait_duration")?)
}
