//! Candidate values for one place of an event: for every test of the place a value that meets it,
//! one just above, one just below, one that holds it and one that does not.

use serde_json::{Value, json};
use time::{Duration, OffsetDateTime, UtcOffset};

use super::solve::Place;
use crate::catalog::{Catalog, TypeRef};
use crate::condition::{Expr, Op, Operand, evaluate, instant, number};

/// More candidates than this are not kept for one place.
const MAX_CANDIDATES: usize = 64;

/// More literals than this are not made candidates of.
const MAX_LITERALS: usize = 48;

/// One test of one place: an operator that is no negation, and whether it must hold.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Literal {
    pub op: Op,
    pub against: Against,
    pub want: bool,
}

/// The right side of a test.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Against {
    /// The operator takes none.
    Nothing,
    Value(Operand),
    /// Another place of the event.
    Place(Place),
}

/// True when a value passes a test. `other` is what stands at the other place, for a test that has one.
pub(super) fn passes(literal: &Literal, value: &Value, other: Option<&Value>) -> bool {
    let operand = match &literal.against {
        Against::Nothing => None,
        Against::Value(operand) => Some(operand.clone()),
        Against::Place(_) => Some(Operand::Path("other".to_string())),
    };
    let test = Expr::Compare {
        path: "value".to_string(),
        op: literal.op,
        value: operand,
    };
    let env = json!({"value": value, "other": other});
    evaluate(&test, &env).result == literal.want
}

/// The values of a type that pass every test with a fixed right side, the most plausible first.
/// `seeds` are further values worth trying, what another place can hold for example.
pub(super) fn candidates(
    catalog: &Catalog,
    ty: &TypeRef,
    sample: Value,
    literals: &[Literal],
    seeds: &[Value],
) -> Vec<Value> {
    let fixed: Vec<&Literal> = literals
        .iter()
        .filter(|literal| !matches!(literal.against, Against::Place(_)))
        .collect();
    let mut made = vec![sample];
    made.extend(values(catalog, ty, &fixed, seeds));
    made.push(Value::Null);
    let mut kept: Vec<Value> = Vec::new();
    for value in made {
        if kept.len() >= MAX_CANDIDATES {
            break;
        }
        if !kept.contains(&value) && fixed.iter().all(|literal| passes(literal, &value, None)) {
            kept.push(value);
        }
    }
    kept
}

fn values(catalog: &Catalog, ty: &TypeRef, literals: &[&Literal], seeds: &[Value]) -> Vec<Value> {
    let mut texts: Vec<String> = Vec::new();
    for literal in literals.iter().take(MAX_LITERALS) {
        if let Against::Value(operand) = &literal.against {
            texts.extend(parts(literal.op, operand));
        }
    }
    texts.extend(seeds.iter().take(MAX_LITERALS).filter_map(plain));
    texts.dedup();
    if let Some(legal) = catalog.enum_values(&ty.name) {
        if legal.is_empty() {
            return texts.into_iter().map(Value::String).collect();
        }
        return legal.iter().map(|value| json!(value)).collect();
    }
    if !catalog.is_scalar(&ty.name) {
        // An object is there or not; what is in it are places of their own.
        return vec![json!({})];
    }
    match ty.name.as_str() {
        "Boolean" => vec![json!(true), json!(false)],
        "Int" => numbers(&texts, true)
            .into_iter()
            .map(|number| json!(number as i64))
            .collect(),
        "Float" => numbers(&texts, false)
            .into_iter()
            .map(Value::from)
            .collect(),
        "UnsignedInt64" | "BigInt" => {
            let mut all: Vec<Value> = texts
                .iter()
                .filter(|text| text.parse::<i128>().is_ok())
                .map(|text| json!(text))
                .collect();
            all.extend(
                numbers(&texts, true)
                    .into_iter()
                    .filter(|number| ty.name == "BigInt" || *number >= 0.0)
                    .map(|number| json!(format!("{number:.0}"))),
            );
            all
        }
        "Decimal" | "Money" => {
            // Two texts are equal only letter by letter, so the literal as written goes first.
            let mut all: Vec<Value> = numeric(&texts).map(|text| json!(text)).collect();
            all.extend(
                numbers(&texts, false)
                    .into_iter()
                    .map(|number| json!(amount(number))),
            );
            all
        }
        "DateTime" => dates(&texts, true),
        "Date" => dates(&texts, false),
        "String" | "ID" | "URL" | "HTML" | "FormattedString" | "Color" | "StorefrontID" | "ARN"
        | "UtcOffset" => words(&texts, literals),
        _ => {
            let mut all = words(&texts, literals);
            all.extend(numbers(&texts, false).into_iter().map(|number| {
                if number.fract() == 0.0 && number.abs() < 9e15 {
                    json!(number as i64)
                } else {
                    json!(number)
                }
            }));
            all.extend([json!(true), json!(false), json!({})]);
            all
        }
    }
}

/// The texts of a right side; `in?` takes several between commas.
fn parts(op: Op, operand: &Operand) -> Vec<String> {
    let text = match operand {
        Operand::String(text) | Operand::Word(text) | Operand::Number(text) => text.clone(),
        Operand::Boolean(value) => value.to_string(),
        Operand::Path(_) => return Vec::new(),
    };
    if op == Op::In {
        text.split(',')
            .take(MAX_LITERALS)
            .map(|part| part.trim().to_string())
            .collect()
    } else {
        vec![text]
    }
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn numeric(texts: &[String]) -> impl Iterator<Item = &String> {
    texts
        .iter()
        .filter(|text| number(&Value::String((*text).clone())).is_some())
}

/// The literals, what lies just beside and halfway between them, and what lies beyond them all.
/// Between any two neighbours one number is tried, so no order of literals is missed.
fn numbers(texts: &[String], whole: bool) -> Vec<f64> {
    let mut literals: Vec<f64> = numeric(texts)
        .filter_map(|text| number(&Value::String(text.clone())))
        .collect();
    literals.sort_by(f64::total_cmp);
    literals.dedup();
    let mut all = literals.clone();
    for literal in &literals {
        all.extend([literal + 1.0, literal - 1.0]);
        if whole {
            all.extend([literal.floor(), literal.ceil()]);
        } else {
            all.extend([literal + 0.01, literal - 0.01]);
        }
    }
    for pair in literals.windows(2) {
        if let [low, high] = pair {
            all.push(low + (high - low) / 2.0);
        }
    }
    all.push(0.0);
    all.retain(|number| number.is_finite());
    if whole {
        all.iter_mut().for_each(|number| *number = number.floor());
    }
    all
}

/// An amount as Flow writes it, with two digits where they are enough.
fn amount(number: f64) -> String {
    let short = format!("{number:.2}");
    if short.parse() == Ok(number) {
        return short;
    }
    // 0.1 + 0.2 need not show its dust, as long as the order stays what it was.
    let longer = format!("{number:.6}");
    match longer.parse::<f64>() {
        Ok(read) if (read - number).abs() < 1e-9 => longer
            .trim_end_matches('0')
            .trim_end_matches('.')
            .to_string(),
        _ => number.to_string(),
    }
}

fn dates(texts: &[String], with_time: bool) -> Vec<Value> {
    let mut literals: Vec<OffsetDateTime> = texts.iter().filter_map(|text| instant(text)).collect();
    literals.sort();
    literals.dedup();
    let beside = if with_time {
        vec![Duration::DAY, Duration::SECOND]
    } else {
        vec![Duration::DAY]
    };
    let mut all = literals.clone();
    for literal in &literals {
        for step in &beside {
            all.extend(literal.checked_add(*step));
            all.extend(literal.checked_sub(*step));
        }
    }
    for pair in literals.windows(2) {
        if let [low, high] = pair {
            all.extend(low.checked_add((*high - *low) / 2));
        }
    }
    all.into_iter()
        .filter_map(|date| written(date, with_time))
        .map(Value::String)
        .collect()
}

/// A date as Flow writes it: `2026-05-01T10:00:00Z` or `2026-05-01`.
fn written(date: OffsetDateTime, with_time: bool) -> Option<String> {
    let date = date.checked_to_offset(UtcOffset::UTC)?;
    if !(0..=9999).contains(&date.year()) {
        return None;
    }
    let day = format!(
        "{:04}-{:02}-{:02}",
        date.year(),
        u8::from(date.month()),
        date.day()
    );
    Some(if with_time {
        format!(
            "{day}T{:02}:{:02}:{:02}Z",
            date.hour(),
            date.minute(),
            date.second()
        )
    } else {
        day
    })
}

fn words(texts: &[String], literals: &[&Literal]) -> Vec<Value> {
    let mut all: Vec<String> = texts.to_vec();
    all.extend(composed(literals));
    for text in texts {
        all.push(format!("{text}-x"));
        all.push(format!("x-{text}"));
        all.push(format!("x-{text}-x"));
        let mut shorter = text.clone();
        shorter.pop();
        all.push(shorter);
    }
    // A text field may hold a number or a date, a metafield's value for example.
    if numeric(texts).next().is_some() {
        all.extend(numbers(texts, false).into_iter().map(amount));
    }
    for date in dates(texts, true) {
        if let Value::String(date) = date {
            all.push(date);
        }
    }
    for other in ["other", "7", "zzz"] {
        all.push(other.to_string());
    }
    all.push(String::new());
    all.into_iter().map(Value::String).collect()
}

/// Texts that begin, hold and end as all the tests together ask, with different letters between.
fn composed(literals: &[&Literal]) -> Vec<String> {
    let wanted = |op: Op| {
        literals
            .iter()
            .filter(move |literal| literal.op == op && literal.want)
            .filter_map(move |literal| match &literal.against {
                Against::Value(operand) => parts(op, operand).into_iter().next(),
                _ => None,
            })
    };
    let longest = |op: Op| {
        wanted(op)
            .max_by_key(|text| text.chars().count())
            .unwrap_or_default()
    };
    let (start, end) = (longest(Op::StartWith), longest(Op::EndWith));
    let inside: Vec<String> = wanted(Op::Include).take(8).collect();
    if start.is_empty() && end.is_empty() && inside.is_empty() {
        return Vec::new();
    }
    let mut all = Vec::new();
    for between in ["", " ", "-", "x", "7"] {
        let middle = inside.join(between);
        let pieces: Vec<&str> = [start.as_str(), middle.as_str(), end.as_str()]
            .into_iter()
            .filter(|piece| !piece.is_empty())
            .collect();
        let text = pieces.join(between);
        // With nothing asked of its beginning or end, a text may have letters there.
        all.push(text.clone());
        if start.is_empty() {
            all.push(format!("Sample {text}"));
        }
        if end.is_empty() {
            all.push(format!("{text} sample"));
        }
    }
    // One may overlap the other: 'ab' and 'bc' in 'abc'.
    for at in 1..start.len().min(64) {
        if let (true, Some(overlap)) = (start.is_char_boundary(at), start.get(at..))
            && let Some(rest) = end.strip_prefix(overlap)
        {
            all.push(format!("{start}{rest}"));
        }
    }
    all
}
