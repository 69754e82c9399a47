//! Conditions as Python expressions, both ways.

use crate::condition::print::fits;
use crate::condition::{Expr, Op, Operand, Quantifier};

use super::expression::{Comparison, Reader, Value};
use super::lexer::{is_identifier, is_path, is_plain_path, quote, tokens};
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
/// Leaves the names as they were.
pub(super) fn to_text(expr: &Expr, aliases: &mut Aliases) -> Option<String> {
    let expr = simplify(expr);
    let mut writing = Writing {
        aliases,
        text: String::new(),
        certain: true,
    };
    writing.write(&expr, Place::default())?;
    let Writing { text, certain, .. } = writing;
    // Whatever a name hides, what is printed must read back as what was meant.
    (certain && text.len() < LONG || reads_back(&text, &expr, aliases)).then_some(text)
}

/// A text of this many bytes is not near any limit of what is read, one beyond it may be.
const LONG: usize = 4096;

fn reads_back(text: &str, expr: &Expr, aliases: &mut Aliases) -> bool {
    let mut back = || {
        let words = tokens(text).ok()?;
        let mut reader = Reader::new(&words);
        let value = reader.expression().ok().filter(|_| reader.done())?;
        from_value(&value, aliases).ok()
    };
    // A step keeps the condition in Flow's text form, which has limits of its own.
    back().as_ref() == Some(expr)
        && crate::condition::parse(&crate::condition::print(expr)).as_ref() == Ok(expr)
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

/// A condition that is being written.
struct Writing<'a> {
    aliases: &'a mut Aliases,
    text: String,
    /// True as long as everything written is known to read back without reading it, which would take
    /// several times as long. The property `what_is_certain_reads_back` holds it to the reading.
    certain: bool,
}

/// Deeper conditions than this are read again, since reading has a limit.
const DEEP: usize = 8;

/// Where a test stands.
#[derive(Clone, Copy, Default)]
struct Place {
    /// How many list tests stand round it.
    lists: usize,
    /// How many tests of any kind do.
    level: usize,
    /// Whether it is a part of a join, so that a join here needs brackets.
    in_join: bool,
}

impl Place {
    fn inside(self) -> Place {
        Place {
            level: self.level + 1,
            in_join: false,
            ..self
        }
    }
}

impl Writing<'_> {
    fn write(&mut self, expr: &Expr, place: Place) -> Option<()> {
        self.certain &= place.level < DEEP;
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
                if place.in_join {
                    self.text.push('(');
                }
                for (i, part) in parts.iter().enumerate() {
                    if i > 0 {
                        self.text.push_str(between);
                    }
                    let part_of = Place {
                        in_join: true,
                        ..place.inside()
                    };
                    self.write(part, part_of)?;
                }
                if place.in_join {
                    self.text.push(')');
                }
                Some(())
            }
            Expr::Not(inner) => {
                self.text.push_str("not (");
                self.write(inner, place.inside())?;
                self.text.push(')');
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
                let name = list_item_to_text(path, item, place.lists);
                let list = self.path(path);
                self.certain &= is_plain_path(&name)
                    && is_plain_path(item)
                    && list_item_to_flow(path, &name) == *item;
                self.text
                    .push_str(quantifier.as_str().trim_end_matches('?'));
                self.text.push('(');
                let before = self.aliases.len();
                self.aliases.push(name.clone(), item.clone());
                let body_at = Place {
                    lists: place.lists + 1,
                    ..place.inside()
                };
                let done = self.write(body, body_at);
                self.aliases.truncate(before);
                done?;
                for part in [" for ", &name, " in ", &list, ")"] {
                    self.text.push_str(part);
                }
                Some(())
            }
            Expr::Compare { path, op, value } => {
                if !is_path(path) {
                    return None;
                }
                let path = self.path(path);
                self.test(&path, *op, value.as_ref())
            }
        }
    }

    /// The path as the text says it.
    fn path(&mut self, path: &str) -> String {
        let shown = self.aliases.to_text(path);
        self.certain &=
            is_plain_path(path) && is_plain_path(&shown) && self.aliases.to_flow(&shown) == path;
        shown
    }

    fn test(&mut self, path: &str, op: Op, value: Option<&Operand>) -> Option<()> {
        self.certain &= fits(op, value)
            && match value {
                None | Some(Operand::String(_)) => true,
                Some(Operand::Number(number)) => is_number(number),
                Some(Operand::Boolean(_)) => !matches!(op, Op::In | Op::NotIn),
                Some(Operand::Word(_) | Operand::Path(_)) => false,
            };
        let literal = match value {
            None => String::new(),
            Some(Operand::String(text) | Operand::Word(text)) => quote(text),
            Some(Operand::Number(number)) => number.clone(),
            Some(Operand::Boolean(true)) => "True".to_string(),
            Some(Operand::Boolean(false)) => "False".to_string(),
            Some(Operand::Path(other)) => self.aliases.to_text(other),
        };
        let other_path = matches!(value, Some(Operand::Path(_)));
        let list;
        let parts: &[&str] = match op {
            Op::Nil => &[path, " is None"],
            Op::NotNil => &[path, " is not None"],
            Op::EmptyOrNil => &["empty(", path, ")"],
            Op::NotEmptyAndNotNil => &["not empty(", path, ")"],
            Op::StartWith => &[path, ".startswith(", &literal, ")"],
            Op::NotStartWith => &["not ", path, ".startswith(", &literal, ")"],
            Op::EndWith => &[path, ".endswith(", &literal, ")"],
            Op::NotEndWith => &["not ", path, ".endswith(", &literal, ")"],
            Op::Include if other_path => &["contains(", path, ", ", &literal, ")"],
            Op::NotInclude if other_path => &["not contains(", path, ", ", &literal, ")"],
            Op::Include => &[&literal, " in ", path],
            Op::NotInclude => &[&literal, " not in ", path],
            Op::In | Op::NotIn => {
                list = match value? {
                    Operand::String(text) | Operand::Word(text) => {
                        let words: Vec<String> = text.split(',').map(quote).collect();
                        format!("[{}]", words.join(", "))
                    }
                    Operand::Number(number) => format!("[{number}]"),
                    _ => literal,
                };
                &[path, if op == Op::In { " in " } else { " not in " }, &list]
            }
            _ => &[path, " ", op.as_str(), " ", &literal],
        };
        for part in parts {
            self.text.push_str(part);
        }
        Some(())
    }
}

/// True for digits with at most one point between them, and at most a minus before them.
fn is_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let text = text.strip_prefix('-').unwrap_or(text);
    match text.split_once('.') {
        Some((whole, fraction)) => digits(whole) && digits(fraction),
        None => digits(text),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_certain_reads_back(expr in crate::generate::expr()) {
            let expr = simplify(&expr);
            let mut aliases = Aliases::default();
            aliases.push("item", "lineItemsForeachitem");
            let mut writing = Writing { aliases: &mut aliases, text: String::new(), certain: true };
            if writing.write(&expr, Place::default()).is_some() && writing.certain {
                let text = writing.text;
                prop_assert!(reads_back(&text, &expr, &mut aliases), "{text}");
            }
        }
    }
}
