//! Values that a workflow uses and that nobody said: a number in a search, an optional argument that an
//! edit adds to a step it was not asked to touch.
//!
//! Most literals are kept to what was said by the grammar ([`crate::grammar::said`]). What is left is found
//! here, and the model writes the program once more ([`crate::turn`]).

use std::collections::BTreeSet;

use flow::catalog::Field;
use flow::workflow::ConfigValue;
use flow::{Catalog, Step, Workflow};

use crate::grammar::said::{digits, numbers};

/// How many letters of a word are compared, so that "notify" is said by "notification".
const STEM: usize = 5;

/// The values that a workflow uses and that neither the request nor the workflow before it says, as they
/// begin in its program: a number, or an argument with its name.
pub fn unsaid(
    request: &str,
    workflow: &Workflow,
    before: Option<&Workflow>,
    catalog: &Catalog,
) -> Vec<String> {
    let limits = limits(workflow);
    let known = before.map(self::limits).unwrap_or_default();
    let said = numbers(request);
    let limits = limits.difference(&known).filter(|n| !said.contains(*n));
    let mut found: Vec<String> = limits.cloned().collect();
    if let Some(before) = before {
        found.extend(additions(request, workflow, before, catalog));
    }
    found
}

/// Takes optional arguments out of a program that edits the workflow before, where a step that has them is otherwise
/// one that was there, and nobody spoke of them.
///
/// A model that writes a step down once more, as when it moves it, fills in what is usual. Without that the step is
/// the one it was, and the merchant's own.
pub fn without_additions(
    program: &mut Workflow,
    request: &str,
    before: &Workflow,
    catalog: &Catalog,
) {
    let said = stems(request);
    // As a program says it, so that nothing differs but what was changed.
    let text = flow::python::print(before, catalog);
    let read = flow::python::parse(&text, catalog).workflow;
    let mut old: Vec<&Step> = read.steps.iter().collect();
    let mut new: Vec<&mut Step> = program.steps.iter_mut().collect();
    new.retain(|step| {
        let place = old
            .iter()
            .position(|old| old.task_id == step.task_id && old.config == step.config);
        place.map(|place| old.remove(place)).is_none()
    });
    for step in new {
        let Some(task) = catalog.task(&step.task_id) else {
            continue;
        };
        let place = old.iter().position(|old| {
            let stays = |value: &ConfigValue| step.config_value(&value.id) == Some(&value.value);
            old.task_id == step.task_id && old.config.iter().all(stays)
        });
        let Some(old) = place.map(|place| old.remove(place)) else {
            continue;
        };
        let unsaid = |value: &ConfigValue| {
            let field = task.fields.iter().find(|field| field.id == value.id);
            field.is_some_and(|field| {
                !field.must_be_given() && words(field, &value.value).is_disjoint(&said)
            })
        };
        step.config
            .retain(|value| old.config_value(&value.id).is_some() || !unsaid(value));
    }
}

/// The numbers that searches compare with: those after a colon, with or without a sign.
fn limits(workflow: &Workflow) -> BTreeSet<String> {
    let searches = workflow
        .steps
        .iter()
        .filter_map(|step| step.config_value("query"));
    searches
        .flat_map(|query| query.split(':').skip(1))
        .map(|value| value.trim_start_matches(['<', '>', '=', '\'', '"']))
        .filter(|value| value.starts_with(|c: char| c.is_ascii_digit()))
        .filter_map(|value| value.split_whitespace().next())
        .filter(|value| value.chars().all(|c| c.is_ascii_digit() || c == '.'))
        .flat_map(digits)
        .collect()
}

/// Optional fields that steps have now and had not before, and of which nobody spoke.
fn additions(
    request: &str,
    workflow: &Workflow,
    before: &Workflow,
    catalog: &Catalog,
) -> Vec<String> {
    let said = stems(request);
    let mut gone: Vec<&Step> = before
        .steps
        .iter()
        .filter(|step| workflow.step(&step.id).is_none())
        .collect();
    let mut added = Vec::new();
    for step in &workflow.steps {
        // A step that was taken out and written again is the same one.
        let old = before.step(&step.id).or_else(|| {
            let place = gone.iter().position(|old| old.task_id == step.task_id)?;
            Some(gone.remove(place))
        });
        let (Some(old), Some(task)) = (old, catalog.task(&step.task_id)) else {
            continue;
        };
        if old.task_id != step.task_id {
            continue;
        }
        for field in task.fields.iter().filter(|field| !field.must_be_given()) {
            let set = |step: &Step| {
                step.config_value(&field.id)
                    .is_some_and(|value| !value.is_empty())
            };
            let value = step.config_value(&field.id).unwrap_or_default();
            if set(step) && !set(old) && words(field, value).is_disjoint(&said) {
                added.push(format!("{}=", field.id));
            }
        }
    }
    added
}

/// The words by which a value of a field is spoken of.
fn words(field: &Field, value: &str) -> BTreeSet<String> {
    stems(&format!("{} {} {value}", field.id, field.label))
}

/// The beginnings of the longer words of a text.
fn stems(text: &str) -> BTreeSet<String> {
    text.to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().count() >= 4)
        .map(|word| word.chars().take(STEM).collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doubts::samples::{on_order, workflow};

    fn search(query: &str) -> Workflow {
        workflow(&format!(
            "@scheduled_time(every=\"day\", at=\"09:00\")\ndef a(scheduledAt):\n    getOrderData = get_order_data(query=\"{query}\", max_root_records=100)\n"
        ))
    }

    #[test]
    fn a_number_in_a_search_has_to_be_said() {
        let catalog = Catalog::builtin();
        for (request, query, expected) in [
            ("more than ten orders", "orders_count:>10", 0),
            ("more than ten orders", "orders_count:>15", 1),
            ("over 1,200", "total:>=1200 AND status:open", 0),
            ("those of vendor 8", "vendor:'8 and 9'", 0),
            (
                "older than a week",
                "created_at:<'{{ scheduledAt | date_minus: '7 days' }}'",
                0,
            ),
        ] {
            let found = unsaid(request, &search(query), None, &catalog);
            assert_eq!(found.len(), expected, "{request} {query}");
        }
        let before = search("orders_count:>15");
        let after = search("orders_count:>15 AND status:open");
        assert_eq!(
            unsaid("open ones", &after, Some(&before), &catalog),
            [""; 0]
        );
    }

    #[test]
    fn an_argument_that_comes_with_an_edit_has_to_be_said() {
        let catalog = Catalog::builtin();
        let cancel = |arguments: &str| {
            let program = format!(
                "@order_created\ndef a(order):\n    cancel_order(order_id=order.id, reason=\"FRAUD\"{arguments})\n"
            );
            workflow(&program)
        };
        let before = cancel("");
        for (request, arguments, expected) in [
            ("medium as well", "", 0),
            ("medium as well", ", notify_customer=True, restock=True", 2),
            (
                "the customer gets a notification",
                ", notify_customer=True",
                0,
            ),
            (
                "and put it back into stock, restocking",
                ", restock=True",
                0,
            ),
        ] {
            let found = unsaid(request, &cancel(arguments), Some(&before), &catalog);
            assert_eq!(found.len(), expected, "{request} {arguments}");
        }
        // A new step may bring them.
        let new = unsaid("cancel it", &cancel(", refund=True"), None, &catalog);
        assert_eq!(new, [""; 0]);
    }

    #[test]
    fn a_step_that_was_there_keeps_to_the_arguments_it_had() {
        let catalog = Catalog::builtin();
        let before = on_order(
            "    cancel_order(order_id=order.id, reason=\"FRAUD\")\n    add_order_tags(order_id=order.id, tags=[\"x\"])\n",
        );
        let after = |request: &str, arguments: &str| {
            let mut program = on_order(&format!(
                "    add_order_tags(order_id=order.id, tags=[\"x\"])\n    wait(days=1)\n    cancel_order(order_id=order.id, {arguments})\n"
            ));
            without_additions(&mut program, request, &before, &catalog);
            flow::python::print(&program, &catalog)
        };
        let written = "reason=\"FRAUD\", notify_customer=True, restock=True";
        let kept = after("tag it first, cancel it a day later", written);
        assert!(kept.contains("order.id, reason=\"FRAUD\")"), "{kept}");
        // What was said stays, and so does a step that became another one.
        for (request, arguments) in [
            ("a day later, and restock it", written),
            ("tag it first", "reason=\"CUSTOMER\", restock=True"),
        ] {
            let kept = after(request, arguments);
            assert!(kept.contains("restock=True"), "{kept}");
        }
    }
}
