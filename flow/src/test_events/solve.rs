//! The search: takes wanted conditions apart into tests of single places, with a choice wherever
//! one of several parts is enough or a list may have one item more.
//!
//! The search goes through the choices depth first and gives up a branch as soon as no value passes
//! the tests of one place. It keeps its own stack and a budget, so that no condition can hold it up.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::Value;

use super::build::Choice;
use super::candidates::{Against, Literal, candidates, passes};
use super::reads::{Computed, MAX_SEGMENTS, World, split};
use super::samples;
use crate::catalog::TypeRef;
use crate::condition::{Expr, Op, Operand, Quantifier};

/// No list gets more items than this to tell tests of its items apart.
const MAX_ITEMS: usize = 5;

/// A counted list gets at most this many items.
const MAX_COUNTED: usize = 250;

/// No more combinations than this are tried for places that are compared with each other.
const MAX_COMBINATIONS: usize = 4_000;

/// One step of a place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    Field(String),
    Item(usize),
}

/// A single place in an event: `order`, `lineItems`, item 0, `sku`.
pub(super) type Place = Vec<Part>;

/// The variables that hide those of the event: loop items, and items of list tests.
pub(super) type Names = Rc<Vec<(String, Place, TypeRef)>>;

/// Something that is still to be brought about.
#[derive(Clone)]
pub(super) enum Goal<'a> {
    /// A condition must hold, or must not.
    Expr {
        expr: &'a Expr,
        want: bool,
        names: Names,
    },
    /// What follows must be so for one value of a path, or for all of them.
    Walk(Walk<'a>),
}

#[derive(Clone)]
pub(super) struct Walk<'a> {
    at: Place,
    ty: TypeRef,
    /// The whole path, and how much of it is behind us.
    path: Rc<[String]>,
    next: usize,
    /// True when `at` is an item whose list was just opened.
    opened: bool,
    all: bool,
    then: Then<'a>,
}

#[derive(Clone)]
enum Then<'a> {
    Test(Literal),
    Body {
        expr: &'a Expr,
        want: bool,
        item: &'a str,
        names: Names,
    },
}

/// What one branch of the search has settled.
#[derive(Clone, Default)]
pub(super) struct State<'a> {
    todo: Vec<Goal<'a>>,
    slots: BTreeMap<Place, Slot>,
    lists: BTreeMap<Place, List<'a>>,
}

#[derive(Clone)]
struct Slot {
    ty: TypeRef,
    literals: Vec<Literal>,
}

/// A list with its items so far, and what must be so for every item.
#[derive(Clone)]
struct List<'a> {
    items: usize,
    item: TypeRef,
    each: Vec<Walk<'a>>,
}

impl<'a> State<'a> {
    /// Adds something to be brought about.
    pub(super) fn want(&mut self, expr: &'a Expr, want: bool, names: &Names) {
        self.todo.push(Goal::Expr {
            expr,
            want,
            names: Rc::clone(names),
        });
    }

    /// The place of the first item of a list, which has one from now on, with its type.
    pub(super) fn first_item(
        &mut self,
        world: &World<'_>,
        path: &str,
        names: &Names,
    ) -> Option<(Place, TypeRef)> {
        let (at, ty) = self.first(world, path, names)?;
        if ty.list || ty.name == "JSON" {
            return Some((self.item_of(at, &ty), ty.item()));
        }
        Some((at, ty))
    }

    /// The place a path leads to, over the first item of every list on the way.
    fn first(&mut self, world: &World<'_>, path: &str, names: &Names) -> Option<(Place, TypeRef)> {
        let segments = split(path);
        let (first, rest) = segments.split_first()?;
        let (mut at, mut ty) = start(world, first, names);
        for segment in rest {
            if ty.list || self.lists.contains_key(&at) {
                at = self.item_of(at, &ty);
                ty = ty.item();
            }
            ty = world.field(&ty, segment);
            at.push(Part::Field(segment.clone()));
        }
        (at.len() <= 2 * MAX_SEGMENTS).then_some((at, ty))
    }

    fn item_of(&mut self, list: Place, ty: &TypeRef) -> Place {
        if self.list(&list, ty).items == 0 {
            self.add_item(&list);
        }
        let mut item = list;
        item.push(Part::Item(0));
        item
    }

    fn list(&mut self, at: &Place, ty: &TypeRef) -> &mut List<'a> {
        self.lists.entry(at.clone()).or_insert_with(|| List {
            items: 0,
            item: ty.item(),
            each: Vec::new(),
        })
    }

    /// Gives a list one more item, for which everything must be so that must be so for each.
    fn add_item(&mut self, at: &Place) {
        let Some(list) = self.lists.get_mut(at) else {
            return;
        };
        let mut item = at.clone();
        item.push(Part::Item(list.items));
        list.items += 1;
        let ty = list.item.clone();
        let goals = list.each.iter().map(|walk| {
            Goal::Walk(Walk {
                at: item.clone(),
                ty: ty.clone(),
                opened: true,
                ..walk.clone()
            })
        });
        self.todo.extend(goals);
    }

    fn weight(&self) -> usize {
        1 + self.todo.len() + self.slots.len() + self.lists.len()
    }
}

/// The place and type of a variable.
fn start(world: &World<'_>, name: &str, names: &Names) -> (Place, TypeRef) {
    match names.iter().rev().find(|(known, _, _)| known == name) {
        Some((_, place, ty)) => (place.clone(), ty.clone()),
        None => (vec![Part::Field(name.to_string())], world.variable(name)),
    }
}

/// What expanding a goal leads to.
enum Next<'a> {
    On,
    /// No event is like that.
    Dead,
    /// One of these, in this order.
    Either(Vec<State<'a>>),
}

/// A search with its budget.
pub(super) struct Search<'w, 'a> {
    pub world: &'w World<'a>,
    /// What is left of the budget.
    pub left: usize,
}

impl<'w, 'a> Search<'w, 'a> {
    /// Goes through the states that bring about what `start` wants, until `accept` takes one. Gives
    /// false when the budget ran out first.
    pub(super) fn run<'e>(
        &mut self,
        start: State<'e>,
        accept: &mut dyn FnMut(&World<'a>, &Choice) -> bool,
    ) -> bool {
        let mut stack = vec![start];
        while let Some(mut state) = stack.pop() {
            loop {
                if !self.spend(1) {
                    return false;
                }
                let Some(goal) = state.todo.pop() else {
                    if let Some(choice) = self.choose(&state)
                        && accept(self.world, &choice)
                    {
                        return true;
                    }
                    break;
                };
                match self.expand(goal, &mut state) {
                    Next::On => {}
                    Next::Dead => break,
                    Next::Either(states) => {
                        let cost = states.iter().map(State::weight).sum();
                        if !self.spend(cost) {
                            return false;
                        }
                        stack.extend(states.into_iter().rev());
                        break;
                    }
                }
            }
        }
        true
    }

    fn spend(&mut self, cost: usize) -> bool {
        let enough = self.left > cost;
        self.left = self.left.saturating_sub(cost);
        enough
    }

    fn expand<'e>(&mut self, goal: Goal<'e>, state: &mut State<'e>) -> Next<'e> {
        let (expr, want, names) = match goal {
            Goal::Walk(walk) => return self.walk(walk, state),
            Goal::Expr { expr, want, names } => (expr, want, names),
        };
        match expr {
            Expr::Compare { path, op, value } => {
                self.compare(path, *op, value.as_ref(), want, &names, state)
            }
            Expr::Not(inner) => {
                state.want(inner, !want, &names);
                Next::On
            }
            Expr::And(parts) | Expr::Or(parts) => {
                let all = matches!(expr, Expr::And(_)) == want;
                if all {
                    for part in parts.iter().rev() {
                        state.want(part, want, &names);
                    }
                    return Next::On;
                }
                let either = parts.iter().map(|part| {
                    let mut next = state.clone();
                    next.want(part, want, &names);
                    next
                });
                Next::Either(either.collect())
            }
            Expr::List {
                quantifier,
                path,
                item,
                body,
            } => {
                let (all, body_want) = match (quantifier, want) {
                    (Quantifier::Any, true) | (Quantifier::None, false) => (false, true),
                    (Quantifier::Any, false) | (Quantifier::None, true) => (true, false),
                    (Quantifier::All, true) => (true, true),
                    (Quantifier::All, false) => (false, false),
                };
                let then = Then::Body {
                    expr: body,
                    want: body_want,
                    item,
                    names: Rc::clone(&names),
                };
                self.set_out(path, all, then, &names, state);
                Next::On
            }
        }
    }

    /// Several values pass an operator when one does, and fail it when all do; the negations turn
    /// into their opposites.
    fn compare<'e>(
        &mut self,
        path: &'e str,
        op: Op,
        value: Option<&Operand>,
        want: bool,
        names: &Names,
        state: &mut State<'e>,
    ) -> Next<'e> {
        let (op, want) = match op {
            Op::Ne
            | Op::NotStartWith
            | Op::NotEndWith
            | Op::NotInclude
            | Op::NotIn
            | Op::Nil
            | Op::EmptyOrNil => (op.opposite(), !want),
            _ => (op, want),
        };
        let against = match value {
            None => Against::Nothing,
            Some(Operand::Path(other)) => {
                let place = match self.computed(other, names) {
                    Some(Computed::Sum(list)) => state.first_item(self.world, list, names),
                    _ => state.first(self.world, other, names),
                };
                match place {
                    Some((place, ty)) => {
                        state.slots.entry(place.clone()).or_insert_with(|| Slot {
                            ty,
                            literals: Vec::new(),
                        });
                        Against::Place(place)
                    }
                    None => return Next::Dead,
                }
            }
            Some(operand) => Against::Value(operand.clone()),
        };
        let literal = Literal { op, against, want };
        match self.computed(path, names) {
            Some(Computed::Count(_)) => {
                let place = vec![Part::Field(path.to_string())];
                return self.test(place, &TypeRef::parse("Int"), literal, state);
            }
            // With one item the sum is the item's own number.
            Some(Computed::Sum(list)) => {
                return match state.first_item(self.world, list, names) {
                    Some((place, ty)) => self.test(place, &ty, literal, state),
                    None => Next::Dead,
                };
            }
            None => {}
        }
        self.set_out(path, !want, Then::Test(literal), names, state);
        Next::On
    }

    fn computed(&self, path: &str, names: &Names) -> Option<&'w Computed> {
        if names.iter().any(|(name, _, _)| name == path) {
            return None;
        }
        self.world.computed.get(path)
    }

    fn set_out<'e>(
        &self,
        path: &str,
        all: bool,
        then: Then<'e>,
        names: &Names,
        state: &mut State<'e>,
    ) {
        let segments = split(path);
        let first = segments.first().map(String::as_str).unwrap_or_default();
        let (at, ty) = start(self.world, first, names);
        state.todo.push(Goal::Walk(Walk {
            at,
            ty,
            path: segments.into(),
            next: 1,
            opened: false,
            all,
            then,
        }));
    }

    fn walk<'e>(&mut self, mut walk: Walk<'e>, state: &mut State<'e>) -> Next<'e> {
        loop {
            let ends = walk.next >= walk.path.len();
            let tests_items = ends && matches!(walk.then, Then::Body { .. });
            let is_list = !walk.opened
                && (walk.ty.list
                    || state.lists.contains_key(&walk.at)
                    || (tests_items && walk.ty.name == "JSON"));
            if is_list {
                return self.open(walk, state);
            }
            let Some(segment) = walk.path.get(walk.next).cloned() else {
                return self.finish(walk, state);
            };
            if walk.at.len() >= 2 * MAX_SEGMENTS {
                return Next::Dead;
            }
            walk.ty = self.world.field(&walk.ty, &segment);
            walk.at.push(Part::Field(segment));
            walk.next += 1;
            walk.opened = false;
        }
    }

    /// The walk stands before a list.
    fn open<'e>(&mut self, walk: Walk<'e>, state: &mut State<'e>) -> Next<'e> {
        let at = walk.at.clone();
        let item_ty = walk.ty.item();
        let list = state.list(&at, &walk.ty);
        let items = list.items;
        let into = |i: usize| {
            let mut item = at.clone();
            item.push(Part::Item(i));
            Goal::Walk(Walk {
                at: item,
                ty: item_ty.clone(),
                opened: true,
                ..walk.clone()
            })
        };
        if walk.all {
            list.each.push(walk.clone());
            state.todo.extend((0..items).map(into));
            if items > 0 {
                return Next::On;
            }
            // What is so for an item says more than an empty list, of which everything is so.
            let mut with_one = state.clone();
            with_one.add_item(&at);
            return Next::Either(vec![with_one, state.clone()]);
        }
        let mut either: Vec<State<'e>> = (0..items)
            .map(|i| {
                let mut next = state.clone();
                next.todo.push(into(i));
                next
            })
            .collect();
        if items < MAX_ITEMS {
            let mut next = state.clone();
            next.add_item(&at);
            next.todo.push(into(items));
            either.push(next);
        }
        Next::Either(either)
    }

    fn finish<'e>(&mut self, walk: Walk<'e>, state: &mut State<'e>) -> Next<'e> {
        match walk.then {
            Then::Test(literal) => self.test(walk.at, &walk.ty, literal, state),
            Then::Body {
                expr,
                want,
                item,
                names,
            } => {
                let mut names = names.as_ref().clone();
                names.push((item.to_string(), walk.at, walk.ty.item()));
                state.want(expr, want, &Rc::new(names));
                Next::On
            }
        }
    }

    /// Notes a test of a place; the branch is dead when no value passes all of its tests.
    fn test<'e>(
        &mut self,
        place: Place,
        ty: &TypeRef,
        literal: Literal,
        state: &mut State<'e>,
    ) -> Next<'e> {
        let slot = state.slots.entry(place.clone()).or_insert_with(|| Slot {
            ty: ty.clone(),
            literals: Vec::new(),
        });
        if slot.literals.contains(&literal) {
            return Next::On;
        }
        slot.literals.push(literal);
        let cost = slot.literals.len();
        let any = !self.values(&place, slot, &[]).is_empty();
        if any && self.spend(cost) {
            Next::On
        } else {
            Next::Dead
        }
    }

    fn values(&self, place: &Place, slot: &Slot, seeds: &[Value]) -> Vec<Value> {
        let catalog = self.world.catalog;
        let ty = slot.ty.item();
        let sample = if catalog.is_scalar(&ty.name) {
            let name = place.iter().rev().find_map(|part| match part {
                Part::Field(name) => Some(name.as_str()),
                Part::Item(_) => None,
            });
            let number = place.iter().rev().find_map(|part| match part {
                Part::Item(i) => Some(*i),
                Part::Field(_) => None,
            });
            let owner = self.owner(place);
            samples::scalar(
                catalog,
                &owner,
                name.unwrap_or_default(),
                &ty,
                number.unwrap_or(0),
            )
        } else {
            Value::Object(serde_json::Map::new())
        };
        candidates(catalog, &ty, sample, &slot.literals, seeds)
    }

    /// The type of the object that a place is a field of.
    fn owner(&self, place: &Place) -> String {
        let mut owner = String::new();
        let mut ty: Option<TypeRef> = None;
        for part in place {
            if let Part::Field(name) = part {
                let next = match &ty {
                    None => self.world.variable(name),
                    Some(known) => {
                        owner.clone_from(&known.name);
                        self.world.field(known, name)
                    }
                };
                ty = Some(next);
            }
        }
        owner
    }

    /// Picks a value for every place of a state; `None` when places that are compared with each
    /// other find none.
    fn choose(&mut self, state: &State<'_>) -> Option<Choice> {
        let mut choice = Choice::default();
        for (place, list) in &state.lists {
            choice.items.insert(place.clone(), list.items);
        }
        let others: Vec<&Place> = state
            .slots
            .values()
            .flat_map(|slot| &slot.literals)
            .filter_map(|literal| match &literal.against {
                Against::Place(place) => Some(place),
                _ => None,
            })
            .collect();
        let mut joint: Vec<(&Place, &Slot)> = Vec::new();
        for (place, slot) in &state.slots {
            let compared = slot
                .literals
                .iter()
                .any(|literal| matches!(literal.against, Against::Place(_)));
            if compared || others.contains(&place) {
                joint.push((place, slot));
                continue;
            }
            let values = self.values(place, slot, &[]);
            if let Some(path) = self.counted(place) {
                self.pad(path, &values, state, &mut choice)?;
            } else {
                choice
                    .values
                    .insert(place.clone(), values.into_iter().next()?);
            }
        }
        self.choose_jointly(&joint, state, &mut choice)?;
        Some(choice)
    }

    fn counted(&self, place: &Place) -> Option<&'w str> {
        let [Part::Field(name)] = place.as_slice() else {
            return None;
        };
        match self.world.computed.get(name) {
            Some(Computed::Count(path)) => Some(path),
            _ => None,
        }
    }

    /// Makes a counted list so long that its count is one of the values.
    fn pad(
        &self,
        path: &str,
        values: &[Value],
        state: &State<'_>,
        choice: &mut Choice,
    ) -> Option<()> {
        // Only where the list is; no item is added to the state.
        let mut copy = State {
            lists: state.lists.clone(),
            ..State::default()
        };
        let (at, _) = copy.first(self.world, path, &Names::default())?;
        let items = state.lists.get(&at).map_or(0, |list| list.items);
        let mut wanted: Vec<usize> = values
            .iter()
            .filter_map(Value::as_u64)
            .filter_map(|count| usize::try_from(count).ok())
            .filter(|count| (items..=MAX_COUNTED).contains(count))
            .collect();
        wanted.sort_unstable();
        // An empty list is the last resort: what follows the count mostly works on its items.
        let count = wanted.iter().find(|count| **count > 0).or(wanted.first())?;
        for (place, list) in copy.lists {
            choice.items.entry(place).or_insert(list.items);
        }
        choice.padded.insert(at, *count);
        Some(())
    }

    /// Tries values of places that are compared with each other, one place after the other.
    fn choose_jointly(
        &mut self,
        joint: &[(&Place, &Slot)],
        state: &State<'_>,
        choice: &mut Choice,
    ) -> Option<()> {
        if joint.is_empty() {
            return Some(());
        }
        let own: Vec<Vec<Value>> = joint
            .iter()
            .map(|(place, slot)| self.values(place, slot, &[]))
            .collect();
        // What one place can hold, and what lies just beside it, is worth trying at the others.
        let domains: Vec<Vec<Value>> = joint
            .iter()
            .enumerate()
            .map(|(i, (place, slot))| {
                let seeds: Vec<Value> = own
                    .iter()
                    .enumerate()
                    .filter(|(j, _)| *j != i)
                    .flat_map(|(_, values)| values.iter().take(6).cloned())
                    .collect();
                self.values(place, slot, &seeds)
            })
            .collect();
        let mut picked: Vec<usize> = vec![0];
        for _ in 0..MAX_COMBINATIONS {
            if !self.spend(1) {
                return None;
            }
            let depth = picked.len().checked_sub(1)?;
            let (Some(domain), Some(at)) = (domains.get(depth), picked.last().copied()) else {
                return None;
            };
            if at >= domain.len() {
                // Nothing is left here: back to the place before.
                picked.pop();
                *picked.last_mut()? += 1;
                continue;
            }
            if !agrees(joint, &domains, &picked) {
                *picked.last_mut()? += 1;
                continue;
            }
            if picked.len() < joint.len() {
                picked.push(0);
                continue;
            }
            for (((place, _), domain), at) in joint.iter().zip(&domains).zip(&picked) {
                let value = domain.get(*at)?.clone();
                match self.counted(place) {
                    Some(path) => self.pad(path, &[value], state, choice)?,
                    None => {
                        choice.values.insert((*place).clone(), value);
                    }
                }
            }
            return Some(());
        }
        None
    }
}

/// True when the values picked so far pass every test between two of them that touches the last.
fn agrees(joint: &[(&Place, &Slot)], domains: &[Vec<Value>], picked: &[usize]) -> bool {
    let value = |place: &Place| {
        let i = joint.iter().position(|(known, _)| *known == place)?;
        domains.get(i)?.get(*picked.get(i)?)
    };
    joint.iter().take(picked.len()).all(|(place, slot)| {
        let Some(left) = value(place) else {
            return true;
        };
        slot.literals.iter().all(|literal| match &literal.against {
            Against::Place(other) => match value(other) {
                Some(right) => passes(literal, left, Some(right)),
                None => true,
            },
            _ => true,
        })
    })
}
