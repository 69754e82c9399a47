//! `cargo xtask types [FILE]`: writes the environment types of the catalogue from the introspection of
//! Shopify's Admin API.
//!
//! Flow shows the objects of the Admin API as variables, in a shape of its own: a connection is the
//! list of its nodes, and a field that needs arguments is not there, since only a workflow's patched
//! fields reach it. [`generate`] walks the schema that way, from every type that a task of the
//! catalogue adds or refers to, until nothing new is found. What Flow has and the Admin API does not
//! (outputs of steps, data of apps) stands in `flow/catalog/environment.json`, and so does which
//! fields the model is offered.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use flate2::read::GzDecoder;
use serde_json::{Map, Value};

use crate::paths;

/// Types that are visible in every workflow, whatever its tasks: the shop, and what a metafield gives.
const ALWAYS: [&str; 2] = ["Shop", "Metafield"];

/// Writes `flow/catalog/types.json` from the introspection in the given file, or in the one beside
/// the checkout.
pub fn run(arguments: &[String]) -> Result<()> {
    let source = match arguments {
        [] => beside(),
        [file] => PathBuf::from(file),
        _ => {
            bail!("`cargo xtask types` takes one file: the introspection, packed with gzip or not")
        }
    };
    let text = generated(&source)?;
    let target = catalog("types.json");
    let known = fs::read_to_string(&target).unwrap_or_default();
    if known == text {
        println!("{} is up to date", target.display());
        return Ok(());
    }
    fs::write(&target, text).with_context(|| format!("{} cannot be written", target.display()))?;
    println!("{} was written", target.display());
    Ok(())
}

/// Names the committed file as a breach when it is not what its sources give. Without the
/// introspection beside the checkout there is nothing to compare with.
pub fn check(breaches: &mut Vec<String>) -> Result<()> {
    let source = beside();
    if source.is_file() && fs::read_to_string(catalog("types.json"))? != generated(&source)? {
        breaches.push(
            "flow/catalog/types.json is not what `cargo xtask types` writes; run it and commit the file"
                .to_string(),
        );
    }
    Ok(())
}

fn generated(source: &Path) -> Result<String> {
    generate(
        &introspection(source)?,
        &json(&catalog("tasks.json"))?,
        &json(&catalog("environment.json"))?,
    )
}

/// Where the introspection lies that the committed file was made from.
fn beside() -> PathBuf {
    paths::root().join("../shared/data/flow/admin_2026-04.json.gz")
}

fn catalog(name: &str) -> PathBuf {
    paths::root().join("flow/catalog").join(name)
}

fn json(path: &Path) -> Result<Value> {
    let text = fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("{} is not JSON", path.display()))
}

/// Reads the answer to an introspection query, packed with gzip or not.
fn introspection(path: &Path) -> Result<Value> {
    if path.extension().is_none_or(|extension| extension != "gz") {
        return json(path);
    }
    let file =
        fs::File::open(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let mut text = String::new();
    GzDecoder::new(file)
        .read_to_string(&mut text)
        .with_context(|| format!("{} cannot be unpacked", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not JSON", path.display()))
}

/// A field as Flow shows it: its type in the catalogue's notation (`Order`, `[Order]`).
#[derive(Clone)]
struct Field {
    name: String,
    ty: String,
    list: bool,
    deprecated: bool,
}

impl Field {
    fn written(&self) -> String {
        if self.list {
            format!("[{}]", self.ty)
        } else {
            self.ty.clone()
        }
    }
}

/// The types of a schema by name.
struct Schema<'a>(BTreeMap<&'a str, &'a Value>);

impl<'a> Schema<'a> {
    fn new(introspection: &'a Value) -> Result<Schema<'a>> {
        let types = introspection
            .pointer("/data/__schema/types")
            .or_else(|| introspection.pointer("/__schema/types"))
            .and_then(Value::as_array)
            .context("the introspection has no /data/__schema/types")?;
        Ok(Schema(
            types
                .iter()
                .filter_map(|ty| Some((text(ty, "name")?, ty)))
                .collect(),
        ))
    }

    fn kind(&self, name: &str) -> Option<&'a str> {
        text(self.0.get(name)?, "kind")
    }

    /// The fields of a type as Flow shows them.
    ///
    /// An interface has its own fields only: what one of its types adds can be read nowhere without
    /// saying which type is meant, and Flow has no way to say it. A union has no fields of its own,
    /// so that the same rule would leave nothing of it; it has those of all its members, the first
    /// member that knows a name deciding its type.
    fn fields(&self, name: &str) -> Vec<Field> {
        let Some(ty) = self.0.get(name) else {
            return Vec::new();
        };
        if text(ty, "kind") == Some("UNION") {
            let mut merged: Vec<Field> = Vec::new();
            let members = list(ty, "possibleTypes").iter();
            for field in members
                .filter_map(|member| text(member, "name"))
                .flat_map(|member| self.fields(member))
            {
                if !merged.iter().any(|known| known.name == field.name) {
                    merged.push(field);
                }
            }
            return merged;
        }
        list(ty, "fields")
            .iter()
            .filter(|field| !needs_arguments(field))
            .filter_map(|field| {
                let (ty, list) = self.shown(field.get("type")?)?;
                Some(Field {
                    name: text(field, "name")?.to_string(),
                    ty,
                    list,
                    deprecated: field.get("isDeprecated").and_then(Value::as_bool) == Some(true),
                })
            })
            .collect()
    }

    /// A type as Flow shows it: without its marks, and a connection as the list of its nodes.
    fn shown(&self, ty: &Value) -> Option<(String, bool)> {
        let (name, is_list) = bare(ty)?;
        if !name.ends_with("Connection") {
            return Some((name.to_string(), is_list));
        }
        let field = |of: &str, wanted: &str| {
            list(self.0.get(of)?, "fields")
                .iter()
                .find(|field| text(field, "name") == Some(wanted))
                .and_then(|field| bare(field.get("type")?))
        };
        let node = field(name, "nodes").or_else(|| field(field(name, "edges")?.0, "node"));
        match node {
            Some((node, _)) => Some((node.to_string(), true)),
            None => Some((name.to_string(), is_list)),
        }
    }
}

/// The name inside the marks, and whether one of them was a list.
fn bare(ty: &Value) -> Option<(&str, bool)> {
    let (mut ty, mut is_list) = (ty, false);
    while let Some(inner) = ty.get("ofType").filter(|inner| !inner.is_null()) {
        is_list |= text(ty, "kind") == Some("LIST");
        ty = inner;
    }
    Some((text(ty, "name")?, is_list))
}

fn needs_arguments(field: &Value) -> bool {
    list(field, "args").iter().any(|argument| {
        argument.pointer("/type/kind").and_then(Value::as_str) == Some("NON_NULL")
            && argument.get("defaultValue").is_none_or(Value::is_null)
    })
}

fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(Value::as_str)
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value
        .get(key)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// The text of `types.json`: every type that can be reached from what the tasks add or refer to.
///
/// `introspection` is the answer to an introspection query, `tasks` the task list of the catalogue,
/// `environment` the types that Flow has beyond the schema and the fields that are offered. The same
/// input gives the same text. An error says what in the input does not fit.
pub fn generate(introspection: &Value, tasks: &Value, environment: &Value) -> Result<String> {
    let schema = Schema::new(introspection)?;
    let (objects, enums) = reachable(&schema, &roots(tasks), environment)?;
    let objects = without_empty(objects);

    let in_use = environment.get("in_use").and_then(Value::as_array);
    let in_use: Vec<&str> = in_use
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let mut written = Map::new();
    let mut deprecated = Vec::new();
    let mut offered = Map::new();
    for (name, fields) in objects {
        let first = offered_fields(environment, &name, &fields)?;
        let (mut ordered, rest): (Vec<&Field>, Vec<&Field>) = fields
            .iter()
            .partition(|field| first.contains(&field.name.as_str()));
        ordered.sort_by_key(|field| first.iter().position(|name| *name == field.name));
        if !first.is_empty() {
            offered.insert(name.clone(), first.len().into());
        }
        ordered.extend(rest);
        let mut object = Map::new();
        for field in ordered {
            object.insert(field.name.clone(), field.written().into());
            let path = format!("{name}.{}", field.name);
            if field.deprecated && !in_use.contains(&path.as_str()) {
                deprecated.push(path);
            }
        }
        written.insert(name, Value::Object(object));
    }
    if let Some(stray) = environment
        .get("offered")
        .and_then(Value::as_object)
        .and_then(|offered| offered.keys().find(|name| !written.contains_key(*name)))
    {
        bail!("environment.json offers fields of {stray}, which no variable leads to");
    }
    deprecated.sort();
    Ok(format!(
        "{{\"objects\":{{\n{}}},\n\"enums\":{{\n{}}},\n\"deprecated\":[\n{}],\n\"offered\":{{\n{}}}}}\n",
        lines(&written),
        lines(&enums),
        deprecated
            .iter()
            .map(|name| Value::from(name.as_str()).to_string())
            .collect::<Vec<_>>()
            .join(",\n"),
        lines(&offered),
    ))
}

/// One `"name":value` a line.
fn lines(map: &Map<String, Value>) -> String {
    map.iter()
        .map(|(name, value)| format!("{}:{value}", Value::from(name.as_str())))
        .collect::<Vec<_>>()
        .join(",\n")
}

/// The types that the tasks add to the environment, and those that their settings refer to.
fn roots(tasks: &Value) -> BTreeSet<String> {
    let mut roots: BTreeSet<String> = ALWAYS.map(str::to_string).into();
    for task in tasks.as_array().into_iter().flatten() {
        let added = list(task, "adds")
            .iter()
            .filter_map(|one| text(one, "type"));
        let referred = list(task, "fields")
            .iter()
            .filter_map(|one| text(one, "of"));
        roots.extend(added.chain(referred).map(|name| {
            name.trim_start_matches('[')
                .trim_end_matches(']')
                .to_string()
        }));
    }
    roots
}

type Objects = BTreeMap<String, Vec<Field>>;

/// Every object and enum that can be reached.
fn reachable(
    schema: &Schema,
    roots: &BTreeSet<String>,
    environment: &Value,
) -> Result<(Objects, Map<String, Value>)> {
    let extra = environment.get("objects").and_then(Value::as_object);
    let mut objects = Objects::new();
    let mut enums: BTreeMap<String, Value> = environment
        .get("enums")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(name, values)| (name.clone(), values.clone()))
        .collect();
    let mut open: Vec<String> = roots.iter().cloned().collect();
    while let Some(name) = open.pop() {
        if objects.contains_key(&name) || enums.contains_key(&name) {
            continue;
        }
        let own = extra.and_then(|extra| extra.get(&name));
        let fields = match (own, schema.kind(&name)) {
            (Some(_), Some(_)) => {
                bail!("environment.json describes {name}, which the schema has already")
            }
            (Some(own), None) => described(&name, own)?,
            (None, Some("ENUM")) => {
                let values = list(schema.0[name.as_str()], "enumValues");
                let names = values.iter().filter_map(|value| value.get("name")).cloned();
                enums.insert(name, names.collect());
                continue;
            }
            (None, Some("SCALAR")) => continue,
            (None, Some("OBJECT" | "INTERFACE" | "UNION")) => schema.fields(&name),
            (None, Some(kind)) => bail!("{name} is of the kind {kind}, which is no variable"),
            (None, None) => bail!(
                "a task speaks of the type {name}, which neither the schema nor environment.json has"
            ),
        };
        open.extend(fields.iter().map(|field| field.ty.clone()));
        objects.insert(name, fields);
    }
    Ok((objects, enums.into_iter().collect()))
}

/// The fields of a type of `environment.json`.
fn described(name: &str, fields: &Value) -> Result<Vec<Field>> {
    let fields = fields
        .as_object()
        .ok_or_else(|| anyhow!("{name} in environment.json is no object"))?;
    fields
        .iter()
        .map(|(field, ty)| {
            let ty = ty
                .as_str()
                .ok_or_else(|| anyhow!("{name}.{field} in environment.json names no type"))?;
            let inner = ty.strip_prefix('[').and_then(|ty| ty.strip_suffix(']'));
            Ok(Field {
                name: field.clone(),
                ty: inner.unwrap_or(ty).to_string(),
                list: inner.is_some(),
                deprecated: false,
            })
        })
        .collect()
}

/// Drops objects that nothing can be read of, and the fields that lead to them.
fn without_empty(mut objects: Objects) -> Objects {
    loop {
        let empty: Vec<String> = objects
            .iter()
            .filter(|(_, fields)| fields.is_empty())
            .map(|(name, _)| name.clone())
            .collect();
        if empty.is_empty() {
            return objects;
        }
        objects.retain(|name, _| !empty.contains(name));
        for fields in objects.values_mut() {
            fields.retain(|field| !empty.contains(&field.ty));
        }
    }
}

/// The fields of a type that the model is offered, in the order in which it is.
fn offered_fields<'a>(
    environment: &'a Value,
    name: &str,
    fields: &[Field],
) -> Result<Vec<&'a str>> {
    let offered: Vec<&str> = environment
        .get("offered")
        .and_then(|offered| text(offered, name))
        .into_iter()
        .flat_map(str::split_whitespace)
        .collect();
    for field in &offered {
        if !fields.iter().any(|known| known.name == *field) {
            bail!("environment.json offers {name}.{field}, which there is not");
        }
    }
    Ok(offered)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn named(kind: &str, name: &str) -> Value {
        json!({"kind": kind, "name": name, "ofType": null})
    }

    fn marked(kind: &str, inner: Value) -> Value {
        json!({"kind": kind, "name": null, "ofType": inner})
    }

    fn field(name: &str, ty: Value) -> Value {
        json!({"name": name, "args": [], "type": ty, "isDeprecated": false})
    }

    fn schema() -> Value {
        let text = || named("SCALAR", "String");
        let order = named("OBJECT", "Order");
        let mut old = field("old", text());
        old["isDeprecated"] = json!(true);
        let mut asked = field("asked", text());
        asked["args"] =
            json!([{"name": "key", "type": marked("NON_NULL", text()), "defaultValue": null}]);
        let mut preset = field("preset", text());
        preset["args"] =
            json!([{"name": "first", "type": marked("NON_NULL", text()), "defaultValue": "1"}]);
        json!({"data": {"__schema": {"types": [
            {"kind": "SCALAR", "name": "String"},
            {"kind": "SCALAR", "name": "Int"},
            {"kind": "OBJECT", "name": "Shop", "fields": [
                field("orders", marked("NON_NULL", named("OBJECT", "OrderConnection"))),
                field("payer", named("UNION", "Payer")),
                field("nothing", named("OBJECT", "Nothing")),
            ]},
            {"kind": "OBJECT", "name": "Metafield", "fields": [field("value", marked("NON_NULL", text()))]},
            {"kind": "OBJECT", "name": "OrderConnection", "fields": [
                field("edges", marked("LIST", named("OBJECT", "OrderEdge"))),
                field("nodes", marked("NON_NULL", marked("LIST", marked("NON_NULL", order.clone())))),
            ]},
            {"kind": "OBJECT", "name": "PageConnection", "fields": [
                field("edges", marked("LIST", named("OBJECT", "PageEdge"))),
            ]},
            {"kind": "OBJECT", "name": "PageEdge", "fields": [field("node", named("OBJECT", "Page"))]},
            {"kind": "OBJECT", "name": "Page", "fields": [field("title", text())]},
            {"kind": "OBJECT", "name": "Order", "fields": [
                old,
                asked,
                preset,
                field("tags", marked("NON_NULL", marked("LIST", text()))),
                field("state", named("ENUM", "State")),
                field("pages", named("OBJECT", "PageConnection")),
                field("media", named("INTERFACE", "Media")),
            ]},
            {"kind": "ENUM", "name": "State", "enumValues": [{"name": "OPEN"}, {"name": "DONE"}]},
            {"kind": "INTERFACE", "name": "Media", "fields": [field("alt", text())],
             "possibleTypes": [named("OBJECT", "Film")]},
            {"kind": "OBJECT", "name": "Film", "fields": [field("alt", text()), field("seconds", text())]},
            {"kind": "UNION", "name": "Payer", "fields": null,
             "possibleTypes": [named("OBJECT", "Person"), named("OBJECT", "Firm")]},
            {"kind": "OBJECT", "name": "Person", "fields": [field("name", text())]},
            {"kind": "OBJECT", "name": "Firm", "fields": [
                field("name", marked("LIST", text())),
                field("number", text()),
            ]},
            {"kind": "OBJECT", "name": "Nothing", "fields": []},
            {"kind": "OBJECT", "name": "Unreached", "fields": [field("value", text())]},
        ]}}})
    }

    fn made(environment: Value) -> Result<Value> {
        let tasks = json!([{"adds": [{"name": "review", "type": "[Review]"}], "fields": [{"of": "Order"}]}]);
        let text = generate(&schema(), &tasks, &environment)?;
        Ok(serde_json::from_str(&text).expect("JSON"))
    }

    #[test]
    fn a_schema_becomes_what_flow_shows() {
        let types = made(json!({
            "objects": {"Review": {"score": "Int", "orders": "[Order]"}},
            "offered": {"Order": "tags old"},
        }))
        .expect("it generates");
        assert_eq!(
            types,
            json!({
                "objects": {
                    "Media": {"alt": "String"},
                    "Metafield": {"value": "String"},
                    "Order": {
                        "tags": "[String]", "old": "String", "preset": "String", "state": "State",
                        "pages": "[Page]", "media": "Media",
                    },
                    "Page": {"title": "String"},
                    "Payer": {"name": "String", "number": "String"},
                    "Review": {"score": "Int", "orders": "[Order]"},
                    "Shop": {"orders": "[Order]", "payer": "Payer"},
                },
                "enums": {"State": ["OPEN", "DONE"]},
                "deprecated": ["Order.old"],
                "offered": {"Order": 2},
            })
        );
        let order: Vec<&String> = types["objects"]["Order"]
            .as_object()
            .expect("an object")
            .keys()
            .collect();
        assert_eq!(order, ["tags", "old", "preset", "state", "pages", "media"]);
    }

    #[test]
    fn what_does_not_fit_is_named() {
        for (environment, said) in [
            (json!({}), "the type Review"),
            (
                json!({"objects": {"Review": {"score": "Int"}, "Order": {"a": "Int"}}}),
                "describes Order",
            ),
            (
                json!({"objects": {"Review": {"score": "Int"}}, "offered": {"Order": "nope"}}),
                "Order.nope",
            ),
            (
                json!({"objects": {"Review": {"score": "String"}}, "offered": {"Film": "alt"}}),
                "offers fields of Film",
            ),
            (
                json!({"objects": {"Review": 7}}),
                "Review in environment.json",
            ),
            (json!({"objects": {"Review": {"score": 7}}}), "Review.score"),
        ] {
            let error = made(environment.clone()).expect_err("it does not fit");
            assert!(error.to_string().contains(said), "{environment}: {error}");
        }
        assert!(generate(&json!({}), &json!([]), &json!({})).is_err());
    }

    /// The committed file is what the generator makes of the schema it names.
    #[test]
    fn the_committed_types_are_the_generated_ones() {
        if !beside().is_file() {
            eprintln!("skipped: {} is not there", beside().display());
            return;
        }
        let mut breaches = Vec::new();
        check(&mut breaches).expect("it reads");
        assert!(breaches.is_empty(), "{breaches:?}");
    }
}
