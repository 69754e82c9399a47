//! References to objects, such as the order that a step tags, in Flow's spellings: `order.id`,
//! `{{ order.id }}` and `{"value":"{{ order.id }}","default_value":""}`.

use serde_json::{Map, Value};

/// The path a reference leads to, in any of its spellings; `None` for a fixed id and for text.
pub fn path(config: &str) -> Option<String> {
    crate::python::values::reference(config).or_else(|| {
        let inside = config.trim().strip_prefix("{{")?.strip_suffix("}}")?.trim();
        crate::python::values::reference(inside).filter(|path| path == inside)
    })
}

/// The reference with another path, in the spelling it has; a new one is spelled as Flow does.
pub fn with_path(config: &str, to: &str) -> String {
    let kept = path(config)
        .map(|from| config.replace(&from, to))
        .filter(|changed| path(changed).as_deref() == Some(to));
    kept.unwrap_or_else(|| {
        let mut object = Map::new();
        object.insert(
            "value".to_string(),
            Value::String(format!("{{{{ {to} }}}}")),
        );
        object.insert("default_value".to_string(), Value::String(String::new()));
        Value::Object(object).to_string()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_keeps_its_spelling() {
        for (config, changed) in [
            ("order.id", "order.customer.id"),
            ("{{ order.id }}", "{{ order.customer.id }}"),
            (
                r#"{"value": "{{ order.id }}", "default_value": "order.id"}"#,
                r#"{"value": "{{ order.customer.id }}", "default_value": "order.customer.id"}"#,
            ),
            (
                "",
                r#"{"value":"{{ order.customer.id }}","default_value":""}"#,
            ),
            (
                "gid://shopify/Customer/1",
                r#"{"value":"{{ order.customer.id }}","default_value":""}"#,
            ),
        ] {
            assert_eq!(with_path(config, "order.customer.id"), changed);
            assert_eq!(path(changed).as_deref(), Some("order.customer.id"));
        }
    }
}
