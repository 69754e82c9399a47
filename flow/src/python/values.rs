//! Config values as arguments of a call, both ways.

use serde_json::{Map, Value as Json};

use crate::catalog::{Field, FieldKind};

use super::expression::Value;
use super::lexer::{is_path, quote};
use super::names::Aliases;

/// The units a wait can be given in.
pub(crate) const WAIT_UNITS: [&str; 6] = ["seconds", "minutes", "hours", "days", "weeks", "months"];

/// The config text for an argument.
pub(super) fn to_config(value: &Value, field: Option<&Field>, aliases: &Aliases) -> String {
    let kind = field.map_or(FieldKind::Text, |field| field.kind);
    match (kind, value) {
        (_, Value::Group(inner)) => to_config(inner, field, aliases),
        (FieldKind::CommerceObject, Value::Path(path)) => commerce_object(&aliases.to_flow(path)),
        (FieldKind::Path, Value::Path(path)) => aliases.to_flow(path),
        (FieldKind::Path, Value::Text(text)) if is_path(text) => aliases.to_flow(text),
        (FieldKind::Sort, Value::Text(text)) => sort(text).unwrap_or_else(|| text.clone()),
        (FieldKind::Map, Value::Dict(pairs)) => Json::Array(
            pairs
                .iter()
                .map(|(key, value)| {
                    let mut pair = Map::new();
                    pair.insert("key".into(), Json::String(plain(key, aliases)));
                    pair.insert("value".into(), Json::String(plain(value, aliases)));
                    Json::Object(pair)
                })
                .collect(),
        )
        .to_string(),
        (_, Value::List(_) | Value::Dict(_)) => json(value, aliases).to_string(),
        (_, other) => plain(other, aliases),
    }
}

/// The spelling of an object reference in a new step.
pub(crate) fn commerce_object(path: &str) -> String {
    let mut object = Map::new();
    object.insert("value".into(), Json::String(format!("{{{{ {path} }}}}")));
    object.insert("default_value".into(), Json::String(String::new()));
    Json::Object(object).to_string()
}

fn plain(value: &Value, aliases: &Aliases) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Number(number) => number.clone(),
        Value::Boolean(value) => value.to_string(),
        Value::None => String::new(),
        // A path where text is wanted means what it renders to.
        Value::Path(path) => format!("{{{{ {} }}}}", aliases.to_flow(path)),
        Value::Group(inner) => plain(inner, aliases),
        Value::List(_) | Value::Dict(_) => json(value, aliases).to_string(),
        _ => String::new(),
    }
}

fn json(value: &Value, aliases: &Aliases) -> Json {
    match value {
        Value::List(items) => Json::Array(items.iter().map(|item| json(item, aliases)).collect()),
        Value::Dict(pairs) => Json::Object(
            pairs
                .iter()
                .map(|(key, value)| (plain(key, aliases), json(value, aliases)))
                .collect(),
        ),
        other => Json::String(plain(other, aliases)),
    }
}

fn sort(text: &str) -> Option<String> {
    let mut words = text.split_whitespace();
    let key = words.next()?;
    let order = match words.next().unwrap_or("ASCENDING").to_uppercase().as_str() {
        "ASC" | "ASCENDING" => "ASCENDING",
        "DESC" | "DESCENDING" => "DESCENDING",
        _ => return None,
    };
    let word = key.chars().all(|c| c.is_alphanumeric() || c == '_');
    if words.next().is_some() || !word {
        return None;
    }
    let mut object = Map::new();
    object.insert("sortKey".into(), Json::String(key.to_string()));
    object.insert("order".into(), Json::String(order.to_string()));
    Some(Json::Object(object).to_string())
}

/// The argument for a config text.
pub(super) fn to_text(config: &str, field: Option<&Field>, aliases: &Aliases) -> String {
    let kind = field.map(|field| field.kind);
    let pretty = match kind {
        Some(FieldKind::CommerceObject) => reference(config).map(|path| aliases.to_text(&path)),
        Some(FieldKind::Path) if is_path(config) => Some(aliases.to_text(config)),
        Some(FieldKind::Boolean) => match config {
            "true" => Some("True".to_string()),
            "false" => Some("False".to_string()),
            _ => None,
        },
        Some(FieldKind::Integer) => config
            .parse::<i64>()
            .ok()
            .map(|number| number.to_string())
            .filter(|digits| digits == config),
        Some(FieldKind::Array | FieldKind::Collections) => match serde_json::from_str(config) {
            Ok(Json::Array(items)) => strings(&items),
            _ => None,
        },
        Some(FieldKind::Map) => map(config),
        Some(FieldKind::Metafield) => match serde_json::from_str(config) {
            Ok(Json::Object(object)) => dict(object.iter()),
            _ => None,
        },
        Some(FieldKind::Sort) => sort_text(config),
        _ => None,
    };
    pretty.unwrap_or_else(|| quote(config))
}

/// The path a reference to an object leads to, in any of Flow's three spellings.
pub(crate) fn reference(config: &str) -> Option<String> {
    if is_path(config) {
        return Some(config.to_string());
    }
    let Json::Object(object) = serde_json::from_str(config).ok()? else {
        return template(config);
    };
    if object.len() != 2 {
        return None;
    }
    let (Json::String(value), Json::String(default)) =
        (object.get("value")?, object.get("default_value")?)
    else {
        return None;
    };
    if value.is_empty() {
        return is_path(default).then(|| default.clone());
    }
    let path = template(value)?;
    (default.is_empty() || *default == path).then_some(path)
}

fn template(text: &str) -> Option<String> {
    let path = text
        .trim()
        .strip_prefix("{{")?
        .strip_suffix("}}")?
        .trim()
        .to_string();
    is_path(&path).then_some(path)
}

fn strings(items: &[Json]) -> Option<String> {
    let texts: Option<Vec<String>> = items.iter().map(|item| item.as_str().map(quote)).collect();
    Some(format!("[{}]", texts?.join(", ")))
}

fn dict<'a>(pairs: impl Iterator<Item = (&'a String, &'a Json)>) -> Option<String> {
    let texts: Option<Vec<String>> = pairs
        .map(|(key, value)| Some(format!("{}: {}", quote(key), quote(value.as_str()?))))
        .collect();
    Some(format!("{{{}}}", texts?.join(", ")))
}

fn map(config: &str) -> Option<String> {
    let Json::Array(items) = serde_json::from_str(config).ok()? else {
        return None;
    };
    let mut texts = Vec::new();
    for item in &items {
        let object = item.as_object().filter(|object| object.len() == 2)?;
        let (key, value) = (object.get("key")?.as_str()?, object.get("value")?.as_str()?);
        texts.push(format!("{}: {}", quote(key), quote(value)));
    }
    Some(format!("{{{}}}", texts.join(", ")))
}

fn sort_text(config: &str) -> Option<String> {
    let Json::Object(object) = serde_json::from_str(config).ok()? else {
        return None;
    };
    let text = match (object.len(), object.get("sortKey"), object.get("order")) {
        (2, Some(Json::String(key)), Some(Json::String(order))) => format!("{key} {order}"),
        _ => return None,
    };
    sort(&text).map(|_| quote(&text))
}

/// The amount and unit of a wait, when it is one that `wait(days=3)` can say.
pub(super) fn duration_text(config: &str) -> Option<String> {
    let Json::Object(object) = serde_json::from_str(config).ok()? else {
        return None;
    };
    let unit = object.get("unit")?.as_str()?;
    let amount = match object.get("amount")? {
        Json::String(text) => text.clone(),
        Json::Number(number) => number.to_string(),
        _ => return None,
    };
    let plain =
        !amount.is_empty() && amount.len() < 10 && amount.bytes().all(|b| b.is_ascii_digit());
    (object.len() == 2 && plain && WAIT_UNITS.contains(&unit)).then(|| format!("{unit}={amount}"))
}

/// The config text of a wait.
pub(super) fn duration(amount: &str, unit: &str) -> String {
    let unit = if unit.ends_with('s') {
        unit.to_string()
    } else {
        format!("{unit}s")
    };
    let mut object = Map::new();
    object.insert("amount".into(), Json::String(amount.to_string()));
    object.insert("unit".into(), Json::String(unit));
    Json::Object(object).to_string()
}
