//! What must hold for any graph and any text.

use proptest::prelude::*;

use super::*;
use crate::workflow::{Link, TaskType};

/// Any graph of steps; links run forward, or anywhere when `wild`.
fn graph(wild: bool) -> impl Strategy<Value = Workflow> {
    let value = prop_oneof![
        Just("plain".to_string()),
        Just("order.id".to_string()),
        Just("{\"value\":\"\",\"default_value\":\"order.id\"}".to_string()),
        Just("{\"value\": \"{{ order.customer.id }}\", \"default_value\": \"\"}".to_string()),
        Just("[\"a\", \"b\\\"c\"]".to_string()),
        Just("{{ item.title }}\n\t\"quoted\" \\ #".to_string()),
        "[ -~äöü\n]{0,12}",
    ];
    let condition = prop_oneof![
        Just("(order.totalPriceSet.shopMoney.amount > 500)".to_string()),
        Just("((order.note not_empty_and_not_nil?) && (order.name start_with? 'A'))".to_string()),
        Just("(order.tags any? |tags_item| (tags_item == 'vip'))".to_string()),
        Just(
            "(order.lineItems none? |x| ((x.sku in? 'a,b') || (x.sku not_include? 'q')))"
                .to_string()
        ),
        Just("(order.displayFinancialStatus == PAID)".to_string()),
        Just("!((order.test == true) || (item.x nil?))".to_string()),
        Just("this does not read (".to_string()),
        Just(String::new()),
    ];
    let path = prop_oneof![
        Just("order.lineItems"),
        Just("lineItemsForeachitem.customAttributes"),
        Just("odd path")
    ];
    let step = prop_oneof![
        (any::<bool>(), value.clone()).prop_map(|(known, value)| {
            let task = if known {
                "shopify::admin::add_order_tags"
            } else {
                "some-app"
            };
            let mut step = Step::new("", task, "0.1", TaskType::Action);
            step.set_config(
                "order_id",
                "{\"value\":\"{{ order.id }}\",\"default_value\":\"order.id\"}",
            );
            step.set_config("tags", value.clone());
            if value.len() % 3 == 0 {
                step.set_config("odd-id", value);
            }
            step
        }),
        condition.prop_map(|text| {
            let mut step = Step::new("", parse::CONDITION, "0.1", TaskType::Condition);
            step.set_config("condition", text);
            step
        }),
        path.prop_map(|text| {
            let mut step = Step::new("", parse::FOREACH, "0.1", TaskType::Foreach);
            step.set_config("listpath", text);
            step
        }),
        (0..9_u8).prop_map(|amount| {
            let mut step = Step::new("", parse::WAIT, "0.1", TaskType::Wait);
            step.set_config(
                "wait_duration",
                format!("{{\"amount\":{amount},\"unit\":\"days\"}}"),
            );
            step
        }),
        any::<bool>().prop_map(|named| {
            let mut step = Step::new("", "shopify::flow::fetch::orders", "0.1", TaskType::Action);
            step.set_config("query", "x");
            step.set_config("sort_by", "{\"sortKey\":\"NAME\",\"order\":\"ASCENDING\"}");
            if named {
                step.name = Some("Get order data (1)".to_string());
            }
            step
        }),
        Just(Step::new(
            "",
            "shopify::admin::order_created",
            "0.1",
            TaskType::Trigger
        )),
    ];
    (
        prop::collection::vec(step, 1..14),
        prop::collection::vec((0..14_usize, 0..2_usize, 0..14_usize), 0..24),
        "[ a-zA-Z_!äÄ]{0,12}",
        any::<bool>(),
    )
        .prop_map(move |(mut steps, links, name, sequential)| {
            let mut trigger = Step::new("", "shopify::admin::order_paid", "0.1", TaskType::Trigger);
            trigger.note = Some("keep me".into());
            steps.insert(0, trigger);
            for (at, step) in steps.iter_mut().enumerate() {
                step.id = format!("id{}", (at * 7) % 101);
                step.position = [at as f64, 3.0];
            }
            let mut workflow = Workflow {
                name,
                ..Workflow::default()
            };
            let mut add = |from: usize, port: usize, to: usize| {
                let ports = steps[from].task_type.output_ports();
                let link = Link::new(
                    steps[from].id.clone(),
                    ports[port % ports.len()],
                    steps[to].id.clone(),
                );
                workflow.links.push(link);
            };
            if sequential {
                for at in 1..steps.len() {
                    add(at - 1, at % 2, at);
                }
            }
            for (from, port, to) in links {
                let (from, to) = (from % steps.len(), to % steps.len());
                if wild || from < to && steps[to].task_type != TaskType::Trigger {
                    add(from, port, to);
                }
            }
            workflow.steps = steps;
            workflow
                .extra
                .insert("note".into(), serde_json::Value::Null);
            workflow
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn unchanged_programs_merge_to_what_they_came_from(workflow in graph(false)) {
        let catalog = shipped();
        let (text, order) = print::print(&workflow, catalog);
        let parsed = parse(&text, catalog);
        let back = print(&parsed.workflow, catalog);
        prop_assert!(parsed.findings.is_empty(), "{text}\n{:?}", parsed.findings);
        prop_assert_eq!(&back, &text);
        prop_assert_eq!(order.len(), workflow.steps.len());
        let places: Vec<usize> = (0..parsed.workflow.steps.len()).collect();
        let links: Vec<_> = shape(&workflow, &order)
            .into_iter()
            .filter(|(_, _, to)| parsed.workflow.steps[*to].task_type != TaskType::Trigger)
            .collect();
        prop_assert_eq!(shape(&parsed.workflow, &places), links, "{}", text);
        prop_assert_eq!(merge(&workflow, parsed, catalog), workflow, "{}", text);
    }

    #[test]
    fn wild_graphs_merge_to_what_they_came_from(workflow in graph(true)) {
        let catalog = shipped();
        let text = print(&workflow, catalog);
        let parsed = parse(&text, catalog);
        prop_assert_eq!(parsed.workflow.steps.len(), workflow.steps.len(), "{}", text);
        prop_assert_eq!(merge(&workflow, parsed, catalog), workflow, "{}", text);
    }

    #[test]
    fn chunks_draw_what_the_whole_gives(workflow in graph(false), cuts in prop::collection::vec(1..40_usize, 1..30), tail in "[ -~\n]{0,40}") {
        let catalog = shipped();
        let text = format!("{}{tail}", print(&workflow, catalog));
        chunked(&text, &cuts, catalog)?;
    }

    #[test]
    fn no_text_panics(text in prop_oneof![
        "[a-z@():\"'#\\[\\]{}=,. \n\t<>!&|0-9_-]{0,300}",
        "\\PC{0,200}",
        prop::collection::vec(prop_oneof![
            Just("@order_created\n"), Just("def f(order):\n"), Just("    if order.test:\n"), Just("if (\n"),
            Just("    else:\n"), Just("  elif x == 1: pass\n"), Just("\tfor item in order.lineItems:\n"), Just("        log_output(message=\"x\")\n"),
            Just("    label(\"a\")\n"), Just("  goto(\"a\")\n"), Just("    return\n"), Just("      with branch():\n"), Just("with detached():\n"),
            Just("\"\"\""), Just("\""), Just("any(x for"), Just("log_output(message=\"\"\"a\nb\"\"\")\n"),
        ], 0..30).prop_map(|parts| parts.concat()),
    ], cuts in prop::collection::vec(1..9_usize, 1..9)) {
        let catalog = shipped();
        chunked(&text, &cuts, catalog)?;
        let parsed = parse(&text, catalog);
        let printed = print(&parsed.workflow, catalog);
        let again = parse(&printed, catalog);
        prop_assert_eq!(again.workflow.steps.len(), parsed.workflow.steps.len(), "{}", printed);
        prop_assert_eq!(merge(&parsed.workflow, again, catalog), parsed.workflow);
    }
}

/// Drawing in chunks gives the steps and the links of the whole.
fn chunked(text: &str, cuts: &[usize], catalog: &Catalog) -> Result<(), TestCaseError> {
    let whole = parse(text, catalog);
    let mut incremental = Incremental::new(catalog.clone());
    let mut drawn = Vec::new();
    let chars: Vec<char> = text.chars().collect();
    let (mut at, mut cut) = (0, cuts.iter().cycle());
    while at < chars.len() {
        let end = (at + cut.next().unwrap()).min(chars.len());
        let chunk: String = chars[at..end].iter().collect();
        drawn.extend(incremental.push(&chunk));
        at = end;
    }
    let (last, parsed) = incremental.finish();
    drawn.extend(last);
    prop_assert_eq!(&parsed, &whole);
    let steps: Vec<Step> = drawn.iter().map(|drawn| drawn.step.clone()).collect();
    prop_assert_eq!(&steps, &whole.workflow.steps);
    let links: Vec<&Link> = drawn.iter().flat_map(|drawn| &drawn.links).collect();
    for link in &links {
        prop_assert!(whole.workflow.links.contains(link));
    }
    // Links back to earlier lines come with the whole only.
    let place = |id: &str| id[1..].parse::<usize>().unwrap();
    let forward = whole
        .workflow
        .links
        .iter()
        .filter(|link| place(&link.from) < place(&link.to));
    prop_assert!(
        forward.clone().count() <= links.len()
            || forward
                .clone()
                .all(|link| links.contains(&link) || text.contains("goto"))
    );
    Ok(())
}

#[test]
fn long_and_deep_input_is_bounded() {
    let catalog = shipped();
    for text in [
        "(\n".repeat(100_000),
        "(".repeat(200_000),
        "if order.test:\n".repeat(50_000),
        (0..3_000)
            .map(|n| format!("{}if order.test == True:\n", " ".repeat(n)))
            .collect::<String>(),
        format!(
            "@order_created\ndef f(order):\n    if {}order.test:\n        pass\n",
            "not ".repeat(100_000)
        ),
        "\"".repeat(300_000),
        "    log_output(message=\"x\")\n".repeat(100_000),
        "x".repeat(3_000_000),
    ] {
        let parsed = parse(&text, catalog);
        assert!(!parsed.findings.is_empty());
        print(&parsed.workflow, catalog);
    }
}

#[test]
fn a_long_chain_of_conditions_prints() {
    let catalog = shipped();
    let mut workflow = Workflow {
        name: "Chain".into(),
        ..Workflow::default()
    };
    workflow.steps.push(Step::new(
        "t",
        "shopify::admin::order_created",
        "0.1",
        TaskType::Trigger,
    ));
    workflow.links.push(Link::new("t", "output", "c0"));
    for n in 0..500 {
        let mut step = Step::new(
            format!("c{n}"),
            parse::CONDITION,
            "0.1",
            TaskType::Condition,
        );
        step.set_config("condition", "(order.test == true)");
        workflow.steps.push(step);
        if n > 0 {
            workflow
                .links
                .push(Link::new(format!("c{}", n - 1), "false", format!("c{n}")));
        }
    }
    let text = print(&workflow, catalog);
    let parsed = parse(&text, catalog);
    assert!(parsed.findings.is_empty(), "{:?}", parsed.findings.first());
    assert_eq!(merge(&workflow, parsed, catalog), workflow);
}
