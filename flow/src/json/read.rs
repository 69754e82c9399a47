//! Reading `.flow` files, whole documents and bare roots.

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::{DOCUMENT_VERSION, METADATA, ROOT_KEYS};
use crate::check::{Bucket, Finding, Severity, has_error};
use crate::workflow::{ConfigValue, Link, Step, TaskType, Workflow};

/// Length of the hexadecimal SHA-256 that stands before the colon of a `.flow` file.
const PREFIX_LENGTH: usize = 64;

/// Step keys that have their own place in a [`Step`].
const STEP_KEYS: [&str; 9] = [
    "step_id",
    "step_position",
    "config_field_values",
    "task_id",
    "task_version",
    "task_type",
    "description",
    "note",
    "name",
];

/// A workflow that was read, with what there is to say about its file.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    /// The workflow, with all that the file says about it.
    pub workflow: Workflow,
    /// Warnings and information; no errors.
    pub findings: Vec<Finding>,
}

/// Reads a `.flow` file (64 hexadecimal digits, a colon, JSON), a document
/// (`{"__metadata": …, "root": …}`) or a bare root.
///
/// A prefix that is not the SHA-256 of the text is a warning: genuine files with such a prefix
/// exist. What does not read comes back as findings that say where.
pub fn parse(text: &str) -> Result<Imported, Vec<Finding>> {
    let text = text.trim_start_matches('\u{feff}').trim();
    let (prefix, body) = split_prefix(text);
    let value: Value =
        serde_json::from_str(body).map_err(|error| vec![unreadable(&error, prefix)])?;
    let mut imported = from_value(&value)?;
    if let Some(prefix) = prefix
        && !hash(body).eq_ignore_ascii_case(prefix)
    {
        imported.findings.insert(
            0,
            Finding::new(
                Severity::Warning,
                Bucket::Workflow,
                "FLOW_FILE_CHECKSUM_MISMATCH",
                "The checksum at the start of this file does not match its content: it may have been changed after it was exported; look it over before you turn it on.",
            ),
        );
    }
    Ok(imported)
}

/// The lower-case hexadecimal SHA-256 of a text.
pub(super) fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn split_prefix(text: &str) -> (Option<&str>, &str) {
    match text.split_once(':') {
        Some((prefix, body))
            if prefix.len() == PREFIX_LENGTH && prefix.bytes().all(|b| b.is_ascii_hexdigit()) =>
        {
            (Some(prefix), body)
        }
        _ => (None, text),
    }
}

fn unreadable(error: &serde_json::Error, prefix: Option<&str>) -> Finding {
    let line = error.line();
    // The prefix and its colon stand before the first line.
    let before = match (line, prefix) {
        (1, Some(prefix)) => prefix.len() + 1,
        _ => 0,
    };
    let text = error.to_string();
    // The reader appends its own position, which would count from behind the prefix.
    let what = text.split(" at line ").next().unwrap_or(&text);
    structure(format!(
        "This is not a readable workflow file: {what} at line {line}, column {}; export it again.",
        error.column() + before
    ))
    .at_line(u32::try_from(line).unwrap_or(u32::MAX))
}

fn structure(message: impl Into<String>) -> Finding {
    Finding::new(
        Severity::Error,
        Bucket::Workflow,
        "WORKFLOW_STRUCTURE_INVALID",
        message,
    )
}

/// Reads a document or a bare root that is already JSON.
pub fn from_value(value: &Value) -> Result<Imported, Vec<Finding>> {
    let Some(document) = value.as_object() else {
        return Err(vec![structure(
            "A workflow file holds one JSON object; this one holds something else.",
        )]);
    };
    let mut reader = Reader {
        findings: Vec::new(),
    };
    let root = match document.get("root") {
        Some(Value::Object(root)) => root,
        Some(_) => {
            return Err(vec![structure(
                "root must be an object that holds the steps.",
            )]);
        }
        None if document.contains_key("steps") => document,
        None => {
            return Err(vec![structure(
                "There is neither root nor steps in this file, so it is no workflow; export it from Flow again.",
            )]);
        }
    };
    let mut workflow = reader.root(root);
    if document.contains_key("root") {
        reader.document(document, &mut workflow);
    }
    if has_error(&reader.findings) {
        Err(reader.findings)
    } else {
        Ok(Imported {
            workflow,
            findings: reader.findings,
        })
    }
}

/// A canvas position from JSON: two numbers.
pub(super) fn position(value: &Value) -> Option<[f64; 2]> {
    match value.as_array()?.as_slice() {
        [x, y] => Some([x.as_f64()?, y.as_f64()?]),
        _ => None,
    }
}

struct Reader {
    findings: Vec<Finding>,
}

impl Reader {
    fn error(&mut self, message: String) {
        self.findings.push(structure(message));
    }

    fn warn(&mut self, message: String) {
        self.findings.push(Finding::new(
            Severity::Warning,
            Bucket::Workflow,
            "WORKFLOW_STRUCTURE_CHANGED",
            message,
        ));
    }

    /// What stands beside the root: kept when it says more than the usual.
    fn document(&mut self, document: &Map<String, Value>, workflow: &mut Workflow) {
        if let Some(metadata) = document.get(METADATA)
            && *metadata != serde_json::json!({ "version": DOCUMENT_VERSION })
        {
            workflow
                .extra
                .insert(METADATA.to_string(), metadata.clone());
        }
        for key in document.keys() {
            if key != "root" && key != METADATA {
                self.warn(format!(
                    "{key} stands beside root, where Flow has nothing; it is left out."
                ));
            }
        }
    }

    fn root(&mut self, root: &Map<String, Value>) -> Workflow {
        let mut workflow = Workflow::default();
        match root.get("workflow_name") {
            Some(Value::String(name)) => workflow.name.clone_from(name),
            None | Some(Value::Null) => {}
            Some(_) => self.error("root.workflow_name must be a text.".to_string()),
        }
        match root.get("steps") {
            Some(Value::Array(steps)) => {
                for (i, step) in steps.iter().enumerate() {
                    if let Some(step) = self.step(step, &format!("root.steps[{i}]")) {
                        workflow.steps.push(step);
                    }
                }
            }
            _ => self.error("root.steps must be a list of steps.".to_string()),
        }
        match root.get("links") {
            Some(Value::Array(links)) => {
                for (i, link) in links.iter().enumerate() {
                    if let Some(link) = self.link(link, &format!("root.links[{i}]")) {
                        workflow.links.push(link);
                    }
                }
            }
            None | Some(Value::Null) => {}
            Some(_) => self.error("root.links must be a list of links.".to_string()),
        }
        match root.get("patched_fields") {
            Some(Value::Array(fields)) => workflow.patched_fields.clone_from(fields),
            None | Some(Value::Null) => {}
            Some(_) => self.error("root.patched_fields must be a list.".to_string()),
        }
        for (key, value) in root {
            if !ROOT_KEYS.contains(&key.as_str()) {
                workflow.extra.insert(key.clone(), value.clone());
            }
        }
        workflow
    }

    fn step(&mut self, value: &Value, place: &str) -> Option<Step> {
        let Some(object) = value.as_object() else {
            self.error(format!("{place} must be an object."));
            return None;
        };
        let id = self.id(object, "step_id", place);
        let task_id = self.text(object, "task_id", place);
        let task_type = self.text(object, "task_type", place).and_then(|text| {
            let task_type = TaskType::from_flow(&text);
            if task_type.is_none() {
                self.error(format!(
                    "{place}.task_type is {text}; it must be TRIGGER, CONDITION, ACTION, FOREACH or WAIT."
                ));
            }
            task_type
        });
        let version = match object.get("task_version") {
            Some(Value::String(version)) => version.clone(),
            None | Some(Value::Null) => {
                self.warn(format!("{place}.task_version is missing; 0.1 is used."));
                "0.1".to_string()
            }
            Some(_) => {
                self.error(format!(
                    "{place}.task_version must be a text such as \"0.1\"."
                ));
                return None;
            }
        };
        let config = self.config(object.get("config_field_values"), place);
        let description = self.optional(object, "description", place);
        let note = self.optional(object, "note", place);
        let name = self.optional(object, "name", place);
        let (id, numeric_id) = id?;
        let mut step = Step::new(id, task_id?, version, task_type?);
        step.numeric_id = numeric_id;
        step.config = config;
        step.description = description;
        step.note = note;
        step.name = name;
        for (key, value) in object {
            if !STEP_KEYS.contains(&key.as_str()) {
                step.extra.insert(key.clone(), value.clone());
            }
        }
        match object.get("step_position") {
            None | Some(Value::Null) => {}
            Some(raw) => match position(raw) {
                Some(position) => {
                    step.position = position;
                    // `0.0` is written back as `0.0`, as long as the step stays where it is.
                    if super::write::position(position) != *raw {
                        step.extra.insert("step_position".to_string(), raw.clone());
                    }
                }
                None => self.error(format!(
                    "{place}.step_position must be two numbers, for example [0, 200]."
                )),
            },
        }
        Some(step)
    }

    fn config(&mut self, value: Option<&Value>, place: &str) -> Vec<ConfigValue> {
        let fields = match value {
            None | Some(Value::Null) => return Vec::new(),
            Some(Value::Array(fields)) => fields,
            Some(_) => {
                self.error(format!("{place}.config_field_values must be a list."));
                return Vec::new();
            }
        };
        let mut config = Vec::new();
        for (i, field) in fields.iter().enumerate() {
            let place = format!("{place}.config_field_values[{i}]");
            let Some(id) = field.get("config_field_id").and_then(Value::as_str) else {
                self.error(format!("{place} has no config_field_id."));
                continue;
            };
            let value = match field.get("value") {
                Some(Value::String(value)) => value.clone(),
                None | Some(Value::Null) => {
                    self.warn(format!("{place}.value is missing; it is read as empty."));
                    String::new()
                }
                Some(other) => {
                    self.warn(format!(
                        "{place}.value is not a text; it is read as JSON inside one."
                    ));
                    other.to_string()
                }
            };
            config.push(ConfigValue {
                id: id.to_string(),
                value,
            });
            self.nothing_else(field, &["config_field_id", "value"], &place);
        }
        config
    }

    fn link(&mut self, value: &Value, place: &str) -> Option<Link> {
        let Some(object) = value.as_object() else {
            self.error(format!("{place} must be an object."));
            return None;
        };
        let from = self.id(object, "from_step_id", place);
        let to = self.id(object, "to_step_id", place);
        let from_port = self.text(object, "from_port_id", place);
        let to_port = self.text(object, "to_port_id", place);
        self.nothing_else(
            value,
            &["from_step_id", "from_port_id", "to_step_id", "to_port_id"],
            place,
        );
        Some(Link {
            from: from?.0,
            from_port: from_port?,
            to: to?.0,
            to_port: to_port?,
        })
    }

    fn nothing_else(&mut self, value: &Value, known: &[&str], place: &str) {
        let Some(object) = value.as_object() else {
            return;
        };
        for key in object.keys().filter(|key| !known.contains(&key.as_str())) {
            self.warn(format!(
                "{place}.{key} is not part of Flow's format; it is left out."
            ));
        }
    }

    /// An id, and whether the file writes it as a number.
    fn id(
        &mut self,
        object: &Map<String, Value>,
        key: &str,
        place: &str,
    ) -> Option<(String, bool)> {
        match object.get(key) {
            Some(Value::String(id)) if !id.is_empty() => Some((id.clone(), false)),
            Some(Value::Number(id)) if id.is_i64() || id.is_u64() => Some((id.to_string(), true)),
            _ => {
                self.error(format!("{place}.{key} must be a text or a whole number."));
                None
            }
        }
    }

    fn text(&mut self, object: &Map<String, Value>, key: &str, place: &str) -> Option<String> {
        match object.get(key) {
            Some(Value::String(text)) => Some(text.clone()),
            _ => {
                self.error(format!("{place}.{key} must be a text."));
                None
            }
        }
    }

    fn optional(&mut self, object: &Map<String, Value>, key: &str, place: &str) -> Option<String> {
        match object.get(key) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(text.clone()),
            Some(_) => {
                self.error(format!("{place}.{key} must be a text or null."));
                None
            }
        }
    }
}
