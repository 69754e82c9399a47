//! Where a step stands, in words, and how a move is told.

use crate::sorted::SortedSet;
use crate::workflow::{Link, TaskType, Workflow};

use super::{Teller, list};

/// When a step runs, as far as one link says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Where {
    /// After these steps, each as it stands in a sentence, or in one more case.
    After(Vec<String>, Option<String>),
    /// Under a port of a condition: what it asks, and the answer it runs on.
    If(String, bool),
    /// Under a port that says when: `for each of the …`, `whether or not …`.
    When(String),
}

impl std::fmt::Display for Where {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Where::After(steps, None) => write!(f, "after {}", steps.join(" and ")),
            Where::After(steps, Some(case)) => {
                write!(f, "after {}, or {case}", steps.join(" and "))
            }
            Where::If(test, true) => write!(f, "if {test}"),
            Where::If(test, false) => write!(f, "unless {test}"),
            Where::When(text) => f.write_str(text),
        }
    }
}

impl Where {
    /// As it follows the name of a step that is added there.
    pub(super) fn to_run(&self) -> String {
        match self {
            Where::After(..) => format!(" {self}"),
            Where::If(..) | Where::When(_) => format!(" to run {self}"),
        }
    }

    /// As one case among several, where `unless` would speak of all of them.
    fn as_case(&self) -> String {
        match self {
            Where::If(test, true) => format!("when {test}"),
            Where::If(test, false) => format!("when it is not so that {test}"),
            Where::After(..) | Where::When(_) => self.to_string(),
        }
    }
}

impl Teller<'_> {
    /// Where a step stands; `None` where nothing leads to it.
    pub(super) fn place(&self, workflow: &Workflow, step: &str) -> Option<Where> {
        let links: Vec<&Link> = workflow.incoming(step).collect();
        self.over(workflow, &links)
    }

    /// When a step runs that these links lead to.
    fn over(&self, workflow: &Workflow, links: &[&Link]) -> Option<Where> {
        let mut after = Vec::new();
        let mut when = None;
        let mut seen = SortedSet::new();
        for link in links {
            let Some(from) = workflow.step(&link.from) else {
                continue;
            };
            let text = match (from.task_type, link.from_port.as_str()) {
                (TaskType::Condition, port) => {
                    let test = self
                        .test(from)
                        .unwrap_or_else(|| "a condition holds".to_string());
                    let both = links
                        .iter()
                        .any(|other| other.from == link.from && other.from_port != link.from_port);
                    if both {
                        Where::When(format!("whether or not {test}"))
                    } else {
                        Where::If(test, port != "false")
                    }
                }
                (TaskType::Foreach, "loop_body") => match list(from) {
                    Some(list) => Where::When(format!("for each of the {list}")),
                    None => Where::When("for each item of the list".to_string()),
                },
                _ => {
                    let thing = self.thing(from);
                    if seen.insert(thing.clone()) {
                        after.push(thing);
                    }
                    continue;
                }
            };
            when.get_or_insert(text);
        }
        if after.is_empty() {
            when
        } else {
            after.truncate(2);
            Some(Where::After(after, when.map(|when| when.as_case())))
        }
    }

    /// A step that hangs elsewhere, or on more or fewer ways than before.
    pub(super) fn moved(&self, id: &str) -> String {
        let thing = match self.new.step(id) {
            Some(step) => self.thing(step),
            None => "a step".to_string(),
        };
        // What the links of one of the workflows have that no link of the other has.
        let only = |one: &'_ Workflow, other: &Workflow| -> Option<Where> {
            let known: SortedSet<(&str, &str)> = other
                .incoming(id)
                .map(|link| (link.from.as_str(), link.from_port.as_str()))
                .collect();
            let links: Vec<&Link> = one
                .incoming(id)
                .filter(|link| !known.contains(&(link.from.as_str(), link.from_port.as_str())))
                .collect();
            self.over(one, &links)
        };
        let (gained, lost) = (only(self.new, self.old), only(self.old, self.new));
        let before = self.old.incoming(id).next().is_some();
        let after = self.new.incoming(id).next().is_some();
        match (gained, lost) {
            (_, Some(_)) if !after => {
                let verb = self.verb("unlinks", "unlinked");
                format!("{verb} {thing}, so that it never runs")
            }
            (Some(gained), Some(lost)) if gained != lost => format!(
                "{} {thing} so that it runs {gained} instead of {lost}",
                self.verb("moves", "moved")
            ),
            (Some(gained), None) if before => {
                let gained = gained.as_case();
                if self.past {
                    format!("made {thing} run {gained} as well")
                } else {
                    format!("also runs {thing} {gained}")
                }
            }
            (None, Some(lost)) => {
                let lost = lost.as_case();
                if self.past {
                    format!("made {thing} no longer run {lost}")
                } else {
                    format!("no longer runs {thing} {lost}")
                }
            }
            (Some(gained), None) => format!(
                "{} {thing} so that it runs {gained}",
                self.verb("moves", "moved")
            ),
            _ => format!("{} {thing}", self.verb("moves", "moved")),
        }
    }
}
