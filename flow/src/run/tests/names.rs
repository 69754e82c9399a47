//! What the outputs of steps are called.

use super::*;

#[test]
fn names_are_written_in_camel_case() {
    for (text, name) in [
        ("Get order data 2", "getOrderData2"),
        ("get_order-data", "getOrderData"),
        ("  ALL CAPS  ", "allCaps"),
        ("Été à Paris", "étéÀParis"),
        ("one", "one"),
        ("--", ""),
        ("", ""),
    ] {
        assert_eq!(camel_case(text), name, "{text}");
    }
}

#[test]
fn outputs_of_one_task_are_numbered_in_the_order_of_the_file() {
    let catalog = Catalog::builtin();
    let count = |id: &str| {
        step(
            id,
            "shopify::flow::count",
            TaskType::Action,
            &[("listpath", "order.tags")],
        )
    };
    let mut named = count("named");
    named.name = Some("How many".to_string());
    let mut blank = count("blank");
    blank.name = Some(" - ".to_string());
    let workflow = workflow(
        vec![
            trigger(),
            count("a"),
            named,
            log("l", "x"),
            count("b"),
            blank,
        ],
        "",
    );
    let names: Vec<Option<String>> = workflow
        .steps
        .iter()
        .map(|step| output_name(&workflow, step, &catalog))
        .collect();
    let names: Vec<Option<&str>> = names.iter().map(Option::as_deref).collect();
    // A step with a name of its own still counts as one of its task.
    assert_eq!(
        names,
        [
            None,
            Some("count"),
            Some("howMany"),
            None,
            Some("count2"),
            Some("count3"),
        ]
    );
    let unknown = step("u", "an-app", TaskType::Action, &[]);
    assert_eq!(output_name(&workflow, &unknown, &catalog), None);
}
