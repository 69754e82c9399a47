//! What a step's config holds when the step runs: Liquid rendered, references resolved to ids.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::catalog::{FieldKind, Task};
use crate::check::{Bucket, Finding, Severity};
use crate::condition::values::Env;
use crate::liquid::{is_template, render_in};
use crate::workflow::Step;

/// Renders all config fields of a step.
pub(super) fn render_fields(
    step: &Step,
    task: Option<&Task>,
    env: &Env<'_>,
) -> (BTreeMap<String, Value>, Vec<Finding>) {
    let mut findings = Vec::new();
    let mut fields = BTreeMap::new();
    for config in &step.config {
        let field = task.and_then(|task| task.field(&config.id));
        let mut renderer = Renderer {
            step,
            field: &config.id,
            env,
            findings: &mut findings,
        };
        let value = match field {
            Some(field) => renderer.value(field.kind, field.liquid, &config.value),
            None => renderer.unknown(&config.value),
        };
        fields.insert(config.id.clone(), value);
    }
    (fields, findings)
}

/// A warning that a value was not there.
pub(super) fn missing(step: &Step, field: &str, message: String) -> Finding {
    Finding::new(
        Severity::Warning,
        Bucket::ConfigField,
        "RUN_VALUE_MISSING",
        message,
    )
    .at_step(step.id.clone())
    .at_field(field)
}

struct Renderer<'a> {
    step: &'a Step,
    field: &'a str,
    env: &'a Env<'a>,
    findings: &'a mut Vec<Finding>,
}

impl Renderer<'_> {
    fn value(&mut self, kind: FieldKind, liquid: bool, raw: &str) -> Value {
        match kind {
            FieldKind::CommerceObject => self.reference(raw),
            FieldKind::Array => self.list(raw),
            FieldKind::Boolean => match self.text(raw).trim() {
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                other => Value::String(other.to_string()),
            },
            FieldKind::Integer => {
                let text = self.text(raw);
                match text.trim().parse::<i64>() {
                    Ok(number) => Value::from(number),
                    Err(_) => Value::String(text),
                }
            }
            FieldKind::Map
            | FieldKind::Collections
            | FieldKind::Resource
            | FieldKind::Sort
            | FieldKind::Duration
            | FieldKind::Recurrence
            | FieldKind::ApiCall
            | FieldKind::Metafield => self.nested(raw),
            FieldKind::Text | FieldKind::Email => Value::String(self.text(raw)),
            FieldKind::Enum
            | FieldKind::Condition
            | FieldKind::Path
            | FieldKind::Code
            | FieldKind::ShopifyqlQuery => Value::String(if liquid {
                self.text(raw)
            } else {
                raw.to_string()
            }),
        }
    }

    /// A field the catalogue does not describe: rendered if it holds Liquid, resolved if it is the
    /// spelling of a reference, else as it is.
    fn unknown(&mut self, raw: &str) -> Value {
        match serde_json::from_str::<Value>(raw) {
            Ok(Value::Object(object)) if object.contains_key("default_value") => {
                self.reference(raw)
            }
            Ok(Value::Object(_) | Value::Array(_)) => self.nested(raw),
            _ => Value::String(self.text(raw)),
        }
    }

    fn text(&mut self, raw: &str) -> String {
        if !is_template(raw) {
            return raw.to_string();
        }
        let rendered = render_in(raw, self.env);
        // A correction is of the whole value; a text inside of JSON is only a part of it.
        let whole = self.step.config_value(self.field) == Some(raw);
        self.findings
            .extend(rendered.findings.into_iter().map(|mut finding| {
                finding.correction = finding.correction.filter(|_| whole);
                finding
                    .at_step(self.step.id.clone())
                    .at_field(self.field.to_string())
            }));
        rendered.text
    }

    /// JSON whose texts may hold Liquid; text that is no JSON is rendered first.
    fn nested(&mut self, raw: &str) -> Value {
        if let Ok(value) = serde_json::from_str::<Value>(raw) {
            return self.inside(value);
        }
        let text = self.text(raw);
        serde_json::from_str(&text).unwrap_or(Value::String(text))
    }

    fn inside(&mut self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(&text)),
            Value::Array(items) => items.into_iter().map(|item| self.inside(item)).collect(),
            Value::Object(object) => Value::Object(
                object
                    .into_iter()
                    .map(|(key, value)| (key, self.inside(value)))
                    .collect(),
            ),
            other => other,
        }
    }

    /// A JSON list, or text with commas: `["VIP"]`, `{{ order.tags | join: ',' }}`.
    fn list(&mut self, raw: &str) -> Value {
        let parsed = serde_json::from_str::<Value>(raw).ok();
        let entries: Vec<String> = match parsed {
            Some(Value::Array(items)) => items
                .into_iter()
                .map(|item| match item {
                    Value::String(text) => self.text(&text),
                    other => other.to_string(),
                })
                .collect(),
            _ => {
                let text = self.text(raw);
                match serde_json::from_str::<Vec<String>>(&text) {
                    Ok(list) => list,
                    Err(_) => text.split(',').map(str::to_string).collect(),
                }
            }
        };
        entries
            .iter()
            .map(|entry| entry.trim())
            .filter(|entry| !entry.is_empty())
            .map(|entry| Value::String(entry.to_string()))
            .collect()
    }

    /// The id of an object. Flow spells a reference `{"value": …, "default_value": …}` or as a path.
    fn reference(&mut self, raw: &str) -> Value {
        let (value, default) = match serde_json::from_str::<Value>(raw) {
            Ok(Value::Object(object)) => {
                let part = |key: &str| {
                    object
                        .get(key)
                        .and_then(Value::as_str)
                        .unwrap_or_default()
                        .trim()
                        .to_string()
                };
                (part("value"), part("default_value"))
            }
            _ => (raw.trim().to_string(), String::new()),
        };
        for part in [&value, &default] {
            if part.is_empty() {
                continue;
            }
            let found = if is_template(part) {
                let text = self.text(part);
                (!text.trim().is_empty()).then(|| Value::String(text.trim().to_string()))
            } else if is_path(part) {
                self.path(part)
            } else {
                Some(Value::String(part.clone()))
            };
            if let Some(found) = found {
                return found;
            }
        }
        self.findings.push(missing(
            self.step,
            self.field,
            format!(
                "The event holds nothing for {}, so this step has no object to work on.",
                if value.is_empty() {
                    "this field"
                } else {
                    &value
                }
            ),
        ));
        Value::Null
    }

    fn path(&mut self, path: &str) -> Option<Value> {
        let found = self.env.look(path).found.into_iter().next()?;
        match found.value {
            Value::Null => None,
            Value::Object(object) => object.get("id").cloned(),
            other => Some(other.clone()),
        }
    }
}

/// True for `order.id`, false for `gid://shopify/Order/1` and `123`.
fn is_path(text: &str) -> bool {
    text.split('.').all(|segment| {
        segment.starts_with(|c: char| c.is_alphabetic() || c == '_')
            && segment.chars().all(|c| c.is_alphanumeric() || c == '_')
    })
}
