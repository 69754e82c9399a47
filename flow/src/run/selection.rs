//! The input of `Run code`: a GraphQL selection of the environment, for example
//! `query { order { name lineItems { title } } }`, taken from the values a run has.
//!
//! Source: the `input` fields of real exports. Of GraphQL only selections are read: names, aliases and
//! braces; arguments and directives are passed over, because an event carries plain values.

use serde_json::{Map, Value};

/// How deep selections may nest; deeper ones are cut off there.
const MAX_DEPTH: usize = 32;

/// A selected field: the name it gets, its name in the data, and what is selected of it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Selected {
    alias: String,
    name: String,
    inner: Vec<Selected>,
}

/// The selected values. A field that the data lacks is null; a text that is no selection selects nothing.
///
/// `variable` gives the value of an environment variable by name.
pub(super) fn select(query: &str, mut variable: impl FnMut(&str) -> Option<Value>) -> Value {
    let tokens = tokens(query);
    let mut at = tokens
        .iter()
        .position(|token| token == "{")
        .map_or(tokens.len(), |brace| brace + 1);
    let mut out = Map::new();
    for field in fields(&tokens, &mut at, 0) {
        let value = variable(&field.name).unwrap_or_default();
        out.insert(field.alias.clone(), taken(&field, &value));
    }
    Value::Object(out)
}

fn taken(field: &Selected, value: &Value) -> Value {
    if field.inner.is_empty() {
        return value.clone();
    }
    match value {
        Value::Array(items) => items.iter().map(|item| taken(field, item)).collect(),
        Value::Object(object) => {
            let mut out = Map::new();
            for inner in &field.inner {
                let value = object.get(&inner.name).unwrap_or(&Value::Null);
                out.insert(inner.alias.clone(), taken(inner, value));
            }
            Value::Object(out)
        }
        _ => Value::Null,
    }
}

/// The fields up to the closing brace; `at` is moved behind it.
fn fields(tokens: &[String], at: &mut usize, depth: usize) -> Vec<Selected> {
    let mut found: Vec<Selected> = Vec::new();
    while let Some(token) = tokens.get(*at) {
        *at += 1;
        match token.as_str() {
            "}" => break,
            "{" => {
                if depth >= MAX_DEPTH {
                    skip(tokens, at, "{", "}");
                    continue;
                }
                let inner = fields(tokens, at, depth + 1);
                if let Some(last) = found.last_mut() {
                    last.inner = inner;
                }
            }
            "(" => skip(tokens, at, "(", ")"),
            ":" => {
                // What stood before was an alias.
                if let (Some(last), Some(name)) = (found.last_mut(), tokens.get(*at)) {
                    last.name = name.clone();
                    *at += 1;
                }
            }
            "@" | "..." => *at += 1,
            name if name.chars().all(|c| c.is_alphanumeric() || c == '_') => found.push(Selected {
                alias: name.to_string(),
                name: name.to_string(),
                inner: Vec::new(),
            }),
            _ => {}
        }
    }
    found
}

/// Moves behind the mark that closes the one just read.
fn skip(tokens: &[String], at: &mut usize, opening: &str, closing: &str) {
    let mut open = 1;
    while open > 0 {
        match tokens.get(*at) {
            Some(token) if token == opening => open += 1,
            Some(token) if token == closing => open -= 1,
            None => break,
            Some(_) => {}
        }
        *at += 1;
    }
}

fn tokens(query: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut chars = query.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '#' => while chars.next_if(|c| *c != '\n').is_some() {},
            '"' => {
                // The text of an argument; what it says does not matter.
                while let Some(c) = chars.next() {
                    match c {
                        '"' => break,
                        '\\' => {
                            chars.next();
                        }
                        _ => {}
                    }
                }
                tokens.push("\"".to_string());
            }
            '.' => {
                while chars.next_if_eq(&'.').is_some() {}
                tokens.push("...".to_string());
            }
            c if c.is_alphanumeric() || c == '_' => {
                let mut word = c.to_string();
                while let Some(c) = chars.next_if(|c| c.is_alphanumeric() || *c == '_') {
                    word.push(c);
                }
                tokens.push(word);
            }
            c if c.is_whitespace() || c == ',' => {}
            c => tokens.push(c.to_string()),
        }
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn selected(query: &str) -> Value {
        let env = json!({
            "order": {
                "name": "#1001",
                "customer": null,
                "lineItems": [{"title": "Cap", "sku": "C1"}, {"title": "Bag", "sku": "B1"}],
                "total": {"amount": "12.50"}
            },
            "count": 3
        });
        select(query, |name| env.get(name).cloned())
    }

    #[test]
    fn selections_take_what_they_name() {
        for (query, expected) in [
            (
                "query { order { name } }",
                json!({"order": {"name": "#1001"}}),
            ),
            ("{ count }", json!({"count": 3})),
            (
                "query Q {\n order {\n  lineItems { title }\n }\n}",
                json!({"order": {"lineItems": [{"title": "Cap"}, {"title": "Bag"}]}}),
            ),
            (
                "{ order { customer { id } total { amount } } }",
                json!({"order": {"customer": null, "total": {"amount": "12.50"}}}),
            ),
            (
                "{ first: order { n: name missing } # a note { count }\n }",
                json!({"first": {"n": "#1001", "missing": null}}),
            ),
            (
                "{ order { lineItems(first: 10, query: \"a { b }\") @include(if: true) { sku } } }",
                json!({"order": {"lineItems": [{"sku": "C1"}, {"sku": "B1"}]}}),
            ),
            ("{ nothing { at { all } } }", json!({"nothing": null})),
            ("no selection", json!({})),
            ("", json!({})),
            ("{ order { name", json!({"order": {"name": "#1001"}})),
        ] {
            assert_eq!(selected(query), expected, "{query}");
        }
    }

    #[test]
    fn odd_texts_end() {
        for query in [
            "}{}{",
            "{{{{",
            "{ a: }",
            "{ a( }",
            "{ ... on Order { name } }",
            "\"",
            "{ a(\"\\",
        ] {
            selected(query);
        }
        selected(&"{a".repeat(100_000));
    }
}
