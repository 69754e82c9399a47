//! What the check says of a condition, and how it would be right.

use super::*;

fn scope() -> Vec<Variable> {
    [
        ("order", "Order"),
        ("days", "Int"),
        ("status", "OrderDisplayFinancialStatus"),
    ]
    .into_iter()
    .map(|(name, ty)| Variable {
        name: name.to_string(),
        ty: TypeRef::parse(ty),
    })
    .collect()
}

/// Each finding as `code: message → correction`.
fn said(expr: &Expr) -> Vec<String> {
    check(expr, &Catalog::builtin(), &scope())
        .into_iter()
        .map(|finding| {
            let correction = match finding.correction {
                Some(correction) => format!("\n  → {correction}"),
                None => String::new(),
            };
            format!(
                "  {:?} {}: {}{correction}",
                finding.severity, finding.code, finding.message
            )
        })
        .collect()
}

fn told(texts: &[&str]) -> String {
    texts
        .iter()
        .map(|text| {
            let expr = parse(text).expect(text);
            format!("{text}\n{}", said(&expr).join("\n"))
        })
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn paths_that_lead_nowhere() {
    insta::assert_snapshot!(told(&[
        "(ordr.name == 'x')",
        "(zzz == 'x')",
        "(order.custmer.email == 'x')",
        "(order.zzzzzzzzzz == 'x')",
        "(order.nmae == order.emial)",
        "((order.nmae == 'x') && (order.nmae == 'y'))",
        "(order.lineItms any? |i| (i.sku == 'x'))",
        "(order.tags any? |t| (s == 'x'))",
        "!(order.nmae nil?)",
    ]), @r#"
    (ordr.name == 'x')
      Error CONFIG_FIELD_PATH_VALIDATION_ERROR: There is no variable ordr here (in ordr.name); did you mean order?
      → (order.name == 'x')
    (zzz == 'x')
      Error CONFIG_FIELD_PATH_VALIDATION_ERROR: There is no variable zzz here (in zzz); choose another field.
    (order.custmer.email == 'x')
      Error CONFIG_FIELD_PATH_VALIDATION_ERROR: order has no field custmer (in order.custmer.email); did you mean customer?
      → (order.customer.email == 'x')
    (order.zzzzzzzzzz == 'x')
      Error CONFIG_FIELD_PATH_VALIDATION_ERROR: order has no field zzzzzzzzzz (in order.zzzzzzzzzz); choose another field.
    (order.nmae == order.emial)
      Error CONFIG_FIELD_PATH_VALIDATION_ERROR: order has no field nmae (in order.nmae); did you mean name?
    ((order.nmae == 'x') && (order.nmae == 'y'))
      Error CONFIG_FIELD_PATH_VALIDATION_ERROR: order has no field nmae (in order.nmae); did you mean name?
      → ((order.name == 'x') && (order.name == 'y'))
      Error CONFIG_FIELD_PATH_VALIDATION_ERROR: order has no field nmae (in order.nmae); did you mean name?
      → ((order.name == 'x') && (order.name == 'y'))
    (order.lineItms any? |i| (i.sku == 'x'))
      Error CONFIG_FIELD_PATH_VALIDATION_ERROR: order has no field lineItms (in order.lineItms); did you mean lineItems?
      → (order.lineItems any? |i| (i.sku == 'x'))
    (order.tags any? |t| (s == 'x'))
      Error CONDITION_TYPE_ERROR: The test of order.tags never looks at its item t; use t in it.
      Error CONFIG_FIELD_PATH_VALIDATION_ERROR: There is no variable s here (in s); did you mean t?
      → (order.tags any? |t| (t == 'x'))
    !(order.nmae nil?)
      Error CONFIG_FIELD_PATH_VALIDATION_ERROR: order has no field nmae (in order.nmae); did you mean name?
    "#);
}

#[test]
fn operators_that_do_not_fit() {
    insta::assert_snapshot!(told(&[
        "(days include? '5')",
        "(days not_include? '5')",
        "(days start_with? '5')",
        "(days empty_or_nil?)",
        "(days not_empty_and_not_nil?)",
        "(order.name > 5)",
        "(order.name nil?)",
        "(order.name not_nil?)",
        "(order.test > 5)",
        "(order.test in? 'true')",
        "(order.test include? 'yes')",
        "(order.createdAt include? '2026-01-31')",
        "(order.createdAt include? 'x')",
        "(status start_with? 'PARTIALLY')",
        "(status not_start_with? 'PARTIALLY')",
        "(status end_with? 'ING')",
        "(status include? 'VOID')",
        "(status not_include? 'VOID')",
        "(status include? 'PAID')",
        "(status include? '')",
        "(status include? 'zzz')",
        "(status > 'PAID')",
        "(days include? order.name)",
        "(days in? '5,6')",
    ]), @r#"
    (days include? '5')
      Error CONDITION_TYPE_ERROR: days is of type Int, which include? does not work on; use ==, !=, >, >=, < or <=.
      → (days == 5)
    (days not_include? '5')
      Error CONDITION_TYPE_ERROR: days is of type Int, which not_include? does not work on; use ==, !=, >, >=, < or <=.
      → (days != 5)
    (days start_with? '5')
      Error CONDITION_TYPE_ERROR: days is of type Int, which start_with? does not work on; use ==, !=, >, >=, < or <=.
    (days empty_or_nil?)
      Error CONDITION_TYPE_ERROR: days is of type Int, which empty_or_nil? does not work on; use nil?.
      → (days nil?)
    (days not_empty_and_not_nil?)
      Error CONDITION_TYPE_ERROR: days is of type Int, which not_empty_and_not_nil? does not work on; use not_nil?.
      → (days not_nil?)
    (order.name > 5)
      Error CONDITION_TYPE_ERROR: order.name is of type String, which > does not work on; use ==, include?, start_with? or end_with?.
    (order.name nil?)
      Information CONDITION_TYPE_ERROR: order.name is a text, which may be there and empty; use empty_or_nil?.
      → (order.name empty_or_nil?)
    (order.name not_nil?)
      Information CONDITION_TYPE_ERROR: order.name is a text, which may be there and empty; use not_empty_and_not_nil?.
      → (order.name not_empty_and_not_nil?)
    (order.test > 5)
      Error CONDITION_TYPE_ERROR: order.test is of type Boolean, which > does not work on; use == or !=.
    (order.test in? 'true')
      Error CONDITION_TYPE_ERROR: order.test is of type Boolean, which in? does not work on; use == or !=.
      → (order.test == true)
    (order.test include? 'yes')
      Error CONDITION_TYPE_ERROR: order.test is of type Boolean, which include? does not work on; use == or !=.
      → (order.test == true)
    (order.createdAt include? '2026-01-31')
      Error CONDITION_TYPE_ERROR: order.createdAt is of type DateTime, which include? does not work on; use ==, !=, >, >=, < or <=.
      → (order.createdAt == '2026-01-31')
    (order.createdAt include? 'x')
      Error CONDITION_TYPE_ERROR: order.createdAt is of type DateTime, which include? does not work on; use ==, !=, >, >=, < or <=.
    (status start_with? 'PARTIALLY')
      Error CONDITION_TYPE_ERROR: status is of type OrderDisplayFinancialStatus, which start_with? does not work on; use ==, !=, in? or not_in?.
      → (status in? 'PARTIALLY_PAID,PARTIALLY_REFUNDED')
    (status not_start_with? 'PARTIALLY')
      Error CONDITION_TYPE_ERROR: status is of type OrderDisplayFinancialStatus, which not_start_with? does not work on; use ==, !=, in? or not_in?.
      → (status not_in? 'PARTIALLY_PAID,PARTIALLY_REFUNDED')
    (status end_with? 'ING')
      Error CONDITION_TYPE_ERROR: status is of type OrderDisplayFinancialStatus, which end_with? does not work on; use ==, !=, in? or not_in?.
      → (status == 'PENDING')
    (status include? 'VOID')
      Error CONDITION_TYPE_ERROR: status is of type OrderDisplayFinancialStatus, which include? does not work on; use ==, !=, in? or not_in?.
      → (status == 'VOIDED')
    (status not_include? 'VOID')
      Error CONDITION_TYPE_ERROR: status is of type OrderDisplayFinancialStatus, which not_include? does not work on; use ==, !=, in? or not_in?.
      → (status != 'VOIDED')
    (status include? 'PAID')
      Error CONDITION_TYPE_ERROR: status is of type OrderDisplayFinancialStatus, which include? does not work on; use ==, !=, in? or not_in?.
    (status include? '')
      Error CONDITION_TYPE_ERROR: status is of type OrderDisplayFinancialStatus, which include? does not work on; use ==, !=, in? or not_in?.
    (status include? 'zzz')
      Error CONDITION_TYPE_ERROR: status is of type OrderDisplayFinancialStatus, which include? does not work on; use ==, !=, in? or not_in?.
    (status > 'PAID')
      Error CONDITION_TYPE_ERROR: status is of type OrderDisplayFinancialStatus, which > does not work on; use ==, !=, in? or not_in?.
    (days include? order.name)
      Error CONDITION_TYPE_ERROR: days is of type Int, which include? does not work on; use ==, !=, >, >=, < or <=.
    (days in? '5,6')
    "#);
}

#[test]
fn values_that_do_not_fit() {
    insta::assert_snapshot!(told(&[
        "(days > 'much')",
        "(days > '$500')",
        "(days > '500 USD')",
        "(days > '1,000')",
        "(days in? '5, 6')",
        "(days in? '5,$6,7')",
        "(days == true)",
        "(order.createdAt > '2026/1/31')",
        "(order.createdAt > 'yesterday')",
        "(order.createdAt in? '2026-01-01,2026/1/2')",
        "(order.test == 'yes')",
        "(order.test == 'maybe')",
        "(order.test == 0)",
        "(status == 'payed')",
        "(status == 'partially paid')",
        "(status == 'nonsense')",
        "(status in? 'PAID,PENDIGN')",
        "(status == paid)",
        "(status == zzzz)",
        "(order.name == hello)",
        "(order.name == hello.there)",
        "(days == hello)",
        "(order.name == order.tags)",
        "(order.name == order.customer)",
        "(order.name == order.email)",
    ]), @r#"
    (days > 'much')
      Error CONDITION_TYPE_ERROR: days is a number; compare it with a number, not with 'much'.
    (days > '$500')
      Error CONDITION_TYPE_ERROR: days is a number; compare it with a number, not with '$500'.
      → (days > 500)
    (days > '500 USD')
      Error CONDITION_TYPE_ERROR: days is a number; compare it with a number, not with '500 USD'.
      → (days > 500)
    (days > '1,000')
      Error CONDITION_TYPE_ERROR: days is a number; compare it with a number, not with '1,000'.
    (days in? '5, 6')

    (days in? '5,$6,7')
      Error CONDITION_TYPE_ERROR: days is a number; compare it with a number, not with '$6'.
      → (days in? '5,6,7')
    (days == true)
      Error CONDITION_TYPE_ERROR: days is never true or false; compare it with a Int value.
    (order.createdAt > '2026/1/31')
      Error CONDITION_TYPE_ERROR: order.createdAt is a date; write '2026/1/31' as one, for example '2026-01-31'.
      → (order.createdAt > '2026-01-31')
    (order.createdAt > 'yesterday')
      Error CONDITION_TYPE_ERROR: order.createdAt is a date; write 'yesterday' as one, for example '2026-01-31'.
    (order.createdAt in? '2026-01-01,2026/1/2')
      Error CONDITION_TYPE_ERROR: order.createdAt is a date; write '2026/1/2' as one, for example '2026-01-31'.
      → (order.createdAt in? '2026-01-01,2026-01-02')
    (order.test == 'yes')
      Error CONDITION_TYPE_ERROR: order.test is true or false; compare it with true or false.
      → (order.test == true)
    (order.test == 'maybe')
      Error CONDITION_TYPE_ERROR: order.test is true or false; compare it with true or false.
    (order.test == 0)
      Error CONDITION_TYPE_ERROR: order.test is true or false; compare it with true or false.
      → (order.test == false)
    (status == 'payed')
      Error CONDITION_INVALID_ENUM_VALUE: status is never 'payed'; use 'PAID'.
      → (status == 'PAID')
    (status == 'partially paid')
      Error CONDITION_INVALID_ENUM_VALUE: status is never 'partially paid'; use 'PARTIALLY_PAID'.
      → (status == 'PARTIALLY_PAID')
    (status == 'nonsense')
      Error CONDITION_INVALID_ENUM_VALUE: status is never 'nonsense'; use one of PENDING, AUTHORIZED, PARTIALLY_PAID, PARTIALLY_REFUNDED, VOIDED, PAID, REFUNDED, EXPIRED.
    (status in? 'PAID,PENDIGN')
      Error CONDITION_INVALID_ENUM_VALUE: status is never 'PENDIGN'; use 'PENDING'.
      → (status in? 'PAID,PENDING')
    (status == paid)
      Error CONFIG_FIELD_PATH_VALIDATION_ERROR: There is no variable paid here (in paid); choose another field.
      → (status == 'PAID')
    (status == zzzz)
      Error CONFIG_FIELD_PATH_VALIDATION_ERROR: There is no variable zzzz here (in zzzz); choose another field.
    (order.name == hello)
      Error CONFIG_FIELD_PATH_VALIDATION_ERROR: There is no variable hello here (in hello); choose another field.
      → (order.name == 'hello')
    (order.name == hello.there)
      Error CONFIG_FIELD_PATH_VALIDATION_ERROR: There is no variable hello here (in hello.there); choose another field.
    (days == hello)
      Error CONFIG_FIELD_PATH_VALIDATION_ERROR: There is no variable hello here (in hello); choose another field.
    (order.name == order.tags)
      Error CONDITION_NON_PRIMITIVE: order.tags is not a single value; compare order.name with one field.
    (order.name == order.customer)
      Error CONDITION_NON_PRIMITIVE: order.customer is not a single value; compare order.name with one field.
    (order.name == order.email)
    "#);
}

#[test]
fn lists_and_objects() {
    insta::assert_snapshot!(told(&[
        "(order.tags == 'vip')",
        "(order.tags != 'vip')",
        "(order.tags include? 'vip')",
        "(order.tags not_include? 'vip')",
        "(order.tags nil?)",
        "(order.lineItems.sku == 'x')",
        "(order.lineItems.product.tags == 'x')",
        "(order.lineItems.product.tags != 'x')",
        "(order.tags == tags_item)",
        "(order.name any? |n| (n == 'x'))",
        "(order.name all? |n| (n == 'x'))",
        "(order.name none? |n| ((n == 'x') || !(order.email == n)))",
        "(order.customer any? |c| (c.email == 'x'))",
        "(order.tags any? |t| (order.name == 'x'))",
        "(order.tags any? |t| (order.name == t))",
        "(order.tags any? |t| ((order.name == 'x') || !(t == 'y')))",
        "(order.tags any? |t| (order.lineItems any? |t| (t.sku == 'x')))",
        "(order.lineItems any? |i| (i.product.tags any? |t| (t == 'x')))",
        "(order.lineItems any? |i| ((i.sku == 'x') && (order.tags any? |t| (t == i.sku))))",
        "((order.tags any? |t| (t == 'x')) && (order.tags any? |t| (t == 'y')))",
        "(order.customer == 'x')",
        "(order.customer nil?)",
        "(order.customer not_nil?)",
        "(order.totalPriceSet > 5)",
        "(order.totalPriceSet nil?)",
        "(order.totalPriceSet.shopMoney > 5)",
        "(order.totalPriceSet.shopMoney == order.totalPriceSet.shopMoney.amount)",
    ]), @r#"
    (order.tags == 'vip')
      Error CONDITION_TYPE_ERROR: order.tags stands for many values; test them with any?, all? or none?.
      → (order.tags any? |tags_item| (tags_item == 'vip'))
    (order.tags != 'vip')
      Error CONDITION_TYPE_ERROR: order.tags stands for many values; test them with any?, all? or none?.
      → (order.tags none? |tags_item| (tags_item == 'vip'))
    (order.tags include? 'vip')
      Error CONDITION_TYPE_ERROR: order.tags stands for many values; test them with any?, all? or none?.
      → (order.tags any? |tags_item| (tags_item include? 'vip'))
    (order.tags not_include? 'vip')
      Error CONDITION_TYPE_ERROR: order.tags stands for many values; test them with any?, all? or none?.
      → (order.tags none? |tags_item| (tags_item include? 'vip'))
    (order.tags nil?)
      Error CONDITION_TYPE_ERROR: order.tags stands for many values; test them with any?, all? or none?.
      → (order.tags none? |tags_item| (tags_item not_empty_and_not_nil?))
    (order.lineItems.sku == 'x')
      Error CONDITION_TYPE_ERROR: order.lineItems.sku stands for many values; test them with any?, all? or none?.
      → (order.lineItems any? |lineItems_item| (lineItems_item.sku == 'x'))
    (order.lineItems.product.tags == 'x')
      Error CONDITION_TYPE_ERROR: order.lineItems.product.tags stands for many values; test them with any?, all? or none?.
      → (order.lineItems any? |lineItems_item| (lineItems_item.product.tags any? |tags_item| (tags_item == 'x')))
    (order.lineItems.product.tags != 'x')
      Error CONDITION_TYPE_ERROR: order.lineItems.product.tags stands for many values; test them with any?, all? or none?.
      → (order.lineItems none? |lineItems_item| (lineItems_item.product.tags any? |tags_item| (tags_item == 'x')))
    (order.tags == tags_item)
      Error CONDITION_TYPE_ERROR: order.tags stands for many values; test them with any?, all? or none?.
    (order.name any? |n| (n == 'x'))
      Error CONDITION_TYPE_ERROR: order.name is no list; compare it directly, without any?, all? or none?.
      → (order.name == 'x')
    (order.name all? |n| (n == 'x'))
      Error CONDITION_TYPE_ERROR: order.name is no list; compare it directly, without any?, all? or none?.
      → (order.name == 'x')
    (order.name none? |n| ((n == 'x') || !(order.email == n)))
      Error CONDITION_TYPE_ERROR: order.name is no list; compare it directly, without any?, all? or none?.
      → !((order.name == 'x') || !(order.email == order.name))
    (order.customer any? |c| (c.email == 'x'))
      Error CONDITION_TYPE_ERROR: order.customer is no list; compare it directly, without any?, all? or none?.
      → (order.customer.email == 'x')
    (order.tags any? |t| (order.name == 'x'))
      Error CONDITION_TYPE_ERROR: The test of order.tags never looks at its item t; use t in it.
    (order.tags any? |t| (order.name == t))

    (order.tags any? |t| ((order.name == 'x') || !(t == 'y')))

    (order.tags any? |t| (order.lineItems any? |t| (t.sku == 'x')))
      Error CONDITION_TYPE_ERROR: The test of order.tags never looks at its item t; use t in it.
      Warning CONDITION_DOUBLE_LOOP_WARNING: The test of order.lineItems stands inside another list test, which is slow on long lists.
    (order.lineItems any? |i| (i.product.tags any? |t| (t == 'x')))
      Warning CONDITION_DOUBLE_LOOP_WARNING: The test of i.product.tags stands inside another list test, which is slow on long lists.
    (order.lineItems any? |i| ((i.sku == 'x') && (order.tags any? |t| (t == i.sku))))
      Warning CONDITION_DOUBLE_LOOP_WARNING: The test of order.tags stands inside another list test, which is slow on long lists.
    ((order.tags any? |t| (t == 'x')) && (order.tags any? |t| (t == 'y')))

    (order.customer == 'x')
      Error CONDITION_NON_PRIMITIVE: order.customer is an object and cannot be compared; pick one of its fields.
    (order.customer nil?)
      Warning CONDITION_NON_PRIMITIVE: order.customer is an object; test one of its fields instead, for example order.customer.id.
      → (order.customer.id empty_or_nil?)
    (order.customer not_nil?)
      Warning CONDITION_NON_PRIMITIVE: order.customer is an object; test one of its fields instead, for example order.customer.id.
      → (order.customer.id not_empty_and_not_nil?)
    (order.totalPriceSet > 5)
      Error CONDITION_NON_PRIMITIVE: order.totalPriceSet is an object and cannot be compared; pick one of its fields.
    (order.totalPriceSet nil?)
      Warning CONDITION_NON_PRIMITIVE: order.totalPriceSet is an object; test one of its fields instead, for example order.totalPriceSet.id.
    (order.totalPriceSet.shopMoney > 5)
      Error CONDITION_NON_PRIMITIVE: order.totalPriceSet.shopMoney is an object and cannot be compared; pick one of its fields.
      → (order.totalPriceSet.shopMoney.amount > 5)
    (order.totalPriceSet.shopMoney == order.totalPriceSet.shopMoney.amount)
      Error CONDITION_NON_PRIMITIVE: order.totalPriceSet.shopMoney is an object and cannot be compared; pick one of its fields.
    "#);
}

#[test]
fn a_test_of_no_list_keeps_what_else_it_asks() {
    for (text, meant) in [
        (
            "(order.name any? |n| ((n == 'x') && (days > 5)))",
            "((order.name == 'x') && (days > 5))",
        ),
        (
            "(order.name any? |n| (order.tags any? |t| (t == n)))",
            "(order.tags any? |t| (t == order.name))",
        ),
        // The inner item of the same name is another one.
        (
            "(order.name any? |n| ((n == 'x') && (order.tags any? |n| (n == 'y'))))",
            "((order.name == 'x') && (order.tags any? |n| (n == 'y')))",
        ),
    ] {
        let findings = check(&parse(text).expect(text), &Catalog::builtin(), &scope());
        assert_eq!(findings[0].correction.as_deref(), Some(meant), "{text}");
    }
}

#[test]
fn nothing_is_said_of_data_that_nobody_described() {
    let scope = [("runCode", "JSON"), ("entry", "Metaobject")].map(|(name, ty)| Variable {
        name: name.to_string(),
        ty: TypeRef::parse(ty),
    });
    for text in [
        "(runCode.points > 5)",
        "(runCode.a.b == 'x')",
        "(entry.color == 'x')",
    ] {
        let findings = check(&parse(text).expect(text), &Catalog::builtin(), &scope);
        assert_eq!(findings, [], "{text}");
    }
}

#[test]
fn conditions_built_by_hand() {
    let compare = |path: &str, op: Op, value: Option<Operand>| Expr::Compare {
        path: path.to_string(),
        op,
        value,
    };
    let text = |text: &str| Some(Operand::String(text.to_string()));
    let told: Vec<String> = [
        Expr::And(vec![]),
        Expr::Or(vec![]),
        compare("order.name", Op::Eq, None),
        compare("order.name", Op::EmptyOrNil, text("x")),
        compare("order.customer", Op::NotNil, text("x")),
        compare("status", Op::Eq, Some(Operand::Word("PAYED".to_string()))),
    ]
    .iter()
    .map(|expr| format!("{}\n{}", print(expr), said(expr).join("\n")))
    .collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    ()
      Error STEP_CONDITION_EMPTY: This condition has an empty part; say what must hold.
    ()
      Error STEP_CONDITION_EMPTY: This condition has an empty part; say what must hold.
    (order.name ==)
      Error CONDITION_TYPE_ERROR: The test order.name == has no value; add one.
    (order.name empty_or_nil? 'x')
      Error CONDITION_TYPE_ERROR: empty_or_nil? takes no value; remove it.
      → (order.name empty_or_nil?)
    (order.customer not_nil? 'x')
      Error CONDITION_TYPE_ERROR: not_nil? takes no value; remove it.
    (status == PAYED)
      Error CONDITION_INVALID_ENUM_VALUE: status is never 'PAYED'; use 'PAID'.
      → (status == 'PAID')
    "#);
}

#[test]
fn corrections_are_worked_out_for_twenty_findings_at_most() {
    let texts: Vec<String> = (0..25)
        .map(|at| format!("(order.name{at} == 'x')"))
        .collect();
    let expr = parse(&texts.join(" && ")).expect("reads");
    let findings = check(&expr, &Catalog::builtin(), &scope());
    assert_eq!(findings.len(), 25);
    let corrected: Vec<bool> = findings
        .iter()
        .map(|finding| finding.correction.is_some())
        .collect();
    let expected: Vec<bool> = (0..25).map(|at| at < 20).collect();
    assert_eq!(corrected, expected);
}
