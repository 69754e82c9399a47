//! Corrections: what each finding offers, and that what it offers is right.

use flow::check::{Finding, check};
use flow::condition::{self, evaluate};
use flow::{Catalog, Link, Step, TaskType, Workflow};
use proptest::prelude::*;
use serde_json::json;

/// A workflow with one step after its trigger.
fn with(task: &str, task_type: TaskType, config: &[(&str, &str)]) -> Workflow {
    let mut step = Step::new("s", task, "0.1", task_type);
    for (field, value) in config {
        step.set_config(field, *value);
    }
    let trigger = Step::new(
        "t",
        "shopify::admin::order_created",
        "0.1",
        TaskType::Trigger,
    );
    Workflow {
        name: "Test".to_string(),
        steps: vec![trigger, step],
        links: vec![Link::new("t", "output", "s")],
        ..Workflow::default()
    }
}

fn condition(text: &str) -> Workflow {
    with(
        "shopify::flow::condition",
        TaskType::Condition,
        &[("condition", text)],
    )
}

fn log(message: &str) -> Workflow {
    with(
        "shopify::flow::log_output",
        TaskType::Action,
        &[("message", message)],
    )
}

/// Puts a correction in place, as a finding says it.
fn apply(workflow: &mut Workflow, finding: &Finding) {
    let correction = finding.correction.clone().expect("a correction");
    let step = workflow
        .step_mut(finding.step.as_deref().expect("a step"))
        .expect("the step");
    match (finding.code.as_str(), &finding.field) {
        ("CONFIG_FIELD_UNKNOWN", Some(field)) => {
            let config = step.config.iter_mut().find(|config| config.id == *field);
            config.expect("the field").id = correction;
        }
        (_, Some(field)) => step.set_config(field, correction),
        (_, None) => step.task_id = correction,
    }
}

/// Asserts that every correction on offer mends its own finding; gives them.
fn offered(workflow: &Workflow) -> Vec<(String, String)> {
    let catalog = Catalog::builtin();
    let mut all = Vec::new();
    for finding in check(workflow, &catalog) {
        let Some(correction) = &finding.correction else {
            continue;
        };
        let mut corrected = workflow.clone();
        apply(&mut corrected, &finding);
        if finding.field.as_deref() == Some("condition") {
            condition::parse(correction).unwrap_or_else(|error| panic!("{correction}: {error}"));
        }
        let after = check(&corrected, &catalog);
        let still = after
            .iter()
            .any(|other| (&other.code, &other.message) == (&finding.code, &finding.message));
        assert!(!still, "{finding:?}\n{corrected:?}");
        all.push((finding.code.clone(), correction.clone()));
    }
    all
}

fn texts(workflow: &Workflow) -> Vec<String> {
    offered(workflow)
        .into_iter()
        .map(|(_, text)| text)
        .collect()
}

#[test]
fn conditions_are_corrected() {
    let amount = "order.totalPriceSet.shopMoney.amount";
    let mut wrong: Vec<String> = Vec::new();
    for (text, expected) in [
        // A list compared without iteration.
        (
            "order.tags == 'vip'",
            "(order.tags any? |tags_item| (tags_item == 'vip'))",
        ),
        (
            "order.tags != 'vip'",
            "(order.tags none? |tags_item| (tags_item == 'vip'))",
        ),
        (
            "order.tags not_in? 'a,b'",
            "(order.tags none? |tags_item| (tags_item in? 'a,b'))",
        ),
        (
            "order.lineItems.sku start_with? 'A'",
            "(order.lineItems any? |lineItems_item| (lineItems_item.sku start_with? 'A'))",
        ),
        (
            "order.lineItems.product.tags != 'x'",
            "(order.lineItems none? |lineItems_item| (lineItems_item.product.tags any? |tags_item| (tags_item == 'x')))",
        ),
        ("order.name any? |n| (n == 'x')", "(order.name == 'x')"),
        (
            "order.customer none? |c| (c.email include? 'x')",
            "!(order.customer.email include? 'x')",
        ),
        // Unary operators by type.
        (
            &format!("{amount} empty_or_nil?"),
            &format!("({amount} nil?)"),
        ),
        (
            "order.createdAt not_empty_and_not_nil?",
            "(order.createdAt not_nil?)",
        ),
        ("order.note nil?", "(order.note empty_or_nil?)"),
        (
            "order.customer.id not_nil?",
            "(order.customer.id not_empty_and_not_nil?)",
        ),
        ("order.customer nil?", "(order.customer.id empty_or_nil?)"),
        // Operators of texts on other types.
        (
            "order.displayFinancialStatus include? 'VOID'",
            "(order.displayFinancialStatus == 'VOIDED')",
        ),
        (
            "order.displayFinancialStatus start_with? 'partially'",
            "(order.displayFinancialStatus in? 'PARTIALLY_PAID,PARTIALLY_REFUNDED')",
        ),
        (
            "order.displayFinancialStatus not_start_with? 'PARTIALLY'",
            "(order.displayFinancialStatus not_in? 'PARTIALLY_PAID,PARTIALLY_REFUNDED')",
        ),
        (
            &format!("{amount} include? '500'"),
            &format!("({amount} == 500)"),
        ),
        ("order.test in? 'true'", "(order.test == true)"),
        // Objects with one field that fits.
        (
            "order.totalPriceSet.shopMoney > 500",
            &format!("({amount} > 500)"),
        ),
        // Literals.
        (&format!("{amount} > '$500'"), &format!("({amount} > 500)")),
        (
            &format!("{amount} > '500.10 USD'"),
            &format!("({amount} > 500.10)"),
        ),
        ("order.test == 'yes'", "(order.test == true)"),
        (
            "order.createdAt > '2026/1/31'",
            "(order.createdAt > '2026-01-31')",
        ),
        (
            "order.displayFinancialStatus == 'PAYED'",
            "(order.displayFinancialStatus == 'PAID')",
        ),
        (
            "order.displayFinancialStatus in? 'PAYED,PENDING'",
            "(order.displayFinancialStatus in? 'PAID,PENDING')",
        ),
        (
            "order.displayFinancialStatus == 'partially paid'",
            "(order.displayFinancialStatus == 'PARTIALLY_PAID')",
        ),
        (
            "order.displayFinancialStatus == paid",
            "(order.displayFinancialStatus == 'PAID')",
        ),
        ("order.note == urgent", "(order.note == 'urgent')"),
        // Paths.
        ("order.nmae == 'x'", "(order.name == 'x')"),
        ("ordr.custmer.email == 'x'", "(order.customer.email == 'x')"),
        (
            "order.tgas any? |t| (t == 'x')",
            "(order.tags any? |t| (t == 'x'))",
        ),
        ("order.name == order.nmae", "(order.name == order.name)"),
        (
            "((order.nmae == 'x') || !(order.nmae == 'x'))",
            "((order.name == 'x') || !(order.name == 'x'))",
        ),
        // What does not read.
        (
            "order.name == '{{ order.note }}'",
            "(order.name == order.note)",
        ),
        ("{{ order.name }} == \"x\"", "(order.name == 'x')"),
        ("order.name = 'x'", "(order.name == 'x')"),
        (&format!("{amount} => 5"), &format!("({amount} >= 5)")),
        ("order.name contains 'x'", "(order.name include? 'x')"),
        (
            "order.name starts_with? 'x' & order.test",
            "((order.name start_with? 'x') && (order.test == true))",
        ),
        ("(order.name == 'x'))", "(order.name == 'x')"),
    ] {
        let workflow = condition(text);
        let offered = texts(&workflow);
        if offered.is_empty() || offered.iter().any(|offer| offer != expected) {
            wrong.push(format!("{text}: {offered:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn where_two_things_can_be_meant_nothing_is_offered() {
    let mut wrong: Vec<String> = Vec::new();
    for text in [
        "((order.name == 'a') && (order.test == true) || (order.note == 'b'))",
        "order.totalPriceSet > 500",
        "order.customer == 'x'",
        "order.totalPriceSet.shopMoney.amount > 'much'",
        "order.totalPriceSet.shopMoney.amount > '1,000'",
        "order.totalPriceSet.shopMoney.amount start_with? '5'",
        "order.displayFinancialStatus include? 'PAID'",
        "order.createdAt > '01/02/2026'",
        "order.createdAt > 'yesterday'",
        "order.zzzzzzzz == 'x'",
        "order.name == 'Order {{ order.note }}'",
        "order.name == '{{ order.note | upcase }}'",
        "order.name > 'x'",
        "(order.tags any? |t| (order.name == 'x'))",
        "order.name == 'open",
        "{\"operation_type\":",
    ] {
        let workflow = condition(text);
        assert!(!check(&workflow, &Catalog::builtin()).is_empty(), "{text}");
        wrong.extend(texts(&workflow));
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn a_list_test_asks_what_the_comparison_asked() {
    for text in [
        "order.tags == 'vip'",
        "order.tags != 'vip'",
        "order.tags not_include? 'v'",
        "order.lineItems.product.tags in? 'a,b'",
        "order.lineItems.product.tags not_start_with? 'a'",
    ] {
        let [corrected] = texts(&condition(text)).try_into().expect("one correction");
        for event in [
            json!({"order": {"tags": ["VIP", "b"], "lineItems": [{"product": {"tags": ["a"]}}, {"product": {"tags": []}}]}}),
            json!({"order": {"tags": [], "lineItems": []}}),
            json!({"order": {"tags": ["x"], "lineItems": [{"product": {"tags": ["c", "d"]}}]}}),
        ] {
            let result =
                |text: &str| evaluate(&condition::parse(text).expect("reads"), &event).result;
            assert_eq!(result(text), result(&corrected), "{text} {event}");
        }
    }
}

#[test]
fn templates_are_corrected() {
    let mut wrong: Vec<String> = Vec::new();
    for (template, expected) in [
        ("Order {{ order.nmae }}!", Some("Order {{ order.name }}!")),
        (
            "{{ordr.name}} {{ 'ordr.name' }}",
            Some("{{order.name}} {{ 'ordr.name' }}"),
        ),
        (
            "{% for item in order.lineItems %}{{ item.titel | upcase }}{% endfor %}",
            Some("{% for item in order.lineItems %}{{ item.title | upcase }}{% endfor %}"),
        ),
        (
            "{% raw %}{{ order.nmae }}{% endraw %}{%- if order.nmae == 'a' -%}b{% endif %}",
            Some("{% raw %}{{ order.nmae }}{% endraw %}{%- if order.name == 'a' -%}b{% endif %}"),
        ),
        (
            "{{ order.name | upcas }}",
            Some("{{ order.name | upcase }}"),
        ),
        (
            "{{ order.name | truncat: 5 | append: 'truncat' }}",
            Some("{{ order.name | truncate: 5 | append: 'truncat' }}"),
        ),
        ("{{ order.test | json }}", Some("{{ order.test }}")),
        ("{{ order.name | json }}", None),
        ("{{ order.tags | json }}", None),
        ("{{ order.name | shouted }}", None),
        ("{{ order.zzzzzzzz }}", None),
        ("{{ order..name }}", None),
        ("{% if order.test %}", None),
    ] {
        let workflow = log(template);
        assert!(
            !check(&workflow, &Catalog::builtin()).is_empty(),
            "{template}"
        );
        let offered = texts(&workflow);
        if offered != expected.into_iter().collect::<Vec<_>>() {
            wrong.push(format!("{template}: {offered:?}"));
        }
        for finding in flow::liquid::check(template) {
            if let Some(correction) = &finding.correction {
                assert!(!flow::liquid::check(correction).contains(&finding));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let rendered =
        flow::liquid::render("{{ order.name | upcas }}", &json!({"order": {"name": "x"}}));
    assert_eq!(
        rendered.findings[0].correction.as_deref(),
        Some("{{ order.name | upcase }}")
    );
}

#[test]
fn config_fields_are_corrected() {
    let tags = "shopify::admin::add_order_tags";
    let right = "[\"a\"]";
    for (workflow, code, expected) in [
        (
            with(
                "shopify::flow::log_output",
                TaskType::Action,
                &[("mesage", "x")],
            ),
            "CONFIG_FIELD_UNKNOWN",
            "message",
        ),
        (
            with("shopify::admin::add_order_tag", TaskType::Action, &[]),
            "TASK_NOT_FOUND",
            tags,
        ),
        (
            with(
                tags,
                TaskType::Action,
                &[("order_id", "ordr.id"), ("tags", right)],
            ),
            "CONFIG_FIELD_PATH_VALIDATION_ERROR",
            "order.id",
        ),
        (
            with(
                tags,
                TaskType::Action,
                &[
                    (
                        "order_id",
                        "{\"value\":\"{{ order.customer.id }}\",\"default_value\":\"\"}",
                    ),
                    ("tags", right),
                ],
            ),
            "CONFIG_FIELD_PATH_VALIDATION_ERROR",
            "{\"value\":\"{{ order.id }}\",\"default_value\":\"\"}",
        ),
        (
            with(
                tags,
                TaskType::Action,
                &[("order_id", "order.id"), ("tags", "[\"{{ order.nmae }}\"]")],
            ),
            "CONFIG_FIELD_PATH_VALIDATION_ERROR",
            "[\"{{ order.name }}\"]",
        ),
        (
            with(
                "shopify::flow::foreach",
                TaskType::Foreach,
                &[("listpath", "order.lineItem")],
            ),
            "CONFIG_FIELD_PATH_VALIDATION_ERROR",
            "order.lineItems",
        ),
        (
            with(
                "shopify::flow::wait",
                TaskType::Wait,
                &[("wait_duration", "{\"amount\":\"3\",\"unit\":\"day\"}")],
            ),
            "CONFIG_FIELD_VALUE_INVALID",
            "{\"amount\":\"3\",\"unit\":\"days\"}",
        ),
    ] {
        let offered = offered(&workflow);
        assert!(
            offered.contains(&(code.to_string(), expected.to_string())),
            "{expected}: {offered:?} {:?}",
            check(&workflow, &Catalog::builtin())
        );
    }
    // Every field with values, a number or a yes-or-no, whatever task it belongs to.
    let catalog = Catalog::builtin();
    let mut enums = 0;
    for task in catalog.tasks() {
        for field in &task.fields {
            for value in &field.values {
                let wrong = format!("{value}x");
                let workflow = with(&task.id, task.task_type, &[(&field.id, &wrong)]);
                enums += usize::from(texts(&workflow).contains(value));
            }
            for value in ["Yes", "3.0", "vielleicht"] {
                offered(&with(&task.id, task.task_type, &[(&field.id, value)]));
            }
        }
    }
    assert!(enums > 20, "{enums}");
}

#[test]
fn nothing_makes_corrections_slow() {
    let paths: String = (0..600)
        .map(|i| format!("{{{{ order.nam{i} | upcas{i} }}}}"))
        .collect();
    let looped =
        "{% for a in (1..900) %}{{ a | upcas }}{% endfor %}".to_string() + &"x".repeat(200_000);
    check(&log(&paths), &Catalog::builtin());
    check(&log(&looped), &Catalog::builtin());
    flow::liquid::render(&looped, &json!({}));
    let wide = vec!["(order.nmae == 'x')"; 400].join(" && ");
    check(&condition(&wide), &Catalog::builtin());
}

/// A text with some of its characters dropped, doubled or swapped.
fn spoilt(text: &'static str) -> impl Strategy<Value = String> {
    prop::collection::vec((0..text.len(), 0..4_usize), 1..3).prop_map(move |changes| {
        let mut chars: Vec<char> = text.chars().collect();
        for (at, change) in changes {
            let at = at % chars.len().max(1);
            match change {
                0 if chars.len() > 1 => {
                    chars.remove(at);
                }
                1 => chars.insert(at, chars[at]),
                2 if at + 1 < chars.len() => chars.swap(at, at + 1),
                _ => chars[at] = '_',
            }
        }
        chars.into_iter().collect()
    })
}

proptest! {
    #[test]
    fn every_correction_mends_its_finding(
        conditions in prop::sample::select(vec![
            "((order.displayFinancialStatus == 'PAID') && (order.tags any? |t| (t start_with? 'vip')))",
            "((order.totalPriceSet.shopMoney.amount > 500) || !(order.lineItems all? |i| (i.product.tags none? |t| (t == order.name))))",
            "((order.customer.id not_empty_and_not_nil?) && ((order.createdAt <= '2026-01-31') || (order.test == true)))",
        ]).prop_flat_map(spoilt),
        templates in prop::sample::select(vec![
            "{% for item in order.lineItems %}{{ item.title | upcase | truncate: 5 }}{% endfor %}",
            "{{ order.customer.email | default: order.name }} {% if order.test %}x{% endif %}",
        ]).prop_flat_map(spoilt),
    ) {
        offered(&condition(&conditions));
        offered(&log(&templates));
    }
}
