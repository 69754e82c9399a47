//! Writing a workflow back into the file it came from: what nobody changed stays byte for byte, and
//! what was changed is written the way the file writes.

use serde_json::{Map, Value};

use super::read::{hash, parse, split_prefix};
use super::write::{ascii, to_value};
use crate::workflow::Workflow;

/// The text of the file that `original` is, with the workflow as it is now.
///
/// The same workflow gives the same bytes. A changed one keeps the order of keys, the spaces and the
/// escapes of the original as far as these follow a rule, and its checksum, if it has one, is made
/// anew. An original that does not read is written anew like [`super::to_text`].
pub fn to_text_like(original: &str, workflow: &Workflow) -> String {
    let Ok(imported) = parse(original) else {
        return super::to_text(workflow);
    };
    if imported.workflow == *workflow {
        return original.to_string();
    }
    let start = original.len() - original.trim_start_matches('\u{feff}').trim_start().len();
    let (before, rest) = original.split_at(start);
    let (text, after) = rest.split_at(rest.trim_end().len());
    let (prefix, body) = split_prefix(text);
    let source: Value = serde_json::from_str(body).unwrap_or_default();
    let written = to_value(workflow);
    // A bare root stays one.
    let written = match (source.get("root"), written) {
        (None, Value::Object(mut document)) => document.remove("root").unwrap_or_default(),
        (_, written) => written,
    };
    let style = Style::of(body);
    let mut out = String::new();
    style.write(&ordered(&source, written), 0, &mut out);
    let body = if body.is_ascii() { ascii(&out) } else { out };
    match prefix {
        Some(_) => format!("{before}{}:{body}{after}", hash(&body)),
        None => format!("{before}{body}{after}"),
    }
}

/// What was written, with the keys of every object in the order of the source, and without the
/// keys for nothing that the source leaves out.
fn ordered(source: &Value, written: Value) -> Value {
    match (source, written) {
        (Value::Object(source), Value::Object(mut written)) => {
            let mut out = Map::new();
            for (key, old) in source {
                if let Some(new) = written.shift_remove(key) {
                    out.insert(key.clone(), ordered(old, new));
                }
            }
            let new = written
                .into_iter()
                .filter(|(_, value)| !says_nothing(value));
            out.extend(new);
            Value::Object(out)
        }
        (Value::Array(source), Value::Array(written)) => {
            // Steps and config fields are known by their ids, wherever they stand now.
            let id = |value: &Value| {
                let id = value
                    .get("step_id")
                    .or_else(|| value.get("config_field_id"));
                id.cloned()
            };
            written
                .into_iter()
                .enumerate()
                .map(|(i, new)| {
                    let old = match id(&new) {
                        Some(wanted) => source.iter().find(|old| id(old).as_ref() == Some(&wanted)),
                        None => source.get(i),
                    };
                    match old.or_else(|| source.first()) {
                        Some(old) => ordered(old, new),
                        None => new,
                    }
                })
                .collect()
        }
        // A number is written as it was, if it is the same: 0 and 0.0.
        (Value::Number(old), Value::Number(new)) if old.as_f64() == new.as_f64() => {
            Value::Number(old.clone())
        }
        (_, written) => written,
    }
}

/// Null, an empty list, or a place at the origin: what files leave out.
fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.iter().all(|item| item.as_f64() == Some(0.0)),
        _ => false,
    }
}

/// How a file spaces its JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Style {
    /// `{"a":1,"b":2}`, with a space behind the colon or the comma where the file has one.
    OneLine { colon: bool, comma: bool },
    /// Every member on a line of its own, indented by this.
    Lines { indent: String },
}

impl Style {
    fn of(body: &str) -> Style {
        if let Some((_, rest)) = body.split_once('\n') {
            let indent = rest
                .chars()
                .take_while(|c| matches!(c, ' ' | '\t'))
                .collect();
            return Style::Lines { indent };
        }
        let (mut colon, mut comma) = (false, false);
        let (mut in_text, mut escaped) = (false, false);
        let mut last = ' ';
        for c in body.chars() {
            if in_text {
                in_text = escaped || c != '"';
                escaped = c == '\\' && !escaped;
            } else {
                in_text = c == '"';
                colon |= c == ' ' && last == ':';
                comma |= c == ' ' && last == ',';
            }
            last = c;
        }
        Style::OneLine { colon, comma }
    }

    // What a workflow holds was read from JSON, whose reader refuses more than 128 levels.
    fn write(&self, value: &Value, depth: usize, out: &mut String) {
        let (open, close, members): (_, _, Vec<(Option<&String>, &Value)>) = match value {
            Value::Object(object) => (
                '{',
                '}',
                object
                    .iter()
                    .map(|(key, value)| (Some(key), value))
                    .collect(),
            ),
            Value::Array(items) => ('[', ']', items.iter().map(|item| (None, item)).collect()),
            scalar => {
                out.push_str(&scalar.to_string());
                return;
            }
        };
        out.push(open);
        let empty = members.is_empty();
        for (i, (key, value)) in members.into_iter().enumerate() {
            if i > 0 {
                out.push(',');
            }
            self.before_member(i, depth + 1, out);
            if let Some(key) = key {
                out.push_str(&Value::from(key.as_str()).to_string());
                out.push(':');
                if matches!(
                    self,
                    Style::OneLine { colon: true, .. } | Style::Lines { .. }
                ) {
                    out.push(' ');
                }
            }
            self.write(value, depth + 1, out);
        }
        if !empty && matches!(self, Style::Lines { .. }) {
            self.before_member(0, depth, out);
        }
        out.push(close);
    }

    fn before_member(&self, number: usize, depth: usize, out: &mut String) {
        match self {
            Style::OneLine { comma, .. } => {
                if *comma && number > 0 {
                    out.push(' ');
                }
            }
            Style::Lines { indent } => {
                out.push('\n');
                for _ in 0..depth {
                    out.push_str(indent);
                }
            }
        }
    }
}
