//! The difference of two workflows: changes that a person understands and accepts or rejects one by
//! one.
//!
//! Steps are matched by their ids. A trigger that went away and one that came are taken for one
//! change, since a workflow starts with one trigger: `Starts with ‘Order paid’ instead of …`.
//!
//! **What is a change.** A step that came, went, runs another task, or hangs elsewhere; a config
//! field, name, description or note of a step; the workflow's name. Positions on the canvas, the
//! order of steps and links, patched fields and keys that are not interpreted are no changes a person
//! sees. They come along once all changes are accepted.
//!
//! **What hangs elsewhere.** A step hangs at *slots*: ports of steps that both workflows have, reached
//! over links or over steps that only one of them has. Inserting a step before another therefore does
//! not move the other. Where an added or removed step alone opens or closes a further way to a step
//! (an `else` branch that joins what follows), that belongs to the added or removed step.
//!
//! **What a subset gives** ([`apply`]):
//! - A removed step heals its links: what followed it hangs where it hung, over whichever port it
//!   followed. So what a removed condition decided then happens always, as in the new workflow; and
//!   so that nothing else does, removing a condition or a loop needs the removal of every step that
//!   the new workflow drops from its branches, and the moves of steps out of them.
//! - An added step stands between what it hangs under and what follows it; where a step stands there
//!   that was to go and stays, the added one comes after that.
//! - An added condition or loop brings with it the moves of steps that hang under it.
//! - A moved step brings with it what moved above it, so that no two steps come to lead to each other.
//! - What reads the output or the loop item of an added step needs that step; removing a step needs
//!   the changes that stop reading it.

mod build;
mod describe;
mod graph;
mod needs;
mod pairs;
mod place;
mod reads;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::sorted::{SortedMap, SortedSet};
use crate::workflow::{ConfigValue, Step, StepId, TaskType, Workflow};

use place::{Place, Plan};

pub use describe::describe;
pub(crate) use describe::told;

/// Names a change, the same for the same pair of workflows: `add:s4`, `remove:s2`, `move:s3`,
/// `task:s1`, `field:s2:tags`, `name:s2`, `description:s2`, `note:s2`, and `name` for the workflow's.
pub type ChangeId = String;

/// The changes between two workflows, and the new one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Diff {
    /// In the order of the new workflow's steps: its name first, removed steps last.
    pub changes: Vec<Change>,
    /// The new workflow, which the changes lead to.
    pub after: Workflow,
}

/// One change that can be accepted or rejected.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// The name by which it is accepted.
    pub id: ChangeId,
    /// The changes that this one needs directly; see [`with_needs`] for all of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<ChangeId>,
    /// What it changes.
    pub what: What,
}

/// What changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum What {
    /// The workflow has another name.
    Renamed {
        /// The name before.
        from: String,
        /// The name after.
        to: String,
    },
    /// A step of the new workflow, with all it holds.
    StepAdded {
        /// The id of the step.
        step: StepId,
    },
    /// A step of the old workflow, with all it held.
    StepRemoved {
        /// The id of the step.
        step: StepId,
    },
    /// A step that both have hangs under another step or port.
    StepMoved {
        /// The id of the step.
        step: StepId,
    },
    /// A step runs another task, or another version of it; its config, name, description and note come
    /// with it.
    TaskChanged {
        /// The id of the step.
        step: StepId,
        /// Its id in the new workflow; another one only for a trigger that stands for another.
        becomes: StepId,
        /// The task's id before.
        from: String,
        /// The task's id after.
        to: String,
    },
    /// A config field of a step was set (`from` is `None`), cleared (`to` is `None`) or changed. The
    /// values are spelt as Flow JSON carries them.
    FieldChanged {
        /// The id of the step.
        step: StepId,
        /// The id of the config field.
        field: String,
        /// The value before.
        from: Option<String>,
        /// The value after.
        to: Option<String>,
    },
    /// The name, the description or the note of a step was set, cleared or changed.
    DetailChanged {
        /// The id of the step.
        step: StepId,
        /// Which text.
        detail: Detail,
        /// The value before.
        from: Option<String>,
        /// The value after.
        to: Option<String>,
    },
}

impl What {
    /// The id of the step it is about, in the old workflow if it is there; `None` for the workflow's name.
    pub fn step(&self) -> Option<&str> {
        match self {
            What::Renamed { .. } => None,
            What::StepAdded { step }
            | What::StepRemoved { step }
            | What::StepMoved { step }
            | What::TaskChanged { step, .. }
            | What::FieldChanged { step, .. }
            | What::DetailChanged { step, .. } => Some(step),
        }
    }
}

/// A text that a step carries beside its config.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    /// What gives the step's variable its name.
    Name,
    /// The description that the canvas shows.
    Description,
    /// The merchant's own note.
    Note,
}

impl Detail {
    const ALL: [Detail; 3] = [Detail::Name, Detail::Description, Detail::Note];

    /// The word used in ids and in sentences: `name`, `description` or `note`.
    pub fn as_str(self) -> &'static str {
        match self {
            Detail::Name => "name",
            Detail::Description => "description",
            Detail::Note => "note",
        }
    }

    fn of(self, step: &Step) -> &Option<String> {
        match self {
            Detail::Name => &step.name,
            Detail::Description => &step.description,
            Detail::Note => &step.note,
        }
    }

    pub(crate) fn of_mut(self, step: &mut Step) -> &mut Option<String> {
        match self {
            Detail::Name => &mut step.name,
            Detail::Description => &mut step.description,
            Detail::Note => &mut step.note,
        }
    }
}

impl Diff {
    /// True when there is nothing to accept or reject.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The change with this id.
    pub fn change(&self, id: &str) -> Option<&Change> {
        self.changes.iter().find(|change| change.id == id)
    }
}

/// Compares two workflows. Deterministic; never fails, also for workflows that do not check.
pub fn diff(old: &Workflow, new: &Workflow) -> Diff {
    let plan = Plan::new(old, new);
    let mut changes = Vec::new();
    let mut push = |id: ChangeId, what: What| {
        changes.push(Change {
            id,
            needs: Vec::new(),
            what,
        });
    };
    if old.name != new.name {
        push(
            "name".to_string(),
            What::Renamed {
                from: old.name.clone(),
                to: new.name.clone(),
            },
        );
    }
    for at in plan.pairs.in_new_order() {
        let node = &plan.pairs.nodes[at];
        let key = node.key.as_str();
        match (plan.pairs.old_step(at), plan.pairs.new_step(at)) {
            (None, Some(step)) => push(
                id_of("add", key),
                What::StepAdded {
                    step: step.id.clone(),
                },
            ),
            (Some(step), None) => push(
                id_of("remove", key),
                What::StepRemoved {
                    step: step.id.clone(),
                },
            ),
            (Some(before), Some(after)) => {
                for (id, what) in step_changes(key, before, after) {
                    push(id, what);
                }
                if plan.place(at) == Place::Moved {
                    push(
                        id_of("move", key),
                        What::StepMoved {
                            step: before.id.clone(),
                        },
                    );
                }
            }
            (None, None) => {}
        }
    }
    let needs = needs::needs(&plan, &changes);
    for change in &mut changes {
        if let Some(needed) = needs.get(&change.id) {
            change.needs = needed.iter().cloned().collect();
        }
    }
    Diff {
        changes,
        after: new.clone(),
    }
}

/// The changes with these ids and all they need. Ids that are not in the difference are left out.
pub fn with_needs<S: AsRef<str>>(diff: &Diff, ids: &[S]) -> BTreeSet<ChangeId> {
    let needs: SortedMap<&str, &[ChangeId]> = diff
        .changes
        .iter()
        .map(|change| (change.id.as_str(), change.needs.as_slice()))
        .collect();
    closure(ids, |id| {
        needs
            .get(id)
            .map(|needs| needs.iter().map(String::as_str).collect())
    })
}

/// The changes with these ids and all that need one of them: what goes when these are rejected.
pub fn dependents<S: AsRef<str>>(diff: &Diff, ids: &[S]) -> BTreeSet<ChangeId> {
    let mut needed_by: SortedMap<&str, Vec<&str>> = SortedMap::new();
    for change in &diff.changes {
        needed_by.entry(&change.id).or_default();
    }
    for change in &diff.changes {
        for need in &change.needs {
            if let Some(list) = needed_by.get_mut(need.as_str()) {
                list.push(&change.id);
            }
        }
    }
    closure(ids, |id| needed_by.get(id).cloned())
}

/// Follows `next` from the ids it knows until nothing new comes.
fn closure<'a, S: AsRef<str>>(
    ids: &[S],
    next: impl Fn(&str) -> Option<Vec<&'a str>>,
) -> BTreeSet<ChangeId> {
    let mut found = BTreeSet::new();
    let mut waiting: Vec<String> = ids.iter().map(|id| id.as_ref().to_string()).collect();
    while let Some(id) = waiting.pop() {
        if let Some(more) = next(&id)
            && found.insert(id)
        {
            waiting.extend(more.into_iter().map(str::to_string));
        }
    }
    found
}

/// The old workflow with the accepted changes and all they need.
///
/// All changes give exactly the new workflow and none give exactly the old one. Where there is no
/// change to choose at all, the new workflow comes out, whose layout may differ.
pub fn apply(old: &Workflow, diff: &Diff, accepted: &BTreeSet<ChangeId>) -> Workflow {
    let ids: Vec<&ChangeId> = accepted.iter().collect();
    let accepted = with_needs(diff, &ids);
    if diff
        .changes
        .iter()
        .all(|change| accepted.contains(&change.id))
    {
        return diff.after.clone();
    }
    if accepted.is_empty() {
        return old.clone();
    }
    build::build(&Plan::new(old, &diff.after), &accepted)
}

/// The id of a change of a step.
fn id_of(kind: &str, key: &str) -> ChangeId {
    format!("{kind}:{key}")
}

fn field_id(key: &str, field: &str) -> ChangeId {
    format!("field:{key}:{field}")
}

/// True when the step runs another task; its whole content is then one change.
fn other_task(before: &Step, after: &Step) -> bool {
    before.id != after.id
        || before.task_id != after.task_id
        || before.task_type != after.task_type
        || before.task_version != after.task_version
}

/// True when the step's ports are others, so that no link of it can stay as it is.
fn other_ports(before: &Step, after: &Step) -> bool {
    before.task_type != after.task_type
        && (before.task_type == TaskType::Trigger
            || after.task_type == TaskType::Trigger
            || before.task_type.output_ports() != after.task_type.output_ports())
}

/// What changes about a step itself.
fn step_changes(key: &str, before: &Step, after: &Step) -> Vec<(ChangeId, What)> {
    if other_task(before, after) {
        let what = What::TaskChanged {
            step: before.id.clone(),
            becomes: after.id.clone(),
            from: before.task_id.clone(),
            to: after.task_id.clone(),
        };
        return vec![(id_of("task", key), what)];
    }
    let mut changes = Vec::new();
    for field in fields_of(&before.config, &after.config) {
        let (from, to) = (before.config_value(field), after.config_value(field));
        if from != to {
            changes.push((
                field_id(key, field),
                What::FieldChanged {
                    step: before.id.clone(),
                    field: field.to_string(),
                    from: from.map(str::to_string),
                    to: to.map(str::to_string),
                },
            ));
        }
    }
    for detail in Detail::ALL {
        let (from, to) = (detail.of(before), detail.of(after));
        if from != to {
            changes.push((
                id_of(detail.as_str(), key),
                What::DetailChanged {
                    step: before.id.clone(),
                    detail,
                    from: from.clone(),
                    to: to.clone(),
                },
            ));
        }
    }
    changes
}

/// The ids of all fields of two configs, each once.
fn fields_of<'a>(before: &'a [ConfigValue], after: &'a [ConfigValue]) -> Vec<&'a str> {
    let mut seen = SortedSet::new();
    before
        .iter()
        .chain(after)
        .map(|field| field.id.as_str())
        .filter(|id| seen.insert(*id))
        .collect()
}

#[cfg(test)]
pub(crate) mod tests;
