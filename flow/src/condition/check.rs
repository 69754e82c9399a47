//! Checking a condition against the types of the environment.

use serde_json::Value;

use super::evaluate::{instant, number};
use super::{Expr, Op, Operand, print};
use crate::catalog::{Catalog, Resolved, TypeRef, Unresolved, Variable};
use crate::check::{Bucket, Finding, Severity};
use crate::scope::leads_into_open_data;

/// Checks every path, operator and literal of a condition, for a step that sees `scope`.
///
/// Reads of metafields that only a workflow's patched fields define are unknown to the catalogue:
/// pass one whose types hold them.
pub fn check(expr: &Expr, catalog: &Catalog, scope: &[Variable]) -> Vec<Finding> {
    let mut checker = Checker {
        catalog,
        scope: scope.to_vec(),
        findings: Vec::new(),
        lists: 0,
    };
    checker.expr(expr);
    checker.findings
}

struct Checker<'a> {
    catalog: &'a Catalog,
    scope: Vec<Variable>,
    findings: Vec<Finding>,
    /// How many list tests stand round the current one.
    lists: usize,
}

/// What kind of value a scalar type holds, as far as operators care.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    Date,
    Boolean,
    Enum,
    /// JSON and the like: anything goes.
    Open,
}

impl Checker<'_> {
    fn expr(&mut self, expr: &Expr) {
        match expr {
            Expr::Compare { path, op, value } => self.compare(path, *op, value.as_ref()),
            Expr::And(parts) | Expr::Or(parts) => {
                if parts.is_empty() {
                    self.error(
                        "STEP_CONDITION_EMPTY",
                        "This condition has an empty part; say what must hold.".to_string(),
                    );
                }
                for part in parts {
                    self.expr(part);
                }
            }
            Expr::Not(inner) => self.expr(inner),
            Expr::List {
                path, item, body, ..
            } => self.list(path, item, body),
        }
    }

    fn list(&mut self, path: &str, item: &str, body: &Expr) {
        let Some(resolved) = self.resolve(path) else {
            return;
        };
        if !resolved.ty.list && !resolved.through_list {
            self.error(
                "CONDITION_TYPE_ERROR",
                format!("{path} is no list; compare it directly, without any?, all? or none?."),
            );
        }
        if self.lists > 0 {
            self.finding(
                Severity::Warning,
                "CONDITION_DOUBLE_LOOP_WARNING",
                format!("The test of {path} stands inside another list test, which is slow on long lists."),
            );
        }
        if !mentions(body, item) {
            self.error(
                "CONDITION_TYPE_ERROR",
                format!("The test of {path} never looks at its item {item}; use {item} in it."),
            );
        }
        self.scope.push(Variable {
            name: item.to_string(),
            ty: resolved.ty.item(),
        });
        self.lists += 1;
        self.expr(body);
        self.lists -= 1;
        self.scope.pop();
    }

    fn compare(&mut self, path: &str, op: Op, value: Option<&Operand>) {
        if !print::fits(op, value) {
            let message = match value {
                Some(_) => format!("{} takes no value; remove it.", op.as_str()),
                None => format!("The test {path} {} has no value; add one.", op.as_str()),
            };
            self.error("CONDITION_TYPE_ERROR", message);
            return;
        }
        let Some(resolved) = self.resolve(path) else {
            return;
        };
        let ty = &resolved.ty;
        if (ty.list || resolved.through_list) && !op.is_unary() {
            self.error(
                "CONDITION_TYPE_ERROR",
                format!("{path} stands for many values; test them with any?, all? or none?."),
            );
            return;
        }
        let kind = match self.kind(ty) {
            Some(kind) => kind,
            None if op.is_unary() => {
                // Flow tests scalars only, but whether an object is there is a fair question.
                self.finding(
                    Severity::Warning,
                    "CONDITION_NON_PRIMITIVE",
                    format!("{path} is an object; test one of its fields instead, for example {path}.id."),
                );
                return;
            }
            None => {
                self.error(
                    "CONDITION_NON_PRIMITIVE",
                    format!("{path} is an object and cannot be compared; pick one of its fields."),
                );
                return;
            }
        };
        if !allowed(op, kind) {
            self.error(
                "CONDITION_TYPE_ERROR",
                format!(
                    "{path} is of type {}, which {} does not work on; use {}.",
                    ty.name,
                    op.as_str(),
                    suggestion(op, kind)
                ),
            );
            return;
        }
        if let Some(value) = value {
            self.value(path, op, ty, kind, value);
        }
    }

    fn value(&mut self, path: &str, op: Op, ty: &TypeRef, kind: Kind, value: &Operand) {
        let text = match value {
            Operand::Path(other) => {
                let Some(resolved) = self.resolve(other) else {
                    return;
                };
                if resolved.ty.list || resolved.through_list || self.kind(&resolved.ty).is_none() {
                    self.error(
                        "CONDITION_NON_PRIMITIVE",
                        format!("{other} is not a single value; compare {path} with one field."),
                    );
                }
                return;
            }
            Operand::Boolean(_) => {
                if !matches!(kind, Kind::Boolean | Kind::Open) {
                    self.error(
                        "CONDITION_TYPE_ERROR",
                        format!(
                            "{path} is never true or false; compare it with a {} value.",
                            ty.name
                        ),
                    );
                }
                return;
            }
            Operand::String(text) | Operand::Word(text) | Operand::Number(text) => text.as_str(),
        };
        let parts: Vec<&str> = if matches!(op, Op::In | Op::NotIn) {
            text.split(',').map(str::trim).collect()
        } else {
            vec![text]
        };
        for part in parts {
            self.literal(path, ty, kind, part);
        }
    }

    fn literal(&mut self, path: &str, ty: &TypeRef, kind: Kind, text: &str) {
        match kind {
            Kind::Number if number(&Value::from(text)).is_none() => self.error(
                "CONDITION_TYPE_ERROR",
                format!("{path} is a number; compare it with a number, not with '{text}'."),
            ),
            Kind::Date if instant(text).is_none() => self.error(
                "CONDITION_TYPE_ERROR",
                format!("{path} is a date; write '{text}' as one, for example '2026-01-31'."),
            ),
            Kind::Boolean => self.error(
                "CONDITION_TYPE_ERROR",
                format!("{path} is true or false; compare it with true or false."),
            ),
            Kind::Enum => {
                let values = self.catalog.enum_values(&ty.name).unwrap_or_default();
                // An enum of which no values are known accepts all.
                if !values.is_empty()
                    && !values.iter().any(|value| value.eq_ignore_ascii_case(text))
                {
                    let nearest = crate::catalog::nearest(
                        &text.to_uppercase(),
                        values.iter().map(String::as_str),
                    );
                    let hint = match nearest {
                        Some(nearest) => format!("use '{nearest}'"),
                        None => format!(
                            "use one of {}",
                            values
                                .iter()
                                .take(8)
                                .cloned()
                                .collect::<Vec<_>>()
                                .join(", ")
                        ),
                    };
                    self.error(
                        "CONDITION_INVALID_ENUM_VALUE",
                        format!("{path} is never '{text}'; {hint}."),
                    );
                }
            }
            _ => {}
        }
    }

    fn kind(&self, ty: &TypeRef) -> Option<Kind> {
        if self.catalog.enum_values(&ty.name).is_some() {
            return Some(Kind::Enum);
        }
        if !self.catalog.is_scalar(&ty.name) {
            return None;
        }
        Some(match ty.name.as_str() {
            "String" | "ID" | "URL" | "HTML" | "FormattedString" | "Color" | "StorefrontID"
            | "ARN" | "UtcOffset" => Kind::Text,
            "Int" | "Float" | "Decimal" | "Money" | "UnsignedInt64" | "BigInt" => Kind::Number,
            "DateTime" | "Date" => Kind::Date,
            "Boolean" => Kind::Boolean,
            _ => Kind::Open,
        })
    }

    fn resolve(&mut self, path: &str) -> Option<Resolved> {
        match self.catalog.resolve(&self.scope, path) {
            Ok(resolved) => Some(resolved),
            Err(unresolved) if leads_into_open_data(self.catalog, &self.scope, &unresolved) => None,
            Err(unresolved) => {
                let message = unknown(path, &unresolved);
                self.error("CONFIG_FIELD_PATH_VALIDATION_ERROR", message);
                None
            }
        }
    }

    fn error(&mut self, code: &str, message: String) {
        self.finding(Severity::Error, code, message);
    }

    fn finding(&mut self, severity: Severity, code: &str, message: String) {
        self.findings
            .push(Finding::new(severity, Bucket::Condition, code, message));
    }
}

/// What to say about a path that does not resolve.
fn unknown(path: &str, unresolved: &Unresolved) -> String {
    let place = if unresolved.known.is_empty() {
        format!("There is no variable {} here", unresolved.segment)
    } else {
        format!("{} has no field {}", unresolved.known, unresolved.segment)
    };
    match &unresolved.nearest {
        Some(nearest) => format!("{place} (in {path}); did you mean {nearest}?"),
        None => format!("{place} (in {path}); choose another field."),
    }
}

/// True when a path of the condition starts at this variable.
fn mentions(expr: &Expr, name: &str) -> bool {
    let starts = |path: &str| path.split('.').next() == Some(name);
    match expr {
        Expr::Compare { path, value, .. } => {
            starts(path) || matches!(value, Some(Operand::Path(other)) if starts(other))
        }
        Expr::And(parts) | Expr::Or(parts) => parts.iter().any(|part| mentions(part, name)),
        Expr::Not(inner) => mentions(inner, name),
        Expr::List {
            path, item, body, ..
        } => starts(path) || (item != name && mentions(body, name)),
    }
}

fn allowed(op: Op, kind: Kind) -> bool {
    match op {
        Op::Eq | Op::Ne | Op::Nil | Op::NotNil => true,
        Op::Gt | Op::Ge | Op::Lt | Op::Le => matches!(kind, Kind::Number | Kind::Date | Kind::Open),
        Op::StartWith
        | Op::NotStartWith
        | Op::EndWith
        | Op::NotEndWith
        | Op::Include
        | Op::NotInclude
        | Op::EmptyOrNil
        | Op::NotEmptyAndNotNil => matches!(kind, Kind::Text | Kind::Open),
        Op::In | Op::NotIn => kind != Kind::Boolean,
    }
}

fn suggestion(op: Op, kind: Kind) -> &'static str {
    match (op, kind) {
        (Op::EmptyOrNil, _) => "nil?",
        (Op::NotEmptyAndNotNil, _) => "not_nil?",
        (_, Kind::Number | Kind::Date) => "==, !=, >, >=, < or <=",
        (_, Kind::Boolean) => "== or !=",
        (_, Kind::Text) => "==, include?, start_with? or end_with?",
        _ => "==, !=, in? or not_in?",
    }
}
