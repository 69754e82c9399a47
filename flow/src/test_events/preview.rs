//! What a field would hold when its step runs on a made-up event.

use serde_json::Value;

use super::{base_event, derive, route, run_event};
use crate::catalog::Catalog;
use crate::liquid;
use crate::scope::with_patched_fields;
use crate::workflow::{TaskType, Workflow};

/// No more ways to the step than this are tried.
const MAX_ROUTES: usize = 3;

/// What a config field of a step holds when the step runs on a made-up event: Liquid rendered,
/// references resolved. In a loop it is the first item's.
///
/// `None` when the field is not filled. A step that no made-up event reaches gives its field
/// rendered without loop items and outputs of other steps.
pub fn preview(workflow: &Workflow, step: &str, field: &str, catalog: &Catalog) -> Option<Value> {
    let config = workflow.step(step)?.config_value(field)?;
    let patched = with_patched_fields(workflow, catalog);
    let catalog = patched.as_ref().unwrap_or(catalog);
    let event = base_event(workflow, catalog);
    let reached = held(workflow, step, field, &event, catalog);
    reached
        .or_else(|| behind_conditions(workflow, step, field, catalog))
        .or_else(|| Some(Value::String(liquid::render(config, &event).text)))
}

/// The field as the first run of its step has it; `None` when the event does not lead there.
fn held(
    workflow: &Workflow,
    step: &str,
    field: &str,
    event: &Value,
    catalog: &Catalog,
) -> Option<Value> {
    workflow.triggers().find_map(|trigger| {
        run_event(workflow, &trigger.id, event, catalog)
            .trace
            .into_iter()
            .find(|run| run.step == step)
            .and_then(|mut run| run.fields.remove(field))
    })
}

/// The same with an event that takes the nearest condition's way to the step.
fn behind_conditions(
    workflow: &Workflow,
    step: &str,
    field: &str,
    catalog: &Catalog,
) -> Option<Value> {
    let routes = route::to(workflow, step);
    routes.iter().take(MAX_ROUTES).find_map(|route| {
        let (condition, port) = route.iter().rev().find(|(id, _)| {
            workflow
                .step(id)
                .is_some_and(|step| step.task_type == TaskType::Condition)
        })?;
        let derived = derive(workflow, condition, catalog);
        let event = if *port == "true" {
            derived.passing
        } else {
            derived.failing
        };
        held(workflow, step, field, &event?, catalog)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::python;

    fn shown(text: &str, step: &str, field: &str) -> Option<Value> {
        let catalog = Catalog::builtin();
        let workflow = python::parse(text, &catalog).workflow;
        preview(&workflow, step, field, &catalog)
    }

    #[test]
    fn a_template_is_rendered_on_an_event() {
        let text = "@order_created\ndef f(order):\n    log_output(message=\"{{ order.name }} by {{ order.customer.firstName }}\")\n";
        assert_eq!(shown(text, "s2", "message"), Some(json!("#1001 by Ann")));
        assert_eq!(shown(text, "s2", "other"), None);
        assert_eq!(shown(text, "nowhere", "message"), None);
    }

    #[test]
    fn a_step_behind_conditions_is_reached_over_its_own_way() {
        let text = "@order_created\ndef f(order):\n    if order.totalPriceSet.shopMoney.amount > 500:\n        log_output(message=\"{{ order.totalPriceSet.shopMoney.amount }}\")\n    else:\n        log_output(message=\"small {{ order.totalPriceSet.shopMoney.amount }}\")\n";
        let amount = |value: Option<Value>| {
            value
                .as_ref()
                .and_then(Value::as_str)
                .and_then(|text| text.trim_start_matches("small ").parse::<f64>().ok())
        };
        assert!(amount(shown(text, "s3", "message")).is_some_and(|amount| amount > 500.0));
        assert!(amount(shown(text, "s4", "message")).is_some_and(|amount| amount <= 500.0));
    }

    #[test]
    fn the_item_of_a_loop_is_there() {
        let text = "@order_created\ndef f(order):\n    for item in order.lineItems:\n        log_output(message=\"{{ lineItemsForeachitem.sku }}\")\n";
        let workflow = python::parse(text, &Catalog::builtin()).workflow;
        let step = workflow.steps.last().map(|step| step.id.clone());
        assert_eq!(
            shown(text, &step.unwrap_or_default(), "message"),
            Some(json!("SKU-1001"))
        );
    }

    #[test]
    fn a_step_that_nothing_reaches_is_still_rendered() {
        let text = "@order_created\ndef f(order):\n    if order.name == \"a\" and order.name == \"b\":\n        log_output(message=\"{{ order.name }}!\")\n";
        assert_eq!(shown(text, "s3", "message"), Some(json!("#1001!")));
    }
}
