//! Damaged, absurd and hostile input: the result is findings that say where, never a panic, a hang or
//! an exhausted stack, and what could be read is kept.

use std::time::{Duration, Instant};

use flow::check::has_error;
use flow::json::{MAX_FILE, read};
use flow::run::{MAX_STEP_RUNS, start};
use flow::{Catalog, Finding, Link, Step, TaskType, Workflow, condition, liquid, python};
use serde_json::json;

const RESTOCK: &str = include_str!("fixtures/restock.json");

/// What nothing here may take, on a slow machine and without optimisation.
const LONG: Duration = Duration::from_secs(30);

/// Runs everything that looks at a workflow over it.
fn look(workflow: &Workflow) -> Vec<Finding> {
    let catalog = Catalog::builtin();
    let findings = flow::check::check(workflow, &catalog);
    let trigger = workflow.triggers().next().map(|step| step.id.clone());
    let run = start(
        workflow,
        &catalog,
        &trigger.unwrap_or_default(),
        json!({"order": {"name": "#1"}}),
    );
    assert!(run.trace.len() <= MAX_STEP_RUNS + 1);
    let text = python::print(workflow, &catalog);
    python::parse(&text, &catalog);
    let canonical = flow::json::to_canonical(workflow);
    flow::json::parse(&canonical).ok();
    findings
}

fn step(id: &str, task: &str, task_type: TaskType, field: &str, value: &str) -> Step {
    let mut step = Step::new(id, task, "0.1", task_type);
    step.set_config(field, value);
    step
}

fn with(step: Step) -> Workflow {
    let id = step.id.clone();
    Workflow {
        name: "Bad".to_string(),
        steps: vec![
            Step::new(
                "t",
                "shopify::admin::order_created",
                "0.1",
                TaskType::Trigger,
            ),
            step,
        ],
        links: vec![Link::new("t", "output", id)],
        ..Workflow::default()
    }
}

/// The findings of a workflow with this value in this field of this task.
fn with_value(task: &str, task_type: TaskType, field: &str, value: &str) -> Vec<Finding> {
    look(&with(step("s", task, task_type, field, value)))
}

fn said<'f>(
    findings: &'f [Finding],
    code: &str,
    step: &str,
    field: Option<&str>,
) -> Option<&'f Finding> {
    findings.iter().find(|finding| {
        finding.code == code
            && finding.step.as_deref() == Some(step)
            && finding.field.as_deref() == field
    })
}

#[test]
fn a_file_that_ends_early_is_read_up_to_there() {
    let whole = flow::json::to_flow_file(&flow::json::parse(RESTOCK).expect("it reads").workflow);
    let steps = flow::json::parse(&whole).expect("it reads").workflow.steps;
    for text in [RESTOCK, &whole] {
        let mut kept = 0;
        for end in 0..text.len() {
            let found = read(&text.as_bytes()[..end]);
            // A file that only lacks its last line break is whole.
            if text.as_bytes()[end..].trim_ascii().is_empty() {
                continue;
            }
            assert!(has_error(&found.findings), "{end}");
            let Some(workflow) = found.workflow else {
                continue;
            };
            assert!(workflow.steps.len() >= kept, "{end}");
            // Whole steps are as they were; only the last can be cut short.
            for step in workflow.steps.iter().rev().skip(1) {
                assert!(steps.contains(step), "{end}: {step:?}");
            }
            kept = workflow.steps.len();
        }
        assert_eq!(kept, steps.len());
    }
}

#[test]
fn a_damaged_place_is_named_and_the_rest_is_kept() {
    let file = |steps: &str| {
        format!(
            r#"{{"root":{{"workflow_name":"N","steps":[{{"step_id":"a","task_id":"t","task_version":"1","task_type":"TRIGGER"}},{steps}],"links":[]}}}}"#
        )
    };
    for (text, message, step, field) in [
        (
            file(r#"{"step_id":"b","task_id":5,"task_version":"1","task_type":"ACTION"}"#),
            "root.steps[1].task_id",
            Some("b"),
            None,
        ),
        (
            file(r#"{"step_id":"b","task_id":"t","task_version":"1","task_type":"DANCE"}"#),
            "task_type is DANCE",
            Some("b"),
            None,
        ),
        (
            file(
                r#"{"step_id":"b","task_id":"t","task_version":"1","task_type":"ACTION","config_field_values":[{"config_field_id":"x","value":5}]}"#,
            ),
            "value is not a text",
            Some("b"),
            Some("x"),
        ),
        (file("7"), "root.steps[1] must be an object", None, None),
        (file("NaN"), "at line 1", None, None),
        (file("1e400"), "number out of range", None, None),
        (file(&"9".repeat(400)), "number out of range", None, None),
        (
            file(&format!("{{\"step_id\":{}}}", "9".repeat(100))),
            "step_id must be",
            None,
            None,
        ),
    ] {
        let found = read(text.as_bytes());
        let finding = found
            .findings
            .iter()
            .find(|finding| finding.message.contains(message));
        let finding = finding.unwrap_or_else(|| panic!("{message}: {:?}", found.findings));
        assert_eq!(
            (finding.step.as_deref(), finding.field.as_deref()),
            (step, field),
            "{message}"
        );
        let workflow = found.workflow.expect(message);
        assert_eq!(workflow.name, "N", "{message}");
        assert_eq!(workflow.steps[0].id, "a", "{message}");
        look(&workflow);
    }
    // A type nobody knows is written back as it stood.
    let odd = read(
        file(r#"{"step_id":"b","task_id":"t","task_version":"1","task_type":"DANCE"}"#).as_bytes(),
    );
    let written = flow::json::to_value(&odd.workflow.expect("it is kept"));
    assert_eq!(written["root"]["steps"][1]["task_type"], "DANCE");
}

#[test]
fn large_files_are_refused_at_once_or_read_within_bounds() {
    let began = Instant::now();
    let found = read(&vec![b'['; 100_000_000]);
    assert!(found.workflow.is_none() && found.findings[0].message.contains("100 MB"));
    assert!(flow::json::parse(&" ".repeat(MAX_FILE + 1)).is_err());
    // Just small enough: very many steps, links and mistakes.
    let step = r#"{"step_id":"a","task_id":"t","task_version":"1","task_type":"ACTION"},"#;
    let many = format!(
        r#"{{"steps":[{}0],"links":[{}0]}}"#,
        step.repeat(100_000),
        "{},".repeat(1_000_000)
    );
    assert!(many.len() < MAX_FILE);
    let found = read(many.as_bytes());
    assert!(found.findings.len() < 200);
    let workflow = found.workflow.expect("it reads");
    assert!(workflow.steps.len() <= 20_000);
    let findings = flow::check::check(&workflow, &Catalog::builtin());
    assert!(
        findings
            .iter()
            .any(|finding| finding.code == "MAX_STEPS_EXCEEDED")
    );
    assert!(began.elapsed() < LONG, "{:?}", began.elapsed());
}

#[test]
fn nothing_nests_too_deeply() {
    const DEEP: usize = 100_000;
    let began = Instant::now();
    for text in [
        "[".repeat(DEEP),
        "{\"a\":".repeat(DEEP),
        format!("{{\"steps\":[],\"x\":{}", "[".repeat(DEEP)),
    ] {
        assert!(has_error(&read(text.as_bytes()).findings));
    }
    let tree =
        "{\"operation_type\":\"LogicalExpression\",\"operator\":\"AND\",\"lhs\":".repeat(DEEP);
    for text in [
        "(".repeat(DEEP),
        "!".repeat(DEEP),
        "not ".repeat(DEEP),
        "(a any? |b| ".repeat(4_000),
        tree,
    ] {
        assert!(condition::parse(&text).is_err());
        let found = with_value(
            "shopify::flow::condition",
            TaskType::Condition,
            "condition",
            &text,
        );
        assert!(
            found
                .iter()
                .any(|finding| finding.step.as_deref() == Some("s")
                    && finding.field.as_deref() == Some("condition"))
        );
    }
    for text in [
        "{% if a %}".repeat(DEEP / 5),
        "{% for a in b %}".repeat(DEEP / 8),
        format!("{{{{ {} }}}}", "(".repeat(DEEP)),
        format!("{{{{ a{} }}}}", ".a".repeat(DEEP)),
        format!("{{{{ a{} }}}}", " | upcase".repeat(DEEP / 4)),
        format!("{{% if a{} %}}{{% endif %}}", " and a".repeat(DEEP / 4)),
    ] {
        liquid::render(&text, &json!({"a": "x"}));
        let found = with_value(
            "shopify::flow::log_output",
            TaskType::Action,
            "message",
            &text,
        );
        assert!(!found.is_empty());
    }
    let catalog = Catalog::builtin();
    let head = "@order_created\ndef f(order):\n";
    for text in [
        format!("{head}    if {}", "(".repeat(DEEP)),
        format!("{head}    if {}", "not ".repeat(DEEP)),
        format!("{head}    log_output(message={}", "[".repeat(DEEP)),
        format!("{head}    log_output(message={}", "{\"a\":".repeat(DEEP)),
        format!(
            "{head}{}",
            (1..1_000)
                .map(|i| format!("{}if order.test:\n", "    ".repeat(i)))
                .collect::<String>()
        ),
    ] {
        let parsed = python::parse(&text, &catalog);
        assert!(has_error(&parsed.findings), "{}", &text[..60]);
        look(&parsed.workflow);
    }
    assert!(began.elapsed() < 3 * LONG, "{:?}", began.elapsed());
}

#[test]
fn odd_graphs_are_findings_at_their_steps() {
    let log = |id: &str| {
        step(
            id,
            "shopify::flow::log_output",
            TaskType::Action,
            "message",
            "x",
        )
    };
    let graph = |more: Vec<Step>, links: Vec<Link>| {
        let mut workflow = with(log("s"));
        workflow.steps.extend(more);
        workflow.links.extend(links);
        look(&workflow)
    };
    let circle = graph(
        vec![log("b")],
        vec![Link::new("s", "output", "b"), Link::new("b", "output", "s")],
    );
    assert!(said(&circle, "WORKFLOW_STRUCTURE_INVALID", "s", None).is_some());
    let itself = graph(vec![], vec![Link::new("s", "output", "s")]);
    assert!(said(&itself, "INVALID_LINK", "s", None).is_some());
    let nowhere = graph(
        vec![],
        vec![
            Link::new("s", "output", "gone"),
            Link::new("gone", "output", "s"),
        ],
    );
    assert_eq!(
        nowhere
            .iter()
            .filter(|finding| finding.code == "INVALID_LINK")
            .count(),
        2
    );
    let ports = graph(vec![log("b")], vec![Link::new("s", "true", "b")]);
    assert!(
        said(&ports, "INVALID_LINK", "s", None)
            .is_some_and(|finding| finding.message.contains("true"))
    );
    let twice = graph(vec![log("s")], vec![]);
    assert!(said(&twice, "INVALID_STEP_ID", "s", None).is_some());
    let nameless = graph(vec![log("")], vec![]);
    assert!(said(&nameless, "INVALID_STEP_ID", "", None).is_some());
    // A long chain, a step that leads to very many, and everything linked with everything.
    let began = Instant::now();
    let ids: Vec<String> = (0..2_000).map(|i| format!("n{i}")).collect();
    let chain = ids
        .windows(2)
        .map(|pair| Link::new(&pair[0], "output", &pair[1]))
        .collect();
    graph(ids.iter().map(|id| log(id)).collect(), chain);
    let star = ids.iter().map(|id| Link::new("s", "output", id)).collect();
    graph(ids.iter().map(|id| log(id)).collect(), star);
    let few = &ids[..100];
    let all = few
        .iter()
        .flat_map(|a| few.iter().map(move |b| Link::new(a, "output", b)))
        .collect();
    graph(few.iter().map(|id| log(id)).collect(), all);
    assert!(began.elapsed() < 3 * LONG, "{:?}", began.elapsed());
}

#[test]
fn odd_numbers_are_findings_at_their_fields() {
    for number in [
        "NaN",
        "1e400",
        &"9".repeat(400),
        "-0",
        "1_000",
        "٣",
        "0x10",
        "inf",
    ] {
        let wait = format!(r#"{{"amount":"{number}","unit":"days"}}"#);
        let found = with_value(
            "shopify::flow::wait",
            TaskType::Wait,
            "wait_duration",
            &wait,
        );
        assert!(
            said(
                &found,
                "CONFIG_FIELD_VALUE_INVALID",
                "s",
                Some("wait_duration")
            )
            .is_some(),
            "{number}: {found:?}"
        );
        let condition = format!("(order.subtotalLineItemsQuantity > {number})");
        with_value(
            "shopify::flow::condition",
            TaskType::Condition,
            "condition",
            &condition,
        );
        let quoted = format!("(order.subtotalLineItemsQuantity > '{number}')");
        let found = with_value(
            "shopify::flow::condition",
            TaskType::Condition,
            "condition",
            &quoted,
        );
        if ["NaN", "1_000", "٣", "0x10", "inf", "1e400"].contains(&number) {
            assert!(
                said(&found, "CONDITION_TYPE_ERROR", "s", Some("condition")).is_some(),
                "{number}: {found:?}"
            );
        }
        let times =
            format!("{{{{ '{number}' | times: {number} | round: {number} | date: '%Y' }}}}");
        liquid::render(&times, &json!({}));
    }
    // The largest wait there is does not overflow when it is run.
    let wait = format!(r#"{{"amount":"{}","unit":"weeks"}}"#, u64::MAX);
    with_value(
        "shopify::flow::wait",
        TaskType::Wait,
        "wait_duration",
        &wait,
    );
}

#[test]
fn every_encoding_and_line_end_is_read() {
    let workflow = flow::json::parse(RESTOCK).expect("it reads").workflow;
    for text in [
        format!("\u{feff}{RESTOCK}"),
        RESTOCK.replace('\n', "\r\n"),
        format!("\r\n\t {RESTOCK} \r\n"),
    ] {
        assert_eq!(read(text.as_bytes()).workflow.as_ref(), Some(&workflow));
    }
    // Not UTF-8: said with its place, and the rest is kept.
    let file = flow::json::to_text(&Workflow {
        name: "caf?".to_string(),
        ..workflow.clone()
    });
    let at = file.find("caf?").expect("the name") + 3;
    let mut bytes = file.into_bytes();
    bytes[at] = 0xe9;
    let found = read(&bytes);
    assert!(
        found.findings[0]
            .message
            .contains(&format!("Byte {}", at + 1)),
        "{:?}",
        found.findings
    );
    let kept = found.workflow.expect("it is kept");
    assert_eq!(
        (kept.name.as_str(), &kept.steps),
        ("caf\u{fffd}", &workflow.steps)
    );
    let utf16: Vec<u8> = RESTOCK.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(has_error(&read(&utf16).findings));
    for bytes in [
        &b""[..],
        b"\0",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b":",
        b"{\"root\":null}",
    ] {
        assert!(has_error(&read(bytes).findings), "{bytes:?}");
    }
    // Marks of writing direction in names and values stay, and a path with one leads nowhere.
    let marked = "\u{202e}order\u{200f}";
    let found = with_value(
        "shopify::flow::log_output",
        TaskType::Action,
        "message",
        &format!("{{{{ {marked}.name }}}}"),
    );
    assert!(
        found
            .iter()
            .any(|finding| finding.step.as_deref() == Some("s")
                && finding.field.as_deref() == Some("message")),
        "{found:?}"
    );
    let named = Workflow {
        name: marked.to_string(),
        ..workflow
    };
    assert_eq!(
        read(flow::json::to_flow_file(&named).as_bytes()).workflow,
        Some(named)
    );
}
