//! What stores say about their tasks: every documented shape, odd tasks, and laws of laying over.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::catalog::overlay::UNNAMED_CONNECTOR;
use crate::catalog::{Catalog, IdStatus};
use crate::check::has_error;

fn imported(value: &Value) -> Imported {
    read(value.to_string().as_bytes())
}

/// The findings' messages, one a line.
fn said(findings: &[Finding]) -> String {
    let lines: Vec<&str> = findings
        .iter()
        .map(|finding| finding.message.as_str())
        .collect();
    lines.join("\n")
}

/// A task as the Admin API answers it.
fn graphql() -> Value {
    json!({
        "__typename": "AutomationTask",
        "id": "gid://shopify/AutomationTask/7",
        "taskId": "shopify::admin::order_paid_v2",
        "version": "0.3",
        "label": "Order paid",
        "description": "An order has been paid.",
        "taskType": "TRIGGER",
        "state": "MAIN",
        "connector": {"id": "admin", "name": "Shopify", "installed": true, "app": null},
        "configFields": [],
        "returnFields": [{"name": "order", "type": "Order!", "typeDefinitions": null}],
        "outputPortIds": ["output"],
    })
}

/// An app's own action.
fn own_action() -> Value {
    json!({
        "taskId": "0f0c8a54-6b3d-4f0e-8f26-4f6f0c1b9f11",
        "version": "1.0",
        "label": "Print a label",
        "description": "Prints a parcel label and says what it cost.",
        "taskType": "ACTION",
        "connector": {"id": "x", "name": "Parcel Press", "installed": true},
        "configFields": [
            {"__typename": "AutomationCommerceObjectConfigField", "id": "order_id", "label": "Order",
             "required": true, "possibleObjectTypes": ["Order"], "defaultValue": "order.id", "validations": []},
            {"__typename": "AutomationSelectConfigField", "id": "size", "label": "Size", "required": true,
             "defaultValue": "A6",
             "options": [{"value": "A6", "label": "Small", "deprecated": false},
                         {"value": "A7", "label": "Tiny", "deprecated": true},
                         {"value": "A5", "label": "Large", "deprecated": false}]},
            {"__typename": "AutomationTextConfigField", "id": "remark", "label": "Remark", "required": false,
             "supportsLiquid": true, "validations": []},
            {"__typename": "AutomationTextConfigField", "id": "carrier", "label": "Carrier", "required": true,
             "validations": [{"errorMessage": "no", "subfield": null, "values": ["ups", "dhl"]}]},
        ],
        "returnFields": [
            {"name": "cost", "type": "Money!"},
            {"name": "parcel", "type": "Parcel",
             "typeDefinitions": "type Parcel { weight: Float! state: ParcelState order: Order } enum ParcelState { NEW SENT }"},
        ],
        "outputPortIds": ["output"],
    })
}

#[test]
fn a_guessed_task_gets_its_real_id() {
    let base = Catalog::builtin();
    let guess = base.task_named("order_paid").expect("there");
    assert_eq!(guess.id_status, IdStatus::Guess);
    let read = imported(&json!({"data": {"automationTasks": {"nodes": [graphql()]}}}));
    assert_eq!(said(&read.findings), "");
    let laid = base.overlay(&read.overlay);
    let task = laid.task_named("order_paid").expect("there");
    assert_eq!(
        (task.id.as_str(), task.version.as_str(), task.id_status),
        ("shopify::admin::order_paid_v2", "0.3", IdStatus::Exact)
    );
    assert_eq!(task.adds, guess.adds);
    assert_eq!(task.description, guess.description);
    assert_eq!(laid.task(&guess.id), Some(task), "the guess leads to it");
    let program = "@order_paid\ndef f(order):\n    log_output(message=\"x\")\n";
    let before = crate::python::parse(program, &base).workflow;
    assert_eq!(before.steps[0].task_id, guess.id);
    assert_eq!(said(&crate::check::check(&before, &laid)), "");
    let after = laid.with_real_ids(&before);
    assert_eq!(
        (
            after.steps[0].task_id.as_str(),
            after.steps[0].task_version.as_str()
        ),
        ("shopify::admin::order_paid_v2", "0.3")
    );
    assert_eq!(after, crate::python::parse(program, &laid).workflow);
    assert_eq!(base.with_real_ids(&before), before);
    assert_eq!(laid.tasks().count(), base.tasks().count());
    let place = |catalog: &Catalog| catalog.tasks().position(|task| task.name == "order_paid");
    assert_eq!(place(&laid), place(&base));
}

#[test]
fn an_apps_own_task_is_added_with_its_types() {
    let base = Catalog::builtin();
    let read = imported(&json!([own_action()]));
    assert_eq!(said(&read.findings), "");
    let laid = base.overlay(&read.overlay).with_connectors::<&str>(&[]);
    let task = laid.task_named("print_a_label").expect("added");
    assert_eq!(task.connector.as_deref(), Some("Parcel Press"));
    let fields: Vec<_> = task
        .fields
        .iter()
        .map(|field| {
            (
                field.id.as_str(),
                field.kind,
                field.must_be_given(),
                field.liquid,
                field.of.as_deref(),
                field.values.join(" "),
            )
        })
        .collect();
    assert_eq!(
        fields,
        [
            (
                "order_id",
                FieldKind::CommerceObject,
                true,
                false,
                Some("Order"),
                String::new()
            ),
            (
                "size",
                FieldKind::Enum,
                false,
                false,
                None,
                "A6 A5".to_string()
            ),
            ("remark", FieldKind::Text, false, true, None, String::new()),
            (
                "carrier",
                FieldKind::Enum,
                true,
                false,
                None,
                "ups dhl".to_string()
            ),
        ]
    );
    let program = "@order_created\ndef f(order):\n    printALabel = print_a_label(order_id=order.id, carrier=\"dhl\")\n    if printALabel.parcel.state == \"SENT\" and printALabel.parcel.order.test == True:\n        log_output(message=\"{{ printALabel.cost }}\")\n";
    let parsed = crate::python::parse(program, &laid);
    assert_eq!(said(&parsed.findings), "");
    assert_eq!(said(&crate::check::check(&parsed.workflow, &laid)), "");
    let wrong = program.replace("\"dhl\"", "\"pigeon\"");
    let findings = crate::check::check(&crate::python::parse(&wrong, &laid).workflow, &laid);
    assert!(has_error(&findings), "{}", said(&findings));
    assert!(
        has_error(&crate::check::check(
            &parsed.workflow,
            &base.with_connectors::<&str>(&[])
        )),
        "without the import nobody knows the output"
    );
    assert!(laid.offered().types.objects.contains_key("Parcel"));
}

#[test]
fn a_connector_counts_as_installed_unless_it_is_said_not_to_be() {
    let base = Catalog::builtin();
    let mut own = own_action();
    own["connector"]["installed"] = json!(false);
    let read = imported(&own);
    let none: [&str; 0] = [];
    assert!(
        base.overlay(&read.overlay)
            .with_connectors(&none)
            .task_named("print_a_label")
            .is_none()
    );
    assert!(
        base.overlay(&read.overlay)
            .with_connectors(&["parcel press"])
            .task_named("print_a_label")
            .is_some()
    );
    let slack = imported(
        &json!({"taskId": "11112222-3333-4444-5555-666677778888", "label": "Send slack message",
        "taskType": "action", "version": 2, "connector": "slack"}),
    );
    let laid = base.overlay(&slack.overlay).with_connectors(&none);
    let task = laid
        .task_named("slack_send_message")
        .expect("it is this one");
    assert_eq!((task.version.as_str(), task.fields.len()), ("2", 2));
    assert_eq!(task.connector.as_deref(), Some("Slack"));
}

#[test]
fn every_envelope_and_both_spellings_are_read() {
    let snake = json!({
        "task_id": "acme::ping",
        "task_version": "0.1",
        "label": "Ping",
        "task_type": "ACTION",
        "publisher": "non-shopify-app",
        "config_fields": "[{\"id\":\"to\",\"label\":\"To\",\"type\":\"text\",\"required\":true}]",
        "return_fields": {},
        "input_port_id": "input",
        "output_port_ids": ["output"],
    });
    let search = json!({"id": "acme::ping@0.1", "label": "Ping", "type": "ACTION", "publisher": "non-shopify-app",
        "installed": true, "description": "x"});
    for document in [
        snake.clone(),
        search.clone(),
        json!([snake]),
        json!({"tasks": [snake]}),
        json!({"data": {"tasks": [search]}}),
        json!({"data": {"automationTask": snake}}),
        json!({"data": {"automationTasks": {"edges": [{"cursor": "x", "node": snake}], "pageInfo": {}}}}),
        json!({"data": {"automation_tasks": {"nodes": [snake]}}}),
    ] {
        let read = imported(&document);
        assert_eq!(said(&read.findings), "", "{document}");
        let [task] = read.overlay.tasks.as_slice() else {
            panic!("{document}: {:?}", read.overlay);
        };
        assert_eq!(
            (
                task.id.as_str(),
                task.version.as_deref(),
                task.label.as_deref(),
                &task.provider
            ),
            ("acme::ping", Some("0.1"), Some("Ping"), &Provider::Unnamed),
            "{document}"
        );
        let laid = Catalog::builtin().overlay(&read.overlay);
        let task = laid.task_named("ping").expect("added");
        assert_eq!(task.connector.as_deref(), Some(UNNAMED_CONNECTOR));
    }
}

#[test]
fn field_kinds() {
    for (word, values, expected) in [
        ("AutomationTextConfigField", &[][..], Some(FieldKind::Text)),
        (
            "AutomationIntegerConfigField",
            &[],
            Some(FieldKind::Integer),
        ),
        (
            "AutomationBooleanConfigField",
            &[],
            Some(FieldKind::Boolean),
        ),
        ("AutomationEnumConfigField", &["a"], Some(FieldKind::Enum)),
        ("AutomationSelectConfigField", &["a"], Some(FieldKind::Enum)),
        ("AutomationArrayConfigField", &[], Some(FieldKind::Array)),
        ("AutomationMapConfigField", &[], Some(FieldKind::Map)),
        (
            "AutomationCommerceObjectConfigField",
            &[],
            Some(FieldKind::CommerceObject),
        ),
        (
            "AutomationCollectionsConfigField",
            &[],
            Some(FieldKind::Collections),
        ),
        (
            "AutomationConditionConfigField",
            &[],
            Some(FieldKind::Condition),
        ),
        (
            "AutomationDurationConfigField",
            &[],
            Some(FieldKind::Duration),
        ),
        (
            "AutomationRecurrenceConfigField",
            &[],
            Some(FieldKind::Recurrence),
        ),
        ("AutomationPathConfigField", &[], Some(FieldKind::Path)),
        (
            "AutomationHardcodedPathConfigField",
            &[],
            Some(FieldKind::Text),
        ),
        ("AutomationSortConfigField", &[], Some(FieldKind::Sort)),
        (
            "AutomationApiCallConfigField",
            &[],
            Some(FieldKind::ApiCall),
        ),
        ("AutomationCodeConfigField", &[], Some(FieldKind::Code)),
        (
            "AutomationMetafieldTypeConfigField",
            &["a"],
            Some(FieldKind::Enum),
        ),
        (
            "AutomationTypedMetafieldConfigField",
            &[],
            Some(FieldKind::Metafield),
        ),
        (
            "AutomationUntypedMetafieldConfigField",
            &[],
            Some(FieldKind::Metafield),
        ),
        (
            "AutomationShopifyqlQueryConfigField",
            &[],
            Some(FieldKind::ShopifyqlQuery),
        ),
        ("AutomationUnsupportedConfigField", &[], None),
        ("commerce_object", &[], Some(FieldKind::CommerceObject)),
        ("shopifyql_query", &[], Some(FieldKind::ShopifyqlQuery)),
        ("string", &["a"], Some(FieldKind::Enum)),
        ("telepathy", &[], None),
    ] {
        let values: Vec<String> = values.iter().map(|value| (*value).to_string()).collect();
        assert_eq!(kind(word, &values), expected, "{word}");
    }
}

#[test]
fn odd_tasks_are_named_and_left_out() {
    let read = imported(&json!({"tasks": [
        7,
        {"label": "No id"},
        {"id": "gid://shopify/AutomationTask/1", "label": "Only the id of the record"},
        {"taskId": "a b", "label": "Spaces"},
        {"taskId": "x::teleport", "label": "Teleport", "taskType": "TELEPORT"},
        {"taskId": "x::split", "label": "Split", "taskType": "ACTION", "outputPortIds": ["left", "right"]},
        {"taskId": "x::ok", "label": "Fine", "taskType": "ACTION", "configFields": [
            {"id": "a", "__typename": "AutomationUnsupportedConfigField"},
            {"id": "a", "type": "text"},
            {"type": "text"},
            "b",
            {"id": "c", "type": "select", "options": []},
        ], "returnFields": [{"name": "a b", "type": "Int"}, {"name": "n", "type": "???"}]},
        {"taskId": "x::ok", "label": "Again", "taskType": "ACTION"},
        {"taskId": "x::either", "label": "Either", "taskType": "CONDITION"},
        {"taskId": "x::typeless", "label": "Typeless"},
        {"taskId": "shopify::flow::wait", "label": "Wait", "taskType": "ACTION"},
        {"taskId": "x::odd", "label": "Odd", "taskType": "TRIGGER", "returnFields": [{"name": "a", "type": "Martian!"}]},
    ]}));
    insta::assert_snapshot!(said(&read.findings), @r"
    Task 1 is not an object; it was left out.
    Task 2 (No id) has no task id; it was left out.
    Task 3 (Only the id of the record) has no task id; it was left out.
    Task 4 (Spaces) has an id with spaces in it; it was left out.
    Task 5 (Teleport) has a type that is not known here; it was left out.
    Task 6 (Split) is left over the port “left”, which steps of its type do not have; it was left out.
    Field 1 (a) of task 7 (Fine) is of the kind AutomationUnsupportedConfigField, which is not known here; it is taken as text where the built-in catalogue does not know better.
    Field 2 of task 7 (Fine) has the id of one before it; it was left out.
    Field 3 of task 7 (Fine) has no id; it was left out.
    Field 4 of task 7 (Fine) is not an object; it was left out.
    Value 1 of task 7 (Fine) has no name that a path can be written with; it was left out.
    Value 2 (n) of task 7 (Fine) names no type; every path into it is taken as right.
    Task 8 (Again) has the id of one before it; it was left out.
    ");
    let base = Catalog::builtin();
    insta::assert_snapshot!(said(&base.unused(&read.overlay)), @r"
    The task Either is a way to branch, to loop or to wait that is not known here; it was left out.
    The task Typeless is not in the built-in catalogue, and the file does not say of which type it is; it was left out.
    The task Wait has the id of a task of another type; it was left out.
    The task Odd gives a of the type Martian, which is not known here; every path into it is taken as right.
    ");
    let laid = base.overlay(&read.overlay);
    let task = laid.task("x::ok").expect("used");
    let fields: Vec<_> = task
        .fields
        .iter()
        .map(|field| (field.id.as_str(), field.kind))
        .collect();
    assert_eq!(fields, [("a", FieldKind::Text), ("c", FieldKind::Text)]);
    assert_eq!(
        task.output().map(|output| output.name.as_str()),
        Some("fine")
    );
    assert_eq!(
        laid.task("shopify::flow::wait"),
        base.task("shopify::flow::wait")
    );
    assert!(laid.task("x::either").is_none() && laid.task("x::typeless").is_none());
    assert_eq!(
        laid.task("x::odd").expect("used").adds[0].ty.to_string(),
        "JSON"
    );
}

#[test]
fn a_document_that_is_none_says_why() {
    let deep = "[".repeat(100_000);
    let large = vec![b' '; MAX_BYTES + 1];
    for (text, why) in [
        (&b""[..], "empty"),
        (b" \n", "empty"),
        (b"{\"tasks\": [", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"shopify: command not found", "not JSON"),
        (deep.as_bytes(), "not JSON"),
        (large.as_slice(), "larger than 16 MB"),
        (b"7", "No task"),
        (b"null", "No task"),
        (b"{}", "no task id"),
        (b"[]", "No task"),
        (
            b"{\"data\":{\"automationTasks\":{\"nodes\":[]}}}",
            "No task",
        ),
        (
            b"{\"errors\":[{\"message\":\"Access denied.\"}],\"data\":null}",
            "an error and no tasks: Access denied. Ask",
        ),
    ] {
        let read = read(text);
        assert!(read.overlay.tasks.is_empty());
        assert!(has_error(&read.findings));
        assert!(
            said(&read.findings).contains(why),
            "{}",
            said(&read.findings)
        );
        for finding in &read.findings {
            assert!(finding.message.chars().count() < 400 && finding.message.ends_with('.'));
        }
    }
    let marked = [b"\xef\xbb\xbf", graphql().to_string().as_bytes()].concat();
    assert_eq!(
        read(&marked).overlay.tasks.len(),
        1,
        "a byte order mark is no error"
    );
}

#[test]
fn known_kinds_and_fields_stay_where_nothing_is_said() {
    let base = Catalog::builtin();
    let known = base
        .task("shopify::flow::send_email")
        .expect("there")
        .clone();
    let read = imported(&json!([
        {"taskId": "shopify::flow::send_email", "version": "2.1", "taskType": "ACTION", "label": "Send internal email",
         "configFields": [{"id": "address", "__typename": "AutomationTextConfigField", "required": true}]},
        {"taskId": "shopify::flow::fetch::orders", "taskType": "ACTION", "returnFields": [{"name": "orders", "type": "[Int]"}]},
    ]));
    let laid = base.overlay(&read.overlay);
    let task = laid.task("shopify::flow::send_email").expect("there");
    assert_eq!(task.version, "2.1");
    let email = |task: &crate::catalog::Task| task.field("address").cloned();
    assert_eq!(
        email(task),
        email(&known),
        "an address is still an e-mail address"
    );
    assert_eq!(task.fields.len(), known.fields.len());
    assert_eq!(
        laid.task("shopify::flow::fetch::orders")
            .map(|task| &task.adds),
        base.task("shopify::flow::fetch::orders")
            .map(|task| &task.adds),
    );
}

#[test]
fn names_are_found_for_every_label() {
    let tasks: Vec<Value> = ["Print", "Print", "print!", "注文", "7 days", "If", "Add order tags", &"very ".repeat(80)]
        .iter()
        .enumerate()
        .map(|(at, label)| json!({"taskId": format!("x::{at}"), "label": label, "taskType": "ACTION", "connector": "Büro 9"}))
        .collect();
    let laid = Catalog::builtin().overlay(&imported(&json!(tasks)).overlay);
    let names: Vec<&str> = (0..tasks.len())
        .map(|at| laid.task(&format!("x::{at}")).expect("added").name.as_str())
        .collect();
    assert_eq!(
        names[..7],
        [
            "print",
            "b_ro_9_print",
            "b_ro_9_print_2",
            "run",
            "run_7_days",
            "run_if",
            "b_ro_9_add_order_tags"
        ]
    );
    assert!(names[7].len() <= 60, "{}", names[7]);
}

/// Documents around the shapes that are read, with ids and labels that meet those that are there.
fn documents() -> impl Strategy<Value = Value> {
    let word = prop_oneof![
        Just("shopify::admin::order_paid".to_string()),
        Just("shopify::admin::order_created".to_string()),
        Just("Order paid".to_string()),
        Just("Send Slack message".to_string()),
        Just("Review created".to_string()),
        Just("Order".to_string()),
        "[a-c]{1,2}",
        "[ -~é]{0,8}",
    ];
    let name = prop_oneof![Just("order".to_string()), "[a-c]", "[a-zA-Z_ ]{0,5}"];
    let ty = prop_oneof![
        Just("Order!"),
        Just("[A!]"),
        Just("B"),
        Just("?"),
        Just("Int")
    ];
    let kind = prop_oneof![
        Just("text"),
        Just("select"),
        Just("commerce_object"),
        Just("AutomationPathConfigField"),
        Just("odd"),
    ];
    let field = (name.clone(), kind, any::<Option<bool>>(), word.clone()).prop_map(
        |(id, kind, required, value)| json!({"id": id, "type": kind, "required": required, "defaultValue": value, "options": [value]}),
    );
    let given = (name, ty, "[a-c: {}!]{0,6}").prop_map(|(name, ty, odd)| {
        json!({"name": name, "type": ty, "typeDefinitions": format!("type A {{ b: B c: Order {odd} }} enum B {{ X }}")})
    });
    let task = (
        (word.clone(), word.clone(), word.clone()),
        prop_oneof![Just("TRIGGER"), Just("ACTION"), Just("WAIT"), Just("?")],
        proptest::option::of(proptest::collection::vec(field, 0..4)),
        proptest::option::of(proptest::collection::vec(given, 0..3)),
        any::<Option<bool>>(),
    )
        .prop_map(|((id, label, connector), ty, fields, returns, installed)| {
            json!({"taskId": id, "label": label, "taskType": ty, "connector": connector,
                   "configFields": fields, "returnFields": returns, "installed": installed})
        });
    proptest::collection::vec(
        prop_oneof![9 => task, 1 => word.prop_map(Value::from)],
        0..8,
    )
    .prop_map(|tasks| json!({"tasks": tasks}))
}

fn base() -> &'static Catalog {
    static BASE: std::sync::OnceLock<Catalog> = std::sync::OnceLock::new();
    BASE.get_or_init(Catalog::builtin)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn laying_over_keeps_the_laws(document in documents()) {
        let read = imported(&document);
        let laid = base().overlay(&read.overlay);
        // Laying the same over it again changes nothing, and neither does laying nothing.
        prop_assert!(laid.overlay(&read.overlay) == laid);
        prop_assert!(laid.overlay(&Overlay::default()) == laid);
        // It survives being stored.
        let stored = serde_json::to_string(&read.overlay).expect("it writes");
        prop_assert_eq!(&serde_json::from_str::<Overlay>(&stored).expect("it reads"), &read.overlay);
        // Names and ids are unique, and both lead to the task.
        let mut names = BTreeSet::new();
        for task in laid.tasks() {
            prop_assert!(names.insert(task.name.clone()), "{} is there twice", task.name);
            prop_assert_eq!(laid.task(&task.id), Some(task));
            prop_assert_eq!(laid.task_named(&task.name), Some(task));
            let mut fields = BTreeSet::new();
            for field in &task.fields {
                prop_assert!(fields.insert(field.id.clone()));
                prop_assert_eq!(field.kind == FieldKind::Enum, !field.values.is_empty());
            }
        }
        // Nothing is lost: every task is there under its name, with its type.
        for task in base().tasks() {
            let there = laid.task_named(&task.name);
            prop_assert_eq!(there.map(|task| task.task_type), Some(task.task_type));
            prop_assert!(laid.task(&task.id).is_some(), "{} leads nowhere", task.id);
        }
        for (name, fields) in &base().types.objects {
            prop_assert_eq!(laid.types.objects.get(name), Some(fields));
        }
        // Every type that is named is known, in what is offered too.
        for catalog in [&laid, &laid.offered()] {
            for task in catalog.tasks() {
                for variable in &task.adds {
                    let ty = &variable.ty.name;
                    prop_assert!(
                        catalog.types.objects.contains_key(ty) || catalog.enum_values(ty).is_some() || ty.chars().all(|c| c.is_ascii_alphanumeric()),
                        "{}", ty
                    );
                }
            }
        }
    }

    #[test]
    fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..200), text in "[\\[\\]{}\":,a-c0-9 tasknode]{0,80}") {
        for bytes in [bytes.as_slice(), text.as_bytes()] {
            let read = read(bytes);
            prop_assert_eq!(read.overlay.tasks.is_empty(), has_error(&read.findings));
        }
    }
}

#[test]
fn laying_nothing_over_is_identity() {
    assert!(base().overlay(&Overlay::default()) == *base());
}
