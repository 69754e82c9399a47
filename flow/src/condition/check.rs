//! Checking a condition against the types of the environment.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::evaluate::{instant, number};
use super::{Expr, Op, Operand, Quantifier, correct, print};
use crate::catalog::{Catalog, Resolved, TypeRef, Unresolved, Variable};
use crate::check::{Bucket, Finding, Severity};
use crate::scope::leads_into_open_data;
use crate::sorted::{SortedMap, SortedSet};

/// Checks every path, operator and literal of a condition, for a step that sees `scope`.
///
/// Reads of metafields that only a workflow's patched fields define are unknown to the catalogue:
/// pass one whose types hold them. A finding carries the corrected condition where there is one.
pub fn check(expr: &Expr, catalog: &Catalog, scope: &[Variable]) -> Vec<Finding> {
    let (mut findings, changes) = look(expr, catalog, scope);
    let key = |finding: &Finding| (finding.code.clone(), finding.message.clone());
    let keys: Vec<(String, String)> = findings.iter().map(key).collect();
    let known_keys: SortedSet<&(String, String)> = keys.iter().collect();
    let mut corrections: SortedMap<&(String, String), String> = SortedMap::new();
    for this in &known_keys {
        // The same thing may be wrong in several places; the correction mends them all.
        let mut alike = changes
            .iter()
            .filter(|change| keys.get(change.finding) == Some(*this))
            .peekable();
        if alike.peek().is_none() {
            continue;
        }
        let mut corrected = expr.clone();
        for change in alike {
            correct::replace(&mut corrected, &change.at, &change.to);
        }
        // It is offered only if it reads, and gives the check nothing new to say.
        let text = print::print(&corrected);
        let Ok(read) = super::parse(&text) else {
            continue;
        };
        let known = |finding: &Finding| {
            let key = key(finding);
            key.0 == "CONDITION_DOUBLE_LOOP_WARNING" || (key != **this && known_keys.contains(&key))
        };
        if look(&read, catalog, scope).0.iter().all(known) {
            corrections.insert(this, text);
        }
    }
    for (finding, key) in findings.iter_mut().zip(&keys) {
        finding.correction = corrections.get(key).cloned();
    }
    findings
}

/// The findings, and what would mend them.
fn look(expr: &Expr, catalog: &Catalog, scope: &[Variable]) -> (Vec<Finding>, Vec<Change>) {
    let mut checker = Checker {
        catalog,
        scope: scope.to_vec(),
        findings: Vec::new(),
        changes: Vec::new(),
        at: Vec::new(),
        lists: 0,
    };
    checker.expr(expr);
    (checker.findings, checker.changes)
}

/// More corrections than this are not worked out for one condition.
const MAX_CHANGES: usize = 20;

/// A part of a condition that one finding would have otherwise.
struct Change {
    finding: usize,
    /// Where the part stands: the number of the child at each level.
    at: Vec<usize>,
    to: Expr,
}

struct Checker<'a> {
    catalog: &'a Catalog,
    scope: Vec<Variable>,
    findings: Vec<Finding>,
    changes: Vec<Change>,
    /// Where the walk stands in the condition.
    at: Vec<usize>,
    /// How many list tests stand round the current one.
    lists: usize,
}

/// What kind of value a scalar type holds, as far as operators care.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A text; compares without regard to case.
    Text,
    /// A whole number, a decimal or an amount of money.
    Number,
    /// A day or a moment, written as ISO 8601.
    Date,
    /// True or false.
    Boolean,
    /// One of the values of an enum type.
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
                for (i, part) in parts.iter().enumerate() {
                    self.child(i, part);
                }
            }
            Expr::Not(inner) => self.child(0, inner),
            Expr::List {
                quantifier,
                path,
                item,
                body,
            } => self.list(*quantifier, path, item, body),
        }
    }

    fn child(&mut self, number: usize, expr: &Expr) {
        self.at.push(number);
        self.expr(expr);
        self.at.pop();
    }

    fn list(&mut self, quantifier: Quantifier, path: &str, item: &str, body: &Expr) {
        let over = |path: String| Expr::List {
            quantifier,
            path,
            item: item.to_string(),
            body: Box::new(body.clone()),
        };
        let Some(resolved) = self.resolve(path, over) else {
            return;
        };
        if !resolved.ty.list && !resolved.through_list {
            self.error(
                "CONDITION_TYPE_ERROR",
                format!("{path} is no list; compare it directly, without any?, all? or none?."),
            );
            self.change(|| Some(correct::without_list(quantifier, path, item, body)));
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
        self.child(0, body);
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
            if op.is_unary() {
                self.change(|| Some(correct::compare(path, op, None)));
            }
            return;
        }
        let Some(resolved) = self.resolve(path, |path| correct::compare(&path, op, value.cloned()))
        else {
            return;
        };
        let ty = &resolved.ty;
        if ty.list || resolved.through_list {
            self.error(
                "CONDITION_TYPE_ERROR",
                format!("{path} stands for many values; test them with any?, all? or none?."),
            );
            let (catalog, scope) = (self.catalog, self.scope.clone());
            let op = match self.kind(&ty.item()) {
                Some(Kind::Text) => as_text(op),
                _ => as_other(op),
            };
            self.change(|| correct::over_items(catalog, &scope, path, op, value));
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
                let has_id = self
                    .catalog
                    .resolve(&self.scope, &format!("{path}.id"))
                    .is_ok();
                self.change(|| {
                    has_id.then(|| correct::compare(&format!("{path}.id"), as_text(op), None))
                });
                return;
            }
            None => {
                self.error(
                    "CONDITION_NON_PRIMITIVE",
                    format!("{path} is an object and cannot be compared; pick one of its fields."),
                );
                let field = self.only_field(ty, op, value);
                self.change(|| {
                    field.map(|field| {
                        correct::compare(&format!("{path}.{field}"), op, value.cloned())
                    })
                });
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
            let values = self.catalog.enum_values(&ty.name).unwrap_or_default();
            self.change(|| correct::other_operator(path, op, value, kind, values));
            return;
        }
        if kind == Kind::Text && matches!(op, Op::Nil | Op::NotNil) {
            // Flow asks texts whether they are empty; nil? is for everything else.
            let better = as_text(op);
            self.finding(
                Severity::Information,
                "CONDITION_TYPE_ERROR",
                format!("{path} is a text, which may be there and empty; use {better}."),
            );
            self.change(|| Some(correct::compare(path, better, None)));
        }
        if let Some(value) = value {
            self.value(path, op, ty, kind, value);
        }
    }

    /// The only field of an object that a comparison fits.
    fn only_field(&self, ty: &TypeRef, op: Op, value: Option<&Operand>) -> Option<String> {
        let fields = self.catalog.types.objects.get(&ty.name)?;
        let mut fitting = fields.iter().filter(|(name, ty)| {
            let scope = [Variable {
                name: (*name).clone(),
                ty: (*ty).clone(),
            }];
            // A path on the right is not in this scope, so it leaves the choice open.
            !matches!(value, Some(Operand::Path(_)))
                && self.kind(ty).is_some_and(|kind| kind != Kind::Open)
                && look(
                    &correct::compare(name, op, value.cloned()),
                    self.catalog,
                    &scope,
                )
                .0
                .is_empty()
        });
        let (only, _) = fitting.next()?;
        fitting.next().is_none().then(|| only.clone())
    }

    fn value(&mut self, path: &str, op: Op, ty: &TypeRef, kind: Kind, value: &Operand) {
        let text = match value {
            Operand::Path(other) => {
                let right = |other: String| correct::compare(path, op, Some(Operand::Path(other)));
                let said = self.changes.len();
                let Some(resolved) = self.resolve(other, right) else {
                    // No variable is meant by a lone word: it is a value without its quotes.
                    if self.changes.len() == said && !other.contains('.') {
                        let values = self.catalog.enum_values(&ty.name);
                        let word = correct::quoted_word(other, kind == Kind::Text, values);
                        self.change(|| {
                            word.map(|word| correct::compare(path, op, Some(Operand::String(word))))
                        });
                    }
                    return;
                };
                let single = !resolved.ty.list && !resolved.through_list;
                match self.kind(&resolved.ty).filter(|_| single) {
                    None => self.error(
                        "CONDITION_NON_PRIMITIVE",
                        format!("{other} is not a single value; compare {path} with one field."),
                    ),
                    Some(right) if !together(kind, right) => self.error(
                        "CONDITION_TYPE_ERROR",
                        format!(
                            "{path} is of type {} and {other} of type {}, which are never equal; compare values of one kind.",
                            ty.name, resolved.ty.name
                        ),
                    ),
                    Some(_) => {}
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
        for (i, part) in parts.iter().enumerate() {
            let said = self.findings.len();
            self.literal(path, ty, kind, part);
            if self.findings.len() == said {
                continue;
            }
            let values = self.catalog.enum_values(&ty.name).unwrap_or_default();
            let Some(right) = correct::literal(part, kind, values) else {
                continue;
            };
            let right = if parts.len() > 1 {
                let mut all: Vec<&str> = parts.clone();
                let text = print::operand(&right);
                let text = text.trim_matches('\'');
                if let Some(slot) = all.get_mut(i) {
                    *slot = text;
                }
                Operand::String(all.join(","))
            } else {
                right
            };
            self.change(|| Some(correct::compare(path, op, Some(right))));
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
        kind_of(self.catalog, &ty.name)
    }

    /// Follows a path; one that leads nowhere is a finding, mended by the part `with` the path that
    /// was meant.
    fn resolve(&mut self, path: &str, with: impl FnOnce(String) -> Expr) -> Option<Resolved> {
        match self.catalog.resolve(&self.scope, path) {
            Ok(resolved) => Some(resolved),
            Err(unresolved) if leads_into_open_data(self.catalog, &self.scope, &unresolved) => None,
            Err(unresolved) => {
                let message = unknown(path, &unresolved);
                self.error("CONFIG_FIELD_PATH_VALIDATION_ERROR", message);
                let (catalog, scope) = (self.catalog, self.scope.clone());
                self.change(|| catalog.corrected_path(&scope, path).map(with));
                None
            }
        }
    }

    /// Notes that the part at hand would be right like this, as far as the last finding goes.
    fn change(&mut self, to: impl FnOnce() -> Option<Expr>) {
        if self.changes.len() >= MAX_CHANGES {
            return;
        }
        if let (Some(finding), Some(to)) = (self.findings.len().checked_sub(1), to()) {
            self.changes.push(Change {
                finding,
                at: self.at.clone(),
                to,
            });
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

/// The kind of the values of a type; `None` of an object, which cannot be compared.
pub fn kind_of(catalog: &Catalog, ty: &str) -> Option<Kind> {
    if catalog.enum_values(ty).is_some() {
        return Some(Kind::Enum);
    }
    if !catalog.is_scalar(ty) {
        return None;
    }
    Some(match ty {
        "String" | "ID" | "URL" | "HTML" | "FormattedString" | "Color" | "StorefrontID" | "ARN"
        | "UtcOffset" => Kind::Text,
        "Int" | "Float" | "Decimal" | "Money" | "UnsignedInt64" | "BigInt" => Kind::Number,
        "DateTime" | "Date" => Kind::Date,
        "Boolean" => Kind::Boolean,
        _ => Kind::Open,
    })
}

/// Whether an operator works on values of a kind.
pub fn allowed(op: Op, kind: Kind) -> bool {
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

/// False for two kinds of which no value of one ever meets a value of the other. A text may spell
/// anything.
fn together(left: Kind, right: Kind) -> bool {
    left == right
        || [left, right]
            .iter()
            .any(|kind| matches!(kind, Kind::Text | Kind::Open))
}

/// The unary operator that asks the same of a text.
fn as_text(op: Op) -> Op {
    match op {
        Op::Nil => Op::EmptyOrNil,
        Op::NotNil => Op::NotEmptyAndNotNil,
        _ => op,
    }
}

/// The unary operator that asks the same of anything but a text.
fn as_other(op: Op) -> Op {
    match op {
        Op::EmptyOrNil => Op::Nil,
        Op::NotEmptyAndNotNil => Op::NotNil,
        _ => op,
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
