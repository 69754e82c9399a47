//! Things of the shop that a workflow names and Flow wants by id: collections, locations, segments.
//!
//! A merchant says "the collection Summer Sale", and so does the program that the model writes. Here the
//! name becomes the id, from what the store's own events have shown. The model never sees or writes an
//! id that nobody said, so it can neither invent nor misspell one.

use flow::catalog::{Catalog, Field, FieldKind};
use flow::{Step, Workflow};

pub use crate::tools::shop_resource_search::Resource;
use crate::tools::{NONE, shop_resource_search};

/// How every id of Shopify begins.
const ID: &str = "gid://";

/// One search for a name, with what the tool found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lookup {
    /// `Collection`, `Location`, `Segment` and so on, as the catalogue calls the type.
    pub kind: String,
    pub name: String,
    /// The tool's result, one line for every resource that may be meant.
    pub result: String,
    /// Whether exactly one was meant, so that its id stands in the workflow.
    pub found: bool,
}

/// Puts ids in the place of names, and says what was looked for, each name once. What `before` named
/// already is left as it is.
pub fn resolve(
    workflow: &mut Workflow,
    before: Option<&Workflow>,
    resources: &[Resource],
    catalog: &Catalog,
) -> Vec<Lookup> {
    let mut lookups: Vec<Lookup> = Vec::new();
    for step in &mut workflow.steps {
        let known = before.and_then(|before| before.steps.iter().find(|old| old.id == step.id));
        for (field, kind) in fields(catalog, step) {
            let Some(value) = step.config_value(&field.id) else {
                continue;
            };
            if known.and_then(|known| known.config_value(&field.id)) == Some(value) {
                continue;
            }
            let names = names(&field, value);
            let mut changed = names.clone();
            for name in &mut changed {
                if name.starts_with(ID) || name.contains("{{") || name.trim().is_empty() {
                    continue;
                }
                let meant = meant(&kind, name, resources);
                if !lookups
                    .iter()
                    .any(|known| known.kind == kind && known.name == *name)
                {
                    lookups.push(lookup(&kind, name, meant, resources));
                }
                if let Some(resource) = meant {
                    name.clone_from(&resource.id);
                }
            }
            if changed != names {
                step.set_config(&field.id, written(&field, &changed));
            }
        }
    }
    lookups
}

/// Puts names in the place of ids: the workflow as the model wrote it, for those it was looked up for.
pub fn named(workflow: &mut Workflow, resources: &[Resource], catalog: &Catalog) {
    for step in &mut workflow.steps {
        for (field, _) in fields(catalog, step) {
            let Some(value) = step.config_value(&field.id) else {
                continue;
            };
            let ids = names(&field, value);
            let mut changed = ids.clone();
            for id in &mut changed {
                if let Some(resource) = resources.iter().find(|resource| resource.id == *id) {
                    id.clone_from(&resource.name);
                }
            }
            if changed != ids {
                step.set_config(&field.id, written(&field, &changed));
            }
        }
    }
}

/// A sentence about the names that nothing, or more than one thing, is known by.
pub fn sentence(lookups: &[Lookup]) -> Option<String> {
    let mut open: Vec<String> = lookups
        .iter()
        .filter(|lookup| !lookup.found)
        .map(|lookup| {
            let kind = words(&lookup.kind);
            match lookup.result == NONE {
                true => format!("I know no {kind} called “{}”", lookup.name),
                false => format!("I am not sure which {kind} “{}” is", lookup.name),
            }
        })
        .collect();
    let last = open.pop()?;
    let all = match open.is_empty() {
        true => last,
        false => format!("{}, and {last}", open.join(", ")),
    };
    Some(format!("{all}; put its ID there before you turn it on."))
}

/// The fields of a step that hold ids of things of the shop, with the type of the thing.
fn fields(catalog: &Catalog, step: &Step) -> Vec<(Field, String)> {
    let task = catalog.task(&step.task_id);
    task.iter()
        .flat_map(|task| &task.fields)
        .filter_map(|field| match (field.kind, &field.of) {
            (FieldKind::Collections, _) => Some((field.clone(), "Collection".to_string())),
            (FieldKind::Resource, Some(kind)) => Some((field.clone(), kind.clone())),
            _ => None,
        })
        .collect()
}

/// The names or ids in a field.
fn names(field: &Field, value: &str) -> Vec<String> {
    match field.kind {
        FieldKind::Collections => serde_json::from_str(value).unwrap_or_default(),
        _ => vec![value.to_string()],
    }
}

fn written(field: &Field, names: &[String]) -> String {
    match field.kind {
        FieldKind::Collections => serde_json::to_string(names).unwrap_or_default(),
        _ => names.concat(),
    }
}

/// The one resource that a name means: the one called so, or the only one with the same words.
fn meant<'a>(kind: &str, name: &str, resources: &'a [Resource]) -> Option<&'a Resource> {
    let plain = |text: &str| -> Vec<String> {
        let kind = words(kind);
        text.to_lowercase()
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty() && *word != kind)
            .map(str::to_string)
            .collect()
    };
    let wanted = plain(name);
    let mut same = resources.iter().filter(|resource| {
        resource.kind == kind && (resource.name == name || plain(&resource.name) == wanted)
    });
    let first = same.next()?;
    // Two of the same name are told apart by nobody but the merchant.
    same.all(|other| other.id == first.id).then_some(first)
}

fn lookup(kind: &str, name: &str, meant: Option<&Resource>, resources: &[Resource]) -> Lookup {
    let lines = match meant {
        Some(resource) => vec![resource.line()],
        None => {
            let of_kind: Vec<Resource> = resources
                .iter()
                .filter(|resource| resource.kind == kind)
                .cloned()
                .collect();
            shop_resource_search(name, &of_kind)
        }
    };
    Lookup {
        kind: kind.to_string(),
        name: name.to_string(),
        result: match lines.is_empty() {
            true => NONE.to_string(),
            false => lines.join("\n"),
        },
        found: meant.is_some(),
    }
}

/// A type as words: `CompanyLocationCatalog` is a company location catalog.
pub fn words(kind: &str) -> String {
    let mut out = String::new();
    for c in kind.chars() {
        if c.is_uppercase() && !out.is_empty() {
            out.push(' ');
        }
        out.extend(c.to_lowercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resource(kind: &str, name: &str, number: u32) -> Resource {
        Resource {
            kind: kind.to_string(),
            name: name.to_string(),
            id: format!("gid://shopify/{kind}/{number}"),
        }
    }

    fn workflow(collections: &str) -> Workflow {
        let text = format!(
            "@product_created\ndef sort(product):\n    add_product_to_collections(product_id=product.id, collection_id={collections})\n"
        );
        let parsed = flow::python::parse(&text, &Catalog::builtin());
        assert!(parsed.findings.is_empty(), "{:?}", parsed.findings);
        parsed.workflow
    }

    fn collections(workflow: &Workflow) -> &str {
        workflow.steps[1]
            .config_value("collection_id")
            .unwrap_or("")
    }

    #[test]
    fn a_name_becomes_the_id_that_the_store_has_for_it() {
        let catalog = Catalog::builtin();
        let known = [
            resource("Collection", "Summer Sale", 1),
            resource("Location", "New In", 2),
            resource("Collection", "New In", 3),
        ];
        let mut changed =
            workflow("[\"summer-sale collection\", \"New In\", \"gid://shopify/Collection/9\"]");
        let lookups = resolve(&mut changed, None, &known, &catalog);
        assert_eq!(
            collections(&changed),
            r#"["gid://shopify/Collection/1","gid://shopify/Collection/3","gid://shopify/Collection/9"]"#
        );
        assert!(lookups.iter().all(|lookup| lookup.found), "{lookups:?}");
        assert_eq!(
            lookups[1].result,
            "collection \"New In\": gid://shopify/Collection/3"
        );
        assert_eq!(sentence(&lookups), None);

        // What was written, for the data that it is learned from.
        named(&mut changed, &known, &catalog);
        assert_eq!(
            collections(&changed),
            r#"["Summer Sale","New In","gid://shopify/Collection/9"]"#
        );
    }

    #[test]
    fn what_nothing_or_more_than_one_thing_is_called_stays_and_is_named() {
        let catalog = Catalog::builtin();
        let known = [
            resource("Collection", "Winter Sale", 1),
            resource("Collection", "Hats", 2),
            resource("Collection", "Hats", 3),
        ];
        let mut changed = workflow("[\"Sale\", \"Hats\", \"Boots\"]");
        let lookups = resolve(&mut changed, None, &known, &catalog);
        assert_eq!(collections(&changed), r#"["Sale","Hats","Boots"]"#);
        assert_eq!(
            sentence(&lookups).as_deref(),
            Some(
                "I am not sure which collection “Sale” is, I am not sure which collection “Hats” is, \
                 and I know no collection called “Boots”; put its ID there before you turn it on."
            )
        );
        // It was there before: not a word about it.
        let before = changed.clone();
        assert_eq!(resolve(&mut changed, Some(&before), &known, &catalog), []);
    }

    #[test]
    fn single_values_are_resolved_too() {
        let catalog = Catalog::builtin();
        let text = "@customer_joined_segment(segment_id=\"Regulars\")\ndef a(customer, segment):\n    add_customer_tags(customer_id=customer.id, tags=[\"x\"])\n";
        let mut changed = flow::python::parse(text, &catalog).workflow;
        let known = [resource("Segment", "regulars", 4)];
        resolve(&mut changed, None, &known, &catalog);
        assert_eq!(
            changed.steps[0].config_value("segment_id"),
            Some("gid://shopify/Segment/4")
        );
        assert_eq!(words("CompanyLocationCatalog"), "company location catalog");
    }
}
