//! The sentence about a test.

use super::*;

fn test(op: Op, passed: bool) -> Test {
    Test {
        path: "a".to_string(),
        op,
        literal: Some(Operand::String("x".to_string())),
        against: Some(json!("x")),
        met: vec![json!("y")],
        passed,
        item: None,
    }
}

#[test]
fn every_operator_has_words_for_both_answers() {
    let said: Vec<String> = Op::ALL
        .into_iter()
        .map(|op| {
            format!(
                "{} / {}",
                explain(&test(op, true)),
                explain(&test(op, false))
            )
        })
        .collect();
    insta::assert_snapshot!(said.join("\n"), @r#"
    “y” is “x” / “y” is not “x”
    “y” is not “x” / “y” is “x”
    “y” is more than “x” / “y” is not more than “x”
    “y” is at least “x” / “y” is less than “x”
    “y” is less than “x” / “y” is not less than “x”
    “y” is at most “x” / “y” is more than “x”
    “y” starts with “x” / “y” does not start with “x”
    “y” does not start with “x” / “y” starts with “x”
    “y” ends with “x” / “y” does not end with “x”
    “y” does not end with “x” / “y” ends with “x”
    “y” contains “x” / “y” does not contain “x”
    “y” does not contain “x” / “y” contains “x”
    “y” is one of “x” / “y” is none of “x”
    “y” is none of “x” / “y” is one of “x”
    “y” is empty / “y” is not empty
    “y” is not empty / “y” is empty
    “y” is not set / “y” is set
    “y” is set / “y” is not set
    "#);
}

#[test]
fn values_are_shown_as_people_write_them() {
    let with = |met: Vec<Value>, literal: Option<Operand>, against: Option<Value>| {
        explain(&Test {
            met,
            literal,
            against,
            ..test(Op::Eq, true)
        })
    };
    let text = |text: &str| Some(Operand::String(text.to_string()));
    for (said, expected) in [
        (with(vec![], text("x"), Some(json!("x"))), "nothing is “x”"),
        (
            with(vec![Value::Null], text("x"), Some(json!("x"))),
            "nothing is “x”",
        ),
        (
            with(vec![json!("12.50")], text("12.5"), Some(json!("12.5"))),
            "12.50 is 12.5",
        ),
        (
            with(
                vec![json!(true)],
                Some(Operand::Boolean(true)),
                Some(json!(true)),
            ),
            "true is true",
        ),
        (
            with(
                vec![json!(1)],
                Some(Operand::Number("1.0".to_string())),
                Some(json!(1)),
            ),
            "1 is 1.0",
        ),
        (
            with(
                vec![json!(1)],
                Some(Operand::Path("b.c".to_string())),
                Some(Value::Null),
            ),
            "1 is nothing (b.c)",
        ),
        // A record of earlier days kept no value of the right side.
        (with(vec![json!(1)], text("x"), None), "1 is 'x'"),
        (with(vec![json!(1)], None, None), "1 is"),
        (
            with(
                vec![json!(1), json!(2), json!(3)],
                text("x"),
                Some(json!("x")),
            ),
            "[1, 2, 3] is “x”",
        ),
        (
            with(vec![json!(1); 5], text("x"), Some(json!("x"))),
            "[1, 1, 1 and 2 more] is “x”",
        ),
    ] {
        assert_eq!(said, expected);
    }
}
