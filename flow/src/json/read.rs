//! Reading `.flow` files, whole documents and bare roots.

use std::borrow::Cow;

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::{BESIDE_ROOT, CONFIG_KEYS, DOCUMENT_VERSION, LINK_KEYS, METADATA, ROOT_KEYS, repair};
use crate::check::{Bucket, Finding, Severity, has_error};
use crate::sorted::SortedSet;
use crate::workflow::{ConfigValue, Link, Step, TaskType, Workflow};

/// Length of the hexadecimal SHA-256 that stands before the colon of a `.flow` file.
const PREFIX_LENGTH: usize = 64;

/// A larger file is no workflow: 2,000 steps with long texts have a hundredth of it.
pub const MAX_FILE: usize = 32_000_000;

/// More steps or links of one file than this are not read.
const MAX_READ: usize = 20_000;

/// More findings about one file than this say nothing new.
const MAX_FINDINGS: usize = 100;

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

/// What could be read of a file, whatever its state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Read {
    /// `None` when nothing of it is a workflow; a finding says why.
    pub workflow: Option<Workflow>,
    /// Of any severity. Where one is an error, the workflow is what could be saved of the file.
    pub findings: Vec<Finding>,
}

/// Reads a file from its bytes: a `.flow` file, a document or a bare root, as [`parse`] does, but
/// keeps what can be read of one that is damaged.
///
/// A file that ends early is read up to where it ends, and a step that does not read is left out;
/// errors among the findings say so. A file of more than [`MAX_FILE`] bytes is not looked at.
pub fn read(bytes: &[u8]) -> Read {
    if let Some(finding) = too_large(bytes.len()) {
        return Read {
            workflow: None,
            findings: vec![finding],
        };
    }
    let mut findings = Vec::new();
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(error) => {
            findings.push(structure(format!(
                "Byte {} of this file is not UTF-8 text; what does not read is shown as �, so export the file again.",
                error.valid_up_to() + 1
            )));
            String::from_utf8_lossy(bytes)
        }
    };
    let text = trimmed(&text);
    let (prefix, body) = split_prefix(text);
    let value = match serde_json::from_str::<Value>(body) {
        Ok(value) => value,
        Err(error) => {
            findings.push(unreadable(&error, prefix));
            match repair::prefix_of(body, error.line(), error.column()) {
                Some(value) => value,
                None => {
                    return Read {
                        workflow: None,
                        findings,
                    };
                }
            }
        }
    };
    let (workflow, said) = document(&value);
    // The checksum of a damaged file cannot match, and that it is damaged is said already.
    if findings.is_empty() {
        findings.extend(checksum(prefix, body));
    }
    findings.extend(said);
    Read { workflow, findings }
}

/// Reads a `.flow` file (64 hexadecimal digits, a colon, JSON), a document
/// (`{"__metadata": …, "root": …}`) or a bare root.
///
/// A prefix that is not the SHA-256 of the text is a warning: genuine files with such a prefix
/// exist. What does not read comes back as findings that say where.
pub fn parse(text: &str) -> Result<Imported, Vec<Finding>> {
    if let Some(finding) = too_large(text.len()) {
        return Err(vec![finding]);
    }
    let (prefix, body) = split_prefix(trimmed(text));
    let value: Value =
        serde_json::from_str(body).map_err(|error| vec![unreadable(&error, prefix)])?;
    let mut imported = from_value(&value)?;
    if let Some(finding) = checksum(prefix, body) {
        imported.findings.insert(0, finding);
    }
    Ok(imported)
}

fn too_large(length: usize) -> Option<Finding> {
    (length > MAX_FILE).then(|| {
        structure(format!(
            "This file has {} MB, and a workflow never has more than {}; choose the file that Flow exported.",
            length / 1_000_000,
            MAX_FILE / 1_000_000
        ))
    })
}

/// A text without the mark that some editors put first, and without white space round it.
fn trimmed(text: &str) -> &str {
    text.trim_start_matches('\u{feff}').trim()
}

/// The warning about a prefix that is not the SHA-256 of what follows it.
fn checksum(prefix: Option<&str>, body: &str) -> Option<Finding> {
    prefix
        .filter(|prefix| !hash(body).eq_ignore_ascii_case(prefix))
        .map(|_| {
            Finding::new(
                Severity::Warning,
                Bucket::Workflow,
                "FLOW_FILE_CHECKSUM_MISMATCH",
                "The checksum at the start of this file does not match its content: it may have been changed after it was exported; look it over before you turn it on.",
            )
        })
}

/// The lower-case hexadecimal SHA-256 of a text.
pub(super) fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

pub(super) fn split_prefix(text: &str) -> (Option<&str>, &str) {
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
    match document(value) {
        (Some(workflow), findings) if !has_error(&findings) => Ok(Imported { workflow, findings }),
        (_, findings) => Err(findings),
    }
}

/// What can be read of a document or a bare root.
fn document(value: &Value) -> (Option<Workflow>, Vec<Finding>) {
    let nothing = |message: &str| (None, vec![structure(message)]);
    let Some(document) = value.as_object() else {
        return nothing("A workflow file holds one JSON object; this one holds something else.");
    };
    let root = match document.get("root") {
        Some(Value::Object(root)) => root,
        Some(_) => return nothing("root must be an object that holds the steps."),
        None if document.contains_key("steps") => document,
        None => {
            return nothing(
                "There is neither root nor steps in this file, so it is no workflow; export it from Flow again.",
            );
        }
    };
    let mut reader = Reader {
        findings: Vec::new(),
        step: None,
    };
    let mut workflow = reader.root(root);
    if document.contains_key("root") {
        beside_root(document, &mut workflow);
    }
    if reader.findings.len() >= MAX_FINDINGS {
        reader.findings.push(structure(
            "This file has more mistakes than are shown here; export it again.",
        ));
    }
    (Some(workflow), reader.findings)
}

/// What stands beside the root: kept when it says more than the usual.
fn beside_root(document: &Map<String, Value>, workflow: &mut Workflow) {
    if let Some(metadata) = document.get(METADATA)
        && *metadata != serde_json::json!({ "version": DOCUMENT_VERSION })
    {
        let metadata = metadata.clone();
        workflow.extra.insert(METADATA.to_string(), metadata);
    }
    let others: Map<String, Value> = document
        .iter()
        .filter(|(key, _)| *key != "root" && *key != METADATA)
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    if !others.is_empty() {
        let others = Value::Object(others);
        workflow.extra.insert(BESIDE_ROOT.to_string(), others);
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
    /// The step that is being read, once its id is known.
    step: Option<String>,
}

impl Reader {
    fn say(&mut self, mut finding: Finding) {
        if self.findings.len() < MAX_FINDINGS {
            finding.step.clone_from(&self.step);
            self.findings.push(finding);
        }
    }

    fn error(&mut self, message: String) {
        self.say(structure(message));
    }

    fn warning(message: String) -> Finding {
        Finding::new(
            Severity::Warning,
            Bucket::Workflow,
            "WORKFLOW_STRUCTURE_CHANGED",
            message,
        )
    }

    fn warn(&mut self, message: String) {
        self.say(Reader::warning(message));
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
                if steps.len() > MAX_READ {
                    self.error(format!(
                        "This file has {} steps, and the first {MAX_READ} were read; split it into several.",
                        steps.len()
                    ));
                }
                for (i, step) in steps.iter().take(MAX_READ).enumerate() {
                    let read = self.step(step, &format!("root.steps[{i}]"));
                    workflow.steps.extend(read);
                    self.step = None;
                }
            }
            _ => self.error("root.steps must be a list of steps.".to_string()),
        }
        let mut with_others = Others::default();
        match root.get("links") {
            Some(Value::Array(links)) => {
                if links.len() > MAX_READ {
                    self.error(format!(
                        "This file has {} links, and the first {MAX_READ} were read; split it into several.",
                        links.len()
                    ));
                }
                for (i, value) in links.iter().take(MAX_READ).enumerate() {
                    let Some(link) = self.link(value, &format!("root.links[{i}]")) else {
                        continue;
                    };
                    // Keys that this version does not know go with the link, if it stays.
                    let named = [&link.from, &link.from_port, &link.to, &link.to_port];
                    with_others.keep(value, &LINK_KEYS, &named);
                    workflow.links.push(link);
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
            if key == BESIDE_ROOT {
                self.warn(format!(
                    "root.{key} has no place in a workflow; it is left out."
                ));
            } else if !ROOT_KEYS.contains(&key.as_str()) {
                workflow.extra.insert(key.clone(), value.clone());
            }
        }
        if let Some(links) = with_others.list() {
            workflow.extra.insert("links".to_string(), links);
        }
        workflow
    }

    fn step(&mut self, value: &Value, place: &str) -> Option<Step> {
        let Some(object) = value.as_object() else {
            self.error(format!("{place} must be an object."));
            return None;
        };
        let id = self.id(object, "step_id", place);
        self.step = id.as_ref().map(|(id, _)| id.clone());
        let mut others = Map::new();
        let task_id = self.text(object, "task_id", place);
        let task_type = self.text(object, "task_type", place).map(|text| {
            TaskType::from_flow(&text).unwrap_or_else(|| {
                self.error(format!(
                    "{place}.task_type is {text}; it must be TRIGGER, CONDITION, ACTION, FOREACH or WAIT."
                ));
                // The step stays as it is written, and is drawn as what most steps are.
                others.insert("task_type".to_string(), Value::String(text));
                TaskType::Action
            })
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
        let config = self.config(object.get("config_field_values"), place, &mut others);
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
        step.extra = others;
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

    /// The config fields; keys of theirs that this version does not know go to `others`.
    fn config(
        &mut self,
        value: Option<&Value>,
        place: &str,
        others: &mut Map<String, Value>,
    ) -> Vec<ConfigValue> {
        let fields = match value {
            None | Some(Value::Null) => return Vec::new(),
            Some(Value::Array(fields)) => fields,
            Some(_) => {
                self.error(format!("{place}.config_field_values must be a list."));
                return Vec::new();
            }
        };
        let mut config = Vec::new();
        let mut with_others = Others::default();
        for (i, field) in fields.iter().enumerate() {
            let place = format!("{place}.config_field_values[{i}]");
            let Some(id) = field.get("config_field_id").and_then(Value::as_str) else {
                self.error(format!("{place} has no config_field_id."));
                continue;
            };
            let value = match field.get("value") {
                Some(Value::String(value)) => value.clone(),
                None | Some(Value::Null) => {
                    let message = format!("{place}.value is missing; it is read as empty.");
                    self.say(Reader::warning(message).at_field(id));
                    String::new()
                }
                Some(other) => {
                    let message =
                        format!("{place}.value is not a text; it is read as JSON inside one.");
                    self.say(Reader::warning(message).at_field(id));
                    other.to_string()
                }
            };
            let id = id.to_string();
            // The value has its place in the config; here it would only grow old.
            with_others.keep(field, &CONFIG_KEYS, &[&id]);
            config.push(ConfigValue { id, value });
        }
        if let Some(fields) = with_others.list() {
            others.insert("config_field_values".to_string(), fields);
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
        Some(Link {
            from: from?.0,
            from_port: from_port?,
            to: to?.0,
            to_port: to_port?,
        })
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

/// What objects have beside the known keys; of several objects that are named alike the first counts.
#[derive(Default)]
struct Others {
    kept: Vec<Value>,
    names: SortedSet<Vec<String>>,
}

impl Others {
    /// Keeps what an object has beside the known keys, under the first of these with the texts that
    /// name it.
    fn keep(&mut self, source: &Value, known: &[&str], names: &[&String]) {
        let others = source.as_object().into_iter().flatten();
        let mut others = others
            .filter(|(key, _)| !known.contains(&key.as_str()))
            .peekable();
        if others.peek().is_none() || !self.names.insert(names.iter().copied().cloned().collect()) {
            return;
        }
        let named = known.iter().map(ToString::to_string);
        let names = names.iter().map(|name| Value::from(name.as_str()));
        let mut object: Map<String, Value> = named.zip(names).collect();
        object.extend(others.map(|(key, value)| (key.clone(), value.clone())));
        self.kept.push(Value::Object(object));
    }

    /// What was kept, as a list; `None` when nothing was.
    fn list(self) -> Option<Value> {
        (!self.kept.is_empty()).then_some(Value::Array(self.kept))
    }
}
