//! Conditions as the JSON trees that Flow's editor writes.

use super::*;

/// The condition as text, or what is wrong with it.
fn read(tree: Value) -> String {
    let text = tree.to_string();
    match parse(&text) {
        Ok(expr) => print(&expr),
        Err(error) => {
            assert_eq!(error.at, 0, "{text}");
            error
                .message
                .strip_prefix("This condition in Flow's JSON ")
                .and_then(|rest| rest.strip_suffix("; write it again as text."))
                .unwrap_or_else(|| panic!("{}", error.message))
                .to_string()
        }
    }
}

fn test(path: &str, op: &str, value: Value, ty: &str) -> Value {
    json!({
        "lhs": {"value": path}, "rhs": {"value": value, "comparison_value_type": "LiteralValue"},
        "value_type": ty, "operator": op, "operation_type": "Comparison"
    })
}

fn logical(op: &str, lhs: Value, rhs: Value) -> Value {
    json!({"lhs": lhs, "rhs": rhs, "operator": op, "operation_type": "LogicalExpression"})
}

fn list(path: Value, item: Value, op: &str, body: Value) -> Value {
    json!({
        "array_path": path, "array_item_key": item, "operator": op, "operation": body,
        "operation_type": "ArrayExpression"
    })
}

#[test]
fn right_sides_are_of_their_type() {
    for (value, ty, text) in [
        (json!("true"), "EnvironmentScalarDefinition:Boolean", "true"),
        (
            json!("FALSE"),
            "EnvironmentScalarDefinition:Boolean",
            "false",
        ),
        (
            json!("maybe"),
            "EnvironmentScalarDefinition:Boolean",
            "'maybe'",
        ),
        (json!(true), "", "true"),
        (json!(2.5), "", "2.5"),
        (json!("10"), "EnvironmentScalarDefinition:Int", "10"),
        (json!("-10.50"), "Decimal", "-10.50"),
        (json!("10."), "Decimal", "'10.'"),
        (json!(".5"), "Decimal", "'.5'"),
        (json!("1e3"), "Float", "'1e3'"),
        (json!("1.2.3"), "Float", "'1.2.3'"),
        (json!("-"), "Float", "'-'"),
        (json!(""), "Int", "''"),
        (json!("10"), "EnvironmentScalarDefinition:String", "'10'"),
        (
            json!("true"),
            "EnvironmentScalarDefinition:String",
            "'true'",
        ),
    ] {
        assert_eq!(
            read(test("a", "==", value.clone(), ty)),
            format!("(a == {text})"),
            "{value} {ty}"
        );
    }
}

#[test]
fn other_paths_stand_on_the_right() {
    let mut tree = test("a.b", "!=", json!("c.d"), "");
    tree["rhs"]["comparison_value_type"] = json!("EnvironmentValue");
    assert_eq!(read(tree), "(a.b != c.d)");
    // Operators that take no value have one in the tree all the same.
    assert_eq!(read(test("a", "nil?", json!("x"), "")), "(a nil?)");
}

#[test]
fn levels_of_one_operator_become_one() {
    let a = || test("a", "nil?", json!(""), "");
    let b = || test("b", "nil?", json!(""), "");
    let c = || test("c", "nil?", json!(""), "");
    for (tree, text) in [
        (logical("AND", a(), Value::Null), "(a nil?)"),
        (logical("OR", Value::Null, b()), "(b nil?)"),
        (
            logical("OR", logical("OR", a(), b()), c()),
            "((a nil?) || (b nil?) || (c nil?))",
        ),
        (
            logical("AND", a(), logical("AND", b(), c())),
            "((a nil?) && (b nil?) && (c nil?))",
        ),
        (
            logical("AND", logical("OR", a(), b()), c()),
            "(((a nil?) || (b nil?)) && (c nil?))",
        ),
        (
            logical("OR", logical("AND", a(), b()), c()),
            "(((a nil?) && (b nil?)) || (c nil?))",
        ),
    ] {
        assert_eq!(parse(&tree.to_string()), parse(text), "{text}");
        assert_eq!(read(tree), text);
    }
}

#[test]
fn list_tests_name_their_items() {
    let body = || test("tags_item", "==", json!("vip"), "");
    for (path, item, op, text) in [
        (
            json!({"value": "order.tags"}),
            json!({"value": "tags_item"}),
            "ANY",
            "(order.tags any? |tags_item| (tags_item == 'vip'))",
        ),
        (
            json!({"value": "", "full_environment_path": "order.tags"}),
            json!("tags_item"),
            "NONE",
            "(order.tags none? |tags_item| (tags_item == 'vip'))",
        ),
        (
            json!({"full_environment_path": "order.tags"}),
            json!("tags_item"),
            "ALL",
            "(order.tags all? |tags_item| (tags_item == 'vip'))",
        ),
    ] {
        assert_eq!(read(list(path, item, op, body())), text);
    }
}

#[test]
fn what_is_wrong_with_a_tree_is_said() {
    let fine = || test("a", "nil?", json!(""), "");
    let path = || json!({"value": "order.tags"});
    for (tree, wrong) in [
        (json!({}), "has a part without operation_type"),
        (
            json!({"operation_type": "Sum"}),
            "has an operation Sum that is not known",
        ),
        (
            logical("XOR", fine(), fine()),
            "joins its parts with XOR, not with AND or OR",
        ),
        (
            json!({"operation_type": "LogicalExpression"}),
            "joins its parts with nothing, not with AND or OR",
        ),
        (
            logical("AND", Value::Null, Value::Null),
            "has an empty part",
        ),
        (
            test("a", "~", json!("x"), ""),
            "has an operator ~ that is not known",
        ),
        (test("", "==", json!("x"), ""), "has a test without a path"),
        (
            test("a b", "==", json!("x"), ""),
            "has a test without a path",
        ),
        (
            test("1a", "==", json!("x"), ""),
            "has a test without a path",
        ),
        (
            test("a", "==", json!([]), ""),
            "has a comparison without a value",
        ),
        (
            json!({"operation_type": "Comparison", "operator": "==", "lhs": {"value": "a"}}),
            "has a comparison without a value",
        ),
        (
            list(path(), json!("i"), "SOME", fine()),
            "tests a list with neither ANY, ALL nor NONE",
        ),
        (
            list(json!({"value": "1"}), json!("i"), "ANY", fine()),
            "tests a list without a path",
        ),
        (
            list(path(), json!("a.b"), "ANY", fine()),
            "tests a list without a name for its items",
        ),
        (
            list(path(), json!("1"), "ANY", fine()),
            "tests a list without a name for its items",
        ),
        (
            list(path(), json!({"value": "a.b"}), "ANY", fine()),
            "tests a list without a name for its items",
        ),
        (
            list(path(), Value::Null, "ANY", fine()),
            "tests a list without a name for its items",
        ),
        (
            list(path(), json!("i"), "ANY", Value::Null),
            "tests a list without a test of its items",
        ),
        (
            list(path(), json!("i"), "ANY", json!({})),
            "has a part without operation_type",
        ),
    ] {
        assert_eq!(read(tree.clone()), wrong, "{tree}");
    }
}

#[test]
fn json_that_does_not_read_is_found_where_it_breaks() {
    for (text, at) in [
        ("{", 0),
        ("{\"a\" 5}", 5),
        ("{\n\"a\":\n  5,\n}", 12),
        ("{\"a\": \"é\",\n\"b\" 5}", 16),
    ] {
        let error = parse(text).expect_err(text);
        assert_eq!(error.at, at, "{text}");
        assert!(
            error
                .message
                .starts_with("This condition looks like Flow's JSON but does not read ("),
            "{}",
            error.message
        );
    }
}
