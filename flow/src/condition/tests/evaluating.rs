//! What a condition comes to, and what is kept of how it came to that.

use super::super::evaluate::{instant, number};
use super::*;

fn holds(text: &str, event: &Value) -> bool {
    evaluate(&parse(text).expect(text), event).result
}

/// `a` of the event against a right side.
fn met(a: Value, test: &str) -> bool {
    holds(&format!("(a {test})"), &json!({ "a": a }))
}

#[test]
fn each_operator_has_its_edge() {
    for (value, test, expected) in [
        (json!(5), "== 5", true),
        (json!(5), "== 5.0", true),
        (json!(5), "== '5'", true),
        (json!("5.0"), "== 5", true),
        (json!(5), "!= 5", false),
        (json!(5), "> 5", false),
        (json!(5), "> 4.9", true),
        (json!(5), ">= 5", true),
        (json!(5), ">= 5.1", false),
        (json!(5), "< 5", false),
        (json!(5), "< 5.1", true),
        (json!(5), "<= 5", true),
        (json!(5), "<= 4.9", false),
        (json!({"amount": "7.5"}), "> 7", true),
        (json!({"amount": {"amount": 7}}), "> 7", false),
        (json!("b"), "> 'a'", false),
        (json!(true), "== true", true),
        (json!(true), "== 'TRUE'", true),
        (json!(false), "== true", false),
        (json!(null), "== 'null'", false),
        (json!("x"), "== 'X'", true),
        (json!("É"), "== 'é'", true),
        (json!("12 months"), "start_with? '12'", true),
        (json!(1234), "start_with? '12'", true),
        (json!(1234), "end_with? 34", true),
        (json!(1234), "end_with? 12", false),
        (json!("ABC"), "start_with? 'b'", false),
        (json!("ABC"), "end_with? 'bc'", true),
        (json!("ABC"), "include? 'B'", true),
        (json!("ABC"), "include? 'd'", false),
        (json!("ABC"), "not_include? 'b'", false),
        (json!("ABC"), "not_start_with? 'ab'", false),
        (json!("ABC"), "not_end_with? 'ab'", true),
        (json!(null), "include? ''", false),
        (json!({"id": "x"}), "include? 'x'", false),
        (json!("b"), "in? 'a, B ,c'", true),
        (json!("b"), "in? 'bb,c'", false),
        (json!(5), "in? '4,5.0'", true),
        (json!("b"), "not_in? 'a,c'", true),
        (json!(""), "empty_or_nil?", true),
        (json!(null), "empty_or_nil?", true),
        (json!(" "), "empty_or_nil?", false),
        (json!(0), "not_empty_and_not_nil?", true),
        (json!(""), "nil?", false),
        (json!(null), "not_nil?", false),
        (json!([]), "nil?", true),
        (json!({"b": 1}), "== '{}'", false),
        // Two times are one instant, however they are written.
        (
            json!("2026-05-01T10:00:00Z"),
            "== '2026-05-01T12:00:00+02:00'",
            true,
        ),
        (json!("2026-05-01T00:00:00"), "== '2026-05-01'", true),
        (json!("2026-05-01"), "== '2026-05-02'", false),
        (json!("2026-05-01"), "> '2026-04-30T23:59:59Z'", true),
        (json!("2026-05-01"), "> 'yesterday'", false),
        (json!("2026-05-01"), "> 5", false),
    ] {
        assert_eq!(met(value.clone(), test), expected, "{value} {test}");
    }
}

#[test]
fn several_values_pass_when_one_does_and_fail_a_denial_when_one_does() {
    let event = json!({"a": [{"b": 1}, {"b": 2}, {"b": null}], "none": [], "c": null});
    for (text, expected) in [
        ("((a.b == 5) || (a.b == 6))", false),
        ("((a.b == 5) || (a.b == 2))", true),
        ("(a.b == 2)", true),
        ("(a.b == 3)", false),
        ("(a.b != 2)", false),
        ("(a.b != 3)", true),
        ("(a.b > 1)", true),
        ("(a.b > 2)", false),
        ("(a.b nil?)", false),
        ("(a.b not_nil?)", true),
        ("(a.b not_in? '3,4')", true),
        ("(none == c)", true),
        ("(none == 1)", false),
        ("(none != c)", false),
        ("(none != 1)", true),
        ("(none > 1)", false),
        ("(c == nowhere)", true),
        ("(c != a)", true),
        // A path on the right stands for its first value.
        ("(a.b == a.b)", true),
    ] {
        assert_eq!(holds(text, &event), expected, "{text}");
    }
}

#[test]
fn list_tests_ask_each_item_that_is_there() {
    let event = json!({"a": [1, null, 2], "none": [], "empty": [null]});
    for (text, expected) in [
        ("(a any? |i| (i == 2))", true),
        ("(a any? |i| (i == 3))", false),
        ("(a all? |i| (i > 0))", true),
        ("(a all? |i| (i > 1))", false),
        ("(a none? |i| (i > 2))", true),
        ("(a none? |i| (i > 1))", false),
        ("(empty any? |i| (i nil?))", false),
        ("(empty all? |i| (i == 5))", true),
        ("(none none? |i| (i == 5))", true),
        ("(nowhere any? |i| (i nil?))", false),
    ] {
        assert_eq!(holds(text, &event), expected, "{text}");
    }
}

#[test]
fn all_parts_are_asked_and_kept() {
    let event = json!({"a": 1, "order": {"id": "gid://1", "lines": [1, 2]}, "odd": {"x": 1}});
    for text in ["(a == 2) && (a == 1)", "(a == 1) || (a == 2)"] {
        let evaluation = evaluate(&parse(text).expect(text), &event);
        assert_eq!(evaluation.tests.len(), 2, "{text}");
        assert_eq!(evaluation.result, text.contains("||"));
    }
    let evaluation = evaluate(
        &parse("(order == a) && (odd == order) && (a != nowhere) && (a == 1.50)").expect("reads"),
        &event,
    );
    let kept: Vec<(Vec<Value>, Option<Value>)> = evaluation
        .tests
        .iter()
        .map(|test| (test.met.clone(), test.against.clone()))
        .collect();
    assert_eq!(
        kept,
        [
            (vec![json!("gid://1")], Some(json!(1))),
            (vec![json!("(an object)")], Some(json!("gid://1"))),
            (vec![json!(1)], Some(Value::Null)),
            (vec![json!(1)], Some(json!(1.5))),
        ]
    );
    assert!(evaluation.tests.iter().all(|test| test.item.is_none()));
}

#[test]
fn what_is_kept_is_bounded() {
    // Two hundred tests …
    let parts: Vec<String> = (0..250).map(|at| format!("(a == {at})")).collect();
    let evaluation = evaluate(
        &parse(&parts.join(" || ")).expect("reads"),
        &json!({"a": 249}),
    );
    assert!(evaluation.result);
    assert_eq!(evaluation.tests.len(), 200);
    // … of twenty values.
    let evaluation = evaluate(
        &parse("(a.b == 30)").expect("reads"),
        &json!({"a": (0..50).map(|b| json!({"b": b})).collect::<Vec<_>>()}),
    );
    assert!(evaluation.result);
    assert_eq!(evaluation.tests[0].met.len(), 20);
}

#[test]
fn a_condition_makes_a_hundred_thousand_comparisons_at_most() {
    let lists = |length: usize| json!({"a": vec![1; length], "b": vec![1; 320]});
    let text = "(a all? |i| (b all? |j| (j == 1)))";
    assert!(holds(text, &lists(310)));
    // What is left does not hold.
    assert!(!holds(text, &lists(320)));
}

#[test]
fn a_condition_built_too_deep_does_not_hold() {
    let nested = |depth: usize| {
        (0..depth).fold(parse("(a nil?)").expect("reads"), |inner, _| {
            Expr::And(vec![inner])
        })
    };
    assert!(evaluate(&nested(4 * MAX_DEPTH), &json!({})).result);
    assert!(!evaluate(&nested(4 * MAX_DEPTH + 1), &json!({})).result);
    let not = (0..4 * MAX_DEPTH + 1).fold(parse("(a nil?)").expect("reads"), |inner, _| {
        Expr::Not(Box::new(inner))
    });
    // The innermost part does not hold, and there is an odd number of denials.
    assert!(evaluate(&not, &json!({})).result);
    let lists = |depth: usize| {
        (0..depth).fold(parse("(b == 1)").expect("reads"), |inner, _| Expr::List {
            quantifier: Quantifier::Any,
            path: "a".to_string(),
            item: "i".to_string(),
            body: Box::new(inner),
        })
    };
    let event = json!({"a": [1], "b": 1});
    assert!(evaluate(&lists(4 * MAX_DEPTH), &event).result);
    assert!(!evaluate(&lists(4 * MAX_DEPTH + 1), &event).result);
}

#[test]
fn items_are_named_after_where_they_came_from() {
    let event = json!({"a": [{"b": [1, 2]}], "c": 5});
    let text = "(a any? |x| (x.b any? |y| ((y == 2) && (c == 5))))";
    let evaluation = evaluate(&parse(text).expect("reads"), &event);
    let items: Vec<Option<&str>> = evaluation
        .tests
        .iter()
        .map(|test| test.item.as_deref())
        .collect();
    assert_eq!(items, [Some("a[0].b[0]"), None, Some("a[0].b[1]"), None]);
}

#[test]
fn numbers_and_dates_are_told_from_other_texts() {
    for (value, expected) in [
        (json!(1.5), Some(1.5)),
        (json!(" 1.5 "), Some(1.5)),
        (json!("inf"), None),
        (json!("NaN"), None),
        (json!("x"), None),
        (json!(true), None),
        (json!({"amount": 3}), Some(3.0)),
        (json!({"amount": {"amount": 3}}), None),
        (json!({}), None),
    ] {
        assert_eq!(number(&value), expected, "{value}");
    }
    for (text, is) in [
        ("2026-01-31", true),
        ("20260131", true),
        ("2026-1-31", false),
        ("2026-01-31T10:00", true),
        ("2026-01-31T10:00:00.000Z", true),
        ("2026-02-30", false),
        ("202-01-31", false),
        ("2026-W05-6", true),
        ("2026", false),
        ("today is", false),
        ("20 years", false),
    ] {
        assert_eq!(instant(text).is_some(), is, "{text}");
    }
}
