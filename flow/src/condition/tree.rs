//! The JSON tree of Flow's editor: reading a condition from it, and writing one.

mod write;

use serde_json::Value;

pub use write::{rewritten, to_tree};

use super::parse::{is_reserved, is_right_path};
use super::{ConditionError, Expr, Op, Operand, Quantifier};

/// True for a text that is Flow's JSON and not the text form, which may not start with a brace.
pub(super) fn is_tree(text: &str) -> bool {
    text.starts_with('{') && !text.starts_with("{{") && !text.starts_with("{%")
}

/// Reads the tree. Its `uuid`s and `parent_uuid`s carry no meaning and are not kept: the config
/// field keeps the tree's text as it was, as long as nobody changes the condition.
pub(super) fn parse(text: &str) -> Result<Expr, ConditionError> {
    let value: Value = serde_json::from_slice(text.as_bytes()).map_err(|error| {
        ConditionError::new(
            format!("This condition looks like Flow's JSON but does not read ({error}); write it as text."),
            offset(text, error.line(), error.column()),
        )
    })?;
    node(&value)
}

/// The byte that line and column of a JSON error mean.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    (before + column.saturating_sub(1)).min(text.len())
}

// The JSON reader refuses more than 128 levels, so this recursion is bounded.
fn node(value: &Value) -> Result<Expr, ConditionError> {
    match string(value, "operation_type") {
        Some("LogicalExpression") => logical(value),
        Some("ArrayExpression") => array(value),
        Some("Comparison") => comparison(value),
        Some(other) => Err(unreadable(format!(
            "has an operation {other} that is not known"
        ))),
        None => Err(unreadable("has a part without operation_type")),
    }
}

fn logical(value: &Value) -> Result<Expr, ConditionError> {
    let or = match string(value, "operator") {
        Some("AND") => false,
        Some("OR") => true,
        other => {
            return Err(unreadable(format!(
                "joins its parts with {}, not with AND or OR",
                other.unwrap_or("nothing")
            )));
        }
    };
    let mut parts = Vec::new();
    for side in ["lhs", "rhs"] {
        let Some(part) = value.get(side).filter(|part| !part.is_null()) else {
            continue;
        };
        match (node(part)?, or) {
            // The tree is binary: a && b && c nests. Read as one level it prints as people write it.
            (Expr::And(inner), false) | (Expr::Or(inner), true) => parts.extend(inner),
            (part, _) => parts.push(part),
        }
    }
    match parts.len() {
        0 => Err(unreadable("has an empty part")),
        1 => Ok(parts.swap_remove(0)),
        _ if or => Ok(Expr::Or(parts)),
        _ => Ok(Expr::And(parts)),
    }
}

fn array(value: &Value) -> Result<Expr, ConditionError> {
    let quantifier = string(value, "operator")
        .and_then(Quantifier::from_flow)
        .ok_or_else(|| unreadable("tests a list with neither ANY, ALL nor NONE"))?;
    let path =
        path(value.get("array_path")).ok_or_else(|| unreadable("tests a list without a path"))?;
    let item = path_or_text(value.get("array_item_key"))
        .ok_or_else(|| unreadable("tests a list without a name for its items"))?;
    let body = value
        .get("operation")
        .filter(|body| !body.is_null())
        .ok_or_else(|| unreadable("tests a list without a test of its items"))?;
    Ok(Expr::List {
        quantifier,
        path,
        item,
        body: Box::new(node(body)?),
    })
}

fn comparison(value: &Value) -> Result<Expr, ConditionError> {
    let name = string(value, "operator").unwrap_or("");
    let op = Op::from_flow(name)
        .ok_or_else(|| unreadable(format!("has an operator {name} that is not known")))?;
    let path = path(value.get("lhs")).ok_or_else(|| unreadable("has a test without a path"))?;
    let operand = if op.is_unary() {
        None
    } else {
        Some(right(
            value.get("rhs"),
            string(value, "value_type").unwrap_or(""),
        )?)
    };
    Ok(Expr::Compare {
        path,
        op,
        value: operand,
    })
}

fn right(rhs: Option<&Value>, value_type: &str) -> Result<Operand, ConditionError> {
    let rhs = rhs.ok_or_else(|| unreadable("has a comparison without a value"))?;
    let text = match rhs.get("value") {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Bool(value)) => return Ok(Operand::Boolean(*value)),
        Some(Value::Number(number)) => return Ok(Operand::Number(digits(number))),
        _ => return Err(unreadable("has a comparison without a value")),
    };
    if string(rhs, "comparison_value_type") == Some("EnvironmentValue") {
        if !is_path(&text) || !is_right_path(&text) {
            return Err(unreadable("compares with a path that is none"));
        }
        return Ok(Operand::Path(text));
    }
    let scalar = value_type.rsplit(':').next().unwrap_or("");
    Ok(match scalar {
        "Boolean" if text.eq_ignore_ascii_case("true") => Operand::Boolean(true),
        "Boolean" if text.eq_ignore_ascii_case("false") => Operand::Boolean(false),
        name if write::NUMBER_TYPES.contains(&name) && is_number(&text) => Operand::Number(text),
        _ => Operand::String(text),
    })
}

/// A number as the text form spells it, which has no exponents.
fn digits(number: &serde_json::Number) -> String {
    // As JSON writes it, without the code that writes JSON: the page does not need it otherwise.
    let whole = number.as_i64().map(|whole| whole.to_string());
    if let Some(text) = whole.or_else(|| number.as_u64().map(|whole| whole.to_string())) {
        return text;
    }
    let value = number.as_f64().unwrap_or_default();
    let text = format!("{value:?}");
    if is_number(&text) {
        text
    } else {
        value.to_string()
    }
}

/// True for digits with an optional sign and fraction, the numbers the text form can spell.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    match digits.split_once('.') {
        Some((whole, fraction)) => all_digits(whole) && all_digits(fraction),
        None => all_digits(digits),
    }
}

/// `value` is the path as the body sees it (`tags_item`); `full_environment_path` may name the list.
fn path(side: Option<&Value>) -> Option<String> {
    let side = side?;
    string(side, "value")
        .filter(|path| !path.is_empty())
        .or_else(|| string(side, "full_environment_path"))
        .filter(|path| is_path(path))
        .map(str::to_string)
}

fn path_or_text(side: Option<&Value>) -> Option<String> {
    match side? {
        Value::String(text) if is_path(text) && !text.contains('.') => Some(text.clone()),
        side => path(Some(side)).filter(|item| !item.contains('.')),
    }
}

/// True for a path that the text form can spell.
fn is_path(text: &str) -> bool {
    !is_reserved(text)
        && text.split('.').all(|segment| {
            segment.starts_with(|c: char| c.is_alphabetic() || c == '_')
                && segment.chars().all(|c| c.is_alphanumeric() || c == '_')
        })
}

fn string<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(Value::as_str)
}

fn unreadable(what: impl std::fmt::Display) -> ConditionError {
    ConditionError::new(
        format!("This condition in Flow's JSON {what}; write it again as text."),
        0,
    )
}
