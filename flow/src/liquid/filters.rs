//! Liquid's filters, and how its values compare and print.

use std::cmp::Ordering;

use serde_json::{Number, Value};

use super::expression::Term;
use super::render::MAX_OUTPUT;
use super::{dates, digests, money, texts};
use crate::catalog::{edit_distance, nearest};
use crate::condition::values::items;
use crate::sorted::{SortedSet, sort_by};

pub(super) use crate::condition::number;

/// Every filter: its name, and how many values it takes at least and at most.
///
/// Liquid's own and Shopify's, without those that only make sense on a theme's page (`json`,
/// `image_url`, …), and those that Flow adds: the digests, `date_plus` and `date_minus`.
const ALL: [(&str, usize, usize); 77] = [
    ("default", 0, 2),
    ("size", 0, 0),
    ("upcase", 0, 0),
    ("downcase", 0, 0),
    ("capitalize", 0, 0),
    ("camelize", 0, 0),
    ("strip", 0, 0),
    ("lstrip", 0, 0),
    ("rstrip", 0, 0),
    ("strip_newlines", 0, 0),
    ("newline_to_br", 0, 0),
    ("strip_html", 0, 0),
    ("escape", 0, 0),
    ("escape_once", 0, 0),
    ("url_encode", 0, 0),
    ("url_decode", 0, 0),
    ("url_escape", 0, 0),
    ("url_param_escape", 0, 0),
    ("base64_encode", 0, 0),
    ("base64_decode", 0, 0),
    ("base64_url_safe_encode", 0, 0),
    ("base64_url_safe_decode", 0, 0),
    ("append", 1, 1),
    ("prepend", 1, 1),
    ("remove", 1, 1),
    ("remove_first", 1, 1),
    ("remove_last", 1, 1),
    ("replace", 1, 2),
    ("replace_first", 1, 2),
    ("replace_last", 1, 2),
    ("pluralize", 2, 2),
    ("truncate", 0, 2),
    ("truncatewords", 0, 2),
    ("slice", 1, 2),
    ("split", 1, 1),
    ("handleize", 0, 0),
    ("handle", 0, 0),
    ("join", 0, 1),
    ("first", 0, 0),
    ("last", 0, 0),
    ("reverse", 0, 0),
    ("compact", 0, 1),
    ("concat", 1, 1),
    ("uniq", 0, 1),
    ("sort", 0, 1),
    ("sort_natural", 0, 1),
    ("map", 1, 1),
    ("where", 1, 2),
    ("reject", 1, 2),
    ("find", 1, 2),
    ("find_index", 1, 2),
    ("has", 1, 2),
    ("sum", 0, 1),
    ("plus", 1, 1),
    ("minus", 1, 1),
    ("times", 1, 1),
    ("divided_by", 1, 1),
    ("modulo", 1, 1),
    ("at_least", 1, 1),
    ("at_most", 1, 1),
    ("abs", 0, 0),
    ("ceil", 0, 0),
    ("floor", 0, 0),
    ("round", 0, 1),
    ("date", 0, 1),
    ("date_plus", 1, 1),
    ("date_minus", 1, 1),
    ("money", 0, 0),
    ("money_with_currency", 0, 0),
    ("money_without_currency", 0, 0),
    ("money_without_trailing_zeros", 0, 0),
    ("md5", 0, 0),
    ("sha1", 0, 0),
    ("sha256", 0, 0),
    ("blake3", 0, 0),
    ("hmac_sha1", 1, 1),
    ("hmac_sha256", 1, 1),
];

/// The names of all filters.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|(name, _, _)| *name)
}

pub(super) fn is_known(name: &str) -> bool {
    names().any(|known| known == name)
}

/// What to say of a filter that Flow has not; `None` for one it has.
pub(super) fn unknown(name: &str) -> Option<String> {
    if is_known(name) {
        return None;
    }
    Some(if name == "json" {
        "Flow has no json filter; show single fields instead.".to_string()
    } else {
        // Filters are short words: `shout` is near `sort`, but nobody means it.
        let near = nearest(name, names())
            .filter(|near| edit_distance(name, near) * 3 <= near.len().max(6));
        match near {
            Some(near) => format!("There is no filter {name}; did you mean {near}?"),
            None => format!("There is no filter {name}; remove it or choose another."),
        }
    })
}

/// What to say of a filter that was given too few or too many values.
pub(super) fn miscounted(name: &str, given: usize) -> Option<String> {
    let (_, least, most) = ALL.iter().find(|(known, _, _)| *known == name)?;
    if given < *least {
        Some(format!(
            "The filter {name} needs {} after it, which is not there; add it.",
            if *least == 1 { "a value" } else { "two values" }
        ))
    } else if given > *most {
        Some(format!(
            "The filter {name} takes {} after it; remove the others.",
            match most {
                0 => "no value",
                1 => "one value",
                _ => "two values",
            }
        ))
    } else {
        None
    }
}

/// What to say of a value that a filter can never work with, where the template itself writes it.
pub(super) fn wrong_literal(name: &str, argument: Option<&Term>) -> Option<String> {
    let Some(Term::Literal(value)) = argument else {
        return None;
    };
    match name {
        "divided_by" | "modulo" if number(value).is_none_or(|by| by == 0.0) => {
            Some(BY_ZERO.to_string())
        }
        "date_plus" | "date_minus" if dates::span(&text(value)).is_none() => {
            Some(not_a_span(&text(value)))
        }
        _ => None,
    }
}

/// What a filter can know besides its values.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Around<'a> {
    /// The time of the run, where the environment says it.
    pub now: Option<&'a Value>,
    pub shop: Option<&'a Value>,
}

/// Applies a filter. An error is a sentence for the merchant.
pub(super) fn apply(
    name: &str,
    input: Value,
    arguments: &[Value],
    around: Around<'_>,
) -> Result<Value, String> {
    let argument = |i: usize| arguments.get(i).cloned().unwrap_or(Value::Null);
    let word = |i: usize| arguments.get(i).map(text).unwrap_or_default();
    let result = match name {
        "default" => {
            // `default: x, allow_false: true` lets a plain no through.
            let no = input == Value::Bool(false) && arguments.get(1) != Some(&Value::Bool(true));
            if is_empty(&input) || no {
                argument(0)
            } else {
                input
            }
        }
        "size" => match items(&input) {
            Some(list) => Value::from(list.len()),
            None => Value::from(text(&input).chars().count()),
        },
        "upcase" => string(text(&input).to_uppercase()),
        "downcase" => string(text(&input).to_lowercase()),
        "capitalize" => string(texts::capitalize(&text(&input))),
        "camelize" => string(texts::camelize(&text(&input))),
        "strip" => string(text(&input).trim()),
        "lstrip" => string(text(&input).trim_start()),
        "rstrip" => string(text(&input).trim_end()),
        "strip_newlines" => string(text(&input).replace(['\n', '\r'], "")),
        "newline_to_br" => string(text(&input).replace('\n', "<br />\n")),
        "strip_html" => string(texts::strip_html(&text(&input))),
        "escape" => string(texts::escape(&text(&input))),
        "escape_once" => string(texts::escape(&texts::unescape(&text(&input)))),
        "url_encode" | "url_param_escape" => string(texts::url_encode(&text(&input))),
        "url_decode" => string(texts::url_decode(&text(&input))),
        "url_escape" => string(texts::url_escape(&text(&input))),
        "base64_encode" => string(texts::base64_encode(&text(&input), false)),
        "base64_url_safe_encode" => string(texts::base64_encode(&text(&input), true)),
        "base64_decode" | "base64_url_safe_decode" => {
            let code = text(&input);
            string(
                texts::base64_decode(&code)
                    .ok_or_else(|| format!("“{}” is no text in Base64.", short(&code)))?,
            )
        }
        "append" => string(text(&input) + &word(0)),
        "prepend" => string(word(0) + &text(&input)),
        "remove" => string(texts::replace(&text(&input), &word(0), "", usize::MAX)?),
        "remove_first" => string(texts::replace(&text(&input), &word(0), "", 1)?),
        "remove_last" => string(texts::replace_last(&text(&input), &word(0), "")),
        "replace" => string(texts::replace(
            &text(&input),
            &word(0),
            &word(1),
            usize::MAX,
        )?),
        "replace_first" => string(texts::replace(&text(&input), &word(0), &word(1), 1)?),
        "replace_last" => string(texts::replace_last(&text(&input), &word(0), &word(1))),
        "pluralize" => {
            let one = number(&input).is_some_and(|number| number == 1.0);
            string(word(usize::from(!one)))
        }
        "truncate" => string(texts::truncate(&text(&input), arguments)),
        "truncatewords" => string(texts::truncate_words(&text(&input), arguments)),
        "slice" => slice(&input, arguments),
        "split" => split(&text(&input), &word(0)),
        "handleize" | "handle" => string(texts::handle(&text(&input))),
        "join" => {
            let between = arguments.first().map_or_else(|| " ".to_string(), text);
            let parts: Vec<String> = list(&input).iter().map(text).collect();
            string(texts::join(&parts, &between)?)
        }
        "first" => list(&input).into_iter().next().unwrap_or_default(),
        "last" => list(&input).pop().unwrap_or_default(),
        "reverse" => list(&input).into_iter().rev().collect(),
        "compact" => {
            let field = word(0);
            let there = |item: &Value| !key(item, &field).is_null();
            list(&input).into_iter().filter(there).collect()
        }
        "concat" => list(&input).into_iter().chain(list(&argument(0))).collect(),
        "uniq" => uniq(list(&input), &word(0)),
        "sort" | "sort_natural" => sort(list(&input), &word(0)),
        "map" => {
            let field = word(0);
            let pick = |item: Value| item.get(&field).cloned().unwrap_or_default();
            list(&input).into_iter().map(pick).collect()
        }
        "where" | "reject" | "find" | "find_index" | "has" => picked(name, &input, arguments),
        "sum" => {
            let field = word(0);
            let numbers = list(&input);
            float(
                numbers
                    .iter()
                    .filter_map(|item| number(key(item, &field)))
                    .sum(),
            )
        }
        "plus" | "minus" | "times" | "divided_by" | "modulo" | "at_least" | "at_most" => {
            arithmetic(name, &input, &argument(0))?
        }
        "abs" => float(number(&input).unwrap_or(0.0).abs()),
        "ceil" => float(number(&input).unwrap_or(0.0).ceil()),
        "floor" => float(number(&input).unwrap_or(0.0).floor()),
        "round" => {
            let digits = number(&argument(0)).unwrap_or(0.0).clamp(0.0, 12.0);
            let scale = 10_f64.powi(digits as i32);
            float((number(&input).unwrap_or(0.0) * scale).round() / scale)
        }
        "date" => match dates::instant(&input, around.now) {
            Some(instant) => string(dates::format_date(instant, &word(0))),
            // As in Liquid: what is no date comes through unchanged.
            None => input,
        },
        "date_plus" | "date_minus" => string(moved(name, &input, &word(0), around.now)?),
        "md5" | "sha1" | "sha256" | "blake3" | "hmac_sha1" | "hmac_sha256" => {
            string(digests::digest(name, &text(&input), &word(0)).unwrap_or_default())
        }
        _ if money::FILTERS.contains(&name) => match number(&input) {
            Some(amount) => string(money::shown(name, amount, &input, around.shop)),
            // What is not there is shown as nothing, not as an amount of nothing.
            None => string(text(&input)),
        },
        _ => return Err(unknown(name).unwrap_or_default()),
    };
    match &result {
        Value::String(text) if text.len() > MAX_OUTPUT => Err(texts::TOO_LONG.to_string()),
        Value::Array(list) if list.len() > MAX_OUTPUT => {
            Err("This list grows too long; make it shorter.".to_string())
        }
        _ => Ok(result),
    }
}

/// A date moved by a span of time.
fn moved(name: &str, input: &Value, span: &str, now: Option<&Value>) -> Result<String, String> {
    let written = text(input);
    let instant = dates::instant(input, now).ok_or_else(|| {
        if dates::is_now(&written) {
            format!("This run does not know when “{written}” is, so {name} gives nothing.")
        } else {
            format!("“{}” is no date; {name} needs one.", short(&written))
        }
    })?;
    let known = dates::span(span).ok_or_else(|| not_a_span(span))?;
    dates::shift(instant, known, name == "date_minus")
        .and_then(dates::iso)
        .ok_or_else(|| format!("“{}” leads to no date; choose a shorter span.", short(span)))
}

/// What to say of a text that is no span of time.
pub(super) fn not_a_span(text: &str) -> String {
    format!(
        "“{}” is no span of time; write one such as '2 days'.",
        short(text)
    )
}

/// The beginning of a text, to be shown in a sentence.
fn short(text: &str) -> String {
    text.chars().take(60).collect()
}

/// A field of an item, or the item itself where no field is named.
fn key<'v>(value: &'v Value, field: &str) -> &'v Value {
    if field.is_empty() {
        value
    } else {
        value.get(field).unwrap_or(&Value::Null)
    }
}

/// The filters that look for items by a field, and by its value where one is given.
fn picked(name: &str, input: &Value, arguments: &[Value]) -> Value {
    let field = arguments.first().map(text).unwrap_or_default();
    let wanted = arguments.get(1);
    let hit = |item: &Value| {
        let value = item.get(&field).unwrap_or(&Value::Null);
        match wanted {
            Some(wanted) => equal(value, wanted),
            None => !matches!(value, Value::Null | Value::Bool(false)),
        }
    };
    let mut all = list(input).into_iter();
    match name {
        "where" => all.filter(hit).collect(),
        "reject" => all.filter(|item| !hit(item)).collect(),
        "find" => all.find(hit).unwrap_or_default(),
        "find_index" => all
            .position(|item| hit(&item))
            .map_or(Value::Null, Value::from),
        _ => Value::Bool(all.any(|item| hit(&item))),
    }
}

fn string(text: impl Into<String>) -> Value {
    Value::String(text.into())
}

/// The items of a list; nothing gives none, anything else itself.
fn list(value: &Value) -> Vec<Value> {
    match items(value) {
        Some(items) => items.into_iter().cloned().collect(),
        None if value.is_null() => Vec::new(),
        None => vec![value.clone()],
    }
}

/// How a value is shown.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::Null | Value::Object(_) if items(value).is_none() => String::new(),
        Value::String(text) => text.clone(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => number.to_string(),
        list => items(list)
            .unwrap_or_default()
            .into_iter()
            .map(text)
            .collect(),
    }
}

pub(super) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        other => items(other).is_some_and(|list| list.is_empty()),
    }
}

pub(super) fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(_), Value::Number(_)) => number(left) == number(right),
        // Amounts arrive as texts and are compared with numbers.
        (Value::Number(_), Value::String(_)) | (Value::String(_), Value::Number(_)) => {
            number(left).is_some() && number(left) == number(right)
        }
        _ => left == right,
    }
}

pub(super) fn compare(operator: &str, left: &Value, right: &Value) -> bool {
    let order = || match (number(left), number(right)) {
        (Some(a), Some(b)) => a.partial_cmp(&b),
        _ => Some(left.as_str()?.cmp(right.as_str()?)),
    };
    match operator {
        "==" => equal(left, right),
        "!=" | "<>" => !equal(left, right),
        ">" => order().is_some_and(Ordering::is_gt),
        ">=" => order().is_some_and(Ordering::is_ge),
        "<" => order().is_some_and(Ordering::is_lt),
        "<=" => order().is_some_and(Ordering::is_le),
        "contains" => match items(left) {
            Some(list) => list.into_iter().any(|item| equal(item, right)),
            None => !right.is_null() && text(left).contains(&text(right)),
        },
        _ => false,
    }
}

/// A number without a needless fraction.
fn float(value: f64) -> Value {
    // Cents added up as binary fractions would show as 0.30000000000000004.
    let rounded = if value.abs() < 1e9 {
        (value * 1e6).round() / 1e6
    } else {
        value
    };
    if rounded.fract() == 0.0 && rounded.abs() < 9e15 {
        return Value::from(rounded as i64);
    }
    Number::from_f64(rounded).map_or(Value::Null, Value::Number)
}

/// A whole number, also one that arrives as text.
fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::String(text) => text.trim().parse().ok(),
        value => value.as_i64(),
    }
}

fn arithmetic(name: &str, left: &Value, right: &Value) -> Result<Value, String> {
    if let (Some(a), Some(b)) = (whole(left), whole(right)) {
        let result = match name {
            "plus" => a.checked_add(b),
            "minus" => a.checked_sub(b),
            "times" => a.checked_mul(b),
            // Liquid divides whole numbers without a rest, rounding down, and the rest has the
            // sign of the divisor.
            "divided_by" => a
                .checked_div(b)
                .zip(a.checked_rem(b))
                .map(|(result, rest)| result - i64::from(rest != 0 && (rest < 0) != (b < 0))),
            "modulo" => a.checked_rem(b).map(|rest| {
                if rest != 0 && (rest < 0) != (b < 0) {
                    rest + b
                } else {
                    rest
                }
            }),
            "at_least" => Some(a.max(b)),
            _ => Some(a.min(b)),
        };
        if let Some(result) = result {
            return Ok(Value::from(result));
        }
    }
    let (a, b) = (number(left).unwrap_or(0.0), number(right).unwrap_or(0.0));
    if matches!(name, "divided_by" | "modulo") && b == 0.0 {
        return Err(BY_ZERO.to_string());
    }
    Ok(float(match name {
        "plus" => a + b,
        "minus" => a - b,
        "times" => a * b,
        "divided_by" => a / b,
        "modulo" => a - b * (a / b).floor(),
        "at_least" => a.max(b),
        _ => a.min(b),
    }))
}

/// What to say of a division by zero.
pub(super) const BY_ZERO: &str = "Nothing can be divided by zero; test the number first.";

fn slice(input: &Value, arguments: &[Value]) -> Value {
    let start = arguments.first().and_then(number).unwrap_or(0.0);
    let length = arguments
        .get(1)
        .and_then(number)
        .unwrap_or(1.0)
        .clamp(0.0, 1e9) as usize;
    let from = |total: usize| {
        if start < 0.0 {
            total.saturating_sub(start.abs().min(1e9) as usize)
        } else {
            start.min(1e9) as usize
        }
    };
    match items(input) {
        Some(list) => list
            .iter()
            .skip(from(list.len()))
            .take(length)
            .map(|item| (*item).clone())
            .collect(),
        None => {
            let text = text(input);
            let from = from(text.chars().count());
            string(text.chars().skip(from).take(length).collect::<String>())
        }
    }
}

fn split(text: &str, between: &str) -> Value {
    if text.is_empty() {
        return Value::Array(Vec::new());
    }
    if between.is_empty() {
        return text.chars().map(String::from).map(Value::String).collect();
    }
    if between == " " {
        return text.split_whitespace().map(string).collect();
    }
    text.split(between).map(string).collect()
}

fn uniq(list: Vec<Value>, field: &str) -> Value {
    let mut seen = SortedSet::new();
    list.into_iter()
        .filter(|value| seen.insert(key(value, field).to_string()))
        .collect()
}

fn sort(mut list: Vec<Value>, field: &str) -> Value {
    // Numbers before texts: one total order, whatever the list mixes.
    sort_by(&mut list, |a, b| {
        let (a, b) = (key(a, field), key(b, field));
        match (number(a), number(b)) {
            (Some(a), Some(b)) => a.total_cmp(&b),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => text(a).to_lowercase().cmp(&text(b).to_lowercase()),
        }
    });
    Value::Array(list)
}
