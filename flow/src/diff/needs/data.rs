//! Needs that come from data: a value that reads a variable needs the change that provides it, and
//! a change that takes a variable away needs the changes that stop reading it.

use crate::catalog::{Catalog, Task};
use crate::python::shipped;
use crate::sorted::{SortedMap, SortedSet};
use crate::workflow::{ConfigValue, Step, TaskType};

use super::super::place::Plan;
use super::super::reads::{provides, reads};
use super::super::{Change, ChangeId, Detail, field_id, id_of, other_task};
use super::Needs;

pub(super) fn collect(plan: &Plan<'_>, changes: &[Change], needs: &mut Needs<'_>) {
    if changes.is_empty() {
        return;
    }
    // The task's outputs have the same names in every store's catalogue.
    let catalog = shipped();
    let count = plan.pairs.nodes.len();
    let provided = |new: bool| -> Vec<Vec<String>> {
        (0..count)
            .map(|at| {
                let (workflow, step) = if new {
                    (plan.pairs.new, plan.pairs.new_step(at))
                } else {
                    (plan.pairs.old, plan.pairs.old_step(at))
                };
                step.map(|step| provides(workflow, step, catalog))
                    .unwrap_or_default()
            })
            .collect()
    };
    let data = Data {
        plan,
        catalog,
        before: provided(false),
        after: provided(true),
    };
    let unsettled = data.unsettled();
    if unsettled.is_empty() {
        return;
    }
    for at in 0..count {
        for value in data.values(at) {
            data.value(at, &value, &unsettled, needs);
        }
    }
}

struct Data<'p, 'a> {
    plan: &'p Plan<'a>,
    catalog: &'p Catalog,
    /// What each node provides in the old workflow …
    before: Vec<Vec<String>>,
    /// … and in the new one.
    after: Vec<Vec<String>>,
}

/// What one config field reads, before and after the change it belongs to.
struct Reading {
    /// `None` when the field stays as it is.
    change: Option<ChangeId>,
    before: SortedSet<String>,
    after: SortedSet<String>,
}

impl Data<'_, '_> {
    /// The variables that some step provides in one of the workflows only.
    fn unsettled(&self) -> SortedSet<&str> {
        let mut found = SortedSet::new();
        for (before, after) in self.before.iter().zip(&self.after) {
            let only = |some: &'_ [String], other: &[String]| -> Vec<usize> {
                (0..some.len())
                    .filter(|at| !other.contains(&some[*at]))
                    .collect()
            };
            for at in only(before, after) {
                found.insert(before[at].as_str());
            }
            for at in only(after, before) {
                found.insert(after[at].as_str());
            }
        }
        found
    }

    fn values(&self, at: usize) -> Vec<Reading> {
        let pairs = &self.plan.pairs;
        let key = &pairs.nodes[at].key;
        let read = |step: &Step, field: Option<&ConfigValue>| {
            field
                .map(|field| reads(step, field, self.catalog))
                .unwrap_or_default()
        };
        let all = |step: Option<&Step>| -> SortedSet<String> {
            step.into_iter()
                .flat_map(|step| step.config.iter().map(move |field| (step, field)))
                .flat_map(|(step, field)| reads(step, field, self.catalog))
                .collect()
        };
        let (before, after) = (pairs.old_step(at), pairs.new_step(at));
        let whole = |kind: &str| {
            vec![Reading {
                change: Some(id_of(kind, key)),
                before: all(before),
                after: all(after),
            }]
        };
        match (before, after) {
            (None, _) => whole("add"),
            (_, None) => whole("remove"),
            (Some(old), Some(new)) if other_task(old, new) => whole("task"),
            (Some(old), Some(new)) => super::super::fields_of(&old.config, &new.config)
                .into_iter()
                .map(|id| {
                    let of = |step: &'_ Step| {
                        let field = step.config.iter().find(|field| field.id == id);
                        read(step, field)
                    };
                    Reading {
                        change: (old.config_value(id) != new.config_value(id))
                            .then(|| field_id(key, id)),
                        before: of(old),
                        after: of(new),
                    }
                })
                .collect(),
        }
    }

    fn value(
        &self,
        at: usize,
        value: &Reading,
        unsettled: &SortedSet<&str>,
        needs: &mut Needs<'_>,
    ) {
        for name in value
            .after
            .iter()
            .filter(|name| unsettled.contains(name.as_str()))
        {
            let givers = self.causes(at, name, true);
            if let Some(change) = &value.change {
                needs.add_all(change, &givers);
            }
            // Read before and after, and provided by another step: the old one goes when the new comes.
            if value.before.contains(name) && !givers.is_empty() {
                for taker in self.causes(at, name, false) {
                    needs.add_all(&taker, &givers);
                }
            }
        }
        let Some(change) = &value.change else {
            return;
        };
        for name in value
            .before
            .iter()
            .filter(|name| unsettled.contains(name.as_str()))
        {
            if value.after.contains(name) {
                continue;
            }
            for taker in self.causes(at, name, false) {
                needs.add(&taker, change);
            }
        }
    }

    /// The changes that make a variable readable at a node in the new workflow, or that end its being
    /// readable there in the old one; none where a step provides it in both.
    fn causes(&self, at: usize, name: &str, new: bool) -> SortedSet<ChangeId> {
        let pairs = &self.plan.pairs;
        let (graph, here, there) = if new {
            (&pairs.after, &self.after, &self.before)
        } else {
            (&pairs.before, &self.before, &self.after)
        };
        let has = |names: &[String]| names.iter().any(|known| known == name);
        let mut causes = SortedSet::new();
        for node in graph.above(at) {
            if node == at || !has(&here[node]) {
                continue;
            }
            if has(&there[node]) {
                return SortedSet::new();
            }
            let key = &pairs.nodes[node].key;
            if pairs.is_added(node) {
                causes.insert(id_of("add", key));
            } else if pairs.is_removed(node) {
                causes.insert(id_of("remove", key));
            } else {
                causes.extend(self.renames(node));
            }
        }
        causes
    }

    /// The changes by which a step that both workflows have provides another variable.
    fn renames(&self, at: usize) -> Vec<ChangeId> {
        let pairs = &self.plan.pairs;
        let key = &pairs.nodes[at].key;
        let (Some(old), Some(new)) = (pairs.old_step(at), pairs.new_step(at)) else {
            return Vec::new();
        };
        if other_task(old, new) {
            return vec![id_of("task", key)];
        }
        if new.task_type == TaskType::Foreach {
            return vec![field_id(key, "listpath")];
        }
        if old.name != new.name {
            return vec![id_of(Detail::Name.as_str(), key)];
        }
        // Outputs of one name are numbered in the order of the file.
        let output = |step: Option<&Step>| {
            step.and_then(|step| self.catalog.task(&step.task_id))
                .and_then(Task::output)
                .map(|output| output.name.as_str())
        };
        let mine = output(Some(new));
        let counted: SortedMap<usize, &str> = (0..pairs.nodes.len())
            .filter(|node| mine.is_some() && !pairs.is_common(*node))
            .filter_map(|node| {
                if pairs.is_added(node) {
                    (output(pairs.new_step(node)) == mine).then_some((node, "add"))
                } else {
                    (output(pairs.old_step(node)) == mine).then_some((node, "remove"))
                }
            })
            .collect();
        counted
            .into_iter()
            .map(|(node, kind)| id_of(kind, &pairs.nodes[node].key))
            .collect()
    }
}
