//! The tree form: written, read back, and kept where nothing changed.

use super::*;
use crate::generate::{by_tools, operand, path, scope};
use crate::python::shipped;

/// Values for a random condition's paths, and many that are not there.
fn env() -> impl Strategy<Value = Value> {
    let scalar = || {
        prop_oneof![
            Just(json!(null)),
            Just(json!("")),
            Just(json!(true)),
            Just(json!("VIP")),
            Just(json!("612.40")),
            Just(json!(5)),
            Just(json!("2026-05-01T10:00:00Z")),
            Just(json!("A")),
        ]
    };
    let list = || prop::collection::vec(scalar(), 0..3);
    (prop::array::uniform8(scalar()), list(), list(), scalar()).prop_map(
        |([name, note, test, total, email, status, created, old], tags, skus, a)| {
            let mut env = event();
            for (key, value) in [
                ("name", name),
                ("note", note),
                ("test", test),
                ("totalPrice", total),
                ("email", email),
                ("displayFinancialStatus", status),
                ("createdAt", created),
                ("tags", json!(tags)),
            ] {
                env["order"][key] = value;
            }
            env["order"]["lineItems"] =
                json!({ "nodes": skus.iter().map(|sku| json!({ "sku": sku })).collect::<Vec<_>>() });
            env["oldStatus"] = old;
            env["a"] = a;
            env
        },
    )
}

fn tree(expr: &Expr) -> Option<String> {
    to_tree(expr, shipped(), &scope(), "step").ok()
}

proptest! {
    #![proptest_config(cases(600))]

    /// Text, tree and text again come to the same over any environment.
    #[test]
    fn a_condition_comes_to_the_same_in_every_form(expr in expr(), env in env()) {
        let wanted = evaluate(&expr, &env).result;
        let text = print(&expr);
        prop_assert_eq!(evaluate(&parse(&text).expect("reads"), &env).result, wanted);
        if let Some(tree) = tree(&expr) {
            for tree in [by_tools(&tree), tree] {
                let read = parse(&tree).expect("reads");
                prop_assert_eq!(evaluate(&read, &env).result, wanted, "{}\n{}", text, tree);
                let again = parse(&print(&read)).expect("reads");
                prop_assert_eq!(&again, &read);
                prop_assert_eq!(evaluate(&again, &env).result, wanted);
            }
        }
    }

    /// Tree, text and tree again: the same bytes, because nothing was changed.
    #[test]
    fn an_unchanged_tree_keeps_its_bytes(expr in expr()) {
        if let Some(tree) = tree(&expr) {
            for tree in [by_tools(&tree), tree] {
                let read = parse(&print(&parse(&tree).expect("reads"))).expect("reads");
                let kept = rewritten(&tree, &read, shipped(), &scope(), "other");
                prop_assert_eq!(kept, tree);
            }
        }
    }

    /// One more test beside a tree leaves the ids of what was there.
    #[test]
    fn a_changed_tree_keeps_its_other_parts(path in path(), value in operand()) {
        let one = parse("(order.name == 'x')").expect("reads");
        let before = tree(&one).expect("a tree");
        let more = Expr::And(vec![one, Expr::Compare { path, op: Op::Eq, value: Some(value) }]);
        let after = rewritten(&before, &more, shipped(), &scope(), "other");
        let (before, after): (Value, Value) = (serde_json::from_str(&before).expect("JSON"), serde_json::from_str(&after).expect("JSON"));
        prop_assert_eq!(&before["uuid"], &after["uuid"]);
        prop_assert_eq!(&before["lhs"], &after["lhs"]);
        prop_assert!(after["rhs"].is_object());
    }
}

/// What only negation of a comparison by size cannot say.
#[test]
fn what_no_tree_can_say_stays_text() {
    for text in [
        "!(order.totalPrice > 5)",
        "(order.lineItems all? |i| ((i.sku nil?) || !(i.quantity <= 2)))",
    ] {
        let expr = parse(text).expect(text);
        let error = to_tree(&expr, shipped(), &scope(), "s").expect_err(text);
        assert!(error.message.contains("by size"), "{error}");
        let before = tree(&parse("(order.name == 'x')").expect("reads")).expect("a tree");
        assert_eq!(rewritten(&before, &expr, shipped(), &scope(), "s"), text);
    }
    assert!(to_tree(&Expr::And(Vec::new()), shipped(), &scope(), "s").is_err());
    let mut deep = parse("(a == 1)").expect("reads");
    for _ in 0..200 {
        deep = Expr::Not(Box::new(deep));
    }
    assert!(to_tree(&deep, shipped(), &scope(), "s").is_err());
    // Text stays text, whatever becomes of it.
    let expr = parse("(order.name == 'y')").expect("reads");
    assert_eq!(
        rewritten("(order.name == 'x')", &expr, shipped(), &scope(), "s"),
        "(order.name == 'y')"
    );
    assert_eq!(
        rewritten("order.name=='y'", &expr, shipped(), &scope(), "s"),
        "order.name=='y'"
    );
}

#[test]
fn many_tests_make_a_tree_that_reads() {
    let parts: Vec<Expr> = (0..80)
        .map(|n| parse(&format!("(order.name == 'n{n}')")).expect("reads"))
        .collect();
    let expr = Expr::Or(parts);
    assert_eq!(tree(&expr).map(|tree| parse(&tree)), Some(Ok(expr)));
}

/// The shape of the editor's trees, as the documents of the format describe it.
#[test]
fn the_shape_is_the_editors() {
    let text = "((order.tags any? |tags_item| (tags_item == 'vip')) && (order.totalPrice >= 10.0) && (order.customer.id not_empty_and_not_nil?) && (order.displayFinancialStatus == PAID) && (order.email != shop.email) && !(order.test == true))";
    let tree = tree(&parse(text).expect("reads")).expect("a tree");
    let mut value: Value = serde_json::from_str(&tree).expect("JSON");
    let mut seen = std::collections::BTreeSet::new();
    short(&mut value, None, &mut seen);
    let read = print(&parse(&tree).expect("reads"));
    assert_eq!(
        read,
        text.replace("== PAID", "== 'PAID'")
            .replace("!(order.test == true)", "(order.test != true)")
    );
    insta::assert_snapshot!(serde_json::to_string_pretty(&value).expect("JSON"));
}

/// Checks that every id is new and names its parent, then takes the ids out.
fn short(value: &mut Value, parent: Option<String>, seen: &mut std::collections::BTreeSet<String>) {
    let Some(object) = value.as_object_mut() else {
        return;
    };
    let Some(Value::String(uuid)) = object.shift_remove("uuid") else {
        panic!("no id in {object:?}");
    };
    assert!(seen.insert(uuid.clone()), "twice {uuid}");
    assert_eq!(uuid.len(), 36);
    let named = object.shift_remove("parent_uuid");
    assert_eq!(named, parent.map(Value::String));
    for side in ["lhs", "rhs", "operation", "array_path"] {
        if let Some(part) = object.get_mut(side) {
            short(part, Some(uuid.clone()), seen);
        }
    }
}

/// The trees of real exports, when they are at hand: the same bytes after a way through text.
#[test]
fn trees_of_real_exports_keep_their_bytes() {
    let folder =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/flow/fixtures");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        eprintln!("skipped: there is no {}", folder.display());
        return;
    };
    let mut seen = 0;
    for entry in entries.flatten().filter(|entry| {
        entry
            .path()
            .extension()
            .is_some_and(|extension| extension == "flow")
    }) {
        let text = std::fs::read_to_string(entry.path()).expect("the file");
        let workflow = crate::json::parse(&text).expect("a workflow").workflow;
        for step in &workflow.steps {
            let Some(before) = step
                .config_value("condition")
                .filter(|text| text.starts_with('{'))
            else {
                continue;
            };
            seen += 1;
            let read = parse(before).expect("reads");
            let back = parse(&print(&read)).expect("reads");
            assert_eq!(rewritten(before, &back, shipped(), &scope(), "s"), before);
            // Written anew it says the same.
            let anew = tree(&read).expect("a tree");
            assert_eq!(parse(&anew), Ok(read));
            let types = |text: &str| {
                let mut found: Vec<String> = text
                    .split("\"value_type\":")
                    .skip(1)
                    .map(|rest| {
                        rest.trim()
                            .split('"')
                            .nth(1)
                            .unwrap_or_default()
                            .to_string()
                    })
                    .collect();
                found.sort();
                found
            };
            // Types of variables that only other steps give are not known here.
            if read_only_of(&parse(before).expect("reads"), &["order"]) {
                assert_eq!(types(&anew), types(before));
            }
        }
    }
    assert!(seen > 0);
}

fn read_only_of(expr: &Expr, names: &[&str]) -> bool {
    paths(expr)
        .iter()
        .all(|path| names.contains(&path.split('.').next().unwrap_or_default()))
}
