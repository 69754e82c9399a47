//! Which variables a value reads, and which a step provides.

use super::super::reads::{provides, reads};
use super::*;

fn names(names: &[&str]) -> SortedSet<String> {
    names.iter().map(|name| (*name).to_string()).collect()
}

/// What a field of a step of this task reads.
fn read(
    catalog: &Catalog,
    task: &str,
    task_type: TaskType,
    field: &str,
    value: &str,
) -> SortedSet<String> {
    let mut step = Step::new("s", task, "0.1", task_type);
    step.set_config(field, value);
    reads(&step, &step.config[0], catalog)
}

#[test]
fn fields_of_known_tasks_are_read_by_their_kind() {
    let catalog = Catalog::builtin();
    let action = TaskType::Action;
    for (task, task_type, field, value, expected) in [
        (
            "shopify::flow::condition",
            TaskType::Condition,
            "condition",
            "((order.name == shop.name) && (order.tags any? |t| (t == item.sku)))",
            &["item", "order", "shop"] as &[&str],
        ),
        (
            "shopify::flow::condition",
            TaskType::Condition,
            "condition",
            "(order.",
            &[],
        ),
        (
            "shopify::flow::foreach",
            TaskType::Foreach,
            "listpath",
            "order.lineItems",
            &["order"],
        ),
        (
            "shopify::flow::foreach",
            TaskType::Foreach,
            "listpath",
            "orders[]",
            &["orders"],
        ),
        (
            "shopify::flow::foreach",
            TaskType::Foreach,
            "listpath",
            "{{ order.tags }}",
            &["order"],
        ),
        // Program text is all its words.
        (
            "shopify::flow::run_code",
            action,
            "input",
            "{ order { line_items } }",
            &["line_items", "order"],
        ),
        (
            "shopify::admin::add_order_tags",
            action,
            "order_id",
            "order",
            &["order"],
        ),
        (
            "shopify::admin::add_order_tags",
            action,
            "order_id",
            r#"{"value":"","default_value":"order.id"}"#,
            &["order"],
        ),
        (
            "shopify::admin::add_order_tags",
            action,
            "order_id",
            r#"{"value":"{{ draft.id }}","default_value":"order.id"}"#,
            &["draft", "order"],
        ),
        (
            "shopify::admin::add_order_tags",
            action,
            "tags",
            r#"["{{ order.name }}","shop.name"]"#,
            &["order"],
        ),
        (
            "shopify::flow::log_output",
            action,
            "message",
            "{{ a.b }} and {{ c }}",
            &["a", "c"],
        ),
        // In a text a path without Liquid is a text.
        (
            "shopify::flow::log_output",
            action,
            "message",
            "order.name",
            &[],
        ),
    ] {
        assert_eq!(
            read(&catalog, task, task_type, field, value),
            names(expected),
            "{value}"
        );
    }
}

#[test]
fn fields_of_unknown_tasks_are_read_by_how_they_look() {
    let catalog = Catalog::default();
    let action = TaskType::Action;
    for (task_type, field, value, expected) in [
        (
            TaskType::Condition,
            "condition",
            "(order.name == 'x.y')",
            &["order"] as &[&str],
        ),
        (TaskType::Foreach, "listpath", "orders", &["orders"]),
        (action, "any", "order.id", &["order"]),
        (action, "any", "_a.b_1", &["_a"]),
        (action, "any", "order", &[]),
        (action, "any", "3.5", &[]),
        (action, "any", "order.5", &[]),
        (action, "any", "see order.id", &[]),
        (action, "any", "order.id!", &[]),
        (action, "any", "order.-x", &[]),
        (action, "any", "{{ order.id }}", &["order"]),
        (
            action,
            "any",
            r#"{"a":["order.id",{"b":"{{ shop.name }}"},5]}"#,
            &["order", "shop"],
        ),
        (action, "any", r#"["order.id"]"#, &["order"]),
        (action, "condition", "(order.name == 'x')", &[]),
    ] {
        assert_eq!(
            read(&catalog, "an-app", task_type, field, value),
            names(expected),
            "{value}"
        );
    }
}

#[test]
fn steps_provide_what_later_ones_read() {
    let catalog = Catalog::builtin();
    let given = |task: &str, task_type: TaskType, field: &str, value: &str| {
        let mut step = Step::new("s", task, "0.1", task_type);
        step.set_config(field, value);
        let mut workflow = Workflow::default();
        workflow.steps.push(step);
        provides(&workflow, &workflow.steps[0], &catalog)
    };
    let order = given("shopify::admin::order_created", TaskType::Trigger, "x", "");
    assert!(order.contains(&"order".to_string()), "{order:?}");
    assert_eq!(
        given(
            "shopify::flow::foreach",
            TaskType::Foreach,
            "listpath",
            "order.lineItems"
        ),
        ["lineItemsForeachitem"]
    );
    assert_eq!(
        given(
            "shopify::flow::fetch::orders",
            TaskType::Action,
            "query",
            ""
        ),
        ["getOrderData"]
    );
    let none = given(
        "shopify::flow::log_output",
        TaskType::Action,
        "message",
        "x",
    );
    assert_eq!(none, Vec::<String>::new());
}
