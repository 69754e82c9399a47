//! Building the workflow that a part of the changes gives.

mod links;

use std::collections::BTreeSet;

use crate::workflow::{Step, Workflow};

use super::place::{Place, Plan};
use super::{ChangeId, Detail, field_id, fields_of, id_of, other_task};

/// The old workflow with these changes; `accepted` holds all that they need.
pub(super) fn build(plan: &Plan<'_>, accepted: &BTreeSet<ChangeId>) -> Workflow {
    let choice = Choice::new(plan, accepted);
    let (old, new) = (plan.pairs.old, plan.pairs.new);
    let order = order(&choice);
    // What is read as a patched field stays readable, whichever of its readers is accepted.
    let mut patched_fields = old.patched_fields.clone();
    for field in &new.patched_fields {
        if !patched_fields.contains(field) {
            patched_fields.push(field.clone());
        }
    }
    Workflow {
        name: if accepted.contains("name") {
            new.name.clone()
        } else {
            old.name.clone()
        },
        links: links::links(&choice),
        steps: order
            .into_iter()
            .filter_map(|at| choice.step(at, accepted))
            .collect(),
        patched_fields,
        extra: old.extra.clone(),
    }
}

/// What is accepted, by node.
struct Choice<'p, 'a> {
    plan: &'p Plan<'a>,
    /// Added, and accepted.
    added: Vec<bool>,
    /// Removed, and that is not accepted.
    kept: Vec<bool>,
    /// Moved, and accepted.
    moved: Vec<bool>,
    /// Runs its new task.
    changed: Vec<bool>,
}

impl<'p, 'a> Choice<'p, 'a> {
    fn new(plan: &'p Plan<'a>, accepted: &BTreeSet<ChangeId>) -> Choice<'p, 'a> {
        let pairs = &plan.pairs;
        let all = |kind: &str| -> Vec<bool> {
            pairs
                .nodes
                .iter()
                .map(|node| accepted.contains(&id_of(kind, &node.key)))
                .collect()
        };
        let removed = all("remove");
        let (added, moved, changed) = (all("add"), all("move"), all("task"));
        Choice {
            plan,
            added: (0..added.len())
                .map(|at| pairs.is_added(at) && added[at])
                .collect(),
            kept: (0..removed.len())
                .map(|at| pairs.is_removed(at) && !removed[at])
                .collect(),
            moved: (0..moved.len())
                .map(|at| plan.place(at) == Place::Moved && moved[at])
                .collect(),
            changed: (0..changed.len())
                .map(|at| pairs.is_common(at) && changed[at])
                .collect(),
        }
    }

    /// The node is in the workflow that is built.
    fn present(&self, at: usize) -> bool {
        self.added[at] || self.kept[at] || self.plan.pairs.is_common(at)
    }

    /// It hangs where the new workflow has it.
    fn hangs_as_new(&self, at: usize) -> bool {
        self.added[at]
            || self.plan.pairs.is_common(at)
                && (self.moved[at] || self.plan.place(at) != Place::Moved)
    }

    /// The step as it now is.
    fn step(&self, at: usize, accepted: &BTreeSet<ChangeId>) -> Option<Step> {
        let pairs = &self.plan.pairs;
        let (old, new) = (pairs.old_step(at), pairs.new_step(at));
        match (old, new) {
            (Some(old), Some(new)) if !self.changed[at] => {
                let mut step = self.edited(old, new, &pairs.nodes[at].key, accepted);
                if self.moved[at] {
                    step.position = new.position;
                }
                Some(step)
            }
            (_, Some(new)) => Some(new.clone()),
            (old, None) => old.cloned(),
        }
    }

    fn edited(&self, old: &Step, new: &Step, key: &str, accepted: &BTreeSet<ChangeId>) -> Step {
        let mut step = old.clone();
        if other_task(old, new) {
            return step;
        }
        for field in fields_of(&old.config, &new.config) {
            if !accepted.contains(&field_id(key, field)) {
                continue;
            }
            match new.config_value(field) {
                Some(value) => step.set_config(field, value),
                None => step.config.retain(|filled| filled.id != field),
            }
        }
        for detail in Detail::ALL {
            if accepted.contains(&id_of(detail.as_str(), key)) {
                detail.of_mut(&mut step).clone_from(detail.of(new));
            }
        }
        step
    }

    /// The id it now has.
    fn id(&self, at: usize) -> &'a str {
        let pairs = &self.plan.pairs;
        let step = if self.changed[at] {
            pairs.new_step(at)
        } else {
            pairs.old_step(at).or_else(|| pairs.new_step(at))
        };
        step.map(|step| step.id.as_str()).unwrap_or_default()
    }
}

/// The nodes in the order of the old workflow, each added one behind the one it follows in the new one.
fn order(choice: &Choice<'_, '_>) -> Vec<usize> {
    let pairs = &choice.plan.pairs;
    let count = pairs.nodes.len();
    // Behind each node, and at the start (the last entry), the added ones that come there.
    let mut behind: Vec<Vec<usize>> = vec![Vec::new(); count + 1];
    let mut last = count;
    for at in pairs.in_new_order() {
        if pairs.is_removed(at) || !choice.present(at) {
            continue;
        }
        if choice.added[at] {
            behind[last].push(at);
        } else {
            last = at;
        }
    }
    let mut order = behind[count].clone();
    for (at, added) in behind.iter().take(count).enumerate() {
        if !pairs.is_added(at) && choice.present(at) {
            order.push(at);
            order.extend(added);
        }
    }
    order
}
