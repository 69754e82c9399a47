//! Writing a condition as the JSON tree of Flow's editor.
//!
//! The root is a `LogicalExpression`, and so is the inside of a list test. A join of more than two
//! tests nests. Operators without a value carry an empty one, numbers and booleans are texts. A
//! `value_type` is the type of the path on the left, unless the value on the right reads as another
//! one. The tree has no negation: `!` moves inwards to the operators, where that means the same.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{is_number, is_tree, node};
use crate::catalog::{Catalog, TypeRef, Variable};
use crate::condition::{ConditionError, Expr, MAX_DEPTH, Op, Operand, Quantifier, parse, print};

/// The types whose values a tree spells as numbers.
pub(super) const NUMBER_TYPES: [&str; 6] = [
    "Int",
    "Float",
    "Decimal",
    "Money",
    "UnsignedInt64",
    "BigInt",
];

/// Writes a condition as the tree that Flow's editor makes of it, for a step that sees `scope`.
///
/// Deterministic: the `uuid`s are drawn from `seed`, for example the id of the step, and from the
/// condition. An error says what the tree cannot hold: `!(a > b)`, which is not `a <= b` where
/// nothing is to be compared, an empty join, and what nests too deeply.
pub fn to_tree(
    expr: &Expr,
    catalog: &Catalog,
    scope: &[Variable],
    seed: &str,
) -> Result<String, ConditionError> {
    write(expr, catalog, scope, seed, &[])
}

/// The config text for a condition that was changed, in the form that it had before.
///
/// A condition that still means what `before` says is `before` itself, byte for byte. A tree stays a
/// tree, and its parts that are still there keep their `uuid`s and whatever else they carry. What
/// no tree can say, and every other form, becomes text.
pub fn rewritten(
    before: &str,
    expr: &Expr,
    catalog: &Catalog,
    scope: &[Variable],
    seed: &str,
) -> String {
    if parse(before).as_ref() == Ok(expr) {
        return before.to_string();
    }
    if !is_tree(before.trim()) {
        return print(expr);
    }
    let Ok(old) = serde_json::from_str::<Value>(before) else {
        return print(expr);
    };
    let mut kept = Vec::new();
    if node(&old).is_ok() {
        collect(&old, &mut kept);
    }
    write(expr, catalog, scope, seed, &kept).unwrap_or_else(|_| print(expr))
}

/// Every part of a tree with the condition it is, the largest first.
fn collect<'a>(value: &'a Value, kept: &mut Vec<(Expr, &'a Value)>) {
    if let Ok(expr) = node(value) {
        kept.push((expr, value));
    }
    for side in ["lhs", "rhs", "operation"] {
        if let Some(part) = value
            .get(side)
            .filter(|part| part.get("operation_type").is_some())
        {
            collect(part, kept);
        }
    }
}

fn write(
    expr: &Expr,
    catalog: &Catalog,
    scope: &[Variable],
    seed: &str,
    kept: &[(Expr, &Value)],
) -> Result<String, ConditionError> {
    let expr = positive(expr, 0)?;
    let mut writer = Writer {
        catalog,
        scope: scope.to_vec(),
        seed: format!("{seed}\n{}", print(&expr)),
        next: 0,
        kept,
    };
    let tree = writer.wrapped(&expr, None);
    let text = Value::Object(tree).to_string();
    // The reader is the judge of what nests too deeply or has no name that a tree can carry.
    let read = parse(&text)?;
    if flat(&read) == flat(&expr) {
        Ok(text)
    } else {
        Err(no_tree(
            "This condition has no form in Flow's JSON; write it as text.",
        ))
    }
}

fn no_tree(message: &str) -> ConditionError {
    ConditionError::new(message, 0)
}

/// The same condition without negations.
fn positive(expr: &Expr, depth: usize) -> Result<Expr, ConditionError> {
    if depth > MAX_DEPTH {
        return Err(no_tree(
            "This condition nests too deeply; split it over several condition steps.",
        ));
    }
    let all = |parts: &[Expr]| {
        if parts.is_empty() {
            return Err(no_tree(
                "This condition has an empty part; say what must hold.",
            ));
        }
        parts.iter().map(|part| positive(part, depth + 1)).collect()
    };
    Ok(match expr {
        Expr::Compare { .. } => expr.clone(),
        Expr::And(parts) => Expr::And(all(parts)?),
        Expr::Or(parts) => Expr::Or(all(parts)?),
        Expr::Not(inner) => positive(&negated(inner)?, depth + 1)?,
        Expr::List {
            quantifier,
            path,
            item,
            body,
        } => Expr::List {
            quantifier: *quantifier,
            path: path.clone(),
            item: item.clone(),
            body: Box::new(positive(body, depth + 1)?),
        },
    })
}

/// The opposite of a condition, its outermost negation moved one level inwards.
fn negated(expr: &Expr) -> Result<Expr, ConditionError> {
    let not = |expr: &Expr| Expr::Not(Box::new(expr.clone()));
    Ok(match expr {
        // Neither side holds where there is nothing to compare, so these are no opposites.
        Expr::Compare {
            op: Op::Gt | Op::Ge | Op::Lt | Op::Le,
            ..
        } => {
            return Err(no_tree(
                "The opposite of a comparison by size has no form in Flow's JSON; write it as text.",
            ));
        }
        Expr::Compare { path, op, value } => Expr::Compare {
            path: path.clone(),
            op: op.opposite(),
            value: value.clone(),
        },
        Expr::And(parts) => Expr::Or(parts.iter().map(not).collect()),
        Expr::Or(parts) => Expr::And(parts.iter().map(not).collect()),
        Expr::Not(inner) => (**inner).clone(),
        Expr::List {
            quantifier,
            path,
            item,
            body,
        } => {
            let (quantifier, body) = match quantifier {
                Quantifier::Any => (Quantifier::None, (**body).clone()),
                Quantifier::None => (Quantifier::Any, (**body).clone()),
                Quantifier::All => (Quantifier::Any, not(body)),
            };
            Expr::List {
                quantifier,
                path: path.clone(),
                item: item.clone(),
                body: Box::new(body),
            }
        }
    })
}

/// The condition as a tree gives it back: joins of one kind are one join, enum words are texts.
fn flat(expr: &Expr) -> Expr {
    let join = |parts: &[Expr], or: bool| {
        let mut out = Vec::new();
        for part in parts.iter().map(flat) {
            match part {
                Expr::And(inner) if !or => out.extend(inner),
                Expr::Or(inner) if or => out.extend(inner),
                part => out.push(part),
            }
        }
        match out.len() {
            1 => out.swap_remove(0),
            _ if or => Expr::Or(out),
            _ => Expr::And(out),
        }
    };
    match expr {
        Expr::And(parts) => join(parts, false),
        Expr::Or(parts) => join(parts, true),
        Expr::Not(inner) => Expr::Not(Box::new(flat(inner))),
        Expr::List {
            quantifier,
            path,
            item,
            body,
        } => Expr::List {
            quantifier: *quantifier,
            path: path.clone(),
            item: item.clone(),
            body: Box::new(flat(body)),
        },
        Expr::Compare { path, op, value } => Expr::Compare {
            path: path.clone(),
            op: *op,
            value: value.clone().map(|value| match value {
                Operand::Word(word) => Operand::String(word),
                other => other,
            }),
        },
    }
}

struct Writer<'a> {
    catalog: &'a Catalog,
    scope: Vec<Variable>,
    seed: String,
    next: usize,
    kept: &'a [(Expr, &'a Value)],
}

impl Writer<'_> {
    /// A part under a parent: its own ids, or those it had before.
    fn part(&mut self, expr: &Expr, parent: &str) -> Value {
        if let Some(Value::Object(before)) = self.before(expr) {
            let mut same = before.clone();
            same.insert("parent_uuid".to_string(), json!(parent));
            return Value::Object(same);
        }
        Value::Object(match expr {
            Expr::And(parts) => self.join(parts, "AND", Some(parent)),
            Expr::Or(parts) => self.join(parts, "OR", Some(parent)),
            Expr::Not(inner) => return self.part(inner, parent),
            Expr::List {
                quantifier,
                path,
                item,
                body,
            } => self.list(*quantifier, path, item, body, parent),
            Expr::Compare { path, op, value } => self.comparison(path, *op, value.as_ref(), parent),
        })
    }

    /// A part of the tree before that is this condition and no mere wrapping of it.
    fn before(&self, expr: &Expr) -> Option<&Value> {
        self.kept
            .iter()
            .filter(|(_, value)| {
                value.get("operation_type") != Some(&json!("LogicalExpression"))
                    || value.get("rhs").is_some_and(|rhs| !rhs.is_null())
            })
            .find(|(before, value)| before == expr && value.get("parent_uuid").is_some())
            .map(|(_, value)| *value)
    }

    /// A condition as a logical expression, which the root and the inside of a list test always are.
    fn wrapped(&mut self, expr: &Expr, parent: Option<&str>) -> Map<String, Value> {
        match expr {
            Expr::And(parts) => self.join(parts, "AND", parent),
            Expr::Or(parts) => self.join(parts, "OR", parent),
            only => self.join(std::slice::from_ref(only), "AND", parent),
        }
    }

    fn join(&mut self, parts: &[Expr], operator: &str, parent: Option<&str>) -> Map<String, Value> {
        let mut out = match (parent, self.kept.first()) {
            // The root stays the root.
            (None, Some((_, root))) => match root.get("uuid").and_then(Value::as_str) {
                Some(uuid) => Map::from_iter([("uuid".to_string(), json!(uuid))]),
                None => self.head(None),
            },
            _ => self.head(parent),
        };
        let own = id_of(&out);
        // Few tests nest to the left, as the editor adds them; many in halves, so that the tree
        // stays flat enough to be read.
        let split = if parts.len() <= 8 {
            parts.len().saturating_sub(1)
        } else {
            parts.len() / 2
        };
        let (left, right) = parts.split_at(split);
        for (side, some) in [("lhs", left), ("rhs", right)] {
            let value = match some {
                [] => continue,
                [only] => self.part(only, &own),
                several => Value::Object(self.join(several, operator, Some(&own))),
            };
            // One test alone stands on the left.
            let side = if left.is_empty() { "lhs" } else { side };
            out.insert(side.to_string(), value);
        }
        out.insert("operator".to_string(), json!(operator));
        out.insert("operation_type".to_string(), json!("LogicalExpression"));
        out
    }

    fn list(
        &mut self,
        quantifier: Quantifier,
        path: &str,
        item: &str,
        body: &Expr,
        parent: &str,
    ) -> Map<String, Value> {
        let mut out = self.head(Some(parent));
        let own = id_of(&out);
        out.insert("array_path".to_string(), self.environment(path, &own));
        out.insert("array_item_key".to_string(), json!(item));
        let ty = self.resolved(path).map(|ty| ty.item());
        self.scope.push(Variable {
            name: item.to_string(),
            ty: ty.unwrap_or_else(|| TypeRef::parse("")),
        });
        let operation = self.wrapped(body, Some(&own));
        self.scope.pop();
        out.insert("operation".to_string(), Value::Object(operation));
        let operator = quantifier.as_str().trim_end_matches('?').to_uppercase();
        out.insert("operator".to_string(), json!(operator));
        out.insert("operation_type".to_string(), json!("ArrayExpression"));
        out
    }

    fn comparison(
        &mut self,
        path: &str,
        op: Op,
        value: Option<&Operand>,
        parent: &str,
    ) -> Map<String, Value> {
        let mut out = self.head(Some(parent));
        let own = id_of(&out);
        out.insert("lhs".to_string(), self.environment(path, &own));
        let rhs = match value {
            Some(Operand::Path(other)) => self.environment(other, &own),
            other => {
                let text = match other {
                    Some(
                        Operand::String(text)
                        | Operand::Word(text)
                        | Operand::Number(text)
                        | Operand::Path(text),
                    ) => text.clone(),
                    Some(Operand::Boolean(value)) => value.to_string(),
                    None => String::new(),
                };
                let mut rhs = self.head(Some(&own));
                rhs.insert("value".to_string(), json!(text));
                rhs.insert("comparison_value_type".to_string(), json!("LiteralValue"));
                Value::Object(rhs)
            }
        };
        out.insert("rhs".to_string(), rhs);
        let value_type = self.value_type(path, value);
        out.insert("value_type".to_string(), json!(value_type));
        out.insert("operator".to_string(), json!(op.as_str()));
        out.insert("operation_type".to_string(), json!("Comparison"));
        out
    }

    /// A path, as either side of a comparison names it.
    fn environment(&mut self, path: &str, parent: &str) -> Value {
        let mut out = self.head(Some(parent));
        out.insert("value".to_string(), json!(path));
        out.insert(
            "comparison_value_type".to_string(),
            json!("EnvironmentValue"),
        );
        out.insert("full_environment_path".to_string(), json!(path));
        Value::Object(out)
    }

    fn value_type(&self, path: &str, value: Option<&Operand>) -> String {
        let name = self.resolved(path).map(|ty| ty.name);
        let name = name.as_deref().filter(|name| !name.is_empty());
        let texts = !matches!(value, Some(Operand::Number(_) | Operand::Boolean(_)));
        if let Some(name) = name.filter(|name| texts && self.catalog.enum_values(name).is_some()) {
            return format!("EnvironmentEnumDefinition:{name}");
        }
        let counts = name.is_some_and(|name| NUMBER_TYPES.contains(&name));
        let name = match value {
            Some(Operand::Number(_)) if counts => name,
            Some(Operand::Number(text)) if text.contains('.') => Some("Float"),
            Some(Operand::Number(_)) => Some("Int"),
            Some(Operand::Boolean(_)) => Some("Boolean"),
            // A text is no number and no truth value, whatever it looks like.
            Some(Operand::String(text)) if counts && is_number(text) => Some("String"),
            Some(Operand::String(_)) if name == Some("Boolean") => Some("String"),
            _ => name,
        };
        format!("EnvironmentScalarDefinition:{}", name.unwrap_or("String"))
    }

    fn resolved(&self, path: &str) -> Option<TypeRef> {
        self.catalog
            .resolve(&self.scope, path)
            .ok()
            .map(|resolved| resolved.ty)
    }

    /// A new node with its ids.
    fn head(&mut self, parent: Option<&str>) -> Map<String, Value> {
        let digest = Sha256::digest(format!("{}\n{}", self.next, self.seed).as_bytes());
        self.next += 1;
        let hex: String = digest
            .iter()
            .take(16)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        // Version 8 of a UUID is the one for values of one's own making.
        let uuid = format!(
            "{}-{}-8{}-a{}-{}",
            &hex[..8],
            &hex[8..12],
            &hex[13..16],
            &hex[17..20],
            &hex[20..]
        );
        let mut out = Map::new();
        out.insert("uuid".to_string(), json!(uuid));
        if let Some(parent) = parent {
            out.insert("parent_uuid".to_string(), json!(parent));
        }
        out
    }
}

fn id_of(node: &Map<String, Value>) -> String {
    node.get("uuid")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_string()
}
