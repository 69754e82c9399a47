//! Check and render agree: a template that the check has nothing to say about renders without a
//! finding, over an event made from the types of what it reads.

use flow::test_events::{base_event, run_event};
use flow::{Catalog, Link, Step, TaskType, Workflow};
use proptest::prelude::*;

fn workflow(template: &str) -> Workflow {
    let mut log = Step::new("2", "shopify::flow::log_output", "0.1", TaskType::Action);
    log.set_config("message", template);
    Workflow {
        name: "Log".to_string(),
        steps: vec![
            Step::new(
                "1",
                "shopify::admin::order_created",
                "0.1",
                TaskType::Trigger,
            ),
            log,
        ],
        links: vec![Link::new("1", "output", "2")],
        ..Workflow::default()
    }
}

/// What the check says of the template, and what its rendering says.
fn said(template: &str, catalog: &Catalog) -> (Vec<String>, Vec<String>) {
    let workflow = workflow(template);
    let checked = flow::check::check(&workflow, catalog);
    let event = base_event(&workflow, catalog);
    let run = run_event(&workflow, "1", &event, catalog);
    let messages = |findings: &[flow::Finding]| {
        findings
            .iter()
            .map(|finding| format!("{}: {}", finding.code, finding.message))
            .collect()
    };
    (messages(&checked), messages(&run.trace[1].findings))
}

/// Paths that are there and that are not, single values, lists and objects.
fn path() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "order.name",
        "order.createdAt",
        "order.test",
        "order.note",
        "order.tags",
        "order.customer",
        "order.customer.firstName",
        "order.lineItems",
        "order.lineItems.title",
        "order.lineItems.product.tags",
        "order.lineItems[0].title",
        "order.lineItems.first.title",
        "order.totalPriceSet.shopMoney.amount",
        "order.totalPriceSet.shopMoney",
        "order.subtotalLineItemsQuantity",
        "order.displayFinancialStatus",
        "order.nmae",
        "order.name.size",
        "shop.currencyCode",
        "item",
        "item.title",
        "item.quantity",
        "item.titel",
        "made",
        "made.title",
        "forloop.index",
        "forloop.nr",
        "nobody",
    ])
}

fn filter() -> impl Strategy<Value = &'static str> {
    // Nothing whose outcome hangs on the value: no division by a path, no reading of Base64, and
    // dates moved only from what is one.
    prop::sample::select(vec![
        "upcase",
        "append: order.name",
        "append",
        "apend: 'x'",
        "default: 'x'",
        "size",
        "join: ', '",
        "join",
        "first",
        "last",
        "map: 'title'",
        "map: 'titel'",
        "where: 'title', 'x'",
        "sort: 'title'",
        "uniq",
        "reverse",
        "compact",
        "concat: order.tags",
        "split: ','",
        "plus: 2",
        "times: order.name",
        "divided_by: 3",
        "divided_by: 0",
        "round: 2",
        "date: '%Y-%m-%d'",
        "money",
        "money_with_currency",
        "md5",
        "sha256",
        "blake3",
        "hmac_sha256: 'key'",
        "hmac_sha1",
        "truncate: 5",
        "slice: 0, 3",
        "json",
        "sum: 'quantity'",
        "has: 'title', 'x'",
    ])
}

fn value() -> impl Strategy<Value = String> {
    (path(), prop::collection::vec(filter(), 0..3)).prop_map(|(path, filters)| {
        filters.iter().fold(path.to_string(), |text, filter| {
            format!("{text} | {filter}")
        })
    })
}

fn piece() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("text ".to_string()),
        value().prop_map(|value| format!("{{{{ {value} }}}}")),
        value().prop_map(|value| format!("{{% assign made = {value} %}}")),
        Just("{{ order.createdAt | date_plus: '2 weeks' }}".to_string()),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let inner = prop::collection::vec(inner, 1..3).prop_map(|parts| parts.concat());
        prop_oneof![
            (path(), inner.clone()).prop_map(|(list, body)| format!(
                "{{% for item in {list} %}}{body}{{% endfor %}}"
            )),
            (path(), path(), inner.clone(), inner.clone()).prop_map(|(a, b, yes, no)| format!(
                "{{% if {a} == {b} %}}{yes}{{% else %}}{no}{{% endif %}}"
            )),
            (path(), inner).prop_map(|(a, body)| format!(
                "{{% capture made %}}{body}{{% endcapture %}}{{% unless {a} %}}{{{{ made }}}}{{% endunless %}}"
            )),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(800))]
    #[test]
    fn what_checks_clean_renders_clean(parts in prop::collection::vec(piece(), 1..3)) {
        let template = parts.concat();
        let (checked, rendered) = said(&template, &Catalog::builtin());
        if checked.is_empty() {
            prop_assert_eq!(rendered, Vec::<String>::new(), "{}", template);
        }
    }
}

#[test]
fn some_templates_are_clean_and_some_are_not() {
    let catalog = Catalog::builtin();
    for (template, clean) in [
        (
            "{{ order.name }} {{ order.totalPriceSet.shopMoney.amount | money }}",
            true,
        ),
        (
            "{% for item in order.lineItems %}{{ item.title }}{% endfor %}",
            true,
        ),
        (
            "{% assign made = order.lineItems.id | size %}{% if made > 0 %}{{ made }}{% endif %}",
            true,
        ),
        (
            "{{ order.createdAt | date_plus: '2 weeks' | date: '%F' }}",
            true,
        ),
        // What a name is now counts, and what either branch or a round of a loop made it.
        (
            "{% assign made = order.customer %}{% assign made = order.name %}{{ made }}",
            true,
        ),
        (
            "{% capture made %}{% assign made = order.createdAt %}{% endcapture %}{{ made.title }}",
            false,
        ),
        (
            "{% if order.test %}{% assign made = order.customer %}{% else %}{% assign made = order.name %}{% endif %}{{ made }}",
            false,
        ),
        (
            "{% assign made = 'x' %}{% for item in order.lineItems %}{{ made }}{% assign made = item %}{% endfor %}",
            false,
        ),
        ("{{ order.nmae }}", false),
        ("{{ order.customer }}", false),
        ("{{ order.tags }}", false),
    ] {
        let (checked, rendered) = said(template, &catalog);
        assert_eq!(checked.is_empty(), clean, "{template}: {checked:?}");
        assert!(!clean || rendered.is_empty(), "{template}: {rendered:?}");
    }
}
