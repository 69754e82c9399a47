//! Random workflows, and random edits of them.
//!
//! They are made as programs (blocks of steps with branches and loops), edited as programs, and only
//! then turned into graphs, so that their joins are those that people and the model make.

use proptest::prelude::*;

use super::*;

#[derive(Clone, Debug, Default)]
pub(crate) struct Block {
    items: Vec<Item>,
    /// What follows the block does not follow its last step.
    stops: bool,
}

#[derive(Clone, Debug)]
struct Item {
    id: u32,
    value: u8,
    note: Option<String>,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Tag,
    Log,
    Get,
    Wait,
    If(Block, Block),
    For(Block),
    /// One of several paths that leave a port.
    Aside(Block),
}

impl Item {
    fn blocks(&mut self) -> Vec<&mut Block> {
        match &mut self.kind {
            Kind::If(yes, no) => vec![yes, no],
            Kind::For(body) | Kind::Aside(body) => vec![body],
            _ => Vec::new(),
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Program {
    name: String,
    triggers: Vec<(u32, u8)>,
    main: Block,
    loose: Block,
    next: u32,
}

/// One random edit: what, and where.
pub(super) type Edit = (u8, u16, u16, u8);

fn block() -> impl Strategy<Value = Block> {
    let item = |kind| {
        (any::<u8>(), kind).prop_map(|(value, kind)| Item {
            id: 0,
            value,
            note: None,
            kind,
        })
    };
    let leaf = item(
        prop_oneof![
            Just(Kind::Tag),
            Just(Kind::Log),
            Just(Kind::Get),
            Just(Kind::Wait)
        ]
        .boxed(),
    );
    let wrap = |items: BoxedStrategy<Item>| {
        (
            prop::collection::vec(items, 0..4),
            prop::bool::weighted(0.1),
        )
            .prop_map(|(items, stops)| Block { items, stops })
            .boxed()
    };
    let items = leaf.boxed().prop_recursive(3, 14, 4, move |inner| {
        let block = wrap(inner.clone());
        prop_oneof![
            3 => inner,
            2 => item((block.clone(), block.clone()).prop_map(|(yes, no)| Kind::If(yes, no)).boxed()),
            1 => item(block.clone().prop_map(Kind::For).boxed()),
            1 => item(block.prop_map(Kind::Aside).boxed()),
        ]
    });
    (prop::collection::vec(items, 0..6)).prop_map(|items| Block {
        items,
        stops: false,
    })
}

/// A random program.
pub(crate) fn program() -> impl Strategy<Value = Program> {
    (
        block(),
        prop_oneof![4 => Just(None), 1 => block().prop_map(Some)],
        prop::collection::vec(any::<u8>(), 1..3),
    )
        .prop_map(|(main, loose, triggers)| {
            let mut program = Program {
                name: "Test".into(),
                triggers: Vec::new(),
                main,
                loose: loose.unwrap_or_default(),
                next: 1,
            };
            for task in triggers {
                let id = program.fresh();
                program.triggers.push((id, task));
            }
            let mut next = program.next;
            number(&mut program.main, &mut next);
            number(&mut program.loose, &mut next);
            program.next = next;
            program
        })
}

fn number(block: &mut Block, next: &mut u32) {
    for item in &mut block.items {
        item.id = *next;
        *next += 1;
        for block in item.blocks() {
            number(block, next);
        }
    }
}

fn count(block: &mut Block) -> usize {
    1 + block
        .items
        .iter_mut()
        .flat_map(Item::blocks)
        .map(count)
        .sum::<usize>()
}

/// Calls `then` with the block of this number, in reading order.
fn at_block<R>(
    block: &mut Block,
    number: &mut usize,
    then: &mut dyn FnMut(&mut Block) -> R,
) -> Option<R> {
    if *number == 0 {
        return Some(then(block));
    }
    *number -= 1;
    for item in &mut block.items {
        for block in item.blocks() {
            if let Some(result) = at_block(block, number, then) {
                return Some(result);
            }
        }
    }
    None
}

impl Program {
    fn fresh(&mut self) -> u32 {
        self.next += 1;
        self.next - 1
    }

    fn block<R>(&mut self, pick: u16, mut then: impl FnMut(&mut Block) -> R) -> Option<R> {
        let main = count(&mut self.main);
        let mut number = usize::from(pick) % (main + count(&mut self.loose));
        if number < main {
            at_block(&mut self.main, &mut number, &mut then)
        } else {
            number -= main;
            at_block(&mut self.loose, &mut number, &mut then)
        }
    }

    fn item<R>(
        &mut self,
        pick: u16,
        place: u16,
        mut then: impl FnMut(&mut Vec<Item>, usize) -> R,
    ) -> Option<R> {
        self.block(pick, |block| {
            let count = block.items.len();
            (count > 0).then(|| then(&mut block.items, usize::from(place) % count))
        })
        .flatten()
    }

    pub(super) fn edit(&mut self, (what, pick, place, value): Edit) {
        let id = self.fresh();
        let new = |kind: Kind| Item {
            id,
            value,
            note: None,
            kind,
        };
        let simple = || match value % 4 {
            0 => Kind::Tag,
            1 => Kind::Log,
            2 => Kind::Get,
            _ => Kind::Wait,
        };
        match what % 15 {
            0 => drop(self.item(pick, place, |items, at| items[at].value = value)),
            1 => drop(self.item(pick, place, |items, at| {
                items[at].note = (value % 2 == 0).then(|| format!("note {value}"));
            })),
            2 | 3 => drop(self.block(pick, |block| {
                let at = usize::from(place) % (block.items.len() + 1);
                block.items.insert(at, new(simple()));
            })),
            4 => drop(self.item(pick, place, Vec::remove)),
            // Unwrap: what was in the branches happens always.
            5 => drop(self.item(pick, place, |items, at| {
                let mut item = items.remove(at);
                let inner: Vec<Item> = item
                    .blocks()
                    .into_iter()
                    .flat_map(|block| std::mem::take(&mut block.items))
                    .collect();
                items.splice(at..at, inner);
            })),
            6 | 7 => drop(self.item(pick, place, |items, at| {
                let end = (at + 1 + usize::from(value % 2)).min(items.len());
                let inner = Block {
                    items: items.splice(at..end, []).collect(),
                    stops: false,
                };
                let kind = match value % 5 {
                    0 | 1 => Kind::If(inner, Block::default()),
                    2 => Kind::If(Block::default(), inner),
                    3 => Kind::For(inner),
                    _ => Kind::Aside(inner),
                };
                items.insert(at, new(kind));
            })),
            8 => {
                if let Some(item) = self.item(pick, place, Vec::remove) {
                    self.block(u16::from(value), |block| {
                        let at = usize::from(place / 7) % (block.items.len() + 1);
                        block.items.insert(at, item.clone());
                    });
                }
            }
            9 => drop(self.item(pick, place, |items, at| {
                let other = (at + 1) % items.len();
                items.swap(at, other);
            })),
            10 => {
                let at = usize::from(place) % self.triggers.len();
                match value % 4 {
                    0 => self.triggers[at].1 = value,
                    1 => self.triggers[at] = (id, value),
                    2 => self.triggers.push((id, value)),
                    _ if self.triggers.len() > 1 => drop(self.triggers.remove(at)),
                    _ => {}
                }
            }
            11 => self.name = format!("Test {value}"),
            12 => drop(self.item(pick, place, |items, at| {
                if let Kind::If(_, no) = &mut items[at].kind {
                    no.items.push(new(simple()));
                }
            })),
            // The same step runs another task, at times one with other ports.
            13 => drop(self.item(pick, place, |items, at| {
                items[at].kind = if value % 5 == 0 {
                    Kind::If(Block::default(), Block::default())
                } else {
                    simple()
                };
            })),
            _ => drop(self.block(pick, |block| block.stops = value % 3 == 0)),
        }
    }

    /// The graph of the program.
    pub(crate) fn compile(&self) -> Workflow {
        let mut workflow = Workflow {
            name: self.name.clone(),
            ..Workflow::default()
        };
        let mut ends = Vec::new();
        for (id, task) in &self.triggers {
            let task = match task % 3 {
                0 => "order_created",
                1 => "order_paid",
                _ => "draft_order_created",
            };
            let step = step(*id, &format!("shopify::admin::{task}"), TaskType::Trigger);
            workflow.steps.push(step);
            ends.push((format!("s{id}"), "output"));
        }
        emit(&self.main, ends, &mut workflow);
        emit(&self.loose, Vec::new(), &mut workflow);
        for (at, step) in workflow.steps.iter_mut().enumerate() {
            step.position = [at as f64 * 10.0, 5.0];
        }
        workflow
            .extra
            .insert("steps".into(), workflow.steps.len().into());
        workflow
    }
}

fn step(id: u32, task: &str, task_type: TaskType) -> Step {
    Step::new(format!("s{id}"), task, "0.1", task_type)
}

type Ends = Vec<(String, &'static str)>;

fn emit(block: &Block, mut ends: Ends, workflow: &mut Workflow) -> Ends {
    for item in &block.items {
        if let Kind::Aside(block) = &item.kind {
            emit(block, ends.clone(), workflow);
            continue;
        }
        let value = item.value;
        let (task, task_type, field, text) = match &item.kind {
            Kind::Tag => (
                "shopify::admin::add_order_tags",
                TaskType::Action,
                "tags",
                format!("[\"v{}\"]", value % 5),
            ),
            Kind::Log => (
                "shopify::flow::log_output",
                TaskType::Action,
                "message",
                match value % 5 {
                    0 => "{{ getOrderData.name }}".to_string(),
                    1 => "{{ getOrderData1.name }}".to_string(),
                    2 => "{{ lineItemsForeachitem.title }}".to_string(),
                    3 => "{{ draftOrder.name }}".to_string(),
                    _ => String::new(),
                },
            ),
            Kind::Get => (
                "shopify::flow::fetch::orders",
                TaskType::Action,
                "query",
                format!("tag:{}", value % 5),
            ),
            Kind::Wait => (
                "shopify::flow::wait",
                TaskType::Wait,
                "wait_duration",
                format!("{{\"amount\":{},\"unit\":\"days\"}}", value % 5 + 1),
            ),
            Kind::If(..) => (
                "shopify::flow::condition",
                TaskType::Condition,
                "condition",
                if value % 4 == 0 {
                    "(getOrderData.name == 'x')".to_string()
                } else {
                    format!("(order.totalPrice > {value})")
                },
            ),
            Kind::For(_) | Kind::Aside(_) => (
                "shopify::flow::foreach",
                TaskType::Foreach,
                "listpath",
                match value % 3 {
                    0 => "getOrderData",
                    1 => "order.lineItems",
                    _ => "order.fulfillments",
                }
                .to_string(),
            ),
        };
        let mut new = step(item.id, task, task_type);
        if !text.is_empty() {
            new.set_config(field, text);
        }
        new.note.clone_from(&item.note);
        let id = new.id.clone();
        workflow.steps.push(new);
        for (from, port) in ends {
            workflow.links.push(Link::new(from, port, id.clone()));
        }
        ends = match &item.kind {
            Kind::If(yes, no) => {
                let mut ends = emit(yes, vec![(id.clone(), "true")], workflow);
                ends.extend(emit(no, vec![(id, "false")], workflow));
                ends
            }
            Kind::For(body) => {
                emit(body, vec![(id.clone(), "loop_body")], workflow);
                vec![(id, "after")]
            }
            _ => vec![(id, "output")],
        };
    }
    if block.stops { Vec::new() } else { ends }
}

/// A random workflow and what random edits make of it.
pub(super) fn edited() -> impl Strategy<Value = (Workflow, Workflow)> {
    (program(), prop::collection::vec(any::<Edit>(), 0..7)).prop_map(|(mut program, edits)| {
        let old = program.compile();
        for edit in edits {
            program.edit(edit);
        }
        (old, program.compile())
    })
}

/// Two random graphs over much the same steps, with circles, links to nowhere, ids used twice.
pub(crate) fn wild() -> impl Strategy<Value = (Workflow, Workflow)> {
    let one = || {
        (
            prop::collection::vec((0..9_u8, 0..5_u8, 0..3_u8), 0..9),
            prop::collection::vec((0..10_u8, 0..2_usize, 0..10_u8), 0..16),
        )
            .prop_map(|(steps, links)| {
                let mut workflow = Workflow::default();
                for (id, kind, value) in steps {
                    let (task, task_type) = [
                        ("shopify::admin::order_created", TaskType::Trigger),
                        ("shopify::flow::condition", TaskType::Condition),
                        ("shopify::flow::foreach", TaskType::Foreach),
                        ("shopify::flow::log_output", TaskType::Action),
                        ("shopify::flow::wait", TaskType::Wait),
                    ][usize::from(kind)];
                    let mut new = step(u32::from(id), task, task_type);
                    new.set_config("message", format!("{value}"));
                    workflow.steps.push(new);
                }
                for (from, port, to) in links {
                    let from = format!("s{from}");
                    let port = workflow.step(&from).map_or("output", |step| {
                        let ports = step.task_type.output_ports();
                        ports[port % ports.len()]
                    });
                    workflow.links.push(Link::new(from, port, format!("s{to}")));
                }
                workflow
            })
    };
    (one(), one())
}
