//! Which step of the new workflow is which step of the old one.

use crate::sorted::{SortedMap, SortedSet, sort_by_key};
use crate::workflow::{Step, TaskType, Workflow};

use super::graph::Graph;

/// A step of the old workflow, of the new one, or of both.
#[derive(Debug)]
pub(super) struct Node {
    /// Its place among the steps of the old workflow.
    pub old: Option<usize>,
    /// Its place among the steps of the new workflow.
    pub new: Option<usize>,
    /// Names it in the ids of changes: the step's id, with a number where a file uses an id twice.
    pub key: String,
}

/// Two workflows over one set of nodes.
#[derive(Debug)]
pub(super) struct Pairs<'a> {
    pub old: &'a Workflow,
    pub new: &'a Workflow,
    /// The steps of the old workflow in its order, then those that only the new one has.
    pub nodes: Vec<Node>,
    /// The links of the old workflow.
    pub before: Graph<'a>,
    /// The links of the new workflow.
    pub after: Graph<'a>,
}

impl<'a> Pairs<'a> {
    /// Matches steps by id, then triggers that went with triggers that came, in file order.
    pub(super) fn new(old: &'a Workflow, new: &'a Workflow) -> Pairs<'a> {
        let mut nodes: Vec<Node> = Vec::with_capacity(old.steps.len());
        let mut keys = SortedSet::new();
        // A file may use an id twice; the second such step is matched with the second.
        let mut known: SortedMap<(&str, usize), usize> = SortedMap::new();
        for (at, (step, turn)) in counted(&old.steps).into_iter().enumerate() {
            known.insert((&step.id, turn), nodes.len());
            nodes.push(Node {
                old: Some(at),
                new: None,
                key: key(step, turn, &mut keys),
            });
        }
        let mut fresh = Vec::new();
        for (at, (step, turn)) in counted(&new.steps).into_iter().enumerate() {
            match known.get(&(step.id.as_str(), turn)) {
                Some(node) => nodes[*node].new = Some(at),
                None => fresh.push((at, step, turn)),
            }
        }
        let mut gone: Vec<usize> = nodes
            .iter()
            .enumerate()
            .filter(|(_, node)| node.new.is_none())
            .filter(|(_, node)| node.old.is_some_and(|at| is_trigger(&old.steps[at])))
            .map(|(at, _)| at)
            .collect();
        gone.reverse();
        for (at, step, turn) in fresh {
            match gone.pop_if(|_| is_trigger(step)) {
                Some(node) => nodes[node].new = Some(at),
                None => nodes.push(Node {
                    old: None,
                    new: Some(at),
                    key: key(step, turn, &mut keys),
                }),
            }
        }
        let before = Graph::new(
            &old.links,
            &by_id(&old.steps, &nodes, |node| node.old),
            nodes.len(),
        );
        let after = Graph::new(
            &new.links,
            &by_id(&new.steps, &nodes, |node| node.new),
            nodes.len(),
        );
        Pairs {
            old,
            new,
            nodes,
            before,
            after,
        }
    }

    /// The step as the old workflow has it.
    pub(super) fn old_step(&self, at: usize) -> Option<&'a Step> {
        self.old.steps.get(self.nodes[at].old?)
    }

    /// The step as the new workflow has it.
    pub(super) fn new_step(&self, at: usize) -> Option<&'a Step> {
        self.new.steps.get(self.nodes[at].new?)
    }

    /// Only the new workflow has it.
    pub(super) fn is_added(&self, at: usize) -> bool {
        self.nodes[at].old.is_none()
    }

    /// Only the old workflow has it.
    pub(super) fn is_removed(&self, at: usize) -> bool {
        self.nodes[at].new.is_none()
    }

    /// Both have it.
    pub(super) fn is_common(&self, at: usize) -> bool {
        !self.is_added(at) && !self.is_removed(at)
    }

    /// All nodes in the order of the new workflow, those it does not have at the end.
    pub(super) fn in_new_order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.nodes.len()).collect();
        sort_by_key(&mut order, |at| {
            (self.nodes[*at].new.unwrap_or(usize::MAX), *at)
        });
        order
    }
}

fn is_trigger(step: &Step) -> bool {
    step.task_type == TaskType::Trigger
}

/// Each step with how many steps before it have its id.
fn counted(steps: &[Step]) -> Vec<(&Step, usize)> {
    let mut seen: SortedMap<&str, usize> = SortedMap::new();
    steps
        .iter()
        .map(|step| {
            let count = seen.entry(&step.id).or_default();
            *count += 1;
            (step, *count - 1)
        })
        .collect()
}

fn key(step: &Step, turn: usize, keys: &mut SortedSet<String>) -> String {
    let mut key = step.id.clone();
    if turn > 0 {
        key = format!("{key}#{}", turn + 1);
    }
    while !keys.insert(key.clone()) {
        key.push('#');
    }
    key
}

/// Links mean the first step with their id.
fn by_id<'a>(
    steps: &'a [Step],
    nodes: &[Node],
    place: impl Fn(&Node) -> Option<usize>,
) -> SortedMap<&'a str, usize> {
    let mut first: SortedMap<&str, (usize, usize)> = SortedMap::new();
    for (at, node) in nodes.iter().enumerate() {
        let Some((place, step)) = place(node).and_then(|at| Some((at, steps.get(at)?))) else {
            continue;
        };
        let entry = first.entry(&step.id).or_insert((place, at));
        if place < entry.0 {
            *entry = (place, at);
        }
    }
    first
        .into_iter()
        .map(|(id, (_, node))| (id, node))
        .collect()
}
