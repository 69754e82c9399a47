//! The graph as nested blocks: what can stand indented does, the rest goes by labels.

use crate::places::Places;
use crate::sorted::{SortedMap, SortedSet, sort_by_key};
use crate::workflow::{TaskType, Workflow};

/// Blocks nest at most this deep; what lies deeper goes by labels.
const MAX_NEST: usize = 20;

/// How often the lines are put in order before that is given up.
const MAX_PASSES: usize = 16;

/// Where a path goes when its lines end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Nowhere: the run is over there.
    Dead,
    /// To a step that stands elsewhere.
    To(usize),
}

/// Steps of one indentation. A later segment is where paths come together again.
#[derive(Clone, Debug, Default)]
pub(super) struct Block {
    pub segments: Vec<Segment>,
}

/// Lines that follow each other, up to where the path ends or divides.
#[derive(Clone, Debug)]
pub(super) struct Segment {
    /// The step it begins with, when paths from elsewhere lead there.
    pub join: Option<usize>,
    pub lines: Vec<Node>,
    pub last: Last,
}

/// One line, with the blocks under it.
#[derive(Clone, Debug)]
pub(super) enum Node {
    Step(usize),
    For {
        step: usize,
        body: Block,
    },
    /// One of several paths that leave the same port.
    Branch(Block),
    /// Steps that nothing leads to.
    Detached(Block),
}

/// How a segment ends.
#[derive(Clone, Debug)]
pub(super) enum Last {
    End(End),
    If {
        step: usize,
        yes: Block,
        no: Block,
    },
    /// Only detached blocks stand here; the path before goes on after them.
    Through,
}

/// A whole program.
#[derive(Clone, Debug, Default)]
pub(super) struct Program {
    /// Triggers, each with the steps it leads to when these are not the first line.
    pub triggers: Vec<(usize, Option<Vec<usize>>)>,
    pub body: Block,
}

/// The port names that a graph of this type has.
fn ports(task_type: TaskType) -> &'static [&'static str] {
    task_type.output_ports()
}

/// Ends that leave a block, by the step they were sent to.
type Exits = SortedMap<usize, usize>;

struct Builder {
    /// Steps that each port leads to.
    out: Vec<Vec<Vec<usize>>>,
    types: Vec<TaskType>,
    /// How many ports lead to a step.
    indegree: Vec<usize>,
    placed: Vec<bool>,
    /// Ends that were sent to a step so far.
    arrived: SortedMap<usize, usize>,
}

/// Lays the graph out.
pub(super) fn program(workflow: &Workflow) -> Program {
    // Where several paths leave one port for steps that stand elsewhere, they are written in the
    // order of these steps' lines, which is known once everything was laid out. That order may
    // change the lines in turn, so it is tried until it stays.
    let places = Places::new(workflow);
    let mut rank: Vec<usize> = (0..workflow.steps.len()).collect();
    let first = lay_out(workflow, &places, &rank);
    if !leaves_a_port_twice(workflow) {
        return first;
    }
    let mut before = rank_of(&first, rank.len());
    for _ in 0..MAX_PASSES {
        rank = before;
        let program = lay_out(workflow, &places, &rank);
        before = rank_of(&program, rank.len());
        if before == rank {
            return program;
        }
    }
    lay_out(workflow, &places, &rank)
}

/// The line of each step.
fn rank_of(program: &Program, count: usize) -> Vec<usize> {
    let mut order = Vec::new();
    program.body.order(&mut order);
    let mut rank = vec![0; count];
    for (line, step) in order.into_iter().enumerate() {
        if let Some(rank) = rank.get_mut(step) {
            *rank = line;
        }
    }
    rank
}

/// True when several links leave one port.
fn leaves_a_port_twice(workflow: &Workflow) -> bool {
    let mut ports = SortedSet::new();
    !workflow
        .links
        .iter()
        .all(|link| ports.insert((link.from.as_str(), link.from_port.as_str())))
}

impl Block {
    /// Where a path that reaches the end of a segment goes on by itself; `after` is where it does at
    /// the end of the block.
    pub(super) fn after(&self, segment: usize, after: End) -> End {
        let next = self.segments[segment + 1..]
            .iter()
            .find(|segment| !matches!(segment.last, Last::Through));
        match next.and_then(|segment| segment.join) {
            Some(step) => End::To(step),
            None => after,
        }
    }

    fn order(&self, out: &mut Vec<usize>) {
        for segment in &self.segments {
            for node in &segment.lines {
                match node {
                    Node::Step(step) => out.push(*step),
                    Node::For { step, body } => {
                        out.push(*step);
                        body.order(out);
                    }
                    Node::Branch(block) | Node::Detached(block) => block.order(out),
                }
            }
            if let Last::If { step, yes, no } = &segment.last {
                out.push(*step);
                yes.order(out);
                no.order(out);
            }
        }
    }
}

fn lay_out(workflow: &Workflow, places: &Places, rank: &[usize]) -> Program {
    let count = workflow.steps.len();
    let types: Vec<TaskType> = workflow.steps.iter().map(|step| step.task_type).collect();
    let mut out: Vec<Vec<Vec<usize>>> = types
        .iter()
        .map(|task_type| vec![Vec::new(); ports(*task_type).len()])
        .collect();
    for (link, place) in workflow.links.iter().zip(&places.of_links) {
        let (Some(from), Some(to)) = *place else {
            continue;
        };
        let Some(port) = ports(types[from])
            .iter()
            .position(|port| *port == link.from_port)
        else {
            continue;
        };
        // A trigger has no input.
        if types[to] != TaskType::Trigger && !out[from][port].contains(&to) {
            out[from][port].push(to);
        }
    }
    let triggers: Vec<usize> = (0..count)
        .filter(|step| types[*step] == TaskType::Trigger)
        .collect();
    let start = triggers
        .first()
        .map(|step| out[*step][0].clone())
        .unwrap_or_default();
    let same = |targets: &Vec<usize>| {
        targets.len() == start.len() && targets.iter().all(|target| start.contains(target))
    };
    let mut program = Program {
        triggers: triggers
            .iter()
            .map(|step| {
                let mut to = out[*step][0].clone();
                sort_by_key(&mut to, |target| rank[*target]);
                (*step, (!same(&to)).then_some(to))
            })
            .collect(),
        body: Block::default(),
    };
    let mut indegree = vec![0; count];
    for (from, ports) in out.iter().enumerate() {
        let counted =
            types[from] == TaskType::Trigger && triggers.first() != Some(&from) && same(&ports[0]);
        for to in ports.iter().flatten().filter(|_| !counted) {
            indegree[*to] += 1;
        }
    }
    for targets in out.iter_mut().flatten() {
        // What can stand here comes first, in the order of the links; the rest goes elsewhere.
        sort_by_key(targets, |target| match indegree[*target] {
            1 => (false, 0),
            _ => (true, rank[*target]),
        });
    }
    let start = triggers
        .first()
        .map(|step| out[*step][0].clone())
        .unwrap_or_default();
    let mut builder = Builder {
        out,
        types,
        indegree,
        placed: vec![false; count],
        arrived: SortedMap::new(),
    };
    for (step, targets) in &program.triggers {
        builder.placed[*step] = true;
        for to in targets.iter().flatten() {
            *builder.arrived.entry(*to).or_default() += 1;
        }
    }
    // Nothing joins before everything that leads there was seen: the outermost block is told last.
    let mut body = Block::default();
    let mut exits = Exits::new();
    let mut first = Segment {
        join: None,
        lines: Vec::new(),
        last: Last::End(End::Dead),
    };
    builder.targets(&start, &mut first, 0, &mut exits);
    body.segments.push(first);
    builder.joins(&mut body, &mut exits, 0);
    let mut loose = Vec::new();
    for root in 0..count {
        if builder.placed[root] || builder.indegree[root] > 0 {
            continue;
        }
        let mut segment = Segment {
            join: Some(root),
            lines: Vec::new(),
            last: Last::End(End::Dead),
        };
        builder.walk(root, &mut segment, 1, &mut exits);
        let mut block = Block {
            segments: vec![segment],
        };
        builder.joins(&mut block, &mut exits, 1);
        loose.push(Node::Detached(block));
    }
    if !loose.is_empty() {
        body.segments.push(Segment {
            join: None,
            lines: loose,
            last: Last::Through,
        });
    }
    // What still waits for a path that never comes, as in a circle, stands here.
    let waiting = |builder: &Builder| {
        let mut arrived = builder.arrived.keys().copied();
        arrived.find(|step| !builder.placed[*step])
    };
    while let Some(step) = waiting(&builder) {
        builder.join(step, &mut body, &mut exits, 0);
        builder.joins(&mut body, &mut exits, 0);
    }
    let missing: Vec<usize> = (0..count).filter(|step| !builder.placed[*step]).collect();
    for step in missing {
        if !builder.placed[step] {
            builder.join(step, &mut body, &mut exits, 0);
            builder.joins(&mut body, &mut exits, 0);
        }
    }
    program.body = body;
    program
}

impl Builder {
    /// Writes what follows a port: side branches for all targets but the last.
    fn targets(
        &mut self,
        targets: &[usize],
        segment: &mut Segment,
        depth: usize,
        exits: &mut Exits,
    ) {
        let Some((last, others)) = targets.split_last() else {
            segment.last = Last::End(End::Dead);
            return;
        };
        for target in others {
            let block = self.block(&[*target], depth + 1, exits);
            segment.lines.push(Node::Branch(block));
        }
        if self.indegree[*last] == 1 && depth <= MAX_NEST && !self.placed[*last] {
            self.walk(*last, segment, depth, exits);
        } else {
            *self.arrived.entry(*last).or_default() += 1;
            *exits.entry(*last).or_default() += 1;
            segment.last = Last::End(End::To(*last));
        }
    }

    fn block(&mut self, targets: &[usize], depth: usize, exits: &mut Exits) -> Block {
        let mut inner = Exits::new();
        let mut segment = Segment {
            join: None,
            lines: Vec::new(),
            last: Last::End(End::Dead),
        };
        self.targets(targets, &mut segment, depth, &mut inner);
        let mut block = Block {
            segments: vec![segment],
        };
        self.joins(&mut block, &mut inner, depth);
        for (step, count) in inner {
            *exits.entry(step).or_default() += count;
        }
        block
    }

    /// Places every step whose paths have all arrived within this block. Where some of them came from outside, it
    /// stands farther out: what follows both sides of a condition follows the condition.
    fn joins(&mut self, block: &mut Block, exits: &mut Exits, depth: usize) {
        if depth > MAX_NEST {
            return;
        }
        let all = |builder: &Builder, step: usize, within: usize| {
            let arrived = match depth {
                // Triggers lead here too.
                0 => builder.arrived.get(&step).copied().unwrap_or(0),
                _ => within,
            };
            !builder.placed[step] && arrived >= builder.indegree[step]
        };
        let next = |builder: &Builder, exits: &Exits| {
            let mut exits = exits.into_iter();
            let found = exits.find(|(step, within)| all(builder, **step, **within));
            found.map(|(step, _)| *step)
        };
        while let Some(step) = next(self, exits) {
            self.join(step, block, exits, depth);
        }
    }

    fn join(&mut self, step: usize, block: &mut Block, exits: &mut Exits, depth: usize) {
        exits.remove(&step);
        let mut segment = Segment {
            join: Some(step),
            lines: Vec::new(),
            last: Last::End(End::Dead),
        };
        self.walk(step, &mut segment, depth, exits);
        block.segments.push(segment);
    }

    /// Writes a step and what follows it, as long as that needs no deeper indentation.
    fn walk(&mut self, start: usize, segment: &mut Segment, depth: usize, exits: &mut Exits) {
        let mut step = start;
        loop {
            self.placed[step] = true;
            let out = std::mem::take(&mut self.out[step]);
            let next = match self.types[step] {
                TaskType::Condition => {
                    let yes = self.block(&out[0], depth + 1, exits);
                    let no = self.block(&out[1], depth + 1, exits);
                    segment.last = Last::If { step, yes, no };
                    return;
                }
                TaskType::Foreach => {
                    let body = self.block(&out[0], depth + 1, exits);
                    segment.lines.push(Node::For { step, body });
                    &out[1]
                }
                _ => {
                    segment.lines.push(Node::Step(step));
                    &out[0]
                }
            };
            match next.as_slice() {
                // The common case, without recursion: chains may be long.
                [only] if self.indegree[*only] == 1 && !self.placed[*only] => step = *only,
                several => {
                    self.targets(several, segment, depth, exits);
                    return;
                }
            }
        }
    }
}
