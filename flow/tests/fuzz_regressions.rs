//! What fuzzing found, smallest first seen input each: it must not come back.

use flow::condition::{Expr, Operand, parse, print};

#[test]
fn a_number_with_an_exponent_in_a_tree_is_spelt_with_digits() {
    for (number, digits) in [
        ("1e30", format!("1{}", "0".repeat(30))),
        ("-25e-2", "-0.25".into()),
    ] {
        let tree = format!(
            r#"{{"lhs":{{"value":"order.x"}},"rhs":{{"value":{number}}},"operator":">","operation_type":"Comparison"}}"#
        );
        let expr = parse(&tree).expect("the tree reads");
        let Expr::Compare { value, .. } = &expr else {
            panic!("{expr:?} is no comparison");
        };
        assert_eq!(value, &Some(Operand::Number(digits)));
        assert_eq!(parse(&print(&expr)), Ok(expr));
    }
}

#[test]
fn words_that_join_tests_are_no_paths() {
    for text in [
        "order.test && !or.nil?".to_string(),
        "(order.tags any? |not| (not.nil?))".to_string(),
        r#"{"lhs":{"value":"or"},"operator":"nil?","operation_type":"Comparison"}"#.to_string(),
        compared_with("true"),
        compared_with("PAID"),
        compared_with("and"),
        compared_with("order. name"),
    ] {
        assert!(parse(&text).is_err(), "{text}");
    }
    assert!(parse(&compared_with("order.name")).is_ok());
}

/// A tree that compares a path with another.
fn compared_with(path: &str) -> String {
    format!(
        r#"{{"lhs":{{"value":"a.b"}},"rhs":{{"value":"{path}","comparison_value_type":"EnvironmentValue"}},"operator":"==","operation_type":"Comparison"}}"#
    )
}

#[test]
fn what_nests_too_deeply_as_canonical_text_is_refused() {
    let text = |levels: usize| {
        let open = "x any? |i| (!".repeat(levels);
        format!("{open}i{}", ")".repeat(levels))
    };
    let tree = |levels: usize| {
        let open = r#"{"array_path":{"value":"x"},"array_item_key":"i","operator":"ANY","operation_type":"ArrayExpression","operation":"#;
        let test = r#"{"lhs":{"value":"i"},"operator":"nil?","operation_type":"Comparison"}"#;
        format!("{}{test}{}", open.repeat(levels), "}".repeat(levels))
    };
    for levels in 1..60 {
        for condition in [text(levels), tree(levels)] {
            if let Ok(expr) = parse(&condition) {
                assert_eq!(parse(&print(&expr)), Ok(expr), "{condition}");
            }
        }
    }
    assert!(parse(&text(10)).is_ok() && parse(&tree(40)).is_ok());
    assert!(parse(&text(40)).is_err() && parse(&tree(59)).is_err());
}
