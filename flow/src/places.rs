//! Where the steps stand that ids and links speak of.

use crate::sorted::SortedMap;
use crate::workflow::Workflow;

/// The places of a workflow's steps in file order, looked up once for all who follow its links.
///
/// Steps with the same id share the place of the first of them.
#[derive(Debug)]
pub(crate) struct Places<'a> {
    first: SortedMap<&'a str, usize>,
    /// The place that each step goes by, in file order.
    pub of_steps: Vec<usize>,
    /// From where each link leads to where, in file order; `None` where there is no such step.
    pub of_links: Vec<(Option<usize>, Option<usize>)>,
}

impl<'a> Places<'a> {
    pub fn new(workflow: &'a Workflow) -> Places<'a> {
        let mut first = SortedMap::new();
        let of_steps = workflow
            .steps
            .iter()
            .enumerate()
            .map(|(at, step)| *first.entry(step.id.as_str()).or_insert(at))
            .collect();
        let place = |id: &str| first.get(id).copied();
        let of_links = workflow
            .links
            .iter()
            .map(|link| (place(&link.from), place(&link.to)))
            .collect();
        Places {
            first,
            of_steps,
            of_links,
        }
    }

    /// The place of the step with this id.
    pub fn of(&self, id: &str) -> Option<usize> {
        self.first.get(id).copied()
    }
}
