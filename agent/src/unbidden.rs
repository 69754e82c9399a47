//! What an edit takes away, or starts with instead, although its request hardly means that.
//!
//! A merchant's workflow was right but for what they ask. How likely a request means that a step goes, or that the
//! trigger becomes another one, is learned with the other [constructs](crate::constructs); where it is unlikely
//! the program is written once more ([`crate::turn`]).

use flow::workflow::TaskType;
use flow::{Catalog, Step, Workflow};

use crate::constructs::{GONE, TRIGGER};
use crate::plausible;

/// Below this probability nobody asked for it. Steps that are gone have to be unlikely in both ways: that any step
/// goes and that one of these does. "Not the mail" hardly says that something goes, but says what.
const LEAST: f32 = 0.2;

/// If the likeliest kind among the steps that are gone is less likely to go than this, nobody asked for it, however
/// likely something goes.
const LEAST_KIND: f32 = 0.05;

/// Something that an edit does unasked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unbidden {
    /// Steps are gone that began so in the program.
    Gone { pieces: Vec<String> },
    /// It starts otherwise: how that begins in the program.
    Trigger { piece: String },
}

/// What an edit of the workflow before does unasked.
pub fn unbidden(
    request: &str,
    workflow: &Workflow,
    before: &Workflow,
    catalog: &Catalog,
) -> Vec<Unbidden> {
    let probability =
        |construct: &str| plausible::probability(request, Some(before), catalog, construct);
    let lost = before
        .steps
        .iter()
        .filter(|step| step.task_type != TaskType::Trigger && workflow.step(&step.id).is_none());
    let lost: Vec<&Step> = lost.collect();
    let kinds = lost
        .iter()
        .filter_map(|step| probability(&format!("-{}", construct(step, catalog)?)));
    let one = kinds.reduce(f32::max);
    let pieces = lost.iter().filter_map(|step| piece(step, catalog));
    let pieces: Vec<String> = pieces.collect();
    let mut found = Vec::new();
    let unlikely = |any: f32| {
        any.max(one.unwrap_or_default()) < LEAST || one.is_some_and(|one| one < LEAST_KIND)
    };
    if !pieces.is_empty() && probability(GONE).is_some_and(unlikely) {
        found.push(Unbidden::Gone { pieces });
    }
    let starts = |workflow: &Workflow| workflow.triggers().next().map(|step| step.task_id.clone());
    let (then, now) = (starts(before), starts(workflow));
    if let Some(now) = now.filter(|now| then.is_some_and(|then| then != *now))
        && probability(TRIGGER).is_some_and(|probability| probability < LEAST)
        && let Some(task) = catalog.task(&now)
    {
        let piece = format!("@{}", task.name);
        found.push(Unbidden::Trigger { piece });
    }
    found
}

/// What a step is among the constructs.
fn construct(step: &Step, catalog: &Catalog) -> Option<String> {
    Some(match step.task_type {
        TaskType::Condition => "condition".to_string(),
        TaskType::Foreach => "loop".to_string(),
        TaskType::Wait => "wait".to_string(),
        TaskType::Trigger | TaskType::Action => {
            format!("task {}", catalog.task(&step.task_id)?.name)
        }
    })
}

/// How a step begins in a program.
fn piece(step: &Step, catalog: &Catalog) -> Option<String> {
    match step.task_type {
        TaskType::Condition => Some("if ".to_string()),
        TaskType::Foreach => Some("for ".to_string()),
        TaskType::Wait => Some("wait(".to_string()),
        TaskType::Trigger | TaskType::Action => {
            let task = catalog.task(&step.task_id)?;
            Some(format!("{}(", task.name))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doubts::samples::{edited, on_order};

    const TAG: &str = "    add_order_tags(order_id=order.id, tags=[\"x\"])\n";

    fn found(request: &str, before: &str, after: &str) -> Vec<Unbidden> {
        let before = on_order(before);
        let after = edited(&before, after);
        unbidden(request, &after, &before, &Catalog::builtin())
    }

    #[test]
    fn what_nobody_asked_to_take_away_is_found() {
        let wait = format!("    wait(days=1)\n{TAG}");
        let longer = "make the tag gold";
        let pieces = vec!["wait(".to_string()];
        assert_eq!(found(longer, &wait, TAG), [Unbidden::Gone { pieces }]);
        for request in ["remove the wait", "no waiting please", "don't wait"] {
            assert_eq!(found(request, &wait, TAG), [], "{request}");
        }
        assert_eq!(found(longer, &wait, &wait), []);
    }

    #[test]
    fn another_trigger_has_to_be_asked_for() {
        let catalog = Catalog::builtin();
        let before = on_order(TAG);
        let text = format!("@order_paid\ndef a(order):\n{TAG}");
        let after = flow::python::merge(&before, flow::python::parse(&text, &catalog), &catalog);
        let found = |request| unbidden(request, &after, &before, &catalog);
        let piece = "@order_paid".to_string();
        assert_eq!(found("make the tag gold"), [Unbidden::Trigger { piece }]);
        assert_eq!(found("start when the order is paid instead"), []);
    }
}
