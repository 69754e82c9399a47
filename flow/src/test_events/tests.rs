//! Test events: every operator on every type, what routes ask, contradictions, random conditions and
//! real exports.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::check::{Severity, check};
use crate::condition::{Expr, Op, Operand, Quantifier, evaluate, print};
use crate::run::StepOutcome;
use crate::{Link, Step, TaskType, python};

fn step(id: &str, task: &str, task_type: TaskType, config: &[(&str, &str)]) -> Step {
    let mut step = Step::new(id, task, "0.1", task_type);
    for (field, value) in config {
        step.set_config(field, *value);
    }
    step
}

fn condition(id: &str, text: &str) -> Step {
    step(
        id,
        "shopify::flow::condition",
        TaskType::Condition,
        &[("condition", text)],
    )
}

fn workflow(steps: Vec<Step>, links: &[(&str, &str, &str)]) -> Workflow {
    let trigger = step("t", "shopify::admin::order_created", TaskType::Trigger, &[]);
    Workflow {
        name: "Test".to_string(),
        steps: std::iter::once(trigger).chain(steps).collect(),
        links: links
            .iter()
            .map(|(from, port, to)| Link::new(*from, *port, *to))
            .collect(),
        ..Workflow::default()
    }
}

fn one(text: &str) -> Workflow {
    workflow(vec![condition("c", text)], &[("t", "output", "c")])
}

/// Asserts that the events do what they promise; gives whether there are both.
fn kept(workflow: &Workflow, id: &str, catalog: &Catalog, derived: &Derived) -> bool {
    for (event, want) in [(&derived.passing, true), (&derived.failing, false)] {
        let Some(event) = event else {
            assert!(
                derived
                    .why_not
                    .as_ref()
                    .is_some_and(|why| why.ends_with('.'))
            );
            continue;
        };
        let decided = workflow.triggers().any(|trigger| {
            run_event(workflow, &trigger.id, event, catalog)
                .trace
                .iter()
                .any(|step| {
                    step.step == id && step.outcome == StepOutcome::Decided { result: want }
                })
        });
        assert!(decided, "{want}: {event}");
    }
    derived.passing.is_some() && derived.failing.is_some()
}

#[test]
fn every_operator_on_every_type_has_both_events() {
    let catalog = Catalog::builtin();
    for (path, literal) in [
        ("order.name", "'#1001'"),
        ("order.note", "'gift'"),
        ("order.id", "'gid://shopify/Order/7'"),
        ("order.totalPriceSet.shopMoney.amount", "500"),
        ("order.totalPriceSet.shopMoney.amount", "'500.10'"),
        ("order.currentSubtotalLineItemsQuantity", "3"),
        ("order.test", "true"),
        ("order.displayFinancialStatus", "'PAID'"),
        ("order.displayFinancialStatus", "PENDING"),
        ("order.createdAt", "'2026-01-31'"),
        ("order.customer.email", "shop.email"),
        ("order.createdAt", "order.updatedAt"),
        (
            "order.totalPriceSet.shopMoney.amount",
            "order.subtotalPriceSet.shopMoney.amount",
        ),
    ] {
        for op in Op::ALL {
            let value = if op.is_unary() { "" } else { literal };
            for text in [
                format!("({path} {op} {value})"),
                format!("!({path} {op} {value})"),
            ] {
                let workflow = one(&text);
                let errors = check(&workflow, &catalog)
                    .iter()
                    .any(|finding| finding.severity == Severity::Error);
                let derived = derive(&workflow, "c", &catalog);
                let both = kept(&workflow, "c", &catalog, &derived);
                assert!(both || errors, "{text}: {derived:?}");
            }
        }
    }
}

#[test]
fn lists_and_nesting_have_both_events() {
    let catalog = Catalog::builtin();
    let bodies = [
        ("order.tags", "(x == 'vip')"),
        ("order.tags", "(x not_start_with? 'v')"),
        ("order.tags", "((x != 'a') && (x include? 'b'))"),
        ("order.lineItems", "((x.quantity > 2) || !(x.sku == 'A'))"),
        (
            "order.lineItems",
            "((x.sku end_with? '-L') && (x.product.tags any? |y| (y == 'sale')))",
        ),
        (
            "order.lineItems",
            "(x.product.tags all? |y| ((y in? 'a,b') && (order.name != y)))",
        ),
        (
            "order.lineItems",
            "(x.product.tags none? |y| (x.product.vendor == y))",
        ),
    ];
    for (path, body) in bodies {
        for quantifier in ["any?", "all?", "none?"] {
            for around in ["", "!"] {
                let text = format!("{around}({path} {quantifier} |x| {body})");
                let workflow = one(&text);
                let derived = derive(&workflow, "c", &catalog);
                assert!(
                    kept(&workflow, "c", &catalog, &derived),
                    "{text}: {derived:?}"
                );
            }
        }
    }
    for text in [
        "((order.tags any? |a| (a == 'x')) && (order.tags any? |a| (a == 'y')) && (order.tags none? |a| (a == 'z')))",
        "((order.tags any? |a| (a == 'x')) && (order.tags all? |a| (a start_with? 'x')) && (order.name != order.note))",
        "((order.totalPriceSet.shopMoney.amount > 500) && (order.totalPriceSet.shopMoney.amount < 500.02))",
        "((order.createdAt > '2026-01-01T00:00:00Z') && (order.createdAt < '2026-01-01T00:00:10Z'))",
        "((order.name start_with? 'AB') && (order.name end_with? 'BC') && (order.name not_include? 'BB') && (order.name include? 'q'))",
        "((order.customer nil?) || (order.customer.email == 'a@b.c'))",
        "(((order.customer nil?) && !(order.test == true)) || ((order.note empty_or_nil?) && (order.lineItems.sku == 'A')))",
        "(order.lineItems.sku != 'A')",
        "((order.lineItems any? |i| (i.quantity >= 5)) && (order.lineItems any? |i| (i.quantity <= 1)))",
    ] {
        let workflow = one(text);
        let derived = derive(&workflow, "c", &catalog);
        assert!(
            kept(&workflow, "c", &catalog, &derived),
            "{text}: {derived:?}"
        );
    }
}

#[test]
fn contradictions_say_so() {
    let catalog = Catalog::builtin();
    for text in [
        "((order.totalPriceSet.shopMoney.amount > 5) && (order.totalPriceSet.shopMoney.amount < 3))",
        "((order.name == 'a') && (order.name == 'b'))",
        "((order.note nil?) && (order.note == 'x'))",
        "((order.tags any? |t| (t == 'a')) && (order.tags none? |t| (t == 'A')))",
        "((order.displayFinancialStatus == 'PAID') && (order.displayFinancialStatus in? 'PENDING,VOIDED'))",
        "((order.test == true) && !(order.test == true))",
    ] {
        let derived = derive(&one(text), "c", &catalog);
        assert_eq!(derived.passing, None, "{text}");
        assert!(derived.failing.is_some(), "{text}");
        assert_eq!(
            derived.why_not.as_deref(),
            Some("No event makes this condition pass: its tests contradict each other."),
            "{text}"
        );
        let always = derive(&one(&format!("!{text}")), "c", &catalog);
        assert_eq!(always.failing, None, "{text}");
        assert!(always.passing.is_some(), "{text}");
        assert!(always.why_not.is_some_and(|why| why.contains("fail")));
    }
}

#[test]
fn events_go_the_way_that_reaches_the_step() {
    let catalog = Catalog::builtin();
    let amount = "order.totalPriceSet.shopMoney.amount";
    let above = |first: &str, port: &str, second: &str| {
        workflow(
            vec![condition("a", first), condition("c", second)],
            &[("t", "output", "a"), ("a", port, "c")],
        )
    };
    let both = above(
        &format!("({amount} > 100)"),
        "false",
        &format!("({amount} > 50)"),
    );
    assert!(kept(&both, "c", &catalog, &derive(&both, "c", &catalog)));
    let ruled = above(
        &format!("({amount} > 100)"),
        "false",
        &format!("({amount} > 500)"),
    );
    let derived = derive(&ruled, "c", &catalog);
    assert_eq!(derived.passing, None);
    assert!(derived.failing.is_some());
    assert_eq!(
        derived.why_not.as_deref(),
        Some(
            "No event makes this condition pass: the conditions above it let none through that would."
        )
    );
    let never = above(
        &format!("(({amount} > 9) && ({amount} < 8))"),
        "true",
        "(order.test == true)",
    );
    let derived = derive(&never, "c", &catalog);
    assert_eq!((derived.passing, derived.failing), (None, None));
    assert!(
        derived
            .why_not
            .is_some_and(|why| why.contains("no event reaches it"))
    );
    for (id, workflow) in [
        ("nobody", one("(order.test == true)")),
        ("t", one("(order.test == true)")),
        ("c", one("(order.test ==")),
        (
            "c",
            workflow(vec![condition("c", "(order.test == true)")], &[]),
        ),
        ("c", above("(order.test ==", "true", "(order.test == true)")),
    ] {
        let derived = derive(&workflow, id, &catalog);
        assert_eq!((derived.passing, derived.failing), (None, None));
        assert!(derived.why_not.is_some_and(|why| why.ends_with('.')));
    }
}

#[test]
fn loops_waits_counts_and_data_steps_are_reached() {
    let catalog = Catalog::builtin();
    let program = "@order_created\ndef f(order):\n    for item in order.lineItems:\n        wait(days=2)\n        if item.quantity > 3 and item.sku == \"A\":\n            log_output(message=\"{{ item.title }}\")\n";
    let looped = python::parse(program, &catalog).workflow;
    let id = looped
        .steps
        .iter()
        .find(|step| step.task_type == TaskType::Condition)
        .expect("a condition")
        .id
        .clone();
    let derived = derive(&looped, &id, &catalog);
    assert!(kept(&looped, &id, &catalog, &derived), "{derived:?}");
    let events: Vec<Value> = [derived.passing, derived.failing]
        .into_iter()
        .flatten()
        .collect();
    let coverage = coverage(&looped, &events, &catalog);
    assert_eq!(
        (coverage.branches, coverage.covered),
        (3, 3),
        "{coverage:?}"
    );
    assert_eq!(coverage.never_ran, Vec::<String>::new());

    let list = |id: &str, task: &str, path: &str| {
        step(
            id,
            &format!("shopify::flow::{task}"),
            TaskType::Action,
            &[("listpath", path)],
        )
    };
    for text in [
        "(count == 3)",
        "(count > 10)",
        "(sum > 100)",
        "((count < 2) && (sum >= 7))",
        "((count == 0) || (sum == 4))",
        "((getOrderData any? |o| (o.name == '#7')) && (order.name == '#8'))",
        "((runCode.level == 'gold') && (runCode.rows any? |r| (r.n > 4)))",
    ] {
        let workflow = workflow(
            vec![
                list("n", "count", "order.lineItems"),
                list("s", "sum", "order.lineItems.quantity"),
                step(
                    "d",
                    "shopify::flow::fetch::orders",
                    TaskType::Action,
                    &[("query", "x")],
                ),
                step("r", "shopify::flow::run_code", TaskType::Action, &[]),
                condition("c", text),
            ],
            &[
                ("t", "output", "n"),
                ("n", "output", "s"),
                ("s", "output", "d"),
                ("d", "output", "r"),
                ("r", "output", "c"),
            ],
        );
        let derived = derive(&workflow, "c", &catalog);
        assert!(
            kept(&workflow, "c", &catalog, &derived),
            "{text}: {derived:?}"
        );
    }
}

#[test]
fn a_base_event_holds_what_is_read() {
    let catalog = Catalog::builtin();
    let program = "@order_created\ndef f(order):\n    if order.totalPriceSet.shopMoney.amount > 500 and any(t == \"vip\" for t in order.tags):\n        add_customer_tags(customer_id=order.customer.id, tags=[\"{{ order.customer.email }}\"])\n    for item in order.lineItems:\n        log_output(message=\"{{ lineItemsForeachitem.title }} {{ order.lineItems.size }}\")\n";
    let workflow = python::parse(program, &catalog).workflow;
    assert_eq!(
        base_event(&workflow, &catalog),
        json!({"order": {
            "id": "gid://shopify/Order/1001",
            "totalPriceSet": {"shopMoney": {"amount": "25.00"}},
            "tags": ["sample"],
            "customer": {"id": "gid://shopify/Customer/1001", "email": "ann@example.com"},
            "lineItems": [{"id": "gid://shopify/LineItem/1001", "title": "Sample title"}]
        }})
    );
    assert_eq!(
        base_event(&Workflow::default(), &Catalog::default()),
        json!({})
    );
}

#[test]
fn coverage_counts_what_ran() {
    let catalog = Catalog::builtin();
    let workflow = workflow(
        vec![
            condition("c", "(order.test == true)"),
            step(
                "f",
                "shopify::flow::foreach",
                TaskType::Foreach,
                &[("listpath", "order.tags")],
            ),
            condition("d", "(tagsForeachitem == 'a')"),
        ],
        &[
            ("t", "output", "c"),
            ("c", "true", "f"),
            ("f", "loop_body", "d"),
        ],
    );
    let nothing = coverage(&workflow, &[], &catalog);
    assert_eq!((nothing.branches, nothing.covered), (5, 0));
    assert_eq!(nothing.never_ran, ["t", "c", "f", "d"]);
    let some = coverage(
        &workflow,
        &[
            json!({"order": {"test": true, "tags": ["a", "b"]}}),
            json!({"order": {"test": true, "tags": []}}),
        ],
        &catalog,
    );
    assert_eq!(
        some,
        Coverage {
            conditions: vec![
                ConditionCoverage {
                    step: "c".to_string(),
                    took_true: 2,
                    took_false: 0
                },
                ConditionCoverage {
                    step: "d".to_string(),
                    took_true: 1,
                    took_false: 1
                },
            ],
            loops: vec![LoopCoverage {
                step: "f".to_string(),
                entered: 1,
                empty: 1
            }],
            never_ran: Vec::new(),
            branches: 5,
            covered: 4,
        }
    );
}

#[test]
fn wide_and_deep_conditions_end() {
    let catalog = Catalog::builtin();
    let wide = (0..400)
        .map(|i| format!("((order.name == 'n{i}') || (order.tags any? |t| (t == 't{i}')))"))
        .collect::<Vec<_>>()
        .join(" && ");
    let long = format!("(order{} == 'x')", ".a".repeat(20_000));
    let deep = format!("{}order.test{}", "(!".repeat(40), ")".repeat(40));
    let listed = format!(
        "{}(x19 == 'x'){}",
        (0..20)
            .map(|i| match i {
                0 => "(order.lineItems any? |x0| ".to_string(),
                _ => format!("(x{}.a all? |x{i}| ", i - 1),
            })
            .collect::<String>(),
        ")".repeat(20)
    );
    for text in [format!("({wide})"), long, deep, listed] {
        let workflow = one(&text);
        kept(&workflow, "c", &catalog, &derive(&workflow, "c", &catalog));
    }
}

#[test]
fn real_exports_get_their_events() {
    let folder =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/flow/fixtures");
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    let catalog = Catalog::builtin();
    let (mut conditions, mut both) = (0, 0);
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.extension().is_none_or(|extension| extension != "flow") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("the file");
        let workflow = crate::json::parse(&text).expect("it reads").workflow;
        let mut events = vec![base_event(&workflow, &catalog)];
        for step in &workflow.steps {
            if step.task_type != TaskType::Condition {
                continue;
            }
            conditions += 1;
            let derived = derive(&workflow, &step.id, &catalog);
            if kept(&workflow, &step.id, &catalog, &derived) {
                both += 1;
            } else {
                println!("{path:?} {}: {:?}", step.id, derived.why_not);
            }
            events.extend([derived.passing, derived.failing].into_iter().flatten());
        }
        let covered = coverage(&workflow, &events, &catalog);
        println!(
            "{path:?}: {} of {} branches",
            covered.covered, covered.branches
        );
    }
    println!("{both} of {conditions} conditions have both events");
    assert!(both >= FLOOR, "{both} of {conditions}");
}

/// How many conditions of the real exports had both events when this was measured.
const FLOOR: usize = 9;

/// A typed path of the catalogue with literals for it.
fn leaf(item: Option<&'static str>) -> BoxedStrategy<Expr> {
    let paths: Vec<(&str, Vec<&str>)> = match item {
        None => vec![
            ("order.name", vec!["#1", "#10", "b"]),
            ("order.customer.email", vec!["a@b.c", "b"]),
            ("order.totalPriceSet.shopMoney.amount", vec!["5", "10.5"]),
            ("order.displayFinancialStatus", vec!["PAID", "PENDING"]),
            (
                "order.createdAt",
                vec!["2026-01-01", "2026-02-01T00:00:00Z"],
            ),
            ("order.lineItems.sku", vec!["A", "B"]),
        ],
        Some("li") => vec![
            ("li.sku", vec!["A", "B"]),
            ("li.quantity", vec!["1", "4"]),
            ("li.product.vendor", vec!["Acme"]),
        ],
        Some(item) => vec![(item, vec!["vip", "v", "b2b"])],
    };
    (
        prop::sample::select(paths),
        prop::sample::select(&Op::ALL[..]),
        0..4_usize,
    )
        .prop_map(|((path, literals), op, at)| Expr::Compare {
            path: path.to_string(),
            op,
            value: (!op.is_unary())
                .then(|| Operand::String(literals[at % literals.len()].to_string())),
        })
        .boxed()
}

fn joined(leaf: BoxedStrategy<Expr>, depth: u32) -> BoxedStrategy<Expr> {
    leaf.prop_recursive(depth, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expr::And),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expr::Or),
            inner.prop_map(|expr| Expr::Not(Box::new(expr))),
        ]
    })
    .boxed()
}

fn list(path: &'static str, item: &'static str, body: BoxedStrategy<Expr>) -> BoxedStrategy<Expr> {
    let quantifiers = vec![Quantifier::Any, Quantifier::All, Quantifier::None];
    (body, prop::sample::select(quantifiers))
        .prop_map(move |(body, quantifier)| Expr::List {
            quantifier,
            path: path.to_string(),
            item: item.to_string(),
            body: Box::new(body),
        })
        .boxed()
}

fn random_condition() -> BoxedStrategy<Expr> {
    let tags = list("order.tags", "t", joined(leaf(Some("t")), 1));
    let product_tags = list("li.product.tags", "p", joined(leaf(Some("p")), 1));
    let item = prop_oneof![3 => leaf(Some("li")), 1 => product_tags].boxed();
    let items = list("order.lineItems", "li", joined(item, 2));
    joined(
        prop_oneof![3 => leaf(None), 1 => tags, 1 => items].boxed(),
        2,
    )
}

/// Events with values that random conditions ask for.
fn random_event() -> impl Strategy<Value = Value> {
    let text = |texts: &[&'static str]| {
        let texts: Vec<Value> = texts.iter().map(|text| json!(text)).collect();
        prop::sample::select(texts).boxed()
    };
    let tags = prop::collection::vec(text(&["vip", "v", "b2b", "b2b vip"]), 0..3);
    let item = (text(&["A", "B", "C"]), 0..6_i64, text(&["Acme", "Other"]), tags.clone()).prop_map(
        |(sku, quantity, vendor, tags)| json!({"sku": sku, "quantity": quantity, "product": {"vendor": vendor, "tags": tags}}),
    );
    (
        prop_oneof![text(&["#1", "#10", "b", "#2"]), Just(Value::Null)],
        prop_oneof![text(&["a@b.c", "b", ""]), Just(Value::Null)],
        text(&["4.00", "5.00", "7.00", "10.50", "11.00"]),
        text(&["PAID", "PENDING", "VOIDED"]),
        text(&[
            "2025-12-31T00:00:00Z",
            "2026-01-01T00:00:00Z",
            "2026-01-15T00:00:00Z",
            "2026-02-02T00:00:00Z",
        ]),
        tags,
        prop::collection::vec(item, 0..3),
    )
        .prop_map(|(name, email, amount, status, created, tags, items)| {
            json!({"order": {
                "name": name, "customer": {"email": email}, "displayFinancialStatus": status,
                "totalPriceSet": {"shopMoney": {"amount": amount}}, "createdAt": created,
                "tags": tags, "lineItems": items
            }})
        })
}

proptest! {
    /// What is promised is kept, and what a random event does a derived one does too.
    #[test]
    fn derived_events_keep_their_promise(
        expr in random_condition(),
        witnesses in prop::collection::vec(random_event(), 6),
    ) {
        let catalog = Catalog::builtin();
        let text = print(&expr);
        let workflow = one(&text);
        let derived = derive(&workflow, "c", &catalog);
        kept(&workflow, "c", &catalog, &derived);
        prop_assert_eq!(&derive(&workflow, "c", &catalog), &derived);
        for (event, want) in [(&derived.passing, true), (&derived.failing, false)] {
            match event {
                Some(event) => prop_assert_eq!(evaluate(&expr, event).result, want),
                None => {
                    for witness in &witnesses {
                        prop_assert!(evaluate(&expr, witness).result != want, "{} {} {}", want, text, witness);
                    }
                }
            }
        }
    }

    #[test]
    fn no_graph_panics(
        kinds in prop::collection::vec(0..4_usize, 1..7),
        links in prop::collection::vec((0..8_usize, 0..5_usize, 0..8_usize), 0..16),
    ) {
        let name = |i: usize| if i == 0 { "t".to_string() } else { i.to_string() };
        let steps: Vec<Step> = kinds.iter().enumerate().map(|(i, kind)| {
            let id = name(i + 1);
            match kind {
                0 => condition(&id, "((order.name == 'a') || (lineItemsForeachitem.sku == 'b'))"),
                1 => condition(&id, "(order.tags none? |t| (t != order.name))"),
                2 => step(&id, "shopify::flow::foreach", TaskType::Foreach, &[("listpath", "lineItemsForeachitem.lineItems")]),
                _ => step(&id, "shopify::flow::foreach", TaskType::Foreach, &[("listpath", "order.lineItems")]),
            }
        }).collect();
        let ports = ["output", "true", "false", "loop_body", "after"];
        let mut workflow = workflow(steps, &[("t", "output", "1")]);
        workflow.links.extend(links.iter().map(|(from, port, to)| Link::new(name(*from), ports[*port], name(*to))));
        let catalog = Catalog::builtin();
        for step in &workflow.steps {
            let derived = derive(&workflow, &step.id, &catalog);
            kept(&workflow, &step.id, &catalog, &derived);
        }
        base_event(&workflow, &catalog);
    }
}
