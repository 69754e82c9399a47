//! Edits by hand: one thing a merchant does to a workflow, and the workflow that comes of it.
//!
//! Where steps are taken out, what followed them hangs where they hung, as in [`crate::diff`]. Where
//! they are put in, what followed there follows them. A condition or a loop that is moved or duplicated
//! takes along what stands in its branches; what the branches lead to together stays.
//!
//! What an edit cannot know (a reference to a variable that is not there, an empty field) is left for
//! [`crate::check`]. No edit gives two steps one id, and none leaves a link that leads nowhere.

mod graph;
mod group;
mod insert;
mod steps;

use serde::{Deserialize, Serialize};

use crate::catalog::Catalog;
use crate::diff::Detail;
use crate::sorted::SortedSet;
use crate::workflow::{Link, Step, StepId, TaskType, Workflow};

use graph::Graph;

/// The longest name of a workflow or a step, in characters.
const MAX_NAME: usize = 255;
/// The longest description or note, in characters.
const MAX_DETAIL: usize = 5_000;
/// The longest value of a config field, in bytes.
const MAX_VALUE: usize = 256 * 1024;
/// What a workflow is called that began without a word.
const UNNAMED: &str = "New workflow";

/// One thing a merchant does to a workflow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Edit {
    /// Gives the workflow another name.
    Rename {
        /// The new name.
        name: String,
    },
    /// Adds what starts the workflow; there may be only one.
    AddTrigger {
        /// The id of the trigger's task.
        task_id: String,
    },
    /// Adds a step that runs a task.
    AddStep {
        /// The id of its task.
        task_id: String,
        /// Where it goes.
        place: Place,
    },
    /// Takes steps out.
    Remove {
        /// The steps to take out.
        steps: Vec<StepId>,
    },
    /// Puts copies of steps behind them.
    Duplicate {
        /// The steps to copy.
        steps: Vec<StepId>,
    },
    /// Puts steps in that were copied elsewhere, under new ids; the links are those among them.
    Paste {
        /// The steps as they were copied.
        steps: Vec<Step>,
        /// The links among them.
        links: Vec<Link>,
        /// Where the first of them goes.
        place: Place,
    },
    /// Takes steps out and puts them in elsewhere.
    Move {
        /// The steps to move.
        steps: Vec<StepId>,
        /// Where they go.
        place: Place,
    },
    /// Fills a config field, or clears it.
    SetField {
        /// The step.
        step: StepId,
        /// The field's id.
        field: String,
        /// The value as Flow JSON carries it; `None` clears the field.
        value: Option<String>,
    },
    /// Sets the name, the description or the note of a step, or clears it.
    SetDetail {
        /// The step.
        step: StepId,
        /// Which of its texts.
        detail: Detail,
        /// The text; `None` clears it.
        value: Option<String>,
    },
    /// Lets a step run another task; what both tasks are configured with stays.
    ChangeTask {
        /// The step.
        step: StepId,
        /// The id of the task it runs then.
        task_id: String,
    },
    /// Links a port to a step.
    Link {
        /// The step the link leaves.
        from: StepId,
        /// The port it leaves over.
        port: String,
        /// The step it leads to.
        to: StepId,
    },
    /// Takes a link away.
    Unlink {
        /// The step the link leaves.
        from: StepId,
        /// The port it leaves over.
        port: String,
        /// The step it leads to.
        to: StepId,
    },
    /// What happened when a condition holds happens when it does not, and the other way round.
    SwapBranches {
        /// The condition step.
        step: StepId,
    },
    /// Puts another workflow in this one's place, for example an earlier version.
    Replace {
        /// The workflow that takes its place.
        workflow: Workflow,
        /// What a person would call it, for example `Restored version 2`.
        summary: String,
    },
}

/// Where steps are put in.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "snake_case")]
pub enum Place {
    /// Behind a port: everything that followed there follows what is put in.
    After {
        /// The step whose port it is.
        step: StepId,
        /// The port, for example `true`.
        port: String,
    },
    /// On one link; other links of the port stay as they are.
    OnLink {
        /// The step the link leaves.
        from: StepId,
        /// The port it leaves over.
        port: String,
        /// The step it leads to.
        to: StepId,
    },
    /// Right behind the trigger, before everything else.
    Start,
    /// Linked to nothing.
    Loose,
}

/// What an edit gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Edited {
    /// The workflow as it is then.
    pub workflow: Workflow,
    /// What the edit is called, for example `Added ‘Add order tags’`.
    pub summary: String,
    /// The step to look at afterwards.
    pub select: Option<StepId>,
}

/// Why an edit cannot be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// One sentence: what is wrong, and what to do.
    pub message: String,
}

impl Refused {
    fn new(message: impl Into<String>) -> Refused {
        Refused {
            message: message.into(),
        }
    }
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Refused {}

/// Makes an edit. Deterministic: the same workflow and the same edit give the same workflow.
pub fn apply(workflow: &Workflow, edit: &Edit, catalog: &Catalog) -> Result<Edited, Refused> {
    let editor = Editor {
        before: workflow,
        catalog,
    };
    let edited = editor.make(edit)?;
    if edited.workflow == *workflow {
        return Err(Refused::new("This is so already; nothing was changed."));
    }
    Ok(edited)
}

struct Editor<'a> {
    before: &'a Workflow,
    catalog: &'a Catalog,
}

impl Editor<'_> {
    fn make(&self, edit: &Edit) -> Result<Edited, Refused> {
        match edit {
            Edit::Rename { name } => self.rename(name),
            Edit::AddTrigger { task_id } => self.add_trigger(task_id),
            Edit::AddStep { task_id, place } => self.add_step(task_id, place),
            Edit::Remove { steps } => self.remove(steps),
            Edit::Duplicate { steps } => self.duplicate(steps),
            Edit::Paste {
                steps,
                links,
                place,
            } => self.paste(steps, links, place),
            Edit::Move { steps, place } => self.put_elsewhere(steps, place),
            Edit::SetField { step, field, value } => self.set_field(step, field, value.as_deref()),
            Edit::SetDetail {
                step,
                detail,
                value,
            } => self.set_detail(step, *detail, value.as_deref()),
            Edit::ChangeTask { step, task_id } => self.change_task(step, task_id),
            Edit::Link { from, port, to } => self.link(from, port, to),
            Edit::Unlink { from, port, to } => self.unlink(from, port, to),
            Edit::SwapBranches { step } => self.swap(step),
            Edit::Replace { workflow, summary } => replace(workflow, summary),
        }
    }

    fn rename(&self, name: &str) -> Result<Edited, Refused> {
        let name = name.trim();
        if name.is_empty() {
            return Err(Refused::new("A workflow needs a name; give it one."));
        }
        if name.chars().count() > MAX_NAME {
            return Err(Refused::new(format!(
                "This name is too long; use at most {MAX_NAME} characters."
            )));
        }
        let mut workflow = self.before.clone();
        workflow.name = name.to_string();
        Ok(Edited {
            workflow,
            summary: format!("Renamed the workflow to ‘{name}’"),
            select: None,
        })
    }

    fn link(&self, from: &str, port: &str, to: &str) -> Result<Edited, Refused> {
        let (source, target) = (self.step(from)?, self.step(to)?);
        if !source.task_type.output_ports().contains(&port) {
            return Err(Refused::new(format!(
                "{} has no such way out; choose another.",
                self.called(source)
            )));
        }
        if target.task_type == TaskType::Trigger {
            return Err(Refused::new(
                "A trigger only begins a workflow; choose another step.",
            ));
        }
        let graph = Graph::new(self.before);
        if from == to || graph.leads_to(to, from) {
            return Err(Refused::new(
                "The workflow would run in a circle; choose another step.",
            ));
        }
        let summary = format!("Linked {} to {}", self.called(source), self.called(target));
        let mut workflow = self.before.clone();
        if graph.has_link(from, port, to) {
            return Err(Refused::new("These two are linked already."));
        }
        workflow.links.push(Link::new(from, port, to));
        Ok(Edited {
            workflow,
            summary,
            select: Some(to.to_string()),
        })
    }

    fn unlink(&self, from: &str, port: &str, to: &str) -> Result<Edited, Refused> {
        let mut workflow = self.before.clone();
        workflow
            .links
            .retain(|link| !(link.from == from && link.from_port == port && link.to == to));
        if workflow.links.len() == self.before.links.len() {
            return Err(no_such_link());
        }
        let name = |id: &str| match self.before.step(id) {
            Some(step) => self.called(step),
            None => "a step".to_string(),
        };
        Ok(Edited {
            workflow,
            summary: format!("Took away the link from {} to {}", name(from), name(to)),
            select: Some(from.to_string()),
        })
    }

    fn swap(&self, id: &str) -> Result<Edited, Refused> {
        let step = self.step(id)?;
        if step.task_type != TaskType::Condition {
            return Err(Refused::new(
                "Only a condition has two branches that can be swapped.",
            ));
        }
        let mut workflow = self.before.clone();
        for link in &mut workflow.links {
            if link.from == id {
                link.from_port = match link.from_port.as_str() {
                    "true" => "false".to_string(),
                    "false" => "true".to_string(),
                    other => other.to_string(),
                };
            }
        }
        Ok(Edited {
            workflow,
            summary: format!("Swapped the branches of {}", self.called(step)),
            select: Some(id.to_string()),
        })
    }

    /// The step with this id; it may have gone meanwhile.
    fn step(&self, id: &str) -> Result<&Step, Refused> {
        self.before
            .step(id)
            .ok_or_else(|| Refused::new("This step is no longer there. Look at the canvas again."))
    }

    /// A step as it stands in a sentence: `‘Add order tags’`.
    fn called(&self, step: &Step) -> String {
        called(step, self.catalog)
    }

    /// One step by its name, several by their number.
    fn all_called<'s>(&self, steps: impl IntoIterator<Item = &'s Step>) -> String {
        let steps: Vec<&Step> = steps.into_iter().collect();
        match steps.as_slice() {
            [one] => self.called(one),
            many => format!("{} steps", many.len()),
        }
    }
}

fn called(step: &Step, catalog: &Catalog) -> String {
    let label = match catalog.task(&step.task_id) {
        Some(task) if step.task_type != TaskType::Condition => task.label.clone(),
        _ if step.task_type == TaskType::Condition => "Condition".to_string(),
        _ => {
            let words = step
                .task_id
                .rsplit("::")
                .next()
                .unwrap_or_default()
                .replace(['_', '-'], " ");
            crate::summary::upper_first(&words)
        }
    };
    format!("‘{label}’")
}

fn no_such_link() -> Refused {
    Refused::new("This link is no longer there. Look at the canvas again.")
}

fn replace(workflow: &Workflow, summary: &str) -> Result<Edited, Refused> {
    let graph = Graph::new(workflow);
    if !graph.ids_are_unique() {
        return Err(Refused::new(
            "Two steps of this workflow have the same id, so it cannot be edited here.",
        ));
    }
    let mut workflow = workflow.clone();
    let there: SortedSet<&str> = graph.ids().collect();
    let links = workflow
        .links
        .iter()
        .filter(|link| there.contains(link.from.as_str()) && there.contains(link.to.as_str()))
        .cloned()
        .collect();
    workflow.links = links;
    let summary = summary.trim();
    Ok(Edited {
        workflow,
        summary: if summary.is_empty() {
            "Replaced the workflow".to_string()
        } else {
            summary.chars().take(MAX_NAME).collect()
        },
        select: None,
    })
}

#[cfg(test)]
mod tests;
