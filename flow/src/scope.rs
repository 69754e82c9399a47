//! What a step can see: the shop, the trigger's variables, outputs of earlier steps on its path, and
//! the items of the loops it stands in.

mod offer;

use serde_json::Value;

use crate::catalog::{Catalog, TypeRef, Unresolved, Variable, foreach_item_name};
use crate::places::Places;
use crate::run::output_name;
use crate::workflow::{Step, TaskType, Workflow};

pub use offer::{Offered, Wanted, describe, offer, read_by};

/// The variables that a step can see, outermost first; a later one hides an earlier one of its name.
///
/// What the step itself adds is not among them.
pub fn scope_at(workflow: &Workflow, step_id: &str, catalog: &Catalog) -> Vec<Variable> {
    Scopes::new(workflow, catalog).at(step_id)
}

/// The scopes of one workflow, for callers that ask for many steps.
#[derive(Debug)]
pub struct Scopes<'a> {
    workflow: &'a Workflow,
    catalog: &'a Catalog,
    places: Places<'a>,
    /// For each step, the steps that lead to it, and whether over the port into a loop's body.
    incoming: Vec<Vec<(usize, bool)>>,
    /// Whether a step may add a variable; most do not, and need not be looked up again and again.
    adds: Vec<bool>,
}

/// What one step sees, and the steps that make it so.
#[derive(Debug)]
pub(crate) struct Seen {
    before: Vec<(usize, bool)>,
    scope: Vec<Variable>,
}

impl<'a> Scopes<'a> {
    /// Looks the workflow's links up once.
    pub fn new(workflow: &'a Workflow, catalog: &'a Catalog) -> Scopes<'a> {
        let places = Places::new(workflow);
        let mut incoming = vec![Vec::new(); workflow.steps.len()];
        for (link, place) in workflow.links.iter().zip(&places.of_links) {
            if let (Some(from), Some(to)) = *place {
                incoming[to].push((from, link.from_port == "loop_body"));
            }
        }
        let adds = workflow
            .steps
            .iter()
            .map(|step| {
                step.task_type == TaskType::Foreach
                    || catalog
                        .task(&step.task_id)
                        .is_some_and(|task| !task.adds.is_empty())
            })
            .collect();
        Scopes {
            workflow,
            catalog,
            places,
            incoming,
            adds,
        }
    }

    /// See [`scope_at`].
    pub fn at(&self, step_id: &str) -> Vec<Variable> {
        match self.places.of(step_id) {
            Some(place) => self.of(&self.before(place)),
            None => self.of(&[]),
        }
    }

    /// Where the steps stand.
    pub(crate) fn places(&self) -> &Places<'a> {
        &self.places
    }

    /// As [`Scopes::at`], for a caller that goes from place to place: most see what the one before
    /// saw.
    pub(crate) fn after<'s>(&self, place: usize, last: &'s mut Option<Seen>) -> &'s [Variable] {
        let before = self.before(place);
        if last.as_ref().is_none_or(|last| last.before != before) {
            let scope = self.of(&before);
            *last = Some(Seen { before, scope });
        }
        last.as_ref().map_or(&[], |last| &last.scope)
    }

    fn of(&self, before: &[(usize, bool)]) -> Vec<Variable> {
        let mut scope = Vec::new();
        if self.catalog.types.objects.contains_key("Shop") {
            scope.push(Variable {
                name: "shop".to_string(),
                ty: TypeRef::parse("Shop"),
            });
        }
        for (at, in_body) in before {
            self.add(&self.workflow.steps[*at], *in_body, &mut scope);
        }
        scope
    }

    /// Every step before `start` on a path to it that may add a variable, earlier ones first, with whether `start` stands in
    /// the loop body of that step.
    fn before(&self, start: usize) -> Vec<(usize, bool)> {
        if let Some(order) = self.before_in_line(start) {
            return order;
        }
        let mut in_body = vec![false; self.incoming.len()];
        let mut seen = vec![false; self.incoming.len()];
        seen[start] = true;
        let mut order = Vec::new();
        // Depth first without recursion, each step noted after all that lead to it.
        let mut stack: Vec<(usize, usize)> = vec![(start, 0)];
        while let Some((at, next)) = stack.last_mut() {
            match self.incoming[*at].get(*next) {
                Some((from, body)) => {
                    *next += 1;
                    in_body[*from] |= *body;
                    if !std::mem::replace(&mut seen[*from], true) {
                        stack.push((*from, 0));
                    }
                }
                None => {
                    if self.adds[*at] && *at != start {
                        order.push(*at);
                    }
                    stack.pop();
                }
            }
        }
        order.into_iter().map(|at| (at, in_body[at])).collect()
    }

    /// As [`Scopes::before`], where one link at most leads to each step on the way, which needs no
    /// notes of what was seen.
    fn before_in_line(&self, start: usize) -> Option<Vec<(usize, bool)>> {
        let mut order = Vec::new();
        let mut at = start;
        for _ in 0..self.incoming.len() {
            match self.incoming[at].as_slice() {
                [] => {
                    order.reverse();
                    return Some(order);
                }
                [(from, body)] => {
                    if self.adds[*from] {
                        order.push((*from, *body));
                    }
                    at = *from;
                }
                _ => return None,
            }
        }
        // It runs in a circle.
        None
    }

    fn add(&self, step: &Step, in_body: bool, scope: &mut Vec<Variable>) {
        if step.task_type == TaskType::Foreach {
            if let Some(path) = step.config_value("listpath").filter(|_| in_body) {
                let path = crate::run::bare_path(path);
                let ty = match self.catalog.resolve(scope, path) {
                    Ok(resolved) => resolved.ty.item(),
                    // Of an unknown list the items are unknown too, but the variable is there.
                    Err(_) => TypeRef::parse("JSON"),
                };
                scope.push(Variable {
                    name: foreach_item_name(path),
                    ty,
                });
            }
            return;
        }
        let Some(task) = self.catalog.task(&step.task_id) else {
            return;
        };
        if step.task_type == TaskType::Trigger {
            let new = task.adds.iter().filter(|variable| variable.name != "shop");
            scope.extend(new.cloned());
        } else if let (Some(name), Some(output)) = (
            output_name(self.workflow, step, self.catalog),
            task.output(),
        ) {
            scope.push(Variable {
                name,
                ty: output.ty.clone(),
            });
        }
    }
}

/// True when a path leads into data of a shape nobody described, such as the output of a script or
/// an entry of the shop's own metaobjects, so that nothing can be said about it.
pub(crate) fn leads_into_open_data(
    catalog: &Catalog,
    scope: &[Variable],
    unresolved: &Unresolved,
) -> bool {
    !unresolved.known.is_empty()
        && catalog
            .resolve(scope, &unresolved.known)
            .is_ok_and(|resolved| matches!(resolved.ty.name.as_str(), "JSON" | "Metaobject"))
}

/// The catalogue with the fields that the workflow's own patched fields add to its types.
///
/// `None` when it has none, so that the catalogue need not be copied.
pub fn with_patched_fields(workflow: &Workflow, catalog: &Catalog) -> Option<Catalog> {
    if workflow.patched_fields.is_empty() {
        return None;
    }
    let mut patched = catalog.clone();
    for field in &workflow.patched_fields {
        let text = |key: &str| field.get(key).and_then(Value::as_str);
        let (Some(handle), Some(object)) = (text("handle"), text("patched_type")) else {
            continue;
        };
        let ty = match text("field") {
            Some("metafield") if catalog.types.objects.contains_key("Metafield") => {
                TypeRef::parse("Metafield")
            }
            Some(name) => catalog
                .types
                .objects
                .get(object)
                .and_then(|fields| fields.get(name))
                .cloned()
                .unwrap_or_else(|| TypeRef::parse("JSON")),
            None => TypeRef::parse("JSON"),
        };
        let objects = &mut patched.types.objects;
        let name = patched_type(objects.keys().map(String::as_str), object);
        let fields = objects.entry(name).or_default();
        // A handle `loyalty_tier` is read as `loyaltyTier`.
        for handle in [handle.to_string(), camel(handle)] {
            fields.entry(handle).or_insert_with(|| ty.clone());
        }
    }
    Some(patched)
}

/// The type that a patched field belongs to: exports write `ProductVariant`, others `VARIANT` or
/// `PRODUCT_VARIANT`.
fn patched_type<'t>(types: impl Iterator<Item = &'t str>, written: &str) -> String {
    let plain = written.replace('_', "");
    let plain = if plain.eq_ignore_ascii_case("variant") {
        "ProductVariant".to_string()
    } else {
        plain
    };
    types
        .into_iter()
        .find(|name| name.eq_ignore_ascii_case(&plain))
        .map_or_else(|| written.to_string(), str::to_string)
}

/// `loyalty_tier` as `loyaltyTier`; a handle without an underscore is one already.
fn camel(handle: &str) -> String {
    let mut out = String::with_capacity(handle.len());
    let mut after_mark = false;
    for c in handle.chars() {
        match c {
            '_' | '-' => after_mark = !out.is_empty(),
            c if after_mark => {
                out.extend(c.to_uppercase());
                after_mark = false;
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests;
