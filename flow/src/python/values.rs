//! Config values as arguments of a call, both ways.

use serde_json::{Map, Value as Json};

use crate::catalog::{Field, FieldKind};

use super::expression::{Reader, Value};
use super::lexer::{is_path, is_plain_path, quote, quote_to, tokens};
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
        (_, Value::List(items)) => match texts(items) {
            Some(text) => text,
            None => json(value, aliases).to_string(),
        },
        (_, Value::Dict(_)) => json(value, aliases).to_string(),
        (_, other) => plain(other, aliases),
    }
}

/// The spelling of an object reference in a new step.
pub(crate) fn commerce_object(path: &str) -> String {
    let mut out = String::with_capacity(OBJECT_BEFORE.len() + path.len() + OBJECT_AFTER.len());
    out.push_str(OBJECT_BEFORE);
    if needs_no_escape(path) {
        out.push_str(path);
    } else {
        let quoted = Json::String(path.to_string()).to_string();
        out.push_str(quoted.get(1..quoted.len() - 1).unwrap_or_default());
    }
    out.push_str(OBJECT_AFTER);
    out
}

/// What stands round the path of an object reference as this project writes it.
const OBJECT_BEFORE: &str = "{\"value\":\"{{ ";
const OBJECT_AFTER: &str = " }}\",\"default_value\":\"\"}";

/// True for a text that stands in JSON as it is.
fn needs_no_escape(text: &str) -> bool {
    !text
        .bytes()
        .any(|byte| byte < b' ' || byte == b'"' || byte == b'\\')
}

/// A list of texts that stand in JSON as they are, as JSON.
fn texts(items: &[Value]) -> Option<String> {
    let mut out = String::from("[");
    for (i, item) in items.iter().enumerate() {
        let Value::Text(text) = item else { return None };
        if !needs_no_escape(text) {
            return None;
        }
        out.push_str(if i == 0 { "\"" } else { ",\"" });
        out.push_str(text);
        out.push('"');
    }
    out.push(']');
    Some(out)
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

/// The argument for a config text; `None` when none reads as what the config text means.
pub(super) fn argument(config: &str, field: Option<&Field>, aliases: &Aliases) -> Option<String> {
    let (shown, certain) = to_text(config, field, aliases);
    (certain || reads_back(&shown, config, field, aliases)).then_some(shown)
}

/// The argument for a config text, and whether it is known to read back without reading it.
///
/// Reading every argument again would make printing several times as slow; the property
/// `what_is_certain_reads_back` holds the shortcut to the reading.
pub(super) fn to_text(config: &str, field: Option<&Field>, aliases: &Aliases) -> (String, bool) {
    let kind = field.map(|field| field.kind);
    let pretty = match kind {
        Some(FieldKind::CommerceObject) => match reference(config) {
            Some(path) => return shown_path(&path, aliases),
            None => None,
        },
        Some(FieldKind::Path) if is_path(config) => return shown_path(config, aliases),
        Some(FieldKind::Boolean) => match config {
            "true" => return ("True".to_string(), true),
            "false" => return ("False".to_string(), true),
            _ => None,
        },
        Some(FieldKind::Integer) => config
            .parse::<i64>()
            .ok()
            .map(|number| number.to_string())
            .filter(|digits| digits == config),
        Some(FieldKind::Array | FieldKind::Collections) => match serde_json::from_str(config) {
            Ok(Json::Array(items)) => match strings(&items) {
                Some(text) => return (text, true),
                None => None,
            },
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
    match pretty {
        Some(text) => (text, false),
        // A text in quotes is that text, but for a sort key, which is taken apart.
        None => (quote(config), kind != Some(FieldKind::Sort)),
    }
}

/// A path of the workflow as the text says it, and whether it surely reads as that path.
fn shown_path(path: &str, aliases: &Aliases) -> (String, bool) {
    let shown = aliases.to_text(path);
    let certain = is_plain_path(&shown) && aliases.to_flow(&shown) == path;
    (shown, certain)
}

/// What stands in the text as an argument, read as one value.
pub(super) fn read(shown: &str) -> Option<Value> {
    let words = tokens(shown).ok()?;
    let mut reader = Reader::new(&words);
    reader.operand().ok().filter(|_| reader.done())
}

/// True when an argument reads as what the config text means. Some texts look like something else
/// where they stand, as `True` does where a path is wanted.
pub(super) fn reads_back(
    shown: &str,
    config: &str,
    field: Option<&Field>,
    aliases: &Aliases,
) -> bool {
    let Some(back) = read(shown).map(|value| to_config(&value, field, aliases)) else {
        return false;
    };
    let json = |text: &str| serde_json::from_str::<Json>(text).ok();
    let object = field.is_some_and(|field| field.kind == FieldKind::CommerceObject);
    back == config
        || object && reference(config).is_some_and(|path| Some(path) == reference(&back))
        || json(config).is_some_and(|value| Some(value) == json(&back))
}

/// True when a text reads as this path of the workflow.
pub(super) fn is_path_to(shown: &str, path: &str, aliases: &Aliases) -> bool {
    is_plain_path(shown) && aliases.to_flow(shown) == path
        || matches!(read(shown), Some(Value::Path(text)) if aliases.to_flow(&text) == path)
}

/// The path a reference to an object leads to, in any of Flow's three spellings.
pub(crate) fn reference(config: &str) -> Option<String> {
    if is_path(config) {
        return Some(config.to_string());
    }
    // The spelling of most, which need not be read as JSON.
    if let Some(path) = own_spelling(config) {
        return Some(path.to_string());
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

/// The path of a reference as [`commerce_object`] writes it.
pub(crate) fn own_spelling(config: &str) -> Option<&str> {
    let path = config
        .strip_prefix(OBJECT_BEFORE)?
        .strip_suffix(OBJECT_AFTER)?;
    is_path(path).then_some(path)
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
    let mut out = String::from("[");
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            out.push_str(", ");
        }
        quote_to(item.as_str()?, &mut out);
    }
    out.push(']');
    Some(out)
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::catalog::Catalog;

    proptest! {
        #[test]
        fn what_is_certain_reads_back(workflow in crate::generate::workflow()) {
            let catalog = Catalog::builtin();
            let mut aliases = Aliases::default();
            aliases.push("item", "lineItemsForeachitem");
            for step in &workflow.steps {
                for filled in &step.config {
                    let field = catalog.task(&step.task_id).and_then(|task| task.field(&filled.id));
                    let (shown, certain) = to_text(&filled.value, field, &aliases);
                    if certain {
                        prop_assert!(
                            reads_back(&shown, &filled.value, field, &aliases),
                            "{} as {shown}",
                            filled.value
                        );
                    }
                }
            }
        }
    }
}
