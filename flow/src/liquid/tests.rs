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
        "getOrderData": [{"name": "#1"}, {"name": "#2"}]
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
