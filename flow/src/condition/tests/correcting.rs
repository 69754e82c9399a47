//! What was meant by a text that does not read.

use super::*;

#[test]
fn texts_are_repaired_where_one_thing_was_meant() {
    for (text, meant) in [
        // Operators.
        ("a = 5", Some("(a == 5)")),
        ("a === 5", Some("(a == 5)")),
        ("a ==== 5", Some("(a == 5)")),
        ("a => 5", Some("(a >= 5)")),
        ("a =< 5", Some("(a <= 5)")),
        ("a == 1 & b == 2", Some("((a == 1) && (b == 2))")),
        ("a is 5", Some("(a == 5)")),
        ("a equals 5", Some("(a == 5)")),
        ("a contains 'x'", Some("(a include? 'x')")),
        ("a CONTAINS 'x'", Some("(a include? 'x')")),
        ("a begins_with 'x'", Some("(a start_with? 'x')")),
        ("a present?", Some("(a not_empty_and_not_nil?)")),
        ("a empty?", Some("(a empty_or_nil?)")),
        ("a starts_with? 'x'", Some("(a start_with? 'x')")),
        ("a INCLUDE? 'x'", Some("(a include? 'x')")),
        ("a anny? |t| (t == 1)", Some("(a any? |t| (t == 1))")),
        ("a zzzzzz 5", None),
        ("a.b c.d", None),
        ("a includ.e? 'x'", None),
        ("a 'x'", None),
        // Parentheses.
        ("(a == 5))", Some("(a == 5)")),
        ("(a == 5) ) )", Some("(a == 5)")),
        ("((a == 5)", None),
        // Two readings.
        ("a == 1 && b == 2 || c == 3", None),
        // Liquid.
        ("{{ order.name }} == 'x'", Some("(order.name == 'x')")),
        ("'{{ order.name }}' == 'x'", Some("(order.name == 'x')")),
        ("a == '{{ order.name }}'", Some("(a == order.name)")),
        ("a == \"{{order.name}}\"", Some("(a == order.name)")),
        (
            "a == {{ b }} && c == {{ d }}",
            Some("((a == b) && (c == d))"),
        ),
        ("a == '{{ order.name }} x'", None),
        ("a == 'x {{ order.name }}'", None),
        ("a == 'x{{ order.name }}'", None),
        ("a == '{{ order.name }}_'", None),
        ("a == {{ order.name | upcase }}", None),
        ("a == {{ order.name", None),
        ("a == {{ _b1.c_d }}", Some("(a == _b1.c_d)")),
        ("a == {{ 5 }}", None),
        ("a == {{ 'x' }}", None),
        ("{{ a > 5 }}", None),
        ("a == {% b %}", None),
        ("a == {{ b }} && c == {% d %}", None),
        // Several at once.
        (
            "{{ a }} = 5 & b contains 'x')",
            Some("((a == 5) && (b include? 'x'))"),
        ),
        // Flow's own JSON is not guessed at.
        ("{\"a\": = }", None),
        // What reads needs no correction.
        ("(a == 5)", None),
        ("", None),
    ] {
        assert_eq!(corrected(text).as_deref(), meant, "{text}");
    }
}

#[test]
fn a_text_with_too_many_faults_is_left_alone() {
    let faults = |count: usize| {
        (0..count)
            .map(|at| format!("a{at} = 1"))
            .collect::<Vec<_>>()
            .join(" && ")
    };
    assert!(corrected(&faults(7)).is_some());
    assert_eq!(corrected(&faults(8)), None);
}

#[test]
fn what_was_meant_by_a_word_or_a_number() {
    use super::super::check::Kind;
    use super::super::correct::literal;
    let values: Vec<String> = ["PAID", "PARTIALLY_PAID", "VOIDED"]
        .map(str::to_string)
        .to_vec();
    for (text, kind, meant) in [
        ("$500", Kind::Number, Some("500")),
        ("500 €", Kind::Number, Some("500")),
        (" 500 USD ", Kind::Number, Some("500")),
        ("12.50 EUR", Kind::Number, Some("12.50")),
        ("500 usd", Kind::Number, None),
        ("500 EURO", Kind::Number, None),
        ("500 US1", Kind::Number, None),
        ("1,000", Kind::Number, None),
        ("1.2.3", Kind::Number, None),
        (".5", Kind::Number, None),
        ("5.", Kind::Number, None),
        ("", Kind::Number, None),
        ("2026/1/31", Kind::Date, Some("'2026-01-31'")),
        ("2026.12.5", Kind::Date, Some("'2026-12-05'")),
        ("31/1/2026", Kind::Date, None),
        ("2026/13/1", Kind::Date, None),
        ("2026/1", Kind::Date, None),
        ("26/1/31", Kind::Date, None),
        (" Yes ", Kind::Boolean, Some("true")),
        ("y", Kind::Boolean, Some("true")),
        ("1", Kind::Boolean, Some("true")),
        ("on", Kind::Boolean, Some("true")),
        ("off", Kind::Boolean, Some("false")),
        ("N", Kind::Boolean, Some("false")),
        ("0", Kind::Boolean, Some("false")),
        ("maybe", Kind::Boolean, None),
        ("paid", Kind::Enum, Some("'PAID'")),
        (" partially-paid ", Kind::Enum, Some("'PARTIALLY_PAID'")),
        ("partially paid", Kind::Enum, Some("'PARTIALLY_PAID'")),
        ("voidd", Kind::Enum, Some("'VOIDED'")),
        ("zzz", Kind::Enum, None),
        ("anything", Kind::Text, None),
        ("anything", Kind::Open, None),
    ] {
        let found = literal(text, kind, &values);
        let printed = found.as_ref().map(super::super::print::operand);
        assert_eq!(printed.as_deref(), meant, "{text}");
    }
}
