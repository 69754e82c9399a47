//! Tests of Liquid: what templates render to, what they read, and that none can hang or panic.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn env() -> Value {
    json!({
        "order": {
            "name": "#1001", "totalPrice": "612.40", "createdAt": "2026-05-01T10:05:00Z", "note": null,
            "tags": ["VIP", "wholesale"],
            "customer": {"firstName": "Ann", "id": "gid://shopify/Customer/7"},
            "lineItems": {"nodes": [{"title": "Mug", "quantity": 2, "price": "4.50"}, {"title": "Pot", "quantity": 1, "price": "20.00"}]}
        },
        "getOrderData": [{"name": "#1"}, {"name": "#2"}],
        "shop": {"currencyCode": "USD"},
        "now": "2026-05-30T12:00:00Z"
    })
}

#[test]
fn templates_render() {
    for (template, text) in [
        ("plain", "plain"),
        ("Order {{ order.name }}!", "Order #1001!"),
        ("{{order.name}}{{ order.note }}", "#1001"),
        ("{{ order.totalPrice | plus: 1 }}", "613.4"),
        (
            "{{ 7 | divided_by: 2 }} {{ 7 | modulo: 4 }} {{ 0.1 | plus: 0.2 }}",
            "3 3 0.3",
        ),
        ("{{ order.note | default: 'none' }}", "none"),
        (
            "{{ order.customer.firstName | upcase | append: '.' }}",
            "ANN.",
        ),
        ("{{ order.tags | join: ', ' }}", "VIP, wholesale"),
        ("{{ order.lineItems.title | join: '+' }}", "Mug+Pot"),
        ("{{ order.lineItems.title | size }}", "2"),
        (
            "{% for item in order.lineItems %}{{ forloop.index }}:{{ item.title }};{% endfor %}",
            "1:Mug;2:Pot;",
        ),
        (
            "{% for l in order.lineItems limit:1 %}{{ l.title }}{% endfor %}",
            "Mug",
        ),
        (
            "{% for l in order.lineItems reversed %}{{ l.title }}{% if l.title == 'Pot' %}{% break %}{% endif %}{% endfor %}",
            "Pot",
        ),
        (
            "{% for i in (1..3) %}{{ i }}{% else %}no{% endfor %}{% for i in order.none %}x{% else %}no{% endfor %}",
            "123no",
        ),
        (
            "{% if order.totalPrice > 500 and order.tags contains 'VIP' %}big{% else %}small{% endif %}",
            "big",
        ),
        (
            "{% if order.note == empty %}e{% endif %}{% unless order.note %}u{% endunless %}",
            "eu",
        ),
        (
            "{% if order.x %}a{% elsif order.name == '#1001' %}b{% endif %}",
            "b",
        ),
        (
            "{% case order.name %}{% when '#1', '#1001' %}hit{% else %}miss{% endcase %}",
            "hit",
        ),
        (
            "{% assign t = order.tags | first | downcase %}{{ t }}{% capture c %}[{{ t }}]{% endcapture %}{{ c }}",
            "vip[vip]",
        ),
        (
            "{% raw %}{{ x }}{% endraw %}{% comment %}gone{% endcomment %}",
            "{{ x }}",
        ),
        ("a  {%- if true -%}  b  {%- endif -%}  c", "abc"),
        (
            "{{ order.createdAt | date: '%d %B %Y, %-I:%M %p' }}",
            "01 May 2026, 10:05 AM",
        ),
        (
            "{{ order.createdAt | date_minus: '1 month' | date: '%F' }}",
            "2026-04-01",
        ),
        (
            "{{ order.createdAt | date_plus: '2 days' | date: '%a %e' }}",
            "Sun  3",
        ),
        ("{{ 'a,b,c' | split: ',' | reverse | join: '' }}", "cba"),
        (
            "{{ 'Hello big world' | truncate: 8 }} {{ 'a b c' | truncatewords: 2 }}",
            "Hello... a b...",
        ),
        (
            "{{ 'Blue Mug!' | handleize }} {{ '<b>&' | escape }} {{ '<b>x' | strip_html }}",
            "blue-mug &lt;b&gt;&amp; x",
        ),
        (
            "{% for i in getOrderData %}{{ i.name }}{% endfor %}",
            "#1#2",
        ),
        ("{{ 'abc' | sha256 | slice: 0, 8 }}", "ba7816bf"),
        (
            "{{ 'abc' | md5 }} {{ 'x' | hmac_sha1: '' | size }}",
            "900150983cd24fb0d6963f7d28e17f72 40",
        ),
        ("{{ order.totalPrice | money }}", "$612.40"),
        (
            "{{ order.totalPrice | money_with_currency }}",
            "$612.40 USD",
        ),
        ("{{ order.note | money }}", ""),
        (
            "{{ 7 | divided_by: -2 }} {{ -7 | modulo: 3 }} {{ '7' | divided_by: '2' }}",
            "-4 2 3",
        ),
        (
            "{{ '2026-05-01T01:00:00+02:00' | date_plus: '1 day' }}",
            "2026-05-01T23:00:00Z",
        ),
        (
            "{{ 'now' | date_minus: '6 months' | date: '%F' }} {{ 'today' | date: '%^b' }}",
            "2025-11-30 MAY",
        ),
        (
            "{{ '2026-01-31' | date_plus: '1 months' | date: '%F %j %V' }}",
            "2026-02-28 059 09",
        ),
        (
            "{{ 'a b&c' | url_encode }} {{ 'a+b%26' | url_decode }} {{ 'é/a b' | url_escape }}",
            "a+b%26c a b& %C3%A9/a%20b",
        ),
        (
            "{{ 'Mug?>' | base64_encode }} {{ 'TXVnPz4=' | base64_decode }} {{ 'Mug?>' | base64_url_safe_encode }}",
            "TXVnPz4= Mug?> TXVnPz4=",
        ),
        (
            "{{ 'a.a.a' | replace_last: 'a', 'b' }} {{ 'a.a' | remove_last: '.a' }} {{ 'blue mug' | camelize }}",
            "a.a.b a BlueMug",
        ),
        (
            "{{ order.lineItems | where: 'title', 'Pot' | map: 'quantity' | first }}{{ order.lineItems | has: 'title', 'Cup' }}{{ order.lineItems | find_index: 'title', 'Pot' }}",
            "1false1",
        ),
        (
            "{{ order.lineItems | sum: 'quantity' }} {{ 1 | pluralize: 'item', 'items' }} {{ 2 | pluralize: 'item', 'items' }}",
            "3 item items",
        ),
        ("{{ false | default: 'x', allow_false: true }}", "false"),
        // A name that another branch would have made is nothing, and no finding.
        ("{% if false %}{% assign a = 1 %}{% endif %}[{{ a }}]", "[]"),
        (
            "{% raw %}endraw {% endra %}{%- endraw -%}|{% comment %}{% if %}{% endcomment %}",
            "endraw {% endra %}|",
        ),
    ] {
        let rendered = render(template, &env());
        assert_eq!(rendered.text, text, "{template}");
    }
}

#[test]
fn trouble_is_reported_and_leaves_a_gap() {
    for (template, text, code) in [
        ("[{{ order.nmae }}]", "[]", "LIQUID_VARIABLE_MISSING"),
        ("[{{ nobody.home }}]", "[]", "LIQUID_VARIABLE_MISSING"),
        ("[{{ order.customer }}]", "[]", "CONFIG_FIELD_LIQUID_ERROR"),
        (
            "[{{ order.name | shout }}]",
            "[]",
            "CONFIG_FIELD_LIQUID_ERROR",
        ),
        ("[{{ order | json }}]", "[]", "CONFIG_FIELD_LIQUID_ERROR"),
        (
            "[{{ 1 | divided_by: 0 }}]",
            "[]",
            "CONFIG_FIELD_LIQUID_ERROR",
        ),
        ("[{{ order..name }}]", "[]", "CONFIG_FIELD_LIQUID_ERROR"),
        ("[{% include 'x' %}]", "[]", "CONFIG_FIELD_LIQUID_ERROR"),
        (
            "[{{ order.name",
            "[{{ order.name",
            "CONFIG_FIELD_LIQUID_ERROR",
        ),
        ("[{% if true %}x]", "[x]", "CONFIG_FIELD_LIQUID_ERROR"),
        (
            "[{{ '2026-01-01' | date_plus: '9999999 years' }}]",
            "[]",
            "CONFIG_FIELD_LIQUID_ERROR",
        ),
        (
            "[{{ 'soon' | date_plus: '1 day' }}]",
            "[]",
            "CONFIG_FIELD_LIQUID_ERROR",
        ),
        (
            "[{{ '*' | base64_decode }}]",
            "[]",
            "CONFIG_FIELD_LIQUID_ERROR",
        ),
        ("[{% endif %}]", "[]", "CONFIG_FIELD_LIQUID_ERROR"),
    ] {
        let rendered = render(template, &env());
        assert_eq!(rendered.text, text, "{template}");
        let codes: Vec<&str> = rendered.findings.iter().map(|f| f.code.as_str()).collect();
        assert_eq!(codes, [code], "{template}: {:?}", rendered.findings);
    }
    let defaulted = render("{{ order.nmae | default: 'x' }}", &env());
    assert_eq!(
        (defaulted.text.as_str(), defaulted.findings.len()),
        ("x", 0)
    );
}

#[test]
fn no_template_runs_away() {
    let doubling = "{% assign a = 'xxxxxxxxxxxxxxxx' %}".to_string()
        + &"{% assign a = a | append: a %}".repeat(60)
        + "{{ a }}";
    assert!(render(&doubling, &env()).text.len() <= 1 << 20);
    let replacing = "{% assign a = 'xxxx' %}".to_string()
        + &"{% assign a = a | replace: 'x', a %}".repeat(20)
        + "{{ a }}";
    assert!(render(&replacing, &env()).text.len() <= 1 << 20);
    let loops = "{% for a in (1..1000000000) %}{% for b in (1..1000) %}{% for c in (1..1000) %}{% endfor %}{% endfor %}{% endfor %}done";
    assert!(!render(loops, &env()).findings.is_empty());
    let deep = "{% if true %}".repeat(50_000) + &"{% endif %}".repeat(50_000);
    assert!(!render(&deep, &env()).findings.is_empty());
    let long = "{{ order.name }}".repeat(100_000);
    assert!(!render(&long, &env()).findings.is_empty());
    let copying = "{% for a in (1..1000) %}{% for b in (1..90) %}{% assign x = order %}{% endfor %}{% endfor %}";
    let big = json!({"order": {"notes": vec!["a note"; 20_000]}});
    assert!(!render(copying, &big).findings.is_empty());
    // Each of these would take minutes, or more memory than there is, without its bound.
    let letters = "x".repeat(200_000);
    let joined = format!(
        "{{% assign a = '{letters}' %}}{{% assign l = a | split: '' %}}{{{{ l | join: a }}}}"
    );
    assert!(!render(&joined, &env()).findings.is_empty());
    let captured = format!(
        "{{% for a in (1..1000) %}}{{% for b in (1..90) %}}{{% capture c %}}{letters}{{% endcapture %}}{{% if '{letters}' contains 'y' %}}{{% endif %}}{{% endfor %}}{{% endfor %}}"
    );
    assert!(!render(&captured, &env()).findings.is_empty());
    let names: String = (0..15_000)
        .map(|i| format!("{{%assign n{i}=1%}}"))
        .collect();
    let names = names
        + "{% for a in (1..1000) %}{% for b in (1..90) %}{{ order.name }}{% endfor %}{% endfor %}";
    assert!(
        !render(&names[names.len() - 250_000..], &env())
            .findings
            .is_empty()
    );
    let odd: String = (0..20_000).map(|i| format!("{{{{a|f{i}}}}}")).collect();
    assert_eq!(super::check(&odd).len(), MAX_FINDINGS);
    for unclosed in [
        "{%",
        "{% raw %}{%",
        "{{",
        "{{}}",
        "{% raw %}endraw",
        "{% x %}",
    ] {
        let text = unclosed.repeat(250_000 / unclosed.len());
        assert!(render(&text, &env()).findings.len() <= MAX_FINDINGS + 1);
        assert!(super::check(&text).len() <= MAX_FINDINGS + 1);
    }
    for extreme in [
        "{{ 9223372036854775807 | plus: 1 }}",
        "{{ -9223372036854775808 | divided_by: -1 }}",
        "{{ -9223372036854775808 | modulo: -1 }}",
        "{{ 'x' | slice: -99999999999, 99999999999 }}",
        "{{ 'now' | date: '%Y' }}",
        "{{ 99999999999999 | date: '%Y' }}",
        "{{ '2026-01-01' | date_plus: '999999999999 years' }}",
        "{% for i in (-9223372036854775808..9223372036854775807) %}{% endfor %}",
        "{{ 1 | round: 99 }}",
    ] {
        render(extreme, &env());
    }
}

#[test]
fn paths_are_those_of_the_environment() {
    for (template, expected) in [
        ("none", vec![]),
        (
            "{{ order.name }} {{ order.name }} {{ shop.email }}",
            vec!["order.name", "shop.email"],
        ),
        (
            "{% for item in order.lineItems %}{{ item.title }}{{ forloop.index }}{% endfor %}{{ item.x }}",
            vec!["order.lineItems", "order.lineItems.title", "item.x"],
        ),
        (
            "{% assign c = order.customer %}{{ c.email }}{% assign n = c.email | upcase %}{{ n }}",
            vec!["order.customer", "order.customer.email"],
        ),
        (
            "{% if a.b > c.d %}{{ 'x' | append: e.f }}{% endif %}",
            vec!["a.b", "c.d", "e.f"],
        ),
    ] {
        assert_eq!(paths(template), expected, "{template}");
    }
}

/// A part of a template that can grow: literals, doubling, loops in loops, huge numbers and dates.
fn hostile() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("{% assign a = a | append: a %}".to_string()),
        Just("{% assign a = a | replace: 'x', a %}".to_string()),
        Just("{% assign l = a | split: '' %}".to_string()),
        Just("{% assign l = l | concat: l %}".to_string()),
        Just("{{ l | join: a }}".to_string()),
        Just("{% assign a = l | join: l %}".to_string()),
        Just("{{ a | escape | url_encode | base64_encode | newline_to_br }}".to_string()),
        Just("{{ a | sha256 }}{{ a | blake3 }}{{ a | hmac_sha1: a }}".to_string()),
        Just("{{ l | sort | uniq | reverse | size }}".to_string()),
        (any::<i64>(), any::<i64>()).prop_map(|(a, b)| format!(
            "{{{{ {a} | times: {b} | plus: {b} | divided_by: {b} | modulo: {a} | money }}}}"
        )),
        (any::<i64>(), prop::sample::select(vec!["seconds", "days", "months", "years"]))
            .prop_map(|(n, unit)| format!(
                "{{{{ {n} | date: '%c' }}}}{{{{ 'now' | date_plus: '{n} {unit}' | date_minus: '{n} {unit}' | date: '%G-%V %U %s' }}}}"
            )),
        any::<i64>().prop_map(|n| format!(
            "{{{{ a | truncate: {n} | slice: {n}, {n} | truncatewords: {n} }}}}"
        )),
    ];
    leaf.prop_recursive(5, 24, 4, |inner| {
        let inner = prop::collection::vec(inner, 1..4).prop_map(|parts| parts.concat());
        prop_oneof![
            (any::<u32>(), inner.clone())
                .prop_map(|(n, body)| format!("{{% for i in (1..{n}) %}}{body}{{% endfor %}}")),
            inner
                .clone()
                .prop_map(|body| format!("{{% for i in l %}}{body}{{% endfor %}}")),
            inner.prop_map(|body| format!("{{% capture a %}}{body}{{% endcapture %}}")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_template_takes_long_or_grows(body in hostile()) {
        let template = format!("{{% assign a = 'x & y' %}}{{% assign l = 'a,b' | split: ',' %}}{body}");
        let began = std::time::Instant::now();
        let rendered = render(&template, &env());
        prop_assert!(rendered.text.len() <= 1 << 20);
        prop_assert!(rendered.findings.len() <= MAX_FINDINGS);
        prop_assert!(began.elapsed().as_secs() < 20, "{:?} for {}", began.elapsed(), template);
        super::check(&template);
        paths(&template);
    }
}

proptest! {
    #[test]
    fn no_text_panics(
        text in any::<String>(),
        noise in "(\\{\\{|\\}\\}|\\{%|%\\}|if |for |in |else|endif|endfor|assign |case |when |order|\\.|tags| \\| |size|: |'|\"|,|\\(|\\)|1|-|=|é){0,40}",
    ) {
        for text in [text, noise] {
            render(&text, &env());
            paths(&text);
        }
    }
}

#[test]
fn what_flow_does_not_show_is_said_before() {
    use crate::catalog::{Catalog, TypeRef, Variable};
    let catalog = Catalog::builtin();
    let variable = |name: &str, ty: &str| Variable {
        name: name.to_string(),
        ty: TypeRef::parse(ty),
    };
    let scope = [
        variable("shop", "Shop"),
        variable("order", "Order"),
        variable("runCode", "JSON"),
        variable("getOrderData", "[Order]"),
    ];
    for (template, expected) in [
        (
            "{{ order.name }} {{ order.totalPriceSet.shopMoney.amount | money }}",
            None,
        ),
        ("{{ order.customer }}", Some("order.customer is an object")),
        ("{{ order.tags }}", Some("order.tags is a list")),
        ("{{ order.lineItems.title }}", Some("is a list")),
        ("{{ order.tags | join: ', ' }}", None),
        (
            "{{ order.lineItems | join: ', ' }}",
            Some("join shows as nothing"),
        ),
        (
            "{{ order.lineItems | size }}",
            Some("cannot count order.lineItems"),
        ),
        (
            "{{ getOrderData | size }}",
            Some("cannot count getOrderData"),
        ),
        ("{{ order.lineItems.id | size }}", None),
        (
            "{{ order.lineItems.size }}",
            Some("does not read order.lineItems.size"),
        ),
        (
            "{{ order.name.size }}",
            Some("does not read order.name.size"),
        ),
        ("{{ order.lineItems[0].title }}", Some("order.lineItems[0]")),
        (
            "{{ order.lineItems.first.title }}",
            Some("order.lineItems.first"),
        ),
        (
            "{{ order.lineItems.last.title }}",
            Some("order.lineItems.last"),
        ),
        ("{{ order.lineItems.title | first }}", None),
        ("{{ order.lineItems | first }}", Some("is an object")),
        ("{{ order.lineItems | map: 'title' | join: ', ' }}", None),
        (
            "{{ order.lineItems | map: 'titel' | join }}",
            Some("did you mean title"),
        ),
        (
            "{{ order.lineItems | where: 'sku', 'x' | map: 'id' | size }}",
            None,
        ),
        (
            "{{ order.customer | upcase }}",
            Some("order.customer is an object"),
        ),
        ("{{ order.tags | upcase }}", Some("order.tags is a list")),
        ("{% for t in order.tags %}{{ t }}{% endfor %}", None),
        (
            "{% for i in order.lineItems %}{{ i }}{% endfor %}",
            Some("i is an object"),
        ),
        (
            "{% for i in order.lineItems %}{{ i.title }}{{ forloop.index }}{% endfor %}",
            None,
        ),
        (
            "{% for i in order.tags %}{{ forloop.nr }}{% endfor %}",
            Some("forloop has no field nr"),
        ),
        (
            "{% for i in order.customer %}x{% endfor %}",
            Some("is no list"),
        ),
        ("{% for i in (1..3) %}{{ i }}{% endfor %}", None),
        ("{% assign c = order.customer %}{{ c.firstName }}", None),
        (
            "{% assign c = order.customer %}{{ c }}",
            Some("c is an object"),
        ),
        (
            "{% assign c = order.name %}{{ c.first }}{{ c.x }}",
            Some("c has no field x"),
        ),
        (
            "{{ order.test | date_plus: '1 day' }}",
            Some("order.test is no date"),
        ),
        ("{{ order.createdAt | date_plus: '1 day' }}", None),
        ("{{ runCode.anything | join }} {{ runCode.a.b[0] }}", None),
        ("{{ order.totalPriceSet.shopMoney | money }}", None),
    ] {
        let found = Reading::new(template).check_types(&catalog, &scope);
        let said = found.iter().map(|finding| finding.message.as_str());
        match expected {
            None => assert_eq!(found, [], "{template}"),
            Some(part) => assert!(
                said.clone().any(|message| message.contains(part)),
                "{template}: {found:?}"
            ),
        }
    }
    for (template, expected) in [
        (
            "{% if order.lineItems.id | size > 0 %}x{% endif %}",
            "assign the value to a name first",
        ),
        ("{{ order.name | apend: 'x' }}", "did you mean append?"),
        ("{{ order.name | append }}", "needs a value"),
        ("{{ order.name | upcase: 'x', 'y' }}", "takes no value"),
        ("{{ order.x | divided_by: 0 }}", "divided by zero"),
        ("{{ order.x | date_plus: 'soon' }}", "no span of time"),
        ("{% asign x = 1 %}", "did you mean assign?"),
        ("{{ order | json }}", "Flow has no json filter"),
    ] {
        let found = super::check(template);
        assert!(
            found
                .iter()
                .any(|finding| finding.message.contains(expected)),
            "{template}: {found:?}"
        );
    }
}
