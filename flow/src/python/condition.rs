//! Conditions as Python expressions, both ways.

use crate::condition::{Expr, Op, Operand, Quantifier};

use super::expression::{Comparison, Reader, Value};
use super::lexer::{is_identifier, is_path, quote, tokens};
use super::names::{Aliases, list_item_to_flow, list_item_to_text};

/// Reads an expression of the text as a condition; leaves the names as they were.
pub(super) fn from_value(value: &Value, aliases: &mut Aliases) -> Result<Expr, String> {
    read(value, aliases)
}

fn read(value: &Value, aliases: &mut Aliases) -> Result<Expr, String> {
    match value {
        Value::Group(inner) => read(inner, aliases),
        Value::And(parts) => Ok(Expr::And(read_all(parts, aliases)?)),
        Value::Or(parts) => Ok(Expr::Or(read_all(parts, aliases)?)),
        Value::Not(inner) => {
            let read = read(inner, aliases)?;
            // `not (…)` stays as it is; `not empty(…)` and the like have operators of their own.
            Ok(match &**inner {
                Value::Group(_) => Expr::Not(Box::new(read)),
                _ => negated(read),
            })
        }
        Value::Compare(left, comparison, right) => compare(left, *comparison, right, aliases),
        Value::Path(path) => Ok(test(
            aliases.to_flow(path),
            Op::Eq,
            Some(Operand::Boolean(true)),
        )),
        Value::Call {
            callee,
            arguments,
            named,
        } if named.is_empty() => call(callee, arguments, aliases),
        _ => Err(
            "This is no test; compare a path with a value, for example order.note == \"gift\"."
                .into(),
        ),
    }
}

/// The opposite of a test, by an operator of its own where that means exactly the same.
fn negated(expr: Expr) -> Expr {
    match expr {
        Expr::Compare { path, op, value } if !matches!(op, Op::Gt | Op::Ge | Op::Lt | Op::Le) => {
            Expr::Compare {
                path,
                op: op.opposite(),
                value,
            }
        }
        Expr::List {
            quantifier: quantifier @ (Quantifier::Any | Quantifier::None),
            path,
            item,
            body,
        } => Expr::List {
            quantifier: if quantifier == Quantifier::Any {
                Quantifier::None
            } else {
                Quantifier::Any
            },
            path,
            item,
            body,
        },
        other => Expr::Not(Box::new(other)),
    }
}

fn read_all(parts: &[Value], aliases: &mut Aliases) -> Result<Vec<Expr>, String> {
    parts.iter().map(|part| read(part, aliases)).collect()
}

fn test(path: String, op: Op, value: Option<Operand>) -> Expr {
    Expr::Compare { path, op, value }
}

fn ungroup(value: &Value) -> &Value {
    match value {
        Value::Group(inner) => ungroup(inner),
        other => other,
    }
}

fn operand(value: &Value, aliases: &Aliases) -> Option<Operand> {
    Some(match ungroup(value) {
        Value::Text(text) => Operand::String(text.clone()),
        Value::Number(number) => Operand::Number(number.clone()),
        Value::Boolean(value) => Operand::Boolean(*value),
        Value::Path(path) => Operand::Path(aliases.to_flow(path)),
        _ => return None,
    })
}

const NO_VALUE: &str = "This compares with something that is no value; use a text in quotes, a number, True, False or a path.";

fn compare(
    left: &Value,
    comparison: Comparison,
    right: &Value,
    aliases: &Aliases,
) -> Result<Expr, String> {
    let (left, right) = (ungroup(left), ungroup(right));
    let op = match comparison {
        Comparison::In | Comparison::NotIn => return membership(left, comparison, right, aliases),
        Comparison::Eq | Comparison::Is => Op::Eq,
        Comparison::Ne | Comparison::IsNot => Op::Ne,
        Comparison::Gt => Op::Gt,
        Comparison::Ge => Op::Ge,
        Comparison::Lt => Op::Lt,
        Comparison::Le => Op::Le,
    };
    match (left, right) {
        (Value::Path(path), Value::None) => {
            let op = match op {
                Op::Eq => Op::Nil,
                Op::Ne => Op::NotNil,
                _ => return Err("Nothing is larger or smaller than None; use is None.".into()),
            };
            Ok(test(aliases.to_flow(path), op, None))
        }
        (Value::Path(path), value) => {
            let value = operand(value, aliases).ok_or(NO_VALUE)?;
            Ok(test(aliases.to_flow(path), op, Some(value)))
        }
        (value, Value::Path(path)) => {
            let value = operand(value, aliases).ok_or(NO_VALUE)?;
            let turned = match op {
                Op::Gt => Op::Lt,
                Op::Ge => Op::Le,
                Op::Lt => Op::Gt,
                Op::Le => Op::Ge,
                same => same,
            };
            Ok(test(aliases.to_flow(path), turned, Some(value)))
        }
        _ => Err("One side of a test must be a path, for example order.name.".into()),
    }
}

fn membership(
    left: &Value,
    comparison: Comparison,
    right: &Value,
    aliases: &Aliases,
) -> Result<Expr, String> {
    let negative = comparison == Comparison::NotIn;
    let is_in = if negative { Op::NotIn } else { Op::In };
    let include = if negative {
        Op::NotInclude
    } else {
        Op::Include
    };
    match (left, right) {
        (Value::Path(path), Value::List(items)) => {
            let value = match items.as_slice() {
                [Value::Number(number)] => Operand::Number(number.clone()),
                items => {
                    let mut words = Vec::new();
                    for item in items {
                        match item {
                            Value::Text(word) | Value::Number(word) => words.push(word.clone()),
                            _ => return Err("A list to compare with holds texts in quotes; use ==, and or to compare with paths.".into()),
                        }
                    }
                    Operand::String(words.join(","))
                }
            };
            Ok(test(aliases.to_flow(path), is_in, Some(value)))
        }
        (Value::Path(path), Value::Path(other)) => Ok(test(
            aliases.to_flow(path),
            is_in,
            Some(Operand::Path(aliases.to_flow(other))),
        )),
        (value, Value::Path(path)) => {
            let value = operand(value, aliases).ok_or(NO_VALUE)?;
            Ok(test(aliases.to_flow(path), include, Some(value)))
        }
        _ => Err("A test with in needs a path, for example \"gift\" in order.note.".into()),
    }
}

fn call(callee: &str, arguments: &[Value], aliases: &mut Aliases) -> Result<Expr, String> {
    let quantifier = match callee {
        "any" => Some(Quantifier::Any),
        "all" => Some(Quantifier::All),
        "none" => Some(Quantifier::None),
        _ => None,
    };
    if let Some(quantifier) = quantifier {
        let [Value::Each { body, item, list }] = arguments else {
            return Err(format!(
                "Say what holds for the items: {callee}(x == \"vip\" for x in order.tags)."
            ));
        };
        let Value::Path(list) = ungroup(list) else {
            return Err(format!("{callee} needs the path of a list after in."));
        };
        let path = aliases.to_flow(list);
        let flow = list_item_to_flow(&path, item);
        let before = aliases.len();
        aliases.push(item.clone(), flow.clone());
        let body = read(body, aliases);
        aliases.truncate(before);
        return Ok(Expr::List {
            quantifier,
            path,
            item: flow,
            body: Box::new(body?),
        });
    }
    if let ("empty", [argument]) = (callee, arguments) {
        return match ungroup(argument) {
            Value::Path(path) => Ok(test(aliases.to_flow(path), Op::EmptyOrNil, None)),
            _ => Err("empty needs a path, for example empty(order.note).".into()),
        };
    }
    if let ("contains", [path, value]) = (callee, arguments) {
        return match (ungroup(path), operand(value, aliases)) {
            (Value::Path(path), Some(value)) => {
                Ok(test(aliases.to_flow(path), Op::Include, Some(value)))
            }
            _ => Err("contains needs a path and a value.".into()),
        };
    }
    let method = match callee.rsplit_once('.') {
        Some((path, "startswith")) => Some((path, Op::StartWith)),
        Some((path, "endswith")) => Some((path, Op::EndWith)),
        _ => None,
    };
    match (method, arguments) {
        (Some((path, op)), [value]) => {
            let value = operand(value, aliases).ok_or(NO_VALUE)?;
            Ok(test(aliases.to_flow(path), op, Some(value)))
        }
        _ => Err(format!(
            "{callee} is no test; use any, all, none, empty, startswith, endswith, in or a comparison."
        )),
    }
}

/// The condition as an expression of the text; `None` when no expression says exactly this.
pub(super) fn to_text(expr: &Expr, aliases: &Aliases) -> Option<String> {
    let expr = simplify(expr);
    let mut text = String::new();
    let mut aliases = aliases.clone();
    write(&expr, &mut aliases, 0, false, &mut text)?;
    // Whatever a name hides, what is printed must read back as what was meant.
    let words = tokens(&text).ok()?;
    let mut reader = Reader::new(&words);
    let value = reader.expression().ok().filter(|_| reader.done())?;
    let back = from_value(&value, &mut aliases).ok()?;
    // A step keeps the condition in Flow's text form, which has limits of its own.
    let kept = crate::condition::parse(&crate::condition::print(&expr)).ok()?;
    (back == expr && kept == expr).then_some(text)
}

/// The condition as the program text can say it: enum words are texts, a join of one part is that part.
pub(super) fn simplify(expr: &Expr) -> Expr {
    match expr {
        Expr::Compare { path, op, value } => Expr::Compare {
            path: path.clone(),
            op: *op,
            value: value.clone().map(|value| match value {
                Operand::Word(word) => Operand::String(word),
                other => other,
            }),
        },
        Expr::And(parts) if parts.len() == 1 => simplify(&parts[0]),
        Expr::Or(parts) if parts.len() == 1 => simplify(&parts[0]),
        Expr::And(parts) => Expr::And(parts.iter().map(simplify).collect()),
        Expr::Or(parts) => Expr::Or(parts.iter().map(simplify).collect()),
        Expr::Not(inner) => Expr::Not(Box::new(simplify(inner))),
        Expr::List {
            quantifier,
            path,
            item,
            body,
        } => Expr::List {
            quantifier: *quantifier,
            path: path.clone(),
            item: item.clone(),
            body: Box::new(simplify(body)),
        },
    }
}

fn write(
    expr: &Expr,
    aliases: &mut Aliases,
    depth: usize,
    nested: bool,
    out: &mut String,
) -> Option<()> {
    match expr {
        Expr::And(parts) | Expr::Or(parts) => {
            if parts.len() < 2 {
                return None;
            }
            let between = if matches!(expr, Expr::And(_)) {
                " and "
            } else {
                " or "
            };
            if nested {
                out.push('(');
            }
            for (i, part) in parts.iter().enumerate() {
                if i > 0 {
                    out.push_str(between);
                }
                write(part, aliases, depth, true, out)?;
            }
            if nested {
                out.push(')');
            }
            Some(())
        }
        Expr::Not(inner) => {
            out.push_str("not (");
            write(inner, aliases, depth, false, out)?;
            out.push(')');
            Some(())
        }
        Expr::List {
            quantifier,
            path,
            item,
            body,
        } => {
            if !is_path(path) || !is_identifier(item) {
                return None;
            }
            let name = list_item_to_text(path, item, depth);
            let list = aliases.to_text(path);
            out.push_str(quantifier.as_str().trim_end_matches('?'));
            out.push('(');
            let before = aliases.len();
            aliases.push(name.clone(), item.clone());
            let done = write(body, aliases, depth + 1, false, out);
            aliases.truncate(before);
            done?;
            out.push_str(&format!(" for {name} in {list})"));
            Some(())
        }
        Expr::Compare { path, op, value } => {
            if !is_path(path) {
                return None;
            }
            write_test(&aliases.to_text(path), *op, value.as_ref(), aliases, out)
        }
    }
}

fn write_test(
    path: &str,
    op: Op,
    value: Option<&Operand>,
    aliases: &Aliases,
    out: &mut String,
) -> Option<()> {
    let literal = match value {
        None => String::new(),
        Some(Operand::String(text) | Operand::Word(text)) => quote(text),
        Some(Operand::Number(number)) => number.clone(),
        Some(Operand::Boolean(true)) => "True".to_string(),
        Some(Operand::Boolean(false)) => "False".to_string(),
        Some(Operand::Path(other)) => aliases.to_text(other),
    };
    let other_path = matches!(value, Some(Operand::Path(_)));
    let text = match op {
        Op::Nil => format!("{path} is None"),
        Op::NotNil => format!("{path} is not None"),
        Op::EmptyOrNil => format!("empty({path})"),
        Op::NotEmptyAndNotNil => format!("not empty({path})"),
        Op::StartWith => format!("{path}.startswith({literal})"),
        Op::NotStartWith => format!("not {path}.startswith({literal})"),
        Op::EndWith => format!("{path}.endswith({literal})"),
        Op::NotEndWith => format!("not {path}.endswith({literal})"),
        Op::Include if other_path => format!("contains({path}, {literal})"),
        Op::NotInclude if other_path => format!("not contains({path}, {literal})"),
        Op::Include => format!("{literal} in {path}"),
        Op::NotInclude => format!("{literal} not in {path}"),
        Op::In | Op::NotIn => {
            let word = if op == Op::In { "in" } else { "not in" };
            let list = match value? {
                Operand::String(text) | Operand::Word(text) => {
                    let words: Vec<String> = text.split(',').map(quote).collect();
                    format!("[{}]", words.join(", "))
                }
                Operand::Number(number) => format!("[{number}]"),
                _ => literal,
            };
            format!("{path} {word} {list}")
        }
        _ => format!("{path} {op} {literal}"),
    };
    out.push_str(&text);
    Some(())
}
