//! Every code that Shopify raises for a workflow is raised here too, for some input.

use flow::check::{check, check_update};
use flow::{Catalog, Finding, Link, Step, TaskType, Workflow};

/// FORMAT facts, section 4: what Shopify refuses to save, and what it saves but does not activate.
const SHOPIFY: [&str; 25] = [
    "MULTIPLE_TRIGGER_STEPS",
    "MAX_STEPS_EXCEEDED",
    "WAIT_STEP_LIMIT_EXCEEDED",
    "WORKFLOW_LIMIT_EXCEEDED",
    "INVALID_LINK",
    "INVALID_STEP_ID",
    "INVALID_STEP_NAME",
    "STEP_CONDITION_EMPTY",
    "STEP_ID_REUSED_FOR_DIFFERENT_TASK",
    "TASK_NOT_FOUND",
    "TASK_NOT_AVAILABLE",
    "WORKFLOW_NAME_REQUIRED",
    "WORKFLOW_NAME_TOO_LONG",
    "WORKFLOW_STRUCTURE_INVALID",
    "CONFIG_FIELD_VALUE_TOO_LARGE",
    "CONDITION_VALUE_LIMIT_EXCEEDED",
    "CONDITION_TYPE_ERROR",
    "CONDITION_NON_PRIMITIVE",
    "CONDITION_INVALID_ENUM_VALUE",
    "CONDITION_DOUBLE_LOOP_WARNING",
    "CONFIG_FIELD_PATH_VALIDATION_ERROR",
    "CONFIG_FIELD_GRAPHQL_QUERY_ERROR",
    "CONFIG_FIELD_JAVASCRIPT_ERROR",
    "CONFIG_FIELD_MUTATION_NOT_FOUND",
    "CONFIG_FIELD_FETCH_SORT_KEYS_INCOMPATIBILITY",
];

/// How many workflows a store has is nothing that one workflow could tell.
const OF_THE_STORE: [&str; 1] = ["WORKFLOW_LIMIT_EXCEEDED"];

fn step(id: &str, task: &str, task_type: TaskType, config: &[(&str, &str)]) -> Step {
    let mut step = Step::new(id, task, "0.1", task_type);
    for (field, value) in config {
        step.set_config(field, *value);
    }
    step
}

/// A workflow of an order trigger and this step.
fn with(second: Step) -> Workflow {
    let link = Link::new("1", "output", &second.id);
    Workflow {
        name: "One".to_string(),
        steps: vec![
            step("1", "shopify::admin::order_created", TaskType::Trigger, &[]),
            second,
        ],
        links: vec![link],
        ..Workflow::default()
    }
}

fn log(id: &str) -> Step {
    step(
        id,
        "shopify::flow::log_output",
        TaskType::Action,
        &[("message", "x")],
    )
}

fn action(task: &str, config: &[(&str, &str)]) -> Workflow {
    with(step(
        "2",
        &format!("shopify::{task}"),
        TaskType::Action,
        config,
    ))
}

fn condition(text: &str) -> Workflow {
    with(step(
        "2",
        "shopify::flow::condition",
        TaskType::Condition,
        &[("condition", text)],
    ))
}

fn code(input: &str, script: &str) -> Workflow {
    let schema = "type Output { a: Int }";
    action(
        "flow::run_code",
        &[
            ("input", input),
            ("script", script),
            ("output_schema", schema),
        ],
    )
}

fn changed(change: impl FnOnce(&mut Workflow)) -> Workflow {
    let mut workflow = with(log("2"));
    change(&mut workflow);
    workflow
}

const QUERY: &str = "query { order { name } }";
const SCRIPT: &str = "export default function main(input) { return { a: 1 }; }";

/// A workflow for each code, the step the finding is at, and the field.
fn cases() -> Vec<(
    &'static str,
    Workflow,
    Option<&'static str>,
    Option<&'static str>,
)> {
    let named = |name: &str| changed(|workflow| workflow.steps[1].name = Some(name.to_string()));
    let long = format!("(order.name in? '{}')", "a,".repeat(50_000));
    let at = Some("2");
    vec![
        (
            "MULTIPLE_TRIGGER_STEPS",
            changed(|w| {
                w.steps.push(Step {
                    id: "3".into(),
                    ..w.steps[0].clone()
                })
            }),
            None,
            None,
        ),
        (
            "MAX_STEPS_EXCEEDED",
            changed(|w| w.steps.extend((3..2_100).map(|i| log(&i.to_string())))),
            None,
            None,
        ),
        (
            "WAIT_STEP_LIMIT_EXCEEDED",
            with(step(
                "2",
                "shopify::flow::wait",
                TaskType::Wait,
                &[("wait_duration", r#"{"amount":2,"unit":"months"}"#)],
            )),
            at,
            Some("wait_duration"),
        ),
        (
            "INVALID_LINK",
            changed(|w| w.links.push(Link::new("2", "true", "2"))),
            at,
            None,
        ),
        (
            "INVALID_STEP_ID",
            changed(|w| w.steps.push(log("2"))),
            at,
            None,
        ),
        ("INVALID_STEP_NAME", named("My step"), at, None),
        (
            "STEP_CONDITION_EMPTY",
            condition(" "),
            at,
            Some("condition"),
        ),
        (
            "TASK_NOT_FOUND",
            action("admin::add_ordr_tags", &[]),
            at,
            None,
        ),
        (
            "TASK_NOT_AVAILABLE",
            with(step(
                "2",
                "00000000-63e3-43fd-b0b3-db1e3f1e8df4",
                TaskType::Action,
                &[],
            )),
            at,
            None,
        ),
        (
            "WORKFLOW_NAME_REQUIRED",
            changed(|w| w.name.clear()),
            None,
            None,
        ),
        (
            "WORKFLOW_NAME_TOO_LONG",
            changed(|w| w.name = "x".repeat(300)),
            None,
            None,
        ),
        (
            "WORKFLOW_STRUCTURE_INVALID",
            changed(|w| w.links.push(Link::new("2", "output", "1"))),
            at,
            None,
        ),
        (
            "CONFIG_FIELD_VALUE_TOO_LARGE",
            action("flow::log_output", &[("message", &"x".repeat(300_000))]),
            at,
            Some("message"),
        ),
        (
            "CONDITION_VALUE_LIMIT_EXCEEDED",
            condition(&long),
            at,
            Some("condition"),
        ),
        (
            "CONDITION_TYPE_ERROR",
            condition("(order.createdAt > 'soon')"),
            at,
            Some("condition"),
        ),
        (
            "CONDITION_NON_PRIMITIVE",
            condition("(order.customer == 'x')"),
            at,
            Some("condition"),
        ),
        (
            "CONDITION_INVALID_ENUM_VALUE",
            condition("(order.displayFinancialStatus == 'PAYED')"),
            at,
            Some("condition"),
        ),
        (
            "CONDITION_DOUBLE_LOOP_WARNING",
            condition("(order.lineItems any? |i| (i.product.tags any? |t| (t == 'x')))"),
            at,
            Some("condition"),
        ),
        (
            "CONFIG_FIELD_PATH_VALIDATION_ERROR",
            action("flow::log_output", &[("message", "{{ order.nmae }}")]),
            at,
            Some("message"),
        ),
        (
            "CONFIG_FIELD_GRAPHQL_QUERY_ERROR",
            code("query { order { name }", SCRIPT),
            at,
            Some("input"),
        ),
        (
            "CONFIG_FIELD_JAVASCRIPT_ERROR",
            code(QUERY, "export default function main(input) {"),
            at,
            Some("script"),
        ),
        (
            "CONFIG_FIELD_MUTATION_NOT_FOUND",
            action(
                "admin::admin_api_operation",
                &[("api_call", r#"{"name":"cancelOrder","blob":"{}"}"#)],
            ),
            at,
            Some("api_call"),
        ),
        (
            "CONFIG_FIELD_FETCH_SORT_KEYS_INCOMPATIBILITY",
            action(
                "flow::fetch::orders",
                &[
                    ("query", "tag:x"),
                    (
                        "sort_by",
                        r#"{"sortKey":"INVENTORY_TOTAL","order":"ASCENDING"}"#,
                    ),
                ],
            ),
            at,
            Some("sort_by"),
        ),
        // Not Shopify's, but of the same check.
        (
            "CONFIG_FIELD_REQUIRED",
            action("flow::log_output", &[]),
            at,
            Some("message"),
        ),
        (
            "CONFIG_FIELD_UNKNOWN",
            action("flow::log_output", &[("message", "x"), ("colour", "red")]),
            at,
            Some("colour"),
        ),
        (
            "CONFIG_FIELD_VALUE_INVALID",
            action(
                "flow::http_request",
                &[
                    ("method", "GET"),
                    ("url", "https://a.example"),
                    ("headers", "Accept: text/plain"),
                    ("on_client_error", "fail"),
                    ("on_server_error", "fail"),
                ],
            ),
            at,
            Some("headers"),
        ),
        (
            "CONFIG_FIELD_VALUE_INVALID",
            changed(|w| {
                w.steps[1].config.push(flow::ConfigValue {
                    id: "message".into(),
                    value: "y".into(),
                })
            }),
            at,
            Some("message"),
        ),
        (
            "CONFIG_FIELD_VALUE_INVALID",
            action(
                "flow::fetch::orders",
                &[("query", "tag:x"), ("max_root_records", "250")],
            ),
            at,
            Some("max_root_records"),
        ),
        (
            "CONFIG_FIELD_LIQUID_ERROR",
            action("flow::log_output", &[("message", "{{ order.tags }}")]),
            at,
            Some("message"),
        ),
        (
            "TASK_ID_GUESSED",
            action("flow::http_request", &[]),
            at,
            None,
        ),
    ]
}

fn has(findings: &[Finding], code: &str, step: Option<&str>, field: Option<&str>) -> bool {
    findings.iter().any(|finding| {
        finding.code == code && finding.step.as_deref() == step && finding.field.as_deref() == field
    })
}

#[test]
fn every_code_is_raised_for_something() {
    let catalog = Catalog::builtin();
    let mut raised = Vec::new();
    for (code, workflow, step, field) in cases() {
        let findings = check(&workflow, &catalog);
        assert!(has(&findings, code, step, field), "{code}: {findings:?}");
        raised.push(code);
    }
    let before = with(log("2"));
    let after = action("flow::send_email", &[]);
    let findings = check_update(&before, &after);
    assert!(has(
        &findings,
        "STEP_ID_REUSED_FOR_DIFFERENT_TASK",
        Some("2"),
        None
    ));
    assert_eq!(check_update(&before, &before), []);
    raised.push("STEP_ID_REUSED_FOR_DIFFERENT_TASK");
    let missing: Vec<&str> = SHOPIFY
        .into_iter()
        .filter(|code| !raised.contains(code) && !OF_THE_STORE.contains(code))
        .collect();
    assert_eq!(missing, Vec::<&str>::new());
}

#[test]
fn what_is_right_raises_none_of_them() {
    let catalog = Catalog::builtin();
    for workflow in [
        with(log("2")),
        changed(|workflow| workflow.steps[1].name = Some("Log output (1)".to_string())),
        code(QUERY, SCRIPT),
        action(
            "admin::admin_api_operation",
            &[(
                "api_call",
                r#"{"name":"orderCancel","blob":"{\"orderId\": \"{{ order.id }}\"}"}"#,
            )],
        ),
        action(
            "flow::fetch::orders",
            &[
                ("query", "tag:x"),
                (
                    "sort_by",
                    r#"{"sortKey":"CREATED_AT","order":"DESCENDING"}"#,
                ),
            ],
        ),
    ] {
        assert_eq!(check(&workflow, &catalog), [], "{workflow:?}");
    }
    for headers in [
        r#"[["Accept","text/plain"]]"#,
        r#"[{"key":"Accept","value":"{{ order.name }}"}]"#,
        "[]",
        "{{ order.note }}",
    ] {
        let workflow = action(
            "flow::http_request",
            &[
                ("method", "GET"),
                ("url", "https://a.example"),
                ("headers", headers),
                ("on_client_error", "fail"),
                ("on_server_error", "fail"),
            ],
        );
        let findings = check(&workflow, &catalog);
        assert!(
            findings.iter().all(|finding| finding.field.is_none()),
            "{headers}: {findings:?}"
        );
    }
}
