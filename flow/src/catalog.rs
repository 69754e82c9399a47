//! The catalogue: which tasks a store can use, what each is configured with, and the types of the
//! variables (the environment) that its steps can see.
//!
//! The built-in catalogue is read from `catalog/tasks.json` and `catalog/types.json`. A store's own
//! catalogue is the same structure with connectors switched on, and with what the store itself said
//! about its tasks laid over it ([`import`], [`Catalog::overlay`]).

pub mod import;
mod overlay;
mod sdl;

use std::collections::BTreeMap;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::from_json::{FromJson, Reading, from_json};
use crate::sorted::{SortedMap, SortedSet};
use crate::workflow::TaskType;

/// How sure the catalogue is of a task's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum IdStatus {
    /// Read in a real export or in Shopify's own description of Flow.
    Exact,
    /// Derived from the label by the pattern of its neighbours. Exporting it yields a finding.
    Guess,
}

from_json! {
    enum IdStatus {
        Exact = "exact",
        Guess = "guess",
    }
}

/// What a config field holds, which decides how it is written, checked and edited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// Free text, with Liquid where [`Field::liquid`] says so.
    Text,
    /// E-mail addresses, comma separated, or Liquid.
    Email,
    /// A whole number in digits, or Liquid.
    Integer,
    /// `true` or `false`.
    Boolean,
    /// One of [`Field::values`].
    Enum,
    /// A list of strings, JSON inside the string.
    Array,
    /// A list of key and value pairs, JSON inside the string.
    Map,
    /// A reference to an object in the environment, of type [`Field::of`].
    CommerceObject,
    /// A fixed resource of the shop by its id (a segment, a location, a variant), of type [`Field::of`].
    Resource,
    /// A list of collection ids.
    Collections,
    /// A condition, text or tree.
    Condition,
    /// `{"amount":3,"unit":"days"}`.
    Duration,
    /// A list with one `DTSTART…\nRRULE:…` string.
    Recurrence,
    /// A path to a list in the environment.
    Path,
    /// `{"sortKey":"…","order":"…"}`.
    Sort,
    /// The name and arguments of an Admin API mutation.
    ApiCall,
    /// Program text: JavaScript, a GraphQL query or a schema.
    Code,
    /// A metafield, as a JSON object inside the string.
    Metafield,
    /// A query in `ShopifyQL`.
    ShopifyqlQuery,
}

from_json! {
    enum FieldKind {
        Text = "text",
        Email = "email",
        Integer = "integer",
        Boolean = "boolean",
        Enum = "enum",
        Array = "array",
        Map = "map",
        CommerceObject = "commerce_object",
        Resource = "resource",
        Collections = "collections",
        Condition = "condition",
        Duration = "duration",
        Recurrence = "recurrence",
        Path = "path",
        Sort = "sort",
        ApiCall = "api_call",
        Code = "code",
        Metafield = "metafield",
        ShopifyqlQuery = "shopifyql_query",
    }
}

/// A config field of a task.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Field {
    /// The id in Flow JSON, for example `order_id`. Unique within its task.
    pub id: String,
    /// The name that merchants see.
    pub label: String,
    /// What it holds.
    pub kind: FieldKind,
    /// Whether a step without it cannot be turned on.
    pub required: bool,
    /// What Flow takes when the field is left out, as a config value; empty where it is known that
    /// there is one, but not which. A required field that has a default need not be given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// Whether Liquid is rendered in it.
    pub liquid: bool,
    /// Allowed values of an `enum` field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// The environment type a `commerce_object` or `resource` field refers to, for example `Order`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
}

from_json! {
    struct Field {
        id,
        label,
        kind,
        required or default,
        default,
        liquid or default,
        values or default,
        of,
    }
}

impl Field {
    /// True when a step without this field cannot work: Flow wants a value and has none of its own.
    pub fn must_be_given(&self) -> bool {
        self.required && self.default.is_none()
    }
}

/// A variable that a task adds to the environment of the steps after it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Variable {
    /// For example `order` or `getOrderData`.
    pub name: String,
    /// The type in the notation of [`TypeRef`]: `Order`, `[Order]`, `Decimal`.
    #[serde(rename = "type")]
    pub ty: TypeRef,
}

from_json! {
    struct Variable { name, ty as "type" }
}

/// A task that a step can run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Task {
    /// The id in Flow JSON. Unique.
    pub id: String,
    /// Where the id comes from.
    pub id_status: IdStatus,
    /// The version written into new steps.
    pub version: String,
    /// The name in the Python form, for example `add_order_tags`. Unique, snake case.
    pub name: String,
    /// The name that merchants see, for example `Add order tags`.
    pub label: String,
    /// What kind of step runs it.
    #[serde(rename = "type")]
    pub task_type: TaskType,
    /// The connector that must be installed first, for example `Slack`; `None` for Shopify's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connector: Option<String>,
    /// One plain sentence.
    pub description: String,
    /// Config fields in the order in which a step without names fills them.
    pub fields: Vec<Field>,
    /// Variables this task adds. A foreach adds its item itself, inside its body only.
    pub adds: Vec<Variable>,
}

from_json! {
    struct Task {
        id,
        id_status,
        version,
        name,
        label,
        task_type as "type",
        connector,
        description,
        fields or default,
        adds or default,
    }
}

impl Task {
    /// The config field with this id.
    pub fn field(&self, id: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.id == id)
    }

    /// Who provides the task: the connector, or Shopify, whose own tasks come from `flow` (steps of
    /// Flow itself, whose ids begin with `shopify::flow::`) and from `shopify` (all others).
    pub fn publisher(&self) -> &str {
        match &self.connector {
            Some(connector) => connector,
            None if self.id.starts_with("shopify::flow::") => "flow",
            None => "shopify",
        }
    }

    /// The variable under which later steps read this step's output, if it has one.
    pub fn output(&self) -> Option<&Variable> {
        match self.task_type {
            TaskType::Action => self.adds.first(),
            _ => None,
        }
    }
}

/// A reference to a type: a name, and whether it is a list of that.
///
/// Written `Order` or `[Order]`. Scalars are `String ID Int Float Decimal Money Boolean DateTime
/// Date URL UnsignedInt64 BigInt JSON HTML FormattedString UtcOffset Color StorefrontID ARN`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TypeRef {
    /// The name of the type, of one element where it is a list.
    pub name: String,
    /// True for a list of that.
    pub list: bool,
}

impl TypeRef {
    /// Reads `Order` or `[Order]`.
    pub fn parse(text: &str) -> TypeRef {
        match text
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            Some(inner) => TypeRef {
                name: inner.to_string(),
                list: true,
            },
            None => TypeRef {
                name: text.to_string(),
                list: false,
            },
        }
    }

    /// The type of one element.
    pub fn item(&self) -> TypeRef {
        TypeRef {
            name: self.name.clone(),
            list: false,
        }
    }
}

impl std::fmt::Display for TypeRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.list {
            write!(f, "[{}]", self.name)
        } else {
            f.write_str(&self.name)
        }
    }
}

impl Serialize for TypeRef {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl FromJson for TypeRef {
    fn from_json(value: Value, reading: &mut Reading) -> TypeRef {
        TypeRef::parse(&String::from_json(value, reading))
    }
}

impl<'de> Deserialize<'de> for TypeRef {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<TypeRef, D::Error> {
        Ok(TypeRef::parse(&String::deserialize(deserializer)?))
    }
}

/// What goes by a name, in the order in which it was written. The hash has no key, so that the same
/// catalogue is the same everywhere.
pub type Named<T> = IndexMap<String, T, FxBuildHasher>;

/// The types of the environment, as `catalog/types.json` holds them.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Types {
    /// Object types: field name to type. `{"Order": {"name": "String", "tags": "[String]", …}, …}`.
    pub objects: BTreeMap<String, Named<TypeRef>>,
    /// Enum types and their values.
    pub enums: BTreeMap<String, Vec<String>>,
    /// Fields that Shopify marks deprecated, as `Order.totalPrice`; readable, but not offered first.
    pub deprecated: Vec<String>,
    /// How many of an object's fields, from the first, are offered to the model ([`Catalog::offered`]).
    /// An object that is not listed is not offered; when none is listed, everything is.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub offered: BTreeMap<String, usize>,
}

from_json! {
    struct Types {
        objects,
        enums,
        deprecated or default,
        offered or default,
    }
}

/// What a path in the environment leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// The type of the last segment, list marker included.
    pub ty: TypeRef,
    /// True when an earlier segment was a list, so that the path stands for many values.
    pub through_list: bool,
}

/// Why a path does not resolve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unresolved {
    /// The segments that did resolve, joined with dots; empty when the variable itself is unknown.
    pub known: String,
    /// The segment that did not.
    pub segment: String,
    /// The nearest name that would have resolved there, if one is near.
    pub nearest: Option<String>,
}

/// The variables a step can see, outermost first; a later entry hides an earlier one of its name.
pub type Scope = Vec<Variable>;

/// Tasks and types in force.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Catalog {
    tasks: Named<Task>,
    names: Named<String>,
    /// Ids that were guessed before the real one was known, to the real one.
    former: SortedMap<String, String>,
    /// Connectors that the store's own description shows to be installed.
    at_hand: SortedSet<String>,
    /// The types of the environment.
    pub types: Types,
}

/// A catalogue file that does not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogError {
    /// One sentence: what is wrong, and where.
    pub message: String,
}

impl std::fmt::Display for CatalogError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for CatalogError {}

impl Catalog {
    /// The catalogue that ships with Flowright, connectors' tasks included.
    ///
    /// A built-in file that does not read yields an empty catalogue; a test keeps that from shipping.
    #[cfg(feature = "builtin")]
    pub fn builtin() -> Catalog {
        Catalog::parse(
            include_str!("../catalog/tasks.json"),
            include_str!("../catalog/types.json"),
        )
        .unwrap_or_default()
    }

    /// Reads a catalogue from the text of its two files: a list of tasks, and the types.
    pub fn parse(tasks: &str, types: &str) -> Result<Catalog, CatalogError> {
        let tasks: Vec<Task> = serde_json::from_str(tasks).map_err(|error| CatalogError {
            message: format!("the task list does not read: {error}"),
        })?;
        let types: Types = serde_json::from_str(types).map_err(|error| CatalogError {
            message: format!("the environment types do not read: {error}"),
        })?;
        let mut catalog = Catalog {
            types,
            ..Catalog::default()
        };
        for task in tasks {
            if catalog.names.contains_key(&task.name) || catalog.tasks.contains_key(&task.id) {
                return Err(CatalogError {
                    message: format!("the task {} ({}) is there twice", task.name, task.id),
                });
            }
            catalog.names.insert(task.name.clone(), task.id.clone());
            catalog.tasks.insert(task.id.clone(), task);
        }
        Ok(catalog)
    }

    /// The catalogue of a store: Shopify's own tasks, and those of the connectors it has installed.
    ///
    /// Names compare without regard to case. A connector that a store's description showed to be
    /// installed ([`Catalog::overlay`]) need not be named.
    pub fn with_connectors<S: AsRef<str>>(&self, installed: &[S]) -> Catalog {
        let keep = |task: &Task| match &task.connector {
            None => true,
            Some(connector) => {
                self.at_hand.contains(connector)
                    || installed
                        .iter()
                        .any(|name| name.as_ref().eq_ignore_ascii_case(connector))
            }
        };
        let mut catalog = Catalog {
            types: self.types.clone(),
            former: self.former.clone(),
            at_hand: self.at_hand.clone(),
            ..Catalog::default()
        };
        for task in self.tasks.values().filter(|task| keep(task)) {
            catalog.names.insert(task.name.clone(), task.id.clone());
            catalog.tasks.insert(task.id.clone(), task.clone());
        }
        catalog
    }

    /// The same tasks, with the part of the environment that is offered to the model.
    ///
    /// Every field that Flow shows can be read, checked and run; the model chooses among those that
    /// merchants speak of, so that its grammar stays small and what it learned stays true.
    pub fn offered(&self) -> Catalog {
        if self.types.offered.is_empty() {
            return self.clone();
        }
        let mut types = Types {
            objects: BTreeMap::new(),
            enums: self.types.enums.clone(),
            deprecated: Vec::new(),
            offered: BTreeMap::new(),
        };
        for (name, count) in &self.types.offered {
            if let Some(fields) = self.types.objects.get(name) {
                let first = fields.iter().take(*count);
                types.objects.insert(
                    name.clone(),
                    first.map(|(name, ty)| (name.clone(), ty.clone())).collect(),
                );
            }
        }
        // What a store's own tasks bring may lead to objects that are not offered otherwise: of these
        // only the plain values are.
        let led_to: SortedSet<&str> = self
            .tasks
            .values()
            .flat_map(|task| &task.adds)
            .map(|variable| &variable.ty)
            .chain(types.objects.values().flat_map(IndexMap::values))
            .map(|ty| ty.name.as_str())
            .filter(|name| !self.types.offered.contains_key(*name))
            .collect();
        let mut more = SortedMap::new();
        for name in led_to {
            let fields = self.types.objects.get(name).into_iter().flatten();
            let plain: Named<TypeRef> = fields
                .filter(|(_, ty)| self.is_scalar(&ty.name))
                .map(|(name, ty)| (name.clone(), ty.clone()))
                .collect();
            if !plain.is_empty() {
                more.insert(name.to_string(), plain);
            }
        }
        types.objects.extend(more);
        types.deprecated = self
            .types
            .deprecated
            .iter()
            .filter(|path| {
                path.split_once('.').is_some_and(|(object, field)| {
                    let fields = types.objects.get(object);
                    fields.is_some_and(|fields| fields.contains_key(field))
                })
            })
            .cloned()
            .collect();
        Catalog {
            tasks: self.tasks.clone(),
            names: self.names.clone(),
            former: self.former.clone(),
            at_hand: self.at_hand.clone(),
            types,
        }
    }

    /// All tasks in catalogue order.
    pub fn tasks(&self) -> impl Iterator<Item = &Task> {
        self.tasks.values()
    }

    /// The task with this Flow id, or with the guess that stood in its place before.
    pub fn task(&self, id: &str) -> Option<&Task> {
        self.tasks
            .get(id)
            .or_else(|| self.tasks.get(self.former.get(id)?))
    }

    /// The task with this name in the Python form.
    pub fn task_named(&self, name: &str) -> Option<&Task> {
        self.names.get(name).and_then(|id| self.tasks.get(id))
    }

    /// True when the type has no fields of its own: a scalar or an enum.
    pub fn is_scalar(&self, name: &str) -> bool {
        !self.types.objects.contains_key(name)
    }

    /// The allowed values, when the type is an enum.
    pub fn enum_values(&self, name: &str) -> Option<&[String]> {
        self.types.enums.get(name).map(Vec::as_slice)
    }

    /// Follows a dotted path (`order.customer.email`) through the types, from the variables in scope.
    ///
    /// Anything inside a `JSON` value resolves, to `JSON` again.
    pub fn resolve(&self, scope: &[Variable], path: &str) -> Result<Resolved, Unresolved> {
        let mut segments = path.split('.');
        let first = segments.next().unwrap_or_default();
        let Some(variable) = scope.iter().rev().find(|variable| variable.name == first) else {
            return Err(Unresolved {
                known: String::new(),
                segment: first.to_string(),
                nearest: nearest(first, scope.iter().map(|variable| variable.name.as_str())),
            });
        };
        let mut ty = &variable.ty;
        let mut through_list = false;
        // How many bytes of the path are known to lead somewhere.
        let mut known = first.len();
        for segment in segments {
            if ty.name == "JSON" {
                // What is inside is known only when the workflow runs (the output of Run code).
                return Ok(Resolved {
                    ty: TypeRef::parse("JSON"),
                    through_list: through_list || ty.list,
                });
            }
            let fields = self.types.objects.get(&ty.name);
            let Some(next) = fields.and_then(|fields| fields.get(segment)) else {
                return Err(Unresolved {
                    known: path.get(..known).unwrap_or_default().to_string(),
                    segment: segment.to_string(),
                    nearest: fields
                        .and_then(|fields| nearest(segment, fields.keys().map(String::as_str))),
                });
            };
            through_list |= ty.list;
            ty = next;
            known += 1 + segment.len();
        }
        Ok(Resolved {
            ty: ty.clone(),
            through_list,
        })
    }
}

impl Catalog {
    /// The path that was meant by one that does not resolve: each unknown segment replaced by the
    /// only name near it. `None` when a segment has no such name, or when the path is right as it is.
    pub fn corrected_path(&self, scope: &[Variable], path: &str) -> Option<String> {
        let mut segments: Vec<String> = path.split('.').map(str::to_string).collect();
        // No type goes so deep, and each round looks at the whole path.
        if segments.len() > 32 {
            return None;
        }
        for _ in 0..=segments.len() {
            let text = segments.join(".");
            let unresolved = match self.resolve(scope, &text) {
                Ok(_) => return (text != path).then_some(text),
                Err(unresolved) => unresolved,
            };
            let (at, near) = if unresolved.known.is_empty() {
                let names = scope.iter().map(|variable| variable.name.as_str());
                (0, only_nearest(&unresolved.segment, names)?)
            } else {
                let owner = self.resolve(scope, &unresolved.known).ok()?.ty.name;
                let fields = self.types.objects.get(&owner)?;
                let names = fields.keys().map(String::as_str);
                (
                    unresolved.known.split('.').count(),
                    only_nearest(&unresolved.segment, names)?,
                )
            };
            *segments.get_mut(at)? = near;
        }
        None
    }
}

/// The name of the loop item for a path: `order.lineItems` gives `lineItemsForeachitem`.
pub fn foreach_item_name(path: &str) -> String {
    format!("{}Foreachitem", path.rsplit('.').next().unwrap_or(path))
}

/// The conventional name of the item inside a list condition: `order.tags` gives `tags_item`.
pub fn condition_item_name(path: &str) -> String {
    format!("{}_item", path.rsplit('.').next().unwrap_or(path))
}

/// What the items of a list are called in the loop of a text, `{% for order in getOrderData %}`.
///
/// Any name works there, this is the one that is written. `last` is the last name of the list's path, `element` the
/// type of its items.
pub fn text_item_name(last: &str, element: &str) -> String {
    let of_type = last.starts_with("get") && last.ends_with("Data");
    let name = match (element, of_type) {
        ("ProductVariant", _) => "variant".to_string(),
        (_, true) => crate::summary::lower_first(element),
        _ if last.ends_with("ineItems") || last == "lines" => "item".to_string(),
        _ => {
            let start = last.rfind(char::is_uppercase).unwrap_or_default();
            let word = last[start..].to_lowercase();
            match word.strip_suffix("ies") {
                Some(stem) => format!("{stem}y"),
                None => word.strip_suffix('s').unwrap_or(&word).to_string(),
            }
        }
    };
    match name.as_str() {
        "subscriptionContract" => "contract".to_string(),
        "viewed" => "product".to_string(),
        _ => name,
    }
}

/// The candidate that differs least from `wanted`, when it differs in at most a third of its letters.
pub fn nearest<'a>(wanted: &str, candidates: impl Iterator<Item = &'a str>) -> Option<String> {
    candidates
        .map(|candidate| (edit_distance(wanted, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= 1 + candidate.chars().count() / 3)
        .min()
        .map(|(_, candidate)| candidate.to_string())
}

/// The one candidate that differs least from `wanted`.
///
/// `None` when none is near enough, as in [`nearest`], or when several are equally near. Two
/// neighbouring letters the wrong way round count as one difference: it is what fingers do most.
pub fn only_nearest<'a>(wanted: &str, candidates: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut best: Option<(usize, &str)> = None;
    let mut tied = false;
    for candidate in candidates {
        let distance = if swapped(wanted, candidate) {
            1
        } else {
            edit_distance(wanted, candidate)
        };
        if distance > 1 + candidate.chars().count() / 3 {
            continue;
        }
        match best {
            Some((least, known)) if distance == least => tied |= known != candidate,
            Some((least, _)) if distance > least => {}
            _ => {
                best = Some((distance, candidate));
                tied = false;
            }
        }
    }
    best.filter(|_| !tied)
        .map(|(_, candidate)| candidate.to_string())
}

/// True when two words differ only in the order of two neighbouring letters.
fn swapped(left: &str, right: &str) -> bool {
    let differing: Vec<(usize, char, char)> = left
        .chars()
        .zip(right.chars())
        .enumerate()
        .filter(|(_, (a, b))| a != b)
        .map(|(at, (a, b))| (at, a, b))
        .take(3)
        .collect();
    left.chars().count() == right.chars().count()
        && matches!(differing.as_slice(), [(i, a, b), (j, c, d)] if i + 1 == *j && a == d && b == c)
}

/// Levenshtein distance in characters.
pub fn edit_distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in right.iter().enumerate() {
            let substitute = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = substitute.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[right.len()]
}
