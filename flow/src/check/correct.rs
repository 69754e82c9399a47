//! Corrections of config fields: what was meant, where only one thing can have been.

use serde_json::Value;

use super::Finding;
use crate::catalog::{Catalog, Task, TypeRef, Variable, only_nearest};
use crate::liquid;
use crate::python::values::reference;
use crate::workflow::Step;

/// The id of the only field, not filled yet, whose id is near one that the task has not.
pub(super) fn field_id(step: &Step, task: &Task, id: &str) -> Option<String> {
    let free = task
        .fields
        .iter()
        .map(|field| field.id.as_str())
        .filter(|known| step.config_value(known).is_none());
    only_nearest(id, free)
}

/// The allowed value that was meant: the same letters, or the only one near them.
pub(super) fn enum_value(value: &str, allowed: &[String]) -> Option<String> {
    let mut same = allowed
        .iter()
        .filter(|known| known.eq_ignore_ascii_case(value));
    match (same.next(), same.next()) {
        (Some(only), None) => Some(only.clone()),
        (Some(_), Some(_)) => None,
        (None, _) => only_nearest(value, allowed.iter().map(String::as_str)),
    }
}

/// `3.0` is 3.
pub(super) fn whole_number(value: &str) -> Option<String> {
    let (whole, fraction) = value.split_once('.')?;
    let zeros = !fraction.is_empty() && fraction.bytes().all(|b| b == b'0');
    (zeros && whole.parse::<i64>().is_ok()).then(|| whole.to_string())
}

/// `Yes` is true.
pub(super) fn boolean(value: &str) -> Option<String> {
    let meant = match value.to_ascii_lowercase().as_str() {
        "true" | "yes" | "1" | "on" => "true",
        "false" | "no" | "0" | "off" => "false",
        _ => return None,
    };
    Some(meant.to_string())
}

/// The reference with another path, in the spelling it has.
pub(super) fn reference_to(value: &str, path: &str, to: &str) -> Option<String> {
    let corrected = value.replace(path, to);
    (reference(&corrected).as_deref() == Some(to)).then_some(corrected)
}

/// The path to the only object of a type that a step can see: a variable, or else a field of one.
pub(crate) fn only_object(catalog: &Catalog, scope: &[Variable], wanted: &str) -> Option<String> {
    let is_it = |ty: &TypeRef| !ty.list && ty.name == wanted;
    let mut variables: Vec<&str> = scope
        .iter()
        .filter(|variable| is_it(&variable.ty))
        .map(|variable| variable.name.as_str())
        .collect();
    variables.dedup();
    match variables.as_slice() {
        [only] => return Some((*only).to_string()),
        [] => {}
        _ => return None,
    }
    let mut fields = scope.iter().flat_map(|variable| {
        catalog
            .types
            .objects
            .get(&variable.ty.name)
            .filter(|_| !variable.ty.list)
            .into_iter()
            .flatten()
            .filter(|(_, ty)| is_it(ty))
            .map(move |(field, _)| format!("{}.{field}", variable.name))
    });
    let only = fields.next()?;
    fields.next().is_none().then_some(only)
}

/// Every text inside of a JSON value.
pub(super) fn texts(value: &Value) -> Vec<&str> {
    let mut found = Vec::new();
    let mut waiting = vec![value];
    while let Some(value) = waiting.pop() {
        match value {
            Value::String(text) => found.push(text.as_str()),
            Value::Array(items) => waiting.extend(items.iter().rev()),
            Value::Object(object) => waiting.extend(object.values().rev()),
            _ => {}
        }
    }
    found
}

/// The template without its `json` filters, when all of them stand alone behind a number or a
/// boolean, which print the same without. A text would lose its quotes, so nothing is offered for it.
pub(super) fn without_json_filter(
    template: &str,
    finding: &Finding,
    catalog: &Catalog,
    scope: &[Variable],
) -> Option<String> {
    if !finding.message.contains("json filter") {
        return None;
    }
    let corrected = liquid::change_outputs(template, |code| {
        let (path, filter) = code.split_once('|')?;
        let path = path.trim();
        let resolved = catalog.resolve(scope, path).ok()?;
        let same = matches!(resolved.ty.name.as_str(), "Int" | "Float" | "Boolean")
            && !resolved.ty.list
            && !resolved.through_list;
        (same && filter.trim() == "json").then(|| path.to_string())
    });
    let gone = !liquid::check(&corrected)
        .iter()
        .any(|other| other.message == finding.message);
    gone.then_some(corrected)
}
