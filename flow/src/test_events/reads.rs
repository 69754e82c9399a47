//! What a workflow reads of its event: variables, their types, and the fields on every path.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use crate::catalog::{Catalog, FieldKind, TypeRef, foreach_item_name};
use crate::condition::{self, Expr};
use crate::liquid;
use crate::python::values::reference;
use crate::run::{field_of_kind, list_path, output_name};
use crate::workflow::{Step, TaskType, Workflow};

/// Longer paths are cut here: no type of Flow goes so deep, and nothing here may nest without bound.
pub(super) const MAX_SEGMENTS: usize = 32;

/// Loops stand in loops at most this deep; deeper names are not looked up.
const MAX_LOOPS: usize = 8;

/// A variable that the interpreter works out from a list, so that no event can hold it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Computed {
    /// How many items the list at this path has.
    Count(String),
    /// The sum of the numbers at this path.
    Sum(String),
}

/// A part of the event that the workflow reads: its type, and the fields of it (of its items, for
/// a list) that are read.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    pub ty: TypeRef,
    pub fields: IndexMap<String, Shape>,
}

impl Shape {
    pub(super) fn new(ty: TypeRef) -> Shape {
        Shape {
            ty,
            fields: IndexMap::new(),
        }
    }
}

/// A workflow and its catalogue, with everything looked up that making events needs.
pub(super) struct World<'a> {
    pub workflow: &'a Workflow,
    pub catalog: &'a Catalog,
    pub variables: BTreeMap<String, TypeRef>,
    pub computed: BTreeMap<String, Computed>,
    /// The condition of every condition step that reads, by step id.
    pub conditions: BTreeMap<String, Expr>,
    /// What the workflow reads, by variable.
    pub shapes: IndexMap<String, Shape>,
}

impl<'a> World<'a> {
    pub(super) fn new(workflow: &'a Workflow, catalog: &'a Catalog) -> World<'a> {
        let mut world = World {
            workflow,
            catalog,
            variables: BTreeMap::new(),
            computed: BTreeMap::new(),
            conditions: BTreeMap::new(),
            shapes: IndexMap::new(),
        };
        world.find_variables();
        for step in &workflow.steps {
            if step.task_type == TaskType::Condition {
                let text = field_of_kind(step, catalog.task(&step.task_id), FieldKind::Condition);
                if let Ok(expr) = condition::parse(text.unwrap_or_default()) {
                    world.conditions.entry(step.id.clone()).or_insert(expr);
                }
            }
        }
        world.find_shapes();
        world
    }

    /// The type of a variable of the event; open for one that nobody described.
    pub(super) fn variable(&self, name: &str) -> TypeRef {
        self.variables
            .get(name)
            .cloned()
            .unwrap_or_else(|| TypeRef::parse("JSON"))
    }

    /// The type of a field; open where the catalogue does not know it.
    pub(super) fn field(&self, owner: &TypeRef, name: &str) -> TypeRef {
        self.known_field(owner, name)
            .unwrap_or_else(|| TypeRef::parse("JSON"))
    }

    fn known_field(&self, owner: &TypeRef, name: &str) -> Option<TypeRef> {
        self.catalog
            .types
            .objects
            .get(&owner.name)
            .and_then(|fields| fields.get(name))
            .cloned()
    }

    fn find_variables(&mut self) {
        if self.catalog.types.objects.contains_key("Shop") {
            self.variables
                .insert("shop".to_string(), TypeRef::parse("Shop"));
        }
        for step in &self.workflow.steps {
            let Some(task) = self.catalog.task(&step.task_id) else {
                continue;
            };
            if step.task_type == TaskType::Trigger {
                for variable in &task.adds {
                    self.variables
                        .insert(variable.name.clone(), variable.ty.clone());
                    self.shapes
                        .entry(variable.name.clone())
                        .or_insert_with(|| Shape::new(variable.ty.clone()));
                }
            } else if let (Some(name), Some(output)) = (
                output_name(self.workflow, step, self.catalog),
                task.output(),
            ) {
                let list = list_path(step, Some(task)).to_string();
                match step.task_id.as_str() {
                    "shopify::flow::count" => {
                        self.computed.insert(name, Computed::Count(list));
                    }
                    "shopify::flow::sum" => {
                        self.computed.insert(name, Computed::Sum(list));
                    }
                    _ => {
                        self.variables.insert(name, output.ty.clone());
                    }
                }
            }
        }
    }

    fn find_shapes(&mut self) {
        let loops = self.loops();
        let conditions = std::mem::take(&mut self.conditions);
        for step in &self.workflow.steps {
            for (path, certain) in self.paths_of(step, conditions.get(&step.id), &loops) {
                self.read(&path, certain);
            }
        }
        self.conditions = conditions;
    }

    /// Every loop item's name with the path of its list from the event.
    fn loops(&self) -> Vec<(String, Vec<String>)> {
        let mut loops: Vec<(String, Vec<String>)> = Vec::new();
        for _ in 0..MAX_LOOPS {
            let mut next = Vec::new();
            for step in &self.workflow.steps {
                if step.task_type == TaskType::Foreach {
                    let path = list_path(step, self.catalog.task(&step.task_id));
                    for full in absolute(path, &loops) {
                        next.push((foreach_item_name(path), full));
                    }
                }
            }
            next.truncate(self.workflow.steps.len().saturating_mul(2));
            if next == loops {
                break;
            }
            loops = next;
        }
        loops
    }

    /// The paths a step reads, from the event; with whether fields that no type describes count too.
    fn paths_of(
        &self,
        step: &Step,
        expr: Option<&Expr>,
        loops: &[(String, Vec<String>)],
    ) -> Vec<(Vec<String>, bool)> {
        let mut found = Vec::new();
        let mut add = |path: &str, certain: bool| {
            found.extend(
                absolute(path, loops)
                    .into_iter()
                    .map(|path| (path, certain)),
            );
        };
        match step.task_type {
            TaskType::Condition => {
                for path in expr.map(condition::full_paths).unwrap_or_default() {
                    add(&path, true);
                }
                return found;
            }
            TaskType::Foreach => {
                add(list_path(step, self.catalog.task(&step.task_id)), true);
                return found;
            }
            _ => {}
        }
        let task = self.catalog.task(&step.task_id);
        for config in &step.config {
            let kind = task
                .and_then(|task| task.field(&config.id))
                .map(|field| field.kind);
            match kind {
                Some(FieldKind::Path) => add(list_path(step, task), true),
                Some(FieldKind::Code) => {}
                Some(FieldKind::CommerceObject) | None => match reference(&config.value) {
                    Some(path) => add(&path, false),
                    None => {
                        for path in liquid::paths(&config.value) {
                            add(&path, false);
                        }
                    }
                },
                Some(_) if liquid::is_template(&config.value) => {
                    for path in liquid::paths(&config.value) {
                        add(&path, false);
                    }
                }
                Some(_) => {}
            }
        }
        found
    }

    /// Notes that a path is read. Unless `certain`, it ends where the types know no more: Liquid's
    /// `size` is no field.
    fn read(&mut self, path: &[String], certain: bool) {
        let mut shapes = std::mem::take(&mut self.shapes);
        self.insert(&mut shapes, path, certain);
        self.shapes = shapes;
    }

    /// Adds the fields of a path to some shapes.
    pub(super) fn insert(
        &self,
        shapes: &mut IndexMap<String, Shape>,
        path: &[String],
        certain: bool,
    ) {
        let Some((first, rest)) = path.split_first() else {
            return;
        };
        if self.computed.contains_key(first) || first.is_empty() {
            return;
        }
        if !certain && !self.variables.contains_key(first) {
            return;
        }
        let mut shape = shapes
            .entry(first.clone())
            .or_insert_with(|| Shape::new(self.variable(first)));
        for segment in rest.iter().take(MAX_SEGMENTS) {
            let ty = match self.known_field(&shape.ty, segment) {
                Some(ty) => ty,
                None if certain => TypeRef::parse("JSON"),
                None => return,
            };
            shape = shape
                .fields
                .entry(segment.clone())
                .or_insert_with(|| Shape::new(ty));
        }
    }
}

/// A path with the loop item at its start replaced by the path of the loop's list.
fn absolute(path: &str, names: &[(String, Vec<String>)]) -> Vec<Vec<String>> {
    let segments = split(path);
    let Some((first, rest)) = segments.split_first() else {
        return Vec::new();
    };
    let mut found: Vec<Vec<String>> = Vec::new();
    for (_, list) in names.iter().filter(|(name, _)| name == first) {
        let full: Vec<String> = list
            .iter()
            .chain(rest)
            .take(MAX_SEGMENTS)
            .cloned()
            .collect();
        if !found.contains(&full) {
            found.push(full);
        }
    }
    if found.is_empty() && !segments.iter().any(String::is_empty) {
        found.push(segments);
    }
    found
}

/// The segments of a path, without the brackets that some files put behind a list.
pub(super) fn split(path: &str) -> Vec<String> {
    path.split('.')
        .take(MAX_SEGMENTS)
        .map(|segment| segment.trim_end_matches("[]").to_string())
        .collect()
}
