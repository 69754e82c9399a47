//! Tasks and fields of a workflow that its request hardly means.
//!
//! The ranker of the searches ([`crate::tools::ranker`]) knows for every task and field how likely a request
//! means it. A program that uses one of the unlikeliest is written once more ([`crate::turn`]): a small model
//! builds something from whatever it is told.

use flow::Workflow;
use flow::workflow::TaskType;

use crate::doubts::Asked;
use crate::tools::needs::needs;
use crate::tools::ranker::{self, Label};
use crate::tools::task_search::is_said;

/// Below this probability a task is hardly meant. Of the 260 right answers of the shipped benchmark none has
/// such a task.
const TASK: f32 = 0.01;

/// The same for a field; people have more ways to speak of one. Of the 260 right answers two have such a field.
const PATH: f32 = 0.005;

/// From this probability on a task is clearly meant.
const CLEAR: f32 = 0.5;

/// Whether a workflow has a step that the request clearly means.
pub fn has_clear_step(asked: &Asked<'_>, workflow: &Workflow) -> bool {
    let said = asked.said();
    let ranked = ranker::shipped().rank(&said, asked.before.is_some());
    let actions = workflow.steps.iter();
    let actions = actions.filter(|step| step.task_type == TaskType::Action);
    actions
        .filter_map(|step| asked.catalog.task(&step.task_id))
        .filter_map(|task| ranked.of(&Label::Task(task.name.clone())))
        .any(|probability| probability >= CLEAR)
}

/// What is hardly meant of what a workflow needs and the one before did not, in alphabetical order. What the
/// ranker does not know, such as the steps of a store's own apps, is left to the model.
pub fn unmeant(asked: &Asked<'_>, workflow: &Workflow) -> Vec<Label> {
    let said = asked.said();
    let ranked = ranker::shipped().rank(&said, asked.before.is_some());
    let lower = said.to_lowercase();
    let known = asked.before.map(|before| needs(before, asked.catalog));
    let known = known.unwrap_or_default();
    let hardly = |label: &Label| match label {
        Label::Task(name) => ranked.of(label).is_some_and(|p| p < TASK) && !is_said(&lower, name),
        Label::Path(_) => ranked.of(label).is_some_and(|p| p < PATH),
    };
    needs(workflow, asked.catalog)
        .into_iter()
        .filter(|label| !known.contains(label) && hardly(label))
        .collect()
}

#[cfg(test)]
mod tests {
    use flow::Catalog;

    use super::*;
    use crate::doubts::samples::on_order;

    fn found(request: &str, before: Option<&str>, body: &str) -> Vec<Label> {
        let catalog = Catalog::builtin();
        let before = before.map(on_order);
        let asked = Asked {
            request,
            previous: None,
            before: before.as_ref(),
            catalog: &catalog,
        };
        unmeant(&asked, &on_order(body))
    }

    const TAG: &str = "    add_order_tags(order_id=order.id, tags=[\"VIP\"])\n";
    const CANCEL: &str = "    cancel_order(order_id=order.id, reason=\"FRAUD\")\n";

    #[test]
    fn what_nobody_spoke_of_is_hardly_meant() {
        let request = "tag orders over $500 as VIP";
        let over = format!("    if order.totalPriceSet.shopMoney.amount > 500:\n    {TAG}");
        assert_eq!(found(request, None, &over), []);
        let cancel = Label::Task("cancel_order".to_string());
        assert_eq!(
            found(request, None, &format!("{TAG}{CANCEL}")),
            std::slice::from_ref(&cancel)
        );
        let attributes =
            format!("    if any(x.key == \"a\" for x in order.customAttributes):\n    {TAG}");
        let [Label::Path(path)] = &found(request, None, &attributes)[..] else {
            panic!("one field");
        };
        assert!(path.starts_with("order.customAttributes"), "{path}");
        // What was there before is not for this request to mean.
        assert_eq!(
            found("tag it VIP", Some(CANCEL), &format!("{CANCEL}{TAG}")),
            []
        );
    }

    #[test]
    fn one_clear_step_is_enough() {
        let catalog = Catalog::builtin();
        let asked = Asked {
            request: "tag orders over $500 as VIP",
            previous: None,
            before: None,
            catalog: &catalog,
        };
        for (body, clear) in [
            (format!("{TAG}{CANCEL}"), true),
            (CANCEL.to_string(), false),
        ] {
            let workflow = on_order(&body);
            assert_eq!(has_clear_step(&asked, &workflow), clear, "{body}");
        }
    }

    #[test]
    fn a_phrase_that_means_a_task_is_believed() {
        let gift = "    add_order_line_item(order_id=order.id, variant_id=\"1\", quantity=1)\n";
        assert_eq!(found("over 100 a free gift goes in", None, gift), []);
    }
}
