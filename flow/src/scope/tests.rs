//! What steps see.

use super::*;
use crate::python;

fn names(text: &str, step: &str) -> String {
    let catalog = Catalog::builtin();
    let workflow = python::parse(text, &catalog).workflow;
    scope_at(&workflow, step, &catalog)
        .iter()
        .map(|variable| format!("{}: {}", variable.name, variable.ty))
        .collect::<Vec<_>>()
        .join(", ")
}

const LOOPS: &str = r#"
@order_created
def f(order):
    getOrderData = get_order_data(query="tag:x")
    for item in getOrderData:
        for item2 in item.lineItems:
            log_output(message="in")
        log_output(message="between")
    log_output(message="after")
"#;

#[test]
fn loops_show_their_items_inside_only() {
    let start = "shop: Shop, order: Order, getOrderData: [Order]";
    assert_eq!(
        names(LOOPS, "s5"),
        format!("{start}, getOrderDataForeachitem: Order, lineItemsForeachitem: LineItem")
    );
    assert_eq!(
        names(LOOPS, "s6"),
        format!("{start}, getOrderDataForeachitem: Order")
    );
    assert_eq!(names(LOOPS, "s7"), start);
}

#[test]
fn a_step_does_not_see_itself_or_another_branch() {
    let text = "@order_created\ndef f(order):\n    if order.test == True:\n        count = count(listpath=order.lineItems)\n    else:\n        log_output(message=\"x\")\n";
    assert_eq!(names(text, "s1"), "shop: Shop");
    assert_eq!(names(text, "s3"), "shop: Shop, order: Order");
    assert_eq!(names(text, "s4"), "shop: Shop, order: Order");
}

#[test]
fn a_circle_of_links_ends() {
    let catalog = Catalog::builtin();
    let mut workflow = python::parse(LOOPS, &catalog).workflow;
    workflow.links.push(crate::Link::new("s7", "output", "s2"));
    assert!(!scope_at(&workflow, "s7", &catalog).is_empty());
}

#[test]
fn patched_fields_are_read_in_every_spelling() {
    let catalog = Catalog::builtin();
    for (ty, handle, path) in [
        (
            "Customer",
            "loyaltyPoints",
            "order.customer.loyaltyPoints.value",
        ),
        (
            "CUSTOMER",
            "loyalty_tier",
            "order.customer.loyaltyTier.value",
        ),
        (
            "CUSTOMER",
            "loyalty_tier",
            "order.customer.loyalty_tier.value",
        ),
        ("VARIANT", "anchor", "order.lineItems.variant.anchor.value"),
        (
            "PRODUCT_VARIANT",
            "anchor",
            "order.lineItems.variant.anchor.value",
        ),
        (
            "ProductVariant",
            "anchor",
            "order.lineItems.variant.anchor.value",
        ),
    ] {
        for arguments in [
            serde_json::json!({"key": "k", "namespace": "custom"}),
            serde_json::json!(r#"{"key":"k","namespace":"custom"}"#),
        ] {
            let workflow = Workflow {
                patched_fields: vec![serde_json::json!({
                    "field": "metafield", "handle": handle, "patched_type": ty,
                    "arguments": arguments, "merchant_configured": true
                })],
                ..Workflow::default()
            };
            let patched = with_patched_fields(&workflow, &catalog).expect("it has some");
            let order = Variable {
                name: "order".to_string(),
                ty: TypeRef::parse("Order"),
            };
            assert!(
                catalog.resolve(std::slice::from_ref(&order), path).is_err(),
                "{path}"
            );
            let found = patched.resolve(&[order], path);
            assert_eq!(
                found.map(|found| found.ty.name).as_deref(),
                Ok("String"),
                "{ty} {path}"
            );
        }
    }
}
