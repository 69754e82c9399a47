//! What a step's config holds when it runs.

use super::*;

fn event() -> Value {
    json!({
        "order": {
            "id": "gid://shopify/Order/1", "name": "#1", "note": null, "quantity": 4,
            "tags": ["vip", "new"], "address": {"city": "Bath"},
            "customer": {"id": "gid://shopify/Customer/7"}
        }
    })
}

/// A field of a task as the effect holds it, and the codes of what there is to say about it.
fn held(task: &str, field: &str, raw: &str) -> (Value, Vec<String>) {
    let run = one(step("a", task, TaskType::Action, &[(field, raw)]), event());
    let codes = codes(&run.trace[1]).into_iter().map(str::to_string);
    (run.effects[0].fields[field].clone(), codes.collect())
}

/// Fields that hold a value without anything to say about it.
fn check(task: &str, field: &str, cases: &[(&str, Value)]) {
    for (raw, value) in cases {
        assert_eq!(held(task, field, raw), (value.clone(), vec![]), "{raw}");
    }
}

#[test]
fn texts_are_rendered() {
    check(
        "shopify::flow::log_output",
        "message",
        &[
            ("plain", json!("plain")),
            ("{{ order.name }}!", json!("#1!")),
            // Only the fields that hold lists and objects are read as such.
            ("[1]", json!("[1]")),
        ],
    );
}

#[test]
fn yes_and_no_are_booleans() {
    check(
        "shopify::admin::cancel_order",
        "refund",
        &[
            ("true", json!(true)),
            (" false ", json!(false)),
            ("{% if order.quantity > 3 %}true{% endif %}", json!(true)),
            (" maybe ", json!("maybe")),
        ],
    );
}

#[test]
fn whole_numbers_are_numbers() {
    check(
        "shopify::flow::fetch::orders",
        "max_root_records",
        &[
            ("100", json!(100)),
            (" 7 ", json!(7)),
            ("{{ order.quantity }}", json!(4)),
            ("-2", json!(-2)),
            ("1.5", json!("1.5")),
            ("many", json!("many")),
        ],
    );
}

#[test]
fn lists_are_lists_however_they_are_written() {
    check(
        "shopify::admin::add_order_tags",
        "tags",
        &[
            (r#"["a"," b ",""]"#, json!(["a", "b"])),
            (r#"["{{ order.name }}",3]"#, json!(["#1", "3"])),
            ("a, b,,c", json!(["a", "b", "c"])),
            ("{{ order.tags | join: ',' }}", json!(["vip", "new"])),
            (r#"["{{ order.tags[0] }}"]"#, json!(["vip"])),
            (
                r#"{% if true %}["x","y, z"]{% endif %}"#,
                json!(["x", "y, z"]),
            ),
            ("7", json!(["7"])),
            ("", json!([])),
        ],
    );
}

#[test]
fn texts_inside_of_objects_are_rendered() {
    check(
        "shopify::flow::http_request",
        "headers",
        &[
            (
                r#"[{"key":"X","value":"{{ order.name }}"}]"#,
                json!([{"key": "X", "value": "#1"}]),
            ),
            (
                r#"{"a":{"b":["{{ order.quantity }}",true,null,5]}}"#,
                json!({"a": {"b": ["4", true, null, 5]}}),
            ),
            (
                r#"{% if true %}[{"key":"A"}]{% endif %}"#,
                json!([{"key": "A"}]),
            ),
            ("no json", json!("no json")),
        ],
    );
}

#[test]
fn text_without_liquid_stays_as_it_is_where_liquid_means_nothing() {
    check(
        RUN_CODE,
        "script",
        &[(
            "return `{{ order.name }}`",
            json!("return `{{ order.name }}`"),
        )],
    );
    check(
        "shopify::flow::http_request",
        "method",
        &[("{{ order.name }}", json!("{{ order.name }}"))],
    );
}

#[test]
fn a_field_nobody_knows_is_read_by_how_it_looks() {
    check(
        "an-app",
        "field",
        &[
            ("plain", json!("plain")),
            ("{{ order.name }}", json!("#1")),
            (r#"{"a":"{{ order.name }}"}"#, json!({"a": "#1"})),
            (r#"["{{ order.name }}"]"#, json!(["#1"])),
            ("12", json!("12")),
            ("true", json!("true")),
            (
                r#"{"value":"","default_value":"order.customer"}"#,
                json!("gid://shopify/Customer/7"),
            ),
        ],
    );
}

#[test]
fn references_are_ids() {
    check(
        "shopify::admin::add_order_tags",
        "order_id",
        &[
            ("order.id", json!("gid://shopify/Order/1")),
            (" order ", json!("gid://shopify/Order/1")),
            ("order.customer", json!("gid://shopify/Customer/7")),
            ("order.quantity", json!(4)),
            ("gid://shopify/Order/9", json!("gid://shopify/Order/9")),
            ("123", json!("123")),
            ("2nd.order", json!("2nd.order")),
            ("_order-x", json!("_order-x")),
            ("{{ order.id }} ", json!("gid://shopify/Order/1")),
            (
                r#"{"value":"order.note","default_value":"order.id"}"#,
                json!("gid://shopify/Order/1"),
            ),
            (
                r#"{"value":" order.customer ","default_value":"order.id"}"#,
                json!("gid://shopify/Customer/7"),
            ),
        ],
    );
}

#[test]
fn a_reference_to_nothing_says_so() {
    for (raw, subject) in [
        ("order.note", "order.note"),
        // An object without an id is nothing to work on.
        ("order.address", "order.address"),
        ("draftOrder.id", "draftOrder.id"),
        ("", "this field"),
        (r#"{"value":7}"#, "this field"),
        (
            r#"{"value":"order.note","default_value":"order.none"}"#,
            "order.note",
        ),
    ] {
        let run = one(
            step(
                "a",
                "shopify::admin::add_order_tags",
                TaskType::Action,
                &[("order_id", raw)],
            ),
            event(),
        );
        assert_eq!(run.effects[0].fields["order_id"], Value::Null, "{raw}");
        let finding = &run.trace[1].findings[0];
        assert_eq!(finding.code, "RUN_VALUE_MISSING");
        assert_eq!(
            finding.message,
            format!(
                "The event holds nothing for {subject}, so this step has no object to work on."
            )
        );
        assert_eq!(finding.step.as_deref(), Some("a"));
        assert_eq!(finding.field.as_deref(), Some("order_id"));
    }
}

#[test]
fn a_correction_is_offered_for_a_whole_value_only() {
    let finding = |task: &str, field: &str, raw: &str| {
        let run = one(step("a", task, TaskType::Action, &[(field, raw)]), event());
        let finding = run.trace[1].findings.first().expect("a finding").clone();
        assert_eq!(finding.step.as_deref(), Some("a"));
        assert_eq!(finding.field.as_deref(), Some(field));
        finding.correction
    };
    assert_eq!(
        finding(
            "shopify::flow::log_output",
            "message",
            "{{ order.name | upcas }}"
        )
        .as_deref(),
        Some("{{ order.name | upcase }}")
    );
    assert_eq!(
        finding(
            "shopify::flow::http_request",
            "headers",
            r#"[{"key":"A","value":"{{ order.name | upcas }}"}]"#
        ),
        None
    );
}
