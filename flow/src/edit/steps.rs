//! The edits that put steps in, take them out, and change what they do.

use crate::catalog::{Catalog, FieldKind, Task, Variable};
use crate::check::{MAX_STEPS, only_object};
use crate::diff::Detail;
use crate::python::values::commerce_object;
use crate::run::{camel_case, output_name};
use crate::scope::scope_at;
use crate::sorted::{SortedMap, SortedSet};
use crate::workflow::{Link, Step, StepId, TaskType, Workflow};

use super::graph::Graph;
use super::group::{Group, Port, healed, way_on, with_branches};
use super::insert::{Ids, Spot, hang, heads, set_down};
use super::{Edited, Editor, MAX_DETAIL, MAX_NAME, MAX_VALUE, Place, Refused, UNNAMED};

impl Editor<'_> {
    pub(super) fn add_trigger(&self, task_id: &str) -> Result<Edited, Refused> {
        let task = self.task(task_id)?;
        if task.task_type != TaskType::Trigger {
            return Err(Refused::new(format!(
                "‘{}’ does not start a workflow; choose a trigger.",
                task.label
            )));
        }
        if let Some(trigger) = self.before.triggers().next() {
            return Err(Refused::new(format!(
                "The workflow starts with {} already; change that step instead.",
                self.called(trigger)
            )));
        }
        let mut workflow = self.before.clone();
        if workflow.name.trim().is_empty() {
            workflow.name = UNNAMED.to_string();
        }
        let spot = Spot {
            slots: Vec::new(),
            heads: heads(&workflow),
        };
        let step = new_step(&workflow, task);
        let id = step.id.clone();
        workflow.steps.insert(0, step);
        let exits = [(id.clone(), "output".to_string())];
        hang(&mut workflow, &spot, &[], &exits, Vec::new());
        set_down(&mut workflow, &spot, std::slice::from_ref(&id));
        Ok(Edited {
            workflow,
            summary: format!("Added ‘{}’", task.label),
            select: Some(id),
        })
    }

    pub(super) fn add_step(&self, task_id: &str, place: &Place) -> Result<Edited, Refused> {
        let task = self.task(task_id)?;
        if task.task_type == TaskType::Trigger {
            return self.add_trigger(task_id);
        }
        if self.before.steps.is_empty() {
            return Err(Refused::new(
                "A workflow begins with a trigger; add that first.",
            ));
        }
        let spot = Spot::of(self.before, place)?;
        let mut workflow = self.before.clone();
        let step = new_step(&workflow, task);
        let id = step.id.clone();
        workflow.steps.push(step);
        room(&workflow)?;
        let exits = [(id.clone(), way_on(task.task_type).to_string())];
        hang(
            &mut workflow,
            &spot,
            std::slice::from_ref(&id),
            &exits,
            Vec::new(),
        );
        set_down(&mut workflow, &spot, std::slice::from_ref(&id));
        prefill(&mut workflow, &id, task, self.catalog);
        Ok(Edited {
            workflow,
            summary: format!("Added ‘{}’", task.label),
            select: Some(id),
        })
    }

    pub(super) fn remove(&self, steps: &[StepId]) -> Result<Edited, Refused> {
        let graph = Graph::new(self.before);
        let gone = self.chosen(&graph, steps)?;
        let mut workflow = self.before.clone();
        workflow.links = healed(self.before, &graph, &gone);
        let ids: SortedSet<&str> = gone
            .iter()
            .map(|at| self.before.steps[*at].id.as_str())
            .collect();
        workflow
            .steps
            .retain(|step| !ids.contains(step.id.as_str()));
        keep_variables(self.before, &mut workflow, self.catalog);
        // What stood before the first of them, so that the hand stays there.
        let ranks = graph.ranks();
        let select = gone
            .iter()
            .min_by_key(|at| ranks[**at])
            .and_then(|first| {
                graph
                    .entering(*first)
                    .iter()
                    .find(|from| !gone.contains(from))
            })
            .map(|at| self.before.steps[*at].id.clone());
        let summary = format!(
            "Removed {}",
            self.all_called(gone.iter().map(|at| &self.before.steps[*at]))
        );
        Ok(Edited {
            workflow,
            summary,
            select,
        })
    }

    pub(super) fn duplicate(&self, steps: &[StepId]) -> Result<Edited, Refused> {
        let graph = Graph::new(self.before);
        let mut chosen = self.chosen(&graph, steps)?;
        chosen.retain(|at| self.before.steps[*at].task_type != TaskType::Trigger);
        if chosen.is_empty() {
            return Err(Refused::new(
                "A workflow has one trigger, so it cannot be duplicated.",
            ));
        }
        let summary = format!(
            "Duplicated {}",
            self.all_called(chosen.iter().map(|at| &self.before.steps[*at]))
        );
        let all = with_branches(self.before, &graph, &chosen);
        let group = Group::new(self.before, &graph, &all);
        let inside: SortedSet<&str> = group.ids.iter().map(String::as_str).collect();
        let slots = group
            .exits()
            .iter()
            .map(|(from, port)| {
                let mut slot = Spot::behind(self.before, from, port);
                slot.followers.retain(|to| !inside.contains(to.as_str()));
                slot
            })
            .collect();
        let spot = Spot {
            slots,
            heads: Vec::new(),
        };
        let copies = copies(self.before, &group.ids);
        self.put(group, copies, &spot, summary)
    }

    pub(super) fn paste(
        &self,
        steps: &[Step],
        links: &[Link],
        place: &Place,
    ) -> Result<Edited, Refused> {
        let has_trigger = self.before.triggers().next().is_some();
        let mut source = Workflow {
            steps: steps.to_vec(),
            links: links.to_vec(),
            ..Workflow::default()
        };
        let triggers = source.triggers().count();
        if has_trigger || triggers > 1 {
            source
                .steps
                .retain(|step| step.task_type != TaskType::Trigger);
        }
        if source.steps.is_empty() {
            return Err(Refused::new(if triggers > 0 {
                "The workflow has a trigger already, and allows no second one."
            } else {
                "There is nothing to paste; copy steps first."
            }));
        }
        if !Graph::new(&source).ids_are_unique() {
            return Err(Refused::new(
                "What was copied does not read; copy it again.",
            ));
        }
        let too_long = source
            .steps
            .iter()
            .flat_map(|step| &step.config)
            .any(|field| field.value.len() > MAX_VALUE);
        if too_long {
            return Err(Refused::new("What was copied is too long to paste."));
        }
        let tidied = tidy_links(&source);
        source.links = tidied;
        let graph = Graph::new(&source);
        let all: SortedSet<usize> = (0..source.steps.len()).collect();
        if all.iter().any(|at| {
            graph
                .leaving(*at)
                .iter()
                .any(|(_, next)| next == at || graph.reached(vec![*next]).contains(at))
        }) {
            return Err(Refused::new(
                "What was copied runs in a circle, so it cannot be pasted.",
            ));
        }
        let group = Group::new(&source, &graph, &all);
        let begins = source.triggers().next().is_some();
        let spot = if begins {
            Spot {
                slots: Vec::new(),
                heads: heads(self.before),
            }
        } else {
            Spot::of(self.before, place)?
        };
        let summary = format!("Pasted {}", self.all_called(&source.steps));
        let copies = copies(&source, &group.ids);
        self.put(group, copies, &spot, summary)
    }

    pub(super) fn put_elsewhere(&self, steps: &[StepId], place: &Place) -> Result<Edited, Refused> {
        let graph = Graph::new(self.before);
        let chosen = self.chosen(&graph, steps)?;
        if chosen
            .iter()
            .any(|at| self.before.steps[*at].task_type == TaskType::Trigger)
        {
            return Err(Refused::new(
                "A trigger always stands first, so it cannot be moved.",
            ));
        }
        let summary = format!(
            "Moved {}",
            self.all_called(chosen.iter().map(|at| &self.before.steps[*at]))
        );
        let all = with_branches(self.before, &graph, &chosen);
        let group = Group::new(self.before, &graph, &all);
        let inside = |id: &StepId| group.ids.contains(id);
        let within = match place {
            Place::After { step, .. } => inside(step),
            Place::OnLink { from, to, .. } => inside(from) || inside(to),
            Place::Start | Place::Loose => false,
        };
        if within {
            return Err(Refused::new(
                "This is where it stands already; choose another place.",
            ));
        }
        let mut workflow = self.before.clone();
        workflow.links = healed(self.before, &graph, &all);
        // The link that was aimed at may have been healed into another; then it is there all the same.
        let mut spot = Spot::of(&workflow, place)?;
        for slot in &mut spot.slots {
            slot.followers.retain(|to| !inside(to));
        }
        spot.heads.retain(|head| !inside(head));
        let select = group.ids.first().cloned();
        hang(
            &mut workflow,
            &spot,
            group.entries(),
            group.exits(),
            group.links.clone(),
        );
        if same_links(&workflow, self.before) {
            return Err(Refused::new(
                "This is where it stands already; choose another place.",
            ));
        }
        set_down(&mut workflow, &spot, &group.ids);
        Ok(Edited {
            workflow,
            summary,
            select,
        })
    }

    /// Adds copies of a group's steps; `ids` gives each copied step its new id.
    fn put(
        &self,
        group: Group,
        copies: Vec<(StepId, Step)>,
        spot: &Spot,
        summary: String,
    ) -> Result<Edited, Refused> {
        let mut workflow = self.before.clone();
        let mut fresh = Ids::new(self.before);
        let mut ids: SortedMap<StepId, StepId> = SortedMap::new();
        let mut new = Vec::new();
        for (old, mut step) in copies {
            step.id = fresh.fresh();
            step.numeric_id = fresh.numeric;
            if let Some(name) = &step.name {
                step.name = Some(free_name(&workflow, name));
            }
            ids.insert(old, step.id.clone());
            new.push(step.id.clone());
            if step.task_type == TaskType::Trigger {
                workflow.steps.insert(0, step);
            } else {
                workflow.steps.push(step);
            }
        }
        room(&workflow)?;
        if workflow.name.trim().is_empty() {
            workflow.name = UNNAMED.to_string();
        }
        let to_new = |id: &StepId| ids.get(id).cloned().unwrap_or_default();
        let entries: Vec<StepId> = if spot.slots.is_empty() {
            Vec::new()
        } else {
            group.entries().iter().map(to_new).collect()
        };
        let exits: Vec<Port> = group
            .exits()
            .iter()
            .map(|(from, port)| (to_new(from), port.clone()))
            .collect();
        let among = group
            .links
            .iter()
            .map(|link| {
                Link::new(
                    to_new(&link.from),
                    link.from_port.as_str(),
                    to_new(&link.to),
                )
            })
            .collect();
        hang(&mut workflow, spot, &entries, &exits, among);
        set_down(&mut workflow, spot, &new);
        Ok(Edited {
            workflow,
            summary,
            select: new.first().cloned(),
        })
    }

    pub(super) fn set_field(
        &self,
        id: &str,
        field: &str,
        value: Option<&str>,
    ) -> Result<Edited, Refused> {
        let step = self.step(id)?;
        let known = self
            .catalog
            .task(&step.task_id)
            .and_then(|task| task.field(field));
        let label = match known {
            Some(field) => field.label.clone(),
            None => field.to_string(),
        };
        if known.is_none() && step.config_value(field).is_none() {
            return Err(Refused::new(format!(
                "{} has no field ‘{label}’.",
                self.called(step)
            )));
        }
        if value.is_some_and(|value| value.len() > MAX_VALUE) {
            return Err(Refused::new(format!("‘{label}’ is too long; shorten it.")));
        }
        let summary = format!("Edited ‘{label}’ of {}", self.called(step));
        let mut workflow = self.before.clone();
        if let Some(step) = workflow.step_mut(id) {
            match value {
                Some(value) => step.set_config(field, value),
                None => step.config.retain(|filled| filled.id != field),
            }
        }
        Ok(Edited {
            workflow,
            summary,
            select: Some(id.to_string()),
        })
    }

    pub(super) fn set_detail(
        &self,
        id: &str,
        detail: Detail,
        value: Option<&str>,
    ) -> Result<Edited, Refused> {
        let step = self.step(id)?;
        let most = match detail {
            Detail::Name => MAX_NAME,
            Detail::Description | Detail::Note => MAX_DETAIL,
        };
        let value = value.map(str::trim).filter(|value| !value.is_empty());
        if value.is_some_and(|value| value.chars().count() > most) {
            return Err(Refused::new(format!(
                "This {} is too long; use at most {most} characters.",
                detail.as_str()
            )));
        }
        let summary = format!("Edited the {} of {}", detail.as_str(), self.called(step));
        let mut workflow = self.before.clone();
        if let Some(step) = workflow.step_mut(id) {
            *detail.of_mut(step) = value.map(str::to_string);
        }
        Ok(Edited {
            workflow,
            summary,
            select: Some(id.to_string()),
        })
    }

    pub(super) fn change_task(&self, id: &str, task_id: &str) -> Result<Edited, Refused> {
        let (step, task) = (self.step(id)?, self.task(task_id)?);
        let begins = |task_type| task_type == TaskType::Trigger;
        if begins(step.task_type) != begins(task.task_type) {
            return Err(Refused::new(if begins(step.task_type) {
                "This step starts the workflow; choose a trigger."
            } else {
                "A trigger only begins a workflow; choose another task."
            }));
        }
        let summary = format!("Changed {} to ‘{}’", self.called(step), task.label);
        let old_task = self.catalog.task(&step.task_id);
        let mut workflow = self.before.clone();
        let (was, is) = (step.task_type, task.task_type);
        if let Some(step) = workflow.step_mut(id) {
            step.task_id.clone_from(&task.id);
            step.task_version.clone_from(&task.version);
            step.task_type = is;
            step.config.retain(|filled| {
                let (old, new) = (
                    old_task.and_then(|task| task.field(&filled.id)),
                    task.field(&filled.id),
                );
                new.is_some_and(|new| {
                    old.is_none_or(|old| old.kind == new.kind && old.of == new.of)
                })
            });
        }
        if was.output_ports() != is.output_ports() {
            for link in workflow.links.iter_mut().filter(|link| link.from == id) {
                if !is.output_ports().contains(&link.from_port.as_str()) {
                    link.from_port = way_on(is).to_string();
                }
            }
            let mut seen = SortedSet::new();
            workflow.links.retain(|link| {
                link.from != id || seen.insert((link.from_port.clone(), link.to.clone()))
            });
        }
        keep_variables(self.before, &mut workflow, self.catalog);
        prefill(&mut workflow, id, task, self.catalog);
        Ok(Edited {
            workflow,
            summary,
            select: Some(id.to_string()),
        })
    }

    fn task(&self, id: &str) -> Result<&Task, Refused> {
        self.catalog.task(id).ok_or_else(|| {
            Refused::new("This task is not available in your store; choose another.")
        })
    }

    /// The places of the steps with these ids, all of which must be there.
    fn chosen(&self, graph: &Graph<'_>, steps: &[StepId]) -> Result<SortedSet<usize>, Refused> {
        let mut chosen = SortedSet::new();
        for id in steps {
            self.step(id)?;
            chosen.extend(graph.at(id));
        }
        if chosen.is_empty() {
            return Err(Refused::new("Choose a step first."));
        }
        Ok(chosen)
    }
}

/// A step that runs a task, with nothing filled in.
fn new_step(workflow: &Workflow, task: &Task) -> Step {
    let mut ids = Ids::new(workflow);
    let mut step = Step::new(
        ids.fresh(),
        task.id.as_str(),
        task.version.as_str(),
        task.task_type,
    );
    step.numeric_id = ids.numeric;
    step
}

fn room(workflow: &Workflow) -> Result<(), Refused> {
    if workflow.steps.len() > MAX_STEPS {
        return Err(Refused::new(format!(
            "A workflow holds at most {MAX_STEPS} steps; split it into several."
        )));
    }
    Ok(())
}

/// The steps with these ids, each with the id it has now.
fn copies(workflow: &Workflow, ids: &[StepId]) -> Vec<(StepId, Step)> {
    let steps: SortedMap<&str, &Step> = workflow
        .steps
        .iter()
        .map(|step| (step.id.as_str(), step))
        .collect();
    ids.iter()
        .filter_map(|id| Some((id.clone(), (*steps.get(id.as_str())?).clone())))
        .collect()
}

/// The links that lead from a port that is there to another step that is there, each once.
fn tidy_links(workflow: &Workflow) -> Vec<Link> {
    let graph = Graph::new(workflow);
    let mut seen = SortedSet::new();
    workflow
        .links
        .iter()
        .filter(|link| match (graph.at(&link.from), graph.at(&link.to)) {
            (Some(from), Some(to)) => {
                let ports = workflow.steps[from].task_type.output_ports();
                ports.contains(&link.from_port.as_str())
                    && workflow.steps[to].task_type != TaskType::Trigger
                    && seen.insert((from, link.from_port.as_str(), to))
            }
            _ => false,
        })
        .map(|link| {
            Link::new(
                link.from.as_str(),
                link.from_port.as_str(),
                link.to.as_str(),
            )
        })
        .collect()
}

fn same_links(left: &Workflow, right: &Workflow) -> bool {
    let ends = |workflow: &Workflow| -> SortedSet<(StepId, String, StepId)> {
        workflow
            .links
            .iter()
            .map(|link| (link.from.clone(), link.from_port.clone(), link.to.clone()))
            .collect()
    };
    ends(left) == ends(right)
}

/// The name with a number behind it, when another step has it already.
fn free_name(workflow: &Workflow, name: &str) -> String {
    let taken = |name: &str| {
        workflow
            .steps
            .iter()
            .any(|step| step.name.as_deref() == Some(name))
    };
    if !taken(name) {
        return name.to_string();
    }
    (2..)
        .map(|number| format!("{name} {number}"))
        .find(|name| !taken(name))
        .unwrap_or_else(|| name.to_string())
}

/// Fills required references to objects of which the step can see exactly one.
fn prefill(workflow: &mut Workflow, id: &str, task: &Task, catalog: &Catalog) {
    let wanted: Vec<_> = task
        .fields
        .iter()
        .filter(|field| field.required && field.kind == FieldKind::CommerceObject)
        .collect();
    if wanted.is_empty() {
        return;
    }
    let scope: Vec<Variable> = scope_at(workflow, id, catalog);
    let Some(step) = workflow.step_mut(id) else {
        return;
    };
    for field in wanted {
        if step.config_value(&field.id).is_some() {
            continue;
        }
        let object = field
            .of
            .as_deref()
            .and_then(|of| only_object(catalog, &scope, of));
        if let Some(object) = object
            && catalog.resolve(&scope, &format!("{object}.id")).is_ok()
        {
            step.set_config(&field.id, commerce_object(&format!("{object}.id")));
        }
    }
}

/// Where the going of one step would give another step's variable a new name, that step is given the
/// name it had, so that what reads it still does.
fn keep_variables(before: &Workflow, after: &mut Workflow, catalog: &Catalog) {
    let renamed: Vec<(StepId, String)> = after
        .steps
        .iter()
        .filter(|step| {
            catalog
                .task(&step.task_id)
                .is_some_and(|task| task.output().is_some())
        })
        .filter_map(|step| {
            let old = before
                .step(&step.id)
                .filter(|old| old.task_id == step.task_id)?;
            let was = output_name(before, old, catalog)?;
            (output_name(after, step, catalog)? != was).then(|| (step.id.clone(), was))
        })
        .filter(|(id, was)| {
            after.steps.iter().any(|step| {
                step.id != *id && step.config.iter().any(|field| field.value.contains(was))
            })
        })
        .collect();
    for (id, was) in renamed {
        let name = in_words(&was);
        if camel_case(&name) == was
            && let Some(step) = after.step_mut(&id)
        {
            step.name = Some(name);
        }
    }
}

/// `getOrderData2` gives `Get order data 2`.
fn in_words(variable: &str) -> String {
    let mut words = String::new();
    let mut digits = false;
    for letter in variable.chars() {
        let begins = letter.is_uppercase() || (letter.is_ascii_digit() && !digits);
        digits = letter.is_ascii_digit();
        if words.is_empty() {
            words.extend(letter.to_uppercase());
        } else if begins {
            words.push(' ');
            words.extend(letter.to_lowercase());
        } else {
            words.push(letter);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_variable_give_the_variable() {
        for (variable, words) in [
            ("getOrderData", "Get order data"),
            ("getOrderData12", "Get order data 12"),
            ("x", "X"),
        ] {
            assert_eq!(in_words(variable), words);
            assert_eq!(camel_case(words), variable);
        }
    }
}
