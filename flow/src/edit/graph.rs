//! The links of a workflow, looked up once.

use crate::sorted::{SortedMap, SortedSet};
use crate::workflow::Workflow;

/// The links of one workflow by the places of its steps.
pub(super) struct Graph<'a> {
    workflow: &'a Workflow,
    index: SortedMap<&'a str, usize>,
    /// Per step: port and target, in link order.
    out: Vec<Vec<(&'a str, usize)>>,
    into: Vec<Vec<usize>>,
}

impl<'a> Graph<'a> {
    /// Links to or from steps that are not there are left out.
    pub(super) fn new(workflow: &'a Workflow) -> Graph<'a> {
        let mut index = SortedMap::new();
        for (at, step) in workflow.steps.iter().enumerate() {
            index.entry(step.id.as_str()).or_insert(at);
        }
        let mut out = vec![Vec::new(); workflow.steps.len()];
        let mut into = vec![Vec::new(); workflow.steps.len()];
        for link in &workflow.links {
            if let (Some(&from), Some(&to)) =
                (index.get(link.from.as_str()), index.get(link.to.as_str()))
            {
                out[from].push((link.from_port.as_str(), to));
                into[to].push(from);
            }
        }
        Graph {
            workflow,
            index,
            out,
            into,
        }
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = &'a str> + '_ {
        self.index.keys().copied()
    }

    pub(super) fn ids_are_unique(&self) -> bool {
        self.index.len() == self.workflow.steps.len()
    }

    /// The place of the step among the workflow's steps.
    pub(super) fn at(&self, id: &str) -> Option<usize> {
        self.index.get(id).copied()
    }

    /// Port and target of each link that leaves a step.
    pub(super) fn leaving(&self, at: usize) -> &[(&'a str, usize)] {
        &self.out[at]
    }

    /// The steps whose links enter a step.
    pub(super) fn entering(&self, at: usize) -> &[usize] {
        &self.into[at]
    }

    pub(super) fn has_link(&self, from: &str, port: &str, to: &str) -> bool {
        match (self.at(from), self.at(to)) {
            (Some(from), Some(to)) => self.out[from].contains(&(port, to)),
            _ => false,
        }
    }

    /// True when links lead from the one step to the other.
    pub(super) fn leads_to(&self, from: &str, to: &str) -> bool {
        match (self.at(from), self.at(to)) {
            (Some(from), Some(to)) => {
                let starts = self.out[from].iter().map(|(_, next)| *next).collect();
                self.reached(starts).contains(&to)
            }
            _ => false,
        }
    }

    /// These steps and all that links lead to from them.
    pub(super) fn reached(&self, starts: Vec<usize>) -> SortedSet<usize> {
        let mut found = SortedSet::new();
        let mut waiting = starts;
        while let Some(at) = waiting.pop() {
            if found.insert(at) {
                waiting.extend(self.out[at].iter().map(|(_, next)| *next));
            }
        }
        found
    }

    /// All that a port of a step leads to.
    pub(super) fn behind(&self, at: usize, port: &str) -> SortedSet<usize> {
        let starts = self.out[at]
            .iter()
            .filter(|(leaving, _)| *leaving == port)
            .map(|(_, next)| *next)
            .collect();
        self.reached(starts)
    }

    /// For each step its rank in reading order: after the steps that lead to it, where no circle is in
    /// the way, and along each branch before the next.
    pub(super) fn ranks(&self) -> Vec<usize> {
        let count = self.out.len();
        let mut done = vec![false; count];
        let mut finished = Vec::with_capacity(count);
        let starts = (0..count).filter(|at| self.into[*at].is_empty());
        let rest = (0..count).filter(|at| !self.into[*at].is_empty());
        // What is finished first comes last, so that starts and links are taken from their ends.
        let all: Vec<usize> = starts.chain(rest).collect();
        let (heads, others) = all.split_at(self.into.iter().filter(|from| from.is_empty()).count());
        for &start in heads.iter().rev().chain(others) {
            if std::mem::replace(&mut done[start], true) {
                continue;
            }
            let mut trail = vec![(start, self.out[start].len())];
            while let Some((at, left)) = trail.last_mut() {
                if *left == 0 {
                    finished.push(*at);
                    trail.pop();
                    continue;
                }
                *left -= 1;
                let next = self.out[*at][*left].1;
                if !std::mem::replace(&mut done[next], true) {
                    trail.push((next, self.out[next].len()));
                }
            }
        }
        let mut ranks = vec![0; count];
        for (rank, at) in finished.into_iter().rev().enumerate() {
            ranks[at] = rank;
        }
        ranks
    }
}
