//! Random conditions and workflows for property tests.

use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Map, Value, json};

use crate::catalog::{FieldKind, Task, TypeRef, Variable};
use crate::condition::{self, Expr, Op, Operand, Quantifier};
use crate::python::shipped;
use crate::workflow::{ConfigValue, Link, Step, TaskType, Workflow};

/// How many cases a property runs when nobody asks for another number.
const USUAL_CASES: u32 = 256;

/// How many cases a property runs: `usual`, or what the environment of the test asks for. A failing
/// case is printed whole and becomes a test of its own, so no file keeps its seed.
pub(crate) fn cases(usual: u32) -> ProptestConfig {
    let asked = ProptestConfig::default();
    ProptestConfig {
        cases: if asked.cases == USUAL_CASES {
            usual
        } else {
            asked.cases
        },
        failure_persistence: None,
        ..asked
    }
}

/// A name that the condition language has no other use for.
pub(crate) fn word() -> impl Strategy<Value = String> {
    "[a-z][a-zA-Z0-9_]{0,6}".prop_filter("a word of the language", |word| {
        !matches!(
            word.to_ascii_lowercase().as_str(),
            "and" | "or" | "not" | "true" | "false" | "nil" | "null"
        )
    })
}

/// A path, at times one that leads somewhere in an order.
pub(crate) fn path() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => prop::collection::vec(word(), 1..4).prop_map(|words| words.join(".")),
        1 => select(&PATHS[..]).prop_map(str::to_string),
    ]
}

const PATHS: [&str; 16] = [
    "order.name",
    "order.note",
    "order.test",
    "order.createdAt",
    "order.totalPrice",
    "order.customer.email",
    "order.customer.numberOfOrders",
    "order.displayFinancialStatus",
    "order.lineItems",
    "order.lineItems.sku",
    "order.tags",
    "shop.email",
    "oldStatus",
    "lineItemsForeachitem.quantity",
    "item.title",
    "tags_item",
];

/// The right side of a comparison.
pub(crate) fn operand() -> impl Strategy<Value = Operand> {
    prop_oneof![
        any::<String>().prop_map(Operand::String),
        select(
            &[
                "",
                "VIP",
                "vip",
                "PAID",
                "612.40",
                "5",
                "true",
                "a,b, c",
                "2026-05-01",
                "it's",
                "{{ x }}",
                "\\",
                "A"
            ][..]
        )
        .prop_map(|text| Operand::String(text.to_string())),
        "-?[0-9]{1,6}(\\.[0-9]{1,3})?".prop_map(Operand::Number),
        any::<bool>().prop_map(Operand::Boolean),
        "[A-Z][A-Z0-9_]{1,8}"
            .prop_filter("a word of the language", |word| !matches!(
                word.as_str(),
                "AND" | "OR" | "NOT" | "TRUE" | "FALSE" | "NIL" | "NULL"
            ))
            .prop_map(Operand::Word),
        path().prop_map(Operand::Path),
    ]
}

/// Any condition that the text form can spell.
pub(crate) fn expr() -> impl Strategy<Value = Expr> {
    let leaf =
        (path(), select(&Op::ALL[..]), operand()).prop_map(|(path, op, value)| Expr::Compare {
            path,
            op,
            value: (!op.is_unary()).then_some(value),
        });
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expr::And),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expr::Or),
            inner.clone().prop_map(|expr| Expr::Not(Box::new(expr))),
            (
                path(),
                prop_oneof![
                    4 => word(),
                    1 => select(&["x", "y", "z", "x_", "x4", "tags_item", "item", "order"][..])
                        .prop_map(str::to_string)
                ],
                inner,
                select(vec![Quantifier::Any, Quantifier::All, Quantifier::None])
            )
                .prop_map(|(path, item, body, quantifier)| Expr::List {
                    quantifier,
                    path,
                    item,
                    body: Box::new(body),
                }),
        ]
    })
}

/// What the condition of an order sees.
pub(crate) fn scope() -> Vec<Variable> {
    [
        ("order", "Order"),
        ("shop", "Shop"),
        ("oldStatus", "ProductStatus"),
    ]
    .map(|(name, ty)| Variable {
        name: name.to_string(),
        ty: TypeRef::parse(ty),
    })
    .to_vec()
}

/// A text of any sort: templates, code, JSON, odd characters, and what looks like something else.
pub(crate) fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => select(&TEXTS[..]).prop_map(str::to_string),
        1 => any::<String>(),
        1 => "[ -~äöüß\n\r\t\u{0}\u{7f}\u{85}\u{2028}]{0,24}",
    ]
}

const TEXTS: [&str; 30] = [
    "",
    " ",
    "done",
    "True",
    "None",
    "nil",
    "in",
    "order.id",
    "item.title",
    "x",
    "order.lineItems",
    "getOrderData1.id",
    "007",
    "-5",
    "+1",
    "true",
    "{{ order.id }}",
    "{% for item in order.lineItems %}\n  {{ item.title | upcase }}\n{% endfor %}\n",
    "export default function main(input) {\r\n  return { a: \"b\\n\", 'c': `${1}` };\r\n}",
    "query { order { id name(\"x\") } } # a comment",
    "\"\"\"",
    "'''\n'''",
    "\\",
    "\\u0041\\n",
    "[\"a\", \"b\\\"c\"]",
    "[1, null, \"x\"]",
    "[]",
    "{\"a\": \"b\", \"c\": {\"d\": [true]}}",
    "{\"key\": \"k\", \"value\": 5}",
    "goto(\"a\")\n    label(\"a\")",
];

/// What a field of this kind holds in real files, in all its spellings, or any text.
fn value(kind: Option<FieldKind>) -> BoxedStrategy<String> {
    let of = |texts: &'static [&'static str]| {
        prop_oneof![
            3 => select(texts).prop_map(str::to_string),
            1 => text(),
        ]
        .boxed()
    };
    match kind {
        Some(FieldKind::Condition) => condition().boxed(),
        Some(FieldKind::CommerceObject | FieldKind::Resource) => of(&[
            "order.id",
            "{\"value\":\"\",\"default_value\":\"order.id\"}",
            "{\"value\": \"{{ order.customer.id }}\", \"default_value\": \"\"}",
            "{\"value\":\"{{order.id}}\",\"default_value\":\"order.id\"}",
            "{\"value\":\"{{ lineItemsForeachitem.product.id }}\",\"default_value\":\"\"}",
            "{\"value\":\"gid://shopify/Location/1\",\"default_value\":\"\"}",
            "{\"default_value\":\"order\",\"value\":\"\"}",
            "{\"value\":\"\",\"default_value\":\"\"}",
            "{{ item.id }}",
            "True.x",
            "not",
            "None",
        ]),
        Some(FieldKind::Array | FieldKind::Collections) => of(&[
            "[\"VIP\"]",
            "[\"a\", \"b\\\"c\", \"\", \"{{ order.name }}\"]",
            "[]",
            "[ ]",
            "[1,\"2\"]",
            "[\"\\u00e4\\n\"]",
            "[[\"a\"]]",
            "gid://shopify/Collection/1",
        ]),
        Some(FieldKind::Map) => of(&[
            "[{\"key\":\"a\",\"value\":\"b\"}]",
            "[{\"value\": \"b\", \"key\": \"a\"}, {\"key\":\"a\",\"value\":\"c\"}]",
            "[]",
            "[{\"key\":\"a\",\"value\":1}]",
            "{\"a\":\"b\"}",
        ]),
        Some(FieldKind::Metafield) => of(&[
            "{\"namespace\":\"custom\",\"key\":\"k\",\"type\":\"single_line_text_field\"}",
            "{\"key\":\"k\",\"n\":1}",
            "{\"b\":\"2\",\"a\":\"1\"}",
            "{\"a\":\"1\",\"a\":\"2\"}",
            "{}",
        ]),
        Some(FieldKind::Duration) => of(&[
            "{\"amount\":3,\"unit\":\"days\"}",
            "{\"amount\":\"007\",\"unit\":\"hours\"}",
            "{\"unit\":\"weeks\",\"amount\":\"2\"}",
            "{\"amount\":\"1.5\",\"unit\":\"days\"}",
            "{\"amount\":\"\",\"unit\":\"days\"}",
            "{\"amount\":\"{{ x }}\",\"unit\":\"days\"}",
            "{\"amount\":3,\"unit\":\"fortnights\"}",
        ]),
        Some(FieldKind::Recurrence) => of(&[
            "[\"DTSTART;TZID=UTC:20260101T060000\\nRRULE:FREQ=WEEKLY;BYDAY=MO,FR;BYHOUR=6;BYMINUTE=0\"]",
            "[\"DTSTART;TZID=Europe/Paris:20260302T183000\\nRRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,MO\"]",
            "[\"DTSTART:20260101T000000\\nRRULE:FREQ=MINUTELY;INTERVAL=10\"]",
            "[\"DTSTART:20260101T000000Z\\nRRULE:FREQ=DAILY;COUNT=3\"]",
            "[\"DTSTART;TZID=UTC:20260101T090500\\nRRULE:FREQ=MONTHLY;BYMONTHDAY=1,-1\"]",
            "[\"DTSTART;TZID=UTC:20260101T090500\\nRRULE:FREQ=MONTHLY;BYMONTHDAY=+1,99\"]",
            "[\"DTSTART;TZID=UTC:20260101T090500\\nRRULE:FREQ=MONTHLY;BYMONTHDAY=001\"]",
            "[\"DTSTART;TZID=:20260101T090500\\nRRULE:FREQ=DAILY;BYDAY=MO\"]",
            "[\"DTSTART;TZID=A\\\"B;C:20260101T250000\\nRRULE:FREQ=DAILY\"]",
            "[\"DTSTART;TZID=UTC:20261301T236100\\nRRULE:FREQ=HOURLY;BYDAY=SU\"]",
            "[\"DTSTART;TZID=UTC:20260101T000000\\nRRULE:FREQ=DAILY;INTERVAL=2;BYDAY=MO;FREQ=WEEKLY\"]",
        ]),
        Some(FieldKind::Path) => of(&[
            "order.lineItems",
            "lineItemsForeachitem.customAttributes",
            "getOrderData",
            "getOrderData1",
            "order.customer.orders",
            "order.lineItems[]",
            "True",
            "in",
            "item",
        ]),
        Some(FieldKind::Sort) => of(&[
            "{\"sortKey\":\"CREATED_AT\",\"order\":\"DESCENDING\"}",
            "{\"order\": \"ASCENDING\", \"sortKey\": \"NAME\"}",
            "{\"sortKey\":\"NAME\",\"order\":\"\"}",
            "{\"sortKey\":\"NAME\",\"order\":\"ASC\"}",
            "{\"sortKey\":\"A B\",\"order\":\"ASCENDING\"}",
            "NAME",
            "NAME DESC",
        ]),
        Some(FieldKind::Boolean) => of(&["true", "false", "True", "1", ""]),
        Some(FieldKind::Integer) => of(&[
            "5",
            "-5",
            "007",
            "1.5",
            "{{ order.number }}",
            "+5",
            "9999999999999999999",
        ]),
        _ => text().boxed(),
    }
}

/// A condition as a step holds it: text, a tree of either make, or what does not read.
pub(crate) fn condition() -> impl Strategy<Value = String> {
    let tree = |expr: &Expr| condition::to_tree(expr, shipped(), &scope(), "s").ok();
    prop_oneof![
        4 => expr().prop_map(|expr| condition::print(&expr)),
        2 => expr().prop_map(move |expr| {
            tree(&expr).unwrap_or_else(|| condition::print(&expr))
        }),
        1 => expr().prop_map(move |expr| {
            tree(&expr).map_or_else(|| condition::print(&expr), |text| by_tools(&text))
        }),
        1 => select(&[
            "",
            "this does not read (",
            "order.totalPrice > 500 and order.test",
            "{\"operation_type\":",
            "((a == 1) && (b == 2) || (c == 3))",
            "(order.name == {{ order.name }})",
        ][..]).prop_map(str::to_string),
    ]
}

/// A tree as other tools than the editor write it: nothing round the inside of a list test, no ids.
pub(crate) fn by_tools(text: &str) -> String {
    fn strip(value: &mut Value) {
        let Some(object) = value.as_object_mut() else {
            return;
        };
        object.remove("uuid");
        object.remove("parent_uuid");
        for side in ["lhs", "rhs", "operation", "array_path"] {
            object.get_mut(side).into_iter().for_each(strip);
        }
        if let Some(operation) = object.get_mut("operation")
            && operation.get("rhs").is_none()
            && let Some(inner) = operation.get("lhs").cloned()
        {
            *operation = inner;
        }
    }
    let mut value: Value = serde_json::from_str(text).expect("a tree");
    strip(&mut value);
    value.to_string()
}

/// A step of any task with any config; ids and positions come later.
fn step() -> impl Strategy<Value = Step> {
    let tasks: Vec<&'static Task> = shipped().tasks().collect();
    let special: Vec<&'static Task> = tasks
        .iter()
        .copied()
        .filter(|task| task.task_type != TaskType::Action || task.output().is_some())
        .filter(|task| task.task_type != TaskType::Trigger || task.fields.len() > 1)
        .collect();
    let special = if special.is_empty() {
        tasks.clone()
    } else {
        special
    };
    let builtin: Vec<&'static Task> = ["condition", "condition", "foreach", "wait", "run_code"]
        .iter()
        .filter_map(|name| shipped().task(&format!("shopify::flow::{name}")))
        .collect();
    let known = prop_oneof![3 => select(builtin), 2 => select(special), 2 => select(tasks)];
    prop_oneof![
        6 => (known, any::<u8>()).prop_flat_map(|(task, odd)| {
            let kinds = [TaskType::Trigger, TaskType::Condition, TaskType::Action, TaskType::Foreach, TaskType::Wait];
            let version = if odd % 16 == 1 { "9.9".to_string() } else { task.version.clone() };
            // At times a task of another type than the catalogue says.
            let task_type = if odd % 32 == 2 { kinds[usize::from(odd / 32) % 5] } else { task.task_type };
            let bare = Step::new("", task.id.clone(), version, task_type);
            let filled = task.fields.iter().map(|field| {
                (Just(field.id.clone()), prop::option::weighted(0.7, value(Some(field.kind))))
            }).collect::<Vec<_>>();
            let more = prop_oneof![9 => Just(None), 1 => (field_id(), text()).prop_map(Some)];
            (Just(bare), filled, more, any::<bool>(), any::<u8>()).prop_map(|(mut step, filled, more, turned, often)| {
                // Most steps of the plain tasks hold their one field.
                let whole = often % 4 != 0;
                for (id, value) in filled {
                    if let Some(value) = value {
                        step.config.push(ConfigValue { id, value });
                    } else if whole && step.task_id == "shopify::flow::condition" {
                        step.set_config("condition", "(order.test == true)");
                    }
                }
                if let Some((id, value)) = more {
                    step.set_config(&id, value);
                }
                if turned {
                    step.config.reverse();
                }
                step
            })
        }),
        1 => (
            prop_oneof![Just("2b9d36c4-7d0e-4a43-9f3a-0d6c1c7a1f52".to_string()), text()],
            prop_oneof![Just("1.0".to_string()), text()],
            select(vec![TaskType::Trigger, TaskType::Condition, TaskType::Action, TaskType::Foreach, TaskType::Wait]),
            prop::collection::vec((field_id(), text()), 0..4),
        ).prop_map(|(id, version, task_type, config)| {
            let mut step = Step::new("", id, version, task_type);
            for (id, value) in config {
                step.set_config(&id, value);
            }
            step
        }),
    ]
}

fn field_id() -> impl Strategy<Value = String> {
    prop_oneof![
        select(
            &[
                "message",
                "odd-id",
                "_name",
                "_goto",
                "_fields",
                "version",
                "type",
                "every",
                "at",
                "days",
                "if",
                "in",
                "True",
                "",
                "condition",
                "listpath",
                "a b",
                "tags"
            ][..]
        )
        .prop_map(str::to_string),
        text(),
    ]
}

/// What travels beside the text, and the name.
type Beside = (
    Option<String>,
    Option<String>,
    Option<String>,
    [f64; 2],
    bool,
    bool,
);

fn beside() -> impl Strategy<Value = Beside> {
    let name = prop_oneof![
        6 => Just(None),
        2 => select(&["Run code", "Run code (1)", "Get order data", "Get order data (1)", "Log output", "My data", ""][..])
            .prop_map(|name| Some(name.to_string())),
        1 => text().prop_map(Some),
    ];
    let number = prop_oneof![
        (-5_000..5_000_i32).prop_map(f64::from),
        (-5_000..5_000_i32).prop_map(|n| f64::from(n) / 8.0),
    ];
    (
        name,
        prop::option::weighted(0.2, text()),
        prop::option::weighted(0.2, text()),
        [number.clone(), number],
        any::<bool>(),
        prop::bool::weighted(0.1),
    )
}

/// Links run forward and join, run anywhere, or follow each other only.
#[derive(Clone, Copy, Debug)]
enum Run {
    Forward,
    Anywhere,
    Chain,
}

/// Any valid workflow: every id once, every link between a port that there is and a step that has
/// an input, each once. Steps may stand in circles or be reached by nothing.
pub(crate) fn workflow() -> impl Strategy<Value = Workflow> {
    (
        prop::collection::vec((step(), beside()), 0..14),
        prop::collection::vec((any::<Index>(), 0..2_usize, any::<Index>()), 0..22),
        select(vec![Run::Forward, Run::Forward, Run::Anywhere, Run::Chain]),
        prop_oneof![text(), "[ a-zA-Z_!äÄ]{0,12}"],
        prop_oneof![3 => Just(true), 1 => Just(false)],
        prop::collection::vec(text(), 0..3),
        any::<[bool; 4]>(),
    )
        .prop_map(|(steps, links, run, name, first, handles, extra)| {
            let mut workflow = Workflow {
                name,
                ..Workflow::default()
            };
            for (at, (mut step, beside)) in steps.into_iter().enumerate() {
                let (name, description, note, position, numeric, more) = beside;
                step.numeric_id = numeric;
                step.id = if numeric {
                    (at * 7 % 101).to_string()
                } else if at % 2 == 0 {
                    format!("id {} \"x\"", at * 7 % 101)
                } else {
                    // The ids that reading gives to steps.
                    format!("s{}", at * 7 % 13 + 1)
                };
                step.name = name;
                step.description = description;
                step.note = note;
                step.position = position;
                if more {
                    step.extra
                        .insert("from_the_future".into(), json!([1, {"a": null}]));
                }
                workflow.steps.push(step);
            }
            let trigger = Step::new(
                "t",
                "shopify::admin::order_created",
                "0.1",
                TaskType::Trigger,
            );
            if first {
                let at = workflow.steps.len() * usize::from(extra[3]);
                workflow.steps.insert(at, trigger);
            }
            connect(&mut workflow, &links, run);
            for handle in handles {
                workflow.patched_fields.push(json!({
                    "id": handle, "handle": handle, "field": "metafield", "patched_type": "Order",
                    "arguments": "{\"key\":\"a.b\"}", "merchant_configured": true
                }));
            }
            let mut root = Map::new();
            for (key, value) in [
                ("variables", json!([])),
                ("note", Value::Null),
                ("vertical_layout_enabled", json!(extra[3])),
            ] {
                root.insert(key.to_string(), value);
            }
            if extra[0] {
                workflow.extra = root;
            }
            workflow
        })
}

fn connect(workflow: &mut Workflow, links: &[(Index, usize, Index)], run: Run) {
    let count = workflow.steps.len();
    let mut wanted: Vec<(usize, usize, usize)> = Vec::new();
    if matches!(run, Run::Chain) || links.len().is_multiple_of(2) {
        wanted.extend((1..count).map(|to| (to - 1, to % 2, to)));
    }
    for (from, port, to) in links {
        if count > 1 && !matches!(run, Run::Chain) {
            let (mut from, mut to) = (from.index(count), to.index(count));
            if matches!(run, Run::Forward) {
                (from, to) = (from.min(to), from.max(to));
            }
            wanted.push((from, *port, to));
        }
    }
    for (from, port, to) in wanted {
        let [from, to] = [&workflow.steps[from], &workflow.steps[to]];
        let ports = from.task_type.output_ports();
        let link = Link::new(from.id.clone(), ports[port % ports.len()], to.id.clone());
        let itself = link.from == link.to && !matches!(run, Run::Anywhere);
        if to.task_type != TaskType::Trigger && !itself && !workflow.links.contains(&link) {
            workflow.links.push(link);
        }
    }
}

/// A graph and nothing else: plain steps, up to thirty, with many links.
pub(crate) fn graph() -> impl Strategy<Value = Workflow> {
    let kinds = [
        ("shopify::admin::order_created", TaskType::Trigger),
        ("shopify::flow::condition", TaskType::Condition),
        ("shopify::flow::foreach", TaskType::Foreach),
        ("shopify::flow::log_output", TaskType::Action),
        ("shopify::flow::log_output", TaskType::Action),
    ];
    (
        prop::collection::vec(select(kinds.to_vec()), 2..30),
        prop::collection::vec((any::<Index>(), 0..2_usize, any::<Index>()), 0..50),
        select(vec![Run::Forward, Run::Anywhere]),
    )
        .prop_map(|(steps, links, run)| {
            let mut workflow = Workflow {
                name: "Graph".to_string(),
                ..Workflow::default()
            };
            for (at, (task, task_type)) in steps.into_iter().enumerate() {
                let mut step = Step::new(at.to_string(), task, "0.1", task_type);
                match task_type {
                    TaskType::Condition => step.set_config("condition", "(order.test == true)"),
                    TaskType::Foreach => step.set_config("listpath", "order.lineItems"),
                    TaskType::Action => step.set_config("message", format!("m{at}")),
                    TaskType::Trigger | TaskType::Wait => {}
                }
                workflow.steps.push(step);
            }
            connect(&mut workflow, &links, run);
            workflow
        })
}
