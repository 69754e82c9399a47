//! Tests of the grammar: what it takes, what it refuses, how large it is.

use std::time::Instant;

use super::*;

fn checker() -> (Catalog, Checker) {
    let catalog = Catalog::builtin();
    let start = Instant::now();
    let lark = lark(&catalog, None);
    println!("written or found in {:?}", start.elapsed());
    let start = Instant::now();
    let checker = Checker::new(&lark).unwrap_or_else(|error| panic!("{error}"));
    println!("{} bytes, compiled in {:?}", lark.len(), start.elapsed());
    assert!(lark.len() < 540_000, "{}", lark.len());
    (catalog, checker)
}

const BIG: &str = r##"@order_created
def tag_big_orders(order):
    if order.totalPriceSet.shopMoney.amount > 500 and any(x == "vip" for x in order.customer.tags):
        add_order_tags(order_id=order.id, tags=["VIP", "{{ order.name }}"])
        send_email(address="ops@example.com", subject="Big order {{ order.name }}", message="Total {{ order.totalPriceSet.shopMoney.amount | round: 2 }}\n{% for item in order.lineItems %}{{ item.title }}{% endfor %}")
    else:
        for item in order.lineItems:
            if item.product.vendor == "Acme" or "x" in item.sku:
                add_product_tags(product_id=item.product.id, tags=["sold {{ lineItemsForeachitem.title }}"])
        log_output(message="done")
"##;

#[test]
fn everyday_programs_can_be_written() {
    let (_, checker) = checker();
    for text in [
        BIG,
        "@customer_created\ndef greet(customer):\n    wait(days=3)\n    add_customer_tags(customer_id=customer.id, tags=[\"new\"])\n",
        "@scheduled_time(every=\"week\", on=[\"MO\"], at=\"06:00\")\ndef weekly(scheduledAt):\n    getOrderData = get_order_data(query=\"status:open\", sort_by=\"CREATED_AT DESCENDING\", max_root_records=100)\n    for item in getOrderData:\n        if not empty(item.note) and (item.test == False or item.displayFinancialStatus == \"PAID\"):\n            archive_order(order_id=item.id)\n",
        "@product_variant_inventory_quantity_changed\ndef x(product, productVariant, inventoryQuantityPrior):\n    pass\n",
        "clarification: Which orders? | All | Only paid ones",
        "refusal(missing_capability): Flow cannot call people. Send an e-mail instead.",
        "answer: It runs when an order is created.",
        "task_search(\"tag orders\")",
    ] {
        if text.contains("inventory_quantity_changed") && checker.check(text).is_err() {
            continue;
        }
        if let Err(error) = checker.check(text) {
            panic!("{text}\n{error}");
        }
    }
}

#[test]
fn items_of_every_kind_of_list_can_be_tested_and_looped_over() {
    let (_, checker) = checker();
    let tag = "add_order_tags(order_id=order.id, tags=[\"a\"])\n";
    for (test, held) in [
        (
            "any(x.startswith(\"A\") for x in order.discountCodes)",
            true,
        ),
        (
            "any(x.endswith(\"A\") or x == \"B\" for x in order.customer.tags)",
            true,
        ),
        (
            "all(not x.startswith(\"A\") for x in order.discountCodes)",
            true,
        ),
        (
            "any(any(y.startswith(\"A\") for y in x.product.tags) for x in order.lineItems)",
            true,
        ),
        (
            "any(any(y.value == \"XL\" for y in x.variant.selectedOptions) for x in order.lineItems)",
            true,
        ),
        (
            "any(x.sku.startswith(\"A\") for x in order.lineItems)",
            true,
        ),
        ("any(x.sku == \"A\" for x in order.discountCodes)", false),
        ("any(x.startswith(\"A\") for x in order.lineItems)", false),
    ] {
        let text = format!("@order_created\ndef a(order):\n    if {test}:\n        {tag}");
        assert_eq!(checker.check(&text).is_ok(), held, "{test}");
    }
    for (trigger, variable, body) in [
        (
            "order_created",
            "order",
            "for item in order.discountCodes:\n        add_order_tags(order_id=order.id, tags=[\"{{ discountCodesForeachitem }}\"])",
        ),
        (
            "order_created",
            "order",
            "for item in order.lineItems:\n        add_order_tags(order_id=order.id, tags=[\"{{ lineItemsForeachitem.quantity }} pcs\", \"by {{ lineItemsForeachitem.vendor }}\"])",
        ),
        (
            "abandoned_checkout",
            "abandonment, customer",
            "send_email(address=\"a@b.co\", subject=\"Left\", message=\"{% for item in abandonment.abandonedCheckoutPayload.lineItems %}{{ item.title }}\\n{% endfor %}\")",
        ),
    ] {
        let text = format!("@{trigger}\ndef a({variable}):\n    {body}\n");
        if let Err(error) = checker.check(&text) {
            panic!("{text}\n{error}");
        }
    }
}

#[test]
fn what_does_not_exist_cannot_be_written() {
    let (_, checker) = checker();
    for (text, stops) in [
        ("@order_vanished\n", "order_"),
        ("@order_created\ndef a(customer)", "customer"),
        (
            "@order_created\ndef a(order):\n    add_order_flags(",
            "flags",
        ),
        (
            "@order_created\ndef a(order):\n    add_order_tags(order_id=order.id, labels",
            "labels",
        ),
        (
            "@order_created\ndef a(order):\n    add_order_tags(order_id=customer.id",
            "customer",
        ),
        (
            "@order_created\ndef a(order):\n    add_order_tags(order_id=order.customer.id",
            "customer",
        ),
        (
            "@order_created\ndef a(order):\n    add_product_tags(",
            "product",
        ),
        (
            "@order_created\ndef a(order):\n    if order.grandTotal >",
            "grand",
        ),
        ("@order_created\ndef a(order):\n    if order.note > 5", ">"),
        (
            "@order_created\ndef a(order):\n    if order.test == \"yes\"",
            "yes",
        ),
        (
            "@order_created\ndef a(order):\n    if order.displayFinancialStatus == \"SETTLED\"",
            "SETTLED",
        ),
        (
            "@order_created\ndef a(order):\n    if order.lineItems.title",
            "lineItems",
        ),
        (
            "@order_created\ndef a(order):\n    log_output(message=\"{{ order.total }}",
            "total",
        ),
        (
            "@order_created\ndef a(order):\n    log_output(message=\"{{ item.title }}",
            "item",
        ),
        (
            "@order_created\ndef a(order):\n    for item in order.note",
            "note",
        ),
        ("@order_created\ndef a(order):\n     log_output", " log"),
        ("@order_created\ndef a(order):\n    import os", "import"),
        ("Sure! Here is", "Sure"),
        ("X", "X"),
    ] {
        assert!(
            checker
                .check(text)
                .is_err_and(|error| error.contains("cannot go on")),
            "{text} ({stops})"
        );
    }
}

#[test]
fn a_loop_item_exists_in_its_loop_only() {
    let (_, checker) = checker();
    let head = "@order_created\ndef a(order):\n    for item in order.lineItems:\n        log_output(message=\"{{ lineItemsForeachitem.title }}\")\n";
    assert_eq!(checker.check(head), Ok(()));
    assert!(
        checker
            .check(&format!(
                "{head}    log_output(message=\"{{{{ lineItemsForeachitem.title }}}}\")\n"
            ))
            .is_err()
    );
    assert!(
        checker
            .check(&format!(
                "{head}    add_product_tags(product_id=item.product.id, tags=[])\n"
            ))
            .is_err()
    );
}

#[test]
fn an_output_exists_after_its_step_only() {
    let (_, checker) = checker();
    let call = "    getOrderData = get_order_data(query=\"x\")\n";
    let use_it = "    for item in getOrderData:\n        archive_order(order_id=item.id)\n";
    let head = "@customer_created\ndef a(customer):\n";
    assert_eq!(checker.check(&format!("{head}{call}{use_it}")), Ok(()));
    assert!(checker.check(&format!("{head}{use_it}{call}")).is_err());
}

#[test]
fn only_installed_connectors_can_be_used() {
    let catalog = Catalog::builtin();
    let text =
        "@order_created\ndef a(order):\n    slack_send_message(channel=\"#a\", message=\"b\")\n";
    let all = Checker::new(&lark(&catalog.with_connectors(&["slack"]), None)).expect("a grammar");
    assert_eq!(all.check(text), Ok(()));
    let none = Checker::new(&lark(&catalog.with_connectors::<&str>(&[]), None)).expect("a grammar");
    assert!(none.check(text).is_err());
}

/// What a store says about an app of its own: every kind of field, odd ids, a trigger that gives
/// nothing and one that gives an object nobody is offered.
fn imported() -> Catalog {
    let kinds = [
        "text",
        "email",
        "integer",
        "boolean",
        "array",
        "map",
        "commerce_object",
        "resource",
        "collections",
        "condition",
        "duration",
        "recurrence",
        "path",
        "sort",
        "api_call",
        "code",
        "metafield",
        "shopifyql_query",
        "odd",
    ];
    let fields: Vec<String> = kinds
        .iter()
        .map(|kind| format!(r#"{{"id":"{kind}_field","type":"{kind}","required":false}}"#))
        .collect();
    let text = format!(
        r#"[{{"id":"x::all","label":"All kinds","taskType":"ACTION","configFields":[{}]}},
            {{"id":"x::odd","label":"Odd","taskType":"ACTION","configFields":[
               {{"id":"Query String","type":"text","required":true}}]}},
            {{"id":"x::even","label":"Even","taskType":"ACTION","configFields":[
               {{"id":"Query String","type":"text"}},{{"id":"a","type":"select","options":["b","b c","d\u00e9"],"required":true}}]}},
            {{"id":"x::bare","label":"Bare","taskType":"TRIGGER"}},
            {{"id":"x::media","label":"Media came","taskType":"TRIGGER","returnFields":[
               {{"name":"media","type":"Media"}},
               {{"name":"card","type":"Card","typeDefinitions":"type Card {{ points: Int order: Order }}"}}]}}]"#,
        fields.join(",")
    );
    let read = flow::catalog::import::read(text.as_bytes());
    Catalog::builtin()
        .overlay(&read.overlay)
        .with_connectors::<&str>(&[])
}

#[test]
fn an_imported_app_can_be_used() {
    let checker = Checker::new(&lark(&imported(), None)).expect("a grammar");
    for text in [
        "@bare\ndef a():\n    even(a=\"b c\")\n",
        "@order_created\ndef a(order):\n    all_kinds(text_field=\"x\", integer_field=7)\n",
        "@media_came\ndef a(media, card):\n    if media.alt == \"x\" and card.points > 5 and card.order.test == True:\n        log_output(message=\"{{ card.order.name }}\")\n",
    ] {
        assert_eq!(checker.check(text), Ok(()), "{text}");
    }
    // A field that no argument can be named after keeps the task out when it has to be given.
    for text in [
        "@order_created\ndef a(order):\n    odd(",
        "@order_created\ndef a(order):\n    even(a=\"x\")\n",
        "@media_came\ndef a(media, card):\n    if media.preview",
    ] {
        let error = checker.check(text).expect_err(text);
        assert!(error.contains("cannot go on"), "{text}: {error}");
    }
}

#[test]
fn the_current_workflow_can_be_written_again() {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../shared/data/flow/fixtures"
    );
    let catalog = Catalog::builtin();
    let Ok(files) = std::fs::read_dir(folder) else {
        return;
    };
    let mut refused = Vec::new();
    for file in files.flatten() {
        let path = file.path();
        if path.extension().is_none_or(|extension| extension != "flow") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("text");
        let imported = match flow::json::parse(&text) {
            Ok(imported) => imported,
            Err(_) => continue,
        };
        let program = python::print(&imported.workflow, &catalog);
        // With nothing said but the workflow itself, too.
        let said = said::Said::of("leave it", None, Some(&program));
        for said in [said::Said::anything(), said] {
            let lark = lark_with(
                &catalog,
                Some(&imported.workflow),
                true,
                Forms::ALL,
                &said,
                &[],
            );
            let checker = Checker::new(&lark).expect("a grammar");
            if let Err(error) = checker.check(&format!("{}\n", program.trim_end())) {
                refused.push(format!("{}: {error}\n{program}", path.display()));
            }
        }
    }
    println!("{}", refused.join("\n\n"));
    assert!(refused.is_empty(), "{} refused", refused.len());
}

#[test]
fn a_wait_in_months_can_only_be_kept() {
    let catalog = Catalog::builtin();
    let program = |wait: &str| {
        format!(
            "@order_created\ndef a(order):\n    wait({wait}=8)\n    archive_order(order_id=order.id)\n"
        )
    };
    let months = |current: Option<&str>| {
        let current = current.map(|unit| flow::python::parse(&program(unit), &catalog).workflow);
        let checker = Checker::new(&lark(&catalog, current.as_ref())).expect("it compiles");
        checker.check(&program("months")).is_ok()
    };
    assert!(!months(None) && !months(Some("days")));
    assert!(months(Some("months")));
}

#[test]
fn jumps_can_only_be_kept_and_end_their_block() {
    let catalog = Catalog::builtin();
    let program = |body: &str| format!("@order_created\ndef a(order):\n{body}");
    let plain = "    if order.test == True:\n        log_output(message=\"x\")\n    log_output(message=\"y\")\n";
    let returning = "    if order.test == True:\n        if order.confirmed == True:\n            log_output(message=\"x\")\n            return\n        else:\n            log_output(message=\"y\")\n    log_output(message=\"z\")\n";
    let circle = "    label(\"a\")\n    log_output(message=\"x\")\n    if order.test == True:\n        goto(\"a\")\n";
    let beside = "    if order.test == True:\n        log_output(message=\"x\")\n        if order.confirmed == True:\n            log_output(message=\"y\")\n        else:\n            goto(\"a\")\n    else:\n        label(\"a\")\n        log_output(message=\"z\")\n        if order.test == True:\n            return\n            label(\"b\")\n            log_output(message=\"w\")\n        goto(\"b\")\n";
    let writes = |current: &str, body: &str| {
        let parsed = flow::python::parse(&program(current), &catalog);
        assert!(parsed.findings.is_empty(), "{:?}", parsed.findings);
        let checker = Checker::new(&lark(&catalog, Some(&parsed.workflow))).expect("it compiles");
        checker.check(&program(body)).is_ok()
    };
    let print = |body: &str| {
        let parsed = flow::python::parse(&program(body), &catalog);
        let text = flow::python::print(&parsed.workflow, &catalog);
        text.split_once(":\n")
            .map(|(_, body)| body.to_string())
            .expect("a body")
    };
    assert!(writes(plain, plain));
    for body in [returning, circle, beside] {
        let body = print(body);
        assert!(writes(&body, &body), "{body}");
        assert!(!writes(plain, &body), "{body}");
    }
    let more = returning.replace(
        "return\n",
        "return\n            log_output(message=\"w\")\n",
    );
    assert!(writes(returning, returning));
    assert!(!writes(returning, &more));
    let jumping = "    if order.test == True:\n        log_output(message=\"x\")\n        goto(\"a\")\n    else:\n        label(\"a\")\n        log_output(message=\"y\")\n";
    assert!(writes(plain, jumping));
    assert_eq!(print(jumping), plain);
    let without = jumping.replace("        label(\"a\")\n", "");
    assert!(!writes(plain, &without));
    assert!(!writes(
        plain,
        &jumping.replace("        goto(\"a\")\n", "")
    ));
    assert!(!writes(
        circle,
        &circle.replace("goto(\"a\")", "goto(\"b\")")
    ));
}

#[test]
fn steps_that_nothing_leads_to_can_only_be_kept() {
    let catalog = Catalog::builtin();
    let plain = "@order_created\ndef a(order):\n    archive_order(order_id=order.id)\n";
    let loose = format!("{plain}    with detached():\n        log_output(message=\"x\")\n");
    let writes = |current: &str| {
        let current = flow::python::parse(current, &catalog).workflow;
        let checker = Checker::new(&lark(&catalog, Some(&current))).expect("it compiles");
        checker.check(&loose).is_ok()
    };
    assert!(!writes(plain));
    assert!(writes(&loose));
}

/// Writes at random whatever the grammar allows. Nothing may lead to a place where nothing can
/// follow, and every finished program is one that checks without errors.
#[test]
fn whatever_can_be_written_exists() {
    let catalog = Catalog::builtin();
    let said = said::Said::of(
        "when an order over 500 from Norway comes in tag it VIP, post to #ops and https://x.io/in, mail ops@x.io, 10 points after 3 days, mondays at 9:30",
        None,
        None,
    );
    let lark = lark_with(&catalog, None, true, Forms::ALL, &said, &[]);
    let checker = Checker::new(&lark).unwrap_or_else(|error| panic!("{error}"));
    let mut seed = 7_u64;
    let mut random = |below: usize| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    let mut whole = 0;
    for _ in 0..walks() {
        let mut matcher = checker.0.deep_clone();
        let mut text: Vec<u8> = b"@".to_vec();
        matcher
            .consume_token(u32::from(b'@'))
            .expect("a program may begin");
        let mut finished = false;
        while text.len() < 1_200 {
            // The parser stops by itself where nothing more can follow, as after `pass`.
            let whole = text.ends_with(b"\n")
                && (matcher.is_stopped() || matcher.is_accepting().expect("a state"));
            if whole && (matcher.is_stopped() || random(3) == 0) {
                finished = true;
                break;
            }
            let mask = matcher.compute_mask().expect("a mask");
            let allowed: Vec<u8> = (1..=126_u8)
                .filter(|byte| mask.is_allowed(u32::from(*byte)))
                .collect();
            let written = String::from_utf8_lossy(&text).into_owned();
            assert!(!allowed.is_empty(), "nothing can follow {written}");
            // Strings end soon, and blocks do too.
            let byte = match random(4) {
                0 if allowed.contains(&b'"') => b'"',
                1 if allowed.contains(&b'}') => b'}',
                _ => allowed[random(allowed.len())],
            };
            matcher
                .consume_token(u32::from(byte))
                .expect("it is allowed");
            text.push(byte);
        }
        let text = String::from_utf8_lossy(&text).into_owned();
        if !finished {
            continue;
        }
        let program = text.as_str();
        whole += 1;
        let parsed = python::parse(program, &catalog);
        assert_eq!(parsed.findings, [], "{program}");
        for finding in flow::check::check(&parsed.workflow, &catalog) {
            if finding.severity != flow::Severity::Error {
                continue;
            }
            panic!("{} {}\n{program}", finding.code, finding.message);
        }
    }
    println!("{whole} whole programs");
    assert!(whole > 10, "{whole}");
}

/// The arguments of a mutation are JSON, unless the current program has a call of another form.
#[test]
fn arguments_of_a_mutation_are_json() {
    let catalog = Catalog::builtin();
    let program = |blob: &str| {
        let call = format!(
            r#"{{"name":"returnApproveRequest","blob":"{}"}}"#,
            blob.replace('"', "\\\"")
        );
        let call = call.replace('\\', "\\\\").replace('"', "\\\"");
        format!(
            "@return_requested\ndef a(return, order):\n    sendAdminApiRequest = admin_api_request(api_call=\"{call}\")\n"
        )
    };
    let allows = |current: Option<&flow::Workflow>, blob: &str| {
        let said = said::Said::anything();
        let lark = lark_with(&catalog, current, false, Forms::ALL, &said, &[]);
        let checker = Checker::new(&lark).unwrap_or_else(|error| panic!("{error}"));
        checker.check(&program(blob)).is_ok()
    };
    for blob in [
        r#"{"input":{"id":"{{ return.id }}"}}"#,
        r#"{"id":"{{ return.id }}","notify":true,"lines":[{"n":-1.5},{}],"note":"Return of {{ order.name }}, thanks"}"#,
    ] {
        assert!(allows(None, blob), "{}", program(blob));
    }
    let open = r#"{"input":{"id":"{{ return.id }}"}}"}) # and so on"#;
    assert!(!allows(None, open), "{}", program(open));
    let spaced = r#"{ "input": { "id": "{{ return.id }}" } }"#;
    assert!(!allows(None, spaced));
    let current = flow::python::parse(&program(spaced), &catalog).workflow;
    assert_eq!(flow::python::print(&current, &catalog), program(spaced));
    assert!(allows(Some(&current), spaced));
}

/// Values that nobody said cannot be written, those that were said can.
#[test]
fn only_what_was_said_can_be_a_value() {
    let catalog = Catalog::builtin();
    let request = "when an order over two fifty goes to Norway tag it rush-lane, mail ops@x.io and wait a fortnight; also every day at 8 am";
    let said = said::Said::of(request, None, None);
    let lark = lark_with(&catalog, None, false, Forms::ALL, &said, &[]);
    let checker = Checker::new(&lark).unwrap_or_else(|error| panic!("{error}"));
    let program = |body: &str| format!("@order_created\ndef a(order):\n    {body}\n");
    for body in [
        "add_order_tags(order_id=order.id, tags=[\"rush-lane\"])",
        "add_order_tags(order_id=order.id, tags=[\"rush-lane\", \"{{ order.name }}\"])",
        "add_order_tags(order_id=order.id, tags=[\"rush-lane: {{ order.name }}\"])",
        "add_order_tags(order_id=order.id, tags=[\"{{ order.name }}-{{ order.id }}\"])",
        "add_order_tags(order_id=order.id, tags=[\"{{ order.name }}-rush-lane\"])",
        "send_email(address=\"ops@x.io\", subject=\"Anything\", message=\"at all\")",
        "wait(weeks=2)",
        "if order.totalPriceSet.shopMoney.amount > 250:\n        archive_order(order_id=order.id)",
        "if order.shippingAddress.countryCodeV2 == \"NO\":\n        archive_order(order_id=order.id)",
        "if order.customer.firstName == \"Norway\":\n        archive_order(order_id=order.id)",
    ] {
        let text = program(body);
        checker
            .check(&text)
            .unwrap_or_else(|error| panic!("{text}\n{error}"));
    }
    for body in [
        "add_order_tags(order_id=order.id, tags=[\"-lane\"])",
        "add_order_tags(order_id=order.id, tags=[\"-\"])",
        "add_order_tags(order_id=order.id, tags=[\"rush-lane-\"])",
        "add_order_tags(order_id=order.id, tags=[\"-{{ order.name }}\"])",
        "add_order_tags(order_id=order.id, tags=[\"vip\"])",
        "add_order_tags(order_id=order.id, tags=[\"rush\"])",
        "send_email(address=\"you@example.com\", subject=\"a\", message=\"b\")",
        "wait(weeks=3)",
        "if order.totalPriceSet.shopMoney.amount > 520:\n        archive_order(order_id=order.id)",
        "if order.customer.firstName == \"Sweden\":\n        archive_order(order_id=order.id)",
    ] {
        let text = program(body);
        checker.check(&text).expect_err(&text);
    }
    let at = |time: &str| {
        format!(
            "@scheduled_time(every=\"day\", at=\"{time}\")\ndef a(scheduledAt):\n    log_output(message=\"x\")\n"
        )
    };
    assert_eq!(checker.check(&at("08:00")), Ok(()));
    checker.check(&at("08:41")).expect_err("a time nobody said");
}

/// How many programs are begun; `FLOWRIGHT_WALKS` asks for more.
fn walks() -> usize {
    let asked = std::env::var("FLOWRIGHT_WALKS").ok();
    asked.and_then(|text| text.parse().ok()).unwrap_or(120)
}

/// Triggers of apps give objects as others do.
#[test]
fn steps_can_follow_the_triggers_of_apps() {
    let catalog = Catalog::builtin().with_connectors(&["Flow Companion"]);
    let checker = Checker::new(&lark(&catalog, None)).unwrap_or_else(|error| panic!("{error}"));
    let tagged = "@flow_companion_product_tags_added\ndef a(product, addedTags):\n    if any(x == \"a\" for x in addedTags):\n        publish_product(product_id=product.id)\n";
    checker
        .check(tagged)
        .unwrap_or_else(|error| panic!("{tagged}\n{error}"));
    for (trigger, variables) in [
        ("flow_companion_product_tags_added", "product, addedTags"),
        ("flow_companion_product_field_changed", "product, change"),
        ("product_created", "product"),
    ] {
        for step in ["hide_product", "publish_product", "delete_product"] {
            let text =
                format!("@{trigger}\ndef a({variables}):\n    {step}(product_id=product.id)\n");
            checker
                .check(&text)
                .unwrap_or_else(|error| panic!("{text}\n{error}"));
        }
    }
}
