//! The links of one workflow, to be walked either way over steps that the other one may not have.

use crate::sorted::{SortedMap, SortedSet, sort_by_key};
use crate::workflow::Link;

/// A port of a node, where others hang.
pub(super) type Slot<'a> = (usize, &'a str);

/// One link between nodes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge<'a> {
    pub from: usize,
    pub port: &'a str,
    pub to: usize,
    /// Its place among the workflow's links.
    pub link: usize,
}

impl<'a> Edge<'a> {
    pub(super) fn slot(&self) -> Slot<'a> {
        (self.from, self.port)
    }
}

/// Where a node hangs, found by a walk back.
#[derive(Clone, Copy, Debug)]
pub(super) struct Source<'a> {
    /// The link that leaves the slot; it leads to the node itself or to a node that was walked over.
    pub edge: Edge<'a>,
    /// A link joins the slot and the node.
    pub direct: bool,
}

/// What a walk back found.
#[derive(Clone, Debug, Default)]
pub(super) struct Back<'a> {
    /// Each slot once, in the order of its links.
    pub sources: Vec<Source<'a>>,
    /// The nodes that were walked over.
    pub passed: SortedSet<usize>,
}

impl<'a> Back<'a> {
    pub(super) fn slots(&self) -> SortedSet<Slot<'a>> {
        self.sources
            .iter()
            .map(|source| source.edge.slot())
            .collect()
    }
}

/// The links of one workflow.
#[derive(Debug)]
pub(super) struct Graph<'a> {
    pub links: &'a [Link],
    into: Vec<Vec<Edge<'a>>>,
    out: Vec<Vec<Edge<'a>>>,
}

impl<'a> Graph<'a> {
    /// Links to or from steps that are not there, and repeated ones, are left out.
    pub(super) fn new(
        links: &'a [Link],
        nodes: &SortedMap<&str, usize>,
        count: usize,
    ) -> Graph<'a> {
        let mut graph = Graph {
            links,
            into: vec![Vec::new(); count],
            out: vec![Vec::new(); count],
        };
        let mut seen = SortedSet::new();
        for (at, link) in links.iter().enumerate() {
            let (Some(&from), Some(&to)) =
                (nodes.get(link.from.as_str()), nodes.get(link.to.as_str()))
            else {
                continue;
            };
            let edge = Edge {
                from,
                port: link.from_port.as_str(),
                to,
                link: at,
            };
            if seen.insert((from, edge.port, to)) {
                graph.into[to].push(edge);
                graph.out[from].push(edge);
            }
        }
        graph
    }

    /// The links that enter a node.
    pub(super) fn entering(&self, at: usize) -> &[Edge<'a>] {
        &self.into[at]
    }

    /// The links that leave a node.
    pub(super) fn leaving(&self, at: usize) -> &[Edge<'a>] {
        &self.out[at]
    }

    /// The place of the link from a slot to a node, if there is one.
    pub(super) fn link(&self, (from, port): Slot<'_>, to: usize) -> Option<usize> {
        self.out[from]
            .iter()
            .find(|edge| edge.port == port && edge.to == to)
            .map(|edge| edge.link)
    }

    /// The slots where a node hangs when the nodes that `over` names are walked over.
    pub(super) fn back(&self, start: usize, over: impl Fn(usize) -> bool) -> Back<'a> {
        let mut found: SortedMap<Slot<'a>, Source<'a>> = SortedMap::new();
        let mut passed = SortedSet::new();
        let mut waiting = vec![start];
        while let Some(at) = waiting.pop() {
            for edge in &self.into[at] {
                let direct = at == start;
                if edge.from != start && over(edge.from) {
                    if passed.insert(edge.from) {
                        waiting.push(edge.from);
                    }
                } else if edge.from != start || direct {
                    // A circle over nodes that are not there leads to no link of a step to itself.
                    let source = found.entry(edge.slot()).or_insert(Source {
                        edge: *edge,
                        direct,
                    });
                    source.direct |= direct;
                }
            }
        }
        let mut sources: Vec<Source<'a>> = found.into_values().collect();
        sort_by_key(&mut sources, |source| source.edge.link);
        Back { sources, passed }
    }

    /// The nodes that follow over the nodes that `over` names, which are not among them.
    pub(super) fn forward(&self, start: usize, over: impl Fn(usize) -> bool) -> SortedSet<usize> {
        let mut found = SortedSet::new();
        let mut seen = SortedSet::from([start]);
        let mut waiting = vec![start];
        while let Some(at) = waiting.pop() {
            for edge in &self.out[at] {
                if seen.insert(edge.to) {
                    if over(edge.to) {
                        waiting.push(edge.to);
                    } else {
                        found.insert(edge.to);
                    }
                }
            }
        }
        found
    }

    /// The nodes among those that `within` names which a port leads to over such nodes alone.
    pub(super) fn branch(
        &self,
        start: usize,
        port: &str,
        within: impl Fn(usize) -> bool,
    ) -> SortedSet<usize> {
        let mut found = SortedSet::new();
        let mut waiting: Vec<usize> = self.out[start]
            .iter()
            .filter(|edge| edge.port == port)
            .map(|edge| edge.to)
            .collect();
        while let Some(at) = waiting.pop() {
            if at != start && within(at) && found.insert(at) {
                waiting.extend(self.out[at].iter().map(|edge| edge.to));
            }
        }
        found
    }

    /// All nodes from which links lead to this one.
    pub(super) fn above(&self, start: usize) -> SortedSet<usize> {
        let mut found = SortedSet::new();
        let mut waiting = vec![start];
        while let Some(at) = waiting.pop() {
            for edge in &self.into[at] {
                if found.insert(edge.from) {
                    waiting.push(edge.from);
                }
            }
        }
        found
    }

    /// For every node, whether links lead to it from one of these, or it is one of these.
    pub(super) fn reached(&self, from: Vec<usize>) -> Vec<bool> {
        let mut reached = vec![false; self.out.len()];
        let mut waiting = from;
        while let Some(at) = waiting.pop() {
            if !std::mem::replace(&mut reached[at], true) {
                waiting.extend(self.out[at].iter().map(|edge| edge.to));
            }
        }
        reached
    }
}
