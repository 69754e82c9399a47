//! Evaluating a condition, with a record of which value met which literal.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::format_description::well_known::Iso8601;
use time::{Date, OffsetDateTime, PrimitiveDateTime};

use super::values::{Binding, Env};
use super::{Expr, Op, Operand, Quantifier};
use crate::decimal;
use crate::from_json::from_json;

/// More tests than this are made, but not recorded.
const MAX_TESTS: usize = 200;

/// More comparisons than this are not made: what is left does not hold.
const MAX_COMPARISONS: usize = 100_000;

/// More values than this are not recorded for one test.
const MAX_MET: usize = 20;

/// What a condition came to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Whether the condition holds.
    pub result: bool,
    /// Every comparison that was made, in reading order; the first 200.
    pub tests: Vec<Test>,
}

/// One comparison: which values met which literal.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Test {
    /// The left side as the condition writes it.
    pub path: String,
    /// What was asked.
    pub op: Op,
    /// The right side as the condition writes it; `None` for the operators without one.
    pub literal: Option<Operand>,
    /// The value the right side stood for: the literal itself, or what its path held.
    pub against: Option<Value>,
    /// The values the path stood for; none when the path led nowhere. Objects are shown by their id.
    pub met: Vec<Value>,
    /// Whether this comparison holds.
    pub passed: bool,
    /// Inside a list test, the item, for example `order.lineItems[2]`.
    pub item: Option<String>,
}

from_json! {
    struct Test {
        path,
        op,
        literal,
        against,
        met,
        passed,
        item,
    }
}

/// Evaluates a condition over an environment such as `{"order": {…}, "shop": {…}}`.
///
/// Lists may be plain or connections (`nodes`, `edges`). Amounts may be strings. A path that leads
/// nowhere is nil. Parts of `&&` and `||` are all evaluated, so that the record is complete.
pub fn evaluate(expr: &Expr, env: &Value) -> Evaluation {
    evaluate_in(expr, &Env::new(env))
}

pub(crate) fn evaluate_in(expr: &Expr, env: &Env<'_>) -> Evaluation {
    let mut run = Evaluator {
        tests: Vec::new(),
        left: MAX_COMPARISONS,
    };
    let result = run.expr(expr, env, 0);
    Evaluation {
        result,
        tests: run.tests,
    }
}

struct Evaluator {
    tests: Vec<Test>,
    left: usize,
}

impl Evaluator {
    fn expr(&mut self, expr: &Expr, env: &Env<'_>, depth: usize) -> bool {
        // A condition read from text never nests so deep; one built by hand might.
        if self.left == 0 || depth > 4 * super::MAX_DEPTH {
            return false;
        }
        match expr {
            Expr::Compare { path, op, value } => self.compare(path, *op, value.as_ref(), env),
            Expr::And(parts) => self.passing(parts, env, depth) == parts.len(),
            Expr::Or(parts) => self.passing(parts, env, depth) > 0,
            Expr::Not(inner) => !self.expr(inner, env, depth + 1),
            Expr::List {
                quantifier,
                path,
                item,
                body,
            } => {
                let mut passed = 0_usize;
                let mut total = 0_usize;
                for found in env.scalars(path).found {
                    // The path of a missing list leads to nil, which is a list without items.
                    if found.value.is_null() {
                        continue;
                    }
                    let mut inner = env.clone();
                    inner.bindings.push(Binding {
                        name: item,
                        value: found.value,
                        label: found.label,
                    });
                    total += 1;
                    passed += usize::from(self.expr(body, &inner, depth + 1));
                }
                match quantifier {
                    Quantifier::Any => passed > 0,
                    Quantifier::All => passed == total,
                    Quantifier::None => passed == 0,
                }
            }
        }
    }

    /// Evaluates every part, so that the record is complete; gives how many hold.
    fn passing(&mut self, parts: &[Expr], env: &Env<'_>, depth: usize) -> usize {
        parts
            .iter()
            .filter(|part| self.expr(part, env, depth + 1))
            .count()
    }

    fn compare(&mut self, path: &str, op: Op, operand: Option<&Operand>, env: &Env<'_>) -> bool {
        let looked = env.scalars(path);
        let values: Vec<&Value> = looked.found.iter().map(|found| found.value).collect();
        self.left = self.left.saturating_sub(values.len().max(1));
        let against: Option<Value> = operand.map(|operand| match operand {
            Operand::String(text) | Operand::Word(text) => Value::String(text.clone()),
            Operand::Number(text) => text
                .parse()
                .map_or_else(|_| Value::String(text.clone()), Value::Number),
            Operand::Boolean(value) => Value::Bool(*value),
            Operand::Path(path) => env
                .scalars(path)
                .found
                .first()
                .map_or(Value::Null, |found| found.value.clone()),
        });
        let passed = holds(op, &values, against.as_ref());
        if self.tests.len() < MAX_TESTS {
            let first = path.split('.').next().unwrap_or_default();
            self.tests.push(Test {
                path: path.to_string(),
                op,
                literal: operand.cloned(),
                against: against.as_ref().map(shown),
                met: values
                    .iter()
                    .take(MAX_MET)
                    .map(|value| shown(value))
                    .collect(),
                passed,
                item: env
                    .bindings
                    .iter()
                    .rev()
                    .find(|binding| binding.name == first)
                    .map(|binding| binding.label.clone()),
            });
        }
        passed
    }
}

/// A value as the record keeps it: objects by their id, so that no whole order is copied.
fn shown(value: &Value) -> Value {
    match value {
        Value::Object(object) => object
            .get("id")
            .cloned()
            .unwrap_or_else(|| Value::String("(an object)".to_string())),
        Value::Array(items) => Value::String(format!("(a list of {})", items.len())),
        scalar => scalar.clone(),
    }
}

/// Several values pass a positive operator when one does, and a negative one when all do.
fn holds(op: Op, values: &[&Value], against: Option<&Value>) -> bool {
    let is_nil = values.iter().all(|value| value.is_null());
    let is_empty = values
        .iter()
        .all(|value| value.is_null() || value.as_str().is_some_and(str::is_empty));
    let any =
        |op: Op| against.is_some_and(|against| values.iter().any(|value| pair(op, value, against)));
    match op {
        Op::Nil => is_nil,
        Op::NotNil => !is_nil,
        Op::EmptyOrNil => is_empty,
        Op::NotEmptyAndNotNil => !is_empty,
        // Nothing equals nil only where the other side is nil too.
        Op::Eq if values.is_empty() => against.is_some_and(Value::is_null),
        Op::Ne if values.is_empty() => !against.is_some_and(Value::is_null),
        Op::Ne | Op::NotStartWith | Op::NotEndWith | Op::NotInclude | Op::NotIn => {
            !any(op.opposite())
        }
        _ => any(op),
    }
}

/// One value against one other, for the operators that are not a negation.
fn pair(op: Op, value: &Value, against: &Value) -> bool {
    match op {
        Op::Eq => equal(value, against),
        Op::Gt => order(value, against).is_some_and(Ordering::is_gt),
        Op::Ge => order(value, against).is_some_and(Ordering::is_ge),
        Op::Lt => order(value, against).is_some_and(Ordering::is_lt),
        Op::Le => order(value, against).is_some_and(Ordering::is_le),
        Op::In => text(against).is_some_and(|list| {
            list.split(',')
                .any(|part| equal(value, &Value::String(part.trim().to_string())))
        }),
        Op::StartWith | Op::EndWith | Op::Include => {
            let (Some(value), Some(part)) = (text(value), text(against)) else {
                return false;
            };
            let (value, part) = (value.to_lowercase(), part.to_lowercase());
            match op {
                Op::StartWith => value.starts_with(&part),
                Op::EndWith => value.ends_with(&part),
                _ => value.contains(&part),
            }
        }
        _ => false,
    }
}

fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        // Two texts are compared as texts, unless one reading makes them the same instant.
        (Value::String(a), Value::String(b)) => {
            a.to_lowercase() == b.to_lowercase()
                || matches!((instant(a), instant(b)), (Some(a), Some(b)) if a == b)
        }
        _ => match (number(left), number(right)) {
            (Some(a), Some(b)) => a == b,
            _ => match (text(left), text(right)) {
                (Some(a), Some(b)) => a.eq_ignore_ascii_case(&b),
                _ => left == right,
            },
        },
    }
}

fn order(left: &Value, right: &Value) -> Option<Ordering> {
    if let (Some(a), Some(b)) = (number(left), number(right)) {
        return a.partial_cmp(&b);
    }
    let (a, b) = (left.as_str()?, right.as_str()?);
    Some(instant(a)?.cmp(&instant(b)?))
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Numbers, amounts written as text, and money objects (`{"amount": "612.40", …}`).
pub(crate) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => decimal::read(text.trim()).filter(|n| n.is_finite()),
        Value::Object(object) => object.get("amount").and_then(|amount| match amount {
            Value::Object(_) => None,
            amount => number(amount),
        }),
        _ => None,
    }
}

/// An ISO 8601 date or time. A time without a zone, and a date, are taken in UTC.
pub(crate) fn instant(text: &str) -> Option<OffsetDateTime> {
    // Cheap way out: no year, no date.
    if text.len() < 8 || !text.as_bytes()[..4].iter().all(u8::is_ascii_digit) {
        return None;
    }
    OffsetDateTime::parse(text, &Iso8601::DEFAULT)
        .ok()
        .or_else(|| {
            PrimitiveDateTime::parse(text, &Iso8601::DEFAULT)
                .ok()
                .map(PrimitiveDateTime::assume_utc)
        })
        .or_else(|| {
            Date::parse(text, &Iso8601::DEFAULT)
                .ok()
                .map(|date| date.midnight().assume_utc())
        })
}
