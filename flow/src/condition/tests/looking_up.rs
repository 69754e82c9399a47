//! What a path stands for in an event.

use super::super::values::{Binding, Env, items};
use super::*;

/// The labels and the values, and the name that is missing.
fn look(env: &Env<'_>, path: &str, whole: bool) -> (Vec<String>, Option<String>) {
    let looked = if whole {
        env.look(path)
    } else {
        env.scalars(path)
    };
    let found = looked
        .found
        .iter()
        .map(|found| format!("{} = {}", found.label, found.value))
        .collect();
    (found, looked.missing)
}

#[test]
fn lists_on_the_way_are_opened() {
    let event = json!({
        "order": {
            "name": "#1", "note": null, "tags": ["a", "b"],
            "lines": {"nodes": [{"sku": "A", "tags": ["x"]}, {"sku": "B"}, {"sku": null}]},
            "edges": {"edges": [{"node": 1}, {"cursor": 2}, {"node": 3}]}
        }
    });
    let env = Env::new(&event);
    for (path, whole, values, missing) in [
        ("order.name", true, vec!["order.name = \"#1\""], None),
        ("order.note", true, vec!["order.note = null"], None),
        // Nothing of nothing is nothing, and not missing.
        ("order.note.deeper", true, vec!["order.note = null"], None),
        ("order.tags", true, vec!["order.tags = [\"a\",\"b\"]"], None),
        (
            "order.tags",
            false,
            vec!["order.tags[0] = \"a\"", "order.tags[1] = \"b\""],
            None,
        ),
        (
            "order[].lines[].sku",
            true,
            vec![
                "order.lines[0].sku = \"A\"",
                "order.lines[1].sku = \"B\"",
                "order.lines[2].sku = null",
            ],
            None,
        ),
        (
            "order.lines.tags",
            false,
            vec!["order.lines[0].tags[0] = \"x\""],
            Some("tags"),
        ),
        (
            "order.edges",
            false,
            vec!["order.edges[0] = 1", "order.edges[1] = 3"],
            None,
        ),
        ("nobody.home", true, vec![], Some("nobody")),
        ("order.none.such", true, vec![], Some("none")),
    ] {
        let (found, lacking) = look(&env, path, whole);
        assert_eq!(found, values, "{path}");
        assert_eq!(lacking.as_deref(), missing, "{path}");
    }
}

#[test]
fn the_innermost_variable_hides_the_others() {
    let (event, outer, inner) = (json!({"a": 1, "b": 2}), json!(10), json!({"x": 100}));
    let env = Env {
        root: &event,
        bindings: vec![
            Binding {
                name: "a",
                value: &outer,
                label: "outer".to_string(),
            },
            Binding {
                name: "a",
                value: &inner,
                label: "list[3]".to_string(),
            },
        ],
    };
    assert_eq!(look(&env, "a.x", true).0, ["list[3].x = 100"]);
    assert_eq!(look(&env, "b", true).0, ["b = 2"]);
}

#[test]
fn a_path_stands_for_ten_thousand_values_at_most() {
    let event = json!({"a": vec![json!({"b": [1, 2]}); 10_001]});
    let env = Env::new(&event);
    assert_eq!(env.look("a.b").found.len(), 10_000);
    assert_eq!(env.scalars("a.b").found.len(), 10_000);
}

#[test]
fn a_connection_is_a_list() {
    let count = |value: Value| items(&value).map(|items| items.len());
    assert_eq!(count(json!([1, 2])), Some(2));
    assert_eq!(count(json!({"nodes": [1]})), Some(1));
    assert_eq!(count(json!({"edges": [{"node": 1}, {}]})), Some(1));
    assert_eq!(count(json!({"nodes": 1})), None);
    assert_eq!(count(json!("text")), None);
}
