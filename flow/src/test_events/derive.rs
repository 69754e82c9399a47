//! Deriving the two events of a condition step, and saying why there is none.

use std::rc::Rc;

use serde_json::Value;

use super::reads::World;
use super::route::{self, Route};
use super::solve::{Names, Search, State};
use super::{Derived, build, run_event};
use crate::catalog::{Catalog, FieldKind, foreach_item_name};
use crate::condition;
use crate::run::{StepOutcome, field_of_kind, list_path};
use crate::workflow::{TaskType, Workflow};

/// What the search may spend on one event, in expansions and copies.
const BUDGET: usize = 200_000;

/// No more events than this are run for one that is wanted.
const MAX_RUNS: usize = 60;

/// How many more events are run to better one of which some runs of the step go the other way.
const MAX_BETTER: usize = 8;

/// See [`super::derive`].
pub(super) fn derive(workflow: &Workflow, step_id: &str, catalog: &Catalog) -> Derived {
    let none = |why: String| Derived {
        why_not: Some(why),
        ..Derived::default()
    };
    let Some(step) = workflow.step(step_id) else {
        return none(format!("The workflow has no step {step_id}."));
    };
    if step.task_type != TaskType::Condition {
        return none("This step is no condition, so it does not pass or fail.".to_string());
    }
    let text = field_of_kind(step, catalog.task(&step.task_id), FieldKind::Condition);
    if let Err(error) = condition::parse(text.unwrap_or_default()) {
        return none(error.message);
    }
    let world = World::new(workflow, catalog);
    let routes = route::to(workflow, step_id);
    if routes.is_empty() {
        return none(
            "No links lead from a trigger to this condition, so no event reaches it.".to_string(),
        );
    }
    let unread = |route: &Route<'_>| {
        route.iter().any(|(id, _)| {
            workflow
                .step(id)
                .is_some_and(|step| step.task_type == TaskType::Condition)
                && !world.conditions.contains_key(*id)
        })
    };
    if routes.iter().all(unread) {
        return none(
            "A condition above this one does not read, so no event reaches it; correct that one first."
                .to_string(),
        );
    }
    let (passing, why_not_passing) = find(&world, step_id, &routes, true);
    let (failing, why_not_failing) = find(&world, step_id, &routes, false);
    let why_not = match (why_not_passing, why_not_failing) {
        (Some(NoEvent::Ruled), Some(NoEvent::Ruled)) => Some(
            "The conditions above this one never let an event through, so no event reaches it."
                .to_string(),
        ),
        (Some(why), _) => Some(why.sentence(true)),
        (None, Some(why)) => Some(why.sentence(false)),
        (None, None) => None,
    };
    Derived {
        passing,
        failing,
        why_not,
    }
}

/// Why there is no event.
enum NoEvent {
    /// The condition's own tests allow none.
    Contradiction,
    /// The condition alone has one, but the conditions above it do not let it through.
    Ruled,
    /// The bounds of the search were met first.
    GaveUp,
}

impl NoEvent {
    fn sentence(&self, pass: bool) -> String {
        match (self, pass) {
            (NoEvent::Contradiction, true) => {
                "No event makes this condition pass: its tests contradict each other."
            }
            (NoEvent::Contradiction, false) => {
                "No event makes this condition fail: it holds whatever the event is."
            }
            (NoEvent::Ruled, true) => {
                "No event makes this condition pass: the conditions above it let none through that would."
            }
            (NoEvent::Ruled, false) => {
                "No event makes this condition fail: the conditions above it let none through that would."
            }
            (NoEvent::GaveUp, true) => {
                "No event was found that makes this condition pass: it asks too much at once to try everything."
            }
            (NoEvent::GaveUp, false) => {
                "No event was found that makes this condition fail: it asks too much at once to try everything."
            }
        }
        .to_string()
    }
}

/// An event that goes one of the routes and for which the step decides as wanted.
fn find(
    world: &World<'_>,
    step_id: &str,
    routes: &[Route<'_>],
    want: bool,
) -> (Option<Value>, Option<NoEvent>) {
    let mut search = Search {
        world,
        left: BUDGET,
    };
    let mut runs = MAX_RUNS;
    let mut mixed: Option<Value> = None;
    let mut gave_up = false;
    for route in routes {
        let Some(start) = state_for(world, step_id, route, want) else {
            continue;
        };
        let Some((trigger, _)) = route.first() else {
            continue;
        };
        let mut found = None;
        let whole = search.run(start, &mut |world, choice| {
            if runs == 0 {
                return true;
            }
            runs -= 1;
            let event = build::event(world, choice);
            match decisions(world, trigger, step_id, &event, want) {
                (0, _) => {}
                (_, 0) => {
                    found = Some(event);
                    return true;
                }
                // In a loop the step runs for every item, and not all of them need agree.
                _ if mixed.is_none() => {
                    mixed = Some(event);
                    runs = runs.min(MAX_BETTER);
                }
                _ => {}
            }
            false
        });
        if found.is_some() {
            return (found, None);
        }
        gave_up |= !whole || runs == 0;
    }
    if mixed.is_some() {
        return (mixed, None);
    }
    let why = if gave_up {
        NoEvent::GaveUp
    } else if alone(world, step_id, routes, want) {
        NoEvent::Ruled
    } else {
        NoEvent::Contradiction
    };
    (None, Some(why))
}

/// How often the step decided as wanted, and how often the other way.
fn decisions(
    world: &World<'_>,
    trigger: &str,
    step_id: &str,
    event: &Value,
    want: bool,
) -> (usize, usize) {
    let run = run_event(world.workflow, trigger, event, world.catalog);
    let mut counts = (0, 0);
    for step in run.trace.iter().filter(|step| step.step == step_id) {
        match step.outcome {
            StepOutcome::Decided { result } if result == want => counts.0 += 1,
            StepOutcome::Decided { .. } => counts.1 += 1,
            _ => {}
        }
    }
    counts
}

/// What must be so for a route to lead to the step, and for the step to decide as wanted.
fn state_for<'e>(
    world: &'e World<'_>,
    step_id: &str,
    route: &Route<'_>,
    want: bool,
) -> Option<State<'e>> {
    let mut state = State::default();
    let names = enter(world, route, &mut state, true)?;
    state.want(world.conditions.get(step_id)?, want, &names);
    Some(state)
}

/// Wants the conditions of a route to go its way, unless only the loops are asked for; gives the
/// loop items that the step at its end sees.
fn enter<'e>(
    world: &'e World<'_>,
    route: &Route<'_>,
    state: &mut State<'e>,
    conditions: bool,
) -> Option<Names> {
    let mut names = Names::default();
    for (id, port) in route {
        let step = world.workflow.step(id)?;
        match (step.task_type, *port) {
            (TaskType::Condition, port) if conditions => {
                state.want(world.conditions.get(*id)?, port == "true", &names);
            }
            (TaskType::Foreach, "loop_body") => {
                let path = list_path(step, world.catalog.task(&step.task_id));
                let (place, ty) = state.first_item(world, path, &names)?;
                let mut inner = names.as_ref().clone();
                inner.push((foreach_item_name(path), place, ty));
                names = Rc::new(inner);
            }
            _ => {}
        }
    }
    Some(names)
}

/// True when the condition could decide as wanted, were there no conditions above it.
fn alone(world: &World<'_>, step_id: &str, routes: &[Route<'_>], want: bool) -> bool {
    let Some(expr) = world.conditions.get(step_id) else {
        return false;
    };
    let above = routes.iter().any(|route| {
        route.iter().any(|(id, _)| {
            world
                .workflow
                .step(id)
                .is_some_and(|step| step.task_type == TaskType::Condition)
        })
    });
    if !above {
        return false;
    }
    let mut search = Search {
        world,
        left: BUDGET / 4,
    };
    routes.iter().any(|route| {
        let mut state = State::default();
        let Some(names) = enter(world, route, &mut state, false) else {
            return false;
        };
        state.want(expr, want, &names);
        let mut possible = false;
        search.run(state, &mut |_, _| {
            possible = true;
            true
        });
        possible
    })
}
