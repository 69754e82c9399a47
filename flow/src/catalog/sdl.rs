//! Type definitions as a connector writes them: the part of GraphQL's schema language that says which
//! fields an object has and which values an enum.
//!
//! Everything else (directives, arguments, descriptions, unions, scalars, comments) is read over.
//! Text that is not schema language gives no types, and never an error.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Named, TypeRef};

/// Objects and enums that were defined.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Definitions {
    /// Object name to its fields, as [`Types::objects`](super::Types::objects) has them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub objects: BTreeMap<String, Named<TypeRef>>,
    /// Enum name to its values.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub enums: BTreeMap<String, Vec<String>>,
}

impl Definitions {
    /// True when nothing was defined.
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty() && self.enums.is_empty()
    }
}

/// How many definitions are read, and how many fields or values of each.
const MOST: usize = 300;

/// Reads definitions; the first of a name counts.
pub(super) fn read(text: &str) -> Definitions {
    let tokens = tokens(text);
    let mut rest = tokens.as_slice();
    let mut found = Definitions::default();
    while let Some((word, after)) = rest.split_first() {
        rest = after;
        let is_object = matches!(*word, "type" | "interface" | "input");
        if !(is_object || *word == "enum") {
            continue;
        }
        let Some((name, after)) = rest.split_first().filter(|(name, _)| is_name(name)) else {
            continue;
        };
        let Some(open) = after.iter().position(|token| *token == "{") else {
            break;
        };
        let body = &after[open + 1..];
        let close = body.iter().position(|token| *token == "}");
        let (body, after) = body.split_at(close.unwrap_or(body.len()));
        rest = after;
        if found.objects.len() + found.enums.len() >= MOST {
            break;
        }
        if is_object {
            let fields = fields(body);
            if !fields.is_empty() {
                found.objects.entry((*name).to_string()).or_insert(fields);
            }
        } else {
            let values = values(body);
            if !values.is_empty() {
                found.enums.entry((*name).to_string()).or_insert(values);
            }
        }
    }
    found
}

/// A type expression such as `[Order!]!`; `None` when it is none.
pub(super) fn type_expression(text: &str) -> Option<TypeRef> {
    let list = text.contains('[');
    let name: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '[' | ']' | '!'))
        .collect();
    is_name(&name).then_some(TypeRef { name, list })
}

/// True for a name of GraphQL: ASCII letters, digits and underscores, no digit first.
pub(super) fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn fields(mut body: &[&str]) -> Named<TypeRef> {
    let mut fields = Named::default();
    while let Some((name, after)) = body.split_first() {
        body = after;
        if !is_name(name) {
            continue;
        }
        if body.first() == Some(&"(") {
            // A field with arguments cannot be reached by a path.
            let close = body.iter().position(|token| *token == ")");
            body = close.map_or(&[], |close| &body[close + 1..]);
            let end = type_end(body);
            body = &body[end..];
            continue;
        }
        if body.first() != Some(&":") {
            continue;
        }
        let end = type_end(body);
        let ty = type_expression(&body[1..end.max(1)].concat());
        body = &body[end..];
        if let Some(ty) = ty.filter(|_| fields.len() < MOST) {
            fields.entry((*name).to_string()).or_insert(ty);
        }
    }
    fields
}

/// Where the type behind a colon ends.
fn type_end(body: &[&str]) -> usize {
    let mut named = false;
    for (at, token) in body.iter().enumerate() {
        match *token {
            ":" | "[" if !named => {}
            "]" | "!" => {}
            token if is_name(token) && !named => named = true,
            _ => return at,
        }
    }
    body.len()
}

fn values(body: &[&str]) -> Vec<String> {
    let mut values: Vec<String> = Vec::new();
    for token in body.iter().filter(|token| is_name(token)).take(MOST) {
        if !values.iter().any(|known| known == token) {
            values.push((*token).to_string());
        }
    }
    values
}

/// Words and marks; comments, texts, commas and directives are left out.
fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '#' => rest.find('\n').unwrap_or(rest.len()),
            '"' => quoted(rest),
            '@' => {
                let name = 1 + word(&rest[1..]);
                // A directive's arguments go with it.
                let after = &rest[name..];
                match after.starts_with('(').then(|| after.find(')')).flatten() {
                    Some(close) => name + close + 1,
                    None => name,
                }
            }
            '{' | '}' | '(' | ')' | '[' | ']' | ':' | '!' => {
                tokens.push(&rest[..1]);
                1
            }
            c if c.is_ascii_alphanumeric() || c == '_' => {
                let length = word(rest);
                tokens.push(&rest[..length]);
                length
            }
            other => other.len_utf8(),
        };
        rest = &rest[length..];
    }
    tokens
}

fn word(text: &str) -> usize {
    text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .unwrap_or(text.len())
}

/// The length of the text that begins here, quotes included.
fn quoted(text: &str) -> usize {
    if let Some(block) = text.strip_prefix("\"\"\"") {
        return block.find("\"\"\"").map_or(text.len(), |at| at + 6);
    }
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            '\n' => return at,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn objects_and_enums_are_read() {
        let found = read(
            r#"
            """ A customer's card. """
            type Card implements Node & Thing @key(fields: "id") {
              "How many"
              points: Int! @deprecated(reason: "x)
              tier: Tier, # a comment: with a mark
              orders(first: Int): [Order!]!
              history: [[Entry!]!]!
            }
            enum Tier { GOLD SILVER @deprecated GOLD }
            scalar Odd
            union Any = Card | Entry
            input Entry { at: DateTime }
            type Card { other: String }
            type Empty { }
            "#,
        );
        let card: Vec<String> = found.objects["Card"]
            .iter()
            .map(|(name, ty)| format!("{name}: {ty}"))
            .collect();
        assert_eq!(card, ["points: Int", "tier: Tier", "history: [Entry]"]);
        assert_eq!(found.enums["Tier"], ["GOLD", "SILVER"]);
        assert_eq!(
            found.objects.keys().collect::<Vec<_>>(),
            ["Card", "Entry"],
            "nothing without fields, and the first of a name"
        );
    }

    #[test]
    fn type_expressions() {
        for (text, ty) in [
            ("Order!", Some("Order")),
            ("[ Order! ]!", Some("[Order]")),
            ("", None),
            ("a.b", None),
            ("7up", None),
        ] {
            let found = type_expression(text).map(|ty| ty.to_string());
            assert_eq!(found.as_deref(), ty, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "[ -~\n\u{e4}\u{1f600}]{0,80}", marks in "[\"{}()@:!\\[\\]#a type enum\n]{0,60}") {
            read(&text);
            read(&marks);
            let found = read(&format!("type A {{ a: {marks} }}"));
            prop_assert!(found.objects.values().all(|fields| !fields.is_empty()));
        }
    }
}
