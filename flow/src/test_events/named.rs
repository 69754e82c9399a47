//! Test events with names: what a person is offered to try a workflow on.

use serde_json::Value;

use super::{base_event, derive, run_event};
use crate::catalog::{Catalog, FieldKind};
use crate::run::{StepOutcome, field_of_kind};
use crate::summary::{condition_words, last_words, task, upper_first};
use crate::workflow::{Step, StepId, TaskType, Workflow};

/// Events are derived for this many conditions at most; the search for each may take long.
const MAX_CONDITIONS: usize = 20;

/// An event to try a workflow on.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedEvent {
    /// What it is, for example `Order where the order total is over 500: yes`.
    pub name: String,
    /// The trigger that it goes in at.
    pub trigger: StepId,
    /// The condition it was derived for, and whether that passes; `None` for the plain event.
    pub condition: Option<(StepId, bool)>,
    /// The event; `None` where there can be none.
    pub event: Option<Value>,
    /// One sentence, when there is no event.
    pub why_not: Option<String>,
}

/// For each condition one event that passes and one that fails, or else one plain event.
///
/// Empty for a workflow without a trigger. The order is that of the steps in the file.
pub fn named_events(workflow: &Workflow, catalog: &Catalog) -> Vec<NamedEvent> {
    let Some(first) = workflow.triggers().next() else {
        return Vec::new();
    };
    let mut events = Vec::new();
    let conditions = workflow
        .steps
        .iter()
        .filter(|step| step.task_type == TaskType::Condition)
        .take(MAX_CONDITIONS);
    for step in conditions {
        let derived = derive(workflow, &step.id, catalog);
        let words = words_of(step, catalog);
        let mut why_not = derived.why_not;
        for (event, passes) in [(derived.passing, true), (derived.failing, false)] {
            let trigger = event
                .as_ref()
                .and_then(|event| goes_in_at(workflow, step, event, passes, catalog))
                .unwrap_or(first);
            let noun = noun_of(trigger, catalog);
            let way = if passes { "yes" } else { "no" };
            // One sentence stands for both where neither is there.
            let why_not = event.is_none().then(|| why_not.take()).flatten();
            if event.is_none() && why_not.is_none() {
                continue;
            }
            events.push(NamedEvent {
                name: format!("{noun} where {words}: {way}"),
                trigger: trigger.id.clone(),
                condition: Some((step.id.clone(), passes)),
                event,
                why_not,
            });
        }
    }
    if !events.iter().any(|named| named.event.is_some()) {
        events.insert(
            0,
            NamedEvent {
                name: noun_of(first, catalog),
                trigger: first.id.clone(),
                condition: None,
                event: Some(base_event(workflow, catalog)),
                why_not: None,
            },
        );
    }
    events
}

/// The first trigger from which the event makes the condition decide as it should.
fn goes_in_at<'a>(
    workflow: &'a Workflow,
    condition: &Step,
    event: &Value,
    passes: bool,
    catalog: &Catalog,
) -> Option<&'a Step> {
    workflow.triggers().find(|trigger| {
        run_event(workflow, &trigger.id, event, catalog)
            .trace
            .iter()
            .any(|ran| {
                ran.step == condition.id && ran.outcome == StepOutcome::Decided { result: passes }
            })
    })
}

fn words_of(step: &Step, catalog: &Catalog) -> String {
    field_of_kind(step, catalog.task(&step.task_id), FieldKind::Condition)
        .and_then(condition_words)
        .unwrap_or_else(|| "the condition holds".to_string())
}

/// What a trigger is about, in a word or two: `Order`, `Draft order`.
fn noun_of(trigger: &Step, catalog: &Catalog) -> String {
    task(trigger, catalog)
        .and_then(|task| task.adds.first())
        .map_or_else(
            || "Event".to_string(),
            |variable| upper_first(&last_words(&variable.name)),
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::python;

    fn names(program: &str) -> Vec<(String, bool)> {
        let catalog = Catalog::builtin();
        let workflow = python::parse(program, &catalog).workflow;
        named_events(&workflow, &catalog)
            .into_iter()
            .map(|named| (named.name, named.event.is_some()))
            .collect()
    }

    #[test]
    fn each_condition_gives_an_event_for_yes_and_one_for_no() {
        let found = names(
            "@order_created\ndef a(order):\n    if order.totalPriceSet.shopMoney.amount > 500:\n        add_order_tags(order_id=order.id, tags=[\"VIP\"])\n",
        );
        insta::assert_debug_snapshot!(found);
    }

    #[test]
    fn a_workflow_without_conditions_gives_one_plain_event() {
        let found = names(
            "@draft_order_created\ndef a(draftOrder):\n    add_draft_order_tags(draft_order_id=draftOrder.id, tags=[\"x\"])\n",
        );
        assert_eq!(found, [("Draft order".to_string(), true)]);
        assert!(names("").is_empty());
    }

    #[test]
    fn what_cannot_be_says_why_once() {
        let catalog = Catalog::builtin();
        let program = "@order_created\ndef a(order):\n    if order.name == \"a\" and order.name == \"b\":\n        add_order_tags(order_id=order.id, tags=[\"x\"])\n";
        let workflow = python::parse(program, &catalog).workflow;
        let found = named_events(&workflow, &catalog);
        assert_eq!(found.len(), 2);
        assert!(found[0].event.is_none() && found[0].why_not.is_some());
        assert!(found[1].event.is_some() && found[1].why_not.is_none());
    }

    #[test]
    fn an_event_goes_in_at_the_trigger_that_it_fits() {
        let catalog = Catalog::builtin();
        let program = "@order_created\n@order_cancelled(_goto=[\"b\"])\ndef a(order):\n    add_order_tags(order_id=order.id, tags=[\"x\"])\n    return\n    label(\"b\")\n    if order.name == \"b\":\n        add_order_tags(order_id=order.id, tags=[\"y\"])\n";
        let workflow = python::parse(program, &catalog).workflow;
        let second = workflow.triggers().nth(1).map(|step| step.id.clone());
        for named in named_events(&workflow, &catalog) {
            assert_eq!(Some(named.trigger), second);
        }
    }
}
