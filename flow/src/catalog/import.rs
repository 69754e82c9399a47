//! Reads what a store says about its own tasks, so that it can be laid over the built-in catalogue
//! with [`Catalog::overlay`](super::Catalog::overlay).
//!
//! Three documents are read: the `AutomationTask` of Shopify's unstable Admin API (`configFields` with
//! their `__typename`, `connector`, `returnFields`, `taskId`), what `task describe --json` of Shopify's
//! Flow command line prints (`config_fields`, `return_fields`, `task_type`), and the items of its
//! `task search` (`id`, `label`, `publisher`, `installed`, `version`). Each comes alone, in a list, in
//! `{"tasks": […]}` or in the envelope of a GraphQL answer. Keys may be in camel or in snake case.
//!
//! An odd task is no reason to refuse the others: what cannot be used is left out, and a finding says
//! which task or field it was and why.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::sdl::{self, Definitions};
use super::{FieldKind, TypeRef};
use crate::check::{Bucket, Finding, Severity};
use crate::sorted::SortedSet;
use crate::summary::{lower_first, upper_first};
use crate::workflow::TaskType;

/// The longest document that is read, in bytes. A whole store's tasks take about one of its megabytes.
pub const MAX_BYTES: usize = 16 * 1024 * 1024;

/// How many tasks of a document are used, and how many fields of a task.
const MAX_TASKS: usize = 2_000;
const MAX_FIELDS: usize = 200;
/// How many values of an enum field are used.
const MAX_VALUES: usize = 500;
/// The longest id, label or value, in characters.
const MAX_CHARACTERS: usize = 200;
/// How many findings are worth reading; what follows is counted.
const MAX_FINDINGS: usize = 200;
/// How deep envelopes may lie in each other.
const MAX_ENVELOPES: usize = 8;

/// Keys under which documents keep their tasks.
const ENVELOPES: [&str; 11] = [
    "data",
    "tasks",
    "task",
    "automationTask",
    "automation_task",
    "automationTasks",
    "automation_tasks",
    "nodes",
    "edges",
    "node",
    "results",
];

/// What a store says about its tasks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Overlay {
    /// In the order in which they were read; no two have one id.
    pub tasks: Vec<Described>,
}

/// One task as a store describes it. What the document did not say is `None`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Described {
    /// The id in Flow JSON.
    pub id: String,
    /// The version that new steps get, for example `0.1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The name that merchants see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What kind of task it is.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub task_type: Option<TaskType>,
    /// One sentence about what it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whose task it is.
    pub provider: Provider,
    /// Whether its connector is installed in the store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub installed: Option<bool>,
    /// What it is configured with, all of it; an empty list says that there is nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fields: Option<Vec<DescribedField>>,
    /// What the task gives to later steps: name and type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returns: Option<Vec<(String, TypeRef)>>,
    /// Types that its connector defines for what it gives.
    #[serde(default, skip_serializing_if = "Definitions::is_empty")]
    pub types: Definitions,
}

/// Who a task comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    /// Shopify itself, Flow included.
    Shopify,
    /// A connector, by its name.
    Connector(String),
    /// Some connector whose name was not said.
    Unnamed,
    /// Nothing was said.
    Unknown,
}

/// One config field as a store describes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DescribedField {
    /// The id in Flow JSON. Unique within its task.
    pub id: String,
    /// The name that merchants see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// `None` when the document names none, or one that is not known here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<FieldKind>,
    /// Whether a step without it cannot be turned on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required: Option<bool>,
    /// What Flow takes when it is left out, as a config value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// Whether Liquid is rendered in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub liquid: Option<bool>,
    /// Allowed values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// Types of the objects that a reference may lead to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub of: Vec<String>,
}

/// A document that was read, with what there is to say about it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Imported {
    /// What can be laid over a catalogue; see [`crate::Catalog::overlay`].
    pub overlay: Overlay,
    /// An error means that there is nothing to lay over the catalogue; the overlay is then empty.
    pub findings: Vec<Finding>,
}

/// Reads a document. Whatever it holds, this returns.
pub fn read(text: &[u8]) -> Imported {
    if text.len() > MAX_BYTES {
        return refused(format!(
            "This file is larger than {} MB, which no store's tasks are; save only the answer about tasks.",
            MAX_BYTES / (1024 * 1024)
        ));
    }
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    if text.trim_ascii().is_empty() {
        return refused("This file is empty; save the answer about tasks in it.".to_string());
    }
    let value: Value = match serde_json::from_slice(text) {
        Ok(value) => value,
        Err(error) => {
            return refused(format!(
                "This file is not JSON: {error}; save the answer again, with --json."
            ));
        }
    };
    let mut reader = Reader::default();
    reader.gather(&value, None, 0);
    reader.finish(&value)
}

fn refused(message: String) -> Imported {
    Imported {
        overlay: Overlay::default(),
        findings: vec![Finding::new(
            Severity::Error,
            Bucket::Workflow,
            "CATALOG_NOT_READ",
            message,
        )],
    }
}

#[derive(Default)]
struct Reader {
    overlay: Overlay,
    ids: SortedSet<String>,
    /// How many items were met, tasks or not.
    items: usize,
    findings: Vec<Finding>,
    /// Findings beyond those that are kept.
    more: usize,
}

impl Reader {
    /// Finds the tasks in a value, through the envelopes around them.
    fn gather(&mut self, value: &Value, key: Option<&str>, depth: usize) {
        match value {
            Value::Array(items) if depth < MAX_ENVELOPES => {
                for item in items {
                    self.gather(item, None, depth + 1);
                }
            }
            Value::Object(object) => {
                let mut inside = false;
                for name in ENVELOPES {
                    if let Some(value) = object.get(name)
                        && (value.is_array() || value.is_object())
                        && depth < MAX_ENVELOPES
                    {
                        inside = true;
                        self.gather(value, Some(name), depth + 1);
                    }
                }
                if !inside {
                    self.item(object);
                }
            }
            _ if key.is_none() && depth > 0 => {
                self.items += 1;
                let number = self.items;
                self.left_out(&format!("Task {number}"), "is not an object");
            }
            _ => {}
        }
    }

    fn item(&mut self, object: &Map<String, Value>) {
        self.items += 1;
        let place = match said(object, &["label", "title", "display_name", "displayName"]) {
            Some(label) => format!("Task {} ({label})", self.items),
            None => format!("Task {}", self.items),
        };
        if self.overlay.tasks.len() >= MAX_TASKS {
            self.left_out(&place, &format!("is beyond the first {MAX_TASKS}"));
            return;
        }
        match self.task(object, &place) {
            Ok(task) => {
                if self.ids.insert(task.id.clone()) {
                    self.overlay.tasks.push(task);
                } else {
                    self.left_out(&place, "has the id of one before it");
                }
            }
            Err(why) => self.left_out(&place, &why),
        }
    }

    fn task(&mut self, object: &Map<String, Value>, place: &str) -> Result<Described, String> {
        let (id, version_in_id) = id(object)?;
        let label = said(
            object,
            &["label", "title", "display_name", "displayName", "name"],
        )
        .filter(|label| *label != id);
        let task_type = match get(object, &["taskType", "task_type", "type"]) {
            None | Some(Value::Null) => None,
            Some(value) => {
                let word = value.as_str().unwrap_or_default().to_ascii_uppercase();
                let word = word.replace(['_', '-', ' '], "");
                match TaskType::from_flow(&word) {
                    Some(known) => Some(known),
                    None => return Err("has a type that is not known here".to_string()),
                }
            }
        };
        ports(object, task_type)?;
        let mut types = Definitions::default();
        let fields = self.fields(object, place);
        let returns = self.returns(object, place, &mut types);
        let provider = provider(object, &id);
        let installed = get(object, &["connector"])
            .and_then(Value::as_object)
            .and_then(|connector| get(connector, &["installed"]))
            .or_else(|| get(object, &["installed"]))
            .and_then(Value::as_bool);
        Ok(Described {
            id,
            version: version(object).or(version_in_id),
            label,
            task_type,
            description: said(object, &["description"]),
            provider,
            installed,
            fields,
            returns,
            types,
        })
    }

    fn fields(&mut self, object: &Map<String, Value>, place: &str) -> Option<Vec<DescribedField>> {
        let list = members(get(object, &["configFields", "config_fields", "fields"])?)?;
        let mut fields: Vec<DescribedField> = Vec::new();
        for (number, (key, field)) in list.iter().enumerate() {
            let named = format!("field {} of {}", number + 1, lower_first(place));
            let Value::Object(field) = field else {
                self.field_left_out(&named, "is not an object");
                continue;
            };
            let id = said(field, &["id", "config_field_id", "configFieldId", "name"])
                .or_else(|| key.clone());
            let Some(id) = id else {
                self.field_left_out(&named, "has no id");
                continue;
            };
            if fields.iter().any(|known| known.id == id) {
                self.field_left_out(&named, "has the id of one before it");
                continue;
            }
            if fields.len() >= MAX_FIELDS {
                self.field_left_out(&named, &format!("is beyond the first {MAX_FIELDS}"));
                continue;
            }
            let word = said(
                field,
                &[
                    "__typename",
                    "type",
                    "kind",
                    "field_type",
                    "fieldType",
                    "dataType",
                ],
            );
            let values = values(field);
            let mut kind = word.as_deref().and_then(|word| kind(word, &values));
            match &word {
                Some(word) if kind.is_none() => self.push(Finding::new(
                    Severity::Information,
                    Bucket::ConfigField,
                    "CATALOG_FIELD_KIND_UNKNOWN",
                    format!(
                        "Field {} ({id}) of {} is of the kind {word}, which is not known here; it is taken as text where the built-in catalogue does not know better.",
                        number + 1,
                        lower_first(place)
                    ),
                )),
                _ => {}
            }
            if kind == Some(FieldKind::Enum) && values.is_empty() {
                // Whoever may choose among nothing writes text.
                kind = Some(FieldKind::Text);
            }
            let chooses = kind == Some(FieldKind::Enum);
            fields.push(DescribedField {
                id,
                label: said(field, &["label", "title"]),
                kind,
                required: get(field, &["required"]).and_then(Value::as_bool),
                default: match get(field, &["defaultValue", "default_value", "default"]) {
                    Some(Value::String(text)) if !text.is_empty() => Some(text.clone()),
                    Some(value @ (Value::Number(_) | Value::Bool(_))) => Some(value.to_string()),
                    _ => None,
                },
                liquid: get(
                    field,
                    &[
                        "supportsLiquid",
                        "supports_liquid",
                        "liquid",
                        "liquid_supported",
                    ],
                )
                .and_then(Value::as_bool),
                values: if chooses { values } else { Vec::new() },
                of: texts(get(
                    field,
                    &[
                        "possibleObjectTypes",
                        "possible_object_types",
                        "object_types",
                        "objectType",
                        "object_type",
                        "resource_type",
                        "resourceType",
                    ],
                )),
            });
        }
        Some(fields)
    }

    fn returns(
        &mut self,
        object: &Map<String, Value>,
        place: &str,
        types: &mut Definitions,
    ) -> Option<Vec<(String, TypeRef)>> {
        let list = members(get(object, &["returnFields", "return_fields", "returns"])?)?;
        let mut returns: Vec<(String, TypeRef)> = Vec::new();
        for (number, (key, field)) in list.iter().enumerate() {
            let named = format!("value {} of {}", number + 1, lower_first(place));
            let (name, ty, definitions) = match field {
                Value::String(ty) => (key.clone(), Some(ty.clone()), None),
                Value::Object(field) => (
                    said(field, &["name", "id", "key"]).or_else(|| key.clone()),
                    said(field, &["type", "graphqlType", "graphql_type"]),
                    get(field, &["typeDefinitions", "type_definitions"]).and_then(Value::as_str),
                ),
                _ => (None, None, None),
            };
            let Some(name) = name.filter(|name| sdl::is_name(name)) else {
                self.field_left_out(&named, "has no name that a path can be written with");
                continue;
            };
            if returns.iter().any(|(known, _)| *known == name) {
                self.field_left_out(&named, "has the name of one before it");
                continue;
            }
            if returns.len() >= MAX_FIELDS {
                self.field_left_out(&named, &format!("is beyond the first {MAX_FIELDS}"));
                continue;
            }
            if let Some(definitions) = definitions {
                let found = sdl::read(definitions);
                for (name, fields) in found.objects {
                    types.objects.entry(name).or_insert(fields);
                }
                for (name, values) in found.enums {
                    types.enums.entry(name).or_insert(values);
                }
            }
            let ty = ty.as_deref().and_then(sdl::type_expression);
            if ty.is_none() {
                self.push(Finding::new(
                    Severity::Information,
                    Bucket::Task,
                    "CATALOG_TYPE_UNKNOWN",
                    format!(
                        "Value {} ({name}) of {} names no type; every path into it is taken as right.",
                        number + 1,
                        lower_first(place)
                    ),
                ));
            }
            returns.push((name, ty.unwrap_or_else(|| TypeRef::parse("JSON"))));
        }
        Some(returns)
    }

    fn left_out(&mut self, place: &str, why: &str) {
        self.push(Finding::new(
            Severity::Warning,
            Bucket::Task,
            "CATALOG_TASK_NOT_USED",
            format!("{place} {why}; it was left out."),
        ));
    }

    fn field_left_out(&mut self, place: &str, why: &str) {
        self.push(Finding::new(
            Severity::Warning,
            Bucket::ConfigField,
            "CATALOG_TASK_NOT_USED",
            format!("{} {why}; it was left out.", upper_first(place)),
        ));
    }

    fn push(&mut self, finding: Finding) {
        if self.findings.len() < MAX_FINDINGS {
            self.findings.push(finding);
        } else {
            self.more += 1;
        }
    }

    fn finish(mut self, value: &Value) -> Imported {
        if self.more > 0 {
            self.findings.push(Finding::new(
                Severity::Information,
                Bucket::Workflow,
                "CATALOG_TASK_NOT_USED",
                format!(
                    "There is more of this kind: {} further findings.",
                    self.more
                ),
            ));
        }
        if self.overlay.tasks.is_empty() {
            let message = match answer(value) {
                Some(error) => {
                    format!("This file holds an error and no tasks: {error}. Ask for them again.")
                }
                None => "No task was found in this file; save the answer of `task describe --json` or of the query automationTasks.".to_string(),
            };
            self.findings.insert(
                0,
                Finding::new(
                    Severity::Error,
                    Bucket::Workflow,
                    "CATALOG_NOT_READ",
                    message,
                ),
            );
        }
        Imported {
            overlay: self.overlay,
            findings: self.findings,
        }
    }
}

/// What the first error of a GraphQL answer says.
fn answer(value: &Value) -> Option<String> {
    let error = value.get("errors")?.get(0)?;
    let text = short(error.get("message").unwrap_or(error).as_str()?)?;
    Some(text.trim_end_matches('.').to_string())
}

/// The id in Flow JSON, and the version where it is written behind it (`…::order_created@0.1`).
fn id(object: &Map<String, Value>) -> Result<(String, Option<String>), String> {
    let keys = ["taskId", "task_id", "id", "task_name", "taskName", "name"];
    let usable = |text: &String| !text.starts_with("gid://");
    let found = keys
        .iter()
        .filter_map(|key| exact(object.get(*key)?))
        .find(usable);
    let Some(text) = found else {
        return Err("has no task id".to_string());
    };
    if text.chars().any(char::is_whitespace) {
        return Err("has an id with spaces in it".to_string());
    }
    if text.chars().count() > MAX_CHARACTERS {
        return Err("has an id that is too long to be one".to_string());
    }
    match text.split_once('@') {
        Some((id, version)) if !id.is_empty() && !version.is_empty() => {
            Ok((id.to_string(), Some(version.to_string())))
        }
        _ => Ok((text, None)),
    }
}

fn version(object: &Map<String, Value>) -> Option<String> {
    match get(object, &["version", "taskVersion", "task_version"])? {
        Value::String(text) => short(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Links are drawn over the ports of a step's type; a task with others cannot be.
fn ports(object: &Map<String, Value>, task_type: Option<TaskType>) -> Result<(), String> {
    let said = texts(get(object, &["outputPortIds", "output_port_ids"]));
    let Some(task_type) = task_type.filter(|_| !said.is_empty()) else {
        return Ok(());
    };
    match said
        .iter()
        .find(|port| !task_type.output_ports().contains(&port.as_str()))
    {
        Some(port) => Err(format!(
            "is left over the port “{port}”, which steps of its type do not have"
        )),
        None => Ok(()),
    }
}

fn provider(object: &Map<String, Value>, id: &str) -> Provider {
    let connector = get(object, &["connector"]);
    let name = match connector {
        Some(Value::String(name)) => short(name),
        Some(Value::Object(connector)) => said(connector, &["name", "title", "label"]),
        _ => None,
    };
    let publisher = match get(object, &["publisher"]) {
        Some(Value::Object(publisher)) => said(publisher, &["name", "title"]),
        Some(Value::String(publisher)) => short(publisher),
        _ => None,
    };
    let own = |name: &str| {
        matches!(
            name.to_ascii_lowercase().as_str(),
            "shopify" | "flow" | "shopify flow"
        )
    };
    if id.starts_with("shopify::") {
        return Provider::Shopify;
    }
    match (name, publisher) {
        (Some(name), _) if own(&name) => Provider::Shopify,
        (Some(name), _) => Provider::Connector(name),
        (None, Some(publisher)) if own(&publisher) => Provider::Shopify,
        // The command line says the class of a publisher, which names nobody.
        (None, Some(publisher))
            if matches!(
                publisher.to_ascii_lowercase().as_str(),
                "flow-connectors" | "shopify-app" | "non-shopify-app"
            ) =>
        {
            Provider::Unnamed
        }
        (None, Some(publisher)) => Provider::Connector(publisher),
        (None, None) if connector.is_some_and(Value::is_object) => Provider::Unnamed,
        (None, None) => Provider::Unknown,
    }
}

/// The kind that a word names: a GraphQL type name (`AutomationTextConfigField`) or a plain word
/// (`commerce_object`).
fn kind(word: &str, values: &[String]) -> Option<FieldKind> {
    let word = word.strip_prefix("Automation").unwrap_or(word);
    let word = word.strip_suffix("ConfigField").unwrap_or(word);
    let plain: String = word
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    Some(match plain.as_str() {
        // A text with a set of allowed values is a choice.
        "text" | "string" | "url" if !values.is_empty() => FieldKind::Enum,
        "text" | "string" | "multilinetext" | "url" | "hardcodedpath" => FieldKind::Text,
        "email" => FieldKind::Email,
        "integer" | "int" | "number" => FieldKind::Integer,
        "boolean" | "bool" | "checkbox" => FieldKind::Boolean,
        "enum" | "select" | "metafieldtype" => FieldKind::Enum,
        "array" | "list" => FieldKind::Array,
        "map" => FieldKind::Map,
        "commerceobject" => FieldKind::CommerceObject,
        "resource" => FieldKind::Resource,
        "collections" => FieldKind::Collections,
        "condition" => FieldKind::Condition,
        "duration" => FieldKind::Duration,
        "recurrence" => FieldKind::Recurrence,
        "path" => FieldKind::Path,
        "sort" => FieldKind::Sort,
        "apicall" => FieldKind::ApiCall,
        "code" => FieldKind::Code,
        "metafield" | "typedmetafield" | "untypedmetafield" => FieldKind::Metafield,
        "shopifyqlquery" => FieldKind::ShopifyqlQuery,
        _ => return None,
    })
}

/// The values that a field may take, as the document lists them or as a rule of it says.
fn values(field: &Map<String, Value>) -> Vec<String> {
    let listed = get(
        field,
        &[
            "options",
            "acceptedValues",
            "accepted_values",
            "allowedValues",
            "allowed_values",
            "values",
        ],
    );
    let mut found: Vec<(String, bool)> = Vec::new();
    for option in listed.and_then(Value::as_array).into_iter().flatten() {
        let deprecated = option.get("deprecated").and_then(Value::as_bool) == Some(true);
        let value = option.get("value").unwrap_or(option);
        found.extend(exact(value).map(|value| (value, deprecated)));
    }
    if found.is_empty() {
        let rules = get(field, &["validations"]).and_then(Value::as_array);
        let whole = rules.into_iter().flatten().filter(|rule| {
            // A rule about a part of the value says nothing about the whole.
            rule.get("subfield").is_none_or(Value::is_null)
        });
        let allowed = whole.filter_map(|rule| rule.get("values")).take(1);
        found.extend(
            allowed
                .flat_map(|values| texts(Some(values)))
                .map(|value| (value, false)),
        );
    }
    if found.iter().any(|(_, deprecated)| !deprecated) {
        found.retain(|(_, deprecated)| !deprecated);
    }
    let mut values: Vec<String> = Vec::new();
    for (value, _) in found {
        // What a program cannot quote plainly cannot be offered as one of a few words.
        let plain = !value.is_empty()
            && value.chars().count() <= MAX_CHARACTERS
            && !value.contains(|c: char| c.is_control() || matches!(c, '"' | '\\'));
        if !plain || values.len() >= MAX_VALUES {
            return Vec::new();
        }
        if !values.contains(&value) {
            values.push(value);
        }
    }
    values
}

/// The members of a list, or of an object by key; of a text, those of the JSON in it.
fn members(value: &Value) -> Option<Vec<(Option<String>, Value)>> {
    let inner: Value;
    let value = match value {
        Value::String(text) => {
            inner = serde_json::from_str(text).ok()?;
            &inner
        }
        value => value,
    };
    match value {
        Value::Array(items) => Some(items.iter().map(|item| (None, item.clone())).collect()),
        Value::Object(items) => Some(
            items
                .iter()
                .map(|(key, item)| (short(key), item.clone()))
                .collect(),
        ),
        _ => None,
    }
}

/// The first of these keys that is there and not null.
fn get<'a>(object: &'a Map<String, Value>, keys: &[&str]) -> Option<&'a Value> {
    keys.iter()
        .filter_map(|key| object.get(*key))
        .find(|value| !value.is_null())
}

/// The text under one of these keys, for people: on one line, not too long.
fn said(object: &Map<String, Value>, keys: &[&str]) -> Option<String> {
    keys.iter()
        .filter_map(|key| object.get(*key)?.as_str())
        .find_map(short)
}

/// Text on one line, cut where it gets too long; `None` when nothing is left.
fn short(text: &str) -> Option<String> {
    let mut line = String::new();
    for word in text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
    {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        if line.len() > 8 * MAX_CHARACTERS {
            break;
        }
    }
    let line: String = line.chars().take(MAX_CHARACTERS).collect();
    (!line.is_empty()).then_some(line)
}

/// A text as it stands, without the spaces around it.
fn exact(value: &Value) -> Option<String> {
    let text = value.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_string())
}

/// The texts of a list, or the one text.
fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::Array(items)) => items
            .iter()
            .filter_map(exact)
            .filter(|text| text.chars().count() <= MAX_CHARACTERS)
            .collect(),
        Some(value) => exact(value).into_iter().collect(),
        None => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
