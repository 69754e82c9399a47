//! What each change needs: of the graph here, of the data that steps read in [`data`].

mod data;

use crate::sorted::{SortedMap, SortedSet};
use crate::workflow::{Step, TaskType};

use super::place::{Place, Plan};
use super::{Change, ChangeId, id_of};

/// The changes that each change needs directly.
pub(super) fn needs(
    plan: &Plan<'_>,
    changes: &[Change],
) -> SortedMap<ChangeId, SortedSet<ChangeId>> {
    let mut needs = Needs {
        known: changes.iter().map(|change| change.id.as_str()).collect(),
        found: SortedMap::new(),
    };
    Graph::new(plan).collect(&mut needs);
    data::collect(plan, changes, &mut needs);
    needs.found
}

struct Needs<'c> {
    /// The changes there are; nothing else can be needed.
    known: SortedSet<&'c str>,
    found: SortedMap<ChangeId, SortedSet<ChangeId>>,
}

impl Needs<'_> {
    fn add(&mut self, of: &str, need: &str) {
        if of != need && self.known.contains(of) && self.known.contains(need) {
            self.found
                .entry(of.to_string())
                .or_default()
                .insert(need.to_string());
        }
    }

    fn add_all<'n>(&mut self, of: &str, needs: impl IntoIterator<Item = &'n ChangeId>) {
        for need in needs {
            self.add(of, need);
        }
    }
}

/// What changes need so that every subset of them leaves a graph in which nothing comes loose.
struct Graph<'p, 'a> {
    plan: &'p Plan<'a>,
    /// Changes that tie in steps which nothing led to, and those that change what triggers are. Before
    /// anything is cut, these must be there: they may be the new way to what hung there.
    ties: Vec<ChangeId>,
}

impl<'p, 'a> Graph<'p, 'a> {
    fn new(plan: &'p Plan<'a>) -> Graph<'p, 'a> {
        let graph = Graph {
            plan,
            ties: Vec::new(),
        };
        let ties = (0..plan.pairs.nodes.len())
            .filter_map(|at| {
                if plan.changes_ports(at) {
                    Some(graph.id("task", at))
                } else if plan.place(at) == Place::Moved
                    && !plan.reached_before[at]
                    && plan.reached_after[at]
                {
                    Some(graph.id("move", at))
                } else {
                    None
                }
            })
            .collect();
        Graph { plan, ties }
    }

    fn id(&self, kind: &str, at: usize) -> ChangeId {
        id_of(kind, &self.plan.pairs.nodes[at].key)
    }

    fn collect(&self, needs: &mut Needs<'_>) {
        for at in 0..self.plan.pairs.nodes.len() {
            if self.plan.pairs.is_added(at) {
                self.added(at, needs);
            } else if self.plan.pairs.is_removed(at) {
                self.removed(at, needs);
            } else {
                self.common(at, needs);
            }
        }
    }

    /// An added step needs what it hangs under.
    fn added(&self, at: usize, needs: &mut Needs<'_>) {
        let id = self.id("add", at);
        for edge in self.plan.pairs.after.entering(at) {
            needs.add(&id, &self.id("add", edge.from));
            needs.add(&id, &self.id("move", edge.from));
            if self.plan.changes_ports(edge.from) {
                needs.add(&id, &self.id("task", edge.from));
            }
        }
    }

    /// A removed condition or loop needs that what its branches alone lead to goes as well, or it
    /// would then happen always.
    fn removed(&self, at: usize, needs: &mut Needs<'_>) {
        let pairs = &self.plan.pairs;
        let id = self.id("remove", at);
        needs.add_all(&id, &self.ties);
        if starts(pairs.old_step(at)) {
            self.cut(at, &id, needs);
        }
        if !branches(pairs.old_step(at)) {
            return;
        }
        let ports: SortedSet<&str> = pairs
            .before
            .leaving(at)
            .iter()
            .map(|edge| edge.port)
            .collect();
        let mut times: SortedMap<usize, usize> = SortedMap::new();
        let mut always = SortedSet::new();
        for port in ports {
            let steps = pairs.before.branch(at, port, |node| pairs.is_removed(node));
            if port == "after" {
                // What comes after a loop runs once in any case.
                always.extend(steps);
                continue;
            }
            for step in steps {
                *times.entry(step).or_default() += 1;
            }
        }
        for (step, times) in times {
            if times == 1 && !always.contains(&step) {
                needs.add(&id, &self.id("remove", step));
            }
        }
    }

    fn common(&self, at: usize, needs: &mut Needs<'_>) {
        let pairs = &self.plan.pairs;
        let Some(placed) = self.plan.placed(at) else {
            return;
        };
        if self.plan.changes_ports(at) {
            self.other_ports(at, needs);
        }
        match placed.place {
            Place::Same => {}
            Place::Carried => {
                if placed.opened {
                    for added in &placed.after.passed {
                        needs.add_all(&self.id("add", *added), &self.above(*added));
                    }
                }
            }
            Place::Moved => {
                let id = self.id("move", at);
                needs.add(&id, &self.id("task", at));
                needs.add_all(&id, &self.above(at));
                for edge in pairs.after.entering(at) {
                    needs.add(&id, &self.id("add", edge.from));
                }
                if self.plan.reached_before[at] && !self.plan.reached_after[at] {
                    needs.add_all(&id, &self.ties);
                    self.cut(at, &id, needs);
                }
                // What moves into or out of a branch does so together with that branch.
                for added in &placed.after.passed {
                    if branches(pairs.new_step(*added)) {
                        needs.add(&self.id("add", *added), &id);
                    }
                }
                for removed in &placed.before.passed {
                    let of = self.id("remove", *removed);
                    if branches(pairs.old_step(*removed)) {
                        needs.add(&of, &id);
                        needs.add(&id, &of);
                    }
                }
            }
        }
    }

    /// A trigger that goes, or a step that nothing leads to any more, needs the moves of those steps
    /// below it that something still leads to in the new workflow.
    fn cut(&self, at: usize, id: &str, needs: &mut Needs<'_>) {
        let below = self.plan.pairs.before.reached(vec![at]);
        for (node, below) in below.into_iter().enumerate() {
            if below && self.plan.reached_after[node] {
                needs.add(id, &self.id("move", node));
            }
        }
    }

    /// The changes of where the steps above this one hang in the new workflow.
    ///
    /// With them, what leads to it is what leads to it there; without them, a step moved under one
    /// that should have moved first could end in a circle of links that no trigger reaches.
    fn above(&self, at: usize) -> SortedSet<ChangeId> {
        let mut found = SortedSet::new();
        for node in self.plan.pairs.after.above(at) {
            if self.plan.changes_ports(node) {
                found.insert(self.id("task", node));
            }
            let Some(placed) = self.plan.placed(node) else {
                continue;
            };
            match placed.place {
                Place::Same => {}
                Place::Carried => {
                    if placed.closed {
                        let removed = placed.before.passed.iter();
                        found.extend(removed.map(|removed| self.id("remove", *removed)));
                    }
                }
                Place::Moved => {
                    found.insert(self.id("move", node));
                }
            }
        }
        found
    }

    /// No link fits a step whose ports are others, so all that hangs under it changes with it. Such a
    /// change is rare (an editor makes another step instead) and is not taken apart further.
    fn other_ports(&self, at: usize, needs: &mut Needs<'_>) {
        let pairs = &self.plan.pairs;
        let id = self.id("task", at);
        needs.add_all(&id, &self.ties);
        for edge in pairs.before.leaving(at) {
            let gone = |node: usize| pairs.is_removed(node);
            for removed in pairs.before.branch(at, edge.port, gone) {
                needs.add(&id, &self.id("remove", removed));
            }
        }
        for node in 0..pairs.nodes.len() {
            needs.add(&id, &self.id("move", node));
            if starts(pairs.new_step(node)) {
                needs.add(&id, &self.id("add", node));
            }
        }
    }
}

/// True for a condition and a loop, whose ports say when what follows runs.
fn branches(step: Option<&Step>) -> bool {
    step.is_some_and(|step| step.task_type.output_ports().len() > 1)
}

fn starts(step: Option<&Step>) -> bool {
    step.is_some_and(|step| step.task_type == TaskType::Trigger)
}
