//! What a script's input selects of the values a run has.

use super::*;
use crate::run::selection::select;

#[test]
fn arguments_directives_and_marks_select_nothing() {
    let env = json!({"order": {"line_items": [{"sku": "C1"}], "name": "#1", "_x2": 5}});
    let selected = |query: &str| select(query, |name| env.get(name).cloned());
    for (query, expected) in [
        // Names may have underscores and digits.
        (
            "{ order { line_items { sku } _x2 } }",
            json!({"line_items": [{"sku": "C1"}], "_x2": 5}),
        ),
        // Parentheses inside of arguments, and marks inside of their texts.
        (
            "{ order { line_items(a: (1), b: 2) { sku } name } }",
            json!({"line_items": [{"sku": "C1"}], "name": "#1"}),
        ),
        (
            r#"{ order { line_items(a: "x \" ) y") { sku } } }"#,
            json!({"line_items": [{"sku": "C1"}]}),
        ),
        // Marks of other kinds are passed over.
        ("{ order { $ name ! } }", json!({"name": "#1"})),
        (r#"{ order { "text" name } }"#, json!({"name": "#1"})),
        ("{ order { name @include } }", json!({"name": "#1"})),
        ("{ order { ...parts name } }", json!({"name": "#1"})),
        (
            "{ order { name, _x2 # } \n } }",
            json!({"name": "#1", "_x2": 5}),
        ),
    ] {
        assert_eq!(selected(query), json!({ "order": expected }), "{query}");
    }
}

#[test]
fn selections_nest_to_a_depth_and_are_cut_off_there() {
    let nested =
        |depth: usize| (0..depth).fold(json!({"end": 1}), |inner, _| json!({ "a": inner }));
    let query = |depth: usize| {
        format!(
            "{}end{}",
            "{ a ".repeat(depth) + "{ ",
            " }".repeat(depth + 1)
        )
    };
    let value = nested(40);
    let cut = |depth: usize| {
        let mut selected = select(&query(depth), |name| value.get(name).cloned());
        for _ in 0..depth {
            selected = selected.get_mut("a").map(Value::take).unwrap_or_default();
        }
        selected
    };
    // Thirty-two selections inside of one another are read …
    assert_eq!(cut(32), json!({"end": null}));
    // … and of a deeper one the whole value is taken.
    assert_eq!(cut(33), nested(7));
    let both = query(40).replacen("{ a", "{ b: a", 1);
    let selected = select(&format!("{{ z {both} y }}"), |_| Some(value.clone()));
    assert_eq!(selected["y"], value);
}
