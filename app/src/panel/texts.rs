//! Texts taken apart for the controls of the panel: lists, addresses, Liquid under the caret, and
//! what a correction changes.

use serde_json::{Map, Value};

/// The texts of a list field; `None` when it is written in another way, as one piece of Liquid.
pub fn list(value: &str) -> Option<Vec<String>> {
    if value.trim().is_empty() {
        return Some(Vec::new());
    }
    match serde_json::from_str(value).ok()? {
        Value::Array(items) => items
            .into_iter()
            .map(|item| match item {
                Value::String(text) => Some(text),
                _ => None,
            })
            .collect(),
        _ => None,
    }
}

/// The config text of a list of texts; empty for none.
pub fn list_value(items: &[String]) -> String {
    if items.is_empty() {
        return String::new();
    }
    Value::Array(items.iter().cloned().map(Value::String).collect()).to_string()
}

/// Splits at commas and line ends, but not inside of Liquid, whose filters take commas.
pub fn split(text: &str) -> Vec<String> {
    let mut items = Vec::new();
    let mut item = String::new();
    let mut depth = 0_u32;
    let mut before = ' ';
    for c in text.chars() {
        match (before, c) {
            ('{', '{' | '%') => depth += 1,
            ('}' | '%', '}') => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && matches!(c, ',' | ';' | '\n') {
            items.push(std::mem::take(&mut item));
        } else {
            item.push(c);
        }
        before = c;
    }
    items.push(item);
    items
        .into_iter()
        .map(|item| item.trim().to_string())
        .filter(|item| !item.is_empty())
        .collect()
}

/// The pairs of a map field, and whether it is written as an object; `None` when it is neither.
pub fn pairs(value: &str) -> Option<(Vec<(String, String)>, bool)> {
    if value.trim().is_empty() {
        return Some((Vec::new(), false));
    }
    match serde_json::from_str(value).ok()? {
        Value::Array(items) => {
            let pair = |item: &Value| {
                let text = |key: &str| item.get(key)?.as_str().map(str::to_string);
                Some((text("key")?, text("value")?))
            };
            Some((items.iter().map(pair).collect::<Option<_>>()?, false))
        }
        Value::Object(object) => {
            let pair =
                |(key, value): (&String, &Value)| Some((key.clone(), value.as_str()?.to_string()));
            Some((object.iter().map(pair).collect::<Option<_>>()?, true))
        }
        _ => None,
    }
}

/// The config text of pairs; rows without a name are left out.
pub fn pairs_value(pairs: &[(String, String)], as_object: bool) -> String {
    let named = pairs.iter().filter(|(key, _)| !key.trim().is_empty());
    let text = |text: &String| Value::String(text.clone());
    let value = if as_object {
        Value::Object(
            named
                .map(|(key, value)| (key.clone(), text(value)))
                .collect(),
        )
    } else {
        Value::Array(
            named
                .map(|(key, value)| {
                    let mut pair = Map::new();
                    pair.insert("key".to_string(), text(key));
                    pair.insert("value".to_string(), text(value));
                    Value::Object(pair)
                })
                .collect(),
        )
    };
    match &value {
        Value::Array(items) if items.is_empty() => String::new(),
        Value::Object(object) if object.is_empty() => String::new(),
        value => value.to_string(),
    }
}

/// What is wrong with an e-mail address, if something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressTrouble {
    NotAnAddress,
    /// It is there to be replaced: nobody reads what is sent to it.
    Placeholder,
}

/// Looks at an address; Liquid is what it will be.
pub fn address_trouble(text: &str) -> Option<AddressTrouble> {
    if text.contains("{{") || text.contains("{%") {
        return None;
    }
    let Some((name, host)) = text.trim().split_once('@') else {
        return Some(AddressTrouble::NotAnAddress);
    };
    let good = !name.is_empty()
        && host.contains('.')
        && !host.starts_with('.')
        && !host.ends_with('.')
        && !host.contains('@')
        && !text.trim().contains(char::is_whitespace);
    if !good {
        return Some(AddressTrouble::NotAnAddress);
    }
    is_example_host(host).then_some(AddressTrouble::Placeholder)
}

/// True for a host that RFC 2606 keeps for examples: nobody is there.
pub fn is_example_host(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    ["example.com", "example.org", "example.net"]
        .iter()
        .any(|known| host == *known || host.ends_with(&format!(".{known}")))
        || [".example", ".test", ".invalid"]
            .iter()
            .any(|end| host.ends_with(end))
}

/// The byte that a caret's place means; browsers count in UTF-16 units.
pub fn byte_at(text: &str, units: usize) -> usize {
    let mut left = units;
    for (byte, c) in text.char_indices() {
        if left == 0 {
            return byte;
        }
        left = left.saturating_sub(c.len_utf16());
    }
    text.len()
}

/// The caret's place of a byte, in UTF-16 units.
pub fn units_at(text: &str, byte: usize) -> usize {
    text.get(..byte)
        .unwrap_or(text)
        .chars()
        .map(char::len_utf16)
        .sum()
}

/// The beginning of a path that stands before the caret inside of Liquid, and the byte it begins at.
/// `None` outside of Liquid, in quotes and where a filter is named.
pub fn path_before(text: &str, caret: usize) -> Option<(usize, &str)> {
    let before = text.get(..caret)?;
    let open = before.rfind("{{").max(before.rfind("{%"))?;
    let code = before.get(open + 2..)?;
    if code.contains("}}") || code.contains("%}") {
        return None;
    }
    let is_path = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
    let length: usize = code
        .chars()
        .rev()
        .take_while(|c| is_path(*c))
        .map(char::len_utf8)
        .sum();
    let start = caret - length;
    let ahead = text.get(open + 2..start)?;
    let quoted = |quote: char| ahead.matches(quote).count() % 2 == 1;
    let filter = ahead.trim_end().ends_with('|');
    let tag_name =
        before.get(open..)?.starts_with("{%") && ahead.trim_matches(['-', ' ']).is_empty();
    (!quoted('\'') && !quoted('"') && !filter && !tag_name).then(|| {
        let word = text.get(start..caret).unwrap_or_default();
        (start, word)
    })
}

/// What reads a path in Liquid: an output, or a loop where the path stands for many values.
pub fn reading(path: &str, list: Option<&str>, is_object: bool) -> String {
    let Some(list) = list else {
        return format!("{{{{ {path} }}}}");
    };
    if path == list && !is_object {
        return format!("{{{{ {path} | join: ', ' }}}}");
    }
    let rest = path.strip_prefix(list).unwrap_or_default();
    let rest = if rest.is_empty() { ".title" } else { rest };
    format!("{{% for item in {list} %}}{{{{ item{rest} }}}} {{% endfor %}}")
}

/// The part that a correction puts in, with the word it stands in; `None` when it changes more than
/// fits on a button.
pub fn put_in(before: &str, after: &str) -> Option<String> {
    let is_word =
        |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '?' | '@' | '=' | '<' | '>' | '!');
    let same = |pairs: &mut dyn Iterator<Item = (char, char)>| -> usize {
        pairs
            .take_while(|(one, other)| one == other)
            .map(|(c, _)| c.len_utf8())
            .sum()
    };
    let front = same(&mut before.chars().zip(after.chars()));
    let rest_before = before.get(front..)?;
    let rest_after = after.get(front..)?;
    let back = same(&mut rest_before.chars().rev().zip(rest_after.chars().rev()));
    let head: usize = after
        .get(..front)?
        .chars()
        .rev()
        .take_while(|c| is_word(*c))
        .map(char::len_utf8)
        .sum();
    let tail: usize = after
        .get(after.len() - back..)?
        .chars()
        .take_while(|c| is_word(*c))
        .map(char::len_utf8)
        .sum();
    let middle = after.get(front - head..after.len() - back + tail)?;
    let middle = middle.trim();
    (!middle.is_empty() && middle.chars().count() <= 60).then(|| middle.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_read_and_write() {
        for (value, items) in [
            ("", Some(vec![])),
            ("[]", Some(vec![])),
            (r#"["VIP","big"]"#, Some(vec!["VIP", "big"])),
            ("{{ order.tags }}", None),
            ("[1]", None),
        ] {
            let items =
                items.map(|items| items.into_iter().map(str::to_string).collect::<Vec<_>>());
            assert_eq!(list(value), items, "{value}");
        }
        assert_eq!(
            list_value(&["a".into(), "b \"c\"".into()]),
            r#"["a","b \"c\""]"#
        );
        assert_eq!(list_value(&[]), "");
    }

    #[test]
    fn pasted_lists_are_split_outside_of_liquid_only() {
        assert_eq!(split("a, b;c\n\n d"), ["a", "b", "c", "d"]);
        assert_eq!(
            split("{{ order.tags | join: ', ' }}, x"),
            ["{{ order.tags | join: ', ' }}", "x"]
        );
        assert_eq!(split("  "), Vec::<String>::new());
    }

    #[test]
    fn pairs_keep_their_spelling() {
        for text in [
            r#"[{"key":"A","value":"1"},{"key":"B","value":"{{ order.name }}"}]"#,
            r#"{"namespace":"custom","key":"gift"}"#,
        ] {
            let (read, as_object) = pairs(text).expect("pairs");
            assert_eq!(pairs_value(&read, as_object), text);
        }
        assert_eq!(pairs("{{ x }}"), None);
        assert_eq!(pairs(r#"{"a":1}"#), None);
        assert_eq!(pairs_value(&[(" ".into(), "x".into())], false), "");
    }

    #[test]
    fn addresses_are_looked_at() {
        for (address, trouble) in [
            ("ann@harbor.shop", None),
            ("{{ order.email }}", None),
            ("ann", Some(AddressTrouble::NotAnAddress)),
            ("ann@harbor", Some(AddressTrouble::NotAnAddress)),
            ("a b@harbor.shop", Some(AddressTrouble::NotAnAddress)),
            ("ops@example.com", Some(AddressTrouble::Placeholder)),
            ("ops@mail.example.org", Some(AddressTrouble::Placeholder)),
            ("ops@goodexample.com", None),
            ("ops@shop.test", Some(AddressTrouble::Placeholder)),
        ] {
            assert_eq!(address_trouble(address), trouble, "{address}");
        }
    }

    #[test]
    fn carets_count_in_units_of_the_browser() {
        let text = "a😀b";
        assert_eq!(byte_at(text, 1), 1);
        assert_eq!(byte_at(text, 3), 5);
        assert_eq!(byte_at(text, 9), 6);
        assert_eq!(units_at(text, 5), 3);
    }

    #[test]
    fn a_path_is_completed_inside_of_liquid_only() {
        for (text, expected) in [
            ("Hello {{ ord", Some("ord")),
            ("{{", Some("")),
            ("{{ order.na", Some("order.na")),
            ("{% if order.t", Some("order.t")),
            ("{% i", None),
            ("{{ order.name | up", None),
            ("{{ order.name }} x", None),
            ("{{ 'ord", None),
            ("plain", None),
            ("{{ x }} {{ y", Some("y")),
        ] {
            let found = path_before(text, text.len()).map(|(_, word)| word);
            assert_eq!(found, expected, "{text}");
        }
        assert_eq!(path_before("{{ ab }}", 4), Some((3, "a")));
    }

    #[test]
    fn what_reads_many_values_is_a_loop() {
        for (path, list, object, text) in [
            ("order.name", None, false, "{{ order.name }}"),
            (
                "order.tags",
                Some("order.tags"),
                false,
                "{{ order.tags | join: ', ' }}",
            ),
            (
                "order.lineItems.sku",
                Some("order.lineItems"),
                false,
                "{% for item in order.lineItems %}{{ item.sku }} {% endfor %}",
            ),
        ] {
            assert_eq!(reading(path, list, object), text);
        }
    }

    #[test]
    fn a_correction_is_named_by_the_word_it_puts_in() {
        for (before, after, middle) in [
            (
                "Hi {{ order.nmae }}!",
                "Hi {{ order.name }}!",
                Some("order.name"),
            ),
            ("(order.x = 1)", "(order.x == 1)", Some("==")),
            ("yes", "true", Some("true")),
            ("same", "same", Some("same")),
        ] {
            assert_eq!(put_in(before, after).as_deref(), middle, "{before}");
        }
        assert_eq!(put_in("", &"x".repeat(100)), None);
    }
}
