//! Steps that are taken together: what belongs to them, where they begin, where they end, and what is
//! left when they are taken out.

use crate::sorted::{SortedSet, sort_by_key};
use crate::workflow::{Link, StepId, TaskType, Workflow};

use super::graph::Graph;

/// A port of a step.
pub(super) type Port = (StepId, String);

/// The port over which what follows a step follows it.
pub(super) fn way_on(task_type: TaskType) -> &'static str {
    match task_type {
        TaskType::Condition => "true",
        TaskType::Foreach => "after",
        TaskType::Trigger | TaskType::Action | TaskType::Wait => "output",
    }
}

/// Steps of a workflow that are linked with each other, or a single one.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Part {
    /// Where it is entered.
    pub entries: Vec<StepId>,
    /// Where it goes on.
    pub exits: Vec<Port>,
}

/// Steps of a workflow, in reading order.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub ids: Vec<StepId>,
    /// The links among them, and those that join its parts into a row.
    pub links: Vec<Link>,
    /// What is linked with each other; one stands behind the other.
    pub parts: Vec<Part>,
}

impl Group {
    /// The steps with these ids, without what is not there.
    pub(super) fn new(workflow: &Workflow, graph: &Graph<'_>, steps: &SortedSet<usize>) -> Group {
        let ranks = graph.ranks();
        let mut members: Vec<usize> = steps.iter().copied().collect();
        sort_by_key(&mut members, |at| ranks[*at]);
        let id = |at: usize| workflow.steps[at].id.clone();
        let inside: SortedSet<&str> = steps
            .iter()
            .map(|at| workflow.steps[*at].id.as_str())
            .collect();
        let mut links: Vec<Link> = workflow
            .links
            .iter()
            .filter(|link| inside.contains(link.from.as_str()) && inside.contains(link.to.as_str()))
            .cloned()
            .collect();
        let bodies = bodies(workflow, graph, steps);
        let mut parts: Vec<Part> = Vec::new();
        let mut seen = SortedSet::new();
        for &start in &members {
            let part = connected(graph, steps, start);
            if !seen.insert(part.clone()) {
                continue;
            }
            let ordered: Vec<usize> = members
                .iter()
                .copied()
                .filter(|at| part.contains(at))
                .collect();
            let entries = ordered
                .iter()
                .filter(|at| !graph.entering(**at).iter().any(|from| steps.contains(from)))
                .map(|at| id(*at))
                .collect();
            parts.push(Part {
                entries,
                exits: exits(workflow, graph, steps, &ordered, &bodies),
            });
        }
        for pair in parts.windows(2) {
            for (from, port) in &pair[0].exits {
                for to in &pair[1].entries {
                    links.push(Link::new(from.as_str(), port.as_str(), to.as_str()));
                }
            }
        }
        Group {
            ids: members.into_iter().map(id).collect(),
            links,
            parts,
        }
    }

    /// Where the whole is entered.
    pub(super) fn entries(&self) -> &[StepId] {
        self.parts.first().map_or(&[], |part| &part.entries)
    }

    /// Where the whole goes on.
    pub(super) fn exits(&self) -> &[Port] {
        self.parts.last().map_or(&[], |part| &part.exits)
    }
}

/// These steps, and what stands in the branches of the conditions and in the loops among them.
pub(super) fn with_branches(
    workflow: &Workflow,
    graph: &Graph<'_>,
    steps: &SortedSet<usize>,
) -> SortedSet<usize> {
    let mut all = steps.clone();
    for &at in steps {
        let (first, second) = match workflow.steps[at].task_type {
            TaskType::Condition => ("true", "false"),
            TaskType::Foreach => ("loop_body", "after"),
            _ => continue,
        };
        let (first_side, second_side) = (graph.behind(at, first), graph.behind(at, second));
        let is_loop = first == "loop_body";
        let candidates: SortedSet<usize> = first_side
            .iter()
            .chain(second_side.iter().filter(|_| !is_loop))
            .copied()
            .filter(|next| !(first_side.contains(next) && second_side.contains(next)))
            .collect();
        // Only what nothing else leads to stands in the branch.
        let mut branch = candidates;
        loop {
            let outside: Vec<usize> = branch
                .iter()
                .copied()
                .filter(|next| {
                    graph
                        .entering(*next)
                        .iter()
                        .any(|from| *from != at && !branch.contains(from) && !all.contains(from))
                })
                .collect();
            if outside.is_empty() {
                break;
            }
            for next in outside {
                branch.remove(&next);
            }
        }
        all.extend(branch);
    }
    all
}

/// The steps of a group that stand inside of loops of the group.
fn bodies(workflow: &Workflow, graph: &Graph<'_>, steps: &SortedSet<usize>) -> SortedSet<usize> {
    steps
        .iter()
        .filter(|at| workflow.steps[**at].task_type == TaskType::Foreach)
        .flat_map(|at| graph.behind(*at, "loop_body"))
        .collect()
}

fn connected(graph: &Graph<'_>, steps: &SortedSet<usize>, start: usize) -> SortedSet<usize> {
    let mut found = SortedSet::new();
    let mut waiting = vec![start];
    while let Some(at) = waiting.pop() {
        if steps.contains(&at) && found.insert(at) {
            waiting.extend(graph.leaving(at).iter().map(|(_, next)| *next));
            waiting.extend(graph.entering(at));
        }
    }
    found
}

/// The ports where a part goes on: those that lead out of the group, else the ways on of its ends.
fn exits(
    workflow: &Workflow,
    graph: &Graph<'_>,
    steps: &SortedSet<usize>,
    part: &[usize],
    bodies: &SortedSet<usize>,
) -> Vec<Port> {
    let free = || part.iter().copied().filter(|at| !bodies.contains(at));
    let mut found: Vec<Port> = Vec::new();
    for at in free() {
        for (port, next) in graph.leaving(at) {
            let port = (workflow.steps[at].id.clone(), (*port).to_string());
            if !steps.contains(next) && port.1 != "loop_body" && !found.contains(&port) {
                found.push(port);
            }
        }
    }
    if !found.is_empty() {
        return found;
    }
    for at in free() {
        let step = &workflow.steps[at];
        let on = way_on(step.task_type);
        let inside = |only: Option<&str>| {
            graph
                .leaving(at)
                .iter()
                .any(|(port, next)| steps.contains(next) && only.is_none_or(|only| only == *port))
        };
        let ends = match step.task_type {
            TaskType::Foreach => !inside(Some(on)),
            _ => !inside(None),
        };
        if ends {
            found.push((step.id.clone(), on.to_string()));
        }
    }
    found
}

/// The links that are left when steps go: what followed them hangs where they hung.
pub(super) fn healed(workflow: &Workflow, graph: &Graph<'_>, gone: &SortedSet<usize>) -> Vec<Link> {
    let mut there: SortedSet<(&str, &str, &str)> = workflow
        .links
        .iter()
        .map(|link| {
            (
                link.from.as_str(),
                link.from_port.as_str(),
                link.to.as_str(),
            )
        })
        .collect();
    let mut links = Vec::new();
    for link in &workflow.links {
        let (Some(from), Some(to)) = (graph.at(&link.from), graph.at(&link.to)) else {
            continue;
        };
        match (gone.contains(&from), gone.contains(&to)) {
            (false, false) => links.push(link.clone()),
            (false, true) => {
                for next in following(graph, gone, to) {
                    let next = workflow.steps[next].id.as_str();
                    if next != link.from
                        && there.insert((link.from.as_str(), link.from_port.as_str(), next))
                    {
                        links.push(Link::new(link.from.as_str(), link.from_port.as_str(), next));
                    }
                }
            }
            (true, _) => {}
        }
    }
    links
}

/// The steps that follow over steps that go, in the order of their links.
fn following(graph: &Graph<'_>, gone: &SortedSet<usize>, start: usize) -> Vec<usize> {
    let mut found = Vec::new();
    let mut seen = SortedSet::new();
    let mut waiting = vec![start];
    while let Some(at) = waiting.pop() {
        if !seen.insert(at) {
            continue;
        }
        if gone.contains(&at) {
            waiting.extend(graph.leaving(at).iter().rev().map(|(_, next)| *next));
        } else {
            found.push(at);
        }
    }
    found
}
