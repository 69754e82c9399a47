//! Edited programs, as the model edits them.

use super::*;

const BASE: &str = r#"@order_created
def big_orders(order):
    if order.totalPriceSet.shopMoney.amount > 500:
        add_order_tags(order_id=order.id, tags=["big"])
        send_email(address="ops@example.com", subject="Big order", message="Look at {{ order.name }}")
    log_output(message="done")
"#;

/// What an edit of the program is told as, and what the chat says.
fn edited(from: &str, to: &str) -> String {
    let catalog = Catalog::builtin();
    let old = python::parse(BASE, &catalog).workflow;
    assert!(BASE.contains(from), "{from}");
    let text = BASE.replace(from, to);
    let new = python::merge(&old, python::parse(&text, &catalog), &catalog);
    let diff = diff(&old, &new);
    let all = diff
        .changes
        .iter()
        .map(|change| change.id.clone())
        .collect();
    assert_eq!(apply(&old, &diff, &all), new);
    let mut lines: Vec<String> = diff
        .changes
        .iter()
        .map(|change| {
            let needs = if change.needs.is_empty() {
                String::new()
            } else {
                format!(" (needs {})", change.needs.join(", "))
            };
            let sentence = describe(change, &old, &new, &catalog);
            format!("{}{needs}: {sentence}", change.id)
        })
        .collect();
    lines.push(crate::summary::changes(&old, &new, &catalog));
    lines.join("\n")
}

#[test]
fn nothing() {
    insta::assert_snapshot!(edited("done", "done"), @r#"Nothing changed."#);
}

#[test]
fn a_number_in_a_condition() {
    insta::assert_snapshot!(edited("> 500", "> 1000"), @r#"
    field:s2:condition: Changes the condition from ‘the order's total price is over 500’ to ‘the order's total price is over 1000’.
    Changed the condition from ‘the order's total price is over 500’ to ‘the order's total price is over 1000’.
    "#);
}

#[test]
fn a_dropped_email() {
    insta::assert_snapshot!(edited("        send_email(address=\"ops@example.com\", subject=\"Big order\", message=\"Look at {{ order.name }}\")\n", ""), @r#"
    remove:s4: Removes ‘Send internal email’.
    Removed Send internal email to ops@example.com.
    "#);
}

#[test]
fn an_else_branch() {
    insta::assert_snapshot!(edited("    log_output", "    else:\n        add_order_tags(order_id=order.id, tags=[\"small\"])\n        wait(days=2)\n    log_output"), @r#"
    add:s6: Adds ‘Add order tags’ to run unless the order's total price is over 500.
    add:s7 (needs add:s6): Adds a wait of 2 days after ‘Add order tags’.
    Added Add order tags small, and added a wait of 2 days.
    "#);
}

#[test]
fn an_inserted_wait() {
    insta::assert_snapshot!(edited("        send_email", "        wait(days=3)\n        send_email"), @r#"
    add:s6: Adds a wait of 3 days after ‘Add order tags’.
    Added a wait of 3 days.
    "#);
}

#[test]
fn another_trigger() {
    insta::assert_snapshot!(edited("@order_created", "@order_paid"), @r#"
    task:s1: Starts with ‘Order paid’ instead of ‘Order created’.
    Made it start with Order paid instead of Order created.
    "#);
}

#[test]
fn another_trigger_with_another_variable() {
    insta::assert_snapshot!(edited(
        "@order_created\ndef big_orders(order):\n    if order.totalPriceSet.shopMoney.amount > 500:\n        add_order_tags(order_id=order.id, tags=[\"big\"])\n",
        "@draft_order_created\ndef big_orders(draftOrder):\n    if draftOrder.totalPriceSet.shopMoney.amount > 500:\n        add_order_tags(order_id=draftOrder.order.id, tags=[\"big\"])\n",
    ), @r#"
    task:s1 (needs field:s2:condition, field:s3:order_id): Starts with ‘Draft order created’ instead of ‘Order created’.
    field:s2:condition (needs task:s1): Changes the condition from ‘the order's total price is over 500’ to ‘the draft order's total price is over 500’.
    field:s3:order_id (needs task:s1): Changes the order ID of ‘Add order tags’ from the order to the draft order's order.
    Made it start with Draft order created instead of Order created, changed the condition from ‘the order's total price is over 500’ to ‘the draft order's total price is over 500’, and changed the order ID of Add order tags from the order to the draft order's order.
    "#);
}

#[test]
fn a_step_that_reads_an_added_one() {
    insta::assert_snapshot!(edited(
        "    log_output(message=\"done\")",
        "    getOrderData = get_order_data(query=\"tag:big\")\n    for item in getOrderData:\n        add_order_tags(order_id=item.id, tags=[\"seen\"])\n    log_output(message=\"done {{ getOrderData | size }}\")",
    ), @r#"
    add:s6: Adds ‘Get order data’ after ‘Send internal email’, or when it is not so that the order's total price is over 500.
    add:s7 (needs add:s6): Adds a loop over the orders after ‘Get order data’.
    add:s8 (needs add:s7): Adds ‘Add order tags’ to run for each of the orders.
    field:s5:message (needs add:s6): Changes the output of ‘Log output’ from “done” to “done {{ getOrderData | size }}”.
    Added Get order data, added a loop over the orders, added Add order tags seen, and changed the output of Log output from “done” to “done {{ getOrderData | size }}”.
    "#);
}

#[test]
fn a_loop_around_a_step() {
    insta::assert_snapshot!(edited(
        "    log_output(message=\"done\")",
        "    for item in order.lineItems:\n        log_output(message=\"done\")",
    ), @r#"
    add:s6: Adds a loop over the line items around ‘Log output’.
    Added a loop over the line items around Log output.
    "#);
}

#[test]
fn many_changes() {
    insta::assert_snapshot!(edited(
        BASE,
        "@order_paid\ndef paid_orders(order):\n    if order.totalPriceSet.shopMoney.amount > 900:\n        add_order_tags(order_id=order.id, tags=[\"huge\", \"VIP\"])\n        wait(hours=1)\n        send_email(address=\"boss@example.com\", subject=\"Huge order\", message=\"Look at {{ order.name }}\")\n",
    ), @r#"
    name: Renames the workflow from ‘Big orders’ to ‘Paid orders’.
    task:s1: Starts with ‘Order paid’ instead of ‘Order created’.
    field:s2:condition: Changes the condition from ‘the order's total price is over 500’ to ‘the order's total price is over 900’.
    field:s3:tags: Changes the tags of ‘Add order tags’ from big to huge and VIP.
    add:s7: Adds a wait of 1 hour after ‘Add order tags’.
    field:s4:address: Changes the recipient of ‘Send internal email’ from ops@example.com to boss@example.com.
    field:s4:subject: Changes the subject of ‘Send internal email’ from “Big order” to “Huge order”.
    remove:s5: Removes ‘Log output’.
    Renamed the workflow from Big orders to Paid orders, made it start with Order paid instead of Order created, changed the condition from ‘the order's total price is over 500’ to ‘the order's total price is over 900’, changed the tags of Add order tags from big to huge and VIP, and 4 more changes.
    "#);
}
