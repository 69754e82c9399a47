//! How changes are told.

use super::*;

/// The sentences of all changes between two programs whose steps have the same numbers.
fn told(old: &Workflow, new: &Workflow) -> String {
    let catalog = Catalog::builtin();
    diff(old, new)
        .changes
        .iter()
        .map(|change| describe(change, old, new, &catalog))
        .collect::<Vec<_>>()
        .join("\n")
}

fn program(body: &str) -> Workflow {
    let text = format!("@order_created\ndef f(order):\n{body}");
    python::parse(&text, &Catalog::builtin()).workflow
}

/// The sentence about one config field of the second step.
fn field(line: &str, field: &str, value: Option<&str>) -> String {
    let old = program(line);
    let mut new = old.clone();
    let step = new.steps.get_mut(1).unwrap();
    match value {
        Some(value) => step.set_config(field, value),
        None => step.config.retain(|filled| filled.id != field),
    }
    told(&old, &new)
}

#[test]
fn fields() {
    let tags = "    add_order_tags(order_id=order.id, tags=[\"VIP\"])\n";
    let email = "    send_email(address=\"a@b.co\", subject=\"Hello\", message=\"Bye\")\n";
    let cases: &[(&str, &str, Option<&str>)] = &[
        (tags, "tags", Some("[\"Gold\",\"New\"]")),
        (tags, "tags", None),
        (tags, "order_id", Some("order.customer.id")),
        (email, "address", Some("c@d.co")),
        (email, "subject", Some("Hi")),
        (
            email,
            "message",
            Some("A text that is longer than what anybody wants to read again"),
        ),
        (email, "reply-to", Some("x")),
        (
            "    if order.totalPriceSet.shopMoney.amount > 500:\n        log_output(message=\"x\")\n",
            "condition",
            Some("(order.tags any? |tags_item| (tags_item == 'vip'))"),
        ),
        (
            "    wait(days=3)\n",
            "wait_duration",
            Some("{\"amount\":5,\"unit\":\"hours\"}"),
        ),
        (
            "    for item in order.lineItems:\n        log_output(message=\"x\")\n",
            "listpath",
            Some("order.fulfillments"),
        ),
        (
            "    send_http_request(method=\"GET\", url=\"https://a.co\")\n",
            "method",
            Some("POST"),
        ),
    ];
    let told: Vec<String> = cases
        .iter()
        .map(|(line, id, value)| field(line, id, *value))
        .collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    Changes the tags of ‘Add order tags’ from VIP to Gold and New.
    Clears the tags of ‘Add order tags’.
    Changes the order ID of ‘Add order tags’ from the order to the order's customer.
    Changes the recipient of ‘Send internal email’ from a@b.co to c@d.co.
    Changes the subject of ‘Send internal email’ from “Hello” to “Hi”.
    Changes the message of ‘Send internal email’.
    Sets the reply-to of ‘Send internal email’ to “x”.
    Changes the condition from ‘the order's total price is over 500’ to ‘the tags include “vip”’.
    Changes the wait from 3 days to 5 hours.
    Changes the list of the loop from the line items to the fulfillments.
    Changes the HTTP method of ‘Send HTTP request’ from get to post.
    "#);
}

#[test]
fn steps() {
    let old = program(
        "    if order.totalPriceSet.shopMoney.amount > 500:\n        add_order_tags(order_id=order.id, tags=[\"VIP\"])\n    for item in order.lineItems:\n        log_output(message=\"x\")\n    wait(days=3)\n    log_output(message=\"y\")\n",
    );
    let step = |id: &str, task: &str, task_type: TaskType| Step::new(id, task, "0.1", task_type);
    let email = step("n1", "shopify::flow::send_email", TaskType::Action);
    let at = |from: &str, port: &str| {
        let mut new = old.clone();
        new.steps.push(email.clone());
        new.links.push(Link::new(from, port, "n1"));
        told(&old, &new)
    };
    let mut said = vec![
        at("s1", "output"),
        at("s2", "true"),
        at("s2", "false"),
        at("s4", "loop_body"),
        at("s4", "after"),
        at("s6", "output"),
        at("nowhere", "output"),
    ];
    let mut new = old.clone();
    let mut condition = step("n1", "shopify::flow::condition", TaskType::Condition);
    condition.set_config("condition", "(order.test == true)");
    let mut wait = step("n2", "shopify::flow::wait", TaskType::Wait);
    wait.set_config("wait_duration", "{\"amount\":1,\"unit\":\"days\"}");
    let mut each = step("n3", "shopify::flow::foreach", TaskType::Foreach);
    each.set_config("listpath", "order.fulfillments");
    new.steps.extend([
        condition,
        wait,
        each,
        step("n4", "an-app", TaskType::Action),
    ]);
    for (from, port, to) in [
        ("s7", "output", "n1"),
        ("n1", "true", "n2"),
        ("n2", "output", "n3"),
        ("n3", "loop_body", "n4"),
    ] {
        new.links.push(Link::new(from, port, to));
    }
    said.push(told(&old, &new));
    said.push(told(&new, &old));
    insta::assert_snapshot!(said.join("\n"), @r#"
    Adds ‘Send internal email’ after ‘Order created’.
    Adds ‘Send internal email’ to run if the order's total price is over 500.
    Adds ‘Send internal email’ to run unless the order's total price is over 500.
    Adds ‘Send internal email’ to run for each of the line items.
    Adds ‘Send internal email’ after the loop over the line items.
    Adds ‘Send internal email’ after the wait of 3 days.
    Adds ‘Send internal email’.
    Adds a condition after ‘Log output’: the order's test is true.
    Adds a wait of 1 day to run if the order's test is true.
    Adds a loop over the fulfillments after the wait of 1 day.
    Adds a step of an app to run for each of the fulfillments.
    Removes the condition that the order's test is true.
    Removes the wait of 1 day.
    Removes the loop over the fulfillments.
    Removes a step of an app.
    "#);
}

#[test]
fn moves_and_the_rest() {
    let old = program(
        "    if order.totalPriceSet.shopMoney.amount > 500:\n        add_order_tags(order_id=order.id, tags=[\"VIP\"])\n    log_output(message=\"y\")\n    log_output(message=\"z\")\n",
    );
    let change = |edit: &dyn Fn(&mut Workflow)| {
        let mut new = old.clone();
        edit(&mut new);
        told(&old, &new)
    };
    let said = [
        change(&|new| new.links.retain(|link| link.from_port != "false")),
        change(&|new| new.links.push(Link::new("s1", "output", "s5"))),
        change(&|new| new.links.retain(|link| link.to != "s5")),
        change(&|new| {
            for link in &mut new.links {
                if link.to == "s5" {
                    link.from = "s2".into();
                    link.from_port = "false".into();
                }
            }
        }),
        change(&|new| new.steps.retain(|step| step.id != "s5")),
        change(&|new| new.name = "Other".into()),
        change(&|new| new.steps[2].note = Some("For the team".into())),
        change(&|new| new.steps[2].name = Some("Mark it".into())),
        change(&|new| new.steps[2].task_version = "0.2".into()),
        change(&|new| new.steps[2].task_id = "shopify::admin::remove_order_tags".into()),
        change(&|new| new.steps[0].task_id = "shopify::admin::order_paid".into()),
    ];
    insta::assert_snapshot!(said.join("\n"), @r#"
    No longer runs ‘Log output’ when it is not so that the order's total price is over 500.
    Also runs ‘Log output’ after ‘Order created’.
    Unlinks ‘Log output’, so that it never runs.
    Moves ‘Log output’ so that it runs unless the order's total price is over 500 instead of after ‘Log output’.
    Removes ‘Log output’, which ran after ‘Log output’.
    Renames the workflow from ‘F’ to ‘Other’.
    Sets the note of ‘Add order tags’ to “For the team”.
    Sets the name of ‘Add order tags’ to “Mark it”.
    Updates ‘Add order tags’ to version 0.2.
    Uses ‘Remove order tags’ instead of ‘Add order tags’.
    Starts with ‘Order paid’ instead of ‘Order created’.
    "#);
}

#[test]
fn a_detached_step_that_is_tied_in() {
    let old = graph("t a b", "t>a");
    let new = graph("t a b", "t>a a>b");
    insta::assert_snapshot!(told(&old, &new), @r#"Moves ‘Log output’ so that it runs after ‘Log output’."#);
}

#[test]
fn ids_and_json() {
    let old = program("    log_output(message=\"a\")\n");
    let mut new = old.clone();
    new.steps[1].set_config("message", "b");
    let diff = diff(&old, &new);
    insta::assert_snapshot!(serde_json::to_string(&diff.changes).unwrap(), @r#"[{"id":"field:s2:message","what":{"kind":"field_changed","step":"s2","field":"message","from":"a","to":"b"}}]"#);
}
