//! Findings, by program.

use super::*;
use crate::python;

fn codes(text: &str) -> Vec<String> {
    let catalog = Catalog::builtin().with_connectors::<&str>(&[]);
    let parsed = python::parse(text, &catalog);
    let mut findings = parsed.findings;
    findings.extend(check(&parsed.workflow, &catalog));
    findings
        .iter()
        .filter(|finding| finding.severity != Severity::Information)
        .map(|finding| {
            format!(
                "{}{} {}",
                finding.step.as_deref().unwrap_or("-"),
                finding
                    .field
                    .as_deref()
                    .map(|field| format!(".{field}"))
                    .unwrap_or_default(),
                finding.code
            )
        })
        .collect()
}

#[test]
fn findings_by_program() {
    let cases: &[(&str, &[&str])] = &[
        ("    log_output(message=\"x\")", &[]),
        ("    log_output(message=\"{{ order.name }}\")", &[]),
        ("    log_output()", &["s2.message CONFIG_FIELD_REQUIRED"]),
        (
            "    log_output(message=\"x\", foo=\"y\")",
            &["s2.foo CONFIG_FIELD_UNKNOWN"],
        ),
        (
            "    log_output(message=\"{{ order.nmae }}\")",
            &["s2.message CONFIG_FIELD_PATH_VALIDATION_ERROR"],
        ),
        (
            "    add_order_tags(order_id=order.customer.id, tags=[\"a\"])",
            &["s2.order_id CONFIG_FIELD_PATH_VALIDATION_ERROR"],
        ),
        (
            "    add_order_tags(order_id=order.id, tags=[])",
            &["s2.tags CONFIG_FIELD_REQUIRED"],
        ),
        (
            "    add_product_tags(product_id=order.lineItems.product.id, tags=[\"a\"])",
            &["s2.product_id CONFIG_FIELD_PATH_VALIDATION_ERROR"],
        ),
        (
            "    send_email(address=\"nobody\", subject=\"x\", message=\"y\")",
            &["s2.address CONFIG_FIELD_VALUE_INVALID"],
        ),
        (
            "    for item in order.customer:\n        log_output(message=\"x\")",
            &["s2.listpath CONFIG_FIELD_PATH_VALIDATION_ERROR"],
        ),
        (
            "    if order.nothing > 1:\n        log_output(message=\"x\")",
            &["s2.condition CONFIG_FIELD_PATH_VALIDATION_ERROR"],
        ),
        (
            "    slack_send_message(channel=\"x\", message=\"y\")",
            &["s2 TASK_NOT_AVAILABLE"],
        ),
        (
            "    ad_order_tags(order_id=order.id)",
            &["- TASK_NOT_FOUND", "s2 TASK_NOT_FOUND"],
        ),
        (
            "    wait(days=0)",
            &["s2.wait_duration CONFIG_FIELD_VALUE_INVALID"],
        ),
        (
            "    with detached():\n        log_output(message=\"x\")",
            &["s2 WORKFLOW_STRUCTURE_INVALID"],
        ),
        (
            "    for item in order.lineItems:\n        pass",
            &["s2 WORKFLOW_STRUCTURE_INVALID"],
        ),
    ];
    for (body, expected) in cases {
        let text = format!("@order_created\ndef f(order):\n{body}\n");
        assert_eq!(codes(&text), *expected, "{text}");
    }
}

#[test]
fn findings_of_the_whole() {
    assert_eq!(
        codes("@order_created\n@order_paid\ndef f(order):\n    log_output(message=\"x\")\n"),
        ["- MULTIPLE_TRIGGER_STEPS"]
    );
    let catalog = Catalog::builtin();
    let mut workflow = python::parse(
        "@order_created\ndef f(order):\n    log_output(message=\"x\")\n",
        &catalog,
    )
    .workflow;
    workflow.links.push(crate::Link::new("s2", "true", "s9"));
    workflow.links.push(crate::Link::new("s2", "output", "s2"));
    workflow.name.clear();
    let found: Vec<String> = check(&workflow, &catalog)
        .into_iter()
        .map(|finding| finding.code)
        .collect();
    assert_eq!(
        found,
        [
            "WORKFLOW_NAME_REQUIRED",
            "INVALID_LINK",
            "INVALID_LINK",
            "WORKFLOW_STRUCTURE_INVALID"
        ]
    );
}

#[test]
fn a_name_where_an_id_belongs_is_warned_of() {
    let catalog = Catalog::builtin();
    let severities = |collections: &str| -> Vec<Severity> {
        let text = format!(
            "@product_created\ndef sort(product):\n    add_product_to_collections(product_id=product.id, collection_id={collections})\n"
        );
        let workflow = crate::python::parse(&text, &catalog).workflow;
        let findings = check(&workflow, &catalog);
        findings.iter().map(|finding| finding.severity).collect()
    };
    assert_eq!(severities("[\"gid://shopify/Collection/1\", \"42\"]"), []);
    assert_eq!(
        severities("[\"gid://shopify/Collection/1\", \"Summer Sale\"]"),
        [Severity::Warning]
    );
    assert_eq!(severities("\"Summer Sale\""), [Severity::Warning]);
}
