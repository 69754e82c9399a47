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
