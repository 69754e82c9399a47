//! The links of the workflow that a part of the changes gives.

use crate::sorted::{SortedSet, sort_by_key};
use crate::workflow::Link;

use super::super::graph::{Edge, Slot, Source};
use super::super::place::Placed;
use super::Choice;

/// The links into every step that is there, in an order close to that of both workflows.
pub(super) fn links(choice: &Choice<'_, '_>) -> Vec<Link> {
    let mut maker = Maker {
        choice,
        made: Vec::new(),
        seen: SortedSet::new(),
    };
    for at in 0..choice.plan.pairs.nodes.len() {
        if choice.added[at] {
            maker.hang_added(at);
        } else if choice.hangs_as_new(at) {
            maker.hang_settled(at);
        } else if choice.present(at) {
            maker.hang_unmoved(at);
        }
    }
    let ordered = in_order(maker.made);
    // Where a file uses an id twice, links of two steps may read the same.
    let mut seen = SortedSet::new();
    ordered
        .iter()
        .filter(|made| seen.insert((choice.id(made.slot.0), made.slot.1, choice.id(made.to))))
        .map(|made| link(choice, made))
        .collect()
}

/// A link that was made, with its place, or that of the link it stands for, in each workflow.
#[derive(Clone, Copy, Debug)]
struct Made<'a> {
    slot: Slot<'a>,
    to: usize,
    /// The very link is in the old workflow.
    old: Option<usize>,
    /// Where it belongs among the links of the old workflow.
    near_old: Option<usize>,
    /// Where it belongs among the links of the new workflow.
    near_new: Option<usize>,
}

/// How a step hung in the old workflow, as far as its steps are still there.
struct OldSide<'a> {
    /// Links from removed steps that stay, each with the slots that lead to that step.
    kept: Vec<(Edge<'a>, SortedSet<Slot<'a>>)>,
    /// Slots of steps that both have: by a link, or healed over steps that go.
    sources: Vec<Source<'a>>,
}

impl<'a> OldSide<'a> {
    fn direct(&self, slot: Slot<'a>) -> bool {
        self.sources
            .iter()
            .any(|source| source.direct && source.edge.slot() == slot)
    }

    /// The links that the ways from a slot end with, where they lead over removed steps that stay.
    fn over_kept(&self, slot: Slot<'a>) -> impl Iterator<Item = &Edge<'a>> {
        self.kept
            .iter()
            .filter(move |(_, from)| from.contains(&slot))
            .map(|(edge, _)| edge)
    }

    /// Without removed steps that hang elsewhere too than at these slots: where the step they lead to
    /// moved away from there, what is there may now come after it, and a circle would close.
    fn within(mut self, slots: &SortedSet<Slot<'a>>) -> OldSide<'a> {
        self.kept.retain(|(_, from)| from.is_subset(slots));
        self
    }

    /// The links of removed steps that stay and that no slot leads to, such as another trigger.
    fn unled(&self) -> impl Iterator<Item = &Edge<'a>> {
        self.kept
            .iter()
            .filter(|(_, from)| from.is_empty())
            .map(|(edge, _)| edge)
    }
}

struct Maker<'c, 'p, 'a> {
    choice: &'c Choice<'p, 'a>,
    made: Vec<Made<'a>>,
    seen: SortedSet<(Slot<'a>, usize)>,
}

impl<'a> Maker<'_, '_, 'a> {
    fn make(
        &mut self,
        slot: Slot<'a>,
        to: usize,
        near_old: Option<usize>,
        near_new: Option<usize>,
    ) {
        if self.seen.insert((slot, to)) {
            let pairs = &self.choice.plan.pairs;
            let old = pairs.before.link(slot, to);
            self.made.push(Made {
                slot,
                to,
                old,
                near_old: old.or(near_old),
                near_new: pairs.after.link(slot, to).or(near_new),
            });
        }
    }

    fn old_side(&self, at: usize) -> OldSide<'a> {
        let (choice, pairs) = (self.choice, &self.choice.plan.pairs);
        let gone = |node: usize| pairs.is_removed(node) && !choice.kept[node];
        let (kept, sources): (Vec<Source<'a>>, Vec<Source<'a>>) = pairs
            .before
            .back(at, gone)
            .sources
            .into_iter()
            .partition(|source| choice.kept[source.edge.from]);
        OldSide {
            kept: kept
                .into_iter()
                .map(|source| {
                    let from = pairs
                        .before
                        .back(source.edge.from, |node| pairs.is_removed(node));
                    (source.edge, from.slots())
                })
                .collect(),
            sources,
        }
    }

    /// A removed step that stays, or one whose move is not accepted, hangs where it hung. A healed link
    /// is left out beside a way over steps that stay.
    fn hang_unmoved(&mut self, at: usize) {
        let side = self.old_side(at);
        for (edge, _) in &side.kept {
            self.make(edge.slot(), at, Some(edge.link), None);
        }
        for source in &side.sources {
            let slot = source.edge.slot();
            if source.direct || side.over_kept(slot).next().is_none() {
                self.make(slot, at, Some(source.edge.link), None);
            }
        }
    }

    /// A step that did not move, or whose move is accepted, hangs where the new workflow has it, behind
    /// the removed steps that stand there still.
    fn hang_settled(&mut self, at: usize) {
        let (choice, pairs) = (self.choice, &self.choice.plan.pairs);
        let Some(placed) = choice.plan.placed(at) else {
            return;
        };
        let moved = choice.moved[at];
        let mut old = self.old_side(at);
        if moved {
            old = old.within(&placed.after.slots());
        }
        let absent = |node: usize| pairs.is_added(node) && !choice.added[node];
        let (added, sources): (Vec<Source<'a>>, Vec<Source<'a>>) = pairs
            .after
            .back(at, absent)
            .sources
            .into_iter()
            .partition(|source| choice.added[source.edge.from]);
        let mut over_added = SortedSet::new();
        for source in added {
            self.make(source.edge.slot(), at, None, Some(source.edge.link));
            let back = pairs
                .after
                .back(source.edge.from, |node| pairs.is_added(node));
            over_added.extend(back.slots());
        }
        for source in sources {
            let slot = source.edge.slot();
            // A way that only steps open which are not accepted is not open.
            if !source.direct
                && (over_added.contains(&slot) || !moved && !placed.shared.contains(&slot))
            {
                continue;
            }
            let mut none = true;
            for edge in old.over_kept(slot) {
                none = false;
                self.make(edge.slot(), at, Some(edge.link), None);
            }
            if none || old.direct(slot) {
                self.make(slot, at, None, Some(source.edge.link));
            }
        }
        if moved {
            return;
        }
        // Ways that removed steps keep open which stay; the others go on over added steps.
        for (edge, from) in &old.kept {
            let own = if from.is_empty() {
                placed.shared.is_disjoint(&over_added)
            } else {
                !from.is_subset(&over_added)
            };
            if own {
                self.make(edge.slot(), at, Some(edge.link), None);
            }
        }
    }

    /// An added step comes after the removed steps that stay between its slot and what follows it.
    fn hang_added(&mut self, at: usize) {
        let (choice, pairs) = (self.choice, &self.choice.plan.pairs);
        let absent = |node: usize| pairs.is_added(node) && !choice.added[node];
        let sources = pairs.after.back(at, absent).sources;
        let sides: Vec<(&Placed<'a>, OldSide<'a>)> = pairs
            .after
            .forward(at, |node| pairs.is_added(node))
            .into_iter()
            .filter(|node| choice.hangs_as_new(*node))
            .filter_map(|node| Some((choice.plan.placed(node)?, self.old_side(node))))
            .map(|(placed, side)| (placed, side.within(&placed.after.slots())))
            .collect();
        for source in sources {
            let slot = source.edge.slot();
            let (mut none, mut direct) = (true, false);
            for (placed, side) in &sides {
                if !placed.shared.contains(&slot) {
                    continue;
                }
                direct |= side.direct(slot);
                for edge in side.unled() {
                    self.make(edge.slot(), at, None, Some(source.edge.link));
                }
                for edge in side.over_kept(slot) {
                    none = false;
                    self.make(edge.slot(), at, None, Some(source.edge.link));
                }
            }
            if none || direct {
                self.make(slot, at, None, Some(source.edge.link));
            }
        }
    }
}

/// Links of the old workflow in their order, each other one beside its siblings of the same slot.
fn in_order(made: Vec<Made<'_>>) -> Vec<Made<'_>> {
    let (mut order, mut others): (Vec<Made<'_>>, Vec<Made<'_>>) =
        made.into_iter().partition(|made| made.old.is_some());
    sort_by_key(&mut order, |made| made.old);
    sort_by_key(&mut others, |made| {
        (made.near_new.is_none(), made.near_new, made.near_old)
    });
    for made in others {
        let comes_after = |other: &Made<'_>| {
            let new = made.near_new.zip(other.near_new);
            let old = made.near_old.zip(other.near_old);
            // Those healed from one link stand in its place in the order they came in.
            new.or(old).map(|(mine, theirs)| mine >= theirs)
        };
        let siblings = || {
            order
                .iter()
                .enumerate()
                .filter(|(_, other)| other.slot == made.slot)
        };
        let behind = siblings()
            .filter(|(_, other)| comes_after(other) == Some(true))
            .map(|(at, _)| at + 1)
            .next_back();
        let before = siblings()
            .find(|(_, other)| comes_after(other) == Some(false))
            .map(|(at, _)| at);
        let alone = || match (made.near_old, made.near_new) {
            (Some(mine), _) => order
                .iter()
                .position(|other| other.near_old.is_some_and(|theirs| theirs > mine)),
            (None, mine) => order
                .iter()
                .rposition(|other| other.near_new < mine && other.near_new.is_some())
                .map(|at| at + 1),
        };
        let place = behind.or(before).or_else(alone).unwrap_or(order.len());
        order.insert(place, made);
    }
    order
}

fn link(choice: &Choice<'_, '_>, made: &Made<'_>) -> Link {
    let pairs = &choice.plan.pairs;
    let (from, port) = made.slot;
    let mut link = Link::new(choice.id(from), port, choice.id(made.to));
    let known = match (made.old, pairs.after.link(made.slot, made.to)) {
        (Some(at), _) => pairs.before.links.get(at),
        (None, Some(at)) => pairs.after.links.get(at),
        (None, None) => None,
    };
    if let Some(known) = known {
        link.to_port.clone_from(&known.to_port);
    }
    link
}
