//! Every operator on every kind of value, and what a finding would have instead.

use super::*;

/// A path of each kind that an order has.
const KINDS: [(&str, &str); 9] = [
    ("text", "order.name"),
    ("id", "order.customer.id"),
    ("number", "order.totalPriceSet.shopMoney.amount"),
    ("date", "order.createdAt"),
    ("boolean", "order.test"),
    ("enum", "order.displayFinancialStatus"),
    ("list", "order.tags"),
    ("in list", "order.lineItems.sku"),
    ("object", "order.customer"),
];

fn scope() -> [Variable; 1] {
    [Variable {
        name: "order".to_string(),
        ty: TypeRef::parse("Order"),
    }]
}

/// What the check says of a condition: the codes, with the correction where there is one.
fn said(text: &str) -> String {
    let catalog = Catalog::builtin();
    let expr = parse(text).expect(text);
    let findings = check(&expr, &catalog, &scope());
    for finding in &findings {
        assert!(finding.message.ends_with(['.', '?']), "{}", finding.message);
        let Some(correction) = &finding.correction else {
            continue;
        };
        // What is offered mends what was found, and keeps meaning something.
        let mended = parse(correction).expect(correction);
        let after = check(&mended, &catalog, &scope());
        assert!(
            !after.iter().any(|other| other.message == finding.message),
            "{text}: {correction}"
        );
    }
    let short = |finding: &crate::Finding| {
        let correction = finding.correction.as_deref().unwrap_or("-");
        format!("{} → {correction}", finding.code)
    };
    findings.iter().map(short).collect::<Vec<_>>().join("; ")
}

#[test]
fn every_operator_on_every_kind() {
    let mut out = String::new();
    for (kind, path) in KINDS {
        for op in Op::ALL {
            let right = match kind {
                _ if op.is_unary() => "",
                "number" => " 5",
                "date" => " '2026-01-31'",
                "boolean" => " true",
                "enum" => " 'PAID'",
                _ => " 'x'",
            };
            let said = said(&format!("({path} {op}{right})"));
            let line = match said.as_str() {
                "" => format!("{kind:<8} {op}"),
                said => format!("{kind:<8} {:<23} {said}", op.as_str()),
            };
            out.push_str(line.trim_end());
            out.push('\n');
        }
    }
    insta::assert_snapshot!(out);
}

#[test]
fn right_sides_go_with_the_left() {
    let mut out = String::new();
    for text in [
        // Literals of another kind.
        "(order.totalPriceSet.shopMoney.amount > '$500')",
        "(order.totalPriceSet.shopMoney.amount > '1,000')",
        "(order.createdAt > '2026/1/31')",
        "(order.createdAt > '31/1/2026')",
        "(order.test == 'yes')",
        "(order.test == 5)",
        "(order.name == 5)",
        "(order.name == true)",
        "(order.displayFinancialStatus == 'paid')",
        "(order.displayFinancialStatus == 'PAYED')",
        "(order.displayFinancialStatus == PIAD)",
        "(order.displayFinancialStatus == paid)",
        "(order.displayFinancialStatus == 'nothing like it')",
        "(order.displayFinancialStatus in? 'PAID, PENDNG')",
        "(order.displayFinancialStatus == true)",
        // Paths.
        "(order.email == order.customer.email)",
        "(order.createdAt == order.processedAt)",
        "(order.createdAt > order.number)",
        "(order.test == order.name)",
        "(order.test == order.createdAt)",
        "(order.number == order.displayFinancialStatus)",
        "(order.name == order.tags)",
        "(order.name == order.customer)",
        "(order.name == order.nmae)",
        "(order.name == gift)",
        // Lists.
        "(order.tags == 'vip')",
        "(order.tags != 'vip')",
        "(order.lineItems.product.tags include? 'vip')",
        "(order.name any? |n| (n == 'x'))",
        "(order.tags any? |t| (order.name == 'x'))",
        "(order.tags any? |t| (t > 5))",
        "(order.lineItems any? |i| (i.product.tags any? |t| (t == 'x')))",
        "(order.note nil?)",
        "(order.createdAt empty_or_nil?)",
    ] {
        let said = said(text);
        out.push_str(&format!(
            "{text}\n    {}\n",
            if said.is_empty() { "right" } else { &said }
        ));
    }
    insta::assert_snapshot!(out);
}

/// Texts that do not read, and the one thing that can have been meant.
#[test]
fn slips_of_writing() {
    let mut out = String::new();
    for text in [
        "(order.totalPrice > {{ order.number }})",
        "(order.name == '{{ order.email }}')",
        "(order.name == '{{ order.email | upcase }}')",
        "{% if order.test %}",
        "(order.name = 'x')",
        "(order.name === 'x')",
        "(order.name =< 5)",
        "(order.name inclde? 'x')",
        "(order.name contains 'x')",
        "(order.name is 'x')",
        "(order.tags ani? |t| (t == 'x'))",
        "(order.name == 'x'))",
        "((order.name == 'x') & (order.test == true))",
        "((a == 1) && (b == 2) || (c == 3))",
        "(order.name == 'x",
        "(order.name > nil)",
        "(order.lineItems[0].sku == 'x')",
    ] {
        let error = parse(text).expect_err(text);
        let mended = corrected(text);
        if let Some(mended) = &mended {
            assert_eq!(print(&parse(mended).expect(mended)), *mended);
        }
        out.push_str(&format!(
            "{text}\n    {}\n    {}\n",
            error.message,
            mended.as_deref().unwrap_or("-")
        ));
    }
    insta::assert_snapshot!(out);
}
