//! How long `flow` takes: a workflow of everyday size, a very large file, and a program that arrives
//! line by line.
//!
//! `cargo bench -p flow`; one of them with `cargo bench -p flow -- everyday`.

use std::fmt::Write;
use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use flow::check::{check, has_error};
use flow::session::{Event, Recorded, State};
use flow::{Catalog, Workflow, condition, diff, json, liquid, python, run};
use serde_json::{Value, json};

/// A program of twenty steps: conditions, a loop, a wait, texts with Liquid.
const EVERYDAY: &str = r#"@order_created
def care_for_big_orders(order):
    if order.totalPriceSet.shopMoney.amount > 500 and not empty(order.customer.email):
        add_order_tags(order_id=order.id, tags=["VIP", "big"])
        if any(tag == "wholesale" for tag in order.customer.tags):
            add_customer_tags(customer_id=order.customer.id, tags=["wholesale-big"])
            log_output(message="Wholesale order {{ order.name }}")
        else:
            add_customer_tags(customer_id=order.customer.id, tags=["big-spender"])
            log_output(message="Order {{ order.name }} of {{ order.customer.displayName | default: 'a guest' }}")
        for item in order.lineItems:
            if item.product.totalInventory < 5:
                add_product_tags(product_id=item.product.id, tags=["low"])
                log_output(message="{{ lineItemsForeachitem.title | upcase }} runs low")
            else:
                remove_product_tags(product_id=item.product.id, tags=["low"])
        wait(days=3)
        if order.displayFulfillmentStatus == "UNFULFILLED":
            add_order_tags(order_id=order.id, tags=["late"])
            log_output(message="{% if order.note != blank %}{{ order.note }}{% else %}No note{% endif %}")
    else:
        if order.shippingAddress.countryCode in ["CH", "NO", "GB"]:
            add_order_tags(order_id=order.id, tags=["customs"])
        log_output(message="Order {{ order.name }} needs nothing")
"#;

/// A program with this many steps after its trigger, in paragraphs of five.
fn long_program(steps: usize) -> String {
    let mut text = String::from("@order_created\ndef very_long(order):\n");
    for paragraph in 0..steps / 5 {
        let _ = write!(
            text,
            r#"    if order.totalPriceSet.shopMoney.amount > {paragraph} and order.note is not None:
        add_order_tags(order_id=order.id, tags=["t{paragraph}", "more than {paragraph}"])
        log_output(message="Order {{{{ order.name }}}} is above {paragraph} {{{{ order.currencyCode | downcase }}}}")
    else:
        wait(days={})
    log_output(message="paragraph {paragraph}")
"#,
            paragraph % 28 + 1
        );
    }
    text
}

/// Eight lines that make one step.
const EIGHT_LINES: &str = r#"    # What the team should know.
    log_output(
        message="""
        Order {{ order.name }} arrived.
        It has {{ order.lineItems | size }} lines.
        Look at it today.
        """,
    )
"#;

/// The workflow of a program that reads without findings.
fn workflow(text: &str, catalog: &Catalog) -> Workflow {
    let parsed = python::parse(text, catalog);
    assert!(parsed.findings.is_empty(), "{:?}", parsed.findings);
    assert!(!has_error(&check(&parsed.workflow, catalog)));
    parsed.workflow
}

fn event() -> Value {
    json!({"order": {
        "id": "gid://shopify/Order/1", "name": "#1001", "note": null,
        "totalPriceSet": {"shopMoney": {"amount": "540.20"}},
        "displayFulfillmentStatus": "UNFULFILLED",
        "customer": {"id": "gid://shopify/Customer/1", "email": "ada@example.com", "displayName": "Ada", "tags": ["new", "wholesale"]},
        "lineItems": (0..20).map(|n| json!({
            "title": format!("Tea {n}"),
            "product": {"id": format!("gid://shopify/Product/{n}"), "totalInventory": n}
        })).collect::<Vec<_>>(),
    }})
}

/// Check, print and parse of twenty steps; together they should stay below 100 µs.
fn everyday(criterion: &mut Criterion) {
    let catalog = Catalog::builtin();
    let workflow = workflow(EVERYDAY, &catalog);
    assert_eq!(workflow.steps.len(), 20);
    let text = python::print(&workflow, &catalog);
    let mut group = criterion.benchmark_group("everyday, 20 steps");
    group.bench_function("check", |b| {
        b.iter(|| check(black_box(&workflow), &catalog))
    });
    group.bench_function("print", |b| {
        b.iter(|| python::print(black_box(&workflow), &catalog));
    });
    group.bench_function("parse", |b| {
        b.iter(|| python::parse(black_box(&text), &catalog));
    });
    group.bench_function("check, print and parse", |b| {
        b.iter(|| {
            let findings = check(black_box(&workflow), &catalog);
            let text = python::print(&workflow, &catalog);
            (findings, python::parse(&text, &catalog))
        });
    });

    let mut edited = workflow.clone();
    edited.name = "Another name".to_string();
    if let Some(step) = edited.steps.last_mut() {
        step.set_config("tags", "[\"another\"]");
    }
    group.bench_function("diff", |b| {
        b.iter(|| diff::diff(black_box(&workflow), black_box(&edited)));
    });
    let event = event();
    let trigger = workflow.steps[0].id.clone();
    group.bench_function("run, 20 items", |b| {
        b.iter(|| run::start(black_box(&workflow), &catalog, &trigger, event.clone()));
    });
    let expr = condition::parse("((order.totalPriceSet.shopMoney.amount > 500) && (order.customer.tags any? |tag| (tag == 'wholesale')))").expect("it reads");
    group.bench_function("evaluate a condition", |b| {
        b.iter(|| condition::evaluate(black_box(&expr), &event));
    });
    group.bench_function("render a text", |b| {
        b.iter(|| {
            liquid::render(
                black_box(
                    "{% for item in order.lineItems %}{{ item.title | upcase }}, {% endfor %}",
                ),
                &event,
            )
        });
    });
    let log: Vec<Recorded> = session(&workflow);
    group.bench_function("fold a session", |b| {
        b.iter(|| State::fold(black_box(&log)))
    });
    group.finish();
}

/// The log of a session that draws a workflow.
fn session(workflow: &Workflow) -> Vec<Recorded> {
    let mut events = vec![
        Event::MerchantSaid {
            turn: 1,
            text: "Tag big orders".to_string(),
        },
        Event::TurnStarted {
            turn: 1,
            model: "model".to_string(),
            contract: "0".repeat(64),
        },
    ];
    for step in &workflow.steps {
        let links = workflow.links.iter().filter(|link| link.to == step.id);
        events.push(Event::StepDrawn {
            turn: 1,
            step: step.clone(),
            links: links.cloned().collect(),
        });
    }
    events.push(Event::DraftCompleted {
        turn: 1,
        workflow: workflow.clone(),
        findings: Vec::new(),
    });
    (1..)
        .zip(events)
        .map(|(seq, event)| Recorded {
            seq,
            at_ms: 0,
            event,
        })
        .collect()
}

/// Reading a `.flow` file of five hundred steps should stay below 5 ms.
fn import(criterion: &mut Criterion) {
    let catalog = Catalog::builtin();
    let workflow = workflow(&long_program(500), &catalog);
    assert_eq!(workflow.steps.len(), 501);
    let file = json::to_flow_file(&workflow);
    let mut group = criterion.benchmark_group("very large, 500 steps");
    group.throughput(Throughput::Bytes(file.len() as u64));
    group.bench_function("import", |b| {
        b.iter(|| json::parse(black_box(&file)).expect("it reads"));
    });
    group.bench_function("export", |b| {
        b.iter(|| json::to_flow_file(black_box(&workflow)));
    });
    group.bench_function("check", |b| {
        b.iter(|| check(black_box(&workflow), &catalog))
    });
    group.bench_function("print", |b| {
        b.iter(|| python::print(black_box(&workflow), &catalog));
    });
    group.finish();
}

/// What a line costs should not depend on how many came before it.
fn incremental(criterion: &mut Criterion) {
    /// Lines that are measured each time; few beside those that came before.
    const ADDED: usize = 80;
    let catalog = Catalog::builtin();
    let added = EIGHT_LINES.repeat(ADDED / 8);
    let mut group = criterion.benchmark_group("a line more, in a program of");
    group.sample_size(20);
    group.throughput(Throughput::Elements(1));
    for before in [100, 1_000, 10_000] {
        let mut start = String::from("@order_created\ndef long(order):\n");
        start.push_str(&EIGHT_LINES.repeat(before / 8));
        group.bench_with_input(BenchmarkId::from_parameter(before), &start, |b, start| {
            // One iteration is one line; the lines before it are read outside of the measured time.
            b.iter_custom(|lines| {
                let rounds = lines.div_ceil(ADDED as u64).clamp(1, 20);
                let mut spent = Duration::ZERO;
                for _ in 0..rounds {
                    let mut reader = python::Incremental::new(catalog.clone());
                    reader.push(start);
                    let begun = Instant::now();
                    let drawn = reader.push(black_box(&added));
                    spent += begun.elapsed();
                    assert_eq!(drawn.len(), ADDED / 8);
                }
                spent.mul_f64(lines as f64 / (rounds * ADDED as u64) as f64)
            });
        });
    }
    group.finish();
}

criterion_group!(benches, everyday, import, incremental);
criterion_main!(benches);
