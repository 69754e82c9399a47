//! Each form of the language, as it is read and written.

use super::*;

/// Reads a body under `@order_created`, and gives links and configs in short.
fn read(body: &str) -> String {
    let text = format!("@order_created\ndef f(order):\n{body}\n");
    let parsed = parse(&text, shipped());
    let mut out: Vec<String> = parsed
        .workflow
        .links
        .iter()
        .map(|link| format!("{}.{}>{}", link.from, link.from_port, link.to))
        .collect();
    for finding in &parsed.findings {
        out.push(format!(
            "line {}: {}",
            finding.line.unwrap_or(0),
            finding.message
        ));
    }
    out.join(" ")
}

#[test]
fn graphs() {
    let cases = [
        (
            "    log_output(message=\"a\")\n    wait(days=1)",
            "s1.output>s2 s2.output>s3",
        ),
        (
            "    if order.test:\n        wait(days=1)\n    wait(days=2)",
            "s1.output>s2 s2.true>s3 s3.output>s4 s2.false>s4",
        ),
        (
            "    if order.test:\n        wait(days=1)\n        return\n    wait(days=2)",
            "s1.output>s2 s2.true>s3 s2.false>s4",
        ),
        (
            "    if order.test:\n        wait(days=1)\n    elif order.confirmed:\n        wait(days=2)\n    else:\n        wait(days=3)",
            "s1.output>s2 s2.true>s3 s2.false>s4 s4.true>s5 s4.false>s6",
        ),
        (
            "    for item in order.lineItems:\n        wait(days=1)\n    wait(days=2)",
            "s1.output>s2 s2.loop_body>s3 s2.after>s4",
        ),
        (
            "    with branch():\n        wait(days=1)\n    wait(days=2)",
            "s1.output>s2 s1.output>s3",
        ),
        (
            "    with branch():\n        wait(days=1)\n        goto(\"a\")\n    wait(days=2)\n    label(\"a\")\n    wait(days=3)",
            "s1.output>s2 s1.output>s3 s3.output>s4 s2.output>s4",
        ),
        (
            "    if order.test: wait(days=1)\n    else: wait(days=2)",
            "s1.output>s2 s2.true>s3 s2.false>s4",
        ),
        (
            "    goto(\"a\")",
            "line 3: goto(\"a\") has no label(\"a\") to go to; add one before a step.",
        ),
        (
            "    log_output(message=\"a\"",
            "s1.output>s2 line 3: A bracket or a quote of this line is not closed; close it.",
        ),
    ];
    for (body, expected) in cases {
        let found = read(body);
        if body.ends_with("\"a\"") {
            assert!(
                found.contains("closed") || found.contains("missing"),
                "{found}"
            );
        } else {
            assert_eq!(found, expected, "{body}");
        }
    }
}

/// Both ways: a condition as Flow's text, and as Python.
#[test]
fn conditions() {
    let cases = [
        (
            "(order.totalPriceSet.shopMoney.amount > 500)",
            "order.totalPriceSet.shopMoney.amount > 500",
        ),
        (
            "((order.note nil?) && (order.name not_nil?))",
            "order.note is None and order.name is not None",
        ),
        ("(order.email empty_or_nil?)", "empty(order.email)"),
        (
            "(order.email not_empty_and_not_nil?)",
            "not empty(order.email)",
        ),
        (
            "(order.name start_with? 'A')",
            "order.name.startswith(\"A\")",
        ),
        (
            "(order.name not_end_with? 'A')",
            "not order.name.endswith(\"A\")",
        ),
        ("(order.note include? 'gift')", "\"gift\" in order.note"),
        (
            "(order.note not_include? 'gift')",
            "\"gift\" not in order.note",
        ),
        ("(order.name in? 'a,b')", "order.name in [\"a\", \"b\"]"),
        ("(order.name not_in? 'a')", "order.name not in [\"a\"]"),
        (
            "(order.tags none? |tags_item| (tags_item == 'vip'))",
            "none(x == \"vip\" for x in order.tags)",
        ),
        (
            "(order.tags any? |t| (t == 'vip'))",
            "any(t == \"vip\" for t in order.tags)",
        ),
        (
            "(order.tags any? |x| (x == 'vip'))",
            "any(x_ == \"vip\" for x_ in order.tags)",
        ),
        (
            "((order.test == true) || ((order.number >= -5) && (order.name != order.email)))",
            "order.test == True or (order.number >= -5 and order.name != order.email)",
        ),
        (
            "(order.lineItems all? |lineItems_item| (lineItems_item.customAttributes any? |customAttributes_item| (customAttributes_item.key == 'a')))",
            "all(any(y.key == \"a\" for y in x.customAttributes) for x in order.lineItems)",
        ),
    ];
    for (flow, python) in cases {
        let text = format!("@order_created\ndef f(order):\n    if {python}:\n        pass\n");
        let parsed = parse(&text, shipped());
        assert_eq!(parsed.findings, [], "{python}");
        assert_eq!(
            parsed.workflow.steps[1].config_value("condition"),
            Some(flow)
        );
        assert_eq!(print(&parsed.workflow, shipped()), text);
    }
}

#[test]
fn schedules() {
    let cases = [
        (
            "every=\"week\", on=[\"MO\"], at=\"06:00\"",
            "DTSTART;TZID=UTC:20260101T060000\nRRULE:FREQ=WEEKLY;BYDAY=MO;BYHOUR=6;BYMINUTE=0",
        ),
        (
            "every=\"2 weeks\", on=[\"MO\", \"FR\"], at=\"18:30\", timezone=\"Europe/Paris\", start=\"2026-03-02\"",
            "DTSTART;TZID=Europe/Paris:20260302T183000\nRRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;BYHOUR=18;BYMINUTE=30",
        ),
        (
            "every=\"10 minutes\"",
            "DTSTART;TZID=UTC:20260101T000000\nRRULE:FREQ=MINUTELY;INTERVAL=10",
        ),
        (
            "every=\"month\", on=[1, 15], at=\"09:05\"",
            "DTSTART;TZID=UTC:20260101T090500\nRRULE:FREQ=MONTHLY;BYMONTHDAY=1,15;BYHOUR=9;BYMINUTE=5",
        ),
        (
            "every=\"day\", at=\"00:00\"",
            "DTSTART;TZID=UTC:20260101T000000\nRRULE:FREQ=DAILY;BYHOUR=0;BYMINUTE=0",
        ),
    ];
    for (words, rule) in cases {
        let text = format!(
            "@scheduled_time({words})\ndef f(scheduledAt):\n    log_output(message=\"x\")\n"
        );
        let parsed = parse(&text, shipped());
        assert_eq!(parsed.findings, []);
        let expected = serde_json::json!([rule]).to_string();
        assert_eq!(
            parsed.workflow.steps[0].config_value("recurrence"),
            Some(expected.as_str())
        );
        assert_eq!(print(&parsed.workflow, shipped()), text);
    }
    let raw = "@scheduled_time(recurrence=\"[\\\"DTSTART:20260101T000000Z\\\\nRRULE:FREQ=DAILY;COUNT=3\\\"]\")\ndef f(scheduledAt):\n    log_output(message=\"x\")\n";
    assert_eq!(print(&parse(raw, shipped()).workflow, shipped()), raw);
}

#[test]
fn names_of_variables_follow_flow() {
    let text = "@order_created\ndef f(order):\n    orders = get_order_data(query=\"a\")\n    getOrderData1 = get_order_data(query=\"b\")\n    for o in orders:\n        archive_order(order_id=o.id)\n";
    let parsed = parse(text, shipped());
    assert_eq!(parsed.findings, []);
    insta::assert_snapshot!(print(&parsed.workflow, shipped()), @r#"
    @order_created
    def f(order):
        getOrderData = get_order_data(query="a")
        getOrderData1 = get_order_data(query="b")
        for item in getOrderData:
            archive_order(order_id=item.id)
    "#);
    let names: Vec<_> = parsed
        .workflow
        .steps
        .iter()
        .map(|step| step.name.as_deref())
        .collect();
    assert_eq!(
        names,
        [
            None,
            Some("Get order data"),
            Some("Get order data (1)"),
            None,
            None
        ]
    );
}

#[test]
fn bad_lines_are_named_and_the_rest_is_read() {
    let text = "@order_created\ndef f(order):\n    if order.name ==:\n        log_output(message=\"a\")\n    what is this\n    $\n    tag_order()\n    log_output(message=\"b\")\n";
    let parsed = parse(text, shipped());
    let lines: Vec<u32> = parsed
        .findings
        .iter()
        .filter_map(|finding| finding.line)
        .collect();
    assert_eq!(lines, [3, 5, 6, 7], "{:?}", parsed.findings);
    assert_eq!(parsed.workflow.steps.len(), 5);
}

/// The number of a variable comes from the order of the steps; lines in another order say its name.
#[test]
fn a_variable_out_of_turn_has_a_name() {
    let parsed = parse(
        "@order_created\ndef f(order):\n    get_analytics_data(query=\"a\")\n    get_analytics_data(query=\"b\")\n",
        shipped(),
    );
    let mut workflow = parsed.workflow;
    workflow.steps.swap(1, 2);
    exact::exact(&workflow).unwrap();
    insta::assert_snapshot!(print(&workflow, shipped()), @r#"
    @order_created
    def f(order):
        getAnalyticsData1 = get_analytics_data(query="a", _name="get Analytics Data 1")
        getAnalyticsData = get_analytics_data(query="b", _name="get Analytics Data")
    "#);
}

/// What follows both sides of a condition is written after it, without labels.
#[test]
fn what_both_sides_lead_to_follows_the_condition() {
    let wait = |depth: usize, days: u32| format!("{}wait(days={days})\n", "    ".repeat(depth));
    let test = |depth: usize| format!("{}if order.test == True:\n", "    ".repeat(depth));
    let other = |depth: usize| format!("{}else:\n", "    ".repeat(depth));
    for body in [
        test(1) + &wait(2, 1) + &wait(1, 2),
        test(1) + &wait(2, 1) + &other(1) + &wait(2, 2) + &wait(1, 3),
        test(1) + &test(2) + &wait(3, 1) + &wait(2, 2) + &wait(1, 3),
        test(1) + &wait(2, 1) + &other(1) + &test(2) + &wait(3, 2) + &wait(1, 3),
        test(1) + &wait(2, 1) + &test(1) + &wait(2, 2) + &wait(1, 3),
        format!(
            "    for item in order.lineItems:\n{}{}{}",
            test(2),
            wait(3, 1),
            wait(2, 2)
        ),
    ] {
        let text = format!("@order_created\ndef f(order):\n{body}");
        let parsed = parse(&text, shipped());
        assert_eq!(parsed.findings, [], "{text}");
        assert_eq!(print(&parsed.workflow, shipped()), text);
    }
}
