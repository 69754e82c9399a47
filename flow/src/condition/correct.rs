//! Corrections of conditions: what was meant, where only one thing can have been.

use serde_json::Value;

use super::check::Kind;
use super::evaluate::{instant, number};
use super::{ConditionError, Expr, Op, Operand, Quantifier, parse, print};
use crate::catalog::{Catalog, Variable, condition_item_name, only_nearest};

/// A text that needs more repairs than this is not repaired.
const MAX_REPAIRS: usize = 8;

/// Words that people write for an operator, besides misspelt ones.
const SYNONYMS: [(&str, &str); 8] = [
    ("contains", "include?"),
    ("contains?", "include?"),
    ("is", "=="),
    ("equals", "=="),
    ("empty?", "empty_or_nil?"),
    ("present?", "not_empty_and_not_nil?"),
    ("begins_with?", "start_with?"),
    ("begins_with", "start_with?"),
];

/// The condition that was meant by a text that does not read, printed in the canonical form.
///
/// Mends Liquid that is nothing but a path, `=` for `==`, misspelt operators and closing
/// parentheses too many. `None` for a text that reads, and where more than one thing can be meant:
/// `&&` and `||` at one level always have two readings.
pub fn corrected(text: &str) -> Option<String> {
    if parse(text).is_ok() {
        return None;
    }
    let mut text = text.to_string();
    for _ in 0..MAX_REPAIRS {
        let error = match parse(&text) {
            Ok(expr) => {
                let printed = print(&expr);
                return parse(&printed).is_ok().then_some(printed);
            }
            Err(error) => error,
        };
        text = repaired(&text, &error)?;
    }
    None
}

fn repaired(text: &str, error: &ConditionError) -> Option<String> {
    if text.trim_start().starts_with('{') && !text.trim_start().starts_with("{{") {
        // Flow's JSON is written by machines; what is wrong with it cannot be guessed.
        return None;
    }
    if text.contains("{{") || text.contains("{%") {
        return without_liquid(text);
    }
    let (before, rest) = (text.get(..error.at)?, text.get(error.at..)?);
    for (wrong, right) in [("=>", ">="), ("=<", "<="), ("&", "&&")] {
        if let Some(after) = rest.strip_prefix(wrong) {
            return Some(format!("{before}{right}{after}"));
        }
    }
    if let Some(after) = rest.strip_prefix('=') {
        // `===` was read as `==` already.
        let right = if before.ends_with("==") { "" } else { "==" };
        return Some(format!("{before}{right}{after}"));
    }
    if !rest.is_empty() && rest.chars().all(|c| c == ')' || c.is_whitespace()) {
        return Some(before.to_string());
    }
    let length = rest
        .find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '?' | '.')))
        .unwrap_or(rest.len());
    let (word, after) = rest.split_at(length);
    if word.is_empty() || word.contains('.') || Op::from_flow(word).is_some() {
        return None;
    }
    let operators = Op::ALL
        .into_iter()
        .map(Op::as_str)
        .filter(|name| name.ends_with('?'))
        .chain(["any?", "all?", "none?"]);
    let synonym = SYNONYMS
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(word))
        .map(|(_, operator)| (*operator).to_string());
    let operator = synonym.or_else(|| only_nearest(&word.to_lowercase(), operators))?;
    (operator != word).then(|| format!("{before}{operator}{after}"))
}

/// The text with every `{{ path }}` replaced by the path, quotes round it included; `None` when
/// there is any other Liquid.
fn without_liquid(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(open) = rest.find("{{") {
        let inside = rest.get(open + 2..)?;
        let close = inside.find("}}")?;
        let path = inside.get(..close)?.trim();
        if !is_path(path) {
            return None;
        }
        let mut before = rest.get(..open)?;
        let mut after = inside.get(close + 2..)?;
        for quote in ['\'', '"'] {
            if let (Some(outer), Some(beyond)) =
                (before.strip_suffix(quote), after.strip_prefix(quote))
            {
                (before, after) = (outer, beyond);
                break;
            }
        }
        // A quote on one side only means that there is more text in the literal.
        if before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '\'' | '"' | '_'))
            || after.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '\'' | '"' | '_'))
        {
            return None;
        }
        out.push_str(before);
        out.push_str(path);
        rest = after;
    }
    out.push_str(rest);
    (!out.contains("{%")).then_some(out)
}

fn is_path(text: &str) -> bool {
    text.split('.').all(|segment| {
        segment.starts_with(|c: char| c.is_alphabetic() || c == '_')
            && segment.chars().all(|c| c.is_alphanumeric() || c == '_')
    })
}

/// Puts another part in the place of the part at `at`, the number of the child at each level.
pub(super) fn replace(expr: &mut Expr, at: &[usize], to: &Expr) {
    let Some((first, rest)) = at.split_first() else {
        *expr = to.clone();
        return;
    };
    match expr {
        Expr::And(parts) | Expr::Or(parts) => {
            if let Some(part) = parts.get_mut(*first) {
                replace(part, rest, to);
            }
        }
        Expr::Not(inner) => replace(inner, rest, to),
        Expr::List { body, .. } => replace(body, rest, to),
        Expr::Compare { .. } => {}
    }
}

/// A comparison.
pub(super) fn compare(path: &str, op: Op, value: Option<Operand>) -> Expr {
    Expr::Compare {
        path: path.to_string(),
        op,
        value,
    }
}

/// A list test of something that is no list: its body, asked of the value itself.
pub(super) fn without_list(quantifier: Quantifier, path: &str, item: &str, body: &Expr) -> Expr {
    let mut direct = body.clone();
    rename(&mut direct, item, path);
    match quantifier {
        Quantifier::Any | Quantifier::All => direct,
        Quantifier::None => Expr::Not(Box::new(direct)),
    }
}

fn rename(expr: &mut Expr, item: &str, to: &str) {
    let change = |path: &mut String| match path.split_once('.') {
        Some((first, rest)) if first == item => *path = format!("{to}.{rest}"),
        None if path == item => *path = to.to_string(),
        _ => {}
    };
    match expr {
        Expr::Compare { path, value, .. } => {
            change(path);
            if let Some(Operand::Path(other)) = value {
                change(other);
            }
        }
        Expr::And(parts) | Expr::Or(parts) => {
            for part in parts {
                rename(part, item, to);
            }
        }
        Expr::Not(inner) => rename(inner, item, to),
        Expr::List {
            path,
            item: inner,
            body,
            ..
        } => {
            change(path);
            if inner != item {
                rename(body, item, to);
            }
        }
    }
}

/// A comparison of a list, asked of its items the way it is evaluated: a positive operator of any
/// item, a negative one of all.
pub(super) fn over_items(
    catalog: &Catalog,
    scope: &[Variable],
    path: &str,
    op: Op,
    value: Option<&Operand>,
) -> Option<Expr> {
    let negative = matches!(
        op,
        Op::Ne
            | Op::NotStartWith
            | Op::NotEndWith
            | Op::NotInclude
            | Op::NotIn
            | Op::EmptyOrNil
            | Op::Nil
    );
    let op = if negative { op.opposite() } else { op };
    let segments: Vec<&str> = path.split('.').collect();
    let mut scope = scope.to_vec();
    // Each list on the way with the name of its items, outermost first.
    let mut lists: Vec<(String, String)> = Vec::new();
    let mut at = String::new();
    for segment in segments {
        if !at.is_empty() {
            at.push('.');
        }
        at.push_str(segment);
        let ty = catalog.resolve(&scope, &at).ok()?.ty;
        if ty.list {
            let mut item = condition_item_name(&at);
            while scope.iter().any(|variable| variable.name == item)
                || matches!(value, Some(Operand::Path(other)) if other.split('.').next() == Some(item.as_str()))
            {
                item.push('2');
            }
            scope.push(Variable {
                name: item.clone(),
                ty: ty.item(),
            });
            lists.push((std::mem::replace(&mut at, item.clone()), item));
        }
    }
    if lists.is_empty() {
        return None;
    }
    let mut expr = compare(&at, op, value.cloned());
    for (i, (path, item)) in lists.into_iter().enumerate().rev() {
        let outermost = i == 0;
        expr = Expr::List {
            quantifier: if outermost && negative {
                Quantifier::None
            } else {
                Quantifier::Any
            },
            path,
            item,
            body: Box::new(expr),
        };
    }
    Some(expr)
}

/// The same question with an operator that works on this kind of value.
pub(super) fn other_operator(
    path: &str,
    op: Op,
    value: Option<&Operand>,
    kind: Kind,
    values: &[String],
) -> Option<Expr> {
    let unary = match op {
        Op::EmptyOrNil => Some(Op::Nil),
        Op::NotEmptyAndNotNil => Some(Op::NotNil),
        _ => None,
    };
    if let Some(unary) = unary {
        return Some(compare(path, unary, None));
    }
    let text = match value? {
        Operand::String(text) | Operand::Word(text) | Operand::Number(text) => text.clone(),
        Operand::Boolean(value) => value.to_string(),
        Operand::Path(_) => return None,
    };
    let (positive, negative) = match op {
        Op::NotStartWith | Op::NotEndWith | Op::NotInclude | Op::NotIn => (op.opposite(), true),
        _ => (op, false),
    };
    let equals = if negative { Op::Ne } else { Op::Eq };
    if kind == Kind::Enum {
        return of_values(path, positive, negative, &text, values);
    }
    // A number or a date that contains another has one sensible reading: it is that one. What a
    // number that begins with 5 may be has none.
    if !matches!(positive, Op::Include | Op::In) {
        return None;
    }
    let right = match kind {
        Kind::Number if number(&Value::from(text.as_str())).is_some() => {
            Operand::Number(text.trim().to_string())
        }
        Kind::Date if instant(&text).is_some() => Operand::String(text),
        Kind::Boolean => literal(&text, kind, values).or(value
            .cloned()
            .filter(|value| matches!(value, Operand::Boolean(_))))?,
        _ => return None,
    };
    Some(compare(path, equals, Some(right)))
}

/// A test of letters on an enum, as the values that pass it.
fn of_values(
    path: &str,
    positive: Op,
    negative: bool,
    text: &str,
    values: &[String],
) -> Option<Expr> {
    let part = text.trim().to_uppercase();
    let passing: Vec<&str> = values
        .iter()
        .map(String::as_str)
        .filter(|value| match positive {
            Op::StartWith => value.starts_with(&part),
            Op::EndWith => value.ends_with(&part),
            Op::Include => value.contains(&part),
            _ => false,
        })
        .collect();
    let (several, equals) = if negative {
        (Op::NotIn, Op::Ne)
    } else {
        (Op::In, Op::Eq)
    };
    match passing.as_slice() {
        [] => None,
        [only] => Some(compare(
            path,
            equals,
            Some(Operand::String((*only).to_string())),
        )),
        // PAID is one value and a part of others: either may be meant.
        many if part.is_empty() || many.contains(&part.as_str()) => None,
        many => Some(compare(
            path,
            several,
            Some(Operand::String(many.join(","))),
        )),
    }
}

/// The literal that was meant by one that is not of the right kind.
pub(super) fn literal(text: &str, kind: Kind, values: &[String]) -> Option<Operand> {
    match kind {
        Kind::Number => amount(text).map(Operand::Number),
        Kind::Date => date(text).map(Operand::String),
        Kind::Boolean => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "yes" | "y" | "1" | "on" => Some(Operand::Boolean(true)),
            "false" | "no" | "n" | "0" | "off" => Some(Operand::Boolean(false)),
            _ => None,
        },
        Kind::Enum => enum_value(text, values).map(Operand::String),
        Kind::Text | Kind::Open => None,
    }
}

/// The value of an enum that was meant: the same letters, or the only one near them.
pub(super) fn enum_value(text: &str, values: &[String]) -> Option<String> {
    let wanted: String = text
        .trim()
        .chars()
        .map(|c| match c {
            ' ' | '-' => '_',
            c => c.to_ascii_uppercase(),
        })
        .collect();
    if values.contains(&wanted) {
        return Some(wanted);
    }
    only_nearest(&wanted, values.iter().map(String::as_str))
}

/// What a lone word on the right was meant to be: a value of the enum, or a text.
pub(super) fn quoted_word(word: &str, is_text: bool, values: Option<&[String]>) -> Option<String> {
    match values {
        Some(values) => enum_value(word, values),
        None => is_text.then(|| word.to_string()),
    }
}

/// `$500` and `500 USD` are 500. What has commas could be two numbers.
fn amount(text: &str) -> Option<String> {
    let text = text.trim();
    let text = text.trim_start_matches(['$', '€', '£', '¥']);
    let text = text.trim_end_matches(['$', '€', '£', '¥']);
    let code = |word: &str| word.len() == 3 && word.bytes().all(|b| b.is_ascii_uppercase());
    let text = match text.trim().rsplit_once(' ') {
        Some((amount, word)) if code(word) => amount,
        _ => text,
    };
    let text = text.trim();
    let digits = text.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && text.starts_with(|c: char| c.is_ascii_digit())
        && text.ends_with(|c: char| c.is_ascii_digit());
    (digits && number(&Value::from(text)).is_some()).then(|| text.to_string())
}

/// `2026/1/31` is `2026-01-31`. With the year last, day and month could be either way round.
fn date(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.trim().split(['/', '.', '-']).collect();
    let [year, month, day] = parts.as_slice() else {
        return None;
    };
    if year.len() != 4 {
        return None;
    }
    let (month, day): (u8, u8) = (month.parse().ok()?, day.parse().ok()?);
    let written = format!("{year}-{month:02}-{day:02}");
    instant(&written).is_some().then_some(written)
}
