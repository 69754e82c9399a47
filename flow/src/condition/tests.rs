//! Tests of conditions: what reads, what it prints as, what it comes to, and that nothing panics.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::catalog::{TypeRef, Variable};
use crate::generate::{cases, expr};
use crate::{Catalog, Severity};

mod checking;
mod correcting;
mod evaluating;
mod explaining;
mod looking_up;
mod reading;
mod tree_reading;
mod trees;
mod types;

fn printed(text: &str) -> String {
    match parse(text) {
        Ok(expr) => print(&expr),
        Err(error) => format!("error at {}: {}", error.at, error.message),
    }
}

#[test]
fn spellings_come_out_canonical() {
    for (text, canonical) in [
        ("order.totalPrice > 500", "(order.totalPrice > 500)"),
        ("((a.b == 'x') && (c.d > 5))", "((a.b == 'x') && (c.d > 5))"),
        ("a.b == 'x' and c.d > 5", "((a.b == 'x') && (c.d > 5))"),
        (
            "((a.b == 1) && ((c.d == 2) || (e.f == 3)))",
            "((a.b == 1) && ((c.d == 2) || (e.f == 3)))",
        ),
        (
            "(order.tags any? |tags_item| (tags_item == \"vip\"))",
            "(order.tags any? |tags_item| (tags_item == 'vip'))",
        ),
        (
            "(order.lineItems all? |li| (li.product.tags none? |t| (t == 'x')))",
            "(order.lineItems all? |li| (li.product.tags none? |t| (t == 'x')))",
        ),
        ("(order.note empty_or_nil?)", "(order.note empty_or_nil?)"),
        ("order.note.nil?", "(order.note nil?)"),
        ("not_nil?(order.note)", "(order.note not_nil?)"),
        ("order.note == nil", "(order.note nil?)"),
        ("order.note != null", "(order.note not_nil?)"),
        ("order.test", "(order.test == true)"),
        ("!order.test", "!(order.test == true)"),
        ("not (a == 1)", "!(a == 1)"),
        ("500 <= order.totalPrice", "(order.totalPrice >= 500)"),
        ("(a in? ['x', 'y'])", "(a in? 'x,y')"),
        ("(a == PAID)", "(a == PAID)"),
        ("(a.b != c.d)", "(a.b != c.d)"),
        ("(a == 'it\\'s \\\\ fine')", "(a == 'it\\'s \\\\ fine')"),
        ("(lineItems[].sku == 'x')", "(lineItems.sku == 'x')"),
        ("(a == -10.50)", "(a == -10.50)"),
        ("(a any? |t| (not t.b))", "(a any? |t| (!(t.b == true)))"),
    ] {
        assert_eq!(printed(text), canonical, "{text}");
        assert_eq!(printed(canonical), canonical, "{canonical}");
    }
}

#[test]
fn what_does_not_read_says_why() {
    for text in [
        "",
        "   ",
        "(order.totalPrice > 5",
        "(order.totalPrice >)",
        "(order.totalPrice > 5))",
        "((a.b == 1) && (c.d == 2) || (e.f == 3))",
        "(order.createdAt > {{ scheduledAt }})",
        "(order.totalPrice is 5)",
        "(order.tags any? (t == 'vip'))",
        "(order.tags any? |t| t == 'vip')",
        "(order.lineItems[0].sku == 'x')",
        "(a == 'open",
        "(a > nil)",
        "(a # 5)",
        "nil?",
        "&&",
        "{\"operation_type\":",
        "{}",
        "{\"operation_type\":\"Comparison\",\"operator\":\"==\"}",
    ] {
        let error = parse(text).expect_err(text);
        assert!(error.message.ends_with('.'), "{text}: {}", error.message);
        assert!(error.at <= text.len(), "{text}");
    }
}

/// However a text nests, the answer is a sentence and never an exhausted stack.
#[test]
fn what_nests_too_deeply_is_refused() {
    let deep = |open: &str, n: usize, inner: &str, close: &str| {
        format!("{}{inner}{}", open.repeat(n), close.repeat(n))
    };
    let texts = |n: usize| {
        [
            "(".repeat(n),
            deep("(", n, "a == 1", ")"),
            deep("!", n, "a", ""),
            deep("!(", n, "a", ")"),
            deep("not (", n, "a == 1", ")"),
            deep("(a any? |b| ", n, "(b == 1)", ")"),
            deep("((a == 1) && ", n, "(b == 1)", ")"),
            deep("[", n, "", "]"),
            deep("a == [", n, "", "]"),
            deep("{\"lhs\":", n, "{}", "}"),
            deep(
                "{\"operation_type\":\"LogicalExpression\",\"operator\":\"AND\",\"lhs\":",
                n,
                "1",
                "}",
            ),
            format!("{{\"a\":{}", "[".repeat(n)),
        ]
    };
    for n in [200, 1_000, 3_000, 100_000] {
        for text in texts(n) {
            let error = parse(&text).expect_err("too deep");
            assert!(error.message.ends_with('.'), "{}", error.message);
            assert!(error.at <= text.len());
            assert_eq!(corrected(&text), None, "{}", &text[..20]);
        }
    }
}

/// A condition at the very limit is printed with more parentheses than it needs, and still reads.
#[test]
fn the_deepest_condition_reads_as_it_prints() {
    let leaf = || Expr::Compare {
        path: "a".into(),
        op: Op::Eq,
        value: Some(Operand::Number("1".into())),
    };
    type Wrap = fn(Expr) -> Expr;
    let wraps: [(&str, Wrap); 3] = [
        ("not", |inner| Expr::Not(Box::new(inner))),
        ("list of not", |inner| Expr::List {
            quantifier: Quantifier::All,
            path: "a".into(),
            item: "b".into(),
            body: Box::new(Expr::Not(Box::new(inner))),
        }),
        ("and, or", |inner| {
            let other = || Expr::Compare {
                path: "c".into(),
                op: Op::Nil,
                value: None,
            };
            Expr::And(vec![other(), Expr::Or(vec![other(), inner])])
        }),
    ];
    for (name, wrap) in wraps {
        let mut expr = leaf();
        let mut deepest = 0;
        for n in 1..=MAX_DEPTH {
            expr = wrap(expr);
            match parse(&print(&expr)) {
                Ok(read) => {
                    assert_eq!(read, expr, "{name}");
                    deepest = n;
                }
                Err(error) => assert!(error.message.contains("deep"), "{error}"),
            }
        }
        let levels = if name == "not" { 1 } else { 2 };
        assert_eq!(deepest, (MAX_DEPTH - 1) / levels, "{name}");
    }
}

#[test]
fn trees_of_the_editor_read() {
    let comparison = |path: &str, op: &str, value: &str, ty: &str| {
        json!({
            "uuid": "u", "parent_uuid": "p",
            "lhs": {"value": path, "comparison_value_type": "EnvironmentValue", "full_environment_path": path},
            "rhs": {"value": value, "comparison_value_type": "LiteralValue"},
            "value_type": ty, "operator": op, "operation_type": "Comparison"
        })
    };
    let logical = |op: &str, lhs: Value, rhs: Value| json!({"lhs": lhs, "rhs": rhs, "operator": op, "operation_type": "LogicalExpression"});
    let a = comparison(
        "oldStatus",
        "==",
        "ACTIVE",
        "EnvironmentEnumDefinition:ProductStatus",
    );
    let b = comparison(
        "order.totalPrice",
        "<=",
        "10.0",
        "EnvironmentScalarDefinition:Float",
    );
    let c = comparison(
        "order.customer.id",
        "not_empty_and_not_nil?",
        "",
        "EnvironmentScalarDefinition:ID",
    );
    let any = json!({
        "array_path": {"value": "product.tags"}, "array_item_key": {"value": "tags_item"},
        "operator": "ANY", "operation_type": "ArrayExpression",
        "operation": logical("AND", comparison("tags_item", "==", "vip", "EnvironmentScalarDefinition:String"), Value::Null)
    });
    for (tree, text) in [
        (
            logical("AND", a.clone(), Value::Null),
            "(oldStatus == 'ACTIVE')",
        ),
        (
            logical("AND", logical("AND", a.clone(), b.clone()), c.clone()),
            "((oldStatus == 'ACTIVE') && (order.totalPrice <= 10.0) && (order.customer.id not_empty_and_not_nil?))",
        ),
        (
            logical("OR", any, b),
            "((product.tags any? |tags_item| (tags_item == 'vip')) || (order.totalPrice <= 10.0))",
        ),
    ] {
        assert_eq!(printed(&tree.to_string()), text);
        assert_eq!(printed(text), text);
    }
}

fn event() -> Value {
    json!({
        "order": {
            "id": "gid://shopify/Order/1", "name": "#1001", "totalPrice": "612.40", "test": false,
            "createdAt": "2026-05-01T10:00:00Z", "note": "", "email": null,
            "tags": ["VIP", "wholesale"],
            "displayFinancialStatus": "PAID",
            "lineItems": {"nodes": [
                {"sku": "A", "quantity": 1, "product": {"tags": ["fragile"]}},
                {"sku": "B", "quantity": 5, "product": {"tags": []}}
            ]},
            "fulfillments": [],
            "customer": {"id": "gid://shopify/Customer/7", "email": "Ann@Example.com", "numberOfOrders": "3"}
        },
        "shop": {"email": "ann@example.COM"}
    })
}

#[test]
fn conditions_come_to_what_flow_says() {
    for (text, expected) in [
        ("(order.totalPrice > 500)", true),
        ("(order.totalPrice > 612.40)", false),
        ("(order.totalPrice >= 612.4)", true),
        ("(order.totalPrice == '612.40')", true),
        ("(order.customer.numberOfOrders < 10)", true),
        ("(order.customer.email == shop.email)", true),
        ("(order.displayFinancialStatus == 'paid')", true),
        ("(order.displayFinancialStatus in? 'PENDING, PAID')", true),
        (
            "(order.displayFinancialStatus not_in? 'PENDING,PAID')",
            false,
        ),
        ("(order.customer.email include? 'EXAMPLE')", true),
        ("(order.customer.email end_with? '.org')", false),
        ("(order.customer.email not_start_with? 'bob')", true),
        ("(order.note empty_or_nil?)", true),
        ("(order.note nil?)", false),
        ("(order.email nil?)", true),
        ("(order.email == 'x')", false),
        ("(order.email != 'x')", true),
        ("(order.nowhere nil?)", true),
        ("(order.nowhere.deeper > 5)", false),
        ("(nobody.home not_nil?)", false),
        ("(order.test == false)", true),
        ("(order.createdAt > '2026-04-30')", true),
        ("(order.createdAt < '2026-05-01T10:00:00+02:00')", false),
        ("(order.tags any? |t| (t == 'vip'))", true),
        ("(order.tags none? |t| (t == 'vip'))", false),
        ("(order.tags all? |t| (t != 'x'))", true),
        ("(order.fulfillments any? |f| (f.id not_nil?))", false),
        ("(order.fulfillments all? |f| (f.id not_nil?))", true),
        (
            "(order.lineItems any? |i| ((i.sku == 'A') && (i.quantity > 2)))",
            false,
        ),
        (
            "(order.lineItems any? |i| ((i.sku == 'B') && (i.quantity > 2)))",
            true,
        ),
        (
            "(order.lineItems any? |i| (i.product.tags any? |t| (t == 'fragile')))",
            true,
        ),
        (
            "(order.lineItems.product.tags any? |t| (t == 'fragile'))",
            true,
        ),
        ("!(order.lineItems all? |i| (i.quantity > 2))", true),
        ("(order.lineItems.sku == 'B')", true),
    ] {
        let expr = parse(text).expect(text);
        assert_eq!(evaluate(&expr, &event()).result, expected, "{text}");
        assert_eq!(
            evaluate(&Expr::Not(Box::new(expr)), &event()).result,
            !expected,
            "not {text}"
        );
    }
}

#[test]
fn tests_say_what_met_what() {
    for (text, sentences) in [
        ("(order.totalPrice > 500)", vec!["612.40 is more than 500"]),
        (
            "(order.totalPrice > 1000.00)",
            vec!["612.40 is not more than 1000.00"],
        ),
        (
            "(order.tags any? |t| (t == 'vip'))",
            vec!["“VIP” is “vip”", "“wholesale” is not “vip”"],
        ),
        ("(order.note empty_or_nil?)", vec!["“” is empty"]),
        ("(order.nowhere == 'x')", vec!["nothing is not “x”"]),
        (
            "((order.test == true) && (order.customer.email == shop.email))",
            vec![
                "false is not true",
                "“Ann@Example.com” is “ann@example.COM” (shop.email)",
            ],
        ),
        ("(order.lineItems.sku == 'B')", vec!["[“A”, “B”] is “B”"]),
    ] {
        let evaluation = evaluate(&parse(text).expect(text), &event());
        let said: Vec<String> = evaluation.tests.iter().map(explain).collect();
        assert_eq!(said, sentences, "{text}");
    }
    let evaluation = evaluate(
        &parse("(order.lineItems any? |i| (i.product.tags any? |t| (t == 'fragile')))")
            .expect("reads"),
        &event(),
    );
    assert_eq!(
        evaluation.tests[0].item.as_deref(),
        Some("order.lineItems[0].product.tags[0]")
    );
}

#[test]
fn checks_name_the_trouble() {
    let catalog = Catalog::builtin();
    let scope = [Variable {
        name: "order".to_string(),
        ty: TypeRef::parse("Order"),
    }];
    for (text, code) in [
        ("(order.name == '#1')", None),
        ("(order.totalPriceSet.shopMoney.amount > 500)", None),
        ("(order.tags any? |t| (t == 'vip'))", None),
        ("(order.displayFinancialStatus == 'PAID')", None),
        ("(order.displayFinancialStatus in? 'PAID,PENDING')", None),
        ("(order.createdAt > '2026-01-31')", None),
        ("(order.customer.id not_empty_and_not_nil?)", None),
        (
            "(order.nmae == 'x')",
            Some("CONFIG_FIELD_PATH_VALIDATION_ERROR"),
        ),
        (
            "(product.title == 'x')",
            Some("CONFIG_FIELD_PATH_VALIDATION_ERROR"),
        ),
        ("(order.tags == 'vip')", Some("CONDITION_TYPE_ERROR")),
        (
            "(order.name any? |n| (n == 'x'))",
            Some("CONDITION_TYPE_ERROR"),
        ),
        (
            "(order.tags any? |t| (order.name == 'x'))",
            Some("CONDITION_TYPE_ERROR"),
        ),
        ("(order.customer == 'x')", Some("CONDITION_NON_PRIMITIVE")),
        (
            "(order.totalPriceSet.shopMoney.amount > 'much')",
            Some("CONDITION_TYPE_ERROR"),
        ),
        (
            "(order.totalPriceSet.shopMoney.amount start_with? '5')",
            Some("CONDITION_TYPE_ERROR"),
        ),
        (
            "(order.displayFinancialStatus == 'PAYED')",
            Some("CONDITION_INVALID_ENUM_VALUE"),
        ),
        ("(order.test == 'yes')", Some("CONDITION_TYPE_ERROR")),
        (
            "(order.createdAt > 'yesterday')",
            Some("CONDITION_TYPE_ERROR"),
        ),
        (
            "(order.lineItems any? |i| (i.product.tags any? |t| (t == 'x')))",
            Some("CONDITION_DOUBLE_LOOP_WARNING"),
        ),
    ] {
        let findings = check(&parse(text).expect(text), &catalog, &scope);
        let codes: Vec<&str> = findings
            .iter()
            .map(|finding| finding.code.as_str())
            .collect();
        assert_eq!(
            codes,
            code.into_iter().collect::<Vec<_>>(),
            "{text}: {findings:?}"
        );
    }
    let misspelt = check(
        &parse("(order.displayFinancialStatus == 'PAYED')").expect("reads"),
        &catalog,
        &scope,
    );
    assert_eq!(misspelt[0].severity, Severity::Error);
    assert!(
        misspelt[0].message.contains("'PAID'"),
        "{}",
        misspelt[0].message
    );
}

proptest! {
    #![proptest_config(cases(1_000))]

    #[test]
    fn printing_and_reading_again_changes_nothing(expr in expr()) {
        let text = print(&expr);
        prop_assert_eq!(parse(&text).map_err(|error| error.message), Ok(expr));
    }

    #[test]
    fn no_text_panics(text in any::<String>(), noise in "[a-z.()|&!='\"<>?\\[\\] ,0-9{}:]{0,80}") {
        for text in [text, noise] {
            if let Ok(expr) = parse(&text) {
                let printed = print(&expr);
                prop_assert_eq!(parse(&printed).map(|again| print(&again)).unwrap_or_default(), printed);
                evaluate(&expr, &event()).tests.iter().for_each(|test| { explain(test); });
            }
        }
    }
}

#[test]
fn full_paths_write_the_items_out() {
    for (text, expected) in [
        ("(order.name == 'x')", vec!["order.name"]),
        (
            "((order.name == 'x') && (order.name == order.note))",
            vec!["order.name", "order.note"],
        ),
        (
            "(order.lineItems any? |i| ((i.sku == 'x') && (i.product.tags none? |t| (t == i.vendor))))",
            vec![
                "order.lineItems",
                "order.lineItems.sku",
                "order.lineItems.product.tags",
                "order.lineItems.vendor",
            ],
        ),
        // The inner item hides the outer one, and is gone behind its test.
        (
            "((a.b any? |x| (x any? |x| (x.c == 1))) && (x == 2))",
            vec!["a.b", "a.b.c", "x"],
        ),
    ] {
        assert_eq!(
            full_paths(&parse(text).expect("it reads")),
            expected,
            "{text}"
        );
    }
}
