//! Where each step that both workflows have hangs in the one and in the other.

use crate::sorted::SortedSet;
use crate::workflow::{Step, TaskType, Workflow};

use super::graph::{Back, Slot};
use super::other_ports;
use super::pairs::Pairs;

/// How a step's slots in the two workflows compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// They are the same.
    Same,
    /// Added steps open further ways to it, or removed ones close some; that is part of those changes.
    Carried,
    /// It hangs elsewhere: a change of its own.
    Moved,
}

/// Where one step hangs.
#[derive(Debug)]
pub(super) struct Placed<'a> {
    pub place: Place,
    /// In the old workflow, over removed steps.
    pub before: Back<'a>,
    /// In the new workflow, over added steps.
    pub after: Back<'a>,
    /// The slots of both.
    pub shared: SortedSet<Slot<'a>>,
    /// Only the new workflow has some of its slots.
    pub opened: bool,
    /// Only the old workflow has some of its slots.
    pub closed: bool,
}

/// Two workflows, step by step.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    pub pairs: Pairs<'a>,
    /// `None` for steps that only one of them has.
    placed: Vec<Option<Placed<'a>>>,
    /// A trigger leads to it in the old workflow.
    pub reached_before: Vec<bool>,
    /// A trigger leads to it in the new workflow.
    pub reached_after: Vec<bool>,
}

impl<'a> Plan<'a> {
    pub(super) fn new(old: &'a Workflow, new: &'a Workflow) -> Plan<'a> {
        let pairs = Pairs::new(old, new);
        let nodes = 0..pairs.nodes.len();
        let triggers = |step: &dyn Fn(usize) -> Option<&'a Step>| -> Vec<usize> {
            nodes
                .clone()
                .filter(|at| step(*at).is_some_and(|step| step.task_type == TaskType::Trigger))
                .collect()
        };
        let reached_before = pairs.before.reached(triggers(&|at| pairs.old_step(at)));
        let reached_after = pairs.after.reached(triggers(&|at| pairs.new_step(at)));
        let placed = nodes
            .clone()
            .map(|at| {
                pairs
                    .is_common(at)
                    .then(|| place(&pairs, at, &reached_before, &reached_after))
            })
            .collect();
        Plan {
            pairs,
            placed,
            reached_before,
            reached_after,
        }
    }

    /// Where a step hangs that both have.
    pub(super) fn placed(&self, at: usize) -> Option<&Placed<'a>> {
        self.placed[at].as_ref()
    }

    /// How its slots compare; the same for a step that only one of them has.
    pub(super) fn place(&self, at: usize) -> Place {
        self.placed(at).map_or(Place::Same, |placed| placed.place)
    }

    /// Both have it, with other ports, so that what hangs under it must change with it.
    pub(super) fn changes_ports(&self, at: usize) -> bool {
        match (self.pairs.old_step(at), self.pairs.new_step(at)) {
            (Some(before), Some(after)) => other_ports(before, after),
            _ => false,
        }
    }
}

fn place<'a>(
    pairs: &Pairs<'a>,
    at: usize,
    reached_before: &[bool],
    reached_after: &[bool],
) -> Placed<'a> {
    let before = pairs.before.back(at, |node| pairs.is_removed(node));
    let after = pairs.after.back(at, |node| pairs.is_added(node));
    let (old, new) = (before.slots(), after.slots());
    let shared: SortedSet<Slot<'a>> = old.intersection(&new).copied().collect();
    let only_by_link = |back: &Back<'a>| {
        back.sources
            .iter()
            .any(|source| source.direct && !shared.contains(&source.edge.slot()))
    };
    let (opened, closed) = (new.len() > shared.len(), old.len() > shared.len());
    // What is carried must keep a way to it that is a way in both.
    let kept = shared
        .iter()
        .any(|(from, _)| reached_before[*from] && reached_after[*from]);
    let loose = !reached_before[at] && !reached_after[at] && !shared.is_empty();
    let place = if !opened && !closed {
        Place::Same
    } else if (kept || loose) && !only_by_link(&before) && !only_by_link(&after) {
        Place::Carried
    } else {
        Place::Moved
    };
    Placed {
        place,
        before,
        after,
        shared,
        opened,
        closed,
    }
}
