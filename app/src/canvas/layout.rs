//! Where steps and links go on the canvas: top-down, branches side by side, a step where branches
//! meet again centred under the step at which they parted.
//!
//! The same workflow always gives the same layout, on the server and in the browser, so that nothing
//! jumps when the page comes to life.

use std::collections::{HashMap, HashSet};

use flow::TaskType;
use flow::workflow::{StepId, Workflow};

use super::eye::Frame;
use super::fixed::tenths;
use crate::language::{k, t};

/// Width of a step's card.
pub const CARD_WIDTH: f64 = 272.0;
/// Height of a step's card.
pub const CARD_HEIGHT: f64 = 88.0;
/// Free space between a card and what follows it; a port's label stands in it.
const ROW_GAP: f64 = 68.0;
/// Free space between neighbours.
const COLUMN_GAP: f64 = 36.0;
/// Width of the lane of a link that goes past steps.
const LANE_WIDTH: f64 = 48.0;
/// Radius of a link's corners.
const CORNER: f64 = 14.0;
/// How far the two ports of a step are from its middle when both are in use.
pub const PORT_OFFSET: f64 = 56.0;

/// A card's place: the middle of its upper edge.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Place {
    pub x: f64,
    pub y: f64,
}

/// A drawn link.
#[derive(Clone, Debug, PartialEq)]
pub struct Route {
    pub from: StepId,
    pub port: String,
    pub to: StepId,
    /// SVG path data.
    pub path: String,
    /// The words at the link, when its port has a meaning.
    pub label: Option<&'static str>,
    pub label_at: Place,
    /// Where a step can be put in.
    pub plus_at: Place,
    /// All of the line lies in it.
    pub bounds: Frame,
}

/// A workflow laid out; `x` runs from 0 to `width`, `y` from 0 to `height`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layout {
    /// Steps in reading order: top to bottom along the branches.
    pub order: Vec<StepId>,
    /// The places of the steps in `order`.
    pub spots: Vec<Place>,
    pub places: HashMap<StepId, Place>,
    pub routes: Vec<Route>,
    pub width: f64,
    pub height: f64,
}

impl Layout {
    /// The place of a step.
    pub fn place(&self, id: &str) -> Option<Place> {
        self.places.get(id).copied()
    }

    /// The step to move to with an arrow key.
    pub fn neighbour(&self, id: &str, direction: Direction) -> Option<StepId> {
        let here = self.place(id)?;
        let distance = |other: &Place| match direction {
            Direction::Down if other.y > here.y => {
                Some((other.y - here.y) + 2.0 * (other.x - here.x).abs())
            }
            Direction::Up if other.y < here.y => {
                Some((here.y - other.y) + 2.0 * (other.x - here.x).abs())
            }
            Direction::Right if other.x > here.x => {
                Some((other.x - here.x) + 2.0 * (other.y - here.y).abs())
            }
            Direction::Left if other.x < here.x => {
                Some((here.x - other.x) + 2.0 * (other.y - here.y).abs())
            }
            _ => None,
        };
        self.order
            .iter()
            .filter(|other| *other != id)
            .filter_map(|other| Some((distance(self.places.get(other)?)?, other)))
            .min_by(|left, right| left.0.total_cmp(&right.0))
            .map(|(_, other)| other.clone())
    }
}

/// Where an arrow key points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Up,
    Down,
    Left,
    Right,
}

/// The words shown at a port; ports without a choice have none.
pub fn port_label(port: &str) -> Option<&'static str> {
    match port {
        "true" => Some(t(k::CANVAS_THEN)),
        "false" => Some(t(k::CANVAS_OTHERWISE)),
        "loop_body" => Some(t(k::CANVAS_FOR_EACH)),
        "after" => Some(t(k::CANVAS_AFTER)),
        _ => None,
    }
}

/// To which side of the middle the line of a port begins, -1 to 1.
pub fn stub_shift(port: &str, several: bool) -> f64 {
    match port {
        "true" | "loop_body" if several => -1.0,
        "false" | "after" if several => 1.0,
        _ => 0.0,
    }
}

/// How wide the words at a port are drawn.
pub fn label_width(label: &str) -> f64 {
    20.0 + 7.2 * label.chars().count() as f64
}

/// A child of a step in the tree of blocks: what is drawn side by side under it.
enum Slot {
    /// The block of this step.
    Block(usize),
    /// An empty lane for a link that goes straight to a step further down.
    Lane(usize),
}

#[derive(Default)]
struct Block {
    slots: Vec<Slot>,
    /// Steps under the row, where branches meet, in order.
    joins: Vec<usize>,
    width: f64,
    height: f64,
    /// Where the step itself stands, from the block's left edge.
    anchor: f64,
    /// Left edge of each slot, then of each join, from the block's left edge.
    offsets: Vec<f64>,
}

/// Lays a workflow out.
pub fn lay_out(workflow: &Workflow) -> Layout {
    let graph = Graph::new(workflow);
    let order = graph.order();
    let dominators = graph.dominators(&order);
    let count = graph.steps;
    let root = count;

    let mut blocks: Vec<Block> = (0..=count).map(|_| Block::default()).collect();
    for &node in order.iter().filter(|node| **node != root) {
        let parent = dominators[node];
        let alone = graph.forward_in[node].len() == 1;
        if !alone {
            blocks[parent].joins.push(node);
        }
    }
    for &node in &order {
        for &(edge, to) in &graph.forward_out[node] {
            let alone = graph.forward_in[to].len() == 1;
            let slot = if alone {
                Slot::Block(to)
            } else if graph.forward_out[node].len() > 1 {
                Slot::Lane(edge)
            } else {
                continue;
            };
            blocks[node].slots.push(slot);
        }
        // A row of nothing but lanes needs no room of its own.
        if blocks[node]
            .slots
            .iter()
            .all(|slot| matches!(slot, Slot::Lane(_)))
            && blocks[node].slots.len() == 1
        {
            blocks[node].slots.clear();
        }
    }

    for &node in order.iter().rev() {
        let measured = measure(&blocks, node, node == root);
        blocks[node] = Block {
            slots: std::mem::take(&mut blocks[node].slots),
            joins: std::mem::take(&mut blocks[node].joins),
            ..measured
        };
    }

    let mut corner = vec![(0.0, 0.0); count + 1];
    let mut lanes: HashMap<usize, (f64, f64, f64)> = HashMap::new();
    let mut places = HashMap::new();
    for &node in &order {
        let (left, top) = corner[node];
        let block = &blocks[node];
        let mut y = top;
        if node != root {
            places.insert(
                graph.ids[node].clone(),
                Place {
                    x: left + block.anchor,
                    y,
                },
            );
            y += CARD_HEIGHT + ROW_GAP;
        }
        let row = row_height(&blocks, block);
        for (slot, offset) in block.slots.iter().zip(&block.offsets) {
            match slot {
                Slot::Block(child) => corner[*child] = (left + offset, y),
                Slot::Lane(edge) => {
                    lanes.insert(*edge, (left + offset + LANE_WIDTH / 2.0, y, y + row));
                }
            }
        }
        if row > 0.0 {
            y += row + ROW_GAP;
        }
        for (join, offset) in block
            .joins
            .iter()
            .zip(block.offsets.iter().skip(block.slots.len()))
        {
            corner[*join] = (left + offset, y);
            y += blocks[*join].height + ROW_GAP;
        }
    }

    let routes = routes(workflow, &graph, &places, &lanes);
    let steps_in_order: Vec<StepId> = order
        .iter()
        .filter(|node| **node != root)
        .map(|node| graph.ids[*node].clone())
        .collect();
    Layout {
        spots: steps_in_order
            .iter()
            .filter_map(|id| places.get(id).copied())
            .collect(),
        order: steps_in_order,
        width: blocks[root].width,
        height: blocks[root].height,
        places,
        routes,
    }
}

fn row_height(blocks: &[Block], block: &Block) -> f64 {
    block
        .slots
        .iter()
        .map(|slot| match slot {
            Slot::Block(child) => blocks[*child].height,
            Slot::Lane(_) => 0.0,
        })
        .fold(0.0, f64::max)
}

fn measure(blocks: &[Block], node: usize, root: bool) -> Block {
    let block = &blocks[node];
    let mut offsets = Vec::new();
    let mut anchors = Vec::new();
    let mut x = 0.0;
    for slot in &block.slots {
        offsets.push(x);
        let (width, anchor) = match slot {
            Slot::Block(child) => (blocks[*child].width, blocks[*child].anchor),
            Slot::Lane(_) => (LANE_WIDTH, LANE_WIDTH / 2.0),
        };
        anchors.push(x + anchor);
        x += width + COLUMN_GAP;
    }
    let row_width = (x - COLUMN_GAP).max(0.0);
    let anchor = match (anchors.first(), anchors.last()) {
        (Some(first), Some(last)) => (first + last) / 2.0,
        _ => CARD_WIDTH / 2.0,
    };
    let mut left = (anchor - CARD_WIDTH / 2.0).min(0.0);
    let mut right = row_width.max(anchor + CARD_WIDTH / 2.0);
    for join in &block.joins {
        let start = anchor - blocks[*join].anchor;
        offsets.push(start);
        left = left.min(start);
        right = right.max(start + blocks[*join].width);
    }
    for offset in &mut offsets {
        *offset -= left;
    }

    let row = row_height(blocks, block);
    let mut parts = Vec::new();
    if !root {
        parts.push(CARD_HEIGHT);
    }
    if row > 0.0 {
        parts.push(row);
    }
    parts.extend(block.joins.iter().map(|join| blocks[*join].height));
    let gaps = ROW_GAP * parts.len().saturating_sub(1) as f64;
    Block {
        width: right - left,
        height: parts.iter().sum::<f64>() + gaps,
        anchor: anchor - left,
        offsets,
        ..Block::default()
    }
}

fn routes(
    workflow: &Workflow,
    graph: &Graph,
    places: &HashMap<StepId, Place>,
    lanes: &HashMap<usize, (f64, f64, f64)>,
) -> Vec<Route> {
    let mut routes = Vec::new();
    let mut ports: HashMap<&str, HashSet<&str>> = HashMap::new();
    for link in &workflow.links {
        ports
            .entry(link.from.as_str())
            .or_default()
            .insert(link.from_port.as_str());
    }
    for (index, link) in workflow.links.iter().enumerate() {
        let (Some(from), Some(to)) = (places.get(&link.from), places.get(&link.to)) else {
            continue;
        };
        let both_ports = ports
            .get(link.from.as_str())
            .is_some_and(|ports| ports.len() > 1);
        let shift = PORT_OFFSET * stub_shift(&link.from_port, both_ports);
        let start = Place {
            x: from.x + shift,
            y: from.y + CARD_HEIGHT,
        };
        let meets = graph
            .index
            .get(&link.to)
            .is_some_and(|node| graph.forward_in[*node].len() > 1);
        let mut path = format!("M{} {}", tenths(start.x), tenths(start.y));
        let mut here = start;
        let mut label_at = Place {
            x: to.x,
            y: to.y - ROW_GAP / 2.0 + 8.0,
        };
        if let Some((x, top, bottom)) = lanes.get(&index) {
            bend(&mut path, &mut here, *x, top - ROW_GAP / 2.0, *bottom);
            label_at = Place {
                x: *x,
                y: top - 4.0,
            };
            bend(&mut path, &mut here, to.x, to.y - ROW_GAP / 2.0, to.y);
        } else if meets {
            bend(&mut path, &mut here, to.x, to.y - ROW_GAP / 2.0, to.y);
            label_at = Place {
                x: start.x,
                y: start.y + ROW_GAP / 2.0 - 12.0,
            };
        } else {
            bend(&mut path, &mut here, to.x, start.y + 20.0, to.y);
        }
        let label = port_label(&link.from_port);
        let plus_at = match label {
            Some(label) => Place {
                x: label_at.x + label_width(label) / 2.0 + 16.0,
                y: label_at.y,
            },
            None if meets => Place {
                x: start.x,
                y: start.y + 16.0,
            },
            None => Place {
                x: to.x,
                y: to.y - ROW_GAP / 2.0,
            },
        };
        let lane = lanes.get(&index).map_or(to.x, |lane| lane.0);
        routes.push(Route {
            from: link.from.clone(),
            port: link.from_port.clone(),
            to: link.to.clone(),
            path,
            label,
            label_at,
            plus_at,
            bounds: Frame {
                left: start.x.min(to.x).min(lane) - CORNER,
                top: start.y.min(to.y) - CORNER,
                right: start.x.max(to.x).max(lane) + CORNER,
                bottom: start.y.max(to.y) + CORNER,
            },
        });
    }
    routes
}

/// Draws down to `turn`, across to `x`, and down to `y`, with round corners.
fn bend(path: &mut String, here: &mut Place, x: f64, turn: f64, y: f64) {
    use std::fmt::Write;

    let across = x - here.x;
    let radius = CORNER
        .min(across.abs() / 2.0)
        .min((turn - here.y).abs())
        .min((y - turn).abs());
    let side = radius * across.signum();
    let (level, lane) = (tenths(turn), tenths(x));
    // Writing into a String cannot fail.
    let _ = write!(
        path,
        "V{}Q{} {level} {} {level}H{}Q{lane} {level} {lane} {}V{}",
        tenths(turn - radius),
        tenths(here.x),
        tenths(here.x + side),
        tenths(x - side),
        tenths(turn + radius),
        tenths(y),
    );
    *here = Place { x, y };
}

/// The links of a workflow as indexes, without those that would close a circle.
struct Graph<'a> {
    steps: usize,
    ids: Vec<&'a StepId>,
    index: HashMap<&'a StepId, usize>,
    /// Per step: link index and target, in port order. The last entry is the root above all starts.
    forward_out: Vec<Vec<(usize, usize)>>,
    forward_in: Vec<Vec<usize>>,
}

impl<'a> Graph<'a> {
    fn new(workflow: &'a Workflow) -> Graph<'a> {
        let mut ids = Vec::new();
        let mut kinds: Vec<TaskType> = Vec::new();
        let mut index = HashMap::new();
        for step in &workflow.steps {
            if !index.contains_key(&step.id) {
                index.insert(&step.id, ids.len());
                ids.push(&step.id);
                kinds.push(step.task_type);
            }
        }
        let steps = ids.len();
        let mut out: Vec<Vec<(usize, usize)>> = vec![Vec::new(); steps + 1];
        let mut entered = vec![false; steps];
        for (edge, link) in workflow.links.iter().enumerate() {
            if let (Some(&from), Some(&to)) = (index.get(&link.from), index.get(&link.to))
                && from != to
                && !out[from].iter().any(|(other, known)| {
                    *known == to && workflow.links[*other].from_port == link.from_port
                })
            {
                out[from].push((edge, to));
                entered[to] = true;
            }
        }
        for (node, links) in out.iter_mut().enumerate().take(steps) {
            let ports = kinds[node].output_ports();
            flow::sorted::sort_by_key(links, |(edge, _)| {
                ports
                    .iter()
                    .position(|port| *port == workflow.links[*edge].from_port)
            });
        }

        // Walk from the starts; a link back into the walk's own trail would close a circle.
        let mut state = vec![0u8; steps];
        let mut forward_out: Vec<Vec<(usize, usize)>> = vec![Vec::new(); steps + 1];
        let mut forward_in: Vec<Vec<usize>> = vec![Vec::new(); steps + 1];
        let no_edge = usize::MAX;
        let starts = (0..steps).filter(|node| !entered[*node]);
        let rest = (0..steps).filter(|node| entered[*node]);
        for start in starts.chain(rest) {
            if state[start] != 0 {
                continue;
            }
            forward_out[steps].push((no_edge, start));
            forward_in[start].push(steps);
            state[start] = 1;
            let mut trail = vec![(start, 0)];
            while let Some((node, next)) = trail.last_mut() {
                let node = *node;
                let Some(&(edge, to)) = out[node].get(*next) else {
                    state[node] = 2;
                    trail.pop();
                    continue;
                };
                *next += 1;
                if state[to] == 1 {
                    continue;
                }
                forward_out[node].push((edge, to));
                forward_in[to].push(node);
                if state[to] == 0 {
                    state[to] = 1;
                    trail.push((to, 0));
                }
            }
        }
        Graph {
            steps,
            ids,
            index,
            forward_out,
            forward_in,
        }
    }

    /// All nodes, the root first, every step after the steps that lead to it.
    fn order(&self) -> Vec<usize> {
        let mut done = vec![false; self.steps + 1];
        let mut finished = Vec::with_capacity(self.steps + 1);
        done[self.steps] = true;
        let mut trail = vec![(self.steps, self.forward_out[self.steps].len())];
        // Children are walked from the last to the first, so that turned round the first port leads.
        while let Some((node, next)) = trail.last_mut() {
            let node = *node;
            if *next == 0 {
                finished.push(node);
                trail.pop();
                continue;
            }
            *next -= 1;
            let (_, to) = self.forward_out[node][*next];
            if !done[to] {
                done[to] = true;
                trail.push((to, self.forward_out[to].len()));
            }
        }
        finished.reverse();
        finished
    }

    /// For each node the last one that every way to it goes through.
    fn dominators(&self, order: &[usize]) -> Vec<usize> {
        let mut rank = vec![0; self.steps + 1];
        for (place, node) in order.iter().enumerate() {
            rank[*node] = place;
        }
        let mut dominator = vec![self.steps; self.steps + 1];
        // Without circles, one pass in order is enough.
        for &node in order.iter().skip(1) {
            let mut common: Option<usize> = None;
            for &from in &self.forward_in[node] {
                common = Some(match common {
                    None => from,
                    Some(mut left) => {
                        let mut right = from;
                        while left != right {
                            if rank[left] > rank[right] {
                                left = dominator[left];
                            } else {
                                right = dominator[right];
                            }
                        }
                        left
                    }
                });
            }
            dominator[node] = common.unwrap_or(self.steps);
        }
        dominator
    }
}

#[cfg(test)]
mod tests {
    use flow::workflow::{Link, Step};

    use super::*;

    fn workflow(steps: &[(&str, TaskType)], links: &[(&str, &str, &str)]) -> Workflow {
        Workflow {
            steps: steps
                .iter()
                .map(|(id, kind)| Step::new(*id, "x::y", "0.1", *kind))
                .collect(),
            links: links
                .iter()
                .map(|(from, port, to)| Link::new(*from, *port, *to))
                .collect(),
            ..Workflow::default()
        }
    }

    fn overlap(layout: &Layout) -> bool {
        let places: Vec<_> = layout.places.values().collect();
        places.iter().enumerate().any(|(index, left)| {
            places[index + 1..].iter().any(|right| {
                (left.x - right.x).abs() < CARD_WIDTH && (left.y - right.y).abs() < CARD_HEIGHT
            })
        })
    }

    #[test]
    fn nothing_is_laid_out_for_nothing() {
        let layout = lay_out(&Workflow::default());
        assert!(layout.order.is_empty() && layout.routes.is_empty());
        assert_eq!(layout.height, 0.0);
    }

    #[test]
    fn a_chain_stands_in_one_column() {
        use TaskType::{Action, Trigger};
        let layout = lay_out(&workflow(
            &[("a", Trigger), ("b", Action), ("c", Action)],
            &[("a", "output", "b"), ("b", "output", "c")],
        ));
        assert_eq!(layout.order, ["a", "b", "c"]);
        let x: Vec<f64> = layout.order.iter().map(|id| layout.places[id].x).collect();
        assert_eq!(x, [CARD_WIDTH / 2.0; 3]);
        assert_eq!(layout.width, CARD_WIDTH);
        assert_eq!(layout.height, 3.0 * CARD_HEIGHT + 2.0 * ROW_GAP);
        assert_eq!(layout.neighbour("a", Direction::Down).as_deref(), Some("b"));
        assert_eq!(layout.neighbour("a", Direction::Up), None);
    }

    #[test]
    fn branches_stand_side_by_side_and_meet_in_the_middle() {
        use TaskType::{Action, Condition, Trigger};
        let layout = lay_out(&workflow(
            &[
                ("t", Trigger),
                ("if", Condition),
                ("yes", Action),
                ("no", Action),
                ("end", Action),
            ],
            &[
                ("t", "output", "if"),
                // Written the wrong way round: ports decide, not the order in the file.
                ("if", "false", "no"),
                ("if", "true", "yes"),
                ("yes", "output", "end"),
                ("no", "output", "end"),
            ],
        ));
        assert!(!overlap(&layout));
        let at = |id: &str| layout.places[id];
        assert!(at("yes").x < at("no").x);
        assert_eq!(at("yes").y, at("no").y);
        assert_eq!(at("end").x, at("if").x);
        assert!(at("end").y > at("no").y);
        assert_eq!(
            layout.neighbour("yes", Direction::Right).as_deref(),
            Some("no")
        );
        let labels: Vec<_> = layout
            .routes
            .iter()
            .filter_map(|route| route.label)
            .collect();
        assert_eq!(labels, ["Otherwise", "Then"]);
    }

    #[test]
    fn a_link_past_a_branch_has_its_own_lane() {
        use TaskType::{Action, Condition};
        let layout = lay_out(&workflow(
            &[("if", Condition), ("yes", Action), ("end", Action)],
            &[
                ("if", "true", "yes"),
                ("if", "false", "end"),
                ("yes", "output", "end"),
            ],
        ));
        assert!(!overlap(&layout));
        let lane = &layout.routes[1];
        assert!((lane.label_at.x - layout.places["yes"].x).abs() > CARD_WIDTH / 2.0);
    }

    #[test]
    fn circles_loose_steps_and_several_triggers_are_drawn_all_the_same() {
        use TaskType::{Action, Foreach, Trigger};
        let layout = lay_out(&workflow(
            &[
                ("a", Trigger),
                ("b", Trigger),
                ("c", Foreach),
                ("d", Action),
                ("e", Action),
                ("loose", Action),
            ],
            &[
                ("a", "output", "c"),
                ("b", "output", "c"),
                ("c", "loop_body", "d"),
                ("c", "after", "e"),
                ("d", "output", "c"),
                ("d", "output", "gone"),
                ("e", "output", "e"),
            ],
        ));
        assert_eq!(layout.places.len(), 6);
        assert!(!overlap(&layout));
        assert!(layout.places.values().all(|place| {
            place.x >= CARD_WIDTH / 2.0 - 0.1
                && place.x <= layout.width - CARD_WIDTH / 2.0 + 0.1
                && place.y + CARD_HEIGHT <= layout.height + 0.1
        }));
    }

    /// A chain of conditions whose branches meet again, with a loop now and then.
    fn large(count: usize) -> Workflow {
        use TaskType::{Action, Condition, Trigger};
        let mut steps = vec![("t".to_string(), Trigger)];
        let mut links: Vec<(String, &str, String)> = Vec::new();
        let mut ends = vec![("t".to_string(), "output")];
        for at in 0.. {
            if steps.len() + 3 > count {
                break;
            }
            let (head, yes, no) = (format!("if{at}"), format!("yes{at}"), format!("no{at}"));
            for (from, port) in ends.drain(..) {
                links.push((from, port, head.clone()));
            }
            links.push((head.clone(), "true", yes.clone()));
            links.push((head.clone(), "false", no.clone()));
            ends = vec![(yes.clone(), "output"), (no.clone(), "output")];
            steps.extend([(head, Condition), (yes, Action), (no, Action)]);
        }
        let steps: Vec<(&str, TaskType)> = steps
            .iter()
            .map(|(id, kind)| (id.as_str(), *kind))
            .collect();
        let links: Vec<(&str, &str, &str)> = links
            .iter()
            .map(|(from, port, to)| (from.as_str(), *port, to.as_str()))
            .collect();
        workflow(&steps, &links)
    }

    #[test]
    fn the_time_of_laying_out_grows_with_the_workflow_and_not_with_its_square() {
        let time = |workflow: &Workflow| {
            (0..3)
                .map(|_| {
                    let start = std::time::Instant::now();
                    assert_eq!(lay_out(workflow).order.len(), workflow.steps.len());
                    start.elapsed()
                })
                .min()
                .unwrap_or_default()
        };
        let (small, big) = (time(&large(1_000)), time(&large(8_000)));
        println!("1,000 steps are laid out in {small:?}");
        // Eight times the steps; with the square it would be sixty-four times the time.
        assert!(
            big < small * 32,
            "1,000 steps took {small:?}, 8,000 took {big:?}"
        );
    }

    #[test]
    fn a_very_long_workflow_does_not_exhaust_the_stack() {
        let ids: Vec<String> = (0..5000).map(|index| format!("s{index}")).collect();
        let steps: Vec<_> = ids
            .iter()
            .map(|id| (id.as_str(), TaskType::Action))
            .collect();
        let links: Vec<_> = ids
            .windows(2)
            .map(|pair| (pair[0].as_str(), "output", pair[1].as_str()))
            .collect();
        assert_eq!(lay_out(&workflow(&steps, &links)).order.len(), 5000);
    }
}
