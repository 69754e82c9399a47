//! Sentences.

use super::*;
use crate::python;

fn told(text: &str) -> String {
    let catalog = Catalog::builtin();
    sentence(&python::parse(text, &catalog).workflow, &catalog)
}

#[test]
fn sentences() {
    insta::assert_snapshot!(told("@order_created\ndef f(order):\n    if order.totalPriceSet.shopMoney.amount > 500:\n        add_order_tags(order_id=order.id, tags=[\"VIP\"])\n        send_email(address=\"ops@example.com\", subject=\"x\", message=\"y\")\n"), @"When an order is created, if the order's total price is over 500: add order tags VIP, send an internal email to ops@example.com.");
    insta::assert_snapshot!(told("@scheduled_time(every=\"week\", on=[\"MO\"], at=\"06:00\")\ndef f(scheduledAt):\n    getOrderData = get_order_data(query=\"x\")\n    for item in getOrderData:\n        wait(days=1)\n        if any(x == \"a\" for x in item.tags):\n            log_output(message=\"x\")\n        else:\n            archive_order(order_id=item.id)\n"), @"Every week on Monday at 06:00, get order data, for each of the orders: wait 1 day, if the tags include “a”: log output; otherwise: archive order.");
    insta::assert_snapshot!(told("@draft_order_created\ndef f(draftOrder):\n    if any(x.vendor == \"Acme\" for x in draftOrder.lineItems):\n        pass\n    else:\n        log_output(message=\"x\")\n"), @"When a draft order is created, unless for any of the line items the line item's vendor is “Acme”: log output.");
    insta::assert_snapshot!(sentence(&Workflow::default(), &Catalog::builtin()), @"This workflow has no trigger yet.");
}

#[test]
fn what_an_edit_changed() {
    let catalog = Catalog::builtin();
    let text =
        "@order_created\ndef f(order):\n    add_order_tags(order_id=order.id, tags=[\"big\"])\n";
    let before = python::parse(text, &catalog).workflow;
    let after = |text: String| {
        let after = python::merge(&before, python::parse(&text, &catalog), &catalog);
        changes(&before, &after, &catalog)
    };
    let email = "    send_email(address=\"ops@example.com\", subject=\"x\", message=\"y\")\n";
    insta::assert_snapshot!(after(text.to_string()), @"Nothing changed.");
    insta::assert_snapshot!(after(text.replace("big", "huge") + email), @"Changed the tags of Add order tags from big to huge, and added Send internal email to ops@example.com.");
    insta::assert_snapshot!(after(text.replace("big", "huge") + &email.repeat(5)), @"Changed the tags of Add order tags from big to huge, added Send internal email to ops@example.com, added Send internal email to ops@example.com, added Send internal email to ops@example.com, and 2 more changes.");
}
