//! What can be seen where, packed into the number that parametric rules carry.
//!
//! Bits: the group of triggers whose variables are in scope · the depth of the block · the loop
//! around · the loop inside that · the loop inside a text · one bit for every output variable.
//!
//! The parser of llguidance does not look at the number when a rule is complete, only when it
//! begins: two readings of one rule that begin at the same place and differ only in their number are
//! taken for one another. So each depth has its own rules for blocks, and the depth in the number only
//! leads from a loop to the block below it.

use std::collections::BTreeMap;

use flow::catalog::{Catalog, TypeRef, Variable, foreach_item_name};
use flow::workflow::TaskType;

/// Bits of the group of triggers.
pub(super) const GROUP: &str = "[0:7]";
/// Bits of the depth of the block, and where they start.
pub(super) const DEPTH: &str = "[7:10]";
pub(super) const DEPTH_AT: u32 = 7;
/// Blocks nest this deep.
pub(super) const MAX_DEPTH: usize = 5;
/// Where the bits of the loops start: `item`, `item2`, and the loop inside a text. 7 bits each.
pub(super) const LOOPS_AT: [u32; 3] = [10, 17, 24];
/// Where the bits of outputs start.
const OUTPUTS_AT: u32 = 31;
const MOST_OUTPUTS: usize = 33;
const MOST_LOOPS: usize = 127;
const MOST_GROUPS: usize = 127;

/// A list that can be looped over: the last segment of its path, and the type of its items.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Loop {
    pub(super) last: String,
    pub(super) item: String,
}

/// A variable, and the condition under which it is in scope.
pub(super) struct Seen {
    /// How it is written in a program.
    pub(super) name: String,
    /// How it is written inside a text.
    pub(super) in_text: String,
    pub(super) ty: TypeRef,
    /// A condition on the number; `None` when it is always in scope.
    pub(super) when: Option<String>,
    /// True for variables that exist only inside a text.
    pub(super) only_in_text: bool,
    /// 0 outside of loops, 1 for `item`, 2 for `item2`.
    pub(super) depth: usize,
}

/// Everything the number stands for.
pub(super) struct Scopes {
    /// Variables of triggers, by group; group numbers start at 1.
    pub(super) groups: Vec<Vec<Variable>>,
    /// Loops; numbers start at 1.
    pub(super) loops: Vec<Loop>,
    /// Output variables, with the name of their task.
    pub(super) outputs: Vec<(String, Variable)>,
}

impl Scopes {
    pub(super) fn new(catalog: &Catalog) -> Scopes {
        let mut groups: Vec<Vec<Variable>> = vec![Vec::new()];
        for task in catalog
            .tasks()
            .filter(|task| task.task_type == TaskType::Trigger)
        {
            if !groups.contains(&task.adds) && groups.len() < MOST_GROUPS {
                groups.push(task.adds.clone());
            }
        }
        let outputs: Vec<(String, Variable)> = catalog
            .tasks()
            .filter_map(|task| Some((task.name.clone(), task.output()?.clone())))
            .take(MOST_OUTPUTS)
            .collect();
        let mut scopes = Scopes {
            groups,
            loops: Vec::new(),
            outputs,
        };
        scopes.loops = scopes.find_loops(catalog);
        scopes
    }

    /// The group of a trigger's variables, from 1.
    pub(super) fn group(&self, adds: &[Variable]) -> usize {
        1 + self
            .groups
            .iter()
            .position(|group| group == adds)
            .unwrap_or_default()
    }

    pub(super) fn output_bit(&self, task: &str) -> Option<u32> {
        let place = self.outputs.iter().position(|(name, _)| name == task)?;
        Some(OUTPUTS_AT + place as u32)
    }

    /// The number of a loop, from 1.
    pub(super) fn loop_number(&self, path: &str, item: &str) -> Option<usize> {
        let last = path.rsplit('.').next().unwrap_or(path);
        self.loops
            .iter()
            .position(|l| l.last == last && l.item == item)
            .map(|place| place + 1)
    }

    fn find_loops(&self, catalog: &Catalog) -> Vec<Loop> {
        let mut roots: Vec<(String, TypeRef)> = vec![("shop".into(), TypeRef::parse("Shop"))];
        let variables = self.groups.iter().flatten();
        for variable in variables.chain(self.outputs.iter().map(|(_, variable)| variable)) {
            roots.push((variable.name.clone(), variable.ty.clone()));
        }
        let mut loops = Vec::new();
        let mut types: Vec<String> = Vec::new();
        for (name, ty) in roots {
            if ty.list && !catalog.is_scalar(&ty.name) {
                loops.push(Loop {
                    last: name,
                    item: ty.name.clone(),
                });
            }
            types.push(ty.name);
        }
        // Items of loops have lists too: two loops deep.
        for _ in 0..2 {
            types.sort();
            types.dedup();
            let mut next = Vec::new();
            for ty in &types {
                for (path, element) in super::paths::lists(catalog, ty) {
                    if !super::paths::can_loop(catalog, &path, &element) {
                        continue;
                    }
                    let last = path.rsplit('.').next().unwrap_or(&path).to_string();
                    let found = Loop {
                        last,
                        item: element.clone(),
                    };
                    if !loops.contains(&found) {
                        loops.push(found);
                    }
                    next.push(element);
                }
            }
            types = next;
        }
        let mut kept = Vec::new();
        for found in loops {
            if !kept.contains(&found) && kept.len() < MOST_LOOPS {
                kept.push(found);
            }
        }
        kept
    }

    /// Every variable that can be in scope somewhere.
    pub(super) fn variables(&self) -> Vec<Seen> {
        let plain = |name: &str, ty: &TypeRef, when: Option<String>| Seen {
            name: name.to_string(),
            in_text: name.to_string(),
            ty: ty.clone(),
            when,
            only_in_text: false,
            depth: 0,
        };
        let mut seen = vec![plain("shop", &TypeRef::parse("Shop"), None)];
        let mut by_variable: BTreeMap<(String, String), Vec<usize>> = BTreeMap::new();
        for (place, group) in self.groups.iter().enumerate() {
            for variable in group {
                let key = (variable.name.clone(), variable.ty.to_string());
                by_variable.entry(key).or_default().push(place + 1);
            }
        }
        for ((name, ty), groups) in by_variable {
            if name != "shop" {
                seen.push(plain(
                    &name,
                    &TypeRef::parse(&ty),
                    Some(one_of(GROUP, &groups)),
                ));
            }
        }
        for (place, (_, variable)) in self.outputs.iter().enumerate() {
            let bit = OUTPUTS_AT as usize + place;
            seen.push(plain(
                &variable.name,
                &variable.ty,
                Some(format!("bit_set({bit})")),
            ));
        }
        for (depth, name) in [(0, "item"), (1, "item2")] {
            for (place, found) in self.loops.iter().enumerate() {
                seen.push(Seen {
                    name: name.to_string(),
                    in_text: foreach_item_name(&found.last),
                    ty: TypeRef::parse(&found.item),
                    when: Some(format!("eq({}, {})", loop_bits(depth), place + 1)),
                    only_in_text: false,
                    depth: depth + 1,
                });
            }
        }
        for (place, found) in self.loops.iter().enumerate() {
            seen.push(Seen {
                name: String::new(),
                in_text: flow::catalog::text_item_name(&found.last, &found.item),
                ty: TypeRef::parse(&found.item),
                when: Some(format!("eq({}, {})", loop_bits(2), place + 1)),
                only_in_text: true,
                depth: 0,
            });
        }
        seen
    }
}

/// The bits of a loop, as a reference of the grammar.
pub(super) fn loop_bits(depth: usize) -> String {
    format!("[{}:{}]", LOOPS_AT[depth], LOOPS_AT[depth] + 7)
}

/// The condition that some bits hold one of these numbers.
pub(super) fn one_of(bits: &str, numbers: &[usize]) -> String {
    any(numbers.iter().map(|n| format!("eq({bits}, {n})")))
}

/// The condition that one of these holds.
pub(super) fn any(conditions: impl IntoIterator<Item = String>) -> String {
    let mut conditions: Vec<String> = conditions.into_iter().collect();
    // Halving keeps the nesting low.
    while conditions.len() > 1 {
        conditions = conditions
            .chunks(2)
            .map(|pair| match pair {
                [left, right] => format!("or({left}, {right})"),
                one => one.concat(),
            })
            .collect();
    }
    conditions.pop().unwrap_or_default()
}
