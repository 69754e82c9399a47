//! Liquid's filters, and how its values compare and print.

use std::cmp::Ordering;

use serde_json::{Number, Value};
use sha2::{Digest, Sha256};
use time::{Duration, Month, OffsetDateTime};

use super::render::MAX_OUTPUT;
use crate::condition::values::items;

pub(super) use crate::condition::number;

/// Every filter that Flow has.
pub(super) const ALL: &[&str] = &[
    "default",
    "size",
    "upcase",
    "downcase",
    "capitalize",
    "strip",
    "lstrip",
    "rstrip",
    "strip_newlines",
    "newline_to_br",
    "strip_html",
    "escape",
    "escape_once",
    "url_encode",
    "append",
    "prepend",
    "remove",
    "remove_first",
    "replace",
    "replace_first",
    "truncate",
    "truncatewords",
    "slice",
    "split",
    "handleize",
    "handle",
    "join",
    "first",
    "last",
    "reverse",
    "compact",
    "concat",
    "uniq",
    "sort",
    "sort_natural",
    "map",
    "where",
    "sum",
    "plus",
    "minus",
    "times",
    "divided_by",
    "modulo",
    "at_least",
    "at_most",
    "abs",
    "ceil",
    "floor",
    "round",
    "date",
    "date_plus",
    "date_minus",
    "sha256",
    "md5",
    "sha1",
];

/// The filters of [`ALL`] that no test run can apply, `md5` and `sha1` besides.
pub(super) const NOT_HERE: [&str; 3] = ["blake3", "hmac_sha1", "hmac_sha256"];

/// What to say of a filter that Flow has not; `None` for one it has.
pub(super) fn unknown(name: &str) -> Option<String> {
    if ALL.contains(&name) || NOT_HERE.contains(&name) {
        return None;
    }
    Some(if name == "json" {
        "Flow has no json filter; show single fields instead.".to_string()
    } else {
        format!("There is no filter {name}; remove it or choose another.")
    })
}

/// Applies a filter. An error is a sentence for the merchant.
pub(super) fn apply(
    name: &str,
    input: Value,
    arguments: &[Value],
    now: Option<&Value>,
) -> Result<Value, String> {
    let argument = |i: usize| arguments.get(i).cloned().unwrap_or(Value::Null);
    let word = |i: usize| arguments.get(i).map(text).unwrap_or_default();
    let result = match name {
        "default" => {
            if is_empty(&input) || input == Value::Bool(false) {
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
        "capitalize" => string(capitalize(&text(&input))),
        "strip" => string(text(&input).trim()),
        "lstrip" => string(text(&input).trim_start()),
        "rstrip" => string(text(&input).trim_end()),
        "strip_newlines" => string(text(&input).replace(['\n', '\r'], "")),
        "newline_to_br" => string(text(&input).replace('\n', "<br />\n")),
        "strip_html" => string(strip_html(&text(&input))),
        "escape" => string(escape(&text(&input))),
        "escape_once" => string(escape(&unescape(&text(&input)))),
        "url_encode" => string(url_encode(&text(&input))),
        "append" => string(text(&input) + &word(0)),
        "prepend" => string(word(0) + &text(&input)),
        "remove" => string(replace(&text(&input), &word(0), "", usize::MAX)?),
        "remove_first" => string(replace(&text(&input), &word(0), "", 1)?),
        "replace" => string(replace(&text(&input), &word(0), &word(1), usize::MAX)?),
        "replace_first" => string(replace(&text(&input), &word(0), &word(1), 1)?),
        "truncate" => string(truncate(&text(&input), arguments)),
        "truncatewords" => string(truncate_words(&text(&input), arguments)),
        "slice" => slice(&input, arguments),
        "split" => split(&text(&input), &word(0)),
        "handleize" | "handle" => string(handle(&text(&input))),
        "join" => {
            let between = arguments.first().map_or_else(|| " ".to_string(), text);
            let parts: Vec<String> = list(&input).iter().map(text).collect();
            string(parts.join(&between))
        }
        "first" => list(&input).into_iter().next().unwrap_or_default(),
        "last" => list(&input).pop().unwrap_or_default(),
        "reverse" => list(&input).into_iter().rev().collect(),
        "compact" => list(&input).into_iter().filter(|v| !v.is_null()).collect(),
        "concat" => list(&input).into_iter().chain(list(&argument(0))).collect(),
        "uniq" => uniq(list(&input)),
        "sort" | "sort_natural" => sort(list(&input), &word(0)),
        "map" => {
            let field = word(0);
            let pick = |item: Value| item.get(&field).cloned().unwrap_or_default();
            list(&input).into_iter().map(pick).collect()
        }
        "where" => {
            let field = word(0);
            let wanted = arguments.get(1);
            let keep = |item: &Value| {
                let value = item.get(&field).unwrap_or(&Value::Null);
                match wanted {
                    Some(wanted) => equal(value, wanted),
                    None => !matches!(value, Value::Null | Value::Bool(false)),
                }
            };
            list(&input).into_iter().filter(keep).collect()
        }
        "sum" => {
            let field = word(0);
            let total = list(&input)
                .iter()
                .filter_map(|item| {
                    number(if field.is_empty() {
                        item
                    } else {
                        item.get(&field)?
                    })
                })
                .sum();
            float(total)
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
        "date" => match instant(&input, now) {
            Some(instant) => string(format_date(instant, &word(0))),
            // As in Liquid: what is no date comes through unchanged.
            None => input,
        },
        "date_plus" | "date_minus" => {
            let instant = instant(&input, now)
                .ok_or_else(|| format!("“{}” is no date; {name} needs one.", text(&input)))?;
            let moved = shift(instant, &word(0), name == "date_minus").ok_or_else(|| {
                format!(
                    "“{}” is no span of time; write one such as '2 days'.",
                    word(0)
                )
            })?;
            string(format_date(moved, "%Y-%m-%dT%H:%M:%SZ"))
        }
        "sha256" => string(
            Sha256::digest(text(&input).as_bytes())
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect::<String>(),
        ),
        "md5" | "sha1" | "blake3" | "hmac_sha1" | "hmac_sha256" => {
            return Err(format!(
                "The filter {name} works in Flow but not in a test run; its value is left empty."
            ));
        }
        _ => return Err(unknown(name).unwrap_or_default()),
    };
    match &result {
        Value::String(text) if text.len() > MAX_OUTPUT => {
            Err("This text grows too long; make it shorter.".to_string())
        }
        Value::Array(list) if list.len() > MAX_OUTPUT => {
            Err("This list grows too long; make it shorter.".to_string())
        }
        _ => Ok(result),
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

fn arithmetic(name: &str, left: &Value, right: &Value) -> Result<Value, String> {
    if let (Some(a), Some(b)) = (left.as_i64(), right.as_i64()) {
        let whole = match name {
            "plus" => a.checked_add(b),
            "minus" => a.checked_sub(b),
            "times" => a.checked_mul(b),
            // Liquid divides whole numbers without a rest, rounding down.
            "divided_by" => a.checked_div_euclid(b),
            "modulo" => a.checked_rem_euclid(b),
            "at_least" => Some(a.max(b)),
            _ => Some(a.min(b)),
        };
        if let Some(whole) = whole {
            return Ok(Value::from(whole));
        }
    }
    let (a, b) = (number(left).unwrap_or(0.0), number(right).unwrap_or(0.0));
    if matches!(name, "divided_by" | "modulo") && b == 0.0 {
        return Err("Nothing can be divided by zero; test the number first.".to_string());
    }
    Ok(float(match name {
        "plus" => a + b,
        "minus" => a - b,
        "times" => a * b,
        "divided_by" => a / b,
        "modulo" => a.rem_euclid(b),
        "at_least" => a.max(b),
        _ => a.min(b),
    }))
}

fn capitalize(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().collect::<String>() + &chars.as_str().to_lowercase(),
        None => String::new(),
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

fn strip_html(text: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for c in text.chars() {
        match c {
            '<' => inside = true,
            '>' if inside => inside = false,
            c if !inside => out.push(c),
            _ => {}
        }
    }
    out
}

fn url_encode(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                out.push(char::from(byte));
            }
            b' ' => out.push('+'),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// A handle as Shopify makes it: small letters and digits, joined by hyphens.
fn handle(text: &str) -> String {
    text.to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("-")
}

fn replace(text: &str, from: &str, to: &str, times: usize) -> Result<String, String> {
    // One letter can become a whole text, so the size is known before it is made.
    let found = text.matches(from).take(times).count();
    if text.len() + found.saturating_mul(to.len()) > MAX_OUTPUT {
        return Err("This text grows too long; make it shorter.".to_string());
    }
    Ok(text.replacen(from, to, times))
}

fn length(arguments: &[Value], usual: usize) -> usize {
    arguments
        .first()
        .and_then(number)
        .map_or(usual, |length| length.clamp(0.0, 1e9) as usize)
}

fn truncate(text: &str, arguments: &[Value]) -> String {
    let length = length(arguments, 50);
    let end = arguments
        .get(1)
        .map_or_else(|| "...".to_string(), self::text);
    if text.chars().count() <= length {
        return text.to_string();
    }
    let kept = length.saturating_sub(end.chars().count());
    text.chars().take(kept).collect::<String>() + &end
}

fn truncate_words(text: &str, arguments: &[Value]) -> String {
    let length = length(arguments, 15).max(1);
    let end = arguments
        .get(1)
        .map_or_else(|| "...".to_string(), self::text);
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.len() <= length {
        return text.to_string();
    }
    words[..length].join(" ") + &end
}

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

fn uniq(list: Vec<Value>) -> Value {
    let mut seen = std::collections::HashSet::new();
    list.into_iter()
        .filter(|value| seen.insert(value.to_string()))
        .collect()
}

fn sort(mut list: Vec<Value>, field: &str) -> Value {
    fn key<'a>(value: &'a Value, field: &str) -> &'a Value {
        if field.is_empty() {
            value
        } else {
            value.get(field).unwrap_or(&Value::Null)
        }
    }
    // Numbers before texts: one total order, whatever the list mixes.
    list.sort_by(|a, b| {
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

/// A date from a text, from seconds since 1970, or from `now` where the environment says when that is.
fn instant(value: &Value, now: Option<&Value>) -> Option<OffsetDateTime> {
    match value {
        Value::String(word) if word == "now" || word == "today" => match now? {
            Value::String(text) => crate::condition::instant(text),
            _ => None,
        },
        Value::String(text) => crate::condition::instant(text),
        Value::Number(seconds) => OffsetDateTime::from_unix_timestamp(seconds.as_i64()?).ok(),
        _ => None,
    }
}

/// Moves a date by a span such as `2 days` or `1 month`.
fn shift(instant: OffsetDateTime, span: &str, back: bool) -> Option<OffsetDateTime> {
    let (amount, unit) = span.trim().split_once(char::is_whitespace)?;
    let amount: i64 = amount.parse().ok()?;
    let amount = if back { amount.checked_neg()? } else { amount };
    let unit = unit.trim().trim_end_matches('s');
    let seconds = match unit {
        "second" => 1,
        "minute" => 60,
        "hour" => 3_600,
        "day" => 86_400,
        "week" => 604_800,
        "month" => return months(instant, amount),
        "year" => return months(instant, amount.checked_mul(12)?),
        _ => return None,
    };
    instant.checked_add(Duration::seconds(amount.checked_mul(seconds)?))
}

/// Months later; the last day of the month where the day is missing there.
fn months(instant: OffsetDateTime, amount: i64) -> Option<OffsetDateTime> {
    let months = i64::from(instant.year())
        .checked_mul(12)?
        .checked_add(i64::from(u8::from(instant.month())) - 1)?
        .checked_add(amount)?;
    let year = i32::try_from(months.div_euclid(12)).ok()?;
    let month = Month::try_from(u8::try_from(months.rem_euclid(12)).ok()? + 1).ok()?;
    let day = instant.day().min(month.length(year));
    let date = time::Date::from_calendar_date(year, month, day).ok()?;
    Some(instant.replace_date(date))
}

/// `strftime`, with the directives that Liquid documents.
fn format_date(instant: OffsetDateTime, format: &str) -> String {
    let format = if format.is_empty() {
        "%Y-%m-%d %H:%M:%S %z"
    } else {
        format
    };
    let hour12 = match instant.hour() % 12 {
        0 => 12,
        hour => hour,
    };
    let month = instant.month().to_string();
    let weekday = instant.weekday().to_string();
    let offset = instant.offset().whole_minutes();
    let mut out = String::new();
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let mut directive = chars.next();
        // `%-d` is `%d` without its leading zero.
        let unpadded = directive == Some('-');
        if unpadded {
            directive = chars.next();
        }
        let piece = match directive {
            Some('Y') => instant.year().to_string(),
            Some('y') => format!("{:02}", instant.year().rem_euclid(100)),
            Some('m') => format!("{:02}", u8::from(instant.month())),
            Some('d') => format!("{:02}", instant.day()),
            Some('e') => format!("{:>2}", instant.day()),
            Some('j') => format!("{:03}", instant.ordinal()),
            Some('H') => format!("{:02}", instant.hour()),
            Some('I') => format!("{hour12:02}"),
            Some('l') => format!("{hour12:>2}"),
            Some('M') => format!("{:02}", instant.minute()),
            Some('S') => format!("{:02}", instant.second()),
            Some('L') => format!("{:03}", instant.millisecond()),
            Some('p') => if instant.hour() < 12 { "AM" } else { "PM" }.to_string(),
            Some('P') => if instant.hour() < 12 { "am" } else { "pm" }.to_string(),
            Some('B') => month.clone(),
            Some('b' | 'h') => month.chars().take(3).collect(),
            Some('A') => weekday.clone(),
            Some('a') => weekday.chars().take(3).collect(),
            Some('u') => instant.weekday().number_from_monday().to_string(),
            Some('w') => instant.weekday().number_days_from_sunday().to_string(),
            Some('s') => instant.unix_timestamp().to_string(),
            Some('F') => format_date(instant, "%Y-%m-%d"),
            Some('T') => format_date(instant, "%H:%M:%S"),
            Some('z') => format!(
                "{}{:02}{:02}",
                if offset < 0 { '-' } else { '+' },
                offset.abs() / 60,
                offset.abs() % 60
            ),
            Some('%') => "%".to_string(),
            Some(other) => format!("%{other}"),
            None => "%".to_string(),
        };
        if unpadded {
            let trimmed = piece.trim_start_matches(['0', ' ']);
            out.push_str(if trimmed.is_empty() { "0" } else { trimmed });
        } else {
            out.push_str(&piece);
        }
    }
    out
}
