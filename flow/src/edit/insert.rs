//! Putting steps into a workflow: ids, links, places on the canvas.

use serde_json::Value as Json;

use crate::sorted::{SortedMap, SortedSet};
use crate::workflow::{Link, StepId, TaskType, Workflow};

use super::graph::Graph;
use super::group::Port;
use super::{Place, Refused, no_such_link};

/// Space between a step and the one behind it, in Flow's units.
const STEP_DOWN: f64 = 160.0;
const STEP_ASIDE: f64 = 360.0;

/// Ids for new steps, spelt as the others are.
pub(super) struct Ids {
    used: SortedSet<StepId>,
    /// The workflow's ids are numbers.
    pub numeric: bool,
    next: usize,
}

impl Ids {
    pub(super) fn new(workflow: &Workflow) -> Ids {
        let numeric =
            !workflow.steps.is_empty() && workflow.steps.iter().all(|step| step.numeric_id);
        let largest = workflow
            .steps
            .iter()
            .filter_map(|step| step.id.parse::<usize>().ok())
            .max();
        Ids {
            used: workflow.steps.iter().map(|step| step.id.clone()).collect(),
            numeric,
            next: match largest {
                Some(largest) if numeric => largest.saturating_add(1),
                _ => 1,
            },
        }
    }

    pub(super) fn fresh(&mut self) -> StepId {
        loop {
            let id = if self.numeric {
                self.next.to_string()
            } else {
                format!("s{}", self.next)
            };
            self.next += 1;
            if self.used.insert(id.clone()) {
                return id;
            }
        }
    }
}

/// A port to hang steps under, and the steps that then follow them instead.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Slot {
    pub from: StepId,
    pub port: String,
    pub followers: Vec<StepId>,
}

/// Where steps are put in.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Spot {
    pub slots: Vec<Slot>,
    /// Steps that hung under nothing and then follow.
    pub heads: Vec<StepId>,
}

impl Spot {
    /// Behind a port, with all that follows there.
    pub(super) fn behind(workflow: &Workflow, from: &str, port: &str) -> Slot {
        Slot {
            from: from.to_string(),
            port: port.to_string(),
            followers: workflow
                .links
                .iter()
                .filter(|link| link.from == from && link.from_port == port)
                .map(|link| link.to.clone())
                .collect(),
        }
    }

    /// The spot that a place means in this workflow.
    pub(super) fn of(workflow: &Workflow, place: &Place) -> Result<Spot, Refused> {
        let slots = match place {
            Place::After { step, port } => {
                let source = workflow.step(step).ok_or_else(gone)?;
                if !source.task_type.output_ports().contains(&port.as_str()) {
                    return Err(Refused::new(
                        "This step has no such way out; choose another place.",
                    ));
                }
                vec![Spot::behind(workflow, step, port)]
            }
            Place::OnLink { from, port, to } => {
                let there = workflow
                    .links
                    .iter()
                    .any(|link| link.from == *from && link.from_port == *port && link.to == *to);
                if !there || workflow.step(from).is_none() || workflow.step(to).is_none() {
                    return Err(no_such_link());
                }
                vec![Slot {
                    from: from.clone(),
                    port: port.clone(),
                    followers: vec![to.clone()],
                }]
            }
            Place::Start if workflow.triggers().next().is_some() => workflow
                .triggers()
                .map(|trigger| Spot::behind(workflow, &trigger.id, "output"))
                .collect(),
            Place::Start => {
                return Ok(Spot {
                    slots: Vec::new(),
                    heads: heads(workflow),
                });
            }
            Place::Loose => Vec::new(),
        };
        Ok(Spot {
            slots,
            heads: Vec::new(),
        })
    }
}

fn gone() -> Refused {
    Refused::new("The step at this place is no longer there. Look at the canvas again.")
}

/// Steps that nothing leads to and that do not begin the workflow.
pub(super) fn heads(workflow: &Workflow) -> Vec<StepId> {
    let entered: SortedSet<&str> = workflow.links.iter().map(|link| link.to.as_str()).collect();
    workflow
        .steps
        .iter()
        .filter(|step| step.task_type != TaskType::Trigger && !entered.contains(step.id.as_str()))
        .map(|step| step.id.clone())
        .collect()
}

/// Links steps in: what they are entered over hangs at the slots, and what followed there follows them.
pub(super) fn hang(
    workflow: &mut Workflow,
    spot: &Spot,
    entries: &[StepId],
    exits: &[Port],
    among: Vec<Link>,
) {
    let mut seen: SortedSet<(StepId, String, StepId)> = SortedSet::new();
    let mut made: Vec<Link> = Vec::with_capacity(workflow.links.len() + among.len() + 2);
    let mut hung = vec![false; spot.slots.len()];
    let mut push = |made: &mut Vec<Link>, link: Link| {
        if seen.insert((link.from.clone(), link.from_port.clone(), link.to.clone())) {
            made.push(link);
        }
    };
    for link in std::mem::take(&mut workflow.links) {
        let slot = spot.slots.iter().position(|slot| {
            slot.from == link.from
                && slot.port == link.from_port
                && slot.followers.contains(&link.to)
        });
        let Some(at) = slot else {
            push(&mut made, link);
            continue;
        };
        if !std::mem::replace(&mut hung[at], true) {
            for entry in entries {
                push(
                    &mut made,
                    Link::new(link.from.as_str(), link.from_port.as_str(), entry.as_str()),
                );
            }
        }
        for (from, port) in exits {
            push(
                &mut made,
                Link::new(from.as_str(), port.as_str(), link.to.as_str()),
            );
        }
    }
    for (slot, hung) in spot.slots.iter().zip(hung) {
        for entry in entries.iter().filter(|_| !hung) {
            push(
                &mut made,
                Link::new(slot.from.as_str(), slot.port.as_str(), entry.as_str()),
            );
        }
    }
    for link in among {
        push(&mut made, link);
    }
    for head in &spot.heads {
        for (from, port) in exits {
            push(
                &mut made,
                Link::new(from.as_str(), port.as_str(), head.as_str()),
            );
        }
    }
    workflow.links = made;
}

/// Gives steps that were put in their places on Flow's canvas, and makes room behind them. The steps
/// keep how they stand to each other.
pub(super) fn set_down(workflow: &mut Workflow, spot: &Spot, steps: &[StepId]) {
    let sideways = workflow.extra.get("vertical_layout_enabled") == Some(&Json::Bool(false));
    let (along, across) = if sideways { (0, 1) } else { (1, 0) };
    let distance = if sideways { STEP_ASIDE } else { STEP_DOWN };
    let inside: SortedSet<&str> = steps.iter().map(String::as_str).collect();
    let places: SortedMap<&str, [f64; 2]> = workflow
        .steps
        .iter()
        .map(|step| (step.id.as_str(), step.position))
        .collect();
    let span = |ids: &mut dyn Iterator<Item = &str>| {
        ids.filter_map(|id| places.get(id)).fold(
            None,
            |known: Option<([f64; 2], [f64; 2])>, place| {
                let (low, high) = known.unwrap_or((*place, *place));
                Some((
                    [low[0].min(place[0]), low[1].min(place[1])],
                    [high[0].max(place[0]), high[1].max(place[1])],
                ))
            },
        )
    };
    let Some((low, high)) = span(&mut inside.iter().copied()) else {
        return;
    };
    let mut target = match spot
        .slots
        .first()
        .and_then(|slot| places.get(slot.from.as_str()))
    {
        Some(above) => {
            let mut target = *above;
            target[along] += distance;
            let second = spot
                .slots
                .first()
                .is_some_and(|slot| matches!(slot.port.as_str(), "false" | "after"));
            if second {
                target[across] += if sideways { STEP_DOWN } else { STEP_ASIDE };
            }
            target
        }
        None => {
            let others = &mut places.keys().copied().filter(|id| !inside.contains(id));
            match span(others) {
                Some((others_low, _)) if !spot.heads.is_empty() => {
                    let mut target = others_low;
                    target[along] -= distance;
                    target
                }
                Some((others_low, others_high)) => {
                    let mut target = others_low;
                    target[along] = others_high[along] + distance;
                    target
                }
                None => [0.0, 0.0],
            }
        }
    };
    for at in [0, 1] {
        if !target[at].is_finite() {
            target[at] = 0.0;
        }
    }
    let room = high[along] - low[along] + distance;
    let behind: SortedSet<StepId> = {
        let graph = Graph::new(workflow);
        let starts = spot
            .slots
            .iter()
            .flat_map(|slot| &slot.followers)
            .filter_map(|id| graph.at(id))
            .collect();
        graph
            .reached(starts)
            .into_iter()
            .map(|at| workflow.steps[at].id.clone())
            .filter(|id| !inside.contains(id.as_str()))
            .collect()
    };
    let in_the_way = workflow.steps.iter().any(|step| {
        behind.contains(&step.id)
            && step.position[along] < target[along] + room
            && step.position[along] >= target[along]
    });
    for step in &mut workflow.steps {
        if inside.contains(step.id.as_str()) {
            for at in [0, 1] {
                step.position[at] += target[at] - low[at];
            }
        } else if in_the_way && behind.contains(&step.id) && step.position[along] >= target[along] {
            step.position[along] += room;
        }
    }
}
