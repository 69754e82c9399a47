//! Which variables a config field reads, and which a step provides.

use serde_json::Value;

use crate::catalog::{Catalog, FieldKind, foreach_item_name};
use crate::run::output_name;
use crate::sorted::SortedSet;
use crate::workflow::{ConfigValue, Step, TaskType, Workflow};
use crate::{condition, liquid};

/// The variables that later steps read of this one: a trigger's, a step's output, a loop's item.
pub(super) fn provides(workflow: &Workflow, step: &Step, catalog: &Catalog) -> Vec<String> {
    match step.task_type {
        TaskType::Trigger => catalog
            .task(&step.task_id)
            .map(|task| task.adds.iter().map(|added| added.name.clone()).collect())
            .unwrap_or_default(),
        TaskType::Foreach => step
            .config_value("listpath")
            .map(foreach_item_name)
            .into_iter()
            .collect(),
        _ => output_name(workflow, step, catalog).into_iter().collect(),
    }
}

/// The variables that a value reads: the first names of its paths.
///
/// For program text these are all its words, since nothing here reads programs.
pub(super) fn reads(step: &Step, field: &ConfigValue, catalog: &Catalog) -> SortedSet<String> {
    let known = catalog
        .task(&step.task_id)
        .and_then(|task| task.field(&field.id))
        .map(|field| field.kind);
    let kind = known.or(match (step.task_type, field.id.as_str()) {
        (TaskType::Condition, "condition") => Some(FieldKind::Condition),
        (TaskType::Foreach, "listpath") => Some(FieldKind::Path),
        _ => None,
    });
    let mut found = SortedSet::new();
    match kind {
        Some(FieldKind::Condition) => {
            if let Ok(expr) = condition::parse(&field.value) {
                found.extend(condition::paths(&expr).iter().map(|path| first(path)));
            }
        }
        Some(FieldKind::Code | FieldKind::ShopifyqlQuery) => found.extend(
            field
                .value
                .split(|c: char| !(c.is_alphanumeric() || c == '_'))
                .filter(|word| !word.is_empty())
                .map(str::to_string),
        ),
        Some(FieldKind::Path | FieldKind::CommerceObject) => {
            if liquid::is_template(&field.value) || field.value.starts_with('{') {
                texts(&field.value, true, &mut found);
            } else {
                found.insert(first(&field.value));
            }
        }
        Some(_) => texts(&field.value, false, &mut found),
        None => texts(&field.value, true, &mut found),
    }
    found
}

/// Reads Liquid in a text, or in all texts of the JSON it holds; with `bare`, paths without Liquid too.
fn texts(text: &str, bare: bool, found: &mut SortedSet<String>) {
    match serde_json::from_str::<Value>(text) {
        Ok(value @ (Value::Object(_) | Value::Array(_))) => leaves(&value, bare, found),
        _ => leaf(text, bare, found),
    }
}

fn leaves(value: &Value, bare: bool, found: &mut SortedSet<String>) {
    match value {
        Value::String(text) => leaf(text, bare, found),
        Value::Array(items) => {
            for item in items {
                leaves(item, bare, found);
            }
        }
        Value::Object(object) => {
            for item in object.values() {
                leaves(item, bare, found);
            }
        }
        _ => {}
    }
}

fn leaf(text: &str, bare: bool, found: &mut SortedSet<String>) {
    if liquid::is_template(text) {
        found.extend(liquid::paths(text).iter().map(|path| first(path)));
    } else if bare && is_dotted(text) {
        found.insert(first(text));
    }
}

fn first(path: &str) -> String {
    let head = path.split('.').next().unwrap_or_default();
    head.trim().trim_end_matches("[]").to_string()
}

/// True for `order.id`, false for `order` and `3.5`.
fn is_dotted(text: &str) -> bool {
    text.contains('.')
        && text.split('.').all(|segment| {
            segment.starts_with(|c: char| c.is_alphabetic() || c == '_')
                && segment.chars().all(|c| c.is_alphanumeric() || c == '_')
        })
}
