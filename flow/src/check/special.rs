//! Findings about the config fields that have a language or a list of their own: the mutation of an
//! Admin API request, the query and the script of Run code, sort keys, maps.

use serde_json::Value;

use super::{Bucket, Finding, Severity, query, script};
use crate::catalog::{Catalog, Field, FieldKind, Variable, only_nearest};
use crate::liquid;
use crate::run::RUN_CODE;
use crate::workflow::Step;

/// The mutations of the Admin API (2026-04), one on each line.
const MUTATIONS: &str = include_str!("../../catalog/mutations.txt");

/// What each Get data task can be sorted by: on each line what it fetches, then the sort keys of the
/// Admin API (2026-04).
const SORT_KEYS: &str = include_str!("../../catalog/sort_keys.txt");

/// What there is to say about a filled field of one of these kinds.
pub(super) fn check(
    step: &Step,
    field: &Field,
    value: &str,
    catalog: &Catalog,
    scope: &[Variable],
) -> Vec<Finding> {
    let found = match field.kind {
        FieldKind::ApiCall => mutation(value).into_iter().collect(),
        FieldKind::Sort => sort_key(&step.task_id, value).into_iter().collect(),
        FieldKind::Integer if field.id == "max_root_records" => records(field, value),
        FieldKind::Map => map(field, value).into_iter().collect(),
        FieldKind::Code if step.task_id == RUN_CODE && field.id == "input" => {
            selection(value, catalog, scope)
        }
        FieldKind::Code if step.task_id == RUN_CODE && field.id == "script" => {
            let message = script::check(value);
            message
                .map(|message| say(Severity::Warning, "CONFIG_FIELD_JAVASCRIPT_ERROR", message))
                .into_iter()
                .collect()
        }
        _ => Vec::new(),
    };
    found
        .into_iter()
        .map(|finding| finding.at_step(&step.id).at_field(&field.id))
        .collect()
}

fn say(severity: Severity, code: &str, message: String) -> Finding {
    Finding::new(severity, Bucket::ConfigField, code, message)
}

/// The names of the mutations that the Admin API has.
pub fn mutations() -> impl Iterator<Item = &'static str> {
    MUTATIONS.lines()
}

/// `{"name": "orderCancel", "blob": "…"}` must name a mutation.
fn mutation(value: &str) -> Option<Finding> {
    const CODE: &str = "CONFIG_FIELD_MUTATION_NOT_FOUND";
    let object = serde_json::from_str::<Value>(value).ok();
    let name = object
        .as_ref()
        .and_then(|object| object.get("name")?.as_str());
    let Some(name) = name.map(str::trim).filter(|name| !name.is_empty()) else {
        return Some(say(
            Severity::Error,
            CODE,
            "This request names no mutation; write {\"name\": …, \"blob\": …} with the mutation's name.".to_string(),
        ));
    };
    if MUTATIONS.lines().any(|known| known == name) {
        return None;
    }
    if !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return Some(say(
            Severity::Error,
            CODE,
            "The mutation is given by its name alone, such as orderCancel, without the word mutation and without braces.".to_string(),
        ));
    }
    let near = only_nearest(name, MUTATIONS.lines());
    let advice = match &near {
        Some(near) => format!("did you mean {near}?"),
        None => "look its name up in the reference of the Admin API.".to_string(),
    };
    let corrected = near.and_then(|near| {
        let mut object = object.clone()?;
        *object.get_mut("name")? = Value::String(near);
        Some(object.to_string())
    });
    // Flow may use another version of the API, which has others.
    Some(
        say(
            Severity::Warning,
            CODE,
            format!("The Admin API has no mutation {name}; {advice}"),
        )
        .corrected(corrected),
    )
}

/// `{"sortKey": …, "order": …}` must go with what is fetched.
fn sort_key(task_id: &str, value: &str) -> Option<Finding> {
    let fetched = task_id.strip_prefix("shopify::flow::fetch::")?;
    let keys: Vec<&str> = SORT_KEYS
        .lines()
        .filter_map(|line| line.split_once(' '))
        .find(|(name, _)| *name == fetched)
        .map(|(_, keys)| keys.split(' ').collect())?;
    let mut object = serde_json::from_str::<Value>(value).ok()?;
    let key = object.get("sortKey")?.as_str()?.to_string();
    if key.is_empty() || keys.contains(&key.as_str()) {
        return None;
    }
    let near = only_nearest(&key, keys.iter().copied());
    let corrected = near.and_then(|near| {
        *object.get_mut("sortKey")? = Value::String(near);
        Some(object.to_string())
    });
    Some(
        say(
            Severity::Warning,
            "CONFIG_FIELD_FETCH_SORT_KEYS_INCOMPATIBILITY",
            format!(
                "{} cannot be sorted by {key}; choose one of {}.",
                fetched.replace('_', " "),
                keys.join(", ")
            ),
        )
        .corrected(corrected),
    )
}

/// Get data stops at a hundred (FORMAT facts, section 6).
fn records(field: &Field, value: &str) -> Vec<Finding> {
    let most = crate::run::MAX_ITEMS;
    let too_many = value.parse::<usize>().is_ok_and(|records| records > most);
    let message = format!(
        "{} is {value}, and Flow reads at most {most}; narrow the query instead.",
        field.label
    );
    too_many
        .then(|| say(Severity::Warning, "CONFIG_FIELD_VALUE_INVALID", message))
        .into_iter()
        .collect()
}

/// A map is a list of pairs, in either spelling, or an object.
fn map(field: &Field, value: &str) -> Option<Finding> {
    let is_pair = |item: &Value| match item {
        Value::Array(pair) => pair.len() == 2 && pair.iter().all(|part| !part.is_object()),
        Value::Object(pair) => pair.contains_key("key") && pair.contains_key("value"),
        _ => false,
    };
    let reads = match serde_json::from_str::<Value>(value) {
        Ok(Value::Array(items)) => items.iter().all(is_pair),
        Ok(Value::Object(_)) => true,
        // What Liquid makes of it is known only in a run.
        _ => liquid::is_template(value),
    };
    (!reads).then(|| {
        say(
            Severity::Error,
            "CONFIG_FIELD_VALUE_INVALID",
            format!(
                "{} must be a list of pairs such as [[\"Accept\", \"text/plain\"]].",
                field.label
            ),
        )
    })
}

fn selection(value: &str, catalog: &Catalog, scope: &[Variable]) -> Vec<Finding> {
    const CODE: &str = "CONFIG_FIELD_GRAPHQL_QUERY_ERROR";
    let remarks = query::check(value, catalog, scope);
    let unreadable = remarks
        .unreadable
        .into_iter()
        .map(|message| say(Severity::Error, CODE, message));
    let names = remarks
        .names
        .into_iter()
        .map(|message| say(Severity::Warning, CODE, message));
    unreadable.chain(names).collect()
}
