//! Findings about config fields: missing ones, values that do not read, paths that lead nowhere.

use serde_json::Value;

use crate::catalog::{Catalog, Field, FieldKind, Task, Unresolved, Variable, only_nearest};
use crate::python::values::{own_spelling, reference};
use crate::scope::leads_into_open_data;
use crate::sorted::SortedSet;
use crate::workflow::Step;
use crate::{condition, liquid};

use super::{Bucket, Finding, Severity, correct, special};

/// The longest value of a config field, in bytes.
const MAX_VALUE: usize = 256 * 1024;

/// More paths of one step than this get no correction.
const MAX_CORRECTIONS: usize = 20;

const PATH: &str = "CONFIG_FIELD_PATH_VALIDATION_ERROR";
const INVALID: &str = "CONFIG_FIELD_VALUE_INVALID";

pub(super) fn check(
    step: &Step,
    task: &Task,
    scope: &[Variable],
    catalog: &Catalog,
    findings: &mut Vec<Finding>,
) {
    let mut checker = Checker {
        step,
        task,
        scope,
        catalog,
        findings,
        corrections_left: MAX_CORRECTIONS,
    };
    for field in &task.fields {
        match step.config_value(&field.id).map(str::trim) {
            Some(value) if !value.is_empty() && !is_empty_reference(field, value) => {
                checker.value(field, value);
            }
            _ if field.kind == FieldKind::Condition => checker.condition_finding(
                Finding::new(
                    Severity::Error,
                    Bucket::Condition,
                    "STEP_CONDITION_EMPTY",
                    "This condition is empty; say what must hold.",
                ),
                &field.id,
            ),
            _ if field.must_be_given() => checker.say(
                Severity::Error,
                "CONFIG_FIELD_REQUIRED",
                field,
                format!("{} needs {}; fill it in.", task.label, field.label),
            ),
            _ => {}
        }
    }
    let mut seen = SortedSet::new();
    for filled in &step.config {
        if !seen.insert(filled.id.as_str()) {
            checker.findings.push(
                Finding::new(
                    Severity::Warning,
                    Bucket::ConfigField,
                    INVALID,
                    format!(
                        "{} is filled twice, and the first value is used; remove one.",
                        filled.id
                    ),
                )
                .at_step(&step.id)
                .at_field(&filled.id),
            );
            continue;
        }
        if task.field(&filled.id).is_none() {
            checker.findings.push(
                Finding::new(
                    Severity::Warning,
                    Bucket::ConfigField,
                    "CONFIG_FIELD_UNKNOWN",
                    format!("{} has no field {}; remove it.", task.label, filled.id),
                )
                .at_step(&step.id)
                .at_field(&filled.id)
                .corrected(correct::field_id(step, task, &filled.id)),
            );
        }
    }
}

fn is_empty_reference(field: &Field, value: &str) -> bool {
    field.kind == FieldKind::CommerceObject
        && own_spelling(value).is_none()
        && serde_json::from_str::<Value>(value).is_ok_and(|value| {
            value
                .as_object()
                .is_some_and(|object| object.values().all(|part| part == ""))
        })
}

/// A list without a text in it.
fn is_empty_list(value: &str) -> bool {
    match serde_json::from_str::<Value>(value) {
        Ok(Value::Array(items)) => items
            .iter()
            .all(|item| item.as_str().is_some_and(|text| text.trim().is_empty())),
        _ => false,
    }
}

/// Schedules run at most this often, in minutes (FORMAT facts, section 6).
const LEAST_MINUTES: u32 = 10;

/// Whether a schedule by the minute runs more often than Flow allows.
fn too_often(value: &str) -> bool {
    if value.contains("FREQ=SECONDLY") {
        return true;
    }
    let interval = value
        .split("INTERVAL=")
        .nth(1)
        .map(|rest| {
            rest.chars()
                .take_while(char::is_ascii_digit)
                .collect::<String>()
        })
        .and_then(|digits| digits.parse::<u32>().ok())
        .unwrap_or(1);
    value.contains("FREQ=MINUTELY") && interval < LEAST_MINUTES
}

struct Checker<'a> {
    step: &'a Step,
    task: &'a Task,
    scope: &'a [Variable],
    catalog: &'a Catalog,
    findings: &'a mut Vec<Finding>,
    /// How many more paths are worked out what they were meant to be.
    corrections_left: usize,
}

impl Checker<'_> {
    fn say(&mut self, severity: Severity, code: &str, field: &Field, message: String) {
        self.findings.push(
            Finding::new(severity, Bucket::ConfigField, code, message)
                .at_step(&self.step.id)
                .at_field(&field.id),
        );
    }

    /// Gives the finding that was said last its correction.
    fn correct(&mut self, correction: Option<String>) {
        if let Some(finding) = self.findings.last_mut() {
            finding.correction = correction;
        }
    }

    fn condition_finding(&mut self, finding: Finding, field: &str) {
        self.findings
            .push(finding.at_step(&self.step.id).at_field(field));
    }

    fn value(&mut self, field: &Field, value: &str) {
        if value.len() > MAX_VALUE {
            return self.say(
                Severity::Error,
                "CONFIG_FIELD_VALUE_TOO_LARGE",
                field,
                format!("{} is too long; shorten it.", field.label),
            );
        }
        let template = liquid::is_template(value);
        match field.kind {
            FieldKind::Condition => return self.condition(field, value),
            FieldKind::CommerceObject => return self.object(field, value),
            FieldKind::Path => return self.list(field, value),
            FieldKind::Enum
                if !template
                    && !field.values.is_empty()
                    && !field.values.iter().any(|allowed| allowed == value) =>
            {
                let allowed = field.values.join(", ");
                self.say(
                    Severity::Error,
                    INVALID,
                    field,
                    format!(
                        "{} cannot be \"{value}\"; choose one of {allowed}.",
                        field.label
                    ),
                );
                self.correct(correct::enum_value(value, &field.values));
            }
            FieldKind::Integer if !template && value.parse::<i64>().is_err() => {
                self.say(
                    Severity::Error,
                    INVALID,
                    field,
                    format!("{} must be a whole number, not \"{value}\".", field.label),
                );
                self.correct(correct::whole_number(value));
            }
            FieldKind::Boolean if !template && !matches!(value, "true" | "false") => {
                self.say(
                    Severity::Error,
                    INVALID,
                    field,
                    format!("{} must be true or false, not \"{value}\".", field.label),
                );
                self.correct(correct::boolean(value));
            }
            FieldKind::Email if !template && !value.split(',').all(is_address) => {
                self.say(
                    Severity::Error,
                    INVALID,
                    field,
                    format!(
                        "{} is no e-mail address: \"{value}\"; correct it.",
                        field.label
                    ),
                );
            }
            FieldKind::Array if field.must_be_given() && is_empty_list(value) => self.say(
                Severity::Error,
                "CONFIG_FIELD_REQUIRED",
                field,
                format!("{} needs {}; fill it in.", self.task.label, field.label),
            ),
            FieldKind::Collections | FieldKind::Resource if !template => self.resource(field, value),
            FieldKind::Duration => self.duration(field, value),
            FieldKind::Recurrence if !(value.contains("DTSTART") && value.contains("FREQ=")) => {
                self.say(
                    Severity::Error,
                    INVALID,
                    field,
                    "This schedule does not read; choose how often it runs, and when.".to_string(),
                );
            }
            FieldKind::Recurrence if too_often(value) => self.say(
                Severity::Error,
                INVALID,
                field,
                format!(
                    "This schedule runs too often; Flow allows one run every {LEAST_MINUTES} minutes."
                ),
            ),
            _ => {
                let found = special::check(self.step, field, value, self.catalog, self.scope);
                self.findings.extend(found);
                // Program text has braces of its own.
                if field.kind == FieldKind::Code {
                    return;
                }
            }
        }
        if template && (field.liquid || matches!(field.kind, FieldKind::Array)) {
            self.liquid(field, value);
        }
    }

    /// Liquid that does not read, and filters that Flow has not.
    fn template(&mut self, field: &Field, value: &str, read: &liquid::Reading) {
        // The texts inside of JSON are templates of their own, and have quotes written differently.
        if let Ok(json @ (Value::Array(_) | Value::Object(_))) = serde_json::from_str(value) {
            for text in correct::texts(&json) {
                let read = liquid::Reading::new(text);
                let types = read.check_types(self.catalog, self.scope);
                for finding in read.check().into_iter().chain(types) {
                    self.findings.push(
                        finding
                            .at_step(&self.step.id)
                            .at_field(&field.id)
                            .corrected(None),
                    );
                }
            }
            return;
        }
        for mut finding in read.check() {
            if finding.correction.is_none() {
                finding.correction =
                    correct::without_json_filter(value, &finding, self.catalog, self.scope);
            }
            self.findings
                .push(finding.at_step(&self.step.id).at_field(&field.id));
        }
        for finding in read.check_types(self.catalog, self.scope) {
            self.findings
                .push(finding.at_step(&self.step.id).at_field(&field.id));
        }
    }

    fn condition(&mut self, field: &Field, value: &str) {
        if value.len() > condition::MAX_LENGTH {
            return self.condition_finding(
                Finding::new(
                    Severity::Error,
                    Bucket::Condition,
                    "CONDITION_VALUE_LIMIT_EXCEEDED",
                    "This condition is too large; split it over several condition steps, or test for a tag instead of a long list.",
                ),
                &field.id,
            );
        }
        match condition::parse(value) {
            Ok(expr) => {
                for finding in condition::check(&expr, self.catalog, self.scope) {
                    self.condition_finding(finding, &field.id);
                }
            }
            Err(error) => self.condition_finding(
                Finding::new(
                    Severity::Error,
                    Bucket::Condition,
                    "CONDITION_TYPE_ERROR",
                    error.message,
                )
                .corrected(condition::corrected(value)),
                &field.id,
            ),
        }
    }

    /// A thing of the shop is known by its id. Its name reads well, and does nothing.
    fn resource(&mut self, field: &Field, value: &str) {
        let listed: Option<Vec<String>> = serde_json::from_str(value).ok();
        let all = listed.unwrap_or_else(|| vec![value.to_string()]);
        let is_id = |id: &str| id.contains("gid://") || id.parse::<u64>().is_ok();
        if let Some(name) = all.iter().find(|id| !is_id(id)) {
            self.say(
                Severity::Warning,
                INVALID,
                field,
                format!(
                    "{} wants an ID such as gid://shopify/Collection/1, and “{name}” is none; put the ID in its place.",
                    field.label
                ),
            );
        }
    }

    /// A reference such as `order.id` must lead to the id of an object of the right type.
    fn object(&mut self, field: &Field, value: &str) {
        let Some(path) = reference(value) else {
            // A fixed id, or Liquid of some other shape.
            if liquid::is_template(value) {
                self.liquid(field, value);
            } else if !value.contains("gid://") && value.parse::<u64>().is_err() {
                self.say(
                    Severity::Error,
                    PATH,
                    field,
                    format!("{} is no path; choose one such as order.id.", field.label),
                );
            }
            return;
        };
        let Some(resolved) = self.path(field, &path, Severity::Error, |to| {
            correct::reference_to(value, &path, to)
        }) else {
            return;
        };
        let (owner, owner_path) = match path.rsplit_once('.') {
            Some((owner, "id" | "legacyResourceId")) => {
                (self.catalog.resolve(self.scope, owner).ok(), owner)
            }
            _ => (Some(resolved), path.as_str()),
        };
        let Some(owner) = owner else { return };
        let found = owner.ty.name.as_str();
        if let Some(wanted) = field.of.as_deref()
            && found != wanted
            && !matches!(found, "JSON" | "Node" | "Metaobject")
        {
            let article = |word: &str| {
                if word.starts_with(['A', 'E', 'I', 'O', 'U']) {
                    "an"
                } else {
                    "a"
                }
            };
            let meant = correct::only_object(self.catalog, self.scope, wanted).and_then(|object| {
                let to = match path.rsplit_once('.') {
                    Some((_, end @ ("id" | "legacyResourceId"))) => format!("{object}.{end}"),
                    _ => object,
                };
                correct::reference_to(value, &path, &to)
            });
            self.say(
                Severity::Error,
                PATH,
                field,
                format!(
                    "{} needs {} {wanted}, and {owner_path} is {} {found}; choose another.",
                    field.label,
                    article(wanted),
                    article(found)
                ),
            );
            return self.correct(meant);
        }
        if owner.through_list || owner.ty.list {
            self.say(
                Severity::Error,
                PATH,
                field,
                format!(
                    "{owner_path} stands for many objects; put this step in a loop over the list."
                ),
            );
        }
    }

    fn list(&mut self, field: &Field, value: &str) {
        let value = crate::run::bare_path(value);
        let Some(resolved) = self.path(field, value, Severity::Error, |to| Some(to.to_string()))
        else {
            return;
        };
        if !resolved.ty.list && !resolved.through_list && resolved.ty.name != "JSON" {
            self.say(
                Severity::Error,
                PATH,
                field,
                format!("{value} is no list; choose a list such as order.lineItems."),
            );
        }
    }

    fn duration(&mut self, field: &Field, value: &str) {
        let object: Value = serde_json::from_str(value).unwrap_or_default();
        // A run counts whole units only.
        let amount = match &object["amount"] {
            Value::String(text) => text.trim().parse::<u64>().ok(),
            Value::Number(number) => number.as_u64(),
            _ => None,
        };
        let units = crate::python::values::WAIT_UNITS;
        let known = object["unit"]
            .as_str()
            .is_some_and(|unit| units.contains(&unit));
        if !known || amount.is_none_or(|amount| amount == 0) {
            self.say(
                Severity::Error,
                INVALID,
                field,
                "This wait has no length; say how many whole minutes, hours, days or weeks."
                    .to_string(),
            );
            if amount.is_some_and(|amount| amount > 0) {
                let unit = object["unit"].as_str().and_then(|unit| {
                    let units = units.iter().copied().filter(|unit| *unit != "months");
                    only_nearest(&unit.to_lowercase(), units)
                });
                self.correct(unit.map(|unit| {
                    let mut corrected = object.clone();
                    if let Some(slot) = corrected.get_mut("unit") {
                        *slot = Value::String(unit);
                    }
                    corrected.to_string()
                }));
            }
        } else if object["unit"] == "months" {
            self.say(
                Severity::Error,
                "WAIT_STEP_LIMIT_EXCEEDED",
                field,
                "A wait cannot be given in months; use days.".to_string(),
            );
        }
    }

    fn liquid(&mut self, field: &Field, value: &str) {
        let read = liquid::Reading::new(value);
        for path in read.paths() {
            // An unknown name renders as nothing, which Flow allows.
            self.path(field, path, Severity::Warning, |to| {
                liquid::with_path(value, path, to)
            });
        }
        self.template(field, value, &read);
    }

    fn path(
        &mut self,
        field: &Field,
        path: &str,
        severity: Severity,
        corrected: impl FnOnce(&str) -> Option<String>,
    ) -> Option<crate::catalog::Resolved> {
        match self.catalog.resolve(self.scope, path) {
            Ok(resolved) => Some(resolved),
            Err(unresolved) => {
                let open = leads_into_open_data(self.catalog, self.scope, &unresolved);
                // Of `size`, `first`, `last` and places in a list the types say more;
                // `metafields.namespace.key` reads what the shop defined itself.
                let segment = unresolved.segment.as_str();
                let of_liquid = severity == Severity::Warning
                    && (matches!(segment, "size" | "first" | "last" | "value")
                        || (!segment.is_empty() && segment.bytes().all(|b| b.is_ascii_digit()))
                        || unresolved.known.ends_with("metafields"));
                if !open && !of_liquid {
                    self.say(severity, PATH, field, unknown(path, &unresolved));
                    // Each correction reads the whole value again.
                    if let Some(left) = self.corrections_left.checked_sub(1) {
                        self.corrections_left = left;
                        let meant = self.catalog.corrected_path(self.scope, path);
                        self.correct(meant.and_then(|to| corrected(&to)));
                    }
                }
                None
            }
        }
    }
}

fn is_address(text: &str) -> bool {
    let text = text.trim();
    match text.split_once('@') {
        Some((name, host)) => {
            !name.is_empty()
                && host.contains('.')
                && !host.starts_with('.')
                && !host.ends_with('.')
                && !text.contains(char::is_whitespace)
                && !host.contains('@')
        }
        None => false,
    }
}

fn unknown(path: &str, unresolved: &Unresolved) -> String {
    let place = if unresolved.known.is_empty() {
        format!("There is no variable {} here", unresolved.segment)
    } else {
        format!("{} has no field {}", unresolved.known, unresolved.segment)
    };
    match &unresolved.nearest {
        Some(near) => format!("{place} (in {path}); did you mean {near}?"),
        None => format!("{place} (in {path}); choose another field."),
    }
}
