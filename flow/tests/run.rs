//! Running workflows over events: which steps run, what conditions met, which effects come out.

use flow::condition::explain;
use flow::run::{
    Answer, MAX_STEP_RUNS, MAX_WAITS, Run, StepOutcome, output_name, resume, start, start_with,
};
use flow::{Catalog, Link, Step, TaskType, Workflow};
use proptest::prelude::*;
use serde_json::{Value, json};

const FLOW: &str = "shopify::flow::";
const ADMIN: &str = "shopify::admin::";

fn step(id: &str, task: &str, task_type: TaskType, config: &[(&str, &str)]) -> Step {
    let mut step = Step::new(id, task, "0.1", task_type);
    for (field, value) in config {
        step.set_config(field, *value);
    }
    step
}

fn trigger() -> Step {
    step(
        "t",
        &format!("{ADMIN}order_created"),
        TaskType::Trigger,
        &[],
    )
}

fn condition(id: &str, text: &str) -> Step {
    step(
        id,
        &format!("{FLOW}condition"),
        TaskType::Condition,
        &[("condition", text)],
    )
}

fn foreach(id: &str, path: &str) -> Step {
    step(
        id,
        &format!("{FLOW}foreach"),
        TaskType::Foreach,
        &[("listpath", path)],
    )
}

fn wait(id: &str, duration: &str) -> Step {
    step(
        id,
        &format!("{FLOW}wait"),
        TaskType::Wait,
        &[("wait_duration", duration)],
    )
}

fn log(id: &str, message: &str) -> Step {
    step(
        id,
        &format!("{FLOW}log_output"),
        TaskType::Action,
        &[("message", message)],
    )
}

fn tag(id: &str, order: &str, tags: &str) -> Step {
    step(
        id,
        &format!("{ADMIN}add_order_tags"),
        TaskType::Action,
        &[("order_id", order), ("tags", tags)],
    )
}

fn workflow(steps: Vec<Step>, links: &[(&str, &str, &str)]) -> Workflow {
    Workflow {
        name: "Test".to_string(),
        steps,
        links: links
            .iter()
            .map(|(from, port, to)| Link::new(*from, *port, *to))
            .collect(),
        ..Workflow::default()
    }
}

fn event() -> Value {
    json!({
        "order": {
            "id": "gid://shopify/Order/1", "name": "#1001",
            "totalPriceSet": {"shopMoney": {"amount": "612.40"}},
            "tags": ["vip"],
            "lineItems": {"nodes": [
                {"title": "Mug", "quantity": 2, "product": {"id": "gid://shopify/Product/1", "tags": ["a", "b"]}},
                {"title": "Pot", "quantity": 3, "product": {"id": "gid://shopify/Product/2", "tags": ["c"]}}
            ]},
            "customer": {"id": "gid://shopify/Customer/7"}
        },
        "shop": {"name": "Harbor Goods"}
    })
}

fn go(workflow: &Workflow) -> Run {
    start(workflow, &Catalog::builtin(), "t", event())
}

fn logged(run: &Run) -> Vec<&str> {
    run.effects
        .iter()
        .filter_map(|effect| effect.fields.get("message").and_then(Value::as_str))
        .collect()
}

fn ran(run: &Run) -> Vec<&str> {
    run.trace.iter().map(|step| step.step.as_str()).collect()
}

#[test]
fn a_condition_picks_its_branch_and_says_why() {
    let workflow = workflow(
        vec![
            trigger(),
            condition(
                "c",
                "((order.totalPriceSet.shopMoney.amount > 500) && (order.tags any? |tags_item| (tags_item == 'VIP')))",
            ),
            tag(
                "yes",
                r#"{"value":"{{ order.id }}","default_value":""}"#,
                r#"["big {{ order.name }}","VIP"]"#,
            ),
            log("no", "small"),
        ],
        &[
            ("t", "output", "c"),
            ("c", "true", "yes"),
            ("c", "false", "no"),
        ],
    );
    let run = go(&workflow);
    assert_eq!(ran(&run), ["t", "c", "yes"]);
    assert_eq!(run.trace[1].outcome, StepOutcome::Decided { result: true });
    let sentences: Vec<String> = run.trace[1].tests.iter().map(explain).collect();
    assert_eq!(sentences, ["612.40 is more than 500", "“vip” is “VIP”"]);
    assert_eq!(
        run.effects[0].fields,
        [
            ("order_id".to_string(), json!("gid://shopify/Order/1")),
            ("tags".to_string(), json!(["big #1001", "VIP"])),
        ]
        .into()
    );
    assert_eq!(run.trace[2].effect, Some(0));
    assert!(run.waiting.is_empty());
}

#[test]
fn every_spelling_of_a_reference_gives_the_id() {
    for (spelling, expected) in [
        (
            r#"{"value":"{{ order.id }}","default_value":""}"#,
            json!("gid://shopify/Order/1"),
        ),
        (
            r#"{"value":"","default_value":"order.id"}"#,
            json!("gid://shopify/Order/1"),
        ),
        (
            r#"{"value":"{{ order.id }}","default_value":"order.id"}"#,
            json!("gid://shopify/Order/1"),
        ),
        ("order.id", json!("gid://shopify/Order/1")),
        ("order", json!("gid://shopify/Order/1")),
        ("gid://shopify/Order/9", json!("gid://shopify/Order/9")),
        ("draftOrder.id", Value::Null),
        (r#"{"value":"","default_value":""}"#, Value::Null),
    ] {
        let workflow = workflow(
            vec![
                trigger(),
                tag("a", spelling, "x, {{ order.tags | join: ',' }}"),
            ],
            &[("t", "output", "a")],
        );
        let run = go(&workflow);
        assert_eq!(run.effects[0].fields["order_id"], expected, "{spelling}");
        assert_eq!(run.effects[0].fields["tags"], json!(["x", "vip"]));
        assert_eq!(
            run.trace[1].findings.is_empty(),
            !expected.is_null(),
            "{spelling}"
        );
    }
}

#[test]
fn loops_run_for_each_item_and_then_go_on() {
    let workflow = workflow(
        vec![
            trigger(),
            foreach("f", "order.lineItems"),
            foreach("g", "lineItemsForeachitem.product.tags"),
            log(
                "inner",
                "{{ lineItemsForeachitem.title }}-{{ tagsForeachitem }}",
            ),
            log("after", "done {{ order.name }}"),
        ],
        &[
            ("t", "output", "f"),
            ("f", "loop_body", "g"),
            ("g", "loop_body", "inner"),
            ("f", "after", "after"),
        ],
    );
    let run = go(&workflow);
    assert_eq!(logged(&run), ["Mug-a", "Mug-b", "Pot-c", "done #1001"]);
    assert_eq!(
        run.trace[1].outcome,
        StepOutcome::Looped { items: 2, total: 2 }
    );
    assert_eq!(
        run.effects[1].item.as_deref(),
        Some("order.lineItems[0].product.tags[1]")
    );
    assert_eq!(run.effects[3].item, None);
}

#[test]
fn a_loop_stops_at_a_hundred_items() {
    let workflow = workflow(
        vec![
            trigger(),
            foreach("f", "order.tags"),
            log("l", "{{ tagsForeachitem }}"),
        ],
        &[("t", "output", "f"), ("f", "loop_body", "l")],
    );
    let tags: Vec<String> = (0..250).map(|i| i.to_string()).collect();
    let run = start(
        &workflow,
        &Catalog::builtin(),
        "t",
        json!({"order": {"tags": tags}}),
    );
    assert_eq!(run.effects.len(), 100);
    assert_eq!(
        run.trace[1].outcome,
        StepOutcome::Looped {
            items: 100,
            total: 250
        }
    );
    assert_eq!(run.trace[1].findings[0].code, "FOREACH_ITEM_LIMIT");
}

#[test]
fn a_wait_pauses_and_goes_on_with_what_it_knew() {
    let workflow = workflow(
        vec![
            trigger(),
            wait("w", r#"{"amount":"3","unit":"days"}"#),
            log("l", "{{ order.name }}"),
            log("now", "at once"),
        ],
        &[
            ("t", "output", "w"),
            ("t", "output", "now"),
            ("w", "output", "l"),
        ],
    );
    let mut run = go(&workflow);
    assert_eq!(logged(&run), ["at once"]);
    assert_eq!(run.waiting.len(), 1);
    assert_eq!(run.waiting[0].seconds, 3 * 86_400);
    let stored = serde_json::to_string(&run.waiting.remove(0)).expect("it serialises");
    let later = resume(
        &workflow,
        &Catalog::builtin(),
        serde_json::from_str(&stored).expect("it reads"),
    );
    run.extend(later);
    assert_eq!(logged(&run), ["at once", "#1001"]);
    assert_eq!(run.trace.last().and_then(|step| step.effect), Some(1));
    let whole = serde_json::to_value(&run).expect("it serialises");
    assert_eq!(serde_json::from_value::<Run>(whole).expect("it reads"), run);
}

#[test]
fn waits_inside_a_loop_hold_back_what_comes_after_it() {
    let workflow = workflow(
        vec![
            trigger(),
            foreach("f", "order.lineItems"),
            wait("w", r#"{"amount":"2","unit":"hours"}"#),
            log("l", "{{ lineItemsForeachitem.title }}"),
            log("after", "after"),
        ],
        &[
            ("t", "output", "f"),
            ("f", "loop_body", "w"),
            ("w", "output", "l"),
            ("f", "after", "after"),
        ],
    );
    let run = go(&workflow);
    assert!(run.effects.is_empty());
    let mut said = Vec::new();
    for later in run.waiting {
        assert_eq!(later.seconds, 7_200);
        said.extend(
            logged(&resume(&workflow, &Catalog::builtin(), later))
                .into_iter()
                .map(str::to_string),
        );
    }
    assert_eq!(said, ["Mug", "Pot", "after"]);
}

#[test]
fn counts_and_sums_are_variables_for_later_steps() {
    let count = |id: &str, path: &str| {
        step(
            id,
            &format!("{FLOW}count"),
            TaskType::Action,
            &[("listpath", path)],
        )
    };
    let workflow = workflow(
        vec![
            trigger(),
            count("n", "order.lineItems"),
            count("m", "order.tags"),
            step(
                "s",
                &format!("{FLOW}sum"),
                TaskType::Action,
                &[("listpath", "order.lineItems.quantity")],
            ),
            condition("c", "((count == 2) && (count1 == 1) && (sum >= 5))"),
            log("l", "{{ count }}/{{ sum }}"),
        ],
        &[
            ("t", "output", "n"),
            ("n", "output", "m"),
            ("m", "output", "s"),
            ("s", "output", "c"),
            ("c", "true", "l"),
        ],
    );
    let run = go(&workflow);
    assert_eq!(logged(&run), ["2/5"], "{:#?}", run.trace);
    assert_eq!(run.effects.len(), 1);
}

#[test]
fn data_steps_ask_and_get_what_the_caller_has() {
    let catalog = Catalog::builtin();
    let workflow = workflow(
        vec![
            trigger(),
            step(
                "d",
                &format!("{FLOW}fetch::orders"),
                TaskType::Action,
                &[
                    ("query", "customer_id:{{ order.customer.id }}"),
                    ("max_root_records", "100"),
                ],
            ),
            foreach("f", "getOrderData"),
            log("l", "{{ getOrderDataForeachitem.name }}"),
        ],
        &[
            ("t", "output", "d"),
            ("d", "output", "f"),
            ("f", "loop_body", "l"),
        ],
    );
    let without = start(&workflow, &catalog, "t", event());
    assert_eq!(ran(&without), ["t", "d", "f"]);
    assert_eq!(without.effects[0].output.as_deref(), Some("getOrderData"));
    assert_eq!(
        without.effects[0].fields["query"],
        json!("customer_id:gid://shopify/Customer/7")
    );
    let with = start_with(&workflow, &catalog, "t", event(), &mut |effect| {
        if effect.step == "d" {
            Answer::Value(json!([{"name": "#1"}, {"name": "#2"}]))
        } else {
            Answer::Nothing
        }
    });
    assert_eq!(logged(&with), ["#1", "#2"]);
    assert_eq!(
        with.trace[1].output,
        Some(json!([{"name": "#1"}, {"name": "#2"}]))
    );
    let failed = start_with(&workflow, &catalog, "t", event(), &mut |_| {
        Answer::Failed("There is no connection.".to_string())
    });
    assert_eq!(ran(&failed), ["t", "d"]);
    assert_eq!(
        failed.trace[1].outcome,
        StepOutcome::Failed {
            reason: "There is no connection.".to_string()
        }
    );
    let named = {
        let mut step = workflow.steps[1].clone();
        step.name = Some("Get order data 2".to_string());
        step
    };
    assert_eq!(
        output_name(&workflow, &named, &catalog).as_deref(),
        Some("getOrderData2")
    );
}

#[test]
fn joins_run_once_and_circles_end() {
    let workflow = workflow(
        vec![trigger(), log("a", "a"), log("b", "b"), log("j", "j")],
        &[
            ("t", "output", "a"),
            ("t", "output", "b"),
            ("a", "output", "j"),
            ("b", "output", "j"),
            ("j", "output", "a"),
            ("j", "output", "t"),
        ],
    );
    assert_eq!(logged(&go(&workflow)), ["a", "j", "b"]);
    // A loop whose body leads back to the loop, and one that loops over itself without end.
    let circle = self::workflow(
        vec![
            trigger(),
            foreach("f", "order.tags"),
            foreach("g", "order.lineItems"),
            log("l", "x"),
        ],
        &[
            ("t", "output", "f"),
            ("f", "loop_body", "g"),
            ("g", "loop_body", "f"),
            ("g", "loop_body", "l"),
            ("f", "after", "f"),
        ],
    );
    assert!(go(&circle).trace.len() < MAX_STEP_RUNS);
    let wide: Vec<Value> = (0..100).map(|i| json!({"tags": vec![i; 100]})).collect();
    let deep = self::workflow(
        vec![
            trigger(),
            foreach("f", "a"),
            foreach("g", "a"),
            foreach("h", "a"),
            log("l", "x"),
        ],
        &[
            ("t", "output", "f"),
            ("f", "loop_body", "g"),
            ("g", "loop_body", "h"),
            ("h", "loop_body", "l"),
        ],
    );
    let run = start(&deep, &Catalog::builtin(), "t", json!({"a": wide}));
    assert_eq!(run.trace.len(), MAX_STEP_RUNS + 1);
    assert!(matches!(
        run.trace.last().map(|step| &step.outcome),
        Some(StepOutcome::Failed { .. })
    ));
}

#[test]
fn what_cannot_run_fails_by_itself() {
    let workflow = workflow(
        vec![
            trigger(),
            condition("c", "(order.name =="),
            wait("w", "soon"),
            foreach("f", ""),
            step(
                "u",
                "00000000-aaaa-bbbb-cccc-000000000000",
                TaskType::Action,
                &[
                    ("to", "{{ order.name }}"),
                    ("who", r#"{"value":"","default_value":"order.customer.id"}"#),
                ],
            ),
        ],
        &[
            ("t", "output", "c"),
            ("t", "output", "w"),
            ("t", "output", "f"),
            ("t", "output", "u"),
            ("t", "output", "nowhere"),
        ],
    );
    let run = go(&workflow);
    for failed in &run.trace[1..4] {
        assert!(
            matches!(failed.outcome, StepOutcome::Failed { .. }),
            "{failed:?}"
        );
    }
    assert_eq!(run.effects[0].fields["to"], json!("#1001"));
    assert_eq!(
        run.effects[0].fields["who"],
        json!("gid://shopify/Customer/7")
    );
    let none = start(&workflow, &Catalog::builtin(), "nobody", event());
    assert!(matches!(none.trace[0].outcome, StepOutcome::Failed { .. }));
}

#[test]
fn real_exports_run_and_their_liquid_reads() {
    let folder =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/flow/fixtures");
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.extension().is_none_or(|extension| extension != "flow") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("the file");
        let workflow = flow::json::parse(&text).expect("it reads").workflow;
        let trigger = workflow.triggers().next().expect("a trigger").id.clone();
        let run = start(&workflow, &Catalog::builtin(), &trigger, json!({}));
        assert_eq!(run.trace[0].outcome, StepOutcome::Started, "{path:?}");
        for step in &run.trace {
            assert!(
                !matches!(step.outcome, StepOutcome::Failed { .. }),
                "{path:?}: {step:?}"
            );
        }
        for value in workflow.steps.iter().flat_map(|step| &step.config) {
            // Program text has braces of its own.
            if ["script", "input", "output_schema"].contains(&value.id.as_str()) {
                continue;
            }
            let rendered = flow::liquid::render(&value.value, &json!({}));
            let unreadable: Vec<_> = rendered
                .findings
                .iter()
                .filter(|finding| finding.code != "LIQUID_VARIABLE_MISSING")
                .collect();
            assert!(
                unreadable.is_empty(),
                "{path:?} {}: {unreadable:?}",
                value.value
            );
        }
    }
}

proptest! {
    #[test]
    fn no_graph_hangs(
        kinds in prop::collection::vec(0..5_usize, 1..8),
        links in prop::collection::vec((0..8_usize, 0..5_usize, 0..8_usize), 0..20),
    ) {
        let steps: Vec<Step> = kinds.iter().enumerate().map(|(i, kind)| {
            let id = if i == 0 { "t".to_string() } else { i.to_string() };
            match kind {
                0 => condition(&id, "(order.name nil?)"),
                1 => foreach(&id, "order.lineItems"),
                2 => wait(&id, r#"{"amount":1,"unit":"minutes"}"#),
                3 => log(&id, "{{ order.name }}"),
                _ => step(&id, "shopify::admin::order_created", TaskType::Trigger, &[]),
            }
        }).collect();
        let name = |i: usize| if i == 0 { "t".to_string() } else { i.to_string() };
        let ports = ["output", "true", "false", "loop_body", "after"];
        let workflow = Workflow {
            links: links.iter().map(|(from, port, to)| Link::new(name(*from), ports[*port], name(*to))).collect(),
            steps,
            ..Workflow::default()
        };
        let run = start(&workflow, &Catalog::default(), "t", event());
        prop_assert!(run.trace.len() <= MAX_STEP_RUNS + 1);
    }
}

#[test]
fn a_script_gets_what_it_selected() {
    let catalog = Catalog::builtin();
    let program = "@order_created\ndef points(order):\n    runCode = run_code(input=\"query { order { name customer { id } } }\", script=\"export default function main(input) { return {} }\", output_schema=\"type Output { a: String }\")\n    log_output(message=\"{{ runCode.points }}\")\n";
    let parsed = flow::python::parse(program, &catalog);
    assert_eq!(parsed.findings, []);
    let trigger = parsed
        .workflow
        .triggers()
        .next()
        .expect("a trigger")
        .id
        .clone();
    let mut asked = Vec::new();
    let run = start_with(
        &parsed.workflow,
        &catalog,
        &trigger,
        event(),
        &mut |effect| {
            asked.push(effect.fields["input"].clone());
            Answer::Value(json!({"points": 12}))
        },
    );
    assert_eq!(
        asked,
        [json!({"order": {"name": "#1001", "customer": {"id": "gid://shopify/Customer/7"}}})]
    );
    assert_eq!(logged(&run), ["12"]);
}

#[test]
fn what_comes_after_a_loop_waits_for_every_wait_in_it() {
    let hours =
        |id: &str, hours: u64| wait(id, &format!(r#"{{"amount":"{hours}","unit":"hours"}}"#));
    for (links, expected) in [
        // One wait after another, and the longer of two branches.
        (
            vec![
                ("f", "loop_body", "w1"),
                ("w1", "output", "w2"),
                ("w2", "output", "l"),
            ],
            3 + 5,
        ),
        (
            vec![
                ("f", "loop_body", "w1"),
                ("w1", "output", "c"),
                ("c", "true", "w2"),
                ("c", "false", "w3"),
                ("w3", "output", "l"),
            ],
            3 + 7,
        ),
        // A loop in the loop waits for its items before it goes on.
        (
            vec![
                ("f", "loop_body", "w1"),
                ("w1", "output", "g"),
                ("g", "loop_body", "w2"),
                ("g", "after", "w3"),
            ],
            3 + 5 + 7,
        ),
        (
            vec![("f", "loop_body", "w1"), ("w1", "output", "w1")],
            3 + 3,
        ),
    ] {
        let mut all = vec![("t", "output", "f"), ("f", "after", "after")];
        all.extend(links);
        let workflow = workflow(
            vec![
                trigger(),
                foreach("f", "order.lineItems"),
                foreach("g", "order.tags"),
                condition("c", "(order.name nil?)"),
                hours("w1", 3),
                hours("w2", 5),
                hours("w3", 7),
                log("l", "{{ lineItemsForeachitem.title }}"),
                log("after", "after"),
            ],
            &all,
        );
        let run = go(&workflow);
        let after = run.waiting.iter().find(|later| later.step == "f");
        assert_eq!(
            after.map(|later| later.seconds / 3600),
            Some(expected),
            "{all:?}"
        );
    }
}

#[test]
fn a_run_waits_at_a_bounded_number_of_places() {
    let workflow = workflow(
        vec![
            trigger(),
            foreach("f", "a"),
            foreach("g", "a"),
            wait("w", r#"{"amount":1,"unit":"days"}"#),
        ],
        &[
            ("t", "output", "f"),
            ("f", "loop_body", "g"),
            ("g", "loop_body", "w"),
        ],
    );
    let list: Vec<u32> = (0..100).collect();
    let run = start(&workflow, &Catalog::builtin(), "t", json!({"a": list}));
    assert_eq!(run.waiting.len(), MAX_WAITS);
    assert!(matches!(
        run.trace.last().map(|step| &step.outcome),
        Some(StepOutcome::Failed { .. })
    ));
}

#[test]
fn the_trace_says_which_value_met_which_literal() {
    for (text, expected) in [
        (
            "(order.name == '#1001')",
            vec![(json!(["#1001"]), json!("#1001"), true, None)],
        ),
        (
            "(order.missing == 'x')",
            vec![(json!([]), json!("x"), false, None)],
        ),
        (
            "(order.lineItems any? |i| ((i.quantity > 2) && (i.product.tags all? |t| (t != i.title))))",
            vec![
                (json!([2]), json!(2), false, Some("order.lineItems[0]")),
                (
                    json!(["a"]),
                    json!("Mug"),
                    true,
                    Some("order.lineItems[0].product.tags[0]"),
                ),
                (
                    json!(["b"]),
                    json!("Mug"),
                    true,
                    Some("order.lineItems[0].product.tags[1]"),
                ),
                (json!([3]), json!(2), true, Some("order.lineItems[1]")),
                (
                    json!(["c"]),
                    json!("Pot"),
                    true,
                    Some("order.lineItems[1].product.tags[0]"),
                ),
            ],
        ),
        (
            "(order.totalPriceSet.shopMoney.amount >= 612.4)",
            vec![(json!(["612.40"]), json!(612.4), true, None)],
        ),
    ] {
        let workflow = workflow(
            vec![trigger(), condition("c", text)],
            &[("t", "output", "c")],
        );
        let run = go(&workflow);
        let met: Vec<_> = run.trace[1]
            .tests
            .iter()
            .map(|test| {
                (
                    json!(test.met),
                    test.against.clone().unwrap_or_default(),
                    test.passed,
                    test.item.as_deref(),
                )
            })
            .collect();
        assert_eq!(met, expected, "{text}");
    }
}

#[test]
fn tasks_nobody_knows_are_asked_for_as_they_stand() {
    let app = step(
        "a",
        "10177ce1-0000-0000-b0b3-db1e3f1e8df4",
        TaskType::Action,
        &[
            ("subject", "Hello {{ order.name }}"),
            ("headers", r#"[{"key":"X","value":"{{ order.name }}"}]"#),
            ("pairs", r#"[["X","{{ shop.name }}"]]"#),
            ("order", r#"{"value":"","default_value":"order.id"}"#),
        ],
    );
    let workflow = workflow(
        vec![trigger(), app, log("l", "next")],
        &[("t", "output", "a"), ("a", "output", "l")],
    );
    let run = go(&workflow);
    let fields = &run.effects[0].fields;
    assert_eq!(fields["subject"], "Hello #1001");
    assert_eq!(fields["headers"], json!([{"key": "X", "value": "#1001"}]));
    assert_eq!(fields["pairs"], json!([["X", "Harbor Goods"]]));
    assert_eq!(fields["order"], "gid://shopify/Order/1");
    assert_eq!(logged(&run), ["next"]);
}

#[test]
fn an_admin_request_and_its_answer_are_read_by_the_next() {
    let request = |id: &str, blob: &str| {
        step(
            id,
            &format!("{ADMIN}admin_api_operation"),
            TaskType::Action,
            &[("api_call", blob)],
        )
    };
    let workflow = workflow(
        vec![
            trigger(),
            request(
                "a",
                r#"{"name":"orderEditBegin","blob":"{\"id\": \"{{ order.id }}\"}"}"#,
            ),
            request(
                "b",
                r#"{"name":"orderEditCommit","blob":"{\"id\": \"{{ sendAdminApiRequest.calculatedOrder.id }}\"}"}"#,
            ),
            log("l", "{{ sendAdminApiRequest1.order.id }}"),
        ],
        &[
            ("t", "output", "a"),
            ("a", "output", "b"),
            ("b", "output", "l"),
        ],
    );
    let run = start_with(
        &workflow,
        &Catalog::builtin(),
        "t",
        event(),
        &mut |effect| {
            Answer::Value(match effect.step.as_str() {
                "a" => json!({"calculatedOrder": {"id": "gid://shopify/CalculatedOrder/5"}}),
                _ => json!({"order": {"id": "done"}}),
            })
        },
    );
    assert_eq!(
        run.effects[1].fields["api_call"],
        json!({"name": "orderEditCommit", "blob": r#"{"id": "gid://shopify/CalculatedOrder/5"}"#})
    );
    assert_eq!(logged(&run), ["done"]);
}
