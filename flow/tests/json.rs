//! Reading and writing Flow's JSON: real exports when they are at hand, and files of our own.

use std::path::{Path, PathBuf};

use flow::json::{
    export_findings, from_value, parse, to_canonical, to_flow_file, to_text, to_text_like, to_value,
};
use flow::{Catalog, Severity, Step, TaskType, Workflow};
use proptest::prelude::*;
use serde_json::{Value, json};

/// A folder beside the repository that only some checkouts have.
fn shared(path: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared")
        .join(path);
    path.exists().then_some(path)
}

/// The JSON of a `.flow` file or a document.
fn body(text: &str) -> Value {
    let text = match text.split_once(":{") {
        Some((prefix, _)) if prefix.len() == 64 => &text[65..],
        _ => text,
    };
    serde_json::from_str(text).expect("JSON")
}

/// The keys Flow writes, filled in where a hand-written file leaves them out.
fn completed(mut document: Value) -> Value {
    let steps = document["root"]["steps"].as_array_mut().expect("steps");
    for step in steps {
        let step = step.as_object_mut().expect("a step");
        step.entry("step_position").or_insert(json!([0, 0]));
        for key in ["description", "note", "name"] {
            step.entry(key).or_insert(Value::Null);
        }
    }
    document
}

#[test]
fn real_exports_come_back_as_they_were() {
    let Some(folder) = shared("data/flow/fixtures") else {
        return;
    };
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).expect("the folder").flatten() {
        let path = entry.path();
        if path.extension().is_none_or(|extension| extension != "flow") {
            continue;
        }
        seen += 1;
        let text = std::fs::read_to_string(&path).expect("the file");
        let imported = parse(&text).unwrap_or_else(|findings| panic!("{path:?}: {findings:?}"));
        assert_eq!(to_value(&imported.workflow), body(&text), "{path:?}");
        // Unchanged, the file comes back byte for byte; changed, only what was changed differs.
        assert_eq!(to_text_like(&text, &imported.workflow), text, "{path:?}");
        let mut renamed = imported.workflow.clone();
        renamed.name = "Another name".to_string();
        let written = to_text_like(&text, &renamed);
        let read = parse(&written).expect("it reads");
        assert_eq!(
            (&read.workflow, read.findings.len()),
            (&renamed, 0),
            "{path:?}"
        );
        let quoted = |text: &str| Value::from(text).to_string();
        let old = quoted(&imported.workflow.name);
        // A name with letters beyond ASCII may be written in escapes.
        if old.is_ascii() {
            let expected = text[65..].replacen(&old, &quoted(&renamed.name), 1);
            assert_eq!(&written[65..], expected, "{path:?}");
        }
        let again = parse(&to_flow_file(&imported.workflow)).expect("our own file reads");
        assert_eq!(again.workflow, imported.workflow, "{path:?}");
        assert_eq!(again.findings, [], "{path:?}");
        // A byte-exact genuine export is written back byte for byte.
        if path.ends_with("auto_redirect_archived_products.flow") {
            assert_eq!(to_flow_file(&imported.workflow), text);
        }
        let warned = imported
            .findings
            .iter()
            .any(|finding| finding.code == "FLOW_FILE_CHECKSUM_MISMATCH");
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let wrong = ["badsha", "melli", "lupe"]
            .iter()
            .any(|part| name.contains(part));
        assert_eq!(warned, wrong, "{path:?}");
    }
    assert!(seen > 0);
}

#[test]
fn bench_workflows_come_back_with_the_keys_flow_writes() {
    for name in ["bench/public.jsonl", "bench/public_right.jsonl"] {
        let Some(path) = shared(name) else {
            continue;
        };
        let text = std::fs::read_to_string(path).expect("the file");
        for line in text.lines() {
            let case: Value = serde_json::from_str(line).expect("JSON");
            if !case["workflow"].is_object() {
                continue;
            }
            let imported = from_value(&case["workflow"]).expect("it reads");
            assert_eq!(
                to_value(&imported.workflow),
                completed(case["workflow"].clone())
            );
        }
    }
}

#[test]
fn a_file_of_our_own_keeps_everything() {
    let text = include_str!("fixtures/restock.json");
    let imported = parse(text).expect("it reads");
    assert_eq!(imported.findings, []);
    assert_eq!(to_value(&imported.workflow), body(text));
    assert_eq!(
        imported.workflow.step("3").map(|step| step.task_type),
        Some(TaskType::Action)
    );

    let file = to_flow_file(&imported.workflow);
    assert!(file.is_ascii() && !file.contains('\n'));
    let again = parse(&format!("\u{feff}{file}\n")).expect("it reads");
    assert_eq!(
        (again.workflow, again.findings.len()),
        (imported.workflow.clone(), 0)
    );

    let bare = body(text)["root"].to_string();
    let from_bare = parse(&bare).expect("it reads");
    assert_eq!(from_bare.workflow.steps, imported.workflow.steps);

    // Key order does not matter to the canonical text.
    let shuffled = parse(&to_canonical(&imported.workflow)).expect("it reads");
    assert_eq!(
        to_canonical(&shuffled.workflow),
        to_canonical(&imported.workflow)
    );

    // A step that was moved is written where it is now.
    let mut moved = imported.workflow;
    moved.steps[0].position = [10.0, 20.0];
    assert_eq!(
        to_value(&moved)["root"]["steps"][0]["step_position"],
        json!([10, 20])
    );
}

#[test]
fn every_form_of_a_file_is_read_and_written_back() {
    let tree = r#"{\"uuid\":\"1\",\"lhs\":{\"uuid\":\"2\",\"lhs\":{\"value\":\"order.name\",\"comparison_value_type\":\"EnvironmentValue\",\"full_environment_path\":\"order.name\"},\"rhs\":{\"value\":\"x\",\"comparison_value_type\":\"LiteralValue\"},\"value_type\":\"EnvironmentScalarDefinition:String\",\"operator\":\"==\",\"operation_type\":\"Comparison\"},\"operator\":\"AND\",\"operation_type\":\"LogicalExpression\"}"#;
    let step = |id: &str, task: &str, kind: &str, field: &str, value: &str| {
        format!(
            r#"{{"step_id":{id},"step_position":[0,0],"config_field_values":[{{"config_field_id":"{field}","value":"{value}"}}],"task_id":"{task}","task_version":"0.1","task_type":"{kind}","description":null,"note":null,"name":null}}"#
        )
    };
    let link =
        r#"{"from_step_id":"a","from_port_id":"output","to_step_id":7,"to_port_id":"input"}"#;
    let whole = |steps: &str, links: &str, patched: &str, more: &str| {
        format!(
            r#"{{"__metadata":{{"version":0.1}},"root":{{"steps":[{steps}],"links":[{links}],"patched_fields":[{patched}]{more},"workflow_name":"N"}}}}"#
        )
    };
    let a = step("\"a\"", "t", "TRIGGER", "type", "");
    let with = |second: String| whole(&format!("{a},{second}"), link, "", "");
    let flow = "shopify::flow::";
    for (what, text) in [
        (
            "condition text",
            with(step(
                "7",
                &format!("{flow}condition"),
                "CONDITION",
                "condition",
                "(order.name == 'x')",
            )),
        ),
        (
            "condition tree",
            with(step(
                "7",
                &format!("{flow}condition"),
                "CONDITION",
                "condition",
                tree,
            )),
        ),
        (
            "schedule",
            with(step(
                "7",
                &format!("{flow}scheduled_time"),
                "TRIGGER",
                "recurrence",
                r#"[\"DTSTART;TZID=Europe/Zagreb:20260923T233000\\nRRULE:FREQ=HOURLY;INTERVAL=1;WKST=MO\"]"#,
            )),
        ),
        (
            "headers as pairs",
            with(step(
                "7",
                &format!("{flow}http_request"),
                "ACTION",
                "headers",
                r#"[[\"Content-Type\",\"application/json\"]]"#,
            )),
        ),
        (
            "headers as objects",
            with(step(
                "7",
                &format!("{flow}http_request"),
                "ACTION",
                "headers",
                r#"[{\"key\":\"Accept\", \"value\":\"*/*\"}]"#,
            )),
        ),
        (
            "an Admin API request",
            with(step(
                "7",
                "shopify::admin::admin_api_operation",
                "ACTION",
                "api_call",
                r#"{\"name\":\"orderCancel\",\"blob\":\"{\\n  \\\"orderId\\\": \\\"{{ order.id }}\\\"\\n}\"}"#,
            )),
        ),
        (
            "a wait",
            with(step(
                "7",
                &format!("{flow}wait"),
                "WAIT",
                "wait_duration",
                r#"{\"amount\":\"1\",\"unit\":\"hours\"}"#,
            )),
        ),
        (
            "a loop",
            with(step(
                "7",
                &format!("{flow}foreach"),
                "FOREACH",
                "listpath",
                "{{ order.lineItems }}",
            )),
        ),
        (
            "a task nobody knows",
            with(step(
                "7",
                "10177ce1-63e3-43fd-b0b3-db1e3f1e8df4",
                "ACTION",
                "x",
                "a",
            )),
        ),
        (
            "patched fields with arguments as text",
            whole(
                &a,
                "",
                r#"{"id":"1","handle":"points","field":"metafield","patched_type":"Customer","arguments":"{\"key\":\"p\",\"namespace\":\"c\"}","merchant_configured":true}"#,
                "",
            ),
        ),
        (
            "patched fields with arguments as object",
            whole(
                &a,
                "",
                r#"{"field":"metafield","arguments":{"key":"p","namespace":"c"},"handle":"loyalty_tier","patched_type":"CUSTOMER","merchant_configured":true}"#,
                "",
            ),
        ),
        (
            "keys of newer exports",
            whole(
                &a,
                "",
                "",
                r#","variables":[],"note":null,"vertical_layout_enabled":true"#,
            ),
        ),
        (
            "keys nobody knows",
            whole(
                &a.replace("\"note\":null", "\"note\":null,\"color\":\"red\""),
                &link
                    .replace("}", ",\"label\":\"yes\"}")
                    .replace("7", "\"a\""),
                "",
                r#","tags":["x"]"#,
            ),
        ),
        (
            "keys of a config field",
            with(
                step("7", "t", "ACTION", "x", "a")
                    .replace("\"value\":\"a\"", "\"value\":\"a\",\"secret\":true"),
            ),
        ),
        (
            "keys beside the root",
            whole(&a, "", "", "").trim_end_matches('}').to_string() + "},\"signature\":\"x\"}",
        ),
    ] {
        let read = parse(&text).unwrap_or_else(|findings| panic!("{what}: {findings:?}"));
        assert_eq!(read.findings, [], "{what}");
        assert_eq!(to_value(&read.workflow), body(&text), "{what}");
        assert_eq!(to_text_like(&text, &read.workflow), text, "{what}");
        // Written anew and read again it is the same workflow.
        assert_eq!(
            parse(&to_flow_file(&read.workflow))
                .expect("it reads")
                .workflow,
            read.workflow,
            "{what}"
        );
    }
}

#[test]
fn a_changed_file_keeps_how_it_was_written() {
    for (original, expected) in [
        // The order of keys, spaces, escapes, numbers, and what is left out.
        (
            r#"{"root": {"workflow_name": "A", "links": [], "steps": [{"task_type": "TRIGGER", "task_id": "t", "task_version": "0.1", "step_id": 1, "step_position": [0.0, 0]}]}}"#,
            r#"{"root": {"workflow_name": "B", "links": [], "steps": [{"task_type": "TRIGGER", "task_id": "t", "task_version": "0.1", "step_id": 1, "step_position": [0.0, 0]}]}, "__metadata": {"version": 0.1}}"#,
        ),
        (
            "\u{feff}{\n  \"steps\": [],\n  \"workflow_name\": \"A é\",\n  \"tags\": [\n    \"x\"\n  ]\n}\n",
            "\u{feff}{\n  \"steps\": [],\n  \"workflow_name\": \"B\",\n  \"tags\": [\n    \"x\"\n  ]\n}\n",
        ),
    ] {
        let mut workflow = parse(original).expect("it reads").workflow;
        assert_eq!(to_text_like(original, &workflow), original);
        workflow.name = "B".to_string();
        assert_eq!(to_text_like(original, &workflow), expected);
    }
    // The checksum is that of the new text, and steps are known by their ids.
    let file = to_flow_file(
        &parse(include_str!("fixtures/restock.json"))
            .expect("it reads")
            .workflow,
    );
    let mut workflow = parse(&file).expect("it reads").workflow;
    workflow.steps.remove(0);
    let written = to_text_like(&file, &workflow);
    let read = parse(&written).expect("it reads");
    assert_eq!((read.workflow, read.findings.len()), (workflow.clone(), 0));
    // What does not read cannot be kept.
    assert_eq!(to_text_like("{", &workflow), to_text(&workflow));
}

#[test]
fn a_wrong_checksum_is_a_warning() {
    let file = format!("{}:{}", "0".repeat(64), r#"{"steps":[]}"#);
    let imported = parse(&file).expect("it reads");
    assert_eq!(imported.findings[0].code, "FLOW_FILE_CHECKSUM_MISMATCH");
    assert_eq!(imported.findings[0].severity, Severity::Warning);
}

#[test]
fn what_does_not_read_says_where() {
    let step = |more: &str| {
        format!(
            r#"{{"steps":[{{"step_id":"a","task_id":"t","task_version":"1","task_type":"ACTION"{more}}}]}}"#
        )
    };
    for (text, expected) in [
        ("", "line 1, column 0"),
        ("{\"root\": {\n  \"steps\": [,]\n}}", "line 2, column 13"),
        (&format!("{}:{{,}}", "0".repeat(64)), "line 1, column 67"),
        ("[]", "one JSON object"),
        ("{}", "neither root nor steps"),
        (r#"{"root": 5}"#, "root must be an object"),
        (r#"{"steps": 5}"#, "root.steps must be a list"),
        (r#"{"steps": [5]}"#, "root.steps[0] must be an object"),
        (
            r#"{"steps": [{"step_id": 1.5}]}"#,
            "root.steps[0].step_id must be",
        ),
        (
            r#"{"steps": [{"step_id": "a", "task_id": "t", "task_type": "DANCE"}]}"#,
            "task_type is DANCE",
        ),
        (
            &step(r#","step_position":[1]"#),
            "step_position must be two numbers",
        ),
        (
            &step(r#","config_field_values":[{}]"#),
            "config_field_values[0] has no config_field_id",
        ),
        (&step(r#","name":7"#), "name must be a text or null"),
        (
            r#"{"steps": [], "links": [{"from_step_id": "a"}]}"#,
            "root.links[0].to_step_id",
        ),
    ] {
        let findings = parse(text).expect_err(text);
        assert!(
            findings
                .iter()
                .any(|finding| finding.message.contains(expected)),
            "{text}: {findings:?}"
        );
    }
    assert!(parse(&"[".repeat(100_000)).is_err());
}

#[test]
fn guessed_ids_are_told_on_export() {
    let catalog = Catalog::builtin();
    let guessed = catalog
        .tasks()
        .find(|task| task.id_status == flow::catalog::IdStatus::Guess)
        .expect("some ids are guessed");
    let exact = catalog
        .task("shopify::admin::add_order_tags")
        .expect("a task");
    let mut workflow = Workflow::default();
    for (id, task) in [("a", exact), ("b", guessed)] {
        workflow
            .steps
            .push(Step::new(id, &task.id, &task.version, task.task_type));
    }
    let findings = export_findings(&workflow, &catalog);
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].code, "TASK_ID_GUESSED");
    assert_eq!(findings[0].step.as_deref(), Some("b"));
}

fn step() -> impl Strategy<Value = Step> {
    (
        any::<u32>(),
        any::<bool>(),
        ".{0,20}",
        prop::collection::vec((".{0,8}", ".{0,30}"), 0..3),
        (-4000..4000_i32, -1000..1000_i32),
        prop::option::of(".{0,10}"),
    )
        .prop_map(|(id, numeric, task_id, config, (x, y), name)| {
            let mut step = Step::new(id.to_string(), task_id, "0.1", TaskType::Action);
            step.numeric_id = numeric;
            for (id, value) in config {
                step.set_config(&id, value);
            }
            step.position = [f64::from(x) / 8.0, f64::from(y)];
            step.name = name;
            step
        })
}

proptest! {
    #[test]
    fn writing_and_reading_changes_nothing(name in ".{0,20}", steps in prop::collection::vec(step(), 0..5)) {
        let workflow = Workflow { name, steps, ..Workflow::default() };
        for text in [to_text(&workflow), to_flow_file(&workflow)] {
            let imported = parse(&text).expect("it reads");
            prop_assert_eq!(&imported.workflow, &workflow);
            prop_assert_eq!(imported.findings.len(), 0);
        }
    }

    #[test]
    fn no_text_panics(text in ".{0,200}") {
        let _ = parse(&text);
    }
}
