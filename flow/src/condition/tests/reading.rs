//! What reads as a condition, and where a text that does not read goes wrong.

use super::*;

/// The byte and the message of the error.
fn error(text: &str) -> (usize, String) {
    let error = parse(text).expect_err(text);
    assert_eq!(error.to_string(), error.message);
    (error.at, error.message)
}

#[test]
fn errors_say_what_is_wrong_and_where() {
    let told: Vec<String> = [
        "",
        "(order.totalPrice > 5",
        "(order.totalPrice > 5))",
        "(order.totalPrice >)",
        "  (order.totalPrice >  )",
        "((a.b == 1) && (c.d == 2) || (e.f == 3))",
        "(a == 1) (b == 2)",
        "(a > {{ b }})",
        "(a > {% b %})",
        "(order.totalPrice is 5)",
        "(order.tags any (t == 'vip'))",
        "(order.tags any? (t == 'vip'))",
        "(order.tags any? |t (t == 'vip'))",
        "(order.tags any? |t| t == 'vip')",
        "(order.tags any? |t| (t == 'vip')",
        "(order.tags any? |a.b| (t == 'vip'))",
        "(order.lineItems[0].sku == 'x')",
        "(a == 'open",
        "(é == 'open",
        "(a > nil)",
        "(a # 5)",
        "(a == é€)",
        "(a . 5)",
        "nil?",
        "nil? 5",
        "nil?(a",
        "(include? == 5)",
        "&&",
        "5",
        "(5 a)",
        "(5 == )",
        "('x' include? a)",
        "(a in? ['x', 'y')",
        "(a in? ['x'",
        "(a == in?)",
        "(a == 5.)",
        "(a == 5x)",
        "(a == -)",
        "(a == 1.2.3)",
        "([0] == 5)",
    ]
    .iter()
    .map(|text| {
        let (at, message) = error(text);
        format!("{text} → {at}: {message}")
    })
    .collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
     → 0: This condition is empty; say what must hold, for example (order.totalPrice > 500).
    (order.totalPrice > 5 → 21: A ) is missing here; add it.
    (order.totalPrice > 5)) → 22: There is text after the end of the condition; remove it or check the parentheses.
    (order.totalPrice >) → 19: A value is missing here; add a number, a text in quotes or a path.
      (order.totalPrice >  ) → 23: A value is missing here; add a number, a text in quotes or a path.
    ((a.b == 1) && (c.d == 2) || (e.f == 3)) → 26: && and || stand at one level here; put parentheses round what belongs together.
    (a == 1) (b == 2) → 9: There is text after the end of the condition; remove it or check the parentheses.
    (a > {{ b }}) → 5: Liquid cannot stand in a condition; write the path itself, for example order.name.
    (a > {% b %}) → 5: Liquid cannot stand in a condition; write the path itself, for example order.name.
    (order.totalPrice is 5) → 18: is is no operator of a condition; use ==, !=, >, <, include?, in?, nil? and their like.
    (order.tags any (t == 'vip')) → 12: any is no operator of a condition; use ==, !=, >, <, include?, in?, nil? and their like.
    (order.tags any? (t == 'vip')) → 17: A | is missing here; add it.
    (order.tags any? |t (t == 'vip')) → 20: A | is missing here; add it.
    (order.tags any? |t| t == 'vip') → 21: Put parentheses round the test of each item, for example |t| (t == 'vip').
    (order.tags any? |t| (t == 'vip') → 33: A ) is missing here; add it.
    (order.tags any? |a.b| (t == 'vip')) → 21: The name of a list item has no dots; shorten it.
    (order.lineItems[0].sku == 'x') → 16: A path cannot pick one item of a list; test the items with any?, all? or none?.
    (a == 'open → 6: A text in this condition has no closing quote; add it.
    (é == 'open → 7: A text in this condition has no closing quote; add it.
    (a > nil) → 5: Nothing compares with nil; ask nil? or not_nil?.
    (a # 5) → 3: The character # has no meaning in a condition; remove it or quote it.
    (a == é€) → 8: The character € has no meaning in a condition; remove it or quote it.
    (a . 5) → 3: The character . has no meaning in a condition; remove it or quote it.
    nil? → 4: A path is missing here; add one, for example order.totalPrice.
    nil? 5 → 5: A path is missing here; add one, for example order.totalPrice.
    nil?(a → 6: A ) is missing here; add it.
    (include? == 5) → 1: include? needs a path before it, for example order.note include?.
    && → 0: A path is missing here; add one, for example order.totalPrice.
    5 → 1: Start a test with a path, for example order.name.
    (5 a) → 3: Start a test with a path, for example order.name.
    (5 == ) → 6: A path is missing here; add one, for example order.totalPrice.
    ('x' include? a) → 5: Start a test with a path, for example order.name.
    (a in? ['x', 'y') → 7: This list of values is not closed; add a ].
    (a in? ['x' → 7: This list of values is not closed; add a ].
    (a == in?) → 6: A value is missing here; add a number, a text in quotes or a path.
    (a == 5.) → 6: The character 5 has no meaning in a condition; remove it or quote it.
    (a == 5x) → 6: The character 5 has no meaning in a condition; remove it or quote it.
    (a == -) → 6: The character - has no meaning in a condition; remove it or quote it.
    (a == 1.2.3) → 6: The character 1 has no meaning in a condition; remove it or quote it.
    ([0] == 5) → 1: A path is missing here; add one, for example order.totalPrice.
    "#);
}

#[test]
fn an_operator_behind_its_path_is_found_where_it_stands() {
    let (at, message) = error("(b nil?) && (a.b.zzz?)");
    assert_eq!(at, "(b nil?) && (a.b.".len());
    assert!(message.starts_with("zzz? is no operator"), "{message}");
}

#[test]
fn only_words_in_capitals_are_values() {
    for (text, value) in [
        ("PAID", Operand::Word("PAID".to_string())),
        ("PAID_2", Operand::Word("PAID_2".to_string())),
        ("Paid", Operand::Path("Paid".to_string())),
        ("_PAID", Operand::Path("_PAID".to_string())),
        ("ORDER.name", Operand::Path("ORDER.name".to_string())),
    ] {
        let expected = Expr::Compare {
            path: "a".to_string(),
            op: Op::Eq,
            value: Some(value),
        };
        assert_eq!(parse(&format!("a == {text}")), Ok(expected), "{text}");
    }
}

#[test]
fn a_condition_may_be_long_but_not_too_long() {
    let of_length = |length: usize| format!("(a == '{}')", "x".repeat(length - 9));
    assert_eq!(of_length(20).len(), 20);
    assert_eq!(MAX_LENGTH, 65_536);
    assert!(parse(&of_length(MAX_LENGTH)).is_ok());
    assert_eq!(
        error(&of_length(MAX_LENGTH + 1)),
        (
            MAX_LENGTH,
            "This condition is too long; split it over several condition steps.".to_string()
        )
    );
}

#[test]
fn a_condition_may_nest_but_not_too_deep() {
    let nested = |depth: usize| format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
    // Parentheses that mean nothing are free, up to what the printed form may have.
    assert_eq!(printed(&nested(2 * MAX_DEPTH)), "(a == true)");
    assert_eq!(
        error(&nested(4 * MAX_DEPTH)).1,
        "This condition nests too deeply; split it over several condition steps."
    );
    // Depth is what stands round a part, not how many parts there are.
    let wide = vec!["(a == 1)"; 3 * MAX_DEPTH].join(" && ");
    assert!(parse(&wide).is_ok());
    let not = |count: usize| format!("{}a", "!".repeat(count));
    assert!(parse(&not(MAX_DEPTH - 1)).is_ok());
    assert!(parse(&not(MAX_DEPTH)).is_err());
    // Parentheses round denials are not levels.
    assert!(parse(&format!("(({}))", not(MAX_DEPTH - 1))).is_ok());
}

#[test]
fn every_spelling_of_a_test_reads() {
    for (text, canonical) in [
        // An odd number of denials.
        ("!!a", "!!(a == true)"),
        ("!!!a", "!!!(a == true)"),
        ("not a and not b", "(!(a == true) && !(b == true))"),
        ("A OR B", "((A == true) || (B == true))"),
        (
            "a AND b AND c",
            "((a == true) && (b == true) && (c == true))",
        ),
        // The literal on the left turns the operator round.
        ("5 == a", "(a == 5)"),
        ("5 != a", "(a != 5)"),
        ("5 > a", "(a < 5)"),
        ("5 >= a", "(a <= 5)"),
        ("5 < a", "(a > 5)"),
        ("'x' == a.b", "(a.b == 'x')"),
        // Operators without a value, before and behind their path.
        ("nil? a", "(a nil?)"),
        ("(nil?(a))", "(a nil?)"),
        ("a.b.empty_or_nil?", "(a.b empty_or_nil?)"),
        ("a not_empty_and_not_nil?", "(a not_empty_and_not_nil?)"),
        ("a == NIL", "(a nil?)"),
        ("a != Null", "(a not_nil?)"),
        // Right sides.
        ("a == TRUE", "(a == true)"),
        ("a == False", "(a == false)"),
        ("a == PARTIALLY_PAID2", "(a == PARTIALLY_PAID2)"),
        ("a == Paid", "(a == Paid)"),
        ("a == \"it's\"", "(a == 'it\\'s')"),
        ("a == 'x\\\\y'", "(a == 'x\\\\y')"),
        ("a == ''", "(a == '')"),
        (
            "a == '{{'",
            "error at 6: Liquid cannot stand in a condition; write the path itself, for example order.name.",
        ),
        ("a == '{\\{ x'", "(a == '{\\{ x')"),
        ("a == '{\\% x'", "(a == '{\\% x')"),
        ("a == '{ x {'", "(a == '{ x {')"),
        ("a in? ['x', \"y\", 5, z]", "(a in? 'x,y,5,z')"),
        ("a in? []", "(a in? '')"),
        ("a == -3", "(a == -3)"),
        ("a == 0.50", "(a == 0.50)"),
        ("a==5", "(a == 5)"),
        ("a!=5", "(a != 5)"),
        ("a>=5", "(a >= 5)"),
        ("a<=5", "(a <= 5)"),
        ("a<5&&b>5", "((a < 5) && (b > 5))"),
        ("a==1||b==2", "((a == 1) || (b == 2))"),
        // Paths.
        ("_a._b1 == 5", "(_a._b1 == 5)"),
        ("é.ñ == 5", "(é.ñ == 5)"),
        ("a[].b[].c == 5", "(a.b.c == 5)"),
        ("x == a[]", "(x == a)"),
        ("a[] any? |t| (t == 5)", "(a any? |t| (t == 5))"),
        ("a Any? |t| (t == 5)", "(a any? |t| (t == 5))"),
        ("a none? | t | (t)", "(a none? |t| (t == true))"),
        (
            "a all? |t| (t == 1 && t == 2)",
            "(a all? |t| ((t == 1) && (t == 2)))",
        ),
    ] {
        assert_eq!(printed(text), canonical, "{text}");
    }
}

#[test]
fn the_spellings_of_operators_read_and_print() {
    for op in Op::ALL {
        assert_eq!(Op::from_flow(op.as_str()), Some(op));
        assert_eq!(op.to_string(), op.as_str());
        assert_ne!(op.opposite(), op);
        assert_eq!(op.opposite().opposite(), op);
        assert_eq!(op.is_unary(), op.opposite().is_unary());
    }
    assert_eq!(Op::from_flow("==="), None);
    for (text, quantifier) in [
        ("any?", Some(Quantifier::Any)),
        ("ALL", Some(Quantifier::All)),
        ("None", Some(Quantifier::None)),
        ("some?", None),
        ("?", None),
    ] {
        assert_eq!(Quantifier::from_flow(text), quantifier, "{text}");
    }
}

#[test]
fn a_condition_reads_paths_from_outside_its_items() {
    for (text, read) in [
        ("order.name == 'x'", vec!["order.name"]),
        ("a.b == c.d", vec!["a.b", "c.d"]),
        ("a == 1 && b == 2 && a == 3", vec!["a", "b"]),
        ("!(a == b) || (c nil?)", vec!["a", "b", "c"]),
        (
            "order.tags any? |t| (t == order.name)",
            vec!["order.tags", "order.name"],
        ),
        (
            "a any? |t| (t.list all? |u| (u == t.x && u == other))",
            vec!["a", "other"],
        ),
        // After the list test its item means nothing.
        ("(a any? |t| (t == 1)) && (t.b == 2)", vec!["a", "t.b"]),
    ] {
        assert_eq!(paths(&parse(text).expect(text)), read, "{text}");
    }
}

#[test]
fn one_part_alone_prints_without_an_operator() {
    let a = || Expr::Compare {
        path: "a".to_string(),
        op: Op::Nil,
        value: None,
    };
    assert_eq!(print(&Expr::And(vec![a()])), "(a nil?)");
    assert_eq!(print(&Expr::Or(vec![a()])), "(a nil?)");
    assert_eq!(print(&Expr::Or(vec![a(), a()])), "((a nil?) || (a nil?))");
}
