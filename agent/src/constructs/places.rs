//! What an edit does to the order and the nesting of steps: which start, move, come under a condition or get out
//! of one, and where new steps stand.
//!
//! The order matters to a merchant ("before the wait rather than after it"), and a request says it in words of its
//! own, whatever the steps are.

use std::collections::{BTreeMap, BTreeSet};

use flow::workflow::TaskType;
use flow::{Step, Workflow};

/// Another trigger.
pub(crate) const TRIGGER: &str = "~trigger";

/// Two steps changed places.
pub(super) const MOVED: &str = "~moved";

/// A step got out of a condition or a loop that stays.
pub(super) const OUT: &str = "~out";

/// A step came into a condition or a loop that was there before.
pub(super) const IN: &str = "~in";

/// A step that was there is not any more.
pub(crate) const GONE: &str = "~gone";

/// A step that was not there is now.
pub(super) const NEW: &str = "~new";

/// The names above, of which none begins anywhere in a program.
pub(super) const ALL: [&str; 6] = [TRIGGER, MOVED, OUT, IN, GONE, NEW];

/// The places that an edit changes and takes.
pub(super) fn places(workflow: &Workflow, before: &Workflow) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let starts = |workflow: &Workflow| -> BTreeSet<String> {
        let triggers = workflow.triggers();
        triggers.map(|step| step.task_id.clone()).collect()
    };
    if starts(workflow) != starts(before) {
        found.insert(TRIGGER.to_string());
    }
    let lacks = |workflow: &Workflow, step: &Step| {
        step.task_type != TaskType::Trigger && workflow.step(&step.id).is_none()
    };
    if before.steps.iter().any(|step| lacks(workflow, step)) {
        found.insert(GONE.to_string());
    }
    if workflow.steps.iter().any(|step| lacks(before, step)) {
        found.insert(NEW.to_string());
    }
    let stays = |id: &str| before.step(id).is_some() && workflow.step(id).is_some();
    for step in &workflow.steps {
        if step.task_type == TaskType::Trigger {
            continue;
        }
        if before.step(&step.id).is_none() {
            found.extend(taken(step, workflow, before));
            continue;
        }
        let behind = |other: &&str| above(before, other).contains(step.id.as_str());
        let above = above(workflow, &step.id);
        if above.iter().filter(|other| stays(other)).any(behind) {
            found.insert(MOVED.to_string());
        }
        let staying = |workflow| -> BTreeSet<Guard> {
            let guards = guards(workflow, &step.id).into_iter();
            guards.filter(|(id, _)| stays(id)).collect()
        };
        let (then, now) = (staying(before), staying(workflow));
        if then.difference(&now).next().is_some() {
            found.insert(OUT.to_string());
        }
        if now.difference(&then).next().is_some() {
            found.insert(IN.to_string());
        }
    }
    found
}

/// Where a new step stands.
fn taken(step: &Step, workflow: &Workflow, before: &Workflow) -> Vec<String> {
    let kind = match step.task_type {
        TaskType::Condition => "condition",
        TaskType::Foreach => "loop",
        TaskType::Wait => "wait",
        TaskType::Trigger | TaskType::Action => "action",
    };
    let starts = |id: &str| workflow.triggers().any(|trigger| trigger.id == id);
    let first = workflow.incoming(&step.id).all(|link| starts(&link.from));
    let last = !workflow.links.iter().any(|link| link.from == step.id);
    let place = match (first, last) {
        (true, true) => "alone",
        (true, false) => "first",
        (false, true) => "last",
        (false, false) => "between",
    };
    let mut found = vec![format!("+{kind} {place}")];
    let guards = guards(workflow, &step.id);
    let mut guards = guards.iter().rev();
    match guards.find(|(id, _)| before.step(id).is_some()) {
        Some((_, "false")) => found.push(format!("+{kind} otherwise")),
        Some(_) => found.push(format!("+{kind} under")),
        None if conditional(before) => found.push(format!("+{kind} beside")),
        None => {}
    }
    if step.task_type == TaskType::Condition {
        found.push(format!(
            "+condition over {}",
            covered(step, workflow, before)
        ));
    }
    found
}

/// How much of what was there before depends on a new condition.
fn covered(condition: &Step, workflow: &Workflow, before: &Workflow) -> &'static str {
    let acts = |step: &&Step| {
        before.step(&step.id).is_some()
            && !matches!(step.task_type, TaskType::Trigger | TaskType::Condition)
    };
    let depends = |step: &&Step| {
        let guards = guards(workflow, &step.id);
        guards.iter().any(|(id, _)| *id == condition.id)
    };
    let all = workflow.steps.iter().filter(acts).count();
    match workflow.steps.iter().filter(acts).filter(depends).count() {
        0 => "nothing",
        some if some < all => "some",
        _ => "all",
    }
}

/// Whether a workflow has a condition or a loop.
pub(super) fn conditional(workflow: &Workflow) -> bool {
    let kinds = [TaskType::Condition, TaskType::Foreach];
    let mut steps = workflow.steps.iter();
    steps.any(|step| kinds.contains(&step.task_type))
}

/// The steps that lead to a step, on any way.
fn above<'a>(workflow: &'a Workflow, id: &'a str) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    let mut open = vec![id];
    while let Some(at) = open.pop() {
        for link in workflow.incoming(at) {
            if found.insert(link.from.as_str()) {
                open.push(&link.from);
            }
        }
    }
    found
}

/// A side of a condition, or the body of a loop: the step and its port.
type Guard<'a> = (&'a str, &'a str);

/// What a step depends on, outermost first: the sides that are on every way to it. A step that follows a
/// condition whichever way it comes out does not depend on it.
fn guards<'a>(workflow: &'a Workflow, id: &'a str) -> Vec<Guard<'a>> {
    on_every_way(workflow, id, &mut BTreeMap::new()).unwrap_or_default()
}

/// The guards of a step; `None` where the way to it leads in a circle. What was found before is known; steps that
/// are on the way are known without guards.
fn on_every_way<'a>(
    workflow: &'a Workflow,
    id: &'a str,
    known: &mut BTreeMap<&'a str, Option<Vec<Guard<'a>>>>,
) -> Option<Vec<Guard<'a>>> {
    if let Some(known) = known.get(id) {
        return known.clone();
    }
    known.insert(id, None);
    let mut found: Option<Vec<Guard<'a>>> = None;
    for link in workflow.incoming(id) {
        let Some(mut way) = on_every_way(workflow, &link.from, known) else {
            continue;
        };
        if matches!(link.from_port.as_str(), "true" | "false" | "loop_body") {
            way.push((&link.from, &link.from_port));
        }
        found = Some(match found {
            Some(mut shared) => {
                shared.retain(|guard| way.contains(guard));
                shared
            }
            None => way,
        });
    }
    let found = Some(found.unwrap_or_default());
    known.insert(id, found.clone());
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doubts::samples::{edited, on_order, workflow};

    fn found(before: &str, after: &str) -> Vec<String> {
        let before = on_order(before);
        let after = edited(&before, after);
        places(&after, &before).into_iter().collect()
    }

    const IF: &str = "    if order.test == True:\n";
    const NOTE: &str = "    update_order_note(order_id=order.id, note=\"x\")\n";
    const TAG: &str = "    add_order_tags(order_id=order.id, tags=[\"x\"])\n";
    const WAIT: &str = "    wait(days=1)\n";

    #[test]
    fn steps_that_stay_where_they_were_have_no_places() {
        let body = format!("{WAIT}{IF}    {NOTE}");
        assert_eq!(found(&body, &body), [""; 0]);
        assert_eq!(found(&body, &body.replace("\"x\"", "\"y\"")), [""; 0]);
        assert_eq!(found(&body, &format!("{WAIT}{NOTE}")), [GONE]);
    }

    #[test]
    fn steps_that_change_places_are_moved() {
        for (before, after, expected) in [
            (format!("{NOTE}{TAG}"), format!("{TAG}{NOTE}"), vec![MOVED]),
            (
                format!("{WAIT}{IF}    {TAG}"),
                format!("{IF}    {WAIT}    {TAG}"),
                vec![IN, MOVED],
            ),
            (format!("{IF}    {TAG}"), format!("{TAG}{IF}    {NOTE}"), {
                vec!["+action last", "+action under", MOVED, NEW, OUT]
            }),
            (
                format!("{IF}    {TAG}    {NOTE}"),
                format!("{IF}    {NOTE}{TAG}"),
                vec![MOVED, OUT],
            ),
        ] {
            assert_eq!(found(&before, &after), expected, "{before}\n{after}");
        }
    }

    #[test]
    fn many_conditions_one_after_another_take_no_time() {
        let body = format!("{IF}    {TAG}").repeat(60);
        let before = on_order(&body);
        assert!(places(&before, &before).is_empty());
    }

    #[test]
    fn new_steps_have_their_places() {
        for (before, after, expected) in [
            (
                format!("{TAG}{NOTE}"),
                format!("{WAIT}{TAG}{NOTE}"),
                vec!["+wait first", NEW],
            ),
            (
                format!("{TAG}{NOTE}"),
                format!("{TAG}{WAIT}{NOTE}"),
                vec!["+wait between", NEW],
            ),
            (
                format!("{IF}    {TAG}"),
                format!("{IF}    {TAG}    else:\n    {NOTE}"),
                vec!["+action last", "+action otherwise", NEW],
            ),
            (
                format!("{IF}    {TAG}"),
                format!("{IF}    {TAG}{NOTE}"),
                vec!["+action beside", "+action last", NEW],
            ),
            (
                TAG.to_string(),
                format!("{IF}    {TAG}"),
                vec!["+condition first", "+condition over all", NEW],
            ),
            (
                format!("{TAG}{NOTE}"),
                format!("{TAG}{IF}    {NOTE}"),
                vec!["+condition between", "+condition over some", NEW],
            ),
        ] {
            assert_eq!(found(&before, &after), expected, "{before}\n{after}");
        }
    }

    #[test]
    fn another_trigger_is_one() {
        let before = on_order(TAG);
        let after = workflow(&format!("@order_paid\ndef a(order):\n{TAG}"));
        let mut after = after;
        for (step, old) in after.steps.iter_mut().zip(&before.steps) {
            step.id = old.id.clone();
        }
        assert!(places(&after, &before).contains(TRIGGER));
    }
}
