//! Writing Flow's JSON, with every key that Flow writes and in its order.

use serde_json::{Map, Number, Value, json};

use super::read::hash;
use super::{BESIDE_ROOT, DOCUMENT_VERSION, LINK_KEYS, METADATA, ROOT_KEYS};
use crate::catalog::{Catalog, IdStatus};
use crate::check::{Bucket, Finding, Severity};
use crate::sorted::{SortedMap, sort_by};
use crate::workflow::{Step, TaskType, Workflow};

/// The document `{"__metadata": {"version": 0.1}, "root": {…}}`.
///
/// Keys that a source left out are written as null or empty, the way Flow's own exports have them.
pub fn to_value(workflow: &Workflow) -> Value {
    let mut root = Map::new();
    root.insert(
        "steps".to_string(),
        workflow.steps.iter().map(step).collect(),
    );
    let others = Others::new(workflow.extra.get("links"), &LINK_KEYS);
    let mut ids: SortedMap<&str, Value> = SortedMap::new();
    for step in &workflow.steps {
        ids.entry(&step.id).or_insert_with(|| id(step));
    }
    // A link's end is written as its step's id is.
    let id_of = |id: &str| ids.get(id).cloned().unwrap_or_else(|| json!(id));
    root.insert(
        "links".to_string(),
        workflow
            .links
            .iter()
            .map(|link| {
                let written = json!({
                    "from_step_id": id_of(&link.from),
                    "from_port_id": link.from_port,
                    "to_step_id": id_of(&link.to),
                    "to_port_id": link.to_port,
                });
                others.add_to(written, &LINK_KEYS)
            })
            .collect(),
    );
    root.insert(
        "patched_fields".to_string(),
        Value::Array(workflow.patched_fields.clone()),
    );
    for (key, value) in &workflow.extra {
        if key != METADATA && key != BESIDE_ROOT && !ROOT_KEYS.contains(&key.as_str()) {
            root.insert(key.clone(), value.clone());
        }
    }
    root.insert("workflow_name".to_string(), json!(workflow.name));
    let metadata = workflow
        .extra
        .get(METADATA)
        .cloned()
        .unwrap_or_else(|| json!({ "version": DOCUMENT_VERSION }));
    let mut document = Map::new();
    document.insert(METADATA.to_string(), metadata);
    document.insert("root".to_string(), Value::Object(root));
    if let Some(Value::Object(others)) = workflow.extra.get(BESIDE_ROOT) {
        for (key, value) in others {
            document.entry(key).or_insert_with(|| value.clone());
        }
    }
    Value::Object(document)
}

/// What a source wrote with keys beside the known ones, found by what names it.
struct Others<'a>(SortedMap<Vec<Option<String>>, &'a Value>);

impl<'a> Others<'a> {
    fn new(sources: Option<&'a Value>, names: &[&str]) -> Others<'a> {
        let sources = sources.and_then(Value::as_array).map(Vec::as_slice);
        Others(
            sources
                .unwrap_or_default()
                .iter()
                .map(|source| (Others::names_of(source, names), source))
                .collect(),
        )
    }

    fn names_of(value: &Value, names: &[&str]) -> Vec<Option<String>> {
        names.iter().map(|name| plain(value.get(name))).collect()
    }

    /// What was written, with the other keys of its source, if that had some.
    fn add_to(&self, mut written: Value, names: &[&str]) -> Value {
        if self.0.is_empty() {
            return written;
        }
        let source = self.0.get(&Others::names_of(&written, names));
        if let (Some(Value::Object(source)), Value::Object(object)) = (source, &mut written) {
            for (key, value) in source {
                object.entry(key).or_insert_with(|| value.clone());
            }
        }
        written
    }
}

/// An id as text, whether it is written as a text or as a number.
fn plain(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// The document as compact text.
pub fn to_text(workflow: &Workflow) -> String {
    to_value(workflow).to_string()
}

/// The document as compact text with all keys sorted, so that equal workflows give equal text.
pub fn to_canonical(workflow: &Workflow) -> String {
    let mut value = to_value(workflow);
    sort_objects(&mut value);
    value.to_string()
}

/// Sorts the keys of all objects in a value.
pub(super) fn sort_objects(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(sort_objects),
        Value::Object(object) => {
            let mut entries: Vec<(String, Value)> = std::mem::take(object).into_iter().collect();
            sort_by(&mut entries, |(a, _), (b, _)| a.cmp(b));
            for (key, mut value) in entries {
                sort_objects(&mut value);
                object.insert(key, value);
            }
        }
        _ => {}
    }
}

/// The text of a `.flow` file: the SHA-256 of the JSON, a colon, the JSON in ASCII.
pub fn to_flow_file(workflow: &Workflow) -> String {
    let text = ascii(&to_text(workflow));
    format!("{}:{text}", hash(&text))
}

/// What to know before a workflow is taken to Flow: tasks whose id Flowright only derived.
pub fn export_findings(workflow: &Workflow, catalog: &Catalog) -> Vec<Finding> {
    workflow
        .steps
        .iter()
        .filter_map(|step| {
            let task = catalog.task(&step.task_id)?;
            (task.id_status == IdStatus::Guess).then(|| {
                Finding::new(
                    Severity::Warning,
                    Bucket::Task,
                    "TASK_ID_GUESSED",
                    format!(
                        "The id of “{}” is derived from its name, not read in a real export; Flow may refuse it, so check this step after importing.",
                        task.label
                    ),
                )
                .at_step(step.id.clone())
            })
        })
        .collect()
}

fn step(step: &Step) -> Value {
    let mut object = Map::new();
    object.insert("step_id".to_string(), id(step));
    let raw = step
        .extra
        .get("step_position")
        .filter(|raw| super::read::position(raw) == Some(step.position));
    object.insert(
        "step_position".to_string(),
        raw.cloned().unwrap_or_else(|| position(step.position)),
    );
    let others = Others::new(step.extra.get("config_field_values"), &["config_field_id"]);
    object.insert(
        "config_field_values".to_string(),
        step.config
            .iter()
            .map(|field| {
                let written = json!({ "config_field_id": field.id, "value": field.value });
                others.add_to(written, &["config_field_id"])
            })
            .collect(),
    );
    object.insert("task_id".to_string(), json!(step.task_id));
    object.insert("task_version".to_string(), json!(step.task_version));
    // A type that this version does not know is written back as it stood.
    let raw = step
        .extra
        .get("task_type")
        .filter(|_| step.task_type == TaskType::Action);
    object.insert(
        "task_type".to_string(),
        raw.cloned()
            .unwrap_or_else(|| json!(step.task_type.as_str())),
    );
    object.insert("description".to_string(), json!(step.description));
    object.insert("note".to_string(), json!(step.note));
    object.insert("name".to_string(), json!(step.name));
    for (key, value) in &step.extra {
        if !object.contains_key(key) {
            object.insert(key.clone(), value.clone());
        }
    }
    Value::Object(object)
}

fn id(step: &Step) -> Value {
    step.numeric_id
        .then(|| step.id.parse::<Number>().ok())
        .flatten()
        .map_or_else(|| json!(step.id), Value::Number)
}

/// A position; whole numbers without a fraction, as Flow writes them.
pub(super) fn position([x, y]: [f64; 2]) -> Value {
    json!([coordinate(x), coordinate(y)])
}

fn coordinate(value: f64) -> Value {
    // Beyond this a float no longer counts in ones.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && value.abs() < EXACT {
        return json!(value as i64);
    }
    Number::from_f64(value).map_or(json!(0), Value::Number)
}

/// Escapes what is not ASCII; in JSON that can only stand inside strings.
pub(super) fn ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut units = [0; 2];
    for c in text.chars() {
        if c.is_ascii() {
            out.push(c);
        } else {
            for unit in c.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    out
}
